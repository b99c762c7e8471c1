"""Credential sources: where they come from, and how a refusal is told to the user."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError
from msgspec import Struct

from aioprowler.accounts.advice import waiting, without_credentials
from aioprowler.accounts.operations import ASSUME_ROLE, GET_CALLER_IDENTITY
from aioprowler.accounts.replies import Issued, read
from aioprowler.aws.credentials import Keys
from aioprowler.aws.errors import ENDED, TRANSIENT, UnreadableReplyError, classify
from aioprowler.aws.profiles import method_of, profile_of
from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.errors import AioprowlerError

ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
"""A role's ARN."""
ROLE_PATH: Final = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
"""A role's name, with its path if it has one."""
EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

_PATIENCE: Final = 4.0
"""Seconds after which is told who takes his time to give credentials: a program may wait for its user."""
_SIGNS: Final = re.compile(r"[!-~]+")
"""What keys are made of, and headers can hold."""
_logger: Final = logging.getLogger("aioprowler")


class CredentialSource(Struct, frozen=True, kw_only=True):
    """One way into one account. Without a role, the credentials' own account is scanned.

    The base credentials are the given keys, else the profile's, else whatever botocore's chain finds: environment,
    SSO, web identity, container or instance metadata.
    """

    role_arn: str | None = None
    external_id: str | None = None
    session_duration: int = 3600
    """Seconds, from 900 to the role's maximum."""
    session_name: str = "aioprowler"
    mfa_serial: str | None = None
    """ARN of the MFA device."""
    mfa_token: str | None = None
    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None

    @property
    def keys(self) -> dict[str, str | None]:
        """The given keys, as boto3's sessions take them."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
        }

    @property
    def leads_in(self) -> str | None:
        """The profile that leads a command of the user's into the same account, as `Account.profile` has it."""
        return None if self.role_arn or self.access_key_id else profile_of(self.profile)

    @property
    def method(self) -> str:
        """How it leads into the account, as `Account.auth_method` has it."""
        if self.role_arn:
            return f"role: {self.role_arn}"
        return "access key" if self.access_key_id else method_of(self.profile)

    def __repr__(self) -> str:
        """Without secrets."""
        return f"<{self.describe()}>"

    def without_secrets(self, text: str) -> str:
        """STS's message, which may repeat what it was asked with."""
        for secret in filter(None, (self.external_id, self.mfa_token)):
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "...", text)
        return text

    def describe(self) -> str:
        """What the user recognises it by."""
        if self.access_key_id:
            base = f"access key {self.access_key_id[:4]}...{self.access_key_id[-4:]}"
        else:
            base = f"profile {self.profile}" if self.profile else "default credentials"
        return f"role {self.role_arn} through {base}" if self.role_arn else base


class EntryError(AioprowlerError):
    """An account could not be entered. One line: which source was tried, what AWS said, what to do."""

    def __init__(
        self, source: str, advice: str, *, account_id: str = "", kind: FailureKind = "unauthenticated",
        action: str = "sts:GetCallerIdentity", code: str = "",
    ) -> None:  # fmt: skip
        super().__init__(f"Could not enter AWS with {source}: {advice}")
        self.source = source
        self.advice = advice
        self.account_id = account_id
        self.account_name = ""
        self.kind = kind
        self.action = action
        self.code = code


def from_botocore(session: Any, source: CredentialSource) -> Callable[[], Awaitable[Keys]]:
    """Fetches from an aiobotocore session, which renews by itself what it can. Raises EntryError if it has none, and
    what botocore raises: CredentialRetrievalError for all that its providers let through.
    """

    async def fetch() -> Keys:
        timer = asyncio.get_running_loop().call_later(_PATIENCE, lambda: _logger.warning("%s", waiting(source)))
        try:
            found = await session.get_credentials()
            frozen = found and await found.get_frozen_credentials()
        except BotoCoreError:
            raise
        except Exception as error:  # of a program, a file or a service that gives no credentials
            if isinstance(error, ClientError) and _may_pass(error):
                raise
            told = f"{type(error).__name__}: {error}"
            raise CredentialRetrievalError(provider=source.describe(), error_msg=told) from None
        finally:
            timer.cancel()
        if found is None:
            raise EntryError(source.describe(), without_credentials(source), code="NoCredentialsError")
        expiry = getattr(found, "_expiry_time", None)
        keys = Keys(frozen.access_key, frozen.secret_key, frozen.token, expiry)
        _require_signs(source, keys)
        return keys

    return fetch


def _require_signs(source: CredentialSource, keys: Keys) -> None:
    """Raises EntryError."""
    named = {"access key": keys.access_key, "secret access key": keys.secret_key, "session token": keys.token}
    for name, value in named.items():
        if value and not _SIGNS.fullmatch(value):
            raise EntryError(
                source.describe(), f"its {name} has a blank, a line break or another sign that none has; copy it anew.",
                code="InvalidClientTokenId",
            )  # fmt: skip


def _may_pass(error: ClientError) -> bool:
    failure = classify(error, GET_CALLER_IDENTITY)
    return failure.kind == "throttled" or failure.code in TRANSIENT | ENDED


def from_sts(reply: dict[str, Any]) -> Keys:
    """The keys in a reply of AssumeRole or GetSessionToken. Raises UnreadableReplyError, without the reply."""
    found = read(reply, Issued, ASSUME_ROLE)
    if isinstance(found, Failure):
        raise UnreadableReplyError(endpoint="sts")
    issued = found.credentials
    return Keys(issued.access_key_id, issued.secret_access_key, issued.session_token, issued.expiration)
