"""A scan that is told to end: the first time it closes what it has written, the second time that alone is done."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

from anyio import CancelScope

from aioprowler.cli.app import ERROR
from aioprowler.cli.streams import complain
from aioprowler.errors import AioprowlerError

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the end of a job (containers, systemd), and of the terminal."""
STOPPING: Final = "Stopping: finishing what is being written (again to stop at once)"
_PATIENCE: Final = 1.5
"""Seconds that what is under way has to end by itself: a thread may wait for a name server that does not answer."""


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Around an event loop, which leaves signals as Python has them."""
    former = {each: signal.getsignal(each) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)


class Stopping:
    """Signals as callbacks of the event loop: an exception out of nowhere would leave tasks and files behind."""

    def __init__(self, say: Callable[[str], None], end: Callable[[], int]) -> None:
        """`end`: closes what is open, and tells the exit code of a program that is over at once."""
        self._say = say
        self._end = end
        self._loop: asyncio.AbstractEventLoop
        self._scope: CancelScope
        self.has_stopped = False
        """Whether the work was cut off."""

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """The work, to its end or until a signal comes. What the process ignores, as one that nohup has started, it
        goes on ignoring.
        """
        self._loop = asyncio.get_running_loop()
        with CancelScope() as self._scope:
            for each in SIGNALS:
                if signal.getsignal(each) is not signal.SIG_IGN:
                    self._loop.add_signal_handler(each, self._stop)
            await work()
        self.has_stopped = self._scope.cancelled_caught

    def _stop(self) -> None:
        if self._scope.cancel_called:
            self._leave()
            return
        self._loop.call_later(_PATIENCE, self._leave)
        self._scope.cancel()
        self._say(f"aioprowler: {STOPPING}")

    def _leave(self) -> None:
        code = ERROR
        try:
            code = self._end()
        except (AioprowlerError, OSError) as error:
            complain(f"error: {error}")
        finally:
            os._exit(code)
