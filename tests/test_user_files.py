"""What users write is read within limits, whichever file it is; what is beyond them is told in one line.

Each text here is made just beyond our own limit, which is far below what any parser bears.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aioprowler import user_files
from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.aws.own_quotas import read_quotas
from aioprowler.catalog.custom_metadata import read_metadata
from aioprowler.cli.checks_file import read_check_ids
from aioprowler.cli.config import read_config
from aioprowler.errors import UsageError
from aioprowler.findings.mutelist_file import read_mutelist
from aioprowler.findings.record import Baseline
from aioprowler.user_files import DEEPEST, LONGEST_NUMBER

READERS: dict[str, Callable[[Path], Any]] = {
    "--config-file": read_config,
    "--mutelist-file": read_mutelist,
    "--quotas-file": read_quotas,
    "--custom-checks-metadata-file": lambda path: read_metadata(path, list),
    "--accounts-file": lambda path: read_accounts(path, "role", None),
}
DEEP = "\n".join([*(" " * n + "a:" for n in range(DEEPEST)), " " * DEEPEST + "- 1\n"])
FLOW = "a:\n  " + "[" * DEEPEST + "]" * DEEPEST + "\n"


def mistake(path: Path, text: str, option: str) -> str:
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        READERS[option](path)
    return str(raised.value)


@pytest.mark.parametrize("option", READERS)
@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (DEEP, DEEPEST + 1, "more than 50 lists and mappings lie in each other"),
        (FLOW, 2, "more than 50 lists and mappings lie in each other"),
        ("a: 1\nb: " + "9" * 101 + "\n", 2, "this number has more than 100 characters; put a text in quotes"),
        ("b: " + "1:" * 60 + "1\n", 1, "this number has more than 100 characters; put a text in quotes"),
        ("b: !!int '0x" + "f" * 101 + "'\n", 1, "this number has more than 100 characters; put a text in quotes"),
        ("a: 1\nb: &b [1, *b]\n", 2, "the alias b stands within what it stands for"),
    ],
    ids=["blocks", "braces", "digits", "base 60", "tagged", "circle"],
)
def test_what_is_beyond_the_limits_is_one_line_with_its_place(
    option: str, text: str, line: int, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.yaml"
    assert mistake(path, text, option) == f"{path}, line {line}: {told}."


@pytest.mark.parametrize("option", READERS)
def test_aliases_count_as_what_they_stand_for(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_files, "MOST", 100)
    path = tmp_path / "file.yaml"
    tens = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
    assert mistake(path, tens, option) == f"{path}, line 3: more than 100 values, with those that aliases stand for."


@pytest.mark.parametrize("option", READERS)
def test_a_file_is_read_up_to_a_size(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_files, "LARGEST", 10)
    told = "this has more than 10 bytes, which are the most."
    path = tmp_path / "file.yaml"
    assert mistake(path, "a: b # and more\n", option) == f"{option} {path}: {told}"
    assert mistake(tmp_path / "a.csv", "id\n123456789012\n", "--accounts-file").endswith(told)


@pytest.mark.parametrize("option", READERS)
def test_directives_are_counted(option: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    text = "\n".join(["", *(f"%TAG !t{n}! t" for n in range(101)), "---", "a: 1"])
    assert mistake(path, text, option) == f"{path}: more than 100 lines begin with %, as directives do."


@pytest.mark.parametrize("value", ["2026-02-30", "!!timestamp x", "!!int ''", "!!bool maybe", "!!float x"])
def test_a_scalar_that_is_none_of_its_type_is_told_with_its_line(value: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    assert mistake(path, f"a: 1\nb: {value}\n", "--config-file").startswith(f"{path}, line 2: this is not YAML (")
    assert mistake(path, f"ec2:DescribeVpcs:\n  rate: {value}\n", "--quotas-file").startswith(f"{path}, line 2: this")


def test_what_people_write_is_within_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    deep: Any = 1
    for _ in range(DEEPEST - 1):
        deep = [deep]
    text = f"a: &a [1, 2]\nb: [*a, *a]\nc: {deep}\nd: '{'9' * 200}'\ne: {'word ' * 100}\nf: {'9' * LONGEST_NUMBER}\n"
    path.write_text(f"{text}g: 2026-02-28\nh: !!str {'a' * 200}\n")
    assert read_config(path)["b"] == [[1, 2], [1, 2]]


# ---------------------------------------------------------------------- what is no file
EVERYTHING: dict[str, Callable[[Path], Any]] = {
    **READERS,
    "--checks-file": lambda path: read_check_ids("--checks-file", path, list),
    "--baseline": Baseline,
}


def put(path: Path, kind: str) -> None:
    match kind:
        case "directory":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "circle":
            path.symlink_to(path)


@pytest.mark.parametrize("option", EVERYTHING)
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("nothing", "No such file or directory. Give a file that can be read."),
        ("directory", "Is a directory. Give a file that can be read."),
        ("circle", "Too many levels of symbolic links. Give a file that can be read."),
        ("pipe", "this is a pipe or a device. Give a file."),
        ("device", "this is a pipe or a device. Give a file."),
    ],
)
def test_what_is_no_file_is_one_line_at_once(option: str, kind: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    put(path, kind)
    with pytest.raises(UsageError) as raised:
        EVERYTHING[option](path)
    assert str(raised.value) == f"{option} {path}: {told}"


def test_the_pipe_that_a_shell_makes_and_the_empty_device_are_read() -> None:
    end, other = os.pipe()
    os.write(other, b"a: 1\n")
    os.close(other)
    assert read_config(Path(f"/dev/fd/{end}")) == {"a": 1}
    os.close(end)
    assert read_config(Path(os.devnull)) == {}


# ---------------------------------------------------------------------- JSON and CSV
def test_json_that_lies_too_deep_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "checks.json"
    path.write_text("[" * 1_025 + "]" * 1_025)
    with pytest.raises(UsageError, match=r"checks.json, line 1: this is not JSON \(depth limit exceeded\).$"):
        read_check_ids("--checks-file", path, list)


@pytest.mark.parametrize("text", ["s3_x, s3_y\n", "a: \0b\n", '["s3_x", "a b"]', "x" * 500 + "-\n"])
def test_what_lists_no_ids_of_checks_is_one_line_with_its_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "checks.txt"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"checks\.txt, line 1: '.{1,90} is no check's id: write one a line"):
        read_check_ids("--checks-file", path, list)


def test_json_with_a_number_of_very_many_digits_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "checks.json"
    path.write_text("[\n" + "9" * 5_000 + "]")
    with pytest.raises(UsageError, match=r"checks.json, line 2: this is not JSON \(number is"):
        read_check_ids("--checks-file", path, list)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,name\n123456789012," + "a" * 131_073 + "\n", "line 2: this is not CSV (field larger than field limit"),
        ("id," + "name," * 100 + "\n", "line 1: more than 100 columns; say id, name"),
    ],
)
def test_a_table_that_is_none_is_one_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    assert mistake(path, text, "--accounts-file").startswith(f"{path}, {told}")
