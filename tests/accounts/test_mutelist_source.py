"""Mutelists in AWS: an object, a table, and what is said where AWS does not give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import boto3
import pytest

from aioprowler.accounts import mutelist_source
from aioprowler.accounts.mutelist_source import MutelistUnreadableError, load
from aioprowler.cli.demo import variables
from aioprowler.demo import EmbeddedAws
from aioprowler.errors import UsageError
from aioprowler.findings.mutelist_file import MutelistError

LIST = b"Mutelist: {Accounts: {'*': {Checks: {s3_*: {Regions: ['*'], Resources: [website], Owner: web}}}}}"
REGION = "eu-west-1"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/mutelist"
MANY = 12
"""Items, of which a page of a table's scan holds but some."""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws, pytest.MonkeyPatch.context() as environment:
        for name, value in variables(aws).items():
            environment.setenv(name, value)
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="lists", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="lists", Key="team a/mutelist.yaml", Body=LIST)
        s3.put_object(Bucket="lists", Key="faulty.yaml", Body=LIST.replace(b"Owner", b"Onwer"))
        s3.put_object(Bucket="lists", Key="broken.yaml", Body=b"a: [")
        _make_table(boto3.client("dynamodb", region_name=REGION))
        yield aws


def _make_table(dynamodb: Any) -> None:
    keys = {"Accounts": "HASH", "Checks": "RANGE"}
    dynamodb.create_table(
        TableName="mutelist",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": type_} for name, type_ in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
    )
    for number in range(MANY):
        item = {"Accounts": {"S": "*"}, "Checks": {"S": f"check_{number:04}"}, "Reason": {"S": "x" * 100_000}}
        lists = {name: {"L": [{"S": "*"}]} for name in ("Regions", "Resources")}
        dynamodb.put_item(TableName="mutelist", Item=item | lists)


def test_an_object(aws: EmbeddedAws) -> None:
    (entry,) = load("s3://lists/team a/mutelist.yaml").entries
    assert (entry.check, entry.resources, entry.owner) == ("s3_*", ("website",), "web")


def test_a_table_of_several_pages(aws: EmbeddedAws) -> None:
    page = boto3.client("dynamodb", region_name=REGION).scan(TableName="mutelist")
    assert "LastEvaluatedKey" in page
    assert [entry.check for entry in load(TABLE).entries] == [f"check_{number:04}" for number in range(MANY)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("s3://lists/none.yaml", "s3://lists/none.yaml: s3:GetObject failed (NoSuchKey: "),
        ("s3://nowhere/list.yaml", "s3://nowhere/list.yaml: s3:GetObject failed (NoSuchBucket: "),
        (f"{TABLE}s", f"{TABLE}s: dynamodb:Scan failed (ResourceNotFoundException: "),
    ],
)
def test_what_is_not_there(aws: EmbeddedAws, where: str, message: str) -> None:
    with pytest.raises(MutelistUnreadableError) as raised:
        load(where)
    assert str(raised.value).startswith(message)


def test_mistakes_are_told_as_of_a_file(aws: EmbeddedAws) -> None:
    with pytest.raises(MutelistError, match=r"s3://lists/faulty\.yaml, line 1: There is no key 'Onwer'"):
        load("s3://lists/faulty.yaml")
    with pytest.raises(UsageError, match=r"s3://lists/broken\.yaml, line 2: this is not YAML"):
        load("s3://lists/broken.yaml")


def test_a_list_is_not_larger_than_lists_are(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutelist_source, "LARGEST", 10)
    with pytest.raises(UsageError, match="that is no mutelist"):
        load("s3://lists/team a/mutelist.yaml")


def test_a_table_is_not_larger_than_lists_are(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutelist_source, "MOST", 10)
    with pytest.raises(UsageError, match=r"table/mutelist has more than 10 items: that is no mutelist"):
        load(TABLE)


def test_an_answer_that_lies_too_deep_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def deep(*_: Any) -> bytes:
        raise RecursionError  # as botocore's parser does

    monkeypatch.setattr(mutelist_source, "_items", deep)
    with pytest.raises(MutelistUnreadableError, match=r"lists and maps lie too deep in each other there\.$"):
        load(TABLE)


def test_a_profile_that_is_not_there(aws: EmbeddedAws) -> None:
    with pytest.raises(MutelistUnreadableError, match="aws configure list-profiles"):
        load("s3://lists/list.yaml", "nobody")


def test_no_credentials(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(MutelistUnreadableError, match="Could not enter AWS with default credentials: none were found"):
        load("s3://lists/list.yaml")


def test_an_aws_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutelist_source, "DEADLINE", 0.05)

    async def never(*_: Any) -> bytes:
        await anyio.sleep_forever()
        return b""

    monkeypatch.setattr(mutelist_source, "_object", never)
    with pytest.raises(MutelistUnreadableError, match="s3:GetObject did not answer in time"):
        load("s3://lists/list.yaml")


@pytest.mark.parametrize(
    "where",
    [
        "s3://lists",
        "s3://lists/",
        "arn:aws:s3:::lists",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/mutelist/index/x",
        "arn:aws:lambda:eu-west-1:123456789012:function:mutelist",
    ],
)
def test_where_no_list_is_read_from(where: str) -> None:
    with pytest.raises(UsageError, match=f"--mutelist-file {where}: "):
        load(where)
