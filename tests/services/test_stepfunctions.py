from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass
from aioprowler.services.stepfunctions.checks import (
    stepfunctions_statemachine_encrypted_with_cmk,
    stepfunctions_statemachine_logging_enabled,
)
from aioprowler.services.stepfunctions.resources import (
    Description,
    Encryption,
    Logging,
    StateMachine,
    definition_of,
)
from tests.services.made import made
from tests.worlds.world import World, denied, error, findings_of, verdicts

MACHINE = made(StateMachine, name="orders", arn="arn:aws:states:us-east-1:123456789012:stateMachine:orders")
HOME = "us-east-1"
ENCRYPTED = "stepfunctions_statemachine_encrypted_with_cmk"
LOGGING = "stepfunctions_statemachine_logging_enabled"
SECRETS = "stepfunctions_statemachine_no_secrets_in_definition"


@pytest.mark.parametrize(
    ("encryption", "verdict"),
    [
        ({}, Fail),
        ({"encryption": Encryption("AWS_OWNED_KEY")}, Fail),
        ({"encryption": Encryption("CUSTOMER_MANAGED_KMS_KEY", "arn:aws:kms:us-east-1:123456789012:key/k")}, Pass),
        ({"encryption": Encryption("QUANTUM_KEY")}, Manual),
        ({"status": "DELETING"}, type(None)),
    ],
)
def test_encryption(encryption: dict[str, Any], verdict: type) -> None:
    assert isinstance(stepfunctions_statemachine_encrypted_with_cmk(MACHINE, Description(**encryption)), verdict)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"logging": Logging()}, Fail),
        ({"logging": Logging("OFF")}, Fail),
        ({"logging": Logging("FATAL")}, Pass),
        ({"logging": Logging("ALL")}, Pass),
        ({"logging": Logging("SOME")}, Manual),
        ({"logging": Logging("ALL"), "status": "DELETING"}, type(None)),
    ],
)
def test_logging(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(stepfunctions_statemachine_logging_enabled(MACHINE, Description(**facts)), verdict)


def test_the_definition_is_looked_into_as_it_was_written() -> None:
    assert definition_of(Description(definition="{\n}")) == {"": "{\n}"}
    assert definition_of(Description(status="DELETING")) is None


def world(answer: Any) -> World:
    machines = [{"name": "orders", "stateMachineArn": MACHINE.arn}]
    return World(
        {
            ("stepfunctions:ListStateMachines", HOME): {"stateMachines": machines},
            "stepfunctions:DescribeStateMachine": answer,
        }
    )


def test_a_secret_is_told_by_its_line() -> None:
    definition = '{\n"Comment": "tr0ub4dor"\n}'
    (finding,) = findings_of(world({"status": "ACTIVE", "definition": definition}), SECRETS)
    assert (finding.status, finding.resource_arn) == ("FAIL", MACHINE.arn)
    assert "Password on line 2" in finding.status_detail
    assert "tr0ub4dor" not in finding.status_detail


@pytest.mark.parametrize("code", ["KmsAccessDeniedException", "KmsInvalidStateException"])
def test_without_the_key_all_but_the_definition_is_told(code: str) -> None:
    def answer(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if params.get("includedData") != "METADATA_ONLY":
            return error(code)
        settings = {"loggingConfiguration": {"level": "ALL"}}
        settings |= {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}}
        return {"status": "ACTIVE", "definition": "{}", **settings}

    found = {each.check_id: each for each in findings_of(world(answer), ENCRYPTED, LOGGING, SECRETS)}
    assert {id_: each.status for id_, each in found.items()} == {
        ENCRYPTED: "PASS",
        LOGGING: "PASS",
        SECRETS: "MANUAL",
    }
    assert "kms:Decrypt" in found[SECRETS].status_detail


def test_a_definition_that_is_not_told_is_for_a_person() -> None:
    assert verdicts(world({"status": "ACTIVE"}), SECRETS) == {(SECRETS, HOME, "orders"): "MANUAL"}
    assert definition_of(Description(definition="")) == {"": ""}


def test_a_denial_is_manual_and_what_is_no_more_is_not_judged() -> None:
    assert set(verdicts(world(denied()), ENCRYPTED, LOGGING, SECRETS).values()) == {"MANUAL"}
    assert verdicts(world(error("StateMachineDoesNotExist")), ENCRYPTED, LOGGING, SECRETS) == {}


def test_why_a_definition_is_hidden_is_no_text() -> None:
    hidden = Failure("denied", "kms:Decrypt", "KmsAccessDeniedException")
    with pytest.raises(ValueError, match="kms:Decrypt"):
        _ = Description(hidden=hidden).text
