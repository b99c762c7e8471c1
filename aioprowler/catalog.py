"""Which checks there are: the package's own, those of a folder, and those of installed packages."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec
from msgspec import Struct

from aioprowler import services
from aioprowler.compliance.frameworks import required
from aioprowler.custom_metadata import customized, read_metadata
from aioprowler.declarations.checks import SEVERITIES, Check
from aioprowler.declarations.errors import DeclarationError, refuse
from aioprowler.declarations.graph import behind, reads, source_of
from aioprowler.declarations.parameters import Parameter
from aioprowler.declarations.resources import arn_template
from aioprowler.declarations.sources import Function
from aioprowler.errors import AioprowlerError, UsageError, require
from aioprowler.findings.selection import ArnPattern, Arns
from aioprowler.prowler_keys import PROWLER_KEYS

_CHECKS_LIST: Final = "aioprowler checks list"

AnyCheck = Check[Any, Any]
ENTRY_POINT_GROUP = "aioprowler.checks"

UNUSED_SERVICES = "scan_unused_services"
"""A configuration key of checks that the scan's own option sets."""


class Selection(Struct, frozen=True, kw_only=True):
    """Which checks, of which resources. Without any condition, all."""

    checks: Sequence[str] | None = None
    services: Sequence[str] | None = None
    severities: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    frameworks: Sequence[str] | None = None
    """Of those, only checks that are evidence for these compliance frameworks."""
    excluded_checks: Sequence[str] = ()
    excluded_services: Sequence[str] = ()
    resource_groups: Sequence[str] | None = None
    """`storage`, `network`, `compute`, ...: what the checks' resources belong to."""
    resource_arns: Sequence[str] = ()
    """Only these resources; `*` and `?` stand for anything within a part of the ARN."""
    resource_tags: Sequence[str] = ()
    """Only resources with all of these tags: `KEY=VALUE`, or `KEY` for any value."""


class Catalog:
    """Checks by id, in alphabetical order."""

    def __init__(self, checks: Iterable[AnyCheck]) -> None:
        self.checks: dict[str, AnyCheck] = {}
        for each in sorted(checks, key=lambda check: check.id):
            if each.id in self.checks:
                raise refuse(each.function, "another check has this id; choose a different name for the function.")
            self.checks[each.id] = each

    def __iter__(self) -> Iterator[AnyCheck]:
        return iter(self.checks.values())

    def __len__(self) -> int:
        return len(self.checks)

    @property
    def services(self) -> dict[str, int]:
        """Service -> number of its checks."""
        return _count(check.service for check in self)

    @property
    def categories(self) -> dict[str, int]:
        return _count(category for check in self for category in check.categories)

    @property
    def resource_groups(self) -> dict[str, int]:
        return _count(check.resource_group for check in self if check.resource_group)

    def get(self, check_id: str) -> AnyCheck:
        """Raises UsageError with the nearest ids."""
        require("check", [check_id], self.checks, _CHECKS_LIST)
        return self.checks[check_id]

    def select(self, selection: Selection) -> tuple[AnyCheck, ...]:
        """Checks that are named or belong to a named service, and satisfy each other condition given.

        With ARNs, those that can judge such a resource; with tags, those that judge resources at all, and not only the
        account or its regions. Raises UsageError for a name that nothing has, or when nothing is left.
        """
        asked = selection
        require("check", [*(asked.checks or ()), *asked.excluded_checks], self.checks, _CHECKS_LIST)
        require("service", [*(asked.services or ()), *asked.excluded_services], self.services)
        require("severity", asked.severities or (), SEVERITIES)
        require("category", asked.categories or (), self.categories)
        evidence = required(asked.frameworks, self.checks) if asked.frameworks else None
        require("resource group", asked.resource_groups or (), self.resource_groups)
        arns = Arns(asked.resource_arns)
        chosen = tuple(
            check
            for check in self
            if _is_named(check, asked)
            and (not asked.severities or check.severity in asked.severities)
            and (not asked.categories or not set(asked.categories).isdisjoint(check.categories))
            and (evidence is None or check.id in evidence)
            and (not asked.resource_groups or check.resource_group in asked.resource_groups)
            and (not asked.resource_arns or _judges(check, arns))
            and (not asked.resource_tags or check.subject.kind == "resource")
        )
        if not chosen:
            raise UsageError("No check satisfies all of these conditions; leave one out.")
        return chosen

    def customized(self, path: Path) -> Catalog:
        """The same checks with the severities and texts of a custom metadata file. Raises UsageError."""
        words = read_metadata(path, self.checks)
        return Catalog(customized(check, words[check.id]) if check.id in words else check for check in self)

    @property
    def config_schema(self) -> dict[str, Parameter]:
        """Configuration keys of all checks. Raises DeclarationError where two checks disagree about one."""
        schema: dict[str, Parameter] = {}
        for each in self:
            for key in config_of(each):
                known = schema.setdefault(key.name, key)
                if (known.type, known.default) != (key.type, key.default):
                    raise refuse(
                        each.function,
                        f"the configuration key {key.name} has another type or default in another check; "
                        "declare it once and share it.",
                    )
        return schema

    def validated_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of `config` that some check reads, in their declared types. Raises UsageError."""
        schema = self.config_schema
        require("configuration key", config, sorted(PROWLER_KEYS | set(schema) - {UNUSED_SERVICES}))
        return {name: _convert(schema[name], value) for name, value in config.items() if name in schema}


def config_of(check: AnyCheck) -> list[Parameter]:
    """The configuration keys that the check, or a gate or value behind it, reads."""
    return [parameter for parameter in behind(check.function) if parameter.kind == "config"]


def arns_of(check: AnyCheck) -> tuple[ArnPattern, ...]:
    """What the ARNs in the check's findings are like. A check of the account or a region may tell of any resource of
    its service.
    """
    if check.subject.kind != "resource":
        place = string.Formatter().vformat(check.facts.resource_arn, (), _Anything())
        shape = ArnPattern.parse(place)
        whose = "" if shape.resource == "root" else shape.service
        return shape, *(_of_service(name) for name in {check.service, whose} if name)
    template = arn_template(check.subject.type)
    if template.startswith("arn:"):
        return (ArnPattern.parse(string.Formatter().vformat(template, (), _Anything())),)
    return tuple(_of_service(name) for name in _services(check.subject.type) or ("*",))


def _services(kind: Any) -> set[str]:
    """Those whose operations list the resources of a type, or what it is made of."""
    source = source_of(kind)
    operations = source.operations if isinstance(source, Function) else [source.operation] if source else []
    found = {operation.action.partition(":")[0] for operation in operations}
    return found or set().union(*(_services(p.type) for p in reads(kind) if p.kind in ("all", "here")))


class _Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "*"


def _of_service(name: str) -> ArnPattern:
    return ArnPattern("*", name, "*", "*", "*")


def _is_named(check: AnyCheck, asked: Selection) -> bool:
    """By its id or its service; where neither is asked for, every check is."""
    named = not (asked.checks or asked.services) or (
        check.id in (asked.checks or ()) or check.service in (asked.services or ())
    )
    return named and check.id not in asked.excluded_checks and check.service not in asked.excluded_services


def _judges(check: AnyCheck, arns: Arns) -> bool:
    return any(own.meets(asked) for own in arns_of(check) for asked in arns.shapes)


def _convert(key: Parameter, value: Any) -> Any:
    try:
        return msgspec.convert(value, key.type, dec_hook=_pattern)
    except (msgspec.ValidationError, re.error) as error:
        raise UsageError(f"Configuration key {key.name}: {error}.") from None


def _pattern(kind: Any, value: Any) -> Any:
    """A regular expression, which msgspec does not know of."""
    if kind in (re.Pattern, re.Pattern[str]) and isinstance(value, str):
        return re.compile(value)
    raise msgspec.ValidationError(f"expected a regular expression, got {value!r}")


def _count(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in sorted(names):
        counts[name] = counts.get(name, 0) + 1
    return counts


@cache
def installed() -> Catalog:
    """The package's own checks and those that installed packages offer. Read once: code does not change meanwhile."""
    return Catalog([*_own(), *_offered()])


def load(folders: Iterable[Path] = (), metadata: Path | None = None) -> Catalog:
    """`installed()` and the checks in the Python files of `folders`, with the severities and texts of the custom
    metadata file. Raises DeclarationError and UsageError.
    """
    custom = [check for folder in folders for module in _files(folder) for check in checks_of(module)]
    catalog = Catalog([*installed(), *custom]) if custom else installed()
    return catalog.customized(metadata) if metadata else catalog


def checks_of(module: ModuleType) -> list[AnyCheck]:
    """The checks that are declared in this very module."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Check) and value.function.__module__ == module.__name__
    ]


def _own() -> Iterator[AnyCheck]:
    for found in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        if "checks" in found.name.split("."):
            yield from checks_of(importlib.import_module(found.name))


def _offered() -> Iterator[AnyCheck]:
    for point in entry_points(group=ENTRY_POINT_GROUP):
        loaded = point.load()
        yield from checks_of(loaded) if isinstance(loaded, ModuleType) else [loaded]


def _files(folder: Path) -> Iterator[ModuleType]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; give the folder that holds your checks' Python files.")
    for path in sorted(folder.rglob("*.py")):
        if path.name != "__init__.py":
            yield _import(path, folder)


def _import(path: Path, folder: Path) -> ModuleType:
    """The file as a module of its own, by a name that no installed module has."""
    name = "aioprowler_custom_" + "_".join(path.relative_to(folder).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise DeclarationError(f"{path} cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except AioprowlerError:
        raise
    except Exception as error:  # a stranger's file: whatever it raises, the user is told which
        raise DeclarationError(f"{path}: {type(error).__name__}: {error}") from error
    return module
