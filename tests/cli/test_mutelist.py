"""Scans with a mutelist, and `aioprowler mutelist check`."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from aioprowler.findings.finding import Finding, Mute, from_json, to_json
from tests.cli.conftest import Here, Program
from tests.cli.stub import ACCOUNT, CHECK, Stub
from tests.outputs.samples import finding

SCAN = ("scan", "--check", CHECK)
LIST = f"""\
Mutelist:
  Accounts:
    "*":
      Checks:
        {CHECK}:
          - Regions: ["*"]
            Resources: [b0]
            Expires: 2020-12-31
          - Regions: ["*"]
            Resources: ["b[01]"]
            Reason: Nothing is kept there.
            Owner: data
            Expires: 2999-12-31
          - Regions: ["*"]
            Resources: [b7]
        ec2_*:
          Regions: ["*"]
          Resources: ["*"]
"""


@pytest.fixture
def path(here: Here) -> Path:
    path = here.folder / "list.yaml"
    path.write_text(LIST)
    return path


def findings(text: str) -> dict[str, Finding]:
    return {each.resource_id: each for each in map(from_json, text.splitlines())}


def test_a_scan_marks_what_the_list_accepts(here: Here, path: Path) -> None:
    done = here(*SCAN, "-w", "list.yaml")
    found = findings(done.stdout)
    assert {name: each.muted for name, each in found.items()} == {"b0": True, "b1": True, "b2": False}
    assert found["b0"].mute == Mute(reason="Nothing is kept there.", owner="data", expires="2999-12-31")
    assert done.returncode == 3
    (coverage,) = (here.folder / "output").glob("*.coverage.json")
    told = json.loads(coverage.read_text())
    assert (told["findings"]["FAIL"], told["muted"]["FAIL"]) == (1, 2)
    expired, unused = told["notes"]
    assert expired == f"Expired entries of the mutelist, which mute nothing: {CHECK} (line 6, account *)."
    assert unused == f"Entries of the mutelist that muted nothing: {CHECK} (line 14, account *)."
    assert expired in done.stderr


def test_a_former_name_of_a_check_mutes_what_it_stands_for(here: Here) -> None:
    today, other = "apigateway_restapi_public", "apigateway_restapi_public_with_authorizer"
    Path("former.yaml").write_text(LIST.replace(CHECK, "apigateway_public").replace("b[01]", "reports"))
    Path("x.jsonl").write_bytes(b"".join(to_json(finding(check_id=each)) + b"\n" for each in (today, other)))
    done = here("mutelist", "check", "former.yaml", "x.jsonl", "--json")
    told = json.loads(done.stdout)
    assert told["notes"] == [f"The mutelist's check apigateway_public is called {today} today: what it mutes is that."]
    assert [each["muted"]["FAIL"] for each in told["entries"]] == [0, 1, 0, 0]
    assert told["notes"][0] in here(*SCAN, "--no-files", "-w", "former.yaml").stderr


def test_what_is_muted_is_no_failure(here: Here, path: Path) -> None:
    path.write_text(LIST.replace("b[01]", "b"))
    done = here(*SCAN, "--mutelist-file", str(path), "--no-files")
    assert done.returncode == 0
    assert all(each.muted for each in findings(done.stdout).values())


BY_TAG = f"""\
Mutelist:
  Accounts:
    "*":
      Checks:
        {CHECK}:
          Regions: ["*"]
          Resources: ["*"]
          Tags: [env=dev]
"""


def test_buckets_are_muted_by_tag(here: Here, stub: Stub, path: Path) -> None:
    path.write_text(BY_TAG)
    stub.tags = {"b1": {"env": "dev"}, "b2": {"env": "prod"}}
    found = findings(here(*SCAN, "-w", "list.yaml", "--no-files").stdout)
    assert {name: each.muted for name, each in found.items()} == {"b0": False, "b1": True, "b2": False}
    assert found["b2"].resource_tags == {"env": "prod"}


def test_tags_that_are_refused_mute_nothing_and_are_told(here: Here, stub: Stub, path: Path) -> None:
    path.write_text(BY_TAG)
    stub.tags, stub.denied = {"b1": {"env": "dev"}}, {"GetResources"}
    done = here(*SCAN, "-w", "list.yaml", "--no-files")
    assert not any(each.muted for each in findings(done.stdout).values())
    told = " ".join(done.stderr.split())
    assert "Tags could not be read in us-east-1" in told
    assert "3 findings may be what entries of the mutelist accept by tag" in told
    assert "tag:GetResources" in told


def test_a_faulty_list_is_refused_before_anything_is_asked(here: Here, stub: Stub, path: Path) -> None:
    path.write_text(LIST.replace("Owner", "Onwer"))
    done = here(*SCAN, "-w", "list.yaml", "--role", "arn:aws:iam::222222222222:role/audit")
    assert (done.returncode, done.stdout) == (2, "")
    message = "list.yaml, line 12: There is no key 'Onwer'. Did you mean Owner?"
    assert done.stderr == f"aioprowler: error: {message}\n"
    assert not stub.assumed
    assert not (here.folder / "output").exists()


def test_what_matches_nothing_that_there_is_is_doubted(here: Here, path: Path) -> None:
    path.write_text(
        "Mutelist:\n  Accounts:\n    '33333333333':\n      Checks:\n        s3_bucket_publik_access:\n"
        "          Regions: [us-east1]\n          Resources: ['*']\n"
        "    '*':\n      Checks:\n        'cloudtrail_*':\n"
        "          Regions: ['eu-*', '*']\n          Resources: ['*']\n"
    )
    told = here("mutelist", "check", "list.yaml").stdout
    assert "line 5: '33333333333' is no account: write twelve digits, or * for all." in told
    assert "line 5: no check is called like 's3_bucket_publik_access'. Did you mean s3_bucket_public_access?" in told
    assert "line 5: no region is called like 'us-east1'." in told
    assert "line 10" not in told, "Prowler has such checks, even if there are none here yet"


def test_a_list_that_cannot_be_had_is_no_scan_without_it(here: Here, stub: Stub) -> None:
    stub.denied = {"S3GetBucketVersioning"}  # what the stub takes any object for
    done = here(*SCAN, "-w", "s3://lists/none.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("aioprowler: error: s3://lists/none.yaml: Could not look: s3:GetObject was denied")


def test_a_resumed_scan_applies_the_same_list(program: Program, here: Here, stub: Stub, path: Path) -> None:
    stub.delay = 0.4
    _killed(program, *SCAN, "-w", "list.yaml", "-M", "jsonl", "--stdout", "none")
    stub.delay = 0
    elsewhere = program.folder / "elsewhere"
    elsewhere.mkdir()
    os.chdir(elsewhere)
    resume = ("--resume", str(program.folder / "output"), "--stdout", "none")
    assert "--mutelist-file" in here("scan", *resume).stderr
    assert here("scan", *resume, "-w", str(program.folder / "list.yaml")).returncode == 3
    (record,) = (program.folder / "output").glob("*.jsonl")
    muted = {name: each.muted for name, each in findings(record.read_text()).items()}
    assert muted == {"b0": True, "b1": True, "b2": False}


def test_a_resumed_scan_has_the_same_tags(program: Program, here: Here, stub: Stub) -> None:
    stub.delay = 0.4
    stub.tags = {f"b{number}": {"number": str(number)} for number in range(3)}
    _killed(program, *SCAN, "--tags", "-M", "jsonl", "--stdout", "none")
    stub.delay = 0
    assert here("scan", "--resume", str(program.folder / "output"), "--stdout", "none").returncode == 3
    (record,) = (program.folder / "output").glob("*.jsonl")
    assert {name: each.resource_tags for name, each in findings(record.read_text()).items()} == stub.tags


def _killed(program: Program, *options: str) -> None:
    """The program, killed once it has a journal."""
    with program.start(*options) as process:
        deadline = time.monotonic() + 30
        while not list((program.folder / "output").glob("*.journal")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()


# -------------------------------------------------------------------------- check
def test_a_list_is_checked(here: Here, path: Path) -> None:
    done = here("mutelist", "check", "list.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["LINE", "ACCOUNT", "CHECK", "EXPIRES", "OWNER", "REASON"]
    assert lines[2].split() == ["9", "*", CHECK, "2999-12-31", "data", *["Nothing", "is", "kept", "there."]]
    assert lines[-1] == "4 entries, 1 expired."


def test_all_mistakes_are_listed(here: Here, path: Path) -> None:
    path.write_text(LIST.replace("Owner: data", "Owner: [data]").replace("2999-12-31", "never"))
    done = here("mutelist", "check", "list.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "aioprowler: error: list.yaml, line 12: Owner: give a text.",
        "aioprowler: error: list.yaml, line 13: Expires: never is no day: give the last one as YYYY-MM-DD.",
    ]


def test_what_each_entry_mutes(here: Here, path: Path) -> None:
    (here.folder / "found.jsonl").write_text(here(*SCAN, "--no-files").stdout)
    done = here("mutelist", "check", "list.yaml", "found.jsonl", "--json")
    expired, used, idle, other = json.loads(done.stdout)["entries"]
    assert (expired["expired"], used["expired"]) == (True, False)
    assert used["muted"] == {"PASS": 0, "FAIL": 2, "MANUAL": 0}
    assert {each["resource_id"] for each in used["examples"]} == {"b0", "b1"}
    assert {each["account_id"] for each in used["examples"]} == {ACCOUNT}
    assert not any(sum(each["muted"].values()) for each in (expired, idle, other))
    text = here("mutelist", "check", "list.yaml", "found.jsonl").stdout
    assert "b0, b1" in text or "b1, b0" in text
    assert text.splitlines()[-1] == "4 entries, 1 expired, 3 that mute nothing."


def test_findings_come_from_a_pipe_too(here: Here, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.folder / "found.jsonl").write_text(here(*SCAN, "--no-files").stdout + "not one\n")
    with (here.folder / "found.jsonl").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        done = here("mutelist", "check", "list.yaml", "-")
    assert done.returncode == 2
    assert done.stderr.startswith("aioprowler: error: -, line 4: this is no finding (")


def test_findings_that_are_not_there(here: Here, path: Path) -> None:
    done = here("mutelist", "check", "list.yaml", "none.jsonl")
    assert (done.returncode, done.stderr) == (
        2,
        "aioprowler: error: mutelist check none.jsonl: No such file or directory. Give a file that can be read.\n",
    )
