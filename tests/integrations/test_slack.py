"""The Slack message: what it says, within Slack's limits, and whom it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from aioprowler.errors import UsageError
from aioprowler.findings.causes import Cause, Causes
from aioprowler.findings.finding import Finding
from aioprowler.integrations.http import Client, client_session
from aioprowler.integrations.integration import Ending, SendingError
from aioprowler.integrations.slack import Slack, summary
from tests.aws.server import Mishap, Received, Reply, StubAws
from tests.outputs.samples import HOSTILE, coverage, finding, gap, refused

GOOD = Reply('{"ok":true}')
BY_TOKEN = {"SLACK_API_TOKEN": "xoxb-1", "SLACK_CHANNEL_NAME": "#security"}


def post(environment: Mapping[str, str], *replies: Reply | Mishap) -> list[Received]:
    """A scan of three findings, and what Slack was sent."""
    answers = iter(replies)
    received: list[Received] = []

    def answer(request: Received) -> Reply | Mishap | bytes:
        received.append(request)
        return next(answers)

    async def sleep(seconds: float) -> None:
        """No test waits."""

    async def run() -> None:
        async with StubAws(answer) as server, client_session() as session:
            there = {name: value.format(server.url) for name, value in environment.items()}
            async with Slack(there, Client(session, sleep=sleep), f"{server.url}/api/chat.postMessage") as slack:
                await slack.take([finding(), finding(severity="critical", check_id="worse"), finding(status="PASS")])
                await slack.take([finding(severity="critical", check_id="muted", muted=True)])
                await slack.conclude(Ending(coverage(), None))

    anyio.run(run)
    return received


def texts(message: dict[str, Any]) -> list[str]:
    return [each["text"]["text"] for each in message["blocks"] if each["type"] in ("header", "section")]


def test_the_token_posts_to_the_channel() -> None:
    (request,) = post(BY_TOKEN, GOOD)
    assert request.target == "/api/chat.postMessage"
    assert request.headers["authorization"] == "Bearer xoxb-1"
    message = json.loads(request.body)
    assert message["channel"] == "#security"
    said = "\n".join(texts(message))
    assert "*Failed by severity:* 1 critical, 1 high" in said
    assert "• S3 bucket is public (worse): critical, 1 resource\n" in said
    assert "• S3 bucket is public (s3_bucket_public_access): high, 1 resource" in said
    assert "999999999999 Legacy" in said
    assert "muted: 1" not in said
    assert message["text"] in f"{texts(message)[0]}"


def test_an_incoming_webhook_needs_no_channel() -> None:
    (request,) = post({"SLACK_WEBHOOK_URL": "{}/services/T0/B0/x"}, Reply("ok"))
    assert request.target == "/services/T0/B0/x"
    assert "authorization" not in request.headers
    assert "channel" not in json.loads(request.body)


def test_slack_is_asked_again_when_it_has_enough() -> None:
    assert len(post(BY_TOKEN, Reply(status=429, headers={"retry-after": "30"}), "reset", GOOD)) == 3


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply('{"ok":false,"error":"channel_not_found"}'), "channel_not_found"),
        (Reply('{"ok":false,"error":"\\u001b[31m"}'), r"<U\+001B>"),
        (Reply("<html>"), "none of Slack's"),
        (Reply("[]"), "none of Slack's"),
        (Reply(status=404), "status 404"),
    ],
    ids=["a no", "a hostile no", "no JSON", "no object", "no page"],
)
def test_a_no_says_what_to_look_at_and_has_no_token(reply: Reply, said: str) -> None:
    with pytest.raises(SendingError, match=said) as raised:
        post(BY_TOKEN, reply)
    assert "xoxb" not in str(raised.value)


@pytest.mark.parametrize("environment", [{}, {"SLACK_API_TOKEN": "x"}])
def test_who_is_to_be_told_must_be_known(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="SLACK_API_TOKEN and SLACK_CHANNEL_NAME, or SLACK_WEBHOOK_URL"):
        Slack(environment)


@pytest.mark.parametrize("token", ["xoxb-s3cret\n", "xoxb-s3cret\nx: y", "xoxb s3cret", "xoxb-s3crét"])
def test_a_token_that_no_header_takes_is_refused_before_the_scan(token: str) -> None:
    with pytest.raises(UsageError, match=r"^SLACK_API_TOKEN: a token has no blanks") as raised:
        Slack(BY_TOKEN | {"SLACK_API_TOKEN": token})
    assert "s3cr" not in str(raised.value)


@pytest.mark.parametrize("url", ["hooks.slack.com/s3cret", "ftp://hooks.slack.com/s3cret", "https://me:s3cret@hooks"])
def test_a_webhook_that_is_none_is_told_without_what_is_secret(url: str) -> None:
    with pytest.raises(UsageError, match="SLACK_WEBHOOK_URL") as raised:
        Slack({"SLACK_WEBHOOK_URL": url})
    assert "s3cret" not in str(raised.value)


def causes(*findings: Finding) -> list[Cause]:
    found = Causes()
    found.add(findings)
    return found.ranked()


def test_hostile_and_endless_text_stays_within_slacks_limits_and_calls_nobody() -> None:
    hostile = [f"{each}<!channel> <@U1> &" * 50 for each in HOSTILE]
    told = coverage(
        not_entered=tuple(refused("1" * 12, each) for each in hostile),
        gaps=tuple(gap(explanation=f"Could not look: {each}") for each in hostile),
        notes=tuple(hostile),
    )
    worst = causes(*(finding(check_id=f"check_{number}", fails="x" * 500) for number in range(100)))
    message = summary(told, {"high": 100}, worst, {})
    assert len(message["blocks"]) <= 50
    assert len(texts(message)[0]) <= 150
    assert all(len(each) <= 3000 for each in texts(message))
    said = "".join(texts(message))
    assert "<!channel>" not in said
    assert "<@U1>" not in said
    assert "\x1b" not in said
    assert "and 95 more" in said


def test_names_are_plain_text() -> None:
    """In Slack's own markup nothing stands for itself but `&`, `<` and `>`."""
    name = "*all* is _well_ `x` ~y~ :tada: <https://example.com|here> \u202eb\nc"
    told = coverage(not_entered=(refused("1", name),), gaps=(gap(explanation=name),), notes=(name,))
    blocks = summary(told, {"high": 1}, causes(finding(fails=name)), {})["blocks"]
    marked = [each["text"]["text"] for each in blocks if each.get("text", {}).get("type") == "mrkdwn"]
    assert not [each for each in marked if "well" in each]
    shown = "*all* is _well_ `x` ~y~ :tada: &lt;https://example.com|here&gt; &lt;U+202E&gt;b c"
    plain = [each["text"] for each in blocks if each["type"] == "section" and shown in each["text"]["text"]]
    assert len(plain) == 4
    assert {(each["type"], each["emoji"]) for each in plain} == {("plain_text", False)}


def test_a_scan_without_findings_has_a_message() -> None:
    nothing = coverage(findings={"PASS": 0, "FAIL": 0, "MANUAL": 0}, gaps=(), not_entered=(), unseen={}, notes=())
    assert texts(summary(nothing, {}, (), {}))[1] == "*Findings:* 0 FAIL, 0 PASS, 0 MANUAL"


def test_a_region_that_may_be_off_is_told() -> None:
    told = coverage(gaps=(), not_entered=(), unseen={}, unknown={"me-south-1": 3}, notes=())
    said = "\n".join(texts(summary(told, {}, (), {})))
    assert "• me-south-1: AWS did not tell whether 3 accounts enabled it" in said


def test_a_message_about_a_part_says_so() -> None:
    whole = coverage(findings={"PASS": 5, "FAIL": 4, "MANUAL": 0}, known={"FAIL": 1200, "MANUAL": 3})
    said = texts(summary(whole, {}, (), {"PASS": 5, "FAIL": 4}))
    assert "4 failed anew in" in said[0]
    assert "Only what is new: 1,200 FAIL, 3 MANUAL that the baseline knows are left out." in said
    chosen = coverage(findings={"PASS": 5, "FAIL": 4, "MANUAL": 0}, statuses=("PASS",))
    assert "Only some of the findings: 4 FAIL are left out." in texts(summary(chosen, {}, (), {"PASS": 5}))
