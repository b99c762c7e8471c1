"""What a user can do where credentials cannot be had, or AWS refuses them: by what the profile says it takes them from.

The table in docs/credentials.md tells the same.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ConfigParseError

from aioprowler.aws.errors import ENDED, EXPIRED, TRANSIENT, UNREADABLE
from aioprowler.aws.profiles import session_of
from aioprowler.declarations.failure import Failure

if TYPE_CHECKING:
    from aioprowler.accounts.credentials import CredentialSource

_SKEWED: Final = re.compile(r"Signature (?:not yet current|expired)")
_CLOCK: Final = "the clock of this machine is wrong; set it, and try again."
_ENDS_OF_SSO: Final = frozenset(
    {"NoAuthTokenError", "SSOError", "SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError"}
    | {"CredentialRetrievalError", *EXPIRED}
)
_BY_CODE: Final = {
    "PartialCredentialsError": "set the access key and its secret, both or neither.",
    "InfiniteLoopConfigError": (
        "the profiles lead to each other by source_profile; one of them must have credentials of its own."
    ),
    "InvalidConfigError": "mend the AWS configuration file.",
    **dict.fromkeys(EXPIRED, "the credentials have expired; sign in again."),
}
_ENDED: Final = "the credentials could not be had, or not be renewed; sign in again, or mend what gives them."
_NO_TERMINAL: Final = ("EOFError", "GetPassWarning")


def profile_of(source: CredentialSource) -> str:
    """The profile whose credentials are taken: the one that is given, else the environment's."""
    return source.profile or os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or "default"


def without_profile(source: CredentialSource) -> str:
    """There is none of that name."""
    where = "" if source.profile else f" {profile_of(source)}, which AWS_PROFILE names"
    return f"there is no such profile{where}; `aws configure list-profiles` prints those there are."


def without_credentials(source: CredentialSource) -> str:
    """Nobody had any."""
    name = profile_of(source)
    if "login_session" in _settings(source):
        return (
            f"profile {name} was made by `aws login`, which the installed botocore does not know. Give a profile with "
            f"`credential_process = aws configure export-credentials --profile {name} --format process`."
        )
    return (
        "none were found in the environment, the shared files, SSO or instance metadata. "
        "Run `aws configure` or `aws sso login`, or give --profile."
    )


def of_configuration(error: Exception) -> str:
    """A file that cannot be parsed is told with its line, but not what is in it: that may be a secret."""
    cause = error.kwargs.get("error") if isinstance(error, ConfigParseError) else None
    wrong = getattr(cause, "errors", [])  # of several lines; what misses a section's head has one, and no such list
    line = wrong[0][0] if wrong else getattr(cause, "lineno", None)
    return f"{error} (line {line})." if line else str(error)


def of_provider(source: CredentialSource, failure: Failure) -> str:
    """Of credentials that could not be had; empty where nothing more is known than that."""
    settings = {} if source.access_key_id else _settings(source)
    code, message = failure.code, failure.message
    if any(each in message for each in _NO_TERMINAL):
        return (
            "its role wants an MFA code, and there is no terminal to ask for it. Give --role, --mfa-serial and "
            "--mfa-token, with the source_profile as --profile."
        )
    if {"sso_session", "sso_start_url"} & settings.keys() and code in _ENDS_OF_SSO:
        return f"its SSO session is missing or over; run `aws sso login --profile {profile_of(source)}`."
    if code == "PartialCredentialsError" and "role_arn" in settings:
        return "its role_arn needs a source_profile or a credential_source; give one of them."
    known = ""
    if code == "CredentialRetrievalError":
        known = _of_program(source, settings, message) or _of_environment(message)
    return known or _BY_CODE.get(code) or (_ENDED if code in ENDED else "")


def _of_program(source: CredentialSource, settings: Mapping[str, Any], message: str) -> str:
    """Arguments of the program are not told: they may be secrets."""
    command = settings.get("credential_process")
    if not command:
        return ""
    with suppress(ValueError):
        command = (shlex.split(command) or [command])[0]
    what = "is not there" if "FileNotFoundError" in message else "gave no credentials"
    return f"the credential_process of profile {profile_of(source)}, {command}, {what}; run it by hand, and mend it."


def _of_environment(message: str) -> str:
    if "FileNotFoundError" in message:
        return "the file of the web identity token is not there; check AWS_WEB_IDENTITY_TOKEN_FILE."
    if "ValueError" in message and os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return (
            "check AWS_CONTAINER_CREDENTIALS_FULL_URI, which must be the container's own, and that the token for it "
            "is one line."
        )
    return ""


def of_answer(failure: Failure) -> str:
    """Of what answered in AWS's place, or of AWS itself; empty where it is no fault of theirs."""
    if failure.code == "RequestTimeTooSkewed" or _SKEWED.search(failure.message):
        return _CLOCK
    if failure.code in TRANSIENT:
        return "AWS failed at it; try again later."
    if failure.code == UNREADABLE:
        return "what answered is not AWS; check AWS_ENDPOINT_URL and the proxy."
    return ""


def _settings(source: CredentialSource) -> Mapping[str, Any]:
    with suppress(BotoCoreError):
        found: Mapping[str, Any] = session_of(source.profile).get_scoped_config()
        return found
    return {}
