"""The policies by which the sessions of roles are kept to the plan: what they let in, and what not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import moto.iam.aws_managed_policies
import pytest

from aioprowler import check_ids
from aioprowler.accounts.operations import ENTRY_OPERATIONS, LIST_REGIONS, ORGANIZATION_OPERATIONS
from aioprowler.accounts.permissions import (
    MANAGED,
    SESSION_LIMIT,
    SessionPolicy,
    Statement,
    actions,
    not_managed,
    session_actions,
    session_policies,
    shortened,
)
from aioprowler.catalog import load
from aioprowler.declarations.actions import iam_actions
from aioprowler.facts.services import SERVICES
from aioprowler.integrations.security_hub import OPERATIONS
from aioprowler.judging.policies.documents import Policy
from aioprowler.scanning import ScanOptions
from aioprowler.scanning.prepared import plan
from tests import operations
from tests.each import of_each

CATALOG = load(())
_KNOWN = json.loads(moto.iam.aws_managed_policies.aws_managed_policies_data)
HELD = [json.dumps(_KNOWN[name.rpartition("/")[2]]["Document"]) for name in MANAGED]
BASE = (Statement.of(ORGANIZATION_OPERATIONS), Statement(("sts:AssumeRole",), "arn:aws:iam::*:role/aioprowler"))
HUB = (Statement.of(OPERATIONS),)


@cache
def reads(**options: Any) -> tuple[str, ...]:
    return session_actions(plan(ScanOptions(**options), CATALOG))


def document(policy: SessionPolicy) -> str:
    return str(policy.parameters["Policy"])


def narrowest(reads: tuple[str, ...], besides: tuple[Statement, ...] = ()) -> SessionPolicy:
    return session_policies(reads, besides, "aws")[0]


def let_in(policy: str, candidates: Iterable[str]) -> frozenset[str]:
    return Policy.parse(policy).allowed_actions(candidates, on_everything=True)


@pytest.mark.parametrize("besides", [(), HUB, (*HUB, *BASE)], ids=["members", "security hub", "base"])
def test_the_policy_of_a_whole_scan_lets_it_in_and_fits(besides: tuple[Statement, ...]) -> None:
    """With every check, and tags."""
    wanted = reads(tags=True)
    assert {"tag:GetResources", LIST_REGIONS.action, *(each.action for each in ENTRY_OPERATIONS)} <= {*wanted}
    policy = narrowest(wanted, besides)
    hub = {action for each in besides if each in HUB for action in each.actions}
    texts = [*policy.parameters.get("PolicyArns", ()), document(policy)]
    assert sum(len(each["arn"]) if isinstance(each, dict) else len(each) for each in texts) <= SESSION_LIMIT
    held = frozenset[str]().union(*(let_in(each, wanted) for each in HELD)) if policy.form == "managed" else frozenset()
    assert held | let_in(document(policy), [*wanted, *hub]) == {*wanted, *hub}


@of_each(check_ids(), by=lambda id_: id_.partition("_")[0])
def test_a_few_checks_have_their_actions_and_nothing_else(id_: str) -> None:
    planned = plan(ScanOptions(checks=[id_]), CATALOG)
    policy = narrowest(session_actions(planned))
    assert policy.form == "actions"
    (statement,) = json.loads(document(policy))["Statement"]
    assert statement == {"Effect": "Allow", "Action": actions(planned, [LIST_REGIONS]), "Resource": "*"}


def test_what_a_prefix_lets_in_besides_is_more_of_the_same_reading() -> None:
    """Of all the actions that AWS has."""
    wanted = reads(tags=True, services=("ec2", "iam", "rds", "s3", "vpc"))
    policy = document(narrowest(wanted, (*HUB, *BASE)))
    more = let_in(policy, operations.actions()) - {action.lower() for action in wanted}
    assert "rds:describedbproxies" in more
    told = {action.lower() for each in HUB for action in each.actions}
    assert all(each.partition(":")[2].startswith(("describe", "list", "getbucket")) for each in more - told)


def prefixes(wanted: Iterable[str]) -> tuple[str, ...]:
    """All that may be taken: those of a plan that never fits."""
    tried: list[Sequence[str]] = []
    assert shortened([*wanted], lambda names: bool(tried.append(names))) is None  # type: ignore[func-returns-value]
    return tuple(each.removesuffix("*") for each in tried[-1] if each.endswith("*"))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_no_prefix_writes_reads_data_or_hands_out_credentials_whatever_a_plan_reads(service: str) -> None:
    """All Describes, Gets and Lists of the service, as if one plan had them; of botocore's operations, and all that AWS
    has besides.
    """
    names = operations.SESSION.get_service_model(service).operation_names
    known = {action for name in names for action in iam_actions(service, name)}
    found = prefixes(each for each in known if each.partition(":")[2].startswith(("Describe", "Get", "List")))
    covered = {each for each in known if each.startswith(found)}
    lowered = tuple(each.lower() for each in found)
    covered |= {each for each in operations.actions() if each.startswith(lowered)}
    reading = re.compile(r"[\w-]+:(describe|list)|s3:getbucket", re.IGNORECASE)
    assert [each for each in covered if not reading.match(each)] == []
    assert covered or service not in ("ec2", "rds", "s3")


def test_the_longest_prefix_that_makes_room_is_taken() -> None:
    names = ["ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "ec2:DescribeVolumes"]
    assert shortened(names, lambda found: len(found) <= 3) == [
        "ec2:DescribeVolumes", "ec2:DescribeVpcEndpoint*", "ec2:DescribeVpcs",
    ]  # fmt: skip
    assert shortened(names, lambda found: len(found) <= 2) == ["ec2:DescribeVolumes", "ec2:DescribeVpc*"]


@pytest.mark.parametrize(
    "names",
    [
        ["ec2:DescribeVolumes", "ec2:DescribeVpcs"],
        ["s3:GetObjectAcl", "s3:GetObjectTagging"],
        ["iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails"],
        ["sts:GetCallerIdentity", "sts:GetSessionToken"],
        ["ec2:DescribeVpcs", "rds:DescribeDBInstances"],
    ],
)
def test_what_has_little_in_common_is_no_prefix(names: list[str]) -> None:
    assert shortened(names, lambda found: len(found) < len(names)) is None


def test_a_plan_that_does_not_fit_takes_the_managed_policies() -> None:
    """And what writes is told as it is, in every partition."""
    wanted = tuple(f"service-{number}:GetSomethingWithALongName" for number in range(100))
    (policy,) = session_policies(wanted, HUB, "aws-us-gov")
    assert policy.form == "managed"
    assert policy.parameters["PolicyArns"] == [
        {"arn": "arn:aws-us-gov:iam::aws:policy/SecurityAudit"},
        {"arn": "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess"},
    ]
    (statement,) = json.loads(document(policy))["Statement"]
    assert statement["Action"] == ["securityhub:BatchImportFindings", "securityhub:GetFindings"]
    assert narrowest(wanted).parameters.keys() == {"PolicyArns"}


def test_the_managed_policies_have_beside_them_what_they_lack() -> None:
    reads = ("ec2:DescribeVpcs", "ecr:GetDownloadUrlForLayer", "my-service:GetThing")
    *_, managed, bare = session_policies(reads, HUB, "aws")
    first, second = json.loads(document(managed))["Statement"]
    assert first["Action"] == ["ecr:GetDownloadUrlForLayer", "my-service:GetThing"]
    assert [second] == json.loads(document(bare))["Statement"]
    assert managed.parameters["PolicyArns"] == bare.parameters["PolicyArns"]


def test_nothing_stands_beside_them_where_they_lack_nothing() -> None:
    inline, managed = session_policies(("s3:ListAllMyBuckets",), (), "aws")
    assert inline.form == "actions"
    assert managed.parameters.keys() == {"PolicyArns"}


def test_what_the_managed_policies_hold_is_told_from_what_they_lack() -> None:
    """Of every action that AWS has: by the evaluation of their documents."""
    held = frozenset[str]().union(*(let_in(each, operations.actions()) for each in HELD))
    assert {*not_managed(operations.actions())} == operations.actions() - held
    assert "logs:filterlogevents" not in held


def test_an_upload_may_use_the_key_of_its_bucket_through_s3_alone() -> None:
    upload = (Statement(("s3:PutObject",), "arn:aws:s3:::reports/*"), Statement(("kms:GenerateDataKey",), via="s3.*"))
    assert json.loads(document(narrowest((), upload)))["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::reports/*"},
        {
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringLike": {"kms:ViaService": "s3.*"}},
        },
    ]
