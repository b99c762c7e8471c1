"""What is one problem, and which is the worst."""

from __future__ import annotations

import pytest

from aioprowler.catalog import installed
from aioprowler.findings.causes import FAMILIES, Causes, family, owner
from aioprowler.findings.finding import Finding
from tests.outputs.samples import finding

GROUP = "ec2_securitygroup_allow_ingress_from_internet_to_"
SNAPSHOT = finding(check_id="ec2_ebs_public_snapshot", severity="critical", resource_arn="snap", resource_id="snap")


def opened(resource: str, *ports: str) -> list[Finding]:
    return [
        finding(check_id=f"{GROUP}{port}", severity="critical", fails=port, resource_arn=resource, resource_id=resource)
        for port in ports
    ]


def test_a_group_with_many_open_ports_is_one_problem() -> None:
    causes = Causes()
    causes.add(opened("sg-1", "tcp_port_22", "any_port", "tcp_port_3389"))
    causes.add(opened("sg-2", "any_port"))
    causes.add(opened("sg-3", "tcp_port_22"))
    first, second = causes.ranked()
    assert (first.check_id, first.resources, len(first.further)) == (f"{GROUP}any_port", 2, 2)
    assert (first.told, first.example.resource_id) == ("any_port (and 2 more checks)", "sg-1")
    assert (second.check_id, second.resources, second.further) == (f"{GROUP}tcp_port_22", 1, frozenset())


def test_a_public_snapshot_is_not_behind_the_ports_of_two_groups() -> None:
    causes = Causes()
    for group in ("sg-1", "sg-2"):
        causes.add(opened(group, *(f"tcp_port_{number}" for number in range(20))))
    causes.add([SNAPSHOT])
    assert [each.check_id for each in causes.ranked()] == [f"{GROUP}tcp_port_0", SNAPSHOT.check_id]


def test_what_comes_in_two_batches_is_one_problem_whenever_it_is_asked_for() -> None:
    causes = Causes()
    causes.add(opened("sg-1", "tcp_port_22"))
    assert len(causes.ranked()) == 1
    causes.add(opened("sg-1", "tcp_port_3389"))
    assert [(each.resources, len(each.further)) for each in causes.ranked()] == [(1, 1)]


def test_other_checks_of_a_resource_are_problems_of_their_own() -> None:
    causes = Causes()
    causes.add([finding(check_id="s3_bucket_kms_encryption"), finding(), finding(check_id="s3_bucket_public_list_acl")])
    assert [(each.check_id, len(each.further)) for each in causes.ranked()] == [
        ("s3_bucket_kms_encryption", 0),
        ("s3_bucket_public_access", 1),
    ]


def test_the_worst_is_the_example_and_no_other_status_counts() -> None:
    causes = Causes()
    causes.add([finding(severity="low", resource_arn="a"), finding(severity="critical", resource_arn="b")])
    causes.add([finding(severity="high", resource_arn="c"), finding(status="PASS"), finding(muted=True)])
    (cause,) = causes.ranked()
    assert (cause.severity, cause.resources, cause.example.resource_arn) == ("critical", 3, "b")


@pytest.mark.parametrize("beginning", FAMILIES)
def test_a_family_is_of_checks_of_one_type(beginning: str) -> None:
    checks = [check for id_, check in installed().checks.items() if family(id_) == beginning]
    assert len(checks) > 1
    assert len({check.resource_type for check in checks}) == 1


def test_the_owner_is_the_resources_then_the_accounts() -> None:
    assert owner(finding(resource_tags={"Team": "data", "CostOwner": "web"})) == "web"
    assert owner(finding(resource_tags={"aws:owner": "x"}, account_tags={"squad": "core"})) == "core"
    assert owner(finding(resource_tags={}, account_tags={})) == "aws@example.com"
