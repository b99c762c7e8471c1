"""From the options to credential sources. Secrets never come from the command line: other users can read it."""

from __future__ import annotations

import re
import sys
from typing import Any, Final

from aioprowler.accounts.credentials import CredentialSource
from aioprowler.cli.options import Access
from aioprowler.errors import UsageError

_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_SERIAL: Final = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
_TOKEN: Final = re.compile(r"\d{6}", re.ASCII)
_DURATION: Final = range(900, 43200 + 1)


def sources(access: Access) -> list[CredentialSource]:
    """One for each account. Raises UsageError. Asks for the MFA device and its code if that is wanted."""
    _validate(access)
    common: dict[str, Any] = {
        "session_duration": access.session_duration,
        "session_name": access.role_session_name,
        **_mfa(access),
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
        _match("--role", role, _ROLE, "give the role's ARN, such as arn:aws:iam::123456789012:role/aioprowler.")
    if access.roles and len(access.profiles or ()) > 1:
        raise UsageError("--role with several profiles: give the one profile that may assume the roles.")
    if access.external_id is not None:
        _match("--external-id", access.external_id, _EXTERNAL_ID, "it has letters, digits and +=,.@:/- only.")
        if not access.roles:
            raise UsageError("--external-id goes with a role: add --role ARN.")
    _match("--role-session-name", access.role_session_name, _SESSION_NAME, "give 2 to 64 letters, digits or +=,.@-.")
    if access.session_duration not in _DURATION:
        raise UsageError(f"--session-duration {access.session_duration}: give 900 to 43200 seconds.")


def _match(option: str, value: str, pattern: re.Pattern[str], advice: str) -> None:
    if not pattern.fullmatch(value):
        raise UsageError(f"{option} {value!r}: {advice}")


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
    _match("MFA code", token, _TOKEN, "give the six digits that the device shows.")
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
