"""The throttle on a clock that only moves when somebody sleeps."""

from __future__ import annotations

import heapq
import itertools

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.throttle import Lane, Throttle, TokenBucket
from aioprowler.facts.quotas import QUOTAS, Quota

TABLE = QuotaTable(
    rows=[
        Quota("svc", "Published", 10, 4),
        Quota("svc", "Shared*", 10, 4, shared=True),
        Quota("svc", "Everywhere", 10, 4, "global"),
        Quota("svc", "OneByOne", 10, 4, concurrent=1),
        Quota("svc", "Climbing", 10, 4, ceiling=8),
        *QUOTAS,
    ]
)


class Time:
    """Seconds, and sleepers who wake in order of their time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await anyio.lowlevel.checkpoint()


def throttle(time: Time, budget: float = 1.0) -> Throttle:
    return Throttle(budget, TABLE, time, time.sleep)


def lane(throttle: Throttle, operation: str = "Published", account: str = "1", region: str = "eu-west-1") -> Lane:
    return throttle.lane(account, region, "svc", operation)


def waits(throttle: Throttle, time: Time, lane: Lane, count: int) -> list[float]:
    """How long each of `count` calls at this moment has to wait."""

    async def run() -> list[float]:
        found = []
        for _ in range(count):
            time.slept.clear()
            await throttle.wait(lane)
            throttle.answered(lane)
            found.append(sum(time.slept))
        return found

    return anyio.run(run)


def test_a_full_bucket_serves_its_capacity_but_one_at_once_and_then_its_rate() -> None:
    """One call stays in AWS's bucket: the clocks and the ways are not quite even."""
    time = Time()
    made = throttle(time)
    assert waits(made, time, lane(made), 13) == [0.0] * 9 + [0.25, 0.5, 0.75, 1.0]


def test_tokens_come_back_at_the_rate_and_not_beyond_the_capacity() -> None:
    time = Time()
    made = throttle(time)
    waits(made, time, lane(made), 9)
    time.now = 1.0
    assert waits(made, time, lane(made), 5) == [0.0] * 4 + [0.25]
    time.now = 1000.0
    assert waits(made, time, lane(made), 10) == [0.0] * 9 + [0.25]


def test_a_lower_rate_holds_for_those_who_wait_already() -> None:
    time = Time()
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        time.now += seconds
        await anyio.lowlevel.checkpoint()

    made = Throttle(1.0, TABLE, time, sleep)

    async def call() -> None:
        await made.wait(lane(made))
        woken.append(time.now)
        made.answered(lane(made))
        if len(woken) == 11:
            made.throttled(lane(made))

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(14):
                tasks.start_soon(call)

    anyio.run(run)
    gaps = [round(after - before, 2) for before, after in itertools.pairwise(woken)]
    assert gaps[:10] == [0.0] * 8 + [0.25, 0.25]
    assert gaps[11:] == [0.5, 0.5], "but for the one whose turn it was"


def test_a_call_that_is_given_up_while_it_waits_is_no_longer_under_way() -> None:
    time = Time()

    async def sleep(_: float) -> None:
        await anyio.sleep_forever()

    made = Throttle(1.0, TABLE, time, sleep)

    async def run() -> None:
        for _ in range(9):
            await made.wait(lane(made))
            made.answered(lane(made))
        for _ in range(20):
            with anyio.move_on_after(0):
                await made.wait(lane(made))

    anyio.run(run)
    time.now = 1000.0
    assert waits(made, time, lane(made), 9) == [0.0] * 9


def test_calls_that_are_held_up_do_not_add_up() -> None:
    """What would come back meanwhile to a bucket that lacks tokens, does not come back to AWS's, which is full."""
    bucket = TokenBucket(10, 4, 4, 0.0)
    assert [bucket.take(0.0) for _ in range(10)] == [0.0] * 10
    assert bucket.take(2.0) == pytest.approx(0.25)
    for _ in range(11):
        bucket.answered(2.0)
    assert bucket.take(2.0) == pytest.approx(0.5)
    bucket.answered(2.5)
    assert bucket.take(100.0) == 0.0


def test_an_aws_that_does_not_answer_is_still_asked() -> None:
    bucket = TokenBucket(10, 4, 4, 0.0)
    now, waited = 0.0, []
    for _ in range(50):
        waited.append(bucket.take(now))
        now += waited[-1]
    assert max(waited) <= 1.25


@given(st.floats(2, 50), st.floats(0.5, 1), st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), max_size=60))
def test_no_more_than_one_call_is_too_many_however_late_they_come(
    capacity: float, share: float, calls: list[tuple[float, float]]
) -> None:
    """Each comes to a bucket like AWS's some time after it was made, and is answered later still. The one that waits
    was promised its token before it was known how late the others came.
    """
    rate = capacity * share
    ours, tokens, filled = TokenBucket(capacity, rate, rate, 0.0), capacity, 0.0
    under_way: list[tuple[float, int, str]] = []
    now = 0.0

    def proceed(until: float) -> None:
        nonlocal tokens, filled
        while under_way and under_way[0][0] <= until:
            moment, number, step = heapq.heappop(under_way)
            if step == "answered":
                ours.answered(moment)
                continue
            tokens, filled = min(capacity, tokens + (moment - filled) * rate) - 1, moment
            assert tokens >= -1 - 1e-6
            heapq.heappush(under_way, (moment + calls[number][1], number, "answered"))

    for number, (held_up, _) in enumerate(calls):
        now += ours.take(now)
        heapq.heappush(under_way, (now + held_up, number, "comes"))
        proceed(now)
    proceed(float("inf"))


@pytest.mark.parametrize("budget", [0.5, 0.1])
def test_the_budget_scales_capacity_and_rate(budget: float) -> None:
    time = Time()
    made = throttle(time, budget)
    at_once = max(1, int(10 * budget))
    assert waits(made, time, lane(made), at_once + 1) == [0.0] * at_once + [pytest.approx(1 / (4 * budget))]


def test_a_small_budget_leaves_at_least_one_call() -> None:
    time = Time()
    made = throttle(time, 0.01)
    assert waits(made, time, lane(made), 2) == [0.0, pytest.approx(25)]


def test_waiters_are_served_in_the_order_in_which_they_asked() -> None:
    bucket = TokenBucket(1, 2, 2, 0.0)
    promised = [now + bucket.take(now) for now in (0.0, 0.0, 0.1, 0.2, 0.2, 0.9, 5.0)]
    assert promised == sorted(promised)
    assert promised[1] == 0.5


def test_throttling_halves_the_rate_and_empties_the_bucket() -> None:
    time = Time()
    made = throttle(time)
    made.throttled(lane(made))
    assert lane(made).bucket.rate == 2
    assert waits(made, time, lane(made), 2) == [0.5, 1.0]


def test_a_rate_that_climbed_is_lowered_less() -> None:
    time = Time()
    made = throttle(time)
    climbing = lane(made, "Climbing")
    for second in range(10):
        time.now = second
        made.succeeded(climbing)
    assert climbing.bucket.rate == pytest.approx(5.8)
    made.throttled(climbing)
    assert climbing.bucket.rate == pytest.approx(4.06)


def test_many_throttling_errors_at_once_count_as_one() -> None:
    time = Time()
    made = throttle(time)
    for moment in (0.0, 0.1, 0.5, 0.99):
        time.now = moment
        made.throttled(lane(made))
    assert lane(made).bucket.rate == 2
    time.now = 1.0
    made.throttled(lane(made))
    assert lane(made).bucket.rate == 1


def test_the_rate_never_falls_below_a_twentieth() -> None:
    time = Time()
    made = throttle(time)
    for second in range(30):
        time.now = second
        made.throttled(lane(made))
    assert lane(made).bucket.rate == pytest.approx(4 / 20)


def test_the_rate_recovers_by_a_fixed_share_each_second() -> None:
    time = Time()
    made = throttle(time)
    made.throttled(lane(made))
    rates = []
    for second in (1, 2, 3):
        time.now = second
        for _ in range(5):
            made.succeeded(lane(made))
        rates.append(lane(made).bucket.rate)
    assert rates == [pytest.approx(2.2), pytest.approx(2.4), pytest.approx(2.6)]


def test_a_long_silence_does_not_count_as_recovery() -> None:
    time = Time()
    made = throttle(time)
    made.throttled(lane(made))
    time.now = 3600.0
    made.succeeded(lane(made))
    assert lane(made).bucket.rate == pytest.approx(2.2)


@pytest.mark.parametrize(("operation", "end"), [("Published", 4.0), ("Climbing", 8.0)])
def test_a_rate_climbs_to_its_ceiling_and_a_published_one_stays(operation: str, end: float) -> None:
    time = Time()
    made = throttle(time)
    rates = []
    for second in range(200):
        time.now = second
        made.succeeded(lane(made, operation))
        rates.append(lane(made, operation).bucket.rate)
    assert rates == sorted(rates)
    assert rates[0] == 4.0
    assert rates[-1] == end


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("1", "eu-west-1", "svc", "Published"), ("2", "eu-west-1", "svc", "Published"), False),
        (("1", "eu-west-1", "svc", "Published"), ("1", "us-east-1", "svc", "Published"), False),
        (("1", "eu-west-1", "svc", "Published"), ("1", "eu-west-1", "svc", "SharedOne"), False),
        (("1", "eu-west-1", "svc", "SharedOne"), ("1", "eu-west-1", "svc", "SharedTwo"), True),
        (("1", "eu-west-1", "svc", "SharedOne"), ("1", "us-east-1", "svc", "SharedTwo"), False),
        (("1", "eu-west-1", "svc", "Everywhere"), ("1", "us-east-1", "svc", "Everywhere"), True),
        (("1", "eu-west-1", "svc", "Everywhere"), ("2", "eu-west-1", "svc", "Everywhere"), False),
        (("1", "eu-west-1", "rds", "DescribeDBInstances"), ("1", "eu-west-1", "rds", "DescribeDBClusters"), False),
        (("1", "eu-west-1", "lambda", "ListFunctions"), ("1", "eu-west-1", "lambda", "ListAliases"), True),
        (("1", "eu-west-1", "ec2", "DescribeVpcs"), ("1", "eu-west-1", "ec2", "DescribeSubnets"), False),
    ],
)
def test_what_shares_a_bucket(first: tuple[str, ...], second: tuple[str, ...], same: bool) -> None:
    made = throttle(Time())
    assert (made.lane(*first) is made.lane(*second)) == same
    assert made.lane(*first) is made.lane(*first)


def test_one_lane_at_a_time_where_aws_wants_it() -> None:
    made = throttle(Time())
    concurrent = lane(made, "OneByOne").concurrent
    assert concurrent is not None
    assert concurrent.value == 1
    assert lane(made, "Published").concurrent is None


def test_calls_under_an_accounts_first_name_count_against_its_quotas_whatever_is_forgotten() -> None:
    """The base of a scan lists the organization while its own account is scanned, and after that."""
    made = throttle(Time())
    early = lane(made, account="base")
    made.identified("base", "1")
    assert lane(made, account="1") is early
    assert lane(made, "Other", account="base") is lane(made, "Other", account="1")
    made.forget("1")
    assert lane(made, account="base") is early


def test_two_names_of_an_account_that_is_in_use_share_its_buckets() -> None:
    made = throttle(Time())
    own = lane(made, account="1")
    made.identified("second entry", "1")
    assert lane(made, account="second entry") is own


def test_a_forgotten_accounts_buckets_start_anew_and_others_stay() -> None:
    time = Time()
    made = throttle(time)
    for account in ("1", "2"):
        made.throttled(lane(made, account=account))
    made.forget("1")
    made.forget("never seen")
    assert lane(made, account="1").bucket.rate == 4
    assert lane(made, account="2").bucket.rate == 2


Steps = st.lists(st.tuples(st.floats(0, 3), st.sampled_from(["call", "call", "call", "throttled", "succeeded"])))


@given(st.floats(0.5, 50), st.floats(0.1, 50), st.floats(1, 3), Steps)
def test_no_window_holds_more_than_the_capacity_and_what_came_back(
    capacity: float, rate: float, climb: float, steps: list[tuple[float, str]]
) -> None:
    """Whatever happens, and even at the highest rate that the bucket may have climbed to."""
    now = 0.0
    bucket = TokenBucket(capacity, rate, rate * climb, now)
    served: list[float] = []
    for pause, step in steps:
        now += pause
        if step == "call":
            now = max([now, *served[-1:]])  # whoever waits is alone in it
            served.append(now + bucket.take(now))
        else:
            getattr(bucket, step)(now)
    served.sort()
    for start in range(len(served)):
        for end in range(start, len(served)):
            window = served[end] - served[start]
            assert end - start + 1 <= bucket.capacity + rate * climb * window + 1e-6


def test_of_an_accounts_many_buckets_those_are_kept_of_which_something_is_known() -> None:
    time = Time()
    made = throttle(time)
    slowed, under_way = made.lane("1", "eu-west-1", "svc", "Slowed"), made.lane("1", "eu-west-1", "svc", "UnderWay")
    made.throttled(slowed)

    async def call(other: Lane) -> None:
        await made.wait(other)
        made.answered(other)

    async def run() -> None:
        await made.wait(under_way)
        for number in range(1_000):
            await call(made.lane("1", "eu-west-1", "svc", f"Other{number}"))
            time.now += 0.1
        emptied = lane(made)
        await call(emptied)
        for number in range(200):
            made.lane("1", "eu-west-1", "svc", f"AtOnce{number}")
        assert lane(made) is emptied

    anyio.run(run)
    assert made.lane("1", "eu-west-1", "svc", "Slowed") is slowed
    assert made.lane("1", "eu-west-1", "svc", "UnderWay") is under_way
    assert len(made._lanes["1"]) < 200
