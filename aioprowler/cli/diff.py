"""`aioprowler diff`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

from cyclopts import Parameter

from aioprowler.cli.options import ALL_FINDINGS, Choosing, flag
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import counted, print_table
from aioprowler.errors import UsageError

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage
    from aioprowler.findings.diff import ChangeKind, Difference
    from aioprowler.findings.finding import Finding

FAILED: Final = 3
_MOST: Final = 20
"""Causes that each kind of change shows without --all."""
_STATUSES: Final = ("FAIL", "MANUAL", "PASS", "muted")

Old = Annotated[str, Parameter(
    name="OLD", help="JSON lines of the earlier scan; - for standard input.", allow_leading_hyphen=True,
)]  # fmt: skip
New = Annotated[str, Parameter(
    name="NEW", help="JSON lines of the later scan; - for standard input.", allow_leading_hyphen=True,
)]  # fmt: skip
All = Annotated[bool, flag(
    None, f"Show all findings, and not the first {_MOST} causes of each change; with --json, unchanged ones too.",
    "--all",
)]  # fmt: skip
AsJsonLines = Annotated[bool, flag(
    None, "Print JSON lines: the change, what the finding was before, and the finding.", "--json",
)]  # fmt: skip


def diff(
    old: Old,
    new: New,
    /,
    *,
    choosing: Choosing = ALL_FINDINGS,
    everything: All = False,
    as_json: AsJsonLines = False,
) -> int:
    """Compare two scans by their JSON lines: what fails anew, what is resolved, what has changed.

    A finding that is gone counts as resolved if the later scan looked where it was, and as not looked at otherwise:
    the coverage report beside the file tells, where it is there.

    Exit codes: 0 nothing fails that did not before, 3 something does.

    Examples:
      aioprowler diff monday.jsonl friday.jsonl
      aioprowler diff monday.jsonl friday.jsonl --severity critical --json
    """
    from aioprowler.findings.diff import compare

    choice = choosing.choice()
    if old == new:
        raise UsageError(f"{old} is given twice: give the records of two scans.")
    earlier = _coverage(old)
    with ExitStack() as stack:
        files = _open(stack, old, earlier), _open(stack, new, coverage := _coverage(new))
        found = compare(*files, coverage, choice, (old, new))
        with suppress(BrokenPipeError):  # whoever has read enough, as `head`, wants the exit code all the same
            if as_json:
                _print_json(found, *files, everything=everything)
            else:
                _print(found, *files, everything=everything)
    for note in found.notes:
        complain(note)
    return FAILED if found.new_failures else 0


def _open(stack: ExitStack, name: str, coverage: Coverage | None) -> BinaryIO:
    """A record that is read more than once: what a pipe gives is put into a temporary file. Raises UsageError."""
    from aioprowler.findings.record import refuse_empty
    from aioprowler.user_files import open_file

    file = sys.stdin.buffer if name == "-" else stack.enter_context(open_file("diff", Path(name)))
    if name == "-" or not file.seekable():
        file = _copied(file, stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 - the stack closes it
    if not file.seek(0, os.SEEK_END):
        refuse_empty("standard input" if name == "-" else name, coverage)
    file.seek(0)
    return file


def _copied(file: BinaryIO, copy: BinaryIO) -> BinaryIO:
    """Raises OSError, with the place of what cannot be written."""
    try:
        shutil.copyfileobj(file, copy)
        copy.flush()
    except OSError as error:
        error.filename = tempfile.gettempdir()
        raise
    return copy


def _coverage(record: str) -> Coverage | None:
    """The report beside a record, if it is there. Raises UsageError for a scan that left out what it knew."""
    from aioprowler.findings.record import coverage_of

    coverage = None if record == "-" else coverage_of("diff", Path(record))
    if coverage and coverage.known:
        raise UsageError(
            f"{record} is without the findings that its baseline knew (--baseline): compare whole records."
        )
    return coverage


# --------------------------------------------------------------------------- JSON
def _print_json(found: Difference, old: BinaryIO, new: BinaryIO, *, everything: bool) -> None:
    from msgspec import Raw, json

    from aioprowler.findings.lines import lines_at
    from aioprowler.texts import visible_json

    encode = json.Encoder().encode
    for kind in found.kinds:
        if kind.change == "unchanged" and not everything:
            continue
        for line in lines_at(new if kind.after else old, found.places[kind]):
            told = {"change": kind.change, "before": kind.before, "finding": Raw(line.strip())}
            sys.stdout.buffer.write(visible_json(encode(told)) + b"\n")
    sys.stdout.buffer.flush()


# -------------------------------------------------------------------------- table
def _print(found: Difference, old: BinaryIO, new: BinaryIO, *, everything: bool) -> None:
    from aioprowler.findings.diff import CHANGES

    rows = [(change, *(f"{found.count(change, status):,}" for status in _STATUSES)) for change in CHANGES]
    print_table(("CHANGE", *_STATUSES), rows)
    for title, kinds in _sections(found):
        _print_section(title, kinds, found, (old, new), everything=everything)


def _sections(found: Difference) -> Iterator[tuple[str, list[ChangeKind]]]:
    """What is worth a list, the worst first: not what passes from the first, and what passed and is gone."""
    kinds = [kind for kind in found.kinds if kind.change != "unchanged"]
    yield "Fails anew", [kind for kind in kinds if kind.is_new_failure]
    gone = [kind for kind in kinds if kind.before and kind.before.is_failure]
    yield "Resolved", [kind for kind in gone if kind.change == "resolved"]
    yield "Failed, and was not looked at", [kind for kind in gone if kind.change == "not looked at"]
    yield "Changed", [kind for kind in kinds if kind.change == "changed" and not kind.is_new_failure]
    yield (
        "New, for a person to look at",
        [kind for kind in kinds if kind.change == "new" and kind.state.status == "MANUAL" and not kind.state.muted],
    )


@dataclass
class _Row:
    """A finding, which stands for others of the same cause."""

    kind: ChangeKind
    finding: Finding | None
    """None where it is not shown."""
    others: int = 0

    def add(self, finding: Finding) -> None:
        """Of the same cause, and no worse. Of equally severe ones the first by id stands for them."""
        self.others += 1
        shown = self.finding
        if shown and finding.severity == shown.severity and finding.check_id < shown.check_id:
            self.finding = finding

    def __str__(self) -> str:
        from aioprowler.texts import visible

        finding = self.finding
        assert finding is not None, "it is shown"
        more = f" (and {counted(self.others, 'more check')})" if self.others else ""
        where = f"{finding.account_id} {finding.region} {finding.resource_arn or finding.resource_id}"
        what = f"{finding.headline}{more}  {finding.check_id}"
        return visible(f"  {finding.severity:<13} {_became(self.kind):<16} {what}  {where}")


def _print_section(
    title: str, kinds: list[ChangeKind], found: Difference, files: tuple[BinaryIO, BinaryIO], *, everything: bool
) -> None:
    total = sum(len(found.places[kind]) for kind in kinds)
    if not total:
        return
    if everything:
        print(f"\n{title}: {total:,}")
        for kind, finding in _findings(kinds, found, files):
            print(_Row(kind, finding))
        return
    rows, many = _by_cause(_findings(kinds, found, files))
    print(f"\n{title}: {total:,}" + (f", of {counted(many, 'cause')}" if many < total else ""))
    print(*rows, sep="\n")
    if many < total or many > _MOST:
        print(f"  {f'and {many - _MOST:,} more: ' if many > _MOST else ''}--all shows {total:,} findings.")


def _findings(
    kinds: list[ChangeKind], found: Difference, files: tuple[BinaryIO, BinaryIO]
) -> Iterator[tuple[ChangeKind, Finding]]:
    from aioprowler.findings.lines import Reader, lines_at

    read = Reader()
    for kind in kinds:
        for line in lines_at(files[kind.after is not None], found.places[kind]):
            yield kind, read(line)


def _by_cause(findings: Iterable[tuple[ChangeKind, Finding]]) -> tuple[list[_Row], int]:
    """The first rows, and how many there are. What became the same for one cause is one row."""
    from aioprowler.findings.causes import cause_of

    shown: list[_Row] = []
    known: dict[tuple[str, ...], _Row] = {}
    many = 0
    for kind, finding in findings:
        cause = cause_of(finding) if kind.has_failure else None
        key = (*cause, _became(kind)) if cause else ()
        if key in known:
            known[key].add(finding)
            continue
        many += 1
        row = _Row(kind, finding if many <= _MOST else None)
        if row.finding:
            shown.append(row)
        if key:
            known[key] = row
    return shown, many


def _became(kind: ChangeKind) -> str:
    before, after = (_word(kind, state) for state in (kind.before, kind.after))
    return f"{before} -> {after}" if before and after else before or after


def _word(kind: ChangeKind, state: object) -> str:
    from aioprowler.findings.record import State

    if not isinstance(state, State):
        return ""
    status = "muted" if state.muted else state.status
    both = (kind.before, kind.after)
    rated = all(each is not None for each in both) and len({each.severity for each in both if each}) > 1
    return f"{status} {state.severity}" if rated else status
