"""Which checks the embedded AWS shows at work is what the page about it says."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import anyio

from aioprowler import Finding, ScanOptions, scan
from aioprowler.catalog import installed
from tests.worlds.recorded import Recording
from tests.worlds.world import NOW, TOOLS

PAGE = Path(__file__).parents[2] / "docs" / "demo.md"
ROW = re.compile(r"^\| `(\w+)` \| ([A-Z, ]+) \| (.+) \|$", re.MULTILINE)


def shown(recording: Recording) -> dict[str, set[str]]:
    async def run() -> list[Finding]:
        options = ScanOptions(accounts=recording.accounts, now=NOW)
        return [finding async for finding in scan(options, aws=recording, tools=TOOLS)]

    found: dict[str, set[str]] = defaultdict(set)
    for finding in anyio.run(run):
        found[finding.check_id].add(finding.status)
    return found


def test_the_page_names_each_check_that_lacks_a_pass_or_a_fail(recording: Recording) -> None:
    found = shown(recording)
    lacks = {check.id: {"PASS", "FAIL"} - found[check.id] for check in installed()}
    told = {check: set(statuses.split(", ")) for check, statuses, _ in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert told == {check: statuses for check, statuses in lacks.items() if statuses}
