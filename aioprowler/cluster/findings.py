"""Findings as they were before they went over the wire."""

from __future__ import annotations

from collections.abc import Sequence

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

    def filled(self, found: Sequence[Found], account: Account) -> list[Finding]:
        """Findings in an account, as `engine.judge.finding` made them."""
        own = {check_id: self._of(check_id, account) for check_id in {each.check_id for each in found}}
        return [
            replace(
                own[each.check_id],
                uid=each.uid,
                status=each.status,
                status_detail=each.status_detail,
                gap=each.gap,
                severity=each.severity,
                resource_id=each.resource_id,
                resource_arn=each.resource_arn,
                resource_name=each.resource_name,
                resource_tags=each.resource_tags,
                region=each.region,
                command=each.command,
                further_commands=each.further_commands,
            )
            for each in found
        ]

    def _of(self, check_id: str, account: Account) -> Finding:
        """With all that the account says as well: what it has of a check are many, and come together."""
        return replace(
            self._known.get(check_id) or self._pattern(check_id),
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
