from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.judging.policies import Outsiders, Policy
from aioprowler.judging.resource_policies import (
    closed_to_public,
    closed_to_services,
    closed_to_strangers,
    lets_in_none,
    strangers,
)

OWN, TRUSTED, OTHER = "111122223333", "444455556666", "777788889999"


def policy(principal: object, condition: object = None, action: str = "sqs:SendMessage") -> Policy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition}
    return Policy.parse({"Statement": statement})


SERVICE = {"Service": "s3.amazonaws.com"}
BY_BUCKET = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}
BY_ORGANIZATION = {"StringEquals": {"AWS:PrincipalOrgID": "o-1234567890"}}


@pytest.mark.parametrize(
    ("document", "public", "strange", "deputy"),
    [
        (policy("*"), Fail, Fail, Fail),
        (policy({"AWS": OWN}), Pass, Pass, Pass),
        (policy({"AWS": TRUSTED}), Pass, Pass, Pass),
        (policy({"AWS": OTHER}), Pass, Fail, Pass),
        (policy("*", BY_ORGANIZATION), Pass, Pass, Pass),
        (policy(SERVICE), Pass, Pass, Fail),
        (policy(SERVICE, BY_BUCKET), Pass, Pass, Pass),
    ],
)
def test_whom_a_policy_lets_in(document: Policy, public: type, strange: type, deputy: type) -> None:
    assert isinstance(closed_to_public("Queue q", document), public)
    assert isinstance(closed_to_strangers("Queue q", document, OWN, [TRUSTED]), strange)
    assert isinstance(closed_to_services("Queue q", document), deputy)


def test_without_a_policy_nobody_gets_in() -> None:
    assert closed_to_public("Queue q", None) == Pass("Queue q has no policy.")
    assert closed_to_strangers("Queue q", None, OWN) == Pass("Queue q has no policy.")


def test_organizations_are_strangers_where_accounts_alone_count() -> None:
    document = policy("*", BY_ORGANIZATION)
    assert isinstance(closed_to_strangers("Queue q", document, OWN, accounts_only=True), Fail)


def test_only_some_actions_may_be_asked_about() -> None:
    assert isinstance(closed_to_public("Bucket b", policy("*", action="s3:GetObject"), actions=["s3:PutObject"]), Pass)
    assert isinstance(closed_to_public("Bucket b", policy("*", action="s3:Put*"), actions=["s3:PutObject"]), Fail)


def test_trusted_addresses_are_not_the_public() -> None:
    document = policy("*", {"IpAddress": {"aws:SourceIp": "8.0.0.0/7"}})
    assert isinstance(closed_to_public("Domain d", document), Fail)
    assert isinstance(closed_to_public("Domain d", document, trusted_ips=["8.0.0.0/6"]), Pass)


def test_a_fixed_range_is_not_the_public_and_tells_no_account() -> None:
    document = policy("*", {"IpAddress": {"aws:SourceIp": "8.8.8.0/24"}})
    assert isinstance(closed_to_public("Bucket b", document), Pass)
    assert isinstance(closed_to_strangers("Bucket b", document, OWN), Fail)


@pytest.mark.parametrize(("values", "verdict"), [("true", Pass), (["true", "false"], Fail), ("false", Fail)])
def test_who_comes_by_a_mount_target_is_in_the_vpc(values: object, verdict: type) -> None:
    document = policy("*", {"Bool": {"elasticfilesystem:AccessedViaMountTarget": values}})
    assert isinstance(closed_to_public("File system f", document), verdict)
    assert isinstance(closed_to_strangers("File system f", document, OWN, accounts_only=True), Fail)


def test_strangers_are_named() -> None:
    verdict = closed_to_strangers("Queue q", policy({"AWS": [OTHER, f"arn:aws:iam::{OTHER}:root", OWN]}), OWN)
    assert verdict == Fail(f"Queue q has a policy that lets in {OTHER}, arn:aws:iam::{OTHER}:root.")


def test_strangers_in_a_list_of_principals() -> None:
    assert strangers([OWN, f"arn:aws:iam::{TRUSTED}:role/r", OTHER, "*"], {OWN, TRUSTED}) == Outsiders((OTHER, "*"))
    assert lets_in_none("Service s", strangers([OWN], {OWN})) == Pass(
        "Service s lets no account in that is not trusted."
    )
    assert isinstance(lets_in_none("Service s", strangers(["AROAEXAMPLE"], {OWN})), Manual)


def test_who_may_be_a_stranger_is_told_with_the_reason() -> None:
    verdict = closed_to_strangers("Bucket b", policy({"AWS": [OWN, "AROAEXAMPLE"]}), OWN)
    assert verdict == Manual("Bucket b has a policy that may let in AROAEXAMPLE, a principal that was deleted.")
    verdict = closed_to_strangers("Bucket b", policy({"AWS": ["AROAEXAMPLE", OTHER]}), OWN)
    assert verdict == Fail(f"Bucket b has a policy that lets in {OTHER}.")


def test_denials_of_all_but_an_organization() -> None:
    def document(**condition: object) -> Policy:
        bodies = [
            {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition},
        ]
        return Policy.parse({"Statement": bodies})

    certain = document(StringNotEquals={"aws:PrincipalOrgID": "o-1234567890"})
    assert isinstance(closed_to_public("Queue q", certain), Pass)
    assert isinstance(closed_to_strangers("Queue q", certain, OWN), Pass)
    assert isinstance(closed_to_services("Queue q", certain), Pass)
    perhaps = document(
        StringNotEquals={"aws:PrincipalOrgID": "o-1234567890"}, BoolIfExists={"aws:ViaAWSService": "false"}
    )
    doubt = Manual("Queue q has a policy that may let in *, whom a Deny under conditions may keep out.")
    assert closed_to_public("Queue q", perhaps) == doubt
    assert closed_to_strangers("Queue q", perhaps, OWN) == doubt
