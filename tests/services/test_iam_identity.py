from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from msgspec import structs

from aioprowler import Account, Fail, Manual, Pass, UnreadableError, Verdict
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.checks import administrator, last_accessed, role, root
from aioprowler.services.iam.checks.mfa import iam_user_hardware_mfa_enabled
from aioprowler.services.iam.checks.saml_provider import iam_check_saml_providers_sts
from aioprowler.services.iam.checks.temporary_credentials import iam_user_with_temporary_credentials
from aioprowler.services.iam.credential_report import CredentialReport, ReportedUser, Root, credential_report, root_user
from aioprowler.services.iam.last_accessed import LastAccess, RoleServices, UserServices
from aioprowler.services.iam.organization import OrganizationFeatures
from aioprowler.services.iam.permissions import (
    ManagedPolicies,
    Permissions,
    RolePermissions,
    UserPermissions,
    managed_policies,
    role_permissions,
    user_permissions,
)
from aioprowler.services.iam.resources import (
    AttachedPolicy,
    CustomerPolicy,
    DeviceUser,
    GroupMembers,
    InlinePolicy,
    PolicyVersion,
    Role,
    SamlProvider,
    User,
    VirtualMfaDevice,
    VirtualMfaUsers,
    group_members,
    virtual_mfa_users,
)
from aioprowler.services.organizations.resources import Organization
from tests.services.iam_made import a_group, a_user, bare_role, of_root, reported

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
ACCOUNT = Account(id="123456789012")


def arn(path: str) -> str:
    return f"arn:aws:iam::123456789012:{path}"


ALICE = a_user(name="alice", arn=arn("user/alice"))


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def report_of(*lines: ReportedUser) -> CredentialReport:
    return CredentialReport({line.user: line for line in lines})


def detail(verdict: Verdict | None) -> str:
    assert verdict is not None
    return verdict.detail


def a_policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Statement": [{"Effect": "Allow", "Resource": "*", **each} for each in statements]})


def a_role(*statements: dict[str, Any], path: str = "/", **told: Any) -> Role:
    """Statements as in a trust policy, Allow and AssumeRole unless they say otherwise."""
    told = {"trust": Policy.parse({"Statement": [trusting(**each) for each in statements]}), **told}
    return bare_role(name="robot", path=path, arn=arn(f"role{path}robot"), **told)


def trusting(**statement: Any) -> dict[str, Any]:
    action = {} if "NotAction" in statement else {"Action": "sts:AssumeRole"}
    return {"Effect": "Allow", **action, **statement}


# --- Groups of administrators ---

ADMINISTRATORS = a_group(
    name="ops",
    arn=arn("group/ops"),
    attached_managed_policies=(AttachedPolicy("AdministratorAccess", "arn:aws:iam::aws:policy/AdministratorAccess"),),
)


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ([], Pass),
        (["safe"], Pass),
        (["safe", "naked"], Fail),
        (["naked", "safe"], Fail),
        (["safe", "new"], Manual),
        (["new", "naked"], Fail),
    ],
)
def test_mfa_of_administrators(members: list[str], verdict: type) -> None:
    report = report_of(reported("safe", mfa_active=True), reported("naked"), reported("elsewhere"))
    check = administrator.iam_administrator_access_with_mfa
    told = check(ADMINISTRATORS, GroupMembers({"ops": members, "guests": ["elsewhere"]}), report)
    assert isinstance(told, verdict)
    assert ("naked" in told.detail) == (verdict is Fail)


@pytest.mark.parametrize(
    "attached",
    [
        (),
        (AttachedPolicy("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),),
        (AttachedPolicy("AdministratorAccess", arn("policy/AdministratorAccess")),),
    ],
)
def test_members_of_other_groups_need_no_mfa(attached: tuple[AttachedPolicy, ...]) -> None:
    group = a_group(name="ops", arn=arn("group/ops"), attached_managed_policies=attached)
    check = administrator.iam_administrator_access_with_mfa
    assert isinstance(check(group, GroupMembers({"ops": ["naked"]}), report_of(reported("naked"))), Pass)


def test_the_policy_is_that_of_the_accounts_own_partition() -> None:
    china = Account(id=ACCOUNT.id, partition="aws-cn")
    attached = (AttachedPolicy("AdministratorAccess", "arn:aws-cn:iam::aws:policy/AdministratorAccess"),)
    group = a_group(name="ops", arn="arn:aws-cn:iam::1:group/ops", account=china, attached_managed_policies=attached)
    told = administrator.iam_administrator_access_with_mfa(
        group, GroupMembers({"ops": ["x"]}), report_of(reported("x"))
    )
    assert isinstance(told, Fail)


def test_members_of_groups() -> None:
    users = (
        a_user(name="alice", arn=arn("user/alice"), group_list=("ops", "readers")),
        a_user(name="bob", arn=arn("user/bob"), group_list=("ops",)),
        a_user(name="carol", arn=arn("user/carol")),
    )
    assert group_members(users).names == {"ops": ["alice", "bob"], "readers": ["alice"]}


def test_the_report_by_name() -> None:
    lines = (reported("alice"), reported("bob"))
    assert credential_report(lines).users == {"alice": lines[0], "bob": lines[1]}


# --- Root ---


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({}, Pass),
        ({"password_last_used": ago(0)}, Fail),
        ({"password_last_used": ago(1.99)}, Fail),
        ({"password_last_used": ago(2)}, Pass),
        ({"access_key_1_last_used_date": ago(1)}, Fail),
        ({"access_key_2_last_used_date": ago(1)}, Fail),
        ({"password_last_used": ago(300), "access_key_1_last_used_date": ago(1)}, Fail),
        ({"access_key_1_last_used_date": ago(300), "access_key_2_last_used_date": ago(1)}, Fail),
        ({"password_last_used": ago(300), "access_key_1_last_used_date": ago(3)}, Pass),
        ({"password_last_used": "no_information"}, Pass),
        ({"password_last_used": "not_supported"}, Manual),
        ({"password_last_used": ago(300), "access_key_1_last_used_date": "not_supported"}, Manual),
        ({"password_last_used": ago(1), "access_key_1_last_used_date": "not_supported"}, Fail),
    ],
)
def test_use_of_root(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(root.iam_avoid_root_usage(ACCOUNT, Root(of_root(**told)), NOW), verdict)


def test_use_of_others_than_root_is_fine() -> None:
    found = root_user((reported(password_last_used=ago(0)), of_root()))
    assert isinstance(root.iam_avoid_root_usage(ACCOUNT, found, NOW), Pass)


def test_use_of_a_root_user_of_whom_the_report_tells_nothing() -> None:
    with pytest.raises(UnreadableError, match="leaves out the root user"):
        root.iam_avoid_root_usage(ACCOUNT, root_user((reported(),)), NOW)


@pytest.mark.parametrize(
    ("features", "verdict"),
    [
        (OrganizationFeatures(enabled_features=("RootSessions", "RootCredentialsManagement")), Pass),
        (OrganizationFeatures(enabled_features=("RootSessions",)), Fail),
        (OrganizationFeatures(enabled_features=()), Fail),
    ],
)
@pytest.mark.parametrize("management", [ACCOUNT.id, "999999999999"])
def test_root_credentials_of_members(features: OrganizationFeatures, verdict: type, management: str) -> None:
    organization = Organization(id="o-1", arn="arn", master_account_id=management)
    assert isinstance(root.iam_root_credentials_management_enabled(ACCOUNT, organization, features), verdict)


def test_root_credentials_where_iam_tells_nothing() -> None:
    check = root.iam_root_credentials_management_enabled
    assert isinstance(check(ACCOUNT, Organization(id="o-1", arn="arn", master_account_id=ACCOUNT.id), None), Fail)
    assert check(ACCOUNT, Organization(id="o-1", arn="arn", master_account_id="999999999999"), None) is None
    assert check(ACCOUNT, None, None) is None


# --- Users ---


@pytest.mark.parametrize(
    ("mfa", "virtual", "verdict"), [(True, False, Pass), (True, True, Fail), (False, False, Fail), (False, True, Fail)]
)
def test_hardware_mfa(mfa: bool, virtual: bool, verdict: type) -> None:
    users = VirtualMfaUsers({arn("root"): ("r",), arn("user/alice") if virtual else arn("user/alicia"): ("a", "b")})
    told = iam_user_hardware_mfa_enabled(ALICE, users, report_of(reported(mfa_active=mfa)))
    assert isinstance(told, verdict)
    assert ("virtual" in detail(told)) == virtual
    assert told.names == (({"device": "a"}, {"device": "b"}) if virtual else ())


def test_hardware_mfa_of_users_made_since_the_report() -> None:
    report = report_of(reported("bob", mfa_active=True))
    virtual = VirtualMfaUsers({ALICE.arn: ("a",)})
    assert isinstance(iam_user_hardware_mfa_enabled(ALICE, VirtualMfaUsers({}), report), Manual)
    assert isinstance(iam_user_hardware_mfa_enabled(ALICE, virtual, report), Fail)


def test_users_of_virtual_devices() -> None:
    devices = [VirtualMfaDevice(serial_number=arn(f"mfa/{n}"), user=DeviceUser(arn("user/alice"))) for n in (1, 2)]
    assert virtual_mfa_users(tuple(devices)).devices == {arn("user/alice"): (arn("mfa/1"), arn("mfa/2"))}


def test_saml_providers() -> None:
    providers = tuple(SamlProvider(arn=arn(f"saml-provider/{name}")) for name in ("directory", "partner"))
    (none,) = iam_check_saml_providers_sts(ACCOUNT, ())
    told = list(iam_check_saml_providers_sts(ACCOUNT, providers))
    assert isinstance(none, Fail)
    assert none.resource_id is None
    assert [(type(each), each.resource_id, each.resource_arn) for each in told] == [
        (Pass, "directory", arn("saml-provider/directory")),
        (Pass, "partner", arn("saml-provider/partner")),
    ]


WIDE = UserPermissions(a_policy({"Action": "s3:GetObject"}))
NARROW = UserPermissions(a_policy({"Action": "sts:AssumeRole"}))


@pytest.mark.parametrize(
    ("permissions", "line", "verdict"),
    [
        (WIDE, reported(access_key_1_active=True), Fail),
        (WIDE, reported(access_key_2_active=True), Fail),
        (WIDE, reported(access_key_2_last_rotated=ago(9)), Fail),
        (WIDE, reported(access_key_1_last_rotated=ago(9)), Fail),
        (WIDE, reported(password_enabled=True), Pass),
        (WIDE, reported("bob", access_key_1_active=True), Manual),
        (NARROW, reported(access_key_1_active=True), Pass),
        (NARROW, reported("bob"), Pass),
    ],
)
def test_temporary_credentials(permissions: UserPermissions, line: ReportedUser, verdict: type) -> None:
    assert isinstance(iam_user_with_temporary_credentials(ALICE, permissions, report_of(line)), verdict)


# --- Permissions ---

UNDER_ANY = {"Action": "*"}
DENY: dict[str, Any] = {"Effect": "Deny"}


@pytest.mark.parametrize(
    ("policy", "beyond"),
    [
        (a_policy(), False),
        (a_policy({"Action": "iam:GetUser"}, {"Action": ["sts:*", "IAM:*"]}), False),
        (a_policy({"Action": ["iam:GetUser", "s3:ListBucket"]}), True),
        (a_policy({"Action": "S3:*"}), True),
        (a_policy({"Action": "i*:Get*"}), True),
        (a_policy({"Action": "?am:*"}), True),
        (a_policy(UNDER_ANY), True),
        (a_policy({"Action": "*:*"}), True),
        (a_policy({"NotAction": ["iam:*", "sts:*"]}), True),
        (a_policy({"NotAction": "*"}), False),
        (a_policy(DENY | {"Action": "s3:*"}), False),
        (a_policy({"Action": "s3:Get*"}, DENY | {"Action": "s3:*"}), False),
        (a_policy({"Action": "s3:*"}, DENY | {"Action": "s3:Get*"}), True),
        (a_policy(UNDER_ANY, DENY | UNDER_ANY), False),
        (a_policy(UNDER_ANY, DENY | {"NotAction": ["iam:*", "sts:*"]}), False),
        (
            a_policy(UNDER_ANY, DENY | {"NotAction": "iam:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
            True,
        ),
        (a_policy({"Action": "s3:*"}, DENY | {"Action": "s3:*", "Resource": "arn:aws:s3:::ledger"}), True),
    ],
)
def test_permissions_beyond_iam_and_sts(policy: Policy, beyond: bool) -> None:
    assert Permissions(policy).reach_beyond("iam", "sts") is beyond


@pytest.mark.parametrize(
    ("policy", "reached"),
    [
        (a_policy(), False),
        (a_policy({"Action": "bedrock:InvokeModel"}), True),
        (a_policy({"Action": "Bed*"}), True),
        (a_policy({"Action": "sagemaker:*"}), True),
        (a_policy(UNDER_ANY), True),
        (a_policy({"Action": "bedrock-agentcore:*"}), False),
        (a_policy({"Action": ["s3:*", "ec2:*"]}), False),
        (a_policy({"NotAction": "bedrock:*"}), True),
        (a_policy({"NotAction": ["bedrock:*", "sagemaker:*"]}), False),
        (a_policy(DENY | {"Action": "bedrock:*"}), False),
        (a_policy({"Action": "bedrock:*"}, DENY | {"Action": "bedrock:*"}), True),
    ],
)
def test_permissions_for_services(policy: Policy, reached: bool) -> None:
    assert Permissions(policy).may_reach("bedrock", "sagemaker") is reached


def document(action: str) -> dict[str, Any]:
    return {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}


def test_permissions_are_those_of_all_policies() -> None:
    managed = ManagedPolicies({"m:1": Policy.parse(document("a:A")), "m:2": Policy.parse(document("b:B"))})
    groups = (
        a_group(name="in", arn="g:in", attached_managed_policies=(AttachedPolicy("two", "m:2"),)),
        a_group(name="in-too", arn="g:too", inline_policies=(InlinePolicy("i", Policy.parse(document("c:C"))),)),
        a_group(name="out", arn="g:out", inline_policies=(InlinePolicy("i", Policy.parse(document("x:X"))),)),
    )
    held: dict[str, Any] = {
        "attached_managed_policies": (AttachedPolicy("one", "m:1"),),
        "inline_policies": (InlinePolicy("mine", Policy.parse(document("d:D"))),),
    }
    user = a_user(name="alice", arn=arn("user/alice"), group_list=("in", "in-too"), **held)
    assert actions(user_permissions(user, groups, managed)) == ["a:A", "d:D", "b:B", "c:C"]
    assert actions(role_permissions(a_role(**held), managed)) == ["a:A", "d:D"]


def test_a_policy_without_a_version_in_force_hides_no_other() -> None:
    version = PolicyVersion(Policy.parse(document("s3:*")), True)
    known = CustomerPolicy(arn="m:1", attachment_count=1, policy_version_list=(version,))
    broken = CustomerPolicy(arn="m:2", attachment_count=1, policy_version_list=())
    managed = managed_policies((known, broken), ())

    def permissions(of: str) -> UserPermissions:
        holder: User = structs.replace(ALICE, attached_managed_policies=(AttachedPolicy("p", of),))
        found: UserPermissions = user_permissions(holder, (), managed)
        return found

    assert permissions("m:1").may_reach("s3")
    assert not permissions("m:1").may_reach("ec2")
    with pytest.raises(UnreadableError, match="which is not among the policies that AWS lists with a version in force"):
        permissions("m:2").may_reach("s3")


def test_a_policy_that_is_not_known_matters_where_no_other_says_so() -> None:
    managed = ManagedPolicies({"m:1": Policy.parse(document("s3:*")), "m:2": Policy.decode("{")})
    holders = {
        "m:2": "User alice has the policy p (m:2), which cannot be read: the policy is not valid JSON",
        "m:3": r"User alice has the policy p (m:3), which is not among the policies that AWS lists",
    }
    for unread, reason in holders.items():
        known, unknown = AttachedPolicy("one", "m:1"), AttachedPolicy("p", unread)
        both = a_user(name="alice", arn=arn("user/alice"), attached_managed_policies=(unknown, known))
        permissions = user_permissions(both, (), managed)
        assert permissions.reach_beyond("iam", "sts")
        assert permissions.may_reach("s3")
        with pytest.raises(UnreadableError, match=re.escape(reason)):
            permissions.may_reach("bedrock")
    broken = a_user(name="bob", arn=arn("user/bob"), inline_policies=(InlinePolicy("mine", Policy.decode("{")),))
    with pytest.raises(UnreadableError, match="User bob has the inline policy mine, which cannot be read: "):
        user_permissions(broken, (), managed).reach_beyond("iam", "sts")


def actions(permissions: UserPermissions | RolePermissions) -> list[str]:
    return [pattern for statement in permissions.policy.statements for pattern in statement.actions.patterns]


# --- Stale permissions ---

ROBOT = a_role({"Principal": {"Service": "ec2.amazonaws.com"}})


@pytest.mark.parametrize(
    ("days", "verdict"), [(0, Pass), (60, Pass), (60.99, Pass), (61, Fail), (300, Fail), (None, Fail)]
)
def test_bedrock(days: float | None, verdict: type) -> None:
    last = {"bedrock": None if days is None else ago(days), "s3": ago(400)}
    user = last_accessed.iam_user_access_not_stale_to_bedrock(ALICE, UserServices(last_access=last), NOW)
    of_role = last_accessed.iam_role_access_not_stale_to_bedrock(ROBOT, RoleServices(last_access=last), NOW)
    assert isinstance(user, verdict)
    assert isinstance(of_role, verdict)
    assert detail(user).startswith("User alice may use Bedrock")
    assert detail(of_role).startswith("Role robot may use Bedrock")


@pytest.mark.parametrize(("days", "verdict"), [(90.99, Pass), (91, Fail), (None, Fail)])
def test_sagemaker(days: float | None, verdict: type) -> None:
    last = {"sagemaker": None if days is None else ago(days), "bedrock": ago(400)}
    told = last_accessed.iam_user_access_not_stale_to_sagemaker(ALICE, UserServices(last_access=last), NOW)
    assert isinstance(told, verdict)
    assert "SageMaker" in detail(told)


def test_days_of_staleness_are_configuration() -> None:
    last: LastAccess = {"bedrock": ago(8), "sagemaker": ago(8)}
    user, of_role = UserServices(last_access=last), RoleServices(last_access=last)
    bedrock, sagemaker = {"max_unused_bedrock_access_days": 7}, {"max_unused_sagemaker_access_days": 7}
    assert isinstance(last_accessed.iam_user_access_not_stale_to_bedrock(ALICE, user, NOW, **bedrock), Fail)
    assert isinstance(last_accessed.iam_role_access_not_stale_to_bedrock(ROBOT, of_role, NOW, **bedrock), Fail)
    assert isinstance(last_accessed.iam_user_access_not_stale_to_sagemaker(ALICE, user, NOW, **sagemaker), Fail)


@pytest.mark.parametrize("known", [None, {}, {"s3": ago(1), "bedrock-agentcore": ago(1)}])
def test_who_may_not_use_a_service_is_not_judged(known: Any) -> None:
    user = None if known is None else UserServices(last_access=known)
    of_role = None if known is None else RoleServices(last_access=known)
    assert last_accessed.iam_user_access_not_stale_to_bedrock(ALICE, user, NOW) is None
    assert last_accessed.iam_role_access_not_stale_to_bedrock(ROBOT, of_role, NOW) is None
    assert last_accessed.iam_user_access_not_stale_to_sagemaker(ALICE, user, NOW) is None


# --- Trust ---

READ_ONLY = (AttachedPolicy("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),)
OTHER, OWN = "arn:aws:iam::999999999999:root", arn("root")


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([{"Principal": {"AWS": OTHER}}], Fail),
        ([{"Principal": {"AWS": "999999999999"}}], Fail),
        ([{"Principal": {"AWS": [OWN, OTHER]}}], Fail),
        ([{"Principal": {"AWS": OWN}}, {"Principal": {"AWS": OTHER}}], Fail),
        ([{"Principal": {"AWS": "*"}}], Fail),
        ([{"Principal": "*"}], Fail),
        ([{"Principal": {"AWS": OTHER, "Service": "ec2.amazonaws.com"}}], Fail),
        ([{"Principal": {"AWS": OTHER}, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}], Fail),
        ([{"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}], Fail),
        ([{"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT.id}}}], Pass),
        ([{"Principal": {"AWS": [OWN, arn("user/alice")]}}], Pass),
        ([{"Principal": {"AWS": ACCOUNT.id}}], Pass),
        ([{"Principal": {"Federated": arn("saml-provider/directory")}}], Pass),
        ([{"Principal": {"AWS": OWN}}, {"Effect": "Deny", "Principal": {"AWS": OTHER}}], Pass),
    ],
)
def test_readers_from_other_accounts(statements: list[dict[str, Any]], verdict: type) -> None:
    check = role.iam_role_cross_account_readonlyaccess_policy
    assert isinstance(check(a_role(*statements, attached_managed_policies=READ_ONLY)), verdict)
    assert isinstance(check(a_role(*statements)), Pass)


def test_roles_of_services_do_not_read_for_other_accounts() -> None:
    check = role.iam_role_cross_account_readonlyaccess_policy
    assert check(a_role({"Principal": {"Service": "ec2.amazonaws.com"}}, attached_managed_policies=READ_ONLY)) is None


SNS = {"Service": "sns.amazonaws.com"}
SOURCE_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT.id}}
NOT_SOURCE_ACCOUNT = {"StringNotEquals": {"aws:SourceAccount": ACCOUNT.id}}
CONFINED = role.iam_role_service_trust_restricts_source_to_account


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (SOURCE_ACCOUNT, Pass),
        ({"StringEquals": {"AWS:sourceaccount": [ACCOUNT.id, "999999999999"]}}, Pass),
        ({"StringEqualsIgnoreCase": {"aws:SourceAccount": ACCOUNT.id}}, Pass),
        ({"StringLike": {"aws:SourceAccount": ACCOUNT.id}}, Pass),
        ({"ForAnyValue:StringEquals": {"aws:SourceAccount": ACCOUNT.id}}, Pass),
        ({"StringLike": {"aws:SourceAccount": "1234*"}}, Fail),
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT.id, "*"]}}, Fail),
        ({"StringEquals": {"aws:SourceAccount": []}}, Fail),
        ({"StringEquals": {"aws:SourceAccount": "1234567890123"}}, Fail),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}}, Pass),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}, Pass),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, Fail),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::ledger"}}, Fail),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:12345678901234:*"}}, Fail),
        ({"StringLike": {"aws:SourceArn": "*"}}, Fail),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, Pass),
        ({"StringEquals": {"aws:SourceOrgID": "o-short"}}, Fail),
        ({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}, Pass),
        ({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-*/r-ab12/*"}}, Fail),
        ({"StringEquals": {"sts:ExternalId": "x"}}, Fail),
        ({"Null": {"aws:SourceAccount": "false"}}, Fail),
        ({"StringLike": {"aws:SourceArn": "*"}, "StringEquals": {"aws:SourceAccount": ACCOUNT.id}}, Pass),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT.id}}, Fail),
        (
            {"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT.id}, "Null": {"aws:SourceAccount": "false"}},
            Pass,
        ),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT.id}, "Null": {"aws:SourceAccount": "false"}}, Pass),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT.id}, "Null": {"aws:SourceAccount": "true"}}, Fail),
        (
            {
                "StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT.id},
                "Null": {"aws:SourceAccount": ["true", "false"]},
            },
            Fail,
        ),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT.id}, "Null": {"aws:SourceArn": "false"}}, Fail),
    ],
)
def test_conditions_on_services(condition: dict[str, Any], verdict: type) -> None:
    assert isinstance(CONFINED(a_role({"Principal": SNS, "Condition": condition})), verdict)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringNotEquals": {"aws:SourceAccount": "999999999999"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT.id}},
    ],
)
def test_services_without_a_condition_are_another_checks_matter(condition: dict[str, Any]) -> None:
    statement = {"Principal": SNS, "Condition": condition}
    assert CONFINED(a_role(statement)) is None
    assert isinstance(CONFINED(a_role(statement, {"Principal": {"AWS": OWN}})), Fail)
    assert isinstance(CONFINED(a_role(statement, {"Principal": SNS, "Condition": SOURCE_ACCOUNT})), Pass)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([{"Principal": {**SNS, "AWS": OWN}}], Fail),
        ([{"Principal": {**SNS, "AWS": OWN}, "Condition": SOURCE_ACCOUNT}], Pass),
        ([{"Principal": SNS}, {"Principal": SNS, "Effect": "Deny", "Condition": {"Bool": {"a": "b"}}}], Fail),
        ([{"Principal": SNS}, {"Principal": SNS, "Effect": "Deny", "Condition": NOT_SOURCE_ACCOUNT}], Pass),
        ([{"Principal": SNS}, {"Principal": "*", "Effect": "Deny", "Condition": NOT_SOURCE_ACCOUNT}], Pass),
        ([{"Principal": SNS}, {"Principal": {"AWS": OWN}, "Effect": "Deny", "Condition": NOT_SOURCE_ACCOUNT}], Fail),
        (
            [
                {"Principal": SNS},
                {
                    "Principal": SNS,
                    "Effect": "Deny",
                    "Condition": NOT_SOURCE_ACCOUNT | {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
            Fail,
        ),
        (
            [
                {"Principal": SNS},
                {
                    "Principal": SNS,
                    "Effect": "Deny",
                    "Condition": {"ForAnyValue:StringNotEquals": {"aws:SourceAccount": ACCOUNT.id}},
                },
            ],
            Fail,
        ),
        ([{"Principal": SNS, "Condition": SOURCE_ACCOUNT}, {"Principal": SNS, "Action": "sts:SetContext"}], Pass),
        ([{"Principal": SNS, "Action": "sts:Assume?ole"}, {"Principal": {"AWS": OWN}}], Fail),
        ([{"Principal": "*"}], Fail),
        ([{"Principal": {"AWS": "*"}}], Fail),
        ([{"Principal": "*", "Condition": SOURCE_ACCOUNT}], Pass),
    ],
)
def test_services_beside_others(statements: list[dict[str, Any]], verdict: type) -> None:
    assert isinstance(CONFINED(a_role(*statements)), verdict)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"AWS": OTHER}},
        {"Principal": {"Federated": arn("saml-provider/directory")}, "Action": "sts:AssumeRoleWithSAML"},
        {"Principal": SNS, "Action": "sts:AssumeRoleWithSAML"},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
        {"Principal": SNS, "Effect": "Deny"},
    ],
)
def test_roles_that_trust_no_service(statement: dict[str, Any]) -> None:
    assert CONFINED(a_role(statement)) is None


def test_what_everybody_may_do_without_naming_themselves_services_may_too() -> None:
    condition = {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    assert isinstance(CONFINED(a_role({"Principal": "*", "Condition": condition})), Fail)


def test_service_linked_roles_are_left_to_aws() -> None:
    statement = {"Principal": SNS, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}}
    assert isinstance(CONFINED(a_role(statement)), Fail)
    assert CONFINED(a_role(statement, path="/aws-service-role/sns.amazonaws.com/")) is None


def test_one_statement_that_confines_nothing_is_enough() -> None:
    loose = {"Principal": SNS, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}}
    assert isinstance(CONFINED(a_role({"Principal": SNS, "Condition": SOURCE_ACCOUNT}, loose)), Fail)


def test_organizations_are_told_from_accounts() -> None:
    organization = {"Principal": SNS, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}}
    account = {"Principal": SNS, "Condition": SOURCE_ACCOUNT}
    both = {
        "Principal": SNS,
        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5", **SOURCE_ACCOUNT["StringEquals"]}},
    }
    policies = ([organization], [account, organization], [account, both])
    details = [detail(CONFINED(a_role(*statements))) for statements in policies]
    assert ["organizations" in each for each in details] == [True, True, False]


@pytest.mark.parametrize(("effect", "verdict"), [("Allow", Manual), ("Deny", Pass)])
def test_trust_by_not_action_is_for_people(effect: str, verdict: type) -> None:
    statement = {"Effect": effect, "Principal": SNS, "NotAction": "sts:TagSession"}
    assert isinstance(CONFINED(a_role({"Principal": SNS, "Condition": SOURCE_ACCOUNT}, statement)), verdict)
