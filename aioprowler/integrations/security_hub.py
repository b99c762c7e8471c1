"""Security Hub: each account's findings, imported in their own account and region while its credentials are at hand.

https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html has the limits and what
an import may change; https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings.html, how long
Security Hub keeps a finding.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import anyio
import orjson

from aioprowler.aws.api import AwsApi, Boundary
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.engine.judge import timestamp
from aioprowler.engine.values import for_each
from aioprowler.findings.finding import Finding
from aioprowler.integrations.integration import Integration, SendingError, counted
from aioprowler.integrations.spool import GONE, KEPT, Row, Spool
from aioprowler.outputs.asff import AsffEvents
from aioprowler.outputs.writer import encoded
from aioprowler.scanning import SawAll
from aioprowler.texts import shortened

GET_FINDINGS: Final = Operation("securityhub", "GetFindings")
IMPORT: Final = Operation("securityhub", "BatchImportFindings")
OPERATIONS: Final = (GET_FINDINGS, IMPORT)

PREFIX: Final = "aioprowler-"
"""How the `Id` and the `GeneratorId` of our findings begin."""
MOST_FINDINGS: Final = 100
MOST_BYTES: Final = 5_000_000
"""Of one import, for which Security Hub takes 100 findings and 6 MB."""
REFRESH: Final = datetime.timedelta(days=30)
"""An unchanged finding is imported again after so long, because Security Hub deletes one that nobody updates in 90."""

_WIDTH: Final = 4
"""Imports in flight in one region of an account."""
_NOT_ENABLED: Final = "InvalidAccessException"
_TIMES: Final = frozenset({"CreatedAt", "FirstObservedAt", "UpdatedAt"})
_FIRST_TIMES: Final = ("CreatedAt", "FirstObservedAt")
_CUSTOMERS: Final = frozenset({"Note", "UserDefinedFields", "VerificationState", "Workflow", "WorkflowState"})
"""What belongs to Security Hub's users: an import sets it once at most."""
_OWN: Final = frozenset({"CompanyName", "ProcessedAt", "ProductName"})
"""What Security Hub may set itself."""
_PROVIDED: Final = ("Severity", "Types")
_NAMED: Final = 3
_REASON: Final = 500
"""Characters of why a finding was not taken."""


class SecurityHub(Integration):
    """Imports what has changed, and archives what is no longer there. Goes along with the scan as its companion."""

    name = "Security Hub"
    operations: Sequence[Operation] = OPERATIONS

    def __init__(
        self,
        *,
        only_fails: bool = False,
        archives: bool = True,
        done: Collection[str] = (),
        note: Callable[[str], None] | None = None,
    ) -> None:
        """`done`: accounts that an earlier run has imported. `note` is told what was done, for the coverage report."""
        self._only_fails = only_fails
        self._archives = archives
        self._past = done
        self._note = note
        self._events = AsffEvents()
        self._spool = Spool()
        self._broken: sqlite3.Error | None = None
        self._unsure: dict[str, set[tuple[str, str]]] = {}
        """Account -> check and region of MANUAL findings; of the accounts in flight."""
        self._not_enabled: set[tuple[str, str]] = set()
        """Region and account."""
        self._failures: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    async def __aexit__(self, *error: object) -> None:
        self._spool.close()

    # ------------------------------------------------------------- what is found
    def recall(self, findings: Sequence[Finding]) -> None:
        """Those of accounts that are finished were sent by the earlier run."""
        left = [each for each in findings if each.account_id not in self._past]
        self.found(left, left, left)

    def found(self, found: Sequence[Finding], kept: Sequence[Finding], chosen: Sequence[Finding]) -> None:
        """Keeps on the disk what is to be imported, and of the rest that it was found."""
        for each in found:
            if each.status == "MANUAL":
                self._unsure.setdefault(each.account_id, set()).add((each.check_id, each.region))
        if self._broken:
            return
        rows: list[Row] = []  # the later ones hold
        if len(found) > len(kept):
            rows += [_row(each, KEPT) for each in found]
        if len(kept) > len(chosen):
            rows += [_row(each, _unsent(each)) for each in kept]
        events = self._events([each for each in chosen if self._is_sent(each)])
        rows += [_row(each, next(events) if self._is_sent(each) else _unsent(each)) for each in chosen]
        try:
            self._spool.put(rows)
        except sqlite3.Error as error:
            self._broken = error

    def _is_sent(self, finding: Finding) -> bool:
        return not self._only_fails or (finding.status == "FAIL" and not finding.muted)

    # ------------------------------------------------------------- an account's end
    async def leave(self, account: Account, api: AwsApi, saw_all: SawAll) -> None:
        """Compares what Security Hub has of the account with what was found, imports and archives, region by region."""
        unsure = self._unsure.pop(account.id, set())
        if self._broken:
            return
        aws = Boundary(api, deadline=None)  # with counts of its own: sending is not looking
        try:
            async with anyio.create_task_group() as tasks:
                for region in {*account.scanned_regions, *self._spool.regions(account.id)}:
                    gone = partial(_is_gone, saw_all=saw_all, unsure=unsure)
                    tasks.start_soon(self._region, aws, account, region, gone)
            self._spool.forget(account.id)
        except* sqlite3.Error as group:
            self._broken = sqlite3.Error(str(group.exceptions[0]))

    async def _region(self, aws: Boundary, account: Account, region: str, is_gone: SawAll) -> None:
        filters = {
            "AwsAccountId": [{"Value": account.id, "Comparison": "EQUALS"}],
            "Region": [{"Value": region, "Comparison": "EQUALS"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
            "GeneratorId": [{"Value": PREFIX, "Comparison": "PREFIX"}],
        }
        pages = aws.pages(account, region, GET_FINDINGS, {"Filters": filters}, page_size=MOST_FINDINGS)
        async for page in pages:
            if isinstance(page, Failure):
                if page.code == _NOT_ENABLED or not page.is_gap:
                    self._not_enabled.add((region, account.id))
                    return
                self._fail(page)
                break
            earlier = [each for each in page.get("Findings", ()) if _is_ours(each, account.id, region)]
            changed = [self._compare(each, account.id, region, is_gone) for each in earlier]
            self._spool.put(row for row in changed if row)
        await self._import(aws, account, region)

    def _compare(self, earlier: dict[str, Any], account_id: str, region: str, is_gone: SawAll) -> Row | None:
        """What is to be done about an earlier finding, in the place of what was found now; None for nothing."""
        key = earlier["Id"].removeprefix(PREFIX)
        row = self._spool.get(account_id, region, key)
        body = row[0] if row else GONE
        if body is KEPT:
            return None
        if not body:
            known = row is not None or is_gone(earlier["GeneratorId"].removeprefix(PREFIX), region)
            return (account_id, region, key, encoded(_archived(earlier))) if known and self._archives else None
        now = orjson.loads(body)
        if _is_fresh(earlier) and _is_same(now, earlier):
            self._counts["unchanged"] += 1
            return account_id, region, key, KEPT
        now |= {name: earlier[name] for name in _FIRST_TIMES if name in earlier}
        return account_id, region, key, encoded(now)

    # ------------------------------------------------------------- import
    async def _import(self, aws: Boundary, account: Account, region: str) -> None:
        after = ""
        while rows := self._spool.bodies(account.id, region, after, _WIDTH * MOST_FINDINGS):
            after = rows[-1][0]
            await for_each([*_batches(body for _, body in rows)], partial(self._send, aws, account, region), _WIDTH)

    async def _send(self, aws: Boundary, account: Account, region: str, bodies: Sequence[bytes]) -> None:
        now = timestamp(datetime.datetime.now(datetime.UTC))
        findings = [_provided(orjson.loads(body)) | {"UpdatedAt": now} for body in bodies]
        reply = await aws.call(account, region, IMPORT, {"Findings": findings})
        if isinstance(reply, Failure):
            if reply.code == _NOT_ENABLED:
                self._not_enabled.add((region, account.id))
            else:
                self._fail(reply, len(findings))
            return
        refused = {each.get("Id"): each for each in (reply or {}).get("FailedFindings", ())}
        for each in refused.values():
            self._failures[shortened(f"{each.get('ErrorCode')}: {each.get('ErrorMessage')}", _REASON)] += 1
        for each in findings:
            if each["Id"] not in refused:
                self._counts["archived" if each["RecordState"] == "ARCHIVED" else "imported"] += 1

    def _fail(self, failure: Failure, findings: int = 0) -> None:
        advice = f" {failure.mend}" if failure.kind == "denied" else ""
        why = f"{failure.code}: {failure.message}" if failure.kind == "broken" else failure.code
        self._failures[f"{failure.action} failed ({why}).{advice}"] += findings

    async def drain(self) -> None:
        """Raises SendingError for what could not be sent, with the most frequent reason."""
        if self._note:
            for note in self._notes():
                self._note(note)
        if self._broken:
            raise SendingError(f"what waits for its import cannot be kept on the disk ({self._broken}).")
        if self._failures:
            (worst, _), *others = self._failures.most_common()
            more = f" (and {len(others)} other failures)" if others else ""
            lost = f" {self._failures.total():,} findings were not taken." if self._failures.total() else ""
            raise SendingError(f"{worst}{more}{lost}")

    def _notes(self) -> Iterator[str]:
        counts = ", ".join(f"{self._counts[each]:,} {each}" for each in ("imported", "unchanged", "archived"))
        yield f"Security Hub: {counts}."
        if self._not_enabled:
            regions = sorted({region for region, _ in self._not_enabled})
            named = ", ".join(regions[:_NAMED]) + (f" and {len(regions) - _NAMED} more" if regions[_NAMED:] else "")
            accounts = counted(len({account for _, account in self._not_enabled}), "account")
            yield f"Security Hub is not enabled in {named} in {accounts}: nothing was sent there."


def _row(finding: Finding, body: bytes | None) -> Row:
    return finding.account_id, finding.region, finding.uid, body


def _unsent(finding: Finding) -> bytes | None:
    """What is kept of a finding that is not sent: whether it shows that an earlier one no longer holds."""
    return GONE if finding.status == "PASS" or finding.muted else KEPT


def _is_gone(check_id: str, region: str, *, saw_all: SawAll, unsure: Collection[tuple[str, str]]) -> bool:
    """Whether a resource that the check did not find is gone, and not hidden by what could not be looked at."""
    return (check_id, region) not in unsure and saw_all(check_id, region)


def _is_ours(finding: Mapping[str, Any], account_id: str, region: str) -> bool:
    return (
        finding.get("AwsAccountId") == account_id
        and finding.get("Region", region) == region
        and finding.get("RecordState") == "ACTIVE"
        and str(finding.get("Id")).startswith(PREFIX)
        and str(finding.get("GeneratorId")).startswith(PREFIX)
    )


def _archived(earlier: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in earlier.items() if name not in _CUSTOMERS | _OWN}
    return {**kept, "RecordState": "ARCHIVED"}


def _provided(finding: dict[str, Any]) -> dict[str, Any]:
    """With what a provider may update later, in its place: users may set the same fields on top."""
    fields = {name: finding[name] for name in _PROVIDED if name in finding}
    severity = {name: value for name, value in fields.get("Severity", {}).items() if name in ("Label", "Original")}
    return {**finding, "FindingProviderFields": {**fields, "Severity": severity}}


def _is_fresh(earlier: Mapping[str, Any]) -> bool:
    try:
        updated = datetime.datetime.fromisoformat(earlier["UpdatedAt"])
        return datetime.datetime.now(datetime.UTC) - updated < REFRESH
    except (KeyError, TypeError, ValueError):
        return False


def _is_same(now: Mapping[str, Any], earlier: Mapping[str, Any]) -> bool:
    """Whether the earlier finding says all that we would, with whatever Security Hub and its users have added."""
    known = {**earlier, **earlier.get("FindingProviderFields", {})}
    return all(_holds(value, known.get(name)) for name, value in now.items() if name not in _TIMES | _CUSTOMERS | _OWN)


def _holds(wanted: Any, there: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(there, dict):
        return all(_holds(value, there.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(there, list):
        return len(wanted) == len(there) and all(map(_holds, wanted, there))
    return bool(wanted == there) or (not wanted and not there)


def _batches(bodies: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == MOST_FINDINGS or size + len(body) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body)
    if batch:
        yield batch
