"""docs/migration.md has all of Prowler's options, and of ours only such as there are; docs/ has all of ours."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from aioprowler.cli.commands import COMMANDS
from aioprowler.cli.counterparts import COUNTERPARTS
from aioprowler.cli.help import page
from aioprowler.cli.parser import program

ROOT = Path(__file__).parent.parent
MIGRATION = ROOT / "docs" / "migration.md"
REFERENCE = ROOT / "docs" / "reference.md"
PROWLER = [line.split() for line in (ROOT / "tests/facts/prowler_options.txt").read_text(encoding="utf-8").splitlines()]
"""Of each option of `prowler aws` 5.46 all spellings."""
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
COMMAND = re.compile(rf"\baioprowler ((?:{'|'.join(COMMANDS)})(?![\w.-])[^\n|>#;&`]*)")
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


def rows() -> list[tuple[list[str], str, str]]:
    """(spellings of Prowler's option, the cell with ours, how it differs)."""
    table = MIGRATION.read_text(encoding="utf-8").partition("## The options")[2].partition("\n## ")[0]
    cells = [re.split(r"(?<!\\)\|", line) for line in table.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`([^`]+)`", theirs), ours.strip(), how.strip()) for _, theirs, ours, how, _ in cells]


def options_of(*command: str) -> list[list[str]]:
    """Of each option of a command all spellings."""
    text = page(program(), command)
    return [OPTION.findall(line) for line in text.splitlines() if re.match(r"  -", line)]


@cache
def spellings(*command: str) -> set[str]:
    return {name for names in options_of(*command) for name in names} | {"--help", "-h"}


def test_the_table_has_each_option_of_prowler_once_in_all_its_spellings() -> None:
    assert sorted(sorted(theirs) for theirs, *_ in rows()) == sorted(map(sorted, PROWLER))


@pytest.mark.parametrize(("theirs", "ours", "how"), rows(), ids=[theirs[0] for theirs, *_ in rows()])
def test_what_the_table_names_exists(theirs: list[str], ours: str, how: str) -> None:
    named = re.findall(r"`([^`]+)`", ours)
    assert named or ours == "not there", f"{theirs[0]}: name ours, or say that it is not there"
    for name in named:
        command = name.removeprefix("aioprowler ").partition("--")[0].split() or ["scan"]
        assert command[0] in COMMANDS, name
        assert {*OPTION.findall(name)} <= spellings(*command), name


def test_same_means_that_all_spellings_are_taken() -> None:
    taken = spellings("scan")
    for theirs, _, how in rows():
        assert not how.startswith("the same") or {*theirs} <= taken, f"{theirs} are not all taken"


def test_each_option_is_taken_or_answers_with_its_counterpart() -> None:
    taken = spellings("scan")
    for theirs, *_ in rows():
        assert {*theirs} <= taken | COUNTERPARTS.keys(), f"{theirs} are neither taken nor answered"


def test_an_option_that_is_said_not_to_be_there_is_not() -> None:
    gone = {name for theirs, ours, _ in rows() if ours == "not there" for name in theirs}
    assert gone.isdisjoint(spellings("scan"))


@pytest.mark.parametrize("names", options_of("scan"), ids=lambda names: names[-1])
def test_each_option_of_a_scan_is_documented(names: list[str]) -> None:
    written = [path for path in PAGES if path.parent.name == "docs" and path not in (MIGRATION, REFERENCE)]
    pages = "\n".join(path.read_text(encoding="utf-8") for path in written)
    assert any(re.search(rf"(?<![\w-]){name}(?![\w-])", pages) for name in names if name.startswith("--"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_that_are_shown_have_the_options_that_they_are_shown_with(path: Path) -> None:
    for shown in COMMAND.findall(path.read_text(encoding="utf-8")):
        words = re.split(r"(?:^|\s)--?\w", shown)[0].split()
        unknown = {*OPTION.findall(shown)} - spellings(*words)
        assert not unknown, f"aioprowler {shown}: there is no {', '.join(unknown)}"


def test_commands_are_found_in_the_pages() -> None:
    found = [shown for path in PAGES for shown in COMMAND.findall(path.read_text(encoding="utf-8"))]
    assert {shown.split()[0] for shown in found} == {*COMMANDS}
