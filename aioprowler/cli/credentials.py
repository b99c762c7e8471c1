"""From the options to credential sources. Secrets never come from the command line: other users can read it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any, Final

from msgspec import structs

from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.accounts.credentials import EXTERNAL_ID, ROLE, ROLE_PATH, CredentialSource
from aioprowler.accounts.organization import ROLE_NAME, Organization
from aioprowler.cli.options import Access
from aioprowler.errors import UsageError

_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_SERIAL: Final = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
_TOKEN: Final = re.compile(r"\d{6}", re.ASCII)
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_DURATION: Final = range(900, 43200 + 1)


def whom(access: Access) -> dict[str, Any]:
    """Whom to scan and with which credentials, as arguments of ScanOptions. Raises UsageError.

    Asks for the MFA device and its code if that is wanted.
    """
    many, found = _many(access), sources(access)
    mfa = _mfa(access)
    credentials = [structs.replace(each, **mfa) for each in found]
    rest = {"session_policy": not access.no_session_policy, "organizations_role": access.organizations_role}
    return {"credentials": credentials, **rest, **many}


def _many(access: Access) -> dict[str, Any]:
    """An organization, or the accounts of a file."""
    _validate_many(access)
    role = role_of(access.role_name)
    if access.accounts_file is not None:
        return {"members": read_accounts(access.accounts_file, role, access.external_id)}
    if not access.organization:
        return {}
    return {
        "organization": Organization(
            units=tuple(unit.strip("/") for unit in access.units or ()),
            excluded_units=tuple(unit.strip("/") for unit in access.excluded_units or ()),
            accounts=access.accounts or (),
            excluded_accounts=access.excluded_accounts or (),
            tags=_tags(access.account_tags or ()),
            role=role,
            external_id=access.external_id,
        )
    }


def role_of(name: str | None) -> str:
    """The name of the role in each account. Raises UsageError."""
    if name is not None:
        _match("--role-name", name, ROLE_PATH, "give the role's name, with its path if it has one: audit/reader.")
    return name or ROLE_NAME


def _tags(texts: Iterable[str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for text in texts:
        key, _, value = text.partition("=")
        if not key:
            raise UsageError(f"--account-tag {text!r:.80}: write KEY=VALUE, or KEY.")
        if key in tags:
            raise UsageError(f"--account-tag {key:.80} is given twice: an account must have all the tags.")
        tags[key] = value
    return tags


def _validate_many(access: Access) -> None:
    many = access.organization or access.accounts_file is not None
    if access.organization and access.accounts_file is not None:
        raise UsageError("--organization and --accounts-file: give one of them.")
    filters = {
        "--ou": access.units,
        "--exclude-ou": access.excluded_units,
        "--account": access.accounts,
        "--exclude-account": access.excluded_accounts,
        "--account-tag": access.account_tags,
    }
    given = [option for option, value in filters.items() if value]
    if given and not access.organization:
        raise UsageError(f"{given[0]} chooses among the accounts of an organization: add --organization.")
    if access.role_name is not None and not many:
        raise UsageError("--role-name goes with --organization or --accounts-file; for one account say --role ARN.")
    if access.organizations_role is not None and many:
        raise UsageError("--organizations-role is for accounts that are scanned by themselves: leave it out.")
    if many and (len(access.roles or ()) > 1 or len(access.profiles or ()) > 1):
        raise UsageError("Many accounts are entered from one: give one --role or --profile at most.")
    if not all((*(access.units or ()), *(access.excluded_units or ()))):
        raise UsageError("--ou and --exclude-ou: an organizational unit is named by its id or path.")
    for id_ in [*(access.accounts or ()), *(access.excluded_accounts or ())]:
        _match("account", id_, _ACCOUNT, "give its id, twelve digits.")


def sources(access: Access) -> list[CredentialSource]:
    """One for each account, or the base of many; without MFA codes, which can be used once. Raises UsageError."""
    _validate(access)
    common: dict[str, Any] = {
        "session_duration": access.session_duration,
        "session_name": access.role_session_name,
    }
    if access.roles:
        profile = access.profiles[0] if access.profiles else None
        return [
            CredentialSource(role_arn=role, external_id=access.external_id, profile=profile, **common)
            for role in access.roles
        ]
    return [CredentialSource(profile=profile, **common) for profile in access.profiles or (None,)]


def _validate(access: Access) -> None:
    for role in access.roles or ():
        _match("--role", role, ROLE, "give the role's ARN, such as arn:aws:iam::123456789012:role/aioprowler.")
    if access.organizations_role is not None:
        _match("--organizations-role", access.organizations_role, ROLE, "give the role's ARN.")
    if access.roles and len(access.profiles or ()) > 1:
        raise UsageError("--role with several profiles: give the one profile that may assume the roles.")
    if access.external_id is not None:
        _match_secret("--external-id", access.external_id, EXTERNAL_ID, "it has letters, digits and +=,.@:/- only.")
        if not access.roles and not access.organization and access.accounts_file is None:
            raise UsageError("--external-id goes with a role: add --role ARN.")
    _match("--role-session-name", access.role_session_name, _SESSION_NAME, "give 2 to 64 letters, digits or +=,.@-.")
    if access.session_duration not in _DURATION:
        raise UsageError(f"--session-duration {access.session_duration!r:.80}: give 900 to 43200 seconds.")


def _match(option: str, value: str, pattern: re.Pattern[str], advice: str) -> None:
    if not pattern.fullmatch(value):
        raise UsageError(f"{option} {value!r:.80}: {advice}")


def _match_secret(option: str, value: str, pattern: re.Pattern[str], advice: str) -> None:
    """The same of what is not told."""
    if not pattern.fullmatch(value):
        raise UsageError(f"{option}: {advice}")


def _mfa(access: Access) -> dict[str, str]:
    serial, token = access.mfa_serial, access.mfa_token
    if not access.mfa and serial is None and token is None:
        return {}
    if len(access.roles or access.profiles or ()) > 1:
        raise UsageError("An MFA code is good for one account: give one role or profile.")
    if not access.mfa and (serial is None or token is None):
        raise UsageError("Give --mfa-serial and --mfa-token together, or --mfa to be asked.")
    serial = serial if serial is not None else _ask("ARN of the MFA device: ")
    token = token if token is not None else _ask("Its current code: ")
    _match("MFA device", serial, _SERIAL, "give its ARN, such as arn:aws:iam::123456789012:mfa/alice.")
    _match_secret("MFA code", token, _TOKEN, "give the six digits that the device shows.")
    return {"mfa_serial": serial, "mfa_token": token}


def _ask(question: str) -> str:
    """On stderr, because stdout is for findings."""
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stderr.write("\n")
        raise UsageError("There is nobody to ask for the MFA code: give --mfa-serial and --mfa-token.")
    return answer.strip()
