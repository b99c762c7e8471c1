"""Where a mutelist may be: a file, an object in S3, a table of DynamoDB."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp
import anyio
from botocore.exceptions import BotoCoreError, ClientError

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import keys_of
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.clients import session_in
from aioprowler.aws.errors import classify
from aioprowler.aws.homes import EVERYWHERE, Chosen
from aioprowler.declarations.sources import Operation
from aioprowler.errors import AioprowlerError, UsageError
from aioprowler.findings.mutelist_file import of_items, parse, read_mutelist
from aioprowler.user_files import LARGEST, MOST

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aioprowler.findings.mutelist import Mutelist

T = TypeVar("T")

DEADLINE: Final = 60.0
"""Seconds until a list must have been read."""
_AT_ONCE: Final = 64 * 1024
_OBJECT: Final = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.*[^/])")
_TABLE: Final = re.compile(r"arn:aws[a-z-]*:dynamodb:(?P<region>[a-z0-9-]+):\d{12}:table/[\w.-]+", re.ASCII)


class MutelistUnreadableError(AioprowlerError):
    """AWS did not give the mutelist. A scan does not go on without it."""


def is_remote(where: str) -> bool:
    """Whether it lies in AWS (an S3 object, a DynamoDB table) and is no file."""
    return where.startswith(("s3://", "arn:"))


def load(where: str, profile: str | None = None, chosen: Chosen = EVERYWHERE) -> Mutelist:
    """The mutelist at a path, `s3://bucket/key` or the ARN of a DynamoDB table.

    AWS is asked with the base credentials, those of `profile` or the environment, before any role, and first where a
    scan of the `chosen` regions would begin. Raises UsageError
    for what is no mutelist, MutelistUnreadableError where AWS does not give it.
    """
    if not is_remote(where):
        return read_mutelist(Path(where))
    return anyio.run(fetch, where, profile, chosen)


async def fetch(where: str, profile: str | None = None, chosen: Chosen = EVERYWHERE) -> Mutelist:
    """What `load` does with AWS."""
    if found := _OBJECT.fullmatch(where):
        asked = _object(found["bucket"], found["key"], profile, chosen)
        content = await _answer(where, Operation("s3", "GetObject"), asked)
        return parse(where, content)
    if found := _TABLE.fullmatch(where):
        read = _items(where, found["region"], profile, chosen)
        items = await _answer(where, Operation("dynamodb", "Scan"), read)
        return of_items(where, items)
    if ":lambda:" in where:
        raise UsageError(f"--mutelist-file {where}: no function is called: save what it returns as a file or in S3.")
    raise UsageError(f"--mutelist-file {where}: give a file, s3://bucket/key, or the ARN of a DynamoDB table.")


async def _answer(where: str, operation: Operation, answer: Awaitable[T]) -> T:
    """In time. Raises MutelistUnreadableError."""
    try:
        with anyio.fail_after(DEADLINE):
            return await answer
    except EntryError as error:
        raise MutelistUnreadableError(f"{where}: {error}") from None
    except aiohttp.ClientError as error:  # in the middle of the body
        raise MutelistUnreadableError(f"{where}: the connection broke ({error}).") from None
    except RecursionError:
        raise MutelistUnreadableError(f"{where}: lists and maps lie too deep in each other there.") from None
    except (ClientError, BotoCoreError, OSError) as error:
        failure = classify(error, operation)
        why = f"{failure.action} failed ({failure.code}: {failure.message})."
        raise MutelistUnreadableError(f"{where}: {why if failure.kind == 'broken' else failure.explain()}") from None


async def _object(bucket: str, key: str, profile: str | None, chosen: Chosen) -> bytes:
    """The client follows the bucket to its region. Raises EntryError, ClientError, BotoCoreError and UsageError."""
    async with await _client("s3", None, profile, chosen) as client:
        reply = await client.get_object(Bucket=bucket, Key=key)
        body = reply["Body"]
        async with body:
            content = bytearray()
            async for part in body.iter_chunks(_AT_ONCE):
                content += part
                if len(content) > LARGEST:
                    raise UsageError(f"s3://{bucket}/{key} has more than {LARGEST:,} bytes: that is no mutelist.")
            return bytes(content)


async def _items(table: str, region: str, profile: str | None, chosen: Chosen) -> list[dict[str, Any]]:
    """Raises EntryError, ClientError, BotoCoreError and UsageError."""
    async with await _client("dynamodb", region, profile, chosen) as client:
        pages = client.get_paginator("scan").paginate(TableName=table)
        items: list[dict[str, Any]] = []
        size = 0
        async for page in pages:
            items += page["Items"]
            size += len(str(page["Items"]))
            if len(items) > MOST or size > LARGEST:
                told = f"{MOST:,} items" if len(items) > MOST else f"{LARGEST:,} bytes"
                raise UsageError(f"{table} has more than {told}: that is no mutelist.")
        return items


async def _client(service: str, region: str | None, profile: str | None, chosen: Chosen) -> Any:
    """Of a region, or of the first one. Raises EntryError."""
    issued, home = await keys_of(CredentialSource(profile=profile), Ceiling(None), chosen)
    session = session_in(
        region or home,
        profile,
        aws_access_key_id=issued.access_key,
        aws_secret_access_key=issued.secret_key,
        aws_session_token=issued.token,
    )
    return session.client(service)
