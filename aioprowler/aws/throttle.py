"""Staying inside AWS's quotas: a token bucket per quota, which AWS's throttling errors slow down."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from aioprowler.aws.quotas import QuotaTable
from aioprowler.facts.quotas import Quota

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

_DECREASE = 0.5
_DECREASE_ABOVE = 0.7
"""Where the rate has climbed above its starting one: it cannot be far from what AWS permits."""
_FLOOR = 0.05
"""Share of its starting rate below which a bucket is not slowed."""
_INCREASE = 0.05
"""Share of its starting rate that a bucket regains each second without throttling."""
_SPARE = 1.0
"""Calls that are left in AWS's bucket whatever the share: neither the ways there nor the clocks are quite even."""
_SETTLE = 1.0
"""Seconds in which further throttling errors count as the same one: their calls were under way already."""
_SOME = 64
"""Buckets of an account that are made until those are sought that need not be kept."""


class TokenBucket:
    """Tokens that come back at a rate. Pure arithmetic on a clock that the caller reads."""

    __slots__ = (
        *("_answered", "_counted", "_filled", "_open", "_raised", "_slowed", "_tokens"),
        *("base", "capacity", "ceiling", "rate"),
    )  # an account has hundreds of them

    def __init__(self, capacity: float, rate: float, ceiling: float, now: float) -> None:
        self.capacity = max(capacity, 1.0)
        self.base = rate
        self.rate = rate
        self.ceiling = max(ceiling, rate)
        self._tokens = self.capacity
        self._filled = now
        self._open = 0
        """Calls that took a token and are not answered."""
        self._answered = self.capacity
        """The tokens, had every call taken its own only when it was answered."""
        self._counted = now
        self._slowed = float("-inf")
        self._raised = now

    def take(self, now: float) -> float:
        """Take a token; the seconds to wait until it is there. Waiters are served in the order in which they asked."""
        tokens = min(self.capacity, self._tokens + (now - self._filled) * self.rate)
        self._tokens = min(tokens, self._certain(max(self.capacity, self.rate))) - 1.0
        self._filled = now
        self._open += 1
        return max(0.0, -self._tokens / self.rate)

    def answered(self, now: float) -> None:
        """A call is over. AWS took its token when it came, which may have been as late as this."""
        back = (now - self._counted) * self.rate
        self._answered = min(max(self.capacity, self.rate), self._answered + back) - 1.0
        self._counted = now
        self._open = max(0, self._open - 1)
        self._tokens = min(self._tokens, self._certain(self._answered))

    def is_as_new(self, now: float) -> bool:
        """Whether it is full, nothing is under way and nothing is known of it that a new one would not begin with; a
        rate that has climbed climbs again.
        """
        least = min(self._tokens + (now - self._filled) * self.rate, self._answered + (now - self._counted) * self.rate)
        return not self._open and self.rate >= self.base and least >= self.capacity

    def _certain(self, tokens: float) -> float:
        """Of the tokens that AWS has without the calls under way, those that it has whenever these come. While they
        are held up, nothing comes back to AWS's full bucket. A second is the longest that their number holds up others.
        """
        return max(tokens - self._open, -self.rate)

    def throttled(self, now: float) -> None:
        """AWS refused a call: slow down, and start again from an empty bucket."""
        if now - self._slowed < _SETTLE:
            return
        decrease = _DECREASE_ABOVE if self.rate > self.base else _DECREASE
        self.rate = max(self.base * _FLOOR, self.rate * decrease)
        self._tokens = min(self._tokens, 0.0)
        self._slowed = self._raised = now

    def succeeded(self, now: float) -> None:
        """AWS served a call: regain speed, in proportion to the time since the last gain."""
        if self.rate < self.ceiling:
            self.rate = min(self.ceiling, self.rate + self.base * _INCREASE * min(now - self._raised, 1.0))
        self._raised = now


@dataclass(slots=True)
class Lane:
    """One quota of one account and place: its bucket, and where AWS wants it, calls one at a time."""

    bucket: TokenBucket
    concurrent: anyio.Semaphore | None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Who waits for the next token; the others wait for that, so that a lower rate holds for them as well."""
    waiting: int = 0


class _Lanes(dict[tuple[str, ...], Lane]):
    """Those of an account: hundreds, most of which serve one call and are full again in a moment."""

    enough = _SOME

    def drop_idle(self, now: float) -> None:
        """At times, all that need not be kept."""
        if len(self) < self.enough:
            return
        for key in [key for key, lane in self.items() if not lane.waiting and lane.bucket.is_as_new(now)]:
            del self[key]
        self.enough = len(self) + _SOME


class Throttle:
    """Every bucket of a scan, scaled to the share of AWS's quotas that the scan may use."""

    def __init__(
        self,
        budget: float = 0.5,
        table: QuotaTable | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = anyio.sleep,
    ) -> None:
        self._budget = budget
        self._table = table or QuotaTable()
        self._clock = clock
        self._sleep = sleep
        self._lanes: defaultdict[str, _Lanes] = defaultdict(_Lanes)

    def lane(self, account_id: str, region: str, service: str, operation: str) -> Lane:
        """What calls of the operation share with others of the account: the bucket of the quota that they count
        against.
        """
        lanes = self._lanes[account_id]
        lane = lanes.get((service, operation, region))
        if lane is None:
            lanes.drop_idle(self._clock())
            quota = self._table.of(service, operation)
            place = region if quota.scope == "region" else ""
            key = (quota.counted_as or service, quota.operations if quota.shared else operation, place)
            lane = lanes.get(key) or lanes.setdefault(key, self._new(quota))
            lanes[service, operation, region] = lane
        return lane

    def _new(self, quota: Quota) -> Lane:
        share = self._budget
        capacity = min(quota.capacity * share, quota.capacity - _SPARE)
        bucket = TokenBucket(capacity, quota.rate * share, quota.ceiling * share, self._clock())
        return Lane(bucket, anyio.Semaphore(quota.concurrent) if quota.concurrent else None)

    async def wait(self, lane: Lane) -> None:
        """Return when a call may be made. `lane` is to be asked for at once before, for idle ones are not kept."""
        lane.waiting += 1
        try:
            async with lane.turn:
                seconds = lane.bucket.take(self._clock())
                if seconds > 0:
                    try:
                        await self._sleep(seconds)
                    except asyncio.CancelledError:
                        self.answered(lane)
                        raise
        finally:
            lane.waiting -= 1

    def answered(self, lane: Lane) -> None:
        """A call that was waited for is over, whatever became of it."""
        lane.bucket.answered(self._clock())

    def throttled(self, lane: Lane) -> None:
        """AWS refused a call as one too many: the rate is halved, for those who wait as well."""
        lane.bucket.throttled(self._clock())

    def succeeded(self, lane: Lane) -> None:
        """AWS answered a call: the rate climbs back."""
        lane.bucket.succeeded(self._clock())

    def identified(self, seed_id: str, account_id: str) -> None:
        """What was and will be called under a first name counts against the account's quotas."""
        known = self._lanes.setdefault(account_id, self._lanes[seed_id])
        self._lanes[seed_id] = known

    def forget(self, account_id: str) -> None:
        """A finished account's buckets go."""
        self._lanes.pop(account_id, None)
