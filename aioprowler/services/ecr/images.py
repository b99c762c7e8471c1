"""What images are made of, looked into for secrets: their settings, their history, and the texts of their layers.

Each part is fetched from the link that AWS gives for it. AWS makes the link; what is behind it is whoever pushed it's.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import IO, Any, ClassVar, Final

import anyio.to_thread
import msgspec

from aioprowler import Aws, Downloads, Facet, Failure, SecretScanner, source
from aioprowler.judging.archives import ArchiveError, Entry
from aioprowler.judging.layers import Budget, texts_in_layer
from aioprowler.judging.secrets import FoundSecrets, Search, SecretSettings, searching, variables
from aioprowler.services.ecr.resources import LatestImage, Repository

LARGEST_CONFIG: Final = 8 * 1024 * 1024
"""Bytes of the settings and the history of an image."""
NAME: Final = "the image"
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
"""Of a variable. What is none may be the secret itself, and is not told."""


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """A file that an image is made of."""

    digest: str
    media_type: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What an image is made of (https://github.com/opencontainers/image-spec/blob/main/manifest.md). What lacks either
    is of another kind, such as a list of images.
    """

    config: Part
    layers: tuple[Part, ...]


class Step(msgspec.Struct, frozen=True):
    """One of those in which an image was built."""

    created_by: str = ""


class Settings(msgspec.Struct, frozen=True, rename="pascal"):
    """With what the image is run, unless somebody says otherwise."""

    env: tuple[str, ...] | None = None


class Config(msgspec.Struct, frozen=True):
    """The settings and the history of an image (https://github.com/opencontainers/image-spec/blob/main/config.md)."""

    config: Settings | None = None
    history: tuple[Step, ...] | None = None

    @property
    def texts(self) -> dict[str, str]:
        """By their places."""
        env = [each.partition("=") for each in (self.config and self.config.env) or ()]
        named = [(name, value) for name, _, value in env if _NAME.fullmatch(name) and value]
        others = {f"variable {n}": "".join(each) for n, each in enumerate(env, 1) if (each[0], each[2]) not in named}
        steps = {f"step {n} of its history": step.created_by for n, step in enumerate(self.history or (), 1)}
        return variables(named) | others | steps


@source("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
async def search_image(
    repository: Repository,
    latest: LatestImage | None,
    aws: Aws,
    downloads: Downloads,
    scanner: SecretScanner,
    settings: SecretSettings,
) -> FoundSecrets | Failure | None:
    """None where there is no image any more."""
    manifest = None if latest is None else await _manifest(repository, latest, aws)
    if manifest is None or isinstance(manifest, Failure):
        return manifest
    parts = _Parts(repository, aws, downloads)
    async with searching(scanner, settings) as search:
        gaps = [await parts.search_config(manifest.config, search)]
        budget = Budget()
        gaps += [await parts.search_layer(layer, budget, search) for layer in manifest.layers]
    return search.found(next(filter(None, gaps), None))


async def _manifest(repository: Repository, latest: LatestImage, aws: Aws) -> Manifest | Failure | None:
    ids = [{"imageDigest": latest.image.image_digest}]
    reply = await aws.call("ecr", "BatchGetImage", repositoryName=repository.name, imageIds=ids)
    if isinstance(reply, Failure):
        return reply
    if not reply.get("images"):
        failures = [str(each.get("failureCode")) for each in reply.get("failures") or ()]
        return None if failures == ["ImageNotFound"] else Failure("broken", "ecr:BatchGetImage", ", ".join(failures))
    try:
        return msgspec.json.decode(reply["images"][0].get("imageManifest") or "", type=Manifest)
    except msgspec.MsgspecError as error:
        return Failure("broken", "ecr:BatchGetImage", type(error).__name__, f"imageManifest: {error}")


class _Parts:
    """The files that the images of a repository are made of."""

    def __init__(self, repository: Repository, aws: Aws, downloads: Downloads) -> None:
        self._repository = repository
        self._aws = aws
        self._downloads = downloads

    def _link(self, part: Part) -> Callable[[], Awaitable[str | Failure]]:
        async def link() -> str | Failure:
            name = self._repository.name
            reply = await self._aws.call("ecr", "GetDownloadUrlForLayer", repositoryName=name, layerDigest=part.digest)
            if isinstance(reply, Failure):
                return reply
            return reply.get("downloadUrl") or Failure("broken", "ecr:GetDownloadUrlForLayer", "no downloadUrl")

        return link

    async def search_config(self, part: Part, search: Search) -> Failure | None:
        """The Failure where it cannot be read."""
        async with self._downloads.get(self._link(part), largest=LARGEST_CONFIG) as file:
            if isinstance(file, Failure):
                return file
            content = await anyio.to_thread.run_sync(file.read)
        try:
            texts = msgspec.json.decode(content, type=Config).texts
        except msgspec.MsgspecError as error:
            return Failure("broken", NAME, type(error).__name__, f"of {NAME}, the settings: {error}")
        for place, text in texts.items():
            await search.add(place, text)
        return None

    async def search_layer(self, part: Part, budget: Budget, search: Search) -> Failure | None:
        """The Failure where some of its texts cannot be read."""
        async with self._downloads.get(self._link(part)) as file:
            if isinstance(file, Failure):
                return file
            failure = await _read(file, part, budget, search)
            await search.settle()
            return failure


async def _read(file: IO[bytes], part: Part, budget: Budget, search: Search) -> Failure | None:
    layer = part.digest.rpartition(":")[2][:12]
    entries: Iterator[Entry] = texts_in_layer(file, part.media_type, budget)
    faults: list[str] = []
    try:
        while (entry := await anyio.to_thread.run_sync(next, entries, None)) is not None:
            if entry.fault:
                faults.append(f"{entry.name} {entry.fault}")
            else:
                await search.add(f"{entry.name} in layer {layer}", entry.text)
    except ArchiveError as error:
        faults.append(str(error))
    return Failure("broken", NAME, "", f"of {NAME}, in layer {layer}: {faults[0]}") if faults else None


class ImageSecrets(FoundSecrets, Facet[Repository]):
    """What the latest image of a repository gives away."""

    source: ClassVar[Any] = search_image
