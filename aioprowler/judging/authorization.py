"""APIs: whether they let in only whom they know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from aioprowler.declarations.checks import Fail, Pass, Verdict
from aioprowler.judging.verdicts import unknown

OPEN: Final = "NONE"
"""What an API's method or route asks of who calls where it asks nothing."""


def authorized(label: str, what: str, asked: Mapping[str, str], known: Collection[str]) -> Verdict:
    """The verdict on an API without an authorizer. `asked` is what its methods or routes (`what`) ask of who calls, by
    their names: PASS where there are some and each asks something that is `known`, MANUAL where it is not.
    """
    if not asked:
        return Fail(f"{label} has no authorizer, nor {what} that demand authorization.")
    if unauthorized := ", ".join(name for name, word in asked.items() if word == OPEN):
        return Fail(f"{label} has no authorizer, and these {what} are open to all: {unauthorized}.")
    if strange := next((word for word in asked.values() if word not in known), None):
        return unknown(label, f"{what} with authorization", strange)
    return Pass(f"{label} has no authorizer, and all its {what} demand authorization.")
