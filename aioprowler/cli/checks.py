"""`aioprowler checks`: the list, and all about one."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from aioprowler.cli.options import SELECT_ALL, AsJson, Selecting, many, one
from aioprowler.cli.parser import make_app
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_json, print_table
from aioprowler.texts import visible, visible_lines

if TYPE_CHECKING:
    from aioprowler.catalog import AnyCheck, Listed
    from aioprowler.declarations.parameters import Parameter as CheckParameter

app = make_app("checks")

CheckId = Annotated[str, Parameter(name="ID", help="The check's id.")]
Folders = Annotated[
    list[Path] | None,
    many(None, "FOLDER", "Folders with Python files of your own checks.", "--checks-folder", "-x"),
]
Metadata = Annotated[Path | None, one(
    None, "FILE", "YAML file with severities and texts of yours.", "--custom-checks-metadata-file",
)]  # fmt: skip


@app.command(name="list")
def list_(selection: Selecting = SELECT_ALL, *, as_json: AsJson = False) -> None:
    """List the checks: id, severity, service and title."""
    catalog, asked = selection.catalog(), selection.selection
    chosen = catalog.chosen(asked)
    for note in catalog.notes(asked):
        complain(note)
    if as_json:
        print_json([_brief(check) for check in chosen])
        return
    rows = [(check.id, check.severity, check.service, check.title) for check in chosen]
    print_table(("ID", "SEVERITY", "SERVICE", "TITLE"), rows)


def _brief(check: Listed) -> dict[str, Any]:
    return {
        "id": check.id,
        "severity": check.severity,
        "service": check.service,
        "title": check.title,
        "categories": list(check.categories),
        "resource_group": check.resource_group,
    }


@app.command
def show(
    check_id: CheckId, /, *, checks_folders: Folders = None, metadata: Metadata = None, as_json: AsJson = False
) -> None:
    """Read all about one check: risk, remediation, configuration keys, AWS operations."""
    from aioprowler.catalog import load

    check = load(checks_folders or (), metadata).get(check_id)
    if as_json:
        print_json(describe(check))
    else:
        _print(check)


def describe(check: AnyCheck) -> dict[str, Any]:
    """All about a check, for programs."""
    from msgspec import to_builtins

    from aioprowler.catalog import UNUSED_SERVICES, Declared, config_of
    from aioprowler.engine.plan import make_plan

    documentation = check.documentation
    return _brief(Declared(check)) | {
        "resource_type": check.resource_type,
        "fails": documentation.fails,
        "description": documentation.description,
        "risk": documentation.risk,
        "remediation": to_builtins(documentation.remediation),
        "configuration": [_key(key) for key in config_of(check) if key.name != UNUSED_SERVICES],
        "operations": [
            {"operation": str(planned.operation), "per": planned.per, "action": planned.operation.action}
            for planned in make_plan([check], {}).operations
        ],
    }


def _key(key: CheckParameter) -> dict[str, Any]:
    default = list(key.default) if isinstance(key.default, tuple) else key.default
    return {"name": key.name, "type": key.type_name, "default": default, "about": key.doc}


_SNIPPETS: Final = {
    "cli": "Command",
    "cloudformation": "CloudFormation",
    "terraform": "Terraform",
    "console": "Console",
}


def _sections(about: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Heading, text, and whether the text is code."""
    remediation = about["remediation"]
    yield "Where it fails", about["fails"], False
    yield "Description", about["description"], False
    yield "Risk", about["risk"], False
    yield "Remediation", remediation.get("text", ""), False
    for name, heading in _SNIPPETS.items():
        yield heading, remediation.get(name, ""), name != "console"
    yield "Read more", remediation.get("url", ""), False
    keys = [f"{key['name']}: {key['type']} = {key['default']!r}\n    {key['about']}" for key in about["configuration"]]
    yield "Configuration keys", "\n".join(line.rstrip() for line in keys), True
    operations = [f"{each['action']}  (once per {each['per']})" for each in about["operations"]]
    yield "What it asks of AWS", "\n".join(operations), True


def _facts(about: dict[str, Any]) -> str:
    parts = [about["severity"], about["service"], about["resource_type"], ", ".join(about["categories"])]
    return " · ".join(part for part in parts if part)


def _print(check: AnyCheck) -> None:
    about = describe(check)
    sections = [(heading, visible_lines(text), is_code) for heading, text, is_code in _sections(about) if text]
    if sys.stdout.isatty():
        _print_rich(about, sections)
        return
    print(about["id"], visible(about["title"]), visible(_facts(about)), sep="\n")
    for heading, text, is_code in sections:
        print(f"\n{heading}\n{textwrap.indent(text, '    ' if is_code else '  ')}")


def _print_rich(about: dict[str, Any], sections: list[tuple[str, str, bool]]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    title, facts = visible(about["title"]), visible(_facts(about))
    console.print(Text(title, "bold"), Text(about["id"], "cyan"), Text(facts, "dim"), sep="\n")
    for heading, text, is_code in sections:
        console.print(Text(f"\n{heading}", "bold"))
        console.print(Padding(Text(text, "cyan" if is_code else ""), (0, 0, 0, 2)))
