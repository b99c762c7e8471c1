"""The beginnings of a check, from what is agreed about it, what is known of its operations, and botocore's shapes.

    python -m scripts.add_check ID

Writes the types that it reads, where nothing declares them yet, the check, and a test with a PASS and a FAIL, with a
TODO at each place where a person must think; prints what is left to do. Nothing that is there is written over.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aioprowler.catalog import installed
from aioprowler.errors import AioprowlerError, UsageError, require
from scripts.facts import check_facts, operations_of
from scripts.needs import Needs
from scripts.scaffold import Scaffold

ROOT: Final = Path(__file__).parents[1]


def main(words: Sequence[str]) -> int:
    """The exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        made = _scaffold(words[0])
    except AioprowlerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    paths = _write(made)
    _format(paths)
    _tell(made, paths)
    return 0


def _scaffold(check_id: str) -> Scaffold:
    """Raises UsageError for a check that is there already, and for one of which nothing is known."""
    facts = check_facts()
    require("check to add", [check_id], sorted(facts), "cut -d, -f1 tests/facts/checks.csv")
    listed = installed().listed.get(check_id)
    if listed is not None:
        raise UsageError(f"{check_id} is there already: {listed.module}.")
    if _is_written(check_id):
        raise UsageError(f"{check_id} is there already, and not in the index: run `make generate`.")
    if not operations_of(check_id):
        raise UsageError(
            f"No operation tells what {check_id} asks: a person must judge it. Write one that says MANUAL."
        )
    return Scaffold(Needs(check_id))


def _is_written(check_id: str) -> bool:
    folder = ROOT / "aioprowler" / "services" / check_facts()[check_id].service
    return any(f"def {check_id}(" in path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))


def _write(made: Scaffold) -> list[Path]:
    """The files that were written or added to."""
    service, called = made.facts.service, made.needs.service
    folder = ROOT / "aioprowler" / "services" / service
    _begin(folder / "__init__.py", f'"""{called}: what AWS has, and how it is judged."""\n')
    resources, checks = _module(folder, "resources", made), _module(folder, "checks", made)
    types = [each for each in made.needs.types if each.text]
    for each in types:
        each.module = _name(resources)
    if types:
        names = sorted(set().union(*(each.names for each in types)))
        text = "".join(each.text for each in types)
        imports = [f"from aioprowler import {', '.join(names)}"]
        imports += ["import datetime"] * ("datetime." in text) + ["from typing import Any"] * ("Any]" in text)
        imports += ["from msgspec import Struct"] * ("(Struct," in text)
        _add(resources, f"What AWS has of {called}.", imports, text)
    _add(checks, f"How {called} is judged.", made.check_imports, made.check)
    test = ROOT / "tests" / "services" / f"test_{service}.py"
    _add(test, f"The checks of {called}, on literals.", made.test_imports(_name(checks)), made.test)
    return [*([resources] if types else []), checks, test]


def _module(folder: Path, name: str, made: Scaffold) -> Path:
    """`name.py`; where the service has a package for it, a module in it."""
    package = folder / name
    subject = made.subject.name.lower() if made.subject else made.needs.place.lower()
    return package / f"{subject}.py" if package.is_dir() else folder / f"{name}.py"


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _begin(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _add(path: Path, about: str, imports: list[str], text: str) -> None:
    """To the end of the file, and what it imports below what is imported already."""
    _begin(path, f'"""{about}"""\n\nfrom __future__ import annotations\n')
    source = path.read_text(encoding="utf-8")
    last = max(node.end_lineno or 0 for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom))
    lines = source.splitlines()
    lines[last:last] = imports
    path.write_text("\n".join(lines) + "\n" + text, encoding="utf-8")


def _format(paths: Sequence[Path]) -> None:
    """Imports in one place, lines of the right length."""
    for words in (["check", "--quiet", "--select", "I,F401", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *words, *map(str, paths)], check=True, cwd=ROOT)  # noqa: S603


def _tell(made: Scaffold, paths: Sequence[Path]) -> None:
    print(f"{made.facts.id}: begun in {', '.join(str(path.relative_to(ROOT)) for path in paths)}.\n\nWhat is yours:")
    left = [
        "Replace each TODO, judge the subject, and say in the test what is good and what is bad.",
        *made.needs.left,
        "A field that AWS leaves out is None: take AWS's documented default, or say MANUAL. It is no good value.",
    ]
    if made.facts.severity in ("critical", "high"):
        left.append(
            f"Write services/{made.facts.service}/remediation/{made.facts.id}.md: CloudFormation and Terraform."
        )
    left.append("`make generate`, then `make test lint typecheck`.")
    print(*(f"  {number}. {each}" for number, each in enumerate(left, 1)), sep="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
