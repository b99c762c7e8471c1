"""The user's AWS configuration, a profile at a time: sessions, their region, and what of it clients are made by."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from aiobotocore.session import AioSession
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    DEFAULT_PROXIES_CONFIG_VARS,
    DEFAULT_S3_CONFIG_VARS,
    ConfiguredEndpointProvider,
)
from botocore.exceptions import InvalidConfigError

from aioprowler.aws.hooks import builtin_hooks
from aioprowler.aws.redirects import drop_what_is_no_region

logging.getLogger("aiobotocore").addHandler(logging.NullHandler())  # else Python prints its tracebacks

_NOT_CLIENTS: Final = frozenset(
    {"region"}  # each client is of one
    | {"retry_mode", "max_attempts"}  # retries are the gateway's
    | {name for name in BOTOCORE_DEFAUT_SESSION_VARIABLES if "metadata" in name or "imds" in name}  # for credentials
)
"""Variables of botocore's that make no difference to a client here."""


def _variables() -> Iterator[str]:
    """The words of a profile that botocore makes clients by. Sections within it, such as `s3`, are besides."""
    yield from ("endpoint_url", "tcp_keepalive")
    for table in (BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS, DEFAULT_PROXIES_CONFIG_VARS):
        for names, *_ in table.values():
            yield from (name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str))


_CLIENTS: Final = frozenset(_variables()) - _NOT_CLIENTS


def session_of(profile: str | None) -> AioSession:
    """A session that reads the configuration as boto3 does with the profile; without one, with the environment's.
    Raises BotoCoreError for a profile that is not there, a file that cannot be read, and a bundle of certificates that
    is not there, of which Python's ssl would not tell the name.
    """
    session = AioSession(event_hooks=copy(builtin_hooks()), include_builtin_handlers=False, profile=profile)
    session.get_component("event_emitter").register_first("needs-retry.s3", drop_what_is_no_region)
    bundle = session.get_config_variable("ca_bundle")
    if bundle and not Path(bundle).is_file():
        raise InvalidConfigError(error_msg=f"the bundle of certificates {bundle} is not there, or no file.")
    return session


def _read_alone() -> AioSession:
    """A session that makes no clients, and needs no handlers for them."""
    return AioSession(include_builtin_handlers=False)


def profile_of(profile: str | None) -> str:
    """The profile that a session reads its credentials from: the given one, else the environment's, unless this has
    keys besides, which come first. Empty: none is named.
    """
    if profile or os.environ.get("AWS_ACCESS_KEY_ID"):
        return profile or ""
    return str(_read_alone().profile or "")


def method_of(profile: str | None) -> str:
    """How a session comes by its credentials, in the words of a report: `profile: audit`; `environment` where no
    profile has them but variables, the container or the instance.
    """
    named = profile_of(profile)
    if not named and not any(map(os.environ.get, ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"))):
        named = "default" if "default" in _read_alone().available_profiles else ""
    return f"profile: {named}" if named else "environment"


def client_settings(session: AioSession) -> bytes:
    """What of the session's profile makes its clients unlike those of other profiles: two profiles of which this is the
    same may share clients. The environment, which has the first word, is the same for all. Raises BotoCoreError.

    https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
    """
    profile = session.get_scoped_config()
    settings = {name: value for name, value in profile.items() if name in _CLIENTS or isinstance(value, Mapping)}
    services = session.full_config.get("services", {}).get(profile.get("services"))
    return msgspec.json.encode([settings, services], order="deterministic")


def configured_region(session: Any) -> str | None:
    """The region of the environment, else of the profile. AWS_REGION, which botocore does not read, comes first, as for
    AWS's command line (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html).
    """
    return os.environ.get("AWS_REGION") or session.get_config_variable("region")


def configured_endpoint(session: AioSession, service: str) -> str | None:
    """The endpoint that the environment or the profile names for a service, whatever the region. Raises BotoCoreError
    where it is no URL, or the profile names a section that is not there.
    """
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    found: str | None = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), service).provide()
    if found and not _is_url(found):
        raise InvalidConfigError(
            error_msg=f"the endpoint {found!r:.200} of {service} is no URL such as https://host; check "
            f"AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_{service.upper()} and the profile's endpoint_url."
        )
    return found


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of the port
        return False
