"""Which checks are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from aioprowler.compliance.own import id_of


class Selection(Struct, frozen=True, kw_only=True):
    """Which checks, of which resources. Without any condition, all."""

    checks: Sequence[str] | None = None
    services: Sequence[str] | None = None
    severities: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    frameworks: Sequence[str] | None = None
    """Of those, only checks that are evidence for these compliance frameworks."""
    compliance_files: Sequence[Path] = ()
    """Likewise, for those of these files, which are in one of Prowler's JSON forms."""
    excluded_checks: Sequence[str] = ()
    excluded_services: Sequence[str] = ()
    resource_groups: Sequence[str] | None = None
    """`storage`, `network`, `compute`, ...: what the checks' resources belong to."""
    resource_arns: Sequence[str] = ()
    """Only these resources; `*` and `?` stand for anything within a part of the ARN."""
    resource_tags: Sequence[str] = ()
    """Only resources with all of these tags: `KEY=VALUE`, or `KEY` for any value."""

    @property
    def chosen_frameworks(self) -> tuple[str, ...]:
        """Those that are named, and those of the files."""
        return (*(self.frameworks or ()), *map(id_of, self.compliance_files))
