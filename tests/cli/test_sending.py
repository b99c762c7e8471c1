"""The real program tells others of its scans, keeps its files whatever they say, and says who was not told."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from aioprowler.demo.server import EmbeddedAws
from tests.cli.conftest import Here, Program
from tests.cli.listener import Listener, listening
from tests.cli.stub import CHECK, Stub

ROLES = ("arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit")
SCAN = ("scan", "--check", CHECK, "--stdout", "none")


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def uids(bodies: list[dict[str, object]]) -> set[str]:
    found: set[str] = set()
    for body in bodies:
        if body["type"] == "scan.findings":
            assert isinstance(body["data"], list)
            found |= {each["uid"] for each in body["data"]}
    return found


def record(folder: Path) -> set[str]:
    (path,) = (folder / "output").glob("*.jsonl")
    return {json.loads(line)["uid"] for line in path.read_text().splitlines()}


@contextmanager
def account() -> Iterator[tuple[str, Any, Any]]:
    """An embedded AWS with two buckets: its endpoint, and clients of S3 and Security Hub."""
    with EmbeddedAws() as aws:
        place = {"endpoint_url": aws.endpoint_url, "region_name": "us-east-1"}
        keys = aws.base_credentials.client_arguments()
        with (
            closing(boto3.client("s3", **place, **keys)) as s3,
            closing(boto3.client("securityhub", **place, **keys)) as hub,
        ):
            for name in ("reports", "other"):
                s3.create_bucket(Bucket=name)
            yield aws.endpoint_url, s3, hub


def test_one_scan_tells_everybody(program: Program, listener: Listener) -> None:
    with account() as (endpoint, s3, hub):
        program.environment |= {
            "AWS_ENDPOINT_URL": endpoint,
            "SLACK_WEBHOOK_URL": f"{listener.url}/slack",
            "AIOPROWLER_WEBHOOK_SECRET": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }
        options = (*SCAN, "--region", "us-east-1", "--security-hub", "--slack", "--webhook", f"{listener.url}/hook")
        done = program(*options, "--output-bucket", "reports/audit")
        assert done.returncode == 3, done.stderr
        assert "Security Hub: 2 imported, 0 unchanged, 0 archived." in done.stderr
        written = {path.name for path in (program.folder / "output").iterdir()}
        objects = s3.list_objects_v2(Bucket="reports")["Contents"]
        assert {each["Key"].rpartition("/")[2] for each in objects} == written
        assert {each["Key"].rpartition("/")[0] for each in objects} == {
            f"audit/output/{name}" for name in ("jsonl", "csv", "html", "coverage")
        }
        imported = hub.get_findings()["Findings"]
        assert {each["Id"] for each in imported} == {f"aioprowler-{uid}" for uid in record(program.folder)}
        assert uids(listener.at("/hook")) == record(program.folder)
        summary = listener.at("/hook")[-1]
        assert summary["type"] == "scan.coverage"
        assert summary["data"]["ended"]
        assert summary["data"]["notes"] == ["Security Hub: 2 imported, 0 unchanged, 0 archived."]
        (message,) = listener.at("/slack")
        assert message["text"] == "aioprowler: 2 failed in 1 of 1 account"
        s3.delete_bucket(Bucket="other")
        again = program(*options)
        assert "Security Hub: 0 imported, 1 unchanged, 1 archived." in again.stderr


def test_workers_find_and_the_scan_tells_security_hub(program: Program) -> None:
    with account() as (endpoint, s3, hub):
        program.environment["AWS_ENDPOINT_URL"] = endpoint
        options = (*SCAN, "--region", "us-east-1", "--security-hub")
        first = program(*options, "--workers", "2")
        assert first.returncode == 3, first.stderr
        assert "Security Hub: 2 imported, 0 unchanged, 0 archived." in first.stderr
        assert {each["Id"] for each in hub.get_findings()["Findings"]} == {
            f"aioprowler-{uid}" for uid in record(program.folder)
        }
        s3.delete_bucket(Bucket="other")
        again = program(*options, "--workers", "2")
        assert "Security Hub: 0 imported, 1 unchanged, 1 archived." in again.stderr
        s3.create_bucket(Bucket="other")
        others = program(*options[:1], "--check", "s3_bucket_object_lock", *options[3:], "--workers", "2")
        assert "Security Hub: 2 imported, 0 unchanged, 0 archived." in others.stderr, "other checks' findings stay"


def test_who_cannot_be_told_is_named_and_the_files_stay(here: Here, listener: Listener) -> None:
    listener.status = 404
    done = here(*SCAN, "--webhook", f"{listener.url}/hook/t0ken", "-B", "no-such-bucket")
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("aioprowler: error: ")]
    assert len(errors) == 2
    assert errors[0].startswith("aioprowler: error: webhook: http://127.0.0.1")
    assert errors[1].startswith("aioprowler: error: S3: the upload to bucket no-such-bucket failed")
    assert "t0ken" not in done.stderr
    assert len(record(here.folder)) == 3
    (coverage,) = (here.folder / "output").glob("*.json")
    told = json.loads(coverage.read_text())
    assert [note.partition(":")[0] for note in told["notes"]] == ["webhook"]
    assert not list((here.folder / "output").glob("*.journal"))


def test_a_scan_in_which_nothing_failed_but_the_sending_is_an_error(here: Here, stub: Stub, listener: Listener) -> None:
    stub.versioned = True
    assert here(*SCAN, "--webhook", listener.url).returncode == 0
    listener.status = 400
    assert here(*SCAN, "--webhook", listener.url).returncode == 1
    assert here(*SCAN, "--webhook", listener.url, "-z").returncode == 1


def test_an_incomplete_scan_outweighs_who_was_not_told_and_tells_what_it_has(
    here: Here, stub: Stub, listener: Listener
) -> None:
    stub.denied = {ROLES[1]}
    done = here(*SCAN, "--role", *ROLES, "--webhook", listener.url)
    assert done.returncode == 4
    assert listener.heard[-1][1]["data"]["accounts"] == {"found": 2, "scanned": 1, "scanned_before": 0}
    listener.status = 400
    assert here(*SCAN, "--role", *ROLES, "--webhook", listener.url).returncode == 4


def test_a_resumed_scan_tells_all_of_it(here: Here, stub: Stub, listener: Listener) -> None:
    stub.denied = {ROLES[1]}
    assert here(*SCAN, "--role", *ROLES, "--webhook", f"{listener.url}/t0ken").returncode == 4
    (journal,) = (here.folder / "output").glob("*.journal")
    assert "t0ken" not in journal.read_text()
    stub.denied = set()
    done = here(*SCAN, "--role", *ROLES, "--resume", "output", "--webhook", f"{listener.url}/again")
    assert done.returncode == 3, done.stderr
    assert uids(listener.at("/again")) == record(here.folder)
    assert len(record(here.folder)) == 6


def test_who_is_told_is_asked_for_again_by_a_resumption_and_may_be_another(here: Here, stub: Stub) -> None:
    stub.denied = {ROLES[1]}
    first = (*SCAN, "--role", *ROLES)
    assert here(*first, "-B", "no-such-bucket").returncode == 4
    done = here(*first, "--resume", "output")
    assert done.returncode == 2
    assert "is of a scan with --output-bucket no-such-bucket, which a journal alone does not decide" in done.stderr
    done = here(*first, "--resume", "output", "-B", "another-bucket")
    assert "another-bucket" in done.stderr
    assert "no-such-bucket" not in done.stderr


def test_an_interrupted_scan_ends_at_once_though_a_webhook_waits(
    program: Program, stub: Stub, listener: Listener
) -> None:
    stub.delay = 0.2
    stub.buckets = 500
    with program.start(*SCAN, "--webhook", listener.url) as process:
        while not listener.heard:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr
        assert "Go on with" in process.stderr.read()
    assert uids([body for _, body in listener.heard])
    assert all(body["type"] == "scan.findings" for _, body in listener.heard)


def test_a_webhook_hears_all_though_nobody_reads_the_output(program: Program, listener: Listener) -> None:
    with program.start("scan", "--check", CHECK, "--no-files", "--webhook", listener.url) as process:
        assert process.stdout
        process.stdout.close()
        assert process.wait() == 3
    assert listener.heard[-1][1]["type"] == "scan.coverage"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--slack",), "SLACK_API_TOKEN"),
        (("--webhook", "ftp://x"), "https://example.org"),
        (("--webhook", "https://me:pa55@x/"), "leave out user name and password"),
        (("--webhook", "http://hooks.example/pa55"), "http://hooks.example: over plain HTTP"),
        (("--webhook", ""), "its value is empty"),
        (("--skip-sh-update",), "go with --security-hub"),
        (("-B", "a/b", "-D", "c"), "give one of them"),
        (("-B", "reports", "--no-files"), "--no-files writes none"),
        (("-B", "Not a bucket"), "give the bucket's name"),
        (("--output-bucket-owner", "123456789012"), "goes with --output-bucket"),
        (("-B", "reports", "--output-bucket-owner", "me"), "twelve digits"),
        (("-B", "reports", "--mfa", "--role", ROLES[0]), "--output-bucket-no-assume"),
    ],
)
def test_what_cannot_be_is_told_before_the_scan(here: Here, stub: Stub, options: tuple[str, ...], said: str) -> None:
    done = here(*SCAN, *options)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert said in line
    assert "pa55" not in line
    assert not (here.folder / "output").exists()


def test_the_url_of_a_webhook_can_come_from_the_environment(
    here: Here, stub: Stub, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.versioned = True
    monkeypatch.setenv("AIOPROWLER_WEBHOOK_URL", f"{listener.url}/secret")
    assert here(*SCAN).returncode == 0
    assert uids(listener.at("/secret")) == record(here.folder)
    assert here(*SCAN, "--webhook", f"{listener.url}/given").returncode == 0
    assert listener.at("/given")[-1]["type"] == "scan.coverage"
    heard = len(listener.heard)
    monkeypatch.setenv("AIOPROWLER_WEBHOOK_URL", "")
    assert here(*SCAN).returncode == 0
    assert len(listener.heard) == heard


def test_a_bad_secret_is_told_before_the_scan(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOPROWLER_WEBHOOK_SECRET", "s3cret")
    done = here(*SCAN, "--webhook", "http://127.0.0.1:9/")
    assert done.returncode == 2
    assert "s3cret" not in done.stderr
