"""What a scan does with each account: which of it is scanned, what becomes of its findings, and how it is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from msgspec.structs import replace

from aioprowler.accounts.credentials import EntryError
from aioprowler.aws.api import AwsApi
from aioprowler.aws.partitions import default_region, partition_of
from aioprowler.compliance.guardrails import guarded
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.engine.account import AccountScan, Emit
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.judge import finding, missing, place, timestamp
from aioprowler.engine.overrides import by_organization
from aioprowler.engine.room import Room
from aioprowler.engine.supply import Limits
from aioprowler.findings.coverage import Settings, some, united
from aioprowler.findings.finding import Finding
from aioprowler.scanning.accounts import Way
from aioprowler.scanning.events import Batch, Companion, Event, SawAll
from aioprowler.scanning.journal import AccountDone, Blind, Done
from aioprowler.scanning.narrowing import Resources
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.tagging import AccountTags, Tagging


class Sink(Protocol):
    """Where the findings of a visit go."""

    async def send(self, found: Batch, *, unsure: Container[str] = (), entered: bool = True) -> None:
        """See `Pipeline.send`."""
        ...


class Visits:
    """Of one scan, to all of its accounts."""

    def __init__(
        self,
        prepared: Prepared,
        progress: Progress,
        pipeline: Sink,
        put: Callable[[Event], Awaitable[None]],
        *,
        tools: Mapping[type, Any],
        done: Done,
        companion: Companion | None,
        room: Room | None = None,
    ) -> None:
        """`pipeline`: where findings go. `put`: who is told of complete cells and accounts. `done`: what is left out.
        `room`: what these accounts share with others.
        """
        self._prepared = prepared
        self._progress = progress
        self._pipeline = pipeline
        self._put = put
        self._tools = tools
        self._done = done
        self._companion = companion
        self._room = room or Room()
        self.resources = Resources(prepared.arns, prepared.tags)
        self.seen: set[str] = set()
        """The accounts so far."""
        self.undescribed: list[str] = []
        """Those of which nobody told units or tags, by which overrides go."""
        self.settings: Settings = {}
        """Where there are overrides: how those that were scanned were configured, as far as compliance frameworks have
        a say in it.
        """

    @cached_property
    def tagging(self) -> Tagging:
        """Who tells the tags of resources."""
        return Tagging(self._prepared.plan, self._prepared.tagless, self._prepared.tags)

    def notes(self) -> Iterator[str]:
        """What the user should know once all are over."""
        yield from self.resources.notes()
        yield from self.tagging.notes()
        if self.undescribed:
            yield (
                f"Nobody told units or tags of the accounts {some(self.undescribed)}: overrides of the configuration "
                "by organizational_units or account_tags do not hold there."
            )

    def complete_cells(self, account_id: str) -> set[Cell]:
        """Those of an account that need not be looked at any more."""
        return {each for each in self._done.cells.get(account_id, ()) if each in self._done}

    def add(
        self, blind: Mapping[str, int], left_out: int, undescribed: Sequence[str], settings: Settings | None
    ) -> None:
        """What a visit elsewhere came to: regions without tags, findings left out for want of them, accounts of which
        nobody told units or tags, and how it was configured.
        """
        self.tagging.blind.update(blind)
        self.resources.left_out += left_out
        self.undescribed += undescribed
        self.settings = united([self.settings, settings]) or {}

    def admits(self, account: Account) -> bool:
        """Whether an account that was entered is to be visited: not if it was, in this scan or in one before it."""
        if account.id in self.seen:
            note = f"Account {account.id} was given twice and scanned once."
            if note not in self._progress.notes:
                self._progress.notes.append(note)
            self._progress.repeated += 1
            return False
        self.seen.add(account.id)
        return account.id not in self._done.accounts

    async def visit(self, account: Account, way: Way) -> None:
        """Scan an account."""
        unknown = self._unknown_regions(account)
        account = self.chosen(account)
        self._note_lacking(account, unknown)
        self._progress.first = self._progress.first or account
        tags = self.tagging.of(account, way.aws)
        done, emit = await self._stages(account, tags)

        async def finished(cell: Cell) -> None:
            if not tags.has_transient:  # else its findings may have tags that could not be read
                await self._put(cell)

        scan = AccountScan(
            self._prepared.plan,
            account,
            way.aws,
            self._prepared.now,
            timestamp(self._prepared.now),
            emit,
            Limits(account_deadline=self._prepared.options.account_timeout),
            self._tools,
            done=done,
            finished=finished,
            room=self._room,
            tags_of=tags.of,
        )
        for region in unknown:
            await self._put(Blind(account.id, region))
            self._progress.untold(account.id, region)
            await emit(self._of_untold(account, region))
        self._progress.under_way[account.id] = scan
        complete = await scan.run()
        del self._progress.under_way[account.id]
        if self._prepared.plan.overrides:
            used = guarded(scan.configuration.used, self._prepared.guarded)
            self.settings = united([self.settings, used]) or {}
        await self.accompany(account, way.api, scan.saw_all)
        await self._leave(account, scan, complete=complete, has_transient=tags.has_transient or scan.has_transient)

    @property
    def are_accompanied(self) -> bool:
        """Whether somebody goes along, and is to know what was seen in full."""
        return self._companion is not None

    async def accompany(self, account: Account, api: AwsApi, saw_all: SawAll) -> None:
        """The companion's turn at an account that is finished, or cut off, and whose credentials are at hand."""
        if self._companion is not None:
            await self._companion.leave(account, api, saw_all if not self.resources else _saw_some)

    async def _leave(self, account: Account, scan: AccountScan, *, complete: bool, has_transient: bool) -> None:
        if complete:
            self._progress.finished += 1
        else:
            reason = "its credentials expired" if scan.expired else "cut off by the account timeout"
            self._progress.cut_off(account.id, reason)
        self._progress.transient += has_transient
        elsewhere = _elsewhere(account)
        for region in self._progress.calls.blind(account.id):
            if region in elsewhere:
                continue
            await self._put(Blind(account.id, region))
            self._progress.unanswered(account.id, region)
        if complete and not has_transient:
            await self._put(AccountDone(account.id))
        if self._progress.gateway is not None:
            self._progress.gateway.forget(account.id)

    async def _stages(self, account: Account, tags: AccountTags) -> tuple[Container[Cell], Emit]:
        """The cells to leave out, and where findings go: they get their tags, and pass the choice of resources."""
        if not self.resources and not self.tagging:
            return self._done, self._pipeline.send
        narrowing = await self.resources.of(self._prepared.plan, account, tags, self._done) if self.resources else None

        async def emit(found: Batch) -> None:
            told = await tags(found)
            kept = told.findings if narrowing is None else narrowing(told.findings, told.unsure)
            await self._pipeline.send(kept, unsure=told.unsure)

        return self._done if narrowing is None else narrowing, emit

    def _unknown_regions(self, account: Account) -> list[str]:
        """Those of the account's partition that the scan is about and of which AWS did not tell whether it has them."""
        if account.untold is None:
            return []
        chosen, excluded = self._prepared.options.regions, self._prepared.options.excluded_regions
        unknown = (
            each for each in chosen or [account.default_region] if each not in (*account.scanned_regions, *excluded)
        )
        return [each for each in unknown if partition_of(each) == account.partition]

    def undone(self, account: Account, complete: Container[Cell], failure: Failure) -> list[Finding]:
        """What the checks say of the account, and of each of its regions, where something went wrong before its cell
        was complete.
        """
        plan, time = self._prepared.plan, timestamp(self._prepared.now)
        return [
            finding(check, place(check, account, region), verdict, time, plan.frameworks)
            for check in plan.checks
            for region in _places(account, cell(account.id, plan.units[check.id], account.default_region))
            if cell(account.id, plan.units[check.id], region) not in complete
            for verdict in missing(failure)
        ]

    def _of_untold(self, account: Account, region: str) -> list[Finding]:
        """What the checks that look into each region say of one that may be off."""
        units, time = self._prepared.plan.units, timestamp(self._prepared.now)
        return [
            finding(check, place(check, account, region), verdict, time, self._prepared.plan.frameworks)
            for check in self._prepared.plan.checks
            if cell(account.id, units[check.id], region).place
            for verdict in missing(account.untold)
        ]

    def _note_lacking(self, account: Account, unknown: Sequence[str]) -> None:
        """Its regions, if any is left, and chosen ones that it has not; and whether it is known where it is in its
        organization if that matters.
        """
        self._progress.regions[account.scanned_regions] += 1
        for region in self._prepared.options.regions or ():
            if region not in (*account.every_region, *unknown):
                self._progress.not_enabled[region] += 1
        if self._is_left_out(account, unknown):
            self._progress.without_region.append(account.id)
        if by_organization(self._prepared.plan.overrides) and not _is_described(account):
            self.undescribed.append(account.id)

    def _is_left_out(self, account: Account, unknown: Sequence[str]) -> bool:
        """Whether what was chosen and excluded leaves no region of it. In one that AWS says is not enabled there is
        nothing to look at.
        """
        if account.regions or unknown:
            return False
        options = self._prepared.options
        named = any(each.account.id == account.id and each.account.regions for each in options.members or ())
        return bool(named) or not options.regions

    def chosen(self, account: Account) -> Account:
        """The account with the chosen ones of its regions."""
        chosen, excluded = self._prepared.options.regions, self._prepared.options.excluded_regions
        enabled = account.scanned_regions
        kept = tuple(r for r in enabled if (not chosen or r in chosen) and r not in excluded)
        home = _default_region(account, kept, chosen, excluded)
        return replace(account, regions=kept, enabled_regions=enabled, default_region=home)

    async def refuse(self, error: EntryError) -> None:
        """An account that cannot be entered: MANUAL for every check."""
        self._progress.refused(error)
        account = Account(id=error.account_id, name=error.account_name)
        failure = Failure(error.kind, error.action, error.code, str(error))
        time = timestamp(self._prepared.now)
        found = [
            finding(check, place(check, account, account.default_region), verdict, time, self._prepared.plan.frameworks)
            for check in self._prepared.plan.checks
            for verdict in missing(failure)
        ]
        await self._pipeline.send(found, entered=False)


def _default_region(
    account: Account, kept: Sequence[str], chosen: Sequence[str] | None, excluded: Sequence[str]
) -> str:
    """Where findings about the whole account are told, as by Prowler: in its default region unless others are chosen,
    else in the first of these.
    """
    own = account.default_region
    if own in kept or not (chosen or excluded):
        return own
    usual = default_region(account.partition, own)
    return next((each for each in (*(chosen or ()), usual, *kept) if each in kept), own)


def _places(account: Account, example: Cell) -> Sequence[str]:
    """Where there are cells like one."""
    return account.scanned_regions if example.place else (account.default_region,)


def _is_described(account: Account) -> bool:
    """Whether anybody told where it is in its organization."""
    return bool(account.organization_id or account.organizational_unit or account.tags)


def _saw_some(_check_id: str, _region: str) -> bool:
    """A scan of chosen resources does not know what it left out."""
    return False


def _elsewhere(account: Account) -> frozenset[str]:
    """Regions that the scan is not about: something was looked for there, and its finding tells what was not seen."""
    homes = {account.default_region, default_region(account.partition)}  # where global services are asked
    return frozenset(account.every_region) - homes - set(account.scanned_regions)
