"""The files of a scan in an S3 bucket, under Prowler's keys: `<prefix>/<folder>/<format>/<file>`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import keys_of
from aioprowler.accounts.permissions import Statement
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.clients import session_in
from aioprowler.aws.errors import classify
from aioprowler.aws.homes import EVERYWHERE, Chosen, homes
from aioprowler.aws.partitions import partition_of
from aioprowler.declarations.sources import Operation
from aioprowler.disk import open_there
from aioprowler.engine.values import for_each
from aioprowler.errors import UsageError
from aioprowler.integrations.integration import Ending, Integration, SendingError
from aioprowler.outputs.files import Outputs, folder_name, is_name

_PUT: Final = Operation("s3", "PutObject")
_ABORT: Final = Operation("s3", "AbortMultipartUpload")
_KEY: Final = Statement(("kms:Decrypt", "kms:GenerateDataKey"), via="s3.*")
"""Of the bucket's encryption, whichever key it has."""

PART: Final = 8 * 1024 * 1024
"""Bytes of a part, and of the largest file that is sent in one piece."""
MOST_PARTS: Final = 10_000
"""Of one object (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html)."""
_WIDTH: Final = 4
"""Parts in flight: 32 MiB of memory."""
_REQUEST: Final = 600.0
"""Seconds for one request with its retries: eight MiB over a slow line, and an end where nobody answers."""
_READ_TIMEOUT: Final = 60.0
"""Seconds for the reply to one part."""
_TO_ABORT: Final = 10.0
"""Seconds in which a failed upload is taken back."""
_TYPES: Final = {
    ".csv": "text/csv",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".sarif": "application/sarif+json",
    ".xml": "application/xml",
}
"""What a browser is told (https://www.iana.org/assignments/media-types/), the same on every machine."""
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_OWNER: Final = re.compile(r"\d{12}", re.ASCII)


class Destination(Struct, frozen=True):
    """Where in S3."""

    bucket: str
    prefix: str = ""
    owner: str | None = None
    """The account that must own the bucket; S3 refuses the upload otherwise."""

    @classmethod
    def of(cls, option: str, text: str, owner: str | None = None) -> Destination:
        """Of `bucket`, `bucket/prefix` or `s3://bucket/prefix`. Raises UsageError."""
        bucket, _, prefix = text.removeprefix("s3://").partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise UsageError(f"{option} {text!r:.80}: give the bucket's name, or NAME/PREFIX.")
        prefix = prefix.strip("/")
        if prefix and not all(map(is_name, prefix.split("/"))):
            raise UsageError(f"{option} {text!r:.80}: give a prefix without `..`, line breaks and the like.")
        if owner is not None and not _OWNER.fullmatch(owner):
            raise UsageError(f"--output-bucket-owner {owner!r:.80}: give the id of an account, twelve digits.")
        return cls(bucket, prefix, owner)


class S3(Integration):
    """Uploads every file when the scan has ended. The bucket's default encryption holds."""

    name = "S3"

    def __init__(
        self,
        destination: Destination,
        source: Callable[[], CredentialSource],
        chosen: Chosen = EVERYWHERE,
        *,
        is_limited: bool = True,
    ) -> None:
        """`chosen`: the regions of the scan. `is_limited`: whether the session of a role may upload and no more."""
        self._destination = destination
        self._source = source
        self._chosen = chosen
        self._is_limited = is_limited

    async def conclude(self, ending: Ending) -> None:
        """Uploads the files. Raises SendingError for the first that S3 does not take."""
        outputs = ending.outputs
        if outputs is None:
            return
        try:
            async with AsyncExitStack() as stack:
                source = self._source()
                s3 = await stack.enter_async_context(await _client(source, self._ceiling(source), self._chosen))
                for path, key in keys(outputs, self._destination.prefix):
                    await upload(s3, path, self._target(key))
        except EntryError as error:
            raise SendingError(f"{error} The files are in {outputs.directory}.") from None
        except (ClientError, BotoCoreError, OSError) as error:
            raise SendingError(f"{self._told(error)} The files are in {outputs.directory}.") from None

    def _ceiling(self, source: CredentialSource) -> Ceiling:
        """Of the session by which is uploaded, if a role is assumed for it."""
        objects = self._objects(source.role_arn.split(":")[1] if source.role_arn else "")
        return Ceiling(_nothing if self._is_limited else None, (Statement.of([_ABORT, _PUT], objects), _KEY))

    def _objects(self, partition: str) -> str:
        return f"arn:{partition}:s3:::{self._destination.bucket}/*"

    def _target(self, key: str) -> dict[str, str]:
        owner = {"ExpectedBucketOwner": self._destination.owner} if self._destination.owner else {}
        return {"Bucket": self._destination.bucket, "Key": key, **owner}

    def _told(self, error: Exception) -> str:
        where = f"the upload to bucket {self._destination.bucket} failed"
        failure, advice = classify(error, _PUT), ""
        if failure.kind == "denied":
            source = self._source()
            partition = partition_of(homes(source.profile, source.role_arn, self._chosen)[0], "aws")
            grant = f"Grant s3:PutObject on {self._objects(partition)} to the identity that uploads."
            advice = f" {failure.mend if failure.policy else grant}"
        return f"{where} ({failure.code}: {failure.message}).{advice}"


async def _nothing() -> tuple[str, ...]:
    return ()


async def _client(source: CredentialSource, ceiling: Ceiling, chosen: Chosen) -> Any:
    issued, region = await keys_of(source, ceiling, chosen)
    session = session_in(
        region,
        source.profile,
        aws_access_key_id=issued.access_key,
        aws_secret_access_key=issued.secret_key,
        aws_session_token=issued.token,
    )
    config = AioConfig(read_timeout=_READ_TIMEOUT, retries={"total_max_attempts": 5, "mode": "standard"})
    return session.client("s3", config=config)


def keys(outputs: Outputs, prefix: str = "") -> Iterator[tuple[Path, str]]:
    """Each file that there is, and its key."""
    formats = {path: name for name, path in outputs.paths.items()} | {outputs.coverage: "coverage"}
    formats |= dict.fromkeys(outputs.pages, "html")
    for path in (*outputs.files, *outputs.pages):
        if path.is_file():
            parts = (prefix, folder_name(outputs.directory), formats.get(path, path.parent.name), path.name)
            yield path, "/".join(part for part in parts if part)


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix, "application/octet-stream")


async def upload(s3: Any, path: Path, target: Mapping[str, str], part: int = PART) -> None:
    """One file, in pieces of `part` bytes, so that its size does not matter to memory.

    aioboto3's own transfer is not used: it reads up to a hundred parts ahead, and waits for ever if a part fails while
    it does. Raises ClientError, BotoCoreError and OSError; nothing of a failed upload stays in the bucket.
    """
    with open_there(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= part:
            with anyio.fail_after(_REQUEST):
                await s3.put_object(**target, ContentType=_type(path), Body=await anyio.to_thread.run_sync(file.read))
            return
        with anyio.fail_after(_REQUEST):
            started = await s3.create_multipart_upload(**target, ContentType=_type(path))
        whole = {**target, "UploadId": started["UploadId"]}
        try:
            parts = await _parts(s3, file.fileno(), size, whole, max(part, -(-size // MOST_PARTS)))
            with anyio.fail_after(_REQUEST):
                await s3.complete_multipart_upload(**whole, MultipartUpload={"Parts": parts})
        except BaseException:
            with anyio.move_on_after(_TO_ABORT, shield=True), suppress(ClientError, BotoCoreError):
                await s3.abort_multipart_upload(**whole)
            raise


async def _parts(s3: Any, descriptor: int, size: int, whole: Mapping[str, str], part: int) -> list[dict[str, Any]]:
    etags: dict[int, str] = {}
    failures: list[Exception] = []

    async def send(number: int) -> None:
        if failures:
            return
        try:
            body = await anyio.to_thread.run_sync(os.pread, descriptor, part, (number - 1) * part)
            with anyio.fail_after(_REQUEST):
                etags[number] = (await s3.upload_part(**whole, PartNumber=number, Body=body))["ETag"]
        except (ClientError, BotoCoreError, OSError) as error:
            failures.append(error)

    await for_each(range(1, -(-size // part) + 1), send, _WIDTH)
    if failures:
        raise failures[0]
    return [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]
