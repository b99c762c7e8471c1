"""Which repositories GitHub and GitLab show to everybody.

Their pages say it, to whoever asks for one without signing in: what nobody may see is not found, or asks to sign in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
import anyio

from aioprowler.aws.clients import USER_AGENT
from aioprowler.aws.redirects import is_redirect
from aioprowler.aws.web import new_session, proxy_outwards
from aioprowler.declarations.failure import Failure, FailureKind

NAME: Final = "GitHub or GitLab"
HOSTS: Final[Mapping[str, str]] = {"GitHub": "https://github.com", "GitLab": "https://gitlab.com"}
DEADLINE: Final = 20.0
"""Seconds for one answer."""
AT_ONCE: Final = 4
"""Questions at the same time, of all accounts."""

_PATH: Final = re.compile(r"(?!\.)[\w.-]+(?:/(?!\.{1,2}(?:/|$))[\w.-]+)+", re.ASCII)
_KINDS: Final[dict[int, FailureKind]] = {401: "denied", 403: "denied", 429: "throttled", 503: "throttled"}


class CodeHosts:
    """PublicRepositories that ask each host for each repository once."""

    def __init__(self, hosts: Mapping[str, str] = HOSTS, deadline: float = DEADLINE) -> None:
        self._hosts = hosts
        self._deadline = deadline
        self._turns = anyio.Semaphore(AT_ONCE)
        self._known: dict[str, bool | Failure] = {}

    async def find(self, name: str, host: str = "") -> str | Failure | None:
        """The address of the repository, where the host shows it, or one of them if none is named."""
        path = name.removesuffix(".git")
        if not _PATH.fullmatch(path):
            return Failure("broken", NAME, "a name that no repository has", f"{name:.80}")
        failure: Failure | None = None
        for address in [self._hosts[host]] if host else self._hosts.values():
            url = f"{address}/{path}"
            is_public = await self._is_public(url)
            if is_public is True:
                return url
            failure = failure or is_public or None
        return failure

    async def _is_public(self, url: str) -> bool | Failure:
        async with self._turns:
            if url not in self._known:
                self._known[url] = await self._ask(url)
        return self._known[url]

    async def _ask(self, url: str) -> bool | Failure:
        host = urlsplit(url).hostname or ""
        try:
            async with (
                new_session(USER_AGENT, aiohttp.ClientTimeout(self._deadline)) as session,
                session.head(url, allow_redirects=False, proxy=proxy_outwards(url)) as reply,
            ):
                return _read(url, reply.status, reply.headers.get("Location", ""))
        except TimeoutError:
            return Failure("timed_out", NAME, f"{self._deadline:g} seconds", host)
        except aiohttp.ClientError as error:
            return Failure("unreachable", NAME, type(error).__name__, host)


def _read(url: str, status: int, location: str) -> bool | Failure:
    """A repository that was renamed leads to its new name, and does so for those alone who may see it."""
    host = urlsplit(url).hostname or ""
    if status == 200:
        return True
    if status in (404, 410):
        return False
    if is_redirect(status):
        led_to = urlsplit(urljoin(url, location))
        if led_to.path.endswith(("/sign_in", "/login")):
            return False
        if led_to.hostname == host:
            return True
    return Failure(_KINDS.get(status, "broken"), NAME, f"HTTP status {status}", host)
