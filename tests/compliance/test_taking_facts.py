"""`python -m scripts.frameworks` takes facts from an installed Prowler, and keeps what is ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.frameworks import OWN_EVIDENCE, own_evidence, take

NO_OWN: dict[tuple[str, str], frozenset[str]] = {}


def guardrail(check: str, **fields: Any) -> dict[str, Any]:
    return {"Check": check, "ConfigKey": "days", "Operator": "lte", "Value": 45, **fields}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A framework of AWS alone, and one of several providers, in the layouts that Prowler has for them."""
    alone = [
        {"Id": "1.1", "Description": "Their words.", "Checks": ["b", "a"], "ConfigRequirements": [guardrail("a")] * 2},
        {"Id": "1.2", "Description": "Their words.", "Checks": []},
    ]
    several = [
        {
            "id": "X-1",
            "description": "Their words.",
            "checks": {"aws": ["a"], "gcp": ["g"]},
            "config_requirements": [
                guardrail("a", Provider="aws"),
                guardrail("a", Provider="aws", ConfigKey="algorithms", Operator="superset", Value=["x", "y"]),
                guardrail("g", Provider="gcp"),
            ],
        },
        {"id": "X-2", "description": "Their words.", "checks": {"gcp": ["g"]}},
    ]
    folder = tmp_path / "lib" / "python3.11" / "site-packages" / "prowler" / "compliance"
    (folder / "aws").mkdir(parents=True)
    (folder / "aws" / "one_aws.json").write_text(json.dumps({"Framework": "ONE", "Requirements": alone}))
    (folder / "many.json").write_text(json.dumps({"framework": "MANY", "requirements": several}))
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    (folder / "frameworks").mkdir(parents=True)
    for id_, requirements in {"one": ["1.1", "1.2"], "many": ["X-1", "X-2"]}.items():
        told = [{"id": each, "name": "Our words", "checks": ["stale"], "profile": "Level 1"} for each in requirements]
        (folder / "frameworks" / f"{id_}.json").write_text(json.dumps({"id": id_, "requirements": told}))
    return folder


def requirements(ours: Path, framework: str) -> list[dict[str, Any]]:
    return list(json.loads((ours / "frameworks" / f"{framework}.json").read_bytes())["requirements"])


def test_checks_are_theirs_and_ours_and_words_are_ours(theirs: Path, ours: Path) -> None:
    own = {("one", "1.2"): frozenset({"z"}), ("many", "X-1"): frozenset({"a", "c"})}
    for _ in range(2):  # what is our own is not lost when it is taken again
        assert take(theirs, ours, own) == []
        assert requirements(ours, "one") == [
            {"id": "1.1", "name": "Our words", "checks": ["a", "b"], "profile": "Level 1"},
            {"id": "1.2", "name": "Our words", "checks": ["z"], "profile": "Level 1"},
        ]
        assert [each["checks"] for each in requirements(ours, "many")] == [["a", "c"], []]


def test_a_guardrail_is_told_once_with_all_requirements_that_have_it(theirs: Path, ours: Path) -> None:
    take(theirs, ours, NO_OWN)
    assert json.loads((ours / "guardrails.json").read_bytes())["guardrails"] == [
        {
            "check": "a",
            "key": "algorithms",
            "comparison": "superset",
            "value": ["x", "y"],
            "requirements": {"many": ["X-1"]},
        },
        {
            "check": "a",
            "key": "days",
            "comparison": "lte",
            "value": 45,
            "requirements": {"many": ["X-1"], "one": ["1.1"]},
        },
    ]


def test_a_new_requirement_is_told(theirs: Path, ours: Path) -> None:
    path = ours / "frameworks" / "one.json"
    path.write_text(json.dumps({"id": "one", "requirements": [{"id": "1.2", "name": "Our words", "checks": []}]}))
    assert take(theirs, ours, NO_OWN) == [("one", "1.1")]


def test_what_is_our_own_is_in_the_frameworks_and_says_why() -> None:
    folder = Path(__file__).parents[2] / "aioprowler" / "compliance"
    found = own_evidence(OWN_EVIDENCE)
    for (framework, id_), checks in found.items():
        (requirement,) = [each for each in requirements(folder, framework) if each["id"] == id_]
        assert checks <= set(requirement["checks"]), (framework, id_)
