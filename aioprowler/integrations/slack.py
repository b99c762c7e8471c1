"""A summary of the scan in a Slack channel.

https://docs.slack.dev/reference/methods/chat.postMessage, https://docs.slack.dev/messaging/
sending-messages-using-incoming-webhooks; the limits are those of https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final, Self

import orjson

from aioprowler.declarations.checks import SEVERITIES
from aioprowler.errors import UsageError
from aioprowler.findings.causes import Cause, Causes
from aioprowler.findings.coverage import Coverage, left_out
from aioprowler.findings.finding import Finding
from aioprowler.integrations.http import Client, checked_url, client_session
from aioprowler.integrations.integration import Ending, Integration, SendingError, counted
from aioprowler.texts import sentence, shortened, visible

TOKEN_VARIABLE: Final = "SLACK_API_TOKEN"  # noqa: S105 - its name
CHANNEL_VARIABLE: Final = "SLACK_CHANNEL_NAME"
CHANNEL_ID_VARIABLE: Final = "SLACK_CHANNEL_ID"
WEBHOOK_VARIABLE: Final = "SLACK_WEBHOOK_URL"
API: Final = "https://slack.com/api/chat.postMessage"

_TOKEN: Final = re.compile("[!-~]*")
_HEADER: Final = 150
_SECTION: Final = 3000
"""Characters of a block."""
_LINE: Final = 300
_MOST: Final = 5
"""Lines of one list."""

Block = dict[str, Any]


class Slack(Integration):
    """One message at the end: accounts, what failed by severity, the worst problems, what was not seen."""

    name = "Slack"

    def __init__(
        self, environment: Mapping[str, str], client: Client | None = None, api: str = API, *, insecure: bool = False
    ) -> None:
        """`insecure`: a webhook over plain HTTP as well. Raises UsageError where the environment does not say whom to
        tell.
        """
        token = environment.get(TOKEN_VARIABLE, "")
        if not _TOKEN.fullmatch(token):
            raise UsageError(f"{TOKEN_VARIABLE}: a token has no blanks, line breaks or letters beyond ASCII.")
        channel = environment.get(CHANNEL_VARIABLE) or environment.get(CHANNEL_ID_VARIABLE)
        hook = environment.get(WEBHOOK_VARIABLE)
        if token and channel:
            self._url, self._to = api, {"channel": channel}
        elif hook:
            token, self._url, self._to = "", checked_url(WEBHOOK_VARIABLE, hook, insecure=insecure), {}
        else:
            raise UsageError(
                f"--slack: set {TOKEN_VARIABLE} and {CHANNEL_VARIABLE}, or {WEBHOOK_VARIABLE}, in the environment."
            )
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = client
        self._failed: Counter[str] = Counter()
        """By severity."""
        self._causes = Causes()
        self._told: Counter[str] = Counter()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self._client is None:
            self._client = Client(await self._stack.enter_async_context(client_session()))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def take(self, findings: Sequence[Finding]) -> None:
        """Counts; nothing is sent before the end."""
        self._told.update(each.status for each in findings if not each.muted)
        self._failed.update(each.severity for each in findings if each.outcome == "FAIL")
        self._causes.add(findings)

    async def conclude(self, ending: Ending) -> None:
        """Posts the summary. Raises SendingError where Slack does not take it."""
        assert self._client is not None
        told = summary(ending.coverage, self._failed, self._causes.ranked(), self._told)
        message = orjson.dumps({**self._to, **told})
        headers = {"Content-Type": "application/json; charset=utf-8", **self._authorization}
        reply = await self._client.post(self._url, message, lambda: headers)
        if self._authorization:
            _check(reply.body)


def _check(body: bytes) -> None:
    """The API says no with status 200 and `ok: false`."""
    try:
        answer = orjson.loads(body)
        good, reason = answer["ok"] is True, str(answer.get("error", "no reason"))
    except (orjson.JSONDecodeError, TypeError, KeyError):
        good, reason = False, "the reply is none of Slack's"
    if not good:
        raise SendingError(
            f"the message was not taken ({visible(reason)[:100]}). Check {TOKEN_VARIABLE}, {CHANNEL_VARIABLE}, and "
            "that the app is in the channel and has the scope chat:write."
        )


def summary(
    coverage: Coverage, failed: Mapping[str, int], worst: Sequence[Cause], told: Mapping[str, int]
) -> dict[str, Any]:
    """The message, as Block Kit and in plain text. `failed`: severity -> findings that failed; `worst`: their causes,
    the worst first; `told`: findings by status.
    """
    title = (
        f"{coverage.findings['FAIL']:,} failed{' anew' if coverage.known else ''} in {coverage.accounts.scanned:,} of "
        f"{counted(coverage.accounts.found, 'account')}"
    )
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": shortened(f"aioprowler: {title}", _HEADER)}}]
    blocks += _sections(coverage, failed, worst, told)
    when = f"{coverage.timestamp} · {coverage.seconds:,.0f} s · aioprowler {coverage.version}"
    return {
        "text": f"aioprowler: {title}",
        "blocks": [*blocks, {"type": "context", "elements": [_mrkdwn(when)]}],
        "unfurl_links": False,
    }


def _sections(
    coverage: Coverage, failed: Mapping[str, int], worst: Sequence[Cause], told: Mapping[str, int]
) -> Iterator[Block]:
    found = ", ".join(f"{coverage.findings[status]:,} {status}" for status in ("FAIL", "PASS", "MANUAL"))
    muted = sum(coverage.muted.values())
    yield _ours(f"*Findings:* {found}" + (f", {muted:,} muted" if muted else ""))
    yield from (_theirs([each]) for each in left_out(coverage, told))
    if failed:
        severities = ", ".join(f"{failed[each]:,} {each}" for each in SEVERITIES if failed.get(each))
        yield _ours(f"*Failed by severity:* {severities}")
    if worst:
        yield from _list("Worst problems", list(map(_problem, worst)))
    refused = [f"{each.account_id} {each.name}: {each.code}" for each in coverage.not_entered]
    cut_off = [f"{each.account_id}: {each.reason}" for each in coverage.unfinished]
    unseen = [f"{region}: every call failed in {counted(n, 'account')}" for region, n in coverage.unseen.items()]
    unseen += [
        f"{region}: AWS did not tell whether {counted(n, 'account')} enabled it"
        for region, n in coverage.unknown.items()
    ]
    if refused or cut_off or unseen:
        yield from _list("Not scanned, or not to the end", [*refused, *cut_off, *unseen])
    if gaps := [each.explanation.removeprefix("Could not look: ") for each in coverage.gaps]:
        yield from _list("Could not look", gaps)
    if coverage.notes:
        yield from _list("Notes", coverage.notes)


def _problem(cause: Cause) -> str:
    return f"{cause.told} ({cause.check_id}): {cause.severity}, {counted(cause.resources, 'resource')}"


def _list(title: str, lines: Sequence[str]) -> Iterator[Block]:
    more = [f"and {len(lines) - _MOST:,} more"] if len(lines) > _MOST else []
    yield _ours(f"*{title}:*")
    yield _theirs([*(f"• {line}" for line in lines[:_MOST]), *more])


def _ours(text: str) -> Block:
    """Formatted: it has words and figures of this program alone."""
    return {"type": "section", "text": _mrkdwn(text)}


def _theirs(lines: Sequence[str]) -> Block:
    """As it is: Slack has no way to write its `*`, `_`, `~` and backticks so that they stand for themselves."""
    text = "\n".join(map(_escaped, lines))
    return {"type": "section", "text": {"type": "plain_text", "text": shortened(text, _SECTION), "emoji": False}}


def _escaped(text: str) -> str:
    """Cut, then escaped, so that no escape is cut in two (https://docs.slack.dev/messaging/formatting-message-text)."""
    return shortened(sentence(text), _LINE).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": shortened(text, _SECTION), "verbatim": True}
