"""The configuration file: YAML with Prowler's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aioprowler.errors import UsageError

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
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_bytes(), loader)  # noqa: S506 - both are safe loaders
    except OSError as error:
        raise UsageError(f"--config-file {path}: {error.strerror}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{where}: this is not YAML ({getattr(error, 'problem', error)}).") from None
