"""The one error boundary: an operation goes in, a reply or a Failure comes out."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import methodcaller, or_
from typing import Any, NamedTuple, Protocol, runtime_checkable

import anyio
import jmespath
from botocore.exceptions import ClientError, DataNotFoundError

from aioprowler.aws.errors import DENIED, ENDED, NOT_IN_PARTITION, classify, is_transient, not_there
from aioprowler.aws.models import ModelLoader
from aioprowler.aws.partitions import seat
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure, FailureKind
from aioprowler.declarations.readings import WHOLE, Reading, at
from aioprowler.declarations.sources import NO_CODES, Codes, Operation, Optional, means
from aioprowler.facts import services
from aioprowler.facts.services import row

logger = logging.getLogger("aioprowler")

MOST_ITEMS = 10_000_000
"""Things in one listing, by the size of its pages: a listing of more is none that ends."""
USUAL_PAGE = 100
"""Things on a page whose size is AWS's own choice."""
CALL_DEADLINE = 120.0
"""Seconds for one call of an AwsApi that sets no limits itself."""


class AwsApi(Protocol):
    """What the gateway offers the engine, and what an embedder or a test may supply instead."""

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        """The parsed reply. Raises botocore's ClientError.

        `service` and `operation` are as in botocore's models; `region` is that of the partition for a global service.
        """
        ...


@runtime_checkable
class ReadingApi(AwsApi, Protocol):
    """An AwsApi that makes no more of a reply than is read."""

    async def read(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any],
        reading: Reading | None,
    ) -> dict[str, Any]:  # fmt: skip
        """As `call`: the members that are read, others or not; with None, all."""
        ...


class Cause(NamedTuple):
    """What failures are counted by."""

    kind: FailureKind
    action: str
    code: str
    policy: str
    region: str


@dataclass(slots=True)
class Extent:
    """How far a cause reaches."""

    calls: int = 0
    accounts: int = 0
    """A bit for each account, by its number: a thousand accounts take 160 bytes and are united at once."""


@dataclass(slots=True)
class LeftOut:
    """What a limit leaves out, as far as it was counted."""

    resources: int = 0
    places: int = 0
    """Regions of accounts, or parents, of which something is left out."""
    uncounted: int = 0
    """Of these, those of which there is more than was counted."""
    accounts: int = 0
    """A bit for each account."""
    since: datetime.datetime | None = None
    """Of what is read from the newest on: the moment back to which all was, in each of the places."""

    def explain(self, operation: str) -> str:
        """One sentence for the user."""
        if self.since is not None:
            places = f"{self.places:,} places of {self.accounts.bit_count():,} accounts"
            moment = f"{self.since.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
            return f"What {operation} lists is read back to {moment} only in {places}, as the configuration limits it."
        number = f"{'at least ' if self.uncounted else ''}{self.resources + self.uncounted:,}"
        whose = f"in {self.places:,} places of {self.accounts.bit_count():,} accounts"
        return f"{number} resources that {operation} lists are left out {whose}, as the configuration limits them."


@dataclass
class Calls:
    """What was asked of AWS in one scan."""

    made: Counter[str] = field(default_factory=Counter)
    """By `service:Operation`."""
    unanswered: Counter[str] = field(default_factory=Counter)
    """Those of them that failed."""
    failures: dict[Cause, Extent] = field(default_factory=dict)
    """As many entries as there are causes, however many accounts and calls."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Account id -> the number of its bit; of accounts with failures."""
    places: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Account id -> region -> calls that were answered, calls that failed; of the accounts in flight."""
    on_expiry: dict[str, Callable[[Failure], None]] = field(default_factory=dict)
    """Account id -> whom to tell that its credentials have expired for good."""
    limited: dict[str, LeftOut] = field(default_factory=dict)
    """`service:Operation` -> what it lists that a limit of the configuration leaves out."""
    _numbered: int = 0

    def left_out(
        self,
        operation: Operation,
        account_id: str,
        resources: int,
        *,
        more: bool,
        since: datetime.datetime | None = None,
    ) -> None:
        """Resources of a place are not looked at. `more`: there are others besides, which nobody has counted. `since`:
        all that is newer is looked at.
        """
        self.leave_out(str(operation), account_id, LeftOut(resources, 1, int(more), since=since))

    def leave_out(self, operation: str, account_id: str, more: LeftOut) -> None:
        """The same for what was counted elsewhere, of one account. `operation`: `service:Operation`."""
        told = self.limited.setdefault(operation, LeftOut())
        told.resources += more.resources
        told.uncounted += more.uncounted
        told.places += more.places
        told.accounts |= 1 << self._number(account_id)
        if more.since is not None:
            told.since = max(more.since, told.since or more.since)

    def count(self, account: Account, region: str, failure: Failure | None) -> None:
        """A call that was answered or, with a `failure`, was not."""
        if failure is None or failure.is_gap:  # what a region does not have says nothing of the region
            answered_failed = self.places.setdefault(account.id, {}).setdefault(region, [0, 0])
            answered_failed[failure is not None] += 1
        if failure is not None:
            self.failed(failure, account.id, region)
            if failure.code in ENDED and account.id in self.on_expiry:
                self.on_expiry[account.id](failure)

    def failed(self, failure: Failure, account_id: str, region: str) -> None:
        """Count a failure by its cause; also one of a tool, or of an answer that cannot be used."""
        self.met(Cause(failure.kind, failure.action, failure.code, failure.policy, region), account_id)

    def met(self, cause: Cause, account_id: str, calls: int = 1) -> None:
        """So many calls failed by a cause."""
        extent = self.failures.get(cause) or self.failures.setdefault(cause, Extent())
        extent.calls += calls
        extent.accounts |= 1 << self._number(account_id)

    def _number(self, account_id: str) -> int:
        number = self.numbers.get(account_id)
        if number is None:
            number = self.numbers[account_id] = self._numbered
            self._numbered += 1
        return number

    def identified(self, seed_id: str, account_id: str) -> None:
        """What was asked before the account's id was known, was asked of this account."""
        self.places.pop(seed_id, None)
        if seed_id in self.numbers:
            self.numbers.setdefault(account_id, self.numbers.pop(seed_id))

    def blind(self, account_id: str) -> list[str]:
        """Regions of a finished account in which no call at all was answered."""
        places = self.places.pop(account_id, {})
        return [region for region, (answered, failed) in places.items() if failed and not answered]


class Boundary:
    """An AwsApi behind the boundary: pages, deadlines, failure kinds, counts."""

    def __init__(self, api: AwsApi, calls: Calls | None = None, deadline: float | None = CALL_DEADLINE) -> None:
        """`deadline`: seconds for one call; None leaves it to `api`, whose calls wait for their turn."""
        self._api = api
        self._read = api.read if isinstance(api, ReadingApi) else None
        self.calls = calls or Calls()
        self._deadline = deadline
        self._bare: set[tuple[Operation, str]] = set()
        """Operations, and places, that refused their optional parameters."""

    async def call(
        self,
        account: Account,
        region: str,
        operation: Operation,
        params: Mapping[str, Any],
        absent: Codes = NO_CODES,
        gone: Codes = NO_CODES,
        reading: Reading = WHOLE,
    ) -> dict[str, Any] | Failure | None:
        """The reply, with what is read of it at least; None where AWS says with an `absent` code that there is nothing;
        a Failure of the kind `gone` where it says with such a code that what the call is about is no more.
        """
        answer = await self.answer(account, region, operation, params, absent, gone, reading)
        return None if isinstance(answer, str) else answer

    async def answer(
        self,
        account: Account,
        region: str,
        operation: Operation,
        params: Mapping[str, Any],
        expected: Codes,
        gone: Codes = NO_CODES,
        reading: Reading = WHOLE,
    ) -> dict[str, Any] | Failure | str:
        """The reply; an error code that is `expected`, which is an answer as well, though a refusal is no sign that
        anything else in the region would be answered.
        """
        place = _place(account, region, operation.service)
        if place == services.NOWHERE:
            lacking = not_there(operation, NOT_IN_PARTITION, f"{account.partition} does not have it")
            self.calls.count(account, region, lacking)
            return lacking
        outcome = await self._asked(account, place, operation, params, expected, gone, reading)
        failure = outcome if isinstance(outcome, Failure) and outcome.kind != "gone" else None
        if not (isinstance(outcome, str) and outcome in DENIED):
            self.calls.count(account, region, failure)
        if failure is not None:
            self.calls.unanswered[str(operation)] += 1
            logger.debug("%s in %s/%s: %s", operation, account.id, region, failure)
        return outcome

    async def _asked(
        self,
        account: Account,
        place: str,
        operation: Operation,
        params: Mapping[str, Any],
        expected: Codes,
        gone: Codes,
        reading: Reading,
    ) -> dict[str, Any] | Failure | str:
        """The outcome of the call, without the parameters that it can do without where it is refused with them."""
        bare = {name: value for name, value in params.items() if not isinstance(value, Optional)}
        if len(bare) < len(params) and (operation, place) not in self._bare:
            full = {name: value.value if isinstance(value, Optional) else value for name, value in params.items()}
            outcome = await self._outcome(account, place, operation, full, expected, gone, reading)
            if not _is_refused(outcome):
                return outcome
            self._bare.add((operation, place))
        return await self._outcome(account, place, operation, bare, expected, gone, reading)

    async def _outcome(
        self, account: Account, region: str, operation: Operation, params: dict[str, Any], expected: Codes,
        gone: Codes, reading: Reading,
    ) -> dict[str, Any] | Failure | str:  # fmt: skip
        self.calls.made[str(operation)] += 1
        try:
            asked = (
                self._api.call(account, region, operation.service, operation.name, params)
                if self._read is None
                else self._read(account, region, operation.service, operation.name, params, reading)
            )
            reply: object = await asked if self._deadline is None else await _within(self._deadline, asked)
        except ClientError as error:
            return _meant(classify(error, operation), expected, gone)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            return Failure("unreachable", operation.action, type(error).__name__, "somebody else cancelled the call")
        except Exception as error:  # noqa: BLE001 - the boundary: whatever a transport raises, the scan gets a value
            return classify(error, operation)
        if isinstance(reply, dict):
            return reply
        return Failure("broken", operation.action, "ValidationError", "the reply is not a structure")

    async def pages(
        self,
        account: Account,
        region: str,
        operation: Operation,
        params: Mapping[str, Any],
        *,
        absent: Codes = NO_CODES,
        gone: Codes = NO_CODES,
        page_size: int | None = None,
        reading: Reading = WHOLE,
    ) -> AsyncIterator[dict[str, Any] | Failure]:
        """Every page of the reply, with what is read of it and tells of the next one. Ends after a Failure, as where
        there are too many. A `page_size` of 0 leaves it to AWS.
        """
        paging = pagination(operation)
        reading = with_tokens(operation, reading)
        asked = dict(params)
        if page_size is None:
            page_size = services.page_size(operation.service, operation.name)
        if paging and paging.limit_key:
            asked = _sized(operation, paging.limit_key, page_size) | asked
        most = MOST_ITEMS // (page_size or USUAL_PAGE)
        seen: set[int] = set()
        while True:
            reply = await self.call(account, region, operation, asked, absent, gone, reading)
            if reply is None:
                return
            yield reply
            tokens = paging.next_tokens(reply) if paging and not isinstance(reply, Failure) else {}
            if not tokens:
                return
            if (turn := hash(repr(tokens))) in seen:
                yield self._endless(account, region, operation, "AWS sent the same page token twice")
                return
            seen.add(turn)
            if len(seen) >= most:
                yield self._endless(account, region, operation, f"the listing did not end in {most:,} pages")
                return
            asked |= tokens

    def _endless(self, account: Account, region: str, operation: Operation, told: str) -> Failure:
        failure = Failure("broken", operation.action, "PaginationError", told)
        self.calls.failed(failure, account.id, region)
        return failure


def _is_refused(outcome: object) -> bool:
    """Whether the request itself may be what AWS objects to: not who asks, and not a moment when it cannot answer."""
    return (
        isinstance(outcome, Failure)
        and outcome.kind in ("broken", "refused", "unimplemented")
        and not is_transient(outcome)
    )


def _meant(failure: Failure, expected: Codes, gone: Codes) -> Failure | str:
    """What an error says of what was asked. Where one code is both expected and `gone`, its words decide."""
    code, message = failure.code, failure.message
    is_expected, is_gone = (means(known, code, message) for known in (expected, gone))
    if is_expected and not (is_gone and gone[code] and not expected[code]):
        return code
    return Failure("gone", failure.action, code, message) if is_gone else failure


def _place(account: Account, region: str, service: str) -> str:
    """The region in which an account is asked: of a global service, its own; NOWHERE if the partition lacks it."""
    if not services.is_global(service):
        return region
    return services.home(service, account.partition, seat(account.partition, region))


async def _within(seconds: float, asked: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    with anyio.fail_after(seconds):
        return await asked


@dataclass(frozen=True, slots=True)
class Pagination:
    """How an operation is paged."""

    inputs: tuple[str, ...]
    outputs: tuple[Callable[[dict[str, Any]], Any], ...]
    """What finds each input's value in a reply."""
    limit_key: str | None
    more: Callable[[dict[str, Any]], Any] | None
    reading: Reading
    """What these read of a reply."""

    def next_tokens(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Parameters of the next page; empty at the last one."""
        if self.more is not None and not self.more(reply):
            return {}
        found = {key: output(reply) for key, output in zip(self.inputs, self.outputs, strict=True)}
        return {key: token for key, token in found.items() if token}


def _finder(path: str) -> Callable[[dict[str, Any]], Any]:
    """The value at a JMESPath; nearly every one is a bare name."""
    return methodcaller("get", path) if path.isidentifier() else jmespath.compile(path).search


@cache
def _paginators(service: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = ModelLoader().load_service_model(service, "paginators-1")["pagination"]
    except DataNotFoundError:
        return {}
    return loaded


def _modelled(service: str, operation: str) -> dict[str, Any] | None:
    """What the row of the service, else botocore's paginator file, says of the operation."""
    own = row(service).pages.get(operation)
    if own is None:
        found: dict[str, Any] | None = _paginators(service).get(operation)
        return found
    model = {"input_token": own.input, "output_token": own.output, "limit_key": own.limit, "more_results": own.more}
    return {name: value for name, value in model.items() if value}


@cache
def pagination(operation: Operation) -> Pagination | None:
    """None for an operation that answers in one reply."""
    model = _modelled(operation.service, operation.name)
    if model is None:
        return None
    inputs, outputs = (x if isinstance(x, list) else [x] for x in (model["input_token"], model["output_token"]))
    more = model.get("more_results", "")
    return Pagination(
        inputs=tuple(inputs),
        outputs=tuple(map(_finder, outputs)),
        limit_key=model.get("limit_key"),
        more=_finder(more) if more else None,
        reading=reduce(or_, map(at, [*outputs, more] if more else outputs)),
    )


@cache
def with_tokens(operation: Operation, reading: Reading) -> Reading:
    """What reads the pages of an operation: this, and what tells of the next one."""
    paging = pagination(operation)
    return reading | paging.reading if paging else reading


def _sized(operation: Operation, limit_key: str, page_size: int) -> dict[str, Any]:
    """The parameter for pages of that size; none for a size of 0."""
    if not page_size:
        return {}
    return {limit_key: str(page_size) if row(operation.service).sizes_are_text else page_size}
