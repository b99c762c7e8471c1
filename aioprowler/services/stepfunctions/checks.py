"""How state machines are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Verdict, check
from aioprowler.judging.encryption import AWS_OWNED, Key, encrypted_with_own_key
from aioprowler.judging.logs import logs_at
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import told, unknown
from aioprowler.services.stepfunctions.resources import DefinitionSecrets, Description, StateMachine

OWN_KEY: Final = "CUSTOMER_MANAGED_KMS_KEY"


@check(fails="State machine is not encrypted with a key of the account's own", severity="medium",
       categories=["encryption"])  # fmt: skip
def stepfunctions_statemachine_encrypted_with_cmk(machine: StateMachine, description: Description) -> Verdict | None:
    """State machines are encrypted with customer managed keys.

    The key encrypts the definition and the history of executions. A state machine that is being deleted is not judged.

    ## Risk
    With a key that AWS owns, nobody in the account decides who may decrypt what the executions were given and
    returned, and no log says who did.

    ## Remediation
    Name a key whose policy lets the state machine's role use it: `aws stepfunctions update-state-machine --region
    <region> --state-machine-arn <arn> --encryption-configuration
    type=CUSTOMER_MANAGED_KMS_KEY,kmsKeyId=<your-kms-key>,kmsDataKeyReusePeriodSeconds=300`.

    ## References
    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    if description.is_over:
        return None
    kind = told(description.encryption.type, "the type of encryption of this state machine")
    if kind not in (OWN_KEY, "AWS_OWNED_KEY"):
        return unknown(machine.label, "the type of encryption", kind)
    key = Key("customer managed", description.encryption.kms_key_id) if kind == OWN_KEY else AWS_OWNED
    return encrypted_with_own_key(machine.label, key)


@check(fails="State machine does not log its executions", severity="medium", categories=["logging"])
def stepfunctions_statemachine_logging_enabled(machine: StateMachine, description: Description) -> Verdict | None:
    """State machines log their executions.

    Any level but `OFF` will do. Express state machines keep no history besides their log. A state machine that is
    being deleted is not judged.

    ## Risk
    What an execution did, and why it failed, cannot be found out afterwards; nobody notices one that was started by a
    stranger.

    ## Remediation
    Name a log group, to which the role of the state machine may write: `aws stepfunctions update-state-machine --region
    <region> --state-machine-arn <arn> --logging-configuration
    '{"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"<your-log-group-arn>:*"}}]}'`.

    ## References
    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    """
    return None if description.is_over else logs_at(machine.label, "executions", description.logging.level)


@check(fails="Definition of a state machine may hold secrets", severity="critical", categories=["secrets"])
def stepfunctions_statemachine_no_secrets_in_definition(
    machine: StateMachine, secrets: DefinitionSecrets | None
) -> Verdict | None:
    """Definitions of state machines hold no secrets.

    The whole text is looked into, as it was written. Where the key of a state machine cannot be used, AWS does not tell
    the text, and a person must look. A state machine that is being deleted is not judged.

    ## Risk
    Everybody who may describe a state machine reads its definition; versions keep what is taken out of it.

    ## Remediation
    Read the secret when it is needed, by a task that calls Secrets Manager, or a connection of EventBridge for calls
    over HTTP. Change the secret, and the definition: `aws stepfunctions update-state-machine --region <region>
    --state-machine-arn <arn> --definition file://<your-definition>`. Delete versions that hold it.

    ## References
    https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
    """
    return no_secrets(f"The definition of {machine.label}", secrets) if secrets else None
