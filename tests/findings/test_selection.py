"""Which ARNs and tags are meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.errors import UsageError
from aioprowler.findings.selection import ArnPattern, Arns, Tags, may_meet

INSTANCE = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"


@pytest.mark.parametrize(
    ("asked", "arn", "meant"),
    [
        (INSTANCE, INSTANCE, True),
        (INSTANCE, INSTANCE + "2", False),
        ("arn:aws:ec2:*:*:instance/*", INSTANCE, True),
        ("arn:*:ec2:eu-*-1:*:instance/i-?", INSTANCE, True),
        ("arn:aws:ec2:eu-west-2:*:instance/*", INSTANCE, False),
        ("arn:aws:ec2:*:instance/i-1:x:y", INSTANCE, False),
        ("arn:aws:s3:::reports.*", "arn:aws:s3:::reports.daily", True),
        ("arn:aws:s3:::reports.*", "arn:aws:s3:::reportsxdaily", False),
        ("arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/alice/bob", False),
        ("arn:aws:rds:*:*:snapshot:*", "arn:aws:rds:eu-west-1:1:snapshot:rds:db-2026", True),
        ("arn:aws:logs:*:*:log-group:a", "arn:aws:logs:eu-west-1:1:log-group:a:*", True),
        ("arn:aws:logs:eu-west-1:1:log-group:a:*", "arn:aws:logs:eu-west-1:1:log-group:a", True),
    ],
)
def test_an_arn_is_meant_by_itself_or_by_wildcards_within_its_parts(asked: str, arn: str, meant: bool) -> None:
    assert Arns([asked]).like(arn) == ([asked] if meant else [])


@pytest.mark.parametrize("text", ["", "reports", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::x", "urn:aws:s3:::x"])
def test_what_is_no_arn_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="arn:aws:s3:::reports"):
        Arns([text])


def test_an_arn_of_very_many_stars_is_decided() -> None:
    """As an ordinary expression this would not come to an end."""
    assert not Arns(["arn:aws:s3:::" + "a*" * 200 + "b"]).like("arn:aws:s3:::" + "a" * 2_000)
    assert not Arns(["arn:aws:" + "a*" * 200 + "b:::x"]).like("arn:aws:" + "a" * 2_000 + ":::x")


def test_accounts_are_told_by_arns_that_name_them() -> None:
    named = Arns([INSTANCE])
    assert named.may_be_in("123456789012")
    assert not named.may_be_in("210987654321")
    assert Arns([INSTANCE, "arn:aws:s3:::reports"]).may_be_in("210987654321")
    assert Arns(["arn:aws:iam::aws:policy/AdministratorAccess"]).may_be_in("210987654321")
    assert Arns(["arn:aws:ec2:*:12345*:instance/i-1"]).may_be_in("123456789012")


def test_thousands_of_arns_have_few_shapes() -> None:
    many = Arns([f"arn:aws:ec2:eu-west-1:{number:012}:instance/i-{number}" for number in range(5000)])
    assert many.shapes == {ArnPattern("aws", "ec2", "eu-west-1", "*", "instance/*")}
    assert many.like("arn:aws:ec2:eu-west-1:000000000007:instance/i-7")
    buckets = Arns([f"arn:aws:s3:::b{number}" for number in range(5000)])
    assert buckets.shapes == {ArnPattern("aws", "s3", "", "*", "*")}
    assert Arns(["arn:aws:s3:::b"]).shapes == {ArnPattern("aws", "s3", "", "*", "b")}


PART = st.text(alphabet="ab*?", max_size=5)


@given(PART, PART, st.text(alphabet="ab", max_size=5))
def test_two_patterns_of_one_text_always_meet(one: str, other: str, text: str) -> None:
    def is_like(pattern: str) -> bool:
        return bool(ArnPattern("p", "s", "", "", pattern).expression.fullmatch(f"arn:p:s:::{text}"))

    if is_like(one) and is_like(other):
        assert may_meet(one, other)


def test_patterns_that_cannot_meet() -> None:
    assert not may_meet("instance/i-1", "volume/*")
    assert not may_meet("s3", "s3-outposts")
    assert not may_meet("eu-west-1", "us-*")


@pytest.mark.parametrize(
    ("asked", "tags", "carried"),
    [
        (["env=prod"], {"env": "prod", "team": "web"}, True),
        (["env=prod"], {"env": "dev"}, False),
        (["env=prod", "team"], {"env": "prod"}, False),
        (["env=prod", "team"], {"env": "prod", "team": ""}, True),
        (["env=prod", "env=stage"], {"env": "stage"}, True),
        (["env=a=b"], {"env": "a=b"}, True),
        (["env="], {"env": "x"}, False),
        (["env=prod", "env"], {"env": "x"}, True),
    ],
)
def test_all_tags_are_carried_and_of_a_repeated_key_one_value(
    asked: list[str], tags: dict[str, str], carried: bool
) -> None:
    assert Tags(asked).carried_by(tags) is carried


def test_tags_are_asked_for_as_aws_wants_them() -> None:
    assert Tags(["env=b", "env=a", "team"]).filters == [{"Key": "env", "Values": ["a", "b"]}, {"Key": "team"}]
    with pytest.raises(UsageError, match="KEY=VALUE"):
        Tags(["=prod"])
