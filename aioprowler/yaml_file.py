"""YAML that users write: what is wrong with it is told with the file and the line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aioprowler.errors import UsageError


@contextmanager
def mistakes_told(option: str, path: Path | str) -> Iterator[None]:
    """Raises UsageError for a file that cannot be read or is not YAML."""
    import yaml

    try:
        yield
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{where}: this is not YAML ({getattr(error, 'problem', error)}).") from None
