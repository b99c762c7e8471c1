"""Files behind links that AWS gives, over HTTPS. No operation of AWS reads them, so this is a boundary of its own.

Such a link lets in whoever has it: what is told of one is its host, and nothing is sent along that it does not hold.
"""

from __future__ import annotations

import asyncio
import random
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Final
from urllib.parse import urlsplit

import aiohttp
import anyio
import anyio.to_thread
from yarl import URL

from aioprowler.aws.clients import CONNECT_TIMEOUT, READ_TIMEOUT, USER_AGENT
from aioprowler.aws.errors import is_transient
from aioprowler.aws.redirects import RedirectedError, is_redirect, led_to
from aioprowler.aws.web import is_loopback, new_session, proxy_outwards, tls_context
from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.declarations.sources import LARGEST_DOWNLOAD

NAME: Final = "the file behind a link"
AT_ONCE: Final = 8
"""Files that are on the disk at the same time, of all accounts."""
DEADLINE: Final = 300.0
"""Seconds for one file, with all tries."""
TRIES: Final = 3
BACKOFF: Final = 1.0
"""Seconds: a further try waits a random time up to this, and each time up to twice as long."""
IN_MEMORY: Final = 1024 * 1024
"""Bytes of a file that need no disk, and that are written to it at once."""

_LONGEST_ANSWER: Final = 4096
"""Bytes that are read of a refusal."""
_WORDS: Final = re.compile(rb"<Message>([^<]{1,200})</Message>")
"""What S3 says in a refusal: `Request has expired`."""
_WRITTEN: Final = re.compile(r"[!-~]*")
"""What a URL is written in; it goes into the request as it is."""
_KINDS: Final[dict[int, FailureKind]] = {401: "denied", 403: "denied", 404: "missing", 410: "missing", 429: "throttled",
                                         503: "throttled"}  # fmt: skip


class HttpsDownloads:
    """Downloads that take turns: few at once, each one limited in size and time."""

    def __init__(self, *, at_once: int = AT_ONCE, deadline: float = DEADLINE) -> None:
        """`deadline`: seconds for one file, without the time until it is its turn."""
        self._turns = anyio.Semaphore(at_once)
        self._deadline = deadline
        self._tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def get(
        self, link: Callable[[], Awaitable[str | Failure]], *, largest: int = LARGEST_DOWNLOAD
    ) -> AsyncIterator[IO[bytes] | Failure]:
        """The file from its beginning. It lies where nothing but this process finds it."""
        async with self._turns:
            url = await link()
            if isinstance(url, Failure):
                yield url
                return
            spool = _Spool()
            try:
                yield await self._fill(spool, url, largest) or spool.file
            finally:
                await spool.close()

    async def _fill(self, spool: _Spool, url: str, largest: int) -> Failure | None:
        if (wrong := _wrong(url)) is not None:
            return Failure("broken", NAME, wrong)
        try:
            with anyio.fail_after(self._deadline):
                return await self._tries(spool, url, largest)
        except TimeoutError:
            return Failure("timed_out", NAME, f"{self._deadline:g} seconds", _host(url))

    async def _tries(self, spool: _Spool, url: str, largest: int) -> Failure | None:
        tries = 1
        while (failure := await self._once(spool, url, largest)) and is_transient(failure) and tries < TRIES:
            await anyio.sleep(random.uniform(0, BACKOFF * 2**tries))  # noqa: S311
            await spool.empty()
            tries += 1
        return failure

    async def _once(self, spool: _Spool, url: str, largest: int) -> Failure | None:
        host = _host(url)
        try:
            async with (
                await self._session(url) as session,
                session.get(URL(url, encoded=True), allow_redirects=False, proxy=proxy_outwards(url)) as reply,
            ):
                if is_redirect(reply.status):
                    error = RedirectedError(host=led_to(url, reply.headers.get("Location", "")))
                    return Failure("broken", NAME, f"HTTP status {reply.status}", f"{host}: {error}")
                if reply.status != 200:
                    return _refused(reply.status, host, await reply.content.read(_LONGEST_ANSWER))
                if (reply.content_length or 0) > largest or not await _save(reply.content, spool, largest):
                    return Failure("broken", NAME, f"larger than {largest:,} bytes", host)
                return None
        except TimeoutError as error:
            return Failure("timed_out", NAME, type(error).__name__, host)
        except aiohttp.ClientError as error:  # whose text has the URL
            return Failure("unreachable", NAME, type(error).__name__, host)
        except OSError as error:  # of the disk, or of the bundle of certificates
            return Failure("broken", NAME, type(error).__name__, str(error))

    async def _session(self, url: str) -> aiohttp.ClientSession:
        """For one file."""
        if self._tls is None and url.startswith("https:"):
            self._tls = await anyio.to_thread.run_sync(tls_context)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT)
        return new_session(USER_AGENT, timeout, self._tls or True)


class _Spool:
    """A file without a name, at first in memory. One thread does all that may wait for the disk, in order: what a
    cancelled task has begun there ends before the file is closed.
    """

    def __init__(self) -> None:
        self.file = SpooledTemporaryFile[bytes](IN_MEMORY)
        self._thread = ThreadPoolExecutor(1, "aioprowler-download")

    async def write(self, content: bytes) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.file.write, content)

    async def rewind(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.file.seek, 0)

    async def empty(self) -> None:
        """For another try."""
        await self.rewind()
        await asyncio.get_running_loop().run_in_executor(self._thread, self.file.truncate)

    async def close(self) -> None:
        """Also where the caller is cancelled while it waits."""
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self.file.close)
        self._thread.shutdown(wait=False)
        await asyncio.shield(closing)


def _wrong(url: str) -> str | None:
    """Why nothing is fetched from there. Over plain HTTP a link is anybody's, but on the way to this very machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        URL(url, encoded=True)
    except ValueError:
        return "a link that is no URL"
    if not _WRITTEN.fullmatch(url):
        return "a link with characters that no URL has"
    if not host:
        return "a link without a host"
    if parts.username is not None or parts.password is not None:
        return "a link with credentials of its own"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return "a link that is not HTTPS"
    return None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _refused(status: int, host: str, answer: bytes) -> Failure:
    kind = _KINDS.get(status, "unreachable" if status >= 500 else "broken")
    said = _WORDS.search(answer)
    message = f"{host}: {said[1].decode(errors='replace')}" if said else host
    return Failure(kind, NAME, f"HTTP status {status}", message)


async def _save(content: aiohttp.StreamReader, spool: _Spool, largest: int) -> bool:
    """Whether it was no larger."""
    size = 0
    waiting = bytearray()
    async for piece in content.iter_any():
        size += len(piece)
        if size > largest:
            return False
        waiting += piece
        if len(waiting) >= IN_MEMORY:
            await spool.write(bytes(waiting))
            waiting.clear()
    await spool.write(bytes(waiting))
    await spool.rewind()
    return True
