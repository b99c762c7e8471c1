"""Options of `scan` that the command line does not give: from the environment, else from `aioprowler.toml`."""

from __future__ import annotations

import dataclasses
import difflib
import os
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from cyclopts import UNSET, Token

from aioprowler.cli.help import spellings

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.argument import Argument, ArgumentCollection

PREFIX: Final = "AIOPROWLER_"
FILE: Final = Path("aioprowler.toml")
"""In the current folder, where no other is named."""
_COMMAND: Final = "scan"
_FOLLOWING: Final = (_COMMAND, "plan")
"""Commands that go by them, as far as they have the options."""
_ABOUT_ITSELF: Final = frozenset({"options_file", "show_options"})
_NAMED_ALONE: Final = frozenset({
    "checks_folders", "scan_secrets_validate", "no_session_policy", "bucket", "bucket_no_assume", "bucket_owner",
    "security_hub", "skip_sh_update", "send_sh_only_fails", "slack", "webhook", "insecure_webhook", "mode", "resume",
    "log_file", "shodan",
})  # fmt: skip
"""What runs code, gives more power or sends something away: a file that happens to lie in the current folder, as in
somebody else's repository, does not decide it.
"""
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
_NEAR: Final = 0.8
"""From which likeness on a variable is a mistake for another."""


class Settings:
    """Fills in what a command line leaves open, and remembers from where. One for each command line."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        """Field of an option that is given -> where."""
        self._names: dict[str, str] = {}

    def __call__(self, _app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        """As cyclopts calls it, once the command line is read. Raises UsageError."""
        if len(commands) == 1 and commands[0] in _FOLLOWING:
            self._fill(commands, arguments)
        _refuse_empty(arguments)

    def _fill(self, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        own = {each.field_info.name: each for each in arguments if spellings(each)}
        options = own if commands == (_COMMAND,) else _options_of_scan() | own
        self._names = {name: each.name for name, each in own.items()}
        self.sources |= {name: "command line" for name, each in own.items() if each.tokens}
        self._environment(options, os.environ)
        named = [token.value for token in options["options_file"].tokens]
        path = Path(named[-1]) if named else FILE
        if named or path.exists():
            self._file(path, options, is_named=bool(named))

    @property
    def are_asked(self) -> bool:
        """Whether they are to be shown, in the place of a scan."""
        return "show_options" in self.sources

    def show(self, groups: Iterable[Any]) -> None:
        """Print each option, its value, and where that is from. `groups`: of options, as `scan` takes them."""
        from aioprowler.cli.tables import print_table

        fields = [(field, getattr(group, field.name)) for group in groups for field in dataclasses.fields(group)]
        print_table(
            ("OPTION", "FROM", "VALUE"),
            [
                (self._names[field.name], self.sources.get(field.name, "default"), _shown(field, value))
                for field, value in fields
                if field.name not in _ABOUT_ITSELF
            ],
        )

    def _environment(self, options: Mapping[str, Argument], environment: Mapping[str, str]) -> None:
        variables = {variable: name for name, each in options.items() for variable in _variables(each)}
        for variable, value in environment.items():
            if not variable.startswith(PREFIX) or not value:
                continue
            if variable in variables:
                name = variables[variable]
                self._give(name, options[name], variable, variable, _words(options[name], variable, value))
            else:
                _refuse_mistake(variable, variables)

    def _file(self, path: Path, options: Mapping[str, Argument], *, is_named: bool) -> None:
        from aioprowler.errors import UsageError

        if not is_named:
            _require_own(path)
        keys = {key: name for name, each in options.items() if name not in _ABOUT_ITSELF for key in _keys(each)}
        used = []
        for key, value in _table(path).items():
            _require_option(path, key, keys)
            name = keys[key]
            if name in _NAMED_ALONE and not is_named:
                raise UsageError(
                    f"{path}: {key} is not taken from a file that merely lies here: if the file is yours, name it by "
                    f"--options-file {path}."
                )
            if self._give(name, options[name], str(path), f"{path}: {key}", _values(options[name], path, key, value)):
                used.append(key)
        if used and not is_named and "quiet" not in self.sources:
            from aioprowler.cli.streams import complain

            complain(f"{path} says {', '.join(used)}.")

    def _give(self, name: str, argument: Argument, source: str, keyword: str, values: Iterable[str]) -> bool:
        """Whether the command has the option, and nothing before it gives it."""
        if name in self.sources or name not in self._names:
            return False
        self.sources[name] = source
        for index, value in enumerate(values):
            argument.append(Token(keyword=keyword, value=value, index=index))
        return True


def _refuse_empty(arguments: ArgumentCollection) -> None:
    """What a shell makes of a variable that is not set would be the current folder, or as if nothing were said. Raises
    UsageError.
    """
    from aioprowler.errors import UsageError

    for each in arguments:
        for token in each.tokens:
            if not token.value and token.implicit_value is UNSET:
                mend = "give a path" if _has_path(each.hint) else "give one, or leave it out"
                raise UsageError(f"{token.keyword or each.name}: its value is empty; {mend}.")


def _has_path(hint: Any) -> bool:
    return hint is Path or any(map(_has_path, get_args(hint)))


def _options_of_scan() -> dict[str, Argument]:
    """By field: what a file or variable may say, though another command makes no use of it."""
    from aioprowler.cli.help import arguments_of
    from aioprowler.cli.parser import program

    return {each.field_info.name: each for each in arguments_of(program()[_COMMAND]) if spellings(each)}


def _variables(argument: Argument) -> Iterator[str]:
    yield from (PREFIX + key.upper().replace("-", "_") for key in _keys(argument))


def _keys(argument: Argument) -> Iterator[str]:
    """The long spellings, without what they begin with."""
    yield from (name[2:] for name in spellings(argument) if name.startswith("--"))


def _takes_many(argument: Argument) -> bool:
    _, takes_many = argument.token_count()
    return bool(takes_many)


def _words(argument: Argument, variable: str, text: str) -> list[str]:
    """Of a variable. Raises UsageError."""
    from aioprowler.errors import UsageError

    if argument.hint is bool:
        flag = _FLAGS.get(text.lower())
        if flag is None:
            raise UsageError(f"{variable} {text!r:.80}: say true or false.")
        return [str(flag)]
    if not _takes_many(argument):
        return [text]
    try:
        return shlex.split(text)
    except ValueError:
        raise UsageError(f"{variable}: a quote in it has no end.") from None


def _values(argument: Argument, path: Path, key: str, value: Any) -> list[str]:
    """Of the file. Raises UsageError."""
    from aioprowler.errors import UsageError

    is_flag, many = argument.hint is bool, _takes_many(argument)
    found = value if many and isinstance(value, list) else [value]
    if any(not isinstance(each, str | int | float) or isinstance(each, bool) != is_flag for each in found):
        wanted = "true or false" if is_flag else 'a list, such as ["a", "b"]' if many else "one value"
        raise UsageError(f"{path}: {key}: give {wanted}.")
    return [str(each) for each in found]


def _table(path: Path) -> dict[str, Any]:
    """Raises UsageError."""
    import tomllib

    from aioprowler.errors import UsageError
    from aioprowler.user_files import read_text

    try:
        found = tomllib.loads(read_text("--options-file", path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: this is not TOML ({error}).") from None
    table = found.get(_COMMAND, {})
    if [*found] not in ([], [_COMMAND]) or not isinstance(table, dict):
        raise UsageError(f"{path}: write all options below `[{_COMMAND}]`.")
    return table


def _require_option(path: Path, key: str, keys: Iterable[str]) -> None:
    from aioprowler.errors import UsageError, require

    try:
        require("option", [key], keys)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _require_own(path: Path) -> None:
    """Raises UsageError for a file that somebody else may have put here."""
    from aioprowler.errors import UsageError

    status = path.stat()
    is_open = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if status.st_uid not in (os.geteuid(), 0) or is_open:
        raise UsageError(
            f"{path} is not yours, or others can write it: if you know what is in it, name it by --options-file {path}."
        )


def _refuse_mistake(variable: str, variables: Iterable[str]) -> None:
    """Raises UsageError. Variables that are like no option are of something else."""
    from aioprowler.errors import UsageError

    names = {each.removeprefix(PREFIX): each for each in variables}
    near = difflib.get_close_matches(variable.removeprefix(PREFIX), names, n=1, cutoff=_NEAR)
    if near:
        raise UsageError(f"There is no option for the variable {variable:.80}. Did you mean {names[near[0]]}?")


def _shown(field: dataclasses.Field[Any], value: Any) -> str:
    if value is None:
        return "-"
    if not field.repr:
        return "(secret)"
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
