"""Reports made later: from the JSON lines of scans into any other format."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

import msgspec
from msgspec.structs import replace

from aioprowler.errors import AioprowlerError, UsageError
from aioprowler.findings.choice import Choice, Chooser
from aioprowler.findings.coverage import SESSIONS, Accounts, Coverage, Figures, Judged, united
from aioprowler.findings.finding import Finding
from aioprowler.findings.lines import GZIP, DamagedLineError, Placed, Reader, findings_in, is_cut_off
from aioprowler.findings.record import refuse_empty
from aioprowler.outputs.files import Outputs
from aioprowler.user_files import decode, read_bytes

if TYPE_CHECKING:
    from io import BufferedReader

STDIN: Final = Path("-")

_CHUNK: Final = 1024 * 1024
"""Bytes of a first line that are looked at."""
_AT_ONCE: Final = 200
"""Findings of a batch."""


class ReportError(AioprowlerError):
    """A file is damaged, or cannot be read; the message says where, and what to do."""


class Report:
    """Reads the files one after the other into the outputs."""

    def __init__(self, paths: Sequence[Path], choice: Choice = Choice()) -> None:  # noqa: B008 - frozen
        """`choice`: which findings. Raises UsageError for a file that is not there."""
        for path in paths:
            if path != STDIN and not path.is_file():
                raise UsageError(f"{path} is not there, or no file: give the JSON lines of a scan, or - for stdin.")
        if len({path.resolve() for path in paths}) < len(paths):
            raise UsageError("A file is given twice: its findings would count twice.")
        self.paths = paths
        self.total_bytes = sum(path.stat().st_size for path in paths if path != STDIN)
        self.bytes = 0
        """Of them, read so far."""
        self.findings = 0
        """Written so far."""
        self.notes: list[str] = []
        """What the user should know: what was left out and why."""
        self._chooses = Chooser(choice)
        self._read = Reader()

    def write(self, outputs: Outputs, progress: Callable[[], None]) -> None:
        """Raises ReportError for a damaged line; what comes before it is written. `progress` is called every now and
        then."""
        self.refuse_own_input(outputs)
        self._refuse_foreign_input()
        coverage = self.coverage
        with outputs:
            for path in self.paths:
                for batch in self._batches(path):
                    found = [finding for _, finding in batch]
                    outputs.write(found)
                    self.findings += len(found)
                    progress()
            if coverage is not None:
                outputs.conclude(coverage)
        outputs.settle()
        self.notes += self._chooses.notes

    def placed(self) -> Iterator[tuple[Path, int, Finding]]:
        """The chosen findings of all files, each with its file and where its line begins. Raises as `write` does."""
        self._refuse_foreign_input()
        for path in self.paths:
            for batch in self._batches(path):
                for place, finding in batch:
                    yield path, place, finding
        self.notes += self._chooses.notes

    def refuse_own_input(self, outputs: Outputs) -> None:
        """Raises UsageError where what is read would be written."""
        read = {path.resolve() for path in self.paths}
        for path in outputs.finals:
            if path.resolve() in read:
                raise UsageError(f"{path} would be read and written: choose another --output-filename or format.")

    def _refuse_foreign_input(self) -> None:
        """Before anything is written over. What comes from standard input shows later, if anything comes."""
        for path in self.paths:
            if path == STDIN:
                if not cast("BufferedReader", sys.stdin.buffer).peek(1):
                    refuse_empty(_named(path), None)
            else:
                with path.open("rb") as file:
                    line = file.readline(_CHUNK)
                if not line:
                    refuse_empty(str(path), self._coverages.get(path))
                if line.startswith(GZIP):
                    raise UsageError(f"{path} is compressed: `zcat {quote(str(path))} | aioprowler report -` reads it.")
                try:
                    if line.strip():
                        self._read(line)
                except msgspec.MsgspecError as error:
                    if is_cut_off(line):
                        continue
                    raise UsageError(
                        f"{path} does not begin with a finding ({error!s:.200}): give the JSON lines that a scan wrote."
                    ) from None

    def _batches(self, path: Path) -> Iterator[list[Placed]]:
        before = self.bytes
        batch: list[Placed] = []
        try:
            with _opened(path) as file:
                for number, placed in enumerate(findings_in(file, _named(path), self._read, self.notes), start=1):
                    if self._chooses(placed[1]):
                        batch.append(placed)
                    if number % _AT_ONCE == 0:
                        self.bytes = before + (placed[0] if path != STDIN else 0)
                        yield batch
                        batch = []
        except DamagedLineError as error:
            yield batch
            out = "" if path == STDIN else f" (`sed -i {error.number}d {quote(str(path))}`)"
            raise ReportError(
                f"{error.where}: not a finding ({error.reason}). What comes before it is in the report. Take the line "
                f"out{out}, or restore the file, and make the report again."
            ) from None
        except OSError as error:
            raise ReportError(f"{_named(path)}: cannot be read ({error.strerror}).") from None
        self.bytes = before + (path.stat().st_size if path != STDIN else 0)
        yield batch

    @cached_property
    def coverage(self) -> Coverage | None:
        """What the scans looked at, as far as that is known of all of them."""
        found = self._coverages
        return merged([*found.values()]) if found and len(found) == len(self.paths) else None

    @cached_property
    def _coverages(self) -> dict[Path, Coverage]:
        """File -> the report beside it."""
        found: dict[Path, Coverage] = {}
        for path in self.paths:
            if path == STDIN:
                self.notes.append(
                    "Standard input tells no coverage: the report does not say what could not be looked at."
                )
                continue
            beside = path.with_suffix(".coverage.json")
            if not beside.is_file():
                self.notes.append(f"{beside} is not there: the report does not say what could not be looked at.")
                continue
            try:
                found[path] = decode(read_bytes("report", beside), Coverage)
            except UsageError as error:
                self.notes.append(f"{error} The report does not say what could not be looked at.")
            except msgspec.MsgspecError as error:
                self.notes.append(f"{beside}: {error!s:.200}. The report does not say what could not be looked at.")
        return found


def _named(path: Path) -> str:
    return "standard input" if path == STDIN else str(path)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path == STDIN:
        yield sys.stdin.buffer
    else:
        with path.open("rb") as file:
            yield file


# ---------------------------------------------------------------------- coverage
def merged(coverages: Sequence[Coverage]) -> Coverage:
    """Of several scans as one. Its checks are those that all of them ran: of others nothing can be said at large."""
    first = coverages[0]
    if len(coverages) == 1:
        return first
    check_ids = tuple(id_ for id_ in first.check_ids if all(id_ in each.check_ids for each in coverages))
    totals = [each.total for each in coverages]
    return replace(
        first,
        not_entered=tuple(one for each in coverages for one in each.not_entered),
        unfinished=tuple(one for each in coverages for one in each.unfinished),
        unseen=_added(each.unseen for each in coverages),
        unknown=_added(each.unknown for each in coverages),
        without_region=_united(each.without_region for each in coverages),
        unjudged=_unjudged(coverages),
        gaps=tuple(one for each in coverages for one in each.gaps),
        unsupported=tuple(one for each in coverages for one in each.unsupported),
        not_enabled=_added(each.not_enabled for each in coverages),
        notes=tuple(one for each in coverages for one in each.notes),
        accounts=Accounts(
            found=sum(each.accounts.found for each in coverages),
            scanned=sum(each.accounts.scanned for each in coverages),
            scanned_before=sum(each.accounts.scanned_before for each in coverages),
        ),
        regions=tuple(one for each in coverages for one in each.regions),
        services=tuple(sorted({name for each in coverages for name in each.services})),
        checks=len(check_ids),
        check_ids=check_ids,
        findings=_added(each.findings for each in coverages),
        muted=_added(each.muted for each in coverages),
        known=_added(each.known for each in coverages),
        by_check={
            id_: _summed([each.by_check[id_] for each in coverages if id_ in each.by_check])
            for id_ in sorted({id_ for each in coverages for id_ in each.by_check})
        },
        own_frameworks=tuple({one["id"]: one for each in coverages for one in each.own_frameworks}.values()),
        frameworks=_united(each.frameworks for each in coverages),
        statuses=_united(each.statuses for each in coverages),
        unfound=_unfound(coverages),
        resource_arns=_united(each.resource_arns for each in coverages),
        resource_tags=_united(each.resource_tags for each in coverages),
        session_policy=max((each.session_policy for each in coverages), key=[*SESSIONS].index),
        total=_summed(totals),
        calls={
            operation: _summed([each.calls[operation] for each in coverages if operation in each.calls])
            for operation in dict.fromkeys(name for each in coverages for name in each.calls)
        },
        started=min(each.started for each in coverages),
        finished=max(each.finished for each in coverages),
        seconds=sum(each.seconds for each in coverages),
        timestamp=max(each.timestamp for each in coverages),
        settings=united(each.settings for each in coverages),
        ended=all(each.ended for each in coverages),
        resumed=any(each.resumed for each in coverages),
    )


_Counts = TypeVar("_Counts", Figures, Judged)


def _united(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in names for name in each))


def _unjudged(coverages: Sequence[Coverage]) -> tuple[str, ...]:
    """Checks that judged nothing in any of the scans."""
    judged = {id_ for each in coverages for id_ in each.by_check.keys() - {*each.unjudged}}
    return tuple(sorted({id_ for each in coverages for id_ in each.unjudged} - judged))


def _unfound(coverages: Sequence[Coverage]) -> tuple[str, ...]:
    """ARNs of which none of the scans judged anything."""
    judged = {arn for each in coverages for arn in {*each.resource_arns} - {*each.unfound}}
    return tuple(arn for arn in _united(each.unfound for each in coverages) if arn not in judged)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _summed(counts: Sequence[_Counts]) -> _Counts:
    """Field by field."""
    kind = type(counts[0])
    return kind(**{name: sum(getattr(each, name) for each in counts) for name in kind.__struct_fields__})
