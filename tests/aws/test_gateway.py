"""The gateway against an AWS that refuses, breaks off, falls silent and forgets who we are."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from aioprowler.aws import clients, gateway, lean, web
from aioprowler.aws.clients import USER_AGENT
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import NotInRegionError, UnreadableReplyError, classify
from aioprowler.aws.gateway import ATTEMPTS, BACKOFF, TO_ENTER, Gateway
from aioprowler.aws.line import UNREACHABLE_FOR, UNREACHABLE_LIMIT, Line
from aioprowler.aws.patience import USUAL, Patience
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.throttle import Throttle
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import Operation
from tests.aws.server import Handler, Mishap, Received, Reply, StubAws, ec2_error, query_error, s3_error

REGION = "us-east-1"
FIRST = Account(id="111111111111")
SECOND = Account(id="222222222222")
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDEXAMPLETOKEN"
VPCS = Reply("<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>")
OPEN = QuotaTable({f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in ("ec2", "iam", "s3", "sts")})
THROTTLED = ec2_error("RequestLimitExceeded", "Request limit exceeded.", 503)
SLOW = QuotaTable({"ec2:*": {"rate": 10, "capacity": 100}})


def keys_of(account: Account) -> Keys:
    return Keys(f"AKIA{account.id}", f"{SECRET}{account.id}", f"{TOKEN}{account.id}")


def provider(*each: Keys) -> tuple[Renewing, list[Keys]]:
    """Hands out the keys in turn, the last one for ever; and which were handed out."""
    fetched: list[Keys] = []

    async def fetch() -> Keys:
        await anyio.sleep(0.01)
        fetched.append(each[min(len(fetched), len(each) - 1)])
        return fetched[-1]

    return Renewing(fetch), fetched


class Sleeps(list[float]):
    """Sleeps that take no time."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await anyio.lowlevel.checkpoint()


class Play:
    """A gateway in front of a stub."""

    def __init__(self, aws: StubAws, table: QuotaTable, patience: Patience) -> None:
        self.aws = aws
        self.time = 0.0
        self.sleeps = Sleeps()
        self.gateway = Gateway(1.0, table, self.sleeps, lambda: self.time, patience=patience)
        for account in (FIRST, SECOND):
            self.gateway.register(account.id, provider(keys_of(account))[0])

    async def vpcs(self, account: Account = FIRST, region: str = REGION) -> dict[str, Any]:
        return await self.gateway.call(account, region, "ec2", "DescribeVpcs", {"MaxResults": 1000})


Stage = Callable[..., Any]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    @asynccontextmanager
    async def play(handler: Handler, table: QuotaTable = OPEN, patience: Patience = USUAL) -> AsyncIterator[Play]:
        async with StubAws(handler) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            made = Play(aws, table, patience)
            async with made.gateway:
                yield made

    return play


def in_turn(*replies: Reply | Mishap) -> Handler:
    """One reply after the other, the last one for ever."""
    rest = iter(replies)
    return lambda _: next(rest, replies[-1])


def test_a_throttled_call_is_tried_again_counted_and_slows_its_bucket(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(VPCS, THROTTLED, THROTTLED, VPCS), SLOW) as play:
            await play.vpcs()
            assert play.sleeps == []
            assert (await play.vpcs())["Vpcs"][0]["VpcId"] == "vpc-1"
            assert (play.gateway.throttled, play.gateway.retried) == (2, 2)
            assert play.gateway.throttles == play.gateway.retries == {"ec2:DescribeVpcs": 2}
            assert len(play.aws.received) == 4
            play.sleeps.clear()
            await play.vpcs()
            assert len(play.sleeps) == 1, "the bucket starts again from empty"
            assert play.sleeps[0] > 0.1

    anyio.run(run)


@pytest.mark.parametrize(
    "reply",
    [
        ec2_error("InternalError", "", 500),
        ec2_error("Unavailable", "", 503),
        Reply("<html>Bad gateway</html>", 502),
        Reply("", 504),
        ec2_error("RequestTimeout", "", 400),
    ],
    ids=lambda reply: f"{reply.status}",
)
def test_a_fault_on_awss_side_is_tried_again_a_bounded_number_of_times(stage: Stage, reply: Reply) -> None:
    async def run() -> None:
        async with stage(in_turn(reply, reply, VPCS)) as play:
            assert (await play.vpcs())["Vpcs"]
            assert (play.gateway.retried, play.gateway.throttled) == (2, 0)
        async with stage(in_turn(reply)) as play:
            with pytest.raises(ClientError):
                await play.vpcs()
            assert len(play.aws.received) == ATTEMPTS
            assert all(0 <= waited <= BACKOFF * 2 ** (n + 1) for n, waited in enumerate(play.sleeps))
            assert len(set(play.sleeps)) == ATTEMPTS - 1, "with jitter"

    anyio.run(run)


def test_a_service_that_fails_is_not_asked_again_and_again_until_it_answers(stage: Stage) -> None:
    fault = ec2_error("InternalError", "", 500)

    async def run() -> None:
        async with stage(in_turn(*[fault] * (ATTEMPTS + 1), VPCS, fault, VPCS)) as play:
            for tried in (ATTEMPTS, ATTEMPTS + 1):
                with pytest.raises(ClientError, match="InternalError"):
                    await play.vpcs()
                assert len(play.aws.received) == tried
            for tried in (ATTEMPTS + 2, ATTEMPTS + 4):
                assert (await play.vpcs())["Vpcs"]
                assert len(play.aws.received) == tried, "once it has answered a fault is a blip again"

    anyio.run(run)


FAULTS = [("organizations", "ListRoots"), ("ssm", "ListDocuments"), ("kms", "ListKeys"), ("glue", "GetJobs")]


@pytest.mark.parametrize("has_helped", [False, True])
def test_once_several_services_have_failed_for_good_only_what_has_helped_is_done_again(
    stage: Stage, has_helped: bool
) -> None:
    """An emulator fails at each of the services that it lacks: one after the other they would hold up the scan."""
    replies = [ec2_error("InternalError", "", 500), VPCS] if has_helped else [VPCS]
    tried = [ATTEMPTS] * 3 + [ATTEMPTS if has_helped else 1]

    async def run() -> None:
        async with stage(in_turn(*replies, Reply("{}", 500))) as play:
            assert (await play.vpcs())["Vpcs"]
            for (service, operation), times in zip(FAULTS, tried, strict=True):
                before = len(play.aws.received)
                with pytest.raises(ClientError):
                    await play.gateway.call(FIRST, REGION, service, operation, {})
                assert len(play.aws.received) - before == times

    anyio.run(run)


def test_what_was_given_up_and_answers_later_was_down_and_is_up_again(stage: Stage) -> None:
    fault = Reply("{}", 500)
    down = [fault] * (3 * ATTEMPTS)

    async def run() -> None:
        async with stage(in_turn(*down, Reply("{}"), fault)) as play:
            for service, operation in FAULTS[:3]:
                with pytest.raises(ClientError):
                    await play.gateway.call(FIRST, REGION, service, operation, {})
            await play.gateway.call(FIRST, REGION, *FAULTS[0], {})
            before = len(play.aws.received)
            with pytest.raises(ClientError):
                await play.gateway.call(FIRST, REGION, *FAULTS[3], {})
            assert len(play.aws.received) - before == ATTEMPTS

    anyio.run(run)


def test_what_is_not_implemented_is_not_asked_again(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(ec2_error("InternalFailure", "", 501))) as play:
            with pytest.raises(ClientError, match="InternalFailure"):
                await play.vpcs()
            assert len(play.aws.received) == 1

    anyio.run(run)


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "InvalidAction", "InvalidParameterValue"])
def test_a_refusal_is_not_tried_again(stage: Stage, code: str) -> None:
    async def run() -> None:
        async with stage(in_turn(ec2_error(code))) as play:
            with pytest.raises(ClientError, match=code):
                await play.vpcs()
            assert len(play.aws.received) == 1

    anyio.run(run)


CREDENTIALS = f"<AssumeRoleResponse><AssumeRoleResult><SecretAccessKey>{SECRET}</SecretAccessKey><Sess"


@pytest.mark.parametrize("body", [CREDENTIALS, "", f"<html>{SECRET}</html>"], ids=["cut off", "empty", "other"])
def test_a_reply_that_cannot_be_read_is_asked_for_again_and_never_told(stage: Stage, body: str) -> None:
    role = {"RoleArn": "arn:aws:iam::111111111111:role/audit", "RoleSessionName": "aioprowler"}

    async def run() -> None:
        async with stage(in_turn(Reply(body))) as play:
            with pytest.raises(UnreadableReplyError, match="sts in us-east-1") as caught:
                await play.gateway.call(FIRST, REGION, "sts", "AssumeRole", role)
            assert len(play.aws.received) == TO_ENTER
            assert SECRET not in "".join(traceback.format_exception(caught.value))

    anyio.run(run)


@pytest.mark.parametrize("body", ["", '{"Roots": "x"}', '{"Roots": {"a": 1}}', "[1]", '{"Roots": ["x"]}'])
def test_a_reply_of_another_shape_cannot_be_read_either(stage: Stage, body: str) -> None:
    async def run() -> None:
        async with stage(in_turn(Reply(body))) as play:
            with pytest.raises(UnreadableReplyError, match="organizations in us-east-1"):
                await play.gateway.call(FIRST, REGION, "organizations", "ListRoots", {})

    anyio.run(run)


BUCKET = {"Bucket": "reports"}
POLICY = Reply('{"Version": "2012-10-17", "Statement": []}')


def test_a_policy_that_breaks_off_is_asked_for_again(stage: Stage) -> None:
    """S3 answers with the bare policy, of which botocore's parser takes anything."""

    async def run() -> None:
        async with stage(in_turn(Reply('{"Version": "2012-10-\x00<&!!!'), POLICY)) as play:
            reply = await play.gateway.call(FIRST, REGION, "s3", "GetBucketPolicy", BUCKET)
            assert reply["Policy"] == POLICY.body
            assert len(play.aws.received) == 2

    anyio.run(run)


REFUSALS = {
    "cut off": ("s3", "GetBucketPolicy", BUCKET, "<Error><Code>NoSuchBuck\x00<&!!!", 404),
    "a page": ("s3", "GetBucketPolicy", BUCKET, "<html>Not found</html>", 404),
    "text": ("ec2", "DescribeVpcs", {}, "Bad request", 400),
    "no JSON": ("organizations", "DescribeOrganization", {}, "<html>Blocked</html>", 418),
    "a page of a proxy": ("s3", "GetBucketPolicy", BUCKET, "<html><body>By the<br>proxy", 403),
    "a page that is XML": ("ec2", "DescribeVpcs", {}, "<!DOCTYPE html><html><body>By the proxy</body></html>", 403),
    "JSON of a proxy": ("organizations", "DescribeOrganization", {}, '{"blocked": "by the proxy"}', 403),
}


@pytest.mark.parametrize("example", REFUSALS)
def test_a_refusal_that_cannot_be_read_is_one_failure_and_nobody_takes_it_for_an_answer(
    stage: Stage, example: str
) -> None:
    """Which one it was decides whether there is no policy, or whether nobody can tell."""
    service, operation, params, body, status = REFUSALS[example]

    async def run() -> None:
        async with stage(in_turn(Reply(body, status))) as play:
            with pytest.raises(ClientError, match="UnreadableReplyError") as caught:
                await play.gateway.call(FIRST, REGION, service, operation, params)
            failure = classify(caught.value, Operation(service, operation))
            assert (failure.kind, failure.code) == ("broken", "UnreadableReplyError")
            assert failure.message == f"HTTP status {status}, without an error of AWS's"
            assert len(play.aws.received) == 1

    anyio.run(run)


@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_of_the_server_that_cannot_be_read_is_asked_for_again(stage: Stage, status: int) -> None:
    async def run() -> None:
        async with stage(in_turn(Reply("<html>Oops", status), VPCS)) as play:
            assert (await play.vpcs())["Vpcs"]
            assert len(play.aws.received) == 2

    anyio.run(run)


@pytest.mark.parametrize(
    ("service", "operation"), [("organizations", "DescribeOrganization"), ("ssm", "ListDocuments")]
)
def test_the_page_of_a_server_that_fails_is_not_told(stage: Stage, service: str, operation: str) -> None:
    """botocore takes a whole page for the message of the error, where the service speaks JSON."""

    async def run() -> None:
        async with stage(lambda *_: Reply("<!doctype html>\n<html><p>The server\nencountered</p></html>", 500)) as play:
            with pytest.raises(ClientError) as caught:
                await play.gateway.call(FIRST, REGION, service, operation, {})
            failure = classify(caught.value, Operation(service, operation))
            assert (failure.code, failure.message) == ("500", "HTTP status 500, without an error of AWS's")

    anyio.run(run)


@pytest.mark.parametrize("page", ["<html><body>Log in first</body></html>", "\n<!doctype HTML>\n<html><br></html>"])
@pytest.mark.parametrize(
    ("service", "operation"), [("s3", "ListBuckets"), ("ec2", "DescribeVpcs"), ("iam", "ListUsers")]
)
def test_a_page_in_the_place_of_an_answer_is_none(stage: Stage, service: str, operation: str, page: str) -> None:
    """A portal's, say, which botocore reads as a list of nothing."""

    async def run() -> None:
        async with stage(lambda *_: Reply(page)) as play:
            with pytest.raises(UnreadableReplyError):
                await play.gateway.call(FIRST, REGION, service, operation, {})

    anyio.run(run)


def test_a_refusal_without_a_code_is_one_all_the_same(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(Reply("", 403))) as play:
            with pytest.raises(ClientError, match="403"):
                await play.gateway.call(FIRST, REGION, "s3", "GetBucketPolicy", BUCKET)
            assert len(play.aws.received) == 1

    anyio.run(run)


@pytest.mark.parametrize(
    ("mishap", "expected", "tries"),
    [
        ("reset", HTTPClientError, ATTEMPTS),
        ("half", ConnectionClosedError, ATTEMPTS),
        ("silence", ReadTimeoutError, ATTEMPTS // 3),
    ],
)
def test_a_broken_connection_is_tried_again_and_ends(
    stage: Stage, mishap: Mishap, expected: type[Exception], tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "READ_TIMEOUT", 0.3)

    async def run() -> None:
        async with stage(in_turn(mishap, VPCS)) as play:
            assert (await play.vpcs())["Vpcs"]
        async with stage(in_turn(mishap)) as play:
            with pytest.raises(expected), anyio.fail_after(30):
                await play.vpcs()
            assert len(play.aws.received) == tries
            play.aws.handler = in_turn(VPCS)
            assert (await play.vpcs())["Vpcs"], "such an endpoint is not given up"

    anyio.run(run)


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("mishap", ["reset", "silence", Reply("", status=503), THROTTLED], ids=str)
def test_a_call_is_tried_again_as_often_as_is_wanted(stage: Stage, retries: int, mishap: Reply | Mishap) -> None:
    async def run() -> None:
        async with stage(in_turn(mishap), patience=Patience(retries=retries, read_timeout=0.2)) as play:
            with pytest.raises((HTTPClientError, ClientError)), anyio.fail_after(30):
                await play.vpcs()
            assert len(play.aws.received) == retries + 1

    anyio.run(run)


@pytest.mark.parametrize("bucket", ["reports", "with.dots"])
def test_a_slow_trickle_ends_by_the_deadline_of_the_whole_call(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bucket: str
) -> None:
    """On both paths."""
    monkeypatch.setattr(clients, "READ_TIMEOUT", 0.2)

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        try:
            for _n in range(1000):
                writer.write(b"<")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(trickle, "127.0.0.1", 0)
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            with pytest.raises(ReadTimeoutError), anyio.fail_after(30):
                await play.gateway.call(FIRST, REGION, "s3", "GetBucketPolicy", {"Bucket": bucket})
        server.close()
        await server.wait_closed()

    anyio.run(run)


OLD, NEW = (Keys(name, SECRET, TOKEN) for name in ("AKIAOLD", "AKIANEW"))


def expiring(*good: str) -> Handler:
    expired = ec2_error("ExpiredToken", "The security token included in the request is expired")
    return lambda request: VPCS if request.access_key in good else expired


def test_expired_credentials_are_fetched_once_for_all_calls_in_flight(stage: Stage) -> None:
    async def run() -> None:
        async with stage(expiring("AKIANEW")) as play:
            renewing, fetched = provider(OLD, NEW)
            play.gateway.register(FIRST.id, renewing)
            replies = await asyncio.gather(*(play.vpcs() for _ in range(20)))
            assert all(reply["Vpcs"] for reply in replies)
            assert [keys.access_key for keys in fetched] == ["AKIAOLD", "AKIANEW"]
            assert play.sleeps == []

    anyio.run(run)


def test_credentials_that_stay_expired_end_the_call(stage: Stage) -> None:
    async def run() -> None:
        async with stage(expiring()) as play:
            with pytest.raises(ClientError, match="ExpiredToken"):
                await play.vpcs()
            assert len(play.aws.received) == 1

    anyio.run(run)


def wordless(*good: str, sts: Reply | None = None) -> Handler:
    """S3 says to a HEAD that it is no good request, whatever is wrong with the session; STS says what is."""
    expired = query_error("ExpiredToken", "The security token included in the request is expired", 403)
    me = Reply("<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>")

    def handle(request: Received) -> Reply:
        is_good = request.access_key in good
        if request.method == "HEAD":
            return Reply(status=200 if is_good else 400)
        return sts or (me if is_good else expired)

    return handle


async def head(play: Play) -> dict[str, Any]:
    return await play.gateway.call(FIRST, REGION, "s3", "HeadBucket", {"Bucket": "reports"})


def test_a_head_whose_session_has_expired_is_made_anew_though_s3_does_not_say_why_it_refused(stage: Stage) -> None:
    async def run() -> None:
        async with stage(wordless("AKIANEW")) as play:
            renewing, fetched = provider(OLD, NEW)
            play.gateway.register(FIRST.id, renewing)
            await asyncio.gather(*(head(play) for _ in range(20)))
            assert fetched == [OLD, NEW]
            assert play.sleeps == []

    anyio.run(run)


def test_a_head_that_is_no_good_request_costs_no_credentials(stage: Stage) -> None:
    """However often: STS knows the session, or says nothing of it."""

    async def run(sts: Reply | None) -> None:
        knowing = wordless("AKIAOLD", sts=sts)
        async with stage(lambda each: Reply(status=400) if each.method == "HEAD" else knowing(each)) as play:
            renewing, fetched = provider(OLD, NEW)
            play.gateway.register(FIRST.id, renewing)
            for _ in range(3):
                with pytest.raises(ClientError) as caught:
                    await head(play)
                assert classify(caught.value, Operation("s3", "HeadBucket")).kind == "broken"
            assert fetched == [OLD]
            assert [request.service for request in play.aws.received] == ["s3", "sts"] * 3

    anyio.run(run, None)
    anyio.run(run, query_error("AccessDenied", "no", 403))
    anyio.run(run, Reply(status=400))


def test_a_head_whose_session_is_over_for_good_says_so(stage: Stage) -> None:
    async def run() -> None:
        async with stage(wordless()) as play:
            renewing, _ = provider(OLD)
            play.gateway.register(FIRST.id, renewing)
            with pytest.raises(ClientError) as caught:
                await head(play)
            assert classify(caught.value, Operation("s3", "HeadBucket")).kind == "unauthenticated"

    anyio.run(run)


def unused_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def test_an_unreachable_endpoint_is_refused_at_once_for_longer_and_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = unused_port()

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            with pytest.raises(EndpointConnectionError):
                await play.vpcs()
            async with StubAws(in_turn(VPCS), port) as recovered:
                with pytest.raises(EndpointConnectionError):
                    await play.vpcs(SECOND)
                assert recovered.received == []
            play.time += UNREACHABLE_FOR
            with pytest.raises(EndpointConnectionError):
                await play.vpcs()
            async with StubAws(in_turn(VPCS), port) as recovered:
                play.time += UNREACHABLE_FOR
                with pytest.raises(EndpointConnectionError):
                    await play.vpcs(SECOND)
                assert recovered.received == []
                play.time += UNREACHABLE_FOR
                assert (await play.vpcs())["Vpcs"]
            with pytest.raises(EndpointConnectionError):
                await play.vpcs()
            async with StubAws(in_turn(VPCS), port):
                play.time += UNREACHABLE_FOR
                assert (await play.vpcs())["Vpcs"], "once reached, it begins anew"

    anyio.run(run)


def test_a_short_break_of_the_network_costs_no_call(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a service that was reached before. It is expected back for some seconds, and then like any other."""
    port = unused_port()

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play, AsyncExitStack() as stack:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            async with StubAws(in_turn(VPCS), port):
                await play.vpcs()
            sleep = play.sleeps.__call__

            async def break_ends(seconds: float) -> None:
                await sleep(seconds)
                if len(play.sleeps) == 2:
                    await stack.enter_async_context(StubAws(in_turn(VPCS), port))
                    play.time += UNREACHABLE_FOR

            monkeypatch.setattr(play.gateway, "_sleep", break_ends)
            assert (await play.vpcs())["Vpcs"]
            await stack.aclose()
            for _ in range(4):
                play.time += UNREACHABLE_LIMIT
                with pytest.raises(EndpointConnectionError):
                    await play.vpcs()
            play.sleeps.clear()
            play.time += UNREACHABLE_LIMIT
            with pytest.raises(EndpointConnectionError):
                await play.vpcs()
            assert play.sleeps == [], "it has been gone for too long"

    anyio.run(run)


class Names:
    """A resolver that knows the hosts of `known` alone."""

    def __init__(self, *known: str) -> None:
        self.known = known
        self.asked: Counter[str] = Counter()
        self.code: int = socket.EAI_NONAME

    async def resolve(self, host: str) -> list[Any]:
        self.asked[host] += 1
        if host not in self.known:
            raise socket.gaierror(self.code, "no")
        return [{"hostname": host, "host": "192.0.2.1", "port": 443, "family": socket.AF_INET, "proto": 0, "flags": 0}]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names("ec2.eu-west-3.amazonaws.com")
    monkeypatch.setattr(web.LoopbackResolver, "resolve", lambda _, host, *__, **___: made.resolve(host))
    return made


def ask(service: str, region: str, operation: str, params: dict[str, Any]) -> Callable[[Play], Any]:
    return lambda play: play.gateway.call(FIRST, region, service, operation, params)


PIPELINES: tuple[str, str, str, dict[str, Any]] = ("datapipeline", "eu-west-3", "ListPipelines", {})
HOST = "datapipeline.eu-west-3.amazonaws.com"


def test_a_service_that_a_region_does_not_have_costs_one_try(
    stage: Stage, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.delenv("AWS_ENDPOINT_URL")
            for _ in range(5):
                with pytest.raises(NotInRegionError) as caught:
                    await ask(*PIPELINES)(play)
            assert names.asked[HOST] == 1
            assert play.sleeps == []
            assert classify(caught.value, Operation("datapipeline", "ListPipelines")).kind == "unsupported"
            play.time += UNREACHABLE_FOR
            with pytest.raises(NotInRegionError):
                await ask(*PIPELINES)(play)
            assert names.asked[HOST] == 2, "it is looked up again, should the resolver have been wrong"

    anyio.run(run)


@pytest.mark.parametrize(
    ("code", "known", "called"),
    [
        (socket.EAI_AGAIN, ["ec2.eu-west-3.amazonaws.com"], PIPELINES),
        (socket.EAI_NONAME, [], PIPELINES),
        (socket.EAI_NONAME, ["ec2.eu-west-3.amazonaws.com"], ("rds", "eu-west-3", "DescribeDBInstances", {})),
        (socket.EAI_NONAME, ["ec2.us-east-1.amazonaws.com"], ("iam", "us-east-1", "ListUsers", {})),
    ],
    ids=["no resolver", "no network", "a listed service", "a global service"],
)
def test_a_service_that_may_be_there_is_unreachable(
    code: int, known: Any, called: Any, stage: Stage, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.code, names.known = code, known

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.delenv("AWS_ENDPOINT_URL")
            for _ in range(2):
                with pytest.raises(EndpointConnectionError):
                    await ask(*called)(play)

    anyio.run(run)


def test_an_endpoint_of_the_users_that_does_not_resolve_is_unreachable(
    stage: Stage, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.example.com")
            with pytest.raises(EndpointConnectionError):
                await ask(*PIPELINES)(play)

    anyio.run(run)


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port whose queue of connections is full: like a network that drops every packet."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]
        for each in waiting:
            each.close()


def test_an_endpoint_that_never_connects_costs_one_connect_timeout(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, deaf: int
) -> None:
    monkeypatch.setattr(clients, "CONNECT_TIMEOUT", 1.0)

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{deaf}")
            with anyio.fail_after(4):
                for _ in range(5):
                    with pytest.raises((ConnectTimeoutError, EndpointConnectionError)):
                        await play.vpcs()

    anyio.run(run)


@pytest.mark.parametrize(("seconds", "tries"), [(clients.CONNECT_TIMEOUT + 0.1, 1), (clients.CONNECT_TIMEOUT + 2, 3)])
def test_a_process_that_was_stopped_has_waited_for_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seconds: float, tries: int
) -> None:
    """Where it goes on, a connection's time is over before anybody looks at what has come."""
    once, asked = Line._once, 0

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:

            async def stopped(line: Line, *call: Any) -> dict[str, Any]:
                nonlocal asked
                asked += 1
                if asked < 3:
                    play.time += seconds
                    raise ConnectTimeoutError(endpoint_url=play.aws.url)
                return await once(line, *call)

            monkeypatch.setattr(Line, "_once", stopped)
            with nullcontext() if tries > 1 else pytest.raises(ConnectTimeoutError):
                assert (await play.vpcs())["Vpcs"]
            assert asked == tries

    anyio.run(run)


def test_no_more_calls_than_allowed_are_in_flight_to_a_region(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "REGION_CALLS", 5)

    async def run() -> None:
        async with stage(in_turn(Reply(VPCS.body, delay=0.02))) as play:
            await asyncio.gather(*(play.vpcs((FIRST, SECOND)[n % 2]) for n in range(30)))
            assert play.aws.peak == 5
            await asyncio.gather(*(play.vpcs(region=("us-east-1", "eu-west-1")[n % 2]) for n in range(30)))
            assert play.aws.peak == 10, "each region has its own"

    anyio.run(run)


def test_retries_wait_outside_the_regions_slots(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "REGION_CALLS", 1)

    async def run() -> None:
        asleep, done = anyio.Event(), anyio.Event()

        async def sleep(_: float) -> None:
            asleep.set()
            await done.wait()

        async with stage(in_turn(ec2_error("Unavailable", "", 503), VPCS)) as play, anyio.create_task_group() as tasks:
            play.gateway._sleep = sleep
            tasks.start_soon(play.vpcs)
            await asleep.wait()
            with anyio.fail_after(30):
                assert (await play.vpcs(SECOND))["Vpcs"]
            done.set()

    anyio.run(run)


def whose(request: Received) -> Reply:
    """The access key back in the reply, once the rest of the credentials fit it."""
    key = request.access_key
    if not request.headers.get("x-amz-security-token", "").endswith(key.removeprefix("AKIA")):
        return query_error("SignatureDoesNotMatch", key, 403)
    if request.service == "s3":
        return Reply(f"<ListBucketResult><Name>{key}</Name></ListBucketResult>", delay=0.001)
    body = f"<GetCallerIdentityResult><Account>{key}</Account></GetCallerIdentityResult>"
    return Reply(f"<GetCallerIdentityResponse>{body}</GetCallerIdentityResponse>", delay=0.001)


def test_two_accounts_through_one_shared_client_never_mix(stage: Stage) -> None:
    """On the lean path (STS) and through the plain client (ListObjectsV2)."""

    async def run() -> None:
        async with stage(whose) as play:

            async def ask(account: Account) -> None:
                identity = await play.gateway.call(account, REGION, "sts", "GetCallerIdentity", {})
                assert identity["Account"] == f"AKIA{account.id}"
                listed = await play.gateway.call(account, REGION, "s3", "ListObjectsV2", {"Bucket": "reports"})
                assert listed["Name"] == f"AKIA{account.id}"

            await asyncio.gather(*(ask((FIRST, SECOND)[n % 2]) for n in range(60)))
            assert {request.access_key for request in play.aws.received} == {f"AKIA{a.id}" for a in (FIRST, SECOND)}

    anyio.run(run)


def test_every_request_names_the_scanner(stage: Stage) -> None:
    async def run() -> None:
        async with stage(whose) as play:
            await play.gateway.call(FIRST, REGION, "sts", "GetCallerIdentity", {})
            await play.gateway.call(FIRST, REGION, "s3", "ListObjectsV2", {"Bucket": "reports"})
            assert len(play.aws.received) == 2
            assert all(request.headers["user-agent"].startswith(USER_AGENT) for request in play.aws.received)
        async with stage(whose, patience=Patience(user_agent="audit/7")) as play:
            await play.gateway.call(FIRST, REGION, "sts", "GetCallerIdentity", {})
            await play.gateway.call(FIRST, REGION, "s3", "ListObjectsV2", {"Bucket": "reports"})
            ours = f"{USER_AGENT} audit/7"
            assert all(request.headers["user-agent"].startswith(ours) for request in play.aws.received)

    anyio.run(run)


@pytest.mark.parametrize("bypassed", [False, True])
def test_a_proxy_of_the_environment_is_used_on_both_paths(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bypassed: bool
) -> None:
    async def run() -> None:
        async with StubAws(whose) as proxy, stage(whose) as play:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1" if bypassed else "other.example")
            await play.gateway.call(FIRST, REGION, "sts", "GetCallerIdentity", {})
            await play.gateway.call(FIRST, REGION, "s3", "ListObjectsV2", {"Bucket": "reports"})
            assert (len(proxy.received), len(play.aws.received)) == ((0, 2) if bypassed else (2, 0))
            assert all(request.target.startswith("http://127.0.0.1") for request in proxy.received)

    anyio.run(run)


@pytest.mark.parametrize("first", [REGION, "ap-south-1"])
def test_a_bucket_of_another_region_is_followed_there(stage: Stage, first: str) -> None:
    """Also where the service's first client is of yet another region."""

    def elsewhere(request: Received) -> Reply:
        if "/eu-west-1/" in request.headers["authorization"]:
            return Reply("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        moved = s3_error("AuthorizationHeaderMalformed", "expecting 'eu-west-1'", 400, "<Region>eu-west-1</Region>")
        return Reply(moved.body, 400, {"x-amz-bucket-region": "eu-west-1"})

    async def run() -> None:
        async with stage(elsewhere) as play:
            for region in (first, REGION):
                reply = await play.gateway.call(FIRST, region, "s3", "GetBucketVersioning", {"Bucket": "reports"})
                assert reply["Status"] == "Enabled"
            assert len(play.aws.received) >= 3

    anyio.run(run)


def test_a_further_region_needs_no_client_of_its_own(stage: Stage) -> None:
    regions = (REGION, "eu-west-1", "cn-north-1", "me-west-9")

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            for region in regions:
                assert (await play.vpcs(region=region))["Vpcs"]
            signed = [request.headers["authorization"].split("/")[2] for request in play.aws.received]
            assert signed == [*regions]
            assert play.gateway.lines[0].clients.made == {("ec2", REGION)}
            await play.gateway.call(FIRST, "eu-west-1", "s3", "GetBucketVersioning", {"Bucket": "reports"})
            await play.gateway.call(FIRST, REGION, "s3", "GetBucketVersioning", {"Bucket": "with.dots"})
            assert ("s3", REGION) in play.gateway.lines[0].clients.made, (
                "where parameters make the endpoint one is needed"
            )

    anyio.run(run)


def test_a_client_in_the_making_holds_up_no_other_service(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = clients.Clients._make

    async def run() -> None:
        ready = anyio.Event()

        async def make(self: clients.Clients, service: str, region: str) -> Any:
            if service == "ec2":
                await ready.wait()
            return await made(self, service, region)

        monkeypatch.setattr(clients.Clients, "_make", make)
        async with stage(whose) as play, anyio.create_task_group() as tasks:
            tasks.start_soon(play.vpcs)
            await anyio.lowlevel.checkpoint()
            with anyio.fail_after(30):
                await play.gateway.call(FIRST, REGION, "sts", "GetCallerIdentity", {})
            ready.set()

    anyio.run(run)


def test_an_account_that_is_forgotten_leaves_nothing_behind(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(THROTTLED, VPCS), SLOW) as play:
            await play.vpcs()
            play.gateway.forget(FIRST.id)
            with pytest.raises(KeyError):
                await play.vpcs()
            assert (await play.vpcs(SECOND))["Vpcs"]
            play.gateway.register(FIRST.id, provider(keys_of(FIRST))[0])
            play.sleeps.clear()
            await play.vpcs()
            assert play.sleeps == [], "its bucket is a new one"

    anyio.run(run)


def test_an_account_that_two_have_entered_stays_until_both_have_left(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            play.gateway.register(FIRST.id, provider(keys_of(FIRST))[0])
            play.gateway.forget(FIRST.id)
            assert (await play.vpcs())["Vpcs"]
            play.gateway.forget(FIRST.id)
            with pytest.raises(KeyError):
                await play.vpcs()

    anyio.run(run)


def test_what_takes_long_at_the_first_call_is_done_before_a_token_is_taken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else all calls that it holds up would come to AWS at once."""
    steps: list[str] = []
    plan, wait = lean.lean_call, Throttle.wait

    async def planning(*given: Any) -> Any:
        await anyio.sleep(0.05)
        steps.append("planned")
        return await plan(*given)

    async def waiting(*given: Any) -> None:
        steps.append("token")
        await wait(*given)

    monkeypatch.setattr("aioprowler.aws.lean_calls.lean_call", planning)
    monkeypatch.setattr(Throttle, "wait", waiting)

    async def run() -> None:
        async with stage(in_turn(VPCS)) as play:
            await asyncio.gather(*(play.vpcs() for _ in range(5)))

    anyio.run(run)
    assert steps == ["planned", *["token"] * 5]


def test_calls_that_succeed_give_a_slowed_bucket_its_rate_back(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(THROTTLED, VPCS), SLOW) as play:
            await play.vpcs()
            assert play.gateway.throttled == 1
            for _ in range(20):
                play.time += 1
                await play.vpcs()
            play.sleeps.clear()
            for _ in range(110):
                await play.vpcs()
            assert play.sleeps[-1] - play.sleeps[-2] == pytest.approx(1 / 10)

    anyio.run(run)


@pytest.mark.parametrize("replies", [[ec2_error("UnauthorizedOperation", "", 403)], ["reset"], [Reply("<")], [Reply()]])
def test_no_secret_is_in_an_exception_a_log_record_or_a_repr(
    stage: Stage, replies: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "aioprowler")

    async def run() -> str:
        async with stage(in_turn(*replies)) as play:
            try:
                await play.vpcs()
            except (ClientError, BotoCoreError) as error:
                told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
                return told + repr(vars(play.gateway)) + repr(keys_of(FIRST)) + repr(play.gateway._parties)
            raise AssertionError("the call succeeded")

    told = anyio.run(run) + "".join(record.getMessage() for record in caplog.records if record.name == "aioprowler")
    assert SECRET not in told
    assert TOKEN not in told
    assert keys_of(FIRST).access_key not in told


@pytest.mark.parametrize("body", ["{", "<html>", '{"Roots": [', "null and void"])
def test_a_reply_that_is_no_json_is_not_read_as_an_empty_one(stage: Stage, body: str) -> None:
    whole = Reply('{"Roots": [{"Id": "r-1"}]}')

    async def run() -> None:
        async with stage(in_turn(Reply(body), whole)) as play:
            reply = await play.gateway.call(FIRST, REGION, "organizations", "ListRoots", {})
            assert reply["Roots"] == [{"Id": "r-1"}]

    anyio.run(run)


def test_an_empty_json_reply_is_one(stage: Stage) -> None:
    async def run() -> None:
        async with stage(in_turn(Reply("{}"))) as play:
            assert "Roots" not in await play.gateway.call(FIRST, REGION, "organizations", "ListRoots", {})
            assert len(play.aws.received) == 1

    anyio.run(run)
