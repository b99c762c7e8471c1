"""Patterns as mutelists have them: what they mean is Prowler's, so that a list mutes the same in both tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from aioprowler.expressions import Expression
from aioprowler.facts.prowler_checks import CHECK_ALIASES

_ONE: Final = r"(?:[^\\^$*+?{}\[\]|()]|\\[^\w\s*|]|\\[dswDSW])"
"""What stands for one character. (An escaped star is not that of a regular expression: see `expression`.)"""
_PARTS: Final = re.compile(rf"(\^?)((?:{_ONE}|\*)*)(\$?)")
"""A text with anchors and stars, which is sought in a time that its length bounds."""
_ANY_OF_THEM: Final = re.compile(rf"{_PARTS.pattern}(?:\|{_PARTS.pattern})*")
_WORD: Final = re.compile(r"[^\\^$*+?{}\[\]|()]*")
"""A text whose only special character may be the dot."""
_DEEPEST: Final = 50
"""Groups in each other."""

Match = Callable[[str], bool | None]
"""Whether something is found in a text; None: that takes too long to say."""


def expression(pattern: str) -> str:
    """A pattern as a regular expression that is searched for: every `*` stands for `.*`, even after a dot."""
    return pattern.replace("*", ".*")


def compiled(pattern: str) -> Expression | None:
    """The expression; None where texts are searched for, with anchors and stars. Raises ValueError with the reason."""
    return None if _ANY_OF_THEM.fullmatch(pattern) else Expression(expression(pattern))


def check_pattern(check: str) -> str:
    """Prowler calls the service of `lambda` checks `awslambda`; lists may say either. A former name of a check is one
    for what it stands for as well.
    """
    todays = [f"^{each}$" for each in CHECK_ALIASES.get(check, ())]
    return "|".join([f"aws{check}" if check.startswith("lambda") else check, *todays])


def any_of(patterns: Sequence[str], compiled: Callable[[str], Expression | None] = compiled) -> Match:
    """Whether one of the patterns is found; texts are searched for together, however many they are."""
    words: set[str] = set()
    searches: list[Match] = []
    for pattern in patterns:
        if (found := compiled(pattern)) is not None:
            searches.append(found)
            continue
        for each in pattern.split("|"):
            word = each.strip("*")  # `.*` at an end of what is searched for changes nothing
            if not word:
                return always
            if _WORD.fullmatch(word):
                words.add(word)
            else:
                searches.append(_in_order(each))
    if words:
        searches.append(_found(_alternatives(sorted(words))))
    match searches:
        case []:
            return _never
        case [search]:
            return search
    return lambda text: _or(search(text) for search in searches)


def all_of(matches: Sequence[Match]) -> Match:
    """Whether each of them says so."""
    return lambda text: _not(_or(_not(match(text)) for match in matches))


def _or(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of them is yes; None where that is not known."""
    known: bool | None = False
    for answer in answers:
        if answer:
            return True
        known = None if answer is None else known
    return known


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _found(expression: str) -> Match:
    search = re.compile(expression).search
    return lambda text: search(text) is not None


def _in_order(pattern: str) -> Match:
    """Whether texts follow each other in a line. Each but one at the end is sought once, and leftmost, which suffices:
    so the work is bounded by the product of both lengths.
    """
    found = _PARTS.fullmatch(pattern)
    assert found, "compiled has seen that it is of this form"
    start, texts, end = found.groups()
    first, *others = texts.split("*")
    if not others:
        return _found(pattern)
    last = f".*{others.pop()}$" if end else ""
    rest = "".join(map(_sought, others)) + last
    if start:
        return _found(f"^{first}{rest}")
    line = re.compile(f"(?m:^){_sought(first)}{rest}")
    return lambda text: (line.search(text) if "\n" in text else line.match(text)) is not None


def _sought(text: str) -> str:
    return f"(?>.*?{text})" if text else ""


def always(text: str) -> bool:  # noqa: ARG001 - a Match
    """Whatever the text is."""
    return True


def _never(text: str) -> bool:  # noqa: ARG001 - a Match
    return False


def _alternatives(words: Sequence[str], depth: int = 0) -> str:
    """An expression for any of the sorted words, which has each beginning once, and ends where the shortest does."""
    if depth == _DEEPEST:
        return "|".join(map(_literal, words))
    branches = []
    for _, group in groupby(words, lambda word: word[0]):
        alike = list(group)
        start = _shared(alike[0], alike[-1])
        rest = [word[len(start) :] for word in alike]
        more = "" if "" in rest else f"(?:{_alternatives(rest, depth + 1)})"
        branches.append(_literal(start) + more)
    return "|".join(branches)


def _shared(first: str, last: str) -> str:
    """How all words begin that are sorted between two."""
    differs = (n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differs, len(first))]


def _literal(word: str) -> str:
    return re.escape(word).replace(r"\.", ".")


def tags_text(tags: dict[str, str]) -> str:
    """The tags as patterns meet them."""
    return " | ".join([f"{key}={value}" for key, value in tags.items()])
