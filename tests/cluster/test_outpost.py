"""A worker's part of a scan, without a cluster."""

from __future__ import annotations

import pickle

import anyio
import pytest

from aioprowler import Account, ScanOptions
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.entry import keys_of
from aioprowler.accounts.sessions import Ceiling
from aioprowler.cluster import messages
from aioprowler.cluster.messages import Accounts, Began, Begin, Complete, Left, Task, Told
from aioprowler.cluster.outpost import Outpost
from benchmarks.simulated_aws import SimulatedAws
from tests.cluster.conftest import AWS, WITHIN

REGIONS = ("us-east-1", "eu-west-1")


def test_an_account_that_one_run_has_finished_is_still_the_others(
    aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    told: list[Told] = []

    async def deliver(body: bytes) -> None:
        told.extend(messages.told(body))

    async def until(kind: type[Told], batch: int) -> None:
        with anyio.fail_after(WITHIN):
            while not any(isinstance(each, kind) and each.batch == batch for each in told):  # noqa: ASYNC110 - a thread
                await anyio.sleep(0.02)

    async def main() -> None:
        account_id = AWS.account_id(1)
        role = CredentialSource(role_arn=f"arn:aws:iam::{account_id}:role/aioprowler")
        keys, home = await keys_of(role, Ceiling(None))
        account = Account(id=account_id, default_region=home, regions=REGIONS)
        options = ScanOptions(services=("s3", "ec2", "iam"), credentials=(), session_policy=False)
        outpost = Outpost(deliver, None, lambda: None)
        await outpost.receive(messages.encode(Begin(pickle.dumps(options), {}, True, CredentialSource(), 1, 30, False)))

        async def begin(batch: int, cells: list[tuple[str, str]]) -> None:
            outpost.run(batch, 1)
            await until(Began, batch)
            task = Task(account=account, keys=keys, profile=None, member=None, cells=cells)
            await outpost.receive(messages.encode(Accounts(batch, 1, [task])))

        try:
            await begin(1, [])
            await until(Left, 1)
            cells = [(each.kind, each.place or "") for each in told if isinstance(each, Complete) and each.kind]
            await begin(2, [])
            await begin(3, cells)  # of which nothing is left to do
            await until(Left, 2)
        finally:
            outpost.close()

    anyio.run(main, backend_options={"use_uvloop": True})
    left = [each for each in told if isinstance(each, Left)]
    assert [each.batch for each in left] == [1, 3, 2]
    assert [each.report.failures for each in left] == [[], [], []]
