"""The AwsApi that talks to AWS: credentials, throttle, retries."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, Self

import anyio
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ReadTimeoutError

from aioprowler.aws.clients import Clients, connections
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import EXPIRED, TRANSIENT, UnreadableReplyError, code_of, ended_by, kind_of, status_of
from aioprowler.aws.line import UNREACHED, Line
from aioprowler.aws.patience import USUAL, Patience
from aioprowler.aws.profiles import client_settings, session_of
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.throttle import Clock, Lane, Sleep, Throttle
from aioprowler.declarations.account import Account
from aioprowler.declarations.readings import Reading
from aioprowler.declarations.sources import Operation

logger = logging.getLogger("aioprowler")

ATTEMPTS = 6
"""Tries of a call that AWS throttles or fails, or whose connection breaks; of one that is not answered, a third."""
TO_ENTER = 4
"""Likewise, of STS's, but throttled ones: whoever waits for the first of them is told within ten seconds."""
BACKOFF = 0.5
BACKOFF_LIMIT = 20.0
FAILURE_LIMIT = 4.0
"""Seconds: a retry waits a random time up to BACKOFF * 2 ** tries (full jitter), at most this, the latter where AWS
fails: what it could not carry out by then is no blip.
"""
GIVEN_UP = 3
"""Services that no retry has helped, after which no failed call is tried again until one has: what answers fails at all
that it lacks, as emulators do, or is down as a whole.
"""
WORDLESS = "400"
"""In the place of an error code where the reply has no body: S3 tells a HEAD nothing else of a session that has expired
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html).
"""
REGION_CALLS = 128
"""Calls in flight to one region, over all accounts."""


class Gateway:
    """Makes calls as fast as AWS's quotas and the scan's share of them allow: a ReadingApi, and a context manager."""

    def __init__(
        self,
        budget: float = 0.5,
        table: QuotaTable | None = None,
        sleep: Sleep = anyio.sleep,
        clock: Clock = time.monotonic,
        operations: Iterable[Operation] = (),
        patience: Patience = USUAL,
    ) -> None:
        """`operations`: what will be called, as far as it is known; `announce` adds to it."""
        self._operations = [*operations]
        self._patience = patience
        self._throttle = Throttle(budget, table, clock, sleep)
        self._sleep = sleep
        self._clock = clock
        self._profiles: dict[str, str | None] = {}
        """Account -> whose profile's settings its calls are made with."""
        self._parties: dict[str, tuple[Renewing, Line]] = {}
        """Account -> who signs for it, and how it is called."""
        self._users: Counter[str] = Counter()
        """Account -> how many have registered it and not forgotten it yet."""
        self._lines: dict[bytes, Line] = {}
        """By the settings of their clients."""
        self._line_of = cache(self._find_line)
        self._regions: dict[str, asyncio.Semaphore] = {}
        self._in_flight = asyncio.Semaphore(connections())  # asyncio's: anyio's checkpoints cost 10 us a call
        self._failing: set[str] = set()
        """Services that failed a call as often as it may be tried, and have carried out none since."""
        self._given_up: defaultdict[str, set[str]] = defaultdict(set)
        """All that ever were among them, with the operations."""
        self._has_helped = False
        """Whether any call that failed was carried out when it was tried again, at once or later."""
        self.throttles: Counter[str] = Counter()
        """`service:Operation` -> replies that refused a call as one too many."""
        self.retries: Counter[str] = Counter()
        self.sessions: Counter[str] = Counter()
        """Calls for the credentials of a role or an MFA session, which are not the scan's."""

    @property
    def throttled(self) -> int:
        """Replies so far that refused a call as one too many."""
        return self.throttles.total()

    @property
    def retried(self) -> int:
        """Calls so far that were made anew."""
        return self.retries.total()

    @property
    def lines(self) -> list[Line]:
        """One for all accounts whose profiles make the same clients."""
        return [*self._lines.values()]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for line in self.lines:
            await line.clients.__aexit__(*error)

    def announce(self, operations: Iterable[Operation]) -> None:
        """These will be called as well. Clients that are made from here on have them."""
        operations = [*operations]
        self._operations += operations
        for line in self.lines:
            line.clients.announce(operations)

    def _find_line(self, profile: str | None) -> Line:
        settings = client_settings(session_of(profile))
        if settings not in self._lines:
            self._lines[settings] = Line(Clients(self._operations, profile, self._patience), self._clock)
        return self._lines[settings]

    # --------------------------------------------------------------- accounts
    def register(self, account_id: str, provider: Renewing, profile: str | None = None) -> None:
        """Calls for this account are signed with these credentials, and go where a client of this profile would send
        them; of the environment's, without one. Raises BotoCoreError for a profile that is not there.
        """
        self._parties[account_id] = provider, self._line_of(profile)
        self._profiles[account_id] = profile
        self._users[account_id] += 1

    def credentials(self, account_id: str) -> tuple[Renewing, str | None]:
        """Those that calls for the account are signed with, and the profile, as they were registered."""
        return self._parties[account_id][0], self._profiles[account_id]

    def identified(self, seed_id: str, account_id: str) -> None:
        """The account that calls were made for before its id was known."""
        self._throttle.identified(seed_id, account_id)

    def forget(self, account_id: str) -> None:
        """Whoever registered the account is finished with it: once all are, nothing of it is kept."""
        self._users[account_id] -= 1
        if self._users[account_id] > 0:
            return
        del self._users[account_id]
        self._parties.pop(account_id, None)
        self._profiles.pop(account_id, None)
        self._throttle.forget(account_id)

    # ------------------------------------------------------------------ calls
    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        """The parsed reply, as a plain client has it. Raises what `read` does."""
        return await self.read(account, region, service, operation, params, None)

    async def read(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any],
        reading: Reading | None,
    ) -> dict[str, Any]:  # fmt: skip
        """What is read of the reply, after as many tries as it takes and is allowed; other members may be there as
        well, and with None all are. Raises ClientError and BotoCoreError.
        """
        provider, line = self._parties[account.id]
        renewed = has_failed = False
        tries = 0
        while True:
            keys = await provider.get()
            try:
                await line.plan(keys, region, service, operation, params)
                lane = self._throttle.lane(account.id, region, service, operation)
                await self._throttle.wait(lane)
                try:
                    reply = await self._send(line, keys, region, service, operation, params, reading, lane)
                finally:
                    self._throttle.answered(lane)
            except (ClientError, BotoCoreError) as error:
                tries += 1
                if not renewed and await self._renews(error, keys, account, region, service):
                    renewed = True
                    continue
                most, longest = self._retries_of(error, line, account.id, region, service, operation)
                has_failed = _has_failed(error)
                if tries >= most:
                    if has_failed:
                        self._failing.add(service)
                        self._given_up[service].add(operation)
                    raise
                self.retries[f"{service}:{operation}"] += 1
                await self._sleep(random.uniform(0, min(longest, BACKOFF * 2**tries)))  # noqa: S311
            else:
                self._throttle.succeeded(lane)
                self._failing.discard(service)
                self._has_helped |= has_failed or operation in self._given_up.get(service, ())
                return reply

    async def _renews(
        self, error: ClientError | BotoCoreError, keys: Keys, account: Account, region: str, service: str
    ) -> bool:
        """Whether the keys were refused for their age, and there are others now. Raises what their fetch raises."""
        provider, _ = self._parties[account.id]
        if code_of(error) in EXPIRED:
            await provider.replace(keys)
        elif code_of(error) == WORDLESS and service != "sts":
            await self._ask_who(account, region)
        else:
            return False
        return await provider.get() != keys

    async def _ask_who(self, account: Account, region: str) -> None:
        """Has keys that have expired replaced: STS says that they have, to whoever asks. What else it may say says
        nothing of them.
        """
        try:
            await self.read(account, region, "sts", "GetCallerIdentity", {}, None)
        except (ClientError, BotoCoreError) as error:
            if code_of(error) in EXPIRED or ended_by(error):
                raise

    def try_again(self) -> None:
        """Whatever endpoint could not be reached may be by now, as after the machine slept."""
        for line in self._lines.values():
            line.try_again()

    def _retries_of(
        self, error: ClientError | BotoCoreError, line: Line, account_id: str, region: str, service: str, operation: str
    ) -> tuple[int, float]:
        """How often such a failure may be met before it is final, and the seconds that a retry waits at most."""
        wanted = None if self._patience.retries is None else self._patience.retries + 1
        if _is_throttled(error):
            self.throttles[f"{service}:{operation}"] += 1
            self._throttle.throttled(self._throttle.lane(account_id, region, service, operation))
            return wanted or ATTEMPTS, BACKOFF_LIMIT
        most = wanted or (TO_ENTER if service == "sts" else ATTEMPTS)
        if _has_failed(error):
            return 1 if self._is_in_vain(service) else most, FAILURE_LIMIT
        if isinstance(error, ReadTimeoutError):
            return wanted or ATTEMPTS // 3, BACKOFF_LIMIT
        is_lost = isinstance(error, UNREACHED) and line.is_expected_back(service, region)
        return most if is_lost or isinstance(error, HTTPClientError) else 1, BACKOFF_LIMIT

    def _is_in_vain(self, service: str) -> bool:
        """Whether to try again has not helped: with this service since it last answered, or with any of several."""
        return service in self._failing or (len(self._given_up) >= GIVEN_UP and not self._has_helped)

    async def _send(
        self, line: Line, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any],
        reading: Reading | None, lane: Lane,
    ) -> dict[str, Any]:  # fmt: skip
        """One try, in its turn. Retries wait outside."""
        line.refuse_unreachable(service, region)
        slots = self._regions.get(region) or self._regions.setdefault(region, asyncio.Semaphore(REGION_CALLS))
        async with slots, self._in_flight:
            line.refuse_unreachable(service, region)
            if lane.concurrent is None:
                return await line.send(keys, region, service, operation, params, reading)
            async with lane.concurrent:
                return await line.send(keys, region, service, operation, params, reading)


def _is_throttled(error: ClientError | BotoCoreError) -> bool:
    return isinstance(error, ClientError) and kind_of(code_of(error), status_of(error), str(error)) == "throttled"


def _has_failed(error: ClientError | BotoCoreError) -> bool:
    """Whether what answered says that it could not carry it out, or nothing that can be read. What it does not
    implement (501) it will not the next time.
    """
    if not isinstance(error, ClientError):
        return isinstance(error, UnreadableReplyError)
    status = status_of(error)
    return status != 501 and not _is_throttled(error) and (status >= 500 or code_of(error) in TRANSIENT)
