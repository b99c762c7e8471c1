"""Recorders and aggregators."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Here, Region, Resource, call, field, listing


class Recorder(
    Resource,
    id="name",
    arn="arn:{partition}:config:{region}:{account_id}:recorder",
    type="Other",
    group="monitoring",
    noun="Config recorder",
    rename="camel",
):
    """The one of a region that an account has made itself; those that other services make are not listed."""

    source = listing("config", "DescribeConfigurationRecorders", "ConfigurationRecorders")
    name: str
    role_arn: str = field(name="roleARN")


def has_recorder(recorders: Here[Recorder]) -> bool:
    """Only there is anything to ask of it."""
    return bool(recorders)


class RecorderStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What a recorder does."""

    name: str
    recording: bool
    last_status: str | None = None
    """How its last delivery went: `Pending`, `Success`, `Failure` or `NotApplicable`."""


class RecorderStatuses(Facet[Region]):
    """What all recorders of a region do. None where there are none."""

    source = call("config", "DescribeConfigurationRecorderStatus", when=has_recorder)
    statuses: tuple[RecorderStatus, ...] = field(name="ConfigurationRecordersStatus")

    def of(self, recorder: Recorder) -> RecorderStatus | None:
        """That of one of them, by its name."""
        return next((each for each in self.statuses if each.name == recorder.name), None)


class OrganizationSource(msgspec.Struct, frozen=True, rename="pascal"):
    """Which regions of an organization's accounts are gathered."""

    all_aws_regions: bool = False
    """Also those to come. Either this or a list of regions is given (API_OrganizationAggregationSource)."""


class Aggregator(
    Resource,
    id="name",
    type="AwsConfigConfigurationAggregator",
    group="governance",
    noun="Config aggregator",
):
    """What gathers the records of several accounts and regions in one place."""

    source = listing("config", "DescribeConfigurationAggregators", "ConfigurationAggregators")
    name: str = field(name="ConfigurationAggregatorName")
    arn: str = field(name="ConfigurationAggregatorArn")
    organization: OrganizationSource | None = field(name="OrganizationAggregationSource", default=None)
    """None where accounts are named one by one."""
