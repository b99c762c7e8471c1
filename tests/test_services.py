"""The rows of the table of services, held against botocore's models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import DataNotFoundError

from aioprowler.aws.api import pagination
from aioprowler.aws.partitions import seat
from aioprowler.declarations.sources import Operation
from aioprowler.facts.services import SERVICES, home, is_global, title
from tests.operations import FACTS, SESSION, assert_size, members, model

NAMES = sorted(SERVICES)


def paginators(service: str) -> dict[str, object]:
    try:
        loaded = SESSION.get_component("data_loader").load_service_model(service, "paginators-1")
    except DataNotFoundError:
        return {}
    return dict(loaded["pagination"])


def paged(service: str) -> Iterator[Operation]:
    """Every operation of the service that has pages, by botocore's paginators or the row."""
    for name in SESSION.get_service_model(service).operation_names:
        if pagination(Operation(service, name)):
            yield Operation(service, name)


def test_every_service_that_the_checks_need_has_a_row() -> None:
    assert {operation.service for operation in FACTS} <= SERVICES.keys() <= {*SESSION.get_available_services()}


@pytest.mark.parametrize("service", NAMES)
def test_a_row_names_only_operations_that_there_are(service: str) -> None:
    known = SERVICES[service]
    named = {*known.actions, *known.besides, *known.sizes, *known.pages} - {"*"}
    assert named <= {*SESSION.get_service_model(service).operation_names}
    assert known.title


@pytest.mark.parametrize("service", NAMES)
def test_every_paged_operation_of_a_service_takes_the_size_of_its_pages(service: str) -> None:
    for operation in paged(service):
        assert_size(operation)


@pytest.mark.parametrize("service", NAMES)
def test_a_page_leads_to_the_next(service: str) -> None:
    for name in SERVICES[service].pages:
        paging = pagination(Operation(service, name))
        assert paging
        shapes = members(model(Operation(service, name)).input_shape)
        assert {*paging.inputs, *filter(None, [paging.limit_key])} <= shapes.keys()


@pytest.mark.parametrize("service", NAMES)
def test_a_row_tells_no_pages_that_botocore_tells(service: str) -> None:
    assert not SERVICES[service].pages.keys() & paginators(service).keys()


def partition_endpoints() -> Iterator[tuple[str, str, str]]:
    """Global service, partition, and the region whose credentials botocore signs its requests with."""
    for data in SESSION.get_component("data_loader").load_data("endpoints")["partitions"]:
        for service in filter(is_global, NAMES):
            known = data["services"].get(SESSION.get_service_model(service).endpoint_prefix, {})
            endpoint = known.get("endpoints", {}).get(known.get("partitionEndpoint"), {})
            if "credentialScope" in endpoint:
                yield service, data["partition"], endpoint["credentialScope"]["region"]


def test_a_global_service_is_where_botocore_signs_for_it() -> None:
    expected = {(service, partition): region for service, partition, region in partition_endpoints()}
    found = {each: home(each[0], each[1], seat(each[1], "")) for each in expected}
    assert len(found) > 40
    assert found == expected


@pytest.mark.parametrize(
    ("service", "told"),
    [("s3", "S3"), ("awslambda", "Lambda"), ("vpc", "VPC"), ("cognito", "Cognito"), ("macie", "Macie")],
)
def test_people_call_a_service_by_its_title(service: str, told: str) -> None:
    assert title(service) == told
