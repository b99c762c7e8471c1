"""Markdown as GitHub shows it: the same tables, the same anchors of headings; code is coloured here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_NO_SLUG: Final = re.compile(r"[^\w\- ]")
_SHOWN: Final = ("text", "code_inline", "softbreak")
_OUTSIDE: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str
    body: str
    """What stands below it, up to the next heading, as plain text."""


def render(text: str, link: Callable[[str], str] = str) -> tuple[str, list[Heading]]:
    """The HTML of a page, and its headings. `link` says what a link of the page becomes."""
    parser = _parser()
    tokens = parser.parse(text)
    headings = list(_anchored(tokens))
    for token in _inline(tokens):
        if token.type == "link_open":
            token.attrSet("href", link(str(token.attrGet("href"))))
    return parser.renderer.render(tokens, parser.options, {}), headings


def fragment(text: str) -> str:
    """The HTML of a text in a docstring."""
    return str(_parser().render(text))


def code(text: str, language: str) -> str:
    """A block of code."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return f"<pre><code>{escape(text)}</code></pre>\n"
    coloured = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return f"<pre><code>{coloured}</code></pre>\n"


def styles() -> str:
    """The colours of code, light and dark."""
    light, dark = HtmlFormatter(style="default"), HtmlFormatter(style="github-dark")
    return f"{light.get_style_defs('pre')}\n{dark.get_style_defs('[data-theme=dark] pre')}\n"


def as_page(target: str) -> str:
    """What a relative link to a Markdown file is in the site: README.md is its folder's index.html."""
    path, hash_, anchor = target.partition("#")
    if not path.endswith(".md") or _OUTSIDE.match(target):
        return target
    page = PurePosixPath(path)
    name = "index.html" if page.name == "README.md" else f"{page.stem}.html"
    return f"{page.with_name(name)}{hash_}{anchor}"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": None}).enable("table")
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("table_open", lambda *_: '<div class="table"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _fence(_renderer: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    return code(tokens[index].content, tokens[index].info.strip() or "text")


def _anchored(tokens: Sequence[Token]) -> Iterator[Heading]:
    taken: dict[str, int] = {}
    starts = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    for start, end in pairwise([*starts, len(tokens)]):
        opening, inline = tokens[start : start + 2]
        text = _plain(inline)
        slug = _NO_SLUG.sub("", text.lower()).replace(" ", "-")
        count = taken[slug] = taken.get(slug, -1) + 1
        anchor = f"{slug}-{count}" if count else slug
        opening.attrSet("id", anchor)
        yield Heading(int(opening.tag[1]), text, anchor, _text(tokens[start + 2 : end]))


def _text(tokens: Sequence[Token]) -> str:
    texts = (token.content if token.type == "fence" else _plain(token) for token in tokens)
    return " ".join(" ".join(texts).split())


def _plain(inline: Token) -> str:
    return "".join(token.content or " " for token in inline.children or () if token.type in _SHOWN)


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()
