"""Trails, and whether they log."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

import msgspec

from aioprowler import All, Aws, Failure, Here, Region, Resource, derive, field, listing, source


class Trail(
    Resource,
    id="name",
    owner="owner",
    home="home_region",
    type="AwsCloudTrailTrail",
    group="monitoring",
    noun="Trail",
):
    """A trail, in each region that it logs.

    Other regions than its own list a multi-region trail too, and member accounts that of their organization ("shadow
    trails", https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html): it is one trail,
    judged in the account and region where it lives.
    """

    source = listing("cloudtrail", "DescribeTrails", "trailList")
    name: str
    arn: str = field(name="TrailARN")
    home_region: str
    is_multi_region: bool = field(name="IsMultiRegionTrail")
    is_of_organization: bool = field(name="IsOrganizationTrail", default=False)
    bucket: str = field(name="S3BucketName")
    """The name of the bucket, whosever it is."""
    log_group_arn: str | None = field(name="CloudWatchLogsLogGroupArn", default=None)
    """As CloudTrail tells it, it ends in `:*`; None where nothing is sent to CloudWatch Logs."""
    kms_key_id: str | None = None
    validates_log_files: bool = field(name="LogFileValidationEnabled")

    @property
    def owner(self) -> str:
        """The id of the account that it belongs to."""
        return self.arn.split(":")[4]

    @property
    def is_foreign(self) -> bool:
        """Whether it is another account's, as the organization's trail is in its members."""
        return self.owner != self.account.id

    def is_asked_in(self, region: str) -> bool:
        """Whether its details are asked there: at home, or if that is outside the scan in one of the regions that show
        it.
        """
        regions = self.account.scanned_regions
        return region == (self.home_region if self.home_region in regions else min(regions))


@source("cloudtrail:GetTrailStatus")
async def trail_statuses(region: Region, trails: Here[Trail], aws: Aws) -> list[TrailStatus]:
    """Of each trail that is asked in the region, by its ARN, as AWS wants it of shadow trails and of those of an
    organization (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html).
    """
    asked = [trail for trail in trails if trail.is_asked_in(region.name)]
    return [TrailStatus(arn=trail.arn, told=await told_of(trail, aws)) for trail in asked]


async def told_of(trail: Trail, aws: Aws) -> Logging | Failure:
    """What AWS tells of one. Of a trail that is no more, that it does not log."""
    status = await aws.find("cloudtrail", "GetTrailStatus", _NOT_FOUND, Name=trail.arn)
    if isinstance(status, Failure):
        return status
    if status is None:
        untold = Failure("refused", "cloudtrail:GetTrailStatus", "TrailNotFoundException")
        return untold if trail.is_foreign else Logging(is_logging=False)
    return msgspec.convert(status, Logging)


_NOT_FOUND = frozenset({"TrailNotFoundException"})


class Logging(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Whether a trail logs, and since when its newest events are in CloudWatch Logs."""

    is_logging: bool
    latest_delivery: datetime.datetime | None = field(name="LatestCloudWatchLogsDeliveryTime", default=None)


class TrailStatus(Resource, id="arn", type="AwsCloudTrailTrail", group="monitoring", noun="Status of trail"):
    """What AWS tells of one trail, asked once; a Failure where it does not, as in members of the organization whose
    trail it is.
    """

    source: ClassVar[Any] = trail_statuses
    arn: str
    told: Logging | Failure

    @property
    def is_logging(self) -> bool | Failure:
        """Whether it logs at the moment."""
        return self.told if isinstance(self.told, Failure) else self.told.is_logging


class KnownTrail(msgspec.Struct, frozen=True):
    """A trail, and whether it logs; a Failure where nobody knows."""

    trail: Trail
    is_logging: bool | Failure


class Trails(msgspec.Struct, frozen=True):
    """The trails that log something of the account, each once."""

    known: tuple[KnownTrail, ...]

    def of_region(self, region: str) -> list[KnownTrail]:
        """Those that take in what happens there."""
        return [each for each in self.known if each.trail.is_multi_region or each.trail.home_region == region]


@derive
def all_trails(trails: All[Trail], statuses: All[TrailStatus]) -> Trails:
    """Each trail once, however many regions list it."""
    logging = {status.arn: status.is_logging for status in statuses}
    untold = Failure("broken", "cloudtrail:GetTrailStatus", "", "nobody was asked about this trail")
    by_arn = {trail.arn: trail for trail in trails}
    return Trails(tuple(KnownTrail(trail, logging.get(arn, untold)) for arn, trail in by_arn.items()))
