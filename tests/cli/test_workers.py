"""`--workers` and `--scheduler`: what may be said, and scans on processes of this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import dask
import psutil
import pytest
from distributed.security import Security

from aioprowler.cli.options import Running, Sending
from aioprowler.cli.workers import crew_of
from aioprowler.errors import UsageError
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub

TLS = "tls://scheduler:8786"
FILES = {"scheduler_ca": Path("ca.pem"), "scheduler_cert": Path("scan.pem"), "scheduler_key": Path("scan.key")}
ROLES = [f"arn:aws:iam::{number}:role/audit" for number in ("222222222222", "333333333333", "444444444444")]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"workers": "0"}, "--workers '0': give a number from 1 to 1,000, or auto."),
        ({"workers": "many"}, "--workers 'many': give a number"),
        ({"workers": "2", "scheduler": TLS}, "--workers and --scheduler: give one of them"),
        ({"scheduler": "scheduler:8786"}, "give tls://HOST:PORT, or tcp://HOST:PORT"),
        ({"send_credentials": True}, "--send-credentials goes with --scheduler"),
        ({"workers": "2", "scheduler_key": Path("x")}, "--scheduler-key goes with --scheduler"),
        ({"scheduler": "tcp://scheduler:8786", "send_credentials": True}, "--send-credentials needs a scheduler that"),
        ({"scheduler": "tcp://scheduler:8786", **FILES}, "are for tls://, and tcp://scheduler:8786 is not"),
        ({"scheduler": TLS}, "give --scheduler-ca, which Dask's configuration lacks"),
        ({"scheduler": TLS, **FILES}, "--scheduler-ca ca.pem: there is no such file"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_line(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told.replace("(", r"\(")):
        crew_of(Running(**given), Sending())


def test_security_hub_is_told_by_who_has_the_credentials() -> None:
    with pytest.raises(UsageError, match=r"--security-hub imports .*: add --send-credentials"):
        crew_of(Running(scheduler="tcp://scheduler:8786"), Sending(security_hub=True))


@pytest.mark.parametrize("given", [{"workers": "2"}, {"scheduler": "tcp://scheduler:8786"}])
def test_without_dask_it_is_said_what_to_install(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"needs Dask: pip install 'aioprowler\[cluster\]'"):
        crew_of(Running(**given), Sending())


def test_certificates_that_are_none_are_told_before_the_scan(tmp_path: Path) -> None:
    files: dict[str, Any] = {name: tmp_path / path for name, path in FILES.items()}
    for path in files.values():
        path.write_text("no certificate")
    with pytest.raises(UsageError, match="its certificates cannot be used"):
        crew_of(Running(scheduler=TLS, **files), Sending())


def test_files_that_are_not_given_are_those_of_dasks_configuration(tmp_path: Path) -> None:
    made = Security.temporary()
    (tmp_path / "scan.key").write_text(made.tls_client_key)
    others = {"ca-file": made.tls_ca_file, "client.cert": made.tls_client_cert, "client.key": "elsewhere"}
    with dask.config.set({f"distributed.comm.tls.{name}": value for name, value in others.items()}):
        crew = crew_of(Running(scheduler=TLS, scheduler_key=tmp_path / "scan.key"), Sending())
    assert crew is not None
    assert crew.place == f"of {TLS}"


def test_one_worker_is_the_scan_itself_without_dask(program: Program) -> None:
    code = (
        "import sys; from aioprowler.cli.app import run\n"
        f"run(['scan', '--check', '{CHECK}', '--workers', '1', '--no-files'])\n"
        "print(sorted({'dask', 'distributed'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(**{**program.arguments(), "args": [sys.executable, "-c", code]}, timeout=60)
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_scheduler_that_is_not_there_is_told(here: Here) -> None:
    done = here("scan", "--scheduler", "tcp://127.0.0.1:9", "--role", *ROLES, "--no-files")
    assert done.returncode == 2
    assert "--scheduler tcp://127.0.0.1:9: it cannot be reached" in done.stderr.splitlines()[-1]


def found(output: str) -> dict[str, str]:
    return {each["uid"]: each["status"] for each in map(json.loads, output.splitlines())}


def test_workers_find_what_one_process_finds(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "loud.py").write_text(LOUD)
    options = ("scan", "--check", CHECK, "acme_loud", "--checks-folder", str(folder), "--role", *ROLES)
    alone = program(*options, "--no-files")
    many = program(*options, "--workers", "2", "--output-directory", "out", "--output-filename", "x")
    assert found(many.stdout) == found(alone.stdout)
    assert len(found(many.stdout)) == 18
    assert many.returncode == alone.returncode
    assert "workers        2, on this machine" in many.stderr
    assert " on 2 workers" in many.stderr
    assert "3 of 3 accounts" in many.stderr
    assert "Traceback" not in many.stderr
    assert "distributed" not in many.stderr
    assert json.loads((tmp_path / "out" / "x.coverage.json").read_text())["workers"] == 2


LOUD = '''
from aioprowler import Pass, check
from aioprowler.services.s3.resources import Bucket


@check(fails="Bucket is loud", severity="low", categories=["acme"])
def acme_loud(bucket: Bucket) -> Pass:
    """Buckets are quiet.

    Whoever prints in a check writes among findings.

    ## Risk
    None.

    ## Remediation
    None.

    ## References
    https://wiki.example.com/buckets
    """
    print("not a finding")
    return Pass(f"Bucket {bucket.name} is quiet.")
'''


BROKEN = '''
from aioprowler import Account, Verdict, check


@check(fails="It is wrong", severity="low", resource_type="Other", resource_group="security", resource_arn="arn:aws::")
def acme_broken(account: Account) -> Verdict:
    """It is right.

    ## Risk
    None.

    ## Remediation
    None.
    """
    raise ValueError("of ours")
'''


def test_what_workers_log_is_logged_here_with_their_names(program: Program, stub: Stub, tmp_path: Path) -> None:
    stub.denied = {"S3ListBuckets"}
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "broken.py").write_text(BROKEN)
    options = ("scan", "--check", CHECK, "acme_broken", "-x", str(folder), "--role", *ROLES[:2], "--workers", "2")
    quiet = program(*options, "--no-files")
    said = [line for line in quiet.stderr.splitlines() if "acme_broken raised" in line]
    worker = r"tls://127\.0\.0\.1:\d+"
    assert len(said) == 2
    assert all(
        re.fullmatch(rf"aioprowler: error: {worker}: acme_broken raised ValueError: of ours", each) for each in said
    )
    assert "Traceback" not in quiet.stderr
    assert "ListBuckets" not in quiet.stderr
    loud = program(*options, "--no-files", "--debug", "--log-file", "scan.log")
    assert loud.stderr.count("    raise ValueError") == 2
    assert len(re.findall(rf"aioprowler: debug: {worker}: s3:ListBuckets in ", loud.stderr)) == 2
    logged = [json.loads(line) for line in (tmp_path / "scan.log").read_text().splitlines()]
    broken = [each for each in logged if "acme_broken" in each["message"]]
    assert {each["level"] for each in broken} == {"ERROR"}
    assert all("    raise ValueError" in each["traceback"] for each in broken)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_leaves_nothing(
    number: signal.Signals, program: Program, stub: Stub, tmp_path: Path
) -> None:
    """The signal goes to all processes of the terminal, as Ctrl-C does."""
    stub.delay = 30
    program.environment["TMPDIR"] = str(tmp_path / "temporary")
    Path(program.environment["TMPDIR"]).mkdir()
    scan = program.start("scan", "--role", *ROLES, "--workers", "2", "--no-files", start_new_session=True)
    workers = _workers_of(scan.pid)
    os.killpg(scan.pid, number)
    _, told = scan.communicate(timeout=30)
    assert scan.returncode == 130
    assert told.splitlines() == [
        "aioprowler: Stopping: finishing what is being written (again to stop at once)",
        "aioprowler: interrupted after 0 findings; no files were written.",
    ]
    psutil.wait_procs(workers, timeout=5)
    assert not [each for each in workers if each.is_running()]
    assert not [*Path(program.environment["TMPDIR"]).iterdir()]


def test_workers_end_with_a_scan_that_is_killed(program: Program, stub: Stub) -> None:
    stub.delay = 30
    scan = program.start("scan", "--role", *ROLES, "--workers", "2", "--no-files")
    workers = _workers_of(scan.pid)
    scan.kill()
    scan.communicate(timeout=30)
    gone, alive = psutil.wait_procs(workers, timeout=10)
    assert (len(gone), alive) == (2, [])


def _workers_of(pid: int) -> list[psutil.Process]:
    scan = psutil.Process(pid)
    for _ in range(600):
        children: list[psutil.Process] = scan.children()
        if len(children) == 2:
            return children
        time.sleep(0.1)
    raise AssertionError("no workers came")
