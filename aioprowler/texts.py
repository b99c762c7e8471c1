"""Texts of strangers, made to show all that they hold: the one rule of all outputs (docs/outputs.md, "What is hidden").

Names and tags in AWS are chosen by whoever may create a resource. A character that is not seen, or that turns what
others look like, is written as its code point: as `<U+202E>` where people read, and in JSON by its own escape,
`\\u202e`, which readers of the file undo, so that uids, ARNs and tags go on being AWS's.

Likewise what servers of CI take for a command in whatever a job prints:

* GitHub Actions: a line that begins with `::` (the runner's ActionCommand.TryParseV2), `##[` anywhere (TryParse)
* Azure Pipelines: `##vso[` anywhere in a line (the agent's Command.TryParse), `##[` at its beginning
* TeamCity: `##teamcity[` (https://www.jetbrains.com/help/teamcity/service-messages.html)
* GitLab: `section_start:` between escape sequences (https://docs.gitlab.com/ci/jobs/job_logs/), which the above breaks
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import orjson

_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What shows nothing although its category is of letters, marks or symbols: Unicode's Default_Ignorable_Code_Point
(https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt), and the Braille pattern without dots."""
_RUN: Final = re.compile(r"[^ -~]+")
_RUN_IN_LINES: Final = re.compile(r"[^ -~\n]+")
_RUN_IN_JSON: Final = re.compile(r"[^\0-~]+")
"""Where hidden characters can be: all others are ASCII that is seen, or that JSON escapes in any case."""
_INDENTS: Final = re.compile(r"^[ \t]*\t", re.MULTILINE)
_BREAKS: Final = re.compile(r"[ \t\r\n]+")
_COMMAND: Final = re.compile(r"(?<=#)#(?=\w*\[)|^[ \t]*:(?=:)", re.MULTILINE)
_COMMAND_IN_JSON: Final = re.compile(r"(?<=#)#(?=\w*\[)")
"""Both end with the character without which it is no command."""
_ASCII: Final = bytes(range(0x7F))

_HASH: Final = ord("#")

_dumps = orjson.dumps


def visible(text: str) -> str:
    """`text` on one line, with all that is hidden, or would be a command, shown as its code point."""
    if not text or is_plain(text):
        return text
    return _defused(text if text.isascii() and text.isprintable() else _RUN.sub(_seen, text))


def all_visible(texts: Sequence[str]) -> Sequence[str]:
    """Each of them made visible; many together take hardly longer than one."""
    joined = "|".join(("x", *texts))
    if is_plain(joined) and "|:" not in joined and "| " not in joined:
        return texts
    return [*map(visible, texts)]


def visible_lines(text: str) -> str:
    """Likewise a text of several lines, which stay lines. Tabs that indent a line are four spaces each; amid a line one
    would be hidden, and for whoever reads a table with tabs between its cells begin another cell.
    """
    if not text or is_plain(text):
        return text
    escaped = text.count("\n") + text.count('"') + text.count("\\")
    if not text.isascii() or len(_dumps(text)) != len(text) + 2 + escaped or "\x7f" in text:
        text = _INDENTS.sub(_indent, text.replace("\r\n", "\n"))
        text = _RUN_IN_LINES.sub(_seen, text)
    return _defused(text)


def sentence(text: str) -> str:
    """Likewise a sentence that somebody else may have broken into lines: these, and blanks, become one space each."""
    return visible(" ".join(part for part in _BREAKS.split(text) if part))


def shortened(text: str, most: int) -> str:
    """Not more than so many characters of it; what is left out shows as three dots."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def visible_json(document: bytes) -> bytes:
    """The same JSON, with the same values, in which what is hidden stands as `\\u202e`.

    Encoders leave it as it is from U+007F on. Lone surrogates, which UTF-8 does not have, must be gone.
    """
    if document.isascii() and _HASH not in document and 0x7F not in document:
        return document
    strange = document.translate(None, _ASCII).decode()
    if not _hides(strange) and b"##" not in document:
        return document
    text = _RUN_IN_JSON.sub(_escaped, document.decode())
    return _COMMAND_IN_JSON.sub(r"\\u0023", text).encode()


def is_plain(text: str) -> bool:
    """Whether it is a letter or digit and then what ASCII shows, but quotation mark, backslash and #: ordinary text.

    Told at next to no cost: orjson looks at many characters at a time, which nothing in `str` or `re` does, and what
    it escapes (controls but U+007F, quotation marks, backslashes) becomes longer.
    """
    return (
        text.isascii()
        and len(_dumps(text)) == len(text) + 2
        and text[:1].isalnum()
        and "#" not in text
        and "\x7f" not in text
    )


def _hides(text: str) -> bool:
    """Whether anything in it would not be seen for what it is: Unicode's categories of controls, format (direction
    marks, zero widths), surrogates, private use, what is unassigned, separators but the space; and what is blank.
    """
    return not text.isprintable() or _BLANK.search(text) is not None


def _seen(run: re.Match[str]) -> str:
    text = run[0]
    return "".join(_point(each) if _hides(each) else each for each in text) if _hides(text) else text


def _defused(text: str) -> str:
    may = ("#" in text and "##" in text) or (":" in text and "::" in text)  # one character is found ten times as fast
    return _COMMAND.sub(lambda found: found[0][:-1] + _point(found[0][-1]), text) if may else text


def _indent(tabs: re.Match[str]) -> str:
    return tabs[0].replace("\t", "    ")


def _escaped(run: re.Match[str]) -> str:
    text = run[0]
    return "".join(_units(each) if _hides(each) else each for each in text) if _hides(text) else text


def _point(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def _units(character: str) -> str:
    """As JSON escapes it: by the units of UTF-16 (RFC 8259, section 7)."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
