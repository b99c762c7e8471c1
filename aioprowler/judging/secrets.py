"""Credentials in what people write into resources: texts decoded, scanned and worded, for all services."""

from __future__ import annotations

import base64
import binascii
import functools
import gzip
import inspect
import io
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import anyio
import anyio.to_thread
from msgspec import Struct

from aioprowler.declarations.checks import Fail, Manual, Pass, Severity, Verdict
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.parameters import derive
from aioprowler.declarations.sources import Function, Secret, SecretScanner
from aioprowler.expressions import Expression, too_slow

_GZIP = b"\x1f\x8b"
_LARGEST_TEXT = 16 * 1024 * 1024
"""Bytes to which a compressed text is unpacked at most."""


class SecretSettings(Struct, frozen=True):
    """How a scan looks for credentials."""

    ignored: tuple[Expression, ...] = ()
    validate: bool = False


@derive
def secret_settings(
    *,
    secrets_ignore_patterns: Annotated[
        list[Expression], "Regular expressions; a secret in a line that one of them matches is not reported."
    ] = [],  # noqa: B006 - never changed
    secrets_validate: Annotated[
        bool,
        "Try each secret on the service that it is for, over the network, and say which ones are live. The attempt "
        "shows in that service's logs.",
    ] = False,
) -> SecretSettings:
    """From the configuration, once a scan."""
    return SecretSettings(tuple(secrets_ignore_patterns), secrets_validate)


def decode_user_data(encoded: str) -> str | None:
    """The text of user data as EC2 keeps it (base64, perhaps of gzip); None if it is no text, or not to its end.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
    """
    try:
        content = base64.b64decode(encoded)
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as file:  # which may be several one after the other
                content = file.read(_LARGEST_TEXT + 1)
        return content.decode() if len(content) <= _LARGEST_TEXT else None
    except (binascii.Error, zlib.error, EOFError, OSError, UnicodeDecodeError):
        return None


async def find_secrets(text: str, scanner: SecretScanner, settings: SecretSettings) -> tuple[Secret, ...] | Failure:
    """The secrets in a text, in the order of its lines, without those in lines that the settings ignore.

    Those in a text of one line are on line 0, which is not worth telling.
    """
    if not text:
        return ()
    found = await scanner.find(text, validate=settings.validate)
    if isinstance(found, Failure):
        return found
    lines = text.split("\n")
    ignored = await _ignored({lines[each.line - 1] for each in found}, settings.ignored)
    if isinstance(ignored, Failure):
        return ignored
    kept = [each for each in found if lines[each.line - 1] not in ignored]
    if len(lines) == 1:
        return tuple(replace(each, line=0) for each in kept)
    return tuple(sorted(kept, key=lambda each: each.line))


async def _ignored(lines: Collection[str], patterns: Sequence[Expression]) -> set[str] | Failure:
    """Those lines in which a pattern is found; sought in a thread, because somebody else wrote the lines."""

    def look() -> set[str]:
        return {line for line in lines if any(pattern(line) for pattern in patterns)}

    if not patterns or not lines:
        return set()
    ignored = await anyio.to_thread.run_sync(look)
    slow = next((each for each in patterns if each.is_spent), None)
    if slow is None or ignored.issuperset(lines):
        return ignored
    return Failure("limited", "the search for secrets", "secrets_ignore_patterns", too_slow(repr(slow.pattern)))


class FoundSecrets(Struct, frozen=True):
    """What was found in the texts of a resource, by the place of each: `version 3`, `variable API_KEY`, a file's name.

    A resource with one text only has it at the place "".
    """

    secrets: Mapping[str, tuple[Secret, ...]] = {}
    """Places with secrets, in the order of the texts."""
    unreadable: tuple[str, ...] = ()
    """Places whose content is not text."""


async def find_in_each(
    texts: Mapping[str, str | None], scanner: SecretScanner, settings: SecretSettings
) -> FoundSecrets | Failure:
    """The secrets of each text; all together, because the scanner takes many at once. None: what is there is no text.

    One text that the scanner could not read is a failure of all: none of them is known to hold no secret.
    """
    found: dict[str, tuple[Secret, ...] | Failure] = {}

    async def look(place: str, text: str) -> None:
        found[place] = await find_secrets(text, scanner, settings)

    async with anyio.create_task_group() as tasks:
        for place, text in texts.items():
            if text is not None:
                tasks.start_soon(look, place, text)
    failures = [each for each in found.values() if isinstance(each, Failure)]
    if failures:
        return failures[0]
    secrets = {place: each for place in texts if (each := found.get(place)) and not isinstance(each, Failure)}
    return FoundSecrets(secrets, tuple(place for place, text in texts.items() if text is None))


def secrets_in(texts: Callable[..., Mapping[str, str | None] | None]) -> Function:
    """The source of a facet that says what texts give away. `texts` is a function of the owner, its facets and all that
    a derived value may read; it returns the texts by their places, or None where the owner has none to look into.

        class TaskSecrets(FoundSecrets, Facet[TaskDefinition]):
            source = secrets_in(environment_of)
    """

    @functools.wraps(texts)
    async def look(scanner: SecretScanner, settings: SecretSettings, **given: Any) -> FoundSecrets | Failure | None:
        found = texts(**given)
        return None if found is None else await find_in_each(found, scanner, settings)

    signature = inspect.signature(texts)
    added = {"scanner": SecretScanner, "settings": SecretSettings}
    tools = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in added]
    # How declarations read what a function asks for: here, what `texts` does, and the two besides.
    look.__annotations__ = {**texts.__annotations__, **added}
    look.__signature__ = signature.replace(parameters=[*tools, *signature.parameters.values()])  # type: ignore[attr-defined]
    return Function((), look)


def variables(values: Mapping[str, str], kind: str = "variable") -> dict[str, str]:
    """Values by name as texts to look into: with its name before it, since that is what gives a password away, and in
    quotes, without which it is taken for code.

    `{"DB_PASSWORD": "x"}` -> `{"variable DB_PASSWORD": '"DB_PASSWORD": "x"'}`; `kind` is what the service calls them.
    """
    return {f"{kind} {name}": f'"{name}": "{value}"' for name, value in values.items()}


def no_secrets(where: str, found: FoundSecrets) -> Verdict:
    """PASS where nothing was found, MANUAL where not all could be read, FAIL with each place; critical if one is live.

    `where` begins the sentence: `The user data of instance i-1`.
    """
    if found.secrets:
        return _told(where, found.secrets)
    if found.unreadable:
        places = ", ".join(filter(None, found.unreadable))
        return Manual(f"{where} is not text{f' in {places}' if places else ''}: look whether it holds secrets.")
    return Pass(f"{where} holds no secrets that were found.")


def _told(where: str, places: Mapping[str, tuple[Secret, ...]]) -> Fail:
    told = "; ".join(f"{place}: {listed(secrets)}" if place else listed(secrets) for place, secrets in places.items())
    live = any(secret.live for secrets in places.values() for secret in secrets)
    severity: Severity | None = "critical" if live else None
    ending = " At least one of them was accepted by the service that it is for." if live else ""
    return Fail(f"{where} may hold secrets: {told}.{ending}", severity=severity)


def listed(secrets: Iterable[Secret]) -> str:
    """`Generic Password on line 3, GitHub Token on line 7`; line 0 is that of a text of one line, and not told."""
    return ", ".join(f"{each.kind} on line {each.line}" if each.line else each.kind for each in secrets)
