from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.parity import EXCEPTIONS, check_ids, lines, read_theirs
from benchmarks.parity import Place as ScannedPlace
from benchmarks.parity_comparison import (
    NONE,
    Exemption,
    Pair,
    Verdict,
    fits,
    load,
    one_sided,
    pair_up,
    report,
)
from benchmarks.parity_seeds import STATES

ARN = "arn:aws:ec2:us-east-1:1:security-group/sg-1"


def verdict(status: str, *, check: str = "check", arn: str = ARN, id_: str = "sg-1", region: str = "r") -> Verdict:
    return Verdict(check, arn, id_, region, status)


def pair(ours: str, theirs: str, *, check: str = "check", label: str = "", state: str = "state") -> Pair:
    return Pair(state, check, ARN, "sg-1", label, "r", ours, theirs)


def statuses(ours: list[Verdict], theirs: list[Verdict]) -> list[tuple[str, str]]:
    return [(each.ours, each.theirs) for each in pair_up("state", ours, theirs)]


# --- Pairs ---


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("PASS", "PASS", "agreeing"),
        ("FAIL", "FAIL", "agreeing"),
        ("PASS", "FAIL", "differing"),
        ("MANUAL", "FAIL", "differing"),
        ("PASS", NONE, "only ours"),
        (NONE, "FAIL", "only theirs"),
    ],
)
def test_kind(ours: str, theirs: str, kind: str) -> None:
    assert pair(ours, theirs).kind == kind


def test_same_resource_is_a_pair() -> None:
    assert statuses([verdict("PASS")], [verdict("FAIL")]) == [("PASS", "FAIL")]


@pytest.mark.parametrize("other", [{"check": "other"}, {"region": "elsewhere"}, {"arn": "arn:other", "id_": "other"}])
def test_other_check_region_or_resource_is_no_pair(other: dict[str, str]) -> None:
    assert statuses([verdict("PASS")], [verdict("PASS", **other)]) == [("PASS", NONE), (NONE, "PASS")]


def test_same_id_is_a_pair_where_arns_differ() -> None:
    (found,) = pair_up("state", [verdict("PASS")], [verdict("PASS", arn="arn:theirs")])
    assert (found.kind, found.arn, found.their_arn) == ("agreeing", ARN, "arn:theirs")


def test_same_arn_is_a_pair_where_ids_differ() -> None:
    (found,) = pair_up("state", [verdict("PASS", id_="a")], [verdict("FAIL", id_="b")])
    assert (found.kind, found.their_arn) == ("differing", "")


def test_arn_and_id_together_go_before_status() -> None:
    ours = [verdict("PASS", id_="role/first"), verdict("FAIL", id_="role/second")]
    theirs = [verdict("PASS", id_="role/second"), verdict("FAIL", id_="role/first")]
    assert sorted(statuses(ours, theirs)) == [("FAIL", "PASS"), ("PASS", "FAIL")]


def test_like_goes_with_like_among_several_of_one_resource() -> None:
    ours = [verdict("FAIL")]
    theirs = [verdict("PASS"), verdict("FAIL"), verdict("PASS")]
    assert sorted(statuses(ours, theirs)) == [("FAIL", "FAIL"), (NONE, "PASS"), (NONE, "PASS")]


def test_arn_goes_before_id() -> None:
    ours = [verdict("PASS", arn="arn:one", id_="same"), verdict("FAIL", arn="arn:two", id_="same")]
    theirs = [verdict("PASS", arn="arn:two", id_="same"), verdict("FAIL", arn="arn:one", id_="same")]
    assert sorted(statuses(ours, theirs)) == [("FAIL", "PASS"), ("PASS", "FAIL")]


def test_no_verdicts_are_no_pairs() -> None:
    assert statuses([], []) == []


@pytest.mark.parametrize("id_", ["sg-1", "something else"])
def test_label_by_id_or_end_of_arn(id_: str) -> None:
    (found,) = pair_up("state", [verdict("PASS", id_=id_)], [], {"sg-1": "web"})
    assert (found.label, found.name) == ("web", "web")


def test_unlabelled_resource_is_named_by_its_arn_and_what_that_lacks() -> None:
    (plain,) = pair_up("state", [verdict("PASS")], [])
    (part,) = pair_up("state", [verdict("PASS", id_="role/inline")], [])
    assert (plain.name, part.name) == (ARN, f"{ARN} role/inline")


# --- Exemptions ---

EXEMPTION = Exemption(check="check", ours="PASS", theirs="FAIL", because="So.")


@pytest.mark.parametrize(
    ("text", "globs", "fitting"),
    [
        ("ec2_x", "ec2_*", True),
        ("ec2_x", "ec2_x", True),
        ("ec2_x", "ec2", False),
        ("ec2_x", ("s3_*", "ec2_*"), True),
        ("ec2_x", ("s3_*", "iam_*"), False),
        ("ec2_x", (), False),
        ("EC2_x", "ec2_*", False),
    ],
)
def test_fits(text: str, globs: str | tuple[str, ...], fitting: bool) -> None:
    assert fits(text, globs) is fitting


def test_exemption_of_everything_about_a_check() -> None:
    assert EXEMPTION.explains(pair("PASS", "FAIL"))


@pytest.mark.parametrize(
    "other", [pair("FAIL", "PASS"), pair("PASS", NONE), pair("PASS", "PASS"), pair("PASS", "FAIL", check="check_2")]
)
def test_exemption_is_of_its_check_and_statuses_alone(other: Pair) -> None:
    assert not EXEMPTION.explains(other)


@pytest.mark.parametrize(
    ("narrower", "explains"),
    [
        ({"state": "state"}, True),
        ({"state": "demo"}, False),
        ({"region": "r"}, True),
        ({"region": "eu-*"}, False),
        ({"resource": "arn:*:security-group/*"}, True),
        ({"resource": "sg-1"}, True),
        ({"resource": "web"}, True),
        ({"resource": ("other", "we?")}, True),
        ({"resource": "group"}, False),
    ],
)
def test_exemption_narrowed_down(narrower: dict[str, str | tuple[str, ...]], explains: bool) -> None:
    assert msgspec.structs.replace(EXEMPTION, **narrower).explains(pair("PASS", "FAIL", label="web")) is explains


def test_exemption_of_several_statuses() -> None:
    several = msgspec.structs.replace(EXEMPTION, ours=("PASS", "FAIL"), theirs=NONE)
    assert several.explains(pair("FAIL", NONE))
    assert not several.explains(pair("MANUAL", NONE))


# --- The report ---


def test_agreement_is_a_success() -> None:
    result = report([pair("PASS", "PASS")], [], ["check"], ["check"])
    assert not result.failed
    assert (result.unexplained, result.missing) == ([], [])


def test_unexplained_difference_is_a_failure() -> None:
    difference = pair("FAIL", "PASS")
    result = report([difference], [], ["check"], ["check"])
    assert result.failed
    assert result.unexplained == [difference]


def test_explained_difference_is_a_success() -> None:
    difference = pair("PASS", "FAIL")
    result = report([difference, pair("PASS", "PASS")], [EXEMPTION], ["check"], ["check"])
    assert not result.failed
    assert result.explained == {EXEMPTION: [difference]}


def test_first_fitting_exemption_explains() -> None:
    wide = msgspec.structs.replace(EXEMPTION, check="*")
    result = report([pair("PASS", "FAIL")], [EXEMPTION, wide], ["check"], ["check"])
    assert list(result.explained) == [EXEMPTION]
    assert result.stale == [wide]


@pytest.mark.parametrize("complete", [True, False])
def test_stale_exemption_is_a_failure_of_a_complete_run(complete: bool) -> None:
    result = report([pair("PASS", "PASS")], [EXEMPTION], ["check"], ["check"], complete=complete)
    assert result.failed is complete
    assert result.stale == ([EXEMPTION] if complete else [])


def test_missing_check_is_a_failure_and_no_difference() -> None:
    result = report([pair(NONE, "FAIL", check="theirs")], [], ["check"], ["check", "theirs"])
    assert result.failed
    assert result.missing == ["theirs"]
    assert result.unexplained == []


def test_what_both_never_said() -> None:
    pairs = [pair("PASS", "PASS"), pair("FAIL", "PASS"), pair("FAIL", "FAIL", check="other")]
    assert one_sided(pairs, ["check", "other", "silent"]) == {"PASS": ["other", "silent"], "FAIL": ["check", "silent"]}


def test_printed_report() -> None:
    pairs = [pair("PASS", "PASS"), pair("FAIL", "PASS", label="web"), pair("PASS", "FAIL")]
    stale = msgspec.structs.replace(EXEMPTION, check="other", because="Once so.")
    text = "\n".join(lines(report(pairs, [EXEMPTION, stale], ["check"], ["check", "lacking"])))
    assert "check" + " " * 83 + "           1           1           0           0           2" in text
    assert "       1  PASS here, FAIL there  check: So." in text
    assert "   stale  PASS here, FAIL there  other: Once so." in text
    assert "Missing checks (1): lacking" in text
    assert "UNEXPLAINED  check  state: FAIL here, PASS there: web (r)" in text
    assert text.endswith("1 unexplained differences, 1 stale exceptions")


def test_prowlers_table(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(
        "CHECK_ID;STATUS;RESOURCE_UID;RESOURCE_NAME;REGION;RISK\n"
        's3_check;FAIL;arn:aws:s3:::b;b;us-east-1;"one; two\nthree"\n'
    )
    place = ScannedPlace("state", "1", "arn:role")
    assert read_theirs(tmp_path, place) == [Verdict("s3_check", "arn:aws:s3:::b", "b", "us-east-1", "FAIL")]


# --- The file of exceptions ---

EXEMPTIONS = load(EXCEPTIONS)
STATUSES = ("PASS", "FAIL", "MANUAL", NONE)


def globs(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def test_the_checks_are_all_of_the_services_that_have_some() -> None:
    assert set(check_ids()) > {"iam_root_mfa_enabled", "vpc_flow_logs_enabled"}
    assert len(check_ids()) == len(set(check_ids()))


def test_each_account_is_one_of_its_own() -> None:
    assert len({state.account_id for state in STATES}) == len({state.name for state in STATES}) == len(STATES)


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda each: str(each.check))
def test_exemption_of_the_file(exemption: Exemption) -> None:
    assert all(any(fits(check, glob) for check in check_ids()) for glob in globs(exemption.check))
    assert set(globs(exemption.ours)) | set(globs(exemption.theirs)) <= set(STATUSES)
    assert exemption.because[0].isupper() or exemption.because.startswith("moto ")
    assert exemption.because.endswith(".")
    assert ". " not in exemption.because


def test_no_exemption_stands_twice() -> None:
    assert len(EXEMPTIONS) == len(set(EXEMPTIONS))


@pytest.mark.parametrize("text", ["check = 'c'\nours = 'PASS'\ntheirs = 'FAIL'", "chek = 'c'"])
def test_exemption_without_reason_or_with_unknown_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "exceptions.toml"
    path.write_text(f"[[exception]]\n{text}\n")
    with pytest.raises(msgspec.ValidationError):
        load(path)
