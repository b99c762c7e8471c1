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
from collections.abc import Callable, Sequence
from operator import itemgetter
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
_COLONS: Final = re.compile("::")
_ASCII: Final = bytes(range(0x7F))

_HASH: Final = ord("#")
_BACKSLASH: Final = ord("\\")
_DELETE: Final = 0x7F

_TOGETHER: Final = 32
"""Texts that are looked at together, of which one that is not plain has all looked at one by one."""

_first = itemgetter(slice(1))
_dumps = orjson.dumps


def visible(text: str) -> str:
    """`text` on one line, with all that is hidden, or would be a command, shown as its code point."""
    if not text or is_plain(text):
        return text
    return _defused(_RUN.sub(_seen, text) if _hides(text) else text)


def all_visible(texts: Sequence[str]) -> list[str]:
    """Each of them made visible; many together take hardly longer than one."""
    return each_shown(visible, texts)


def visible_lines(text: str) -> str:
    """Likewise a text of several lines, which stay lines. Tabs that indent a line are four spaces each; amid a line one
    would be hidden, and for whoever reads a table with tabs between its cells begin another cell.
    """
    line = text.replace("\n", " ")
    if not is_plain(f"x{line}") and _hides(line):
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
    if _is_seen(document, [document]):
        return document
    return _COMMAND_IN_JSON.sub(r"\\u0023", _RUN_IN_JSON.sub(_escaped, document.decode())).encode()


def all_visible_json(documents: Sequence[bytes]) -> Sequence[bytes]:
    """Each of them made visible; many together take hardly longer than one."""
    return documents if _is_seen(b" ".join(documents), documents) else [*map(visible_json, documents)]


def is_plain(text: str) -> bool:
    """Whether it is a letter or digit and then what is seen, but quotation mark, backslash and #: ordinary text.

    Told at next to no cost: orjson looks at many characters at a time, which nothing in `str` or `re` does, and puts a
    backslash before what it escapes: controls but U+007F, quotation marks, backslashes.
    """
    return text[:1].isalnum() and _has_plain_only(text, text)


def each_shown(
    show: Callable[[str], str], texts: Sequence[str], may_change: Callable[[str], bool] | None = None
) -> list[str]:
    """`show` of each text, for what leaves plain text as it is, unless `may_change` finds something in it. Plain texts
    are looked at together, which takes hardly longer than a look at one of them.
    """
    shown: list[str] = []
    for start in range(0, len(texts), _TOGETHER):
        part = texts[start : start + _TOGETHER]
        together = _plain_together(part)
        shown += map(show, part) if together is None or (may_change and may_change(together)) else part
    return shown


def _plain_together(texts: Sequence[str]) -> str | None:
    """All of them as one text where each is plain or empty, else None."""
    together = "".join(texts)
    firsts = "".join(map(_first, texts))
    beyond = together if together.isascii() else "".join([text for text in texts if not text.isascii()])
    return together if not firsts or (firsts.isalnum() and _has_plain_only(together, beyond)) else None


def _has_plain_only(text: str, beyond: str) -> bool:
    """`beyond`: as much of the text as is more than ASCII."""
    try:
        document = _dumps(text)
    except TypeError:  # a lone surrogate
        return False
    return (
        _BACKSLASH not in document
        and _HASH not in document
        and _DELETE not in document
        and (beyond.isascii() or not _hides(_beyond(beyond.encode())))
    )


def _is_seen(document: bytes, parts: Sequence[bytes]) -> bool:
    """Whether nothing is hidden in a JSON document, or several that make up one, nor a command."""
    return (
        _DELETE not in document
        and (document.isascii() or not _hides(_beyond(b"".join([each for each in parts if not each.isascii()]))))
        and (_HASH not in document or b"##" not in document)
    )


def _beyond(document: bytes) -> str:
    """What is not ASCII of it."""
    return document.translate(None, _ASCII).decode()


def _hides(text: str) -> bool:
    """Whether anything in it would not be seen for what it is: Unicode's categories of controls, format (direction
    marks, zero widths), surrogates, private use, what is unassigned, separators but the space; and what is blank.
    """
    return not text.isprintable() or (not text.isascii() and _BLANK.search(text) is not None)


def _seen(run: re.Match[str]) -> str:
    text = run[0]
    return "".join(_point(each) if _hides(each) else each for each in text) if _hides(text) else text


def _defused(text: str) -> str:
    may = ("#" in text and "##" in text) or ((text[:1] in "\t :" or "\n" in text) and _COLONS.search(text))
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
