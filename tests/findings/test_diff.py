"""What has changed between two scans, and what a baseline knows."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioprowler.errors import UsageError
from aioprowler.findings.choice import Choice
from aioprowler.findings.coverage import Coverage, Regions
from aioprowler.findings.diff import Difference, compare
from aioprowler.findings.digests import Digests
from aioprowler.findings.finding import Finding, from_json, to_json, uid
from aioprowler.findings.lines import lines_at
from aioprowler.findings.record import Baseline, State
from tests.outputs.samples import coverage, finding

CHECK = "s3_bucket_public_access"


def one(name: str, status: Any = "FAIL", *, account: str = "111111111111", **fields: Any) -> Finding:
    arn = fields.pop("resource_arn", f"arn:aws:s3:::{name}")
    region, check = fields.pop("region", "us-east-1"), fields.pop("check_id", CHECK)
    return finding(
        uid=uid(check, account, region, arn, name), status=status, account_id=account, resource_id=name,
        resource_arn=arn, region=region, check_id=check, **fields,
    )  # fmt: skip


def gap(check: str = CHECK, account: str = "111111111111", region: str = "us-east-1") -> Finding:
    """What the engine makes where a listing fails."""
    arn = f"arn:aws:iam::{account}:root"
    return one(account, "MANUAL", account=account, resource_arn=arn, region=region, check_id=check)


def record(findings: Iterable[Finding]) -> io.BytesIO:
    return io.BytesIO(b"".join(to_json(each) + b"\n" for each in findings))


def told(old: Iterable[Finding], new: Iterable[Finding], seen: Coverage | None = None) -> dict[str, str]:
    """Resource id -> how it has changed; read from the lines to which the difference points."""
    files = record(old), record(new)
    found = compare(*files, seen)
    return {
        from_json(line).resource_id: kind.change
        for kind in found.kinds
        for line in lines_at(files[kind.after is not None], found.places[kind])
    }


def seen(**fields: Any) -> Coverage:
    everywhere = (Regions(accounts=2, regions=("eu-west-1", "us-east-1")),)
    nothing = {"not_entered": (), "unseen": {}, "gaps": (), "findings": {"PASS": 0, "FAIL": 0, "MANUAL": 0}}
    return coverage(**{"regions": everywhere, "check_ids": (CHECK,), **nothing, **fields})


def test_findings_are_told_apart_by_their_uids() -> None:
    old = [one("gone"), one("same"), one("mended"), one("rated"), one("muted")]
    new = [
        one("same"), one("mended", "PASS"), one("rated", severity="low"), one("muted", muted=True), one("fresh"),
    ]  # fmt: skip
    assert told(old, new, seen()) == {
        "gone": "resolved", "same": "unchanged", "mended": "changed", "rated": "changed", "muted": "changed",
        "fresh": "new",
    }  # fmt: skip


def difference(old: list[Finding], new: list[Finding]) -> Difference:
    return compare(record(old), record(new), seen())


@pytest.mark.parametrize(
    ("before", "after", "fails_anew"),
    [
        (None, one("b"), 1),
        (one("b", "PASS"), one("b"), 1),
        (one("b", "MANUAL"), one("b"), 1),
        (one("b", muted=True), one("b"), 1),
        (one("b"), one("b"), 0),
        (one("b"), one("b", severity="low"), 0),
        (None, one("b", muted=True), 0),
        (None, one("b", "MANUAL"), 0),
        (one("b"), one("b", "PASS"), 0),
    ],
)
def test_what_fails_now_and_did_not_before_is_a_new_failure(
    before: Finding | None, after: Finding, fails_anew: int
) -> None:
    assert difference([before] if before else [], [after]).new_failures == fails_anew


def test_the_worst_comes_first() -> None:
    old = [one("resolved", severity="critical"), one("mended", severity="critical")]
    new = [
        one("mended", "PASS", severity="critical"), one("passes", "PASS", severity="critical"),
        one("low", severity="low"), one("critical", severity="critical"), one("unsure", "MANUAL", severity="critical"),
    ]  # fmt: skip
    assert list(told(old, new, seen())) == ["critical", "low", "unsure", "passes", "mended", "resolved"]


@pytest.mark.parametrize(
    "facts",
    [
        {"check_ids": ("another_check",)},
        {"not_entered": coverage().not_entered, "account": "999999999999"},
        {"regions": (Regions(accounts=1, regions=("us-east-1",)), Regions(accounts=1, regions=("eu-west-1",)))},
        {"resource_arns": ("arn:aws:s3:::other",)},
        {"resource_tags": ("env=prod",)},
        {"ended": False},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_was_not_looked_at_is_not_resolved(facts: dict[str, Any]) -> None:
    account = facts.pop("account", "111111111111")
    other = one("other", account=account, region="eu-central-1", check_id="third_check")
    gone = one("gone", account=account)
    assert told([gone, other], [other], seen(**facts))["gone"] == "not looked at"


def test_what_could_not_be_listed_is_not_resolved() -> None:
    old = [one("a"), one("b", region="eu-west-1")]
    assert told(old, [gap()], seen()) | {"111111111111": ""} == {
        "a": "not looked at", "b": "resolved", "111111111111": "",
    }  # fmt: skip
    assert told([*old, gap()], [gap()], seen())["a"] == "not looked at"
    assert told(old, [one("parent", "MANUAL")], seen())["a"] == "not looked at"
    assert told([*old, one("c", "MANUAL")], [one("c", "MANUAL")], seen())["a"] == "resolved"


def test_an_account_without_any_finding_was_not_looked_at() -> None:
    assert told([one("a"), one("b", account="222222222222")], [one("a")], seen())["b"] == "not looked at"


def test_without_a_coverage_report_the_findings_tell_what_was_looked_at() -> None:
    new = [one("x"), one("y", check_id="third_check", region="eu-west-1")]
    old = [
        one("a"), one("check", check_id="another_check"), one("region", region="sa-east-1"),
        one("account", account="222222222222"),
    ]  # fmt: skip
    found = told(old, new)
    assert (found["a"], found["check"], found["region"], found["account"]) == ("resolved", *["not looked at"] * 3)


def test_notes_say_what_cannot_be_told() -> None:
    def notes(report: Coverage | None) -> str:
        return " ".join(compare(record([]), record([]), report).notes)

    assert "is not beside it" in notes(None)
    assert "--status" in notes(seen(findings={"PASS": 0, "FAIL": 0, "MANUAL": 3}))
    assert "interrupted" in notes(seen(ended=False))
    assert "--resource-tag" in notes(seen(resource_tags=("a",)))
    assert notes(seen()) == ""


def test_a_difference_is_narrowed_by_what_findings_were_and_are() -> None:
    old = [one("mended", severity="high"), one("gone", "PASS", severity="low")]
    new = [one("mended", "PASS", severity="high"), one("fresh", "MANUAL", severity="low", region="eu-west-1")]
    found = difference(old, new)
    assert [kind.change for kind in found.narrowed(["FAIL"], None).kinds] == ["changed"]
    assert [kind.change for kind in found.narrowed(None, ["low"]).kinds] == ["new", "resolved"]
    assert [kind.change for kind in found.narrowed(["PASS"], ["low"]).kinds] == ["resolved"]
    assert len(found.narrowed(None, None).kinds) == 3


def test_a_uid_that_is_there_twice_is_resolved_once() -> None:
    found = compare(record([one("a"), one("a"), one("b")]), record([one("b")]), seen())
    assert found.count("resolved", "FAIL") == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}", "Object missing required field `uid`"),
        (b'{"uid":', "Input data was truncated"),
        (b"\xff", "JSON is malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (gzip.compress(b"{}"), "it is compressed: take what `zcat` makes of it"),
        # and where a comparison by itself would not look
        (to_json(one("a", title="\xfc")).decode().encode("latin-1"), "a text in it is not UTF-8"),
        (to_json(one("a", resource_tags={})).replace(b'"resource_tags":{}', b'"resource_tags":5'), "Expected `object`"),
        (to_json(one("a", schema_version="2.0")), "its schema is 2.0"),
    ],
    ids=["keys", "cut", "bytes", "array", "gzip", "latin", "tags", "schema"],
)
def test_a_damaged_line_is_told_with_its_number_and_the_reason(line: bytes, reason: str) -> None:
    file = io.BytesIO(to_json(one("a")) + b"\n \n" + line + b"\n")
    with pytest.raises(UsageError, match=r"OLD, line 3: .*JSON lines") as told:
        compare(file, record([]), None)
    assert reason in str(told.value)


@pytest.mark.parametrize("foreign", [b'[{"uid":"a"}]', b'{"message":"of another tool"}', b"uid;status"])
def test_what_another_program_wrote_without_a_line_end_is_not_cut_off(foreign: bytes) -> None:
    with pytest.raises(UsageError, match="NEW, line 1: this is no finding"):
        compare(record([one("a")]), io.BytesIO(foreign), None)


@pytest.mark.parametrize("rest", [b'{"uid":"ab', b"{", b"\0" * 512, to_json(one("b"))[:-1]])
def test_what_a_kill_or_a_power_cut_leaves_is_cut_off(rest: bytes) -> None:
    notes = compare(record([]), io.BytesIO(to_json(one("a")) + b"\n" + rest), seen()).notes
    assert notes == ["NEW, line 2 is cut off, as by a scan that was killed: it is left out."]


def test_a_name_that_no_finding_has_is_told() -> None:
    """Of what is misspelt nothing fails."""
    new = [one("a", account_organizational_unit="data/prod", resource_tags={"owner": "web@x.org"})]
    choice = Choice(owners=["web@x.com"], units=["data", "prod"], services=["s3"], statuses=["PASS"])
    found = compare(record([]), record(new), seen(), choice)
    assert found.notes == [
        "No finding has --ou 'prod'. Did you mean data/prod?",
        "No finding has --owner 'web@x.com'. Did you mean web@x.org?",
    ]


def test_a_foreign_uid_is_a_damaged_line() -> None:
    foreign = msgspec.structs.replace(one("a"), uid="prowler-aws-1")
    with pytest.raises(UsageError, match="NEW, line 1"):
        compare(record([]), record([foreign]), None)


def test_every_state_is_packed_and_unpacked() -> None:
    from aioprowler.declarations.checks import SEVERITIES, STATUSES

    states = [State(s, v, m) for s in STATUSES for v in SEVERITIES for m in (False, True)]
    assert [State.unpack(state.pack()) for state in states] == states
    assert max(state.pack() for state in states) < 64


@pytest.mark.parametrize("width", [1, 8])
def test_digests_hold_what_a_dict_holds(width: int) -> None:
    """Few heads and few bytes, so that entries share buckets and bytes are found where no entry begins."""
    expected: dict[bytes, int] = {}
    digests = Digests(width)
    for number in range(1000):
        noise = os.urandom(16)
        key = bytes([0, noise[0] % 2, *(byte % 2 for byte in noise[2:])])
        expected[key] = number % 256
        digests.set(key, number % 256)
    assert len(digests) == len(expected)
    assert all(digests.get(key) == number for key, number in expected.items())
    assert sorted(digests.numbers()) == sorted(expected.values())
    absent = (bytes([0, 0, *(byte % 2 for byte in os.urandom(14))]) for _ in range(1000))
    assert all(digests.get(key) is None for key in absent if key not in expected)


def test_a_baseline_knows_failures_and_what_could_not_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    old = [one("fails"), one("passes", "PASS"), one("accepted", muted=True), one("unsure", "MANUAL")]
    path.write_bytes(record(old).getvalue())
    baseline = Baseline(path)
    assert len(baseline) == 2
    known = {
        "fails": baseline.knows(one("fails")),
        "rated otherwise": baseline.knows(one("fails", severity="low")),
        "unsure": baseline.knows(one("unsure", "MANUAL")),
    }
    assert all(known.values())
    news = [
        one("passes"), one("accepted"), one("fails", "MANUAL"), one("unsure"), one("fresh"), one("passes", "PASS"),
        one("fails", muted=True),
    ]  # fmt: skip
    assert not any(map(baseline.knows, news))


def test_a_baseline_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--baseline .*No such file"):
        Baseline(tmp_path / "nowhere.jsonl")
    (tmp_path / "torn.jsonl").write_bytes(to_json(one("a"))[:100] + b"\n")
    with pytest.raises(UsageError, match=r"torn\.jsonl, line 1"):
        Baseline(tmp_path / "torn.jsonl")


def test_the_last_line_of_a_scan_that_was_killed_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "killed.jsonl"
    path.write_bytes(to_json(one("a")) + b"\n" + to_json(one("b"))[:100])
    baseline = Baseline(path)
    assert (baseline.knows(one("a")), len(baseline)) == (True, 1)
    assert baseline.notes == [f"{path}, line 2 is cut off, as by a scan that was killed: it is left out."]


def test_a_comparison_is_narrowed_to_whom_it_concerns() -> None:
    """By the latest that is known: what has another owner today is that one's."""
    old = [one("gone", service="s3"), one("same", resource_tags={"owner": "ann"}), one("other", service="iam")]
    new = [one("same", resource_tags={"owner": "bob"}), one("fresh", account_organizational_unit="data/prod")]
    files = record(old), record(new)

    def left(**choice: Any) -> set[str]:
        for file in files:
            file.seek(0)
        narrowed = compare(*files, seen(), Choice(**choice))
        return {
            from_json(line).resource_id
            for kind in narrowed.kinds
            for line in lines_at(files[kind.after is not None], narrowed.places[kind])
        }

    assert left(owners=["bob"]) == {"same"}
    assert left(owners=["ann"]) == set()
    assert left(services=["iam"]) == {"other"}
    assert left(units=["data"]) == {"fresh"}
    assert left(accounts=["111111111111"]) == {"gone", "same", "other", "fresh"}
    assert left(units=["data"], severities=["low"], statuses=["PASS"]) == set()
