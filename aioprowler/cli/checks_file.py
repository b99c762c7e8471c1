"""`--checks-file` and `--excluded-checks-file`: the ids of checks, one a line or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aioprowler.errors import UsageError
from aioprowler.user_files import json_of, read_text

_PROVIDER: Final = "aws"


def read_check_ids(option: str, path: Path) -> list[str]:
    """The ids that the file lists: a line each, where `#` begins a comment; as JSON, an array of them or of what
    `checks list --json` prints, or Prowler's object with such an array as `aws`. Raises UsageError.
    """
    text = read_text(option, path)
    found = _json(path, text) if text.lstrip()[:1] in ("{", "[") else _lines(text)
    if not found:
        raise UsageError(f"{path} lists no check.")
    for id_ in found:
        if not id_.isidentifier():
            raise UsageError(f"{path}: {id_!r:.80} is no check's id: write one a line, or a JSON array of them.")
    return found


def _lines(text: str) -> list[str]:
    return [id_ for line in text.splitlines() if (id_ := line.partition("#")[0].strip())]


def _json(path: Path, text: str) -> list[str]:
    content = json_of(path, text)
    found = content.get(_PROVIDER) if isinstance(content, dict) else content
    listed = found if isinstance(found, list) else [None]
    ids: list[Any] = [each.get("id") if isinstance(each, dict) else each for each in listed]
    if not all(isinstance(id_, str) for id_ in ids):
        raise UsageError(f'{path}: write an array of check ids, or {{"{_PROVIDER}": [...]}}.')
    return ids
