"""Compliance frameworks: their requirements, and which checks are evidence for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from msgspec import Raw, Struct, json
from msgspec.structs import replace

from aioprowler.compliance.guardrails import Guardrail, guarded_keys, guardrails_of
from aioprowler.errors import UsageError, require

_SUFFIX = ".json"
EVIDENCE: Final = "evidence.json"
"""Beside this module: what `mapped` makes."""
PROVIDER: Final = "_aws"
"""How Prowler ends the ids of its frameworks for AWS."""
_NUMBER = re.compile(r"(\d+)")


class Requirement(Struct, frozen=True, kw_only=True, gc=False):
    """One requirement of a framework."""

    id: str
    """As the framework numbers it: `1.4`."""
    name: str
    section: str
    """Empty where the framework has none."""
    subsection: str
    checks: tuple[str, ...]
    """Ids of the checks that are evidence for it, also of those that do not exist here."""
    profile: str = ""
    """Of CIS: `Level 1`."""
    assessment: str = ""
    """Whether the framework has it assessed `Manual` or `Automated`."""
    level_of_risk: int = 0
    weight: int = 0
    tactics: tuple[str, ...] = ()
    """Of MITRE ATT&CK."""
    guardrails: tuple[Guardrail, ...] = ()
    """Which configuration it allows its checks."""
    description: str = ""
    """Of one's own frameworks, as is the following."""
    attributes: tuple[dict[str, str], ...] = ()
    """What the file says of it besides; where it says so several times, all."""


class Named(Struct, frozen=True, kw_only=True, gc=False):
    """What a framework is called."""

    id: str
    framework: str
    """What all its versions are called: `CIS`."""
    version: str
    """Empty where it has none."""
    title: str


class Framework(Named, frozen=True, kw_only=True, gc=False):
    """A framework: `cis_3.0`."""

    requirements: tuple[Requirement, ...]
    """By id, in the order in which people count."""
    description: str = ""
    """Of one's own, as is the following."""
    columns: tuple[str, ...] | None = None
    """Attributes that its requirements have in a CSV of its own; None: those of Prowler's."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Each check that some requirement names, once, in alphabetical order."""
        return tuple(sorted({check for each in self.requirements for check in each.checks}))

    def requirement(self, id_: str) -> Requirement:
        """Raises UsageError with the nearest ids."""
        known = {each.id: each for each in self.requirements}
        require(f"{self.id} requirement", [id_], known)
        return known[id_]


@cache
def frameworks() -> tuple[str, ...]:
    """The ids of the package's frameworks, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _folder().iterdir() if file.name.endswith(_SUFFIX)))


def framework(name: str) -> Framework:
    """One of the package's, by its id, or by Prowler's (`cis_3.0_aws`). Raises UsageError with the nearest ids."""
    return Frameworks().get(name)


class Frameworks:
    """The package's, and one's own: those of files and of installed packages, and those of the package that checks of
    one's own are evidence for.
    """

    def __init__(self, own: Iterable[Framework] = ()) -> None:
        self.own = {each.id: each for each in own}
        self._evidence: dict[str, dict[str, tuple[str, ...]]] = {}

    def __iter__(self) -> Iterator[str]:
        """Their ids, in alphabetical order."""
        return iter(sorted({*frameworks(), *self.own}))

    def get(self, name: str) -> Framework:
        """By its id, or by Prowler's (`cis_3.0_aws`). Raises UsageError with the nearest ids."""
        id_ = self.canonical(name)
        return self.own.get(id_) or _read(id_)

    def named(self) -> list[Named]:
        """What each is called, in alphabetical order."""
        return [self.own.get(id_) or _named()[id_] for id_ in self]

    def canonical(self, name: str) -> str:
        """The framework's id. Raises UsageError with the nearest ones."""
        id_ = name.lower().removesuffix(PROVIDER)
        require("framework", [id_], list(self), "aioprowler compliance list")
        return id_

    def required(self, names: Iterable[str], existing: Collection[str]) -> frozenset[str]:
        """The existing checks that the frameworks ask for. Raises UsageError where there are none."""
        ids = tuple(dict.fromkeys(map(self.canonical, names)))
        found = frozenset(check for id_ in ids for check in self.get(id_).checks if check in existing)
        if not found:
            raise UsageError(
                f"No check is evidence for {', '.join(ids)} yet; `aioprowler compliance list` tells how many each has."
            )
        return found

    def declare(self, check_id: str, told: Mapping[str, Sequence[str]]) -> None:
        """A check says for which requirements it is evidence. Raises UsageError for one that there is not."""
        for name, ids in told.items():
            found = self.get(name)
            named = {found.requirement(id_).id for id_ in ids}
            requirements = tuple(
                replace(each, checks=tuple(sorted({*each.checks, check_id}))) if each.id in named else each
                for each in found.requirements
            )
            self.own[found.id] = replace(found, requirements=requirements)

    def evidence(self, check_id: str) -> dict[str, tuple[str, ...]]:
        """Framework -> its requirements for which the check is evidence: the same object each time."""
        if not self.own:
            return evidence(check_id)
        if check_id not in self._evidence:
            found = {
                id_: tuple(one.id for one in each.requirements if check_id in one.checks)
                for id_, each in self.own.items()
            }
            told = evidence(check_id) | {id_: requirements for id_, requirements in found.items() if requirements}
            self._evidence[check_id] = dict(sorted(told.items()))
        return self._evidence[check_id]

    @property
    def guarded(self) -> frozenset[str]:
        """The configuration keys that some guardrail names."""
        own = (rail.key for each in self.own.values() for one in each.requirements for rail in one.guardrails)
        return guarded_keys().union(own)


@cache
def evidence(check_id: str) -> dict[str, tuple[str, ...]]:
    """Framework -> its requirements for which the check is evidence: the same object each time."""
    told = _by_check().get(check_id)
    return {} if told is None else json.decode(told, type=dict[str, tuple[str, ...]])


def mapped() -> str:
    """The evidence of all of the package's frameworks: JSON with a line for each check."""
    found: dict[str, dict[str, list[str]]] = {}
    for id_ in frameworks():
        for requirement in json.decode(_text(id_), type=Framework).requirements:
            for check in requirement.checks:
                found.setdefault(check, {}).setdefault(id_, []).append(requirement.id)
    rows = (json.encode({check: told}).decode()[1:-1] for check, told in sorted(found.items()))
    return "{\n" + ",\n".join(rows) + "\n}\n"


def prowlers_spelling(compliance: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Framework, as Prowler's reports call it (`CIS-3.0`) -> requirements. A name that is not known stays as it is."""
    return {_prowlers_names().get(id_, id_): list(requirements) for id_, requirements in compliance.items()}


@cache
def _prowlers_names() -> dict[str, str]:
    return {id_: "-".join(filter(None, (each.framework, each.version))) for id_, each in _named().items()}


@cache
def _named() -> dict[str, Named]:
    decoder = json.Decoder(Named)
    return {id_: decoder.decode(_text(id_)) for id_ in frameworks()}


@cache
def _by_check() -> dict[str, Raw]:
    """Check -> framework -> requirements, of which a scan needs those of the checks that find something."""
    return json.decode(files(__package__).joinpath(EVIDENCE).read_bytes(), type=dict[str, Raw])


@lru_cache(maxsize=4)  # all of them are megabytes
def _read(id_: str) -> Framework:
    found, guardrails = json.decode(_text(id_), type=Framework), guardrails_of(id_)
    requirements = (replace(each, guardrails=guardrails.get(each.id, ())) for each in found.requirements)
    return replace(found, requirements=tuple(sorted(requirements, key=by_number)))


def by_number(requirement: Requirement) -> list[Any]:
    """How people count, `1.2` before `1.10`: texts and numbers by turns."""
    parts: list[Any] = _NUMBER.split(requirement.id)
    parts[1::2] = [(len(digits.lstrip("0")), digits) for digits in parts[1::2]]
    return parts


def _text(id_: str) -> bytes:
    return _folder().joinpath(f"{id_}{_SUFFIX}").read_bytes()


def _folder() -> Traversable:
    return files(__package__).joinpath("frameworks")
