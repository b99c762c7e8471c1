"""Mistakes on the command line: exit code 2 and one line with what is right."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import botocore
import pytest

import aioprowler
from aioprowler.aws.models import newest
from aioprowler.cli.app import run
from aioprowler.cli.config import read_config
from aioprowler.cli.credentials import sources, whom
from aioprowler.cli.options import Access
from aioprowler.errors import UsageError

ROLE = "arn:aws:iam::123456789012:role/audit"


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("scna", 'Did you mean "scan"?'),
        ("checks shw", "aioprowler checks --help"),
        ("scan --chek x", "Did you mean --check?"),
        ("scan --check", "-check"),
        ("scan everything", "There is no place for 'everything'"),
        ("scan --check s3_bucket_object_versionin", "s3_bucket_object_versioning"),
        ("scan --excluded-check s3_bucket_object_versionin", "s3_bucket_object_versioning"),
        ("scan --service s4", "s3"),
        ("scan --excluded-service s4", "s3"),
        ("scan --severity hihg", "high"),
        ("scan --severity HIGHER", "Did you mean high"),
        ("scan --severity critical,high", "Separate them by spaces: critical high."),
        ("scan --severity urgent", "There are critical, high, medium, low, informational."),
        ("scan --service zzz", "There is no service 'zzz'."),
        ("scan --check nothing", "`aioprowler checks list` prints those there are."),
        ("scan --status failed", "Did you mean FAIL"),
        ("scan -M CSVS", "Did you mean csv?"),
        ("scan -M xyz", "Say one of jsonl, csv, html"),
        ("scan --category encrypt", "encryption"),
        ("scan --region eu-wset-1", "eu-west-1"),
        ("scan --excluded-region eu-wset-1", "eu-west-1"),
        ("scan --status FAILED", "FAIL"),
        ("scan -M josn", "jsonl"),
        ("scan -F reports/today", "one without a folder"),
        ("scan --no-files -M csv", "leave one of them out"),
        ("scan --stdout xml", "jsonl"),
        ("scan --organization --account-tag =x", "write KEY=VALUE"),
        ("scan --organization --account-tag a=b a=c", "given twice"),
        ("scan --role audit", "arn:aws:iam::123456789012:role/aioprowler"),
        ("scan --external-id handshake", "add --role"),
        ("scan --organizations-role lister", "give the role's ARN"),
        (f"scan --organization -O {ROLE}", "leave it out"),
        (f"scan --role {ROLE} --external-id é", "--external-id"),
        (f"scan --role {ROLE} --profile a b", "one profile"),
        ("scan --session-duration 899", "900"),
        ("scan --session-duration 43201", "43200"),
        ("scan --session-duration long", "long"),
        ("scan --role-session-name a/b", "--role-session-name"),
        ("scan --mfa-serial arn:aws:iam::123456789012:mfa/alice", "--mfa-token"),
        ("scan --mfa --profile a b", "one account"),
        ("scan --mfa-serial arn:aws:iam::123456789012:mfa/alice --mfa-token 12345", "six digits"),
        ("scan --api-budget 0", "at most 1"),
        ("scan --api-budget 1.5", "at most 1"),
        ("scan --api-budget 0.001", "at least 0.01"),
        ("scan --region us-east-1 --excluded-region us-east-1", "All regions to scan are excluded"),
        ("scan --account-timeout 0", "seconds"),
        ("scan --config-file nowhere.yaml", "nowhere.yaml"),
        ("scan --checks-folder nowhere", "nowhere"),
        ("scan --checks-folder=", "--checks-folder: its value is empty"),
        ("scan -o=", "its value is empty; give a path"),
        ("scan --baseline=", "--baseline: its value is empty"),
        ("scan --profile=", "--profile: its value is empty; give one, or leave it out"),
        ("scan --service=", "--service: its value is empty"),
        ("scan --any-baseline", "--any-baseline goes with --baseline"),
        ("scan --baseline /", "--baseline /: Is a directory"),
        ("scan --baseline .", "--baseline .: Is a directory"),
        ("diff / /dev/null", "diff /: Is a directory"),
        ("checks list --checks-folder=", "--checks-folder: its value is empty"),
        ("plan --service s4", "s3"),
        ("permissions --service s4", "s3"),
        ("checks list --service s4", "s3"),
        ("checks show s3_bucket_object_versionin", "s3_bucket_object_versioning"),
        ("demo --service s4", "s3"),
        ("services --all", "--help"),
    ],
)
def test_mistakes(options: str, hint: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(options.split()) == 2
    output = capfd.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert line.startswith("aioprowler: error: ")
    assert hint in line


LONG = "x" * 20_000


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (f"scan --session-duration {LONG}", "See `aioprowler scan --help`."),
        (f"scan --session-duration {'9' * 4000}", "give 900 to 43200 seconds."),
        (f"scan --check {LONG}", "`aioprowler checks list` prints those there are."),
        (f"scan --region {LONG}", "There is no region 'xxx"),
        (f"scan -M {LONG}", "Say one of jsonl"),
        (f"scan -F {LONG}/", "one without a folder"),
        (f"scan -B {LONG}", "NAME/PREFIX."),
        (f"scan --role {LONG}", "arn:aws:iam::123456789012:role/aioprowler."),
        (f"scan --resource-arn {LONG}", "give an ARN"),
        (f"scan --organization --account-tag ={LONG}", "or KEY."),
        (f"scan --stdout {LONG}", "See `aioprowler scan --help`."),
        (f"scan --config-file {LONG}", "File name too long. Give a file that can be read."),
        (f"scan -w arn:{LONG}", "or the ARN of a DynamoDB table."),
        (f"services {LONG}", "See `aioprowler services --help`."),
        (f"{LONG}", "aioprowler --help"),
    ],
    ids=lambda text: text[:30],
)
def test_of_a_long_mistake_its_beginning_is_told_and_what_to_do(
    options: str, hint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(options.split()) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert len(line) < 2100
    assert hint in line


@pytest.mark.parametrize("option", ["--access-key-id", "--secret-access-key", "--session-token"])
def test_secrets_are_no_options(option: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", option, "AKIAEXAMPLE"]) == 2
    assert "Unknown option" in capfd.readouterr().err


@pytest.mark.parametrize("words", [["--version", "-v"], ["-v", "--version"]])
def test_the_version_alone_and_with_what_it_runs_on(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    alone = capfd.readouterr().out
    assert alone == f"aioprowler {aioprowler.__version__}\n"
    assert run(words) == 0
    first, *others = capfd.readouterr().out.splitlines(keepends=True)
    assert first == alone
    assert f"botocore {botocore.__version__}\n" in others
    assert newest().botocore in others[-1]
    assert newest().date in others[-1]


def test_sources_are_an_account_each() -> None:
    (own,) = sources(Access())
    assert (own.role_arn, own.profile) == (None, None)
    assert [source.profile for source in sources(Access(profiles=["a", "b"]))] == ["a", "b"]
    other = ROLE.replace("audit", "path/reader")
    first, second = sources(
        Access(roles=[ROLE, other], profiles=["base"], external_id="handshake", session_duration=900)
    )
    assert (first.role_arn, second.role_arn) == (ROLE, other)
    assert (second.profile, second.external_id, second.session_duration) == ("base", "handshake", 900)


def test_the_mfa_code_is_asked_for_on_stderr(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("arn:aws:iam::123456789012:mfa/alice\n123456\n"))
    (source,) = whom(Access(mfa=True))["credentials"]
    assert (source.mfa_serial, source.mfa_token) == ("arn:aws:iam::123456789012:mfa/alice", "123456")
    output = capfd.readouterr()
    assert output.out == ""
    assert "code" in output.err


def test_nobody_is_there_to_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(UsageError, match="--mfa-token"):
        whom(Access(mfa=True))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max_security_group_rule: 1\n", "There is no configuration key 'max_security_group_rule'. Did you mean"),
        ("max_unused_access_keys_days: x\n", "Configuration key"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_told_with_its_file(
    text: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert run(["scan", "--config-file", str(path)]) == 2
    assert f"error: {path}: {told}" in capfd.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "aws:\n  max_days: 3\n  ports: [22]\n  nothing:\ngcp:\n  other: 1\n",
        "max_days: 3\nports:\n  - 22\n",
    ],
)
def test_both_layouts_of_the_configuration(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert read_config(path) == {"max_days": 3, "ports": [22]}


@pytest.mark.parametrize("text", ["", "aws:\n", "# nothing\n"])
def test_an_empty_configuration(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert read_config(path) == {}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aws: [1\n", "line 2"),
        ("- 1\n", "key: value"),
        ("aws: 3\n", "key: value"),
        ("a: !!python/object/apply:os.getpid []\n", "not YAML"),
        ("a: \x01\n", "not YAML"),
    ],
)
def test_no_configuration(text: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=hint):
        read_config(path)
