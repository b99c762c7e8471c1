"""What Dask logs: details of the scan, for who debugs it. By itself it writes them to standard error."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from distributed.comm import CommClosedError

_logger = logging.getLogger("aioprowler")


class _Details(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _logger.debug("Dask: %s", record.getMessage(), exc_info=record.exc_info)


def log_as_details() -> None:
    """From here on. To be called on the loop on which Dask runs."""
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
