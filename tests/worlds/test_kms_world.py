from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from tests.services.test_kms import ARN
from tests.services.test_kms_enclave import DEBUG, IMAGE, event
from tests.worlds.world import NOW, World, denied, error, findings_of, verdicts

ROTATION = "kms_cmk_rotation_enabled"
PUBLIC = "kms_key_not_publicly_accessible"
ENFORCED = "kms_key_enclave_attestation_not_enforced"
DEBUG_MODE = "kms_key_enclave_debug_attestation_detected"
UNKNOWN_IMAGE = "kms_key_enclave_attestation_unknown_image"
AN_HOUR = datetime.timedelta(hours=1)
HOME, EUROPE = "us-east-1", "eu-west-1"
OWN = {
    "KeyManager": "CUSTOMER",
    "KeyState": "Enabled",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "Origin": "AWS_KMS",
    "MultiRegion": False,
}
DECRYPT = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:Decrypt", "Resource": "*"}


def world(keys: dict[str, Any], **replies: Any) -> World:
    """Keys of the home region by id, each as DescribeKey tells it."""

    def describe(_account: object, _region: str, params: dict[str, Any]) -> Any:
        told = keys[params["KeyId"]]
        return told if isinstance(told, Exception) else {"KeyMetadata": {"KeyId": params["KeyId"], **OWN, **told}}

    listed = [{"KeyId": each, "KeyArn": f"arn:aws:kms:us-east-1:123456789012:key/{each}"} for each in keys]
    own = {f"kms:{name}": reply for name, reply in replies.items()}
    return World({("kms:ListKeys", HOME): {"Keys": listed}, "kms:DescribeKey": describe, **own})


def found_in(fake: World, *checks: str) -> dict[str, str]:
    """Key -> the verdicts on it, which are the same."""
    return {id_: status for (_, _, id_), status in verdicts(fake, *checks).items()}


def test_only_keys_that_can_be_rotated_are_asked_about_it() -> None:
    keys = {
        "own": {},
        "aws": {"KeyManager": "AWS"},
        "rsa": {"KeySpec": "RSA_2048"},
        "mine": {"Origin": "EXTERNAL"},
        "replica": {"MultiRegion": True, "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}},
        "leaving": {"KeyState": "PendingDeletion"},
        "coming": {"KeyState": "Creating"},
        "gone": error("NotFoundException"),
    }
    fake = world(keys, GetKeyRotationStatus={"KeyRotationEnabled": True})
    assert found_in(fake, ROTATION) == {"own": "PASS"}
    assert fake.calls["kms:GetKeyRotationStatus"] == 1


def test_a_key_that_refuses_the_auditor_is_manual_alone() -> None:
    fake = world({"shut": denied("kms:DescribeKey"), "open": {}}, GetKeyRotationStatus={"KeyRotationEnabled": False})
    assert found_in(fake, ROTATION) == {"shut": "MANUAL", "open": "FAIL"}


def test_a_policy_that_refuses_the_auditor_is_manual() -> None:
    fake = world({"shut": {}}, GetKeyPolicy=denied("kms:GetKeyPolicy"))
    assert found_in(fake, PUBLIC, ENFORCED) == {"shut": "MANUAL"}


def test_an_enclaves_key_is_known_by_its_tags() -> None:
    fake = world({"tagged": {}, "other": {}}, GetKeyPolicy={"Policy": json.dumps({"Statement": DECRYPT})})
    arn = "arn:aws:kms:us-east-1:123456789012:key/tagged"
    tagged = {"ResourceARN": arn, "Tags": [{"Key": "prowler:enclave-key", "Value": "true"}]}
    fake.replies["resourcegroupstaggingapi:GetResources"] = {"ResourceTagMappingList": [tagged]}
    assert found_in(fake, ENFORCED) == {"tagged": "FAIL"}
    fake.replies["kms:ListAliases"] = denied("kms:ListAliases")
    assert found_in(fake, ENFORCED) == {"tagged": "FAIL", "other": "MANUAL"}


def events(*told: str, more: bool = False) -> dict[str, Any]:
    listed = [{"EventTime": NOW - AN_HOUR * number, "CloudTrailEvent": each} for number, each in enumerate(told)]
    return {"Events": listed, **({"NextToken": "more"} if more else {})}


def decrypts(reply: dict[str, Any]) -> Any:
    """What is answered to whoever looks for `Decrypt`; of other operations there is nothing."""

    def answer(_account: object, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        return reply if params["LookupAttributes"][0]["AttributeValue"] == "Decrypt" else events()

    return answer


def test_the_history_is_read_as_far_as_the_regions_share_goes() -> None:
    """2 regions and 4 operations: 800 events are two pages each."""
    page = events(event(**IMAGE), event(module="i-1"), more=True)
    fake = World({("cloudtrail:LookupEvents", HOME): decrypts(page)})
    fake.replies["cloudtrail:LookupEvents"] = events()
    config = {"enclave_debug_max_events": 800, "enclave_debug_lookback_window_hours": 24}
    (found,) = findings_of(fake, DEBUG_MODE, config=config)
    assert (found.status, found.resource_arn, found.region) == ("MANUAL", ARN, HOME)
    assert "enclave_debug_max_events" in found.status_detail
    assert "in us-east-1 back to 2026-06-01 11:00:00" in found.status_detail
    assert fake.calls["cloudtrail:LookupEvents"] == 4 + 3 + 2
    assert {(NOW - params["StartTime"]).days for *_, params in fake.params} == {1}


@pytest.mark.parametrize(("registers", "status"), [(IMAGE, "PASS"), (DEBUG, "FAIL")])
def test_one_region_that_is_denied_does_not_hide_another(registers: Any, status: str) -> None:
    fake = World({("cloudtrail:LookupEvents", HOME): decrypts(events(event(**registers)))})
    fake.replies["cloudtrail:LookupEvents"] = denied("cloudtrail:LookupEvents")
    assert [each.status for each in findings_of(fake, DEBUG_MODE)] == [status]


def test_without_known_images_nothing_is_asked() -> None:
    fake = World()
    (found,) = findings_of(fake, UNKNOWN_IMAGE)
    assert (found.status, found.resource_type) == ("MANUAL", "AwsKmsKey")
    assert not fake.calls
