"""Where to begin: the region of the first calls, before AWS has said anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from aioprowler.aws.partitions import always_enabled, default_region, partition_of, partitions
from aioprowler.aws.profiles import configured_endpoint, configured_region, session_of
from aioprowler.errors import UsageError

_MOST: Final = 3
"""Regions that are tried where none answers: each costs its timeouts."""


class Chosen(Struct, frozen=True):
    """Regions that the user asks for, and those that are left out."""

    regions: Sequence[str] = ()
    excluded: Sequence[str] = ()


EVERYWHERE: Final = Chosen()


def homes(profile: str | None = None, role_arn: str | None = None, chosen: Chosen = EVERYWHERE) -> list[str]:
    """Regions to begin in, the best first; the others are for where its STS cannot be reached.

    The first is the environment's or the profile's, else the first chosen one, else the partition's. Where
    PROWLER_AWS_PARTITION or a role names the partition, regions of another one do not count. Raises UsageError for a
    partition that there is not, and BotoCoreError for a profile that is not there or cannot be read.
    """
    session = session_of(profile)
    partition = named_partition(role_arn or session.get_scoped_config().get("role_arn"))
    named = [configured_region(session), *chosen.regions]
    first = next((each for each in named if each and partition in ("", partition_of(each, partition))), "")
    partition = partition or partition_of(first, "aws")
    first = first or default_region(partition)
    if configured_endpoint(session, "sts"):  # the same in every region
        return [first]
    others = [each for each in dict.fromkeys(_others(partition, chosen)) if each != first]
    return [first, *sorted(others, key=lambda each: each in chosen.excluded)][:_MOST]


def named_partition(role_arn: str | None = None) -> str:
    """The partition of PROWLER_AWS_PARTITION, else of a role; empty where neither names one. Raises UsageError."""
    declared = os.environ.get("PROWLER_AWS_PARTITION", "").strip()
    found = declared or (role_arn or "").partition(":")[2].partition(":")[0]
    if found and found not in partitions():
        where = "PROWLER_AWS_PARTITION: " if declared else ""
        raise UsageError(f"{where}there is no partition {found}; there are {', '.join(partitions())}.")
    return found


def _others(partition: str, chosen: Chosen) -> Iterator[str]:
    """Regions whose STS takes the keys of any account of the partition, the chosen ones first."""
    always = always_enabled(partition)
    yield from (each for each in chosen.regions if each in always)
    yield default_region(partition)
    yield from always
