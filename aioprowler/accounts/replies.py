"""What AWS answers before any check, read as what it should be: of another shape, it is a failure like any other."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation

T = TypeVar("T")


class Identity(Struct, frozen=True, rename="pascal"):
    """Of GetCallerIdentity."""

    account: Annotated[str, Meta(pattern=r"^[0-9]{12}\Z")]
    arn: Annotated[str, Meta(pattern="^arn:[a-z-]+:")]


class _Region(Struct, frozen=True, rename="pascal"):
    region_name: str


class Regions(Struct, frozen=True, rename="pascal"):
    """Of DescribeRegions and ListRegions."""

    regions: tuple[_Region, ...]

    @property
    def names(self) -> list[str]:
        """As they are told."""
        return [each.region_name for each in self.regions]


class _Tag(Struct, frozen=True, rename="pascal"):
    key: str
    value: str


class Tags(Struct, frozen=True, rename="pascal"):
    """Of ListTagsForResource."""

    tags: tuple[_Tag, ...] = ()


class _Credentials(Struct, frozen=True, rename="pascal"):
    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime.datetime

    def __repr__(self) -> str:
        """Without secrets."""
        return "<credentials>"


class Issued(Struct, frozen=True, rename="pascal"):
    """Of AssumeRole and GetSessionToken."""

    credentials: _Credentials


def read(reply: Mapping[str, Any], kind: type[T], operation: Operation) -> T | Failure:
    """The reply, or why it is none."""
    try:
        return msgspec.convert(reply, kind)
    except msgspec.ValidationError as error:
        return Failure("broken", operation.action, "ValidationError", str(error))
