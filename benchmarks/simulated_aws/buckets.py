"""AWS's token buckets. Their sizes are those of the published table; how they are kept is this module's own affair."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from aioprowler.aws.quotas import QuotaTable
from aioprowler.facts.quotas import Quota

EXPENSIVE = frozenset(
    {"DescribeInstances", "DescribeInstanceStatus", "DescribeNetworkInterfaces", "DescribeSecurityGroups"}
    | {"DescribeSnapshots", "DescribeSpotInstanceRequests", "DescribeVolumes"}
)
"""EC2 listings that have a smaller bucket for calls with neither filters nor a page size
(https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html)."""

MANY = 100_000
"""Buckets that are kept before the full ones are thrown away."""

Key = tuple[str, str, str]
"""Account, region (nothing where the quota is the account's), and the quota's name."""


class Limit(Struct, frozen=True):
    """A quota, as the server counts it."""

    name: str
    capacity: float
    rate: float
    by_region: bool
    concurrent: int


class Use(Struct):
    """How far the buckets of a quota were emptied, over all accounts and regions."""

    capacity: float
    rate: float
    taken: int = 0
    refused: int = 0
    lowest: float = 1.0
    """The lowest level, as a share of the capacity."""
    account: str = ""
    region: str = ""
    """Where that was."""


class Buckets:
    """Refuses what is above a quota."""

    def __init__(self, clock: Callable[[], float], overrides: Mapping[str, Mapping[str, float]], enforce: bool) -> None:
        self._clock = clock
        self._table = QuotaTable(overrides)
        self._enforce = enforce
        self._limits: dict[tuple[str, str, bool], Limit] = {}
        self._levels: dict[Key, tuple[float, float]] = {}
        """Tokens, and when they were counted. A bucket that is not here is full."""
        self._running: dict[Key, int] = {}
        self.use: dict[str, Use] = {}

    def take(self, account: str, region: str, service: str, operation: str, unpaged: bool) -> Key | None:
        """None if the call is refused; else what to give back with `release` when it is answered."""
        limit = self._limit(service, operation, unpaged)
        key = (account, region if limit.by_region else "", limit.name)
        use = self.use.get(limit.name) or self.use.setdefault(limit.name, Use(limit.capacity, limit.rate))
        now = self._clock()
        tokens, counted = self._levels.get(key, (limit.capacity, now))
        tokens = min(limit.capacity, tokens + (now - counted) * limit.rate)
        running = self._running.get(key, 0)
        if self._enforce and (tokens < 1 or (limit.concurrent and running >= limit.concurrent)):
            use.refused += 1
            return None
        tokens -= 1
        self._levels[key] = tokens, now
        if limit.concurrent:
            self._running[key] = running + 1
        use.taken += 1
        if tokens / limit.capacity < use.lowest:
            use.lowest, use.account, use.region = tokens / limit.capacity, account, region
        if len(self._levels) > MANY:
            self._forget_full(now)
        return key

    def release(self, key: Key) -> None:
        running = self._running.get(key)
        if running is not None:
            if running > 1:
                self._running[key] = running - 1
            else:
                del self._running[key]

    def reset(self) -> None:
        """Every bucket is full and nothing was used."""
        self.use.clear()
        self._levels.clear()

    def _forget_full(self, now: float) -> None:
        for key, (tokens, counted) in list(self._levels.items()):
            use = self.use.get(key[2])
            if use is None or tokens + (now - counted) * use.rate >= use.capacity:
                del self._levels[key]

    def _limit(self, service: str, operation: str, unpaged: bool) -> Limit:
        limit = self._limits.get((service, operation, unpaged))
        if limit is None:
            limit = self._limits[service, operation, unpaged] = _limit(
                self._table.of(service, operation), operation, unpaged and operation in EXPENSIVE
            )
        return limit


def _limit(quota: Quota, operation: str, expensive: bool) -> Limit:
    name = f"{quota.counted_as or quota.service}:{quota.operations if quota.shared else operation}"
    if expensive and quota.service == "ec2":
        return Limit(f"{name} (unpaginated)", quota.capacity / 2, quota.rate / 2, True, 0)
    # Of what AWS does not publish, the table says how far a client dares to climb.
    rate = quota.ceiling or quota.rate
    return Limit(name, max(quota.capacity, quota.ceiling), rate, quota.scope == "region", quota.concurrent)
