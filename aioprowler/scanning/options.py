"""What to scan and how."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.organization import Member, Organization
from aioprowler.aws.patience import USUAL, Patience
from aioprowler.aws.quotas import OwnQuota
from aioprowler.catalog import Selection
from aioprowler.declarations.account import Account
from aioprowler.declarations.checks import STATUSES
from aioprowler.errors import UsageError, require
from aioprowler.findings.mutelist import Mutelist
from aioprowler.findings.record import Baseline
from aioprowler.findings.treatment import Treatment
from aioprowler.reprs import without

MUTED: Final = "MUTED"
"""Among statuses to stream: whatever is muted."""


class ScanOptions(Selection, frozen=True, kw_only=True):
    """What to scan and how: a selection, and all else. Every default scans everything the credentials reach with every
    check.
    """

    checks_folders: Sequence[Path] = ()
    """Folders with Python files of your own checks."""
    custom_checks_metadata_file: Path | None = None
    """YAML with severities and texts in the place of the checks' own. Severities are selected after it."""
    regions: Sequence[str] | None = None
    excluded_regions: Sequence[str] = ()
    statuses: Sequence[str] | None = None
    """Only findings of these statuses are streamed; `MUTED` stands for muted ones of any status."""
    config: Mapping[str, Any] = {}
    """By Prowler's key names; a check's own default holds for an absent key."""
    organization: Organization | None = None
    """Scan the accounts of the organization, entered with the first of `credentials`."""
    members: Sequence[Member] | None = None
    """Scan these accounts, entered with the first of `credentials`."""
    accounts: Sequence[Account] | None = None
    """Known accounts: nothing is asked about them, and their `regions` count as enabled."""
    credentials: Sequence[CredentialSource] = (CredentialSource(),)
    """One account each."""
    organizations_role: str | None = None
    """ARN of a role that lists the organization: accounts of `credentials` are told by their names, units and tags."""
    session_policy: bool = True
    """Sessions of roles may do only what the scan needs, whatever the roles may."""
    now: datetime.datetime | None = None
    """The scan's one clock reading, with a time zone; the current time if None."""
    scan_unused_services: bool = False
    """Judge also what nothing uses (a VPC without interfaces)."""
    internet: bool = True
    """Ask also others than AWS: Shodan, GitHub and GitLab, and for the list of AWS's IP ranges."""
    api_budget: float = 0.5
    """Share of each AWS quota that the scan may use."""
    quotas: Mapping[str, OwnQuota | Mapping[str, float]] = {}
    """API quotas of your own: `{"ec2:DescribeInstances": {"rate": 40, "capacity": 200}}`, patterns allowed."""
    patience: Patience = USUAL
    """How long AWS is waited for, and how often a call is tried."""
    account_timeout: float | None = None
    """Seconds after which an account is cut off and reported as incomplete."""
    accounts_in_flight: int = 32
    tags: bool = False
    """Findings have the tags of their resources also where the resource's own listing does not bring them. A mutelist
    that asks for tags, and `resource_tags`, have this done where they need it.
    """
    mutelist: Mutelist | None = None
    """Findings that somebody has accepted: they are marked, before any other treatment."""
    treatments: Sequence[Treatment] = ()
    """What is done to findings before they are counted, such as mutelists. In this order."""
    baseline: Baseline | None = None
    """Findings that it knows are counted apart, and neither they nor muted ones are streamed; nor are those that
    passed, unless `statuses` asks for them.
    """

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "config")

    @property
    def streamed(self) -> frozenset[str] | None:
        """The statuses to stream; None for all. Raises UsageError."""
        names = self.statuses or (("FAIL", "MANUAL") if self.baseline is not None else ())
        require("status", names, (*STATUSES, MUTED))
        return frozenset(names) or None

    @property
    def clock(self) -> datetime.datetime:
        """The scan's one clock reading. Raises UsageError."""
        if self.now is not None and self.now.tzinfo is None:
            raise UsageError("now: give the time with its time zone.")
        return self.now or datetime.datetime.now(datetime.UTC)

    @property
    def has_one_base(self) -> bool:
        """Whether all accounts are entered with the same credentials."""
        return self.organization is not None or self.members is not None
