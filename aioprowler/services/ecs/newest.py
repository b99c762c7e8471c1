"""Which task definitions are looked at: all, or the newest ones."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Final

import anyio

from aioprowler import Aws, Failure, Region, source

GONE: Final = {"ClientException": "unable to describe task definition"}
"""What is said of a revision that is no more; the code alone says of nearly anything that it is wrong."""


def family_of(arn: str) -> str:
    """`arn:...:task-definition/web:3` -> `arn:...:task-definition/web`."""
    return arn.rpartition(":")[0]


@source("ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition")
async def task_definitions(
    region: Region,  # noqa: ARG001 - where they are
    aws: Aws,
    *,
    max_ecs_task_definitions: Annotated[
        int, "Judge only so many task definitions of each region, the ones registered last; all where it is 0 or -1."
    ] = 0,
) -> list[dict[str, str]] | Failure:
    """Every active revision. With a limit the latest revision of each family is asked when it was registered, and of
    those below it as many as are looked at: they were registered one after the other.
    """
    arns = await aws.items("ecs", "ListTaskDefinitions", "taskDefinitionArns", sort="DESC")
    if isinstance(arns, Failure):
        return arns
    most = max_ecs_task_definitions
    if most > 0 and len(arns) > most:
        chosen = await _newest(arns, most, aws)
        if isinstance(chosen, Failure):
            return chosen
        aws.not_asked("ecs", "DescribeTaskDefinition", len(arns) - len(chosen))
        arns = chosen
    return [{"Arn": arn} for arn in arns]


async def _newest(arns: list[str], most: int, aws: Aws) -> list[str] | Failure:
    """The latest of all families, from the heads of what is left of each, of which AWS lists the latest first."""
    merging = _Merging(aws)
    async with anyio.create_task_group() as tasks:
        for _, revisions in groupby(sorted(arns, key=family_of), family_of):
            tasks.start_soon(merging.advance, iter(list(revisions)))
    chosen: list[str] = []
    while merging.heads and not merging.failure and len(chosen) < most:
        _, arn, revisions = heapq.heappop(merging.heads)
        chosen.append(arn)
        if len(chosen) < most:
            await merging.advance(revisions)
    return merging.failure or chosen


class _Merging:
    """The latest revision of each family that was not taken yet."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.heads: list[tuple[float, str, Iterator[str]]] = []
        """The one that was registered last comes first."""
        self.failure: Failure | None = None

    async def advance(self, revisions: Iterator[str]) -> None:
        """Take up the next revision of a family that is still there."""
        for arn in revisions:
            told = await self._aws.find("ecs", "DescribeTaskDefinition", GONE, taskDefinition=arn)
            if isinstance(told, Failure):
                self.failure = told
            elif told is not None:
                heapq.heappush(self.heads, (-_seconds(told["taskDefinition"].get("registeredAt")), arn, revisions))
            if told is not None:
                return


def _seconds(registered: datetime.datetime | None) -> float:
    return registered.timestamp() if registered else 0.0
