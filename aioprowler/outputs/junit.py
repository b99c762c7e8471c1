"""JUnit XML, which CI servers show as test results: a test case for each finding.

https://github.com/testmoapp/junitxml tells what servers read; none of them reads all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aioprowler.findings.finding import Finding
from aioprowler.outputs.remembered import per_check
from aioprowler.outputs.writer import FileWriter
from aioprowler.texts import visible, visible_lines

_WIDTH: Final = 160
"""Of the line with the counts, which is written over."""


def attribute(text: str) -> str:
    """A name or sentence, between double quotes."""
    return _escaped(visible(text)).replace('"', "&quot;")


def content(text: str) -> str:
    """A text of several lines, as XML's text."""
    return _escaped(visible_lines(text))


def _escaped(text: str) -> str:
    """What XML has no way to write (https://www.w3.org/TR/xml/#charsets) is hidden, and no longer there."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class JunitWriter(FileWriter):
    """What failed is a failure, what a person must look at and what is muted is skipped, with the reason."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_check_part)
        self._counts: Counter[str] = Counter()

    def _head(self) -> bytes:
        counts = " ".join(f'{name}="{self._counts[name]}"' for name in ("tests", "failures", "errors", "skipped"))
        suite = f'<testsuite name="aioprowler" {counts}'
        return b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' + suite.ljust(_WIDTH).encode() + b">\n"

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        self._counts["tests"] += len(findings)
        return "".join(map(self._case, findings)).encode()

    def _units(self, batches: list[bytes]) -> list[bytes]:
        return [b"".join(batches)]  # one, because the counts are of all

    def _closing(self) -> bytes:
        return b"</testsuite>\n</testsuites>\n"

    def _put(self, units: list[bytes]) -> None:
        super()._put(units)
        self._overwrite(0, self._head())

    def _case(self, finding: Finding) -> str:
        name, about = self._check(finding)
        start = f'<testcase classname="{name}" name="{attribute(_name(finding))}" time="0"'
        if finding.status == "PASS":
            return f"{start}/>\n"
        detail = attribute(finding.status_detail)
        if finding.muted:
            self._counts["skipped"] += 1
            reason = attribute(finding.mute.reason) if finding.mute else ""
            return f'{start}><skipped message="muted: {reason or detail}"/></testcase>\n'
        if finding.status == "MANUAL":
            self._counts["skipped"] += 1
            return f'{start}><skipped message="to be looked at: {detail}"/></testcase>\n'
        self._counts["failures"] += 1
        place = attribute(f"{finding.account_id} {finding.account_name} {finding.region}")
        told = "\n\n".join(filter(None, (about, content(finding.advice), content(finding.remediation.url))))
        failure = f'<failure message="{detail}" type="{finding.severity}">{place}\n{told}</failure>'
        return f"{start}>{failure}</testcase>\n"


def _name(finding: Finding) -> str:
    """Of its test case: no other of its check has it. Servers drop cases of the same name, or take them for retries."""
    arn, id_ = finding.resource_arn, finding.resource_id
    own = "" if arn == id_ or arn.endswith((f"/{id_}", f":{id_}")) else id_
    return " ".join(filter(None, (finding.account_id, finding.region, arn, own))) or finding.resource_name


def _check_part(finding: Finding) -> tuple[str, str]:
    """The class name of its test cases, and what a failure means."""
    parts = (finding.problem, finding.risk)
    return attribute(f"{finding.service}.{finding.check_id}"), content("\n\n".join(filter(None, parts)))
