"""Live figures of a running scan."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, Final, Protocol

from msgspec import Struct, field

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.api import Calls
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import NOBODYS, mistake_in
from aioprowler.findings.coverage import NotEntered, Unfinished
from aioprowler.findings.finding import Finding

_ALIKE: Final = attrgetter("check_id", "status", "severity", "muted")
"""Findings that agree in these count for the same."""


class UnderWay(Protocol):
    """The scan of an account, wherever that is."""

    @property
    def cells(self) -> tuple[int, int]:
        """How many were looked at, and how many there are."""
        ...


class Progress(Struct):
    """Live figures of a running scan."""

    accounts: int = 0
    """Found so far."""
    accounts_listed: bool = False
    """Whether all are found."""
    accounts_done: int = 0
    finished: int = 0
    """Scanned to the end."""
    first: Account | None = None
    """The first account that was entered, with the regions to scan."""
    under_way: dict[str, UnderWay] = field(default_factory=dict)
    """Account id -> its scan."""
    workers: int | None = None
    """Of a cluster; None where the scan has none."""
    incomplete: dict[str, str] = field(default_factory=dict)
    """Account id (or credential source) -> why it could not be scanned, or not to its end."""
    not_entered: list[NotEntered] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)
    transient: int = 0
    """Accounts of which something could not be looked at for a reason that may pass."""
    unseen: Counter[str] = field(default_factory=Counter)
    """Region -> accounts in which every call there failed."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Configured region -> accounts of which AWS did not tell whether they have enabled it."""
    not_enabled: Counter[str] = field(default_factory=Counter)
    """Chosen region -> accounts that have not enabled it."""
    regions: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Regions -> accounts that were begun with them."""
    without_region: list[str] = field(default_factory=list)
    """Accounts of which no region is left to scan, by what was chosen and excluded."""
    repeated: int = 0
    """Accounts that were given once more."""
    findings: Counter[str] = field(default_factory=Counter)
    """By status, before the selection by status; without muted ones."""
    muted: Counter[str] = field(default_factory=Counter)
    """Likewise, those that are muted."""
    by_check: Counter[tuple[str, str]] = field(default_factory=Counter)
    """All of them, by check and outcome."""
    failed: Counter[str] = field(default_factory=Counter)
    """Severity -> those that failed, are not muted, and are not of the baseline."""
    hidden: Counter[str] = field(default_factory=Counter)
    """Check -> those that say no more than what AWS did not tell."""
    out_of_reach: Counter[str] = field(default_factory=Counter)
    """Likewise, those of them about what AWS refuses the account whoever asks."""
    mistaken: dict[str, str] = field(default_factory=dict)
    """Checks that raised, or of which something raised that they read -> what did first, and how."""
    known: Counter[str] = field(default_factory=Counter)
    """Likewise, those of the baseline: neither muted nor among `findings`."""
    notes: list[str] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)
    gateway: Any = None
    ceiling: Ceiling | None = None
    resumed: bool = False
    """Whether it goes on with an earlier scan."""
    complete: bool = False
    """Whether it came to its end."""
    started: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    _began: float = field(default_factory=time.monotonic)
    _seconds: float | None = None

    @property
    def seconds(self) -> float:
        """From the start to the end, or to now."""
        return time.monotonic() - self._began if self._seconds is None else self._seconds

    @property
    def cells(self) -> tuple[int, int]:
        """Of the accounts under way: how many cells were looked at, and how many there are."""
        done, total = zip((0, 0), *(each.cells for each in self.under_way.values()), strict=True)
        return sum(done), sum(total)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1: accounts, those under way by their cells. 0 until all accounts are known."""
        if not (self.accounts_listed and self.accounts):
            return 0.0
        begun = sum(done / total for done, total in (each.cells for each in self.under_way.values()) if total)
        return min(1.0, (self.accounts_done + begun) / self.accounts)

    @contextmanager
    def running(self) -> Iterator[None]:
        """The time that the scan takes."""
        self.started, self._began = datetime.datetime.now(datetime.UTC), time.monotonic()
        try:
            yield
            self.complete = True
        finally:
            self._seconds = time.monotonic() - self._began

    def count(self, findings: Sequence[Finding]) -> None:
        """Before any selection by status; muted ones are counted by themselves."""
        for (check_id, status, severity, muted), number in Counter(map(_ALIKE, findings)).items():
            (self.muted if muted else self.findings)[status] += number
            self.by_check[check_id, "muted" if muted else status] += number
            if status == "FAIL" and not muted:
                self.failed[severity] += number
        self._count_gaps(findings)

    def recognise(self, finding: Finding) -> None:
        """Count one of the baseline."""
        self.known[finding.status] += 1
        self.by_check[finding.check_id, finding.outcome] += 1
        self._count_gaps([finding])

    def _count_gaps(self, findings: Sequence[Finding]) -> None:
        for each in findings:
            gap = each.gap
            if gap is not None and not each.muted:
                self.hidden[each.check_id] += gap.is_of_aws
                self.out_of_reach[each.check_id] += gap.kind in NOBODYS
                if gap.kind == "mistake":
                    self.mistaken.setdefault(each.check_id, mistake_in(each.status_detail))

    @property
    def unjudged(self) -> list[str]:
        """Checks all of whose findings say no more than what AWS did not tell, in alphabetical order. What it refuses
        an account whoever asks, as it does members what is their organization's, is nobody's to mend, and counts only
        where nothing else was judged.
        """
        totals: Counter[str] = Counter()
        for (check_id, _), count in self.by_check.items():
            totals[check_id] += count
        found = sorted(check_id for check_id, count in self.hidden.items() if 0 < count == totals[check_id])
        has_judged = len(found) < len(totals)
        return [each for each in found if not has_judged or self.out_of_reach[each] < self.hidden[each]]

    def refused(self, error: EntryError) -> None:
        """An account, or all that credentials lead to, could not be entered."""
        self.incomplete[error.account_id or error.source] = str(error)
        self.not_entered.append(
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

    def cut_off(self, account_id: str, reason: str) -> None:
        """An account was not scanned to its end."""
        self.incomplete[account_id] = reason
        self.unfinished.append(Unfinished(account_id=account_id, reason=reason))

    def unanswered(self, account_id: str, region: str) -> None:
        """Every call in a region of an account failed."""
        self.unseen[region] += 1
        self.incomplete[f"{account_id} {region}"] = "every call failed"

    def untold(self, account_id: str, region: str) -> None:
        """AWS did not tell whether an account has enabled a region that the scan is about."""
        self.unknown[region] += 1
        self.incomplete[f"{account_id} {region}"] = "AWS did not tell whether it is enabled"
