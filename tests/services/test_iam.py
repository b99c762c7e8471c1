from __future__ import annotations

import datetime
import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from aioprowler import Account, Fail, Manual, Pass, UnreadableError, Verdict
from aioprowler.engine.judge import Subject, finding
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.checks import access_key, administrator, console, password_policy, policy, role, root
from aioprowler.services.iam.checks.server_certificate import iam_no_expired_server_certificates_stored
from aioprowler.services.iam.credential_report import ReportedUser, Root, read_report, root_user
from aioprowler.services.iam.resources import (
    AccountSummary,
    AttachedPolicy,
    AwsPolicy,
    CustomerPolicy,
    DeviceUser,
    InlinePolicy,
    PasswordPolicy,
    PolicyVersion,
    Role,
    ServerCertificate,
    VirtualMfaDevice,
    inline_policies,
)
from tests.services.iam_made import NOTHING, a_group, a_user, bare_role, of_root, reported

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
ACCOUNT = Account(id="123456789012")
ROOT_ARN = "arn:aws:iam::123456789012:root"
ADMINISTRATOR = (AttachedPolicy("AdministratorAccess", "arn:aws:iam::aws:policy/AdministratorAccess"),)
READ_ONLY = (AttachedPolicy("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),)
GOD_MODE: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READER: dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def arn(path: str) -> str:
    return f"arn:aws:iam::123456789012:{path}"


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def a_role(principal: dict[str, Any], condition: dict[str, Any] | None = None, path: str = "/", **told: Any) -> Role:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition or {}}
    return bare_role(
        name="robot",
        path=path,
        arn=arn(f"role{path}robot"),
        trust=Policy.parse({"Statement": [statement]}),
        **told,
    )


def ids(verdicts: Any) -> dict[str | None, type[Verdict]]:
    return {verdict.resource_id: type(verdict) for verdict in verdicts}


REQUIRED = ("symbols", "numbers", "uppercase_characters", "lowercase_characters")
LAX: dict[str, Any] = {"minimum_password_length": 6, **{f"require_{each}": False for each in REQUIRED}}


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (
            password_policy.iam_password_policy_minimum_length_14,
            {"minimum_password_length": 14},
            {"minimum_password_length": 13},
        ),
        (
            password_policy.iam_password_policy_reuse_24,
            {"password_reuse_prevention": 24},
            {"password_reuse_prevention": 23},
        ),
        (
            password_policy.iam_password_policy_expires_passwords_within_90_days_or_less,
            {"max_password_age": 90},
            {"max_password_age": 91},
        ),
        (password_policy.iam_password_policy_lowercase, {"require_lowercase_characters": True}, {}),
        (password_policy.iam_password_policy_uppercase, {"require_uppercase_characters": True}, {}),
        (password_policy.iam_password_policy_number, {"require_numbers": True}, {}),
        (password_policy.iam_password_policy_symbol, {"require_symbols": True}, {}),
    ],
)
def test_password_policy(check: Any, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert isinstance(check(ACCOUNT, PasswordPolicy(**LAX | good)), Pass)
    for policy_ in (PasswordPolicy(**LAX | bad), PasswordPolicy(**LAX), None):
        assert isinstance(check(ACCOUNT, policy_), Fail)


NO_MFA = AccountSummary(account_mfa_enabled=0)


@pytest.mark.parametrize("password", [True, "TRUE", "not_supported", "N/A", "no_information"])
def test_root_is_judged_unless_the_report_rules_its_credentials_out(password: Any) -> None:
    bare = Root(of_root(password_enabled=password))
    assert isinstance(root.iam_no_root_access_key(ACCOUNT, bare), Pass)
    assert isinstance(root.iam_root_mfa_enabled(ACCOUNT, bare), Fail)
    assert isinstance(root.iam_root_hardware_mfa_enabled(ACCOUNT, bare, NO_MFA, ()), Fail)
    assert isinstance(
        root.iam_root_mfa_enabled(ACCOUNT, Root(of_root(password_enabled=password, mfa_active=True))), Pass
    )


def test_root_with_an_access_key() -> None:
    keys = Root(of_root(access_key_2_active=True))
    assert isinstance(root.iam_no_root_access_key(ACCOUNT, keys), Fail)
    assert isinstance(root.iam_root_mfa_enabled(ACCOUNT, keys), Fail)


@pytest.mark.parametrize("password", [False, "FALSE"])
def test_root_without_credentials_is_not_judged(password: Any) -> None:
    none = Root(of_root(password_enabled=password, mfa_active=True))
    assert root.iam_no_root_access_key(ACCOUNT, none) is None
    assert root.iam_root_mfa_enabled(ACCOUNT, none) is None
    assert root.iam_root_hardware_mfa_enabled(ACCOUNT, none, NO_MFA, ()) is None


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        (lambda each: root.iam_no_root_access_key(ACCOUNT, Root(each)), {"access_key_1_active": "not_supported"}),
        (lambda each: root.iam_root_mfa_enabled(ACCOUNT, Root(each)), {"mfa_active": "N/A", "password_enabled": True}),
        (access_key.iam_user_two_active_access_key, {"access_key_1_active": "N/A", "access_key_2_active": True}),
        (access_key.iam_user_no_setup_initial_access_key, {"access_key_1_active": True, "password_enabled": "N/A"}),
        (console.iam_user_mfa_enabled_console_access, {"password_enabled": "not_supported"}),
        (console.iam_user_mfa_enabled_console_access, {"password_enabled": True, "mfa_active": "no_information"}),
    ],
)
def test_flags_that_the_report_does_not_tell_are_no_verdict(judge: Any, told: dict[str, Any]) -> None:
    """The engine makes MANUAL of it, with the message."""
    with pytest.raises(UnreadableError, match=r"the credential report has (N/A|no_information|not_supported) for \w+"):
        judge(reported(**told))


def test_a_report_without_the_root_user_is_no_verdict() -> None:
    with pytest.raises(UnreadableError, match="leaves out the root user"):
        root.iam_root_mfa_enabled(ACCOUNT, root_user((reported(),)))


@pytest.mark.parametrize(
    ("enabled", "owner", "verdict"),
    [
        (0, "user/alice", Fail),
        (1, "root", Fail),
        (1, "user/alice", Pass),
        (1, "user/root-of-all-evil", Pass),
    ],
)
def test_hardware_mfa_of_root(enabled: int, owner: str, verdict: type) -> None:
    told = Root(of_root(password_enabled=True, mfa_active=True))
    summary = AccountSummary(account_mfa_enabled=enabled)
    devices = (VirtualMfaDevice(serial_number=arn("mfa/phone"), user=DeviceUser(arn(owner))),)
    assert isinstance(root.iam_root_hardware_mfa_enabled(ACCOUNT, told, summary, devices), verdict)
    china = Account(id=ACCOUNT.id, partition="aws-cn")
    assert root.iam_root_hardware_mfa_enabled(china, told, summary, devices) is None


def test_keys_unused() -> None:
    key_1: dict[str, Any] = {"access_key_1_active": True, "access_key_1_last_used_date": ago(46)}
    key_2: dict[str, Any] = {"access_key_2_active": True, "access_key_2_last_used_date": ago(45)}
    check = access_key.iam_user_accesskey_unused
    assert ids(check(reported(**key_1, **key_2), NOW)) == {"alice/AccessKey1": Fail}
    both = check(reported(**key_1, **key_2), NOW, max_unused_access_keys_days=44)
    assert ids(both) == {"alice/AccessKey1": Fail, "alice/AccessKey2": Fail}
    assert ids(check(reported(**{**key_1, "access_key_1_active": False}), NOW)) == {None: Pass}
    assert ids(check(reported(), NOW)) == {None: Pass}


@pytest.mark.parametrize(
    ("used", "made", "verdict"),
    [
        ("N/A", ago(516), Fail),
        ("no_information", ago(46), Fail),
        ("N/A", ago(45), Pass),
        ("N/A", ago(5), Pass),
        (ago(46), ago(5), Fail),
        (ago(45), ago(516), Pass),
        ("N/A", "N/A", Manual),
        ("not_supported", ago(516), Manual),
    ],
)
@pytest.mark.parametrize("user", ["alice", "<root_account>"])
def test_keys_never_used_lie_unused_since_they_were_made(user: str, used: Any, made: Any, verdict: type) -> None:
    line = reported(user, access_key_2_active=True, access_key_2_last_used_date=used, access_key_2_last_rotated=made)
    (found,) = access_key.iam_user_accesskey_unused(line, NOW)
    assert isinstance(found, verdict)
    assert found.resource_id == (None if verdict is Pass else f"{user}/AccessKey2")


def test_a_key_of_which_nothing_is_told_hides_no_other() -> None:
    user = reported(access_key_1_active=True, access_key_2_active=True, access_key_2_last_rotated=ago(516))
    assert ids(access_key.iam_user_accesskey_unused(user, NOW)) == {
        "alice/AccessKey1": Manual,
        "alice/AccessKey2": Fail,
    }
    assert ids(access_key.iam_rotate_access_key_90_days(user, NOW)) == {
        "alice-access-key-1": Manual,
        "alice-access-key-2": Fail,
    }


def test_keys_not_rotated() -> None:
    key_1: dict[str, Any] = {"access_key_1_active": True, "access_key_1_last_rotated": ago(90.9)}
    key_2: dict[str, Any] = {"access_key_2_active": True, "access_key_2_last_rotated": ago(91)}
    check = access_key.iam_rotate_access_key_90_days
    assert ids(check(reported(**key_1, **key_2), NOW)) == {"alice-access-key-2": Fail}
    assert ids(check(reported(**key_1), NOW)) == {None: Pass}
    assert ids(check(reported(**{**key_2, "access_key_2_active": False}), NOW)) == {None: Pass}


def test_two_keys() -> None:
    one: dict[str, Any] = {"access_key_2_active": True}
    assert isinstance(access_key.iam_user_two_active_access_key(reported(**one)), Pass)
    assert isinstance(access_key.iam_user_two_active_access_key(reported(**one, access_key_1_active=True)), Fail)


UNTOLD_USE = {"access_key_1_active": True, "access_key_1_last_used_date": "not_supported"}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"password_enabled": True, "access_key_1_active": True}, Fail),
        ({"password_enabled": True, "access_key_2_active": True}, Fail),
        ({"password_enabled": True, "access_key_1_active": True, "access_key_1_last_used_date": ago(1)}, Pass),
        ({"password_enabled": True}, Pass),
        ({"access_key_1_active": True}, Pass),
        ({"password_enabled": True, **UNTOLD_USE}, Manual),
        ({"password_enabled": True, **UNTOLD_USE, "access_key_2_active": True}, Fail),
        (UNTOLD_USE, Pass),
    ],
)
def test_keys_never_used(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(access_key.iam_user_no_setup_initial_access_key(reported(**told)), verdict)


def test_two_keys_never_used_are_one_finding_that_names_both() -> None:
    user = reported(password_enabled=True, access_key_1_active=True, access_key_2_active=True)
    assert "1 and 2" in access_key.iam_user_no_setup_initial_access_key(user).detail


@pytest.mark.parametrize(
    ("password", "mfa", "verdict"), [(True, False, Fail), (True, True, Pass), (False, False, Pass)]
)
def test_mfa_of_console_users(password: bool, mfa: bool, verdict: type) -> None:
    user = reported(password_enabled=password, mfa_active=mfa)
    assert isinstance(console.iam_user_mfa_enabled_console_access(user), verdict)
    assert console.iam_user_mfa_enabled_console_access(reported("<root_account>", password_enabled=True)) is None


NEVER = {"password_enabled": True, "password_last_used": "no_information"}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"password_enabled": True, "password_last_used": ago(46)}, Fail),
        ({"password_enabled": True, "password_last_used": ago(45)}, Pass),
        ({"password_enabled": True, "password_last_used": ago(46), "password_last_changed": ago(5)}, Fail),
        ({**NEVER, "password_last_changed": ago(516)}, Fail),
        ({**NEVER, "password_last_changed": ago(46), "password_last_used": "N/A"}, Fail),
        ({**NEVER, "password_last_changed": ago(45)}, Pass),
        ({**NEVER, "password_last_changed": ago(5)}, Pass),
        ({**NEVER, "password_last_changed": "not_supported"}, Manual),
        ({**NEVER, "password_last_changed": ago(516), "password_last_used": "not_supported"}, Manual),
        ({"password_last_used": ago(46)}, Pass),
    ],
)
def test_console_unused(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(console.iam_user_console_access_unused(reported(**told), NOW), verdict)
    assert console.iam_user_console_access_unused(reported("<root_account>", **told), NOW) is None


@pytest.mark.parametrize(("attached", "verdict"), [(ADMINISTRATOR, Fail), (READ_ONLY, Pass), ((), Pass)])
def test_administrators(attached: tuple[AttachedPolicy, ...], verdict: type) -> None:
    user = a_user(name="alice", arn=arn("user/alice"), attached_managed_policies=attached)
    group = a_group(name="ops", arn=arn("group/ops"), attached_managed_policies=attached)
    person = a_role({"AWS": ROOT_ARN}, attached_managed_policies=attached)
    service = a_role({"Service": "ec2.amazonaws.com"}, attached_managed_policies=attached)
    assert isinstance(administrator.iam_user_administrator_access_policy(user), verdict)
    assert isinstance(administrator.iam_group_administrator_access_policy(group), verdict)
    assert isinstance(administrator.iam_role_administratoraccess_policy(person), verdict)
    assert administrator.iam_role_administratoraccess_policy(service) is None


@pytest.mark.parametrize(
    ("document", "verdict"), [(GOD_MODE, Fail), (READER, Pass), (quote(json.dumps(GOD_MODE)), Fail)]
)
def test_managed_policies(document: Any, verdict: type) -> None:
    in_force = PolicyVersion(Policy.parse(document), is_default_version=True)
    versions = (
        PolicyVersion(Policy.parse(READER), is_default_version=False),
        in_force,
        PolicyVersion(Policy.parse(GOD_MODE), is_default_version=False),
    )
    told: dict[str, Any] = {"arn": arn("policy/p"), "policy_version_list": versions}
    attached, unattached = CustomerPolicy(**told, attachment_count=1), CustomerPolicy(**told, attachment_count=0)
    assert isinstance(policy.iam_customer_attached_policy_no_administrative_privileges(attached), verdict)
    assert policy.iam_customer_attached_policy_no_administrative_privileges(unattached) is None
    assert isinstance(policy.iam_customer_unattached_policy_no_administrative_privileges(unattached), verdict)
    assert policy.iam_customer_unattached_policy_no_administrative_privileges(attached) is None
    used, unused = AwsPolicy(**told, attachment_count=1), AwsPolicy(**told, attachment_count=0)
    assert isinstance(policy.iam_aws_attached_policy_no_administrative_privileges(used), verdict)
    assert policy.iam_aws_attached_policy_no_administrative_privileges(unused) is None


def test_inline_policies() -> None:
    inline = (
        InlinePolicy("all", Policy.parse(GOD_MODE)),
        InlinePolicy("read", Policy.parse(quote(json.dumps(READER)))),
    )
    user = a_user(name="alice", arn=arn("user/alice"), inline_policies=inline)
    group = a_group(name="ops", arn=arn("group/ops"), inline_policies=inline[:1])
    held = inline_policies((user,), (group,), (a_role({"AWS": "*"}),))
    verdicts = list(policy.iam_inline_policy_no_administrative_privileges(ACCOUNT, held))
    assert ids(verdicts) == {"alice/all": Fail, "alice/read": Pass, "ops/all": Fail}
    assert [verdict.resource_arn for verdict in verdicts] == [user.arn, user.arn, group.arn]


def test_policies_of_users() -> None:
    check = policy.iam_policy_attached_only_to_group_or_roles
    assert ids(check(a_user(name="alice", arn=arn("user/alice")))) == {None: Pass}
    own = tuple(InlinePolicy(name, Policy.parse(READER)) for name in ("mine", "ReadOnlyAccess"))
    bob = a_user(name="bob", arn=arn("user/bob"), attached_managed_policies=READ_ONLY, inline_policies=own)
    verdicts = list(check(bob))
    assert ids(verdicts) == {"bob/ReadOnlyAccess": Fail, "bob/mine": Fail}
    assert len(verdicts) == 2
    commands = [finding(check, Subject.of(bob), verdict, "").command for verdict in verdicts]
    detach = f"aws iam detach-user-policy --user-name bob --policy-arn {READ_ONLY[0].policy_arn}"
    delete = "aws iam delete-user-policy --user-name bob --policy-name {}"
    assert commands == [f"{detach}\n{delete.format('ReadOnlyAccess')}", delete.format("mine")]


@pytest.mark.parametrize(
    ("check", "name"),
    [(role.iam_support_role_created, "AWSSupportAccess"), (role.iam_securityaudit_role_created, "SecurityAudit")],
)
def test_expected_roles(check: Any, name: str) -> None:
    real = a_role(
        {"AWS": ROOT_ARN}, attached_managed_policies=(AttachedPolicy(name, f"arn:aws:iam::aws:policy/{name}"),)
    )
    fake = a_role({"AWS": ROOT_ARN}, attached_managed_policies=(AttachedPolicy(name, arn(f"policy/{name}")),))
    assert isinstance(check(ACCOUNT, (fake, real)), Pass)
    assert isinstance(check(ACCOUNT, (fake,)), Fail)
    assert isinstance(check(ACCOUNT, ()), Fail)


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (None, Fail),
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, Pass),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::reports"}}, Pass),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3"}}, Pass),
        ({"StringLike": {"aws:SourceAccount": "*"}}, Fail),
        ({"Bool": {"aws:SecureTransport": "true"}}, Fail),
    ],
)
def test_confused_deputy(condition: dict[str, Any] | None, verdict: type) -> None:
    check = role.iam_role_cross_service_confused_deputy_prevention
    assert isinstance(check(a_role({"Service": ["s3.amazonaws.com"]}, condition)), verdict)
    assert isinstance(check(a_role({"Service": "eks.amazonaws.com"}, condition)), Pass)


@pytest.mark.parametrize(
    "other",
    [
        a_role({"AWS": ROOT_ARN}),
        a_role({"AWS": ROOT_ARN, "Service": "ec2.amazonaws.com"}),
        a_role({"Service": "ecs.amazonaws.com"}, path="/aws-service-role/ecs.amazonaws.com/"),
    ],
)
def test_only_service_roles_that_can_be_changed_may_be_confused(other: Role) -> None:
    assert role.iam_role_cross_service_confused_deputy_prevention(other) is None


@pytest.mark.parametrize(("days", "verdict"), [(0, Fail), (1, Fail), (-0.1, Pass)])
def test_server_certificates(days: float, verdict: type) -> None:
    certificate = ServerCertificate(id="ASCA1", name="shop", arn=arn("server-certificate/shop"), expiration=ago(days))
    assert isinstance(iam_no_expired_server_certificates_stored(certificate, NOW), verdict)


COLUMNS = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{n}_{what}" for n in (1, 2) for what in ("active", "last_rotated", "last_used_date")),
    "access_key_1_last_used_region",
    "a_column_of_the_future",
]


def csv_of(*users: dict[str, str]) -> bytes:
    lines = [COLUMNS, *([user.get(column, "N/A") for column in COLUMNS] for user in users)]
    return "\n".join(",".join(line) for line in lines).encode()


def test_the_report_is_read_in_its_own_words() -> None:
    root_line = {
        "user": "<root_account>",
        "arn": ROOT_ARN,
        "password_enabled": "not_supported",
        "password_last_used": "2026-05-01T08:00:00+00:00",
        "mfa_active": "true",
        "access_key_1_active": "false",
        "access_key_2_active": "true",
        "access_key_2_last_rotated": "2026-05-02T08:00:00Z",
    }
    bob_line = {**NOTHING, "user": "not_supported", "arn": arn("user/bob"), "password_last_used": "no_information"}
    told, bob = msgspec.convert(read_report(csv_of(root_line, bob_line)), list[ReportedUser])
    assert told.last_used == datetime.datetime(2026, 5, 1, 8, tzinfo=datetime.UTC)
    assert (told.is_root, told.has_mfa, told.has_credentials) == (True, True, True)
    (key,) = told.active_keys
    assert (key.number, key.made, key.was_never_used) == (
        2,
        datetime.datetime(2026, 5, 2, 8, tzinfo=datetime.UTC),
        True,
    )
    assert (bob.user, bob.has_password, bob.has_credentials) == ("not_supported", False, False)
    assert root_user((bob, told)).user is told


@pytest.mark.parametrize("column", NOTHING)
def test_a_column_that_the_report_lacks_is_named(column: str) -> None:
    line = {"user": "alice", "arn": arn("user/alice"), **NOTHING}
    content = "\n".join(
        ",".join(each for name, each in zip(line, row, strict=True) if name != column) for row in (line, line.values())
    )
    with pytest.raises(msgspec.ValidationError, match=f"missing required field `{column}`"):
        msgspec.convert(read_report(content.encode()), list[ReportedUser])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"user,arn\nada," + b"a" * 131_073, "field larger than field limit"),
        (b"user,arn\nada,\xff", "invalid start byte"),
        (b"", "not enough values"),
    ],
)
def test_a_report_that_is_no_table_cannot_be_read(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=f"^the credential report is no table: .*{reason}"):
        read_report(content)


def test_a_report_may_have_columns_and_lines_that_are_longer_or_shorter() -> None:
    assert read_report(b"user,arn\n\nada,a,b\nbob\n") == [{"user": "ada", "arn": "a"}, {"user": "bob"}]
