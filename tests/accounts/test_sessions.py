"""Sessions of roles are opened with a policy of what the scan needs; what STS is asked for, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from botocore.exceptions import ClientError

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import entries, member_entries
from aioprowler.accounts.organization import Member, Organization
from aioprowler.accounts.permissions import Statement
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.api import Boundary
from aioprowler.aws.errors import classify
from aioprowler.aws.gateway import Gateway
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import Operation
from tests.accounts.sts import GIVEN, OPEN
from tests.accounts.test_members import Aws3
from tests.aws.server import Received, Reply, StubAws, query_error

READS = ("ec2:DescribeRegions", "s3:ListAllMyBuckets")
HUB = Statement(("securityhub:BatchImportFindings",))
ROLE = "arn:aws-cn:iam::222222222222:role/audit"
BASE_ROLE = "arn:aws:iam::111111111111:role/scanner"
SECURITY_AUDIT, VIEW_ONLY = "policy/SecurityAudit", "policy/job-function/ViewOnlyAccess"
SOURCE = CredentialSource(role_arn=ROLE, **GIVEN)
TOO_LARGE = query_error("PackedPolicyTooLarge", "Packed policy consumes 112% of allotted space.")


class Packing(Aws3):
    """STS that takes no policy of more than `most` characters (of ARNs, none where `most` is negative)."""

    def __init__(self, most: int = 2048) -> None:
        super().__init__()
        self.most = most

    def __call__(self, request: Received) -> Reply:
        reply = super().__call__(request)
        asked = self.asked[-1] if self.asked else {}
        is_too_large = len(asked.get("Policy", "")) > self.most or self.most < 0
        return TOO_LARGE if asked.get("Action") == "AssumeRole" and is_too_large else reply

    @property
    def sessions(self) -> list[dict[str, Any]]:
        """Of roles, in the order in which they were asked for."""
        return [each for each in self.asked if each["Action"] == "AssumeRole"]


def statements(session: dict[str, Any]) -> list[Any]:
    return [(each["Action"], each["Resource"]) for each in json.loads(session["Policy"])["Statement"]]


def arns(session: dict[str, Any]) -> list[str]:
    return [value for name, value in sorted(session.items()) if name.startswith("PolicyArns")]


async def reads() -> tuple[str, ...]:
    return READS


def entered(
    monkeypatch: pytest.MonkeyPatch,
    aws: Packing,
    ceiling: Ceiling,
    source: CredentialSource = SOURCE,
    members: Organization | Sequence[Member] | None = None,
) -> list[Account]:
    async def run() -> list[Account]:
        async with StubAws(aws) as stub:
            monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                boundary = Boundary(gateway)
                if members is None:
                    found = entries(gateway, [source], None, ceiling)
                else:
                    found = member_entries(boundary, gateway, source, members, ceiling, [])
                return [account async for entry in found if (account := await entry(boundary))]

    return anyio.run(run)


def test_the_session_of_a_role_may_do_what_the_scan_needs_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, ceiling = Packing(), Ceiling(reads, (HUB,))
    entered(monkeypatch, aws, ceiling)
    (session,) = aws.sessions
    assert statements(session) == [([*READS], "*"), (["securityhub:BatchImportFindings"], "*")]
    assert arns(session) == []
    assert ceiling.form == "actions"


def test_without_a_ceiling_the_role_alone_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, ceiling = Packing(), Ceiling(None, (HUB,))
    entered(monkeypatch, aws, ceiling)
    assert [("Policy" in each, arns(each)) for each in aws.sessions] == [(False, [])]
    assert ceiling.form == "none"


def test_keys_of_ones_own_have_no_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policies of their user decide."""
    mfa: dict[str, Any] = {"mfa_serial": "arn:aws:iam::111111111111:mfa/alice", "mfa_token": "123456"}
    for source in (CredentialSource(**GIVEN), CredentialSource(**GIVEN, **mfa)):
        aws, ceiling = Packing(), Ceiling(reads)
        entered(monkeypatch, aws, ceiling, source)
        assert ceiling.form == ""
        assert not any("Policy" in each for each in aws.asked)


@pytest.mark.parametrize(
    ("members", "named", "lists"),
    [
        (Organization(role="audit/reader"), "audit/reader", True),
        ([Member(account=Account(id=id_), role="audit") for id_ in ("222222222222", "333333333333")], "audit", False),
        (
            [
                Member(account=Account(id="222222222222"), role="arn:aws:iam::222222222222:role/audit"),
                Member(account=Account(id="333333333333"), role="reader"),
            ],
            "*",
            False,
        ),
    ],
    ids=["organization", "a list with one role", "a list with several"],
)
def test_the_base_role_may_also_find_the_accounts_and_assume_their_role(
    monkeypatch: pytest.MonkeyPatch, members: Any, named: str, lists: bool
) -> None:
    aws, ceiling = Packing(), Ceiling(reads)
    entered(monkeypatch, aws, ceiling, CredentialSource(role_arn=BASE_ROLE, **GIVEN), members)
    base, *others = aws.sessions
    assert base["RoleArn"] == BASE_ROLE
    first, *more = statements(base)
    assert first == ([*READS], "*")
    assert more[-1] == (["sts:AssumeRole"], f"arn:aws:iam::*:role/{named}")
    listing = ["ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListRoots", "ListTagsForResource"]
    describing = ["DescribeAccount", "DescribeOrganizationalUnit", "ListParents"]
    asked = listing if lists else sorted([*describing, *listing])
    assert more[:-1] == [([f"organizations:{name}" for name in asked], "*")]
    assert len(others) == 2
    assert {tuple(map(str, statements(each))) for each in others} == {(str(([*READS], "*")),)}


def test_what_sts_finds_too_large_is_the_managed_policies_at_once_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    aws, ceiling = Packing(most=100), Ceiling(reads, (), notes.append)
    assert len(entered(monkeypatch, aws, ceiling, CredentialSource(**GIVEN), Organization())) == 3
    inline, *others = aws.sessions
    assert len(statements(inline)) == 1
    assert [("Policy" in each, arns(each)) for each in others] == [
        (False, [f"arn:aws:iam::aws:{name}" for name in (SECURITY_AUDIT, VIEW_ONLY)])
    ] * 2
    assert ceiling.form == "managed"
    (note,) = notes
    assert "SecurityAudit and ViewOnlyAccess" in note


def test_the_managed_policies_are_those_of_the_roles_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no reading is told beside them."""
    aws = Packing(most=100)
    entered(monkeypatch, aws, Ceiling(reads, (Statement(("a:B",)),)))
    _, session = aws.sessions
    assert arns(session) == [f"arn:aws-cn:iam::aws:{name}" for name in (SECURITY_AUDIT, VIEW_ONLY)]
    assert statements(session) == [(["a:B"], "*")]


def test_what_the_managed_policies_lack_is_tried_beside_them_and_then_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacks = "ecr:GetDownloadUrlForLayer"

    async def reads() -> tuple[str, ...]:
        return (lacks, *(f"ec2:DescribeVpc{'s' * number}" for number in range(30)))

    for most, tries in ((1000, 2), (20, 3)):
        aws, ceiling = Packing(most), Ceiling(reads)
        assert len(entered(monkeypatch, aws, ceiling, CredentialSource(**GIVEN), Organization())) == 3
        taken = aws.sessions[tries - 1 :]
        assert len(taken) == 2
        assert all(arns(each) for each in taken)
        assert [statements(each) for each in taken if "Policy" in each] == (
            [[([lacks], "*")]] * 2 if tries == 2 else []
        )


def test_where_nothing_fits_the_option_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is never opened without a policy by itself."""
    aws = Packing(most=-1)
    with pytest.raises(EntryError, match="--no-session-policy"):
        entered(monkeypatch, aws, Ceiling(reads))
    assert len(aws.sessions) == 2


def test_a_session_is_renewed_with_the_same_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Packing()
    aws.expiration = "2000-01-01T00:00:00Z"

    entered(monkeypatch, aws, Ceiling(reads))
    policies = [each["Policy"] for each in aws.sessions]
    assert len(policies) > 1
    assert len({*policies}) == 1


def test_a_denial_by_a_session_policy_is_told_as_that() -> None:
    message = (
        "is not authorized to perform: s3:GetBucketAcl because no session policy allows the s3:GetBucketAcl action"
    )
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "GetBucketAcl")
    failure = classify(refused, Operation("s3", "GetBucketAcl"))
    assert failure.policy == "no session policy allows it"
    assert "--no-session-policy" in failure.mend
    assert "Grant" not in failure.explain()
