"""What others write for regular expressions means what it means to `re`, and takes no longer than it may."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioprowler import expressions
from aioprowler.expressions import Expression, wildcard

SLOW = "x*[yz]"
"""Takes the square of a text's length where it is not found: some seconds at worst for this one."""
LONG = "x" * 20_000

PIECES = (
    *"ab.*+?|()[]{}^$\\-:,12 e<=!&",
    *("{2}", "{1,3}", "{,2}", "{e}", "{e<=1}", "{,}", "{}", "[[:alpha:]]", "[^", "[a-b]", "(?:", "(?i)", "(?=", "(?!"),
    *("(?>", "++", r"\d", r"\b", r"\w", r"\Z", r"\N{LATIN SMALL LETTER A}", "(?P<n>", "(?P=n)", "&&", "--"),
)


def of_re(pattern: str) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, OverflowError):
        return None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.lists(st.text("abAB {}e,:12\n-&", min_size=1, max_size=8), max_size=4),
)
def test_an_expression_means_what_it_means_to_re(pattern: str, texts: list[str]) -> None:
    wanted = of_re(pattern)
    if wanted is None:
        with pytest.raises(ValueError):  # noqa: PT011 - the reason is whoever's
            Expression(pattern)
        return
    found = Expression(pattern)
    for text in texts:
        assert found(text) is (wanted.search(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a{e}", "a{e}", True),  # to the package regex: an a, and any errors in it
        ("a{e}", "b", False),
        ("[[:alpha:]]", ":]", True),  # and a class of letters
        ("[[:alpha:]]", "b", False),
        (r"\{e}", "{e}", True),
    ],
)
def test_what_only_the_other_engine_knows_is_text(pattern: str, text: str, expected: bool) -> None:
    assert Expression(pattern)(text) is expected


def test_an_expression_that_takes_too_long_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.01)
    found = Expression(SLOW)
    assert [found(text) for text in ("xy", LONG, "xy")] == [True, None, None]
    assert found.is_spent


def test_what_is_quick_may_be_tried_as_often_as_need_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME_EACH", 1.0)
    found = Expression("a+b")
    assert all(found("aab") for _ in range(10_000))
    assert not found.is_spent


def test_many_texts_together_may_not_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them would be in time."""
    monkeypatch.setattr(expressions, "TIME", 0.05)
    monkeypatch.setattr(expressions, "TIME_EACH", 0.0)
    found = Expression(SLOW)
    answers = [found("x" * 300) for _ in range(100_000) if not found.is_spent]
    assert found.is_spent
    assert answers[0] is False


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing ), unterminated subpattern at position 0"),
        ("a" * 2_001, "it has 2,001 characters, and 2,000 are the most"),
        ("(?:a{150}){140}", "its repetitions make it 21,280 characters long, and 20,000 are the most"),
        ("a{20001}", "its repetitions make it 20,001 characters long, and 20,000 are the most"),
        ("(" * 950 + ")" * 950, "its groups lie too deep in each other"),
    ],
)
def test_what_is_none_or_too_large_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}"):
        Expression(pattern)


@pytest.mark.parametrize("pattern", ["|".join(f"{kind}-[0-9a-f]{{17}}" for kind in "abcdefghij"), "(?:a{100}){100}"])
def test_repetitions_that_people_write_are_not_too_many(pattern: str) -> None:
    assert Expression(pattern)("z") is False


@settings(deadline=None)
@given(st.text("ab*?", max_size=8), st.text("ab\n", max_size=8))
def test_a_wildcard_matches_as_if_every_star_were_tried(text: str, value: str) -> None:
    plain = "".join({"*": ".*", "?": "."}.get(letter, letter) for letter in text)
    assert bool(re.fullmatch(wildcard(text), value)) is bool(re.fullmatch(plain, value))


def test_a_wildcard_of_very_many_stars_is_decided() -> None:
    """An ordinary expression for it would not come to an end."""
    assert re.fullmatch(wildcard("a*" * 200 + "b"), "a" * 2_000) is None
