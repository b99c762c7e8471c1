"""Which checks are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Selection(Struct, frozen=True, kw_only=True):
    """Which checks, of which resources. Without any condition, all."""

    checks: Sequence[str] | None = None
    services: Sequence[str] | None = None
    severities: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    frameworks: Sequence[str] | None = None
    """Of those, only checks that are evidence for these compliance frameworks."""
    excluded_checks: Sequence[str] = ()
    excluded_services: Sequence[str] = ()
    resource_groups: Sequence[str] | None = None
    """`storage`, `network`, `compute`, ...: what the checks' resources belong to."""
    resource_arns: Sequence[str] = ()
    """Only these resources; `*` and `?` stand for anything within a part of the ARN."""
    resource_tags: Sequence[str] = ()
    """Only resources with all of these tags: `KEY=VALUE`, or `KEY` for any value."""
