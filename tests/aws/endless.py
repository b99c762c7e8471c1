"""A server whose replies do not end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

PIECE = b"x" * 16 * 1024
FRAMES = {
    "chunked": (b"transfer-encoding: chunked", b"%x\r\n%b\r\n" % (len(PIECE), PIECE)),
    "of a stated length": (b"content-length: 1099511627776", PIECE),
    "until it closes": (b"connection: close", PIECE),
}
"""How a reply says where it ends -> the header, and what is sent on and on."""


class Endless:
    """Sends until the other side closes the connection."""

    def __init__(self, frame: str = "chunked", status: int = 200) -> None:
        header, self._piece = FRAMES[frame]
        self._head = b"HTTP/1.1 %d X\r\n%b\r\n\r\n" % (status, header)
        self.asked = 0
        self.closed = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._reply, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def ended(self) -> None:
        """Until nobody reads any more."""
        await asyncio.gather(*self._tasks)

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        writer.write(self._head)
        with suppress(ConnectionError):
            while True:
                writer.write(self._piece)
                await writer.drain()
        self.closed += 1
        writer.close()
