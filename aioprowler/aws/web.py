"""HTTP as all of our clients speak it, to AWS and to others: through the environment's proxies, without the credentials
of ~/.netrc, no further than to the host that was asked, and no reply without an end.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import sys
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache
from os import environ
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from botocore.exceptions import BotoCoreError
from botocore.httpsession import ProxyConfiguration, get_cert_path
from botocore.utils import get_environ_proxies

LARGEST_REPLY: Final = 64 * 1024 * 1024
"""Bytes of any operation's reply. The largest that there may be are pages of a thousand things of EC2's: instances of
20 KB each, security groups of a hundred rules.
"""
BULKY: Final = 256 * 1024
"""Bytes from which on a reply waits for its turn, so that not all of those under way may be as large as one may be."""
BULKY_AT_ONCE: Final = 4
_SESSIONS: Final = 256
"""Hosts whose TLS session is remembered, certificates and all: 20 KB each."""


class ReplyTooLargeError(BotoCoreError):  # type: ignore[misc]
    """The reply goes on and on. What had come of it is thrown away."""

    fmt = "the reply is longer than {largest:,} bytes, and no more of it is read"


_NO_TURNS: Final[AbstractAsyncContextManager[None]] = nullcontext()


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an endpoint, by botocore's rules: HTTPS_PROXY, HTTP_PROXY, NO_PROXY."""
    found: str | None = ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)
    return found


def proxy_outwards(url: str) -> str | None:
    """Likewise for those who are not AWS's services, but what is for this very machine does not leave it, as browsers
    have it: such a URL may be plain HTTP, which a proxy elsewhere would be sent in the clear.
    """
    return None if is_loopback(urlsplit(url).hostname or "") else proxy_for(url)


def is_loopback(host: str) -> bool:
    """Whether it is this very machine (RFC 6761: names below `localhost` as well)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def read_within(
    body: aiohttp.StreamReader, largest: int | None = None, turns: AbstractAsyncContextManager[None] = _NO_TURNS
) -> bytes:
    """A whole body, counted while it comes. `turns` is waited for where it is bulky. Raises ReplyTooLargeError and
    aiohttp's exceptions; the connection is to be closed then.
    """
    largest = LARGEST_REPLY if largest is None else largest
    whole = io.BytesIO()  # whose value is its buffer: pieces that are joined are there twice for a moment
    while whole.tell() <= min(BULKY, largest):
        block = await body.readany()
        if not block:
            return whole.getvalue()
        whole.write(block)
    async with turns:
        while whole.tell() <= largest:
            block = await body.readany()
            if not block:
                return whole.getvalue()
            whole.write(block)
    raise ReplyTooLargeError(largest=largest)


class LoopbackResolver(AbstractResolver):
    """The system's resolver, which also knows that names below `localhost` are loopback (RFC 6761).

    botocore puts bucket names before the host of AWS_ENDPOINT_URL: `reports.localhost`.
    """

    def __init__(self) -> None:
        self._system = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises OSError where there are none."""
        if host.endswith(".localhost"):
            return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]
        return await self._system.resolve(host, port, family)

    async def close(self) -> None:
        """Lets go of the system's resolver."""
        await self._system.close()


class ResumingContext(ssl.SSLContext):
    """TLS that goes on with the session of an earlier connection to the same host, where the host allows that: it saves
    the host's certificates, two thirds of what a handshake takes of us.
    """

    def __init__(self, _protocol: int) -> None:
        self._sessions: dict[str | bytes, ssl.SSLSession] = {}

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, server_side: bool = False,
        server_hostname: str | bytes | None = None, session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:  # fmt: skip
        """What event loops call, who know of no sessions."""
        session = session or self._sessions.get(server_hostname or "")
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)

    def remember(self, connection: ssl.SSLObject) -> None:
        """Its session is the next one's to the same host. Its tickets come with the first reply (TLS 1.3)."""
        host, session = connection.server_hostname, connection.session
        if host and session and session.has_ticket:
            self._sessions[host] = session
            if len(self._sessions) > _SESSIONS:
                del self._sessions[next(iter(self._sessions))]


def tls_context(bundle: str | None = None) -> ResumingContext:
    """The certificates of a bundle, else of the one that the environment names, else those that botocore trusts.
    Reading them takes a while, and so all who trust the same share them.
    """
    return _trusting(bundle or environ.get("AWS_CA_BUNDLE") or get_cert_path(True))


@cache
def _trusting(file: str) -> ResumingContext:
    context = ResumingContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):  # as the default context has it there
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    context.load_verify_locations(file)
    return context


def new_session(
    user_agent: str, timeout: aiohttp.ClientTimeout, tls: ssl.SSLContext | bool = True
) -> aiohttp.ClientSession:
    """For those who are not AWS's services. Requests name their proxy (`proxy_outwards`) and `allow_redirects=False`:
    with aiohttp's `trust_env` they would also bear what ~/.netrc has for the host. Nothing is sent or taken compressed,
    so that what is counted of a body is what there is of it.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls, resolver=LoopbackResolver()),
        timeout=timeout,
        headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )
