"""Values that several readers share: made once, by a task of the account, and waited for.

Inside an account tasks are asyncio's: the scan has one for nearly every call, and anyio's cost five times as much.
"""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

from aioprowler.declarations.failure import Failure, UnreadableError

T = TypeVar("T")
G = TypeVar("G")
logger = logging.getLogger("aioprowler")

_PENDING: Any = object()
CUT_OFF = Failure("timed_out", "the scan", "the deadline passed")


MISTAKES: Final = (Exception, SystemExit)
"""What a declared function may raise without ending the scan; some libraries leave with SystemExit."""


def bug(name: str, error: BaseException) -> Failure:
    """A declared function raised: its author's mistake, or what cannot be read. It hides data and ends nothing."""
    if isinstance(error, UnreadableError):
        return error.failure(name)
    kind, told = type(error).__name__, words(error)
    logger.error("%s raised %s", name, f"{kind}: {told}" if told else kind, exc_info=error)
    return Failure("mistake", name, kind, told)


def words(error: BaseException) -> str:
    """What an exception says, which may be a mistake as well."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - its class is told anyway
        return ""


class Turn:
    """One's turn on the event loop. Judging takes no call, and what is judged may be thousands of things in a row: who
    has held the loop for a while lets the others have it, or their calls would time out.
    """

    LONG: Final = 0.01
    """Seconds."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def pass_on(self) -> None:
        """Let the others have the loop if it is time. Whoever had it last, it was after the time that is measured."""
        if time.perf_counter() - self._since > self.LONG:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


class Tasks(TaskGroup):
    """The tasks of an account."""

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """None where the account has been cut off: whoever would wait for the work is cancelled as well, but those that
        a group further in holds may have a step before that.
        """
        try:
            return self.create_task(work)
        except RuntimeError:
            work.close()
            return None


Key = tuple[Hashable, ...]


class Memo:
    """Key -> value. Making a value never raises: what goes wrong is a Failure."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._slots: dict[Key, list[Any]] = {}
        self._events: dict[Key, asyncio.Event] = {}

    async def get(self, key: Key, make: Callable[[], Awaitable[Any]]) -> Any:
        """The value; the first who asks has it made, and whoever asks meanwhile waits."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = [_PENDING]
            self._events[key] = asyncio.Event()
            self._tasks.begin(self._fill(key, slot, make))
        if slot[0] is _PENDING:
            await self._events[key].wait()
        return slot[0]

    async def _fill(self, key: Key, slot: list[Any], make: Callable[[], Awaitable[Any]]) -> None:
        try:
            slot[0] = await make()
        except Exception as error:  # noqa: BLE001 - a value's readers are told, and the scan goes on
            slot[0] = bug(str(key), error)
        finally:
            if slot[0] is _PENDING:
                slot[0] = CUT_OFF
            self._events.pop(key).set()


async def for_each(items: Collection[T], work: Callable[[T], Coroutine[Any, Any, None]], width: int) -> None:
    """Do the work for every item, `width` at a time: as many tasks as that, not as many as items."""
    if len(items) == 1:
        for item in items:
            await work(item)
        return
    rest = iter(items)

    async def worker() -> None:
        for item in rest:
            await work(item)

    async with TaskGroup() as tasks:
        for _ in range(min(width, len(items))):
            tasks.create_task(worker())


class Growing(Generic[T, G]):
    """A list that one task appends to while others follow it, and what could not be had (complete at the end)."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self.gaps: list[G] = []
        self.is_finished = False
        self._grown: asyncio.Event | None = None
        """While somebody waits."""

    def extend(self, items: list[T]) -> None:
        """A further page."""
        self.items += items
        self._wake()

    def finish(self) -> None:
        """There is no more."""
        self.is_finished = True
        self._wake()

    def _wake(self) -> None:
        if self._grown is not None:
            self._grown.set()
            self._grown = None

    async def _growth(self) -> None:
        if self._grown is None:
            self._grown = asyncio.Event()
        await self._grown.wait()

    async def follow(self) -> AsyncIterator[list[T]]:
        """What is there, then what comes, in pages."""
        seen = 0
        while True:
            if page := self.items[seen:]:
                seen += len(page)
                yield page
            elif self.is_finished:
                return
            else:
                await self._growth()

    async def complete(self) -> list[T]:
        """All of it, once it is finished."""
        while not self.is_finished:
            await self._growth()
        return self.items
