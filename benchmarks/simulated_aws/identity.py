"""Whose request it is. Keys and session tokens tell it themselves: nothing is kept of a session.

An access key that begins with `AKIA` and an account id is a key of that account; every other long-term key is one of
the management account.
"""

from __future__ import annotations

import base64
import datetime
import itertools
import re
from binascii import Error as Base64Error
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.errors import AwsError

_LONG_TERM = re.compile(r"AKIA(\d{12})")
_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]+/)?([\w+=,.@-]{1,64})")
SHORTEST, LONGEST = 900, 43200
"""Seconds that a session may be asked for."""


class Session(Struct, frozen=True, array_like=True):
    """What a session token says."""

    account: str
    name: str
    """`role/session`."""
    issued: float
    expires: float
    """By the server's clock."""


class Caller(Struct, frozen=True):
    """Who sent a request."""

    account: str
    arn: str
    issued: float = 0.0
    """0: long-term credentials."""
    expires: float = float("inf")


@lru_cache(8192)
def _session(token: str) -> Session | None:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token.removeprefix("Simulated")), type=Session)
    except (msgspec.DecodeError, Base64Error, ValueError):
        return None


class Identities:
    """Issues sessions and recognises them."""

    def __init__(self, config: Config, clock: Callable[[], float]) -> None:
        self._config = config
        self._clock = clock
        self._numbers = itertools.count(1)
        self._revoked: dict[str, float] = {}
        """Account -> sessions that were issued up to then have expired, whatever they say."""
        self.caller = lru_cache(8192)(self._caller)

    def _caller(self, access_key: str, token: str | None) -> Caller:
        session = _session(token) if token else None
        if session is not None:
            arn = f"arn:aws:sts::{session.account}:assumed-role/{session.name}"
            return Caller(session.account, arn, session.issued, session.expires)
        found = _LONG_TERM.match(access_key)
        account = found[1] if found else self._config.management_account
        return Caller(account, f"arn:aws:iam::{account}:user/scanner")

    def is_expired(self, caller: Caller) -> bool:
        if not caller.issued:
            return False
        return self._clock() >= caller.expires or caller.issued <= self._revoked.get(caller.account, 0.0)

    def revoke(self, caller: Caller) -> None:
        """The caller's session, and those issued before it, have expired."""
        self._revoked[caller.account] = max(caller.issued, self._revoked.get(caller.account, 0.0))

    def assume(self, caller: Caller, params: dict[str, Any]) -> dict[str, Any]:
        """A reply of AssumeRole. Raises AwsError."""
        arn = str(params.get("RoleArn", ""))
        name = str(params.get("RoleSessionName", ""))
        seconds = int(params.get("DurationSeconds") or 3600)
        _check_duration(seconds, longest=3600 if caller.issued else LONGEST)
        role = _ROLE.fullmatch(arn)
        position = self._config.position(role[1]) if role else -1
        if role is None or position < 0 or self._config.is_suspended(position):
            raise AwsError(
                "AccessDenied",
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                403,
            )
        user = {"AssumedRoleId": f"AROASIMULATED:{name}"}
        user["Arn"] = f"arn:aws:sts::{role[1]}:assumed-role/{role[2]}/{name}"
        return {"Credentials": self._issue(role[1], f"{role[2]}/{name}", seconds), "AssumedRoleUser": user}

    def session_token(self, caller: Caller, params: dict[str, Any]) -> dict[str, Any]:
        """A reply of GetSessionToken. Raises AwsError."""
        seconds = int(params.get("DurationSeconds") or 43200)
        _check_duration(seconds, longest=129600)
        return {"Credentials": self._issue(caller.account, "scanner/session", seconds)}

    def _issue(self, account: str, name: str, seconds: int) -> dict[str, Any]:
        now = self._clock()
        session = Session(account, name, now, now + seconds * self._config.session_seconds / 3600)
        number = next(self._numbers)
        raw = int(account).to_bytes(5, "big") + number.to_bytes(5, "big")
        expiry = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
        return {
            "AccessKeyId": f"ASIA{base64.b32encode(raw).decode()}",
            "SecretAccessKey": f"simulated/{account}/{number:018d}",
            "SessionToken": f"Simulated{base64.urlsafe_b64encode(msgspec.json.encode(session)).decode()}",
            "Expiration": expiry.replace(microsecond=0),
        }


def _check_duration(seconds: int, longest: int) -> None:
    if not SHORTEST <= seconds <= longest:
        raise AwsError("ValidationError", f"DurationSeconds must be between {SHORTEST} and {longest}.", 400)


def identity(caller: Caller) -> dict[str, Any]:
    """A reply of GetCallerIdentity."""
    return {"UserId": "AIDASIMULATED", "Account": caller.account, "Arn": caller.arn}
