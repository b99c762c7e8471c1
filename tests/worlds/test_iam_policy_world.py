from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from aioprowler import Account
from aioprowler.judging.policies import documents
from tests.worlds.world import ACCOUNT, World, denied, findings_of, verdicts

DETAILS = "iam:GetAccountAuthorizationDetails"
INLINE = [
    "iam_inline_policy_allows_privilege_escalation",
    "iam_inline_policy_no_administrative_privileges",
    "iam_inline_policy_no_full_access_to_cloudtrail",
    "iam_inline_policy_no_full_access_to_kms",
    "iam_inline_policy_no_wildcard_marketplace_subscribe",
]
MANAGED = [
    "iam_no_custom_policy_permissive_role_assumption",
    "iam_policy_allows_privilege_escalation",
    "iam_policy_no_agentcore_workload_access_token_wildcard",
    "iam_policy_no_full_access_to_cloudtrail",
    "iam_policy_no_full_access_to_kms",
    "iam_policy_no_wildcard_marketplace_subscribe",
    "iam_policy_passrole_to_bedrock_agentcore_restricted",
]
CLOUDSHELL = "iam_policy_cloudshell_admin_not_attached"


def document(*actions: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def arn(path: str) -> str:
    return f"arn:aws:iam::{ACCOUNT.id}:{path}"


def holder(kind: str, name: str, *policies: Any, cloudshell: bool = False) -> dict[str, Any]:
    full_access = {
        "PolicyName": "AWSCloudShellFullAccess",
        "PolicyArn": "arn:aws:iam::aws:policy/AWSCloudShellFullAccess",
    }
    return {
        f"{kind}Name": name,
        "Arn": arn(f"{kind.lower()}/{name}"),
        f"{kind}PolicyList": [{"PolicyName": f"p{i}", "PolicyDocument": each} for i, each in enumerate(policies)],
        "AttachedManagedPolicies": [full_access] if cloudshell else [],
        "AssumeRolePolicyDocument": {"Statement": []},
    }


def managed(name: str, attachments: int, now: Any, before: Any) -> dict[str, Any]:
    versions = [{"Document": before, "IsDefaultVersion": False}, {"Document": now, "IsDefaultVersion": True}]
    return {"Arn": arn(f"policy/{name}"), "AttachmentCount": attachments, "PolicyVersionList": versions}


ENCODED = quote(json.dumps(document("kms:*")))
EVERYTHING = document("sts:*", "iam:*", "bedrock-agentcore:*", "kms:*", "cloudtrail:*", "aws-marketplace:*", "lambda:*")
LISTS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "User": ("UserDetailList", [holder("User", "alice", document("s3:GetObject"))]),
    "Group": ("GroupDetailList", [holder("Group", "ops", document("cloudtrail:*"))]),
    "Role": (
        "RoleDetailList",
        [holder("Role", "robot", ENCODED, document("*")), holder("Role", "idle", cloudshell=True)],
    ),
    "LocalManagedPolicy": (
        "Policies",
        [
            managed("wide", 1, EVERYTHING, document("s3:GetObject")),
            managed("narrow", 2, document("s3:GetObject"), EVERYTHING),
            managed("spare", 0, EVERYTHING, EVERYTHING),
        ],
    ),
}


def details(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    (filter_,) = params["Filter"]
    result, items = LISTS[filter_]
    return {result: items, "IsTruncated": False}


def world() -> World:
    return World({DETAILS: details})


def test_inline_policies_of_users_groups_and_roles() -> None:
    found = verdicts(world(), *INLINE)
    by_policy = {
        id_: [found[check, "us-east-1", id_] for check in INLINE]
        for id_ in ("alice/p0", "ops/p0", "robot/p0", "robot/p1")
    }
    assert by_policy == {
        "alice/p0": ["PASS", "PASS", "PASS", "PASS", "PASS"],
        "ops/p0": ["PASS", "PASS", "FAIL", "PASS", "PASS"],
        "robot/p0": ["PASS", "PASS", "PASS", "FAIL", "PASS"],
        "robot/p1": ["FAIL", "FAIL", "FAIL", "FAIL", "FAIL"],
    }
    assert len(found) == 20


def test_inline_policies_are_found_under_their_holders() -> None:
    findings = findings_of(world(), INLINE[0])
    assert {f.resource_id: (f.resource_arn, f.resource_type) for f in findings} == {
        "alice/p0": (arn("user/alice"), "AwsIamPolicy"),
        "ops/p0": (arn("group/ops"), "AwsIamPolicy"),
        "robot/p0": (arn("role/robot"), "AwsIamPolicy"),
        "robot/p1": (arn("role/robot"), "AwsIamPolicy"),
    }


def test_all_checks_together_read_and_parse_each_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[Any] = []
    read = documents._parts

    def counting(document: Any) -> Any:
        parsed.append(document)
        return read(document)

    monkeypatch.setattr(documents, "_parts", counting)
    here = world()
    findings_of(here, *INLINE, *MANAGED, CLOUDSHELL)
    assert here.calls == {DETAILS: 4}
    assert len(parsed) == 6


def test_managed_policies_by_their_version_in_force() -> None:
    found = verdicts(world(), *MANAGED)
    assert found == {
        (check, "us-east-1", name): status
        for check in MANAGED
        for name, status in (("wide", "FAIL"), ("narrow", "PASS"))
    }


def test_managed_policies_that_nobody_uses_are_judged_on_request() -> None:
    found = verdicts(world(), *MANAGED, scan_unused_services=True)
    assert {check: found[check, "us-east-1", "spare"] for check in MANAGED} == dict.fromkeys(MANAGED, "FAIL")


def test_cloudshell_is_one_finding_about_the_policy() -> None:
    (finding,) = findings_of(world(), CLOUDSHELL)
    assert (finding.status, finding.resource_id) == ("FAIL", ACCOUNT.id)
    assert finding.resource_arn == "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"
    assert "roles idle" in finding.status_detail


def test_partition_and_account_are_those_of_the_scan() -> None:
    china = Account(id=ACCOUNT.id, partition="aws-cn", default_region="cn-north-1", regions=("cn-north-1",))
    check = "iam_no_custom_policy_permissive_role_assumption"
    roles = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws-cn:iam::*:role/*"}
    policy = managed("p", 1, {"Statement": roles}, {"Statement": []})
    here = World({DETAILS: {"Policies": [policy]}})
    assert verdicts(here, check, accounts=(china,)) == {(check, "cn-north-1", "p"): "FAIL"}
    assert verdicts(here, check) == {(check, "us-east-1", "p"): "PASS"}


@pytest.mark.parametrize("check", [*INLINE, *MANAGED, CLOUDSHELL])
def test_denied_details_are_manual(check: str) -> None:
    (finding,) = findings_of(World({DETAILS: denied()}), check)
    assert finding.status == "MANUAL"
    assert DETAILS in finding.status_detail


@pytest.mark.parametrize("kind", ["User", "Group", "Role"])
@pytest.mark.parametrize("check", [INLINE[0], CLOUDSHELL])
def test_one_missing_list_is_manual(check: str, kind: str) -> None:
    def partly(account: Account, region: str, params: dict[str, Any]) -> Any:
        return denied() if params["Filter"] == [kind] else details(account, region, params)

    (finding,) = findings_of(World({DETAILS: partly}), check)
    assert finding.status == "MANUAL"
