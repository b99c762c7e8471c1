"""The table of quotas against AWS's figures and botocore's models."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import botocore.session
import msgspec
import pytest

from aioprowler import ScanOptions, UsageError
from aioprowler.aws.own_quotas import read_quotas, validated
from aioprowler.aws.quotas import OwnQuota, QuotaTable
from aioprowler.aws.throttle import Throttle
from aioprowler.facts.quotas import QUOTAS, Quota
from aioprowler.scanning import Scan

SESSION = botocore.session.get_session()
TABLE = QuotaTable()


@pytest.mark.parametrize(
    ("operations", "capacity", "rate", "scope"),
    [
        ("ec2:DescribeInstances ec2:SearchTransitGatewayRoutes ec2:GetEbsEncryptionByDefault", 100, 20, "region"),
        ("ec2:DescribeSecurityGroupReferences ec2:DescribeStaleSecurityGroups", 20, 5, "region"),
        ("ec2:DescribeReservedInstancesOfferings ec2:DescribeIdFormat", 10, 10, "region"),
        ("ec2:DescribeHostReservations", 5, 2, "region"),
        ("ec2:DescribeByoipCidrs ec2:DescribeMovingAddresses ec2:DescribeInstanceTopology", 1, 0.5, "region"),
        ("sts:AssumeRole sts:GetCallerIdentity", 600, 600, "region"),
        ("organizations:ListRoots", 2, 1, "organization"),
        ("account:GetAlternateContact account:GetContactInformation", 15, 10, "global"),
        ("account:ListRegions account:GetRegionOptStatus", 5, 5, "global"),
        ("account:GetAccountInformation", 3, 3, "global"),
        ("cloudtrail:LookupEvents cloudtrail:ListInsightsData", 2, 2, "region"),
        ("securityhub:GetFindings", 6, 3, "region"),
        ("securityhub:BatchImportFindings securityhub:DescribeHub", 30, 10, "region"),
        ("iam:GetPolicy iam:GetPolicyVersion", 35, 35, "global"),
        ("iam:ListEntitiesForPolicy", 40, 40, "global"),
        ("iam:GetRole iam:ListRolePolicies iam:ListAttachedRolePolicies", 15, 15, "global"),
        ("lambda:GetFunction", 100, 100, "region"),
        ("lambda:GetPolicy lambda:ListFunctions", 15, 15, "region"),
        ("route53:ListHostedZones", 5, 5, "global"),
        ("waf:ListWebACLs", 5, 5, "global"),
        ("waf-regional:ListWebACLs wafv2:ListWebACLs wafv2:GetWebACL", 5, 5, "region"),
        ("cloudfront:ListDistributions", 10, 5, "global"),
        ("kinesis:ListStreams kinesis:ListTagsForStream", 5, 5, "region"),
        ("kinesis:DescribeStream", 10, 10, "region"),
        ("kinesis:DescribeStreamSummary", 20, 20, "region"),
        ("kinesis:DescribeLimits", 1, 1, "region"),
        ("dynamodb:DescribeContinuousBackups dynamodb:ListTagsOfResource", 10, 10, "region"),
        ("dynamodb:ListBackups", 5, 5, "region"),
        ("sns:ListTopics sns:ListSubscriptions sns:ListSubscriptionsByTopic", 30, 30, "region"),
        ("sns:ListPlatformApplications", 15, 15, "region"),
        ("ses:GetIdentityDkimAttributes ses:GetIdentityVerificationAttributes", 1, 1, "region"),
        ("logs:DescribeLogStreams", 25, 25, "region"),
        ("logs:DescribeLogGroups", 10, 10, "region"),
        ("firehose:ListTagsForDeliveryStream", 5, 5, "region"),
        ("service-quotas:GetServiceQuota", 5, 5, "region"),
        ("service-quotas:ListServiceQuotas", 10, 10, "region"),
        ("sso-admin:ListInstances identitystore:ListUsers", 20, 20, "region"),
        ("rolesanywhere:ListTrustAnchors", 1, 1, "region"),
        ("cloudformation:DescribeStacks", 5, 5, "region"),
    ],
)
def test_a_quota_is_awss_own(operations: str, capacity: float, rate: float, scope: str) -> None:
    for each in operations.split():
        quota = TABLE.of(*each.split(":"))
        assert (quota.capacity, quota.rate, quota.scope) == (capacity, rate, scope), each
        assert quota.ceiling == 0, "a published rate does not climb"


@pytest.mark.parametrize("operation", ["DescribeAccount", "ListParents"])
def test_organizations_takes_one_such_call_at_a_time(operation: str) -> None:
    assert TABLE.of("organizations", operation).concurrent == 1


@pytest.mark.parametrize(
    "operation",
    ["s3:GetBucketAcl", "config:DescribeConfigRules", "ssm:DescribeInstanceInformation", "rds:DescribeDBInstances"],
)
def test_an_unpublished_quota_starts_low_and_may_climb(operation: str) -> None:
    quota = TABLE.of(*operation.split(":"))
    assert 5 <= quota.rate <= 10
    assert quota.ceiling > quota.rate
    assert not quota.shared


@pytest.mark.parametrize("service", ["waf", "waf-regional"])
def test_waf_classic_lets_list_more_often_than_look_at_one(service: str) -> None:
    """https://docs.aws.amazon.com/waf/latest/developerguide/classic-limits.html"""
    one, all_ = TABLE.of(service, "GetWebACL"), TABLE.of(service, "ListWebACLs")
    assert (one.capacity, one.rate, one.ceiling) == (1, 0.5, 1)
    assert (all_.capacity, all_.rate, all_.ceiling) == (5, 5, 0)


NOT_IN_EVERY_BOTOCORE = {"cloudtrail": {"ListInsightsData"}}
"""Operations that AWS added after the oldest botocore that aioprowler takes."""


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: f"{quota.service}:{quota.operations}")
def test_a_row_names_what_there_is(quota: Quota) -> None:
    names = SESSION.get_service_model(quota.service).operation_names
    unknown = {each for each in quota.operations.split() if not any(fnmatchcase(name, each) for name in names)}
    assert unknown <= NOT_IN_EVERY_BOTOCORE.get(quota.service, set())
    assert quota.rate > 0
    assert quota.capacity >= 1


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: f"{quota.service}:{quota.operations}")
def test_no_row_is_hidden_by_an_earlier_one(quota: Quota) -> None:
    names = SESSION.get_service_model(quota.service).operation_names
    assert any(TABLE.of(quota.service, name) is quota for name in names)


def test_a_users_figures_come_before_the_table() -> None:
    table = QuotaTable(
        {
            "ec2:DescribeVpcs": {"rate": 3, "capacity": 4},
            "ec2:Get*": {"rate": 1, "capacity": 1},
            "sts:*": {"rate": 2, "capacity": 2},
        }
    )
    assert table.of("ec2", "DescribeVpcs").rate == 3
    assert table.of("ec2", "GetEbsDefaultKmsKeyId").rate == 1
    assert table.of("sts", "AssumeRole").capacity == 2
    assert table.of("ec2", "DescribeSubnets") is TABLE.of("ec2", "DescribeSubnets")


def test_a_users_figures_are_counted_as_aws_counts() -> None:
    table = QuotaTable({f"{service}:*": {"rate": 3, "capacity": 4} for service in ("ec2", "lambda", "organizations")})
    assert not table.of("ec2", "DescribeVpcs").shared
    assert table.of("lambda", "ListFunctions").shared
    describe = table.of("organizations", "DescribeAccount")
    assert (describe.rate, describe.scope, describe.concurrent) == (3, "organization", 1)


def test_a_users_figures_are_not_exceeded() -> None:
    assert TABLE.of("rds", "DescribeDBInstances").ceiling > 0
    assert QuotaTable({"rds:*": {"rate": 3, "capacity": 4}}).of("rds", "DescribeDBInstances").ceiling == 0


@pytest.mark.parametrize("row", [{"rate": 3}, {"rate": "fast", "capacity": 1}])
def test_a_row_of_the_wrong_shape_is_refused(row: dict[str, float]) -> None:
    with pytest.raises(msgspec.ValidationError):
        QuotaTable({"ec2:*": row})


def read(tmp_path: Path, text: str) -> dict[str, OwnQuota]:
    path = tmp_path / "quotas.yaml"
    path.write_text(text, encoding="utf-8")
    return read_quotas(path)


def test_quotas_of_a_file(tmp_path: Path) -> None:
    text = """
# raised in June
ec2:DescribeInstances: {rate: 40, capacity: 200}
"ec2:*":
  rate: 0.5
  capacity: 1
"""
    found = read(tmp_path, text)
    assert found == {"ec2:DescribeInstances": OwnQuota(40, 200), "ec2:*": OwnQuota(0.5, 1)}
    assert validated(found) == found


GOOD = "sts:*: {rate: 1, capacity: 1}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ec2:DescribeVpcs: {rate: 1}", "line 2: ec2:DescribeVpcs: give `rate`.*missing required field `capacity`"),
        ("ec2:DescribeVpcs: {rate: 0, capacity: 1}", "line 2: .*> 0"),
        ("ec2:DescribeVpcs: {rate: 1, capacity: 0.5}", "line 2: .*>= 1"),
        ("ec2:DescribeVpcs: {rate: .inf, capacity: 1}", "line 2: .*rate"),
        ("ec2:DescribeVpcs: {rate: fast, capacity: 1}", "line 2: .*got `str`"),
        ("ec2:DescribeVpcs: {rate: 1, capacity: 1, burst: 2}", "line 2: .*unknown field `burst`"),
        ("ec2:DescribeVpcs: 40", "line 2: .*got `int`"),
        ("ec2:DescribeVpcs:", "line 2: .*got `null`"),
        ("ec2:DescribeVpc: {rate: 1, capacity: 1}", "line 2: .*operation of ec2 'DescribeVpc'.*DescribeVpcs"),
        ("ec2:Descirbe*: {rate: 1, capacity: 1}", "line 2: .*operation of ec2 'Descirbe"),
        ("'ec2:': {rate: 1, capacity: 1}", "line 2: .*operation of ec2 ''"),
        ("ecc:DescribeVpcs: {rate: 1, capacity: 1}", "line 2: .*AWS service 'ecc'.*ec2"),
        ("ec2: {rate: 1, capacity: 1}", "line 2: 'ec2': say `service:Operation`"),
        ("[ec2]: 3", "line 2: .*say `service:Operation`"),
        (GOOD, "line 2: sts:.* is there twice"),
        ("x: [", "line 3: this is not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        read(tmp_path, f"{GOOD}{text}\n")


@pytest.mark.parametrize("text", ["", "- sts", "40"])
def test_what_is_no_mapping_is_no_file_of_quotas(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="write `service:Operation"):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--quotas-file .*nowhere\.yaml: No such file"):
        read_quotas(tmp_path / "nowhere.yaml")


def test_quotas_from_python_are_held_to_the_same() -> None:
    with pytest.raises(UsageError, match="quotas: There is no operation of ec2 'DescribeVpc'"):
        Scan(ScanOptions(quotas={"ec2:DescribeVpc": {"rate": 1, "capacity": 1}}))


PAGE = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")


def with_other(quota: Quota) -> str:
    return f", with {quota.counted_as}" if quota.counted_as else ""


def test_the_page_has_each_row_of_the_table() -> None:
    rows = [
        f"| {quota.service} | {', '.join(f'`{each}`' for each in quota.operations.split())} | {quota.capacity:g} | "
        f"{quota.rate:g} | {quota.scope}{', together' if quota.shared else ''}{with_other(quota)} |"
        for quota in QUOTAS
    ]
    climbs = r"may climb to [\d.]+"
    page = r"\[.*\]\(https://docs.aws.amazon.com/.*\)"
    origin = rf"(?:observed|not published; {climbs}|{page}|{page}, as of \d{{4}}; {climbs})"
    shown = re.findall(rf"^(\| [\w-]+ \| `.*\|) {origin} \|$", PAGE, re.MULTILINE)
    assert shown == rows


def test_the_pages_example_works(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    table = QuotaTable(read(tmp_path, example))
    assert table.of("ec2", "DescribeInstances").rate == 40
    assert table.of("ec2", "DescribeVpcs").rate == 30
    assert table.of("rds", "DescribeDBInstances").rate == 25


def test_a_row_that_climbs_says_how_far() -> None:
    told = [float(each) for each in re.findall(r"may climb to ([\d.]+) \|$", PAGE, re.MULTILINE)]
    assert told == [quota.ceiling for quota in QUOTAS if quota.ceiling]


def test_every_row_can_be_reached() -> None:
    for number, quota in enumerate(QUOTAS):
        names = botocore.session.get_session().get_service_model(quota.service).operation_names
        mine = [name for name in names if quota.matches(quota.service, name)]
        assert any(not any(each.matches(quota.service, name) for each in QUOTAS[:number]) for name in mine), quota


def test_no_rate_starts_above_its_ceiling() -> None:
    assert [quota for quota in QUOTAS if quota.ceiling and quota.rate > quota.ceiling] == []


def test_services_of_one_endpoint_are_counted_together() -> None:
    throttle = Throttle()
    of = partial(throttle.lane, "1", "eu-west-1")
    assert of("rds", "DescribeDBClusters") is of("neptune", "DescribeDBClusters")
    assert of("rds", "DescribeDBClusters") is not of("rds", "DescribeDBInstances")
    assert of("apigateway", "GetRestApis") is of("apigatewayv2", "GetApis")
    assert of("elb", "DescribeLoadBalancers") is not of("elbv2", "DescribeLoadBalancers")
