from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass, Verdict
from aioprowler.judging.exposure import (
    ANY_PORT,
    Reach,
    Way,
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
        (not_in_public_subnet("Cache c", Way()), Pass("Cache c is in no public subnet.")),
        (not_in_public_subnet("Cache c", Way("s-1")), Fail("Cache c is in the public subnet s-1.")),
        (
            not_in_public_subnet("Cache c", Way(unknown="the routes of s-1 are not known")),
            Manual("Whether Cache c is in a public subnet is not known: the routes of s-1 are not known."),
        ),
        (in_vpc("Function f", "vpc-1"), Pass("Function f is in the VPC vpc-1.")),
        (in_vpc("Function f", ""), Fail("Function f is not in a VPC.")),
        (in_vpc("Function f", None), Fail("Function f is not in a VPC.")),
        (behind_waf("Api a", "acl-1"), Pass("Api a is behind the web ACL acl-1.")),
        (behind_waf("Api a", ""), Fail("Api a is not behind a web ACL.")),
    ],
)
def test_sentences(verdict: Verdict, expected: Verdict) -> None:
    assert verdict == expected


OPEN, UNKNOWN, SHUT = Way("x"), Way(unknown="x is not known"), Way()


@pytest.mark.parametrize(
    ("accessible", "group", "subnet", "verdict"),
    [
        (True, OPEN, OPEN, Fail),
        (False, OPEN, OPEN, Pass),
        (False, UNKNOWN, UNKNOWN, Pass),
        (True, SHUT, OPEN, Pass),
        (True, SHUT, UNKNOWN, Pass),
        (True, OPEN, SHUT, Pass),
        (True, UNKNOWN, SHUT, Pass),
        (True, UNKNOWN, OPEN, Manual),
        (True, OPEN, UNKNOWN, Manual),
        (True, UNKNOWN, UNKNOWN, Manual),
    ],
)
def test_an_obstacle_that_is_known_is_enough(accessible: bool, group: Way, subnet: Way, verdict: type) -> None:
    assert isinstance(not_reachable("Db d", accessible, Reach(5432, group, subnet)), verdict)


def test_what_is_not_known_is_told() -> None:
    assert isinstance(not_reachable("Db d", None, Reach(5432, OPEN, OPEN)), Manual)
    told = not_reachable("Db d", True, Reach(5432, Way("sg-1"), Way(unknown="the routes of subnet-1 are not known")))
    assert told == Manual("Db d is set as publicly accessible, and the routes of subnet-1 are not known.")
    told = not_reachable("Db d", True, Reach(5432, Way(unknown="a is not known"), Way(unknown="b is not known")))
    assert told == Manual("Db d is set as publicly accessible, and a is not known and b is not known.")


def test_where_nobody_knows_the_port_any_is_told() -> None:
    told = not_reachable("Db d", True, Reach(ANY_PORT, Way("sg-1"), Way("subnet-1")))
    assert told == Fail(
        "Db d is set as publicly accessible, security group sg-1 admits any address to a port of it and subnet "
        "subnet-1 is public."
    )
    told = not_reachable("Db d", True, Reach(ANY_PORT, SHUT, Way("subnet-1")))
    assert told == Pass(
        "Db d is set as publicly accessible, but no security group of it admits any address to a port of it."
    )
