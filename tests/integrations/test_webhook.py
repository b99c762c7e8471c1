"""A webhook is told everything once it answers, signed, and is given up on when it does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from msgspec.structs import replace

from aioprowler.errors import UsageError
from aioprowler.findings.finding import Finding
from aioprowler.integrations.http import Client, client_session
from aioprowler.integrations.integration import Ending, Integrations, SendingError
from aioprowler.integrations.webhook import MOST_BYTES, MOST_FINDINGS, Webhook
from tests.aws.server import Mishap, Received, Reply, StubAws
from tests.outputs.samples import FINDING, coverage, hostile, many

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
Answers = Iterator[Reply | Mishap | bytes]
Act = Callable[[Webhook], Awaitable[None]]


class Receiver:
    """What a webhook was sent, and how long it was waited for."""

    def __init__(self, *answers: Reply | Mishap | bytes, then: Reply | Mishap | bytes = Reply()) -> None:  # noqa: B008
        self._answers: Answers = chain(answers, repeat(then))
        self.requests: list[Received] = []
        self.waits: list[float] = []

    def answer(self, request: Received) -> Reply | Mishap | bytes:
        self.requests.append(request)
        return next(self._answers)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(each.body) for each in self.requests]

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await anyio.lowlevel.checkpoint()

    def play(self, act: Act, *, secret: str | None = SECRET, path: str = "/hook", deadline: float = 100.0) -> None:
        async def run() -> None:
            async with StubAws(self.answer) as server, client_session() as session:
                client = Client(session, sleep=self.sleep, deadline=deadline)
                async with Webhook(f"{server.url}{path}", secret, client) as webhook:
                    await act(webhook)

        anyio.run(run)


def sends(*batches: Sequence[Finding]) -> Act:
    async def act(webhook: Webhook) -> None:
        for batch in batches:
            await webhook.take(batch)
        await webhook.drain()

    return act


def test_findings_come_signed_as_standard_webhooks_says() -> None:
    receiver = Receiver()
    receiver.play(sends([FINDING]))
    (request,) = receiver.requests
    assert (request.method, request.target) == ("POST", "/hook")
    headers = request.headers
    assert headers["content-type"] == "application/json"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    body = json.loads(request.body)
    assert body["type"] == "scan.findings"
    assert [each["uid"] for each in body["data"]] == [FINDING.uid]


def test_names_come_as_aws_has_them_and_are_seen_in_the_request() -> None:
    receiver = Receiver()
    receiver.play(sends([hostile("a\u202eb ##vso[x]")]))
    (request,) = receiver.requests
    assert receiver.bodies[0]["data"][0]["resource_name"] == "a\u202eb ##vso[x]"
    assert rb'"resource_name":"a\u202eb #\u0023vso[x]"' in request.body


def test_without_a_secret_nothing_is_signed() -> None:
    receiver = Receiver()
    receiver.play(sends([FINDING]), secret=None)
    assert "webhook-signature" not in receiver.requests[0].headers


def test_the_coverage_comes_last() -> None:
    receiver = Receiver()

    async def act(webhook: Webhook) -> None:
        await sends([FINDING])(webhook)
        await webhook.conclude(Ending(coverage(), None))

    receiver.play(act)
    assert [each["type"] for each in receiver.bodies] == ["scan.findings", "scan.coverage"]
    assert receiver.bodies[1]["data"]["findings"].keys() == {"PASS", "FAIL", "MANUAL"}


def test_many_findings_take_few_requests_within_bounds_and_keep_their_order() -> None:
    receiver = Receiver()
    found = [*many(3 * MOST_FINDINGS + 1)]
    receiver.play(sends(*(found[at : at + 100] for at in range(0, len(found), 100))))
    bodies = receiver.bodies
    assert [each["uid"] for body in bodies for each in body["data"]] == [each.uid for each in found]
    assert all(len(body["data"]) <= MOST_FINDINGS for body in bodies)
    assert len(bodies) <= 2 * len(found) // MOST_FINDINGS


def test_large_findings_are_bounded_by_their_bytes_and_the_scan_waits_for_a_slow_receiver() -> None:
    receiver = Receiver()
    large = [replace(FINDING, uid=str(number), description="x" * (MOST_BYTES // 3)) for number in range(40)]
    receiver.play(sends(*([each] for each in large)))
    assert [each["uid"] for body in receiver.bodies for each in body["data"]] == [each.uid for each in large]
    assert max(len(each.body) for each in receiver.requests) < 1.1 * MOST_BYTES


def test_what_passes_is_tried_again_under_the_same_id() -> None:
    receiver = Receiver(Reply(status=500), "reset", Reply(status=429, headers={"retry-after": "7"}), "half")
    receiver.play(sends([FINDING]))
    assert len(receiver.requests) == 5
    assert len({each.headers["webhook-id"] for each in receiver.requests}) == 1
    assert len({each.body for each in receiver.requests}) == 1
    assert receiver.waits[2] == 7.0
    assert len(receiver.waits) == 4


@pytest.mark.parametrize("when", ["soon", "Mon, 01 Jan 2024 00:00:00 +99999999999999", "Mon, 01 Jan 2024 00:00:00 GMT"])
def test_a_time_to_wait_until_that_is_none_or_over_holds_nothing_up(when: str) -> None:
    receiver = Receiver(Reply(status=503, headers={"retry-after": when}))
    receiver.play(sends([FINDING]))
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Reply(status=400), "status 400"),
        (Reply(status=401), "Check the secret"),
        (Reply(status=410), "Check the URL"),
        (
            Reply(status=307, headers={"location": "/elsewhere"}),
            "redirects to http://127.0.0.1:[0-9]+, which is not followed",
        ),
    ],
    ids=["bad", "refused", "gone", "redirect"],
)
def test_a_no_is_final_and_tells_nothing_of_the_path(answer: Reply, said: str) -> None:
    receiver = Receiver(then=answer)
    with pytest.raises(SendingError, match=said) as raised:
        receiver.play(sends([FINDING]), path="/hook/t0ken?key=s3cret")
    assert len(receiver.requests) == 1
    assert "t0ken" not in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("answer", [Reply(status=503), "reset", Reply(status=429, headers={"retry-after": "9999999"})])
def test_there_is_a_deadline(answer: Reply | Mishap) -> None:
    receiver = Receiver(then=answer)
    with pytest.raises(SendingError, match=r"within 0\.5 seconds"):
        receiver.play(sends([FINDING]), deadline=0.5)


def test_a_receiver_that_does_not_answer_is_given_up_on() -> None:
    receiver = Receiver(then="silence")
    with pytest.raises(SendingError, match=r"within 0\.2 seconds"):
        receiver.play(sends([FINDING]), deadline=0.2)


def test_a_scan_that_waits_for_a_dead_receiver_goes_on() -> None:
    receiver = Receiver(then=Reply(status=404))
    large = [replace(FINDING, description="x" * MOST_BYTES)]

    async def act(webhook: Webhook) -> None:
        told: list[str] = []
        integrations = Integrations([webhook], told.append)
        for _ in range(10):
            await integrations.take(large)
        await integrations.drain()
        await integrations.conclude(lambda: Ending(coverage(), None))
        assert integrations.has_failed
        assert len(told) == 1

    receiver.play(act)
    assert len(receiver.requests) == 1


def test_what_is_not_sent_yet_does_not_hold_back_an_interruption() -> None:
    receiver = Receiver(then="silence")

    async def act(webhook: Webhook) -> None:
        await webhook.take([FINDING] * MOST_FINDINGS)
        while not receiver.requests:
            await anyio.lowlevel.checkpoint()

    receiver.play(act)
    assert len(receiver.requests) == 1


def test_hostile_text_stays_json() -> None:
    receiver = Receiver()
    receiver.play(sends([replace(FINDING, resource_name="\ud800</script>\x00")]))
    assert receiver.bodies[0]["data"][0]["resource_name"] == "\ufffd</script>\x00"


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org/hook", "http://", "file:///etc", "http://x:99999/"])
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(UsageError, match="--webhook"):
        Webhook(url)


def test_a_password_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="leave out") as raised:
        Webhook("https://me:pa55@example.org/")
    assert "pa55" not in str(raised.value)


@pytest.mark.parametrize("secret", ["short", "whsec_c2hvcnQ=", base64.b64encode(b"x" * 23).decode(), "Ä" * 40])
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(UsageError, match="openssl rand") as raised:
        Webhook("https://example.org/", secret)
    assert secret not in str(raised.value)
