"""Help pages in plain text, made from what the parser knows; rendering libraries would cost more than the rest."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, get_origin

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


class Described(NamedTuple):
    """A command, as its help page, the manual and the documentation tell it."""

    name: str
    """With all before it: `aioprowler checks list`."""
    operands: str
    """What follows the name, before any options; empty, or begins with a blank."""
    about: str
    """Paragraphs, and indented lines."""
    blocks: Mapping[str, Sequence[Row]]
    """Title -> what there is to say, and what for."""

    @property
    def usage(self) -> str:
        """In a line."""
        return f"{self.name}{self.operands} [OPTIONS]"


def page(app: App, arguments: Sequence[str]) -> str:
    """The help page of the command that the arguments begin with."""
    told = described(app, words_of(arguments))
    blocks = [_block(title, rows) for title, rows in told.blocks.items()]
    parts = [f"Usage: {told.usage}", _flow(told.about), *blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def described(app: App, words: Sequence[str]) -> Described:
    """The command that the words name."""
    chain, apps, _ = app.parse_commands(words)
    command, name = apps[-1], " ".join(["aioprowler", *chain])
    if command.default_command is None:
        return Described(name, " COMMAND", COMMANDS.get(" ".join(chain), ""), {"Commands": _commands(command)})
    arguments = arguments_of(command)
    operands = "".join(f" {_operand(each)}" for each in arguments if not spellings(each))
    return Described(name, operands, _doc(command), _blocks(arguments))


def all_described(app: App) -> Iterator[Described]:
    """Each command, and after it those below it."""
    for name in COMMANDS:
        yield described(app, [name])
        for below in subcommands(app[name]):
            yield described(app, [name, below])


def arguments_of(command: App) -> list[Argument]:
    """Options and operands of a command, in the order in which they are declared."""
    return [each for each in command.assemble_argument_collection() if each.show]


def subcommands(command: App) -> list[str]:
    """Names of the commands below one."""
    return [name for name in command if not name.startswith("-")]


def words_of(arguments: Sequence[str]) -> list[str]:
    """What stands before the first option."""
    words: list[str] = []
    for argument in arguments:
        if argument.startswith("-"):
            break
        words.append(argument)
    return words


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
    return [(name, _doc(command[name]).partition("\n")[0]) for name in subcommands(command)]


def _blocks(arguments: Iterable[Argument]) -> dict[str, list[Row]]:
    """Options by their groups."""
    groups: dict[str, list[Row]] = {}
    for argument in arguments:
        title = _title(argument)
        groups.setdefault(title, []).append((_label(argument), argument.parameter.help or ""))
    return groups


def _title(argument: Argument) -> str:
    names = [group.name for group in (argument.parameter.group or ()) if isinstance(group, Group)]  # type: ignore[union-attr]
    return names[0] if names and names[0] not in ("Parameters", "Arguments") else "Options"


def spellings(argument: Argument) -> list[str]:
    """Of an option, the short one first; none of an operand."""
    return sorted((name for name in argument.names if name.startswith("-")), key=_short_first)


def _short_first(name: str) -> bool:
    return name.startswith("--")


def _label(argument: Argument) -> str:
    options = spellings(argument)
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
