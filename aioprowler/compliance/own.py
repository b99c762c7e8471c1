"""Frameworks of one's own, in the two JSON forms that Prowler has for them: of AWS alone, and of several providers.

Their keys are spelled otherwise (`ConfigRequirements`, `config_requirements`) and mean the same, so that both are read
alike. https://docs.prowler.com/developer-guide/security-compliance-framework
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from aioprowler.compliance.frameworks import PROVIDER, Framework, Requirement, by_number, frameworks
from aioprowler.compliance.guardrails import Guardrail
from aioprowler.errors import UsageError
from aioprowler.facts.prowler_checks import CHECK_ALIASES
from aioprowler.user_files import json_of, read_text

OPTION: Final = "--compliance-file"
ENTRY_POINT_GROUP: Final = "aioprowler.compliance"
"""Its entries name packages with such files."""

_AWS: Final = "aws"
_ID: Final = re.compile(r"[a-z0-9]+([._-]+[a-z0-9]+)*")

Told = dict[str, Any]
"""An object of a file, with its keys in small letters and without underscores."""


def id_of(path: Path | Traversable) -> str:
    """The framework's id, which is the file's name without `.json` and `_aws`."""
    return path.name.lower().removesuffix(".json").removesuffix(PROVIDER)


def read_framework(path: Path) -> Framework:
    """Raises UsageError."""
    return _framework(path.name, id_of(path), json_of(path, read_text(OPTION, path)))


@cache
def offered() -> tuple[Framework, ...]:
    """Those of installed packages. Read once. Raises UsageError."""
    return tuple(
        _framework(f"{point.value}: {file.name}", id_of(file), json_of(file.name, file.read_text("utf-8-sig")))
        for point in entry_points(group=ENTRY_POINT_GROUP)
        for file in sorted(files(point.value).iterdir(), key=lambda each: each.name)
        if file.name.endswith(".json")
    )


def own_frameworks(paths: Iterable[Path] = ()) -> list[Framework]:
    """Those that are offered, and those of files. Raises UsageError, also where two have the same id."""
    found = [*offered(), *map(read_framework, paths)]
    ids = [*frameworks(), *(each.id for each in found)]
    for each in found:
        if ids.count(each.id) > 1:
            raise UsageError(f"There is a framework {each.id} already: give the file another name.")
    return found


def _framework(where: str, id_: str, content: Any) -> Framework:
    told = _plain(where, content)
    if not _ID.fullmatch(id_):
        raise UsageError(f"{where}: the file's name is the framework's id: letters, digits, and . _ - between them.")
    if not _is_for_aws(told):
        raise UsageError(f"{where} is for {_text(told['provider']):.80}: give a framework for AWS.")
    listed = told.get("requirements")
    if not isinstance(listed, list) or not listed:
        raise UsageError(f"{where}: list what it asks for as `Requirements`, or `requirements`.")
    requirements = _once_each(_requirement(where, each, _grouped_by(told)) for each in listed)
    name = _text(told.get("framework")) or id_
    return Framework(
        id=id_,
        framework=name,
        version=_text(told.get("version")),
        title=_text(told.get("name")) or name,
        description=_text(told.get("description")),
        requirements=tuple(sorted(requirements, key=by_number)),
        columns=_columns(told, requirements),
    )


def _requirement(where: str, content: Any, grouped_by: str) -> Requirement:
    told = _plain(where, content)
    id_ = _text(told.get("id"))
    if not id_:
        raise UsageError(f"{where}: give each requirement an `Id`, or `id`.")
    place = f"{where}, requirement {id_:.80}"
    attributes = tuple(_attributes(place, each) for each in _several(told.get("attributes")))
    first = attributes[0] if attributes else {}
    description = _text(told.get("description"))
    return Requirement(
        id=id_,
        name=_text(told.get("name")) or description,
        description=description,
        checks=_checks(place, told.get("checks")),
        tactics=tuple(map(_text, _several(told.get("tactics")))),
        guardrails=tuple(_guardrails(place, told.get("configrequirements"))),
        attributes=attributes,
        section=first.get("Section") or first.get(grouped_by, ""),
        subsection=first.get("SubSection", ""),
        profile=first.get("Profile", ""),
        assessment=first.get("AssessmentStatus", ""),
    )


def _once_each(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Those of the same id as one, which asks for all that each of them does: many files of Prowler have some."""
    found: dict[str, Requirement] = {}
    for each in requirements:
        found[each.id] = _joined(found[each.id], each) if each.id in found else each
    return [*found.values()]


def _joined(one: Requirement, other: Requirement) -> Requirement:
    joined = {name: _both(getattr(one, name), getattr(other, name)) for name in ("tactics", "guardrails", "attributes")}
    words = {
        name: " / ".join(filter(None, _both((getattr(one, name),), (getattr(other, name),))))
        for name in ("name", "description")
    }
    return replace(one, checks=tuple(sorted({*one.checks, *other.checks})), **joined, **words)


def _both(ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*ours, *(each for each in theirs if each not in ours))


def _attributes(place: str, content: Any) -> dict[str, str]:
    if not isinstance(content, Mapping):
        raise UsageError(f"{place}: attributes are names with values.")
    return {str(name): _text(value) for name, value in content.items()}


def _checks(place: str, content: Any) -> tuple[str, ...]:
    """Of several providers' the ones for AWS, by the ids that they have today."""
    listed = content.get(_AWS) if isinstance(content, Mapping) else content
    ids = _several(listed)
    if not all(isinstance(each, str) for each in ids):
        raise UsageError(f'{place}: checks are a list of ids, or {{"{_AWS}": [...]}}.')
    return tuple(sorted({today for each in ids for today in CHECK_ALIASES.get(each, (each,))}))


def _guardrails(place: str, content: Any) -> Iterator[Guardrail]:
    for each in _several(content):
        told = _plain(place, each)
        if _is_for_aws(told):
            about = {"check": told.get("check"), "key": told.get("configkey"), "comparison": told.get("operator")}
            try:
                yield msgspec.convert(about | {"value": told.get("value")}, Guardrail)
            except msgspec.ValidationError as error:
                raise UsageError(f"{place}, ConfigRequirements: {error}.") from None


def _columns(told: Told, requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """The attributes by their declared order, or as requirements name them."""
    declared = [_object(each) for each in _several(told.get("attributesmetadata"))]
    if declared:
        return tuple(
            _text(each.get("key")) for each in declared if _object(each.get("output_formats")).get("csv", True)
        )
    return tuple(dict.fromkeys(name for each in requirements for one in each.attributes for name in one))


def _grouped_by(told: Told) -> str:
    """The attribute that stands for sections, where the file says one."""
    return _text(_object(_object(told.get("outputs")).get("table_config")).get("group_by"))


def _is_for_aws(told: Told) -> bool:
    return _text(told.get("provider", _AWS)).lower() == _AWS


def _plain(where: str, content: Any) -> Told:
    if not isinstance(content, Mapping):
        raise UsageError(f"{where}: this is no framework as Prowler writes it: an object is missing.")
    return {str(name).lower().replace("_", ""): value for name, value in content.items() if value is not None}


def _object(content: Any) -> Mapping[str, Any]:
    """What a file may say besides, and says only where it is an object."""
    return content if isinstance(content, Mapping) else {}


def _several(content: Any) -> list[Any]:
    if content is None:
        return []
    return content if isinstance(content, list) else [content]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if not any(isinstance(each, list | dict) for each in value):
            return " | ".join(map(str, value))
        case list() | dict():
            return msgspec.json.encode(value).decode()
    return str(value)
