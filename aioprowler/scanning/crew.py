"""Accounts that others visit: the seam between a scan and the workers of a cluster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from aioprowler.declarations.account import Account
from aioprowler.scanning.accounts import Way
from aioprowler.scanning.events import Event
from aioprowler.scanning.pipeline import Pipeline
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.survey import Survey
from aioprowler.scanning.visits import Visits


@dataclass(frozen=True, slots=True)
class Post:
    """What a scan is to those who visit its accounts: what they have to know, and where what they find goes."""

    prepared: Prepared
    progress: Progress
    way: Way
    visits: Visits
    pipeline: Pipeline
    put: Callable[[Event], Awaitable[None]]
    """Who is told of complete cells and accounts."""
    survey: Survey


class AtWork(Protocol):
    """A crew whose workers are up."""

    @property
    def width(self) -> int:
        """Accounts that it can use at a time."""
        ...

    async def visit(self, account: Account) -> None:
        """Have an account scanned. Raises EntryError where its worker could not enter it."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """This process, which needs no crew."""

    visits: Visits
    way: Way
    width: int

    async def visit(self, account: Account) -> None:
        """See AtWork."""
        await self.visits.visit(account, self.way)


class Crew(Protocol):
    """Who visits accounts in a scan's place."""

    @property
    def is_sent_credentials(self) -> bool:
        """Whether it is given each account's credentials. Else its workers enter accounts, with their own."""
        ...

    @property
    def place(self) -> str:
        """Where the workers are, for people: `on this machine`."""
        ...

    def at_work(self, post: Post) -> AbstractAsyncContextManager[AtWork]:
        """From when its workers are up until the block is left. Raises UsageError."""
        ...
