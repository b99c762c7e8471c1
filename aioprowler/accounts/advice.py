"""What a user can do where credentials cannot be had, or AWS refuses them: by what the profile says it takes them from.

The table in docs/credentials.md tells the same.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore import exceptions
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
_BOTH: Final = "set the access key and its secret, both or neither."
_CONFIGURATION: Final = "mend the AWS configuration file, or the variable of the environment."
_BY_CODE: Final = {
    "PartialCredentialsError": _BOTH,
    "InfiniteLoopConfigError": (
        "the profiles lead to each other by source_profile; one of them must have credentials of its own."
    ),
    "InvalidRegionError": "check AWS_REGION, AWS_DEFAULT_REGION and the profile's region.",
    **dict.fromkeys(EXPIRED, "the credentials have expired; sign in again."),
}
_ENDED: Final = "the credentials could not be had, or not be renewed; sign in again, or mend what gives them."
_NO_TERMINAL: Final = ("EOFError", "GetPassWarning")
_NO_FILE: Final = ("FileNotFoundError", "IsADirectoryError", "PermissionError")
_CONTAINER: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


def profile_of(source: CredentialSource) -> str:
    """The profile whose credentials are taken: the one that is given, else the environment's."""
    return source.profile or os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or "default"


def without_profile(source: CredentialSource) -> str:
    """There is none of that name."""
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        path = os.environ.get(variable)
        if path and path != os.devnull and not Path(path).expanduser().is_file():
            return f"there is no profile {profile_of(source)}, for what {variable} names, {path}, is no file."
    named = next(filter(os.environ.get, ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")), "")
    where = "" if source.profile else f" {profile_of(source)}{f', which {named} names' if named else ''}"
    return f"there is no such profile{where}; `aws configure list-profiles` prints those there are."


def without_credentials(source: CredentialSource) -> str:
    """Nobody had any."""
    name, settings = _origin(source)
    if "login_session" in settings:
        return (
            f"profile {name} was made by `aws login`, which the installed botocore does not know. Give a profile with "
            f"`credential_process = aws configure export-credentials --profile {name} --format process`."
        )
    if "aws_secret_access_key" in settings:
        return f"profile {name} has a secret without its access key; {_BOTH}"
    if not source.profile and {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & os.environ.keys():
        return f"AWS_ACCESS_KEY_ID is not set, and what belongs to it is; {_BOTH}"
    if settings or source.profile:
        return (
            f"profile {name} has none, nor were any in the environment or instance metadata. "
            f"Run `aws configure --profile {name}` or `aws configure sso --profile {name}`, or give another one."
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
    if str(getattr(cause, "line", "")).startswith("\ufeff"):
        return f"{error}: it begins with a byte order mark; save it as UTF-8 without one."
    if isinstance(cause, UnicodeDecodeError):
        return f"{error}: it is not UTF-8."
    return f"{error} (line {line})." if line else str(error)


def waiting(source: CredentialSource) -> str:
    """Where credentials take their time."""
    name, settings = _origin(source)
    program = _program(settings)
    what = f"the credential_process of profile {name}, {program}," if program else source.describe()
    return f"still waiting for {what} to give credentials"


def of_provider(source: CredentialSource, failure: Failure) -> str:
    """Of credentials that could not be had; empty where nothing more is known than that."""
    name, settings = _origin(source)
    code, message = failure.code, failure.message
    if any(each in message for each in _NO_TERMINAL):
        return (
            "its role wants an MFA code, and there is no terminal to ask for it. Give --role, --mfa-serial and "
            "--mfa-token, with the source_profile as --profile."
        )
    if {"sso_session", "sso_start_url"} & settings.keys() and code in _ENDS_OF_SSO:
        return f"its SSO session is missing or over; run `aws sso login --profile {name}`."
    if code == "PartialCredentialsError" and "role_arn" in settings:
        return "its role_arn needs a source_profile or a credential_source; give one of them."
    if _is_of_botocore(code, "Invalid"):
        return _BY_CODE.get(code, _CONFIGURATION)
    known = _of_token(source, settings, failure)
    if code == "CredentialRetrievalError":
        known = known or _of_program(name, settings, message) or _of_environment(name, settings, message)
    return known or _BY_CODE.get(code) or (_ENDED if code in ENDED else "")


def _is_of_botocore(code: str, beginning: str) -> bool:
    """AWS has codes that begin so too."""
    return code.startswith(beginning) and hasattr(exceptions, code)


def _program(settings: Mapping[str, Any]) -> str:
    """Its arguments are not told: they may be secrets."""
    command = str(settings.get("credential_process", ""))
    with suppress(ValueError):
        return (shlex.split(command) or [""])[0]
    return command.partition(" ")[0]


def _of_program(name: str, settings: Mapping[str, Any], message: str) -> str:
    if "credential_process" not in settings:
        return ""
    program = _program(settings)
    if not program:
        return f"the credential_process of profile {name} is empty; give a program, or leave it out."
    what = "is not there" if "FileNotFoundError" in message else "gave no credentials"
    return f"the credential_process of profile {name}, {program}, {what}; run it by hand, and mend it."


def _of_token(source: CredentialSource, settings: Mapping[str, Any], failure: Failure) -> str:
    """Of the token of a web identity, or of temporary keys; empty where it is about neither."""
    code, message = failure.code, failure.message
    if code == "InvalidClientTokenId" and _lacks_token(source, settings):
        return (
            "the access key is a temporary one (ASIA...), and its session token is missing; set AWS_SESSION_TOKEN, or "
            "aws_session_token in the profile."
        )
    path = settings.get("web_identity_token_file")
    where = f"web_identity_token_file of profile {_origin(source)[0]}" if path else "AWS_WEB_IDENTITY_TOKEN_FILE"
    path = path or (None if source.profile else os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"))
    if not path:
        return ""
    if path in message and any(each in message for each in _NO_FILE):
        return f"the file of the web identity token is not there, or cannot be read; check {where}."
    if code == "ParamValidationError" and "WebIdentityToken" in message:
        return f"the file of the web identity token is empty; check {where}."
    if code in EXPIRED:
        return f"the web identity token has expired; have it issued anew, and check {where}."
    if "AssumeRoleWithWebIdentity" in message:
        return f"STS did not take the web identity token; check the role's trust policy, its provider, and {where}."
    return ""


def _lacks_token(source: CredentialSource, settings: Mapping[str, Any]) -> bool:
    given = (source.access_key_id, source.session_token)
    if not source.access_key_id and _has_keys(source):
        given = (os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SESSION_TOKEN"))
    elif not source.access_key_id:
        given = (settings.get("aws_access_key_id"), settings.get("aws_session_token"))
    return bool(given[0] and given[0].startswith("ASIA") and not given[1])


def _of_environment(name: str, settings: Mapping[str, Any], message: str) -> str:
    if given := settings.get("credential_source"):
        return f"the credential_source of profile {name}, {given}, gives no credentials here; give another one."
    if "invalid literal for int" in message:
        return "AWS_METADATA_SERVICE_TIMEOUT and AWS_METADATA_SERVICE_NUM_ATTEMPTS are whole numbers; mend them."
    if not os.environ.get(_CONTAINER):
        return ""
    if any(each in message for each in _NO_FILE):
        return "the file of the container's token is not there; check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."
    if "ValueError" in message:
        return f"check {_CONTAINER}, which must be the container's own, and that the token for it is one line."
    return f"what {_CONTAINER} names gave no credentials; check it." if "metadata" in message else ""


def of_answer(failure: Failure) -> str:
    """Of what answered in AWS's place, or of AWS itself; empty where it is no fault of theirs."""
    if failure.code == "RequestTimeTooSkewed" or _SKEWED.search(failure.message):
        return _CLOCK
    if failure.code in TRANSIENT:
        return "AWS failed at it; try again later."
    if failure.kind == "throttled":
        return "AWS throttles it; try again later."
    if failure.code == UNREADABLE:
        return "what answered is not AWS; check AWS_ENDPOINT_URL and the proxy."
    return ""


def _has_keys(source: CredentialSource) -> bool:
    """Whether the environment's come before any profile."""
    return not source.profile and bool(os.environ.get("AWS_ACCESS_KEY_ID"))


def _origin(source: CredentialSource) -> tuple[str, Mapping[str, Any]]:
    """The profile that credentials come from, past those that assume a role with another one's, and its settings; none
    where they come from no profile.
    """
    name = profile_of(source)
    if source.access_key_id or _has_keys(source):
        return name, {}
    with suppress(BotoCoreError):
        profiles = session_of(source.profile).full_config["profiles"]
        seen = {name}
        while (further := profiles.get(name, {}).get("source_profile")) in profiles and further not in seen:
            seen.add(further)
            name = further
        return name, profiles.get(name, {})
    return name, {}
