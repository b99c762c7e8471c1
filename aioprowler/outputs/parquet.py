"""Parquet: a typed table with a row for each finding, for DuckDB, pandas, Spark, Athena.

A Parquet file is told what it holds at its end. So there is a `.part` while the scan runs, and the file when it stops.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, TypeVar

import msgspec
from msgspec.structs import asdict

from aioprowler import disk
from aioprowler.disk import PRIVATE
from aioprowler.findings.finding import Finding
from aioprowler.outputs.remembered import Remembered, per_account, per_check
from aioprowler.outputs.writer import OutputError, encoded, encoded_each, refusal
from aioprowler.texts import all_visible, each_shown, visible, visible_lines

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    raise OutputError("The format parquet needs one more package: pip install 'aioprowler[parquet]'") from None

T = TypeVar("T")

_ROWS: Final = 20_000
"""Of a row group, which is held in memory."""

_TEXT: Final = pa.string()
_LIST: Final = pa.list_(_TEXT)
_REPEATED: Final = pa.dictionary(pa.int32(), pa.string())

_Getter = Callable[[Finding], Any]
_Show = Callable[[list[Any]], Sequence[Any]]


def _name(field: str) -> _Getter:
    """Of a name or sentence."""
    get = attrgetter(field)
    return lambda finding: visible(get(finding))


def _text(field: str) -> _Getter:
    """Of a text of several lines."""
    get = attrgetter(field)
    return lambda finding: visible_lines(get(finding))


def _few_visible(texts: list[str]) -> list[str]:
    """Of a column with few texts."""
    shown = {text: visible(text) for text in set(texts)}
    return [*map(shown.__getitem__, texts)]


_OWN: Final[dict[str, tuple[_Getter, _Show]]] = {
    "uid": (attrgetter("uid"), all_visible),
    "status": (attrgetter("status"), list),
    "status_detail": (attrgetter("status_detail"), all_visible),
    "gap": (lambda finding: finding.gap and _json(asdict(finding.gap)), list),
    "severity": (attrgetter("severity"), list),
    "resource_id": (attrgetter("resource_id"), all_visible),
    "resource_arn": (attrgetter("resource_arn"), all_visible),
    "resource_name": (attrgetter("resource_name"), all_visible),
    "resource_tags": (attrgetter("resource_tags"), lambda tags: [*map(bytes.decode, encoded_each(tags))]),
    "region": (attrgetter("region"), _few_visible),
    "command": (attrgetter("command"), partial(each_shown, visible_lines)),
    "mute_reason": (lambda finding: finding.mute and visible_lines(finding.mute.reason), list),
    "mute_owner": (lambda finding: finding.mute and visible_lines(finding.mute.owner), list),
    "mute_expires": (lambda finding: finding.mute and visible_lines(finding.mute.expires), list),
    "schema_version": (attrgetter("schema_version"), list),
}
"""What is taken of a finding, and how the whole column is shown."""
_ACCOUNT: Final[dict[str, _Getter]] = {
    "account_id": _name("account_id"),
    "partition": _name("partition"),
    "account_name": _name("account_name"),
    "account_email": _name("account_email"),
    "account_organizational_unit": _name("account_organizational_unit"),
    "account_organizational_unit_id": _name("account_organizational_unit_id"),
    "account_organization_id": _name("account_organization_id"),
    "account_organization_arn": _name("account_organization_arn"),
    "account_tags": lambda finding: _json(finding.account_tags),
    "auth_method": _name("auth_method"),
}
_CHECK: Final[dict[str, _Getter]] = {
    "check_id": _name("check_id"),
    "title": _name("title"),
    "fails": _name("fails"),
    "service": _name("service"),
    "resource_type": _name("resource_type"),
    "resource_group": _name("resource_group"),
    "compliance": lambda finding: _json(finding.compliance),
    "description": _text("description"),
    "risk": _text("risk"),
    "remediation_text": _text("remediation.text"),
    "remediation_cli": _text("remediation.cli"),
    "remediation_cloudformation": _text("remediation.cloudformation"),
    "remediation_terraform": _text("remediation.terraform"),
    "remediation_console": _text("remediation.console"),
    "remediation_url": _text("remediation.url"),
}
_TEXTS: Final = (
    *("uid", "status", "status_detail", "gap", "severity", "check_id", "resource_id", "resource_arn", "resource_name"),
    *("resource_tags", "region", "account_id", "partition", "command", "mute_reason", "mute_owner", "mute_expires"),
    "schema_version",
)
SCHEMA: Final = pa.schema(
    [
        ("timestamp", pa.timestamp("ms", tz="UTC")),
        ("muted", pa.bool_()),
        *((name, _TEXT) for name in _TEXTS),
        *((name, _REPEATED) for name in (*_ACCOUNT, *_CHECK) if name not in _TEXTS),
        ("categories", _LIST),
        ("further_commands", _LIST),
    ]
)
"""Objects are JSON texts, which every reader can take apart."""


class ParquetWriter:
    """A Writer that holds one row group. A reader sees nothing before `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = disk.part_of(path)
        self._file: BinaryIO | None = None
        self._pending: list[Finding] = []
        self._table: Any = None
        self._check = per_check(
            lambda finding: [*(make(finding) for make in _CHECK.values()), [*map(visible, finding.categories)]]
        )
        self._account = per_account(lambda finding: [make(finding) for make in _ACCOUNT.values()])

    def open(self, mode: int = PRIVATE) -> None:
        """Makes a table beside the file, which takes its place when it is closed. Raises OutputError."""
        try:
            disk.remove(self.path)
            self._file = os.fdopen(disk.create(self._part, mode), "wb")
            self._table = pq.ParquetWriter(self._file, SCHEMA, compression="zstd", store_schema=False)
        except OSError as error:
            raise refusal(self.path, error) from error

    def write(self, findings: Sequence[Finding]) -> None:
        """Rows gather in memory until there are enough for a group. Raises OutputError."""
        self._pending += findings
        if len(self._pending) >= _ROWS:
            self._put()

    def flush(self) -> None:
        """Nothing: a row group is worth writing only when it is large."""

    def close(self) -> None:
        """Writes the last rows and puts the table in the file's place. Raises OutputError."""
        if self._table is None:
            return
        if self._pending:
            self._put()
        table, self._table = self._table, None
        try:
            table.close()
            self._close_file()
            self._part.replace(self.path)
        except OSError as error:
            self._give_up(error)

    def _put(self) -> None:
        rows, self._pending = self._pending, []
        if self._table is None:
            raise OutputError(f"{self.path}: cannot be written.")
        try:
            self._table.write_batch(self._batch(rows))
        except OSError as error:
            self._table = None
            self._give_up(error)

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _give_up(self, error: OSError) -> None:
        with suppress(OSError):
            self._close_file()
        self._part.unlink(missing_ok=True)
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise OutputError(
            f"{self.path}: cannot be written ({reason}), and a Parquet file without its end is of no "
            "use. Make it with `aioprowler report` from the JSON lines when there is room."
        ) from error

    def _batch(self, rows: list[Finding]) -> Any:
        checks = _Distinct(rows, self._check)
        categories = pa.array([shared[-1] for shared in checks.values], _LIST)
        further = [[*map(visible_lines, each.further_commands)] for each in rows]
        columns = {
            "timestamp": pa.array([_time(each.timestamp) for each in rows], pa.timestamp("ms", tz="UTC")),
            "muted": pa.array([each.muted for each in rows], pa.bool_()),
            **{name: _texts(show([*map(get, rows)])) for name, (get, show) in _OWN.items()},
            **_shared(_ACCOUNT, _Distinct(rows, self._account)),
            **_shared(_CHECK, checks),
            "categories": categories.take(checks.indices),
            "further_commands": pa.array(further, _LIST),
        }
        return pa.record_batch([columns[name] for name in SCHEMA.names], schema=SCHEMA)


class _Distinct(Generic[T]):
    """What findings share, each once, and which of it each has."""

    def __init__(self, rows: list[Finding], shared: Remembered[T]) -> None:
        numbers: dict[int, int] = {}
        self.values: list[T] = []
        indices = []
        for each in rows:
            value = shared(each)
            number = numbers.get(id(value))
            if number is None:
                number = numbers[id(value)] = len(self.values)
                self.values.append(value)
            indices.append(number)
        self.indices = pa.array(indices, pa.int32())


def _shared(columns: Iterable[str], distinct: _Distinct[list[Any]]) -> dict[str, Any]:
    made = {name: _texts([value[number] for value in distinct.values]) for number, name in enumerate(columns)}
    numbers = distinct.indices
    return {
        name: texts.take(numbers) if name in _TEXTS else pa.DictionaryArray.from_arrays(numbers, texts)
        for name, texts in made.items()
    }


def _texts(values: Sequence[str | None]) -> Any:
    return pa.array(values, _TEXT)


def _json(value: dict[str, Any]) -> str:
    return encoded(value).decode()


@lru_cache(maxsize=16)
def _time(timestamp: str) -> datetime.datetime:
    return msgspec.convert(timestamp, datetime.datetime)
