"""What AWS says of tags: its tagging service of most resources, and IAM of its users."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from aioprowler.aws.api import Boundary
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import Tag
from aioprowler.declarations.sources import NO_CODES, Operation, codes
from aioprowler.engine.fetch import cut
from aioprowler.findings.selection import bare, service_of

GET_RESOURCES: Final = Operation("resourcegroupstaggingapi", "GetResources")
GET_USERS: Final = Operation("iam", "GetAccountAuthorizationDetails")

_MOST_TYPES: Final = 100
"""Services that a question may name."""
_UNKNOWN_TYPE: Final = codes(["InvalidParameterException"])

Found = dict[str, dict[str, str]]
"""ARN -> tags. Resources with the same tags share them."""


class _Mapped(Struct):
    """A resource in a reply of the tagging service."""

    arn: str = field(name="ResourceARN")
    tags: tuple[Tag, ...] = field(name="Tags", default=())


class _User(Struct):
    """A user in one of IAM's."""

    arn: str = field(name="Arn")
    tags: tuple[Tag, ...] = field(name="Tags", default=())


class TagReader:
    """Asks about one account. A Failure is counted where it comes from."""

    def __init__(self, account: Account, aws: Boundary, asked: Mapping[str, Any], services: Collection[str]) -> None:
        """`asked`: parameters of each question. `services`: of whose resources the tags are kept, as ARNs name them;
        empty: of all.
        """
        self._account = account
        self._aws = aws
        self._asked = asked
        self._services = services
        self._shared: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}

    async def resources(self, region: str) -> Found | Failure:
        """Of a region, all that have tags or had some."""
        services = sorted(self._services)
        if services and len(services) <= _MOST_TYPES:
            found = await self._resources(region, {"ResourceTypeFilters": services})
            if found is not None:
                return found
        return await self._resources(region, {}) or {}

    async def users(self) -> Found | Failure:
        """IAM's users."""
        region = self._account.default_region
        pages = self._aws.pages(self._account, region, GET_USERS, {"Filter": ["User"]})
        return await self._read(pages, "UserDetailList", list[_User], GET_USERS, region) or {}

    async def _resources(self, region: str, named: Mapping[str, Any]) -> Found | Failure | None:
        """None where the tagging service does not know a service that is named."""
        absent = _UNKNOWN_TYPE if named else NO_CODES
        pages = self._aws.pages(self._account, region, GET_RESOURCES, {**self._asked, **named}, absent=absent)
        return await self._read(pages, "ResourceTagMappingList", list[_Mapped], GET_RESOURCES, region)

    async def _read(
        self, pages: AsyncIterator[dict[str, Any] | Failure], path: str, items: Any, operation: Operation, region: str
    ) -> Found | Failure | None:
        """None where there is no page."""
        found: Found | None = None
        more = None
        async for page in pages:
            if isinstance(page, Failure):
                return page
            found, more = found or {}, page.get("PaginationToken")
            try:
                self._keep(found, msgspec.convert(cut(page, path) or [], items))
            except msgspec.ValidationError as error:
                return self._broken(operation, region, "ValidationError", str(error))
        return found if not more else self._broken(operation, region, "PaginationError", "the next page was refused")

    def _broken(self, operation: Operation, region: str, code: str, message: str) -> Failure:
        failure = Failure("broken", operation.action, code, message)
        self._aws.calls.failed(failure, self._account.id, region)
        return failure

    def _keep(self, found: Found, page: Iterable[_Mapped | _User]) -> None:
        for each in page:
            if not self._services or service_of(each.arn) in self._services:
                pairs = tuple((tag.key, tag.value) for tag in each.tags)
                found[bare(each.arn)] = self._shared.setdefault(pairs, dict(pairs))
