"""`aioprowler mutelist`: whether a list is right, and what it mutes."""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

from cyclopts import Parameter

from aioprowler.cli.options import AsJson
from aioprowler.cli.parser import make_app
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_json, print_table
from aioprowler.texts import visible

if TYPE_CHECKING:
    from aioprowler.findings.finding import Finding
    from aioprowler.findings.mutelist import MuteEntry, Mutelist
    from aioprowler.findings.muting import Muting

app = make_app("mutelist")

_EXAMPLES: Final = 3
"""Findings that are named for an entry."""
_SHOWN: Final = ("uid", "status", "account_id", "region", "resource_id")
"""Of these."""

ListPath = Annotated[str, Parameter(name="FILE", help="The list: a file, s3://bucket/key, or a DynamoDB table's ARN.")]
FindingsPath = Annotated[str | None, Parameter(
    name="FINDINGS", help="JSON lines of a scan, or - for standard input.", allow_leading_hyphen=True,
)]  # fmt: skip


@dataclass
class _Met:
    """What an entry mutes."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.counts[finding.status] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(finding)


@app.command
def check(path: ListPath, findings: FindingsPath = None, /, *, as_json: AsJson = False) -> int:
    """See whether a mutelist is right, and what each entry mutes.

    Every mistake is told with its line. With the JSON lines of a scan, each entry is shown with the findings that it
    mutes by today's date, whether that scan used the list or not; where several match, the first one has it.

    Examples:
      aioprowler mutelist check mutelist.yaml
      aioprowler mutelist check mutelist.yaml output/today.jsonl
    """
    from aioprowler.accounts.mutelist_source import load
    from aioprowler.cli.app import OK, USAGE
    from aioprowler.findings.mutelist import renamed
    from aioprowler.findings.mutelist_file import MutelistError
    from aioprowler.findings.muting import Muting

    try:
        mutelist = load(path)
    except MutelistError as error:
        for mistake in error.mistakes:
            complain(f"error: {mistake}")
        return USAGE
    notes = [*mutelist.notes, *renamed(mutelist), *_doubts(mutelist)]
    now = datetime.datetime.now(datetime.UTC)
    muting = Muting(mutelist, now)
    met = _met(muting, findings) if findings is not None else None
    notes += muting.doubts()
    rows = [_row(entry, now, met) for entry in mutelist.entries]
    if as_json:
        print_json({"notes": notes, "entries": rows})
    else:
        _print(rows, notes)
    return OK


def _doubts(mutelist: Mutelist) -> list[str]:
    from aioprowler.aws.partitions import known_regions
    from aioprowler.catalog import installed
    from aioprowler.compliance.frameworks import framework, frameworks
    from aioprowler.findings.mutelist import doubts

    named = {check for id_ in frameworks() for check in framework(id_).checks}
    return list(doubts(mutelist, named | set(installed().checks), known_regions()))


Met = dict[int, _Met]
"""By the entries' ids as objects."""


def _met(muting: Muting, path: str) -> Met:
    """Raises UsageError."""
    found = {id(entry): _Met() for entry in muting.mutelist.entries}
    for finding in _read(path):
        rule = muting.rule_for(finding)
        if rule is not None:
            found[id(rule.entry)].add(finding)
    return found


def _read(path: str) -> Iterator[Finding]:
    """Line by line: a file may be larger than memory. Raises UsageError."""
    from aioprowler.findings.lines import Reader, findings_in
    from aioprowler.findings.record import coverage_of, refuse_empty
    from aioprowler.user_files import open_file

    notes: list[str] = []
    with ExitStack() as closing:
        lines: BinaryIO = (
            sys.stdin.buffer if path == "-" else closing.enter_context(open_file("mutelist check", Path(path)))
        )
        number = 0
        for number, (_, finding) in enumerate(findings_in(lines, path, Reader(), notes), start=1):  # noqa: B007
            yield finding
        if not number and not notes:
            refuse_empty(path, None if path == "-" else coverage_of("mutelist check", Path(path)))
    for note in notes:
        complain(note)


def _row(entry: MuteEntry, now: datetime.datetime, met: Met | None) -> dict[str, Any]:
    from aioprowler.declarations.checks import STATUSES

    row = {
        "line": entry.line,
        "account": entry.account,
        "check": entry.check,
        "reason": entry.reason,
        "owner": entry.owner,
        "expires": entry.expires.isoformat() if entry.expires else None,
        "expired": entry.has_expired(now),
    }
    if met is None:
        return row
    mine = met[id(entry)]
    examples = [{key: getattr(each, key) for key in _SHOWN} for each in mine.examples]
    return row | {"muted": {status: mine.counts[status] for status in STATUSES}, "examples": examples}


def _print(rows: list[dict[str, Any]], notes: list[str]) -> None:
    if rows:
        lines = [_line(row) for row in rows]
        print_table([*lines[0]], [[*line.values()] for line in lines])
        print()
    expired = sum(row["expired"] for row in rows)
    idle = sum(not any(row["muted"].values()) for row in rows if "muted" in row)
    facts = [
        "1 entry" if len(rows) == 1 else f"{len(rows):,} entries",
        f"{expired:,} expired" if expired else "",
        f"{idle:,} that {'mutes' if idle == 1 else 'mute'} nothing" if idle else "",
    ]
    print(*[f"{', '.join(filter(None, facts))}.", *map(visible, notes)], sep="\n")


def _line(row: dict[str, Any]) -> dict[str, str]:
    """Column -> cell."""
    expiry = f"{row['expires']} (expired)" if row["expired"] else row["expires"] or ""
    line = {
        "LINE": str(row["line"] or ""),
        "ACCOUNT": row["account"],
        "CHECK": row["check"],
        "EXPIRES": expiry,
        "OWNER": row["owner"],
    }
    if "muted" in row:
        line |= {status: f"{number:,}" for status, number in row["muted"].items()}
        names = dict.fromkeys(each["resource_id"] for each in row["examples"])
        line["MUTES"] = ", ".join(names) + (", ..." if sum(row["muted"].values()) > len(row["examples"]) else "")
    return line | {"REASON": row["reason"]}
