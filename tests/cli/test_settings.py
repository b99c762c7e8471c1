"""Options from the environment and from a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aioprowler.cli.app import run
from aioprowler.cli.help import arguments_of
from aioprowler.cli.parser import program
from aioprowler.cli.settings import _ABOUT_ITSELF, _NAMED_ALONE, _keys, _takes_many, _variables
from aioprowler.cli.values import choices
from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub

ARGUMENTS = arguments_of(program()["scan"])
OPTIONS = [each for each in ARGUMENTS if each.field_info.name not in _ABOUT_ITSELF]


def shown(here: Here, *options: str) -> dict[str, tuple[str, str]]:
    """Option -> (where it is from, its value)."""
    done = here("scan", *options, "--show-options")
    assert done.returncode == 0, done.stderr
    rows = [re.split(r"  +", line) for line in done.stdout.splitlines()[1:]]
    return {option: (source, value) for option, source, value in rows}


def write(here: Here, *lines: str, name: str = "aioprowler.toml") -> Path:
    path = here.folder / name
    path.write_text("\n".join(["[scan]", *lines]))
    return path


def wrong(here: Here, *options: str) -> str:
    done = here("scan", *options)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    return line.removeprefix("aioprowler: error: ")


def test_the_command_line_is_before_a_variable_and_that_before_the_file(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, 'region = ["eu-west-1"]', 'severity = "low"', 'service = ["s3", "iam"]', "tags = true")
    monkeypatch.setenv("AIOPROWLER_REGION", "eu-west-2 eu-west-3")
    monkeypatch.setenv("AIOPROWLER_SEVERITIES", "critical  high")
    monkeypatch.setenv("AIOPROWLER_TAGS", "false")
    found = shown(here, "--region", "us-east-1")
    assert found["--region"] == ("command line", "us-east-1")
    assert found["--severity"] == ("AIOPROWLER_SEVERITIES", "critical high")
    assert found["--tags"] == ("AIOPROWLER_TAGS", "false")
    assert found["--service"] == ("aioprowler.toml", "s3 iam")
    assert found["--api-budget"] == ("default", "0.5")
    assert {*found} == {next(name for name in each.names if name.startswith("--")) for each in OPTIONS}


@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_each_option_can_come_from_either(spelling: int, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    for each in OPTIONS:
        value = "true" if each.hint is bool else next(map(str, choices(each.hint)), "1")
        key, variable = (names[min(spelling, len(names) - 1)] for names in ([*_keys(each)], [*_variables(each)]))
        lines.append(f"{key} = {value if each.hint is bool else [value] if _takes_many(each) else repr(value)}")
        monkeypatch.setenv(variable, value)
    assert {source[:11] for source, _ in shown(here).values()} == {"AIOPROWLER_"}
    for each in OPTIONS:
        for variable in _variables(each):
            monkeypatch.delenv(variable, raising=False)
    write(here, *lines, name="mine.toml")
    assert {source for source, _ in shown(here, "--options-file", "mine.toml").values()} == {"mine.toml"}


def test_a_scan_goes_by_them(here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, f'check = ["{CHECK}"]', 'region = "us-east-1"', "no-files = true")
    monkeypatch.setenv("AIOPROWLER_STATUS", "PASS")
    stub.versioned = True
    done = here("scan")
    assert done.returncode == 0
    assert f'"check_id":"{CHECK}"' in done.stdout
    assert "aioprowler: aioprowler.toml says check, region, no-files." in done.stderr
    assert not (here.folder / "output").exists()
    assert "says" not in here("scan", "--quiet").stderr


def test_other_commands_do_not(here: Here) -> None:
    write(here, 'service = ["nonsense"]')
    assert here("services").returncode == 0
    assert here("checks", "list").returncode == 0


def test_secrets_are_not_shown(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOPROWLER_WEBHOOK_URL", "https://example.com/s3cret")
    found = shown(here, "--external-id", "s3cret")
    assert found["--webhook"] == ("AIOPROWLER_WEBHOOK_URL", "(secret)")
    assert found["--external-id"] == ("command line", "(secret)")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('regoin = "x"', "aioprowler.toml: There is no option 'regoin'. Did you mean region"),
        ('tags = "yes"', "aioprowler.toml: tags: give true or false."),
        ("api-budget = [1]", "aioprowler.toml: api-budget: give one value."),
        ("region = {a = 1}", 'aioprowler.toml: region: give a list, such as ["a", "b"].'),
        ("region = [true]", "aioprowler.toml: region: give a list"),
        ('options-file = "x"', "There is no option 'options-file'"),
        ('region = "', "aioprowler.toml: this is not TOML"),
        ("[other]", "aioprowler.toml: write all options below `[scan]`."),
        (f"region = {'[' * 5000}", "aioprowler.toml: this is not TOML"),
    ],
    ids=lambda text: text[:20],
)
def test_a_mistake_in_the_file_is_told(line: str, hint: str, here: Here) -> None:
    write(here, line)
    assert hint in wrong(here)


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("AIOPROWLER_REGOIN", "x", "Did you mean AIOPROWLER_REGION?"),
        ("AIOPROWLER_TAGS", "perhaps", "AIOPROWLER_TAGS 'perhaps': say true or false."),
        ("AIOPROWLER_API_BUDGET", "much", 'Invalid value for AIOPROWLER_API_BUDGET: unable to convert "much"'),
        ("AIOPROWLER_STDOUT", "xml", 'Invalid value "xml" for AIOPROWLER_STDOUT.'),
        ("AIOPROWLER_CHECKS", "'a", "AIOPROWLER_CHECKS: a quote in it has no end."),
        ("AIOPROWLER_OPTIONS_FILE", "gone.toml", "--options-file gone.toml: No such file"),
    ],
)
def test_a_mistake_in_a_variable_is_told(
    variable: str, value: str, hint: str, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert hint in wrong(here)


@pytest.mark.parametrize("variable", ["AIOPROWLER_WEBHOOK_SECRET", "AIOPROWLER_IP_RANGES_URL", "AIOPROWLER_BROWSER"])
def test_variables_of_something_else_are_no_mistakes(
    variable: str, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")
    shown(here)


def test_a_file_that_is_merely_there_does_not_run_code_or_send_anything(here: Here) -> None:
    names = {each.field_info.name for each in OPTIONS}
    assert names >= _NAMED_ALONE
    for argument in (each for each in OPTIONS if each.field_info.name in _NAMED_ALONE):
        key = argument.name.removeprefix("--")
        path = write(here, f"{key} = true")
        assert f"{key} is not taken from a file that merely lies here" in wrong(here)
        path.unlink()


def test_a_file_that_others_can_write_is_not_taken_unless_it_is_named(here: Here) -> None:
    path = write(here, 'region = "eu-west-1"')
    path.chmod(0o666)
    assert "name it by --options-file aioprowler.toml" in wrong(here)
    assert shown(here, "--options-file", "aioprowler.toml")["--region"] == ("aioprowler.toml", "eu-west-1")


def test_the_page_says_which_ones_a_found_file_cannot_say() -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    sending = {"bucket", "bucket_no_assume", "bucket_owner", "security_hub", "skip_sh_update", "send_sh_only_fails"}
    sending |= {"slack", "webhook", "insecure_webhook"}
    for argument in OPTIONS:
        if argument.field_info.name in _NAMED_ALONE - sending:
            assert f"`{argument.name.removeprefix('--')}`" in page


def test_the_version_has_a_short_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == run(["-V"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
