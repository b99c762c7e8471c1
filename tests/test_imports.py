"""Imports point one way: a package knows only those that stand before it, wherever in a module it imports them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import aioprowler

PACKAGE = Path(aioprowler.__file__).parent

LAYERS = (
    *("_version", "errors", "expressions", "reprs", "user_files", "disk", "texts"),
    "facts",  # what is known of AWS's services: data
    "declarations",  # what a contributor writes with
    "aioprowler",  # the public names
    "judging",  # what checks share
    "aws",
    "findings",
    "compliance",
    "services",
    "catalog",
    "engine",
    "tools",
    "accounts",
    "scanning",
    "cluster",  # accounts of a scan on the workers of a cluster
    "outputs",
    "integrations",
    "demo",
    "cli",
    "__main__",
)
"""The modules and packages of aioprowler, lowest first: each imports only what stands before it."""

LAZY = {
    ("aioprowler", each): "public names, whose modules load when somebody asks for one of them"
    for each in ("accounts", "aws", "catalog", "findings", "scanning")
}
"""Importer and imported -> why this one import points upward."""

OF_SERVICES = {"aioprowler", "judging", "services"}
"""What a service's declarations and checks may know."""


class Import(NamedTuple):
    importer: str
    """A module, without the package's name: `engine.plan`."""
    imported: str
    where: str


def imports() -> Iterator[Import]:
    """All that a module of the package imports from it, in functions and for the type checker as well."""
    for path in sorted(PACKAGE.rglob("*.py")):
        importer = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported(node):
                yield Import(importer, name, f"{path.relative_to(PACKAGE.parent)}:{getattr(node, 'lineno', 0)}")


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, without the package's name."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module == "aioprowler":
        names = [f"aioprowler.{alias.name}" if is_module(alias.name) else "aioprowler" for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert not node.level, "TID252 keeps imports absolute"
        names = [node.module or ""]
    yield from (name.removeprefix("aioprowler.") for name in names if name.partition(".")[0] == "aioprowler")


def is_module(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def layer(module: str) -> str:
    return module.partition(".")[0] or "aioprowler"


def test_every_part_of_the_package_has_its_layer() -> None:
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert parts - {"__init__"} | {"aioprowler"} == set(LAYERS)


def test_nothing_imports_upward() -> None:
    """So that there are no circles either."""
    rank = {name: number for number, name in enumerate(LAYERS)}
    upward = [
        f"{each.where}: {layer(each.importer)} may not know {layer(each.imported)}"
        for each in imports()
        if rank[layer(each.imported)] > rank[layer(each.importer)]
        and (each.importer or "aioprowler", layer(each.imported)) not in LAZY
    ]
    assert not upward, "\n".join(upward)


@pytest.mark.parametrize("pair", LAZY, ids="->".join)
def test_an_exception_is_in_use(pair: tuple[str, str]) -> None:
    assert pair in {(each.importer or "aioprowler", layer(each.imported)) for each in imports()}


def test_services_know_the_public_names_what_checks_share_and_each_others_resources() -> None:
    strange = [
        f"{each.where}: {each.imported}"
        for each in imports()
        if layer(each.importer) == "services"
        and (layer(each.imported) not in OF_SERVICES or is_of_another_services_checks(each))
    ]
    assert not strange, "\n".join(strange)


def is_of_another_services_checks(each: Import) -> bool:
    own, other = each.importer.split(".")[:2], each.imported.split(".")
    return other[0] == "services" and other[:2] != own and "checks" in other


def test_a_circle_would_be_seen() -> None:
    statements = ast.parse("def late():\n    from aioprowler.scanning.options import ScanOptions").body[0]
    assert [name for node in ast.walk(statements) for name in imported(node)] == ["scanning.options"]
    assert list(imported(ast.parse("from aioprowler import services, Facet").body[0])) == ["services", "aioprowler"]


LATER = {
    ("aioprowler.cli.scan", "aioprowler.cli.session", "aioprowler.cli.workers"): (
        *("rich.console", "jinja2", "yaml", "aioprowler.outputs.html", "aioprowler.services.s3", "pyarrow"),
        *("aioprowler.integrations.s3", "aioprowler.integrations.security_hub", "aioprowler.cli.summary"),
        *("dask", "distributed", "aioprowler.cluster.local"),
    ),
    ("aioprowler.outputs.html",): ("jinja2",),
    ("aioprowler.cli.app",): ("cyclopts", "msgspec", "botocore", "asyncio"),
    ("aioprowler.cli.parser",): ("botocore", "aiohttp", "asyncio", "rich", "aioprowler.catalog"),
}
"""Modules of the package -> what is not loaded with them, because most who load them do not need it, or not yet."""


@pytest.mark.parametrize("modules", LATER, ids=" ".join)
def test_what_is_not_needed_yet_is_not_loaded(modules: tuple[str, ...]) -> None:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(LATER[modules]) & set(told.stdout.split())
