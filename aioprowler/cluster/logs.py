"""What is logged: by Dask, which by itself writes it to standard error, and by the workers."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import distributed
from distributed.comm import CommClosedError
from distributed.versions import VersionMismatchWarning

from aioprowler.cluster.messages import Line

_logger = logging.getLogger("aioprowler")

_MOST: Final = 2000
"""Lines that are kept: as many as the failed calls of a second, and a few MB with all their tracebacks."""
_OWN: Final = _logger.level
"""What the worker's owner wants to have logged."""
_turn: Final = threading.Lock()


class _Details(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _logger.debug("Dask: %s", record.getMessage(), exc_info=record.exc_info)


def log_as_details() -> None:
    """What Dask logs from here on, for who debugs the scan. To be called on the loop on which Dask runs."""
    for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [_Details()], False
    asyncio.get_running_loop().set_exception_handler(_complain)


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """When it is ended Dask leaves tasks behind, of which asyncio says that nobody looks at how they failed."""
    if isinstance(context.get("exception"), CommClosedError):
        _logger.debug("Dask: %s", context["exception"])
    else:
        loop.default_exception_handler(context)


@contextmanager
def versions_in_a_line() -> Iterator[None]:
    """Dask warns of any package that is not the same everywhere, in a table. It is a detail, but for Dask itself."""
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", VersionMismatchWarning)
        yield
    for each in met:
        _logger.debug("Dask: %s", each.message)
        if "\n| distributed " in str(each.message):
            _logger.warning(
                "the cluster has other versions of Dask beside %s, which this is: begin with that if something fails",
                distributed.__version__,
            )


class Kept(logging.Handler):
    """What one thread logs, and with it one scan, until it is taken."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._thread = threading.get_ident()
        self._lines: list[Line] = []
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, while there is room."""
        if record.thread != self._thread:
            return
        if len(self._lines) == _MOST:
            self._lost += 1
            return
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
        self._lines.append(Line(record.levelno, record.created, record.getMessage(), trace))

    def taken(self) -> list[Line]:
        """What there is, and how much there was no room for."""
        lines, self._lines = self._lines, []
        if self._lost:
            told = f"{self._lost:,} more lines were logged at once, and are left out"
            lines.append(Line(logging.WARNING, time.time(), told, None))
            self._lost = 0
        return lines


@contextmanager
def kept(level: int) -> Iterator[Kept]:
    """What this thread logs from here on. Of several scans on a worker each has its own level."""
    handler = Kept(level)
    with _turn:
        _logger.addHandler(handler)
        _settle()
    try:
        yield handler
    finally:
        with _turn:
            _logger.removeHandler(handler)
            _settle()


def _settle() -> None:
    """Nothing is made that nobody wants."""
    _logger.setLevel(_OWN)
    if wanted := [each.level for each in _logger.handlers if isinstance(each, Kept)]:
        _logger.setLevel(min(_logger.getEffectiveLevel(), *wanted))


def log_again(lines: Iterable[Line], worker: str) -> None:
    """What a worker has logged, here."""
    for each in lines:
        told = {
            "name": _logger.name,
            "levelno": each.level,
            "levelname": logging.getLevelName(each.level),
            "msg": f"{worker}: {each.text}",
            "created": each.time,
            "exc_text": each.traceback,
        }
        if _logger.isEnabledFor(each.level):
            _logger.handle(logging.makeLogRecord(told))
