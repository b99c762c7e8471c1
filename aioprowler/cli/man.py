"""`aioprowler man`: the manual page, from what the help pages are made of."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aioprowler._version import __version__
from aioprowler.cli.help import Described, Row, all_described

_HEAD: Final = r"""
.TH AIOPROWLER 1 "" "aioprowler {version}" "User Commands"
.SH NAME
aioprowler \- scan AWS accounts for insecure configuration
.SH SYNOPSIS
.B aioprowler
.I COMMAND
[\fIOPTIONS\fR]
""".lstrip()
_WITH_BLANKS: Final = "  "


def man() -> None:
    """Print the manual page.

    To read it, and to have `man aioprowler` find it:
      aioprowler man | man -l -
      aioprowler man > ~/.local/share/man/man1/aioprowler.1
    """
    from aioprowler.cli.parser import program

    sys.stdout.write(_HEAD.format(version=__version__))
    for each in all_described(program()):
        sys.stdout.write("\n".join([*_section(each), ""]))


def _section(told: Described) -> Iterator[str]:
    yield f'.SH "{_plain(told.name.removeprefix("aioprowler ").upper())}"'
    yield rf"\fB{_plain(told.name)}\fR{_plain(told.operands)} [OPTIONS]"
    yield from _about(told.about)
    yield from _blocks(told.blocks)


def _about(text: str) -> Iterator[str]:
    """Paragraphs are filled, indented lines stay."""
    is_kept = False
    for line in ["", *text.splitlines()]:
        if line.startswith(_WITH_BLANKS) != is_kept:
            is_kept = not is_kept
            yield ".nf" if is_kept else ".fi"
        yield _line(line) if line else ".PP"
    if is_kept:
        yield ".fi"


def _blocks(blocks: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    for title, rows in blocks.items():
        yield f'.SS "{_plain(title)}"'
        for label, about in rows:
            yield from (".TP", rf"\fB{_plain(label)}\fR", _line(about))


def _line(text: str) -> str:
    """One that begins with a dot or a quote would be a request."""
    return rf"\&{_plain(text)}"


def _plain(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-")
