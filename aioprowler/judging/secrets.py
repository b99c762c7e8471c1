"""Credentials in what people write into resources: texts decoded, scanned and worded, for all services."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import functools
import gzip
import inspect
import io
import re
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from msgspec import Struct
from msgspec.structs import replace

from aioprowler.declarations.checks import Fail, Manual, Pass, Severity, Verdict
from aioprowler.declarations.failure import Failure, GapError, Partial
from aioprowler.declarations.parameters import derive
from aioprowler.declarations.sources import Function, Secret, SecretScanner
from aioprowler.expressions import Expression, too_slow

_GZIP = b"\x1f\x8b"
_LARGEST_TEXT = 16 * 1024 * 1024
"""Bytes to which a compressed text is unpacked at most."""

WAITING: Final = 1024 * 1024
"""Characters of texts that are read one at a time, of one resource, and wait for the scanner."""
LEFT: Final = 128 * 1024
"""Of those, as many as may wait where whoever reads them has no more, and lets others read."""
EACH: Final = 4096
"""What a text is reckoned to have besides its characters."""
MOST_NAMED: Final = 20
"""Places that a verdict names."""


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


class IgnoredFiles(Struct, frozen=True):
    """Which files are not looked into."""

    patterns: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a file is one of them, by its name with all its folders."""
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)


@derive
def ignored_files(
    *,
    secrets_ignore_files: Annotated[
        list[str], "Names of files that are not looked into for secrets, with wildcards, such as `*.deps.json`."
    ] = [],  # noqa: B006 - never changed
) -> IgnoredFiles:
    """From the configuration, once a scan."""
    return IgnoredFiles(tuple(secrets_ignore_files))


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


class FoundSecrets(Partial, frozen=True):
    """What was found in the texts of a resource, by the place of each: `version 3`, `variable API_KEY`, a file's name.

    A resource with one text only has it at the place "". `gap` says why some texts are not known.
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


class Search:
    """A search through texts that are read one at a time. Few of them are in memory: who reads on before the scanner
    has taken them waits, and what is found is kept by place.
    """

    def __init__(self, tasks: TaskGroup, scanner: SecretScanner, settings: SecretSettings) -> None:
        self._tasks = tasks
        self._scanner = scanner
        self._settings = settings
        self._number = 0
        self._waiting = 0
        self._answered = anyio.Event()
        self._secrets: dict[tuple[int, str], tuple[Secret, ...]] = {}
        self._failure: Failure | None = None

    async def add(self, place: str, text: str) -> None:
        """A further text; several may have one place. Once the scanner has failed, none is looked into any more."""
        size = len(text) + EACH
        while self._waiting and self._waiting + size > WAITING:
            await self._answered.wait()
        if self._failure is None:
            self._waiting += size
            self._number += 1
            self._tasks.start_soon(self._look, (self._number, place), text, size)

    async def settle(self) -> None:
        """Until little is left to be done, and whoever waits for their turn to read may have it."""
        while self._waiting > LEFT:
            await self._answered.wait()

    async def _look(self, key: tuple[int, str], text: str, size: int) -> None:
        found = await find_secrets(text, self._scanner, self._settings)
        if isinstance(found, Failure):
            self._failure = found
        elif found:
            self._secrets[key] = found
        self._waiting -= size
        self._answered.set()
        self._answered = anyio.Event()

    def found(self, gap: Failure | None = None) -> FoundSecrets | Failure:
        """All of it, once the search is over; `gap` says why there may be more. A Failure where nothing was found and
        there may be something.
        """
        gap = self._failure or gap
        secrets: dict[str, tuple[Secret, ...]] = {}
        for (_, place), each in sorted(self._secrets.items()):
            secrets[place] = secrets.get(place, ()) + each
        return gap if gap and not secrets else FoundSecrets(secrets, gap=gap)


@asynccontextmanager
async def searching(scanner: SecretScanner, settings: SecretSettings) -> AsyncIterator[Search]:
    """A search, which is over when the block is left."""
    async with anyio.create_task_group() as tasks:
        yield Search(tasks, scanner, settings)


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


def variables(values: Mapping[str, str] | Iterable[tuple[str, str]], kind: str = "variable") -> dict[str, str]:
    """Values by name as texts to look into: with its name before it, since that is what gives a password away, and in
    quotes, without which it is taken for code.

    `{"DB_PASSWORD": "x"}` -> `{"variable DB_PASSWORD": '"DB_PASSWORD": "x"'}`; `kind` is what the service calls them.
    Where AWS has a list of them, names may come twice: then give pairs.
    """
    pairs = values.items() if isinstance(values, Mapping) else values
    return together((f"{kind} {name}", variable(name, value)) for name, value in pairs)


def together(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts by their place, those of one place on lines of one text: none is lost where a place comes again."""
    found: dict[str, list[str]] = {}
    for place, text in texts:
        found.setdefault(place, []).append(text)
    return {place: "\n".join(each) for place, each in found.items()}


_QUOTE_WITHIN = re.compile(r'(?<=[^\s:,{}\[\]"=])"(?=[^\s:,{}\[\]"=])')
"""A quote within a word, as in a password, at which the scanner would take the word to end; not those of JSON."""


def variable(name: str, value: str) -> str:
    """One of them as a text, for who has a place of his own for it."""
    whole = _QUOTE_WITHIN.sub(r"\\u0022", value)
    return f'"{name}": "{whole}"'


def no_secrets(where: str, found: FoundSecrets) -> Verdict:
    """PASS where nothing was found, FAIL with each place, critical if one is live; MANUAL where not all could be read.

    `where` begins the sentence: `The user data of instance i-1`.
    """
    if found.secrets:
        return _told(where, found.secrets)
    if found.gap:
        raise GapError(found.gap)
    if found.unreadable:
        places = ", ".join(filter(None, found.unreadable))
        return Manual(f"{where} is not text{f' in {places}' if places else ''}: look whether it holds secrets.")
    return Pass(f"{where} holds no secrets that were found.")


def _told(where: str, places: Mapping[str, tuple[Secret, ...]]) -> Fail:
    named = list(places.items())[:MOST_NAMED]
    told = "; ".join(f"{place}: {listed(secrets)}" if place else listed(secrets) for place, secrets in named)
    if len(places) > MOST_NAMED:
        told += f"; and {len(places) - MOST_NAMED:,} more places"
    live = any(secret.live for secrets in places.values() for secret in secrets)
    severity: Severity | None = "critical" if live else None
    ending = " At least one of them was accepted by the service that it is for." if live else ""
    return Fail(f"{where} may hold secrets: {told}.{ending}", severity=severity)


def listed(secrets: Iterable[Secret]) -> str:
    """`Generic Password on line 3, GitHub Token on line 7`; line 0 is that of a text of one line, and not told."""
    return ", ".join(f"{each.kind} on line {each.line}" if each.line else each.kind for each in secrets)
