"""Which findings of a record are told: by what they say, by where they are, and by whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from aioprowler.declarations.checks import SEVERITIES, STATUSES
from aioprowler.errors import require
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
