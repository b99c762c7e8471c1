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

REPEATED_LABELS = {"hipaa", "iso27001_2013", "mitre_attack", "pci_4.0"}
"""Frameworks whose own official labels repeat; everywhere else a title names one requirement."""

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


@pytest.mark.parametrize(
    "path", [path for path in FRAMEWORKS if path.stem not in REPEATED_LABELS], ids=lambda path: path.stem
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
