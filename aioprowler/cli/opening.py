"""The beginning of a scan, for a person: who is scanned, where, by which checks, and how they are told to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aioprowler.cli.tables import broken, counted

if TYPE_CHECKING:
    from aioprowler.scanning import Scan


def opening(scan: Scan, read: Mapping[str, str], width: int | None) -> Iterator[str]:
    """Lines, nothing of which is cut. `read`: what is taken from files of the user's -> where; empty for what is not.
    `width`: of the terminal, if it is one.

    To be asked for once the first account was entered, or none could be.
    """
    checks = scan.plan.checks
    services = {each.service for each in checks}
    told = {
        "accounts": _whom(scan),
        "entered with": _entrance(scan),
        "regions": _regions(scan),
        "checks": f"{len(checks):,}, in {counted(len(services), 'service')}",
        **({"workers": f"{scan.progress.workers or 0:,}, {scan.crew.place}"} if scan.crew else {}),
        **{what: where or _NONE.get(what, "none") for what, where in read.items()},
    }
    indent = max(map(len, told)) + 2
    for what, text in told.items():
        first, *others = broken(text, indent, width)
        yield f"{what:<{indent}}{first}"
        yield from (" " * indent + line for line in others)


_NONE = {"configuration": "the defaults"}
"""What there is where nothing is read; else there is none."""


def _whom(scan: Scan) -> str:
    """The account; of several the first that was entered, and which the others are."""
    options, first = scan.options, scan.progress.first
    named = f"{first.id} {first.name}".strip() if first else "none could be entered so far"
    if options.organization is not None:
        return f"{named}, and the others of its organization that were chosen"
    many = len(options.members or options.accounts or options.credentials)
    return f"{named}, and {many - 1:,} more" if many > 1 else named


def _entrance(scan: Scan) -> str:
    options = scan.options
    has_own = scan.crew is not None and not scan.crew.is_sent_credentials
    base = "credentials of the workers' own" if has_own else options.credentials[0].describe()
    if options.organization is not None:
        return f"role {options.organization.role} in each account, through {base}"
    if options.members:
        roles = ", ".join(dict.fromkeys(each.role for each in options.members))
        return f"role {roles} in each account, through {base}"
    return ", ".join(each.describe() for each in options.credentials)


def _regions(scan: Scan) -> str:
    options, first = scan.options, scan.progress.first
    if options.regions:
        kept = [each for each in options.regions if each not in options.excluded_regions]
        return ", ".join(kept)
    regions = first.scanned_regions if first else ()
    without = f", without {', '.join(options.excluded_regions)}" if options.excluded_regions else ""
    return f"all that an account has enabled{without}; here {len(regions)}: {', '.join(regions)}"
