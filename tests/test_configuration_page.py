"""Every configuration key is documented, with the type and the default that it has."""

from __future__ import annotations

import json
from pathlib import Path

from aioprowler.catalog import UNUSED_SERVICES, config_of, installed
from aioprowler.declarations.parameters import Parameter

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
LONG = 80


def default_of(key: Parameter) -> str:
    text = json.dumps(list(key.default) if isinstance(key.default, tuple) else key.default)
    return f"`{text}`" if len(text) <= LONG else f"{len(key.default)} of them"


def checks_of(name: str) -> str:
    checks = [check.id for check in installed() if any(key.name == name for key in config_of(check))]
    return ", ".join(f"`{check}`" for check in checks)


def rows() -> list[str]:
    keys = [key for name, key in sorted(installed().config_schema.items()) if name != UNUSED_SERVICES]
    return [f"| `{key.name}` | {key.type_name} | {default_of(key)} | {key.doc} {checks_of(key.name)} |" for key in keys]


def test_every_key_has_a_row_with_its_type_default_meaning_and_checks() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `")] == rows()


def test_every_key_says_what_it_is() -> None:
    assert [key.name for key in installed().config_schema.values() if key.name != UNUSED_SERVICES and not key.doc] == []
