"""Which checks there are: the package's own, those of a folder, and those of installed packages."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from aioprowler import services
from aioprowler.compliance.frameworks import required
from aioprowler.declarations.checks import SEVERITIES, Check
from aioprowler.declarations.errors import DeclarationError, refuse
from aioprowler.declarations.graph import behind
from aioprowler.declarations.parameters import Parameter
from aioprowler.errors import AioprowlerError, UsageError, require
from aioprowler.prowler_keys import PROWLER_KEYS

AnyCheck = Check[Any, Any]
ENTRY_POINT_GROUP = "aioprowler.checks"

UNUSED_SERVICES = "scan_unused_services"
"""A configuration key of checks that the scan's own option sets."""


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

    def get(self, check_id: str) -> AnyCheck:
        """Raises UsageError with the nearest ids."""
        require("check", [check_id], self.checks)
        return self.checks[check_id]

    def select(
        self,
        *,
        checks: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        severities: Sequence[str] | None = None,
        categories: Sequence[str] | None = None,
        frameworks: Sequence[str] | None = None,
        excluded_checks: Sequence[str] = (),
        excluded_services: Sequence[str] = (),
    ) -> tuple[AnyCheck, ...]:
        """Checks that are named or belong to a named service, and satisfy each other condition given.

        Raises UsageError for a name that nothing has, or when nothing is left.
        """
        require("check", [*(checks or ()), *excluded_checks], self.checks)
        require("service", [*(services or ()), *excluded_services], self.services)
        require("severity", severities or (), SEVERITIES)
        require("category", categories or (), self.categories)
        evidence = required(frameworks, self.checks) if frameworks else None
        chosen = tuple(
            check
            for check in self
            if ((not checks and not services) or check.id in (checks or ()) or check.service in (services or ()))
            and (not severities or check.severity in severities)
            and (not categories or not set(categories).isdisjoint(check.categories))
            and (evidence is None or check.id in evidence)
            and check.id not in excluded_checks
            and check.service not in excluded_services
        )
        if not chosen:
            raise UsageError("No check satisfies all of these conditions; leave one out.")
        return chosen

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


def load(folders: Iterable[Path] = ()) -> Catalog:
    """`installed()` and the checks in the Python files of `folders`. Raises DeclarationError."""
    custom = [check for folder in folders for module in _files(folder) for check in checks_of(module)]
    return Catalog([*installed(), *custom]) if custom else installed()


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
