"""Which types a check reads: those that are declared already, and those that are to be written, as texts."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import msgspec

from aioprowler import Facet, Resource, services
from aioprowler.aws.api import pagination
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.sources import Batch, Call, Listing, Operation
from aioprowler.facts.services import title
from scripts.facts import CheckFacts, OperationFacts, check_facts, operation_facts, operations_of
from scripts.shapes import (
    TAKEN,
    Field,
    Structure,
    is_list,
    lists_of_texts,
    model,
    nearest,
    renamed,
    shape_at,
    singular,
    snake,
    structure,
    words,
)

_VERB: Final = re.compile(r"^(BatchGet|Describe|Get|List)")
_GONE: Final = re.compile(r"^([A-Za-z.]+) = gone")
_WHOLE: Final = ("call per region", "call per account")
_FACETS: Final = (*_WHOLE, "call per resource", "batch of")


@dataclass
class Declared:
    """A type that the check reads."""

    name: str
    module: str
    is_resource: bool
    fields: list[Field]
    may_be_absent: bool = False
    text: str = ""
    """Its class, and those of structures in it; empty: it is there already."""
    names: set[str] = field(default_factory=set)
    """What the text takes from `aioprowler`."""

    @property
    def classes(self) -> set[str]:
        """Its name, and those of structures in it."""
        return {self.name} | {
            inner.name for each in self.fields if each.inner for inner in (each.inner, *each.inner.inner())
        }

    @property
    def required(self) -> list[Field]:
        return [each for each in self.fields if each.is_required]


class Needs:
    """The types that a check reads, and what is left to a person."""

    def __init__(self, check_id: str) -> None:
        self.facts: CheckFacts = check_facts()[check_id]
        self.operations = operations_of(check_id)
        self.types: list[Declared] = []
        self.left: list[str] = []
        self._own = _own_services(self.facts.service)
        self._done: set[str] = set()
        """Operations whose types are found."""
        for kinds in (("listing",), ("child listing",), _FACETS):
            for each in self.operations:
                if each.service in self._own and each.kind.startswith(kinds) and str(each) not in self._done:
                    self._add(each)
        self.left += [self._elsewhere(each) for each in self.operations if str(each) not in self._done]
        self.left += [told for each in self.operations for told in _told(each)]
        if "secrets" in self.facts.categories:
            self.left.append("Say which texts are looked into, with secrets_in: CONTRIBUTING.md shows how.")

    @property
    def resources(self) -> list[Declared]:
        return [each for each in self.types if each.is_resource]

    @property
    def service(self) -> str:
        """What people call it."""
        return _short(next(each.service for each in self.operations))

    @property
    def place(self) -> str:
        """What is judged where it is no resource."""
        return "Account" if all("account" in each.kind for each in self.operations) else "Region"

    @cached_property
    def _known(self) -> dict[str, Any]:
        """Operation -> the type that is declared to come from it."""
        found: dict[str, Any] = {}
        for kind in _kinds():
            source = source_of(kind)
            for operation in source.operations if isinstance(source, Listing | Call | Batch) else ():
                found.setdefault(str(operation), kind)
        return found

    @cached_property
    def _taken(self) -> frozenset[str]:
        """Names of classes that are there already."""
        package = f"aioprowler.services.{self.facts.service}.resources"
        return TAKEN | {kind.__name__ for kind in _classes() if kind.__module__.startswith(package)}

    def _add(self, operation: OperationFacts) -> None:
        self._done.add(str(operation))
        if known := self._known.get(str(operation)):
            self._reuse(operation, _found(known))
        elif "listing" in operation.kind:
            self.types.append(self._resource(operation))
        elif operation.kind in _WHOLE or self.resources:
            self.types.append(self._facet(operation))
        else:
            self.left.append(f"It reads {operation} once per resource: declare whose facet that is.")

    def _reuse(self, operation: OperationFacts, known: Declared) -> None:
        if all(each.name != known.name for each in self.types):
            self.types.append(known)
        told = {each.told.lower() for each in known.fields}
        keys = {key.split(".")[0] for key in operation.keys if not operation.is_bare}
        if lacking := sorted(key for key in keys if key.lower() not in told):
            self.left.append(f"{known.name} is declared already, without {', '.join(lacking)}: add what you read.")

    def _elsewhere(self, operation: OperationFacts) -> str:
        known = self._known.get(str(operation))
        where = f"it is {known.__module__}.{known.__name__}" if known else "declare it in its own service's folder"
        return f"It reads {operation} as well: {where}. Take it as Here[...] or All[...]."

    # ---------------------------------------------------------------- resources
    def _resource(self, operation: OperationFacts) -> Declared:
        parent = self.resources[-1] if operation.kind.startswith("child") and self.resources else None
        detail = self._detail(operation)
        found = self._structure(singular(_VERB.sub("", operation.name)), operation)
        if detail:
            self._done.add(str(detail))
            told = {each.told for each in found.fields}
            found.fields += [each for each in self._structure(found.name, detail).fields if each.told not in told]
        if operation.is_bare:
            _begin_with_item(operation.keys[0].strip("()s").lower(), found)
        identity, arn = _named(found)
        identity.is_required = True
        found.fields = _each_once(found.fields)
        head = self._head(operation, detail or operation, found, identity, has_arn=arn is not None)
        source = [f'"{operation.service}", "{operation.name}", "{operation.result}"']
        if operation.is_bare:
            source.append(f'item="{found.fields[0].name}"')
        if parent:
            source.append(f"of={parent.name}")
        source += self._parameters(operation, parent.fields if parent else [])
        if detail:
            source.append(f"detail={self._source(detail, found.fields)}")
        return self._written(found, head, f"listing({', '.join(source)})", is_resource=True)

    def _head(
        self, operation: OperationFacts, telling: OperationFacts, found: Structure, identity: Field, *, has_arn: bool
    ) -> str:
        noun = f"{_short(operation.service)} {' '.join(words(found.name)).lower()}"
        facts = self.facts
        given = [f'id="{identity.name}", type="{facts.resource_type}", group="{facts.resource_group}", noun="{noun}"']
        if not has_arn:
            end = f"{snake(found.name).replace('_', '-')}/{{{identity.name}}}"
            given.append(f'arn="arn:{{partition}}:{operation.service}:{{region}}:{{account_id}}:{end}"')
            self.left.append(f"AWS's reply has no ARN of a {found.name}: see what such ARNs are like, and correct it.")
        gone = [code[1] for part in telling.codes.split("; ") if (code := _GONE.match(part))]
        if gone:
            given.append("gone=[" + ", ".join(f'"{code}"' for code in gone) + "]")
        if found.is_camel:
            given.append('rename="camel"')
        return f"{found.name}(Resource, {', '.join(given)})"

    def _detail(self, operation: OperationFacts) -> OperationFacts | None:
        """Where the list tells hardly more than names, the operation that tells the rest; also where no check is told
        enough by the list, and the operation tells of the same thing.
        """
        others = [
            each
            for each in self.operations
            if each.kind.startswith(("call per resource", "batch of"))
            and each.service == operation.service
            and str(each) not in {*self._known, *self._done}
        ]
        if not operation.is_bare and any(key.lower().endswith("arn") for key in operation.keys):
            noun = singular(_VERB.sub("", operation.name))
            others = [o for o in others if _VERB.sub("", o.name) == noun and {*operation.checks} <= {*o.checks}]
        found = max(others, key=lambda each: len(each.keys), default=None)
        return _as_object(found) if found else None

    def _structure(self, name: str, operation: OperationFacts) -> Structure:
        shape = shape_at(model(operation.service, operation.name).output_shape, operation.result)
        taken = self._taken | {name for each in self.types for name in each.classes}
        free = f"{self.facts.service.title()}{name}" if name in taken else name
        return structure(free, shape, () if operation.is_bare else operation.keys, taken)

    # ------------------------------------------------------------------- facets
    def _facet(self, operation: OperationFacts) -> Declared:
        operation = _as_object(operation)
        whole = operation.kind in _WHOLE
        owner = operation.kind.removeprefix("call per ").title() if whole else self.resources[-1].name
        found = self._structure(_VERB.sub("", operation.name), operation)
        rename = ', rename="camel"' if found.is_camel else ""
        source = self._source(operation, [] if whole else self.resources[-1].fields)
        made = self._written(found, f"{found.name}(Facet[{owner}]{rename})", source, is_resource=False)
        made.may_be_absent = source.startswith("batch(")
        made.names |= {owner} & TAKEN
        return made

    def _source(self, operation: OperationFacts, known: list[Field]) -> str:
        given = [f'"{operation.service}", "{operation.name}"']
        if operation.result != "@":
            given.append(f'"{operation.result}"')
        if operation.kind.startswith("batch"):
            return f"batch({', '.join([*given, *self._batched(operation, known)])})"
        given += self._parameters(operation, known)
        if pagination(Operation(operation.service, operation.name)):
            given.append("pages=True")
        return f"call({', '.join(given)})"

    def _batched(self, operation: OperationFacts, known: list[Field]) -> Iterator[str]:
        shapes = model(operation.service, operation.name)
        ids = (*operation.input, *lists_of_texts(shapes.input_shape))[0]
        key = nearest(singular(ids), known) or known[0]
        item = structure("", shape_at(shapes.output_shape, operation.result), operation.keys)
        reply = next((each.told for each in item.fields if each.told == key.told or each.name == key.name), key.told)
        yield f'ids="{ids}", owner_key="{key.name}", reply_key="{reply}"'
        yield f"size={operation.kind.removeprefix('batch of ')}"

    def _parameters(self, operation: OperationFacts, known: list[Field]) -> Iterator[str]:
        takes = model(operation.service, operation.name).input_shape
        enums = {name: getattr(shape, "enum", ()) for name, shape in (takes.members if takes else {}).items()}
        unsaid = [name for name, enum in enums.items() if not enum and nearest(name, known)][:1]
        if known and not (operation.input or unsaid):
            self.left.append(f"{operation} takes {', '.join(enums)}: say which of them tells whose it is.")
        for name in operation.input or unsaid:
            if enum := enums.get(name):
                yield self._constant(operation, name, enum)
            elif about := nearest(name, known) or next(iter(known), None):
                yield f'{name}="{about.name}"'
            else:
                self.left.append(f"{operation} takes {name}: say which.")

    def _constant(self, operation: OperationFacts, name: str, enum: Sequence[str]) -> str:
        if len(enum) > 1:
            self.left.append(f"{operation} takes {name}: say which of {', '.join(enum)}.")
        return f'{name}=constant("{enum[0] if len(enum) == 1 else "TODO"}")'

    # --------------------------------------------------------------------- texts
    def _written(self, found: Structure, head: str, source: str, *, is_resource: bool) -> Declared:
        inner = {each.name: each for each in found.inner()}
        text = "".join(
            _class(f'{n}(Struct, frozen=True, kw_only=True, rename="{s.rename}")', s) for n, s in inner.items()
        )
        text += _class(head, found, f"source = {source}")
        names = {"Resource" if is_resource else "Facet", "Tag", "batch", "call", "constant", "field", "listing"}
        used = {name for name in names if re.search(rf"(?<![\w.]){name}(?=[(,\[])", text)}
        module = f"aioprowler.services.{self.facts.service}.resources"
        return Declared(found.name, module, is_resource, found.fields, text=text, names=used)


def _class(head: str, found: Structure, first: str = "") -> str:
    lines = [*filter(None, [first]), *found.lines]
    body = "\n".join(f"    {line}" for line in lines)
    return f'\n\nclass {head}:\n    """TODO: what it is, in a line."""\n\n{body}\n'


def _as_object(operation: OperationFacts) -> OperationFacts:
    """Where a call's result is a list, what holds it, with the list as a field: a facet is an object."""
    result = operation.result
    told = model(operation.service, operation.name).output_shape
    if operation.kind.startswith("batch") or not is_list(told, result):
        return operation
    above, _, name = result.rpartition(".")
    keys = (name,) if operation.is_bare else tuple(f"{name}.{key}" for key in operation.keys)
    return msgspec.structs.replace(operation, result=above or "@", keys=keys)


def _told(operation: OperationFacts) -> Iterator[str]:
    """What is known of an operation, and no declaration says by itself."""
    for what, told in (
        ("codes", operation.codes),
        ("states", operation.states),
        ("owners", operation.owner),
        ("pages", operation.paging),
        ("note", operation.note),
    ):
        if told:
            yield f"{operation}, {what}: {told}."


def _begin_with_item(what: str, found: Structure) -> None:
    """A list of bare strings: the field that each one is, be it told by the detail as well or not."""
    name = f"{snake(found.name)}_id" if what == "id" else what
    spelled = {name.replace("_", ""), what, f"{found.name.lower()}{what}"}
    told = next((each for each in found.fields if each.told.lower() in spelled), None)
    if told is not None:
        found.fields.remove(told)
    item = Field(name, told.told if told else renamed(name, is_camel=found.is_camel), "str", is_required=True)
    found.fields.insert(0, item)


def _named(found: Structure) -> tuple[Field, Field | None]:
    """The field that identifies it, and the one with its ARN, which is then called so."""
    noun = found.name.lower()
    texts = [each for each in found.fields if each.type == "str"]
    arns = [each for each in texts if each.told.lower() in ("arn", f"{noun}arn")]
    arn = next(iter(arns or [each for each in texts if each.told.lower().endswith("arn")]), None)
    if arn:
        arn.name, arn.is_required = "arn", True
    wanted = ("name", f"{noun}name", "id", f"{noun}id", "identifier", f"{noun}identifier", "url")
    spelled = {key: each for each in texts for key in (each.name.replace("_", ""), each.told.lower())}
    identity = next((spelled[key] for key in wanted if key in spelled), None)
    return identity or arn or (texts or found.fields)[0], arn


def _each_once(fields: list[Field]) -> list[Field]:
    """Without those that the list has told already, under another name of AWS's."""
    first: dict[str, Field] = {}
    for each in fields:
        first.setdefault(each.name, each)
    return list(first.values())


def _short(service: str) -> str:
    """What people call the service, for short: `Certificate Manager (ACM)` is ACM."""
    whole = title(service)
    return whole.partition("(")[2].rstrip(")") or whole


def _own_services(service: str) -> frozenset[str]:
    """botocore's names for what the project calls a service: those like it, or the one that its checks ask most."""
    ids = {id_ for id_, facts in check_facts().items() if facts.service == service}
    asked = Counter(each.service for each in operation_facts() for id_ in each.checks if id_ in ids)
    alike = {name for name in asked if name.replace("-", "").startswith(service) or service.startswith(name)}
    return frozenset(alike or {name for name, _ in asked.most_common(1)})


def _found(kind: Any) -> Declared:
    source = source_of(kind)
    fields = [
        Field(each.name, each.encode_name, "str", is_required=each.required)
        for each in msgspec.structs.fields(kind)
        if not each.encode_name.startswith("@")
    ]
    may_be_absent = isinstance(source, Batch) or bool(getattr(source, "absent", ()))
    is_resource = issubclass(kind, Resource)
    return Declared(kind.__name__, kind.__module__, is_resource, fields, may_be_absent and not is_resource)


def _kinds() -> Iterator[Any]:
    return (kind for kind in _classes() if issubclass(kind, Resource | Facet))


def _classes() -> Iterator[type]:
    """Each class of each service's resources."""
    for each in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        if "resources" in each.name.split("."):
            values = vars(importlib.import_module(each.name)).values()
            yield from (value for value in values if isinstance(value, type) and value.__module__ == each.name)
