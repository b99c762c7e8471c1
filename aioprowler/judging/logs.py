"""Logging: whether something writes a log, where to, which kinds of it, and how much."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from aioprowler.declarations.checks import Fail, Pass, Verdict
from aioprowler.judging.verdicts import is_set_to, pass_if

LEVELS: Final = frozenset({"ALL", "BASIC", "DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "TRANSFER", "WARN"})
"""At which API Gateway, AppSync, DataSync and Step Functions log."""

NO_LEVELS: Final = frozenset({"NONE", "OFF"})


def logs(label: str, what: str, on: bool) -> Pass | Fail:
    """PASS where it logs: `Client VPN endpoint x logs connections.`"""
    return pass_if(on, f"{label} logs {what}.", f"{label} does not log {what}.")


def logs_to(label: str, what: str, targets: Iterable[str]) -> Pass | Fail:
    """PASS where there is some place that it logs to, which the verdict names: `... logs access to bucket b.`"""
    named = ", ".join(targets)
    return Pass(f"{label} logs {what} to {named}.") if named else logs(label, what, False)


def sends_logs(label: str, to: str, kinds: Iterable[str]) -> Pass | Fail:
    """PASS where it sends some of its logs to a service, which ones the verdict says."""
    named = ", ".join(kinds)
    return pass_if(bool(named), f"{label} sends its logs to {to}: {named}.", f"{label} sends no logs to {to}.")


def sends_every_log(label: str, to: str, wanted: Iterable[str], kinds: Collection[str]) -> Pass | Fail:
    """PASS where it sends all the logs that are wanted; FAIL names those that it does not send."""
    missing = [kind for kind in wanted if kind not in kinds]
    if missing:
        return Fail(f"{label} does not send these logs to {to}: {', '.join(missing)}.")
    return sends_logs(label, to, sorted(kinds))


def logs_at(label: str, what: str, level: str) -> Verdict:
    """PASS at each level that writes something, FAIL where it is off, MANUAL at a level that is not known."""
    return is_set_to(label, f"{what} at level", level, good=LEVELS, bad=NO_LEVELS)
