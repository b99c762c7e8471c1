"""A report in parts: the findings of each account, owner or unit in files of their own.

Of each finding the place of its line is kept, 8 bytes; the parts are written one after the other, so that no more files
are open than for one.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from aioprowler.errors import UsageError
from aioprowler.findings.choice import PART_OF, Part
from aioprowler.findings.finding import Finding
from aioprowler.findings.lines import Reader, lines_at
from aioprowler.outputs.files import Outputs
from aioprowler.outputs.reporting import STDIN, Report
from aioprowler.outputs.writer import write_whole

INDEX: Final = "/index"
"""Among the names of parts that of the page which leads to them: no part is called so."""
_AT_ONCE: Final = 500
_LONGEST: Final = 80
"""Characters of a part's name that its files have."""
_NO_NAME: Final = re.compile(r"[^\w.@+-]+")

Places = dict[Path, "array[int]"]
"""File -> where the lines of the part's findings begin."""


def parts(report: Report, by: Part) -> dict[str, Places]:
    """What each part has, in alphabetical order. Raises UsageError and ReportError."""
    if STDIN in report.paths:
        raise UsageError("--split reads its files twice: save standard input as a file.")
    found: dict[str, Places] = {}
    for path, offset, finding in report.placed():
        of_part = found.setdefault(PART_OF[by](finding), {})
        of_part.setdefault(path, array("Q")).append(offset)
    return dict(sorted(found.items()))


def divide(
    report: Report, by: Part, target: Callable[[str], Outputs], stem: str, mode: int, progress: Callable[[], None]
) -> Iterator[Path]:
    """Writes a report of each part, and of HTML the page that leads to them, which comes last; their files.

    `target`: the outputs by a stem. `stem`: what all stems begin with. `mode`: of the index. `progress` is called every
    now and then. Raises UsageError, ReportError and OutputError.
    """
    found = parts(report, by)
    named = stems(stem, [*found, INDEX])
    pages: dict[str, tuple[Path, Counter[str]]] = {}
    for name, places in found.items():
        part = target(named[name])
        counts = write(report, places, part, progress)
        if "html" in part.paths:
            pages[name] = part.paths["html"], counts
        yield from part.files
    if pages:
        yield _index(by, pages, named[INDEX], mode)


def _index(by: Part, pages: dict[str, tuple[Path, Counter[str]]], stem: str, mode: int) -> Path:
    from aioprowler.outputs.html.index import render_index  # Jinja2, which other formats need not wait for

    page = next(iter(pages.values()))[0].with_name(f"{stem}.html")
    write_whole(page, render_index(by, pages).encode(), mode)
    return page


def stems(stem: str, names: list[str]) -> dict[str, str]:
    """Part -> the name of its files: the report's, and as much of the part's as a file's name may have."""
    found: dict[str, str] = {}
    for name in names:
        wanted = f"{stem}-{_NO_NAME.sub('-', name).strip('.-')[:_LONGEST] or 'none'}"
        taken = {each.casefold() for each in found.values()}
        others = (f"{wanted}-{number}" for number in range(2, len(names) + 2))
        found[name] = wanted if wanted.casefold() not in taken else next(o for o in others if o.casefold() not in taken)
    return found


def write(report: Report, places: Places, outputs: Outputs, progress: Callable[[], None]) -> Counter[str]:
    """One part. It has no coverage: that tells of all of the scan, and is not for those who get a part of it.

    What is in it is counted by outcome, and failures by severity besides.
    """
    report.refuse_own_input(outputs)
    counts: Counter[str] = Counter()
    with outputs:
        for path, offsets in places.items():
            for batch in _batches(path, offsets):
                outputs.write(batch)
                report.findings += len(batch)
                counts.update(each.outcome for each in batch)
                counts.update(each.severity for each in batch if each.outcome == "FAIL")
                progress()
    outputs.settle()
    return counts


def _batches(path: Path, offsets: array[int]) -> Iterator[list[Finding]]:
    read = Reader()
    with path.open("rb") as file:
        found = map(read, lines_at(file, offsets))
        while batch := list(islice(found, _AT_ONCE)):
            yield batch
