"""The configuration file: YAML with Prowler's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aioprowler.errors import UsageError
from aioprowler.facts.prowler_keys import PROVIDERS
from aioprowler.user_files import read_bytes, safe_loader, yaml_of

_SECTION: Final = "aws"


def read_config(path: Path | None) -> dict[str, Any]:
    """Configuration keys and their values. Raises UsageError."""
    if path is None:
        return {}
    found = _parse(path)
    if isinstance(found, dict):
        found = found[_SECTION] if _SECTION in found else _flat(found)
    if not isinstance(found, dict | None):
        raise UsageError(f"{path}: write one `key: value` a line, or such lines below `aws:`.")
    return {str(key): value for key, value in (found or {}).items() if value is not None}


def _flat(found: dict[Any, Any]) -> dict[Any, Any]:
    """Without the sections of providers."""
    return {key: value for key, value in found.items() if key not in PROVIDERS}


def _parse(path: Path) -> Any:
    with yaml_of(path, read_bytes("--config-file", path), _loader()) as loader:
        return loader.get_single_data()


def _loader() -> type:
    """One that keeps numbers as they are written where they say more than a number, which their key decides: 1.30 is a
    version after 1.4, and 012345670123 an account rather than an octal number.
    """
    base: Any = safe_loader(fast=True)

    class Loader(base):  # type: ignore[misc]
        def integer(self, node: Any) -> Any:
            return node.value if node.value.isdigit() and node.value[0] == "0" else self.construct_yaml_int(node)

        def decimal(self, node: Any) -> Any:
            number = self.construct_yaml_float(node)
            return number if str(number) == node.value else node.value

    kind: Any = Loader
    kind.add_constructor("tag:yaml.org,2002:int", Loader.integer)
    kind.add_constructor("tag:yaml.org,2002:float", Loader.decimal)
    return Loader
