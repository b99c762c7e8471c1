"""How much of a scan's work is under way: the rest waits in order, and becomes tasks when there is room."""

from __future__ import annotations

import asyncio
from asyncio import TaskGroup
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

Work = Callable[[Any], Coroutine[Any, Any, None]]

ROOM: Final = 512
"""Tasks that the queues of all accounts have at the same time. A scan meets AWS's quotas long before that, and a task
that waits for its first reply takes kilobytes."""
LEAST: Final = 24
"""Tasks that each queue may have however many others there are: enough for an account to keep to its quotas, and few
enough for 32 accounts."""


class Room:
    """What the accounts of a scan share."""

    def __init__(self, size: int = ROOM) -> None:
        self.free = size
        self.begun = asyncio.Event()
        """Set once a unit of the scan has had its first findings, or has ended without any."""


class Queue:
    """Work of one account, begun in the order in which it was put, as far as there is room.

    What is begun must not wait for what was put: that may have to wait for it in its turn.
    """

    def __init__(self, tasks: TaskGroup, room: Room) -> None:
        self._tasks = tasks
        self._room = room
        self._waiting: deque[tuple[Work, Any]] = deque()
        self._running = 0

    def put(self, work: Work, item: Any) -> None:
        """Work to be called with the item, at once where there is room."""
        self._waiting.append((work, item))
        self._begin()

    def _begin(self) -> None:
        while self._waiting and (self._running < LEAST or self._room.free > 0):
            self._running += 1
            self._room.free -= 1
            self._tasks.create_task(self._do(*self._waiting.popleft()))

    async def _do(self, work: Work, item: Any) -> None:
        try:
            await work(item)
        except asyncio.CancelledError:
            self._waiting.clear()
            raise
        finally:
            self._running -= 1
            self._room.free += 1
            self._begin()
