"""Help pages in plain text, made from what the parser knows; rendering libraries would cost more than the rest."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, get_origin

from cyclopts import Group

from aioprowler.cli.commands import COMMANDS

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.argument import Argument

FLAGS: Final = frozenset({"--help", "-h"})
_INDENT: Final = 2
_COLUMN: Final = 34
"""Where explanations begin."""
_WIDTHS: Final = (60, 110)
"""Narrower and wider pages are hard to read."""

Row = tuple[str, str]


def is_asked(app: App, arguments: Sequence[str]) -> bool:
    """Whether the command line asks for a help page, or ends before it says what to do."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if not FLAGS.isdisjoint(options):
        return True
    chain, apps, _ = app.parse_commands(arguments)
    return apps[-1].default_command is None and len(chain) == len(arguments)


def page(app: App, arguments: Sequence[str]) -> str:
    """The help page of the command that the arguments begin with."""
    words = _words(arguments)
    chain, apps, _ = app.parse_commands(words)
    command = apps[-1]
    name = " ".join(["aioprowler", *chain])
    parts = [_about(command, chain)]
    if command.default_command is None:
        parts = [f"Usage: {name} COMMAND [OPTIONS]", *parts, _block("Commands", _commands(command))]
    else:
        arguments_of = [each for each in command.assemble_argument_collection() if each.show]
        positional = "".join(f" {_operand(each)}" for each in arguments_of if not _options(each))
        parts = [f"Usage: {name}{positional} [OPTIONS]", *parts, *_blocks(arguments_of)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _words(arguments: Sequence[str]) -> list[str]:
    words: list[str] = []
    for argument in arguments:
        if argument.startswith("-"):
            break
        words.append(argument)
    return words


def _about(command: App, chain: Sequence[str]) -> str:
    if command.default_command is None:
        return COMMANDS.get(" ".join(chain), "")
    return _flow(_doc(command))


def _doc(command: App) -> str:
    return inspect.getdoc(command.default_command) or ""


def _flow(text: str) -> str:
    """Paragraphs as wide as the page; indented lines as they are."""
    lines: list[str] = []
    for line in text.splitlines():
        if line and lines and lines[-1] and line[0] != " " != lines[-1][0]:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(
        line if line.startswith(" ") else textwrap.fill(line, _width(), break_on_hyphens=False) for line in lines
    )


def _width() -> int:
    least, most = _WIDTHS
    return max(least, min(most, shutil.get_terminal_size().columns - 1))


def _commands(command: App) -> list[Row]:
    subcommands = {name: command[name] for name in command if not name.startswith("-")}
    return [(name, _doc(each).partition("\n")[0]) for name, each in subcommands.items()]


def _blocks(arguments: Iterable[Argument]) -> list[str]:
    """Options by their groups, in the order in which they are declared."""
    groups: dict[str, list[Row]] = {}
    for argument in arguments:
        title = _title(argument)
        groups.setdefault(title, []).append((_label(argument), argument.parameter.help or ""))
    return [_block(title, rows) for title, rows in groups.items()]


def _title(argument: Argument) -> str:
    names = [group.name for group in (argument.parameter.group or ()) if isinstance(group, Group)]  # type: ignore[union-attr]
    return names[0] if names and names[0] not in ("Parameters", "Arguments") else "Options"


def _options(argument: Argument) -> list[str]:
    return sorted((name for name in argument.names if name.startswith("-")), key=_short_first)


def _short_first(name: str) -> bool:
    return name.startswith("--")


def _label(argument: Argument) -> str:
    options = _options(argument)
    if not options:
        return _placeholder(argument)
    label = ", ".join(options)
    return label if argument.hint is bool else f"{label} {_placeholder(argument)}"


def _operand(argument: Argument) -> str:
    name = _placeholder(argument)
    if get_origin(argument.hint) is list:
        name += "..."
    return name if argument.required else f"[{name}]"


def _placeholder(argument: Argument) -> str:
    names = [name for name in argument.names if not name.startswith("-")]
    return argument.parameter.metavar or next(iter(names), argument.field_info.name.upper())


def _block(title: str, rows: Iterable[Row]) -> str:
    return "\n".join([f"{title}:", *(_row(*row) for row in rows)])


def _row(label: str, about: str) -> str:
    width = _width()
    head = " " * _INDENT + label
    indent = " " * _COLUMN
    text = textwrap.fill(about, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return f"{head}\n{text}" if len(head) + 2 > _COLUMN else head.ljust(_COLUMN) + text[_COLUMN:]
