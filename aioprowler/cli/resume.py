"""`--resume`: an interrupted scan goes on with the options that it was started with."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from aioprowler.cli.options import Access, Judging, Output, Running, Selecting, Sending
from aioprowler.errors import UsageError
from aioprowler.scanning.journal import Done, find, read


class Options(NamedTuple):
    """What a scan is started with at the command line."""

    selection: Selecting
    access: Access
    judging: Judging
    output: Output
    running: Running
    sending: Sending


T = TypeVar("T")

_SECRET: Final = frozenset({"mfa_token", "webhook"})
_REPEATED: Final = (
    {"profiles", "mfa", "mfa_serial", "mfa_token"}
    | {"stdout", "quiet", "no_progress", "verbose", "debug"}
    | {field.name for field in (*dataclasses.fields(Running), *dataclasses.fields(Sending))}
)
"""Options that may differ between the scan and its resumption: credentials, display, speed and who is told."""
_NOT_KEPT: Final = frozenset({"resume", "quiet", "no_progress", "verbose", "debug"})
"""Of the display, what no option takes back."""
_PATHS: Final = frozenset(
    {"accounts_file", "baseline", "checks_file", "checks_folders", "config_file", "custom_checks_metadata_file"}
    | {"directory", "excluded_checks_file", "quotas_file"}
)
_SOURCES: Final = frozenset({"mutelist_file"})
"""Paths, or places in AWS."""


def stored(options: Options) -> dict[str, Any]:
    """The options for the journal, without secrets; paths as they are from anywhere."""
    return {_group(name): _plain(each) for name, each in options._asdict().items()}


def _group(name: str) -> str:
    """What the journal calls it."""
    return name.capitalize()


def _plain(options: Any) -> dict[str, Any]:
    given = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    return {
        name: _absolute(value) if name in _PATHS else _from_anywhere(value) if name in _SOURCES else value
        for name, value in given.items()
        if name not in _SECRET and name not in _NOT_KEPT
    }


def _absolute(value: Any) -> Any:
    return [str(each.absolute()) for each in value] if isinstance(value, list) else value and str(value.absolute())


def _from_anywhere(where: str | None) -> str | None:
    from aioprowler.findings.mutelist_source import is_remote

    return where if where is None or is_remote(where) else str(Path(where).absolute())


@dataclasses.dataclass(frozen=True)
class Former:
    """The scan to go on with."""

    options: Options
    now: datetime.datetime
    done: Done


def resumed(options: Options) -> Former:
    """The scan that `--resume` names. Raises JournalError and UsageError."""
    path = options.running.resume
    assert path is not None
    journal = find(path)
    header, done = read(journal)
    merged = Options(*(_merged(each, header.options.get(_group(n), {})) for n, each in options._asdict().items()))
    output = dataclasses.replace(
        merged.output, directory=journal.parent, filename=header.stem, formats=list(header.formats)
    )
    return Former(merged._replace(output=output), datetime.datetime.fromisoformat(header.now), done)


def _merged(given: T, before: dict[str, Any]) -> T:
    """What the journal says, and of what may be repeated, what is given now."""
    kept: dict[str, Any] = {}
    for field in dataclasses.fields(given):  # type: ignore[arg-type]
        now = getattr(given, field.name)
        is_given = now != field.default
        if field.name in _REPEATED:
            kept[field.name] = now if is_given else _restored(field.name, before.get(field.name, now))
        elif is_given:
            raise UsageError("--resume goes on with the options of the interrupted scan: leave out the others.")
        else:
            kept[field.name] = _restored(field.name, before.get(field.name, now))
    return type(given)(**kept)


def _restored(name: str, value: Any) -> Any:
    if name not in _PATHS or value is None:
        return value
    return [Path(each) for each in value] if isinstance(value, list) else Path(value)
