"""Mutelists as they are written, in YAML or as items of a table: what is wrong with one is told with its place."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from aioprowler.errors import UsageError, require
from aioprowler.findings.mutelist import Exceptions, MuteEntry, Mutelist
from aioprowler.findings.patterns import check_pattern, compiled
from aioprowler.user_files import DEEPEST, read_bytes, safe_loader, yaml_of

KEYS: Final = ("Regions", "Resources", "Tags", "Exceptions", "Reason", "Description", "Owner", "Expires")
REQUIRED: Final = ("Regions", "Resources")
EXCEPTIONS: Final = ("Accounts", "Regions", "Resources", "Tags")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NULL: Final = "tag:yaml.org,2002:null"
_ADVICE: Final = {
    "Mutelist": "write `Mutelist: {Accounts: {...}}`",
    "Accounts": "write `Accounts:` and below it accounts, by id or '*'",
    "Checks": "write `Checks:` and below it checks, by id, pattern or '*'",
}


class MutelistError(UsageError):
    """A mutelist with mistakes, a line for each in `mistakes`."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        others = f" (`aioprowler mutelist check` lists all {len(mistakes):,} mistakes.)" if len(mistakes) > 1 else ""
        super().__init__(mistakes[0] + others)
        self.mistakes = tuple(mistakes)


def read_mutelist(path: Path) -> Mutelist:
    """The entries of a YAML file. Raises UsageError, or MutelistError with the line of each mistake."""
    return parse(str(path), read_bytes("--mutelist-file", path))


def parse(source: str, text: bytes) -> Mutelist:
    """The entries of a YAML text, which comes from `source`. Raises UsageError, or MutelistError with each mistake."""
    with yaml_of(source, text, safe_loader(fast=True)) as loader:
        return _Reader(source, loader).mutelist(loader.get_single_node())


def of_items(source: str, items: Iterable[Mapping[str, Any]]) -> Mutelist:
    """The entries of a table's items: `Accounts`, `Checks` and an entry's keys, as DynamoDB's attribute values.

    They come in the order of accounts and checks, because a table has none. Raises MutelistError.
    """
    reader = _Reader(source, yaml.SafeLoader(""))
    entries = [entry for item in items for entry in reader.item(item)]
    reader.conclude()
    return Mutelist(entries=tuple(sorted(entries, key=lambda entry: (entry.account, entry.check))))


Pairs = dict[str, tuple[yaml.Node | None, yaml.Node]]
"""Key -> where it stands, and its value."""


class _Reader:
    """From YAML's nodes, which know their lines, to entries. Goes on after a mistake, to find all of them."""

    def __init__(self, source: str, loader: Any) -> None:
        self._source = source
        self._loader = loader
        self._place = ""
        self._mistakes: list[str] = []
        self._notes: list[str] = []

    def mutelist(self, root: yaml.Node | None) -> Mutelist:
        """Other keys beside `Mutelist` are somebody else's."""
        if root is None:
            self._fail(None, f"this is empty: {_ADVICE['Mutelist']}.")
        listed = self._below(root, "Mutelist", former="Allowlist", others=True)
        accounts = self._below(listed, "Accounts")
        entries = [
            entry
            for account, (_, node) in self._pairs(accounts, _ADVICE["Accounts"]).items()
            for check, (key, value) in self._pairs(self._below(node, "Checks"), _ADVICE["Checks"]).items()
            for entry in self._entries(account, check, key, value)
        ]
        self.conclude()
        return Mutelist(entries=tuple(entries), notes=tuple(self._notes))

    def item(self, attributes: Mapping[str, Any]) -> Iterator[MuteEntry]:
        """Attributes that do not look like a key of an entry are somebody else's."""
        nodes = {name: _node(value) for name, value in attributes.items()}
        account, check = (_text(nodes.pop(name, None)) for name in ("Accounts", "Checks"))
        self._place = f", item {check or '?':.80} of account {account or '?':.80}"
        if not account or not check:
            self._fail(None, "give one account as Accounts and one check as Checks, both strings.")
            return
        own: Pairs = {name: (None, node) for name, node in nodes.items() if _ours(name)}
        yield from self._entry(account, check, None, own)

    def conclude(self) -> None:
        """Raises MutelistError."""
        if self._mistakes:
            raise MutelistError(self._mistakes)

    # ------------------------------------------------------------------------ entries
    def _entries(self, account: str, check: str, key: yaml.Node | None, value: yaml.Node) -> Iterator[MuteEntry]:
        """Of one check: an entry, or a list of them."""
        several = value.value if isinstance(value, yaml.SequenceNode) else None
        for place, node in [(each, each) for each in several] if several is not None else [(key, value)]:
            pairs = self._pairs(node, f"{check}: write `Regions:` and `Resources:` below it.")
            if pairs:
                yield from self._entry(account, check, place, pairs)

    def _entry(self, account: str, check: str, place: yaml.Node | None, pairs: Pairs) -> Iterator[MuteEntry]:
        mistakes = len(self._mistakes)
        self._know(pairs, KEYS)
        for name in REQUIRED:
            if name not in pairs:
                self._fail(place, f"{check}: {name} is missing: write `{name}: ['*']` for all.")
        self._pattern(place, check_pattern(check))
        regions, resources, tags = (self._patterns(name, pairs) for name in ("Regions", "Resources", "Tags"))
        reason, description, owner = (self._sentence(name, pairs) for name in ("Reason", "Description", "Owner"))
        entry = MuteEntry(
            account=account, check=check, regions=regions, resources=resources, tags=tags,
            exceptions=self._exceptions(pairs), reason=reason or description, owner=owner,
            expires=self._day(pairs), line=_line(place),
        )  # fmt: skip
        if len(self._mistakes) == mistakes:
            yield entry

    def _exceptions(self, pairs: Pairs) -> Exceptions:
        if "Exceptions" not in pairs:
            return Exceptions()
        found = self._pairs(pairs["Exceptions"][1], f"Exceptions: give some of {', '.join(EXCEPTIONS)} below it.")
        self._know(found, EXCEPTIONS)
        return Exceptions(**{name.lower(): self._patterns(name, found) for name in EXCEPTIONS})

    # ------------------------------------------------------------------------- values
    def _patterns(self, name: str, pairs: Pairs) -> tuple[str, ...]:
        if name not in pairs:
            return ()
        where, node = pairs[name]
        texts = [(each, _text(each)) for each in node.value] if isinstance(node, yaml.SequenceNode) else [(node, None)]
        for each, text in texts:
            if text is None:
                self._fail(each if _line(each) else where, f"{name}: give a list of texts, such as {name}: ['*'].")
            else:
                self._pattern(each, text)
        return tuple(text for _, text in texts if text is not None)

    def _pattern(self, node: yaml.Node | None, pattern: str) -> None:
        try:
            compiled(pattern)
        except ValueError as error:
            self._fail(
                node, f"{pattern!r:.100} is no regular expression ({error}); put a backslash before what is a text."
            )

    def _sentence(self, name: str, pairs: Pairs) -> str:
        where, node = pairs.get(name, (None, None))
        text = _text(node)
        if node is not None and text is None:
            self._fail(where, f"{name}: give a text.")
        return text or ""

    def _day(self, pairs: Pairs) -> datetime.date | None:
        where, node = pairs.get("Expires", (None, None))
        text = _text(node)
        if node is None:
            return None
        try:
            if text is not None and _DAY.fullmatch(text):
                return datetime.date.fromisoformat(text)
        except ValueError:
            pass
        self._fail(where, f"Expires: {text or 'this':.80} is no day: give the last one as YYYY-MM-DD.")
        return None

    # ---------------------------------------------------------------------- structure
    def _below(self, node: yaml.Node | None, key: str, *, former: str = "", others: bool = False) -> yaml.Node | None:
        """The value of a mapping's key, which may have its `former` name, and beside which there may be `others`."""
        pairs = self._pairs(node, f"{_ADVICE[key]}.")
        if not others:
            self._know(pairs, (key,))
        for name in (key, former):
            if name in pairs:
                return pairs[name][1]
        if isinstance(node, yaml.MappingNode) and (others or not pairs):
            self._fail(node, f"{key} is missing: {_ADVICE[key]}.")
        return None

    def _pairs(self, node: yaml.Node | None, advice: str) -> Pairs:
        """Of two equal keys the last counts, as YAML's readers have it; the user is told."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self._fail(node, advice)
            return {}
        seen: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            name = _text(key) or ""
            if name in seen and name != "<<":
                before, after = _line(seen[name]), _line(key)
                self._notes.append(f"{self._source}, line {before}: {name!r:.80} is replaced by that of line {after}.")
            seen[name] = key
        self._loader.flatten_mapping(node)
        return {_text(key) or "": (key, value) for key, value in node.value}

    def _know(self, pairs: Pairs, known: Sequence[str]) -> None:
        for name, (key, _) in pairs.items():
            try:
                require("key", [name], known)
            except UsageError as error:
                self._fail(key, str(error))

    def _fail(self, node: yaml.Node | None, mistake: str) -> None:
        line = _line(node)
        self._mistakes.append(f"{self._source}{f', line {line}' if line else self._place}: {mistake}")


def _line(node: yaml.Node | None) -> int | None:
    return node.start_mark.line + 1 if node is not None and node.start_mark is not None else None


def _text(node: yaml.Node | None) -> str | None:
    """A scalar as it is written: an account id that begins with 0 is no number."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) and node.tag != _NULL else None


def _node(value: Mapping[str, Any], deepest: int = DEEPEST) -> yaml.Node:
    """One of DynamoDB's attribute values as YAML would have it, without what lies deeper than any entry has it."""
    nothing: tuple[str, Any] = "NULL", None
    type_, content = next(iter(value.items()), nothing) if deepest else nothing
    match type_:
        case "M":
            pairs = [(_string(key), _node(each, deepest - 1)) for key, each in content.items()]
            return yaml.MappingNode("tag:yaml.org,2002:map", pairs)
        case "L":
            return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(each, deepest - 1) for each in content])
        case "SS":
            return yaml.SequenceNode("tag:yaml.org,2002:seq", [_string(each) for each in sorted(content)])
        case "S" | "N":
            return _string(content)
    return yaml.ScalarNode(_NULL, "")


def _string(text: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def _ours(name: str) -> bool:
    return name in KEYS or bool(difflib.get_close_matches(name, KEYS, cutoff=0.8))
