from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler.services.datapipeline.resources import Definition, texts_of
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
CHECK = "datapipeline_pipeline_no_secrets_in_definition"
PIPELINE = {"id": "df-1", "name": "import"}


def definition(command: str = "load", default: str = "", value: str = "") -> dict[str, Any]:
    fields = [
        {"key": "type", "stringValue": "ShellCommandActivity"},
        {"key": "runsOn", "refValue": "Server"},
        {"key": "command", "stringValue": command},
    ]
    return {
        "pipelineObjects": [{"id": "Load", "name": "Load", "fields": fields}],
        "parameterObjects": [{"id": "*password", "attributes": [{"key": "default", "stringValue": default}]}],
        "parameterValues": [{"id": "*password", "stringValue": value}],
    }


def judged(told: Any) -> list[tuple[str, str]]:
    world = World(
        {
            ("datapipeline:ListPipelines", HOME): {"pipelineIdList": [PIPELINE], "hasMoreResults": False},
            "datapipeline:GetPipelineDefinition": told,
        }
    )
    return [(each.status, each.status_detail) for each in findings_of(world, CHECK)]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (definition(command="load tr0ub4dor"), "field command of object Load"),
        (definition(default="tr0ub4dor"), "attribute default of parameter *password"),
        (definition(value="tr0ub4dor"), "value of parameter *password"),
    ],
)
def test_secrets_are_told_by_their_place(told: dict[str, Any], place: str) -> None:
    ((status, detail),) = judged(told)
    assert status == "FAIL"
    assert detail == f"The definition of Data pipeline import (df-1) may hold secrets: {place}: Password."


def test_a_pipeline_without_secrets() -> None:
    for told in (definition(), {}):
        assert [status for status, _ in judged(told)] == ["PASS"]


@pytest.mark.parametrize("code", ["PipelineNotFoundException", "PipelineDeletedException"])
def test_a_pipeline_that_is_gone_is_not_judged(code: str) -> None:
    assert judged(error(code)) == []


def test_a_field_may_be_there_several_times() -> None:
    steps = tuple({"key": "step", "stringValue": each} for each in ("first", "second"))
    told = {"pipelineObjects": [{"id": "Emr", "name": "", "fields": steps}]}
    texts = texts_of(msgspec.convert(told, Definition))
    assert texts == {"field step of object Emr": '"step": "first"\n"step": "second"'}
