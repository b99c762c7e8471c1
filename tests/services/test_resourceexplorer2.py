from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Pass
from aioprowler.services.resourceexplorer2.checks import resourceexplorer2_indexes_found
from aioprowler.services.resourceexplorer2.resources import Index, Indexes
from tests.worlds.world import World, findings_of

ACCOUNT = Account(id="123456789012")
ARN = "arn:aws:resource-explorer-2:eu-west-1:123456789012:index/1"


def test_indexes() -> None:
    assert isinstance(resourceexplorer2_indexes_found(ACCOUNT, Indexes(indexes=(Index(arn=ARN),))), Pass)
    assert isinstance(resourceexplorer2_indexes_found(ACCOUNT, Indexes(indexes=())), Fail)


@pytest.mark.parametrize("regions", [None, ["us-east-1"], ["eu-west-1"]])
def test_one_region_tells_the_indexes_of_all_scanned_or_not(regions: list[str] | None) -> None:
    reply = {"Indexes": [{"Arn": ARN, "Region": "eu-west-1", "Type": "LOCAL"}]}
    world = World({"resource-explorer-2:ListIndexes": reply})
    (found,) = findings_of(world, resourceexplorer2_indexes_found.id, regions=regions)
    assert (found.status, found.resource_id, found.resource_arn) == ("PASS", ACCOUNT.id, ARN)
    assert world.calls.total() == 1
