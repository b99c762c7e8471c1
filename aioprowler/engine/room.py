"""How much of a scan's work is under way: the rest waits in order, and becomes tasks when there is room."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from aioprowler.engine.values import Tasks

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

    def __init__(self, tasks: Tasks, room: Room) -> None:
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
            work, item = self._waiting.popleft()
            task = self._tasks.begin(work(item))
            if task is None:
                self._waiting.clear()
                return
            self._running += 1
            self._room.free -= 1
            task.add_done_callback(self._ended)

    def _ended(self, _task: asyncio.Task[None]) -> None:
        """Also of one that was cancelled before it began."""
        self._running -= 1
        self._room.free += 1
        self._begin()
