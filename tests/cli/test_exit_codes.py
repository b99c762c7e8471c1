"""What a script is told: 4 for what was chosen and not looked at, 1 for what is broken, and what makes 3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aioprowler.aws.partitions import partition_of
from aioprowler.declarations.failure import Failure, FailureKind, mistake_in
from aioprowler.findings.coverage import Regions, incomplete
from aioprowler.findings.finding import Untold
from aioprowler.scanning import Progress
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub
from tests.outputs.samples import coverage, finding

SCAN = ("scan", "--check", CHECK, "--stdout", "none", "--quiet")
MINE = '''
from aioprowler import Account, Facet, Manual, Pass, Verdict, check, source


@source("s3:ListBuckets")
async def ask(account: Account) -> dict[str, str]:
    raise LookupError("none of mine")


class Asked(Facet[Account]):
    """What is asked."""

    source = ask


@check(fails="It is wrong", severity="low", service="s3")
def mine_raises(account: Account) -> Verdict:
    """Title.

    ## Risk
    None.

    ## Remediation
    None.
    """
    raise ValueError("not so")


@check(fails="It is wrong", severity="low", service="s3")
def mine_asks(account: Account, asked: Asked) -> Verdict:
    """Title.

    ## Risk
    None.

    ## Remediation
    None.
    """
    return Pass("")


@check(fails="It is wrong", severity="low", service="s3")
def mine_by_hand(account: Account) -> Verdict:
    """Title.

    ## Risk
    None.

    ## Remediation
    None.
    """
    return Manual("See for yourself.")
'''


def last_line(text: str) -> str:
    return text.splitlines()[-1]


def test_a_check_of_which_everything_was_denied(here: Here, stub: Stub) -> None:
    """Although AWS answered other calls there."""
    stub.denied = {"S3GetBucketVersioning"}
    done = here(*SCAN, "-M", "jsonl", "-F", "x")
    assert done.returncode == 4
    told = "aioprowler: incomplete: judged nothing, because AWS did not tell what they read: "
    assert done.stderr == f"{told}{CHECK}.\n"
    assert json.loads(Path("output/x.coverage.json").read_text())["unjudged"] == [CHECK]
    gaps = [json.loads(line)["gap"] for line in Path("output/x.jsonl").read_text().splitlines()]
    assert gaps
    assert all((gap["kind"], gap["action"]) == ("denied", "s3:GetBucketVersioning") for gap in gaps)
    again = here(*SCAN, "--baseline", "output/x.jsonl", "--no-files")
    assert again.returncode == 4, "that it could not be looked at before either makes it no better"


def test_an_answer_that_cannot_be_used_is_told_in_the_summary(here: Here, stub: Stub) -> None:
    stub.nameless = True
    done = here("scan", "--check", CHECK, "--stdout", "none", "-M", "jsonl", "-F", "x")
    assert done.returncode == 4
    told = "s3:ListAllMyBuckets gave an answer that cannot be used: ValidationError."
    assert f"Could not look:\n  {told} [1 account, us-east-1, 1 call]\n" in done.stderr
    (gap,) = json.loads(Path("output/x.coverage.json").read_text())["gaps"]
    assert (gap["kind"], gap["calls"]) == ("broken", 1)


def test_a_check_that_judged_something_is_told_by_its_findings() -> None:
    progress, hidden = Progress(), finding(status="MANUAL", gap=Untold("denied", "s3:Get", "No"))
    progress.count([hidden])
    assert progress.unjudged == [hidden.check_id]
    progress.count([finding(status="PASS")])
    assert progress.unjudged == []


@pytest.mark.parametrize("refused", ["refused", "unimplemented"])
def test_what_aws_refuses_whoever_asks_is_nobodys_to_mend(refused: FailureKind) -> None:
    """But where nothing else was judged."""
    progress = Progress()
    kinds: list[tuple[str, FailureKind]]
    kinds = [("refused", refused), ("denied", "denied"), ("both", refused), ("both", "denied")]
    for id_, kind in kinds:
        gap = Untold(kind, "organizations:ListPolicies", "AccessDeniedException")
        progress.count([finding(check_id=id_, status="MANUAL", gap=gap)])
    assert progress.unjudged == ["both", "denied", "refused"]
    progress.count([finding(check_id="judged", status="PASS")])
    assert progress.unjudged == ["both", "denied"]


def test_a_mute_accepts_that_nothing_was_judged(here: Here, stub: Stub) -> None:
    stub.denied = {"S3GetBucketVersioning"}
    Path("mute.yaml").write_text(
        f'Mutelist:\n  Accounts:\n    "*":\n      Checks:\n        {CHECK}:\n          Regions: ["*"]\n'
        '          Resources: ["*"]\n'
    )
    done = here(*SCAN, "--no-files", "-w", "mute.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_chosen_region_that_no_account_has_enabled(here: Here) -> None:
    done = here(*SCAN, "--no-files", "--region", "me-south-1")
    assert (done.returncode, last_line(done.stderr)) == (
        4, "aioprowler: incomplete: enabled in no account: me-south-1."
    )  # fmt: skip


def test_all_regions_excluded(here: Here) -> None:
    from botocore.session import get_session

    regions = [each for each in get_session().get_available_regions("ec2") if partition_of(each) == "aws"]
    done = here(*SCAN, "--no-files", "--excluded-region", *regions)
    assert (done.returncode, last_line(done.stderr)) == (
        4, "aioprowler: incomplete: no region is left to scan: every account."
    )  # fmt: skip


@pytest.mark.parametrize("options", [("--excluded-region", "eu-west-1"), ("--region", "us-east-1")])
def test_no_region_of_one_account_is_left(here: Here, options: tuple[str, ...]) -> None:
    Path("accounts.yaml").write_text(
        '- {id: "111111111111", regions: [us-east-1]}\n- {id: "222222222222", regions: [eu-west-1]}\n'
    )
    done = here(
        "scan", "--check", CHECK, "--stdout", "none", "--no-files", "--accounts-file", "accounts.yaml", *options
    )
    assert (done.returncode, last_line(done.stderr)) == (
        4, "aioprowler: incomplete: no region is left to scan: 222222222222."
    )  # fmt: skip
    assert "Not scanned, or not to the end:\n  222222222222: no region is left to scan\n" in done.stderr


def test_a_region_that_some_account_has_is_looked_at() -> None:
    told = coverage(
        not_entered=(), unseen={}, not_enabled={"me-south-1": 3, "af-south-1": 4},
        regions=(Regions(accounts=1, regions=("me-south-1",)),),
    )  # fmt: skip
    assert incomplete(told) == ["enabled in no account: af-south-1"]


@pytest.mark.parametrize(
    ("check", "what", "why"),
    [("mine_raises", "mine_raises", "ValueError (not so)"), ("mine_asks", "ask", "LookupError (none of mine)")],
)
def test_what_a_user_wrote_is_broken(here: Here, check: str, what: str, why: str) -> None:
    Path("mine").mkdir()
    Path("mine/mine.py").write_text(MINE)
    done = here("scan", "-x", "mine", "-c", check, "-q", "--no-files", "--stdout", "jsonl")
    assert done.returncode == 1
    detail = json.loads(done.stdout)["status_detail"]
    assert detail == f"Could not look: {what} failed itself: {why}. This is a mistake in it, which --debug shows."
    assert f"aioprowler: error: {what} raised {why.replace(' (', ': ').rstrip(')')}" in done.stderr
    whose = "" if what == check else f"{check}: "
    assert last_line(done.stderr) == f"aioprowler: broken: {whose}{what} failed itself: {why}. --debug shows where."


def test_how_many_checks_are_broken_is_told_whatever_the_log_tells(here: Here) -> None:
    Path("mine").mkdir()
    Path("mine/mine.py").write_text(MINE)
    done = here("scan", "-x", "mine", "-c", "mine_raises", "mine_asks", "-q", "--no-files", "--log-level", "CRITICAL")
    assert done.returncode == 1
    told = "mine_asks: ask failed itself: LookupError (none of mine), and 1 more check. --debug shows where."
    assert done.stderr == f"aioprowler: broken: {told}\n"


def test_why_the_first_account_could_not_be_entered_is_told_to_who_wants_it_quiet(here: Here, stub: Stub) -> None:
    roles = [f"arn:aws:iam::{number * 12}:role/audit" for number in "123"]
    stub.denied = {*roles[1:]}
    done = here(*SCAN, "--no-files", "--role", *roles)
    assert done.returncode == 4
    why = "check the role's trust policy, its external ID, and that you may call sts:AssumeRole on it."
    accounts = f"222222222222 ({why} (AccessDenied: not for you)), 333333333333"
    assert done.stderr == f"aioprowler: incomplete: could not be entered: {accounts}.\n"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 3),
        (("--fail-on", "medium", "low"), 3),
        (("--fail-on", "critical", "high"), 0),
        (("--fail-on", "manual"), 0),
        (("--fail-on", "none"), 0),
        (("-z",), 0),
    ],
)
def test_what_makes_the_exit_code_3(here: Here, options: tuple[str, ...], code: int) -> None:
    assert here(*SCAN, "--no-files", *options).returncode == code


def test_what_custom_checks_print_is_on_standard_error(program: Program) -> None:
    (program.folder / "mine").mkdir()
    printing = MINE.replace("raise ValueError", "print('judging'); raise ValueError")
    (program.folder / "mine/mine.py").write_text(f"print('loading')\n{printing}")
    done = program("scan", "-x", "mine", "-c", "mine_raises", "-q", "--no-files")
    assert [json.loads(line)["check_id"] for line in done.stdout.splitlines()] == ["mine_raises"]
    assert {"loading", "judging"} <= {*done.stderr.splitlines()}
    listed = program("checks", "list", "-x", "mine", "-c", "mine_raises", "--json")
    assert [each["id"] for each in json.loads(listed.stdout)] == ["mine_raises"]


def test_what_is_left_to_a_person_may_make_it_3(here: Here) -> None:
    Path("mine").mkdir()
    Path("mine/mine.py").write_text(MINE)
    by_hand = ("scan", "-x", "mine", "-c", "mine_by_hand", "--no-files", "-q", "--stdout", "none")
    assert here(*by_hand).returncode == 0
    assert here(*by_hand, "--fail-on", "manual").returncode == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--fail-on", "hihg"), "There is no severity 'hihg'. Did you mean high"),
        (("--fail-on", "none", "low"), "--fail-on none goes with no other name."),
        (("--fail-on", "low", "-z"), "--fail-on and --ignore-exit-code-3: give one of them."),
    ],
)
def test_what_it_cannot_be(here: Here, options: tuple[str, ...], told: str) -> None:
    done = here(*SCAN, *options)
    assert done.returncode == 2
    assert told in done.stderr


def test_findings_tell_whose_failure_it_was() -> None:
    progress = Progress()
    aws, tool = Untold("denied", "s3:GetBucketAcl", "AccessDenied"), Untold("missing", "Kingfisher", "install it")
    mistake = Untold("mistake", "my_check", "ValueError")
    for id_, gap in {"of_aws": aws, "of_tool": tool, "of_ours": mistake, "by_hand": None}.items():
        progress.count([finding(check_id=id_, status="MANUAL", gap=gap)])
    assert progress.unjudged == ["of_aws"]
    assert [*progress.mistaken] == ["of_ours"]
    told = Failure("mistake", "my_check", "ValueError", "s3:no").explain()
    assert mistake_in(told) == "my_check failed itself: ValueError (s3:no)"


@pytest.mark.parametrize(
    ("arns", "code"),
    [
        (["arn:aws:s3:::b0"], 3),
        (["arn:aws:s3:::gone"], 4),
        (["arn:aws:s3:::b0", "arn:aws:s3:::gone"], 4),
        (["arn:aws:s3:::gone*"], 0),
    ],
)
def test_a_resource_that_was_named_and_is_not_there(here: Here, arns: list[str], code: int) -> None:
    done = here(*SCAN, "-M", "jsonl", "-F", "x", "--resource-arn", *arns)
    assert done.returncode == code
    told = "aioprowler: incomplete: nothing was judged of: arn:aws:s3:::gone.\n"
    assert done.stderr == (told if code == 4 else "")
    unfound = json.loads(Path("output/x.coverage.json").read_text())["unfound"]
    assert unfound == (["arn:aws:s3:::gone"] if code == 4 else [])


def test_a_reader_that_goes_away_before_anything_failed_does_not_make_it_a_success(
    program: Program, stub: Stub
) -> None:
    stub.buckets, stub.delay, stub.versioned = 6, 0.3, True
    with program.start("scan", "--check", CHECK, "--no-files", "-q") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait() == 4
    assert told == "aioprowler: incomplete: ended early, because nobody reads standard output any more.\n"


def test_a_folder_of_checks_that_has_none(here: Here) -> None:
    Path("mine").mkdir()
    Path("mine/helpers.py").write_text("LIMIT = 3\n")
    done = here("scan", "-x", "mine", "-c", CHECK)
    assert done.returncode == 2
    assert done.stderr.startswith("aioprowler: error: mine has no check in any Python file;")
