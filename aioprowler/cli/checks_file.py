"""`--checks-file` and `--excluded-checks-file`: the ids of checks, one a line or as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from aioprowler.errors import UsageError
from aioprowler.user_files import json_of, read_text

_PROVIDER: Final = "aws"


def read_check_ids(option: str, path: Path, require: Callable[[list[str]], object]) -> list[str]:
    """The ids that the file lists: a line each, where `#` begins a comment; as JSON, an array of them or of what
    `checks list --json` prints, or Prowler's object with such an array as `aws`.

    `require` raises UsageError for an id that nobody has. Raises UsageError with the line of what is wrong.
    """
    text = read_text(option, path)
    found = _json(path, text) if text.lstrip()[:1] in ("{", "[") else _lines(text)
    if not found:
        raise UsageError(f"{path} lists no check.")
    for id_ in found:
        try:
            _require_id(id_)
            require([id_])
        except UsageError as error:
            raise UsageError(f"{path}{_place(text, id_)}: {error}") from None
    return found


def _require_id(text: str) -> None:
    if not text.isidentifier():
        raise UsageError(f"{text!r:.80} is no check's id: write one a line, or a JSON array of them.")


def _place(text: str, id_: str) -> str:
    named = re.compile(rf"(?<!\w){re.escape(id_)}(?!\w)")
    return next((f", line {n}" for n, line in enumerate(text.splitlines(), start=1) if named.search(line)), "")


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
