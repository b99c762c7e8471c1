"""Nobody who answers with another address is followed there, by any client that talks to AWS."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError

from aioprowler import Finding, ScanOptions
from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import keys_of
from aioprowler.aws.clients import session_in
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import classify
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.http import Http
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.redirects import led_to, origin
from aioprowler.aws.requests import Request
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.scanning import Scan
from tests.accounts.sts import UNLIMITED
from tests.aws.examples import parameters
from tests.aws.server import Handler, Received, Reply, StubAws, s3_error
from tests.aws.test_http import certificate
from tests.aws.test_lean_requests import DECLARED
from tests.operations import model

REGION = "us-east-1"
ACCOUNT = Account(id="123456789012", default_region=REGION)
TOKEN = "FwoGZXIvYXdzEBYaDEXAMPLETOKEN"
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", TOKEN)
STATUSES = (301, 302, 303, 307, 308)
OPEN = QuotaTable({f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in {each.service for each in DECLARED}})
POLICY = Operation("s3", "GetBucketPolicy")
VERSIONING = Operation("s3", "GetBucketVersioning")
ENABLED = Reply("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")


def plainly(status: int, there: str) -> Reply:
    return Reply("<html>moved</html>", status, {"location": f"{there}/there"})


def in_s3s_words(status: int, there: str) -> Reply:
    more = f"<Bucket>reports</Bucket><Endpoint>{there.removeprefix('http://')}</Endpoint>"
    return Reply(s3_error("PermanentRedirect", "", status, more).body, status, {"location": f"{there}/there"})


def with_a_region(status: int, there: str) -> Reply:
    headers = {"location": f"{there}/there", "x-amz-bucket-region": "eu-west-1"}
    return Reply(s3_error("PermanentRedirect").body, status, headers)


def with_a_host_as_region(status: int, there: str) -> Reply:
    host = there.removeprefix("http://")
    return Reply("", status, {"location": f"{there}/there", "x-amz-bucket-region": f"{host}/"})


Redirect = Callable[[int, str], Reply]
REDIRECTS: tuple[Redirect, ...] = (plainly, in_s3s_words, with_a_region, with_a_host_as_region)


@asynccontextmanager
async def asking(answer: Handler, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[StubAws, Gateway]]:
    async def fetch() -> Keys:
        return KEYS

    async with StubAws(answer) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        async with Gateway(1.0, OPEN, operations=DECLARED) as gateway:
            gateway.register(ACCOUNT.id, Renewing(fetch))
            yield aws, gateway


async def outcome(gateway: Gateway, operation: Operation, params: Mapping[str, Any]) -> dict[str, Any] | Failure:
    try:
        return await gateway.call(ACCOUNT, REGION, operation.service, operation.name, dict(params))
    except (ClientError, BotoCoreError) as error:
        return classify(error, operation)


def calls() -> list[tuple[Operation, dict[str, Any]]]:
    """Of each operation of the plan, on the lean path where it has one; those of buckets on the plain path as well."""
    made = [(each, parameters(model(each), "plain", optional=False)) for each in DECLARED]
    dotted = [(each, params | {"Bucket": "with.dots"}) for each, params in made if "Bucket" in params]
    return [*made, *dotted]


def test_no_operation_of_the_plan_is_sent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = calls()
    assert len(asked) > 90

    async def run() -> None:
        redirect, status = REDIRECTS[0], 0
        async with (
            StubAws(lambda _: Reply()) as elsewhere,
            asking(lambda _: redirect(status, elsewhere.url), monkeypatch) as (aws, gateway),
        ):
            for redirect in REDIRECTS:
                for status in STATUSES:
                    outcomes = await asyncio.gather(*(outcome(gateway, *each) for each in asked))
                    said = f"the answer was a redirect to {elsewhere.url}, which is not followed"
                    wrong = [
                        (str(operation), params, told)
                        for (operation, params), told in zip(asked, outcomes, strict=True)
                        if told != Failure("broken", operation.action, "RedirectedError", said)
                    ]
                    assert not wrong, (redirect, status)
            assert gateway.retried == 0
            assert len(aws.received) >= len(asked) * len(REDIRECTS) * len(STATUSES)
            assert elsewhere.received == []

    anyio.run(run)


def test_what_a_scan_is_redirected_for_is_manual_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> tuple[list[Finding], Scan]:
        async with (
            StubAws(lambda _: Reply()) as elsewhere,
            asking(lambda _: plainly(307, elsewhere.url), monkeypatch) as (_, gateway),
        ):
            scan = Scan(ScanOptions(checks=["s3_bucket_object_versioning"], accounts=(ACCOUNT,)), aws=gateway)
            found = [finding async for batch in scan.batches() for finding in batch]
            assert elsewhere.received == []
            return found, scan

    found, scan = anyio.run(run)
    assert [finding.status for finding in found] == ["MANUAL"]
    told = r"s3:ListAllMyBuckets gave an answer .*: RedirectedError \(the answer was a redirect to http://127\.0\.0\.1:\d+,"
    assert re.search(told, found[0].status_detail)
    assert [(gap.actions, gap.codes) for gap in scan.coverage().gaps] == [
        (("s3:ListAllMyBuckets",), ("RedirectedError",))
    ]


@pytest.mark.parametrize("bucket", ["reports", "with.dots"])
def test_none_leads_out_of_https(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, bundle = certificate(tmp_path)
    monkeypatch.setenv("AWS_CA_BUNDLE", os.fspath(bundle))

    async def run() -> None:
        async with (
            StubAws(lambda _: Reply()) as elsewhere,
            StubAws(lambda _: plainly(301, elsewhere.url), tls=tls) as aws,
            asking(lambda _: Reply(), monkeypatch) as (_, gateway),
        ):
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            told = await outcome(gateway, POLICY, {"Bucket": bucket})
            assert isinstance(told, Failure)
            assert f"a redirect to {elsewhere.url}" in told.explain()
            assert len(aws.received) == 1
            assert elsewhere.received == []

    anyio.run(run)


@pytest.mark.parametrize(
    "moved",
    [
        Reply("", 301, {"x-amz-bucket-region": "eu-west-1", "location": "http://elsewhere.invalid/"}),
        Reply("", 307, {"x-amz-bucket-region": "eu-west-1", "location": "http://elsewhere.invalid/"}),
        Reply(s3_error("AuthorizationHeaderMalformed", "", 400, "<Region>eu-west-1</Region>").body, 400),
        s3_error("PermanentRedirect", "", 301, "<Bucket>reports</Bucket><Endpoint>elsewhere.invalid</Endpoint>"),
    ],
    ids=["301 and the region", "307 and the region", "a malformed scope", "the bucket is asked for its region"],
)
@pytest.mark.parametrize("bucket", ["reports", "with.dots"])
def test_s3s_own_redirect_is_signed_anew_for_the_region(
    moved: Reply, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: Received) -> Reply:
        if request.method == "HEAD":
            return Reply("", 403, {"x-amz-bucket-region": "eu-west-1"})
        return ENABLED if "/eu-west-1/" in request.headers["authorization"] else moved

    async def run() -> None:
        async with asking(answer, monkeypatch) as (aws, gateway):
            told = await outcome(gateway, VERSIONING, {"Bucket": bucket})
            assert isinstance(told, dict), told
            assert told["Status"] == "Enabled"
            assert all(request.headers["host"] in aws.url for request in aws.received)

    anyio.run(run)


@pytest.mark.parametrize(
    "region", ["elsewhere.invalid", "elsewhere.invalid/", "elsewhere.invalid#", "@elsewhere.invalid/"]
)
@pytest.mark.parametrize("in_header", [True, False])
@pytest.mark.parametrize("bucket", ["reports", "with.dots", "arn:aws:s3:us-east-1:123456789012:accesspoint/point"])
def test_a_host_that_is_told_for_a_region_is_not_asked(region: str, in_header: bool, bucket: str) -> None:
    """Where no endpoint is configured: the region becomes a part of the host that is asked."""
    asked: list[str] = []
    headers = {"x-amz-bucket-region": region} if in_header else {}
    refusal = s3_error("AuthorizationHeaderMalformed", "", 400, f"<Region>{region}</Region>").body.encode()

    class Body:
        async def read(self) -> bytes:
            return refusal

    def answer(request: Any, **_: Any) -> AioAWSResponse:
        asked.append(urlsplit(request.url).hostname or "")
        return AioAWSResponse(request.url, 400, headers, Body())

    async def run() -> None:
        session = session_in(REGION, aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key)
        async with session.client("s3") as client:
            client.meta.events.register("before-send", answer)
            with pytest.raises((BotoCoreError, ClientError)):
                await client.get_bucket_versioning(Bucket=bucket)

    anyio.run(run)
    assert asked
    assert all(host.endswith(".amazonaws.com") for host in asked), asked


@pytest.mark.parametrize("region", ["elsewhere.invalid/", "elsewhere.invalid#", "a@elsewhere.invalid?", "x.y"])
def test_a_host_that_is_listed_as_a_region_is_not_asked(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As DescribeRegions or ListBuckets may tell it."""
    asked: list[str] = []

    async def exchange(_: Http, request: Request, __: str | None) -> tuple[int, Mapping[str, str], bytes]:
        asked.append(request.url)
        return 200, {}, b"<a><GetCallerIdentityResult/></a>"

    monkeypatch.setattr(Http, "exchange", exchange)

    async def run() -> None:
        async with asking(lambda _: Reply(), monkeypatch) as (_, gateway):
            monkeypatch.delenv("AWS_ENDPOINT_URL")
            for place in (REGION, region):
                for service, operation, params in (
                    ("ec2", "DescribeVpcs", {}), ("s3", "GetBucketVersioning", {"Bucket": "reports"}),
                    ("sts", "GetCallerIdentity", {}), ("s3control", "GetPublicAccessBlock", {"AccountId": ACCOUNT.id}),
                ):  # fmt: skip
                    if place == REGION:
                        await gateway.call(ACCOUNT, place, service, operation, params)
                    else:
                        with pytest.raises(BotoCoreError):
                            await gateway.call(ACCOUNT, place, service, operation, params)

    anyio.run(run)
    assert len(asked) == 4
    assert all((urlsplit(url).hostname or "").endswith(".amazonaws.com") for url in asked)


def test_no_host_is_asked_that_describe_endpoints_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENABLE_ENDPOINT_DISCOVERY", "true")
    sent: list[str] = []

    def take(request: Any, **_: Any) -> None:
        sent.append(_text(request.headers["X-Amz-Target"]))
        raise InterruptedError

    async def run() -> None:
        session = session_in(REGION, aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key)
        async with session.client("dynamodb") as client:
            client.meta.events.register("before-send", take)
            with pytest.raises(InterruptedError):
                await client.scan(TableName="mutelist")

    anyio.run(run)
    assert sent == ["DynamoDB_20120810.Scan"]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("status", STATUSES)
def test_who_gives_credentials_is_not_followed_either(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's endpoint, which is sent a token."""

    async def run() -> None:
        async with StubAws(lambda _: Reply()) as elsewhere, StubAws(lambda _: plainly(status, elsewhere.url)) as aws:
            monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{aws.url}/credentials")
            monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN)
            with pytest.raises(EntryError, match=f"a redirect to {elsewhere.url}"):
                await keys_of(CredentialSource(), UNLIMITED)
            assert [request.headers["authorization"] for request in aws.received] == [TOKEN]
            assert elsewhere.received == []

    anyio.run(run)


def test_an_instances_metadata_is_not_followed_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")

    async def run() -> None:
        async with StubAws(lambda _: Reply()) as elsewhere, StubAws(lambda _: plainly(307, elsewhere.url)) as aws:
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.url)
            with pytest.raises(EntryError, match=f"a redirect to {elsewhere.url}"):
                await keys_of(CredentialSource(), UNLIMITED)
            assert aws.received
            assert elsewhere.received == []

    anyio.run(run)


def test_a_client_with_settings_of_its_own_follows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As those that botocore makes for SSO and web identities: what sends is not among what their settings override."""

    async def run() -> None:
        async with StubAws(lambda _: Reply()) as elsewhere, StubAws(lambda _: plainly(302, elsewhere.url)) as aws:
            session = session_in(REGION, aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key)
            made = session.client("sts", endpoint_url=aws.url, config=AioConfig(read_timeout=7))
            async with made as client:
                assert client.meta.config.read_timeout == 7
                with pytest.raises(BotoCoreError, match=f"a redirect to {elsewhere.url}"):
                    await client.get_caller_identity()
            assert elsewhere.received == []

    anyio.run(run)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("/there", "https://asked.example"),
        ("http://asked.example/there?x=1", "http://asked.example"),
        ("//other.example:8443/there", "https://other.example:8443"),
        ("https://me:pa55@other.example/", "https://other.example"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("https://\x1bother\u202e.example/", r"https://\x1bother\u202e.example"),
        ("https://[/", "an address that is none"),
        ("https://other.example:99999/", "an address that is none"),
        ("", "an address that it does not tell"),
    ],
)
def test_where_it_leads_is_told_so_that_it_can_be_printed(location: str, told: str) -> None:
    assert led_to("https://asked.example/path?token", location) == told


def test_of_a_url_no_more_is_told_than_its_origin() -> None:
    assert origin("https://hooks.example/services/s3cret?key=1") == "https://hooks.example"
