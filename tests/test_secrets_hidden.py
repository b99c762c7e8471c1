"""No repr, message or log tells an external ID, a token or a key."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import aioprowler
from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.organization import Member, Organization
from aioprowler.aws.credentials import Keys
from aioprowler.aws.requests import Request
from aioprowler.cli.app import run
from aioprowler.cli.options import Access, Sending
from aioprowler.declarations.account import Account
from aioprowler.engine.overrides import Override
from aioprowler.engine.plan import Plan
from aioprowler.errors import UsageError
from aioprowler.scanning import ScanOptions
from aioprowler.scanning.journal import Header

SECRET = "4f1cSECRET"
_SECRETS = re.compile(r"external_id|\w*token|secret\w*_key|webhook|snippet|config")
"""Names of fields that hold secrets, or among others: Shodan's key is one of the configuration's."""
_LISTED = {Request: ("headers", "body"), Header: ("options",), Plan: ("settings",), Override: ("settings",)}
"""Those of other names."""


def structures() -> Iterator[type]:
    for module in pkgutil.walk_packages(aioprowler.__path__, "aioprowler."):
        if not re.search(r"__main__|\.services\.|\.demo", module.name):  # the demo's keys open nothing
            loaded = importlib.import_module(module.name)
            for kind in vars(loaded).values():
                if isinstance(kind, type) and kind.__module__ == module.name and names(kind):
                    yield kind


def names(kind: type) -> tuple[str, ...]:
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    return tuple(each.name for each in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def secrets(kind: type) -> list[str]:
    return [name for name in names(kind) if _SECRETS.fullmatch(name) or name in _LISTED.get(kind, ())]


HOLDERS = [kind for kind in structures() if secrets(kind)]


@pytest.mark.parametrize("kind", HOLDERS, ids=lambda kind: kind.__qualname__)
def test_a_repr_tells_none_of_it(kind: Any) -> None:
    hidden = secrets(kind)
    assert SECRET not in repr(kind(**{name: SECRET if name in hidden else "" for name in names(kind)}))


def test_there_is_something_to_hide() -> None:
    known = {Access, CredentialSource, Header, Keys, Member, Organization, Plan, Request, ScanOptions, Sending}
    assert known <= {*HOLDERS}


def test_the_rest_is_shown() -> None:
    member = Member(account=Account(id="111122223333"), role="audit", external_id=SECRET)
    assert repr(member).endswith("role='audit', external_id=...)")
    assert "111122223333" in repr(member)
    assert repr(Member(account=Account(id="111122223333"))).endswith("external_id=None)")


ROLE = "--role arn:aws:iam::123456789012:role/audit"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (f"{ROLE} --external-id {SECRET}!", "--external-id: it has letters"),
        (f"{ROLE} --external-id ours {SECRET}", "There is no place for what follows --external-id."),
        (f"{ROLE} -I ours {SECRET}", "There is no place for what follows -I."),
        (f"{ROLE} --external-id={SECRET} --external-id={SECRET}", "specified multiple times"),
        (f"--external-idd={SECRET}", "Unknown option: --external-idd."),
        (f"--mfa-serial arn:aws:iam::1:mfa/a --mfa-token {SECRET}", "MFA code: give the six digits"),
        (f"--mfa-token {SECRET}", "--mfa-serial and --mfa-token together"),
        (f"--mfa={SECRET}", "--mfa takes no value."),
        (f"--webhook htp://{SECRET}", "--webhook: give a URL"),
        (f"--webhook https://user:{SECRET}@example.org/", "leave out user name and password"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_without_it(
    options: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", *options.split()]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert told in line
    assert SECRET not in line


def test_what_is_no_secret_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "s3"]) == 2
    assert "There is no place for 's3'." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.csv",
            f"111122223333,payments,audit,{SECRET},\n222233334444,,,,\n",
            "line 1: give the names of the",
        ),
        ("a.csv", f"id,external_id\n111122223333,4f1c,{SECRET}\n", "line 2: a value without a name"),
        ("a.csv", f"id,external_id\n111122223333,{SECRET}!\n", "line 2: external_id: it has letters"),
        ("a.yaml", f"- {{id: '111122223333', external_id: {SECRET}!}}\n", "account 1: external_id: it has letters"),
        ("a.yaml", f"- {{id: '111122223333', external_id: [{SECRET}]}}\n", "account 1: external_id: give a text."),
        ("a.yaml", f"- {{id: '111122223333', external_id={SECRET}: x}}\n", "account 1: a value without a name"),
        ("a.yaml", f"- id: '111122223333'\n  external_id: *{SECRET}\n", "line 2: this is not YAML (found undefined"),
        ("a.yaml", f"- id: '111122223333'\n  external_id {SECRET}\n  role: audit\n", "line 3: this is not YAML"),
        ("a.yaml", "- {id: '111122223333', externalid: ours}\n", "account 1: externalid: say id"),
    ],
)
def test_a_mistake_in_a_file_of_accounts_is_told_without_it(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_accounts(path, "aioprowler", None)
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)
