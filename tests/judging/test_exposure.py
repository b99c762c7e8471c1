from __future__ import annotations

import pytest

from aioprowler import Fail, Pass, Verdict
from aioprowler.judging.exposure import (
    Reach,
    behind_waf,
    in_vpc,
    not_in_public_subnet,
    not_public,
    not_public_by,
    not_reachable,
)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (not_public("Image i", False), Pass("Image i is not public.")),
        (not_public("Image i", True), Fail("Image i is public.")),
        (not_public_by("Bucket b", []), Pass("Bucket b is not public.")),
        (not_public_by("Bucket b", ["ACL"]), Fail("Bucket b is public by its ACL.")),
        (not_public_by("Bucket b", ["ACL", "policy"]), Fail("Bucket b is public by its ACL and its policy.")),
        (not_in_public_subnet("Cache c", None), Pass("Cache c is in no public subnet.")),
        (not_in_public_subnet("Cache c", "s-1"), Fail("Cache c is in the public subnet s-1.")),
        (in_vpc("Function f", "vpc-1"), Pass("Function f is in the VPC vpc-1.")),
        (in_vpc("Function f", ""), Fail("Function f is not in a VPC.")),
        (in_vpc("Function f", None), Fail("Function f is not in a VPC.")),
        (behind_waf("Api a", "acl-1"), Pass("Api a is behind the web ACL acl-1.")),
        (behind_waf("Api a", ""), Fail("Api a is not behind a web ACL.")),
    ],
)
def test_sentences(verdict: Verdict, expected: Verdict) -> None:
    assert verdict == expected


@pytest.mark.parametrize(
    ("accessible", "reach", "verdict"),
    [
        (True, Reach(5432, "sg-1", "subnet-1"), Fail),
        (False, Reach(5432, "sg-1", "subnet-1"), Pass),
        (True, Reach(5432, None, "subnet-1"), Pass),
        (True, Reach(5432, "sg-1", None), Pass),
    ],
)
def test_each_obstacle_is_enough(accessible: bool, reach: Reach, verdict: type) -> None:
    assert isinstance(not_reachable("Db d", accessible, reach), verdict)
