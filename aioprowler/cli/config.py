"""The configuration file: YAML with Prowler's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aioprowler.errors import UsageError
from aioprowler.user_files import read_bytes, safe_loader, yaml_of

_SECTION: Final = "aws"


def read_config(path: Path | None) -> dict[str, Any]:
    """Configuration keys and their values. Raises UsageError."""
    if path is None:
        return {}
    found = _parse(path)
    if isinstance(found, dict) and _SECTION in found:
        found = found[_SECTION]
    if not isinstance(found, dict | None):
        raise UsageError(f"{path}: write one `key: value` a line, or such lines below `aws:`.")
    return {str(key): value for key, value in (found or {}).items() if value is not None}


def _parse(path: Path) -> Any:
    with yaml_of(path, read_bytes("--config-file", path), safe_loader(fast=True)) as loader:
        return loader.get_single_data()
