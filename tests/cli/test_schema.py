"""The schemas are those of what a scan writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub


@pytest.fixture
def schema(here: Here) -> Any:
    import jsonschema  # takes seconds, which each worker would spend that collects the tests

    def printed(what: str) -> Any:
        found = json.loads(here("schema", what).stdout)
        jsonschema.Draft202012Validator.check_schema(found)
        return jsonschema.Draft202012Validator(found)

    return printed


def test_what_a_scan_writes_is_valid(here: Here, stub: Stub, schema: Any) -> None:
    here("scan", "--check", CHECK, "--region", "us-east-1", "-F", "scan")
    folder = here.folder / "output"
    lines = (folder / "scan.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        schema("finding").validate(json.loads(line))
    schema("coverage").validate(json.loads((folder / "scan.coverage.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(("key", "value"), [("status", "PERHAPS"), ("resource_tags", []), ("muted", "no")])
def test_what_is_wrong_is_not(key: str, value: object, here: Here, stub: Stub, schema: Any) -> None:
    finding = json.loads(here("scan", "--check", CHECK, "--no-files").stdout.splitlines()[0])
    assert not schema("finding").is_valid({**finding, key: value})
    del finding["uid"]
    assert not schema("finding").is_valid(finding)


def test_fields_are_explained(schema: Any) -> None:
    fields = schema("finding").schema["$defs"]["Finding"]["properties"]
    assert fields["uid"]["description"] == "The same for the same check, account, region and resource in every scan."


def test_findings_are_meant_where_nothing_is_said(here: Here) -> None:
    assert here("schema").stdout == here("schema", "finding").stdout
