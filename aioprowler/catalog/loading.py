"""Where checks come from: the index of the package's own, folders, and installed packages."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec

from aioprowler import services
from aioprowler.catalog.checks import Catalog
from aioprowler.catalog.listed import AnyCheck, Declared, Indexed, checks_of
from aioprowler.compliance.own import own_frameworks
from aioprowler.declarations.errors import DeclarationError
from aioprowler.errors import AioprowlerError, UsageError

ENTRY_POINT_GROUP = "aioprowler.checks"
INDEX: Final = "index.json"
"""Beside this module: what `indexed` makes."""


@cache
def installed() -> Catalog:
    """The package's own checks and those that installed packages offer. Read once: code does not change meanwhile."""
    return Catalog([*_own(), *_offered()], own=own_frameworks())


def load(folders: Iterable[Path] = (), metadata: Path | None = None, frameworks: Iterable[Path] = ()) -> Catalog:
    """`installed()` and the checks in the Python files of `folders`, with the severities and texts of the custom
    metadata file, and with the compliance `frameworks` of files. Raises DeclarationError and UsageError.
    """
    named = tuple(frameworks)
    custom = [check for folder in folders for check in _checks_in(folder)]
    checks = [*installed().listed.values(), *custom]
    catalog = Catalog(checks, own=own_frameworks(named)) if custom or named else installed()
    return catalog.customized(metadata) if metadata else catalog


def indexed() -> str:
    """The index of the package's own checks, made from their declarations: JSON with a line for each."""
    declared = sorted(_declared(), key=lambda check: check.id)
    rows = [Indexed(**{name: getattr(Declared(each), name) for name in Indexed.__struct_fields__}) for each in declared]
    return "[\n" + ",\n".join(msgspec.json.encode(row).decode() for row in rows) + "\n]\n"


def _own() -> list[Indexed]:
    return msgspec.json.decode(files(__package__).joinpath(INDEX).read_bytes(), type=list[Indexed])


def _declared() -> Iterator[AnyCheck]:
    for found in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        if "checks" in found.name.split("."):
            yield from checks_of(importlib.import_module(found.name))


def _offered() -> Iterator[AnyCheck]:
    for point in entry_points(group=ENTRY_POINT_GROUP):
        with redirect_stdout(sys.stderr):
            loaded = point.load()
        yield from checks_of(loaded) if isinstance(loaded, ModuleType) else [loaded]


def _checks_in(folder: Path) -> list[AnyCheck]:
    found = [check for module in _files(folder) for check in checks_of(module)]
    if not found:
        raise UsageError(f"{folder} has no check in any Python file; give the folder that holds your checks.")
    return found


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
        with redirect_stdout(sys.stderr):  # where findings, or a list, may be what is printed
            spec.loader.exec_module(module)
    except AioprowlerError:
        raise
    except (Exception, SystemExit) as error:  # a stranger's file: whatever it raises, the user is told which
        raise DeclarationError(f"{path}: {type(error).__name__}: {error}") from error
    return module
