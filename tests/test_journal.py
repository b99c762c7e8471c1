"""Cells, the journal of them, and what a resumed scan leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, ScanOptions
from aioprowler.engine.cells import Cell
from aioprowler.findings import lines
from aioprowler.findings.finding import to_json
from aioprowler.scanning import Scan
from aioprowler.scanning.journal import (
    AccountDone,
    Blind,
    Completed,
    Done,
    Ended,
    Header,
    Journal,
    kinds_of,
)
from aioprowler.scanning.resuming import JournalError, find, kept, read
from tests.worlds.world import ACCOUNT, NOW, TOOLS, World, denied, error

BUCKETS, VPCS, ACL = "s3_bucket_object_versioning", "vpc_flow_logs_enabled", "ec2_ebs_volume_encryption"
OTHER = Account(id="210987654321", default_region="us-east-1", regions=("us-east-1",))


def world(**replies: Any) -> World:
    return World(
        {
            "s3:ListBuckets": {"Buckets": [{"Name": name, "BucketRegion": "eu-west-1"} for name in "ab"]},
            "ec2:DescribeVolumes": lambda account, region, params: {"Volumes": [{"VolumeId": f"vol-{region}"}]},
            **{name.replace("_", ":", 1): reply for name, reply in replies.items()},
        }
    )


def events(
    asked: World, *checks: str, done: Done | None = None, accounts: tuple[Account, ...] = (ACCOUNT,)
) -> tuple[Scan, list[Any]]:
    scan = Scan(ScanOptions(checks=checks, accounts=accounts, now=NOW), aws=asked, tools=TOOLS, done=done)

    async def run() -> list[Any]:
        return [event async for events in scan.events() for event in events]

    return scan, anyio.run(run)


def cells(found: list[Any]) -> set[tuple[str, str, str]]:
    return {(each.account_id, each.kind.rpartition(".")[2], each.place) for each in found if isinstance(each, Cell)}


def findings(found: list[Any]) -> set[tuple[str, str, str]]:
    return {(f.account_id, f.region, f.resource_id) for batch in found if isinstance(batch, list) for f in batch}


def test_a_cell_is_a_type_in_a_place_and_comes_after_its_findings() -> None:
    _, found = events(world(), BUCKETS, ACL)
    assert cells(found) == {
        (ACCOUNT.id, "Bucket", ""),
        (ACCOUNT.id, "Volume", "us-east-1"),
        (ACCOUNT.id, "Volume", "eu-west-1"),
    }
    assert found[-1] == AccountDone(ACCOUNT.id)
    last_bucket = max(i for i, e in enumerate(found) if isinstance(e, list) and e[0].check_id == BUCKETS)
    (bucket_cell,) = [i for i, e in enumerate(found) if isinstance(e, Cell) and e.place == ""]
    assert last_bucket < bucket_cell


@pytest.mark.parametrize(
    ("reply", "completes"),
    [
        (denied(), True),
        ({"Status": "Enabled"}, True),
        (error("Throttling"), False),
        (error("InvalidClientTokenId"), False),
        (error("InternalError"), False),
        (TimeoutError(), False),
    ],
)
def test_findings_that_rest_on_what_may_pass_complete_nothing(reply: Any, completes: bool) -> None:
    _, found = events(world(s3_GetBucketVersioning=reply), BUCKETS, ACL)
    assert ((ACCOUNT.id, "Bucket", "") in cells(found)) is completes
    assert (AccountDone(ACCOUNT.id) in found) is completes
    assert (ACCOUNT.id, "Volume", "us-east-1") in cells(found)


@pytest.mark.parametrize(("reply", "completes"), [(denied(), True), (error("Throttling"), False)])
def test_a_failure_that_a_check_comes_upon_itself_completes_nothing_if_it_may_pass(reply: Any, completes: bool) -> None:
    arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit"
    trail = {"Name": "audit", "TrailARN": arn, "HomeRegion": "us-east-1", "IsMultiRegionTrail": True}
    asked = world(cloudtrail_DescribeTrails={"trailList": [trail]}, cloudtrail_GetTrailStatus=reply)
    _, found = events(asked, "cloudtrail_multi_region_enabled")
    assert ((ACCOUNT.id, "Region", "us-east-1") in cells(found)) is completes
    assert {each.status for batch in found if isinstance(batch, list) for each in batch} == {"MANUAL"}


def test_a_listing_that_was_throttled_completes_nothing() -> None:
    _, found = events(world(ec2_DescribeVolumes=error("RequestLimitExceeded")), ACL)
    assert cells(found) == set()


def test_complete_cells_and_accounts_are_left_out() -> None:
    done = Done()
    _, found = events(world(), BUCKETS, ACL)
    for each in found:
        if isinstance(each, Cell) and each.place != "eu-west-1":
            done.add(each)
    done.add(AccountDone(OTHER.id))
    asked = world()
    _, rest = events(asked, BUCKETS, ACL, done=done, accounts=(ACCOUNT, OTHER))
    assert findings(rest) == {(ACCOUNT.id, "eu-west-1", "vol-eu-west-1")}
    assert set(asked.calls) == {"ec2:DescribeVolumes"}
    assert AccountDone(ACCOUNT.id) in rest


def test_expired_credentials_end_an_account_and_complete_nothing_of_the_rest() -> None:
    def expire(_account: Account, region: str, _params: dict[str, Any]) -> Any:
        return error("ExpiredToken") if region == "eu-west-1" else {"Volumes": [{"VolumeId": "vol-1"}]}

    scan, found = events(world(ec2_DescribeVolumes=expire), ACL)
    assert scan.progress.incomplete == {
        ACCOUNT.id: "its credentials expired",
        f"{ACCOUNT.id} eu-west-1": "every call failed",
    }
    assert AccountDone(ACCOUNT.id) not in found
    statuses = {f.region: f.status for batch in found if isinstance(batch, list) for f in batch}
    assert statuses["eu-west-1"] == "MANUAL"


# -------------------------------------------------------------------- the file
HEADER = Header(
    now="2026-06-01T00:00:00Z", formats=("jsonl",), options={"Output": {"quiet": True}}, kinds=("a.A", "b.B")
)


def journal(folder: Path, *entries: tuple[int, Completed], done: Done | None = None, size: int = 100) -> Path:
    """Of entries, each with the size of the record then; beside a record of this size."""
    (folder / "x.jsonl").write_bytes(b"." * size)
    made = Journal(folder / "x.journal", lambda: HEADER, done)
    made.open()
    for at, each in entries:
        made.add(at, [each])
    made.close()
    return made.path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    first, second = Cell("1", "a.A", "eu-west-1"), Cell("1", "b.B", "")
    path = journal(tmp_path, (1, first), (2, Cell("2", "a.A", "")), (3, AccountDone("2")), (4, second))
    header, done = read(path)
    assert header == HEADER
    assert done == Done(accounts={"2"}, cells={"1": {first, second}})
    assert Cell("2", "b.B", "anywhere") in done
    assert Cell("1", "a.A", "us-east-1") not in done


def test_what_is_hidden_is_seen_in_the_file_and_read_as_it_was(tmp_path: Path) -> None:
    path = journal(tmp_path, (1, AccountDone("a\u202eb")))
    assert rb'"a\u202eb"' in path.read_bytes()
    assert read(path)[1].accounts == {"a\u202eb"}


@pytest.mark.parametrize("number", [0, 1])
def test_a_journal_that_lies_too_deep_is_damaged(number: int, tmp_path: Path) -> None:
    path = journal(tmp_path, (1, AccountDone("1")))
    lines = path.read_bytes().split(b"\n")
    lines[number] = b"[" * 1_100 + b"]" * 1_100
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(JournalError, match="is not a journal, or damaged: start the scan anew"):
        read(path)


@pytest.mark.parametrize("entry", ['[0,"1",-1,"eu-west-1"]', '[0,"1",9,"eu-west-1"]', '[0,["1"]]', '["1","1"]'])
def test_an_entry_that_no_scan_writes_is_damage(entry: str, tmp_path: Path) -> None:
    path = journal(tmp_path, (1, AccountDone("1")))
    path.write_text(f"{path.read_text()}{entry}\n")
    with pytest.raises(JournalError, match="is not a journal, or damaged: start the scan anew"):
        read(path)


def test_a_line_of_a_journal_is_read_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = journal(tmp_path, (1, AccountDone("1")))
    monkeypatch.setattr(lines, "LONGEST", 100)
    with pytest.raises(JournalError, match="is not a journal, or damaged: start the scan anew"):
        read(path)


def test_an_entry_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = journal(tmp_path)
    made = Journal(path, lambda: HEADER)
    made.open()
    made.add(1, [AccountDone("1"), AccountDone("2")])
    assert [made.has_news] == [True]
    assert read(path)[1].accounts == {"1", "2"}, "being killed now would lose it otherwise"
    made.sync()
    assert not made.has_news
    made.remove()
    assert not path.exists()


def test_a_journal_goes_on_with_what_is_complete_whatever_the_size_of_the_new_record(tmp_path: Path) -> None:
    before = Done(accounts={"1"}, cells={"2": {Cell("2", "a.A", "eu-west-1"), Cell("2", "gone.G", "")}})
    path = journal(tmp_path, (50, AccountDone("3")), done=before, size=50)
    _, done = read(path)
    assert done == Done(accounts={"1", "3"}, cells={"2": {Cell("2", "a.A", "eu-west-1")}})
    (tmp_path / "x.jsonl").write_bytes(b"")
    assert read(path)[1].accounts == {"1"}


def test_what_a_power_cut_took_from_the_record_is_not_complete(tmp_path: Path) -> None:
    path = journal(tmp_path, (40, AccountDone("1")), (60, AccountDone("2")), size=59)
    assert read(path)[1].accounts == {"1"}
    (tmp_path / "x.jsonl.former").write_bytes(b"." * 60)
    assert read(path)[1].accounts == {"1", "2"}, "the record is put aside while it is written anew"


def test_once_the_record_is_written_anew_earlier_runs_rest_on_its_size(tmp_path: Path) -> None:
    path = journal(tmp_path, size=50)
    made = Journal(path, lambda: HEADER, Done(accounts={"1"}, cells={"2": {Cell("2", "a.A", "eu-west-1")}}))
    made.open()
    made.open(50)
    made.add(60, [AccountDone("3")])
    made.close()
    assert read(path)[1] == Done(accounts={"1"}, cells={"2": {Cell("2", "a.A", "eu-west-1")}})
    (tmp_path / "x.jsonl").write_bytes(b"." * 49)
    assert read(path)[1] == Done(), "what the file has lost is to be found again"


def test_what_an_interrupted_scan_could_not_see_is_left_and_what_an_ended_one_could_not_is_looked_at_again(
    tmp_path: Path,
) -> None:
    lines = (1, AccountDone("1")), (2, Blind("2", "eu-west-1")), (3, AccountDone("2"))
    _, done = read(journal(tmp_path, *lines))
    assert done == Done(accounts={"1", "2"}, blind={"2": {"eu-west-1"}})
    _, again = read(journal(tmp_path, done=done))
    assert again == done
    _, ended = read(journal(tmp_path, *lines, (4, Ended())))
    assert ended == Done(accounts={"1"})


def test_in_a_region_of_an_account_that_is_not_complete_nothing_that_was_not_answered_is(tmp_path: Path) -> None:
    seen, shut = Cell("1", "a.A", "us-east-1"), Cell("1", "a.A", "eu-west-1")
    path = journal(tmp_path, (1, seen), (2, shut), (3, Blind("1", "eu-west-1")), (3, Blind("2", "eu-west-1")))
    _, done = read(path)
    assert seen in done
    assert shut not in done


def test_what_was_not_seen_is_told_with_the_account_and_again_by_a_scan_that_goes_on() -> None:
    def shut(_account: Account, region: str, _params: dict[str, Any]) -> Any:
        return denied() if region == "eu-west-1" else {"Volumes": [{"VolumeId": "vol-1"}]}

    _, found = events(world(ec2_DescribeVolumes=shut), ACL)
    assert found[-2:] == [Blind(ACCOUNT.id, "eu-west-1"), AccountDone(ACCOUNT.id)]
    scan, _ = events(world(), ACL, done=Done(accounts={ACCOUNT.id}, blind={ACCOUNT.id: {"eu-west-1"}}))
    assert scan.coverage().unseen == {"eu-west-1": 1}
    assert scan.progress.incomplete == {f"{ACCOUNT.id} eu-west-1": "every call failed"}


def test_without_its_record_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    path = journal(tmp_path)
    (tmp_path / "x.jsonl").unlink()
    with pytest.raises(JournalError, match=r"x\.jsonl.*start the scan anew"):
        read(path)


def test_every_prefix_of_a_journal_can_be_read(tmp_path: Path) -> None:
    path = journal(tmp_path, (1, Cell("1", "a.A", "eu-west-1")), (2, AccountDone("1")), (3, AccountDone("2")))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole) + 1):
        path.write_bytes(whole[:length])
        _, done = read(path)
        assert done.accounts <= {"1", "2"}


def test_the_latest_journal_of_a_folder_is_found(tmp_path: Path) -> None:
    import os

    for name, age in (("old", 100), ("new", 10)):
        (tmp_path / f"{name}.journal").write_text("")
        os.utime(tmp_path / f"{name}.journal", (age * -1 + 1_000_000, age * -1 + 1_000_000))
    assert find(tmp_path).name == "new.journal"
    assert find(tmp_path / "old.jsonl").name == "old.journal"
    with pytest.raises(JournalError, match="nothing to resume"):
        find(tmp_path / "absent")


def test_kept_are_the_findings_of_complete_cells(tmp_path: Path) -> None:
    scan, found = events(world(), BUCKETS, ACL)
    everything = [f for batch in found if isinstance(batch, list) for f in batch]
    record = tmp_path / "x.jsonl"
    cut_off = to_json(everything[0])[:40]
    record.write_bytes(b"".join(to_json(f) + b"\n" for f in everything) + cut_off)
    done = Done()
    for each in found:
        if isinstance(each, Cell) and each.place == "":
            done.add(each)
    left: list[Finding] = [f for batch in kept(record, scan.plan, done) for f in batch]
    assert {f.check_id for f in left} == {BUCKETS}
    assert len(left) == 2
    assert {each.kind for each in found if isinstance(each, Cell)} <= set(kinds_of(scan.plan))
    record.write_bytes(to_json(everything[0]) + b'\n{"uid": 1}\n')
    with pytest.raises(
        JournalError, match=r"x\.jsonl, line 2: this is no finding \(.*\)\. Take the line out, or start"
    ):
        list(kept(record, scan.plan, done))
