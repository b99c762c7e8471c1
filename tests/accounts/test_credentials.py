"""Credentials that end, whatever gives them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from aioprowler.accounts.credentials import CredentialSource, from_botocore
from aioprowler.aws.credentials import Renewing
from aioprowler.aws.errors import ENDED, classify
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from tests.accounts.sts import SECRET


def client_error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "it is\nso"}}, operation)


class Session:
    """Whose credentials cannot be had a second time."""

    def __init__(self, end: Exception) -> None:
        self.end = end
        self.asked = 0

    async def get_credentials(self) -> Session:
        return self

    async def get_frozen_credentials(self) -> Any:
        self.asked += 1
        if self.asked > 1:
            raise self.end
        return SimpleNamespace(access_key="AKIAALICE0001", secret_key=SECRET, token=None)


WEB = "AssumeRoleWithWebIdentity"
WRAPPED = "CredentialRetrievalError"
ENDS = {
    "refreshed and still expired": (RuntimeError("still expired"), WRAPPED),
    "a program that prints no JSON": (json.JSONDecodeError("Expecting value", "Sign in", 0), WRAPPED),
    "a program that is not there": (FileNotFoundError("corporate-login"), WRAPPED),
    "an assignment that was taken away": (client_error("ForbiddenException", "GetRoleCredentials"), WRAPPED),
    "a web identity that is refused": (client_error("InvalidIdentityToken", WEB), WRAPPED),
    "a web identity that has expired": (client_error("ExpiredTokenException", WEB), "ExpiredTokenException"),
    "a session that is over": (UnauthorizedSSOTokenError(), "UnauthorizedSSOTokenError"),
    "no session": (SSOTokenLoadError(error_msg="x"), "SSOTokenLoadError"),
    "no token": (TokenRetrievalError(provider="sso", error_msg="x"), "TokenRetrievalError"),
}


async def renewed(end: Exception, times: int) -> tuple[list[Failure], Session]:
    """What becomes of credentials that are to be renewed so many times."""
    session = Session(end)
    provider = Renewing(from_botocore(session, CredentialSource(profile="audit")))
    keys = await provider.get()
    failures = []
    for _ in range(times):
        with pytest.raises((BotoCoreError, ClientError)) as caught:
            await provider.replace(keys)
        failures.append(classify(caught.value, Operation("sts", "AssumeRole")))
    return failures, session


@pytest.mark.parametrize("end", ENDS)
def test_credentials_that_end_are_told_as_that_whatever_gave_them(end: str) -> None:
    error, code = ENDS[end]
    (failure, *_), _ = anyio.run(renewed, error, 1)
    assert (failure.kind, failure.code) == ("unauthenticated", code)
    assert code in ENDED


def test_nobody_asks_again_for_what_has_ended() -> None:
    failures, session = anyio.run(renewed, UnauthorizedSSOTokenError(), 3)
    assert [failure.code for failure in failures] == ["UnauthorizedSSOTokenError"] * 3
    assert session.asked == 2


@pytest.mark.parametrize(
    "trouble",
    [client_error("TooManyRequestsException", "GetRoleCredentials"), EndpointConnectionError(endpoint_url="x")],
    ids=["throttled", "unreachable"],
)
def test_what_may_pass_is_no_end_of_credentials(trouble: Exception) -> None:
    failures, session = anyio.run(renewed, trouble, 2)
    assert {failure.kind for failure in failures} <= {"throttled", "unreachable"}
    assert session.asked == 3
