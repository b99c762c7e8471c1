"""How Macie is judged."""

from __future__ import annotations

from functools import partial

from aioprowler import Failure, Here, Region, Verdict, check, known
from aioprowler.judging.verdicts import enabled, is_, is_set_to
from aioprowler.services.macie.resources import AutomatedDiscovery, Session
from aioprowler.services.s3.resources import Bucket

session_check = partial(
    check,
    resource_type="Other",
    resource_group="security",
    resource_arn="arn:{partition}:macie:{region}:{account_id}:session",
)


@session_check(
    fails="Macie is not enabled in the region, or suspended",
    severity="medium",
    categories=["forensics-ready", "secrets"],
)
def macie_is_enabled(
    region: Region, session: Session | None, buckets: Here[Bucket] | Failure, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Macie is enabled in every region that has S3 buckets.

    A suspended Macie fails. A region without buckets is judged only with `--scan-unused-services`, or where Macie is
    enabled.

    ## Risk
    Nobody knows in which buckets personal data and credentials lie, until somebody else finds them there.

    ## Remediation
    `aws macie2 enable-macie --region <region>`. A suspended Macie is resumed with `aws macie2 update-macie-session
    --region <region> --status ENABLED`.

    ## References
    https://docs.aws.amazon.com/macie/latest/user/getting-started.html
    """
    label = f"Macie in {region.name}"
    if session is not None and session.status == "ENABLED":
        return is_(label, "enabled", True)
    if not (scan_unused_services or known(buckets)):
        return None
    if session is None:
        return is_(label, "enabled", False)
    return is_set_to(label, "the status", session.status, good=(), bad=("PAUSED",))


@session_check(
    fails="Macie does not look for sensitive data by itself",
    severity="high",
    categories=["secrets"],
)
def macie_automated_sensitive_data_discovery_enabled(region: Region, discovery: AutomatedDiscovery) -> Verdict:
    """Macie looks for sensitive data in all S3 buckets by itself.

    Judged where Macie is enabled. In an organization its administrator decides, and AWS refuses to tell members: there
    the verdict is MANUAL.

    ## Risk
    Macie looks only into the buckets that somebody has thought of in a job, and sensitive data lies in others.

    ## Remediation
    `aws macie2 update-automated-discovery-configuration --region <region> --status ENABLED`

    ## References
    https://docs.aws.amazon.com/macie/latest/user/discovery-asdd.html
    """
    return enabled(f"Macie in {region.name}", "automated sensitive data discovery", discovery.status)
