"""The user's own severities and texts of checks, from a YAML file with Prowler's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import structs

from aioprowler.catalog.listed import AnyCheck
from aioprowler.declarations.checks import SEVERITIES
from aioprowler.errors import UsageError, require
from aioprowler.user_files import read_bytes, yaml_of

OPTION: Final = "--custom-checks-metadata-file"

_KEYS: Final[dict[str, Any]] = {
    "Severity": "severity",
    "CheckTitle": "title",
    "Description": "description",
    "Risk": "risk",
    "RelatedUrl": "related_url",
    "Remediation": {
        "Code": {"CLI": "cli", "NativeIaC": "cloudformation", "Other": "console", "Terraform": "terraform"},
        "Recommendation": {"Text": "text", "Url": "url"},
    },
}
"""Prowler's names -> ours."""

T = TypeVar("T")

Words = dict[str, str]
"""Name of ours -> text."""


def read_metadata(path: Path, named: Callable[[list[str]], list[str]]) -> tuple[dict[str, Words], list[str]]:
    """Check id -> what the file says of it, and the former ids that the file has.

    `named`: the ids of today for those of the file; it raises UsageError for one that nobody has. What the file says by
    the id of today counts. Raises UsageError with the line of an unknown check, key or severity.
    """
    with yaml_of(path, read_bytes(OPTION, path)) as loader:
        written: dict[str, Words] = {}
        found: dict[str, Words] = {}
        for where, check_id, node in _Reader(path).checks(loader.get_single_node()):
            if check_id in written:
                raise UsageError(f"{where}: {check_id:.80} is there twice.")
            todays = _at(where, named, [check_id])
            written[check_id] = dict(_Reader(path).words(node, _KEYS))
            found |= {id_: written.get(id_, written[check_id]) for id_ in todays}
    return found, [check_id for check_id in written if check_id not in found]


def customized(check: AnyCheck, words: Words) -> AnyCheck:
    """The check with these words in the place of its own."""
    rest = dict(words)
    severity: Any = rest.pop("severity", check.severity)
    documentation = check.documentation
    texts: Words = {name: rest.pop(name) for name in ("title", "description", "risk") if name in rest}
    if "title" in texts:
        texts["fails"] = ""  # the user's title is shown with each finding
    related = rest.pop("related_url", None)
    if related:
        rest.setdefault("url", related)
    remediation = structs.replace(documentation.remediation, **rest)
    return check.with_words(severity, structs.replace(documentation, **texts, remediation=remediation))


class _Reader:
    """Walks the nodes of the file, which know their lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def checks(self, root: Any) -> Iterator[tuple[str, str, Any]]:
        """Place, id and node of each check, below CustomChecksMetadata, aws and Checks."""
        node = root
        for name in ("CustomChecksMetadata", "aws", "Checks"):
            node = next((value for _, key, value in self._items(node) if key == name), None)
            if node is None:
                raise UsageError(
                    f"{self._path}: write `CustomChecksMetadata:`, `aws:`, `Checks:`, and below them checks."
                )
        yield from self._items(node)

    def words(self, node: Any, keys: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for where, key, value in self._items(node):
            if key not in keys:
                raise UsageError(f"{where}: there is no key {key!r:.80} here; say {', '.join(keys)}.")
            if isinstance(keys[key], dict):
                yield from self.words(value, keys[key])
            elif not isinstance(value.value, str):
                raise UsageError(f"{where}: {key}: give a text.")
            elif key == "Severity":
                _at(where, require, "severity", [value.value], SEVERITIES)
                yield keys[key], value.value
            elif value.value:
                yield keys[key], value.value

    def _items(self, node: Any) -> Iterator[tuple[str, str, Any]]:
        """Of a mapping. Raises UsageError for anything else but nothing."""
        import yaml

        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield f"{self._path}, line {key.start_mark.line + 1}", str(key.value), value
        elif node is not None and node.value:
            raise UsageError(f"{self._path}, line {node.start_mark.line + 1}: write `key: value` here.")


def _at(where: str, named: Callable[..., T], *names: Any) -> T:
    """What the function says of the names. Raises UsageError with the place of a wrong one."""
    try:
        return named(*names)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
