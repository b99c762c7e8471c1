"""Pipelines, and what they are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from aioprowler import Facet, Resource, call, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variable


class Pipeline(
    Resource,
    id="pipeline_id",
    arn="arn:{partition}:datapipeline:{region}:{account_id}:pipeline/{pipeline_id}",
    type="AwsDataPipelinePipeline",
    group="analytics",
    noun="Data pipeline",
    gone=["PipelineDeletedException", "PipelineNotFoundException"],
    rename="camel",
):
    """What moves and transforms data at set times."""

    source = listing("datapipeline", "ListPipelines", "pipelineIdList")
    pipeline_id: str = field(name="id")
    name: str = ""


class Property(msgspec.Struct, frozen=True, rename="camel"):
    """A property of an object or of a parameter; where it refers to another object it has no text."""

    key: str
    string_value: str = ""


class PipelineObject(msgspec.Struct, frozen=True, rename="camel"):
    """An activity, a data node, a schedule and the like."""

    id: str
    name: str = ""
    fields: tuple[Property, ...] = ()


class Parameter(msgspec.Struct, frozen=True, rename="camel"):
    """A parameter, with its default among what is said of it."""

    id: str
    attributes: tuple[Property, ...] = ()


class ParameterValue(msgspec.Struct, frozen=True, rename="camel"):
    """What a parameter is set to."""

    id: str
    string_value: str = ""


class Definition(Facet[Pipeline], rename="camel"):
    """What a pipeline is made of, as it was saved last."""

    source = call("datapipeline", "GetPipelineDefinition", pipelineId="pipeline_id")
    objects: tuple[PipelineObject, ...] = field(name="pipelineObjects", default=())
    parameters: tuple[Parameter, ...] = field(name="parameterObjects", default=())
    values: tuple[ParameterValue, ...] = field(name="parameterValues", default=())

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """What people wrote into it, each with its place; of one place there may be several."""
        for each in self.objects:
            for of_object in each.fields:
                place = f"field {of_object.key} of object {each.name or each.id}"
                yield place, variable(of_object.key, of_object.string_value)
        for parameter in self.parameters:
            for attribute in parameter.attributes:
                named = parameter.id if attribute.key == "default" else attribute.key
                place = f"attribute {attribute.key} of parameter {parameter.id}"
                yield place, variable(named, attribute.string_value)
        for value in self.values:
            yield f"value of parameter {value.id}", variable(value.id, value.string_value)


def texts_of(definition: Definition) -> dict[str, str]:
    """By their places, with a line for each."""
    lines: dict[str, list[str]] = defaultdict(list)
    for place, text in definition.texts:
        lines[place].append(text)
    return {place: "\n".join(each) for place, each in lines.items()}


class DefinitionSecrets(FoundSecrets, Facet[Pipeline]):
    """What the definition of a pipeline gives away."""

    source = secrets_in(texts_of)
