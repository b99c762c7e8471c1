from __future__ import annotations

from aioprowler import Account, Fail, Pass
from aioprowler.services.resourceexplorer2.checks import resourceexplorer2_indexes_found
from aioprowler.services.resourceexplorer2.resources import Index
from tests.worlds.world import World, findings_of

ACCOUNT = Account(id="123456789012")
ARN = "arn:aws:resource-explorer-2:eu-west-1:123456789012:index/1"


def test_indexes() -> None:
    index = Index(arn=ARN, in_region="eu-west-1")
    assert isinstance(resourceexplorer2_indexes_found(ACCOUNT, (index,)), Pass)
    assert isinstance(resourceexplorer2_indexes_found(ACCOUNT, ()), Fail)


def test_one_region_tells_the_indexes_of_all() -> None:
    reply = {"Indexes": [{"Arn": ARN, "Region": "eu-west-1", "Type": "LOCAL"}]}
    world = World({"resource-explorer-2:ListIndexes": reply})
    (found,) = findings_of(world, resourceexplorer2_indexes_found.id)
    assert found.status == "PASS"
    assert world.calls.total() == 1
