from __future__ import annotations

import json
from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass, UnreadableError
from aioprowler.services.organizations.checks import (
    organizations_account_part_of_organizations,
    organizations_delegated_administrators,
    organizations_opt_out_ai_services_policy,
    organizations_scp_check_deny_regions,
    organizations_tags_policies_enabled_and_attached,
)
from aioprowler.services.organizations.resources import (
    Administrator,
    AttachedPolicy,
    ControlPolicies,
    ControlPolicy,
    DelegatedAdministrators,
    OptOutPolicies,
    OptOutPolicy,
    Organization,
    TagPolicies,
    control_document,
)

ACCOUNT = Account(id="123456789012")
ORGANIZATION = Organization(
    id="o-a1", arn="arn:aws:organizations::123456789012:organization/o-a1", master_account_id=ACCOUNT.id
)
ROOT = frozenset({"r-a1"})


def test_membership() -> None:
    check = organizations_account_part_of_organizations
    found = check(ACCOUNT, ORGANIZATION)
    assert isinstance(found, Pass)
    assert (found.resource_id, found.resource_arn) == (ORGANIZATION.id, ORGANIZATION.arn)
    assert isinstance(check(ACCOUNT, None), Fail)


@pytest.mark.parametrize(
    ("ids", "trusted", "verdict"),
    [((), (), Pass), (("1",), (), Fail), (("1", "2"), ("1", "2"), Pass), (("1", "2"), ("1",), Fail)],
)
def test_each_delegated_administrator_must_be_trusted(
    ids: tuple[str, ...], trusted: tuple[str, ...], verdict: type
) -> None:
    administrators = DelegatedAdministrators(delegated_administrators=tuple(Administrator(id=each) for each in ids))
    found = organizations_delegated_administrators(
        ACCOUNT, ORGANIZATION, administrators, organizations_trusted_delegated_administrators=trusted
    )
    assert isinstance(found, verdict)
    assert found is not None
    assert not trusted or all(each in found.detail for each in set(ids) - set(trusted))
    assert [named["account_id"] for named in found.names] == [each for each in ids if each not in trusted]


def test_an_account_by_itself_has_no_delegated_administrators_to_judge() -> None:
    assert organizations_delegated_administrators(ACCOUNT, None, None) is None


# --- Regions ---


def statement(effect: str, operator: str, regions: Any, **more: Any) -> dict[str, Any]:
    conditions = {operator: {"aws:RequestedRegion": regions}, **more.pop("Condition", {})}
    return {"Effect": effect, "Action": "*", "Resource": "*", "Condition": conditions, **more}


def policy(*statements: Any, id_: str = "p-1", targets: frozenset[str] = ROOT) -> ControlPolicy:
    document = control_document(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return ControlPolicy(id=id_, document=document, targets=targets)


FULL = policy({"Effect": "Allow", "Action": "*", "Resource": "*"}, id_="p-FullAWSAccess")
DENY = statement("Deny", "StringNotEquals", ["eu-central-1", "eu-west-1"])


def regions(*policies: ControlPolicy, enabled: tuple[str, ...] = ("eu-central-1",)) -> Any:
    return organizations_scp_check_deny_regions(
        ACCOUNT, ORGANIZATION, ControlPolicies(policies=policies), organizations_enabled_regions=enabled
    )


@pytest.mark.parametrize(
    "restricting",
    [
        DENY,
        statement("Deny", "StringNotEquals", "eu-central-1"),
        statement("Deny", "stringnotequalsignorecase", ["EU-CENTRAL-1"]),
        statement("Deny", "StringNotLike", ["eu-*"]),
        statement("Deny", "ForAnyValue:StringNotLikeIfExists", ["eu-*"]),
        DENY | {"Condition": DENY["Condition"] | {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}},
        DENY | {"Condition": DENY["Condition"] | {"BoolIfExists": {"aws:ViaAWSService": "false"}}},
        DENY | {"Condition": DENY["Condition"] | {"Null": {"aws:PrincipalTag/exempt": "true"}}},
        {key: value for key, value in DENY.items() if key != "Action"} | {"NotAction": ["iam:*", "s3:*"]},
    ],
)
def test_a_denial_of_other_regions_restricts(restricting: dict[str, Any]) -> None:
    assert isinstance(regions(FULL, policy(restricting)), Pass)


@pytest.mark.parametrize(
    "loose",
    [
        statement("Deny", "StringEquals", ["us-east-1"]),  # leaves open whatever it does not name
        statement("Deny", "StringNotEquals", ["eu-central-1"], Action="ec2:*"),
        statement("Deny", "StringNotEquals", ["eu-central-1"], Resource="arn:aws:s3:::bucket"),
        statement("Deny", "StringNotEquals", ["eu-central-1"], Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}}),
        statement("Deny", "StringNotEquals", ["eu-central-1"], Condition={"Null": {"aws:PrincipalTag/a": "false"}}),
        statement("Allow", "StringNotEquals", ["eu-central-1"]),
        statement("Deny", "StringNotLike", ["*"]),
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ],
)
def test_what_leaves_other_regions_open_does_not(loose: dict[str, Any]) -> None:
    assert isinstance(regions(FULL, policy(loose)), Fail)


def test_all_configured_regions_must_stay_usable_and_more_may() -> None:
    found = regions(FULL, policy(DENY), enabled=("eu-central-1", "us-east-1"))
    assert isinstance(found, Fail)
    assert "us-east-1" in found.detail
    assert "eu-central-1" not in found.detail
    assert isinstance(regions(FULL, policy(DENY), policy(statement("Deny", "StringNotLike", "*-1"))), Pass)
    assert isinstance(regions(FULL, policy(DENY), enabled=()), Pass)


def test_a_policy_that_is_attached_to_nothing_restricts_nothing() -> None:
    assert isinstance(regions(FULL, policy(DENY, targets=frozenset())), Fail)


def test_an_allowance_restricts_where_nothing_else_allows_everything() -> None:
    allowing = statement("Allow", "StringEquals", ["eu-central-1"])
    assert isinstance(regions(policy(allowing)), Pass)
    assert isinstance(regions(FULL, policy(allowing)), Fail)
    assert isinstance(regions(FULL, policy(allowing, targets=frozenset({"ou-1"}))), Pass)


def test_policies_that_say_nothing_or_cannot_be_read() -> None:
    nothing = ControlPolicy(id="p-2", document=control_document('{"Version": "2012-10-17"}'), targets=ROOT)
    assert isinstance(regions(nothing), Fail)
    assert isinstance(regions(), Fail)
    with pytest.raises(UnreadableError, match="not valid JSON"):
        regions(ControlPolicy(id="p-3", document=control_document("{"), targets=ROOT))


# --- Opting out ---

LOCKED = {"@@assign": "optOut", "@@operators_allowed_for_child_policies": ["@@none"]}


def opted_out(*contents: Any, targets: frozenset[str] = ROOT) -> Any:
    policies = tuple(
        OptOutPolicy(id=f"p-{n}", content=json.dumps(content), targets=targets) for n, content in enumerate(contents)
    )
    return organizations_opt_out_ai_services_policy(ACCOUNT, ORGANIZATION, OptOutPolicies(policies=policies))


def services(default: Any, **others: Any) -> dict[str, Any]:
    return {"services": {"default": {"opt_out_policy": default}, **others}}


def test_one_policy_that_opts_out_for_good_suffices() -> None:
    assert isinstance(opted_out(services({"@@assign": "optIn"}), services(LOCKED)), Pass)
    assert isinstance(opted_out(services(LOCKED, lex={"opt_out_policy": {"@@assign": "optOut"}})), Pass)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (services({"@@assign": "optOut"}), "child policies change the default"),
        (services(LOCKED | {"@@operators_allowed_for_child_policies": ["@@assign"]}), "child policies"),
        (services(LOCKED | {"@@assign": "optIn"}), "does not opt out by default"),
        (services(LOCKED, lex={"opt_out_policy": {"@@assign": "optIn"}}), "does not opt out of lex"),
        ({"services": {"lex": {"opt_out_policy": LOCKED}}}, "does not opt out by default"),
        ({}, "does not opt out by default"),
        ([], "does not opt out by default"),
        ({"services": {"default": []}}, "does not opt out by default"),
    ],
)
def test_policies_that_do_not(content: Any, told: str) -> None:
    found = opted_out(content)
    assert isinstance(found, Fail)
    assert told in found.detail


def test_a_policy_on_ai_services_must_be_there_and_attached() -> None:
    assert isinstance(opted_out(), Fail)
    found = opted_out(services(LOCKED), targets=frozenset())
    assert isinstance(found, Fail)
    assert "attached to nothing" in found.detail


def test_what_is_no_json_cannot_be_judged() -> None:
    policies = OptOutPolicies(policies=(OptOutPolicy(id="p-1", content="{", targets=ROOT),))
    with pytest.raises(UnreadableError, match="p-1"):
        organizations_opt_out_ai_services_policy(ACCOUNT, ORGANIZATION, policies)


# --- Tags ---


@pytest.mark.parametrize(("targets", "verdict"), [([], Fail), ([frozenset()], Fail), ([frozenset(), ROOT], Pass)])
def test_a_tag_policy_must_be_attached(targets: list[frozenset[str]], verdict: type) -> None:
    policies = TagPolicies(policies=tuple(AttachedPolicy(id=f"p-{n}", targets=each) for n, each in enumerate(targets)))
    found = organizations_tags_policies_enabled_and_attached(ACCOUNT, ORGANIZATION, policies)
    assert isinstance(found, verdict)
    assert not isinstance(found, Manual)


def test_an_account_by_itself_has_no_policies() -> None:
    assert isinstance(organizations_opt_out_ai_services_policy(ACCOUNT, None, None), Fail)
    assert isinstance(organizations_scp_check_deny_regions(ACCOUNT, None, None), Fail)
    assert isinstance(organizations_tags_policies_enabled_and_attached(ACCOUNT, None, None), Fail)
