"""What survives a failure or a mistake: several zones, backups, protection against deletion."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler.declarations.checks import Fail, Manual, Pass, Severity, Verdict
from aioprowler.judging.verdicts import has, is_, pass_if


def in_several_zones(label: str, zones: Iterable[str], minimum: int = 2) -> Pass | Fail:
    """PASS where it is in so many different availability zones, given by name or by anything else that is one a zone.

    Without a minimum two are enough. FAIL also names what there is.
    """
    names = sorted(set(zones))
    named = ", ".join(names) or "none"
    told = f"{label} is in {len(names)} availability zone{'' if len(names) == 1 else 's'}"
    return pass_if(len(names) >= minimum, f"{told}: {named}.", f"{told} ({named}), fewer than {minimum}.")


def keeps_backups(label: str, days: int, minimum: int = 1, *, too_few: Severity | None = None) -> Pass | Fail:
    """PASS where automated backups are kept for as many days as wanted; 0 days: there are none. `too_few`: the severity
    of having some, and not for so long.
    """
    if not days:
        return Fail(f"{label} has no automated backups.")
    told = f"{label} keeps automated backups for {days} days"
    return Pass(f"{told}.") if days >= minimum else Fail(f"{told}, fewer than {minimum}.", severity=too_few)


def in_backup_plan(label: str, selected: bool | None) -> Verdict:
    """PASS where a plan of AWS Backup selects it; None: its tags decide, and are not known."""
    if selected is None:
        return Manual(f"{label} is selected by a backup plan or not according to its tags, which are not known here.")
    return pass_if(selected, f"{label} is selected by a backup plan.", f"{label} is not selected by any backup plan.")


def protected_from_deletion(label: str, on: bool) -> Pass | Fail:
    """PASS where AWS refuses to delete it until somebody turns the protection off."""
    return has(label, "deletion protection", on)


def multi_az(label: str, on: bool) -> Pass | Fail:
    """The same of what only says whether it is in several zones."""
    return is_(label, "in several availability zones", on)
