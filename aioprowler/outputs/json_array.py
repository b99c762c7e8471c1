"""A JSON array with an event for each finding, for formats that are made of such."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from aioprowler.findings.finding import Finding
from aioprowler.outputs.writer import FileWriter, encoded, encoded_each

HOLE: Final = msgspec.Raw(b"\n")
"""What a template leaves open. No JSON of an encoder has a line break."""


def template(value: Any) -> bytes:
    """Its JSON, to be filled by `template % (...)` with the JSON of each HOLE, in their order: what many events share
    is encoded once, and looked at once for what is hidden.
    """
    return encoded(value).replace(b"%", b"%%").replace(b"\n", b"%b")


def encoded_columns(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[bytes]]:
    """The JSON of each value of a table, by columns."""
    values: list[Any] = []
    width = 1
    for row in rows:
        values += row
        width = len(row)
    cells = encoded_each(values)
    return (cells[column::width] for column in range(width))


def further(fields: bytes) -> bytes:
    """The fields of an object, to stand after others."""
    return b"," + fields[1:-1] if fields != b"{}" else b""


class JsonArrayWriter(FileWriter):
    """An event a line."""

    def __init__(self, path: Path, events: Callable[[Sequence[Finding]], Iterable[bytes]]) -> None:
        super().__init__(path)
        self._events = events
        self._separator = b"\n"

    def _head(self) -> bytes:
        return b"["

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        events = b",\n".join(self._events(findings))
        if not events:
            return b""
        separator, self._separator = self._separator, b",\n"
        return separator + events

    def _closing(self) -> bytes:
        return b"\n]\n"
