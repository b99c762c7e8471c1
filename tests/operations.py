"""Operations as botocore's models and a list of IAM actions know them: what declarations and rows are held against."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from importlib import resources
from pathlib import Path

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StructureShape

from aioprowler.aws.api import pagination
from aioprowler.aws.models import ModelLoader
from aioprowler.declarations.sources import Operation
from aioprowler.facts.services import page_size, row

SESSION = botocore.session.get_session()
SESSION.register_component("data_loader", ModelLoader(None))
"""With whole models, and what is newer than the installed botocore's."""
_FACTS = Path(__file__).with_name("facts") / "operations.csv"
FACTS = {
    Operation(row["service"], row["operation"]): row
    for row in csv.DictReader(_FACTS.read_text(encoding="utf-8").splitlines())
}
"""The operations that the checks of all services need, also of those that are not there yet."""

_TOKEN = re.compile(
    r"(?i)(?:next|page|pagination|continuation|nextpage)?_?(?:token|marker)|position"
    r"|ExclusiveStart\w+|LastEvaluated\w*(?:Name|Key|Id)|HasMore\w*|(?:Is)?Truncated"
)
"""Members that pages are told and asked for by, as whole names."""


@cache
def model(operation: Operation) -> OperationModel:
    return SESSION.get_service_model(operation.service).operation_model(operation.name)


def members(shape: Shape | None) -> dict[str, Shape]:
    return dict(shape.members) if isinstance(shape, StructureShape) else {}


def tokens(operation: Operation) -> list[str]:
    """Members of input and reply that look as if there were pages, also a level deeper in the reply."""
    asked, told = model(operation).input_shape, model(operation).output_shape
    deeper = [name for shape in members(told).values() if not isinstance(shape, ListShape) for name in members(shape)]
    return sorted(name for name in [*members(asked), *members(told), *deeper] if _TOKEN.fullmatch(name))


@cache
def error_codes(service: str) -> frozenset[str]:
    """As the wire has them, of whichever operation."""
    shapes = map(SESSION.get_service_model(service).shape_for, SESSION.get_service_model(service).shape_names)
    told = [(shape.name, shape.metadata) for shape in shapes]
    return frozenset(
        data.get("error", {}).get("code") or name for name, data in told if data.get("exception") or "error" in data
    )


@cache
def actions() -> frozenset[str]:
    """Every IAM action of AWS, in lower case as IAM compares them, from cfn-lint's data (which AWS's tools give it)."""
    listed = resources.files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text(encoding="utf-8")
    return frozenset(
        f"{prefix}:{name}".lower() for prefix, known in json.loads(listed).items() for name in known["Actions"]
    )


def assert_size(operation: Operation, own: int | None = None) -> None:
    """The page size that is asked for, the listing's own or the row's, is one that the operation takes."""
    paging = pagination(operation)
    if paging is None or paging.limit_key is None:
        return
    size = page_size(operation.service, operation.name) if own is None else own
    shape = members(model(operation).input_shape)[paging.limit_key]
    if size:
        assert shape.metadata.get("min", 1) <= size <= shape.metadata.get("max", size), f"{operation}: {size}"
        assert (shape.type_name == "string") == row(operation.service).sizes_are_text, operation
    else:
        assert paging.limit_key not in model(operation).input_shape.required_members, operation
