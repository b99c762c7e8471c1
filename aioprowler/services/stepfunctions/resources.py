"""State machines, and what they are made of."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Aws, Facet, Failure, Resource, field, known, listing, source
from aioprowler.judging.secrets import FoundSecrets, secrets_in

KEY_ERRORS: Final = ("KmsAccessDeniedException", "KmsInvalidStateException")
"""By which AWS says that the key of a state machine cannot be used, so that its definition cannot be read
(https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html)."""

DELETING: Final = "DELETING"


class StateMachine(
    Resource,
    id="name",
    type="AwsStepFunctionStateMachine",
    group="serverless",
    noun="State machine",
    gone=["StateMachineDoesNotExist"],
    rename="camel",
):
    """A workflow, standard or express. Versions and aliases of it are not listed."""

    source = listing("stepfunctions", "ListStateMachines", "stateMachines")
    name: str
    arn: str = field(name="stateMachineArn")


class Logging(msgspec.Struct, frozen=True, rename="camel"):
    """Which events of executions are logged."""

    level: str = "OFF"


class Encryption(msgspec.Struct, frozen=True, rename="camel"):
    """By whose key a state machine is encrypted, and with which one where it is the account's."""

    type: str | None = None
    kms_key_id: str = ""


AWS_OWNED: Final = Encryption("AWS_OWNED_KEY")


@source("stepfunctions:DescribeStateMachine")
async def describe(machine: StateMachine, aws: Aws) -> Description | Failure:
    """All of a state machine; where its key cannot be used, all but the definition."""
    reply = await aws.answer("stepfunctions", "DescribeStateMachine", KEY_ERRORS, stateMachineArn=machine.arn)
    if isinstance(reply, Failure):
        return reply
    if isinstance(reply, dict):
        return msgspec.convert(reply, Description)
    hidden = Failure("denied" if reply == KEY_ERRORS[0] else "refused", "kms:Decrypt", reply)
    reply = await aws.call(
        "stepfunctions", "DescribeStateMachine", stateMachineArn=machine.arn, includedData="METADATA_ONLY"
    )
    if isinstance(reply, Failure):
        return reply
    return msgspec.structs.replace(msgspec.convert(reply, Description), definition=None, hidden=hidden)


class Description(Facet[StateMachine], rename="camel"):
    """What a state machine is made of."""

    source = describe
    status: str = "ACTIVE"
    definition: str | None = None
    hidden: Failure | None = field(name="@hidden", default=None)
    """Why AWS does not tell the definition."""
    logging: Logging = field(name="loggingConfiguration", default=Logging())
    """It is off unless it is set up
    (https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html)."""
    encryption: Encryption = field(name="encryptionConfiguration", default=AWS_OWNED)
    """It is with a key of AWS's own unless another is named
    (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html)."""

    @property
    def is_over(self) -> bool:
        """Whether it is deleted as soon as its executions have ended."""
        return self.status == DELETING

    @property
    def text(self) -> str:
        """The definition. Raises UnreadableError where AWS did not tell it."""
        if self.definition is None:
            known(self.hidden or Failure("broken", "states:DescribeStateMachine", "", "no definition"))
        return self.definition or ""


def definition_of(description: Description) -> dict[str, str] | None:
    """The whole definition as one text; None of what is being deleted."""
    return None if description.is_over else {"": description.text}


class DefinitionSecrets(FoundSecrets, Facet[StateMachine]):
    """What the definition of a state machine gives away."""

    source = secrets_in(definition_of)
