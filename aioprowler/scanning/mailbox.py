"""From many tasks to one reader, who takes all that there is at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds what was put until it is taken. A full one makes those wait who have more.

    A task's own items stay in their order. anyio's streams, which hand over one item at a time, take several times as
    long over each. Hundreds may wait for room, and no more of them are woken than there is room for.
    """

    def __init__(self, size: int) -> None:
        self._items: list[T] = []
        self._closed = False
        self._news = asyncio.Event()
        self._room = asyncio.Semaphore(size)

    async def put(self, item: T) -> None:
        """Waits while it is full."""
        await self._room.acquire()
        self._items.append(item)
        self._news.set()

    def close(self) -> None:
        """Nothing more will be put."""
        self._closed = True
        self._news.set()

    async def taken(self) -> AsyncIterator[list[T]]:
        """Whenever there is something, all of it, until the mailbox is closed and empty."""
        while True:
            if self._items:
                items, self._items = self._items, []
                for _ in items:
                    self._room.release()
                yield items
            elif self._closed:
                return
            else:
                self._news.clear()
                await self._news.wait()
