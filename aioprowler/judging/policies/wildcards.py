"""IAM's wildcards: what one names, what it may name, and the lists of them that statements hold."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from aioprowler.expressions import wildcard

# What stands for a star of another pattern, which only a star takes in.
_RUN: Final = "\1"
_LETTER: Final = f"[^{_RUN}]"


@functools.lru_cache(maxsize=8192)
def _compile(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """The regular expression of an IAM wildcard, which no hostile policy makes slow."""
    return re.compile(wildcard(pattern, _LETTER, "."), re.DOTALL | re.ASCII | (re.IGNORECASE if ignore_case else 0))


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM wildcard names the value: ``*`` is any run of characters, ``?`` any one, all else is literal.

    Action names are compared with ``ignore_case``, ARNs without ("IAM JSON policy elements: Action" and "Resource").
    """
    if is_fixed(pattern):
        return pattern.lower() == value.lower() if ignore_case else pattern == value
    return _compile(pattern, ignore_case).fullmatch(value) is not None


def encloses(pattern: str, other: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM wildcard names all that another one names. It never says so of one that names more."""
    return matches(pattern, other.replace("*", _RUN), ignore_case=ignore_case)


@functools.lru_cache(maxsize=8192)
def overlap(one: str, other: str) -> bool:
    """Whether something is named by both IAM wildcards; case counts.

    The first is read once, beside all places of the second that it may have come to: bits, so that hostile patterns
    take no longer than others.
    """
    other = re.sub(r"\*+", "*", other)
    stars, all_places = _places("*", other), (2 << len(other)) - 1
    places = 1
    for char in one:
        places |= (places & stars) << 1
        if char == "*":
            places = all_places & -(places & -places)
            continue
        fitting = all_places >> 1 if char == "?" else _places(char, other) | _places("?", other)
        places = (places & stars) | (places & fitting & ~stars) << 1
    places |= (places & stars) << 1
    return places >> len(other) == 1


@functools.lru_cache(maxsize=8192)
def _places(char: str, pattern: str) -> int:
    return sum(1 << place for place, each in enumerate(pattern) if each == char)


def _service(pattern: str) -> str | None:
    """The service of the actions that a pattern names, in small letters; None where a wildcard leaves it open."""
    service, colon, _ = pattern.partition(":")
    return service.lower() if colon and is_fixed(service) else None


_RUNS: Final = re.compile(r"[*?]+")


class _Patterns:
    """Patterns of actions, put in order so that an action is compared with few of them: those of its service, and of
    these by what a text is looked up by, its beginning, or a run of letters that it must have.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._fixed: set[str] = set()
        beginnings: dict[str | None, list[str]] = {}
        self._others: dict[str | None, list[tuple[str, str]]] = {}
        """Service -> its other patterns, each after its longest run without wildcards."""
        for pattern in dict.fromkeys(each.lower() for each in patterns):
            service = _service(pattern)
            if is_fixed(pattern):
                self._fixed.add(pattern)
            elif pattern.endswith("*") and not _RUNS.search(pattern[:-1]):
                beginnings.setdefault(service, []).append(pattern[:-1])
            else:
                run = max(_RUNS.split(pattern.removeprefix(f"{service}:")), key=len)
                self._others.setdefault(service, []).append((run, pattern))
        self._beginnings = {service: tuple(each) for service, each in beginnings.items()}

    def name(self, action: str) -> bool:
        """Whether one of them names the action."""
        action = action.lower()
        return action in self._fixed or any(self._name(service, action) for service in (_service(action), None))

    def _name(self, service: str | None, action: str) -> bool:
        return action.startswith(self._beginnings.get(service, ())) or any(
            run in action and _compile(pattern, True).fullmatch(action)
            for run, pattern in self._others.get(service, ())
        )


# Remembered, as several questions are asked about each policy, and the policies of an account repeat themselves.


@functools.lru_cache(maxsize=256)
def _patterns(patterns: tuple[str, ...]) -> _Patterns:
    return _Patterns(patterns)


@functools.lru_cache(maxsize=4096)
def _named(patterns: tuple[str, ...], actions: frozenset[str]) -> frozenset[str]:
    """Those of the actions that one of the patterns names."""
    return frozenset(filter(_patterns(patterns).name, actions))


@functools.lru_cache(maxsize=4096)
def _touch(patterns: tuple[str, ...], service: str) -> bool:
    """Whether one of the patterns names an action of the service."""
    return any(may_match(pattern, f"{service}:", ignore_case=True) for pattern in patterns)


def may_match(pattern: str, start: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM wildcard names anything that starts like this.

    ``*`` in the start is one field, that is a run without colons, and so is what follows the start. The pattern is
    read once, beside all places of the start that it may have come to.
    """
    if ignore_case:
        pattern, start = pattern.lower(), start.lower()
    start += "*"
    fields = {place for place, char in enumerate(start) if char == "*"}
    places = {0}
    for char in pattern:
        if char == "*":
            places = set(range(min(places), len(start)))
            continue
        places |= {place + 1 for place in places & fields if place + 1 < len(start)}
        stay = places & fields if char != ":" else set()
        places = stay | {place + 1 for place in places - fields if char in ("?", start[place])}
        if not places:
            return False
    return len(start) - 1 in places


# No policy spells NUL, so a pattern that matches these matches by its wildcards whatever stands in their place.
ANYTHING: Final = "\0\0\0"
ANY_ACTION: Final = f"{ANYTHING}:{ANYTHING}"

# "*" and what else people write for it: "*:*", "*/*", "arn:aws:*"...
_EVERYTHING: Final = re.compile(r"(?:arn:(?:aws[a-z-]*:)?)?(?:\??\*+[:/])*\??\*+")


def is_fixed(value: str) -> bool:
    """Whether the value is one thing, and no wildcard."""
    return bool(value) and "*" not in value and "?" not in value


# gc=False: nothing below can refer back to what holds it, and 10,000 parsed policies would slow every collection.


class Selector(msgspec.Struct, frozen=True, gc=False):
    """The patterns of Action or Resource or, negated, of NotAction or NotResource."""

    patterns: tuple[str, ...]
    negated: bool = False

    def covers(self, value: str) -> bool:
        """Whether the ARN is selected."""
        return any(matches(pattern, value) for pattern in self.patterns) != self.negated

    def covers_action(self, action: str) -> bool:
        """Whether the action is selected."""
        return _patterns(self.patterns).name(action) != self.negated

    @property
    def parts(self) -> tuple[Selector, ...]:
        """Selectors of one pattern each, which together select the same. Those of a negation cannot be had apart."""
        return (self,) if self.negated else tuple(Selector((pattern,)) for pattern in self.patterns)

    def includes(self, part: Selector, *, ignore_case: bool = False) -> bool:
        """Whether all that one of another selector's parts selects is selected; lists are not added up."""
        if ignore_case and not self.negated and not part.negated:
            return all(map(_patterns(self.patterns).name, (each.replace("*", _RUN) for each in part.patterns)))
        here, there = (
            [pattern.lower() for pattern in each.patterns] if ignore_case else each.patterns for each in (self, part)
        )
        if self.negated and part.negated:
            return all(any(encloses(wider, pattern) for wider in there) for pattern in here)
        if self.negated:
            return not any(overlap(one, other) for one in here for other in there)
        if part.negated:
            return self.names_everything
        return all(any(encloses(wider, pattern) for wider in here) for pattern in there)

    def spans(self, service: str) -> bool:
        """Whether one of the patterns stands for all the actions of the service, be they negated or not."""
        return _patterns(self.patterns).name(f"{service}:{ANYTHING}")

    def touches(self, service: str) -> bool:
        """Whether any action of the service is selected."""
        if self.negated:
            return not self.spans(service)
        return _touch(self.patterns, service)

    def reaches(self, *starts: str) -> bool:
        """Whether one of the patterns may select ARNs that start in each of these ways, written as for `may_match`."""
        if self.negated:
            return all(self.covers(start.replace("*", ANYTHING) + ANYTHING) for start in starts)
        return any(all(may_match(pattern, start) for start in starts) for pattern in self.patterns)

    def among(self, actions: frozenset[str]) -> frozenset[str]:
        """Those of the actions that are selected."""
        named = _named(self.patterns, actions)
        return actions - named if self.negated else named

    @property
    def specific(self) -> Selector:
        """Itself without the patterns that stand for every action of every service."""
        if self.negated:
            return self
        return Selector(tuple(p for p in self.patterns if not matches(p, ANY_ACTION, ignore_case=True)))

    @property
    def wildcards(self) -> Selector:
        """Itself without the patterns that name one thing only."""
        return self if self.negated else Selector(tuple(p for p in self.patterns if not is_fixed(p)))

    @property
    def names_everything(self) -> bool:
        """Whether one of the patterns stands for every ARN, be they negated or not."""
        return any(_EVERYTHING.fullmatch(pattern) for pattern in self.patterns)
