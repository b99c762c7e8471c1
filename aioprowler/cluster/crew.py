"""The coordinator: hands accounts to the workers of a cluster in batches, and takes what they tell.

A task of the cluster is a place for a batch on some worker. What it is to do the coordinator sends it when it has
begun, sealed; what it finds the coordinator fetches as fast as it can use it. Of two runs of a batch, as after the
death of a worker, the later one counts, and goes on with the cells that are not complete.
"""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
import secrets
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup
from botocore.exceptions import BotoCoreError, ClientError
from distributed import Client
from msgspec import structs

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.aws.credentials import Keys
from aioprowler.aws.errors import classify
from aioprowler.cluster import findings, messages
from aioprowler.cluster.logs import log_again
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
    Told,
)
from aioprowler.cluster.sealing import seal
from aioprowler.cluster.worker import Outbox, name_of, version
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import behind
from aioprowler.declarations.resources import Names
from aioprowler.declarations.sources import Operation
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.judge import timestamp
from aioprowler.errors import UsageError
from aioprowler.findings.finding import Finding
from aioprowler.scanning import survey
from aioprowler.scanning.crew import Post
from aioprowler.scanning.journal import AccountDone, Completed

_logger = logging.getLogger("aioprowler")

F = TypeVar("F", Found, Finding)

_TASK: Final = "from aioprowler.cluster.worker import work; work(scan, batch)"
"""What the cluster carries out: a text, because the scheduler reads tasks, and need not have aioprowler."""
BATCH: Final = 16
"""Accounts of a batch at most: so many wait for the end of a large one, and no more are begun anew when a worker dies.
"""
TRIES: Final = 10
"""Times that an account is given to a worker, after which it is given up: that many were lost with it."""
ALONE: Final = 2
"""Times after which it is tried by itself, lest others go down with it."""
HOPE: Final = 60.0
"""Seconds for which a scan without workers waits for one."""
SILENCE: Final = 60.0
"""Seconds after which a worker that does not answer is given up, whatever the scheduler says of it."""
_ROUND: Final = 10.0
"""Seconds between looks at which workers there are, where nothing is heard of any change."""
_DIRECT: Final = 3.0
"""Seconds for which a worker is asked by itself, before it is asked by way of the scheduler."""
_ATTEMPTS: Final = 3
"""At a question: connections break, and those that nobody has used for a while are dropped on the way."""
_PAUSE: Final = 0.5
"""Seconds between attempts."""
_PATIENCE: Final = 20
"""Pauses for a worker that has joined, and has not got the scan's plugin yet."""
_GOODBYE: Final = 5.0
"""Seconds in which the workers are told that the scan is over."""
_DIGEST: Final = 8
"""Bytes by which it is known again what was found."""


@contextmanager
def asking() -> Iterator[None]:
    """The boundary of the cluster: whatever Dask meets, such as a closed pool, a worker that the scheduler does not
    know or a scheduler that is gone, is an OSError.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"the cluster does not answer ({type(error).__name__}: {error})") from error


class Job:
    """An account that a worker is to visit."""

    def __init__(self, account: Account, cells: set[Cell]) -> None:
        self.account = account
        self.complete = cells
        """The cells that are."""
        self.left = anyio.Event()
        self.refused: EntryError | None = None
        """Where its worker could not enter it."""
        self.is_complete = False
        """Nothing of it has to be looked at again."""
        self.unseen: frozenset[tuple[str, str]] | None = None
        """Checks and regions in which not all was seen; None where nobody knows."""
        self.tries = 0
        self.total = 0
        """Of the cells; known once it is entered."""
        self._found = bytearray()
        self._known: frozenset[bytes] = frozenset()
        """What an earlier run has told."""

    @property
    def cells(self) -> tuple[int, int]:
        """As AccountScan has it."""
        return min(len(self.complete), self.total), self.total

    def begin_again(self) -> None:
        """Another run does what is not complete."""
        told = self._found
        self._known = frozenset(bytes(told[at : at + _DIGEST]) for at in range(0, len(told), _DIGEST))

    def new(self, found: list[F]) -> list[F]:
        """Those that no earlier run has told."""
        known = self._known
        fresh = [each for each in found if bytes.fromhex(each.uid)[:_DIGEST] not in known] if known else found
        self._found += bytes.fromhex("".join([each.uid[: 2 * _DIGEST] for each in fresh]))
        return fresh


class Batch:
    """Accounts that are visited side by side, on one worker."""

    def __init__(self, number: int, jobs: list[Job], places: Iterable[str]) -> None:
        """`places`: addresses of the workers of which one will have it."""
        self.number = number
        self.jobs = {job.account.id: job for job in jobs}
        """Those that are not left."""
        self.run = -1
        """Of the runs that have begun the latest."""
        self.places = frozenset(places)
        self.future: Any = None


class Worker:
    """A worker of the cluster."""

    def __init__(self, client: Client, scan: str, address: str, threads: int) -> None:
        self.address = address
        self.threads = threads
        self.lock = b""
        """For whom letters are sealed: no other has it, at whatever address."""
        self._client = client
        self._scan = scan
        self._is_near = True

    async def greet(self) -> list[str] | None:
        """Its version; None where it knows nothing of the scan. Raises OSError where it is gone."""
        try:
            async with asyncio.timeout(_DIRECT):
                told = await self._asked("hello")
        except OSError:
            self._is_near = False
            told = await self._asked("hello")
        for _ in range(_PATIENCE):
            if told is not None:
                self.lock = told["address"]
                return list(told["version"])
            await anyio.sleep(_PAUSE)
            told = await self._asked("hello")
        return None

    async def give(self, message: Any) -> str:
        """What is wrong with it, empty where nothing is. Raises OSError where it is gone."""
        told: str = await self._ask("give", letter=seal(messages.encode(message), self.lock))
        return told

    async def take(self, done: int) -> tuple[int, bytes | None]:
        """What it told after that. Raises OSError where it is gone."""
        number, told = await self._ask("take", done=done)
        return number, told

    async def _ask(self, what: str, **given: Any) -> Any:
        """More than once, if need be: whoever is asked tells and takes the same again."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._answered(what, **given)
            except TimeoutError:
                raise
            except OSError:
                await anyio.sleep(_PAUSE)
        return await self._answered(what, **given)

    async def _answered(self, what: str, **given: Any) -> Any:
        told = await self._asked(what, lock=self.lock, **given)
        if told is None:  # so Dask answers for who has no such handler, and our handlers for who is not meant
            raise OSError(f"{self.address} knows nothing of the scan any more")
        return told

    async def _asked(self, what: str, **given: Any) -> Any:
        operation = f"{name_of(self._scan)}-{what}"
        with asking():
            async with asyncio.timeout(SILENCE):
                if self._is_near:
                    return await getattr(self._client.rpc(self.address), operation)(**given)
                return await self._client.scheduler.proxy(worker=self.address, msg={"op": operation, **given})


class Coordinator:
    """A crew at work."""

    def __init__(self, client: Client, post: Post, aws: str | None, *, has_profiles: bool) -> None:
        """`aws`: see Outpost. `has_profiles`: whether workers have this machine's AWS configuration."""
        self._client = client
        self._post = post
        self._has_profiles = has_profiles
        self._scan = secrets.token_hex(8)
        self._plugin = Outbox(self._scan, aws)
        self._workers: dict[str, Worker] = {}
        """Those that are accepted, by their addresses."""
        self._met: set[str] = set()
        """Addresses of workers that are accepted, refused, or being greeted."""
        self._greeted = 0
        """Workers that are."""
        self._refused: set[str] = set()
        self._heard: dict[bytes, int] = {}
        """Lock of a worker -> the last that it told. One may be lost and found again."""
        self._width = 1
        self._waiting: deque[Job] = deque()
        self._batches: dict[int, Batch] = {}
        self._numbers = 0
        self._news = asyncio.Event()
        """Accounts wait, a place is free, or workers came or went."""
        self._have_changed = False
        """The workers."""
        self._tasks: TaskGroup
        self._begin: Begin | None = None
        """Made for as many workers as there are at first."""

    @cached_property
    def _kinds(self) -> Counter[bool]:
        """Whether they are in each region -> types of cells. Asked for once the plan is made."""
        kinds = {cell("", kind, "x") for kind in self._post.prepared.plan.units.values()}
        return Counter(bool(each.place) for each in kinds)

    @cached_property
    def _patterns(self) -> findings.Patterns:
        """Likewise."""
        return findings.Patterns(self._post.prepared.plan, timestamp(self._post.prepared.now))

    @cached_property
    def _names(self) -> dict[str, type[Names]]:
        """What an account of the plan may ask about the others, as a Question has it."""
        read = (each.type for check in self._post.prepared.plan.checks for each in behind(check.function))
        return {messages.name_of(each): each for each in read if isinstance(each, type) and issubclass(each, Names)}

    # ------------------------------------------------------------------ workers
    async def open(self, tasks: TaskGroup) -> None:
        """Raises UsageError where no worker can be used."""
        self._tasks = tasks
        self._version = await to_thread.run_sync(version)
        with suppress(OSError), asking():  # of one worker, which then knows nothing of the scan
            await self._client.register_plugin(self._plugin)
        await self._survey()
        while self._greeted and not self._workers:
            await self._heard_news(None)
        if not self._workers:
            reasons = "; ".join(sorted(self._refused)) or "none answered"
            raise UsageError(f"No worker of the cluster can be used: {reasons}.")
        self._client.subscribe_topic("all", self._changed)
        tasks.start_soon(self._follow)

    async def close(self) -> None:
        """The workers forget the scan."""
        with anyio.move_on_after(_GOODBYE, shield=True), suppress(OSError), asking():  # what is gone has forgotten it
            self._client.unsubscribe_topic("all")
            await self._client.unregister_worker_plugin(name_of(self._scan))

    @property
    def width(self) -> int:
        """Accounts that it can use at a time."""
        return self._width

    @property
    def _places(self) -> int:
        return sum(worker.threads for worker in self._workers.values())

    def _changed(self, event: Any) -> None:
        told = event[1]
        if isinstance(told, dict) and told.get("action") in ("add-worker", "remove-worker"):
            self._change()

    def _change(self) -> None:
        self._have_changed = True
        self._news.set()

    async def _heard_news(self, seconds: float | None) -> None:
        with anyio.move_on_after(seconds):
            await self._news.wait()
        self._news.clear()

    async def _follow(self) -> None:
        surveyed = alive = anyio.current_time()
        while True:
            await self._heard_news(_ROUND)
            if self._have_changed or anyio.current_time() > surveyed + _ROUND:
                self._have_changed = False
                await self._survey()
                surveyed = anyio.current_time()
            if self._workers:
                alive = anyio.current_time()
            elif anyio.current_time() > alive + HOPE:
                while self._waiting:
                    await self._give_up(self._waiting.popleft(), "no worker is left")
            while self._waiting and self._workers and len(self._batches) < self._places:
                self._submit(self._next_jobs())

    async def _survey(self) -> None:
        """Greet the workers that are new, and forget those that are gone."""
        try:
            with asking():
                async with asyncio.timeout(SILENCE):
                    known = (await self._client.scheduler.identity(n_workers=-1))["workers"]
        except OSError:  # the scheduler is gone: a worker that is gone as well does not answer either
            return
        if self._begin is None:
            begin = partial(_begin, self._post, len(known), has_profiles=self._has_profiles)
            self._begin = await to_thread.run_sync(begin)
            self._width = max(1, 2 * BATCH * sum(facts["nthreads"] for facts in known.values()))
        for address in self._workers.keys() - known.keys():
            self._lose(self._workers[address])
        self._met &= known.keys()
        for address in known.keys() - self._met:
            self._met.add(address)
            self._greeted += 1
            self._tasks.start_soon(self._meet, Worker(self._client, self._scan, address, known[address]["nthreads"]))

    async def _meet(self, worker: Worker) -> None:
        """Accept a worker, or refuse it."""
        try:
            wrong = await self._wrong_with(worker)
        except OSError:
            self._met.discard(worker.address)  # and greet it again, if it is still there
        else:
            if wrong:
                self._refuse(worker, wrong)
            else:
                self._workers[worker.address] = worker
                self._tasks.start_soon(self._read, worker)
        finally:
            self._greeted -= 1
            self._post.progress.workers = len(self._workers)
            self._news.set()

    async def _wrong_with(self, worker: Worker) -> str:
        told, own = await worker.greet(), self._version
        if told is None:
            return f"it does not have {_named(own)}"
        return await worker.give(self._begin) if told == own else f"it has {_named(told)}, and this is {_named(own)}"

    def _refuse(self, worker: Worker, wrong: str) -> None:
        self._refused.add(f"{worker.address}: {wrong}")
        self._post.progress.notes.append(f"A worker was not used: {worker.address}: {wrong}.")

    def _lose(self, worker: Worker) -> None:
        """A worker is gone, or does not answer. What it alone had is done elsewhere."""
        if self._workers.get(worker.address) is not worker:
            return
        del self._workers[worker.address]
        self._met.discard(worker.address)
        self._post.progress.workers = len(self._workers)
        for batch in list(self._batches.values()):
            if batch.places.isdisjoint(self._workers):
                self._again(batch)
        self._change()

    # ------------------------------------------------------------------ accounts
    async def visit(self, account: Account) -> None:
        """See `AtWork.visit`."""
        progress = self._post.progress
        members = self._post.way.members
        job = Job(account, self._post.visits.complete_cells(account.id))
        if members is None:
            self._entered(job, account)
        self._waiting.append(job)
        self._news.set()
        progress.under_way[account.id] = job
        await job.left.wait()
        del progress.under_way[account.id]
        if job.refused is None:
            await self._complete(job)
        if members is not None:
            members.pop(account.id, None)
        elif progress.gateway is not None:
            progress.gateway.forget(account.id)
        if job.refused is not None:
            raise job.refused

    async def _complete(self, job: Job) -> None:
        """The scan's companion comes before the journal."""
        account, units = self._post.visits.chosen(job.account), self._post.prepared.plan.units
        unseen, regions = job.unseen, account.scanned_regions

        def saw_all(check_id: str, region: str) -> bool:
            return unseen is not None and check_id in units and region in regions and (check_id, region) not in unseen

        await self._post.visits.accompany(account, self._post.way.api, saw_all)
        if job.is_complete:
            await self._post.put(AccountDone(account.id))

    def _entered(self, job: Job, account: Account) -> None:
        chosen = self._post.visits.chosen(account)
        job.account = account
        job.total = self._kinds[False] + self._kinds[True] * len(chosen.scanned_regions)
        self._post.progress.first = self._post.progress.first or chosen

    def _next_jobs(self) -> list[Job]:
        """As many accounts as there are for each place, and no more than leave some for the others."""
        size = min(BATCH, math.ceil(len(self._waiting) / self._places))
        jobs = [self._waiting.popleft()]
        while len(jobs) < size and max(jobs[0].tries, self._waiting[0].tries) < ALONE:
            jobs.append(self._waiting.popleft())
        return jobs

    def _submit(self, jobs: list[Job]) -> None:
        self._numbers += 1
        for job in jobs:
            job.tries += 1
        batch = self._batches[self._numbers] = Batch(self._numbers, jobs, self._workers)
        try:
            with asking():
                batch.future = self._client.submit(
                    exec, _TASK, {"scan": self._scan, "batch": batch.number},
                    key=f"{name_of(self._scan)}-{batch.number}", pure=False, retries=0, workers=list(self._workers),
                    allow_other_workers=False,
                )  # fmt: skip
        except OSError as error:  # the scheduler is gone for good
            _logger.warning("No more work can be given away: %s", error)
            self._end(batch)
            self._workers.clear()
        else:
            self._tasks.start_soon(self._watch, batch)

    async def _watch(self, batch: Batch) -> None:
        """Until the cluster is done with a batch: normally because it is over."""
        with suppress(OSError), asking():
            await batch.future.exception()  # such as KilledWorker
        self._again(batch)

    def _again(self, batch: Batch) -> None:
        """Its worker is lost, or has given it up: another does what is left to do."""
        if batch.number in self._batches:
            self._end(batch)
            self._tasks.start_soon(self._cancel, batch)

    def _end(self, batch: Batch) -> None:
        """Accounts that are not left come before others: some of each is done already."""
        del self._batches[batch.number]
        for job in reversed(batch.jobs.values()):
            if job.tries < TRIES:
                self._waiting.appendleft(job)
            else:
                self._tasks.start_soon(self._give_up, job, "its workers were lost again and again")
        self._news.set()

    async def _cancel(self, batch: Batch) -> None:
        """A worker that has it in spite of all stops."""
        with suppress(OSError), asking():
            await self._client.cancel([batch.future])

    async def _give_up(self, job: Job, reason: str) -> None:
        """What is not complete of an account nobody looks at any more."""
        self._post.progress.cut_off(job.account.id, reason)
        job.begin_again()
        undone = self._post.visits.undone(job.account, job.complete, Failure("timed_out", "the scan", reason))
        await self._post.pipeline.send(job.new(undone))
        job.left.set()

    # ------------------------------------------------------------------ messages
    async def _read(self, worker: Worker) -> None:
        """All that a worker tells, until it is gone. It is asked for more when this is dealt with: who is slow makes
        the workers wait.
        """
        done = self._heard.get(worker.lock, 0)
        while self._workers.get(worker.address) is worker:
            try:
                number, body = await worker.take(done)
            except OSError:
                break
            if body is not None and number != done:
                done = self._heard[worker.lock] = number
                for message in messages.told(body):
                    await self._handle(worker, message)
        self._lose(worker)

    async def _handle(self, worker: Worker, message: Told) -> None:
        if isinstance(message, Question):
            self._tasks.start_soon(self._answer, worker, message)
            return
        if isinstance(message, Logged):
            log_again(message.lines, worker.address)
            return
        batch = self._batches.get(message.batch)
        if isinstance(message, Began):
            await self._begin_run(worker, batch, message)
        elif batch is not None and batch.run == message.run:
            await self._take(worker, batch, message)

    async def _begin_run(self, worker: Worker, batch: Batch | None, message: Began) -> None:
        """The accounts that are not finished are the run's; it ends where it comes too late."""
        if batch is None or message.run <= batch.run:
            await self._give(worker, Enough(message.batch, message.run))
            return
        batch.run, batch.places = message.run, frozenset([worker.address])
        tasks = []
        for job in list(batch.jobs.values()):
            job.begin_again()
            tasks.append(await self._task(job))
        await self._give(worker, Accounts(message.batch, message.run, tasks))

    async def _give(self, worker: Worker, message: Any) -> None:
        """To a worker that without it would wait for ever, and so is given up where it cannot be given."""
        try:
            wrong = await worker.give(message)
        except OSError:
            self._lose(worker)
        else:
            if wrong:
                self._lose(worker)
                self._met.add(worker.address)
                self._refuse(worker, wrong)

    async def _task(self, job: Job) -> Task:
        keys: Keys | None = _NO_KEYS
        profile, member = None, (self._post.way.members or {}).get(job.account.id)
        if member is not None:
            keys = None
        elif self._post.progress.gateway is not None:
            provider, profile = self._post.progress.gateway.credentials(job.account.id)
            with suppress(ClientError, BotoCoreError, EntryError):  # which the worker meets when it asks for others
                keys = await provider.get()
        cells = [(each.kind, each.place) for each in job.complete]
        return Task(account=job.account, keys=keys, profile=profile, member=member, cells=cells)

    async def _take(self, worker: Worker, batch: Batch, message: Told) -> None:
        match message:
            case Over():
                self._end(batch)
                await self._give(worker, Enough(message.batch, message.run))
            case Findings():
                await self._send(batch.jobs[message.account_id], message)
            case Complete():
                await self._completed(batch.jobs[message.account_id], message.entry)
            case Entered():
                self._entered(batch.jobs[message.account.id], message.account)
            case Refused():
                job = batch.jobs.pop(message.account_id)
                job.refused = message.error(job.account.name)
                job.left.set()
            case Left():
                self._add(message.report, message.account_id)
                job = batch.jobs.pop(message.account_id)
                job.unseen = frozenset(message.report.unseen) if message.report.unseen is not None else None
                job.left.set()
            case Failed():
                await self._give_up(batch.jobs.pop(message.account_id), message.reason)

    async def _completed(self, job: Job, completed: Completed) -> None:
        if isinstance(completed, AccountDone):
            job.is_complete = True
            return
        if isinstance(completed, Cell):
            job.complete.add(completed)
        await self._post.put(completed)

    async def _send(self, job: Job, message: Findings) -> None:
        found = self._patterns.filled(job.new(message.found), job.account)
        if resources := self._post.visits.resources:
            for each in found:
                resources.allows(each)  # so that it is known here what nothing was judged of
        if found:
            await self._post.pipeline.send(found, unsure=frozenset(message.unsure))

    def _add(self, report: Report, account_id: str) -> None:
        progress, visits = self._post.progress, self._post.visits
        report.progress.add_to(progress)
        messages.add_calls(report, progress.calls, account_id)
        if progress.ceiling is not None:
            progress.ceiling.widen(report.session_policy)
        if progress.gateway is not None:
            progress.gateway.throttles.update(report.throttles)
            progress.gateway.retries.update(report.retries)
            progress.gateway.sessions.update(report.sessions)
        visits.add(report.blind, report.untold, report.undescribed, report.settings)

    # ------------------------------------------------------------------ questions
    async def _answer(self, worker: Worker, question: Question) -> None:
        answer = await (self._about_others(question) if question.kind else self._keys(question))
        await self._give(worker, answer)

    async def _keys(self, question: Question) -> Answer:
        try:
            provider, _ = self._post.progress.gateway.credentials(question.account_id)
            keys: Keys = await provider.get()
            if keys.access_key == question.rejected:
                keys = await provider.replace(keys)
        except KeyError:
            return Answer(question.number, failure=("broken", "sts:AssumeRole", "KeyError", "the account is left"))
        except EntryError as error:
            return Answer(question.number, failure=(error.kind, error.action, error.code, str(error)))
        except (ClientError, BotoCoreError) as error:
            failure = classify(error, Operation("sts", "AssumeRole"))
            return Answer(question.number, failure=(failure.kind, failure.action, failure.code, failure.message))
        return Answer(question.number, keys=keys)

    async def _about_others(self, question: Question) -> Answer:
        kind = self._names.get(question.kind)
        if kind is None:
            return Answer(question.number, failure=("broken", survey.NAME, "KeyError", "nothing of the plan asks that"))
        told = await self._post.survey.have(kind, question.name)
        if isinstance(told, bool):
            return Answer(question.number, has=told)
        return Answer(question.number, failure=(told.kind, told.action, told.code, told.message))


_NO_KEYS: Final = Keys("", "")
_OWN: Final = CredentialSource()
_OURS: Final = ("profile", "access_key_id", "secret_access_key", "session_token", "mfa_serial", "mfa_token")
"""Of a credential source, what is the coordinator's."""


def _named(told: list[str]) -> str:
    program, checks, python = told
    return f"aioprowler {program} (checks {checks}) on Python {python}"


def _begin(post: Post, workers: int, *, has_profiles: bool) -> Begin:
    """What workers have to know: the options, without what is the coordinator's, and the files that they name."""
    options = post.prepared.options
    files: dict[str, bytes] = {}

    def packed(path: Path) -> Path:
        name = Path(str(len(files)), path.name)
        for each in [path] if path.is_file() else sorted(path.rglob("*")):
            if each.is_file():
                files[str(name / each.relative_to(path)) if path.is_dir() else str(name)] = each.read_bytes()
        return name

    metadata = options.custom_checks_metadata_file
    sent = structs.replace(
        options,
        checks_folders=tuple(map(packed, options.checks_folders)),
        compliance_files=tuple(map(packed, options.compliance_files or ())),
        custom_checks_metadata_file=metadata and packed(metadata),
        now=post.prepared.now,
        **dict.fromkeys(("organization", "members", "accounts", "baseline"), None),
        credentials=(),
        treatments=(),
    )
    source = structs.replace(options.credentials[0], **dict.fromkeys(_OURS)) if options.credentials else _OWN
    return Begin(
        pickle.dumps(sent), files, profiles=has_profiles, source=source, shares=max(1, workers),
        level=_logger.getEffectiveLevel(), accompanied=post.visits.are_accompanied,
    )  # fmt: skip
