"""Requests to those who are told: signed anew at each try, tried again while there is hope."""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import anyio
from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.aws.redirects import is_redirect, led_to, origin
from aioprowler.aws.throttle import Clock, Sleep
from aioprowler.aws.web import is_loopback, new_session, proxy_outwards
from aioprowler.errors import UsageError
from aioprowler.integrations.integration import SendingError

DEADLINE: Final = 120.0
"""Seconds for one request with all its tries."""
TRY_TIMEOUT: Final = 30.0
BACKOFF: Final = 0.5
BACKOFF_LIMIT: Final = 20.0
"""Seconds: a retry waits a random time up to BACKOFF * 2 ** tries, at most this; longer if the server asks for it."""
_LARGEST_REPLY: Final = 256 * 1024


class Reply(Struct, frozen=True):
    """What a server answered; the body is cut off soon after 256 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def client_session() -> aiohttp.ClientSession:
    """A session for a Client."""
    return new_session(f"aioprowler/{__version__}", aiohttp.ClientTimeout(total=TRY_TIMEOUT))


def checked_url(option: str, url: str, *, insecure: bool = False) -> str:
    """The URL of a webhook. Plain HTTP is for this machine, and for others where it is `insecure`. Raises UsageError,
    which repeats no more of the URL than its host.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_good = parts.scheme in ("http", "https") and host and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good:
        raise UsageError(f"{option}: give a URL such as https://example.org/findings.")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{option} {origin(url)}: leave out user name and password.")
    if parts.scheme == "http" and not insecure and not is_loopback(host):
        raise UsageError(
            f"{option} {origin(url)}: over plain HTTP anybody on the way reads what your accounts lack. Give an https "
            "URL, or --insecure-webhook if you want that."
        )
    return url


class Client:
    """Posts, and tries again what may pass."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        deadline: float = DEADLINE,
        sleep: Sleep = anyio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._session = session
        self._deadline = deadline
        self._sleep = sleep
        self._clock = clock

    async def post(self, url: str, body: bytes, headers: Callable[[], dict[str, str]]) -> Reply:
        """The reply, of which only a status of 2xx is returned. `headers` is asked at each try.

        Raises SendingError for a reply that says no, and at the deadline.
        """
        host = origin(url)
        until = self._clock() + self._deadline
        tries = 0
        while True:
            tries += 1
            try:
                with anyio.fail_after(max(0.0, until - self._clock())):
                    reply = await self._once(url, body, headers())
            except (aiohttp.ClientSSLError, aiohttp.InvalidURL) as error:
                raise SendingError(f"{host} cannot be reached safely ({type(error).__name__}).") from None
            except (aiohttp.ClientError, TimeoutError) as error:
                trouble, wait = f"no answer: {type(error).__name__}", 0.0
            else:
                if 200 <= reply.status < 300:
                    return reply
                trouble, wait = f"status {reply.status}", _retry_after(reply)
                if reply.status not in (408, 429) and reply.status < 500:
                    raise SendingError(f"{host} did not take it ({trouble}).{_advice(url, reply)}")
            pause = max(wait, random.uniform(0, min(BACKOFF_LIMIT, BACKOFF * 2**tries)))  # noqa: S311
            if self._clock() + pause >= until:
                raise SendingError(f"{host} did not take it within {self._deadline:g} seconds ({trouble}).")
            await self._sleep(pause)

    async def _once(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False, proxy=proxy_outwards(url)
        ) as reply:
            text = bytearray()
            async for chunk in reply.content.iter_chunked(16 * 1024):
                text += chunk
                if len(text) > _LARGEST_REPLY:
                    break
            return Reply(reply.status, reply.headers, bytes(text))


def _advice(url: str, reply: Reply) -> str:
    if is_redirect(reply.status):
        where = led_to(url, reply.headers.get("Location", ""))
        return f" It redirects to {where}, which is not followed: give the URL that it leads to, if it is yours."
    if reply.status in (401, 403):
        return " Check the secret or token."
    if reply.status in (404, 410):
        return " Check the URL."
    return ""


def _retry_after(reply: Reply) -> float:
    """Seconds, 0 if the server does not say (RFC 9110, 10.2.3)."""
    text = reply.headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (OverflowError, ValueError):
        return 0.0
    now = datetime.datetime.now(datetime.UTC)
    return max(0.0, (when.replace(tzinfo=when.tzinfo or datetime.UTC) - now).total_seconds())
