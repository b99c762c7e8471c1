"""Texts of strangers where a format would read more than text: what is markup in Markdown, and in SARIF's messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aioprowler.texts import each_shown, sentence, shortened, visible_lines

_LONGEST: Final = 300
"""Characters of one text."""
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")
_LINK: Final = re.compile(r"[\\\[\]]|<(?=[a-zA-Z/!?])(?!U\+[0-9A-F]{4,6}>)")


def plain(text: str) -> str:
    """`text` with nothing in it that Markdown would read as more than text, on one line."""
    return _MARKUP.sub(r"\\\1", _short(text)).replace("@", "@\u200b").replace("://", ":\u200b//")


def code(text: str) -> str:
    """`text` as code in Markdown, where nobody is mentioned and nothing is linked; fit for a cell of a table."""
    short = _short(text) or " "
    fence = "`" * (max(map(len, re.findall("`+", short)), default=0) + 1)
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{short}{padding}{fence}".replace("|", "\\|")


def message(text: str) -> str:
    """`text` for a message of SARIF, in which square brackets make links, and a viewer that reads it as Markdown sees
    images and tags (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, 3.11.6: a backslash before
    brackets and backslashes that stand for themselves). The rest stays as it is: most viewers show it so.
    """
    shown = visible_lines(text)
    return _LINK.sub(r"\\\g<0>", shown) if _may_link(shown) else shown


def messages(texts: Sequence[str]) -> list[str]:
    """Each of them as a message; many together take hardly longer than one."""
    return each_shown(message, texts, _may_link)


def _may_link(text: str) -> bool:
    return "[" in text or "<" in text or "\\" in text or "]" in text


def secure(url: str) -> str:
    """The address of a page that may be linked, empty for any but https."""
    return url if url.startswith("https://") and visible_lines(url) == url and not set(url) & set(" <>\n") else ""


def _short(text: str) -> str:
    return shortened(sentence(text), _LONGEST)
