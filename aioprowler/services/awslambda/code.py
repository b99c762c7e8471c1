"""What functions and layers are made of, looked into for secrets.

A package is fetched from the link that AWS gives, and its texts are read one at a time, no faster than the scanner
takes them. AWS makes the link; the file behind it is whoever uploaded it's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

import anyio.to_thread

from aioprowler import Aws, Downloads, Facet, Failure, SecretScanner, source
from aioprowler.judging.archives import ArchiveError, Entry, texts_in
from aioprowler.judging.secrets import FoundSecrets, IgnoredFiles, Search, SecretSettings, searching
from aioprowler.services.awslambda.resources import Function, LayerVersion

IMAGE: Final = "Image"
NAME: Final = "the package"


async def look_into(
    link: Callable[[], Awaitable[str | Failure]], downloads: Downloads, search: Search, ignored: IgnoredFiles
) -> Failure | None:
    """Hand the texts of the package behind a link to the search. The Failure where some could not be had."""
    async with downloads.get(link) as file:
        if isinstance(file, Failure):
            return file
        failure = await _read(texts_in(file, ignored.has), search)
        await search.settle()
        return failure


async def _read(entries: Iterator[Entry], search: Search) -> Failure | None:
    """Where files cannot be read, the others are."""
    faults: list[str] = []
    try:
        while (entry := await anyio.to_thread.run_sync(next, entries, None)) is not None:
            if entry.fault:
                faults.append(f"{entry.name} {entry.fault}")
            else:
                await search.add(entry.name, entry.text)
    except ArchiveError as error:
        faults.append(str(error))
    if not faults:
        return None
    more = f", and {len(faults) - 1:,} more" if len(faults) > 1 else ""
    return Failure("broken", NAME, "", f"of {NAME}, {faults[0]}{more}")


async def _found(
    link: Callable[[], Awaitable[str | Failure]],
    downloads: Downloads,
    scanner: SecretScanner,
    settings: SecretSettings,
    ignored: IgnoredFiles,
) -> FoundSecrets | Failure:
    async with searching(scanner, settings) as search:
        gap = await look_into(link, downloads, search, ignored)
    return search.found(gap)


@source("lambda:GetFunction")
async def search_function(
    function: Function,
    aws: Aws,
    downloads: Downloads,
    scanner: SecretScanner,
    settings: SecretSettings,
    ignored: IgnoredFiles,
) -> FoundSecrets | Failure | None:
    """None of a container image, which lies elsewhere."""
    if function.package_type == IMAGE:
        return None

    async def link() -> str | Failure:  # good for ten minutes
        reply = await aws.call("lambda", "GetFunction", FunctionName=function.name)
        return reply if isinstance(reply, Failure) else _location(reply, "Code", "lambda:GetFunction")

    return await _found(link, downloads, scanner, settings, ignored)


@source("lambda:GetLayerVersionByArn")
async def search_layer(
    layer: LayerVersion,
    aws: Aws,
    downloads: Downloads,
    scanner: SecretScanner,
    settings: SecretSettings,
    ignored: IgnoredFiles,
) -> FoundSecrets | Failure:
    """A version that is no more, or that its owner shares no longer, cannot be looked into."""

    async def link() -> str | Failure:
        reply = await aws.call("lambda", "GetLayerVersionByArn", Arn=layer.arn)
        return reply if isinstance(reply, Failure) else _location(reply, "Content", "lambda:GetLayerVersion")

    return await _found(link, downloads, scanner, settings, ignored)


def _location(reply: Mapping[str, Any], part: str, action: str) -> str | Failure:
    location = (reply.get(part) or {}).get("Location")
    return str(location) if location else Failure("broken", action, f"no {part}.Location")


class CodeSecrets(FoundSecrets, Facet[Function]):
    """What the code of a function gives away; absent of a container image."""

    source = search_function


class LayerSecrets(FoundSecrets, Facet[LayerVersion]):
    """What the content of a version of a layer gives away."""

    source = search_layer
