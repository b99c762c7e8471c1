"""Trails, and whether they log."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, Seen, call, derive, field, known, listing, source
from aioprowler.services.cloudtrail.selectors import Selectors

T = TypeVar("T")

UNTOLD: Final = Failure("broken", "cloudtrail:GetTrailStatus", "", "no region of the scan was asked about the trail")


class Trail(
    Resource,
    id="name",
    owner="owner",
    home="home_region",
    type="AwsCloudTrailTrail",
    group="monitoring",
    noun="Trail",
    gone=["TrailNotFoundException"],
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
        """The id of the account that it belongs to; the scanned one's where the ARN does not tell."""
        fields = self.arn.split(":")
        return fields[4] if len(fields) > 4 else self.account.id

    @property
    def is_foreign(self) -> bool:
        """Whether it is another account's, as the organization's trail is in its members."""
        return self.owner != self.account.id

    def logs(self, region: str) -> bool:
        """Whether it takes in what happens there."""
        return self.is_multi_region or self.home_region == region

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
    return [TrailStatus.of(trail, await told_of(trail, aws)) for trail in asked]


async def told_of(trail: Trail, aws: Aws) -> Logging | Failure:
    """What AWS tells of one. Of a trail that is no more, that it does not log."""
    status = await aws.find("cloudtrail", "GetTrailStatus", _NOT_FOUND, Name=trail.arn)
    if isinstance(status, Failure):
        return status
    if status is None:
        untold = Failure("refused", "cloudtrail:GetTrailStatus", "TrailNotFoundException")
        return untold if trail.is_foreign else Logging(is_logging=False)
    return read_as(Logging, status, "cloudtrail:GetTrailStatus")


def read_as(kind: type[T], reply: Mapping[str, Any], action: str) -> T | Failure:
    """What a reply tells; the Failure where it does not fit, so that one trail hides no other."""
    try:
        return msgspec.convert(reply, kind)
    except msgspec.ValidationError as error:
        return Failure("broken", action, "ValidationError", f"{kind.__name__}: {error}")


_NOT_FOUND = frozenset({"TrailNotFoundException"})


class Logging(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Whether a trail logs, and since when its newest events are in CloudWatch Logs."""

    is_logging: bool
    latest_delivery: datetime.datetime | None = field(name="LatestCloudWatchLogsDeliveryTime", default=None)


class TrailStatus(Resource, id="arn", type="AwsCloudTrailTrail", group="monitoring", noun="Status of trail"):
    """What AWS tells of one trail, asked once; or why it does not, as in members of the organization whose trail it
    is.
    """

    source: ClassVar[Any] = trail_statuses
    arn: str
    logging: Logging | None = None
    failure: Failure = UNTOLD

    @classmethod
    def of(cls, trail: Trail, told: Logging | Failure) -> TrailStatus:
        """That of a trail."""
        if isinstance(told, Failure):
            return cls(arn=trail.arn, failure=told)
        return cls(arn=trail.arn, logging=told)

    @property
    def told(self) -> Logging | Failure:
        """What is known of it."""
        return self.logging or self.failure

    @property
    def is_logging(self) -> bool | Failure:
        """Whether it logs at the moment."""
        return self.logging.is_logging if self.logging else self.failure


@source("cloudtrail:GetEventSelectors")
async def trail_selectors(
    region: Region, trails: Here[Trail], statuses: Here[TrailStatus], aws: Aws
) -> list[TrailSelectors]:
    """Of each trail that is asked in the region, and of which it is not known that it does not log."""
    silent = {status.arn for status in statuses if status.is_logging is False}
    asked = [trail for trail in trails if trail.is_asked_in(region.name) and trail.arn not in silent]
    return [TrailSelectors.of(trail, await selectors_of(trail, aws)) for trail in asked]


async def selectors_of(trail: Trail, aws: Aws) -> Selectors | Failure:
    """What AWS tells of one."""
    reply = await aws.call("cloudtrail", "GetEventSelectors", TrailName=trail.arn)
    return reply if isinstance(reply, Failure) else read_as(Selectors, reply, "cloudtrail:GetEventSelectors")


class TrailSelectors(Resource, id="arn", type="AwsCloudTrailTrail", group="monitoring", noun="Selectors of trail"):
    """Which events a trail records, asked once; or why AWS does not tell, as in members of the organization whose trail
    it is.
    """

    source: ClassVar[Any] = trail_selectors
    arn: str
    selectors: Selectors | None = None
    failure: Failure = UNTOLD

    @classmethod
    def of(cls, trail: Trail, told: Selectors | Failure) -> TrailSelectors:
        """Those of a trail."""
        if isinstance(told, Failure):
            return cls(arn=trail.arn, failure=told)
        return cls(arn=trail.arn, selectors=told)

    @property
    def told(self) -> Selectors | Failure:
        """What is known of them."""
        return self.selectors or self.failure


def is_on(logging: Logging) -> bool:
    """Of a trail that does not log no more is asked."""
    return logging.is_logging


@derive
def own_logging(trail: Trail, statuses: Here[TrailStatus]) -> Logging:
    """What is known of the trail that is judged."""
    return known(next((status.told for status in statuses if status.arn == trail.arn), UNTOLD))


class InsightSelector(msgspec.Struct, frozen=True):
    """A kind of Insights; that it is there is all that is read of it."""


class InsightSelectors(Facet[Trail]):
    """Which kinds of unusual activity the trail looks for; absent where it looks for none."""

    source = call(
        "cloudtrail", "GetInsightSelectors", TrailName="arn", when=is_on, absent=["InsightNotEnabledException"]
    )
    insight_selectors: tuple[InsightSelector, ...] = ()


class KnownTrail(msgspec.Struct, frozen=True):
    """A trail, and whether it logs; a Failure where nobody knows."""

    trail: Trail
    is_logging: bool | Failure


class Trails(msgspec.Struct, frozen=True):
    """The trails that log something of the account, each once, as far as they could be listed."""

    seen: tuple[KnownTrail, ...]
    gap: Failure | None
    """Why there may be more."""

    def of_region(self, region: str, there: tuple[Trail, ...] | Failure) -> Trails:
        """Those that take in what happens in a region; `there`: all that it lists."""
        return Trails(tuple(each for each in self.seen if each.trail.logs(region)), _gap(there))


@derive
def all_trails(trails: Seen[Trail], statuses: Seen[TrailStatus]) -> Trails:
    """Each trail once, however many regions list it, as it is at home where that is known."""
    by_arn: dict[str, Trail] = {}
    for trail in trails.items:
        if trail.arn not in by_arn or trail.region == trail.home_region:
            by_arn[trail.arn] = trail
    logging = {status.arn: status.is_logging for status in statuses.items}
    untold = statuses.gap or UNTOLD
    return Trails(tuple(KnownTrail(trail, logging.get(arn, untold)) for arn, trail in by_arn.items()), trails.gap)


class Recorders(msgspec.Struct, frozen=True):
    """The trails that log, with what they record, as far as both are known."""

    seen: tuple[tuple[Trail, Selectors], ...]
    unknown: tuple[tuple[Trail, Failure], ...] = ()
    """Trails that may log, and why nobody knows whether they do, or what they record."""
    gap: Failure | None = None
    """Why there may be more."""

    @property
    def doubt(self) -> Failure | None:
        """Why one of which nothing is known may record what these do not."""
        return next((failure for _, failure in self.unknown), self.gap)

    def of_region(self, region: str, there: tuple[Trail, ...] | Failure) -> Recorders:
        """Those that may record what happens in a region; `there`: all that it lists."""
        return Recorders(
            tuple(each for each in self.seen if each[0].logs(region)),
            tuple(each for each in self.unknown if each[0].logs(region)),
            _gap(there),
        )


def _gap(there: tuple[Trail, ...] | Failure) -> Failure | None:
    """A region lists all trails that log it, so that what others refuse to list does not matter there."""
    return there if isinstance(there, Failure) else None


@derive
def recorders(trails: Trails, selectors: Seen[TrailSelectors]) -> Recorders:
    """What is known of each trail that may log."""
    told = {each.arn: each.told for each in selectors.items}
    seen: list[tuple[Trail, Selectors]] = []
    unknown: list[tuple[Trail, Failure]] = []
    for each in trails.seen:
        records = told.get(each.trail.arn, selectors.gap or UNTOLD)
        match each.is_logging, records:
            case False, _:
                continue
            case True, Selectors():
                seen.append((each.trail, records))
            case (Failure() as failure, _) | (_, Failure() as failure):
                unknown.append((each.trail, failure))
    return Recorders(tuple(seen), tuple(unknown), trails.gap)
