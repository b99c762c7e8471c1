"""What policies allow too much of: services, purchases, roles, and ways to more privileges."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.engine.judge import finding, place
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.checks import policy as administrators
from aioprowler.services.iam.checks import policy_permissions as permissions
from aioprowler.services.iam.checks import privilege_escalation as escalation
from aioprowler.services.iam.checks import role as trusted
from aioprowler.services.iam.privilege_escalation import WAYS, ways_up
from aioprowler.services.iam.resources import (
    AttachedPolicy,
    CustomerPolicy,
    InlinePolicies,
    InlinePolicy,
    PolicyVersion,
    inline_policies,
)
from tests.services.iam_made import a_group, a_user, bare_role

ACCOUNT = Account(id="123456789012")
ROLE = "arn:aws:iam::123456789012:role"
AGENTS = "arn:aws:bedrock-agentcore:eu-west-1:123456789012"
IDENTITIES = f"{AGENTS}:workload-identity-directory"
TOKEN = "bedrock-agentcore:GetWorkloadAccessToken"

Json = dict[str, Any]


def arn(path: str) -> str:
    return f"arn:aws:iam::123456789012:{path}"


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def allow_not(action: Any, resource: Any = "*") -> Json:
    return {"Effect": "Allow", "NotAction": action, "Resource": resource}


def allow_but(action: Any, not_resource: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "NotResource": not_resource}


def deny(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def customer(*statements: Json, attachments: int = 1) -> CustomerPolicy:
    version = PolicyVersion(Policy.parse({"Statement": list(statements)}), is_default_version=True)
    return CustomerPolicy(
        arn=arn("policy/p"), account=ACCOUNT, attachment_count=attachments, policy_version_list=(version,)
    )


def inline(*statements: Json) -> InlinePolicies:
    role = bare_role(
        name="robot",
        arn=arn("role/robot"),
        trust=Policy.parse({"Statement": []}),
        inline_policies=(InlinePolicy("p", Policy.parse({"Statement": list(statements)})),),
    )
    held: InlinePolicies = inline_policies((), (), (role,))
    return held


CLOUDTRAIL = (permissions.iam_policy_no_full_access_to_cloudtrail, "cloudtrail:*")
KMS = (permissions.iam_policy_no_full_access_to_kms, "kms:*")
MARKETPLACE = (permissions.iam_policy_no_wildcard_marketplace_subscribe, "aws-marketplace:Subscribe")
ASSUME = (permissions.iam_no_custom_policy_permissive_role_assumption, "sts:AssumeRole")
TOKENS = (permissions.iam_policy_no_agentcore_workload_access_token_wildcard, TOKEN)
PASS_ROLE = (
    permissions.iam_policy_passrole_to_bedrock_agentcore_restricted,
    ["iam:PassRole", "bedrock-agentcore:CreateAgentRuntime"],
)
ESCALATION = (escalation.iam_policy_allows_privilege_escalation, "iam:CreatePolicyVersion")
MANAGED = [CLOUDTRAIL, KMS, MARKETPLACE, ASSUME, TOKENS, PASS_ROLE, ESCALATION]
INLINE = [
    (administrators.iam_inline_policy_no_administrative_privileges, "*"),
    (permissions.iam_inline_policy_no_full_access_to_cloudtrail, CLOUDTRAIL[1]),
    (permissions.iam_inline_policy_no_full_access_to_kms, KMS[1]),
    (permissions.iam_inline_policy_no_wildcard_marketplace_subscribe, MARKETPLACE[1]),
    (escalation.iam_inline_policy_allows_privilege_escalation, ESCALATION[1]),
]


@pytest.mark.parametrize(("check", "action"), INLINE)
def test_the_command_is_for_the_kind_of_holder_that_has_the_inline_policy(check: Any, action: Any) -> None:
    mine = (InlinePolicy("my policy", Policy.parse({"Statement": [allow(action)]})),)
    holders = {
        "user": a_user(name="ann", arn=arn("user/ann"), inline_policies=mine),
        "group": a_group(name="devs", arn=arn("group/devs"), inline_policies=mine),
        "role": bare_role(name="bot", arn=arn("role/bot"), trust=Policy.parse({"Statement": []}), inline_policies=mine),
    }
    for verdict, (kind, holder) in zip(
        check(ACCOUNT, inline_policies(*((each,) for each in holders.values()))), holders.items(), strict=True
    ):
        command = finding(check, place(check, ACCOUNT, "us-east-1"), verdict, "").command
        named = f"-{kind}-policy --{kind}-name {holder.name} --policy-name 'my policy'"
        assert re.fullmatch(f"aws iam (put|delete){named}( --policy-document file://policy.json)?", command)


@pytest.mark.parametrize(("check", "action"), MANAGED)
def test_managed_policies_in_use(check: Any, action: Any) -> None:
    assert isinstance(check(customer(allow(action))), Fail)
    assert isinstance(check(customer(allow("s3:GetObject"))), Pass)
    assert isinstance(check(customer()), Pass)
    assert isinstance(check(customer(deny(action))), Pass)
    assert isinstance(check(customer(allow(action), deny(action))), Pass)
    assert isinstance(check(customer(allow(action), deny(action, Condition={"Bool": {"k": "true"}}))), Fail)
    assert isinstance(check(customer(allow(action), deny(action, "arn:aws:s3:::b"))), Fail)


@pytest.mark.parametrize(("check", "action"), MANAGED)
def test_managed_policies_without_use_are_judged_on_request(check: Any, action: Any) -> None:
    spare = customer(allow(action), attachments=0)
    assert check(spare) is None
    assert isinstance(check(spare, scan_unused_services=True), Fail)


@pytest.mark.parametrize(("check", "action"), INLINE)
def test_inline_policies(check: Any, action: str) -> None:
    (bad,) = check(ACCOUNT, inline(allow(action)))
    (good,) = check(ACCOUNT, inline(allow("s3:GetObject")))
    (denied,) = check(ACCOUNT, inline(allow(action), deny("*")))
    assert (type(bad), type(good), type(denied)) == (Fail, Pass, Pass)
    assert (bad.resource_id, bad.resource_arn) == ("robot/p", arn("role/robot"))
    assert bad.detail.startswith("Inline policy p of role robot in account 123456789012 ")
    assert list(check(ACCOUNT, InlinePolicies(()))) == []


def test_inline_policies_of_all_holders() -> None:
    document = Policy.parse({"Statement": []})
    policies = (InlinePolicy("a", document), InlinePolicy("b", document))
    user = a_user(name="alice", arn=arn("user/alice"), inline_policies=policies)
    group = a_group(name="ops", arn=arn("group/ops"), inline_policies=policies[:1])
    role = bare_role(name="robot", arn=arn("role/robot"), trust=document, inline_policies=policies[1:])
    held = inline_policies((user,), (group,), (role,)).policies
    assert [(each.holder.name, each.name) for each in held] == [
        ("alice", "a"),
        ("alice", "b"),
        ("ops", "a"),
        ("robot", "b"),
    ]


def test_the_version_in_force_is_the_one_that_is_judged() -> None:
    versions = [
        PolicyVersion(Policy.decode("{"), is_default_version=False),
        PolicyVersion(Policy((), "2012-10-17"), is_default_version=True),
    ]
    policy = CustomerPolicy(arn=arn("policy/p"), attachment_count=1, policy_version_list=tuple(versions))
    assert policy.document.version == "2012-10-17"


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("KMS:*")], Fail),
        ([allow("*")], Fail),
        ([allow_not("iam:*")], Fail),
        ([allow_but("kms:*", "arn:aws:kms:*:*:key/1")], Fail),
        ([allow("kms:*", ["arn:aws:kms:*:*:key/1", "*"])], Fail),
        ([allow("kms:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], Fail),
        ([allow("kms:De*")], Pass),
        ([allow("kms:*", "arn:aws:kms:*:*:key/1")], Pass),
        ([allow_not("kms:Decrypt")], Pass),
        ([allow("kms:*"), deny("kms:ScheduleKeyDeletion")], Pass),
    ],
)
def test_full_access(statements: list[Json], verdict: type) -> None:
    assert isinstance(permissions.iam_policy_no_full_access_to_kms(customer(*statements)), verdict)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("aws-marketplace:Sub*")], Fail),
        ([allow("*")], Fail),
        ([allow_not("s3:*")], Fail),
        ([allow_but("aws-marketplace:*", "arn:aws:s3:::b")], Fail),
        ([allow("aws-marketplace:Unsubscribe")], Pass),
        ([allow_not("aws-marketplace:*")], Pass),
        ([allow("aws-marketplace:Subscribe", "arn:aws:aws-marketplace:us-east-1:1:AWSMarketplace/product/1")], Pass),
        ([allow("*"), deny("aws-marketplace:*")], Pass),
        ([allow("*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], Pass),
    ],
)
def test_marketplace(statements: list[Json], verdict: type) -> None:
    assert isinstance(permissions.iam_policy_no_wildcard_marketplace_subscribe(customer(*statements)), verdict)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("sts:AssumeRole", f"{ROLE}/app-*")], Fail),
        ([allow("sts:AssumeRole", [f"{ROLE}/app", "arn:aws:iam::*:role/audit"])], Fail),
        ([allow("sts:AssumeRole", f"{ROLE}/app-?")], Fail),
        ([allow("sts:assume*", "arn:aws:iam::*")], Fail),
        ([allow("sts:*")], Fail),
        ([allow("*")], Fail),
        ([allow_not("s3:*")], Fail),
        ([allow_but("sts:AssumeRole", f"{ROLE}/admin")], Fail),
        ([allow("sts:AssumeRole", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], Fail),
        ([allow("sts:AssumeRole", [f"{ROLE}/app", f"{ROLE}/audit"])], Pass),
        ([allow("sts:AssumeRoleWithSAML")], Pass),
        ([allow(["sts:AssumeRole", "s3:GetObject"], [f"{ROLE}/app", "arn:aws:s3:::b/*"])], Pass),
        ([allow("sts:AssumeRole", "arn:aws:iam::*:user/*")], Pass),
        ([allow("sts:AssumeRole", "arn:aws-cn:iam::*:role/*")], Pass),
        ([allow_but("sts:AssumeRole", "*")], Pass),
        ([allow("s3:*"), allow("sts:AssumeRole", f"{ROLE}/app")], Pass),
    ],
)
def test_role_assumption(statements: list[Json], verdict: type) -> None:
    assert isinstance(permissions.iam_no_custom_policy_permissive_role_assumption(customer(*statements)), verdict)


def test_cloudshell() -> None:
    check = permissions.iam_policy_cloudshell_admin_not_attached
    real = (AttachedPolicy("AWSCloudShellFullAccess", "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"),)
    fake = (AttachedPolicy("AWSCloudShellFullAccess", arn("policy/AWSCloudShellFullAccess")),)
    trust: Json = {"Statement": []}
    alice, bob = (
        a_user(name=name, arn=arn(f"user/{name}"), attached_managed_policies=real, account=ACCOUNT)
        for name in ("alice", "bob")
    )
    copier = a_user(name="copier", arn=arn("user/copier"), attached_managed_policies=fake, account=ACCOUNT)
    group = a_group(name="ops", arn=arn("group/ops"), attached_managed_policies=real, account=ACCOUNT)
    role = bare_role(name="robot", arn=arn("role/robot"), trust=Policy.parse(trust), attached_managed_policies=real)
    everybody = check(ACCOUNT, (bob, copier, alice), (group,), (role,))
    assert isinstance(everybody, Fail)
    assert everybody.detail.endswith("users alice, bob; groups ops; roles robot.")
    assert isinstance(check(ACCOUNT, (), (group,), ()), Fail)
    assert isinstance(check(ACCOUNT, (), (), (role,)), Fail)
    assert isinstance(check(ACCOUNT, (copier,), (), ()), Pass)
    assert isinstance(check(ACCOUNT, (), (), ()), Pass)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow(TOKEN)], Fail),
        ([allow(f"{TOKEN}ForJWT", "arn:aws:bedrock-agentcore:*:*:*")], Fail),
        ([allow(f"{TOKEN}ForUserId", "arn:aws:bedrock-agentcore:*")], Fail),
        ([allow(TOKEN, f"{AGENTS}:*")], Fail),
        ([allow(TOKEN, f"{AGENTS}:*prod-*")], Fail),
        ([allow(TOKEN, [f"{IDENTITIES}/*", "*"])], Fail),
        ([allow("bedrock-*:Get*")], Fail),
        ([allow("*:GetWorkloadAccessToken")], Fail),
        ([allow_not("iam:*")], Fail),
        ([allow_but(TOKEN, f"{IDENTITIES}/default/workload-identity/admin")], Fail),
        ([allow(TOKEN, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})], Fail),
        ([allow(TOKEN), deny(TOKEN, IDENTITIES)], Fail),
        ([allow(TOKEN, f"{IDENTITIES}/default/workload-identity/agent-*")], Pass),
        ([allow(TOKEN, "arn:aws:bedrock-agentcore:*:*:workload-identity-*")], Pass),
        ([allow(TOKEN, [f"{IDENTITIES}/*", f"{AGENTS}:runtime/*"])], Pass),
        ([allow(TOKEN, "arn:aws:bedrock-agentcore:*:*:runtime/*")], Pass),
        ([allow(TOKEN, "arn:aws:bedrock-agentcore:*:999988887777:*")], Pass),
        ([allow(TOKEN, "arn:aws:s3:*")], Pass),
        ([allow(TOKEN, "arn:aws:bedrock-agentcore")], Pass),
        ([allow_but(TOKEN, "arn:aws:bedrock-agentcore:*")], Pass),
        ([allow_not("bedrock-agentcore:*")], Pass),
        ([allow("bedrock-agentcore:CreateAgentRuntime")], Pass),
        ([allow("*")], Pass),
        ([allow("*:*")], Pass),
        ([allow(TOKEN), deny("*")], Pass),
        ([allow(TOKEN, IDENTITIES), allow("s3:*")], Pass),
    ],
)
def test_workload_access_tokens(statements: list[Json], verdict: type) -> None:
    check = permissions.iam_policy_no_agentcore_workload_access_token_wildcard
    assert isinstance(check(customer(*statements)), verdict)


def test_tokens_that_can_be_had_are_named() -> None:
    check = permissions.iam_policy_no_agentcore_workload_access_token_wildcard
    found = check(customer(allow("bedrock-agentcore:*"), deny(f"{TOKEN}ForJWT")))
    assert found
    assert f"allows {TOKEN}, {TOKEN}ForUserId beyond" in found.detail


def passing(resource: Any = "*", **tests: Any) -> Json:
    condition = {"Condition": {operator: {"iam:PassedToService": value} for operator, value in tests.items()}}
    return allow("iam:PassRole", resource, **(condition if tests else {}))


BUILD = allow("bedrock-agentcore:CreateAgentRuntime")


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:iam::*", f"{ROLE}/*", f"{ROLE}/?*", "*role*", "arn:*:iam::*:role/*", [f"{ROLE}/a", "*"]]
)
def test_every_role_may_become_an_agent(resource: Any) -> None:
    check = permissions.iam_policy_passrole_to_bedrock_agentcore_restricted
    assert isinstance(check(customer(passing(resource), BUILD)), Fail)


@pytest.mark.parametrize(
    "resource",
    [
        f"{ROLE}/agent",
        f"{ROLE}/agent-*",
        f"{ROLE}/?",
        "arn:aws:iam::999988887777:role/*",
        "arn:aws:iam::*:user/*",
        "arn:aws:s3:::*",
    ],
)
def test_some_roles_may_become_agents(resource: str) -> None:
    check = permissions.iam_policy_passrole_to_bedrock_agentcore_restricted
    assert isinstance(check(customer(passing(resource), BUILD)), Pass)


BASE, OTHER = "bedrock-agentcore.amazonaws.com", "sagemaker.amazonaws.com"


@pytest.mark.parametrize(
    ("tests", "alone", "beside_agents"),
    [
        ({}, Pass, Fail),
        ({"StringEquals": BASE}, Fail, Fail),
        ({"StringEqualsIfExists": BASE}, Fail, Fail),
        ({"StringEquals": [OTHER, f"runtime-identity.{BASE}"]}, Fail, Fail),
        ({"StringEquals": f"new-thing.{BASE}"}, Fail, Fail),
        ({"StringEquals": "bedrock-agentcore-control.amazonaws.com"}, Fail, Fail),
        ({"StringLike": "*.amazonaws.com"}, Fail, Fail),
        ({"StringLike": f"*.{BASE}"}, Fail, Fail),
        ({"StringLike": "runtime-identity.*"}, Fail, Fail),
        ({"StringLike": "sagemaker*"}, Pass, Pass),
        ({"StringEquals": OTHER}, Pass, Pass),
        ({"StringEquals": f"not{BASE}"}, Pass, Pass),
        ({"StringEqualsIfExists": OTHER}, Pass, Fail),
        ({"ForAllValues:StringEquals": OTHER}, Pass, Fail),
        ({"ForAnyValue:StringEquals": OTHER}, Pass, Pass),
        ({"StringEqualsIfExists": OTHER, "Null": "false"}, Pass, Pass),
        ({"StringEqualsIfExists": OTHER, "Null": False}, Pass, Pass),
        ({"StringEqualsIfExists": OTHER, "Null": ["true", "false"]}, Pass, Fail),
        ({"StringEqualsIfExists": OTHER, "Null": []}, Pass, Fail),
        ({"StringEquals": OTHER, "StringLike": "*"}, Pass, Pass),
        ({"StringNotEquals": OTHER}, Pass, Fail),
    ],
)
def test_services_that_roles_are_passed_to(tests: dict[str, Any], alone: type, beside_agents: type) -> None:
    check = permissions.iam_policy_passrole_to_bedrock_agentcore_restricted
    assert isinstance(check(customer(passing(**tests))), alone)
    assert isinstance(check(customer(passing(**tests), BUILD)), beside_agents)
    assert isinstance(check(customer(passing(**tests), deny("iam:PassRole"), BUILD)), Pass)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("*:PassRole"), allow("bedrock-*:Get*")], Fail),
        ([allow("iam:*"), allow_not("iam:*")], Fail),
        ([allow_not("s3:*")], Fail),
        ([allow_but("iam:PassRole", f"{ROLE}/admin"), BUILD], Fail),
        ([allow_not("iam:*"), BUILD], Pass),
        ([allow_but("iam:PassRole", f"{ROLE}/*"), BUILD], Pass),
        ([allow("*")], Pass),
        ([allow("*:*"), BUILD], Pass),
        ([passing(), allow("bedrock:*")], Pass),
        ([passing(), allow("*", "arn:aws:s3:::b/*")], Pass),
        ([passing(), deny("bedrock-agentcore:*")], Pass),
        ([BUILD], Pass),
    ],
)
def test_actions_that_pass_roles_to_agents(statements: list[Json], verdict: type) -> None:
    check = permissions.iam_policy_passrole_to_bedrock_agentcore_restricted
    assert isinstance(check(customer(*statements)), verdict)


def ways(*statements: Json) -> set[frozenset[str]]:
    return {WAYS[way] for way in ways_up(Policy.parse({"Statement": list(statements)}))}


def test_the_ways_are_least() -> None:
    actions = list(WAYS.values())
    assert len(set(actions)) == len(actions) > 70
    assert not [(a, b) for a in actions for b in actions if a < b]
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for way in actions for action in way)
    assert all(re.fullmatch(r"[a-z][^.;]*", way) for way in WAYS)
    assert frozenset({"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}) in actions
    assert frozenset({"ec2:DescribeInstances", "ec2-instance-connect:SendSSHPublicKey"}) in actions


@pytest.mark.parametrize("way", WAYS)
def test_a_way_takes_all_of_its_actions(way: str) -> None:
    needed = sorted(WAYS[way])
    assert way in ways_up(Policy.parse({"Statement": allow(needed)}))
    for missing in needed:
        assert way not in ways_up(Policy.parse({"Statement": [allow(needed), deny(missing)]}))


def test_ways_by_wildcards_and_negations() -> None:
    assert ways(allow("*")) == ways(allow_not("nothing:*")) == set(WAYS.values())
    assert ways(allow(["iam:PassRole", "ec2:Run*"])) == {frozenset({"iam:PassRole", "ec2:RunInstances"})}
    assert ways(allow("IAM:put*")) == {frozenset({f"iam:Put{kind}Policy"}) for kind in ("Group", "Role", "User")}
    assert ways(allow("*"), {"Effect": "Deny", "NotAction": "ssm:*", "Resource": "*"}) == {
        frozenset({"ssm:SendCommand"}),
        frozenset({"ssm:StartSession"}),
    }


def test_ways_over_several_statements_and_on_some_resource() -> None:
    assert ways(allow("iam:PassRole", f"{ROLE}/app"), allow("ec2:RunInstances")) == {
        frozenset({"iam:PassRole", "ec2:RunInstances"})
    }
    assert not ways(allow(["iam:PassRole", "s3:*"]))


def test_five_ways_are_shown() -> None:
    check = escalation.iam_policy_allows_privilege_escalation
    one = check(customer(allow(["iam:PassRole", "ec2:RunInstances"])))
    five = check(customer(allow(["iam:Put*", "ssm:StartSession", "ssm:SendCommand"])))
    six = check(customer(allow(["iam:Put*", "ssm:StartSession", "ssm:SendCommand", "batch:SubmitJob"])))
    assert one
    assert five
    assert six
    assert one.detail == (
        "Policy p lets its holder gain privileges: pass a role to an EC2 instance (ec2:RunInstances, iam:PassRole)."
    )
    assert five.detail.count(";") == 4
    assert "more" not in five.detail
    assert six.detail.endswith("; and 1 more.")


def test_a_boundary_grants_nothing() -> None:
    attached = administrators.iam_customer_attached_policy_no_administrative_privileges
    unattached = administrators.iam_customer_unattached_policy_no_administrative_privileges
    full_access = permissions.iam_policy_no_full_access_to_kms
    policy = customer(allow("*"), attachments=0)
    assert isinstance(unattached(policy), Fail)
    assert isinstance(full_access(policy, scan_unused_services=True), Fail)
    boundary = msgspec.structs.replace(policy, permissions_boundary_usage_count=3)
    assert unattached(boundary) is attached(boundary) is full_access(boundary, scan_unused_services=True) is None
    both = msgspec.structs.replace(boundary, attachment_count=1)
    assert isinstance(attached(both), Fail)
    assert isinstance(full_access(both), Fail)


def test_an_inline_policy_that_cannot_be_read_hides_no_other() -> None:
    broken = InlinePolicy("odd", Policy.decode("{"))
    whole = InlinePolicy("god", Policy.parse({"Statement": allow("*")}))
    holder = a_user(name="alice", arn=arn("user/alice"), inline_policies=(broken, whole))
    check = administrators.iam_inline_policy_no_administrative_privileges
    found = list(check(ACCOUNT, inline_policies((holder,), (), ())))
    assert [(type(each), each.resource_id) for each in found] == [(Manual, "alice/odd"), (Fail, "alice/god")]
    assert found[0].detail.startswith("Inline policy odd of user alice in account 123456789012 cannot be read: ")
    assert "not valid JSON" in found[0].detail


SERVICE = {"Service": "sns.amazonaws.com"}
ROOT_USER = {"AWS": arn("root")}


@pytest.mark.parametrize(
    ("second", "verdict"),
    [
        (allow("sts:TagSession", Principal=SERVICE), Fail),
        (allow("sts:TagSession", Principal=ROOT_USER), Fail),
        (deny("sts:AssumeRole", Principal=ROOT_USER), Fail),
        (deny("sts:AssumeRole", Principal="*"), Pass),
        (
            deny("sts:*", Principal=SERVICE, Condition={"StringNotEquals": {"aws:SourceAccount": ACCOUNT.id}}),
            Pass,
        ),
        (allow("sts:AssumeRole", Principal=ROOT_USER), None),
        (allow("sts:AssumeRoleWithSAML", Principal={"Federated": arn("saml-provider/x")}), None),
    ],
)
def test_a_second_statement_of_a_trust_policy_does_not_hide_the_first(second: Json, verdict: type | None) -> None:
    trust = Policy.parse({"Statement": [allow("sts:AssumeRole", Principal=SERVICE), second]})
    role = bare_role(name="robot", arn=arn("role/robot"), trust=trust)
    judged = trusted.iam_role_cross_service_confused_deputy_prevention(role)
    assert judged is None if verdict is None else isinstance(judged, verdict)
