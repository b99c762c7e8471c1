"""What is hidden is shown, what would be a command is none, and ordinary text costs nothing and stays as it is."""

from __future__ import annotations

import json
import re
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.texts import (
    all_visible,
    all_visible_json,
    each_shown,
    is_plain,
    sentence,
    visible,
    visible_json,
    visible_lines,
)

COMMAND = re.compile(r"##\w*\[|^[ \t]*::", re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain", "plain"),
        ("naïve 日本語 🪣", "naïve 日本語 🪣"),
        ("a\x1b[31m\x07\n\t", "a<U+001B>[31m<U+0007><U+000A><U+0009>"),
        ("\x7f\x85\x9b", "<U+007F><U+0085><U+009B>"),
        ("a\u202eb\u2066c\u200f", "a<U+202E>b<U+2066>c<U+200F>"),
        ("\u200b\ufeff\u2028\u00ad", "<U+200B><U+FEFF><U+2028><U+00AD>"),
        ("\ud800\U000e0041\ue000\uffff", "<U+D800><U+E0041><U+E000><U+FFFF>"),
        ("a\u00a0b\u3000c", "a<U+00A0>b<U+3000>c"),
        (
            "a\u3164\u115f\uffa0\u034f\ufe0f\U000e0100\u2800",
            "a<U+3164><U+115F><U+FFA0><U+034F><U+FE0F><U+E0100><U+2800>",
        ),
        ("::error::x", "<U+003A>:error::x"),
        (" \t::x", " <U+0009>::x"),
        ("  ::x", "  <U+003A>:x"),
        ("arn:aws:s3:::x a::b", "arn:aws:s3:::x a::b"),
        ("a ##vso[x] ##[x] ##TeamCity[x] ###[x]", "a #<U+0023>vso[x] #<U+0023>[x] #<U+0023>TeamCity[x] ##<U+0023>[x]"),
        ("## Risk [x] #1", "## Risk [x] #1"),
        ("#\u200b#vso[x]", "#<U+200B>#vso[x]"),
        ("section_start:1:x\r\x1b[0K", "section_start:1:x<U+000D><U+001B>[0K"),
    ],
)
def test_what_is_hidden_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\n\tc", "a\nb\n    c"),
        ("\t \ta\tb\n\n\t\t\n\t=c", "         a<U+0009>b\n\n        \n    =c"),
        ("a\rb\u202ec", "a<U+000D>b<U+202E>c"),
        ("a\n ::error::x\n\t::y\nz::", "a\n <U+003A>:error::x\n    <U+003A>:y\nz::"),
        ("##[x]\n##vso[x]", "#<U+0023>[x]\n#<U+0023>vso[x]"),
    ],
)
def test_lines_stay_lines(text: str, shown: str) -> None:
    assert visible_lines(text) == visible_lines(shown) == shown


def test_a_sentence_is_on_one_line() -> None:
    assert sentence(" a\r\n  b\tc\u2028d ") == "a b c<U+2028>d"


HIDDEN = "\x00\x1b\x7f\x85\u00a0\u00ad\u034f\u200b\u202e\u2066\u2028\u3164\ufe0f\ufeff\ue000\uffff\U000e0041\U000e0100"
NAMES = st.text(
    st.one_of(st.sampled_from([*HIDDEN, *'#:[]()<>!,;=+-@\t\n\r"\\ |*_`&']), st.characters(exclude_categories=["Cs"])),
    max_size=30,
) | st.lists(
    st.sampled_from(
        ["##vso[x]", "##[x]", "::x::", "\n", " ", ",", "=1", "a", "\u202e", "\x1b[0K", "![x](y)", "<b>", "🪣", '"']
    ),
    max_size=6,
).map("".join)
"""Names of whoever means harm, and of whoever does not."""


def hides(character: str) -> bool:
    """By Unicode's own word."""
    return character != " " and unicodedata.category(character)[0] in "CZ"


@given(NAMES)
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert not [each for each in shown if hides(each)]
    assert not COMMAND.search(shown)
    assert visible(shown) == shown
    lines = visible_lines(text)
    assert not [each for each in lines if hides(each) and each != "\n"]
    assert not COMMAND.search(lines)
    assert lines.count("\n") == text.count("\n")


@given(NAMES)
def test_json_says_the_same_and_shows_it(text: str) -> None:
    for encoded in (json.dumps({text: [text]}, ensure_ascii=False).encode(), msgspec.json.encode({text: [text]})):
        document = visible_json(encoded)
        assert json.loads(document) == msgspec.json.decode(document) == {text: [text]}
        assert not [each for each in document.decode() if hides(each)]
        assert not re.search(rb"##\w*\[", document)
        assert visible_json(document) == document


@given(NAMES | st.text(st.characters(codec="ascii")) | st.text())
def test_ordinary_text_is_known_for_it(text: str) -> None:
    if is_plain(text):
        assert text[0].isalnum()
        assert not [each for each in text if hides(each) or each in '"\\#\n\t']
        assert visible(text) == visible_lines(text) == text


@pytest.mark.parametrize("text", ["naïve", "日本語の名前", "Übersicht, 2", "a::b"])
def test_ordinary_text_may_be_in_any_script(text: str) -> None:
    assert is_plain(text)
    assert each_shown(str.upper, [text, ""]) == [text, ""]


@given(st.lists(NAMES | st.text(max_size=5), max_size=4))
def test_many_together_are_what_each_is(texts: list[str]) -> None:
    """As characters and as JSON."""
    assert [*all_visible(texts)] == [*map(visible, texts)]
    documents = [*map(msgspec.json.encode, texts)]
    assert [*all_visible_json(documents)] == [*map(visible_json, documents)]


def test_json_escapes_beyond_the_basic_plane_by_two_units() -> None:
    assert visible_json('"a\U000e0041🪣"'.encode()) == '"a\\udb40\\udc41🪣"'.encode()
    assert visible_json(b'"##vso[x] ## y"') == b'"#\\u0023vso[x] ## y"'
    ordinary = '{"naïve":"日本語 # 🪣"}'.encode()
    assert visible_json(ordinary) is ordinary
