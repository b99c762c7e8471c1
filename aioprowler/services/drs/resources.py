"""What Elastic Disaster Recovery does in a region."""

from __future__ import annotations

from aioprowler import Aws, Facet, Failure, Region, source


@source("drs:DescribeJobs")
async def find_jobs(aws: Aws) -> RecoveryJobs | Failure | None:
    """As far as the first one. Nothing is told where the service was never set up:
    https://docs.aws.amazon.com/drs/latest/APIReference/API_DescribeJobs.html
    """
    found: RecoveryJobs | None = None
    async for page in aws.pages("drs", "DescribeJobs", "items", absent=["UninitializedAccountException"]):
        if isinstance(page, Failure):
            return page
        found = RecoveryJobs(are_there=bool(page))
        if page:
            break
    return found


class RecoveryJobs(Facet[Region]):
    """Whether machines were ever launched or tested in a region; None where the service was never set up there."""

    source = find_jobs
    are_there: bool
