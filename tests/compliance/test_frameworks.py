"""The data of the compliance frameworks is whole: ids, titles, and checks that exist."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import aioprowler.compliance

FRAMEWORKS = sorted((Path(aioprowler.compliance.__file__).parent / "frameworks").glob("*.json"))
CHECKS_FILE = Path(__file__).parents[1] / "facts" / "checks.csv"

REPEATED_TITLES = {"pci_4.0"}
"""Frameworks that count each check as a requirement; everywhere else a title names one requirement."""

ONE_WORD = {"Defacement"}
"""Techniques of MITRE ATT&CK, which are known by this name."""

IN_BRACKETS = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[^\W\d_]{2,}")
HANGUL = re.compile("[가-힣]{2}")
NUMBERED = re.compile(r"[a-z]-\d+$")

each_framework = pytest.mark.parametrize("path", FRAMEWORKS, ids=lambda path: path.stem)


def requirements(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text("utf-8"))["requirements"])


def repeated(values: list[str]) -> set[str]:
    return {each for each in values if values.count(each) > 1}


@pytest.fixture(scope="module")
def check_ids() -> set[str]:
    with CHECKS_FILE.open(encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def test_every_framework_is_there() -> None:
    assert len(FRAMEWORKS) == 51
    assert sum(len(requirements(path)) for path in FRAMEWORKS) == 6029


@each_framework
def test_a_file_is_named_after_its_framework(path: Path) -> None:
    framework = json.loads(path.read_text("utf-8"))
    assert framework["id"] == path.stem
    assert framework["framework"]
    assert framework["title"]
    assert framework["requirements"]


@each_framework
def test_the_layout_is_stable(path: Path) -> None:
    text = path.read_text("utf-8")
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n" == text


@each_framework
def test_requirement_ids_are_unique(path: Path) -> None:
    assert not repeated([each["id"] for each in requirements(path)])


@each_framework
def test_every_requirement_has_a_printable_title(path: Path) -> None:
    for requirement in requirements(path):
        name = requirement["name"]
        assert name, requirement["id"]
        assert len(name) <= 120, requirement["id"]
        assert name == name.strip(), requirement["id"]
        assert not [each for each in name if unicodedata.category(each).startswith("C")], requirement["id"]


def tells(name: str) -> bool:
    """Whether words are left of a name without its codes and what is in brackets. Korean puts several in one."""
    told = " ".join(each for each in IN_BRACKETS.sub(" ", name).split() if not re.search(r"\d", each))
    return len(WORD.findall(told)) > 1 or bool(HANGUL.search(told))


@pytest.mark.parametrize(
    "name",
    [
        *("GV.OC-1", "AC-2(12)(a)", "CP-9(b))", "AU-2(a)(d)", "D1.RM.Rm.B.1", "11.10(k)", "Annex I (7.1)", "AC-2-3"),
        *("cloudfront", "vpc", "Your Systems-1", "5 Data", "Logging", "164.312(c)(1) Integrity", "VPC (CloudFront)"),
    ],
)
def test_a_code_or_a_service_is_no_title(name: str) -> None:
    assert not tells(name)


@pytest.mark.parametrize("name", ["AC-4(22) Access Only", "Brute Force", "패치관리", "Access Enforcement (AC-3)"])
def test_two_words_are_a_title(name: str) -> None:
    assert tells(name)


@each_framework
def test_a_title_tells_more_than_a_code(path: Path) -> None:
    for requirement in requirements(path):
        name = requirement["name"]
        assert tells(name) or name in ONE_WORD, requirement["id"]
        assert not NUMBERED.search(name), requirement["id"]
        assert not name.endswith("."), requirement["id"]


@pytest.mark.parametrize(
    "path", [path for path in FRAMEWORKS if path.stem not in REPEATED_TITLES], ids=lambda path: path.stem
)
def test_a_title_names_one_requirement(path: Path) -> None:
    assert not repeated([each["name"].casefold() for each in requirements(path)])


@each_framework
def test_every_check_exists_and_is_named_once(path: Path, check_ids: set[str]) -> None:
    for requirement in requirements(path):
        assert set(requirement["checks"]) <= check_ids, requirement["id"]
        assert not repeated(requirement["checks"]), requirement["id"]


def test_no_title_is_a_check_id_in_words(check_ids: set[str]) -> None:
    plain = {each.replace("_", " ") for each in check_ids}
    for path in FRAMEWORKS:
        for requirement in requirements(path):
            assert re.sub(r"[^a-z0-9 ]", "", requirement["name"].casefold()) not in plain, requirement["id"]
