"""docs/calls.md: what is asked of AWS, how often, and why not less often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.aws.api import pagination
from aioprowler.catalog import installed
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.graph import behind, lineage, listed_of, source_of
from aioprowler.declarations.parameters import facet_owner
from aioprowler.declarations.resources import Facet
from aioprowler.declarations.sources import Batch, Call, Function, Listing, Operation, Source
from aioprowler.engine.plan import PlannedOperation, make_plan
from aioprowler.facts.services import page_size, row

_ROW: Final = re.compile(
    r"\| `(?P<operation>[\w-]+:\w+)` \| `(?P<per>[^`]+)`(?P<often>[^|]*) \| (?P<words>[^|]+ \| [^|]+) \|"
)
_SIZE: Final = re.compile(r", \d+ a page")
_HEADER: Final = "| operation | once per | tells | why not less |\n|---|---|---|---|\n"

Key = tuple[str, str]
"""An operation, and for each of what it is called."""


def calls(page: str) -> str:
    """A row for each operation that is planned for all checks. The last two columns are written by hand and stay; a row
    that is new, or has a TODO, begins with the words of the declarations.
    """
    left = {(str(each.operation), each.per): each for each in _planned()}
    declared = _declared()
    head, *rest = re.split(r"(?m)^(?=## )", page)
    sections = [(_services(section), _kept(section, left, declared)) for section in rest]
    return head + "".join(_with_new(sections, left, declared))


def _planned() -> Iterator[PlannedOperation]:
    yield from (PlannedOperation(operation, "account") for operation in ENTRY_OPERATIONS)
    yield from make_plan(tuple(installed()), {}).operations


def _declared() -> dict[Key, Any]:
    """The type that an operation tells of."""
    found: dict[Key, Any] = {}
    for check in installed():
        for parameter in behind(check.function):
            for kind in lineage(parameter.type) if isinstance(parameter.type, type) else ():
                source = source_of(kind)
                for operation in _operations(source):
                    found.setdefault((str(operation), _per(kind)), kind)
                if isinstance(source, Listing) and source.detail:
                    found.setdefault((str(source.detail.operation), kind.__name__), kind)
    return found


def _operations(source: Source | None) -> Sequence[Operation]:
    if source is None or isinstance(source, Function):
        return source.operations if source else ()
    return [source.operation]


def _per(kind: Any) -> str:
    """Empty for what is listed by itself."""
    owner = facet_owner(kind) if issubclass(kind, Facet) else listed_of(kind)
    return owner.__name__ if owner and owner not in (Account, Region) else ""


def _type(key: Key, declared: Mapping[Key, Any]) -> Any:
    operation, per = key
    return declared.get((operation, per.rpartition(" x ")[2])) or declared.get((operation, ""))


def _services(section: str) -> set[str]:
    return {found["operation"].partition(":")[0] for found in map(_ROW.fullmatch, section.splitlines()) if found}


def _kept(section: str, left: dict[Key, PlannedOperation], declared: Mapping[Key, Any]) -> str:
    """The section without the rows of what is not planned any more, or stands there twice. What it has is taken out of
    `left`.
    """
    lines: list[str] = []
    for line in section.splitlines(keepends=True):
        found = _ROW.fullmatch(line.rstrip("\n"))
        is_whole = found is not None and "TODO" not in found["words"]
        planned = left.pop((found["operation"], found["per"]), None) if found and is_whole else None
        if found is None:
            lines.append(line)
        elif planned is not None:
            lines.append(_sized(line, found["often"], planned, declared))
    return "".join(lines)


def _sized(line: str, often: str, planned: PlannedOperation, declared: Mapping[Key, Any]) -> str:
    """The row with the size of pages that is asked for; of what a function asks, what the page says stays."""
    size = _size(planned, _type((str(planned.operation), planned.per), declared))
    if not size or size in often:
        return line
    told = _SIZE.search(often)
    start = f"| `{planned.operation}` | `{planned.per}`"
    return line.replace(told[0], size, 1) if told else line.replace(start, start + size, 1)


def _size(planned: PlannedOperation, kind: Any) -> str:
    source = source_of(kind) if kind else None
    paging = pagination(planned.operation)
    if not isinstance(source, Listing) or planned.operation != source.operation or not paging or not paging.limit_key:
        return ""
    size = (
        page_size(planned.operation.service, planned.operation.name) if source.page_size is None else source.page_size
    )
    return f", {size} a page" if size else ""


def _with_new(
    sections: list[tuple[set[str], str]], left: dict[Key, PlannedOperation], declared: Mapping[Key, Any]
) -> Iterator[str]:
    """The sections with the rows that they lack; those of a service that has none are a section of their own."""
    for services, section in sections:
        own = [key for key in left if key[0].partition(":")[0] in services]
        rows = "".join(_new(left.pop(key), declared) for key in own)
        lines = section.rstrip("\n")
        yield f"{lines}\n{rows}" + section[len(lines) + 1 :]
    for service in sorted({key[0].partition(":")[0] for key in left}):
        rows = "".join(_new(each, declared) for key, each in left.items() if key[0].partition(":")[0] == service)
        yield f"\n## {row(service).title or service}\n\n{_HEADER}{rows}"


def _new(planned: PlannedOperation, declared: Mapping[Key, Any]) -> str:
    kind = _type((str(planned.operation), planned.per), declared)
    tells = (kind.__doc__ or "").strip().partition("\n")[0].rstrip(".") if kind else ""
    plain = tells if tells[1:2].isupper() else tells[:1].lower() + tells[1:]
    per = f"`{planned.per}`{_size(planned, kind)}"
    return f"| `{planned.operation}` | {per} | {plain or 'TODO'} | {_why(planned, kind)} |\n"


def _why(planned: PlannedOperation, kind: Any) -> str:
    source = source_of(kind) if kind else None
    if isinstance(source, Listing) and source.detail and planned.operation == source.detail.operation:
        source = source.detail
    if isinstance(source, Batch):
        return "a batch of as many as AWS takes"
    if planned.per == "region" and isinstance(source, Call):
        return "a region's own setting"
    if planned.per in ("region", "account"):
        return "one listing" if isinstance(source, Listing) else "one call"
    return f"of one {planned.per} at a time" + ("; gate" if getattr(source, "when", None) else "")
