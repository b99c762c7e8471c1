"""The Python API: what a program that embeds the scanner relies on."""

from __future__ import annotations

import datetime
import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

import aioprowler
from aioprowler import Account, DeclarationError, EntryError, Finding, ScanOptions, UsageError, scan
from aioprowler.aws.errors import NotInRegionError
from aioprowler.catalog import Catalog
from aioprowler.scanning import Scan, accounts, prepare
from tests.worlds.world import ACCOUNT, NOW, World, denied, error, findings_of, scan_world

VERSIONING = "s3_bucket_object_versioning"


def same_names(account: Account, region: str, params: dict[str, Any]) -> Any:
    return {"Status": "Enabled"} if account.id == "111111111111" else {}


def test_accounts_with_the_same_names_do_not_mix() -> None:
    world = World(
        {
            "s3:ListBuckets": {"Buckets": [{"Name": f"bucket-{n}", "BucketRegion": "us-east-1"} for n in range(50)]},
            "s3:GetBucketVersioning": same_names,
        }
    )
    accounts = tuple(Account(id=id_, regions=("us-east-1",)) for id_ in ("111111111111", "222222222222"))
    found = findings_of(world, VERSIONING, accounts=accounts)
    assert len(found) == len({f.uid for f in found}) == 100
    assert {(f.account_id, f.status) for f in found} == {("111111111111", "PASS"), ("222222222222", "FAIL")}


def test_a_known_account_is_asked_nothing_about_itself() -> None:
    world = World({"s3:ListBuckets": {"Buckets": []}})
    findings_of(world, VERSIONING)
    assert set(world.calls) == {"s3:ListBuckets"}


def test_an_unknown_account_is_asked_who_and_where_it_is() -> None:
    world = World(
        {
            "sts:GetCallerIdentity": {"Account": "444444444444", "Arn": "arn:aws-cn:iam::444444444444:user/me"},
            "ec2:DescribeRegions": {"Regions": [{"RegionName": "cn-north-1"}]},
            "s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "cn-north-1"}]},
        }
    )
    (finding,) = findings_of(world, VERSIONING, accounts=())
    assert (finding.account_id, finding.region, finding.partition) == ("444444444444", "cn-north-1", "aws-cn")
    assert finding.resource_arn == "arn:aws-cn:s3:::b"


def test_credentials_that_aws_refuses_are_one_line() -> None:
    world = World({"sts:GetCallerIdentity": error("ExpiredToken", "The security token has expired")})
    with pytest.raises(EntryError, match="expired; sign in again") as refused:
        findings_of(world, VERSIONING, accounts=())
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "InternalError", "NoSuchBucket", "Whatever", ""])
def test_no_client_error_ends_a_scan(code: str) -> None:
    world = World({"s3:ListBuckets": error(code)})
    assert [f.status for f in findings_of(world, VERSIONING)] == ["MANUAL"]


@pytest.mark.parametrize("raised", [KeyError("x"), TimeoutError(), ConnectionResetError(), NotImplementedError()])
def test_whatever_an_embedders_aws_raises_is_a_gap(raised: Exception) -> None:
    assert [f.status for f in findings_of(World({"s3:ListBuckets": raised}), VERSIONING)] == ["MANUAL"]


def test_everything_denied_is_said_of_each_place() -> None:
    scanning = Scan(
        ScanOptions(checks=[VERSIONING], accounts=[ACCOUNT], now=NOW), aws=World({"s3:ListBuckets": denied()})
    )

    async def drain() -> None:
        async for _ in scanning.batches():
            pass

    anyio.run(drain)
    assert scanning.progress.incomplete == {"123456789012 us-east-1": "every call failed"}


def test_a_service_that_a_region_does_not_have_is_no_gap_and_leaves_nothing_incomplete() -> None:
    lacks = NotInRegionError(service="rds", region="eu-west-1")
    world = World({("rds:DescribeDBInstances", "eu-west-1"): lacks})
    options = ScanOptions(checks=["rds_instance_multi_az"], accounts=[ACCOUNT], now=NOW)
    scanning = Scan(options, aws=world)

    async def drain() -> list[Finding]:
        return [each async for batch in scanning.batches() for each in batch]

    assert anyio.run(drain) == []
    assert world.calls["rds:DescribeDBInstances"] == 2
    assert scanning.progress.incomplete == {}
    coverage = scanning.coverage()
    assert coverage.gaps == ()
    assert [(each.action, each.regions) for each in coverage.unsupported] == [("rds:*", {"eu-west-1": 1})]


def test_the_regions_of_the_scan_bound_it() -> None:
    world = World(
        {
            "s3:ListBuckets": {
                "Buckets": [{"Name": r, "BucketRegion": r} for r in ("us-east-1", "eu-west-1", "sa-east-1")]
            }
        }
    )
    assert {f.region for f in findings_of(world, VERSIONING)} == {"us-east-1", "eu-west-1"}
    assert {f.region for f in findings_of(world, VERSIONING, regions=["eu-west-1"])} == {"eu-west-1"}
    assert {f.region for f in findings_of(world, VERSIONING, excluded_regions=["eu-west-1"])} == {"us-east-1"}
    assert findings_of(world, VERSIONING, regions=["ap-south-1"]) == []


def test_only_the_chosen_statuses_are_streamed() -> None:
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    assert findings_of(world, VERSIONING, statuses=["PASS"]) == []
    assert len(findings_of(world, VERSIONING, statuses=["FAIL"])) == 1


def test_the_scans_clock_is_in_every_finding_and_needs_a_zone() -> None:
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    local = datetime.datetime(2026, 1, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert findings_of(world, VERSIONING, now=local)[0].timestamp == "2026-01-01T00:00:00Z"
    with pytest.raises(UsageError, match="time zone"):
        findings_of(world, VERSIONING, now=datetime.datetime(2026, 1, 1))  # noqa: DTZ001


def test_uids_are_the_same_in_every_scan() -> None:
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    assert findings_of(world, VERSIONING)[0].uid == findings_of(world, VERSIONING)[0].uid


def test_hundreds_of_scans_in_one_process_leave_nothing_behind() -> None:
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    findings_of(world, VERSIONING)
    gc.collect()
    before = len(gc.get_objects())
    scans = 200
    for _ in range(scans):
        findings_of(world, VERSIONING)
    world.params.clear()
    gc.collect()
    # Where coverage is measured, it keeps a few objects of each thread, and each scan has some. Of a scan that stayed
    # there would be thousands.
    assert len(gc.get_objects()) - before < 20 * scans


def test_a_consumer_may_stop_early() -> None:
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": f"b{n}", "BucketRegion": "us-east-1"} for n in range(500)]}})

    async def first() -> Finding:
        findings = scan(ScanOptions(checks=[VERSIONING], accounts=[ACCOUNT]), aws=world)
        async for finding in findings:
            await findings.aclose()  # type: ignore[attr-defined]
            return finding
        raise AssertionError

    assert anyio.run(first).status == "FAIL"
    assert world.calls["s3:GetBucketVersioning"] < 500


def test_a_scan_that_finds_nothing_does_not_wait_for_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_HEAD_START", 60)

    async def run() -> list[Finding]:
        with anyio.fail_after(20):
            return await scan_world(World(), "kms_cmk_are_used")

    assert anyio.run(run) == []


def test_a_slow_account_stalls_nobody() -> None:
    class OneHangs(World):
        async def call(
            self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
        ) -> dict[str, Any]:
            if account.id == "000000000000":
                await anyio.sleep_forever()
            return await super().call(account, region, service, operation, params)

    world = OneHangs({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    accounts = tuple(Account(id=f"{n:012}", regions=("us-east-1",)) for n in range(20))
    found = findings_of(world, VERSIONING, accounts=accounts, account_timeout=0.5, accounts_in_flight=2)
    assert {(f.account_id, f.status) for f in found} == {
        (account.id, "MANUAL" if account.id == "000000000000" else "FAIL") for account in accounts
    }


CUSTOM = '''
from aioprowler import Pass, Verdict, check
from aioprowler.services.s3.resources import Bucket

@check(fails="It is wrong", severity="low")
def s3_bucket_of_ours(bucket: Bucket) -> Verdict:
    """Ours.

    ## Risk
    None.

    ## Remediation
    None.
    """
    return Pass(bucket.name)
'''


def test_checks_of_a_folder_run_beside_the_packages_own(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CUSTOM)
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    found = findings_of(world, "s3_bucket_of_ours", VERSIONING, checks_folders=[tmp_path])
    assert {f.check_id for f in found} == {"s3_bucket_of_ours", VERSIONING}
    assert "s3_bucket_of_ours" not in aioprowler.check_ids()


def test_a_faulty_file_of_checks_is_named(tmp_path: Path) -> None:
    (tmp_path / "faulty.py").write_text("import nothing_of_this_name")
    with pytest.raises(aioprowler.DeclarationError, match=r"faulty\.py: ModuleNotFoundError"):
        findings_of(World(), checks_folders=[tmp_path])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"checks": ["s3_bucket_object_version"]}, "Did you mean s3_bucket_object_versioning"),
        ({"services": ["s33"]}, "Did you mean s3"),
        ({"severities": ["hihg"]}, "Did you mean high"),
        ({"categories": ["encrypt"]}, "encryption"),
        ({"excluded_checks": ["nope"]}, "no check 'nope'"),
        ({"statuses": ["FAILED"]}, "Did you mean FAIL"),
        ({"config": {"max_unused_access_keys_day": 3}}, "Did you mean max_unused_access_keys_days"),
        ({"config": {"max_unused_access_keys_days": "many"}}, "Expected `int`"),
        ({"services": ["s3"], "excluded_services": ["s3"]}, "No check satisfies"),
    ],
)
def test_a_wrong_option_is_refused_with_the_nearest_names(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Scan(ScanOptions(**options), aws=World())


def test_what_the_plan_refuses_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise DeclarationError("a circle")

    options = ScanOptions(checks=[VERSIONING], accounts=[ACCOUNT])
    prepared = prepare(options)
    monkeypatch.setattr("aioprowler.scanning.prepared.make_plan", refused)

    async def drain() -> None:
        async for _ in Scan(prepared, aws=World()).batches():
            pass

    with pytest.raises(DeclarationError, match="a circle"):
        anyio.run(drain)


def test_checks_of_a_framework_that_this_version_lacks_are_a_note() -> None:
    prepared = prepare(ScanOptions(checks=["iam_root_mfa_enabled"], frameworks=["cis_3.0"], accounts=[ACCOUNT]))
    assert list(prepared.notes()) == []
    note, *_ = replace(prepared, catalog=Catalog([])).notes()
    assert note.startswith("cis_3.0: 69 of its 69 checks are not implemented")


def test_scans_of_the_same_preparation_share_its_plan() -> None:
    prepared = prepare(ScanOptions(checks=[VERSIONING], accounts=[ACCOUNT]))
    others = prepared.entered_by(accounts=[Account(id="2")])
    assert Scan(prepared, aws=World()).plan is Scan(others, aws=World()).plan


def test_the_public_names_exist_and_are_all() -> None:
    for name in aioprowler.__all__:
        assert getattr(aioprowler, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        aioprowler.nothing  # noqa: B018


async def _example() -> list[str]:
    return [f.status for f in await scan_world(World({"s3:ListBuckets": {"Buckets": []}}), VERSIONING)]


def test_a_scan_runs_in_a_loop_that_is_there_already() -> None:
    assert anyio.run(_example) == []
