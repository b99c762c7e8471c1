"""A list of accounts to scan: YAML or CSV, kept by hand or by c7n-org, or what the AWS CLI has listed."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aioprowler.accounts.credentials import EXTERNAL_ID, ROLE, ROLE_PATH
from aioprowler.accounts.organization import ROLE_NAME, Member
from aioprowler.aws.partitions import require_regions
from aioprowler.declarations.account import Account
from aioprowler.errors import UsageError
from aioprowler.user_files import read_text, yaml_of

KEYS = ("id", "name", "email", "role", "external_id", "regions")
_FOREIGN = {
    "account_id": "id", "account_name": "name", "Id": "id", "Name": "name", "Email": "email", "State": "status",
    "Status": "status",
}  # fmt: skip
"""How others call them: c7n-org (https://cloudcustodian.io/docs/tools/c7n-org.html), and `aws organizations
list-accounts` (https://docs.aws.amazon.com/cli/latest/reference/organizations/list-accounts.html).
"""
_IDS = ("id", "account_id", "Id")
_COLUMN = {name.replace("_", ""): name for name in (*KEYS, "account_id", "account_name")}
"""Letters of a column's name -> the name."""
_NEAR = 0.8
"""From which likeness on a key is a mistake for another."""
_ACTIVE = "ACTIVE"
_PATH = "path"
"""What c7n-org calls units among tags."""
_NOTHING = "null"
"""As a loader of strings has it."""
_ALL = ["all"]
"""What c7n-org has for the regions that are enabled."""
_COLUMNS = 100
_NAME = re.compile(r"[A-Za-z_ -]{1,30}")
_ID = re.compile(r"\d{12}", re.ASCII)
_SEPARATORS = ",;\t"
"""Of columns; which one depends on the country of the spreadsheet."""
_BETWEEN = re.compile(r"[\s,;|]+")
"""Regions in a cell."""
_ADORNMENT = re.compile(r"""[\s='"-]""")
"""What ids have in spreadsheets so that they stay texts, and in AWS's console."""
_SHORTENED = re.compile(r"\d{9,11}", re.ASCII)
"""An id of whose zeros a spreadsheet has taken those in front, as of a number's."""


def read_accounts(path: Path, role: str, external_id: str | None) -> list[Member]:
    """The accounts of a file, each `{id, name, email, role, external_id, regions}`; all but the id may be missing.

    A file called `.csv` has these names in its first line, and regions separated by blanks or commas; any other is YAML
    or JSON: a list of such mappings, or of ids. Accounts of c7n-org's file and of what `aws organizations
    list-accounts` prints have an `account_id` or `Id`, and whatever else; of the latter those that are not active are
    left out. `role` (name or ARN) and `external_id` hold where an account has none of its own. Raises UsageError with
    the place of the mistake.
    """
    text = read_text("--accounts-file", path)
    listed = _csv(path, text) if path.suffix.lower() == ".csv" else _yaml(path, text)
    rows = [(where, row, each) for where, each in listed if (row := _ours(where, each)) is not None]
    members = [_member(where, row, _described(each), role, external_id) for where, row, each in rows]
    if not members:
        raise UsageError(f"{path} lists no account.")
    seen: set[str] = set()
    for (where, _, _), member in zip(rows, members, strict=True):
        if member.account.id in seen:
            raise UsageError(f"{where}: account {member.account.id} is listed twice.")
        seen.add(member.account.id)
    return members


Rows = list[tuple[str, Mapping[str, Any]]]


def _csv(path: Path, text: str) -> Rows:
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    lines = csv.DictReader(io.StringIO(text), restkey="", delimiter=separator)
    rows: Rows = []
    for row in _rows(path, lines):
        given = {_column(key): value for key, value in row.items() if value and not str(value).isspace()}
        given |= {name: _id(given[name]) for name in _IDS if name in given}
        regions = list(filter(None, _BETWEEN.split(str(given.get("regions", "")))))
        if given:
            rows.append((f"{path}, line {lines.line_num}", given | ({"regions": regions} if regions else {})))
    return rows


def _column(name: str) -> str:
    """What a column is called here, or by others, however it is spelled."""
    name = name.strip()
    return name if name in _FOREIGN else _COLUMN.get(_letters(name), name.lower())


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _id(cell: Any) -> str:
    """An account's id as it was before a spreadsheet had it."""
    bare = _ADORNMENT.sub("", str(cell))
    return bare.zfill(12) if _SHORTENED.fullmatch(bare) else bare


def _rows(path: Path, lines: csv.DictReader[str]) -> Iterator[dict[str, Any]]:
    """Raises UsageError for what is no table, or one of more columns than anybody needs."""
    try:
        if len(lines.fieldnames or ()) > _COLUMNS:
            raise UsageError(f"{path}, line 1: more than {_COLUMNS} columns; say {', '.join(KEYS)}.")
        if {*_IDS}.isdisjoint(map(_column, lines.fieldnames or ())):
            raise UsageError(f"{path}, line 1: give the names of the columns: {', '.join(KEYS)}.")
        yield from lines
    except csv.Error as error:
        raise UsageError(f"{path}, line {lines.line_num + 1}: this is not CSV ({error}).") from None


def _yaml(path: Path, text: str) -> Rows:
    import yaml

    class Strings(yaml.BaseLoader):
        """Every scalar is a string: an account id that begins with 0 is no number. No key is there twice."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            made = super().construct_mapping(node, deep)
            seen: set[Any] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"{key.value:.80} is there twice", key.start_mark
                    )
                seen.add(key.value)
            return made

    with yaml_of(path, text, Strings) as loader:  # which makes strings, lists and mappings only
        content = loader.get_single_data()
    if isinstance(content, dict):
        if content.get("NextToken", _NOTHING) != _NOTHING:
            raise UsageError(f"{path}: these are not all accounts (NextToken): list them without --max-items.")
        content = content.get("accounts", content.get("Accounts"))
    if not isinstance(content, list):
        raise UsageError(f'{path}: write a list of accounts, such as `- id: "111122223333"`.')
    return [(f"{path}, account {n}", _mapping(path, n, each)) for n, each in enumerate(content, start=1)]


def _mapping(path: Path, number: int, item: Any) -> Mapping[str, Any]:
    if isinstance(item, str):
        return {"id": item}
    if isinstance(item, dict):
        return {key: value for key, value in item.items() if value != ""}
    raise UsageError(f"{path}, account {number}: write an id, or a mapping with `id`.")


def _ours(where: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A row of somebody else's by our keys, without what we have no use for; None for an account that is not active."""
    if _FOREIGN.keys().isdisjoint(row):
        return row
    named = {_FOREIGN.get(key, key): value for key, value in row.items()}
    if str(named.get("status", _ACTIVE)).upper() != _ACTIVE:
        return None
    for key in named:
        if key not in KEYS and (near := difflib.get_close_matches(key, KEYS, n=1, cutoff=_NEAR)):
            raise UsageError(f"{where}: {key:.80}: did you mean {near[0]}?")
    if "profile" in named and "role" not in named:
        raise UsageError(f"{where}: profile: accounts of a file are entered by a role; give it, or scan by --profile.")
    ours = {key: value for key, value in named.items() if key in KEYS and (key, value) != ("regions", _ALL)}
    return ours | ({"role": _only(where, ours["role"])} if "role" in ours else {})


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    """What c7n-org's tags tell: `path:/workloads/production` of the unit, and each above it; `Key:Value` of a tag."""
    tags = row.get("tags")
    texts = [each for each in tags if isinstance(each, str)] if isinstance(tags, list) else []
    pairs = [(key, value) for key, between, value in (each.partition(":") for each in texts) if between]
    units = [value.strip("/") for key, value in pairs if key == _PATH]
    return {
        "organizational_unit": max(units, key=len, default=""),
        "tags": {key: value for key, value in pairs if key != _PATH},
    }


def _only(where: str, role: Any) -> Any:
    if not isinstance(role, list):
        return role
    if len(role) != 1:
        raise UsageError(f"{where}: role: give one; --role is one that assumes it.")
    return role[0]


def _member(
    where: str, row: Mapping[str, Any], described: dict[str, Any], role: str, external_id: str | None
) -> Member:
    unknown = [key for key in row if key not in KEYS]
    if unknown:
        named = ", ".join(filter(_NAME.fullmatch, unknown)) or "a value without a name"  # which may be an external ID
        raise UsageError(f"{where}: {named}: say {', '.join(KEYS)}.")
    id_ = row.get("id")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise UsageError(f"{where}: give the account's id, twelve digits.")
    regions = row.get("regions")
    if regions is not None and not _are_strings(regions):
        raise UsageError(f"{where}: regions: give a list of region names.")
    for key in ("name", "email", "role", "external_id"):
        if not isinstance(row.get(key, ""), str):
            raise UsageError(f"{where}: {key}: give a text.")
    _validate(where, id_, row)
    texts = {key: row.get(key, "") for key in ("name", "email")}
    account = Account(id=id_, **texts, **described, regions=tuple(regions) if regions else None)
    return Member(account=account, role=row.get("role", role), external_id=row.get("external_id", external_id))


def _validate(where: str, id_: str, row: Mapping[str, Any]) -> None:
    role, external_id = row.get("role", ROLE_NAME), row.get("external_id")
    if not (ROLE if role.startswith("arn:") else ROLE_PATH).fullmatch(role):
        raise UsageError(f"{where}: role: give a role's name or its ARN, such as arn:aws:iam::{id_}:role/{ROLE_NAME}.")
    if role.startswith("arn:") and role.split(":")[4] != id_:
        raise UsageError(f"{where}: role: {role:.80} is of another account than {id_}.")
    if external_id is not None and not EXTERNAL_ID.fullmatch(external_id):
        raise UsageError(f"{where}: external_id: it has letters, digits and +=,.@:/- only.")
    try:
        require_regions(row.get("regions") or ())
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _are_strings(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | dict) and all(isinstance(v, str) for v in value)
