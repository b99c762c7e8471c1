"""What checks are told by others than AWS."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from aioprowler import Account, Failure, HostDirectory, SecretScanner, UsageError
from tests.worlds.world import World, denied, error, findings_of, verdicts

USER_DATA, SHODAN = "ec2_instance_secrets_user_data", "ec2_elastic_ip_shodan"
HOME = "us-east-1"
SECRET, HARMLESS = "#!/bin/sh\nPASSWORD=tr0ub4dor\n", "#!/bin/sh\n"


def instances(*ids: str, state: str = "running") -> dict[str, Any]:
    return {"Reservations": [{"Instances": [{"InstanceId": id_, "State": {"Name": state}} for id_ in ids]}]}


def user_data(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    assert params["Attribute"] == "userData"
    texts = {"i-secret": SECRET, "i-clean": HARMLESS}
    if params["InstanceId"] == "i-gone":
        return error("InvalidInstanceID.NotFound")
    text = texts.get(params["InstanceId"])
    return {"UserData": {"Value": base64.b64encode(text.encode()).decode()} if text else {}}


def world(*ids: str, state: str = "running", answer: Any = user_data) -> World:
    listed = instances(*ids, state=state)
    return World({("ec2:DescribeInstances", HOME): listed, "ec2:DescribeInstanceAttribute": answer})


def test_user_data_of_each_instance_is_searched() -> None:
    found = verdicts(world("i-secret", "i-clean", "i-empty", "i-gone"), USER_DATA)
    assert found == {
        (USER_DATA, HOME, "i-secret"): "FAIL",
        (USER_DATA, HOME, "i-clean"): "PASS",
        (USER_DATA, HOME, "i-empty"): "PASS",
    }


def test_terminated_instances_are_not_asked_for_their_user_data() -> None:
    asked = world("i-secret", state="terminated")
    assert verdicts(asked, USER_DATA) == {}
    assert asked.calls["ec2:DescribeInstanceAttribute"] == 0


def test_denied_user_data_is_manual_and_names_the_permission() -> None:
    (finding,) = findings_of(world("i-secret", answer=denied()), USER_DATA)
    assert finding.status == "MANUAL"
    assert "ec2:DescribeInstanceAttribute" in finding.status_detail


def test_lines_that_the_user_knows_are_ignored() -> None:
    found = verdicts(world("i-secret"), USER_DATA, config={"secrets_ignore_patterns": ["^PASSWORD=tr0"]})
    assert found[USER_DATA, HOME, "i-secret"] == "PASS"


def test_a_pattern_that_is_none_is_refused_before_the_scan() -> None:
    with pytest.raises(UsageError, match=re.escape("secrets_ignore_patterns")):
        verdicts(world("i-secret"), USER_DATA, config={"secrets_ignore_patterns": ["("]})


def test_a_live_secret_is_critical() -> None:
    (finding,) = findings_of(world("i-secret"), USER_DATA, config={"secrets_validate": True})
    assert (finding.status, finding.severity) == ("FAIL", "critical")


def test_without_a_scanner_each_instance_is_manual_and_says_what_to_install() -> None:
    class NoScanner:
        async def find(self, _: str, **__: Any) -> Failure:
            return Failure("missing", "the scanner", "install it with `pip install x`")

    (finding,) = findings_of(world("i-secret"), USER_DATA, tools={SecretScanner: NoScanner()})
    assert finding.status == "MANUAL"
    assert "pip install x" in finding.status_detail


ADDRESSES = {
    "Addresses": [{"PublicIp": f"192.0.2.{n}", "AllocationId": f"eipalloc-{n}"} for n in (1, 2)]
    + [{"CarrierIp": "192.0.2.3", "AllocationId": "eipalloc-3"}]
}


def test_addresses_are_looked_up_in_shodan() -> None:
    asked = World({("ec2:DescribeAddresses", HOME): ADDRESSES})
    assert verdicts(asked, SHODAN, config={"shodan_api_key": "the-key"}) == {
        (SHODAN, HOME, "192.0.2.1"): "FAIL",
        (SHODAN, HOME, "192.0.2.2"): "PASS",
    }


def test_without_a_key_shodan_is_not_asked_and_addresses_are_manual() -> None:
    class Untouched:
        async def host(self, address: str, key: str) -> None:
            raise AssertionError(f"asked about {address} with {key!r}")

    found = findings_of(World({("ec2:DescribeAddresses", HOME): ADDRESSES}), SHODAN, tools={HostDirectory: Untouched()})
    assert [(each.resource_id, each.status) for each in found] == [("192.0.2.1", "MANUAL"), ("192.0.2.2", "MANUAL")]
    assert all("SHODAN_API_KEY" in each.status_detail for each in found)


def test_a_wrong_key_is_manual() -> None:
    found = verdicts(World({("ec2:DescribeAddresses", HOME): ADDRESSES}), SHODAN, config={"shodan_api_key": "wrong"})
    assert set(found.values()) == {"MANUAL"}


def test_all_versions_of_launch_templates_are_searched() -> None:
    def versions(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if params["LaunchTemplateId"] == "lt-gone":
            return error("InvalidLaunchTemplateId.NotFound")
        texts = [HARMLESS, SECRET, SECRET] if params["LaunchTemplateId"] == "lt-secret" else [HARMLESS, ""]
        page = int(params.get("NextToken", 0))
        data = {"UserData": base64.b64encode(texts[page].encode()).decode()} if texts[page] else {}
        found = {"LaunchTemplateVersions": [{"VersionNumber": page + 1, "LaunchTemplateData": data}]}
        return found | ({"NextToken": str(page + 1)} if page + 1 < len(texts) else {})

    check = "ec2_launch_template_no_secrets"
    ids = ("lt-secret", "lt-clean", "lt-gone")
    templates = {"LaunchTemplates": [{"LaunchTemplateId": id_, "LaunchTemplateName": "x"} for id_ in ids]}
    asked = World({("ec2:DescribeLaunchTemplates", HOME): templates, "ec2:DescribeLaunchTemplateVersions": versions})
    found = {each.resource_id: each for each in findings_of(asked, check)}
    assert {id_: each.status for id_, each in found.items()} == {"lt-secret": "FAIL", "lt-clean": "PASS"}
    assert "version 2: Password on line 2; version 3: Password on line 2" in found["lt-secret"].status_detail
