"""Where the data of a resource or facet type comes from: AWS operations, declared as data."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from aioprowler.declarations.actions import iam_action

if TYPE_CHECKING:
    from aioprowler.declarations.failure import Failure
    from aioprowler.declarations.resources import Names, Resource

Gate = Callable[..., bool]


class Operation(Struct, frozen=True, order=True):
    """One AWS API operation, spelled as in botocore's service models: `Operation("s3", "GetBucketPolicy")`."""

    service: str
    name: str

    @property
    def action(self) -> str:
        """The IAM action that permits it."""
        return iam_action(self.service, self.name)

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


class Constant(Struct, frozen=True):
    """A parameter that is a fixed string; a bare string in a declaration names an attribute of the owner."""

    value: str


PARENT: Final = "parent."
"""Before an attribute in parameters: it is one of the owner's parent."""


def constant(value: str) -> Any:
    """`Attribute=constant("launchPermission")`: this very string, and no attribute of the owner."""
    return Constant(value)


class Optional(Struct, frozen=True):
    """A parameter that a request can do without."""

    value: Any


def optional(value: Any) -> Any:
    """`IncludeManagedResources=optional(True)`: sent where it is known. Where a request with it is refused, as by what
    is older than the parameter or only speaks AWS's protocol, it is sent without.
    """
    return Optional(value)


Codes = Mapping[str, str | tuple[str, ...]]
"""Error codes, each with words that AWS's message must hold as well, or with several of which it must hold one; empty
where the code says enough.
"""

NO_CODES: Final[Codes] = {}


def codes(given: Iterable[str] | Codes) -> Codes:
    """`["NoSuchKey"]` or `{"ValidationException": "does not exist"}`, in one shape. Raises TypeError for a text."""
    if isinstance(given, str):
        raise TypeError(f"{given!r} stands where error codes do: say [{given!r}]")
    return dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, "")


def means(known: Codes, code: str, message: str) -> bool:
    """Whether an error is one of these. Upper and lower case do not matter in its words."""
    words = known.get(code)
    told = (words,) if isinstance(words, str) else words or ()
    return any(each.lower() in message.lower() for each in told)


class States(Struct, frozen=True):
    """Which states of a resource are not its life: `States("state", over=["deleted"], not_yet=["pending"])`.

    `attribute` is a field or property of the type that tells the state, as AWS spells it. What is `over` counts as not
    listed. What is `not_yet` is there for who reads all of the type, and is not judged. Any other state, known or new,
    is life.
    """

    attribute: str
    over: Collection[str] = ()
    not_yet: Collection[str] = ()


class Listing(Struct, frozen=True, kw_only=True):
    """The operation that enumerates resources: of an account and region, or of a parent resource."""

    operation: Operation
    result: str
    params: Mapping[str, Any]
    absent: Codes
    of: type[Resource] | None
    when: Gate | None
    region: Callable[..., str] | None
    at: Mapping[str, str]
    page_size: int | None
    item: str
    detail: Call | Batch | None
    limit: Callable[..., int | None] | None
    newest: str
    states: States | None
    shared: bool

    @property
    def question(self) -> tuple[Operation, str]:
        """What AWS is asked, the same for all types that share it."""
        return self.operation, str((sorted(self.params.items()), self.absent, self.page_size))

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its own, and that of the detail."""
        return (self.operation, *(self.detail.operations if self.detail else ()))


class Call(Struct, frozen=True, kw_only=True):
    """One operation that tells one facet of one owner."""

    operation: Operation
    result: str
    params: Mapping[str, Any]
    absent: Codes
    when: Gate | None
    shared: bool
    pages: bool
    first_page: bool

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (self.operation,)


class Batch(Struct, frozen=True, kw_only=True):
    """One operation that tells a facet of up to `size` owners."""

    operation: Operation
    result: str
    params: Mapping[str, Any]
    ids: str | Callable[[list[Any]], dict[str, Any]]
    owner_key: str
    reply_key: str
    size: int
    when: Gate | None
    unanswered: str

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (self.operation,)


class Tool(Protocol):
    """What an `@source` function may ask for besides data: protocols that say so. `aioprowler/tools` has who fulfils
    them.
    """


class Aws(Tool, Protocol):
    """AWS as an `@source` function sees it: bound to the account and region of what is being read."""

    def at(self, region: str) -> Aws:
        """The same in another region of the account, scanned or not: `account.every_region` has them all."""
        ...

    async def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any] | Failure:
        """The reply. `service` and `operation` are spelled as in botocore's models."""
        ...

    async def find(
        self, service: str, operation: str, absent: Iterable[str] | Codes, /, **params: Any
    ) -> dict[str, Any] | Failure | None:
        """The reply; None where AWS says with an `absent` code that there is nothing."""
        ...

    async def answer(
        self, service: str, operation: str, expected: Iterable[str] | Codes, /, **params: Any
    ) -> dict[str, Any] | Failure | str:
        """The reply; an error code that is `expected`, because it tells something as well."""
        ...

    async def items(
        self, service: str, operation: str, result: str, /, *, absent: Iterable[str] | Codes = (), **params: Any
    ) -> list[Any] | Failure:
        """Every item of every page; none where AWS says with an `absent` code that there is nothing."""
        ...

    def pages(
        self, service: str, operation: str, result: str, /, *, absent: Iterable[str] | Codes = (), **params: Any
    ) -> AsyncIterator[list[Any] | Failure]:
        """The same, page by page: for what is too much to keep, or is read no further than it has to be. A page may be
        empty though others follow; a Failure is the last one.
        """
        ...

    def left_out(self, service: str, operation: str, key: str, /, *, since: datetime.datetime) -> Failure:
        """Has the coverage say that of what the operation lists, newest first, only this was read: all that is newer
        than `since`, because a configuration key allows no more. The Failure stands for the rest.
        """
        ...

    def not_asked(self, service: str, operation: str, resources: int, /) -> None:
        """Has the coverage say that the operation is not asked about so many resources, because a configuration key
        allows no more.
        """
        ...


class Secret(Struct, frozen=True):
    """Something in a text that looks like a credential. The credential itself is not kept."""

    kind: str
    """What it is, as the scanner calls it: `AWS Secret Access Key`."""
    line: int
    """Counted from 1."""
    live: bool = False
    """Whether the service that it is for accepted it; False where nobody asked."""


class SecretScanner(Tool, Protocol):
    """Finds credentials in texts; given to an `@source` function that asks for it."""

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...] | Failure:
        """With `validate`, credentials are tried on the services that they are for, over the network."""
        ...


class HostDirectory(Tool, Protocol):
    """Shodan's directory of what answers on the internet; given to an `@source` function that asks for it."""

    async def host(self, address: str, key: str) -> dict[str, Any] | Failure | None:
        """What is known of an address (`ports`, `isp`, `country_name`, ...); None if nothing is.

        The reply is described at https://developer.shodan.io/api (`/shodan/host/{ip}`).
        """
        ...


LARGEST_DOWNLOAD: Final = 256 * 1024 * 1024
"""Bytes. AWS takes code of 250 MiB for a function, unpacked
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
"""


class Downloads(Tool, Protocol):
    """Files behind links in AWS's replies, such as the code of a function; given to an `@source` function that asks
    for it.
    """

    def get(
        self, link: Callable[[], Awaitable[str | Failure]], *, largest: int = LARGEST_DOWNLOAD
    ) -> AbstractAsyncContextManager[IO[bytes] | Failure]:
        """`async with downloads.get(link) as file`: the file, from its beginning, until the block is left.

        Few files are there at the same time, in all accounts: `link` asks AWS for the link when it is this file's turn
        (those to a function's code are good for ten minutes), and the block holds only what reads the file, in a
        thread. `largest`: bytes from which on the file is not taken. Links are HTTPS, or HTTP to this machine;
        redirects are not followed.
        """
        ...


class IpRanges(Tool, Protocol):
    """AWS's list of its public IP addresses; given to an `@source` function that asks for it."""

    async def find(self, address: str) -> tuple[str, ...] | Failure:
        """The services to whose ranges an address belongs, in alphabetical order: `("AMAZON", "EC2")`; none where it is
        not AWS's. Raises ValueError for what is no IPv4 or IPv6 address.

        https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
        """
        ...


class PublicRepositories(Tool, Protocol):
    """Code that everybody may read, at GitHub and at GitLab; given to an `@source` function that asks for it."""

    async def find(self, name: str, host: str = "") -> str | Failure | None:
        """The address at which one of them shows everybody a repository of that name (`owner/name`); None where neither
        does. A Failure where one of them did not say, and the other does not show it. With `host`, `GitHub` or
        `GitLab`, that one alone is asked.
        """
        ...


class OtherAccounts(Tool, Protocol):
    """The accounts of the scan; given to an `@source` function that asks for it.

    They are scanned at different times, and some not at all in this run. So what is to be known of all of them is asked
    of them when somebody first wants to know it, once a scan: a facet of the account, a `Names`, which the function
    takes as a parameter besides, of its own account.
    """

    async def have(self, kind: type[Names], name: str) -> bool | Failure:
        """Whether one of them has something of that name. A Failure where none is known to, and not all could be asked.
        Where the scan is of one account there are no others.
        """
        ...


class Function(Struct, frozen=True):
    """An async function for the few things that no single operation tells."""

    operations: tuple[Operation, ...]
    function: Callable[..., Awaitable[Any]]
    when: Gate | None = None


Source = Listing | Call | Batch | Function


def listing(
    service: str,
    operation: str,
    result: str,
    /,
    *,
    of: type[Resource] | None = None,
    absent: Iterable[str] | Codes = (),
    when: Gate | None = None,
    region: Callable[..., str] | None = None,
    at: Mapping[str, str] | None = None,
    page_size: int | None = None,
    item: str = "",
    detail: Call | Batch | None = None,
    limit: Callable[..., int | None] | None = None,
    newest: str = "",
    states: States | None = None,
    shared: bool = False,
    **params: Any,
) -> Listing:
    """Every item at `result` (dots descend; `a[].b` flattens) in every page of the reply is a resource.

    `of` lists children of each parent, with `params` read from the parent. `region` is a function of the resource
    and its facets that tells the region of a resource which is listed once for the whole account. `at` names, for
    each partition that has such resources, the one region that lists them for the whole account. `absent` are
    error codes that mean "there are none". `page_size` overrides the service's page size.

    Where the items are bare strings, `item` names the field that each one is. Where the list tells less than is to be
    known, `detail` is the `call` or `batch` that tells the rest: the resource is both in one, its parameters (or its
    `owner_key`) name fields that the list tells, and what is gone by then is left out.

    `limit` is a function of configuration keys that says how many resources of one place are looked at; None for all.
    They are the first ones that AWS lists, or, with `newest`, those with the latest value in that field. What is left
    out is told in the coverage.

    `states` says which of what AWS goes on listing is no more, or not yet.

    With `shared`, types that take their own out of what one operation lists, asked with equal parameters, share its
    pages.
    """
    return Listing(
        operation=Operation(service, operation),
        result=result,
        params=params,
        absent=codes(absent),
        of=of,
        when=when,
        region=region,
        at=at or {},
        page_size=page_size,
        item=item,
        detail=detail,
        limit=limit,
        newest=newest,
        states=states,
        shared=shared,
    )


def call(
    service: str,
    operation: str,
    result: str = "",
    /,
    *,
    absent: Iterable[str] | Codes = (),
    when: Gate | None = None,
    shared: bool = False,
    pages: bool = False,
    first_page: bool = False,
    **params: Any,
) -> Call:
    """The part of the reply at `result` is the facet.

    A string in `params` names an attribute of the owner, or with `parent.` before it one of the owner's parent; write
    `constant("...")` for a fixed string. `absent` are error codes that mean "not configured". `when` is a gate: a
    function of the owner and its other facets; where it returns false the call is not made and checks that need the
    facet do not apply. With `shared`, owners in one account and region that ask with equal parameters share one call.

    Of an operation that answers in pages, `pages` reads all of them and joins their lists and maps; `first_page` says
    that the first one tells enough.
    """
    return Call(
        operation=Operation(service, operation),
        result=result,
        params=params,
        absent=codes(absent),
        when=when,
        shared=shared,
        pages=pages,
        first_page=first_page,
    )


def batch(
    service: str,
    operation: str,
    result: str,
    /,
    *,
    ids: str | Callable[[list[Any]], dict[str, Any]],
    owner_key: str,
    reply_key: str,
    size: int = 100,
    when: Gate | None = None,
    unanswered: str = "",
    **params: Any,
) -> Batch:
    """One call for up to `size` owners: their `owner_key` values go into the parameter `ids` (or into those that the
    function `ids` makes of them); the item of the reply whose `reply_key` (spelled as AWS does) equals an owner's is
    its facet. Owners that the reply leaves out have none.

    A string in `params` names an attribute of what the owners share: their parent, or the account where they have
    none. `unanswered` is the path in the reply to the ids of owners about which AWS could not answer: they have a
    failure in the facet's place.
    """
    return Batch(
        operation=Operation(service, operation),
        result=result,
        params=params,
        ids=ids,
        owner_key=owner_key,
        reply_key=reply_key,
        size=size,
        when=when,
        unanswered=unanswered,
    )


def source(*operations: str, when: Gate | None = None) -> Callable[[Callable[..., Awaitable[Any]]], Function]:
    """`@source("iam:GenerateCredentialReport", "iam:GetCredentialReport")` over an async function.

    The names are botocore's (`service:Operation`). The function gets what its parameters ask for: the owner, its
    other facets, and tools (`aws: Aws`, `scanner: SecretScanner`). It returns the facet (or for a resource type, a
    list of resources, or of structures as AWS sends them, of which one that does not fit is MANUAL by itself), or the
    Failure that a tool gave it. `when` is a gate, as that of `call`.
    """
    named = tuple(Operation(*each.split(":", 1)) for each in operations)
    return lambda function: Function(named, function, when)
