"""Tags: whether they are there, and whether they go with the copies."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler.declarations.checks import Fail, Pass
from aioprowler.declarations.resources import Tag
from aioprowler.judging.verdicts import lacks_none, pass_if


def copies_tags(label: str, copies: str, on: bool) -> Pass | Fail:
    """PASS where copies carry the tags: `RDS instance db copies its tags to its snapshots.`"""
    return pass_if(on, f"{label} copies its tags to its {copies}.", f"{label} does not copy its tags to its {copies}.")


def has_tags(label: str, tags: Iterable[Tag], keys: Iterable[str]) -> Pass | Fail:
    """PASS where there is a tag of each of the keys, whatever its value; keys tell upper from lower case."""
    return lacks_none(label, "the tags", keys, {tag.key for tag in tags})
