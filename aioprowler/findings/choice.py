"""Which findings of a record are told: by what they say, by where they are, and by whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from aioprowler.declarations.checks import SEVERITIES, STATUSES
from aioprowler.errors import advice, require
from aioprowler.findings.causes import owner
from aioprowler.findings.finding import Finding
from aioprowler.findings.selection import is_within

Part = Literal["account", "owner", "unit"]

PART_OF: Final[Mapping[Part, Callable[[Finding], str]]] = {
    "account": lambda finding: finding.account_id,
    "owner": owner,
    "unit": lambda finding: finding.account_organizational_unit,
}
"""By what a report is divided -> the part that a finding belongs to."""


class Choice(Struct, frozen=True, kw_only=True):
    """Findings that satisfy each condition which is given; without any, all."""

    statuses: Sequence[str] = ()
    severities: Sequence[str] = ()
    accounts: Sequence[str] = ()
    """Their ids."""
    units: Sequence[str] = ()
    """Organizational units, by their paths below the root; those below them too."""
    owners: Sequence[str] = ()
    """As reports tell them: by tags, else by the account."""
    services: Sequence[str] = ()

    def __post_init__(self) -> None:
        require("status", self.statuses, STATUSES)
        require("severity", self.severities, SEVERITIES)

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return any(asdict(self).values())

    def __call__(self, finding: Finding) -> bool:
        """Whether it is one of them."""
        return (
            (not self.statuses or finding.status in self.statuses)
            and (not self.severities or finding.severity in self.severities)
            and (not self.accounts or finding.account_id in self.accounts)
            and (not self.units or any(is_within(finding.account_organizational_unit, each) for each in self.units))
            and (not self.owners or owner(finding) in self.owners)
            and (not self.services or finding.service in self.services)
        )


EVERYTHING: Final = Choice()


class _Place(Struct, frozen=True):
    """What a condition is about."""

    option: str
    of: Callable[[Finding], str]
    has: Callable[[str, str], bool] = str.__eq__
    """Whether what a finding has is what was asked for."""


_PLACES: Final = {
    "accounts": _Place("--account", PART_OF["account"]),
    "units": _Place("--ou", PART_OF["unit"], is_within),
    "owners": _Place("--owner", PART_OF["owner"]),
    "services": _Place("--service", lambda finding: finding.service),
}
"""Conditions whose names nobody knows before the findings are read."""
_KEPT: Final = 10_000
"""Names of a kind that are kept, to tell those that are near."""


class Chooser:
    """Says of each finding whether it is chosen, and remembers the names that none had: nothing is found of them."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice or None
        self._missing = {by: set(names) for by in _PLACES if (names := getattr(choice, by))}
        self._there: dict[str, set[str]] = {by: set() for by in self._missing}

    def __call__(self, finding: Finding) -> bool:
        """Whether it is one of them."""
        if self._choice is None:
            return True
        for by, names in self._missing.items():
            if names:
                self._look(by, names, finding)
        return self._choice(finding)

    def _look(self, by: str, names: set[str], finding: Finding) -> None:
        place, there = _PLACES[by], self._there[by]
        own = place.of(finding)
        if own not in there:
            if len(there) < _KEPT:
                there.add(own)
            names -= {name for name in names if place.has(own, name)}

    @property
    def notes(self) -> Iterator[str]:
        """What is to be said once all findings are read: a misspelt name must not look like one that is in order."""
        for by, names in self._missing.items():
            for name in sorted(names):
                yield f"No finding has {_PLACES[by].option} {name!r:.100}.{advice(name, sorted(self._there[by]))}"
