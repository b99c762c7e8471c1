"""The sentences that most verdicts are: a subject has something or not, is something or not, is set to a known word.

Each function takes the subject as findings call it (`SNS topic alerts`) and returns the verdict. What AWS left out is
for the caller to fill in with the default that AWS documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, TypeVar

from msgspec import structs

from aioprowler.declarations.checks import Fail, Manual, Pass, Severity, Verdict
from aioprowler.declarations.commands import Named
from aioprowler.declarations.failure import UnreadableError
from aioprowler.declarations.resources import Resource

T = TypeVar("T")
V = TypeVar("V", Pass, Fail, Manual, Pass | Fail, Verdict)

ON: Final = frozenset({"enabled", "enable", "on", "true"})
OFF: Final = frozenset({"disabled", "disable", "off", "false", "none"})
"""How AWS spells that something is switched on or off, in whichever case; states on the way there are in neither."""


def told(member: T | None, what: str) -> T:
    """What AWS always sends in a part of a reply. Raises UnreadableError where it did not: who asks is MANUAL."""
    if member is None:
        raise UnreadableError(f"AWS did not tell {what}")
    return member


def pass_if(good: bool, passed: str, failed: str) -> Pass | Fail:
    """PASS with the one sentence where the state is good, else FAIL with the other."""
    return Pass(passed) if good else Fail(failed)


def has(label: str, feature: str, present: bool) -> Pass | Fail:
    """PASS where the subject has the feature: `RDS instance db has deletion protection.`"""
    return pass_if(present, f"{label} has {feature}.", f"{label} does not have {feature}.")


def has_no(label: str, flaw: str, present: bool) -> Pass | Fail:
    """PASS where the subject does not have the flaw: `Role x does not have the policy ReadOnlyAccess.`"""
    return pass_if(not present, f"{label} does not have {flaw}.", f"{label} has {flaw}.")


def is_(label: str, state: str, holds: bool) -> Pass | Fail:
    """PASS where the state, which is good, holds: `Elastic IP address 1.2.3.4 is in use.`"""
    return pass_if(holds, f"{label} is {state}.", f"{label} is not {state}.")


def is_not(label: str, state: str, holds: bool) -> Pass | Fail:
    """PASS where the state, which is bad, does not hold: `EBS snapshot snap-1 is not public.`"""
    return pass_if(not holds, f"{label} is not {state}.", f"{label} is {state}.")


def enabled(label: str, feature: str, state: bool | str) -> Verdict:
    """PASS where the feature is switched on, MANUAL where its state is a word that says neither on nor off."""
    on = state if isinstance(state, bool) else switched(state)
    return unknown(label, feature, str(state)) if on is None else has(label, f"{feature} enabled", on)


def switched(word: str) -> bool | None:
    """Whether a word of AWS's means on; None where it is neither a word for on nor one for off."""
    folded = word.casefold()
    return True if folded in ON else False if folded in OFF else None


def is_set_to(label: str, setting: str, value: str, *, good: Collection[str], bad: Collection[str]) -> Verdict:
    """PASS for a good value, FAIL for a bad one, in whichever case; MANUAL for one that nobody knew of."""
    text = f"{label} has {setting} {value}."
    if _among(value, good):
        return Pass(text)
    return Fail(text) if _among(value, bad) else unknown(label, setting, value)


def _among(value: str, values: Iterable[str]) -> bool:
    return value.casefold() in {each.casefold() for each in values}


def unknown(label: str, setting: str, value: str) -> Manual:
    """The verdict on a value that AWS has introduced since: not known to be good, and not known to be bad."""
    return Manual(f"{label} has {setting} {value}, a value that is not known here: look what it means.")


def lacks_none(label: str, what: str, wanted: Iterable[str], present: Collection[str]) -> Pass | Fail:
    """PASS where all that is wanted is there; FAIL names what is missing, PASS what was wanted."""
    names = list(wanted)
    missing = [name for name in names if name not in present]
    return pass_if(
        not missing, f"{label} has {what} {', '.join(names)}.", f"{label} lacks {what} {', '.join(missing)}."
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole by those on its parts, of which there is at least one: FAIL before MANUAL before PASS,
    with the sentences of all that say so, and what they name.
    """
    found = list(verdicts)
    kind = next(kind for kind in (Fail, Manual, Pass) if any(isinstance(each, kind) for each in found))
    worse = [each for each in found if isinstance(each, kind)]
    names = tuple(named for each in worse for named in each.names)
    return kind(" ".join(dict.fromkeys(each.detail for each in worse)), names=names)


def at_severity(verdict: V, severity: Severity) -> V:
    """The verdict at another severity than its check's."""
    return structs.replace(verdict, severity=severity)


def about(
    verdict: V,
    resource_id: str | None = None,
    resource_arn: str | None = None,
    resource: Resource | None = None,
    **names: str,
) -> V:
    """The verdict as one about a part of its subject, or about something beside it: by its id and ARN, or as the
    resource that it is. `names` are what its command calls it: `stage="prod"` is `<your-stage>`.
    """
    return structs.replace(
        verdict,
        resource_id=resource_id,
        resource_arn=resource_arn,
        resource=resource,
        names=(names,) if names else verdict.names,
    )


def naming(verdict: V, *things: Named) -> V:
    """The verdict with what placeholders of its command stand for, for each thing that is to be mended."""
    return structs.replace(verdict, names=things)
