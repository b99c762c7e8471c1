"""What a person reads at the end of a scan."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from aioprowler.cli.summary import everything_denied, print_summary
from aioprowler.cli.tally import Tally
from aioprowler.findings.coverage import Coverage
from tests.outputs.samples import HOSTILE, coverage, finding, gap, refused


def test_a_tally_counts_by_service_status_and_severity() -> None:
    tally = Tally()
    tally.add([finding(severity="medium")] * 2)
    assert (tally.total, tally.services) == (2, ["s3"])
    assert tally.count("s3", "FAIL", "medium") == tally.count(None, "FAIL") == 2
    assert tally.count("s3", "PASS") == tally.count("iam", "FAIL") == 0


def test_everything_denied_means_everything() -> None:
    nothing = {"PASS": 0, "FAIL": 0, "MANUAL": 3}
    denied, absent, late = gap(), gap(kind="unsupported"), gap(kind="timed_out")
    assert not everything_denied(coverage(findings=nothing, gaps=()))
    assert everything_denied(coverage(findings=nothing, gaps=(denied,), unsupported=(absent,)))
    assert not everything_denied(coverage(findings=nothing, gaps=(denied, late)))
    assert not everything_denied(coverage(findings=nothing | {"PASS": 1}, gaps=(denied,)))


def test_where_policies_deny_everything_no_grant_is_the_advice() -> None:
    nothing = {"PASS": 0, "FAIL": 0, "MANUAL": 3}
    by_scp = gap(policy="explicit deny in a service control policy")
    head = "AWS denied everything: nothing could be judged."
    assert summary(coverage(findings=nothing, gaps=(by_scp,)))[0] == head
    assert summary(coverage(findings=nothing, gaps=(by_scp, gap())))[0].startswith(f"{head} `aioprowler permissions`")


def summary(told: Coverage, files: Sequence[Path] = ()) -> list[str]:
    console = Console(file=io.StringIO(), width=200, highlight=False, markup=False)
    print_summary(console, told, Tally(), files)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_worst_problems_come_first_with_resource_account_and_owner(width: int) -> None:
    tally = Tally()
    tally.add([finding(check_id=f"other_{number}", severity="low") for number in range(11)])
    command = (
        "aws --profile <your-profile> s3api put-public-access-block --region eu-west-1 --bucket one \\\n  --and more"
    )
    tally.add([
        finding(severity="critical", resource_arn=f"arn:{name}", resource_name=name, command=command)
        for name in ("one", "two")
    ])  # fmt: skip
    lines = at_width(width, tally, [Path("x.jsonl")])
    assert lines[:2] == ["Worst problems:", "  critical  S3 bucket is public"]
    place = "one · eu-west-1 · 123456789012 Production · owner data, and 1 more resource"
    assert " ".join(line.strip() for line in lines[2 : 4 if width < 88 else 3]) == place
    at = lines.index(" " * 12 + command.splitlines()[0])
    assert lines[at + 1] == " " * 14 + "--and more"
    assert "  and 2 more problems" in lines
    assert max(map(len, lines[:at])) <= width
    heads = [line.split()[0] for line in lines if line.startswith((" service", "Could not look", "Written", "998 of"))]
    assert heads == ["service", "Could", "998", "Written:"]


def at_width(width: int, tally: Tally, files: Sequence[Path] = ()) -> list[str]:
    """On a terminal."""
    console = Console(
        file=io.StringIO(), width=width, highlight=False, markup=False, force_terminal=True, color_system=None
    )
    print_summary(console, coverage(), tally, files)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (60, ["medium", "low"]),
        (47, ["medium"]),
        (80, ["critical", "high", "medium", "low", "info"]),
    ],
)
def test_a_narrow_table_has_the_severities_that_failed(width: int, heads: list[str]) -> None:
    tally = Tally()
    tally.add([finding(severity=each, service="organizations") for each in ("medium", "low", "low")])
    lines = at_width(width, tally)
    (head,) = [line.split() for line in lines if line.startswith(" service")]
    assert head == ["service", "PASS", "MANUAL", "FAIL", *heads]
    shown = "critical to info" if width == 80 else ", ".join(heads)
    assert f"{shown}: what failed, by severity" in [line.strip() for line in lines]


def test_an_account_is_not_called_its_own_owner() -> None:
    nobodys = finding(account_tags={}, resource_tags={}, account_email="", account_organizational_unit="")
    tally = Tally()
    tally.add([nobodys])
    (place,) = [line for line in at_width(200, tally) if line.strip().startswith("reports · ")]
    assert place.endswith(" · 123456789012 Production")


def test_a_region_that_may_be_off_is_told() -> None:
    lines = summary(coverage(not_entered=(), unseen={}, unknown={"me-south-1": 3}))
    assert lines[:2] == [
        "Not scanned, or not to the end:", "  me-south-1: AWS did not tell whether 3 accounts enabled it",
    ]  # fmt: skip


def test_the_summary_begins_with_the_accounts_that_could_not_be_entered() -> None:
    lines = summary(coverage())
    assert lines[:2] == ["Could not be entered:", f"  999999999999 Legacy: {refused('999999999999').reason}"]
    heads = [line for line in lines if line.endswith(":")]
    assert heads == ["Could not be entered:", "Not scanned, or not to the end:", "Could not look:", "Notes:"]
    assert "  ap-south-1: every call failed in 998 accounts" in lines
    (scp,) = [line for line in lines if "4 actions of 4 services were denied" in line]
    assert scp.endswith(
        "A service control policy of the organization denies them. [998 accounts, ap-south-1, 61,876 calls]"
    )
    assert lines[-1] == "998 of 999 accounts · 0 findings · 1,234,567 calls · 12 throttled · 15 retried · 41 min 07 s"


def test_services_that_are_not_there_are_counted() -> None:
    lacking = tuple(
        gap(kind="unsupported", action=f"{service}:*", regions={"us-east-1": 2, "eu-west-1": 1}, accounts=2)
        for service in ("shield", "support", "rds", "batch")
    )
    where = "(2 accounts, us-east-1, eu-west-1)"
    told = f"shield {where}, support {where}, rds {where} and 1 more."
    assert f"  4 services not there, and not judged: {told}" in summary(coverage(unsupported=lacking))
    one = f"  1 service not there, and not judged: shield {where}."
    assert one in summary(coverage(unsupported=lacking[:1]))


def test_the_summary_is_short_and_says_where_the_rest_is() -> None:
    names = [f"r-{number}" for number in range(15)]
    lines = summary(
        coverage(
            not_entered=tuple(refused(f"{number:012}") for number in range(600)),
            gaps=(gap(regions=dict.fromkeys(names, 1)),) * 30,
            unseen=dict.fromkeys(names, 998),
            resumed=True,
        ),
        [Path("output/x.jsonl"), Path("output/x.coverage.json")],
    )
    assert len(lines) < 40
    assert lines[1].startswith("  000000000000: Could not enter AWS with role")
    assert lines[1].endswith("[likewise 000000000001, 000000000002, 000000000003 and 596 more]")
    assert lines[2] == "Not scanned, or not to the end:"
    assert "  and 18 more, in output/x.coverage.json" in lines
    assert "  r-0, r-1, r-2 and 12 more regions: every call failed in 998 accounts" in lines
    assert "resumed: calls and time are those of this run" in "\n".join(lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_summary_steers_no_terminal(text: str) -> None:
    told = coverage(not_entered=(refused("", text, text),), gaps=(gap(explanation=text),), notes=(text,))
    assert all(line.isprintable() for line in summary(told))
