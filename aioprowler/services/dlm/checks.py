"""How it is judged whether snapshots are made and deleted by a rule."""

from __future__ import annotations

from aioprowler import Fail, Region, Verdict, check
from aioprowler.judging.verdicts import has, unknown
from aioprowler.services.dlm.resources import LifecyclePolicies


@check(
    fails="Region has EBS snapshots and no lifecycle policy for them",
    severity="medium",
    categories=["forensics-ready"],
    resource_type="Other",
    resource_group="storage",
    resource_arn="arn:{partition}:dlm:{region}:{account_id}:policy",
)
def dlm_ebs_snapshot_lifecycle_policy_exists(region: Region, policies: LifecyclePolicies) -> Verdict:
    """Regions with EBS snapshots have a policy of Data Lifecycle Manager that makes them.

    Judged are regions in which the account has snapshots; the policy must be enabled. Which volumes it takes is not
    looked into, and neither is AWS Backup.

    ## Risk
    Snapshots that somebody makes by hand are missing for the day on which they are needed, and are kept, with all that
    is on them, when nobody needs them any more.

    ## Remediation
    `aws dlm create-lifecycle-policy --region <region> --default-policy VOLUME --state ENABLED --description snapshots
    --execution-role-arn <your-role-arn> --create-interval 1 --retain-interval 7`

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html
    """
    label = f"Data Lifecycle Manager in {region.name}"
    states = [each.state for each in policies.of_snapshots]
    if "ENABLED" in states or not states:
        return has(label, "a policy for EBS snapshots", bool(states))
    strange = [state for state in states if state not in ("DISABLED", "ERROR")]
    if strange:
        return unknown(label, "a policy for EBS snapshots in the state", strange[0])
    return Fail(f"{label} has policies for EBS snapshots, and none of them is enabled.")
