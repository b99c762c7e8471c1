"""The demo, and what else can be tried on the AWS that it leaves running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from aioprowler.cli import demo
from aioprowler.cli.app import run
from tests.cli.conftest import Program
from tests.cli.stub import CHECK


def test_the_demo_scans_three_accounts_and_may_stay(program: Program) -> None:
    # What would lead to another AWS must not.
    program.environment |= {"AWS_PROFILE": "mine", "HTTP_PROXY": "http://127.0.0.1:9", "AWS_SESSION_TOKEN": "x"}
    with program.start("demo", "--check", CHECK, "-o", "reports", "--keep") as process:
        assert process.stderr
        assert process.stdout
        said = []
        for line in process.stderr:
            said.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(said)
        exports = dict(re.findall(r"export (\w+)=(\S+)", text))
        command = re.search(r"aioprowler (scan --organization .*)", text)
        assert command
        again = Program(program.folder, program.environment | exports)
        for name in re.findall(r"unset (.*)", text)[0].split():
            del again.environment[name]
        second = again(*command[1].split(), "--check", CHECK, "--no-files")
        process.send_signal(signal.SIGINT)
        findings = process.stdout.read()
        assert process.wait() == 0
    for each in (findings, second.stdout):
        assert len(set(re.findall(r'"account_id":"(\d{12})"', each))) == 3
        units = re.findall(r'"account_organizational_unit":"([^"]*)"', each)
        assert set(units) == {"", "workloads/production", "sandbox"}
    assert second.returncode == 3
    reports = program.folder / "reports"
    assert {path.suffix for path in reports.iterdir()} >= {".csv", ".html", ".jsonl"}
    assert "simulated AWS lacks" not in text, "of what this check asks it lacks nothing"
    (page,) = reports.glob("*.html")
    assert f"Open {page.relative_to(program.folder)}" in text


def test_the_whole_demo_ends_well(program: Program) -> None:
    """As a newcomer types it, with all checks: what the emulator lacks is told, and is no error."""
    done = program("demo")
    assert done.returncode == 0, done.stderr
    assert "Not scanned" not in done.stderr
    (lacking,) = re.findall(r"\n  (.*) not implemented there", done.stderr)
    assert re.fullmatch(r"\d+ actions of \d+ services are", lacking)
    assert "What is not implemented there is what the simulated AWS lacks" in done.stderr
    for text in (done.stderr, done.stdout):
        assert "gave an answer that cannot be used" not in text
        assert "refused, whoever asks" not in text
    assert len(done.stdout.splitlines()) > 1000


def test_a_busy_machine_takes_no_call_away(program: Program) -> None:
    """The simulated AWS answers later than AWS itself may."""
    slow = (
        "import aioprowler.aws.clients as clients\n"
        "clients.CONNECT_TIMEOUT = clients.READ_TIMEOUT = 0.01\n"
        "from aioprowler.cli.app import run\n"
        f"raise SystemExit(run(['demo', '--check', {CHECK!r}, '--no-progress', '--stdout', 'jsonl']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", slow], cwd=program.folder, env=program.environment, capture_output=True, text=True,
        check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Could not look" not in done.stderr
    assert len(done.stdout.splitlines()) > 5


def test_what_the_demo_tells_names_owners(program: Program) -> None:
    done = program("demo", "--service", "s3", "ec2", "--tags", "--stdout", "jsonl")
    assert done.returncode == 0, done.stderr
    for owner in ("platform@example.com", "storage@example.com"):
        assert f'"owner":"{owner}"' in done.stdout
    before = done.stderr.partition("service ")[0]
    assert "Shodan" not in before
    assert "NotImplemented" not in before
    assert "aioprowler demo --keep" in done.stderr


def test_the_environment_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    before = dict(os.environ)
    with demo._environment({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}):
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert dict(os.environ) == before


def test_without_moto_one_line_has_the_command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "moto"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "moto", None)
    assert run(["demo"]) == 1
    assert "pip install 'aioprowler[demo]'" in capfd.readouterr().err
