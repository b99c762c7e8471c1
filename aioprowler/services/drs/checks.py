"""How it is judged whether a region's machines can be brought up elsewhere."""

from __future__ import annotations

from aioprowler import Fail, Region, Verdict, check
from aioprowler.judging.verdicts import has
from aioprowler.services.drs.resources import RecoveryJobs


@check(
    fails="Region has no recovery jobs of Elastic Disaster Recovery",
    severity="medium",
    categories=["resilience"],
    resource_type="Other",
    resource_group="compute",
    resource_arn="arn:{partition}:drs:{region}:{account_id}:recovery-job",
)
def drs_job_exist(region: Region, jobs: RecoveryJobs | None) -> Verdict:
    """Regions have Elastic Disaster Recovery set up, and a job of it.

    Judged is that a recovery or a drill was ever begun in the region. A region in which the service was never set up
    fails as well.

    ## Risk
    Machines that nobody has ever tried to bring up elsewhere may not come up when they have to, and hours of data are
    lost.

    ## Remediation
    Set the service up with `aws drs initialize-service --region <region>`, replicate the machines to it, and begin a
    drill: `aws drs start-recovery --region <region> --is-drill --source-servers sourceServerID=<your-source-server>`

    ## References
    https://docs.aws.amazon.com/drs/latest/userguide/getting-started-initializing.html
    """
    label = f"Elastic Disaster Recovery in {region.name}"
    if jobs is None:
        return Fail(f"{label} is not set up.")
    return has(label, "recovery jobs", jobs.are_there)
