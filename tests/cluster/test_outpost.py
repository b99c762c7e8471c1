"""A worker's part of a scan, without a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from itertools import groupby
from typing import Self

import anyio
import pytest

from aioprowler import Account, ScanOptions
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.entry import keys_of
from aioprowler.accounts.sessions import Ceiling
from aioprowler.cluster import messages
from aioprowler.cluster.messages import Accounts, Began, Begin, Complete, Findings, Left, Over, Task, Told
from aioprowler.cluster.outpost import Outpost
from benchmarks.simulated_aws import SimulatedAws
from tests.cluster.conftest import AWS, WITHIN

REGIONS = ("us-east-1", "eu-west-1")
UVLOOP = {"use_uvloop": True}


class Worker:
    """An outpost, and what it has told."""

    def __init__(self, accounts_in_flight: int = 32) -> None:
        self.told: list[Told] = []
        self.batches = 0
        self.outpost = Outpost(self._deliver, None, lambda: None)
        self._options = ScanOptions(
            services=("s3", "ec2", "iam"), credentials=(), session_policy=False, accounts_in_flight=accounts_in_flight
        )

    async def __aenter__(self) -> Self:
        begin = Begin(pickle.dumps(self._options), {}, True, CredentialSource(), 1, 30, False)
        await self.outpost.receive(messages.encode(begin))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.outpost.close()

    async def begin(self, *batches: Sequence[Task]) -> None:
        """Batches, which are numbered from 1 on. All have begun before one is told its accounts."""
        numbers = range(self.batches + 1, self.batches + len(batches) + 1)
        self.batches += len(batches)
        for number in numbers:
            self.outpost.run(number, 1)
        for number in numbers:
            await self.until(Began, number)
        for number, tasks in zip(numbers, batches, strict=True):
            await self.outpost.receive(messages.encode(Accounts(number, 1, list(tasks))))

    async def until(self, kind: type[Told], batch: int) -> None:
        with anyio.fail_after(WITHIN):
            while not any(isinstance(each, kind) and each.batch == batch for each in self.told):  # noqa: ASYNC110 - a thread
                await anyio.sleep(0.02)

    async def _deliver(self, body: bytes) -> None:
        self.told += messages.told(body)


async def task(number: int, cells: Sequence[tuple[str, str]] = ()) -> Task:
    """One of the accounts, of which these cells are complete."""
    account_id = AWS.account_id(number)
    role = CredentialSource(role_arn=f"arn:aws:iam::{account_id}:role/aioprowler")
    keys, home = await keys_of(role, Ceiling(None))
    account = Account(id=account_id, default_region=home, regions=REGIONS)
    return Task(account=account, keys=keys, profile=None, member=None, cells=list(cells))


@pytest.fixture(autouse=True)
def _credentials(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)


def test_an_account_that_one_run_has_finished_is_still_the_others() -> None:
    async def main() -> list[Told]:
        async with Worker() as worker:
            await worker.begin([await task(1)])
            await worker.until(Left, 1)
            cells = [(each.kind, each.place or "") for each in worker.told if isinstance(each, Complete) and each.kind]
            await worker.begin([await task(1)], [await task(1, cells)])  # of which nothing is left to do
            await worker.until(Left, 2)
            return worker.told

    left = [each for each in anyio.run(main, backend_options=UVLOOP) if isinstance(each, Left)]
    assert [each.batch for each in left] == [1, 3, 2]
    assert [each.report.failures for each in left] == [[], [], []]


def test_accounts_of_all_batches_take_turns() -> None:
    async def main() -> list[Told]:
        async with Worker(accounts_in_flight=1) as worker:
            await worker.begin([await task(1), await task(2)], [await task(3)])
            await worker.until(Over, 2)
            return worker.told

    about = [each.account_id for each in anyio.run(main, backend_options=UVLOOP) if isinstance(each, Findings | Left)]
    assert [account_id for account_id, _ in groupby(about)] == [AWS.account_id(number) for number in (1, 2, 3)]
