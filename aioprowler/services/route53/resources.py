"""Hosted zones, their records, and registered domains."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from aioprowler import (
    All,
    Aws,
    Facet,
    Failure,
    IpRanges,
    Names,
    OtherAccounts,
    Partial,
    Resource,
    call,
    derive,
    field,
    listing,
    source,
)
from aioprowler.services.ec2.resources.network import PublicAddresses
from aioprowler.services.s3.resources import OwnBucketNames

# --- Zones ---


class ZoneId(str):
    """The id of a zone, as ARNs and commands have it. AWS lists it with a path before it."""

    __slots__ = ()

    @classmethod
    def decode(cls, value: object) -> ZoneId:
        """Raises ValueError for what is no text."""
        if not isinstance(value, str):
            raise ValueError(f"the id of a hosted zone is {value!r:.80}")
        return cls(value.rpartition("/")[2])


class ZoneConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether a zone answers within VPCs alone."""

    private_zone: bool


class HostedZone(
    Resource,
    id="zone_id",
    arn="arn:{partition}:route53:::hostedzone/{zone_id}",
    type="AwsRoute53HostedZone",
    group="network",
    noun="Hosted zone",
    gone=["NoSuchHostedZone"],
):
    """The records of a domain and of those below it."""

    source = listing("route53", "ListHostedZones", "HostedZones")
    zone_id: ZoneId = field(name="Id")
    name: str
    config: ZoneConfig

    @property
    def is_private(self) -> bool:
        """Whether it answers within VPCs alone."""
        return self.config.private_zone


class QueryLog(
    Resource,
    id="id",
    arn="arn:{partition}:route53:::queryloggingconfig/{id}",
    group="network",
    noun="Query logging",
):
    """Where the queries of a zone are logged.

    Without a zone's id AWS lists those of all:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListQueryLoggingConfigs.html
    """

    source = listing("route53", "ListQueryLoggingConfigs", "QueryLoggingConfigs")
    id: str
    hosted_zone_id: ZoneId
    log_group: str = field(name="CloudWatchLogsLogGroupArn")


class QueryLogs(msgspec.Struct, frozen=True):
    """Zone id -> the ARN of the log group that its queries go to."""

    by_zone: dict[str, str]


@derive
def query_logs(logs: All[QueryLog]) -> QueryLogs:
    """A zone has one at most."""
    return QueryLogs({each.hosted_zone_id: each.log_group for each in logs})


# --- Registered domains ---


class Domain(
    Resource,
    id="name",
    arn="arn:{partition}:route53:::domain/{name}",
    type="Other",
    group="network",
    noun="Domain",
    gone={"InvalidInput": "not found"},
):
    """A domain that is registered with Route 53."""

    source = listing("route53domains", "ListDomains", "Domains")
    name: str = field(name="DomainName")


class DomainDetail(Facet[Domain]):
    """What the registrar and the registry have of a domain.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_domains_GetDomainDetail.html
    """

    source = call("route53domains", "GetDomainDetail", DomainName="name")
    admin_privacy: bool
    status_list: tuple[str, ...] | None = None
    """EPP status codes: https://www.icann.org/resources/pages/epp-status-codes-2014-06-16-en"""


# --- What records lead to ---


Outcome = Literal["not public", "own", "other account", "not AWS", "dangling"]


class Target(msgspec.Struct, frozen=True):
    """What a record leads to: an address, or a bucket by its website endpoint."""

    record: str
    """The name of the record set."""
    value: str
    outcome: Outcome | Failure
    bucket: str = ""
    """Empty for an address."""


_WEBSITE: Final = re.compile(r"(?P<bucket>.+)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?\.?", re.IGNORECASE)
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html"""


class _Owners(msgspec.Struct, frozen=True):
    """Who can be asked whose something is: the account itself, AWS, and the other accounts."""

    addresses: PublicAddresses
    buckets: OwnBucketNames | Failure
    ranges: IpRanges
    others: OtherAccounts

    async def target(self, record: str, kind: str, value: str) -> Target | None:
        """What a record leads to; None where nobody can be given it."""
        if kind == "A" and _is_address(value):
            return Target(record, value, await self._of_address(value))
        website = _WEBSITE.fullmatch(value) if kind == "CNAME" else None
        return website and Target(record, value, await self._of_bucket(name := website["bucket"].lower()), name)

    async def _of_address(self, value: str) -> Outcome | Failure:
        if not ipaddress.ip_address(value).is_global:
            return "not public"
        if value in self.addresses.names:
            return "own"
        services = await self.ranges.find(value)
        if isinstance(services, Failure):
            return services
        return await self._elsewhere(PublicAddresses, value, self.addresses.gap) if services else "not AWS"

    async def _of_bucket(self, name: str) -> Outcome | Failure:
        if isinstance(self.buckets, Failure):
            return await self._elsewhere(OwnBucketNames, name, self.buckets)
        return "own" if name in self.buckets.names else await self._elsewhere(OwnBucketNames, name, self.buckets.gap)

    async def _elsewhere(self, kind: type[Names], name: str, gap: Failure | None) -> Outcome | Failure:
        """Of what the account is not known to have; `gap`: why it may have it all the same."""
        has = await self.others.have(kind, name)
        return "other account" if has is True else gap or has or "dangling"


@source("route53:ListResourceRecordSets")
async def find_targets(
    zone: HostedZone,
    addresses: PublicAddresses,
    buckets: OwnBucketNames | Failure,
    aws: Aws,
    ranges: IpRanges,
    others: OtherAccounts,
) -> Targets | Failure:
    """Page by page; only what somebody may be given is kept."""
    owners = _Owners(addresses, buckets, ranges, others)
    found: list[Target] = []
    async for page in aws.pages("route53", "ListResourceRecordSets", "ResourceRecordSets", HostedZoneId=zone.zone_id):
        if isinstance(page, Failure):
            return page
        targets = [await owners.target(*each) for each in _values(page)]
        found += [each for each in targets if each]
    gaps = [each.outcome for each in found if isinstance(each.outcome, Failure)]
    return Targets(targets=tuple(found), gap=gaps[0] if gaps else None)


def _values(page: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """The name, type and value of each record; an alias has a target in the place of values."""
    for records in page:
        for each in records.get("ResourceRecords") or ():
            yield records["Name"], records["Type"], each["Value"]


def _is_address(value: str) -> bool:
    try:
        return ipaddress.ip_address(value).version == 4
    except ValueError:
        return False


class Targets(Partial, Facet[HostedZone]):
    """Addresses and buckets that the records of a zone lead to, and whose they are.

    Aliases are left out: they lead to resources, whatever their addresses.
    """

    source = find_targets
    targets: tuple[Target, ...]
