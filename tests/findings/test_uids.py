"""What a finding is called, now and in records of before: those had the region where their scan began."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aioprowler.findings.finding import Finding, uid, without_region
from aioprowler.findings.record import Baseline
from tests.findings.test_diff import one, record, seen, told
from tests.outputs.samples import finding

ACCOUNT = "111111111111"
POLICY, USER, AMI, KEY = "iam_password_policy", "iam_user", "ec2_ami_account_block_public_access", "kms_key"
CHECKS = (POLICY, USER, AMI, KEY)


def named(check: str, id_: str, home: str, region: str, arn: str, *, lasting: bool, **fields: Any) -> Finding:
    """A finding of a scan that began in `home`, called as now or as before; of the whole account without a region."""
    shown = arn.format(home)
    name = uid(check, ACCOUNT, region, without_region(shown) if "{}" in arn else shown, id_)
    if not lasting:
        name = uid(check, ACCOUNT, region or home, shown, id_)
    return finding(
        uid=name, check_id=check, account_id=ACCOUNT, resource_id=id_, resource_arn=shown, region=region or home,
        **{"status": "FAIL", **fields},
    )  # fmt: skip


def scanned(home: str, *, lasting: bool) -> list[Finding]:
    """Of the whole account, with and without a region in the ARN; of two regions under the ARN of the first; and of a
    thing in a region.
    """
    ami = [
        named(AMI, f"{ACCOUNT} {region}", home, region, f"arn:aws:ec2:{{}}:{ACCOUNT}:account", lasting=lasting)
        for region in ("us-east-1", "eu-west-1")
    ]
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
    return [
        named(POLICY, ACCOUNT, home, "", f"arn:aws:iam:{{}}:{ACCOUNT}:password-policy", lasting=lasting),
        named(USER, "alice", home, "", f"arn:aws:iam::{ACCOUNT}:user/alice", lasting=lasting),
        *ami,
        one("k", check_id=KEY, region="eu-west-1", resource_arn=key),
    ]


@pytest.mark.parametrize("lasting", [(True, True), (False, True), (True, False)], ids=["now", "before", "backwards"])
def test_two_scans_that_began_elsewhere_are_compared(lasting: tuple[bool, bool]) -> None:
    before, after = lasting
    old, new = scanned("us-east-1", lasting=before), scanned("eu-west-1", lasting=after)
    assert set(told(old, new, seen(check_ids=CHECKS)).values()) == {"unchanged"}


def test_a_baseline_of_before_knows_what_it_calls_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_bytes(record(scanned("us-east-1", lasting=False)).getvalue())
    baseline = Baseline(path)
    assert all(baseline.knows(each) for each in scanned("eu-west-1", lasting=True))
    assert not baseline.knows(named(USER, "bob", "eu-west-1", "", f"arn:aws:iam::{ACCOUNT}:user/bob", lasting=True))


def test_what_is_in_a_region_is_not_taken_for_the_same_in_another() -> None:
    def key(region: str) -> Finding:
        return one("k", check_id=KEY, region=region, resource_arn=f"arn:aws:kms:{region}:{ACCOUNT}:key/k")

    files = told([key("us-east-1")], [key("eu-west-1")], seen(check_ids=CHECKS)).items()
    assert len(files) == 1
    buckets = [one("b", region=region) for region in ("us-east-1", "eu-west-1")]
    assert told(buckets[:1], buckets[1:], seen()) == {"b": "resolved"}


@pytest.mark.parametrize("lasting", [True, False])
def test_what_the_whole_account_had_is_resolved_wherever_the_scan_began_unless_it_could_not_look(lasting: bool) -> None:
    old = [named(USER, "alice", "us-east-1", "", f"arn:aws:iam::{ACCOUNT}:user/alice", lasting=lasting)]
    bob = named(USER, "bob", "eu-west-1", "", f"arn:aws:iam::{ACCOUNT}:user/bob", lasting=True)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    gap = named(USER, ACCOUNT, "eu-west-1", "", root, lasting=True, status="MANUAL")
    assert told(old, [bob], seen(check_ids=CHECKS))["alice"] == "resolved"
    assert told(old, [bob, gap], seen(check_ids=CHECKS))["alice"] == "not looked at"
