"""The tables of pages that are made from declarations: from the text of a page to the same with its tables anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from aioprowler.catalog import UNUSED_SERVICES, installed
from aioprowler.declarations.parameters import Parameter

_LONG: Final = 80
_ROWS: Final = re.compile(r"(?<=\|---\|\n)(\| .*\n)*", re.MULTILINE)
"""Those of a table, below its heading."""


def configuration(page: str) -> str:
    """docs/configuration.md: every key with its type, its default, what it means, and to which checks."""
    keys = [key for name, key in sorted(installed().config_schema.items()) if name != UNUSED_SERVICES]
    return _with_rows(page, (f"| `{k.name}` | {k.type_name} | {_default(k)} | {k.doc} {_readers(k)} |" for k in keys))


def _default(key: Parameter) -> str:
    text = json.dumps(list(key.default) if isinstance(key.default, tuple) else key.default)
    return f"`{text}`" if len(text) <= _LONG else f"{len(key.default)} of them"


def _readers(key: Parameter) -> str:
    return ", ".join(f"`{id_}`" for id_, each in installed().listed.items() if key.name in each.configuration)


def _with_rows(page: str, rows: Iterable[str]) -> str:
    """The page, whose one table has these rows."""
    made = "".join(f"{row}\n" for row in rows)
    return _ROWS.sub(lambda _: made, page, count=1)
