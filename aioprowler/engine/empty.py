"""What an account costs that has nothing in it: the calls that are made before, and without, any resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aioprowler.declarations.graph import is_global, lineage, reads, scope, source_of
from aioprowler.declarations.parameters import LISTED, Parameter
from aioprowler.declarations.sources import Function, Listing, Operation
from aioprowler.engine.plan import Plan, PlannedOperation


def calls_of_nothing(plan: Plan) -> tuple[PlannedOperation, ...]:
    """A call each, once per `account` or `region`: the listings of what is judged, and what the checks of the account
    and its regions read. The same operation is there as often as it is asked with other parameters.

    At least so many: an `@source` function counts with its first operation alone, for what the others are asked about
    may not be there, and not at all where it is given what is listed, or reads what may be absent; and a gate counts as
    shut.
    """
    counted = _Counted()
    for subject in (plan.account, plan.region):
        for each in subject.checks:
            counted.read(each.arguments)
    for root in plan.roots:
        if root.gates:
            counted.read(gate for gates in root.gates for gate in gates)
        elif any(root.checks_below()):
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
        question = source.question if isinstance(source, Listing) and source.shared else kind
        if question in self._seen:
            return
        self._seen.add(question)
        self.calls += [PlannedOperation(operation, per) for operation in _certain(kind)]
        self.read(reads(kind))


def _certain(kind: Any) -> tuple[Operation, ...]:
    """What is asked in any case."""
    source = source_of(kind)
    if getattr(source, "when", None):
        return ()
    if isinstance(source, Function):
        is_certain = not any(each.none_ok or each.kind in LISTED for each in reads(kind))
        return source.operations[:1] if is_certain else ()
    return (source.operation,) if source else ()
