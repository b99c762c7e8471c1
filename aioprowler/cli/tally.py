"""How many findings of which kind there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aioprowler.findings.causes import Causes
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding


class Tally:
    """Findings counted by service, status and severity, and failures by cause; muted ones as a status of their own."""

    def __init__(self, *, selects: bool = False) -> None:
        """`selects`: only findings of some statuses arrive here."""
        self.selects = selects
        self.causes = Causes()
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, findings: Sequence[Finding]) -> None:
        """Muted findings count as muted, whatever their status."""
        self.causes.add(findings)
        for each in findings:
            self.counts[each.service, each.outcome, each.severity] += 1

    @property
    def services(self) -> list[str]:
        """Those with findings, in alphabetical order."""
        return sorted({service for service, _, _ in self.counts})

    @property
    def total(self) -> int:
        """Findings of all services and outcomes."""
        return self.counts.total()

    def hidden_from(self, coverage: Coverage) -> int:
        """Findings of other statuses."""
        return coverage.total_findings - self.total if self.selects else 0

    def count(self, service: str | None, status: str, severity: str | None = None) -> int:
        """Findings of the service with this outcome (a status, or `muted`) and severity; None stands for all."""
        return sum(
            number
            for (of, as_, how), number in self.counts.items()
            if service in (None, of) and status == as_ and severity in (None, how)
        )
