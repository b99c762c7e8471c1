"""docs/configuration.md: every key that a check reads."""

from __future__ import annotations

import json
import re
from typing import Final

from aioprowler.catalog import UNUSED_SERVICES, installed
from aioprowler.declarations.parameters import Parameter

_LONG: Final = 80
_ROWS: Final = re.compile(r"(?<=\|---\|\n)(\| .*\n)*")


def configuration(page: str) -> str:
    """The page whose table has every key with its type, its default, what it means, and to which checks."""
    keys = [key for name, key in sorted(installed().config_schema.items()) if name != UNUSED_SERVICES]
    rows = "".join(f"| `{k.name}` | {k.type_name} | {_default(k)} | {k.doc} {_readers(k)} |\n" for k in keys)
    return _ROWS.sub(lambda _: rows, page, count=1)


def _default(key: Parameter) -> str:
    text = json.dumps(list(key.default) if isinstance(key.default, tuple) else key.default)
    return f"`{text}`" if len(text) <= _LONG else f"{len(key.default)} of them"


def _readers(key: Parameter) -> str:
    return ", ".join(f"`{id_}`" for id_, each in installed().listed.items() if key.name in each.configuration)
