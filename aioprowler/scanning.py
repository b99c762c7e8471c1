"""A whole scan: options in, findings out as they are made."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from msgspec import Struct, field

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import HOMES, Entry, entries, identify, member_entries
from aioprowler.accounts.operations import ENTRY_OPERATIONS, ORGANIZATION_OPERATIONS
from aioprowler.accounts.organization import Member, Organization
from aioprowler.aws.api import Aws, AwsApi, Calls
from aioprowler.aws.errors import EXPIRED
from aioprowler.aws.own_quotas import validated
from aioprowler.aws.quotas import OwnQuota, QuotaTable
from aioprowler.catalog import UNUSED_SERVICES, Catalog, Selection, load
from aioprowler.compliance.frameworks import canonical, framework
from aioprowler.coverage import Accounts, Coverage, NotEntered, Regions, Unfinished, figures_of, fold, judged
from aioprowler.declarations.account import Account
from aioprowler.declarations.checks import STATUSES
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.engine.account import AccountScan, Cell, Emit, Limits
from aioprowler.engine.judge import finding, missing, place, timestamp
from aioprowler.engine.narrowing import GET_RESOURCES, Resources
from aioprowler.engine.plan import Plan, make_plan
from aioprowler.errors import UsageError, require
from aioprowler.findings.finding import Finding
from aioprowler.findings.mutelist import Mutelist, Muting
from aioprowler.findings.record import Baseline
from aioprowler.findings.treatment import Treatment
from aioprowler.journal import AccountDone, Blind, Done
from aioprowler.journal import Entry as Completed
from aioprowler.mailbox import Mailbox
from aioprowler.tools import make_tools

MUTED: Final = "MUTED"
"""Among statuses to stream: whatever is muted."""


class ScanOptions(Selection, frozen=True, kw_only=True):
    """What to scan and how: a selection, and all else. Every default scans everything the credentials reach with every
    check.
    """

    checks_folders: Sequence[Path] = ()
    """Folders with Python files of your own checks."""
    custom_checks_metadata_file: Path | None = None
    """YAML with severities and texts in the place of the checks' own. Severities are selected after it."""
    regions: Sequence[str] | None = None
    excluded_regions: Sequence[str] = ()
    statuses: Sequence[str] | None = None
    """Only findings of these statuses are streamed; `MUTED` stands for muted ones of any status."""
    config: Mapping[str, Any] = {}
    """By Prowler's key names; a check's own default holds for an absent key."""
    organization: Organization | None = None
    """Scan the accounts of the organization, entered with the first of `credentials`."""
    members: Sequence[Member] | None = None
    """Scan these accounts, entered with the first of `credentials`."""
    accounts: Sequence[Account] | None = None
    """Known accounts: nothing is asked about them, and their `regions` count as enabled."""
    credentials: Sequence[CredentialSource] = (CredentialSource(),)
    """One account each."""
    now: datetime.datetime | None = None
    """The scan's one clock reading, with a time zone; the current time if None."""
    scan_unused_services: bool = False
    """Judge also what nothing uses (a VPC without interfaces)."""
    api_budget: float = 0.5
    """Share of each AWS quota that the scan may use."""
    quotas: Mapping[str, OwnQuota | Mapping[str, float]] = {}
    """API quotas of your own: `{"ec2:DescribeInstances": {"rate": 40, "capacity": 200}}`, patterns allowed."""
    account_timeout: float | None = None
    """Seconds after which an account is cut off and reported as incomplete."""
    accounts_in_flight: int = 32
    mutelist: Mutelist | None = None
    """Findings that somebody has accepted: they are marked, before any other treatment."""
    treatments: Sequence[Treatment] = ()
    """What is done to findings before they are counted, such as mutelists. In this order."""
    baseline: Baseline | None = None
    """Findings that it knows are counted apart, and neither they nor muted ones are streamed; nor are those that
    passed, unless `statuses` asks for them.
    """


_WAITING: Final = 64
"""Events at most that wait for the reader."""
_HEAD_START = 1.0
"""Seconds at most that the first account has to itself, lest its first findings wait until all others are entered."""


class Progress(Struct):
    """Live figures of a running scan."""

    accounts: int = 0
    """Found so far."""
    accounts_listed: bool = False
    """Whether all are found."""
    accounts_done: int = 0
    finished: int = 0
    """Scanned to the end."""
    incomplete: dict[str, str] = field(default_factory=dict)
    """Account id (or credential source) -> why it could not be scanned, or not to its end."""
    not_entered: list[NotEntered] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)
    passing: int = 0
    """Accounts of which something could not be looked at for a reason that may pass."""
    unseen: Counter[str] = field(default_factory=Counter)
    """Region -> accounts in which every call there failed."""
    not_enabled: Counter[str] = field(default_factory=Counter)
    """Chosen region -> accounts that have not enabled it."""
    regions: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Regions -> accounts that were begun with them."""
    repeated: int = 0
    """Accounts that were given once more."""
    findings: Counter[str] = field(default_factory=Counter)
    """By status, before the selection by status; without muted ones."""
    muted: Counter[str] = field(default_factory=Counter)
    """Likewise, those that are muted."""
    by_check: Counter[tuple[str, str]] = field(default_factory=Counter)
    """All of them, by check and outcome."""
    known: Counter[str] = field(default_factory=Counter)
    """Likewise, those of the baseline: neither muted nor among `findings`."""
    notes: list[str] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)
    gateway: Any = None

    def count(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            (self.muted if each.muted else self.findings)[each.status] += 1
            self.by_check[each.check_id, each.outcome] += 1


Batch = list[Finding]


Event = Batch | Completed
"""A cell comes after its last findings, an account after its last cell."""


class Companion(Protocol):
    """Goes along with a scan, and is with each account while its credentials are at hand."""

    operations: Sequence[Operation]
    """What it asks of AWS."""

    def found(self, found: Batch, kept: Batch, chosen: Batch) -> None:
        """What was found in an account that was entered, what the treatments make of it, and what is streamed."""

    async def leave(self, account: Account, api: AwsApi, saw_all: Callable[[str, str], bool]) -> None:
        """The account is finished, or cut off. Only after this is it complete, to a journal.

        `saw_all`: check id and region -> whether what was not found there is not there.
        """


class Scan:
    """One scan. Raises UsageError or DeclarationError at once for options that cannot be carried out."""

    def __init__(
        self,
        options: ScanOptions,
        *,
        aws: AwsApi | None = None,
        tools: Mapping[type, Any] | None = None,
        done: Done | None = None,
    ) -> None:
        """`done`: what an earlier scan with the same options has completed, and this one leaves out."""
        self.options = options
        self.catalog: Catalog = load(options.checks_folders, options.custom_checks_metadata_file)
        self.plan = plan(options, self.catalog)
        self.progress = Progress()
        self.companion: Companion | None = None
        self._aws = aws
        self._api: AwsApi
        self._tools = make_tools() if tools is None else tools
        self._now = _clock(options.now)
        self._done = done or Done()
        for each in self._done.unseen():
            self._note_unseen(each.account_id, each.region)
        self._muting = Muting(options.mutelist, self._now) if options.mutelist is not None else None
        self.progress.notes += self._muting.notes() if self._muting is not None else []
        self._resources = Resources(options.resource_arns, options.resource_tags)
        self._statuses = _statuses(options)
        self._frameworks = tuple(dict.fromkeys(map(canonical, options.frameworks or ())))
        self.progress.notes += filter(None, map(self._absent, self._frameworks))
        self.progress.notes += options.baseline.notes if options.baseline is not None else []
        self._quotas = QuotaTable(validated(options.quotas))
        self._refused: list[EntryError] = []
        self._seen: set[str] = set()
        self._first_findings = anyio.Event()
        self._events = Mailbox[Event](_WAITING)
        self._resumed = done is not None
        self._started = datetime.datetime.now(datetime.UTC)
        self._began = time.monotonic()
        self._seconds: float | None = None
        self._complete = False
        self._ended = False
        """The base credentials have expired: no further account can be entered."""

    def _absent(self, id_: str) -> str:
        """A note, if the framework names checks that there are not."""
        named = framework(id_).checks
        absent = sum(check not in self.catalog.checks for check in named)
        told = f"{id_}: {absent} of its {len(named)} checks are not implemented"
        return f"{told}, and requirements that name them cannot PASS." if absent else ""

    @property
    def now(self) -> datetime.datetime:
        """The scan's one clock reading."""
        return self._now

    def coverage(self) -> Coverage:
        """What was looked at so far and what was not; at any time, also of a scan that failed or was interrupted."""
        progress, plan = self.progress, self.plan
        seconds = time.monotonic() - self._began if self._seconds is None else self._seconds
        services = {each.operation.action.partition(":")[0] for each in plan.operations}
        gaps = fold(progress.calls, len(services))
        total, calls = figures_of(progress.calls, progress.gateway)
        before = len(self._done.accounts)
        return Coverage(
            not_entered=tuple(progress.not_entered),
            unfinished=tuple(progress.unfinished),
            unseen=dict(progress.unseen.most_common()),
            gaps=tuple(gap for gap in gaps if gap.kind != "unsupported"),
            unsupported=tuple(gap for gap in gaps if gap.kind == "unsupported"),
            not_enabled=dict(progress.not_enabled.most_common()),
            notes=(*progress.notes, *(self._resources.notes() if self._complete else ())),
            accounts=Accounts(
                found=progress.accounts - progress.repeated + len(self._done.accounts - self._seen),
                scanned=progress.finished + before,
                scanned_before=before,
            ),
            regions=tuple(Regions(accounts=n, regions=names) for names, n in progress.regions.most_common()),
            services=tuple(sorted({each.service for each in plan.checks})),
            checks=len(plan.checks),
            check_ids=tuple(check.id for check in plan.checks),
            frameworks=self._frameworks,
            findings={status: progress.findings[status] for status in STATUSES},
            muted={status: progress.muted[status] for status in STATUSES},
            by_check=judged(progress.by_check),
            statuses=tuple(status for status in STATUSES if status in (self._statuses or ())),
            known={status: progress.known[status] for status in STATUSES if progress.known[status]},
            resource_arns=tuple(self.options.resource_arns),
            resource_tags=tuple(self.options.resource_tags),
            total=total,
            calls=calls,
            started=timestamp(self._started),
            finished=timestamp(self._started + datetime.timedelta(seconds=seconds)),
            seconds=round(seconds, 3),
            timestamp=timestamp(self._now),
            ended=self._complete,
            resumed=self._resumed,
        )

    async def batches(self) -> AsyncIterator[Batch]:
        """Findings in small batches, as they are made. Raises EntryError when no account at all could be entered."""
        async with aclosing(self.events()) as happening:  # type: ignore[type-var]
            async for events in happening:
                for event in events:
                    if isinstance(event, list):
                        yield event

    async def events(self) -> AsyncIterator[list[Event]]:
        """The batches, and which cells and accounts they complete: at each time all that there are by then. Raises
        EntryError as `batches` does.
        """
        # A task of its own, because an async generator must not hold a task group open across a yield: a consumer
        # that stops early closes it from wherever it is.
        work = asyncio.create_task(self._run())
        try:
            async for events in self._events.taken():
                yield events
            await work
        finally:
            work.cancel()
            await asyncio.wait([work])

    async def _run(self) -> None:
        self._started, self._began = datetime.datetime.now(datetime.UTC), time.monotonic()
        try:
            await self._work()
            self._complete = True
            self._note_unused_entries()
        finally:
            self._events.close()
            self._seconds = time.monotonic() - self._began

    async def _work(self) -> None:
        async with AsyncExitStack() as stack:
            aws, entries = await self._entries(stack)
            queue, waiting = anyio.create_memory_object_stream[Entry](self.options.accounts_in_flight)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._feed, entries, queue)
                with waiting:
                    tasks.start_soon(self._worker, waiting.clone(), aws)
                    with anyio.move_on_after(_HEAD_START):
                        await self._first_findings.wait()
                    for _ in range(self.options.accounts_in_flight - 1):
                        tasks.start_soon(self._worker, waiting.clone(), aws)
        if self._refused and len(self._refused) == self.progress.accounts:
            raise self._refused[0]
        if not self.progress.accounts and not self._done.accounts:
            if self.options.organization is not None and not self._resources:
                raise UsageError(
                    "No account of the organization is what the options ask for: check --account, --ou, --exclude-ou "
                    "and --account-tag."
                )
            self.progress.incomplete["the resources"] = "no account is what the options ask for"

    def _note_unused_entries(self) -> None:
        """A resumed scan does not know what the interrupted one has muted."""
        if self._muting is not None and not self._resumed:
            chosen = [check.id for check in self.plan.checks]
            self.progress.notes += self._muting.unused(chosen, self.catalog.checks)

    async def _entries(self, stack: AsyncExitStack) -> tuple[Aws, AsyncIterator[Entry]]:
        options = self.options
        if self._aws is not None:
            self._api = self._aws
            return Aws(self._aws, self.progress.calls), _known_entries(options.accounts or ())
        from aioprowler.aws.gateway import Gateway  # a scan of a given AWS makes no client and pays for none

        operations = [*ENTRY_OPERATIONS, *ORGANIZATION_OPERATIONS, *(each.operation for each in self.plan.operations)]
        if self.companion is not None:
            operations += self.companion.operations
        gateway = await stack.enter_async_context(
            Gateway(budget=options.api_budget, table=self._quotas, operations=operations)
        )
        self._api = self.progress.gateway = gateway
        aws = Aws(gateway, self.progress.calls, deadline=None)
        members = options.organization or options.members
        if members is not None:
            left_out = _LeftOut(self._resources, self._done)
            notes = self.progress.notes
            return aws, member_entries(aws, gateway, options.credentials[0], members, notes, left_out)
        return aws, entries(gateway, options.credentials, options.accounts)

    async def _feed(
        self,
        entries: AsyncIterator[Entry],
        queue: MemoryObjectSendStream[Entry],
    ) -> None:
        """Hand accounts to the workers while more are listed."""
        with queue:
            try:
                async for entry in entries:
                    if self._ended:
                        break
                    self.progress.accounts += 1
                    await queue.send(entry)
            except EntryError as error:
                self.progress.accounts += 1
                self.progress.accounts_done += 1
                await self._report_entry(error)
        self.progress.accounts_listed = True

    async def _worker(self, waiting: MemoryObjectReceiveStream[Entry], aws: Aws) -> None:
        with waiting:
            async for entry in waiting:
                if self._ended:
                    continue
                try:
                    account = await entry(aws)
                except EntryError as error:
                    if error.code in EXPIRED and self._has_one_base:
                        self._end()
                    await self._report_entry(error)
                else:
                    if account is None or not self._resources.may_be_in(account.id):
                        self.progress.accounts -= 1
                        continue
                    await self._account(account, aws)
                self.progress.accounts_done += 1

    async def _account(self, account: Account, aws: Aws) -> None:
        if account.id in self._seen:
            self.progress.notes.append(f"Account {account.id} was given twice and scanned once.")
            self.progress.repeated += 1
            return
        self._seen.add(account.id)
        if account.id in self._done.accounts:
            return
        account = self._narrowed(account)
        self.progress.regions[account.scanned_regions] += 1
        done, send_on = await self._narrowing(account, aws, partial(self._send, entered=True))
        limits = Limits(account_deadline=self.options.account_timeout)
        scan = AccountScan(
            self.plan,
            account,
            aws,
            self._now,
            timestamp(self._now),
            send_on,
            limits,
            self._tools,
            done=done,
            finished=self._events.put,
        )
        complete = await scan.run()
        if self.companion is not None:
            saw_all = scan.saw_all if not self._resources else _saw_some
            await self.companion.leave(account, self._api, saw_all)
        if not complete:
            reason = "its credentials expired" if scan.expired else "cut off by the account timeout"
            self.progress.incomplete[account.id] = reason
            self.progress.unfinished.append(Unfinished(account_id=account.id, reason=reason))
        else:
            self.progress.finished += 1
        blind = aws.calls.blind(account.id)
        self.progress.passing += not scan.is_lasting
        for region in blind:
            await self._events.put(Blind(account.id, region))
            self._note_unseen(account.id, region)
        if complete and scan.is_lasting:
            await self._events.put(AccountDone(account.id))
        if self.progress.gateway is not None:
            self.progress.gateway.forget(account.id)

    def _note_unseen(self, account_id: str, region: str) -> None:
        self.progress.unseen[region] += 1
        self.progress.incomplete[f"{account_id} {region}"] = "every call failed"

    async def _narrowing(self, account: Account, aws: Aws, send: Emit) -> tuple[Container[Cell], Emit]:
        """The cells to leave out, and where findings go: past the choice of resources, if there is one."""
        if not self._resources:
            return self._done, send
        home = HOMES.get(account.partition, account.default_region)
        narrowing = await self._resources.of(self.plan, account, home, aws, self._done)

        async def choose(found: Batch) -> None:
            await send(narrowing(found))

        return narrowing, choose

    def recall(self, found: Batch) -> None:
        """Count findings that an earlier run of this scan has made."""
        self.progress.count(found)
        for each in found:
            self._resources.judged(each)

    def _end(self) -> None:
        """The credentials that enter all accounts have expired."""
        if not self._ended:
            self._ended = True
            self.progress.notes.append("The credentials have expired: accounts not entered yet were not tried.")

    @property
    def _has_one_base(self) -> bool:
        """Whether all accounts are entered with the same credentials."""
        return self.options.organization is not None or self.options.members is not None

    def _narrowed(self, account: Account) -> Account:
        """The account with the chosen ones of its regions."""
        chosen, excluded = self.options.regions, self.options.excluded_regions
        enabled = account.scanned_regions
        for region in chosen or ():
            if region not in enabled:
                self.progress.not_enabled[region] += 1
        kept = tuple(r for r in enabled if (not chosen or r in chosen) and r not in excluded)
        return msgspec.structs.replace(account, regions=kept)

    async def _send(self, found: Batch, *, entered: bool = False) -> None:
        kept = found if self._muting is None else self._muting(found)
        for treatment in self.options.treatments:
            kept = treatment(kept)
        new = kept if self.options.baseline is None else self._unknown(self.options.baseline, kept)
        self.progress.count(new)
        self._first_findings.set()
        chosen = new if self._statuses is None else [each for each in new if self._is_wanted(each)]
        if self.companion is not None and entered:
            self.companion.found(found, kept, chosen)
        if chosen:
            await self._events.put(chosen)

    def _is_wanted(self, finding: Finding) -> bool:
        """Whether its status is one to stream. What is muted is no news to who has a baseline."""
        wanted = self._statuses or frozenset()
        if finding.muted and (MUTED in wanted or self.options.baseline is not None):
            return MUTED in wanted
        return finding.status in wanted

    def _unknown(self, baseline: Baseline, found: Batch) -> Batch:
        """Without those of the baseline, which are counted apart."""
        unknown: Batch = []
        for each in found:
            if baseline.knows(each):
                self.progress.known[each.status] += 1
                self.progress.by_check[each.check_id, each.outcome] += 1
            else:
                unknown.append(each)
        return unknown

    async def _report_entry(self, error: EntryError) -> None:
        """An account that cannot be entered: MANUAL for every check."""
        account = Account(id=error.account_id, name=error.account_name)
        self._refused.append(error)
        self.progress.incomplete[error.account_id or error.source] = str(error)
        self.progress.not_entered.append(
            NotEntered(
                account_id=error.account_id,
                name=error.account_name,
                source=error.source,
                kind=error.kind,
                action=error.action,
                code=error.code,
                reason=str(error),
            )
        )
        failure = Failure(error.kind, error.action, error.code, str(error))
        time = timestamp(self._now)
        await self._send(
            [
                finding(check, place(check, account, account.default_region), verdict, time)
                for check in self.plan.checks
                for verdict in missing(failure)
            ]
        )


def _saw_some(_check_id: str, _region: str) -> bool:
    """A scan of chosen resources does not know what it left out."""
    return False


def plan(options: ScanOptions, catalog: Catalog) -> Plan:
    """What a scan with these options asks of AWS. Raises UsageError or DeclarationError."""
    checks = catalog.select(options)
    config = catalog.validated_config(options.config)
    made = make_plan(checks, {**config, UNUSED_SERVICES: options.scan_unused_services})
    return made.with_operation(GET_RESOURCES, "region") if options.resource_tags else made


async def scan(
    options: ScanOptions, *, aws: AwsApi | None = None, tools: Mapping[type, Any] | None = None
) -> AsyncIterator[Finding]:
    """Findings as they are made.

    With `aws`, that object is asked instead of AWS, and no client is made; with `tools`, likewise those instead of
    Kingfisher and Shodan, by what they stand for (`SecretScanner`, `HostDirectory`). Raises UsageError and
    DeclarationError for options that cannot be carried out, EntryError when no account could be entered.
    """
    batches = Scan(options, aws=aws, tools=tools).batches()
    try:
        async for batch in batches:
            for each in batch:
                yield each
    finally:
        await batches.aclose()  # type: ignore[attr-defined]


def _clock(now: datetime.datetime | None) -> datetime.datetime:
    if now is not None and now.tzinfo is None:
        raise UsageError("now: give the time with its time zone.")
    return now or datetime.datetime.now(datetime.UTC)


def _statuses(options: ScanOptions) -> frozenset[str] | None:
    """Those to stream; None for all."""
    names = options.statuses or (("FAIL", "MANUAL") if options.baseline is not None else ())
    require("status", names, (*STATUSES, MUTED))
    return frozenset(names) or None


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Accounts that need not be entered, by their ids."""

    resources: Resources
    done: Done

    def __contains__(self, account_id: object) -> bool:
        return account_id in self.done.accounts or not self.resources.may_be_in(str(account_id))


async def _known_entries(accounts: Sequence[Account]) -> AsyncIterator[Entry]:
    for account in accounts:
        yield partial(_known, account)
    if not accounts:
        yield partial(identify, source="the given AWS", seed=Account(id=""))


async def _known(account: Account, aws: Aws) -> Account:  # noqa: ARG001 - nothing is asked about a known account
    return account
