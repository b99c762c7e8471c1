"""Whether a regular expression has to match the whole of a text: CodeBuild finds it anywhere in one."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""An escaped character, a class of characters, or a character."""
_GROUP: Final = re.compile(r"\((?:\?:)?")


def is_anchored(pattern: str) -> bool:
    """Whether every alternative has a beginning and an end: `^12$|^34$` and `^(12|34)$` do, `^12|34$` does not."""
    return all(map(_is_bound, _alternatives(pattern)))


def _is_bound(alternative: list[str]) -> bool:
    if len(alternative) >= 2 and (alternative[0], alternative[-1]) == ("^", "$"):
        return True
    inner = _within(alternative)
    return inner is not None and is_anchored(inner)


def _alternatives(pattern: str) -> list[list[str]]:
    """What a bar divides that stands in no group, as parts without space around them."""
    found: list[list[str]] = [[]]
    depth = 0
    for part in _PART.findall(pattern.strip()):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            found.append([])
        else:
            found[-1].append(part)
    return [_stripped(each) for each in found]


def _stripped(parts: list[str]) -> list[str]:
    while parts and parts[0].isspace():
        parts = parts[1:]
    while parts and parts[-1].isspace():
        parts = parts[:-1]
    return parts


def _within(parts: list[str]) -> str | None:
    """What is in the one group that an alternative is; None where it is more than that."""
    text = "".join(parts)
    opening = _GROUP.match(text)
    if opening is None or parts[-1] != ")":
        return None
    depth = 0
    for part in parts[:-1]:
        depth += (part == "(") - (part == ")")
        if depth == 0:
            return None
    return text[opening.end() : -1]
