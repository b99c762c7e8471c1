"""What an integration is, and the integrations of one scan."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Self

from msgspec import Struct

from aioprowler.errors import AioprowlerError
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding
from aioprowler.outputs.files import Outputs

logger = logging.getLogger("aioprowler")


class SendingError(AioprowlerError):
    """Somebody was not told, or not of everything; the message says who, why, and what to do, and has no secrets."""


class Ending(Struct, frozen=True):
    """What there is when a scan has come to its end and its files are closed."""

    coverage: Coverage
    outputs: Outputs | None
    """The files; None if none were written."""


class Integration:
    """Tells somebody of a scan: overrides what it needs of these, which are called in this order.

    Each may raise SendingError; the integration is left alone then.
    """

    name: str

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        """Let go of everything, also of what was not sent yet."""

    def recall(self, findings: Sequence[Finding]) -> None:
        """Findings that an earlier run of a resumed scan streamed."""

    async def take(self, findings: Sequence[Finding]) -> None:
        """Findings as the scan streams them. Waiting here holds the scan back."""

    async def drain(self) -> None:
        """There are no more."""

    async def conclude(self, ending: Ending) -> None:
        """The scan has come to its end. A scan that was interrupted never does."""


class Integrations:
    """Several as one, of which none fails the scan or another one."""

    def __init__(self, integrations: Sequence[Integration] = (), note: Callable[[str], None] | None = None) -> None:
        """`note` is told what went wrong, for the coverage report."""
        self._working = list(integrations)
        self._note = note
        self._stack = AsyncExitStack()
        self.has_failed = False

    def __bool__(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self._working)

    async def __aenter__(self) -> Self:
        for each in self._working:
            await self._stack.enter_async_context(each)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def recall(self, findings: Sequence[Finding]) -> None:
        """What an earlier run of the scan has streamed; each is told of it as of findings of this run."""
        for each in [*self._working]:
            try:
                each.recall(findings)
                await each.take(findings)
            except SendingError as error:
                self._fail(each, error)

    async def take(self, findings: Sequence[Finding]) -> None:
        """Waits for each, one after the other."""
        for each in [*self._working]:
            try:
                await each.take(findings)
            except SendingError as error:
                self._fail(each, error)

    async def drain(self) -> None:
        """There are no more findings."""
        for each in [*self._working]:
            try:
                await each.drain()
            except SendingError as error:
                self._fail(each, error)

    async def conclude(self, ending: Callable[[], Ending]) -> None:
        """One after the other, so that the later ones can tell what failed before."""
        for each in [*self._working]:
            try:
                await each.conclude(ending())
            except SendingError as error:
                self._fail(each, error)

    def _fail(self, integration: Integration, error: SendingError) -> None:
        self._working.remove(integration)
        self.has_failed = True
        logger.error("%s: %s", integration.name, error)
        if self._note:
            self._note(f"{integration.name}: {error}")


def counted(number: int, what: str) -> str:
    """`1 account`, `2,000 accounts`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
