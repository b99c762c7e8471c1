"""A summary in Markdown for a pull request or a ticket: of constant size, however much was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aioprowler.catalog import installed
from aioprowler.compliance.results import FrameworkResult, loosened_told, results
from aioprowler.declarations.checks import SEVERITIES, STATUSES, Severity
from aioprowler.disk import PRIVATE
from aioprowler.findings.causes import Causes
from aioprowler.findings.coverage import left_out, sessions_told
from aioprowler.findings.finding import Finding
from aioprowler.outputs.markup import code, plain
from aioprowler.outputs.writer import write_whole

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

_PROBLEMS: Final = 20
_PLACES: Final = 10
_MISSING: Final = 10
_MUTED: Final = "muted"
_RANK: Final = {severity: number for number, severity in enumerate(SEVERITIES)}


class MarkdownWriter:
    """A Writer that counts, and writes the whole file anew at each flush that has something new."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._counts: Counter[tuple[str, str, Severity]] = Counter()
        """By check, status (muted ones have one of their own) and severity."""
        self._service_of: dict[str, str] = {}
        self._causes = Causes()
        self._accounts: Counter[tuple[str, ...]] = Counter()
        """Failed, by id and name."""
        self._coverage: Coverage | None = None
        self._changed = True
        self._is_open = False
        self._mode = PRIVATE

    def open(self, mode: int = PRIVATE) -> None:
        """Writes a report without findings."""
        self._mode = mode
        self._is_open = self._changed = True
        self.flush()

    def write(self, findings: Sequence[Finding]) -> None:
        """Counts; failed findings are kept as far as the report names them."""
        self._causes.add(findings)
        for each in findings:
            status = _MUTED if each.muted else each.status
            self._counts[each.check_id, status, each.severity] += 1
            self._service_of[each.check_id] = each.service
            if status == "FAIL":
                self._accounts[each.account_id, each.account_name] += 1
        self._changed = self._changed or bool(findings)

    def conclude(self, coverage: Coverage) -> None:
        """What was looked at is a section of the report."""
        self._coverage = coverage
        self._changed = True

    def flush(self) -> None:
        """Writes the whole report anew, beside the old one, which it then replaces."""
        if self._is_open and self._changed:
            write_whole(self.path, "\n".join(self._lines()).encode(), self._mode)
            self._changed = False

    def close(self) -> None:
        """The last flush; a later one does nothing."""
        try:
            self.flush()
        finally:
            self._is_open = False

    def _lines(self) -> Iterator[str]:
        failed = self._count("FAIL")
        yield f"# aioprowler: {failed:,} failed of {self._counts.total():,} findings\n"
        if self._coverage is not None:
            told: dict[str, int] = {status: self._count(status) for status in STATUSES}
            yield from (f"**{plain(sentence)}**\n" for sentence in left_out(self._coverage, told))
        yield from self._totals()
        yield from self._compliance()
        yield from self._worst()
        yield from _places("Failed by service", ("service",), self._services())
        yield from _places("Failed by account", ("account", "name"), self._accounts)
        yield from self._missing()

    def _count(self, status: str, severity: Severity | None = None) -> int:
        return sum(
            number for (_, as_, how), number in self._counts.items() if as_ == status and severity in (None, how)
        )

    def _services(self) -> Counter[tuple[str, ...]]:
        failed: Counter[tuple[str, ...]] = Counter()
        for (check_id, status, _), number in self._counts.items():
            if status == "FAIL":
                failed[self._service_of[check_id],] += number
        return failed

    def _totals(self) -> Iterator[str]:
        rows = [
            [status, *(self._count(status, severity) for severity in SEVERITIES), self._count(status)]
            for status in ("FAIL", "MANUAL", "PASS", _MUTED)
        ]
        yield from _table(("", *SEVERITIES, "total"), rows)

    def _compliance(self) -> Iterator[str]:
        coverage = self._coverage
        if coverage is None or not coverage.frameworks:
            return
        yield "## Compliance\n"
        found = [*results(coverage, coverage.frameworks, existing=installed().listed)]
        yield from _table(("framework", "FAIL", "MANUAL", "PASS", "score"), list(map(_scored, found)))
        if loosened := loosened_told(found):
            yield "Configured otherwise than requirements allow, so that they cannot PASS:\n"
            yield from _items(loosened)

    def _worst(self) -> Iterator[str]:
        causes = self._causes.ranked()
        if not causes:
            return
        yield "## Worst problems\n"
        rows = [[each.severity, each.resources, code(each.check_id), plain(each.told)] for each in causes[:_PROBLEMS]]
        yield from _table(("severity", "resources", "check", "problem"), rows)
        yield from _more(len(causes) - _PROBLEMS)

    def _missing(self) -> Iterator[str]:
        coverage = self._coverage
        if coverage is None:
            yield "What could not be looked at is not known: the scan has not come to its end, or left no coverage.\n"
            return
        missing = [
            *(
                f"{' '.join(filter(None, (each.account_id, each.name)))}: {each.reason}"
                for each in coverage.not_entered
            ),
            *(f"{each.account_id}: {each.reason}" for each in coverage.unfinished),
            *(f"{gap.explanation} [{gap.accounts:,} accounts, {gap.calls:,} calls]" for gap in coverage.gaps),
        ]
        if not coverage.ended:
            yield "**The scan was interrupted.**\n"
        accounts = coverage.accounts
        yield f"{accounts.scanned:,} of {accounts.found:,} accounts were scanned to the end.\n"
        if told := sessions_told(coverage):
            yield f"{told}\n"
        if missing:
            yield "## What could not be looked at\n"
            yield from _items(missing)


def _places(title: str, names: tuple[str, ...], counts: Counter[tuple[str, ...]]) -> Iterator[str]:
    if not counts:
        return
    yield f"## {title}\n"
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield from _table((*names, "failed"), [[*map(code, place), number] for place, number in most[:_PLACES]])
    yield from _more(len(most) - _PLACES)


def _table(header: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    """Cells are Markdown, or numbers."""
    sides = ["---:" if all(isinstance(row[column], int) for row in rows) else "---" for column in range(len(header))]
    for line in (header, sides, *rows):
        cells = [f"{cell:,}" if isinstance(cell, int) else cell for cell in line]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _scored(result: FrameworkResult) -> list[str | int]:
    score = "" if result.score is None else f"{result.score:g} %"
    return [code(result.framework.id), result.count("FAIL"), result.count("MANUAL"), result.count("PASS"), score]


def _items(texts: Sequence[str]) -> Iterator[str]:
    yield from (f"* {code(text)}" for text in texts[:_MISSING])
    yield ""
    yield from _more(len(texts) - _MISSING)


def _more(number: int) -> Iterator[str]:
    if number > 0:
        yield f"and {number:,} more\n"
