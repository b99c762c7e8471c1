"""What answers at an address of the internet, as Shodan (https://www.shodan.io) has seen it."""

from __future__ import annotations

import json
import time
from typing import Any

import aiohttp
import anyio

from aioprowler.aws.clients import USER_AGENT
from aioprowler.aws.redirects import RedirectedError, is_redirect, led_to
from aioprowler.aws.web import ReplyTooLargeError, new_session, proxy_outwards, read_within
from aioprowler.declarations.failure import Failure

NAME = "Shodan"
DEADLINE = 30.0
"""Seconds for one answer."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one. Without banners (`minify`) it has a few thousand."""
INTERVAL = 1.0
"""Seconds between two questions: all plans may ask once a second (https://developer.shodan.io/api)."""
ADDRESS = "https://api.shodan.io"


class Shodan:
    """A HostDirectory."""

    def __init__(self, address: str = ADDRESS, interval: float = INTERVAL) -> None:
        self._address = address
        self._interval = interval
        self._turn = anyio.Lock()
        self._next = 0.0

    async def host(self, address: str, key: str) -> dict[str, Any] | Failure | None:
        """What is known of an address; None if nothing is."""
        async with self._turn:
            await anyio.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._interval
        url = f"{self._address}/shodan/host/{address}"
        try:
            async with (
                new_session(USER_AGENT, aiohttp.ClientTimeout(DEADLINE)) as session,
                session.get(
                    url, params={"key": key, "minify": "true"}, allow_redirects=False, proxy=proxy_outwards(url)
                ) as reply,
            ):
                if is_redirect(reply.status):  # whose URL has the key as well
                    raise RedirectedError(host=led_to(url, reply.headers.get("Location", "")))
                return _read(reply.status, await read_within(reply.content, LARGEST))
        except TimeoutError:
            return Failure("timed_out", NAME, f"{DEADLINE:.0f} seconds")
        except (RedirectedError, ReplyTooLargeError) as error:
            return Failure("broken", NAME, type(error).__name__, str(error))
        except aiohttp.ClientError as error:
            # The exception's text has the URL, and that has the key.
            return Failure("unreachable", NAME, type(error).__name__)


def _read(status: int, body: bytes) -> dict[str, Any] | Failure | None:
    try:
        said = json.loads(body)
    except (RecursionError, ValueError):
        said = None
    if status == 404 and b"No information" in body:
        return None
    if status == 401:
        return Failure("unauthenticated", NAME, "401", "check the key")
    if status == 429:
        return Failure("throttled", NAME, "429")
    if status != 200 or not isinstance(said, dict):
        return Failure("broken", NAME, f"HTTP status {status}")
    return said
