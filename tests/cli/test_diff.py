"""`aioprowler diff` and `scan --baseline`, as their users run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from aioprowler import user_files
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import from_json, to_json
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub
from tests.cli.test_resume import journals
from tests.outputs.samples import coverage, finding, many

SCAN = ("scan", "--check", CHECK, "--stdout", "none", "--quiet")
OLD, NEW = "output/old.jsonl", "output/new.jsonl"


def scan(here: Here, name: str, *options: str) -> int:
    return here(*SCAN, "-M", "jsonl", "-F", name, *options).returncode


def nothing(folder: Path, name: str) -> None:
    """The record of a scan that found nothing."""
    told = coverage(findings={"PASS": 0, "FAIL": 0, "MANUAL": 0}, muted={})
    (folder / f"{name}.jsonl").write_text("")
    (folder / f"{name}.coverage.json").write_bytes(msgspec.json.encode(told))


def test_what_two_scans_found_is_compared(here: Here, stub: Stub) -> None:
    scan(here, "old")
    stub.buckets = 5
    scan(here, "new")
    done = here("diff", OLD, NEW)
    assert (done.returncode, done.stderr) == (3, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["new", "2", "0", "0", "0"] in rows
    assert ["unchanged", "3", "0", "0", "0"] in rows
    assert "Fails anew: 2" in done.stdout
    assert "S3 bucket does not keep earlier versions of its objects  s3_bucket_object_versioning  " in done.stdout
    assert "arn:aws:s3:::b4" in done.stdout
    assert "arn:aws:s3:::b1" not in done.stdout
    back = here("diff", NEW, OLD)
    assert back.returncode == 0
    assert "Resolved: 2" in back.stdout


def test_many_ports_of_one_group_are_one_cause_and_many_findings(here: Here) -> None:
    ports = ("tcp_port_22", "any_port", "tcp_port_3389")
    new = [
        finding(uid=f"{number:032x}", check_id=f"ec2_securitygroup_allow_ingress_from_internet_to_{port}", fails=port)
        for number, port in enumerate(ports)
    ]
    nothing(here.folder, "old")
    (here.folder / "new.jsonl").write_bytes(b"".join(to_json(each) + b"\n" for each in new))
    done = here("diff", "old.jsonl", "new.jsonl")
    assert "Fails anew: 3, of 1 cause\n" in done.stdout
    assert [line for line in done.stdout.splitlines() if "tcp_port" in line] == []
    assert "any_port (and 2 more checks)  " in done.stdout
    every = here("diff", "old.jsonl", "new.jsonl", "--all").stdout
    assert all(each.check_id in every for each in new)


def test_a_scan_that_began_elsewhere_finds_the_same(here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.denied = {"S3ListBuckets"}
    for name, region in (("old", "us-east-1"), ("new", "eu-west-1")):
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        scan(here, name)
    (told,) = [json.loads(line) for line in here("diff", OLD, NEW, "--json", "--all").stdout.splitlines()]
    assert (told["change"], told["finding"]["status"]) == ("unchanged", "MANUAL")
    assert told["finding"]["region"] == "eu-west-1"


def test_json_has_the_change_what_was_before_and_the_finding(here: Here, stub: Stub) -> None:
    scan(here, "old")
    stub.versioned, stub.buckets = True, 4
    scan(here, "new")
    told = [json.loads(line) for line in here("diff", OLD, NEW, "--json").stdout.splitlines()]
    told.sort(key=lambda each: (each["change"] != "new", each["finding"]["resource_id"]))
    assert [(each["change"], each["finding"]["resource_id"], each["finding"]["status"]) for each in told] == [
        ("new", "b3", "PASS"), *[("changed", f"b{number}", "PASS") for number in range(3)],
    ]  # fmt: skip
    assert told[0]["before"] is None
    assert told[1]["before"] == {"status": "FAIL", "severity": "medium", "muted": False}
    assert from_json(json.dumps(told[1]["finding"])).check_id == CHECK
    narrowed = here("diff", OLD, NEW, "--json", "--status", "FAIL", "--all").stdout.splitlines()
    assert len(narrowed) == 3
    assert len(here("diff", NEW, NEW.replace("new", "./new"), "--json").stdout.splitlines()) == 0
    assert len(here("diff", NEW, NEW.replace("new", "./new"), "--json", "--all").stdout.splitlines()) == 4


def test_long_lists_are_cut_and_say_so(here: Here, stub: Stub) -> None:
    stub.buckets = 0
    scan(here, "old")
    stub.buckets = 30
    scan(here, "new")
    short, whole = here("diff", OLD, NEW).stdout, here("diff", OLD, NEW, "--all").stdout
    assert "  and 10 more: --all shows 30 findings." in short
    assert short.count("arn:aws:s3:::") == 20
    assert whole.count("arn:aws:s3:::") == 30


def test_one_of_the_scans_may_come_from_standard_input(program: Program, stub: Stub) -> None:
    assert program(*SCAN, "-M", "jsonl", "-F", "old").returncode == 3
    with (program.folder / OLD).open("rb") as file:
        done = program("diff", "-", OLD, stdin=file)
    assert (done.returncode, done.stderr) == (0, "")
    with (program.folder / OLD).open("rb") as file:
        done = program("diff", OLD, "-", stdin=file)
    assert done.returncode == 0
    assert "is not beside it" in done.stderr


def test_what_a_scan_could_not_enter_is_not_resolved(here: Here, stub: Stub) -> None:
    roles = ("arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit")
    scan(here, "old", "--role", *roles)
    stub.denied = {roles[1]}
    scan(here, "new", "--role", *roles)
    done = here("diff", OLD, NEW)
    assert done.returncode == 0
    assert ["not", "looked", "at", "3", "0", "0", "0"] in [line.split() for line in done.stdout.splitlines()]
    assert "Failed, and was not looked at: 3" in done.stdout


def test_text_of_aws_steers_no_terminal(here: Here, stub: Stub) -> None:
    scan(here, "old")
    text = (here.folder / OLD).read_text()
    (here.folder / "hostile.jsonl").write_text(text.replace("arn:aws:s3:::b0", "arn:aws:s3:::\\u001b[31mb0"))
    nothing(here.folder, "none")
    done = here("diff", "none.jsonl", "hostile.jsonl")
    assert "\x1b" not in done.stdout
    assert "<U+001B>" in done.stdout


def test_what_cannot_be_compared_is_one_line(here: Here, stub: Stub) -> None:
    scan(here, "old")
    (here.folder / "torn.jsonl").write_bytes((here.folder / OLD).read_bytes()[:-20] + b"\n")
    (here.folder / "lost.coverage.json").write_text("{}")
    (here.folder / "lost.jsonl").write_text("")
    nothing(here.folder, "none")
    for options, told in (
        ((OLD, "nowhere.jsonl"), "nowhere.jsonl: No such file"),
        ((OLD, OLD), "given twice"),
        (("torn.jsonl", OLD), "torn.jsonl, line 3: this is no finding"),
        (("none.jsonl", "lost.jsonl"), "not a coverage report"),
        (("lost.jsonl", "none.jsonl"), "not a coverage report"),
        ((OLD, "none.jsonl", "--status", "FAILED"), "Did you mean FAIL"),
        ((OLD, "none.jsonl", "--severity", "hihg"), "Did you mean high"),
        (("output", "none.jsonl"), "Is a directory"),
    ):
        done = here("diff", *options)
        (line,) = done.stderr.splitlines()
        assert done.returncode in (1, 2)
        assert told in line


def test_a_record_without_a_line_is_none_unless_its_coverage_says_so(here: Here, stub: Stub) -> None:
    scan(here, "old")
    (here.folder / "empty.jsonl").write_text("")
    Path("mute.yaml").write_text("Mutelist: {Accounts: {}}\n")
    for options in (
        ("diff", OLD, "empty.jsonl"),
        ("diff", "empty.jsonl", OLD),
        ("diff", OLD, os.devnull),
        ("report", "empty.jsonl"),
        ("report", OLD, "empty.jsonl"),
        ("mutelist", "check", "mute.yaml", "empty.jsonl"),
        (*SCAN, "--no-files", "--baseline", "empty.jsonl"),
    ):
        done = here(*options)
        (line,) = done.stderr.splitlines()
        assert done.returncode == 2, options
        assert "has no finding, and no coverage report says why" in line
    assert not [*here.folder.glob("*.html")]
    (here.folder / "output/lost.jsonl").write_text("")
    (here.folder / "output/lost.coverage.json").write_bytes((here.folder / "output/old.coverage.json").read_bytes())
    done = here("diff", OLD, "output/lost.jsonl")
    assert (done.returncode, "its coverage report tells of 3" in done.stderr) == (2, True)
    nothing(here.folder, "none")
    assert [here("diff", "none.jsonl", OLD).returncode, here("report", "none.jsonl").returncode] == [3, 0]
    assert here(*SCAN, "--no-files", "--baseline", "none.jsonl").returncode == 3
    assert here(*SCAN, "--no-files", "--baseline", "empty.jsonl", "--any-baseline").returncode == 3


@pytest.mark.parametrize("command", [("diff", OLD, "-"), ("report", "-")])
def test_standard_input_that_brings_nothing_is_no_record(program: Program, command: tuple[str, ...]) -> None:
    program(*SCAN, "-M", "jsonl", "-F", "old")
    done = program(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("aioprowler: error: standard input has no finding, and no coverage report says why")


def test_records_may_come_through_pipes_and_the_coverage_beside_one_is_read_within_limits(
    program: Program, here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(here, "old")
    command = f"{sys.executable} -m aioprowler diff <(head -n 1 {OLD}) <(cat {OLD})"
    done = subprocess.run(["bash", "-c", command], cwd=here.folder, env=program.environment, capture_output=True)
    assert done.returncode == 3, done.stderr
    assert b"Fails anew: 2" in done.stdout
    monkeypatch.setattr(user_files, "LARGEST", 100)
    refused = here("diff", OLD, "./nowhere")
    assert refused.returncode == 2
    assert "old.coverage.json: this has more than 100 bytes" in refused.stderr


@pytest.mark.parametrize("form", ["--all", "--json"])
def test_whoever_has_read_enough_is_told_by_the_exit_code_what_fails(form: str, program: Program) -> None:
    nothing(program.folder, "none")
    (program.folder / "many.jsonl").write_bytes(b"".join(to_json(each) + b"\n" for each in many(2000)))
    command = f"set -o pipefail; {sys.executable} -m aioprowler diff none.jsonl many.jsonl {form} | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=program.folder, env=program.environment, capture_output=True)
    assert done.returncode == 3, done.stderr
    assert len(done.stdout.splitlines()) == 1


# --------------------------------------------------------------------------- baseline
def test_a_baseline_leaves_only_what_fails_anew(here: Here, stub: Stub) -> None:
    scan(here, "old")
    assert scan(here, "new", "--baseline", OLD) == 0
    assert (here.folder / NEW).read_text() == ""
    stub.buckets = 4
    done = here("scan", "--check", CHECK, "-M", "jsonl", "csv", "-F", "new", "--baseline", OLD)
    assert done.returncode == 3
    assert [json.loads(line)["resource_id"] for line in done.stdout.splitlines()] == ["b3"]
    assert (here.folder / NEW).read_text() == done.stdout
    assert len((here.folder / "output" / "new.csv").read_text().splitlines()) == 2
    assert "1 finding · 3 known from the baseline" in done.stderr
    told = msgspec.json.decode((here.folder / "output" / "new.coverage.json").read_bytes(), type=Coverage)
    assert (told.known, told.findings["FAIL"]) == ({"FAIL": 3}, 1)
    refused = here("diff", OLD, NEW)
    assert refused.returncode == 2
    assert "--baseline" in refused.stderr


def test_what_passes_is_no_news_and_counted(here: Here, stub: Stub) -> None:
    scan(here, "old")
    stub.versioned = True
    done = here("scan", "--check", CHECK, "--no-files", "--baseline", OLD)
    assert (done.returncode, done.stdout) == (0, "")
    assert "0 findings (3 more of other statuses)" in done.stderr
    shown = here("scan", "--check", CHECK, "--no-files", "--baseline", OLD, "--status", "PASS")
    assert len(shown.stdout.splitlines()) == 3


def test_what_cannot_be_looked_at_is_news_once(here: Here, stub: Stub) -> None:
    scan(here, "old")
    stub.denied = {"S3ListBuckets"}
    assert scan(here, "denied", "--baseline", OLD) == 4
    (line,) = (here.folder / "output" / "denied.jsonl").read_text().splitlines()
    assert json.loads(line)["status"] == "MANUAL"
    scan(here, "again", "--baseline", "output/denied.jsonl")
    assert (here.folder / "output" / "again.jsonl").read_text() == ""


def test_a_faulty_baseline_is_refused_before_the_scan(here: Here, stub: Stub) -> None:
    (here.folder / "torn.jsonl").write_text('{"uid":"1"}\n')
    for path, told in (("torn.jsonl", "torn.jsonl, line 1: this is no finding"), ("nowhere", "No such file")):
        done = here(*SCAN, "--baseline", path)
        assert done.returncode == 2
        assert told in done.stderr
    assert not (here.folder / "output").exists()


def test_what_is_new_because_the_baselines_scan_did_not_look_is_told(here: Here, stub: Stub) -> None:
    other = "s3_account_level_public_access_blocks"
    mine, others = (f"arn:aws:iam::{number * 12}:role/audit" for number in "12")
    here(*SCAN, "-M", "jsonl", "-F", "old", "--role", mine)
    chosen = ("scan", "--check", CHECK, other, "--no-files", "--stdout", "none", "--baseline", OLD)
    told = here(*chosen, "--role", mine, others).stderr
    assert "may be old: the baseline's scan did not look at account 222222222222; check s3_account_level" in told
    assert "may be old" not in here(*chosen[:3], *chosen[4:], "--role", mine).stderr


def test_a_baseline_whose_last_line_is_cut_off_is_taken_only_as_any(here: Here, stub: Stub) -> None:
    scan(here, "old")
    (here.folder / "torn.jsonl").write_bytes((here.folder / OLD).read_bytes()[:-20])
    done = here(*SCAN, "--no-files", "--baseline", "torn.jsonl")
    assert done.returncode == 2
    assert "--baseline torn.jsonl is cut off in its last line: give that of a whole scan, or --any-" in done.stderr
    assert here(*SCAN, "--no-files", "--baseline", "torn.jsonl", "--any-baseline").returncode == 3


def test_a_resumed_scan_keeps_its_baseline_and_its_choice(program: Program, stub: Stub) -> None:
    """The same files are the same, wherever the resumption is started."""
    folder = program.folder
    roles = ("arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit")
    (folder / "checks.txt").write_text(f"# ours\n{CHECK}  # the only one\n")
    kept = ("--resource-arn", "arn:aws:s3:::b1", "arn:aws:s3:::b3", "arn:aws:s3:::b9")
    chosen = ("--checks-file", "checks.txt", *kept)
    program("scan", *chosen, "--quiet", "--stdout", "none", "-M", "jsonl", "-F", "old", "--role", *roles)
    stub.buckets, stub.denied = 4, {roles[1]}
    first = program("scan", *chosen, "--baseline", OLD, "--quiet", "--stdout", "none", "-F", "new", "--role", *roles)
    assert first.returncode == 4
    assert len(journals(folder)) == 1
    stub.denied = set()
    again = ("--checks-file", str(folder / "checks.txt"), "--baseline", str(folder / OLD), "--role", *roles)
    done = Program(Path("/"), program.environment)("scan", "--resume", str(folder / "output"), *again)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        4, "aioprowler: incomplete: nothing was judged of: arn:aws:s3:::b9."
    )  # fmt: skip
    found = [from_json(line) for line in (folder / NEW).read_text().splitlines()]
    assert {(each.account_id, each.resource_id) for each in found} == {
        ("222222222222", "b3"), ("333333333333", "b3"),
    }  # fmt: skip
    told = msgspec.json.decode((folder / "output" / "new.coverage.json").read_bytes(), type=Coverage)
    assert [note for note in told.notes if "Nothing was judged" in note] == [
        "Nothing was judged of arn:aws:s3:::b9: there is no such resource here, or no chosen check looks at it."
    ]


# -------------------------------------------------------------------------- selection
def test_checks_come_from_a_file(here: Here) -> None:
    (here.folder / "prowler.json").write_text(json.dumps({"aws": [CHECK], "azure": ["else"]}))
    (here.folder / "listed.json").write_text(here("checks", "list", "--check", CHECK, "--json").stdout)
    (here.folder / "plain.txt").write_text(f"\n# a comment\n{CHECK} # ours\n")
    for name in ("prowler.json", "listed.json", "plain.txt"):
        listed = json.loads(here("checks", "list", "-C", name, "--json").stdout)
        assert [each["id"] for each in listed] == [CHECK]
        others = json.loads(here("checks", "list", "-s", "s3", "--excluded-checks-file", name, "--json").stdout)
        assert CHECK not in {each["id"] for each in others}
    both = here("checks", "list", "-C", "plain.txt", "-c", "s3_bucket_default_encryption", "--json").stdout
    assert len(json.loads(both)) == 2


def test_a_faulty_file_of_checks_is_one_line(here: Here) -> None:
    for text, told in (
        ("", "lists no check"),
        ("s3_bucket_object_versionin", f"Did you mean {CHECK}"),
        ('{"aws": [', "line 1: this is not JSON"),
        ('{"azure": ["x"]}', "write an array of check ids"),
        ("[1]", "write an array of check ids"),
    ):
        (here.folder / "checks").write_text(text)
        done = here("scan", "-C", "checks")
        (line,) = done.stderr.splitlines()
        assert done.returncode == 2
        assert told in line
    assert "No such file" in here("scan", "-C", "nowhere").stderr


def test_a_scan_by_tags_is_permitted_to_read_tags(here: Here) -> None:
    chosen = ("--check", CHECK, "--resource-tag", "env=prod")
    assert "tag:GetResources" in here("permissions", *chosen).stdout
    rows = json.loads(here("plan", *chosen, "--json").stdout)["operations"]
    assert [row["per"] for row in rows if row["action"] == "tag:GetResources"] == ["region"]
    assert "tag:GetResources" not in here("permissions", "--check", CHECK).stdout


def test_resources_choose_checks_too(here: Here) -> None:
    listed = json.loads(here("checks", "list", "--resource-arn", "arn:aws:s3:::reports", "--json").stdout)
    assert {each["id"].split("_")[0] for each in listed} == {"s3"}
    groups = json.loads(here("checks", "list", "--resource-group", "storage", "--json").stdout)
    assert {each["resource_group"] for each in groups} == {"storage"}
    counted = json.loads(here("resource-groups", "--json").stdout)
    assert counted["storage"] == len(groups)


def test_custom_metadata_is_listed_and_shown(here: Here) -> None:
    (here.folder / "ours.yaml").write_text(
        f"CustomChecksMetadata: {{aws: {{Checks: {{{CHECK}: {{Severity: critical, CheckTitle: Ours}}}}}}}}"
    )
    option = ("--custom-checks-metadata-file", "ours.yaml")
    (listed,) = json.loads(here("checks", "list", "-c", CHECK, "--severity", "critical", *option, "--json").stdout)
    assert (listed["severity"], listed["title"]) == ("critical", "Ours")
    assert here("checks", "show", CHECK, *option).stdout.splitlines()[1] == "Ours"
    done = here("scan", "--check", CHECK, "--no-files", *option)
    assert {json.loads(line)["severity"] for line in done.stdout.splitlines()} == {"critical"}
