"""JSON Schemas of what a scan writes, from the types, with what is said of each field."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from aioprowler.findings import coverage, finding

_KNOWN: Final = {**vars(coverage), **vars(finding)}
_OF: Final = {
    "finding": (finding.Finding, finding.SCHEMA_VERSION),
    "coverage": (coverage.Coverage, coverage.SCHEMA_VERSION),
}


def schema(name: str) -> str:
    """Of a `finding`, a line of the JSON lines, or of the `coverage` report."""
    kind, version = _OF[name]
    (reference,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"aioprowler {name}, schema version {version}",
        **reference,
        "$defs": {each: _told(each, about) for each, about in sorted(definitions.items())},
    }
    return json.dumps(made, indent=2) + "\n"


def _told(name: str, about: dict[str, Any]) -> dict[str, Any]:
    """With the sentences that follow the fields in the code."""
    texts = dict(_sentences(_KNOWN[name]))
    fields = {
        key: field | ({"description": texts[key]} if key in texts else {}) for key, field in about["properties"].items()
    }
    return about | {"description": " ".join(about["description"].split()), "properties": fields}


def _sentences(kind: type) -> Iterator[tuple[str, str]]:
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    for field, after in zip(body.body, body.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())
