from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from aioprowler.services.iam import credential_report
from tests.services.iam_made import of_root, report_of, reported
from tests.worlds.world import ACCOUNT, World, denied, error, findings_of, verdicts

ADMINISTRATOR = {"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
SUPPORT = {"PolicyName": "AWSSupportAccess", "PolicyArn": "arn:aws:iam::aws:policy/AWSSupportAccess"}
GOD_MODE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ROOT: dict[str, Any] = {"password_enabled": True, "password_last_used": "2026-05-31T10:00:00+00:00", "mfa_active": True}
ALICE = reported(
    password_enabled=True,
    password_last_used="no_information",
    password_last_changed="2026-05-27T10:00:00+00:00",
    access_key_1_active=True,
    access_key_1_last_rotated="2025-01-01T10:00:00+00:00",
    access_key_1_last_used_date="2026-01-01T10:00:00+00:00",
)
REPORT = report_of(of_root(**ROOT), ALICE)

DETAILS = "iam:GetAccountAuthorizationDetails"
GENERATE, GET = "iam:GenerateCredentialReport", "iam:GetCredentialReport"
KEY_UNUSED, CONSOLE_MFA = "iam_user_accesskey_unused", "iam_user_mfa_enabled_console_access"
HARDWARE_MFA, NO_ROOT_KEY = "iam_root_hardware_mfa_enabled", "iam_no_root_access_key"
ROOT_MFA, CONSOLE_UNUSED = "iam_root_mfa_enabled", "iam_user_console_access_unused"
INLINE = "iam_inline_policy_no_administrative_privileges"
USER_ADMIN, GROUP_ADMIN = "iam_user_administrator_access_policy", "iam_group_administrator_access_policy"
ROLE_ADMIN, CONFUSED = "iam_role_administratoraccess_policy", "iam_role_cross_service_confused_deputy_prevention"
SUPPORT_ROLE = "iam_support_role_created"
PASSWORD_SYMBOL, CERTIFICATE = "iam_password_policy_symbol", "iam_no_expired_server_certificates_stored"


def arn(path: str) -> str:
    return f"arn:aws:iam::123456789012:{path}"


def trust(principal: dict[str, str]) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


def role(name: str, principal: dict[str, str], *attached: dict[str, str]) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Path": "/",
        "Arn": arn(f"role/{name}"),
        "AssumeRolePolicyDocument": trust(principal),
        "RolePolicyList": [],
        "AttachedManagedPolicies": list(attached),
        "Tags": [{"Key": "team", "Value": "shop"}],
    }


USERS = [
    {
        "UserName": "alice",
        "Arn": arn("user/alice"),
        "GroupList": ["ops"],
        "UserPolicyList": [{"PolicyName": "all", "PolicyDocument": GOD_MODE}],
        "AttachedManagedPolicies": [],
    },
    {"UserName": "bob", "Arn": arn("user/bob"), "AttachedManagedPolicies": [ADMINISTRATOR]},
]
GROUPS = [{"GroupName": "ops", "Arn": arn("group/ops"), "GroupPolicyList": [], "AttachedManagedPolicies": []}]
ROLES = [
    role("person", {"AWS": arn("root")}, ADMINISTRATOR, SUPPORT),
    role("web", {"Service": "ec2.amazonaws.com"}),
]


def managed(name: str, owner: str, attachments: int) -> dict[str, Any]:
    old = {"Document": {"Statement": []}, "VersionId": "v1", "IsDefaultVersion": False}
    new = {"Document": GOD_MODE, "VersionId": "v2", "IsDefaultVersion": True}
    return {
        "PolicyName": name,
        "Arn": f"arn:aws:iam::{owner}:policy/{name}",
        "AttachmentCount": attachments,
        "PolicyVersionList": [new, old],
    }


LISTS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "User": ("UserDetailList", USERS),
    "Group": ("GroupDetailList", GROUPS),
    "Role": ("RoleDetailList", ROLES),
    "LocalManagedPolicy": ("Policies", [managed("used", ACCOUNT.id, 2), managed("spare", ACCOUNT.id, 0)]),
    "AWSManagedPolicy": ("Policies", [managed("AdministratorAccess", "aws", 2), managed("PowerUserAccess", "aws", 0)]),
}


def details(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """A page for each item."""
    (filter_,) = params["Filter"]
    result, items = LISTS[filter_]
    number = int(params.get("Marker", 0))
    more = {"IsTruncated": True, "Marker": str(number + 1)} if number + 1 < len(items) else {"IsTruncated": False}
    return {result: items[number : number + 1]} | more


def world(**replies: Any) -> World:
    return World(
        {
            DETAILS: details,
            GENERATE: {"State": "COMPLETE"},
            GET: {"Content": REPORT, "ReportFormat": "text/csv"},
            "iam:GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1, "Users": 2}},
            "iam:GetAccountPasswordPolicy": error("NoSuchEntity", status=404),
        }
        | {f"iam:{operation}": reply for operation, reply in replies.items()}
    )


def test_one_report_serves_users_and_root() -> None:
    here = world()
    assert verdicts(here, KEY_UNUSED, CONSOLE_MFA, NO_ROOT_KEY, HARDWARE_MFA) == {
        (KEY_UNUSED, "us-east-1", "<root_account>"): "PASS",
        (KEY_UNUSED, "us-east-1", "alice/AccessKey1"): "FAIL",
        (CONSOLE_MFA, "us-east-1", "alice"): "FAIL",
        (NO_ROOT_KEY, "us-east-1", "<root_account>"): "PASS",
        (HARDWARE_MFA, "us-east-1", "<root_account>"): "PASS",
    }
    assert (here.calls[GENERATE], here.calls[GET]) == (1, 1)


def test_root_is_named_as_in_the_report() -> None:
    of_root = {f.check_id: f.resource_arn for f in findings_of(world(), NO_ROOT_KEY, HARDWARE_MFA)}
    assert of_root == {NO_ROOT_KEY: arn("root"), HARDWARE_MFA: arn("mfa")}


def test_virtual_mfa_of_root() -> None:
    device = {"SerialNumber": arn("mfa/phone"), "User": {"Arn": arn("root"), "UserName": "root"}}
    here = world(ListVirtualMFADevices={"VirtualMFADevices": [device]})
    assert verdicts(here, HARDWARE_MFA) == {(HARDWARE_MFA, "us-east-1", "<root_account>"): "FAIL"}


def test_the_report_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_report, "WAITS", (0.0, 0.0, 0.0))
    states = iter(["STARTED", "INPROGRESS", "COMPLETE"])
    here = world(GenerateCredentialReport=lambda *_: {"State": next(states)})
    assert verdicts(here, CONSOLE_MFA) == {(CONSOLE_MFA, "us-east-1", "alice"): "FAIL"}
    assert (here.calls[GENERATE], here.calls[GET]) == (3, 1)


def test_a_report_that_does_not_come_is_manual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_report, "WAITS", (0.0, 0.0))
    here = world(GenerateCredentialReport={"State": "INPROGRESS"})
    (finding,) = findings_of(here, CONSOLE_MFA)
    assert finding.status == "MANUAL"
    assert "did not answer in time" in finding.status_detail
    assert here.calls[GET] == 0


@pytest.mark.parametrize("operation", ["GenerateCredentialReport", "GetCredentialReport"])
@pytest.mark.parametrize("check", [CONSOLE_MFA, NO_ROOT_KEY])
def test_a_denied_report_is_manual(operation: str, check: str) -> None:
    (finding,) = findings_of(world(**{operation: denied()}), check)
    assert finding.status == "MANUAL"
    assert f"iam:{operation}" in finding.status_detail


def test_a_report_that_cannot_be_read_is_manual() -> None:
    here = world(GetCredentialReport={"Content": REPORT.replace(b"true,no_information", b"perhaps,no_information")})
    (finding,) = findings_of(here, CONSOLE_MFA)
    assert (finding.status, finding.resource_id) == ("MANUAL", "alice")
    assert "has perhaps for password_enabled of alice" in finding.status_detail
    without = world(GetCredentialReport={"Content": REPORT.replace(b"mfa_active", b"mfa")})
    found = {f.check_id: f for f in findings_of(without, CONSOLE_MFA, NO_ROOT_KEY)}
    assert (found[CONSOLE_MFA].status, found[NO_ROOT_KEY].status) == ("MANUAL", "PASS")
    assert "mfa_active" in found[CONSOLE_MFA].status_detail
    (nothing,) = findings_of(world(GetCredentialReport={"ReportFormat": "text/csv"}), CONSOLE_MFA)
    assert nothing.status_detail == "Could not look: AWS did not tell Content in iam:GetCredentialReport."


@pytest.mark.parametrize("password", ["not_supported", "N/A", "no_information"])
def test_root_of_whom_the_report_does_not_rule_a_password_out_is_judged(password: str) -> None:
    root = of_root(password_enabled=password)
    here = world(
        GetCredentialReport={"Content": report_of(root, ALICE)},
        GetAccountSummary={"SummaryMap": {"AccountMFAEnabled": 0}},
    )
    assert verdicts(here, NO_ROOT_KEY, HARDWARE_MFA, ROOT_MFA) == {
        (NO_ROOT_KEY, "us-east-1", "<root_account>"): "PASS",
        (HARDWARE_MFA, "us-east-1", "<root_account>"): "FAIL",
        (ROOT_MFA, "us-east-1", "<root_account>"): "FAIL",
    }


def test_a_report_without_the_root_user_is_manual() -> None:
    found = findings_of(world(GetCredentialReport={"Content": report_of(ALICE)}), NO_ROOT_KEY, HARDWARE_MFA, ROOT_MFA)
    assert [f.status for f in found] == ["MANUAL"] * 3
    assert all("leaves out the root user" in f.status_detail for f in found)


def test_credentials_never_used_lie_unused_since_they_were_made() -> None:
    old = {"access_key_1_active": True, "access_key_1_last_rotated": "2025-01-01T10:00:00+00:00"}
    stale = {"password_enabled": True, "password_last_used": "no_information"}
    lines = [
        reported("bob", **old, **stale, password_last_changed="2025-01-01T10:00:00+00:00"),
        reported("carol", **old | {"access_key_1_last_rotated": "2026-05-27T10:00:00+00:00"}),
        of_root(**old),
    ]
    here = world(GetCredentialReport={"Content": report_of(*lines)})
    found = findings_of(here, KEY_UNUSED, CONSOLE_UNUSED)
    assert {(f.check_id, f.resource_id): f.status for f in found} == {
        (KEY_UNUSED, "bob/AccessKey1"): "FAIL",
        (KEY_UNUSED, "carol"): "PASS",
        (KEY_UNUSED, "<root_account>/AccessKey1"): "FAIL",
        (CONSOLE_UNUSED, "bob"): "FAIL",
        (CONSOLE_UNUSED, "carol"): "PASS",
    }
    details = {f.status_detail for f in found}
    assert (
        "Access key 1 of User bob was never used since it was made 516 days ago, more than the 45 that are allowed."
        in details
    )
    assert (
        "User bob never signed in to the console since its password was set 516 days ago, "
        "more than the 45 that are allowed." in details
    )


def test_details_answer_for_users_groups_roles_in_pages() -> None:
    here = world()
    assert verdicts(here, USER_ADMIN, GROUP_ADMIN, ROLE_ADMIN, CONFUSED, INLINE, SUPPORT_ROLE) == {
        (USER_ADMIN, "us-east-1", "alice"): "PASS",
        (USER_ADMIN, "us-east-1", "bob"): "FAIL",
        (GROUP_ADMIN, "us-east-1", "ops"): "PASS",
        (ROLE_ADMIN, "us-east-1", "person"): "FAIL",
        (CONFUSED, "us-east-1", "web"): "FAIL",
        (INLINE, "us-east-1", "alice/all"): "FAIL",
        (SUPPORT_ROLE, "us-east-1", "123456789012"): "PASS",
    }
    assert here.calls == {DETAILS: len(USERS) + len(GROUPS) + len(ROLES)}


def test_roles_bring_their_tags() -> None:
    (finding,) = findings_of(world(), ROLE_ADMIN)
    assert (finding.resource_tags, finding.resource_type) == ({"team": "shop"}, "AwsIamRole")


def test_managed_policies_by_their_version_in_force() -> None:
    attached = "iam_customer_attached_policy_no_administrative_privileges"
    unattached = "iam_customer_unattached_policy_no_administrative_privileges"
    aws = "iam_aws_attached_policy_no_administrative_privileges"
    assert verdicts(world(), attached, unattached, aws) == {
        (attached, "us-east-1", "used"): "FAIL",
        (unattached, "us-east-1", "spare"): "FAIL",
        (aws, "us-east-1", "AdministratorAccess"): "FAIL",
    }


@pytest.mark.parametrize("check", [USER_ADMIN, INLINE, SUPPORT_ROLE])
def test_denied_details_are_manual(check: str) -> None:
    (finding,) = findings_of(world(GetAccountAuthorizationDetails=denied()), check)
    assert finding.status == "MANUAL"
    assert DETAILS in finding.status_detail


def test_the_password_policy_is_filed_under_the_accounts_default_region() -> None:
    required = {f"Require{each}": True for each in ("Symbols", "Numbers", "UppercaseCharacters", "LowercaseCharacters")}
    here = world(GetAccountPasswordPolicy={"PasswordPolicy": {"MinimumPasswordLength": 8, **required}})
    (passed,) = findings_of(here, PASSWORD_SYMBOL)
    (failed,) = findings_of(world(), PASSWORD_SYMBOL)
    for finding in (passed, failed):
        assert finding.resource_arn == "arn:aws:iam:us-east-1:123456789012:password-policy"
        assert (finding.region, finding.resource_id) == ("us-east-1", "123456789012")
    assert (passed.status, failed.status) == ("PASS", "FAIL")


def test_a_certificate_without_its_date_is_manual() -> None:
    names = {"ServerCertificateName": "shop", "ServerCertificateId": "ASCA1", "Arn": arn("server-certificate/shop")}
    dated = {**names, "ServerCertificateId": "ASCA2", "Expiration": "2026-06-02T00:00:00Z"}
    here = world(ListServerCertificates={"ServerCertificateMetadataList": [names, dated]})
    assert verdicts(here, CERTIFICATE) == {
        (CERTIFICATE, "us-east-1", "ASCA1"): "MANUAL",
        (CERTIFICATE, "us-east-1", "ASCA2"): "PASS",
    }
