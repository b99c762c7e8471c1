"""A webhook of the user's own: findings as they are made, and at the end what was looked at.

Signed as Standard Webhooks says (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/
standard-webhooks.md), so that receivers verify it with that specification's libraries.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import time
import uuid
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final, Self

import anyio

from aioprowler.engine.judge import timestamp
from aioprowler.errors import UsageError
from aioprowler.findings.finding import Finding
from aioprowler.integrations.http import Client, checked_url, client_session
from aioprowler.integrations.integration import Ending, Integration, SendingError
from aioprowler.outputs.writer import encoded

SECRET_VARIABLE: Final = "AIOPROWLER_WEBHOOK_SECRET"  # noqa: S105 - its name
MOST_FINDINGS: Final = 500
MOST_BYTES: Final = 1_000_000
"""Of one request."""
LINGER: Final = 1.0
"""Seconds that findings wait for more, so that a slow scan does not make a request for each."""
_WAITING: Final = 4 * MOST_BYTES
"""Bytes that wait at most; then the scan waits."""
_KEY_BYTES: Final = range(24, 64 + 1)


class Webhook(Integration):
    """POSTs JSON: `{"type": "scan.findings", "timestamp": ..., "data": [finding, ...]}`, at last one `scan.coverage`.

    At least once: a request whose reply is lost is sent again under the same id.
    """

    name = "webhook"

    def __init__(
        self, url: str, secret: str | None = None, client: Client | None = None, *, insecure: bool = False
    ) -> None:
        """`secret`: base64 of the key, perhaps after `whsec_`. `insecure`: over plain HTTP to other machines as well.
        Raises UsageError for a bad URL or secret.
        """
        self._url = checked_url("--webhook", url, insecure=insecure)
        self._key = _key(secret) if secret else None
        self._client = client
        self._pending: deque[bytes] = deque()
        self._size = 0
        self._ends = False
        self._failure: SendingError | None = None
        self._full = anyio.Event()
        self._moved = anyio.Event()
        self._done = anyio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self._client is None:
            self._client = Client(await self._stack.enter_async_context(client_session()))
        tasks = await self._stack.enter_async_context(anyio.create_task_group())
        self._stack.callback(tasks.cancel_scope.cancel)
        tasks.start_soon(self._work)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def take(self, findings: Sequence[Finding]) -> None:
        """Waits while the buffer is full. Raises SendingError once the other side has refused."""
        lines = [*map(encoded, findings)]
        self._pending.extend(lines)
        self._size += sum(map(len, lines))
        if self._has_much:
            self._full.set()
        while self._size > _WAITING and self._failure is None:
            self._moved = anyio.Event()
            await self._moved.wait()
        self._check()

    async def drain(self) -> None:
        """Waits until everything is sent. Raises SendingError where it was not."""
        self._ends = True
        self._full.set()
        await self._done.wait()
        self._check()

    async def conclude(self, ending: Ending) -> None:
        """Posts the coverage report as an event of its own."""
        await self._post("scan.coverage", encoded(ending.coverage))

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    @property
    def _has_much(self) -> bool:
        return len(self._pending) >= MOST_FINDINGS or self._size >= MOST_BYTES

    async def _work(self) -> None:
        """Send what has come, one request after the other."""
        try:
            while self._pending or not self._ends:
                if not self._has_much and not self._ends:
                    self._full = anyio.Event()
                    with anyio.move_on_after(LINGER):
                        await self._full.wait()
                if self._pending:
                    await self._post("scan.findings", b"[" + b",".join(self._cut()) + b"]")
                self._moved.set()
        except SendingError as error:
            self._failure = error
        finally:
            self._moved.set()
            self._done.set()

    def _cut(self) -> list[bytes]:
        """The findings of the next request: as many as it may hold, and one at least."""
        batch: list[bytes] = []
        size = 0
        while self._pending and len(batch) < MOST_FINDINGS:
            size += len(self._pending[0])
            if batch and size > MOST_BYTES:
                break
            batch.append(self._pending.popleft())
        self._size -= sum(map(len, batch))
        return batch

    async def _post(self, kind: str, data: bytes) -> None:
        assert self._client is not None
        now = timestamp(datetime.datetime.now(datetime.UTC))
        body = f'{{"type":"{kind}","timestamp":"{now}","data":'.encode() + data + b"}"
        message = f"msg_{uuid.uuid4().hex}"
        await self._client.post(self._url, body, lambda: self._headers(message, body))

    def _headers(self, message: str, body: bytes) -> dict[str, str]:
        moment = str(int(time.time()))
        headers = {"Content-Type": "application/json", "webhook-id": message, "webhook-timestamp": moment}
        if self._key is not None:
            headers["webhook-signature"] = signature(self._key, message, moment, body)
        return headers


def signature(key: bytes, message: str, moment: str, body: bytes) -> str:
    """Of one try: `v1,` and base64 of HMAC-SHA256 over id, Unix time and body."""
    signed = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) not in _KEY_BYTES:
        raise UsageError(
            f"{SECRET_VARIABLE}: give base64 of 24 to 64 bytes, as `openssl rand -base64 32` prints it, with or "
            "without whsec_ before it."
        )
    return key
