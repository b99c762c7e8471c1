"""Patterns as mutelists have them: what they mean is Prowler's, so that a list mutes the same in both tools."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

_PLAIN: Final = re.compile(r"[^\\^$*+?{}\[\]|()]*")
"""A text whose only special character may be the dot."""
_DEEPEST: Final = 50
"""Groups in each other."""

Match = Callable[[str], bool]


def expression(pattern: str) -> str:
    """A pattern as a regular expression that is searched for: every `*` stands for `.*`, even after a dot."""
    return pattern.replace("*", ".*")


def compiled(pattern: str) -> re.Pattern[str] | None:
    """The compiled expression; None where nothing but a text is searched for. Raises ValueError with the reason."""
    if _word(pattern) is not None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a future meaning of `[[`: nobody could read it here
            return re.compile(expression(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def check_pattern(check: str) -> str:
    """Prowler calls the service of `lambda` checks `awslambda`; lists may say either."""
    return f"aws{check}" if check.startswith("lambda") else check


def _word(pattern: str) -> str | None:
    """The text to search for, in which a dot stands for any character; None if the pattern is more than that."""
    inner = pattern.strip("*")  # `.*` at an end of what is searched for changes nothing
    return inner if _PLAIN.fullmatch(inner) else None


def any_of(patterns: Sequence[str]) -> Match:
    """Whether one of the patterns is found; texts are searched for together, however many they are."""
    words = {word for pattern in patterns if (word := _word(pattern)) is not None}
    if "" in words:
        return always
    searches = [found.search for pattern in patterns if (found := compiled(pattern)) is not None]
    if words:
        searches.append(re.compile(_alternatives(sorted(words))).search)
    match searches:
        case []:
            return _never
        case [search]:
            return lambda text: search(text) is not None
    return lambda text: any(search(text) for search in searches)


def all_of(patterns: Sequence[str]) -> Match:
    """Whether each of the patterns is found."""
    each = [any_of((pattern,)) for pattern in patterns]
    return lambda text: all(match(text) for match in each)


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
