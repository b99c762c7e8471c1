"""What seeds tell is answered in the place of moto, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aioprowler.demo import EmbeddedAws
from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import moto_supplemented, tell
from benchmarks.simulated_aws.errors import AwsError


@pytest.fixture
def clients() -> Iterator[Clients]:
    with EmbeddedAws() as aws, moto_supplemented(), Clients(aws.endpoint_url, account_id="123456789012") as clients:
        yield clients


def test_a_service_that_moto_lacks_answers_what_is_told(clients: Clients) -> None:
    tell(clients, "waf-regional", "ListRules", {"Rules": [{"RuleId": "1", "Name": "one"}]}, "eu-west-1")
    assert clients("waf-regional", "eu-west-1").list_rules()["Rules"] == [{"RuleId": "1", "Name": "one"}]
    with pytest.raises(ClientError):
        clients("waf-regional", "us-east-1").list_rules()


def test_a_reply_may_be_made_of_what_is_asked(clients: Clients) -> None:
    def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["RuleId"] == "gone":
            raise AwsError("WAFNonexistentItemException", "It is gone.")
        return {"Rule": {"RuleId": asked["RuleId"], "Predicates": []}}

    tell(clients, "waf", "GetRule", reply)
    assert clients("waf").get_rule(RuleId="one")["Rule"]["RuleId"] == "one"
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        clients("waf").get_rule(RuleId="gone")


def test_an_error_may_be_told(clients: Clients) -> None:
    tell(clients, "ec2", "DescribeVpcs", AwsError("UnauthorizedOperation", "No.", 403))
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        clients("ec2").describe_vpcs()


def test_what_is_not_told_stays_as_moto_has_it(clients: Clients) -> None:
    tell(clients, "s3", "GetBucketVersioning", {"Status": "Enabled", "MFADelete": "Disabled"})
    clients("s3").create_bucket(Bucket="some-bucket")
    clients("s3").put_object(Bucket="some-bucket", Key="file.txt", Body=b"text")
    assert clients("s3").get_object(Bucket="some-bucket", Key="file.txt")["Body"].read() == b"text"
    assert clients("s3", "eu-west-1").get_bucket_versioning(Bucket="some-bucket")["MFADelete"] == "Disabled"


def test_another_account_is_not_told(clients: Clients) -> None:
    tell(clients, "ec2", "DescribeVpcs", {"Vpcs": []})
    assert clients("ec2").describe_vpcs()["Vpcs"] == []
    other = clients.assume("arn:aws:iam::222222222222:role/other", "222222222222")
    assert len(other("ec2").describe_vpcs()["Vpcs"]) == 1
