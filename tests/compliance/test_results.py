"""How the requirements of a framework are judged."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler.catalog import installed
from aioprowler.compliance.frameworks import Framework, Requirement
from aioprowler.compliance.results import (
    Evidence,
    FrameworkResult,
    RequirementResult,
    evaluate,
    is_whole,
    results,
    results_of,
)
from aioprowler.findings.coverage import Accounts, Judged, Regions, Unfinished
from tests.outputs.samples import coverage, refused

CLEAN, BAD, OPEN, ACCEPTED = Judged(passed=3), Judged(failed=1, passed=2), Judged(manual=1, passed=2), Judged(muted=2)


def requirement(*checks: str, id_: str = "1") -> Requirement:
    return Requirement(id=id_, name="", section="", subsection="", checks=checks)


def framework(*requirements: Requirement) -> Framework:
    return Framework(id="f_1", framework="F", version="1", title="F", requirements=requirements)


def judge(*checks: str, **counts: Judged) -> RequirementResult:
    """One requirement with these checks. `c` is of the scan without findings, `other` exists and was not run."""
    return judge_as_seen(True, *checks, **counts)


def test_a_check_that_is_not_of_the_scan_does_not_pass_by_findings_of_another() -> None:
    evidence = Evidence({"a": CLEAN, "b": BAD}, ran=(), whole=True, existing={"a", "b"})
    assert [evidence.check(id_).status for id_ in ("a", "b")] == ["not run", "FAIL"]


def judge_as_seen(whole: bool, *checks: str, **counts: Judged) -> RequirementResult:
    evidence = Evidence(counts, ran={"c", *counts}, whole=whole, existing={"c", "other", *counts})
    (result,) = evaluate(framework(requirement(*checks)), evidence).requirements
    return result


@pytest.mark.parametrize(
    ("checks", "counts", "status"),
    [
        (["a"], {"a": CLEAN}, "PASS"),
        (["a", "b"], {"a": CLEAN, "b": CLEAN}, "PASS"),
        (["a", "b"], {"a": CLEAN, "b": BAD}, "FAIL"),
        (["a", "b"], {"a": OPEN, "b": BAD}, "FAIL"),
        (["a", "absent"], {"a": BAD}, "FAIL"),
        (["a", "b"], {"a": CLEAN, "b": OPEN}, "MANUAL"),
        (["a", "absent"], {"a": CLEAN}, "MANUAL"),
        (["a", "other"], {"a": CLEAN}, "MANUAL"),
        (["absent"], {}, "MANUAL"),
        ([], {}, "MANUAL"),
        (["c"], {}, "MANUAL"),
        (["a", "c"], {"a": CLEAN}, "PASS"),
        (["a"], {"a": ACCEPTED}, "PASS"),
        (["a"], {"a": Judged(failed=1, muted=1)}, "FAIL"),
    ],
)
def test_the_status_of_a_requirement(checks: list[str], counts: dict[str, Judged], status: str) -> None:
    assert judge(*checks, **counts).status == status


def test_nothing_passes_in_a_scan_that_is_not_whole() -> None:
    assert judge_as_seen(False, "a", a=CLEAN).status == "MANUAL"
    assert judge_as_seen(False, "c").status == "MANUAL"
    assert judge_as_seen(False, "a", a=BAD).status == "FAIL"


def test_each_check_is_told_with_its_own_status() -> None:
    result = judge("a", "b", "c", "d", "other", "absent", a=CLEAN, b=BAD, d=OPEN)
    assert [(each.id, each.status) for each in result.checks] == [
        ("a", "PASS"),
        ("b", "FAIL"),
        ("c", "nothing found"),
        ("d", "MANUAL"),
        ("other", "not run"),
        ("absent", "not implemented"),
    ]
    assert result.missing == ("absent",)
    assert (result.failed, result.passed, result.manual, result.muted) == (1, 7, 1, 0)


def test_muted_findings_are_counted_apart() -> None:
    result = judge("a", a=Judged(passed=5, muted=2))
    assert (result.status, result.passed, result.failed, result.muted) == ("PASS", 5, 0, 2)


def score(whole: bool = True, **counts: Judged) -> FrameworkResult:
    """Of a framework with a requirement for each check, one for all of them, and one that a person must judge."""
    requirements = (*map(requirement, counts), requirement(*counts), requirement())
    evidence = Evidence(counts, ran=counts.keys(), whole=whole, existing=counts.keys())
    return evaluate(framework(*requirements), evidence)


def test_the_scores() -> None:
    result = score(a=CLEAN, b=BAD, d=OPEN)
    assert [result.count(status) for status in ("PASS", "FAIL", "MANUAL")] == [1, 2, 2]
    assert result.score == 33.3
    assert result.resource_score == 87.5  # 7 of 8: a check counts once, however many requirements name it


def test_a_full_score_is_all_of_it() -> None:
    assert score(a=CLEAN).score == 100
    assert score(a=Judged(passed=99_999, failed=1)).resource_score == 99.9


def test_there_is_no_score_without_judgements_or_where_nothing_can_pass() -> None:
    assert score(d=OPEN).score is None
    assert score(a=ACCEPTED).resource_score is None
    partial = score(whole=False, a=CLEAN, b=BAD)
    assert (partial.score, partial.resource_score) == (None, 83.3)


def test_a_framework_is_told_if_the_scan_has_a_check_for_it() -> None:
    assert score(a=CLEAN).is_told
    assert not evaluate(framework(requirement("x")), Evidence({}, ran=(), whole=True, existing={"x"})).is_told


WHOLE: dict[str, Any] = {"not_entered": (), "accounts": Accounts(found=2, scanned=2, scanned_before=0)}


@pytest.mark.parametrize(
    "fields",
    [
        {"ended": False},
        {"not_entered": (refused("999999999999"),)},
        {"unfinished": (Unfinished(account_id="111111111111", reason="cut off"),)},
        {"accounts": Accounts(found=3, scanned=2, scanned_before=0)},
        {"accounts": Accounts(found=0, scanned=0, scanned_before=0)},
        {"regions": (Regions(accounts=2, regions=()),)},
        {"resumed": True, "statuses": ("FAIL",)},
        {"by_check": {"s3_bucket_public_access": Judged(failed=60, passed=900, manual=39)}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_scan_that_did_not_look_at_all_it_was_asked_to_is_not_whole(fields: dict[str, Any]) -> None:
    assert is_whole(coverage(**WHOLE))
    assert not is_whole(coverage(**{**WHOLE, **fields}))


def test_a_resumed_scan_or_one_of_some_statuses_is_whole() -> None:
    assert is_whole(coverage(**WHOLE, resumed=True, regions=()))
    assert is_whole(coverage(**WHOLE, statuses=("FAIL",)))


IAM: dict[str, Any] = {
    "check_ids": ("iam_root_mfa_enabled",),
    "by_check": {"iam_root_mfa_enabled": Judged(passed=2)},
    "findings": {"PASS": 2, "FAIL": 0, "MANUAL": 0},
}


def test_what_a_scan_says_of_a_framework() -> None:
    existing = {*installed().listed} - {"efs_encryption_at_rest_enabled"}
    (result,) = results(coverage(**WHOLE, **IAM), ["cis_3.0"], existing=existing)
    found = {each.requirement.id: each for each in result.requirements}
    assert (found["1.5"].status, found["1.5"].passed) == ("PASS", 2)
    assert [each.status for each in found["2.4.1"].checks] == ["not implemented"]
    assert [each.status for each in found["1.4"].checks] == ["not run"]
    assert result.score == 100
    assert len([*results(coverage(**WHOLE, **IAM), existing=installed().listed)]) == 51


def test_findings_alone_let_nothing_pass() -> None:
    counts = {"iam_root_mfa_enabled": Judged(passed=2), "iam_no_root_access_key": Judged(failed=1)}
    (result,) = [each for each in results_of(counts, existing=installed().listed) if each.framework.id == "cis_3.0"]
    found = {each.requirement.id: each.status for each in result.requirements}
    assert (found["1.5"], found["1.4"]) == ("MANUAL", "FAIL")
    assert result.score is None
