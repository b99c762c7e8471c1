"""What the accounts of a scan have: asked of all of them, when one of them first has to know.

Accounts come while others are finished, and after an interruption those that are complete do not come at all. So they
are gone through once more for what is asked, side by side with the scan, and nothing of them is kept but the digests of
names: 25 MB for a million.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import anyio
from anyio.abc import TaskGroup

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.entry import Entry
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import Names
from aioprowler.engine.asking import value_of
from aioprowler.findings.digests import Digests
from aioprowler.scanning.accounts import Way
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress

NAME = "the other accounts"


class _Answers:
    """What the accounts have of one kind."""

    def __init__(self) -> None:
        self.complete = anyio.Event()
        self._names = Digests()
        self._gaps: dict[str, Failure] = {}
        """Account -> why it could not be asked, or not all of it; of the first ones that could not."""
        self._unasked = 0

    def __contains__(self, name: str) -> bool:
        return self._names.get(_digest(name)) is not None

    def add(self, account_id: str, told: Names | Failure | None) -> None:
        gap = told if isinstance(told, Failure) else told.gap if told else None
        for name in told.names if isinstance(told, Names) else ():
            self._names.set(_digest(name), 1)
        if gap is not None and gap.is_gap:
            self.miss(account_id, gap)

    def miss(self, account_id: str, gap: Failure) -> None:
        self._unasked += 1
        if not self._gaps:
            self._gaps[account_id] = gap

    @property
    def gap(self) -> Failure | None:
        """Why a name that nobody is known to have may be somebody's all the same."""
        for account_id, gap in self._gaps.items():
            more = f" and {self._unasked - 1} more" if self._unasked > 1 else ""
            told = f"account {account_id or 'of unknown id'}{more} may have it: {gap.explain()}"
            return Failure(gap.kind, NAME, "", told.removesuffix("."))
        return None


class Survey:
    """OtherAccounts of one scan."""

    def __init__(self, prepared: Prepared, progress: Progress, tools: Mapping[type, Any]) -> None:
        self._prepared = prepared
        self._progress = progress
        self._tools = tools
        self._answers: dict[type[Names], _Answers] = {}
        self._way: Way | None = None
        self._tasks: TaskGroup | None = None

    def open(self, way: Way, tasks: TaskGroup) -> None:
        """From here on accounts can be asked: by `tasks` of the scan, whichever account wants to know."""
        self._way, self._tasks = way, tasks

    async def have(self, kind: type[Names], name: str) -> bool | Failure:
        """See `OtherAccounts.have`."""
        if self._way is None or self._tasks is None or self._way.everyone is None:
            return False
        answers = self._answers.get(kind)
        if answers is None:
            answers = self._answers[kind] = _Answers()
            self._tasks.start_soon(self._ask_all, kind, answers, self._way)
        await answers.complete.wait()
        return name in answers or answers.gap or False

    async def _ask_all(self, kind: type[Names], answers: _Answers, way: Way) -> None:
        width = anyio.Semaphore(self._prepared.options.accounts_in_flight)
        assert way.everyone is not None
        try:
            async with anyio.create_task_group() as tasks:
                try:
                    async for entry in way.everyone():
                        await width.acquire()
                        tasks.start_soon(self._ask, kind, answers, way, entry, width)
                except EntryError as error:  # of the listing, of which there is no more
                    answers.miss("", _failure(error))
        finally:
            answers.complete.set()

    async def _ask(self, kind: type[Names], answers: _Answers, way: Way, entry: Entry, width: anyio.Semaphore) -> None:
        try:
            account = await entry(way.aws)
            if account is None:
                return
            now, plan = self._prepared.now, self._prepared.plan
            answers.add(account.id, await value_of(kind, account, way.aws, now, plan, self._tools))
            if self._progress.gateway is not None:
                self._progress.gateway.forget(account.id)
        except EntryError as error:
            answers.miss(error.account_id, _failure(error))
        finally:
            width.release()


def _failure(error: EntryError) -> Failure:
    return Failure(error.kind, error.action, error.code, str(error))


def _digest(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=16).digest()
