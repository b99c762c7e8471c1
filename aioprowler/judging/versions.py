"""Versions of software: which ones are still supported, and which ones are new enough."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from aioprowler.declarations.checks import Manual, Pass, Verdict
from aioprowler.judging.verdicts import pass_if

EndOfLife: TypeAlias = Mapping[str, datetime.date | None]
"""Version, as AWS names it -> the last day of its support; None: no such day has been announced.

A table lies with its service, and says from which page and day it is."""

_NUMBERS: Final = re.compile(r"v?(\d{1,18}(?:\.\d{1,18})*)(?:[-+ ].*)?", re.IGNORECASE | re.DOTALL)


def supported(label: str, product: str, version: str, table: EndOfLife, now: datetime.datetime) -> Verdict:
    """PASS where the version is in its support, FAIL where that has ended, MANUAL where the table lacks the version."""
    running = f"{label} runs {product} {version}"
    if version not in table:
        return Manual(f"{running}, whose support is not known here: look whether it has ended.")
    end = table[version]
    if end is None:
        return Pass(f"{running}, which is supported.")
    return pass_if(
        now.date() <= end, f"{running}, which is supported until {end}.", f"{running}, whose support ended on {end}."
    )


def numbers(version: str) -> tuple[int, ...] | None:
    """`1.10.2`, `v1.10.2-build` -> (1, 10, 2), to be compared; None where it does not begin with numbers."""
    found = _NUMBERS.fullmatch(version)
    return tuple(map(int, found[1].split("."))) if found else None


def at_least(label: str, product: str, version: str, minimum: str) -> Verdict:
    """PASS where the version is the minimum or later, MANUAL where it is not numbers; 1.29 comes before 1.30."""
    running, wanted = numbers(version), numbers(minimum)
    if running is None or wanted is None:
        return Manual(f"{label} runs {product} {version}, which cannot be compared with {minimum}.")
    told = f"{label} runs {product} {version}"
    length = max(len(running), len(wanted))
    return pass_if(_padded(running, length) >= _padded(wanted, length), f"{told}.", f"{told}, older than {minimum}.")


def _padded(version: tuple[int, ...], length: int) -> tuple[int, ...]:
    """1.30 and 1.30.0 are the same version."""
    return version + (0,) * (length - len(version))
