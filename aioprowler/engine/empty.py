"""What an account costs that has nothing in it: the calls that are made before, and without, any resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aioprowler.declarations.graph import is_global, lineage, reads, scope, source_of
from aioprowler.declarations.parameters import LISTED, Parameter
from aioprowler.declarations.sources import Function
from aioprowler.engine.plan import Plan, PlannedOperation


def calls_of_nothing(plan: Plan) -> tuple[PlannedOperation, ...]:
    """A call each, once per `account` or `region`: the listings of what is judged, and what the checks of the account
    and its regions read. The same operation is there as often as it is asked with other parameters.

    At least so many: an `@source` function counts with one call for each of its operations, but as one that asks about
    nothing where it is given what is listed; and a gate as shut.
    """
    counted = _Counted()
    for subject in (plan.account, plan.region):
        for each in subject.checks:
            counted.read(each.arguments)
    for root in plan.roots:
        if any(root.checks_below()):
            counted.list(root.type)
    return tuple(sorted(counted.calls))


class _Counted:
    def __init__(self) -> None:
        self.calls: list[PlannedOperation] = []
        self._seen: set[Any] = set()

    def read(self, parameters: Iterable[Parameter]) -> None:
        for parameter in parameters:
            if parameter.kind in LISTED:
                self.list(parameter.type)
            elif parameter.kind in ("facet", "derived"):
                self._ask(parameter.type, scope(parameter.type))

    def list(self, kind: Any) -> None:
        """Of children nothing, where there are no parents."""
        first = lineage(kind)[-1]
        self._ask(first, "account" if is_global(first) else "region")

    def _ask(self, kind: Any, per: str) -> None:
        source = source_of(kind)
        if kind in self._seen or getattr(source, "when", None):
            return
        self._seen.add(kind)
        wanted = reads(kind)
        if isinstance(source, Function):
            operations = [] if any(each.kind in LISTED for each in wanted) else list(source.operations)
        else:
            operations = [source.operation] if source else []
        self.calls += [PlannedOperation(operation, per) for operation in operations]
        self.read(wanted)
