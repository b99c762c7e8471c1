"""The real program on a stub of AWS: exit codes, streams that end, interruptions, what is kept."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioprowler import Check, DeclarationError
from aioprowler.catalog import Indexed
from aioprowler.facts.regions import ALWAYS_ENABLED
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import from_json
from tests.cli.conftest import Here, Program
from tests.cli.stub import ACCOUNT, CHECK, Stub

ROLES = ("arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit")
SCAN = ("scan", "--check", CHECK)
OPENING = ("accounts  ", "entered with  ", "regions  ", "checks  ", "configuration  ", "mutelist  ")


def only_summary(text: str) -> str:
    """Without what every scan says before its first finding."""
    return "\n".join(each for each in text.splitlines() if not each.startswith(OPENING))


def only_line(text: str) -> str:
    (line,) = only_summary(text).splitlines()
    assert line.startswith("aioprowler: ")
    return line


def written(folder: Path) -> dict[str, str]:
    return {path.suffix: path.read_text() for path in (folder / "output").iterdir()}


@pytest.mark.parametrize("options", [("--region", "us-east-1", "me-south-1"), ()], ids=["chosen", "default"])
def test_a_region_that_may_be_off_is_told_where_aws_does_not_say(
    here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    stub.denied = {"DescribeRegions", "ListRegions"}
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1" if options else "me-south-1")
    checks = ("--check", CHECK, "ec2_ebs_default_encryption", "--scan-unused-services")
    done = here("scan", *checks, *options, "--excluded-region", *ALWAYS_ENABLED["aws"][:-4], "-M", "jsonl", "-F", "x")
    assert done.returncode == 4
    assert "  me-south-1: AWS did not tell whether 1 account enabled it" in done.stderr.splitlines()
    report = json.loads((here.folder / "output/x.coverage.json").read_text())
    assert (report["unknown"], report["not_enabled"]) == ({"me-south-1": 1}, {})
    found = map(json.loads, (here.folder / "output/x.jsonl").read_text().splitlines())
    untold = [each for each in found if each["region"] == "me-south-1"]
    assert {(each["check_id"], each["status"]) for each in untold} == {("ec2_ebs_default_encryption", "MANUAL")}
    assert "Grant ec2:DescribeRegions" in untold[0]["status_detail"]


def test_a_chosen_region_of_another_partition_is_not_enabled(here: Here, stub: Stub) -> None:
    """Nor need anybody be asked about it; and what cannot be off is scanned."""
    stub.denied = {"DescribeRegions", "ListRegions"}
    options = ("--region", "us-east-1", "cn-north-1", "--stdout", "none", "--no-files")
    done = here("scan", "--check", CHECK, *options)
    assert done.returncode == 4
    assert "  cn-north-1 is not among the regions of 1 account: not scanned there." in done.stderr.splitlines()


def test_nothing_failed(program: Program, stub: Stub) -> None:
    stub.versioned = True
    done = program(*SCAN, "--no-files")
    assert done.returncode == 0
    findings = [from_json(line) for line in done.stdout.splitlines()]
    assert {(each.account_id, each.resource_id, each.status) for each in findings} == {
        (ACCOUNT, f"b{number}", "PASS") for number in range(3)
    }
    assert "3 findings" in done.stderr
    assert not (program.folder / "output").exists()


def test_something_failed_and_three_files_are_written(here: Here) -> None:
    done = here(*SCAN)
    assert done.returncode == 3
    files = written(here.folder)
    assert sorted(files) == [".csv", ".html", ".json", ".jsonl"]
    assert files[".jsonl"] == done.stdout
    assert all(str(path) in done.stderr for path in Path("output").glob("*"))


def test_failed_findings_may_be_no_reason_for_an_exit_code(here: Here) -> None:
    done = here(*SCAN, "-z", "--quiet", "-o", "reports", "-F", "today", "-M", "csv", "jsonl", "--stdout", "none")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(path.name for path in (here.folder / "reports").iterdir()) == [
        "today.coverage.json",
        "today.csv",
        "today.jsonl",
    ]


def test_roles_are_an_account_each(here: Here, stub: Stub) -> None:
    done = here(*SCAN, "--no-files", "--role", *ROLES, "--external-id", "handshake")
    assert {json.loads(line)["account_id"] for line in done.stdout.splitlines()} == {"222222222222", "333333333333"}
    assert sorted(stub.assumed) == sorted(ROLES)


def test_an_account_that_cannot_be_entered_outweighs_what_failed(here: Here, stub: Stub) -> None:
    stub.denied = {ROLES[1]}
    done = here(*SCAN, "-R", *ROLES)
    assert done.returncode == 4
    told = done.stderr.splitlines()
    cause = told[told.index("Could not be entered:") + 1]
    assert ROLES[1] in cause
    assert "sts:AssumeRole" in cause
    assert "1 of 2 accounts" in done.stderr
    files = written(here.folder)
    assert "MANUAL" in files[".jsonl"]
    told = msgspec.json.decode(files[".json"], type=Coverage)
    assert files[".json"].startswith('{\n  "not_entered": [')
    assert [(each.account_id, each.code) for each in told.not_entered] == [("333333333333", "AccessDenied")]
    assert (told.accounts.found, told.accounts.scanned) == (2, 1)
    assert told.calls["sts:AssumeRole"].calls == 2
    assert told.ended


def test_an_account_that_cannot_be_entered_is_told_with_its_name(here: Here, stub: Stub) -> None:
    stub.denied = {ROLES[1]}
    (here.folder / "accounts.csv").write_text(
        f"id,name,role\n222222222222,Shop,{ROLES[0]}\n333333333333,Legacy <b>\x1b,{ROLES[1]}\n"
    )
    done = here(*SCAN, "--accounts-file", "accounts.csv")
    assert done.returncode == 4
    assert "\n  333333333333 Legacy <b><U+001B>: Could not enter AWS with role" in done.stderr
    assert "\x1b" not in done.stderr
    assert '"name": "Legacy <b>\\u001b"' in written(here.folder)[".json"]


def test_where_no_account_can_be_entered_one_line_says_why_and_no_file_is_made(here: Here, stub: Stub) -> None:
    stub.denied = {ROLES[0]}
    done = here(*SCAN, "-R", ROLES[0])
    assert (done.returncode, done.stdout) == (1, "")
    assert "trust policy" in only_line(done.stderr)
    assert not (here.folder / "output").exists()


def test_every_refused_account_is_told(here: Here, stub: Stub) -> None:
    stub.denied = set(ROLES)
    done = here(*SCAN, "-R", *ROLES)
    assert done.returncode == 1
    assert all(role.split(":")[4] in done.stderr for role in ROLES)
    assert done.stderr.splitlines()[-1].startswith("aioprowler: error: ")


def test_without_credentials_one_line_says_what_to_do(program: Program) -> None:
    del program.environment["AWS_ACCESS_KEY_ID"], program.environment["AWS_SECRET_ACCESS_KEY"]
    done = program("scan")
    assert (done.returncode, done.stdout) == (1, "")
    assert "aws configure" in only_line(done.stderr)


def test_when_everything_was_denied_the_summary_begins_with_it(here: Here, stub: Stub) -> None:
    stub.denied = {"S3ListBuckets"}
    done = here(*SCAN, "--no-files")
    assert done.returncode == 4
    assert only_summary(done.stderr).startswith("AWS denied everything")
    cause = "s3:ListAllMyBuckets was denied (AccessDenied). Grant s3:ListAllMyBuckets to the scanning identity."
    assert f"  {cause} [1 account, us-east-1, 1 call]" in done.stderr.splitlines()
    assert "  us-east-1: every call failed in 1 account" in done.stderr.splitlines()


def test_an_interrupted_scan_tells_what_it_looked_at(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 6, 0.3
    with program.start(*SCAN, "-M", "jsonl") as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate()
    told = msgspec.json.decode(written(program.folder)[".json"], type=Coverage)
    assert not told.ended
    assert (told.accounts.found, told.accounts.scanned) == (1, 0)
    assert 1 <= told.findings["FAIL"] < 6
    assert told.calls["s3:GetBucketVersioning"].calls >= 1


def test_only_wanted_statuses_are_shown(here: Here) -> None:
    done = here(*SCAN, "--no-files", "--status", "PASS")
    assert (done.returncode, done.stdout) == (3, "")
    assert "0 findings (3 more of other statuses)" in done.stderr


def test_a_scan_of_nothing_says_so(here: Here) -> None:
    done = here(*SCAN, "--no-files", "--region", "eu-central-2", "--verbose")
    assert (done.returncode, done.stdout) == (4, "")
    assert "Nothing was judged" in done.stderr
    assert "aioprowler: info: 1 check planned" in done.stderr


def test_a_region_that_botocore_does_not_list_is_taken_with_a_note(here: Here) -> None:
    done = here(*SCAN, "--no-files", "--region", "sa-west-9", "--excluded-region", "me-west-9")
    assert done.returncode == 4
    for region in ("sa-west-9", "me-west-9"):
        assert f"Region {region} is not known to botocore" in done.stderr


def test_a_reader_that_goes_away_ends_a_scan_without_files(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 6, 0.3
    with program.start(*SCAN, "--no-files") as process:
        assert process.stdout
        assert process.stderr
        from_json(process.stdout.readline())
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait() == 3
    assert "aioprowler" not in errors
    assert "Traceback" not in errors
    assert "0 of 1 account" in errors


def test_a_reader_that_goes_away_is_nothing_to_the_files(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 5, 0.2
    with program.start(*SCAN, "-M", "jsonl") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait() == 3
    assert "Traceback" not in errors
    assert len(written(program.folder)[".jsonl"].splitlines()) == 5


_THREADED = """
import os, anyio, anyio.to_thread
from aioprowler import cli
from aioprowler.cli import app

async def work():
    try:
        await anyio.to_thread.run_sync(os.write, 1, b"begun\\n")
        while True:
            await anyio.sleep(0)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(os.write, 1, b"undone\\n")

async def main():
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(work)
        tasks.start_soon(work)

def run(_):
    cli.interruptible()
    anyio.run(main)

app.run = run
cli.main()
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_background_job_undoes_what_is_under_way_in_threads_and_ends(sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _THREADED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    ) as job:  # fmt: skip
        assert job.stdout
        assert job.stdout.readline() == "begun\n"
        job.send_signal(signal.SIGINT)
        job.send_signal(sent)
        try:
            job.wait(30)
        finally:
            job.kill()
        assert job.stdout.read().count("undone\n") == 2


@pytest.mark.parametrize(
    ("sent", "before"),
    [
        (signal.SIGINT, signal.SIG_DFL),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGTERM, signal.SIG_IGN),  # which is how a shell starts jobs in the background
        (signal.SIGHUP, signal.SIG_DFL),
    ],
)
def test_an_interruption_keeps_what_was_found(
    sent: signal.Signals, before: signal.Handlers, program: Program, stub: Stub
) -> None:
    stub.buckets, stub.delay = 6, 0.3
    own = signal.signal(signal.SIGINT, before)
    try:
        started = program.start(*SCAN)
    finally:
        signal.signal(signal.SIGINT, own)
    with started as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(sent)
        output, errors = process.stdout.read(), process.stderr.read() if process.stderr else ""
        assert process.wait() == 130
    *_, stopping, line = errors.splitlines()
    assert "Stopping" in stopping
    assert "interrupted" in line
    files = written(program.folder)
    assert all(f"{suffix}" in line for suffix in files)
    assert first in files[".jsonl"]
    assert 1 <= len(files[".jsonl"].splitlines()) < 6
    for each in [*files[".jsonl"].splitlines(), *output.splitlines()]:
        from_json(each)
    assert files[".html"].rstrip().endswith("</html>")


def test_a_terminal_that_is_closed_interrupts(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 6, 0.3
    leader, follower = pty.openpty()
    started = program.start(
        *SCAN, stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    with started as process:
        os.close(follower)
        while b"earlier versions" not in os.read(leader, 65536):
            pass
        os.close(leader)
        assert process.wait() == 130
    files = written(program.folder)
    assert 1 <= len(files[".jsonl"].splitlines()) < 6
    assert files[".journal"]
    assert files[".html"].rstrip().endswith("</html>")


def test_who_is_started_to_outlive_its_terminal_does(program: Program, stub: Stub) -> None:
    """As `nohup` starts programs."""
    stub.buckets, stub.delay = 4, 0.2
    with program.start(*SCAN, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        output, _ = process.communicate()
    assert process.returncode == 3
    assert len(output.splitlines()) == 3


def test_findings_are_in_the_files_within_a_second(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 4, 0.7
    with program.start(*SCAN, "-M", "jsonl", "-F", "live") as process:
        assert process.stdout
        line = process.stdout.readline()
        time.sleep(1)
        assert line in (program.folder / "output" / "live.jsonl").read_text()
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate()


def test_full_standard_output(program: Program) -> None:
    with Path("/dev/full").open("w") as full:
        done = program(*SCAN, "--no-files", stdout=full)
        assert done.returncode == 1
        assert "No space left" in only_line(done.stderr)
        for options in (
            ("services",), ("--help",), ("permissions",), (*SCAN, "--no-files", "--stdout", "summary", "-q"),
        ):  # fmt: skip
            for unbuffered in ("", "1"):
                program.environment["PYTHONUNBUFFERED"] = unbuffered
                done = program(*options, stdout=full)
                assert done.returncode != 0
                told = "aioprowler: error: standard output cannot be written (No space left on device)."
                assert done.stderr.splitlines()[-1] == told, options


def test_full_disk(here: Here, fill_the_disk: Callable[[], None]) -> None:
    fill_the_disk()
    done = here(*SCAN, "-F", "report", "-M", "jsonl")
    assert done.returncode == 1
    assert "disk is full" in only_line(done.stderr)


def test_a_directory_that_cannot_be_written(here: Here) -> None:
    (here.folder / "output").write_text("a file")
    done = here(*SCAN)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not a directory" in only_line(done.stderr)


def test_a_check_that_raises_needs_debug_to_show_its_traceback(here: Here) -> None:
    folder = here.folder / "mine"
    folder.mkdir()
    (folder / "broken.py").write_text(
        "from aioprowler import Account, Verdict, check\n\n\n"
        '@check(fails="It is wrong", severity="low")\ndef mine_broken(account: Account) -> Verdict:\n'
        '    """Title.\n\n    ## Risk\n    None.\n\n    ## Remediation\n    None.\n    """\n    raise ValueError\n'
    )
    command = ("scan", "-x", "mine", "-c", "mine_broken", "--no-files")
    quiet, loud = here(*command), here(*command, "--debug")
    assert json.loads(quiet.stdout)["status"] == "MANUAL"
    assert "aioprowler: error: mine_broken raised ValueError" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


def test_the_first_account_is_entered_while_the_checks_are_loaded(
    here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, answer, asked = Indexed.load, stub.answer, threading.Event()

    def loaded(check: Indexed) -> Check[Any, Any]:
        assert asked.wait(20), "AWS is asked only once all checks are loaded"
        return load(check)

    def answered(action: str, fields: dict[str, str], account: str) -> tuple[int, str]:
        asked.set()
        return answer(action, fields, account)

    monkeypatch.setattr(Indexed, "load", loaded)
    monkeypatch.setattr(stub, "answer", answered)
    assert here(*SCAN).returncode == 3
    assert len(written(here.folder)[".jsonl"].splitlines()) == 3


@pytest.mark.parametrize("denied", [set(), {"GetCallerIdentity"}])
def test_a_check_that_cannot_be_loaded_ends_the_scan_whether_or_not_its_account_can_be_entered(
    here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch, denied: set[str]
) -> None:
    def missing(_: Indexed) -> Check[Any, Any]:
        raise DeclarationError("the index is stale")

    monkeypatch.setattr(Indexed, "load", missing)
    stub.denied = denied
    done = here(*SCAN)
    assert (done.returncode, done.stdout) == (1, "")
    assert only_line(done.stderr) == "aioprowler: error: the index is stale"
    assert not (here.folder / "output").exists()


def test_a_users_check_that_cannot_be_planned_is_told_before_aws_is_asked(
    here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here.folder / "mine"
    folder.mkdir()
    (folder / "broken.py").write_text(
        "from aioprowler import Account, Here, Pass, Resource, Verdict, check, listing\n\n\n"
        'class Thing(Resource, id="name", type="Other", group="other", arn="arn:{partition}:x:::{name}"):\n'
        '    source = listing("ec2", "DescribeThings", "Things")\n    name: str = ""\n\n\n'
        '@check(fails="It is wrong", severity="low", service="ec2")\n'
        "def mine_broken(account: Account, things: Here[Thing]) -> Verdict:\n"
        '    """Title.\n\n    ## Risk\n    None.\n\n    ## Remediation\n    None.\n    """\n    return Pass("")\n'
    )
    asked: list[str] = []
    monkeypatch.setattr(stub, "answer", lambda action, *_: asked.append(action))
    done = here("scan", "-x", "mine")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"mine/broken\.py:9: mine_broken: .* say All\[Thing\]", only_line(done.stderr))
    assert asked == []
    assert not (here.folder / "output").exists()


def test_configuration_reaches_the_checks(here: Here) -> None:
    (here.folder / "config.yaml").write_text("aws:\n  max_unused_acess_keys_days: 3\n")
    done = here("scan", "--config-file", "config.yaml")
    assert done.returncode == 2
    assert "Did you mean max_unused_access_keys_days" in only_line(done.stderr)


def on_a_terminal(program: Program, *options: str) -> tuple[int, str]:
    """Exit code, and all that a terminal of 120 columns is sent."""
    leader, follower = pty.openpty()
    program.environment |= {"COLUMNS": "120", "LINES": "40", "TERM": "xterm-256color"}
    with program.start(*options, stdout=follower, stderr=follower, text=False) as process:
        os.close(follower)
        pieces = []
        try:
            while piece := os.read(leader, 65536):
                pieces.append(piece)
        except OSError:  # how Linux tells that the other side is closed
            pass
        finally:
            os.close(leader)
    return process.returncode, b"".join(pieces).decode()


def test_a_terminal_has_lines_and_progress(program: Program, stub: Stub) -> None:
    stub.delay = 0.2
    code, shown = on_a_terminal(program, *SCAN)
    assert code == 3
    assert re.search(r"FAIL.*medium.*S3 bucket does not keep earlier versions .*us-east-1 .*123456789012", shown)
    assert "Scanning" in shown
    assert re.search(r"1 account · \d+/\d+ cells · [\d,]+ calls/s", shown)
    assert '"status_detail"' not in shown
    assert shown.index("entered with ") < shown.index("S3 bucket does not")
    assert shown.index("Worst problems:") < shown.rindex("service") < shown.index("1 of 1 account ")
    assert shown.index("Written:") > shown.index("1 of 1 account ")


@pytest.mark.parametrize(("options", "count"), [((), 0), (("--status", "PASS", "MANUAL"), 1)])
def test_lines_are_of_what_failed_unless_statuses_are_asked_for(
    here: Here, stub: Stub, options: tuple[str, ...], count: int
) -> None:
    stub.denied = {"S3ListBuckets"}
    done = here(*SCAN, "--no-files", "--stdout", "lines", *options)
    assert len(done.stdout.splitlines()) == count


def test_who_is_scanned_and_how_is_told_before_the_first_finding(here: Here) -> None:
    (here.folder / "mute.yaml").write_text("Mutelist: {Accounts: {}}\n")
    done = here(*SCAN, "--no-files", "--region", "us-east-1", "--mutelist-file", "mute.yaml")
    assert done.stderr.splitlines()[: len(OPENING)] == [
        f"accounts       {ACCOUNT}",
        "entered with   default credentials",
        "regions        us-east-1",
        "checks         1, in 1 service",
        "configuration  the defaults",
        "mutelist       mute.yaml",
    ]


def test_what_a_pipe_reads_is_not_drawn_over(program: Program, stub: Stub) -> None:
    stub.delay = 0.2
    leader, follower = pty.openpty()
    with program.start(*SCAN, "--no-files", stderr=follower) as process:
        assert process.stdout
        assert {from_json(line).status for line in process.stdout} == {"FAIL"}
    os.close(follower)
    told = os.read(leader, 65536).decode()
    os.close(leader)
    assert "Scanning" not in told
    assert "1 of 1 account" in told


def test_a_terminal_without_progress(program: Program) -> None:
    code, shown = on_a_terminal(program, *SCAN, "--no-progress", "--no-files")
    assert code == 3
    assert "FAIL" in shown
    assert "Scanning" not in shown


@pytest.mark.parametrize("options", [("checks", "list"), ("checks", "show", CHECK), ("scan", "--help")])
def test_a_pager_that_is_left_early(program: Program, options: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = program(*options, stdout=closed)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_status_may_be_written_in_small_letters(here: Here) -> None:
    assert here(*SCAN, "--no-files", "--status", "fail").stdout.count('"FAIL"') == 3


def test_a_folder_is_not_made_of_a_bucket(here: Here) -> None:
    done = here(*SCAN, "-o", "s3://bucket/findings")
    assert done.returncode == 2
    assert "--output-bucket" in only_line(done.stderr)
    assert not (here.folder / "s3:").exists()


@pytest.mark.parametrize("name", ["x", "x.html", "x.ocsf.json"])
def test_a_files_extension_is_its_formats(name: str, here: Here) -> None:
    here(*SCAN, "-M", "html", "-F", name)
    assert {path.name for path in (here.folder / "output").iterdir()} == {"x.html", "x.coverage.json"}
