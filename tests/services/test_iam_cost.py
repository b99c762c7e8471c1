"""What it costs to judge large policies and many users: each judgement holds the event loop for as long as it takes.

Counted are the calls that a judgement makes, Python's and C's, with generators that are taken up again. A clock would
say something else on each machine and day; the calls are the same everywhere, and a tenth of a second has some hundred
thousand of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import pytest

from aioprowler import Account
from aioprowler.catalog import installed
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.checks.temporary_credentials import iam_user_with_temporary_credentials
from aioprowler.services.iam.credential_report import CredentialReport, ReportedUser, credential_report, read_report
from aioprowler.services.iam.permissions import ManagedPolicies, UserPermissions, managed_policies, user_permissions
from aioprowler.services.iam.resources import (
    AttachedPolicy,
    CustomerPolicy,
    InlinePolicy,
    PolicyVersion,
    group_members,
    inline_policies,
)
from tests.services.iam_made import a_group, a_user, report_of, reported

MOST = 150_000
ACCOUNT = Account(id="123456789012")


def calls(work: Callable[[], Any]) -> int:
    """How many calls it makes."""
    made = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


def statement(actions: Iterable[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [*actions], "Resource": "*", **more}


def up_to(size: int, action: Callable[[int], str]) -> list[str]:
    """As many actions as a policy of so many characters holds."""
    actions: list[str] = []
    while len(json.dumps(actions)) < size:
        actions.append(action(len(actions)))
    return actions


READ_ONLY = [f"service{n % 300}:{verb}{n}*" for n in range(1506) for verb in ("Get", "List")]
"""As many as ReadOnlyAccess has."""
POLICIES = {
    "ReadOnlyAccess": [statement(READ_ONLY)],
    "ReadOnlyAccess and denials": [statement(READ_ONLY), statement(READ_ONLY[:2000], Effect="Deny")],
    "AdministratorAccess": [statement(["*"])],
    "fixed actions": [statement(up_to(10_240, lambda n: f"iam:Get{n}"))],
    "wildcards": [statement(up_to(10_240, lambda n: f"*a*e?t*{n}*"))],
    "wildcards of one service": [statement(up_to(10_240, lambda n: f"iam:*a*e?t*{n}"))],
    "wildcards that fit nearly": [statement(up_to(10_240, lambda n: f"{'aeit'[n % 4]}*{'mnrs'[n // 4 % 4]}*?q"))],
    "all but wildcards": [
        {"Effect": "Allow", "NotAction": up_to(10_240, lambda n: f"*a*e?t*{n}*"), "Resource": "*"},
        statement(up_to(5_000, lambda n: f"s3:*{n}*"), Effect="Deny"),
    ],
}
documents = pytest.mark.parametrize("statements", POLICIES.values(), ids=POLICIES)
JUDGED = {"CustomerPolicy", "AwsPolicy", "InlinePolicies"}
CHECKS = {check.id: check for check in installed() if JUDGED & set(check.function.__annotations__.values())}


@documents
@pytest.mark.parametrize("check", CHECKS)
def test_a_policy_is_judged_by_few_calls(check: str, statements: list[dict[str, Any]]) -> None:
    document = Policy.parse({"Statement": statements})
    holder = a_user(name="alice", arn="arn", inline_policies=(InlinePolicy("p", document),))
    subjects = {"account": ACCOUNT, "policy": managed("p", document), "inline": inline_policies((holder,), (), ())}
    given = {name: subjects[name] for name in CHECKS[check].function.__annotations__ if name in subjects}
    assert calls(lambda: told(CHECKS[check].function(**given))) < MOST


@documents
def test_what_a_user_may_do_is_judged_by_few_calls(statements: list[dict[str, Any]]) -> None:
    permissions = UserPermissions(Policy.parse({"Statement": statements}))
    report = CredentialReport({"alice": reported(access_key_1_active=True)})
    alice = a_user(name="alice", arn="arn")
    assert calls(lambda: iam_user_with_temporary_credentials.function(alice, permissions, report)) < MOST
    assert calls(lambda: permissions.may_reach("bedrock", "sagemaker")) < MOST


def test_what_is_made_of_a_whole_account_takes_few_calls() -> None:
    small = Policy.parse({"Statement": [statement(["s3:Get*"])]})
    users = tuple(
        a_user(
            name=f"user-{n}",
            arn=f"arn-{n}",
            group_list=(f"group-{n % 300}",),
            attached_managed_policies=(AttachedPolicy(f"p-{n}", f"arn:aws:iam::123456789012:policy/p-{n}"),),
            inline_policies=(InlinePolicy("p", small),),
        )
        for n in range(1000)
    )
    groups = tuple(a_group(name=f"group-{n}", arn=f"arn-{n}") for n in range(300))
    policies = tuple(managed(f"p-{n}", small) for n in range(5000))
    lines = tuple(reported(user.name, access_key_1_active=True) for user in users)
    made: list[ManagedPolicies] = []
    assert calls(lambda: made.append(managed_policies(policies, ()))) < MOST
    assert calls(lambda: user_permissions(users[-1], groups, made[0])) < MOST
    assert calls(lambda: inline_policies(users, groups, ())) < MOST
    assert calls(lambda: group_members(users)) < MOST
    assert calls(lambda: msgspec.convert(read_report(report_of(*lines)), list[ReportedUser])) < MOST
    assert calls(lambda: credential_report(lines)) < MOST


def managed(name: str, document: Policy) -> CustomerPolicy:
    return CustomerPolicy(
        arn=f"arn:aws:iam::123456789012:policy/{name}",
        attachment_count=1,
        policy_version_list=(PolicyVersion(document, is_default_version=True),),
    )


def told(returned: Any) -> list[Any]:
    return [*returned] if isinstance(returned, Iterator) else [returned]
