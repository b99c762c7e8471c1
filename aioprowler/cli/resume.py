"""`--resume`: an interrupted scan goes on, with the options that it was started with.

A journal that came with somebody else's files, or out of an archive, is the user's by its mode, and yet says what they
like. So it decides alone only what cannot harm. Whatever would run code, read a file elsewhere, enter an account or
send something away has to be on the command line again: `RULES` says of each option which it is, and why.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from cyclopts import Parameter

from aioprowler.cli.options import Access, Judging, Output, Running, Selecting, Sending
from aioprowler.errors import UsageError
from aioprowler.outputs.files import UNFINISHED, spelled
from aioprowler.scanning.journal import Done
from aioprowler.scanning.resuming import JournalError, find, read
from aioprowler.texts import shortened


class Rule(Enum):
    """What becomes of an option."""

    KEPT = "taken from the journal; given again, it must be the same"
    LOOSE = "taken from the journal, unless another is given"
    AGAIN = "to be given again, and the same"
    ASKED = "to be given again; another one will do"
    NEW = "not in the journal"


RULES: Final = (
    (Rule.KEPT, "what is looked at, and what is told of it", (
        *("checks", "services", "severities", "categories", "frameworks", "resource_groups", "excluded_checks"),
        *("excluded_services", "resource_arns", "resource_tags", "tags", "scan_unused_services", "units"),
        *("excluded_units", "accounts", "excluded_accounts", "account_tags", "regions", "excluded_regions"),
        *("session_duration", "statuses", "any_baseline", "no_files", "no_internet", "unix_timestamps"),
    )),
    (Rule.KEPT, "the files that lie beside the journal", ("directory", "filename", "formats", "split")),
    (Rule.LOOSE, "how fast, and what is shown", (
        *("api_budget", "retries", "connect_timeout", "read_timeout", "account_timeout", "stdout", "fail_on"),
        "ignore_exit_code_3",
    )),
    (Rule.AGAIN, "code that runs as you", ("checks_folders",)),
    (Rule.AGAIN, "files and lists that lie elsewhere", (
        *("checks_file", "excluded_checks_file", "custom_checks_metadata_file", "compliance_files", "config_file"),
        *("mutelist_file", "accounts_file", "baseline"),
    )),
    (Rule.AGAIN, "who is entered, as whom, and with which power", (
        *("roles", "external_id", "role_session_name", "no_session_policy", "organization", "role_name"),
        "organizations_role",
    )),
    (Rule.AGAIN, "secrets that are found are sent to whom they are for", ("scan_secrets_validate",)),
    (Rule.ASKED, "with which credentials", ("profiles",)),
    (Rule.ASKED, "who is told besides, and who may read the files", (
        *("bucket", "bucket_no_assume", "bucket_owner", "security_hub", "skip_sh_update", "send_sh_only_fails"),
        *("slack", "mode"),
    )),
    (Rule.ASKED, "a file that lies elsewhere, about speed alone", ("quotas_file",)),
    (Rule.NEW, "secrets, and codes that are good once", (
        "webhook", "insecure_webhook", "shodan", "mfa", "mfa_serial", "mfa_token",
    )),
    (Rule.NEW, "what is shown on the terminal", (
        *("quiet", "no_progress", "no_color", "no_banner", "verbose", "debug", "log_level", "log_file", "only_logs"),
    )),
    (Rule.NEW, "on which processes and machines the work is done", (
        *("workers", "scheduler", "scheduler_ca", "scheduler_cert", "scheduler_key", "send_credentials"),
    )),
    (Rule.NEW, "where options come from", ("options_file", "show_options")),
    (Rule.NEW, "the resumption itself", ("resume",)),
)  # fmt: skip
"""Rule, the reason for it, and the options that it holds for: each one stands here once."""

_RULES: Final = {name: rule for rule, _, names in RULES for name in names}
T = TypeVar("T")

_TOLD: Final = 80
"""Characters of a value, in the message that asks for it."""


class Options(NamedTuple):
    """What a scan is started with at the command line."""

    selection: Selecting
    access: Access
    judging: Judging
    output: Output
    running: Running
    sending: Sending


@dataclasses.dataclass(frozen=True)
class Former:
    """The scan to go on with."""

    options: Options
    stem: str
    """Of its files."""
    now: datetime.datetime
    done: Done


def stored(options: Options) -> dict[str, Any]:
    """The options for the journal, without secrets; paths as they are from anywhere."""
    given = {field.name: getattr(group, field.name) for group in options for field in dataclasses.fields(group)}
    return {name: _plain(name, value) for name, value in given.items() if _RULES[name] is not Rule.NEW}


def _plain(name: str, value: Any) -> Any:
    if name == "formats":
        return value and spelled(value)
    if name == "mutelist_file":
        return _from_anywhere(value)
    if isinstance(value, list):
        return [_plain("", each) for each in value]
    return str(value.absolute()) if isinstance(value, Path) else value


def _from_anywhere(where: str | None) -> str | None:
    if where is None:
        return None
    from aioprowler.accounts.mutelist_source import is_remote

    return where if is_remote(where) else str(Path(where).absolute())


def resumed(options: Options) -> Former:
    """The scan that `--resume` names. Raises JournalError and UsageError."""
    path = options.running.resume
    assert path is not None
    journal = find(path)
    header, done = read(journal)
    name = journal.stem.removesuffix(UNFINISHED)
    beside = {"directory": str(journal.parent.absolute()), "filename": name, "formats": list(header.formats)}
    before = {**header.options, **beside}
    _require_again(journal, options, before)
    merged = Options(*(_merged(journal, group, before) for group in options._asdict().values()))
    output = dataclasses.replace(merged.output, directory=journal.parent)
    return Former(merged._replace(output=output), journal.stem, datetime.datetime.fromisoformat(header.now), done)


def _require_again(journal: Path, options: Options, before: Mapping[str, Any]) -> None:
    missing = [
        _told(field.name, before[field.name])
        for group in options
        for field in dataclasses.fields(group)
        if _RULES[field.name] in (Rule.AGAIN, Rule.ASKED)
        and before.get(field.name) not in (None, field.default)
        and getattr(group, field.name) == field.default
    ]
    if missing:
        raise UsageError(
            f"{journal} is of a scan with {', '.join(missing)}, which a journal alone does not decide: give the "
            "options of that scan again, beside --resume."
        )


def _merged(journal: Path, given: T, before: Mapping[str, Any]) -> T:
    """The options as the scan goes on with them."""
    kept: dict[str, Any] = {}
    for field in dataclasses.fields(given):  # type: ignore[arg-type]
        name, rule, now = field.name, _RULES[field.name], getattr(given, field.name)
        is_given, former = now != field.default, before.get(field.name, field.default)
        if is_given and rule in (Rule.KEPT, Rule.AGAIN) and _plain(name, now) != former:
            raise UsageError(
                f"{spelling(name)} is not what the scan of {journal} had: give the same, or start a new scan "
                "without --resume."
            )
        kept[name] = now if is_given or rule not in (Rule.KEPT, Rule.LOOSE) else _restored(journal, given, name, former)
    return type(given)(**kept)


def _restored(journal: Path, group: Any, name: str, value: Any) -> Any:
    if name == "directory":
        return Path(value)
    try:
        return msgspec.convert(value, typing.get_type_hints(type(group))[name])
    except msgspec.ValidationError:
        raise JournalError(f"{journal} is damaged ({spelling(name)}): start the scan anew.") from None


def _told(name: str, value: Any) -> str:
    """The option as it was on the command line; of several values the first."""
    if value is True or name == "external_id":
        return spelling(name)
    first, *more = value if isinstance(value, list) and value else [value]
    return f"{spelling(name)} {shortened(str(first), _TOLD)}{f' and {len(more)} more' if more else ''}"


def spelling(name: str) -> str:
    """How an option is written on the command line."""
    groups = (typing.get_type_hints(group, include_extras=True) for group in typing.get_type_hints(Options).values())
    (hint,) = (hints[name] for hints in groups if name in hints)
    (parameter,) = (each for each in hint.__metadata__ if isinstance(each, Parameter))
    return next(iter(parameter.name or ()))
