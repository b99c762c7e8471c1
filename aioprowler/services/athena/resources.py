"""Workgroups, and whether queries run in them."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, call, field, listing

DISABLED: Final = "DISABLED"


class WorkGroup(
    Resource,
    id="name",
    arn="arn:{partition}:athena:{region}:{account_id}:workgroup/{name}",
    type="AwsAthenaWorkGroup",
    group="analytics",
    noun="Athena workgroup",
    gone={"InvalidRequestException": "is not found"},
):
    """Queries that share settings and costs. Every region has one, `primary`."""

    source = listing("athena", "ListWorkGroups", "WorkGroups")
    name: str
    state: str = ""


def is_enabled(group: WorkGroup) -> bool:
    """Whether queries can run in it."""
    return group.state != DISABLED


class RecentQueries(Facet[WorkGroup]):
    """Whether a query ran in a workgroup in the last 45 days.

    https://docs.aws.amazon.com/athena/latest/APIReference/API_ListQueryExecutions.html
    """

    source = call(
        "athena",
        "ListQueryExecutions",
        WorkGroup="name",
        MaxResults=1,
        first_page=True,
        when=is_enabled,
    )
    ids: tuple[str, ...] = field(name="QueryExecutionIds", default=())


def is_judged(queries: RecentQueries | None, *, scan_unused_services: bool = False) -> bool:
    """Whether queries run in it, or what nothing uses is judged as well."""
    return scan_unused_services or bool(queries and queries.ids)


class ResultEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How results in a bucket are encrypted."""

    option: str | None = msgspec.field(name="EncryptionOption", default=None)


class Results(msgspec.Struct, frozen=True, rename="pascal"):
    """What happens to results in a bucket."""

    encryption: ResultEncryption | None = msgspec.field(name="EncryptionConfiguration", default=None)


class ManagedResults(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether Athena keeps results itself, always encrypted."""

    enabled: bool = False


class WorkGroupSettings(Facet[WorkGroup]):
    """What is set on a workgroup.

    What is left out was not chosen, and is off
    (https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html).
    """

    source = call("athena", "GetWorkGroup", "WorkGroup.Configuration", WorkGroup="name", when=is_judged)
    results: Results = field(name="ResultConfiguration", default=Results())
    managed: ManagedResults = field(name="ManagedQueryResultsConfiguration", default=ManagedResults())
    enforced: bool = field(name="EnforceWorkGroupConfiguration", default=False)
    publishes_metrics: bool = field(name="PublishCloudWatchMetricsEnabled", default=False)
