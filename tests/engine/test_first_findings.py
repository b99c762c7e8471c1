"""The first findings of a scan do not wait for what all its listings take to be begun."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, Facet, Pass, Region, Resource, Verdict, call, check, listing
from aioprowler.engine import account as engine
from tests.engine.harness import findings
from tests.worlds.world import World


class Default(Facet[Region]):
    source = call("ec2", "GetEbsEncryptionByDefault")
    ebs_encryption_by_default: bool = False


class Volume(Resource, id="volume_id", arn="arn:{partition}:ec2:{region}:{account_id}:volume/{volume_id}"):
    source = listing("ec2", "DescribeVolumes", "Volumes")
    volume_id: str


@check(fails="it", severity="low")
def region_default(region: Region, default: Default) -> Verdict | None:
    return Pass("") if default.ebs_encryption_by_default else None


@check(fails="it", severity="low")
def volume(volume: Volume) -> Verdict:
    return Pass("")


def order(*, default: bool, silent: float = 0.0) -> tuple[list[str], list[str]]:
    """What was begun and found, in order; the checks with findings."""
    events: list[str] = []

    class Noting(World):
        async def call(
            self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
        ) -> dict[str, Any]:
            events.append(operation)
            if operation == "GetEbsEncryptionByDefault":
                await anyio.sleep(0.02 + silent)
            return await super().call(account, region, service, operation, params)

    world = Noting(
        {
            "ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": default},
            "ec2:DescribeVolumes": {"Volumes": [{"VolumeId": "vol-1"}]},
        }
    )

    class Batches(list[list[Any]]):
        def append(self, batch: list[Any]) -> None:
            events.append(batch[0].check_id)
            super().append(batch)

    account = Account(id="1" * 12, regions=("us-east-1",))
    found = findings(world, region_default, volume, account=account, batches=Batches())
    return events, sorted({each.check_id for each in found})


def test_listings_wait_for_the_scans_first_findings() -> None:
    events, checks = order(default=True)
    assert events[:2] == ["GetEbsEncryptionByDefault", "region_default"]
    assert checks == ["region_default", "volume"]


def test_checks_without_findings_hold_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_HEAD_START", 60)
    assert order(default=False)[1] == ["volume"]


def test_an_aws_that_is_silent_holds_listings_back_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_HEAD_START", 0.01)
    events, checks = order(default=True, silent=0.2)
    assert events.index("DescribeVolumes") < events.index("region_default")
    assert checks == ["region_default", "volume"]
