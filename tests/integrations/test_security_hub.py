"""Security Hub has what the last scans found: nothing twice, and nothing archived that may still be there."""

from __future__ import annotations

import datetime
import sqlite3
from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from aioprowler import Account, Finding, ScanOptions
from aioprowler.aws.errors import NotInRegionError
from aioprowler.engine.cells import Cell
from aioprowler.integrations.integration import SendingError
from aioprowler.integrations.security_hub import PREFIX, SecurityHub
from aioprowler.outputs.asff import to_asff
from aioprowler.scanning import Scan
from aioprowler.scanning.journal import Done
from tests.integrations.hub import FakeHub
from tests.outputs.samples import FINDING
from tests.worlds.world import ACCOUNT, World, denied, error

VOLUMES, BUCKETS = "ec2_ebs_volume_encryption", "s3_bucket_object_versioning"
HERE, THERE = "us-east-1", "eu-west-1"
NOT_THERE = NotInRegionError(service="ec2", region=HERE)


def volumes(here: dict[str, bool] | Exception, there: dict[str, bool] | Exception | None = None) -> World:
    """An account's volumes in two regions, and whether they are encrypted."""
    made = World()
    for region, known in ((HERE, here), (THERE, there or {})):
        listed: Any = known
        if not isinstance(known, Exception):
            listed = {"Volumes": [{"VolumeId": name, "Encrypted": good} for name, good in known.items()]}
        made.replies["ec2:DescribeVolumes", region] = listed
    return made


def buckets(*names: str, versioned: tuple[str, ...] = (), closed: tuple[str, ...] = ()) -> World:
    """Buckets in two regions, by turns."""

    def versioning(account: Account, region: str, params: dict[str, Any]) -> Any:
        name = params["Bucket"]
        return denied() if name in closed else {"Status": "Enabled"} if name in versioned else {}

    listed = [{"Name": name, "BucketRegion": (HERE, THERE)[at % 2]} for at, name in enumerate(names)]
    return World({"s3:ListBuckets": {"Buckets": listed}, "s3:GetBucketVersioning": versioning})


def scan(
    world: World,
    hub: FakeHub,
    check: str = VOLUMES,
    *,
    recalled: list[Finding] | None = None,
    done: Done | None = None,
    accounts: tuple[Account, ...] = (ACCOUNT,),
    statuses: list[str] | None = None,
    settings: dict[str, Any] | None = None,
    **options: Any,
) -> list[str]:
    """Scan and import; the notes. Raises SendingError."""
    chosen = ScanOptions(checks=[check], accounts=accounts, statuses=statuses, **options)
    notes: list[str] = []

    async def run() -> None:
        async with SecurityHub(note=notes.append, **(settings or {})) as integration:
            integration.recall(recalled or [])
            made = Scan(chosen, aws=hub.serve(world), done=done, companion=integration)
            async for _ in made.batches():
                pass
            await integration.drain()

    anyio.run(run)
    return notes


def test_each_region_gets_its_own_findings() -> None:
    hub = FakeHub(HERE, THERE)
    notes = scan(volumes({"v1": False, "v2": True}, {"v3": False}), hub)
    active = {"v1": ("FAILED", "ACTIVE"), "v2": ("PASSED", "ACTIVE"), "v3": ("FAILED", "ACTIVE")}
    assert hub.states() == active
    assert notes == ["Security Hub: 3 imported, 0 unchanged, 0 archived."]


def test_only_what_changed_is_imported_again() -> None:
    hub = FakeHub(HERE, THERE)
    scan(volumes({"v1": False, "v2": False}), hub)
    first = {key: dict(each) for key, each in hub.findings.items()}
    hub.imports.clear()
    assert scan(volumes({"v1": False, "v2": True}), hub) == ["Security Hub: 1 imported, 1 unchanged, 0 archived."]
    (batch,) = hub.imports
    assert hub.states() == {"v1": ("FAILED", "ACTIVE"), "v2": ("PASSED", "ACTIVE")}
    for key, each in hub.findings.items():
        assert each["CreatedAt"] == first[key]["CreatedAt"]
        assert (each["Id"] in batch) is (each["Compliance"]["Status"] == "PASSED")


def test_what_customers_and_security_hub_add_is_no_change() -> None:
    hub = FakeHub(HERE)
    scan(volumes({"v1": False}), hub)
    (there,) = hub.findings.values()
    there |= {"Workflow": {"Status": "SUPPRESSED"}, "UserDefinedFields": {"ticket": "42"}, "ProductName": "Default"}
    there["Severity"] = {"Label": "CRITICAL", "Normalized": 90}
    hub.imports.clear()
    scan(volumes({"v1": False}), hub)
    assert hub.imports == []


def test_an_unchanged_finding_is_refreshed_before_security_hub_deletes_it() -> None:
    hub = FakeHub(HERE)
    scan(volumes({"v1": False}), hub)
    (there,) = hub.findings.values()
    old = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=31)
    there["UpdatedAt"] = old.isoformat()
    scan(volumes({"v1": False}), hub)
    assert datetime.datetime.fromisoformat(there["UpdatedAt"]) > old + datetime.timedelta(days=30)


def test_what_is_gone_is_archived_and_comes_back() -> None:
    hub = FakeHub(HERE, THERE)
    scan(volumes({"v1": False, "v2": False}, {"v3": False}), hub)
    notes = scan(volumes({"v1": False}), hub)
    assert notes == ["Security Hub: 0 imported, 1 unchanged, 2 archived."]
    gone = ("FAILED", "ARCHIVED")
    assert hub.states() == {"v1": ("FAILED", "ACTIVE"), "v2": gone, "v3": gone}
    scan(volumes({"v1": False, "v2": False}), hub)
    assert hub.states()["v2"] == ("FAILED", "ACTIVE")


def test_nothing_is_archived_where_that_is_not_wanted() -> None:
    hub = FakeHub(HERE)
    scan(volumes({"v1": False}), hub)
    scan(volumes({}), hub, settings={"archives": False})
    assert hub.states() == {"v1": ("FAILED", "ACTIVE")}


@pytest.mark.parametrize(
    "later",
    [
        {"check": BUCKETS},
        {"regions": [THERE]},
        {"excluded_regions": [HERE]},
        {"accounts": (replace(ACCOUNT, id="222222222222"),)},
        {"treatments": [lambda found: []]},
    ],
    ids=["another check", "another region", "not this region", "another account", "left out on the way"],
)
def test_what_a_later_scan_did_not_look_at_stays(later: dict[str, Any]) -> None:
    hub = FakeHub(HERE, THERE)
    scan(volumes({"v1": False}), hub)
    world = volumes({"v1": False} if "treatments" in later else {})
    scan(world, hub, later.pop("check", VOLUMES), **later)
    assert hub.states() == {"v1": ("FAILED", "ACTIVE")}


@pytest.mark.parametrize(
    "trouble",
    [denied(), error("InternalError", status=500), error("OptInRequired"), NOT_THERE],
    ids=["denied", "broken", "refused", "not there"],
)
def test_what_could_not_be_listed_stays(trouble: Exception) -> None:
    hub = FakeHub(HERE, THERE)
    scan(volumes({"v1": False}, {"v2": False}), hub)
    scan(volumes(trouble, {}), hub)
    assert hub.states()["v1"] == ("FAILED", "ACTIVE")
    assert hub.states()["v2"] == ("FAILED", "ARCHIVED")


def test_what_expired_credentials_hid_stays() -> None:
    hub = FakeHub(HERE, THERE)
    scan(volumes({"v1": False}, {"v2": False}), hub)
    scan(volumes(error("ExpiredToken"), error("ExpiredToken")), hub)
    assert {state for name, (_, state) in hub.states().items() if name in ("v1", "v2")} == {"ACTIVE"}


def test_what_is_listed_for_all_regions_hides_all_regions_when_it_fails() -> None:
    hub = FakeHub(HERE, THERE)
    scan(buckets("b1", "b2"), hub, BUCKETS)
    hidden = World({"s3:ListBuckets": denied()})
    scan(hidden, hub, BUCKETS)
    assert {name: state for name, (_, state) in hub.states().items() if name in ("b1", "b2")} == {
        "b1": "ACTIVE",
        "b2": "ACTIVE",
    }


def test_a_resource_that_cannot_be_judged_any_more_holds_the_archive_back_in_its_region_only() -> None:
    hub = FakeHub(HERE, THERE)
    scan(buckets("b1", "b2", "b3", "b4"), hub, BUCKETS)
    scan(buckets("b1", closed=("b1",)), hub, BUCKETS)
    assert hub.states() == {
        "b1": ("NOT_AVAILABLE", "ACTIVE"),
        "b2": ("FAILED", "ARCHIVED"),
        "b3": ("FAILED", "ACTIVE"),
        "b4": ("FAILED", "ARCHIVED"),
    }


@pytest.mark.parametrize(
    "chosen", [{"settings": {"only_fails": True}}, {"statuses": ["FAIL"]}], ids=["only fails", "by status"]
)
def test_of_failures_alone_the_mended_are_archived_and_the_unknown_stay(chosen: dict[str, Any]) -> None:
    hub = FakeHub(HERE, THERE)
    scan(buckets("b1", "b2", "b3", "b4", versioned=("b4",)), hub, BUCKETS, **chosen)
    assert sorted(hub.states()) == ["b1", "b2", "b3"]
    scan(buckets("b1", "b2", "b3", versioned=("b1",), closed=("b2",)), hub, BUCKETS, **chosen)
    assert hub.states() == {
        "b1": ("FAILED", "ARCHIVED"),
        "b2": ("FAILED", "ACTIVE"),
        "b3": ("FAILED", "ACTIVE"),
    }


def test_findings_of_others_are_left_alone() -> None:
    hub = FakeHub(HERE)
    scan(volumes({"v1": False}), hub)
    (mine,) = hub.findings.values()
    for id_, generator in (("prowler-1", "prowler-x"), ("aioprowler-2", "theirs"), ("theirs", f"{PREFIX}{VOLUMES}")):
        hub.findings[ACCOUNT.id, HERE, id_] = {**mine, "Id": id_, "GeneratorId": generator}
    scan(volumes({}), hub)
    states = {each["Id"]: each["RecordState"] for each in hub.findings.values()}
    assert states.pop(mine["Id"]) == "ARCHIVED"
    assert set(states.values()) == {"ACTIVE"}


def test_thousands_are_paged_and_batched() -> None:
    hub = FakeHub(HERE)
    many = {f"v{number}": False for number in range(1050)}
    scan(volumes(many), hub)
    assert len(hub.findings) == 1050
    assert len(hub.imports) == 11
    hub.imports.clear()
    told, *_ = scan(volumes({**many, "v0": True}), hub)
    assert told == "Security Hub: 1 imported, 1,049 unchanged, 0 archived."


def test_where_security_hub_is_not_enabled_is_told_and_is_no_error() -> None:
    hub = FakeHub(THERE)
    notes = scan(volumes({"v1": False}, {"v2": False}), hub)
    assert sorted(hub.states()) == ["v2"]
    assert notes[1] == "Security Hub is not enabled in us-east-1 in 1 account: nothing was sent there."


def test_what_security_hub_does_not_take_is_counted_and_the_rest_is_imported() -> None:
    hub = FakeHub(HERE)
    hub.refused = {f"arn:aws:ec2:us-east-1:{ACCOUNT.id}:volume/v1"}
    with pytest.raises(SendingError, match=r"InvalidInput: not this one 1 findings? were not taken"):
        scan(volumes({"v1": False, "v2": False}), hub)
    assert sorted(hub.states()) == ["v2"]


def test_a_denied_import_names_what_to_grant() -> None:
    hub = FakeHub(HERE, THERE)
    hub.denied = {"BatchImportFindings"}
    with pytest.raises(SendingError, match=r"Grant securityhub:BatchImportFindings .* 2 findings were not taken"):
        scan(volumes({"v1": False}, {"v2": False}), hub)


def test_without_leave_to_read_everything_is_imported_and_nothing_archived() -> None:
    hub = FakeHub(HERE)
    scan(volumes({"v1": False, "v2": False}), hub)
    hub.denied = {"GetFindings"}
    with pytest.raises(SendingError, match="Grant securityhub:GetFindings"):
        scan(volumes({"v1": True}), hub)
    assert hub.states() == {"v1": ("PASSED", "ACTIVE"), "v2": ("FAILED", "ACTIVE")}


def test_sending_is_no_looking() -> None:
    hub = FakeHub()
    options = ScanOptions(checks=[VOLUMES], accounts=(ACCOUNT,))

    async def run() -> Scan:
        async with SecurityHub() as integration:
            made = Scan(options, aws=hub.serve(volumes({"v1": False})), companion=integration)
            async for _ in made.batches():
                pass
            return made

    coverage = anyio.run(run).coverage()
    assert coverage.gaps == ()
    assert not any(name.startswith("securityhub") for name in coverage.calls)


def test_a_resumed_scan_imports_what_the_first_run_found_but_did_not_get_to() -> None:
    found: list[Finding] = []
    first = Scan(ScanOptions(checks=[VOLUMES], accounts=(ACCOUNT,)), aws=volumes({"v1": False}, {"v2": False}))
    cells: list[Cell] = []

    async def run() -> None:
        async for events in first.events():
            for event in events:
                if isinstance(event, list):
                    found.extend(event)
                elif isinstance(event, Cell):
                    cells.append(event)

    anyio.run(run)
    hub = FakeHub(HERE, THERE)
    past = [each for each in found if each.region == HERE]
    done = Done(cells={ACCOUNT.id: {each for each in cells if each.place == HERE}})
    scan(volumes({}, {"v2": False}), hub, recalled=past, done=done)
    assert sorted(hub.states()) == ["v1", "v2"]


def test_what_complete_accounts_had_is_not_imported_again() -> None:
    hub = FakeHub(HERE, "eu-west-1")
    done = replace(FINDING, account_id="999999999999")
    scan(volumes({}), hub, recalled=[done], settings={"done": {"999999999999"}})
    assert hub.findings == {}


def test_a_full_disk_fails_the_import_and_not_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = FakeHub(HERE)

    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("aioprowler.integrations.spool.Spool.put", full)
    with pytest.raises(SendingError, match="disk is full"):
        scan(volumes({"v1": False}), hub)


def test_ids_and_generators_begin_as_the_format_has_them() -> None:
    made = to_asff(FINDING)
    assert made["Id"] == f"{PREFIX}{FINDING.uid}"
    assert made["GeneratorId"] == f"{PREFIX}{FINDING.check_id}"


def test_hostile_text_is_imported() -> None:
    hub = FakeHub(HERE)
    world = volumes({"v1": False})
    world.replies["ec2:DescribeVolumes", HERE] = {
        "Volumes": [{"VolumeId": "v\ud800", "Tags": [{"Key": "\x00<script>", "Value": "\udfff"}]}]
    }
    scan(world, hub)
    assert len(hub.findings) == 1
