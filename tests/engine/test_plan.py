# mypy: disable-error-code="empty-body"
"""Mistakes in a declaration are refused with a sentence that names the file and the mend."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler import (
    Account,
    All,
    Check,
    DeclarationError,
    Facet,
    Fail,
    Here,
    Pass,
    Region,
    Resource,
    Verdict,
    call,
    check,
    derive,
    listing,
)
from aioprowler.declarations.checks import Snippets, parse_docstring
from aioprowler.engine.plan import PlannedOperation, make_plan
from tests.engine.harness import document
from tests.engine.test_account import (
    Dns,
    GatedDns,
    Note,
    Project,
    Subnet,
    User,
    Vpc,
    account_keys,
    project_encrypted,
    vpc_dns,
    vpc_has_subnets,
)

document(account_keys, project_encrypted, vpc_dns, vpc_has_subnets)


class Nameless(Resource, arn="arn:{nothing}"):
    source = listing("ec2", "DescribeThings", "Things")
    thing: str


class WrongTemplate(Resource, id="thing", arn="arn:{nothing}"):
    source = listing("ec2", "DescribeThings", "Things")
    thing: str


class NoArn(Resource, id="thing"):
    source = listing("ec2", "DescribeThings", "Things")
    thing: str


class Sourceless(Resource, id="thing", arn="{thing}"):
    thing: str


class Gated(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "DescribeThings", "Things", when=bool)
    thing: str


class OfNobody(Facet):  # type: ignore[type-arg]
    source = call("ec2", "DescribeThing")


class PerRegion(msgspec.Struct, frozen=True):
    count: int


@derive
def per_region(vpcs: Here[Vpc]) -> PerRegion:
    return PerRegion(len(vpcs))


def no_subject(vpcs: All[Vpc]) -> Verdict: ...
def nothing_at_all() -> Verdict: ...
def unannotated(vpc: Vpc, thing) -> Verdict: ...  # type: ignore[no-untyped-def] # noqa: ANN001
def nonsense(vpc: Vpc, thing: dict[str, str]) -> Verdict: ...
def unrelated_resource(vpc: Vpc, subnet: Subnet) -> Verdict: ...
def unrelated_facet(subnet: Subnet, dns: Dns) -> Verdict: ...
def may_be_absent(vpc: Vpc, note: Note) -> Verdict: ...
def never_absent(vpc: Vpc, dns: Dns | None) -> Verdict: ...
def facet_everywhere(account: Account, dns: All[Dns]) -> Verdict: ...
def here_of_an_account(account: Account, vpcs: Here[Vpc]) -> Verdict: ...
def regional_for_an_account(account: Account, count: PerRegion) -> Verdict: ...
def region_of_an_account(account: Account, region: Region) -> Verdict: ...
def nameless(thing: Nameless) -> Verdict: ...
def wrong_template(thing: WrongTemplate) -> Verdict: ...
def no_arn(thing: NoArn) -> Verdict: ...
def sourceless(thing: Sourceless) -> Verdict: ...
def gate_without_parent(thing: Gated) -> Verdict: ...
def facet_of_nobody(vpc: Vpc, facet: OfNobody) -> Verdict: ...
def config_without_default(vpc: Vpc, *, days: int) -> Verdict: ...
def config_of_a_strange_type(vpc: Vpc, *, days: dict[str, int] = {}) -> Verdict: ...  # noqa: B006


MISTAKES: list[tuple[Any, str]] = [
    (no_subject, "first parameter"),
    (nothing_at_all, "first parameter"),
    (unannotated, "annotate the parameter thing"),
    (nonsense, "nothing that a scan can supply"),
    (unrelated_resource, r"say All\[Subnet\] or Here\[Subnet\]"),
    (unrelated_facet, "Dns tells about Vpc"),
    (may_be_absent, r"say Note \| None"),
    (never_absent, r"leave out \| None"),
    (facet_everywhere, "take a Resource type"),
    (here_of_an_account, r"say All\[Vpc\]"),
    (regional_for_an_account, "a region's, not an account's"),
    (region_of_an_account, "many regions"),
    (nameless, "which field identifies it"),
    (wrong_template, "'nothing', which is not a field"),
    (no_arn, "declare a field `arn`"),
    (sourceless, r"source = listing\("),
    (gate_without_parent, "add of="),
    (facet_of_nobody, r"Facet\[Bucket\]"),
    (config_without_default, "a default"),
    (config_of_a_strange_type, "must be int, float"),
]


@pytest.mark.parametrize(("function", "mend"), MISTAKES, ids=[function.__name__ for function, _ in MISTAKES])
def test_a_mistaken_check_is_refused_with_the_mend(function: Any, mend: str) -> None:
    wrong: Check[Any, Any] = check(fails="It is wrong", severity="low")(function)
    with pytest.raises(DeclarationError, match=mend) as refused:
        make_plan([wrong], {})
    assert "test_plan" in str(refused.value)


def test_a_derived_value_needs_a_class_of_its_own() -> None:
    with pytest.raises(DeclarationError, match="class of your own"):

        @derive
        def names(vpcs: All[Vpc]) -> list[str]: ...

    with pytest.raises(DeclarationError, match="derived by per_region already"):

        @derive
        def again(vpcs: Here[Vpc]) -> PerRegion: ...


def test_a_severity_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="critical, high, medium"):
        check(severity="terrible")  # type: ignore[arg-type]


def undocumented(vpc: Vpc) -> Verdict:
    """Only a title."""
    return Pass("")


def overlong(vpc: Vpc) -> Verdict:
    return Fail("")


overlong.__doc__ = f"{'x' * 151}\n\n## Risk\nr\n\n## Remediation\nm\n"


@pytest.mark.parametrize(("function", "mend"), [(undocumented, "## Risk"), (overlong, "at most 150")])
def test_a_docstring_lacking_a_section_is_refused(function: Any, mend: str) -> None:
    with pytest.raises(DeclarationError, match=mend):
        parse_docstring(function, "It is wrong", Snippets(""))


def planned(*checks: Any) -> list[tuple[str, str]]:
    return [(str(each.operation), each.per) for each in make_plan(checks, {}).operations]


def test_a_plan_has_just_the_operations_that_its_checks_need() -> None:
    assert planned(vpc_dns) == [("ec2:DescribeVpcAttribute", "Vpc"), ("ec2:DescribeVpcs", "region")]
    assert planned(vpc_has_subnets) == [("ec2:DescribeSubnets", "region"), ("ec2:DescribeVpcs", "region")]
    assert planned(account_keys) == [("iam:ListAccessKeys", "User"), ("iam:ListUsers", "account")]
    assert planned(project_encrypted) == [
        ("codebuild:BatchGetProjects", "2 x Project"),
        ("codebuild:ListCuratedProjects", "region"),
    ]


def test_the_same_operation_is_planned_once_for_all_its_readers() -> None:
    operations = make_plan([vpc_dns, vpc_has_subnets, account_keys], {}).operations
    assert len(operations) == len(set(operations))
    assert PlannedOperation in {type(each) for each in operations}


def test_declared_things_print_what_they_are() -> None:
    assert repr(vpc_dns) == "<check vpc_dns>"
    assert {kind.__name__ for kind in (GatedDns, Project, User)} == {"GatedDns", "Project", "User"}
