from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account
from aioprowler.services.iam import last_accessed
from tests.services.iam_made import of_root, report_of, reported
from tests.worlds.world import ACCOUNT, NOW, World, denied, error, findings_of, verdicts

DETAILS = "iam:GetAccountAuthorizationDetails"
GENERATE, GET = "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"
DESCRIBE, FEATURES = "organizations:DescribeOrganization", "iam:ListOrganizationsFeatures"
GROUP_MFA, HARDWARE_MFA = "iam_administrator_access_with_mfa", "iam_user_hardware_mfa_enabled"
USER_BEDROCK, USER_SAGEMAKER = "iam_user_access_not_stale_to_bedrock", "iam_user_access_not_stale_to_sagemaker"
ROLE_BEDROCK, TEMPORARY = "iam_role_access_not_stale_to_bedrock", "iam_user_with_temporary_credentials"
ROOT_USE, ROOT_MANAGED = "iam_avoid_root_usage", "iam_root_credentials_management_enabled"
SAML, READERS = "iam_check_saml_providers_sts", "iam_role_cross_account_readonlyaccess_policy"
STALE = (USER_BEDROCK, USER_SAGEMAKER, ROLE_BEDROCK)

OLD_KEY = {"access_key_1_last_rotated": "2026-01-01T10:00:00+00:00"}
REPORT = report_of(
    of_root(
        password_last_used="2025-01-01T10:00:00+00:00",
        mfa_active=True,
        access_key_1_active=True,
        access_key_1_last_used_date="2026-05-31T10:00:00+00:00",
    ),
    reported("alice", **OLD_KEY, mfa_active=True, access_key_1_active=True),
    reported("bob", **OLD_KEY, mfa_active=True),
    reported("carol", **OLD_KEY, access_key_1_active=True),
)


def arn(path: str) -> str:
    return f"arn:aws:iam::123456789012:{path}"


def allowing(*actions: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def attached(name: str, owner: str = "aws") -> dict[str, str]:
    return {"PolicyName": name, "PolicyArn": f"arn:aws:iam::{owner}:policy/{name}"}


def managed(name: str, owner: str, *actions: str) -> dict[str, Any]:
    versions = [
        {"Document": allowing("bedrock:*", "s3:*"), "IsDefaultVersion": False},
        {"Document": allowing(*actions), "IsDefaultVersion": True},
    ]
    arn_ = f"arn:aws:iam::{owner}:policy/{name}"
    return {"PolicyName": name, "Arn": arn_, "AttachmentCount": 1, "PolicyVersionList": versions}


def user(name: str, *policies: dict[str, str], path: str = "", groups: tuple[str, ...] = ()) -> dict[str, Any]:
    told = {"UserName": name, "Arn": arn(f"user/{path}{name}"), "GroupList": list(groups)}
    return {**told, "AttachedManagedPolicies": list(policies), "Tags": [{"Key": "team", "Value": "shop"}]}


def group(name: str, *policies: dict[str, str]) -> dict[str, Any]:
    told = {"GroupName": name, "Arn": arn(f"group/{name}"), "GroupPolicyList": []}
    return {**told, "AttachedManagedPolicies": list(policies)}


def role(name: str, *policies: dict[str, str], inline: dict[str, Any] | None = None) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
    return {
        "RoleName": name,
        "Path": "/",
        "Arn": arn(f"role/{name}"),
        "AssumeRolePolicyDocument": {"Statement": trust},
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": inline}] if inline else [],
        "AttachedManagedPolicies": list(policies),
    }


LISTS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "User": (
        "UserDetailList",
        [
            user("alice", path="staff/", groups=("ops", "idle")),
            user("bob", attached("scientist", ACCOUNT.id)),
            user("carol", attached("assume", ACCOUNT.id), groups=("idle",)),
        ],
    ),
    "Group": (
        "GroupDetailList",
        [
            group("ops", attached("AdministratorAccess")),
            group("idle"),
        ],
    ),
    "Role": (
        "RoleDetailList",
        [
            role("model", inline=allowing("bedrock:InvokeModel")),
            role("scientist", attached("scientist", ACCOUNT.id)),
            role("reader", attached("ReadOnlyAccess")),
        ],
    ),
    "LocalManagedPolicy": (
        "Policies",
        [
            managed("scientist", ACCOUNT.id, "sagemaker:*"),
            managed("assume", ACCOUNT.id, "sts:AssumeRole"),
        ],
    ),
    "AWSManagedPolicy": (
        "Policies",
        [managed("AdministratorAccess", "aws", "*"), managed("ReadOnlyAccess", "aws", "s3:Get*", "bedrock:Get*")],
    ),
}


def details(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    (filter_,) = params["Filter"]
    result, items = LISTS[filter_]
    return {result: items, "IsTruncated": False}


def used(service: str, days: float | None) -> dict[str, Any]:
    known = {} if days is None else {"LastAuthenticated": NOW - datetime.timedelta(days=days)}
    return {"ServiceName": service.title(), "ServiceNamespace": service, **known}


def generate(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"JobId": f"job of {params['Arn']}"}


OUTCOMES = {
    arn("user/staff/alice"): [used("bedrock", 61), used("s3", 1), used("sagemaker", 61)],
    arn("user/bob"): [used("sagemaker", None)],
    arn("role/model"): [used("bedrock", 60)],
    arn("role/reader"): [used("bedrock", None), used("s3", 0)],
}


def outcome(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    services = OUTCOMES[params["JobId"].removeprefix("job of ")]
    return {"JobStatus": "COMPLETED", "ServicesLastAccessed": services, "IsTruncated": False}


def world(**replies: Any) -> World:
    usual: dict[str, Any] = {
        DETAILS: details,
        GENERATE: generate,
        GET: outcome,
        "iam:GenerateCredentialReport": {"State": "COMPLETE"},
        "iam:GetCredentialReport": {"Content": REPORT},
        DESCRIBE: {"Organization": {"Id": "o-a1b2c3d4e5", "Arn": "arn", "MasterAccountId": ACCOUNT.id}},
    }
    return World(usual | {f"iam:{operation}": reply for operation, reply in replies.items()})


# --- Last access ---


def test_only_who_may_use_a_service_is_asked_about_and_once() -> None:
    here = world()
    assert verdicts(here, *STALE) == {
        (USER_BEDROCK, "us-east-1", "alice"): "FAIL",
        (USER_SAGEMAKER, "us-east-1", "alice"): "PASS",
        (USER_SAGEMAKER, "us-east-1", "bob"): "FAIL",
        (ROLE_BEDROCK, "us-east-1", "model"): "PASS",
        (ROLE_BEDROCK, "us-east-1", "reader"): "FAIL",
    }
    asked = [params["Arn"] for _, _, name, params in here.params if name == GENERATE]
    assert sorted(asked) == sorted(OUTCOMES)
    assert here.calls[GET] == len(OUTCOMES)


def test_findings_about_users_bring_their_tags() -> None:
    assert {str(f.resource_tags) for f in findings_of(world(), USER_SAGEMAKER)} == {"{'team': 'shop'}"}


def test_the_days_are_configured() -> None:
    config = {"max_unused_bedrock_access_days": 61, "max_unused_sagemaker_access_days": 60}
    found = verdicts(world(), USER_BEDROCK, USER_SAGEMAKER, config=config)
    assert found[USER_BEDROCK, "us-east-1", "alice"] == "PASS"
    assert found[USER_SAGEMAKER, "us-east-1", "alice"] == "FAIL"


def test_the_job_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_accessed, "WAITS", (0.0, 0.0, 0.0))
    states = iter(["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])
    here = world(
        GetServiceLastAccessedDetails=lambda a, r, params: (
            outcome(a, r, params) | {"JobStatus": next(states) if "alice" in params["JobId"] else "COMPLETED"}
        )
    )
    assert verdicts(here, USER_BEDROCK) == {(USER_BEDROCK, "us-east-1", "alice"): "FAIL"}
    assert here.calls[GENERATE] == 2
    assert here.calls[GET] == 3 + 1


def test_a_job_that_does_not_end_is_manual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_accessed, "WAITS", (0.0, 0.0))
    here = world(GetServiceLastAccessedDetails={"JobStatus": "IN_PROGRESS"})
    found = findings_of(here, ROLE_BEDROCK)
    assert [(f.resource_id, f.status) for f in found] == [("model", "MANUAL"), ("reader", "MANUAL")]
    assert "did not answer in time" in found[0].status_detail
    assert here.calls[GET] == 2 * 3


def test_a_job_that_fails_is_manual() -> None:
    failed = {"JobStatus": "FAILED", "Error": {"Code": "InternalError", "Message": "The report burnt."}}
    for finding in findings_of(world(GetServiceLastAccessedDetails=failed), ROLE_BEDROCK):
        assert finding.status == "MANUAL"
        assert "InternalError (The report burnt.)" in finding.status_detail


def test_services_come_in_pages() -> None:
    def paged(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        services = [used("bedrock", 1), used("s3", 1), used("sagemaker", 400)]
        number = int(params.get("Marker", 0))
        more = {"IsTruncated": True, "Marker": str(number + 1)} if number < 2 else {"IsTruncated": False}
        return {"JobStatus": "COMPLETED", "ServicesLastAccessed": services[number : number + 1]} | more

    here = world(GetServiceLastAccessedDetails=paged)
    found = verdicts(here, USER_BEDROCK, USER_SAGEMAKER)
    assert found[USER_BEDROCK, "us-east-1", "alice"] == "PASS"
    assert found[USER_SAGEMAKER, "us-east-1", "alice"] == "FAIL"


def test_a_page_that_is_denied_is_manual() -> None:
    def cut_off(account: Account, region: str, params: dict[str, Any]) -> Any:
        more = {"IsTruncated": True, "Marker": "next"}
        return denied() if "Marker" in params else outcome(account, region, params) | more

    here = world(GetServiceLastAccessedDetails=cut_off)
    assert set(verdicts(here, USER_BEDROCK, ROLE_BEDROCK).values()) == {"MANUAL"}


@pytest.mark.parametrize("operation", ["GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails"])
def test_denied_last_access_is_manual(operation: str) -> None:
    found = findings_of(world(**{operation: denied()}), *STALE)
    assert {(f.check_id, f.resource_id) for f in found} == {
        *((check, name) for check in (USER_BEDROCK, USER_SAGEMAKER) for name in ("alice", "bob")),
        *((ROLE_BEDROCK, name) for name in ("model", "reader")),
    }
    for finding in found:
        assert finding.status == "MANUAL"
        assert f"iam:{operation}" in finding.status_detail


def test_who_is_gone_meanwhile_is_not_judged() -> None:
    here = world(GenerateServiceLastAccessedDetails=error("NoSuchEntity", status=404))
    assert verdicts(here, *STALE) == {}
    assert here.calls[GET] == 0


@pytest.mark.parametrize("check", [USER_BEDROCK, TEMPORARY])
def test_a_policy_attached_while_the_scan_runs_is_manual(monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    monkeypatch.setitem(LISTS, "User", ("UserDetailList", [user("alice", attached("brand-new"))]))
    (finding,) = findings_of(world(), check)
    assert (finding.resource_id, finding.status) == ("alice", "MANUAL")
    assert finding.status_detail == (
        "Could not look: User alice has the policy brand-new (arn:aws:iam::aws:policy/brand-new), "
        "which is not among the policies that AWS lists with a version in force."
    )


# --- Users and groups ---


def test_temporary_credentials_follow_from_policies_and_the_report() -> None:
    here = world()
    assert verdicts(here, TEMPORARY) == {
        (TEMPORARY, "us-east-1", "alice"): "FAIL",
        (TEMPORARY, "us-east-1", "bob"): "FAIL",
        (TEMPORARY, "us-east-1", "carol"): "PASS",
    }
    assert here.calls[GENERATE] == 0


def test_administrators_are_looked_up_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdicts(world(), GROUP_MFA) == {
        (GROUP_MFA, "us-east-1", "ops"): "PASS",
        (GROUP_MFA, "us-east-1", "idle"): "PASS",
    }
    both = [user("alice", groups=("ops",)), user("carol", groups=("ops", "idle"))]
    monkeypatch.setitem(LISTS, "User", ("UserDetailList", both))
    failed = world()
    assert verdicts(failed, GROUP_MFA)[GROUP_MFA, "us-east-1", "ops"] == "FAIL"
    assert set(failed.calls) == {DETAILS, "iam:GenerateCredentialReport", "iam:GetCredentialReport"}


def test_hardware_mfa_is_told_by_what_is_virtual() -> None:
    device = {"SerialNumber": arn("mfa/phone"), "User": {"Arn": arn("user/staff/alice"), "UserName": "alice"}}
    of_root = {"SerialNumber": arn("mfa/root"), "User": {"Arn": arn("root")}}
    here = world(ListVirtualMFADevices={"VirtualMFADevices": [device, of_root], "IsTruncated": False})
    assert verdicts(here, HARDWARE_MFA) == {
        (HARDWARE_MFA, "us-east-1", "alice"): "FAIL",
        (HARDWARE_MFA, "us-east-1", "bob"): "PASS",
        (HARDWARE_MFA, "us-east-1", "carol"): "FAIL",
    }
    assert here.calls["iam:ListVirtualMFADevices"] == 1


@pytest.mark.parametrize("check", [HARDWARE_MFA, TEMPORARY, GROUP_MFA])
def test_without_the_report_nothing_is_said_about_mfa_and_keys(check: str) -> None:
    found = verdicts(world(GetCredentialReport=denied()), check)
    assert set(found.values()) == {"MANUAL"}


def test_without_virtual_devices_nothing_is_said_about_hardware() -> None:
    found = verdicts(world(ListVirtualMFADevices=denied()), HARDWARE_MFA)
    assert set(found.values()) == {"MANUAL"}
    assert len(found) == 3


def test_readers_from_other_accounts() -> None:
    assert verdicts(world(), READERS) == {
        (READERS, "us-east-1", "model"): "PASS",
        (READERS, "us-east-1", "scientist"): "PASS",
        (READERS, "us-east-1", "reader"): "FAIL",
    }


# --- The account ---


def test_use_of_root_by_its_key() -> None:
    (finding,) = findings_of(world(), ROOT_USE)
    assert (finding.status, finding.resource_id, finding.resource_arn) == ("FAIL", "<root_account>", arn("root"))
    (later,) = findings_of(world(), ROOT_USE, now=NOW + datetime.timedelta(days=1))
    assert later.status == "PASS"


def test_saml_providers() -> None:
    providers = {"SAMLProviderList": [{"Arn": arn("saml-provider/directory")}]}
    assert verdicts(world(ListSAMLProviders=providers), SAML) == {(SAML, "us-east-1", "directory"): "PASS"}
    assert verdicts(world(ListSAMLProviders={"SAMLProviderList": []}), SAML) == {
        (SAML, "us-east-1", ACCOUNT.id): "FAIL"
    }
    assert set(verdicts(world(ListSAMLProviders=denied()), SAML).values()) == {"MANUAL"}


NOT_MANAGEMENT = "AccountNotManagementOrDelegatedAdministratorException"
MEMBER = {"Organization": {"Id": "o-1", "Arn": "arn", "MasterAccountId": "999999999999"}}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({"EnabledFeatures": ["RootCredentialsManagement"]}, "PASS"),
        ({"OrganizationId": "o-a1b2c3d4e5", "EnabledFeatures": ["RootSessions"]}, "FAIL"),
        ({"EnabledFeatures": []}, "FAIL"),
        (error("ServiceAccessNotEnabledException"), "FAIL"),
        (error("OrganizationNotInAllFeaturesModeException"), "FAIL"),
        (denied(), "MANUAL"),
        (error("ServiceFailure", status=500), "MANUAL"),
    ],
)
def test_root_credentials_in_the_management_account(reply: Any, status: str) -> None:
    found = verdicts(world(ListOrganizationsFeatures=reply), ROOT_MANAGED)
    assert found == {(ROOT_MANAGED, "us-east-1", ACCOUNT.id): status}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (error(NOT_MANAGEMENT), None),
        (error("OrganizationNotFoundException"), None),
        ({"EnabledFeatures": ["RootCredentialsManagement"]}, "PASS"),
        ({"EnabledFeatures": []}, "FAIL"),
    ],
)
def test_root_credentials_in_members_and_delegated_administrators(reply: Any, status: str | None) -> None:
    here = world(ListOrganizationsFeatures=reply)
    here.replies[DESCRIBE] = MEMBER
    assert list(verdicts(here, ROOT_MANAGED).values()) == ([status] if status else [])


def test_root_credentials_without_an_organization() -> None:
    here = world()
    here.replies[DESCRIBE] = error("AWSOrganizationsNotInUseException")
    assert verdicts(here, ROOT_MANAGED) == {}
    assert here.calls[FEATURES] == 0


def test_an_organization_that_cannot_be_seen_is_manual() -> None:
    here = world()
    here.replies[DESCRIBE] = denied()
    (finding,) = findings_of(here, ROOT_MANAGED)
    assert finding.status == "MANUAL"
    assert DESCRIBE in finding.status_detail
