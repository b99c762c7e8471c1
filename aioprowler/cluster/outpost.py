"""A worker's part of a scan: the same visits to accounts, on an event loop of its own, in a thread."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import pickle
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager, suppress
from itertools import count, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import anyio
from anyio import to_thread
from botocore.exceptions import ClientError
from msgspec import structs

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.entry import Base, Entry, member_entries
from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.accounts.permissions import session_actions
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.api import AwsApi, Boundary
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.homes import Chosen
from aioprowler.cluster import messages
from aioprowler.cluster.logs import kept
from aioprowler.cluster.messages import (
    Accounts,
    Answer,
    Began,
    Begin,
    Complete,
    Enough,
    Entered,
    Failed,
    Findings,
    Found,
    Left,
    Logged,
    Over,
    Question,
    Refused,
    Report,
    Task,
    Visited,
)
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import Names
from aioprowler.declarations.sources import Operation, OtherAccounts
from aioprowler.engine.cells import Cell
from aioprowler.engine.plan import Plan
from aioprowler.engine.room import Room
from aioprowler.engine.values import bug
from aioprowler.errors import cause_of
from aioprowler.scanning.accounts import Way
from aioprowler.scanning.events import Batch, Event, SawAll
from aioprowler.scanning.journal import Done
from aioprowler.scanning.mailbox import Mailbox
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.prepared import Prepared, prepare
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.visits import Visits
from aioprowler.tools import make_tools
from aioprowler.tools.scratch import scratch

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

_logger = logging.getLogger("aioprowler")

_WAITING: Final = 256
"""Messages at most that wait to be delivered."""
_PAUSE: Final = 0.1
"""Seconds for which they gather after a delivery, which takes both sides as long as fifty findings do."""

_LOG: Final = 0.5
"""Seconds between looks at what was logged."""

Deliver = Callable[[bytes], Coroutine[Any, Any, None]]
"""Puts messages into the worker's outbox; waits while that is full."""


class Run:
    """One try of a batch."""

    def __init__(self, batch: int, number: int) -> None:
        self.batch = batch
        self.number = number
        self.ended: Future[None] = Future()
        """Set from the outpost's thread; the task of the worker waits for it."""
        self.scope: anyio.CancelScope
        """Made on the outpost's loop."""
        self.has_accounts = False


class Outpost:
    """Made on the worker's own loop. It begins when it is told what to scan, and goes on until it is closed."""

    def __init__(self, deliver: Deliver, aws: str | None, ended: Callable[[], None]) -> None:
        """`deliver` is called on the worker's loop, as is `ended` once no more will be told. `aws`: `module:name` of
        what makes an AwsApi, for a scan that asks another than AWS.
        """
        self._deliver = deliver
        self._aws = aws
        self._ended = ended
        self._home = asyncio.get_running_loop()
        self._runs: dict[tuple[int, int], Run] = {}
        self._begin: Begin | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[None] = Future()
        self._is_closed = False
        self._stop: Callable[[], None] = lambda: None

    # -------------------------------------------------------- the worker's threads
    async def receive(self, body: bytes) -> None:
        """What the coordinator gave, on the worker's loop. Raises what a scan that cannot be prepared raises."""
        given = messages.given(body)
        if isinstance(given, Begin):
            if self._thread is None:
                self._begin = given
                self._thread = threading.Thread(target=self._live, name="aioprowler", daemon=True)
                self._thread.start()
            await asyncio.shield(asyncio.wrap_future(self._ready))
            if not self._thread.is_alive():
                raise RuntimeError("its part of the scan has ended")
            if self._aws is None and self._loop is not None:  # it may have slept, been given up and found again
                self._loop.call_soon_threadsafe(self._gateway.try_again)
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._take, given)

    def run(self, batch: int, number: int) -> Run:
        """A run that has begun, in a thread of the worker's; it ends when its `ended` is set."""
        run = self._runs[batch, number] = Run(batch, number)
        assert self._loop is not None, "nobody is given a batch before it was told what to scan"
        self._loop.call_soon_threadsafe(self._announce, run)
        return run

    def cancel(self, batch: int, number: int) -> None:
        """Nobody waits for the run any more."""
        run = self._runs.get((batch, number))
        if run is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._forget, run)

    def close(self) -> None:
        """All ends at once."""
        self._is_closed = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(lambda: self._stop())

    # ------------------------------------------------------------ the scan's thread
    def _live(self) -> None:
        try:
            with scratch() as folder:
                anyio.run(self._main, folder, backend_options={"use_uvloop": True})
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            else:
                _logger.error("The scan on this worker ended by %s", type(error).__name__, exc_info=error)
        finally:
            for run in list(self._runs.values()):
                _end(run)
            with suppress(RuntimeError):  # the worker has ended as well
                self._home.call_soon_threadsafe(self._ended)

    async def _main(self, folder: Path) -> None:
        assert self._begin is not None
        self._loop = asyncio.get_running_loop()
        self._outgoing = Mailbox[messages.Told](_WAITING)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._numbers = count()
        self._room = Room()
        self._base = Base()
        self._prepared = await to_thread.run_sync(_prepared, self._begin, folder)
        self._turns = anyio.Semaphore(self._prepared.options.accounts_in_flight)
        async with AsyncExitStack() as stack, anyio.create_task_group() as self._tasks:
            stack.enter_context(_garbage_seldom_looked_for())
            self._logged = stack.enter_context(kept(self._begin.level))
            self._stop = self._tasks.cancel_scope.cancel
            self._ceiling = Ceiling(self._reads if self._prepared.options.session_policy else None)
            self._api = await self._opened(stack)
            self._tools = {OtherAccounts: _Elsewhere(self), **make_tools(internet=self._prepared.options.internet)}
            self._tasks.start_soon(self._send)
            self._tasks.start_soon(self._tell_log)
            self._ready.set_result(None)
            if not self._is_closed:
                await anyio.sleep_forever()
            self._stop()

    async def _opened(self, stack: AsyncExitStack) -> AwsApi:
        operations = [each.operation for each in self._prepared.plan.operations]
        if self._aws is not None:
            module, _, name = self._aws.partition(":")
            api: AwsApi = getattr(importlib.import_module(module), name)()
            return api
        from aioprowler.aws.gateway import Gateway

        options = self._prepared.options
        assert self._begin is not None
        quotas = self._prepared.quotas.shared_out("sts", "AssumeRole", self._begin.shares)
        operations += ENTRY_OPERATIONS
        gateway = Gateway(options.api_budget, quotas, operations=operations, patience=options.patience)
        return await stack.enter_async_context(gateway)

    async def _reads(self) -> tuple[str, ...]:
        return session_actions(self._prepared.plan)

    async def _send(self) -> None:
        """What was told, in each account's order, as fast as the coordinator takes it."""
        async for told in self._outgoing.taken():
            delivery = self._deliver(messages.encode(messages.joined(told)))
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(delivery, self._home))
            await anyio.sleep(_PAUSE)

    async def _tell_log(self) -> None:
        """Also of what does not get on, of which nothing else is told."""
        while True:
            await anyio.sleep(_LOG)
            await self._tell_logged()

    async def _tell_logged(self) -> None:
        if lines := self._logged.taken():
            await self._outgoing.put(Logged(0, 0, lines))

    def _announce(self, run: Run) -> None:
        run.scope = anyio.CancelScope()
        self._tasks.start_soon(self._outgoing.put, Began(run.batch, run.number))

    def _take(self, given: Accounts | Enough | Answer) -> None:
        if isinstance(given, Answer):
            waiting = self._answers.pop(given.number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(given)
            return
        run = self._runs.get((given.batch, given.run))
        if run is None:
            return
        if isinstance(given, Enough):
            self._forget(run)
        elif not run.has_accounts:  # else the coordinator did not hear that they had arrived
            run.has_accounts = True
            self._tasks.start_soon(self._work, run, given.tasks)

    def _forget(self, run: Run) -> None:
        run.scope.cancel()
        _end(run)
        self._runs.pop((run.batch, run.number), None)

    async def _work(self, run: Run, tasks: list[Task]) -> None:
        with run.scope:
            async with anyio.create_task_group() as visits:
                for task in tasks:
                    visits.start_soon(self._visit, run, task)
            await self._outgoing.put(Over(run.batch, run.number))

    async def _visit(self, run: Run, task: Task) -> None:
        """Scan one account, and tell what came of it."""
        told: messages.Told
        account_id = task.account.id
        try:
            async with self._turns:
                report = await self._visited(run, task)
            told = Left(run.batch, run.number, account_id, report)
        except EntryError as error:
            told = Refused.of(run.batch, run.number, account_id, error)
        except Exception as error:  # noqa: BLE001 - one account is told as unfinished, and the scan goes on
            told = Failed(run.batch, run.number, account_id, bug("the scan of the account", cause_of(error)).explain())
        await self._tell_logged()
        await self._outgoing.put(told)

    async def _visited(self, run: Run, task: Task) -> Report:
        """With figures of its own. Raises EntryError."""
        assert self._begin is not None
        progress, account = Progress(), task.account
        done = Done(cells={account.id: {Cell(account.id, kind, place) for kind, place in task.cells}})
        link, aws = _Link(self, run, account.id), Boundary(self._api, progress.calls, deadline=None)
        unseen = _Unseen(self._prepared.plan) if self._begin.accompanied else None
        visits = Visits(
            self._prepared, progress, link, link.put, tools=self._tools, done=done, companion=unseen, room=self._room
        )
        if self._aws is None:
            account = await self._entered(task, self._gateway, link, aws, progress)
        try:
            await visits.visit(account, Way(self._api, aws, _nobody()))
        finally:  # once, for another run may have the account as well, and lose it
            if self._aws is None:
                self._gateway.forget(account.id)
        return self._report(progress, visits, unseen.pairs if unseen is not None else None)

    @property
    def _gateway(self) -> Gateway:
        gateway: Any = self._api
        return cast("Gateway", gateway)

    async def _entered(self, task: Task, gateway: Gateway, link: _Link, aws: Boundary, progress: Progress) -> Account:
        """The account, for which calls can be made. Raises EntryError."""
        assert self._begin is not None
        if task.keys is not None:
            profile = task.profile if self._begin.profiles else None
            gateway.register(task.account.id, Renewing(link.keys(task.keys)), profile)
            return task.account
        assert task.member is not None
        options = self._prepared.options
        chosen = Chosen(options.regions or (), options.excluded_regions)
        async for enter in member_entries(
            aws, gateway, self._begin.source, [task.member], self._ceiling, progress.notes, chosen=chosen,
            held=self._base, are_placed=True,
        ):  # fmt: skip
            account = await enter(aws)
            assert account is not None
            await link.tell(account)
            return account
        raise AssertionError

    def _report(self, progress: Progress, visits: Visits, unseen: list[tuple[str, str]] | None) -> Report:
        calls, gateway = progress.calls, self._gateway if self._aws is None else None
        counted = {
            name: dict(getattr(gateway, name)) for name in ("throttles", "retries", "sessions") if gateway is not None
        }
        for name in counted:
            getattr(gateway, name).clear()
        return Report(
            progress=Visited.of(progress),
            made=dict(calls.made),
            unanswered=dict(calls.unanswered),
            failures=[(cause, extent.calls) for cause, extent in calls.failures.items()],
            limited=messages.limits_of(calls),
            throttles=counted.get("throttles", {}),
            retries=counted.get("retries", {}),
            blind=dict(visits.tagging.blind),
            untold=visits.resources.left_out,
            undescribed=visits.undescribed,
            settings=visits.settings,
            sessions=counted.get("sessions", {}),
            session_policy=self._ceiling.form,
            unseen=unseen,
        )

    async def ask(self, question: Question) -> Answer:
        """What the coordinator says."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[question.number] = answer
        try:
            await self._outgoing.put(question)
            return await answer
        finally:
            self._answers.pop(question.number, None)

    def number(self) -> int:
        """Of a question."""
        return next(self._numbers)

    async def tell(self, message: messages.Told) -> None:
        """To the coordinator, in turn."""
        await self._outgoing.put(message)


class _Link:
    """Of one visit to the coordinator."""

    def __init__(self, outpost: Outpost, run: Run, account_id: str) -> None:
        self._outpost = outpost
        self._run = run
        self._account_id = account_id

    async def send(self, found: Batch, *, unsure: Container[str] = (), entered: bool = True) -> None:  # noqa: ARG002
        """As `Pipeline.send`, which what is sent goes through at the coordinator's."""
        run, names = self._run, [each.uid for each in found if each.uid in unsure]
        await self._outpost.tell(
            Findings(run.batch, run.number, self._account_id, [Found.of(each) for each in found], names)
        )

    async def tell(self, account: Account) -> None:
        """What came of entering it."""
        await self._outpost.tell(Entered(self._run.batch, self._run.number, account))

    async def put(self, event: Event) -> None:
        """Cells and the account, once they are complete."""
        assert not isinstance(event, list)
        await self._outpost.tell(Complete.of(self._run.batch, self._run.number, event))

    def keys(self, first: Keys) -> Callable[[], Awaitable[Keys]]:
        """What fetches the account's credentials: those that came with it, then others from the coordinator."""
        known = iter([first] if first.access_key else [])
        last = first

        async def fetch() -> Keys:
            nonlocal last
            keys = next(known, None)
            if keys is None:
                outpost, run = self._outpost, self._run
                answer = await outpost.ask(
                    Question(run.batch, run.number, outpost.number(), self._account_id, rejected=last.access_key)
                )
                if answer.keys is None:
                    _, action, code, message = answer.failure or ("", "sts:AssumeRole", "", "")
                    raise ClientError({"Error": {"Code": code, "Message": message}}, action.rpartition(":")[2])
                keys = answer.keys
            last = keys
            return keys

        return fetch


class _Unseen:
    """Goes along in the place of the coordinator's companion, who is with the account once it is left here."""

    operations: Sequence[Operation] = ()

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.pairs: list[tuple[str, str]] = []

    def found(self, found: Batch, kept: Batch, chosen: Batch) -> None:
        """See `Companion.found`: the coordinator's is told."""

    async def leave(self, account: Account, api: AwsApi, saw_all: SawAll) -> None:  # noqa: ARG002 - nobody is asked
        """See `Companion.leave`."""
        pairs = product(self._plan.units, account.scanned_regions)
        self.pairs = [pair for pair in pairs if not saw_all(*pair)]


class _Elsewhere:
    """OtherAccounts, which the coordinator asks."""

    def __init__(self, outpost: Outpost) -> None:
        self._outpost = outpost

    async def have(self, kind: type[Names], name: str) -> bool | Failure:
        """See `OtherAccounts.have`."""
        asked = Question(0, 0, self._outpost.number(), kind=messages.name_of(kind), name=name)
        answer = await self._outpost.ask(asked)
        if answer.failure is not None:
            kind_, action, code, message = answer.failure
            return Failure(kind_, action, code, message)  # type: ignore[arg-type]
        return bool(answer.has)


@contextmanager
def _garbage_seldom_looked_for() -> Iterator[None]:
    """What is loaded stays to the end, and garbage in cycles is rare: as the command line has it in a scan by itself,
    lest the engine takes a fifth longer.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _nobody() -> AsyncIterator[Entry]:
    """The coordinator enters the accounts."""
    known: tuple[Entry, ...] = ()
    for each in known:
        yield each


def _end(run: Run) -> None:
    if not run.ended.done():
        run.ended.set_result(None)


def _prepared(begin: Begin, folder: Path) -> Prepared:
    """In a thread: loading the modules of all checks takes long. Raises UsageError and DeclarationError."""
    for name, content in begin.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    options: ScanOptions = pickle.loads(begin.options)  # noqa: S301 - of the coordinator, whose code runs here anyway
    metadata = options.custom_checks_metadata_file
    prepared = prepare(
        structs.replace(
            options,
            checks_folders=tuple(folder / each for each in options.checks_folders),
            compliance_files=tuple(folder / each for each in options.compliance_files or ()),
            custom_checks_metadata_file=metadata and folder / metadata,
        )
    )
    _ = prepared.plan
    return prepared
