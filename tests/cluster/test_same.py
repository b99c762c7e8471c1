"""A cluster's workers find what one process finds, and the coordinator tells it in the same words."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec.structs import asdict

from aioprowler import Account, Finding, Organization
from aioprowler.accounts.operations import GET_CALLER_IDENTITY
from aioprowler.aws.api import AwsApi, Boundary
from aioprowler.cluster.local import UsersCluster
from aioprowler.declarations.sources import Operation
from aioprowler.findings.finding import to_json
from aioprowler.findings.mutelist_file import parse
from aioprowler.findings.record import Baseline
from aioprowler.scanning import SawAll, Scan, prepare
from benchmarks.simulated_aws import Rule, SimulatedAws
from tests.cluster.conftest import Cluster, Result, carried_out, eventually, finished, follow, options

OWN_CHECK = '''
"""A check of ours."""

from pathlib import Path

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.s3.resources import Bucket

MISTAKE = (Path(__file__).parent / "words.txt").read_text()


@check(fails="Bucket has no team", severity="low")
def s3_bucket_of_ours(bucket: Bucket) -> Verdict:
    """Buckets are ours.

    ## Risk
    None.

    ## Remediation
    Give it away.

    ## References
    https://example.com
    """
    return Fail(MISTAKE) if bucket.name.endswith("0") else Pass("It is.")
'''
METADATA = """\
CustomChecksMetadata:
  aws:
    Checks:
      s3_bucket_object_versioning: {Severity: critical, CheckTitle: Ours}
"""
MUTELIST = b"""\
Mutelist:
  Accounts:
    "100000000001":
      Checks: {"ec2_*": {Regions: ["*"], Resources: ["*"], Reason: "known"}}
    "*":
      Checks: {"s3_*": {Regions: ["*"], Resources: ["*"], Tags: ["team=team-1"]}}
"""
OVERRIDES = {
    "max_ec2_instance_age_in_days": 5,
    "overrides": [
        {"accounts": ["100000000002"], "config": {"max_ec2_instance_age_in_days": 9000}},
        {"regions": ["eu-west-1"], "config": {"max_ec2_instance_age_in_days": 9001}},
        {"resource_tags": ["team=team-2"], "config": {"max_ec2_instance_age_in_days": 9002}},
    ],
}
ARNS = ["arn:aws:s3:::*1*", "arn:aws:s3:::no-such-bucket", "arn:aws:iam::100000000003:user/*"]


def compare(cluster: Cluster, **given: Any) -> Result:
    """The cluster's scan, which is as that of one process."""
    alone, spread = carried_out(options(**given)), carried_out(options(**given), cluster.crew())
    assert spread.found.keys() == alone.found.keys()
    for uid, each in spread.found.items():
        assert asdict(each) == asdict(alone.found[uid])
    assert sorted(spread.done) == sorted(alone.done)
    assert spread.told == alone.told
    assert spread.scan.progress.workers == len(cluster.processes) - 1
    return spread


def test_with_all_that_goes_along(cluster: Cluster, tmp_path: Path) -> None:
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "ours.py").write_text(OWN_CHECK)
    (checks / "words.txt").write_text("It is not.")
    (tmp_path / "metadata.yaml").write_text(METADATA)
    result = compare(
        cluster,
        checks_folders=[checks], custom_checks_metadata_file=tmp_path / "metadata.yaml", config=OVERRIDES, tags=True,
        mutelist=parse("mutelist.yaml", MUTELIST), quotas={"ec2:DescribeInstances": {"rate": 40, "capacity": 200}},
    )  # fmt: skip
    found = result.found.values()
    assert {each.account_id for each in found} == {f"10000000000{number}" for number in range(4)}
    assert {each.status for each in found if each.check_id == "s3_bucket_of_ours"} == {"PASS", "FAIL"}
    assert {each.severity for each in found if each.check_id == "s3_bucket_object_versioning"} == {"critical"}
    assert any("as overridden for account 100000000002" in each.status_detail for each in found)
    assert any(each.muted for each in found)


@pytest.mark.parametrize("narrowed", [{"resource_arns": ARNS}, {"resource_tags": ["team=team-1"]}])
def test_about_some_resources(cluster: Cluster, narrowed: dict[str, Any]) -> None:
    assert compare(cluster, **narrowed).found


def test_with_a_baseline(cluster: Cluster, tmp_path: Path) -> None:
    given = {"services": ["s3"], "organization": Organization(accounts=["100000000000", "100000000001"])}
    known = carried_out(options(**given)).found.values()
    (tmp_path / "known.jsonl").write_bytes(b"".join(to_json(each) + b"\n" for each in known))
    result = compare(cluster, **{**given, "organization": Organization()}, baseline=Baseline(tmp_path / "known.jsonl"))
    assert {each.account_id for each in result.found.values()}.isdisjoint({"100000000000", "100000000001"})


def test_what_aws_refuses_is_told_alike(cluster: Cluster, aws: SimulatedAws) -> None:
    refused = [
        Rule(kind="scp", region="eu-west-1", account="100000000001"),
        Rule(kind="denied", service="sts", operation="AssumeRole", account="100000000003"),
    ]
    aws.break_with(refused)
    try:
        result = compare(cluster, services=["s3", "ec2"])
    finally:
        aws.break_with([])
    assert result.scan.progress.incomplete


class Witness:
    """Goes along, and notes what was seen in full of each account that it can ask about."""

    operations: Sequence[Operation] = ()

    def __init__(self, checks: Iterable[str]) -> None:
        self.checks = checks
        self.found_in: Counter[str] = Counter()
        self.saw: dict[str, set[tuple[str, str]]] = {}

    def found(self, found: list[Finding], kept: list[Finding], chosen: list[Finding]) -> None:  # noqa: ARG002
        self.found_in.update(each.account_id for each in chosen)

    async def leave(self, account: Account, api: AwsApi, saw_all: SawAll) -> None:
        pairs = itertools.product([*self.checks, "s3_no_such_check"], [*account.scanned_regions, "eu-north-1"])
        self.saw[account.id] = {pair for pair in pairs if saw_all(*pair)}
        identity = await Boundary(api, deadline=None).call(account, "us-east-1", GET_CALLER_IDENTITY, {})
        assert isinstance(identity, dict)
        assert identity["Account"] == account.id


def witnessed(crew: UsersCluster | None) -> Witness:
    """By who is with each account after its last findings and before it is complete."""
    prepared = prepare(options(services=["s3", "ec2"]))
    witness = Witness([each.id for each in prepared.plan.checks])
    scan = Scan(prepared, crew=crew, companion=witness)

    async def is_first(result: Result) -> None:
        assert set(result.done) <= witness.saw.keys()

    async def main() -> Result:
        return await finished(scan, is_first)

    result = anyio.run(main, backend_options={"use_uvloop": True})
    assert Counter(each.account_id for each in result.found.values()) == witness.found_in
    return witness


def test_who_goes_along_is_with_each_account_and_knows_what_was_seen(cluster: Cluster, aws: SimulatedAws) -> None:
    aws.break_with([Rule(kind="denied", service="ec2", operation="DescribeVolumes", account="100000000001")])
    try:
        alone, spread = witnessed(None), witnessed(cluster.crew())
    finally:
        aws.break_with([])
    assert spread.saw == alone.saw
    assert len(spread.saw) == 4
    assert len({len(each) for each in spread.saw.values()}) == 2, "all that was not denied"


def test_workers_with_credentials_of_their_own(cluster: Cluster) -> None:
    alone, spread = carried_out(options()), carried_out(options(), cluster.crew(sends=False))
    assert spread.found.keys() == alone.found.keys()
    for uid, each in spread.found.items():
        assert asdict(each) == asdict(alone.found[uid])
    assert sorted(spread.done) == sorted(alone.done)
    assert spread.told["session_policy"] == alone.told["session_policy"] == "actions"
    different = {name for name, value in alone.told.items() if spread.told[name] != value}
    assert different <= {"calls", "total"}
    calls, others = alone.told["calls"], spread.told["calls"]
    entering = {name for name in calls.keys() | others.keys() if calls.get(name) != others.get(name)}
    assert entering <= {"sts:GetCallerIdentity"}, "each worker asks once who it is"


def assumed(aws: SimulatedAws) -> int:
    calls: int = aws.reset()["operations"]["sts:AssumeRole"]["calls"]
    return calls


def test_credentials_that_have_expired_are_renewed(cluster: Cluster, aws: SimulatedAws) -> None:
    aws.reset()
    alone = carried_out(options(services=["s3"]))
    usual = assumed(aws)
    aws.break_with([Rule(kind="expired", service="s3", account="100000000001", times=1)])
    try:
        spread = carried_out(options(services=["s3"]), cluster.crew())
    finally:
        aws.break_with([])
    assert assumed(aws) == usual + 1
    assert {uid: each.status for uid, each in spread.found.items()} == {
        uid: each.status for uid, each in alone.found.items()
    }
    assert not spread.scan.progress.incomplete


def test_credentials_that_are_not_renewed_are_told(cluster: Cluster, aws: SimulatedAws) -> None:
    renewal = Rule(kind="denied", service="sts", operation="AssumeRole", account="100000000001", nth=2)
    aws.break_with([Rule(kind="expired", service="s3", account="100000000001", times=1), renewal])
    try:
        spread = carried_out(options(services=["s3"]), cluster.crew())
    finally:
        aws.break_with([])
    (manual,) = (each for each in spread.found.values() if each.status == "MANUAL")
    assert manual.account_id == "100000000001"
    assert "was denied (AccessDenied)" in manual.status_detail


def test_a_slow_reader_makes_the_workers_wait(cluster: Cluster, aws: SimulatedAws) -> None:
    aws.reset()
    scan = Scan(prepare(options()), crew=cluster.crew())
    calls: list[int] = []

    async def sleep(_: Result) -> None:
        """Until AWS is asked no more."""
        while len(calls) < 2 or calls[-1] != calls[-2]:
            calls.append((await anyio.to_thread.run_sync(aws.statistics))["calls"])
            await anyio.sleep(1.5)

    async def main() -> Result:
        return await finished(scan, sleep)

    result = anyio.run(main, backend_options={"use_uvloop": True})
    assert calls[-1] < aws.statistics()["calls"] * 0.9
    assert len(result.done) == 4


def test_two_scans_share_a_cluster(cluster: Cluster) -> None:
    scans = [Scan(prepare(options(services=[name])), crew=cluster.crew()) for name in ("s3", "iam")]
    results: list[Result] = []

    async def follow_one(scan: Scan) -> None:
        results.append(await finished(scan))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for scan in scans:
                tasks.start_soon(follow_one, scan)

    anyio.run(main, backend_options={"use_uvloop": True})
    found = results[0].found.keys() | results[1].found.keys()
    assert found == carried_out(options(services=["s3", "iam"])).found.keys()
    assert [len(each.done) for each in results] == [4, 4]


def test_a_scan_leaves_nothing_in_the_workers(cluster: Cluster) -> None:
    """Whether it ends, or its reader goes."""

    def left(dask_worker: Any) -> list[str]:
        names = [*dask_worker.plugins, *dask_worker.handlers, *(each.name for each in threading.enumerate())]
        return [name for name in names if name.startswith("aioprowler")]

    async def main() -> None:
        scan = Scan(options(), crew=cluster.crew())
        async for _ in follow(scan):
            break
        async with cluster.client() as client:

            async def is_clean() -> bool:
                return not any((await client.run(left)).values())

            await eventually(is_clean)

    anyio.run(main)
