"""Credentials in what people write into resources: texts decoded, scanned and worded, for all services."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar

import anyio
from msgspec import Struct

from aioprowler.declarations.checks import Fail, Severity
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.parameters import derive
from aioprowler.declarations.sources import Secret, SecretScanner

K = TypeVar("K")

_GZIP = b"\x1f\x8b"
_LARGEST_TEXT = 16 * 1024 * 1024
"""Bytes to which a compressed text is unpacked at most."""


class SecretSettings(Struct, frozen=True):
    """How a scan looks for credentials."""

    ignored: tuple[re.Pattern[str], ...] = ()
    validate: bool = False


@derive
def secret_settings(
    *,
    secrets_ignore_patterns: Annotated[
        list[re.Pattern[str]], "Regular expressions; a secret in a line that one of them matches is not reported."
    ] = [],  # noqa: B006 - never changed
    secrets_validate: Annotated[
        bool,
        "Try each secret on the service that it is for, over the network, and say which ones are live. The attempt "
        "shows in that service's logs.",
    ] = False,
) -> SecretSettings:
    return SecretSettings(tuple(secrets_ignore_patterns), secrets_validate)


def decode_user_data(encoded: str) -> str | None:
    """The text of user data as EC2 keeps it (base64, perhaps of gzip); None if it is no text.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
    """
    try:
        content = base64.b64decode(encoded)
        if content.startswith(_GZIP):
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, _LARGEST_TEXT)
        return content.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None


async def find_secrets(text: str, scanner: SecretScanner, settings: SecretSettings) -> tuple[Secret, ...] | Failure:
    """The secrets in a text, in the order of its lines, without those in lines that the settings ignore."""
    if not text:
        return ()
    found = await scanner.find(text, validate=settings.validate)
    if isinstance(found, Failure):
        return found
    lines = text.split("\n")
    kept = [each for each in found if not _ignored(lines[each.line - 1], settings.ignored)]
    return tuple(sorted(kept, key=lambda each: each.line))


async def find_in_each(
    texts: Mapping[K, str], scanner: SecretScanner, settings: SecretSettings
) -> dict[K, tuple[Secret, ...]] | Failure:
    """The secrets of each text that has any; all together, because the scanner takes many at once."""
    found: dict[K, tuple[Secret, ...] | Failure] = {}

    async def look(key: K, text: str) -> None:
        found[key] = await find_secrets(text, scanner, settings)

    async with anyio.create_task_group() as tasks:
        for key, text in texts.items():
            tasks.start_soon(look, key, text)
    failures = [each for each in found.values() if isinstance(each, Failure)]
    if failures:
        return failures[0]
    return {key: secrets for key in texts if (secrets := found[key]) and not isinstance(secrets, Failure)}


def _ignored(line: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    return any(pattern.search(line) for pattern in patterns)


def listed(secrets: Iterable[Secret]) -> str:
    """`Generic Password on line 3, GitHub Token on line 7`."""
    return ", ".join(f"{each.kind} on line {each.line}" for each in secrets)


def found_secrets(where: str, places: Mapping[str, Iterable[Secret]]) -> Fail:
    """The verdict on secrets by place (a version, a file; "" if there is just one); critical if any is live.

    `where` begins the sentence: `User data of instance i-1`.
    """
    told = "; ".join(f"{place}: {listed(secrets)}" if place else listed(secrets) for place, secrets in places.items())
    live = any(secret.live for secrets in places.values() for secret in secrets)
    severity: Severity | None = "critical" if live else None
    ending = " At least one of them was accepted by the service that it is for." if live else ""
    return Fail(f"{where} may hold secrets: {told}.{ending}", severity=severity)
