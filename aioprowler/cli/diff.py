"""`aioprowler diff`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

from cyclopts import Parameter

from aioprowler.cli.options import ALL_FINDINGS, Choosing, flag
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_table
from aioprowler.errors import UsageError

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage
    from aioprowler.findings.diff import ChangeKind, Difference
    from aioprowler.findings.finding import Finding

FAILED: Final = 3
_MOST: Final = 20
"""Findings that each kind of change shows without --all."""
_STATUSES: Final = ("FAIL", "MANUAL", "PASS", "muted")

Old = Annotated[str, Parameter(
    name="OLD", help="JSON lines of the earlier scan; - for standard input.", allow_leading_hyphen=True,
)]  # fmt: skip
New = Annotated[str, Parameter(
    name="NEW", help="JSON lines of the later scan; - for standard input.", allow_leading_hyphen=True,
)]  # fmt: skip
All = Annotated[bool, flag(
    None, f"Show all findings, and not the first {_MOST} of each change; with --json, unchanged ones too.", "--all",
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
    from msgspec import structs

    from aioprowler.findings.diff import compare

    choice = choosing.choice()
    if old == new:
        raise UsageError(f"{old} is given twice: give the records of two scans.")
    _coverage(old)
    with ExitStack() as stack:
        files = _open(stack, old), _open(stack, new)
        found = compare(*files, _coverage(new), (old, new)).narrowed(choice.statuses, choice.severities)
        if rest := structs.replace(choice, statuses=(), severities=()):
            found = found.chosen(rest, *files)
        if as_json:
            _print_json(found, *files, everything=everything)
        else:
            _print(found, *files, everything=everything)
    for note in found.notes:
        complain(note)
    return FAILED if found.new_failures else 0


def _open(stack: ExitStack, name: str) -> BinaryIO:
    """A file that is read more than once: what a pipe gives is put into a temporary one."""
    from aioprowler.user_files import open_file

    file = sys.stdin.buffer if name == "-" else stack.enter_context(open_file("diff", Path(name)))
    if name != "-" and file.seekable():
        return file
    copy: BinaryIO = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    shutil.copyfileobj(file, copy)
    copy.seek(0)
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

    from aioprowler.findings.diff import lines
    from aioprowler.texts import visible_json

    encode = json.Encoder().encode
    for kind in found.kinds:
        if kind.change == "unchanged" and not everything:
            continue
        for line in lines(new if kind.after else old, found.places[kind]):
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


def _print_section(
    title: str, kinds: list[ChangeKind], found: Difference, files: tuple[BinaryIO, BinaryIO], *, everything: bool
) -> None:
    total = sum(len(found.places[kind]) for kind in kinds)
    if not total:
        return
    print(f"\n{title}: {total:,}")
    left = total if everything else _MOST
    for kind in kinds:
        _print_kind(kind, found, files[kind.after is not None], left)
        left = max(0, left - len(found.places[kind]))
    if total > _MOST and not everything:
        print(f"  and {total - _MOST:,} more: --all shows them.")


def _print_kind(kind: ChangeKind, found: Difference, file: BinaryIO, most: int) -> None:
    from aioprowler.findings.diff import lines
    from aioprowler.findings.finding import from_json

    for line in lines(file, found.places[kind][:most]):
        print(_row(kind, from_json(line)))


def _row(kind: ChangeKind, finding: Finding) -> str:
    from aioprowler.texts import visible

    where = f"{finding.account_id} {finding.region} {finding.resource_arn or finding.resource_id}"
    return visible(f"  {finding.severity:<13} {_became(kind):<16} {finding.check_id}  {where}")


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
