"""What completes a command line, and the manual page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from aioprowler.catalog import installed
from aioprowler.cli.app import run
from aioprowler.cli.completion import candidates
from aioprowler.cli.help import all_described, arguments_of
from aioprowler.cli.man import man
from aioprowler.cli.parser import program
from aioprowler.cli.values import KNOWN


def words(*line: str) -> list[str]:
    return [word for word, _ in candidates(line)]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (["sca"], ["scan"]),
        (["checks", "s"], ["show"]),
        (["scan", "--severity", "h"], ["high"]),
        (["scan", "--severity", "high", "c"], ["critical"]),
        (["scan", "--severity=cr"], ["--severity=critical"]),
        (["scan", "--severity", "=", "cr"], ["critical"]),
        (["scan", "--severity", "="], ["critical", "high", "medium", "low", "informational"]),
        (["scan", "--checks-fi"], ["--checks-file"]),
        (["scan", "--region", "eu-central-"], ["eu-central-1", "eu-central-2"]),
        (["scan", "-M", "sar"], ["sarif"]),
        (["scan", "--status", "MU"], ["MUTED"]),
        (["scan", "--stdout", ""], ["jsonl", "lines", "summary", "none"]),
        (["scan", "--stdout", "none", ""], []),
        (["scan", "--organization", ""], []),
        (["scan", "--compliance", "cis_3"], ["cis_3.0"]),
        (["compliance", "show", "cis_3"], ["cis_3.0"]),
        (["completion", "z"], ["zsh"]),
        (["scan", "--config-file", ""], []),
        (["nonsense", "x"], []),
    ],
    ids=" ".join,
)
def test_a_word_is_completed(line: list[str], first: list[str]) -> None:
    assert words(*line) == first


def test_checks_are_completed_in_all_their_places() -> None:
    everything = [*installed().listed]
    for line in (["scan", "--check", ""], ["plan", "-c", ""], ["scan", "-e", "iam_avoid_root_usage", ""]):
        assert words(*line) == everything
    assert words("checks", "show", "s3_bucket_object_v") == ["s3_bucket_object_versioning"]


def test_profiles_come_from_the_files_of_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_text("[profile production]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    assert "production" in words("scan", "--profile", "")


def test_options_are_told_with_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["__complete", "scan", "--no-f"]) == 0
    assert capsys.readouterr().out == "--no-files\tWrite no files.\n"


def test_what_is_known_is_of_arguments_that_there_are() -> None:
    app = program()
    commands = (app.parse_commands(each.name.split()[1:])[1][-1] for each in all_described(app))
    taking = [command for command in commands if command.default_command is not None]
    names = {each.field_info.name for command in taking for each in arguments_of(command)}
    assert {*KNOWN} <= names


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shells_take_the_script(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    if shutil.which(shell) is not None:
        subprocess.run([shell, "-n", script], check=True, timeout=20)


def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a program of that name in the path."""
    assert run(["completion", "bash"]) == 0
    stub = tmp_path / "aioprowler"
    stub.write_text("#!/bin/sh\nprintf 'critical\\t\\n'; printf '%s\\tabout it\\n' \"$*\"\n")
    stub.chmod(0o755)
    typed = 'COMP_WORDS=(aioprowler scan --severity c); COMP_CWORD=3; _aioprowler; printf "%s|" "${COMPREPLY[@]}"'
    line = ["bash", "-c", capsys.readouterr().out + typed]
    done = subprocess.run(
        line, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == "critical|__complete scan --severity c|"


def test_the_manual_has_all_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    man()
    text = capsys.readouterr().out.replace("\\-", "-")
    for each in all_described(program()):
        assert f"\\fB{each.name}\\fR" in text
        for rows in each.blocks.values():
            assert all(f"\\fB{label}\\fR" in text for label, _ in rows)


def test_no_line_of_the_manual_is_taken_for_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    man()
    requests = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith((".", "'"))}
    assert requests <= {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".B", ".I"}
