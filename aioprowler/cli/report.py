"""`aioprowler report`."""

from __future__ import annotations

import gc
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from aioprowler.cli import interruptible
from aioprowler.cli.options import (
    ALL_FINDINGS,
    FORMATS_HELP,
    MODE_HELP,
    OUTPUT,
    Choosing,
    Names,
    flag,
    many,
    mode_of,
    one,
)
from aioprowler.findings.choice import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aioprowler.outputs.files import Outputs
    from aioprowler.outputs.reporting import Report

_DEFAULT: Final = ("html",)
_NAMED: Final = 12
"""Files that the last line names."""
_EVERY: Final = 0.2
"""Seconds between two lines of progress."""

Files = Annotated[
    list[Path], Parameter(name="FILE", help="JSON lines of a scan; - is standard input.", allow_leading_hyphen=True)
]


def report(
    files: Files,
    /,
    *,
    formats: Annotated[Names, many(
        OUTPUT, "FORMAT", f"What to make: {FORMATS_HELP} (default: html).", "--output-formats", "--output-modes", "-M",
    )] = None,
    choosing: Choosing = ALL_FINDINGS,
    split: Annotated[Part | None, one(
        OUTPUT, "WHOM", "A report for each account, owner or unit, whose name is added to the files' name.", "--split",
    )] = None,
    directory: Annotated[Path | None, one(
        OUTPUT, "FOLDER", "Where the reports go; made if it is not there (default: that of the first FILE).",
        "--output-directory", "-o",
    )] = None,
    filename: Annotated[str | None, one(
        OUTPUT, "NAME", "Their name without extension (default: that of FILE; of several, aioprowler- and the time). "
        "Files of that name are replaced.", "--output-filename", "-F",
    )] = None,
    mode: Annotated[str | None, one(OUTPUT, "MODE", MODE_HELP, "--output-mode")] = None,
    quiet: Annotated[bool, flag(OUTPUT, "stderr is for errors.", "--quiet", "-q")] = False,
) -> None:  # fmt: skip
    """Make reports in any format from the JSON lines of a scan, or of several.

    The coverage file that a scan leaves beside its JSON lines tells the reports what could not be looked at.

    Examples:
      aioprowler report output/nightly.jsonl --output-formats sarif
      aioprowler report monday.jsonl tuesday.jsonl -M csv -F both --status FAIL
      aioprowler report nightly.jsonl --split owner --status FAIL -o owners
      zcat scan.jsonl.gz | aioprowler report - -M json-ocsf -o reports
    """
    from aioprowler.cli.scan import DEFAULT_DIRECTORY, default_stem, make_outputs
    from aioprowler.cli.tables import counted
    from aioprowler.compliance.frameworks import Frameworks
    from aioprowler.compliance.results import frameworks_of
    from aioprowler.errors import UsageError
    from aioprowler.outputs.reporting import STDIN, Report

    for file in files:  # that - may stand for standard input, any of them may look like an option
        if str(file).startswith("-") and file != STDIN:
            raise UsageError(f"There is no option {file}. See `aioprowler report --help`.")
    made = Report(files, choosing.choice())
    alone = len(files) == 1 and files[0] != STDIN
    stem = filename if filename is not None else files[0].stem if alone else default_stem()
    target = partial(
        make_outputs,
        formats or _DEFAULT,
        directory or (DEFAULT_DIRECTORY if files[0] == STDIN else files[0].parent),
        known=Frameworks() if made.coverage is None else frameworks_of(made.coverage),
        spares=True,
        tells_coverage=False,
        mode=mode_of(mode),
    )
    shown = _Progress(made) if sys.stderr.isatty() and not quiet else None
    gc.freeze()
    interruptible()
    try:
        written = list(_written(made, target, stem, split, mode_of(mode), shown or _nothing))
    finally:
        if shown:
            shown.clear()
    if not quiet:
        _say(*made.notes)
        _say(
            f"{counted(made.findings, 'finding')} in {_listed(written)}." if written else "Nothing to report: no file."
        )


def _written(
    report: Report,
    target: Callable[[str], Outputs],
    stem: str,
    split: Part | None,
    mode: int,
    progress: Callable[[], None],
) -> Iterator[Path]:
    """Makes the report, or its parts; the files. Raises UsageError and ReportError."""
    if split is None:
        whole = target(stem)
        report.write(whole, progress)
        yield from whole.files
        return
    from aioprowler.outputs.splitting import divide

    yield from divide(report, split, target, stem, mode, progress)


def _listed(files: Sequence[Path]) -> str:
    more = len(files) - _NAMED
    return ", ".join(map(str, files[:_NAMED])) + (f" and {more:,} more files" if more > 0 else "")


def _say(*lines: str) -> None:
    from aioprowler.cli.streams import complain

    for line in lines:
        complain(line)


def _nothing() -> None:
    pass


class _Progress:
    """A line that is written over."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._next = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            report = self._report
            share = f" · {report.bytes / report.total_bytes:.0%}" if report.total_bytes else ""
            self._put(f"{report.findings:,} findings{share}")

    def clear(self) -> None:
        self._put("")

    def _put(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
