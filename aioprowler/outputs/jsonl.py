"""JSON lines: a finding a line, the record from which every other output can be made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aioprowler.findings.finding import Finding, to_json
from aioprowler.outputs.writer import FileWriter, scrub


class JsonLinesWriter(FileWriter):
    """Each line is `to_json` of a finding, which `from_json` reads back."""

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        try:
            return b"\n".join([*map(to_json, findings), b""])
        except UnicodeEncodeError:
            return b"\n".join([*(to_json(_clean(finding)) for finding in findings), b""])


def _clean(finding: Finding) -> Finding:
    return msgspec.convert(scrub(msgspec.to_builtins(finding)), Finding)
