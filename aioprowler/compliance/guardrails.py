"""Guardrails: which configuration a requirement allows the checks that are evidence for it.

They are facts, of Prowler's and of AWS's documentation, which `scripts/frameworks.py` takes. A key that no check reads
is kept, and begins to count with the check that reads it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from json import dumps
from typing import Any, Final, Literal

from msgspec import Struct, json

from aioprowler.findings.coverage import Setting, Settings, united

Comparison = Literal["lte", "gte", "eq", "in", "subset", "superset"]

_ALLOWS: Final[Mapping[Comparison, Callable[[Any, Any], bool]]] = {
    "lte": operator.le,
    "gte": operator.ge,
    "eq": operator.eq,
    "in": lambda value, allowed: value in allowed,
    "subset": lambda value, allowed: set(value) <= set(allowed),
    "superset": lambda value, allowed: set(value) >= set(allowed),
}
_WORDS: Final[Mapping[Comparison, str]] = {
    "lte": "{} or less",
    "gte": "{} or more",
    "eq": "{}",
    "in": "one of {}",
    "subset": "nothing but {}",
    "superset": "at least {}",
}


class Guardrail(Struct, frozen=True, gc=False):
    """One configuration key of a check, and what a requirement allows it to be."""

    check: str
    key: str
    comparison: Comparison
    value: Setting

    def allows(self, value: Setting) -> bool:
        """Whether a scan with this value is strict enough; one of another kind is not."""
        try:
            return _ALLOWS[self.comparison](value, self.value)
        except TypeError:
            return False

    @property
    def allowed(self) -> str:
        """In words: `45 or less`."""
        return _WORDS[self.comparison].format(shown(self.value))


class Loosened(Struct, frozen=True):
    """A key that a scan had set otherwise than a requirement allows."""

    key: str
    value: Setting | None
    """None where it is not known."""
    allowed: str

    def __str__(self) -> str:
        value = "not known" if self.value is None else shown(self.value)
        return f"{self.key} is {value}; allowed: {self.allowed}"


def shown(value: Setting) -> str:
    """A value as the configuration file has it."""
    return dumps(value, ensure_ascii=False)


def loosened(guardrails: Collection[Guardrail], settings: Settings | None, ran: Collection[str]) -> Iterator[Loosened]:
    """What the scans had set otherwise than is allowed. `settings`: None where it is not known, of checks that ran."""
    for each in guardrails:
        if settings is None:
            if each.check in ran:
                yield Loosened(each.key, None, each.allowed)
            continue
        for value in settings.get(each.key, ()):
            if not each.allows(value):
                yield Loosened(each.key, value, each.allowed)


@cache
def guarded_keys() -> frozenset[str]:
    """The configuration keys that some guardrail names."""
    return frozenset(each.key for each in _facts())


def guarded(settings: Iterable[Mapping[Any, Any]], keys: Collection[str]) -> Settings:
    """Of all that was set, the values of the keys."""
    named = sorted(keys)
    told = ({key: (_frozen(each[key]),) for key in named if key in each} for each in settings)
    return united(told) or {}


def _frozen(value: Any) -> Setting:
    return tuple(value) if isinstance(value, list) else value


def guardrails_of(framework_id: str) -> Mapping[str, tuple[Guardrail, ...]]:
    """Requirement -> its guardrails, of those that have any."""
    return _by_framework().get(framework_id, {})


class _Fact(Struct, frozen=True):
    check: str
    key: str
    comparison: Comparison
    value: Setting
    requirements: dict[str, tuple[str, ...]]
    """Framework -> those of its requirements for which it stands."""


class _File(Struct, frozen=True):
    guardrails: tuple[_Fact, ...]


@cache
def _facts() -> tuple[_Fact, ...]:
    return json.decode(files(__package__).joinpath("guardrails.json").read_bytes(), type=_File).guardrails


@cache
def _by_framework() -> dict[str, dict[str, tuple[Guardrail, ...]]]:
    found: dict[str, dict[str, tuple[Guardrail, ...]]] = {}
    for each in _facts():
        guardrail = Guardrail(each.check, each.key, each.comparison, each.value)
        for framework, requirements in each.requirements.items():
            of = found.setdefault(framework, {})
            for id_ in requirements:
                of[id_] = (*of.get(id_, ()), guardrail)
    return found
