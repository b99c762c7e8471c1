"""What a journal decides alone, and what has to be said again."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioprowler._version import __version__
from aioprowler.cli.options import Access, Judging, Output, Running, Selecting, Sending
from aioprowler.cli.resume import RULES, Options, Rule, resumed, stored
from aioprowler.errors import UsageError
from aioprowler.scanning.resuming import JournalError
from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub

ROLES = ["arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit"]
DEFAULT = Options(Selecting(), Access(), Judging(), Output(), Running(), Sending())
GROUPS = {field.name: name for name, group in DEFAULT._asdict().items() for field in dataclasses.fields(group)}

ASKED_FOR: dict[str, tuple[Any, Any, str]] = {
    "checks_folders": ([Path("/mine")], [Path("/other")], "--checks-folder /mine"),
    "checks_file": (Path("/a"), Path("/b"), "--checks-file /a"),
    "excluded_checks_file": (Path("/a"), Path("/b"), "--excluded-checks-file /a"),
    "custom_checks_metadata_file": (Path("/a"), Path("/b"), "--custom-checks-metadata-file /a"),
    "compliance_files": ([Path("/a")], [Path("/b")], "--compliance-file /a"),
    "config_file": (Path("/a"), Path("/b"), "--config-file /a"),
    "mutelist_file": ("s3://lists/a", "s3://lists/b", "--mutelist-file s3://lists/a"),
    "accounts_file": (Path("/a"), Path("/b"), "--accounts-file /a"),
    "baseline": (Path("/a"), Path("/b"), "--baseline /a"),
    "roles": (ROLES, ROLES[:1], f"--role {ROLES[0]} and 1 more"),
    "external_id": ("4f1c", "5f1c", "--external-id,"),
    "role_session_name": ("audit", "other", "--role-session-name audit"),
    "no_session_policy": (True, None, "--no-session-policy,"),
    "organization": (True, None, "--organization,"),
    "organizations_role": (ROLES[0], ROLES[1], f"--organizations-role {ROLES[0]}"),
    "role_name": ("audit", "other", "--role-name audit"),
    "scan_secrets_validate": (True, None, "--scan-secrets-validate,"),
    "profiles": (["a"], ["b"], "--profile a"),
    "bucket": ("reports", "others", "--output-bucket reports"),
    "bucket_no_assume": ("reports", "others", "--output-bucket-no-assume reports"),
    "bucket_owner": ("111111111111", "222222222222", "--output-bucket-owner 111111111111"),
    "security_hub": (True, None, "--security-hub,"),
    "skip_sh_update": (True, None, "--skip-sh-update,"),
    "send_sh_only_fails": (True, None, "--send-sh-only-fails,"),
    "slack": (True, None, "--slack,"),
    "mode": ("640", "644", "--output-mode 640"),
    "quotas_file": (Path("/a"), Path("/b"), "--quotas-file /a"),
}
"""Option -> as the interrupted scan had it, another value, and what a resumption without it is told."""


def options(resume: Path | None = None, **given: Any) -> Options:
    """What is given on the command line."""
    if resume is not None:
        given["resume"] = resume
    groups = {
        name: dataclasses.replace(group, **{each: value for each, value in given.items() if GROUPS[each] == name})
        for name, group in DEFAULT._asdict().items()
    }
    return Options(**groups)


def journal(folder: Path, **before: Any) -> Path:
    """Of a scan with these options."""
    header = {
        "version": __version__, "now": "2026-06-01T00:00:00Z", "formats": ["jsonl", "csv"], "kinds": [],
        "options": stored(options(**before)),
    }  # fmt: skip
    path = folder / "x.journal"
    path.write_bytes(msgspec.json.encode(header) + b"\n")
    (folder / "x.jsonl").touch()
    return path


def value(found: Options, name: str) -> Any:
    return getattr(getattr(found, GROUPS[name]), name)


def rules(*wanted: Rule) -> set[str]:
    return {name for rule, _, names in RULES if rule in wanted for name in names}


def test_each_option_of_a_scan_has_one_rule() -> None:
    """A new one is not taken from journals until somebody has thought about it."""
    names = [name for _, _, names in RULES for name in names]
    assert sorted(names) == sorted(GROUPS)
    assert rules(Rule.AGAIN, Rule.ASKED) == {*ASKED_FOR}


@pytest.mark.parametrize("name", ASKED_FOR)
def test_what_a_journal_does_not_decide_is_said_and_asked_for(name: str, tmp_path: Path) -> None:
    former, other, told = ASKED_FOR[name]
    path = journal(tmp_path, **{name: former})
    with pytest.raises(UsageError, match="which a journal alone does not decide: give the options of") as refused:
        resumed(options(path))
    assert f"is of a scan with {told}" in str(refused.value).replace(", which", ",") + ","
    assert "4f1c" not in str(refused.value)
    assert value(resumed(options(path, **{name: former})).options, name) == former
    if other is not None and name in rules(Rule.ASKED):
        assert value(resumed(options(path, **{name: other})).options, name) == other
    elif other is not None:
        with pytest.raises(UsageError, match=r"--\S+ is not what the scan of .*x\.journal had"):
            resumed(options(path, **{name: other}))


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    path = journal(tmp_path, roles=ROLES, external_id="4f1c", bucket="b" * 100, regions=["eu-west-1"])
    with pytest.raises(UsageError) as refused:
        resumed(options(path, external_id="4f1c"))
    assert f"with --role {ROLES[0]} and 1 more, --output-bucket {'b' * 79}…, which" in str(refused.value)


@pytest.mark.parametrize("name", sorted(rules(Rule.AGAIN)))
def test_what_the_interrupted_scan_had_not_cannot_come_to_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--\S+ is not what the scan of .* had: give the same, or start a new scan"):
        resumed(options(journal(tmp_path), **{name: ASKED_FOR[name][0]}))


def test_what_is_looked_at_comes_from_the_journal_and_may_be_repeated(tmp_path: Path) -> None:
    before = {"regions": ["eu-west-1"], "checks": [CHECK], "statuses": ["FAIL"], "tags": True, "session_duration": 900}
    path = journal(tmp_path, **before)
    for given in ({}, {"regions": ["eu-west-1"]}, before):
        found = resumed(options(path, **given)).options
        assert {name: value(found, name) for name in before} == before
    with pytest.raises(UsageError, match="--region is not what"):
        resumed(options(path, regions=["eu-west-1", "eu-west-2"]))


def test_the_files_are_those_beside_the_journal_whatever_it_says(tmp_path: Path) -> None:
    path = journal(tmp_path, directory=Path("/elsewhere"), filename="../y")
    for given in ({}, {"directory": tmp_path, "filename": "x", "formats": ["jsonl", "csv"]}):
        output = resumed(options(path, **given)).options.output
        assert (output.directory, output.filename, output.formats) == (tmp_path, "x", ["jsonl", "csv"])
    for other in ({"directory": tmp_path / "y"}, {"filename": "y"}, {"formats": ["csv"]}):
        with pytest.raises(UsageError, match=r"--output-.* is not what"):
            resumed(options(path, **other))


@pytest.mark.parametrize(
    "wrong",
    [
        {"formats": ["html"]}, {"formats": []}, {"now": "soon"}, {"now": "0001-01-01T00:00:00+14:00"},
        {"now": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_scan_writes_is_damaged(wrong: dict[str, Any], tmp_path: Path) -> None:
    path = journal(tmp_path)
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), **wrong}) + b"\n")
    with pytest.raises(JournalError, match="damaged"):
        resumed(options(path))


def test_speed_is_the_former_one_unless_another_is_given(tmp_path: Path) -> None:
    path = journal(tmp_path, api_budget=0.25, stdout="none")
    assert resumed(options(path)).options.running.api_budget == 0.25
    assert resumed(options(path, api_budget=0.75)).options.running.api_budget == 0.75
    assert resumed(options(path)).options.output.stdout == "none"


def test_what_a_journal_says_of_speed_is_held_to_the_same_bounds(here: Here) -> None:
    done = here("scan", "--resume", str(journal(here.folder, api_budget=100.0)))
    assert done.returncode == 2
    assert "--api-budget 100: give a share" in done.stderr


@pytest.mark.parametrize(
    "wrong",
    [{"session_duration": int("9" * 4000)}, {"checks": ["x" * 100_000]}, {"resource_tags": ["=" * 100_000]}],
    ids=["number", "name", "text"],
)
def test_of_what_a_journal_says_no_more_is_repeated_than_tells_it(wrong: dict[str, Any], here: Here) -> None:
    done = here("scan", "--resume", str(journal(here.folder, **wrong)))
    assert done.returncode == 2
    assert len(done.stderr) < 400


def test_code_that_a_journal_names_does_not_run(here: Here, stub: Stub) -> None:
    folder = here.folder / "theirs"
    folder.mkdir()
    (folder / "code.py").write_text(f"open({str(here.folder / 'ran')!r}, 'w')\n")
    path = journal(here.folder, checks_folders=[folder])
    done = here("scan", "--resume", str(path))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"with --checks-folder {folder}, which" in line
    assert not (here.folder / "ran").exists()


def test_a_nightly_command_goes_on_by_one_more_option(here: Here, stub: Stub) -> None:
    nightly = ("scan", "--check", CHECK, "--region", "us-east-1", "--role", *ROLES, "-o", "out", "-F", "nightly")
    nightly += ("-M", "csv", "jsonl", "--output-mode", "640", "--api-budget", "0.9", "--stdout", "none", "--quiet")
    stub.denied = {ROLES[1]}
    assert here(*nightly).returncode == 4
    stub.denied = set()
    done = here(*nightly, "--resume", "out")
    assert (done.returncode, done.stderr) == (3, "")
    assert {each.name for each in Path("out").iterdir()} == {
        "nightly.csv", "nightly.jsonl", "nightly.coverage.json",
    }  # fmt: skip
    assert oct(Path("out/nightly.csv").stat().st_mode & 0o777) == "0o640"


# ------------------------------------------------------------------ whom to believe
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o1622])
@pytest.mark.parametrize("name", ["x.journal", "x.jsonl", "x.jsonl.former"])
def test_what_others_may_write_is_not_believed(name: str, mode: int, tmp_path: Path) -> None:
    path = journal(tmp_path)
    (tmp_path / name).touch()
    (tmp_path / name).chmod(mode)
    with pytest.raises(JournalError, match=rf"{name} can be written by others \(mode {mode:o}\).*chmod go-w .*{name}"):
        resumed(options(path))
    (tmp_path / name).chmod(0o644)
    resumed(options(path))


@pytest.mark.parametrize(("mode", "is_fine"), [(0o770, False), (0o777, False), (0o1777, True), (0o755, True)])
def test_nor_what_others_may_put_there(mode: int, is_fine: bool, tmp_path: Path) -> None:
    folder = tmp_path / "their's"
    folder.mkdir()
    path = journal(folder)
    folder.chmod(mode)
    if is_fine:
        resumed(options(folder))
    else:
        with pytest.raises(JournalError, match=r"can be written by others .*chmod go-w '.*their'\"'\"'s'$"):
            resumed(options(path))


@pytest.mark.parametrize("name", ["x.journal", "x.jsonl", "x.jsonl.former"])
def test_nor_what_a_link_leads_to(name: str, tmp_path: Path) -> None:
    path = journal(tmp_path)
    (tmp_path / name).touch()
    (tmp_path / name).rename(tmp_path / "there")
    (tmp_path / name).symlink_to(tmp_path / "there")
    with pytest.raises(JournalError, match=rf"{name} cannot be read \(it is a link, which is not followed\)"):
        resumed(options(path))


def test_nor_what_is_another_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, owner = journal(tmp_path), tmp_path.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    with pytest.raises(JournalError, match=rf"x\.journal is not a file of yours \(its user has the number {owner}\)"):
        resumed(options(path))
    with pytest.raises(JournalError, match="has no journal of yours"):
        resumed(options(tmp_path))


@pytest.mark.parametrize(("owner", "is_fine"), [(1, False), (-os.geteuid(), True)], ids=["another's", "root's"])
def test_nor_what_lies_in_a_folder_of_another_user(
    owner: int, is_fine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may replace what is in it, whatever its mode."""
    path, look = journal(tmp_path), Path.stat

    def theirs(asked: Path, **how: Any) -> os.stat_result:
        found = look(asked, **how)
        return os.stat_result((*found[:4], found.st_uid + owner, *found[5:])) if asked == tmp_path else found

    monkeypatch.setattr(Path, "stat", theirs)
    if is_fine:
        resumed(options(path))
    else:
        with pytest.raises(JournalError, match=rf"{tmp_path.name} is not a folder of yours .* start the scan anew"):
            resumed(options(path))


def test_of_a_folder_the_latest_own_journal_is_taken(tmp_path: Path) -> None:
    path = journal(tmp_path, regions=["eu-west-1"])
    os.utime(path, (1, 1))
    (tmp_path / "newer.journal").symlink_to(path)
    os.mkfifo(tmp_path / "newest.journal")
    assert resumed(options(tmp_path)).options.access.regions == ["eu-west-1"]
