"""Findings as they were before they went over the wire."""

from __future__ import annotations

from msgspec.structs import replace

from aioprowler.cluster.messages import Found
from aioprowler.declarations.account import Account
from aioprowler.declarations.checks import Pass
from aioprowler.engine.judge import Subject, finding
from aioprowler.engine.plan import Plan
from aioprowler.findings.finding import Finding


class Patterns:
    """Of each check, a finding with all that the check says. To fill it in takes a twentieth of making another."""

    def __init__(self, plan: Plan, time: str) -> None:
        """`time`: see `Finding.timestamp`."""
        self._checks = {check.id: check for check in plan.checks}
        self._frameworks = plan.frameworks
        self._time = time
        self._known: dict[str, Finding] = {}

    def filled(self, found: Found, account: Account) -> Finding:
        """The finding as `engine.judge.finding` made it."""
        return replace(
            self._known.get(found.check_id) or self._pattern(found.check_id),
            uid=found.uid,
            status=found.status,
            status_detail=found.status_detail,
            gap=found.gap,
            severity=found.severity,
            resource_id=found.resource_id,
            resource_arn=found.resource_arn,
            resource_name=found.resource_name,
            resource_tags=found.resource_tags,
            region=found.region,
            command=found.command,
            further_commands=found.further_commands,
            account_id=account.id,
            account_name=account.name,
            account_email=account.email,
            account_organizational_unit=account.organizational_unit,
            account_organizational_unit_id=account.organizational_unit_id,
            account_organization_id=account.organization_id,
            account_organization_arn=account.organization_arn,
            account_tags=account.tags,
            auth_method=account.auth_method,
            partition=account.partition,
        )

    def _pattern(self, check_id: str) -> Finding:
        made = self._known[check_id] = finding(self._checks[check_id], _NOBODYS, Pass(""), self._time, self._frameworks)
        return made


_NOBODYS = Subject(Account(id=""), "", "", "", "", {})
