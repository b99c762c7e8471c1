"""Signature Version 4 for the lean path, and credentials that are looked up when a request is signed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from botocore.credentials import ReadOnlyCredentials
from botocore.utils import normalize_url_path

from aioprowler.aws.credentials import Keys

current_keys: ContextVar[Keys] = ContextVar("current_keys")
"""Whose request the running task is making."""

EMPTY_SHA256 = sha256(b"").hexdigest()
UNSIGNED = frozenset(
    {"expect", "transfer-encoding", "user-agent", "x-amzn-trace-id", "amz-sdk-invocation-id", "amz-sdk-request"}
)
"""Headers that intermediaries may change, and those that botocore adds after signing."""


class CurrentCredentials:
    """What the shared clients take for credentials: those of the account whose call is being signed."""

    method = "aioprowler"

    @property
    def access_key(self) -> str:
        """Of the account whose request is being signed."""
        return current_keys.get().access_key

    @property
    def secret_key(self) -> str:
        """Likewise."""
        return current_keys.get().secret_key

    @property
    def token(self) -> str | None:
        """Likewise; None for keys that are no session's."""
        return current_keys.get().token

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """All three at one moment, as botocore's signers ask for them."""
        keys = current_keys.get()
        return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token)

    def get_deferred_property(self, _name: str) -> Any:
        """For the endpoint rules, which ask for the account id only."""
        return self.get_account_id

    async def get_account_id(self) -> None:
        """No account-based endpoints: they would make a client's endpoint differ from account to account."""


class CurrentCredentialsResolver:
    """The credential chain of the shared clients: one link."""

    def __init__(self) -> None:
        self.providers: list[Any] = []
        self._credentials = CurrentCredentials()

    async def load_credentials(self) -> CurrentCredentials:
        """The same object for every client, since it looks at the context when it is asked."""
        return self._credentials


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


@lru_cache(1024)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of one day, region and service: four HMACs once instead of at every call."""
    return _hmac(_hmac(_hmac(_hmac(f"AWS4{secret}".encode(), date), region), service), "aws4_request")


@lru_cache(1024)
def canonical_path(path: str) -> str:
    """The path as every service but S3 signs it: normalized, and encoded once more."""
    return quote(normalize_url_path(path), safe="/~")


def canonical_query(query: str) -> str:
    """Name=value pairs in order of name, then value."""
    if not query:
        return ""
    pairs = sorted((name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")))
    return "&".join(f"{name}={value}" for name, value in pairs)


class Canonical:
    """The canonical request of all who ask for the same, but for the path, the host, the time and the session."""

    __slots__ = ("_body_hash", "_forms", "_headers", "_method", "_query")

    def __init__(self, method: str, query: str, headers: Mapping[str, str], body_hash: str) -> None:
        """`headers`: those to be sent, with names in lower case, without what differs; `query` is canonical already."""
        self._method = method
        self._query = query
        self._headers = headers
        self._body_hash = body_hash
        self._forms: dict[bool, tuple[str, str]] = {}
        """With a session's token, and without: the text with gaps, and which headers are signed."""

    def authorization(self, path: str, host: str, keys: Keys, stamp: str, region: str, service: str) -> str:
        """The Authorization header. `path` is canonical already."""
        form, signed = self._forms.get(bool(keys.token)) or self._form(has_token=bool(keys.token))
        canonical = form % ((path, host, stamp, _one_line(keys.token)) if keys.token else (path, host, stamp))
        scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = _signing_key(keys.secret_key, stamp[:8], region, service)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"

    def _form(self, *, has_token: bool) -> tuple[str, str]:
        """The gaps are in order, for so are the names of their headers."""
        values = {name: _no_gap(_one_line(value)) for name, value in self._headers.items() if name not in UNSIGNED}
        values |= dict.fromkeys(["host", "x-amz-date"] + ["x-amz-security-token"] * has_token, "%s")
        names = sorted(values)
        lines = "\n".join([f"{name}:{values[name]}" for name in names])
        signed = ";".join(names)
        form = f"{self._method}\n%s\n{_no_gap(self._query)}\n{lines}\n\n{signed}\n{self._body_hash}", signed
        self._forms[has_token] = form
        return form


def _no_gap(text: str) -> str:
    return text.replace("%", "%%")


def _one_line(value: str) -> str:
    return " ".join(value.split())
