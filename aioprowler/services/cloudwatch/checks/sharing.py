"""How it is judged who sees the account's metrics, logs and traces from elsewhere."""

from __future__ import annotations

from typing import Final

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.judging.verdicts import about
from aioprowler.services.iam.resources import Role

SHARING_ROLE: Final = "CloudWatch-CrossAccountSharingRole"
"""The name that CloudWatch's console gives it, and looks for in the accounts that it shows
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html).
"""


@check(
    fails="Account shares its CloudWatch data with other accounts",
    severity="medium",
    categories=["identity-access", "trust-boundaries"],
    resource_type="AwsIamRole",
    resource_group="IAM",
    resource_arn="arn:{partition}:iam::{account_id}:role",
)
def cloudwatch_cross_account_sharing_disabled(account: Account, roles: All[Role]) -> Verdict:
    """The account does not share its CloudWatch data by the role CloudWatch-CrossAccountSharingRole.

    The console of CloudWatch shows another account's metrics and dashboards by a role of this name in that account. Its
    name is what is judged; whom it trusts, and links of CloudWatch's cross-account observability, are not looked into.

    ## Risk
    Metrics, dashboards and log events tell whoever may assume the role how the account's workloads are built and used.

    ## Remediation
    Detach its policies, then delete the role: `aws iam delete-role --role-name CloudWatch-CrossAccountSharingRole`. If
    you watch your accounts from one of them, let the role trust just that one, and mute this finding.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html
    """
    for role in roles:
        if role.name == SHARING_ROLE:
            return about(Fail(f"{role.label} shares CloudWatch's data with whom it trusts."), resource=role)
    return Pass(f"Account {account.id} has no role {SHARING_ROLE}.")
