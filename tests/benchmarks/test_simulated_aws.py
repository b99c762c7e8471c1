"""The simulated AWS as boto3 and the gateway see it."""

from __future__ import annotations

import datetime
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from typing import Any
from unittest.mock import patch
from urllib.error import HTTPError
from urllib.parse import urlsplit

import anyio
import boto3
import pytest
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError
from msgspec.structs import replace

from aioprowler import CredentialSource, ScanOptions
from aioprowler.aws import clients, gateway
from aioprowler.aws.api import Boundary
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.quotas import QuotaTable
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.scanning import Scan
from benchmarks.simulated_aws import Config, Latency, Rule, SimulatedAws

CONFIG = Config(
    accounts=50,
    suspended=2,
    preset="realistic",
    quotas={"ec2:DescribeVpcs": {"rate": 0.01, "capacity": 5}, "organizations:*": {"rate": 1000, "capacity": 1000}},
    sizes={"ec2:volume": 30},
)
REGION = "us-east-1"
FIRST, SECOND = CONFIG.account_id(1), CONFIG.account_id(2)
OPEN = QuotaTable({f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in ("ec2", "iam", "s3", "sts")})


@pytest.fixture(scope="module")
def serving() -> Iterator[SimulatedAws]:
    with SimulatedAws(CONFIG) as aws:
        yield aws


@pytest.fixture
def aws(serving: SimulatedAws) -> Iterator[SimulatedAws]:
    """Without faults, and with nothing counted yet."""
    serving.reset()
    yield serving
    serving.break_with([])


def client(
    aws: SimulatedAws, service: str, account: str = FIRST, region: str = REGION, keys: dict[str, Any] | None = None
) -> Any:
    """A plain client that does not try again, with the account's long-term key unless there are others."""
    keys = keys or {"AccessKeyId": f"AKIA{account}TEST", "SecretAccessKey": "secret", "SessionToken": None}
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=aws.url,
        verify=str(aws.certificate) if aws.certificate else None,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=ClientConfig(retries={"total_max_attempts": 1}, read_timeout=5),
    )


def assume(aws: SimulatedAws, account: str, base: str = CONFIG.management_account, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{account}:role/aioprowler"
    reply = client(aws, "sts", base).assume_role(RoleArn=arn, RoleSessionName="test", **more)
    issued: dict[str, Any] = reply["Credentials"]
    return issued


def refused(call: Callable[[], object]) -> tuple[str, int]:
    """Error code and status."""
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


# --- Accounts ---
def test_a_session_belongs_to_the_account_of_its_role(aws: SimulatedAws) -> None:
    identity = client(aws, "sts", keys=assume(aws, SECOND)).get_caller_identity()
    assert identity["Account"] == SECOND
    assert identity["Arn"] == f"arn:aws:sts::{SECOND}:assumed-role/aioprowler/test"


def test_accounts_and_regions_have_resources_of_their_own(aws: SimulatedAws) -> None:
    places = [(FIRST, "us-east-1"), (FIRST, "eu-west-1"), (SECOND, "us-east-1")]
    seen: list[set[str]] = []
    for account, region in places:
        vpcs = client(aws, "ec2", account, region).describe_instances()["Reservations"]
        seen.append({each["Instances"][0]["InstanceId"] for each in vpcs})
    assert [len(ids) for ids in seen] == [12, 12, 12]
    assert len(set().union(*seen)) == 36
    others = client(aws, "ec2", SECOND)
    asked = sorted(seen[0])[:1]
    assert refused(lambda: others.describe_instances(InstanceIds=asked)) == ("InvalidInstanceID.NotFound", 400)
    own = client(aws, "ec2", FIRST).describe_instances(InstanceIds=asked)["Reservations"]
    assert [each["Instances"][0]["InstanceId"] for each in own] == asked
    assert aws.statistics()["accounts"] == {FIRST: 3, SECOND: 2}


def test_the_report_within_base64_names_the_account(aws: SimulatedAws) -> None:
    lines = client(aws, "iam").get_credential_report()["Content"].decode().splitlines()
    assert lines[1].startswith(f"<root_account>,arn:aws:iam::{FIRST}:root,")
    assert len(lines) == 2 + 20


def test_the_organization(aws: SimulatedAws) -> None:
    organizations = client(aws, "organizations", CONFIG.management_account)
    pages = list(organizations.get_paginator("list_accounts").paginate())
    assert [len(page["Accounts"]) for page in pages] == [20, 20, 10]
    accounts = {each["Id"]: each for page in pages for each in page["Accounts"]}
    assert [number for number, each in accounts.items() if each["Status"] == "SUSPENDED"] == [
        CONFIG.account_id(48),
        CONFIG.account_id(49),
    ]
    listed: list[str] = []
    depth = walk(organizations, organizations.list_roots()["Roots"][0]["Id"], listed)
    assert depth == 4  # root / workloads / production / europe
    assert sorted(listed) == sorted(accounts)
    assert organizations.list_tags_for_resource(ResourceId=FIRST)["Tags"] == [
        {"Key": "stage", "Value": "production"},
        {"Key": "team", "Value": "team-1"},
    ]
    assert refused(client(aws, "organizations", FIRST).list_accounts) == ("AccessDeniedException", 400)
    assert refused(lambda: assume(aws, CONFIG.account_id(49))) == ("AccessDenied", 403)


def walk(organizations: Any, parent: str, listed: list[str]) -> int:
    """How deep the units are; notes the accounts."""
    pages = organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=parent)
    listed += [account["Id"] for page in pages for account in page["Accounts"]]
    units = organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]
    return 1 + max((walk(organizations, unit["Id"], listed) for unit in units), default=0)


# --- Replies ---
@pytest.mark.parametrize(
    ("service", "operation", "path", "size", "count"),
    [
        ("ec2", "describe_volumes", "Volumes", 7, 30),
        ("iam", "get_account_authorization_details", "RoleDetailList", 40, 60),
        ("rds", "describe_db_snapshots", "DBSnapshots", 20, 8),
        ("lambda", "list_functions", "Functions", 3, 10),
        ("s3", "list_buckets", "Buckets", 10, 24),
    ],
)
def test_pages(aws: SimulatedAws, service: str, operation: str, path: str, size: int, count: int) -> None:
    paginator = client(aws, service).get_paginator(operation)
    pages = list(paginator.paginate(PaginationConfig={"PageSize": size}))
    assert len(pages) > 1 or count <= size
    items = [repr(item) for page in pages for item in page[path]]
    assert len(items) == len(set(items)) == count


def test_a_bucket_answers_in_its_region(aws: SimulatedAws) -> None:
    s3 = client(aws, "s3")
    regions = {bucket["Name"]: bucket["BucketRegion"] for bucket in s3.list_buckets()["Buckets"]}
    name = next(name for name, region in regions.items() if region == "eu-west-1")
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    assert client(aws, "s3", region="eu-west-1").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    s3.get_bucket_encryption(Bucket=name)  # boto3 follows the redirect
    assert aws.statistics()["operations"]["s3:GetBucketEncryption"] == {"calls": 3, "throttled": 0, "failed": 1}
    assert refused(lambda: s3.get_bucket_acl(Bucket="nobody-has-it")) == ("NoSuchBucket", 404)


def test_buckets_and_accounts_in_the_host_name(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    async def settings(api: Boundary, account: Account) -> Any:
        bucket = {"Bucket": f"bucket-{FIRST}-3"}
        encryption = await api.call(account, REGION, Operation("s3", "GetBucketEncryption"), bucket)
        points = await api.call(account, REGION, Operation("s3control", "ListAccessPoints"), {"AccountId": FIRST})
        return encryption, points

    monkeypatch.setattr(aws, "url", aws.url.replace("127.0.0.1", "localhost"))
    encryption, points = ask(aws, settings, monkeypatch)
    assert "ServerSideEncryptionConfiguration" in encryption
    assert [point["Bucket"] for point in points["AccessPointList"]] == [f"bucket-{FIRST}-{n}" for n in range(3)]


@pytest.mark.parametrize(
    ("service", "operation", "reply"),
    [
        ("kms", "list_aliases", {"Aliases": [], "Truncated": False}),
        ("elbv2", "describe_target_groups", {"TargetGroups": []}),
        ("elb", "describe_account_limits", {"Limits": []}),
        ("apigatewayv2", "get_vpc_links", {"Items": []}),
        (
            "route53",
            "list_reusable_delegation_sets",
            {"DelegationSets": [], "IsTruncated": True, "MaxItems": "maxitems-0"},
        ),
        ("ec2", "describe_nat_gateways", {"NatGateways": []}),
    ],
)
def test_what_nobody_modelled_is_answered(
    aws: SimulatedAws, service: str, operation: str, reply: dict[str, Any]
) -> None:
    got = getattr(client(aws, service), operation)()
    assert got.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert got == reply
    told = aws.statistics()
    assert sum(told["unmodelled"].values()) == 1
    assert not told["unknown"]


def test_what_nobody_modelled_has_as_many_as_the_sizes_say_and_all_that_their_shapes_have(aws: SimulatedAws) -> None:
    """What is asked for by its name is told under that name, each time the same."""
    kms = client(aws, "kms")
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 20}))
    assert [len(page["Keys"]) for page in pages] == [20, 10]
    key = pages[1]["Keys"][3]["KeyId"]
    told = [kms.describe_key(KeyId=key)["KeyMetadata"] for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["KeyId"] == key
    assert told[0]["AWSAccountId"] == FIRST
    assert told[0]["CreationDate"].tzinfo
    policies = [json.loads(kms.get_key_policy(KeyId=each["KeyId"])["Policy"]) for each in pages[0]["Keys"]]
    assert len({str(each["Statement"][0]["Principal"]) for each in policies}) == 2


def test_what_a_path_names_may_be_called_with_a_hyphen(aws: SimulatedAws) -> None:
    assert client(aws, "mq").describe_broker(BrokerId="b-1")["BrokerId"] == "b-1"
    assert not aws.statistics()["unknown"]


def test_requests_in_one_piece_are_answered_in_order(aws: SimulatedAws) -> None:
    scope = f"AKIA{FIRST}TEST/20260102/us-east-1/ec2/aws4_request"
    wanted = ["DescribeSubnets", "DescribeRouteTables", "DescribeAddresses"]
    bodies = [f"Action={action}&Version=2016-11-15" for action in wanted]
    text = "".join(
        f"POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, Signature=0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
        for body in bodies
    ).encode()
    address = urlsplit(aws.url)
    with closing(socket.create_connection((str(address.hostname), address.port or 0), 5)) as connection:
        connection.sendall(text[:100])
        connection.sendall(text[100:])
        received = b""
        while received.count(b"Response>") < len(wanted):
            received += connection.recv(65536)
    places = [received.index(f"</{action}Response>".encode()) for action in wanted]
    assert places == sorted(places)


def test_a_whole_scan_finds_good_and_bad(aws: SimulatedAws) -> None:
    async def scan() -> set[tuple[str, str]]:
        found = Scan(ScanOptions(credentials=[CredentialSource()], regions=[REGION], api_budget=1.0))
        return {(finding.service, finding.status) async for batch in found.batches() for finding in batch}

    with patch.dict(os.environ, aws.environment):
        found = anyio.run(scan)
    assert {(s, status) for s in ("ec2", "iam", "rds", "s3", "vpc") for status in ("PASS", "FAIL")} <= found
    told = aws.statistics()
    assert not told["unknown"]
    assert not told["refused"]


def findings_of(config: Config) -> tuple[dict[tuple[str, str], str], int]:
    """Statuses by check and uid, and the bytes of all replies."""
    services = ["autoscaling", "cloudtrail", "ec2", "elbv2", "iam", "rds"]
    scan = Scan(
        ScanOptions(
            credentials=[CredentialSource()],
            regions=[REGION],
            services=services,
            quotas={f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in services},
        )
    )

    async def collect() -> dict[tuple[str, str], str]:
        return {(each.check_id, each.uid): each.status async for batch in scan.batches() for each in batch}

    with SimulatedAws(config) as aws, patch.dict(os.environ, aws.environment):
        return anyio.run(collect), aws.statistics()["bytes_sent"]


def test_full_replies_are_longer_and_change_no_verdict() -> None:
    config = Config(preset="realistic", enforce_quotas=False)
    (plain, bytes_of_plain), (full, bytes_of_full) = map(findings_of, (config, replace(config, full=True)))
    assert plain == full
    assert len(plain) > 1000
    assert bytes_of_full > 1.3 * bytes_of_plain


def test_full_replies_have_what_aws_tells_of_an_instance() -> None:
    """About as much XML as AWS sends, with what the model deliberately leaves out still left out."""
    with SimulatedAws(Config(preset="realistic", full=True)) as aws:
        sizes: list[int] = []
        ec2 = client(aws, "ec2", aws.config.management_account)
        ec2.meta.events.register("after-call", lambda http_response, **_: sizes.append(len(http_response.content)))
        instances = [each["Instances"][0] for each in ec2.describe_instances()["Reservations"]]
    assert 6_000 < sizes[0] / len(instances) < 10_000
    assert all({"CpuOptions", "KeyName", "Hypervisor", "MaintenanceOptions"} <= each.keys() for each in instances)
    assert {"IamInstanceProfile" in each for each in instances} == {True, False}
    assert {"PublicIpAddress" in each for each in instances} == {True, False}


# --- Quotas ---
def test_calls_above_the_quota_are_refused_and_counted(aws: SimulatedAws) -> None:
    ec2 = client(aws, "ec2")
    for _ in range(5):
        ec2.describe_vpcs()
    assert refused(ec2.describe_vpcs) == ("RequestLimitExceeded", 503)
    client(aws, "ec2", region="eu-west-1").describe_vpcs()
    client(aws, "ec2", SECOND).describe_vpcs()
    told = aws.statistics()
    assert told["operations"]["ec2:DescribeVpcs"] == {"calls": 8, "throttled": 1, "failed": 0}
    bucket = told["buckets"]["ec2:DescribeVpcs"]
    assert (bucket["account"], bucket["region"], bucket["capacity"], bucket["refused"]) == (FIRST, REGION, 5, 1)
    assert bucket["lowest"] < 0.01
    aws.reset()
    ec2.describe_vpcs()
    assert aws.statistics()["buckets"]["ec2:DescribeVpcs"]["lowest"] == pytest.approx(0.8)


def test_listings_without_pages_have_a_smaller_bucket(aws: SimulatedAws) -> None:
    client(aws, "ec2").describe_instances()
    client(aws, "ec2").describe_instances(MaxResults=100)
    buckets = aws.statistics()["buckets"]
    assert buckets["ec2:DescribeInstances (unpaginated)"]["capacity"] == 50
    assert buckets["ec2:DescribeInstances"]["capacity"] == 100


ERRORS = [
    ("ec2", "describe_subnets", ("RequestLimitExceeded", 503), ("UnauthorizedOperation", 403), ("RequestExpired", 400)),
    ("iam", "list_users", ("Throttling", 400), ("AccessDenied", 403), ("ExpiredToken", 403)),
    ("s3", "list_buckets", ("SlowDown", 503), ("AccessDenied", 403), ("ExpiredToken", 400)),
    ("kms", "list_keys", ("ThrottlingException", 400), ("AccessDeniedException", 400), ("ExpiredTokenException", 400)),
    (
        "lambda",
        "list_functions",
        ("TooManyRequestsException", 429),
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
    ),
]


@pytest.mark.parametrize(("service", "operation", "throttled", "denied", "expired"), ERRORS)
def test_errors_are_in_the_words_of_the_service(
    aws: SimulatedAws, service: str, operation: str, throttled: object, denied: object, expired: object
) -> None:
    call = getattr(client(aws, service), operation)
    for kind, error in (("throttle", throttled), ("denied", denied), ("expired", expired)):
        aws.break_with([Rule(kind=kind, service=service)])  # type: ignore[arg-type]
        assert refused(call) == error
    aws.break_with([])
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_regions_that_are_not_enabled_know_nobody(aws: SimulatedAws) -> None:
    assert refused(client(aws, "ec2", region="me-south-1").describe_subnets) == ("AuthFailure", 401)
    assert refused(client(aws, "kms", region="me-south-1").list_keys) == ("UnrecognizedClientException", 400)
    assert client(aws, "ec2", region="eu-north-1").describe_volumes()["Volumes"] == []


# --- Faults, as the gateway sees them ---
Asked = Callable[[Boundary, Account], Awaitable[Any]]


def ask(aws: SimulatedAws, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the question gives in the first account, entered with a role that is assumed as often as needed."""
    monkeypatch.setattr(gateway, "BACKOFF", 0.001)
    monkeypatch.setattr(clients, "READ_TIMEOUT", 0.3)
    account = Account(id=FIRST)

    async def fetch() -> Keys:
        issued = await anyio.to_thread.run_sync(assume, aws, FIRST)
        return Keys(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"], issued["Expiration"])

    async def run() -> Any:
        async with Gateway(table=OPEN) as opened:
            opened.register(FIRST, Renewing(fetch))
            return await asked(Boundary(opened, deadline=None), account)

    with patch.dict(os.environ, aws.environment):
        return anyio.run(run)


async def subnets(aws: Boundary, account: Account) -> Any:
    return await aws.call(account, REGION, Operation("ec2", "DescribeSubnets"), {"MaxResults": 1000})


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Rule(kind="error", status=500), "broken"),
        (Rule(kind="error", status=503), "broken"),
        (Rule(kind="error", status=502), "broken"),
        (Rule(kind="throttle"), "throttled"),
        (Rule(kind="denied"), "denied"),
        (Rule(kind="scp"), "denied"),
        (Rule(kind="expired", service="ec2"), "unauthenticated"),
        (Rule(kind="region_disabled"), "unauthenticated"),
        (Rule(kind="reset"), "unreachable"),
        (Rule(kind="half"), "unreachable"),
        (Rule(kind="black_hole"), "timed_out"),
        (Rule(kind="slow", seconds=0.8), "timed_out"),
        (Rule(kind="malformed"), "broken"),
        (Rule(kind="error", status=503, code="Odd"), "broken"),
    ],
    ids=lambda value: value.kind if isinstance(value, Rule) else "",
)
def test_faults(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch, fault: Rule, kind: str) -> None:
    rule = Rule(**{**{name: getattr(fault, name) for name in fault.__struct_fields__}, "operation": "DescribeSubnets"})
    aws.break_with([rule])
    failure = ask(aws, subnets, monkeypatch)
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert bool(failure.policy) == (fault.kind == "scp")
    assert not fault.code or failure.code == fault.code
    told = aws.statistics()
    assert told["faults"][fault.kind] == told["operations"]["ec2:DescribeSubnets"]["calls"]
    aws.break_with([])
    assert len(ask(aws, subnets, monkeypatch)["Subnets"]) == 9


@pytest.mark.parametrize(
    "rule",
    [
        Rule(kind="denied", account=SECOND),
        Rule(kind="denied", region="eu-*"),
        Rule(kind="denied", service="ec2", operation="Describe*s", nth=2),
        Rule(kind="denied", probability=0.0),
        Rule(kind="denied", service="ec2", after_pages=1),
        Rule(kind="error", service="ec2", times=1),
    ],
    ids=["account", "region", "nth", "probability", "page", "times"],
)
def test_rules_hit_what_they_match_only(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    aws.break_with([rule])
    assert len(ask(aws, subnets, monkeypatch)["Subnets"]) == 9


def test_a_role_that_may_not_be_assumed(aws: SimulatedAws) -> None:
    aws.break_with([Rule(kind="denied", operation="AssumeRole", account=SECOND)])
    assert refused(lambda: assume(aws, SECOND)) == ("AccessDenied", 403)
    assert assume(aws, FIRST)


def test_credentials_that_expire_within_a_listing(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    async def volumes(api: Boundary, account: Account) -> list[str]:
        operation = Operation("ec2", "DescribeVolumes")
        pages = [page async for page in api.pages(account, REGION, operation, {}, page_size=7)]
        return [volume["VolumeId"] for page in pages for volume in page["Volumes"]]  # type: ignore[index]

    aws.break_with([Rule(kind="expired", operation="DescribeVolumes", after_pages=2, times=1)])
    found = ask(aws, volumes, monkeypatch)
    assert len(found) == len(set(found)) == 30
    told = aws.statistics()
    assert told["operations"]["sts:AssumeRole"]["calls"] == 2
    assert told["operations"]["ec2:DescribeVolumes"] == {"calls": 6, "throttled": 0, "failed": 1}


def test_faults_that_are_none_are_refused(aws: SimulatedAws) -> None:
    with pytest.raises(HTTPError, match="400") as caught:
        aws.break_with([{"kind": "earthquake"}])  # type: ignore[list-item]
    caught.value.close()


# --- Time ---
def test_sessions_end_replies_take_their_time_and_tls_is_spoken() -> None:
    config = Config(accounts=3, session_seconds=4.0, latency={"ec2": Latency(median=0.2)}, tls=True)
    with SimulatedAws(config) as aws:
        issued = assume(aws, FIRST, DurationSeconds=900)
        left = issued["Expiration"] - datetime.datetime.now(datetime.UTC)
        assert left == pytest.approx(datetime.timedelta(seconds=900), abs=datetime.timedelta(seconds=5))
        ec2 = client(aws, "ec2", keys=issued)
        begun = time.monotonic()
        ec2.describe_vpcs()
        assert time.monotonic() - begun >= 0.2
        time.sleep(1.1)  # a quarter of an hour is over
        assert refused(ec2.describe_vpcs) == ("RequestExpired", 400)
        assert client(aws, "ec2", keys=assume(aws, FIRST)).describe_vpcs()["Vpcs"]
        assert refused(lambda: assume(aws, FIRST, DurationSeconds=43201)) == ("ValidationError", 400)
