"""A JSON array with an event for each finding, for formats that are made of such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from aioprowler.findings.finding import Finding
from aioprowler.outputs.writer import FileWriter, encoded


def raw(value: Any) -> msgspec.Raw:
    """Encoded ahead, to be put into many events."""
    return msgspec.Raw(encoded(value))


def rest(fields: dict[str, Any]) -> bytes:
    """How an object ends that has these fields after others."""
    return b"," + encoded(fields)[1:]


class JsonArrayWriter(FileWriter):
    """An event a line."""

    _separator = b"\n"

    def _event(self, finding: Finding) -> bytes:
        """JSON."""
        raise NotImplementedError

    def _head(self) -> bytes:
        return b"["

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        events = [self._event(finding) for finding in self._chosen(findings)]
        if not events:
            return b""
        separator, self._separator = self._separator, b",\n"
        return separator + b",\n".join(events)

    def _chosen(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Those that the format has."""
        return findings

    def _closing(self) -> bytes:
        return b"\n]\n"
