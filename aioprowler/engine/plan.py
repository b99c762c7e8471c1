"""From the types that the selected checks name to what must be asked of AWS. Pure; computed once per scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from aioprowler.catalog import AnyCheck, config_of
from aioprowler.compliance.frameworks import Frameworks
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.errors import DeclarationError, refuse
from aioprowler.declarations.graph import (
    is_global,
    lineage,
    listed_of,
    listing_reads,
    maker,
    owners,
    reads,
    scope,
    source_of,
)
from aioprowler.declarations.parameters import LISTED, Parameter, derivation, parameters
from aioprowler.declarations.resources import Resource, check_identity
from aioprowler.declarations.sources import Batch, Function, Listing, Operation, Source
from aioprowler.engine.overrides import Override
from aioprowler.engine.refusals import check_check, check_source


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """A check and what it is called with."""

    check: AnyCheck
    arguments: tuple[Parameter, ...]
    overridden: frozenset[str] = frozenset()
    """Configuration keys that it reads and some override sets."""


_SHARED = {*LISTED, "facet", "derived"}


@dataclass(slots=True, eq=False)
class SubjectPlan:
    """What is done with each subject of one type."""

    type: Any
    checks: list[CheckPlan] = field(default_factory=list)
    nodes: dict[Any, tuple[Any, ...]] = field(default_factory=dict)
    """Facets and derived values of the subject -> those of them that they read."""
    children: list[SubjectPlan] = field(default_factory=list)
    batches: list[Any] = field(default_factory=list)
    located_by: list[Any] = field(default_factory=list)
    """Nodes that tell the subject's region."""
    stages: list[list[Any]] = field(default_factory=list)
    """The other nodes, each stage reading only earlier ones."""
    shared: list[Parameter] = field(default_factory=list)
    """What its checks read besides: what is listed, and values of the region and the account."""
    gates: list[list[Parameter]] = field(default_factory=list)
    """For each check, here and below, the gated facets of the account or region without which it does not apply. Empty
    where some check has none.
    """
    retained: frozenset[Any] = frozenset()
    """Types of which judging a subject reads all that were listed, directly or through a value."""

    def checks_below(self) -> Iterator[CheckPlan]:
        """Its checks and its children's: all that go unanswered when it cannot be listed."""
        yield from self.checks
        for child in self.children:
            yield from child.checks_below()

    def types_below(self) -> Iterator[Any]:
        """Its type and its children's."""
        yield self.type
        for child in self.children:
            yield from child.types_below()

    def settle(self) -> None:
        """Order the nodes once all are known."""
        depths: dict[Any, int] = {}

        def depth(node: Any) -> int:
            if node not in depths:
                depths[node] = max((depth(other) + 1 for other in self.nodes[node] if other in self.nodes), default=0)
            return depths[node]

        read = {p.key for each in self.checks for p in each.arguments}.union(*self.nodes.values())
        made = [node for node in self.nodes if node in read or node not in self.located_by]
        self.batches = [node for node in made if isinstance(source_of(node), Batch)]
        for node in sorted((node for node in made if node not in self.batches), key=depth):
            while len(self.stages) <= depth(node):
                self.stages.append([])
            self.stages[depth(node)].append(node)
        self.stages = [stage for stage in self.stages if stage]
        wanted = {p.key: p for each in self.checks for p in self.needs(each)}
        self.shared = list(wanted.values())
        self.located_by.sort(key=depth)

    def find_gates(self) -> None:
        """Note what decides, before anything is listed, that there is nothing to judge."""
        found = [[p for p in each.arguments if _is_gate(p)] for each in self.checks_below()]
        self.gates = found if all(found) else []

    def needs(self, each: CheckPlan) -> list[Parameter]:
        """What one of its checks reads besides what is made for the subject itself."""
        return [p for p in each.arguments if p.kind in _SHARED and p.key not in self.nodes]


def _is_gate(parameter: Parameter) -> bool:
    """Whether a check does not apply where this value is not asked for, which its subject has no say in."""
    gated = parameter.kind == "facet" and getattr(source_of(parameter.type), "when", None) is not None
    return gated and not parameter.none_ok and scope(parameter.type) != "subject"


@dataclass(frozen=True, slots=True, order=True)
class PlannedOperation:
    """An operation, and for each of what it is called."""

    operation: Operation
    per: str
    """`account`, `region`, or the name of a resource type; of a batch, with its size."""


@dataclass(frozen=True)
class Plan:
    """All that a scan of one account does."""

    checks: tuple[AnyCheck, ...]
    account: SubjectPlan
    region: SubjectPlan
    roots: tuple[SubjectPlan, ...]
    """Resource types that are listed by themselves: those without parents, and retained ones."""
    subjects: Mapping[Any, SubjectPlan]
    retained: frozenset[Any]
    operations: tuple[PlannedOperation, ...]
    settings: Mapping[str, Any] = field(repr=False)
    """Configuration key -> its value, of every function that runs. Some are keys to services."""
    overrides: tuple[Override, ...] = field(default=(), repr=False)
    """What of them is set otherwise somewhere."""
    readers: Mapping[str, frozenset[Any]] = field(default_factory=dict, repr=False)
    """Configuration key -> the types of subjects for which it is read: once for each of them."""
    frameworks: Frameworks = field(default_factory=Frameworks, repr=False)
    """For whose requirements checks are evidence."""

    @cached_property
    def units(self) -> dict[str, Any]:
        """Check id -> the type in whose units the check is asked: its subject's, or of children the ancestor's."""
        return {each.check.id: unit.type for unit in self._units() for each in unit.checks_below()}

    def with_operation(self, operation: Operation, per: str) -> Plan:
        """The same, with an operation that no check asks for."""
        return replace(self, operations=tuple(sorted({*self.operations, PlannedOperation(operation, per)})))

    def _units(self) -> tuple[SubjectPlan, ...]:
        return (self.account, self.region, *self.roots)


def make_plan(
    checks: Iterable[AnyCheck],
    config: Mapping[str, Any],
    overrides: tuple[Override, ...] = (),
    frameworks: Frameworks = Frameworks(),  # noqa: B008 - never changed
    *,
    proven: bool = False,
) -> Plan:
    """Raises DeclarationError for a check, or for a type that it names, which cannot be supplied.

    Where all of them are `proven`, by a test or an earlier plan, what each declaration says by itself is not looked
    into again.
    """
    made = _Planner(config, overrides, proven=proven).plan(tuple(checks))
    return replace(made, frameworks=frameworks)


class _Planner:
    def __init__(self, config: Mapping[str, Any], overrides: tuple[Override, ...], *, proven: bool) -> None:
        self.config = config
        self.overrides = overrides
        self.proven = proven
        self.subjects: dict[Any, SubjectPlan] = {Account: SubjectPlan(Account), Region: SubjectPlan(Region)}
        self.retained: set[Any] = set()
        self.operations: set[PlannedOperation] = set()
        self.scoped: set[Any] = set()
        self.values: set[Any] = set()
        self.settings: dict[str, Any] = {}
        self.readers: dict[str, frozenset[Any]] = {}

    def plan(self, checks: tuple[AnyCheck, ...]) -> Plan:
        for check in checks:
            try:
                self._check(check)
            except DeclarationError:
                raise
            except Exception as error:  # a mistake that nobody has foreseen is told with its file as well
                raise refuse(check.function, f"it cannot be planned ({type(error).__name__}: {error}).") from error
        resources = [plan for kind, plan in self.subjects.items() if kind not in (Account, Region)]
        roots = [plan for plan in resources if plan.type in self.retained or listed_of(plan.type) is None]
        for plan in resources:
            if plan not in roots:
                self.subjects[listed_of(plan.type)].children.append(plan)
        for plan in self.subjects.values():
            plan.settle()
        self._refuse_waiting()
        for plan in self.subjects.values():
            plan.retained = self._read_by(plan)
            plan.find_gates()
            plan.checks.sort(key=lambda each: bool(self._waited_for(each.arguments)))
        return Plan(
            checks=checks,
            account=self.subjects[Account],
            region=self.subjects[Region],
            roots=tuple(roots),
            subjects=self.subjects,
            retained=frozenset(self.retained),
            operations=tuple(sorted(self.operations)),
            settings=self.settings,
            overrides=self.overrides,
            readers=self.readers,
        )

    def _read_by(self, plan: SubjectPlan) -> frozenset[Any]:
        """The retained types behind a subject: itself, its children, and what its checks and nodes ask for."""
        asked = [p for each in plan.checks for p in each.arguments] + [p for node in plan.nodes for p in reads(node)]
        found = {plan.type} & self.retained
        found |= self._waited_for([*asked, *reads(plan.type), *listing_reads(plan.type)])
        return frozenset(found).union(*(self._read_by(child) for child in plan.children))

    def _waited_for(self, wanted: Iterable[Parameter]) -> set[Any]:
        """The retained types that values of these parameters take, with those that listing them takes."""
        todo, found, seen = list(wanted), set[Any](), set[Any]()
        while todo:
            parameter = todo.pop()
            if parameter.kind in LISTED:
                for kind in lineage(parameter.type):
                    if kind not in found:
                        found.add(kind)
                        todo += [*reads(kind), *listing_reads(kind)]
            elif parameter.kind in ("facet", "derived") and parameter.type not in seen:
                seen.add(parameter.type)
                todo += reads(parameter.type)
        return found

    def _refuse_waiting(self) -> None:
        """Raises DeclarationError for a listing that waits for itself."""
        for kind in self.retained:
            if kind in self._waited_for(p for each in lineage(kind) for p in [*reads(each), *listing_reads(each)]):
                raise refuse(kind, f"listing it reads all of {kind.__name__} itself; take that out.")

    def _check(self, check: AnyCheck) -> None:
        if not check.parameters or check.subject.kind not in ("resource", "account", "region"):
            raise refuse(check.function, "its first parameter is what it judges: a Resource, Account or Region.")
        subject = self._subject(check.subject.type)
        for parameter in check.parameters:
            self._need(subject, parameter, check.function)
        if not self.proven:
            check_check(check)
        subject.checks.append(CheckPlan(check, check.parameters, self._overridden(check)))

    def _overridden(self, check: AnyCheck) -> frozenset[str]:
        keys = {key for each in self.overrides for key in each.settings}
        return frozenset(key.name for key in config_of(check) if key.name in keys) if keys else frozenset()

    def _subject(self, kind: Any) -> SubjectPlan:
        """The plan of a type, with what it takes to list and to locate its resources."""
        if kind in self.subjects:
            return self.subjects[kind]
        source = source_of(kind)
        if not isinstance(source, Listing | Function):
            raise refuse(kind, "declare how it is listed: source = listing(...).")
        check_identity(kind)
        if not self.proven:
            check_source(kind)
        plan = self.subjects[kind] = SubjectPlan(kind)
        parent = listed_of(kind)
        if parent is not None:
            self._subject(parent)
        per = parent.__name__ if parent else "account" if is_global(kind) else "region"
        self._operate(source, per)
        if isinstance(source, Listing):
            self._operate(source.detail, kind.__name__)
            self._listing(plan, source)
        else:
            for parameter in reads(kind):
                self._need(self.subjects[Account if is_global(kind) else Region], parameter, source.function)
        return plan

    def _listing(self, plan: SubjectPlan, source: Listing) -> None:
        if source.limit:
            self._read(self.subjects[Account if is_global(plan.type) else Region], source.limit)
        if source.when and source.of is None:
            raise refuse(plan.type, "a gate of a listing reads its parent: add of=..., or leave out when=.")
        if source.when:
            self._read(self.subjects[source.of], source.when)
        if source.region:
            self._read(plan, source.region)
            plan.located_by = list(plan.nodes)

    def _read(self, subject: SubjectPlan, function: Callable[..., Any]) -> None:
        for parameter in parameters(function):
            self._need(subject, parameter, function)

    def _need(self, subject: SubjectPlan, parameter: Parameter, reader: Callable[..., Any]) -> None:
        match parameter.kind:
            case "all" | "seen" | "here":
                self._retain(subject, parameter, reader)
            case "facet" | "derived":
                self._value(subject, parameter, reader)
            case "resource":
                if parameter.type not in lineage(subject.type):
                    hint = f"say All[{parameter.type.__name__}] or Here[{parameter.type.__name__}]"
                    raise refuse(reader, f"the parameter {parameter.name}: a {parameter.type.__name__} is neither what "
                                 f"is judged nor a parent of it; {hint}.")  # fmt: skip
            case "config":
                self.settings[parameter.name] = self.config.get(parameter.name, parameter.default)
                self.readers[parameter.name] = self.readers.get(parameter.name, frozenset()) | {subject.type}
            case "region" if subject.type is Account:
                raise refuse(reader, f"the parameter {parameter.name}: an account has many regions.")
            case "tool":
                raise refuse(reader, f"the parameter {parameter.name}: only an @source function is given a tool.")

    def _retain(self, subject: SubjectPlan, parameter: Parameter, reader: Callable[..., Any]) -> None:
        kind = parameter.type
        if not (isinstance(kind, type) and issubclass(kind, Resource)):
            raise refuse(
                reader, f"the parameter {parameter.name}: All[...], Seen[...] and Here[...] take a Resource type."
            )
        if parameter.kind == "here" and subject.type is Account:
            raise refuse(reader, f"the parameter {parameter.name}: an account has no region; say All[{kind.__name__}].")
        self._subject(kind)
        self.retained.update(each for each in lineage(kind))

    def _value(self, subject: SubjectPlan, parameter: Parameter, reader: Callable[..., Any]) -> None:
        kind = parameter.type
        if kind not in self.values:
            self.values.add(kind)
            self._refuse_value(kind)
        self._tolerance(parameter, reader)
        where = scope(kind)
        if where == "subject":
            self._node(subject, kind, reader)
        elif where == "region" and subject.type is Account:
            raise refuse(reader, f"the parameter {parameter.name}: {kind.__name__} is a region's, not an account's.")
        elif kind not in self.scoped:
            self.scoped.add(kind)
            self._operate(source_of(kind), where)
            for each in reads(kind):
                self._need(self.subjects[Account if where == "account" else Region], each, maker(kind))

    def _refuse_value(self, kind: Any) -> None:
        if derivation(kind) is None and not self.proven:
            check_source(kind)
        self._refuse_circles(kind)

    def _refuse_circles(self, kind: Any) -> None:
        todo, seen = [*reads(kind)], set[Any]()
        while todo:
            parameter = todo.pop()
            if parameter.type is kind:
                raise refuse(maker(kind), f"it takes a {kind.__name__} to make one; take that out.")
            if parameter.kind in ("facet", "derived") and parameter.type not in seen:
                seen.add(parameter.type)
                todo += reads(parameter.type)

    def _tolerance(self, parameter: Parameter, reader: Callable[..., Any]) -> None:
        source = source_of(parameter.type)
        may_be_absent = isinstance(source, Batch) or bool(getattr(source, "absent", ()))
        if may_be_absent and not parameter.none_ok:
            raise refuse(reader, f"the parameter {parameter.name}: {parameter.type.__name__} may be absent; say "
                         f"{parameter.type.__name__} | None and judge that.")  # fmt: skip
        can_be_none = may_be_absent or getattr(source, "when", None) or isinstance(source, Function)
        if parameter.none_ok and parameter.kind == "facet" and not can_be_none:
            name = parameter.type.__name__
            raise refuse(reader, f"the parameter {parameter.name}: {name} is never absent; leave out | None.")

    def _node(self, subject: SubjectPlan, kind: Any, reader: Callable[..., Any]) -> None:
        told_about = [p.type for p in owners(kind)]
        if not all(owner in lineage(subject.type) for owner in told_about):
            told = f"{kind.__name__} tells about {told_about[0].__name__}"
            raise refuse(reader, f"{told}, which is neither what is judged nor a parent of it.")
        if kind in subject.nodes:
            return
        subject.nodes[kind] = ()
        per = told_about[0].__name__
        self._operate(source_of(kind), per)
        for parameter in reads(kind):
            self._need(subject, parameter, maker(kind))
        subject.nodes[kind] = tuple(p.type for p in reads(kind) if p.kind in ("facet", "derived"))

    def _operate(self, source: Source | None, per: str) -> None:
        if isinstance(source, Batch):
            per = f"{source.size} x {per}"
        if isinstance(source, Listing):
            self.operations.add(PlannedOperation(source.operation, per))
        elif source is not None:
            self.operations.update(PlannedOperation(operation, per) for operation in source.operations)
