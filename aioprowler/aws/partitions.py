"""Partitions and their regions, as the installed botocore knows them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import botocore
from msgspec import Struct

from aioprowler.aws.models import ModelLoader
from aioprowler.errors import require
from aioprowler.facts.regions import ALWAYS_ENABLED
from aioprowler.facts.services import home

_DIRECTION = re.compile(r"central|(?:north|south)(?:east|west)?|east|west")


class Partition(Struct, frozen=True):
    """A group of regions that share credentials: `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, ..."""

    id: str
    pattern: re.Pattern[str]
    """What the names of its regions are like."""
    seat: str
    """The region of its global services, where their rows do not say otherwise."""
    regions: tuple[str, ...]
    """Those that botocore lists; AWS may have more."""
    suffixes: tuple[str, ...]
    """What AWS's host names end in."""


@cache
def partitions() -> dict[str, Partition]:
    """All that the installed botocore knows, by their ids."""
    return {each["id"]: _partition(each) for each in ModelLoader().load_data("partitions")["partitions"]}


def _partition(data: dict[str, Any]) -> Partition:
    outputs = data["outputs"]
    return Partition(
        id=data["id"],
        pattern=re.compile(data["regionRegex"], re.ASCII),
        seat=outputs["implicitGlobalRegion"],
        regions=tuple(sorted(name for name in data["regions"] if not name.endswith("-global"))),
        suffixes=(outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]),
    )


def seat(partition: str, default: str) -> str:
    """The region of a partition's global services; `default` if botocore does not know the partition."""
    found = partitions().get(partition)
    return found.seat if found else default


def default_region(partition: str, default: str = "") -> str:
    """The region that is used where none is configured, which is IAM's; `default` as above."""
    return home("iam", partition, seat(partition, default))


def partition_of(region: str, default: str = "") -> str:
    """The partition that the region is of, by its name; `default` where it is like none."""
    return next((each.id for each in partitions().values() if _covers(each, region)), default)


def always_enabled(partition: str) -> tuple[str, ...]:
    """Regions that no account of the partition can turn off; none if botocore does not know it."""
    found = partitions().get(partition)
    return ALWAYS_ENABLED.get(partition) or (found.regions if found else ())


def known_regions() -> set[str]:
    """Every region of every partition that botocore lists."""
    return {name for each in partitions().values() for name in each.regions}


def host_beside(host: str, region: str) -> str:
    """EC2's name in the region, which every region has, where `host` is an endpoint of AWS's own there; else nothing,
    as for one that the user has configured.
    """
    for each in partitions().values():
        if _covers(each, region) and host.endswith(tuple(f".{suffix}" for suffix in each.suffixes)):
            return f"ec2.{region}.{each.suffixes[0]}"
    return ""


def lists(endpoint_prefix: str, region: str) -> bool:
    """Whether botocore's endpoint data says that the service, by the prefix of its endpoints, is in the region. It
    knows nothing of many that are: only a name that does not resolve either is of a service that is not there.
    """
    for data in _endpoints():
        known = partitions().get(data["partition"])
        service = data["services"].get(endpoint_prefix) if known and _covers(known, region) else None
        if service is not None:
            return "partitionEndpoint" in service or region in service["endpoints"]
    return False


@cache
def _endpoints() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ModelLoader().load_data("endpoints")["partitions"]
    return found


def _covers(partition: Partition, region: str) -> bool:
    return region in partition.regions or partition.pattern.fullmatch(region) is not None


def require_regions(names: Iterable[str]) -> None:
    """Raises UsageError, with the nearest names, for what is no name of a region in any partition. AWS opens regions
    before botocore lists them, so what is like their names is taken.
    """
    known = known_regions()
    for name in names:
        if name not in known and not _may_be_region(name):
            require("region", [name], sorted(known))


def _may_be_region(name: str) -> bool:
    """Whether it fits a partition's pattern. These allow any word where all regions have a direction, and typos with
    it.
    """
    fits = any(each.pattern.fullmatch(name) for each in partitions().values())
    return fits and _DIRECTION.fullmatch(name.split("-")[-2]) is not None


def unlisted_regions(names: Iterable[str]) -> Iterator[str]:
    """A sentence for each region that was taken though botocore does not list it."""
    known = known_regions()
    for name in dict.fromkeys(names):
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.75)
            meant = f", if it was not {' or '.join(near)} that was meant" if near else ""
            yield f"Region {name} is not known to botocore {botocore.__version__}; it is taken as a new one{meant}."
