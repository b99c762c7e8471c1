"""JSON lines: a finding a line, the record from which every other output can be made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import msgspec
from msgspec.structs import replace

from aioprowler.findings.finding import Finding, to_json
from aioprowler.findings.lines import BLANK, BLANK_END
from aioprowler.outputs.remembered import per_check
from aioprowler.outputs.writer import FileWriter, scrub
from aioprowler.texts import all_visible_json, visible_json

_encode = msgspec.json.Encoder().encode
"""What is a finding's own takes none of `to_json`'s care for what its check is evidence for."""


class Lines:
    """Each line is `to_json` of a finding, which `from_json` reads back. How the lines of a check end is made once."""

    def __init__(self) -> None:
        self._end = per_check(_end)

    def __call__(self, findings: Sequence[Finding]) -> bytes:
        """The lines of these findings, with their ends."""
        try:
            own = all_visible_json([*map(_own, findings)])
            return b"".join(chain.from_iterable(zip(own, map(self._end, findings), strict=True)))
        except UnicodeEncodeError:
            return b"".join([to_json(_clean(finding)) + b"\n" for finding in findings])


class JsonLinesWriter(FileWriter):
    """The lines in a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lines = Lines()

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        return self._lines(findings)


def _own(finding: Finding) -> bytes:
    """The line as far as it is the finding's own."""
    return _encode(replace(finding, **BLANK))[: -len(BLANK_END)]


def _end(finding: Finding) -> bytes:
    return to_json(finding)[len(visible_json(_own(finding))) :] + b"\n"


def _clean(finding: Finding) -> Finding:
    return msgspec.convert(scrub(msgspec.to_builtins(finding)), Finding)
