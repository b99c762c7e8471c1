"""What aiobotocore's clients send with, those of the scan and all others that its sessions make.

aiobotocore leaves redirects to aiohttp, which follows them to any host, also from HTTPS to HTTP, and sends along all
headers but `Authorization`: the session token, and the body.
"""

from __future__ import annotations

import asyncio
import getpass
import warnings
from functools import partial
from typing import Any

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession
from aiobotocore.utils import _RefCountedSession
from botocore.credentials import AssumeRoleProvider, ContainerProvider, InstanceMetadataProvider
from botocore.exceptions import HTTPClientError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from aioprowler.aws.redirects import is_redirect, refuse_redirect
from aioprowler.aws.web import BULKY_AT_ONCE, ReplyTooLargeError, read_within, tls_context


class PlainSession(AIOHTTPSession):  # type: ignore[misc]
    """Follows no redirect, and reads no more of a reply than there may be. Of a stream, that is up to its reader."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._turns = asyncio.Semaphore(BULKY_AT_ONCE)

    async def _get_session(self, proxy_url: str | None) -> _Straight:
        """aiobotocore's, whose own trusts each certificate that comes by way of a proxy, and reads those to trust for
        each client anew: half a megabyte, and milliseconds.
        """
        if proxy_url not in self._sessions:
            tls = tls_context(get_cert_path(self._verify)) if self._verify else False
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._max_pool_connections, ssl=tls, **self._connector_args),
                timeout=self._timeout,
                skip_auto_headers={"CONTENT-TYPE"},
                auto_decompress=False,
            )
            self._sessions[proxy_url] = await self._exit_stack.enter_async_context(session)
        return _Straight(self._sessions[proxy_url], self._turns)

    async def send(self, request: Any) -> Any:
        """As aiobotocore's. Raises RedirectedError and ReplyTooLargeError besides."""
        try:
            reply = await super().send(request)
        except HTTPClientError as error:  # in which aiobotocore wraps what it does not know
            cause = error.kwargs.get("error")
            raise cause if isinstance(cause, ReplyTooLargeError) else error from None
        if is_redirect(reply.status_code):
            refuse_redirect(request.url, reply.status_code, reply.headers, await reply.content)
        return reply


class _Straight:
    """aiohttp's session, as much of it as aiobotocore uses."""

    def __init__(self, session: aiohttp.ClientSession, turns: asyncio.Semaphore) -> None:
        self._session = session
        self._turns = turns

    async def request(self, method: str, **options: Any) -> aiohttp.ClientResponse:
        reply = await self._session.request(method, **options, allow_redirects=False)
        reply.read = partial(self._read, reply)  # type: ignore[method-assign]
        return reply

    async def _read(self, reply: aiohttp.ClientResponse) -> bytes:
        if reply._body is None:
            try:
                reply._body = await read_within(reply.content, turns=self._turns)
            except BaseException:
                reply.close()
                raise
        return await aiohttp.ClientResponse.read(reply)


class _MetadataSession(PlainSession, _RefCountedSession):  # type: ignore[misc]
    """The same for what asks a container or an instance for its credentials."""


class PlainConfig(AioConfig):  # type: ignore[misc]
    """Of clients that send with a PlainSession, and to no host that a reply of DescribeEndpoints names."""

    def __init__(self, connector_args: dict[str, Any] | None = None, **settings: Any) -> None:
        super().__init__(
            connector_args=connector_args, http_session_cls=PlainSession, endpoint_discovery_enabled=False, **settings
        )

    def merge(self, other_config: AioConfig) -> AioConfig:
        """With what is the other's; aiobotocore's own leaves out what sends."""
        merged = super().merge(other_config)
        merged.http_session_cls = PlainSession
        return merged


def _ask(question: str) -> str:
    """Raises GetPassWarning where there is no terminal, rather than to read whatever standard input has."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        return getpass.getpass(question)


def plain_credentials(session: AioSession) -> Any:
    """botocore's chain of credentials, of which a container's and an instance's are asked for over HTTP as well, and
    the code of an MFA device at the terminal alone.
    """
    chain = session._create_credential_resolver()
    for provider in chain.providers:
        if isinstance(provider, AssumeRoleProvider):
            provider._prompter = _ask
        if isinstance(provider, ContainerProvider):
            provider._fetcher._session = _MetadataSession(timeout=provider._fetcher.TIMEOUT_SECONDS)
        if isinstance(provider, InstanceMetadataProvider):
            fetcher = provider._role_fetcher
            proxies = get_environ_proxies(fetcher._base_url)
            fetcher._session = _MetadataSession(timeout=fetcher._timeout, proxies=proxies)
    return chain
