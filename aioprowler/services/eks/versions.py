"""How long EKS supports each version of Kubernetes."""

from __future__ import annotations

import datetime
from typing import Final

from aioprowler.judging.versions import EndOfLife, numbers

SUPPORT_ENDS: Final[EndOfLife] = {
    "1.23": datetime.date(2024, 10, 11),
    "1.24": datetime.date(2025, 1, 31),
    "1.25": datetime.date(2025, 5, 1),
    "1.26": datetime.date(2025, 6, 11),
    "1.27": datetime.date(2025, 7, 24),
    "1.28": datetime.date(2025, 11, 26),
    "1.29": datetime.date(2026, 3, 23),
    "1.30": datetime.date(2026, 7, 23),
    "1.31": datetime.date(2026, 11, 26),
    "1.32": datetime.date(2027, 3, 23),
    "1.33": datetime.date(2027, 7, 29),
    "1.34": datetime.date(2027, 12, 2),
    "1.35": datetime.date(2028, 3, 27),
}
"""The last day of extended support: later ones than that have a cluster updated by EKS without being asked.

The release calendar of https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, as of 2026-02; rows
that it has dropped since are from its earlier states.
"""

NEWEST: Final = list(SUPPORT_ENDS)[-1]


def is_later(version: str) -> bool:
    """Whether it came after all that the table knows. Each version is supported for 26 months from its own release, and
    so for longer than those before it.
    """
    found, newest = numbers(version), numbers(NEWEST)
    return found is not None and newest is not None and found > newest
