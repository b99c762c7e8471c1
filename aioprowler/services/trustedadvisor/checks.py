"""How it is judged what Trusted Advisor says, and who may ask it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated

from aioprowler import Account, All, Manual, Verdict, check
from aioprowler.judging.verdicts import about, is_set_to, pass_if
from aioprowler.services.trustedadvisor.resources import AdvisorCheck, SupportPlan

advisor_check = partial(
    check,
    resource_type="Other",
    resource_group="monitoring",
    resource_arn="arn:{partition}:trusted-advisor:{region}:{account_id}:account",
)


@advisor_check(fails="Trusted Advisor reports errors or warnings", severity="medium")
def trustedadvisor_errors_and_warnings(
    account: Account, plan: SupportPlan | None, checks: All[AdvisorCheck]
) -> Iterable[Verdict]:
    """Checks of Trusted Advisor report no errors and no warnings.

    Those that find nothing they are about are left out. Without a support plan Trusted Advisor cannot be asked for all
    of them, and a person must look.

    ## Risk
    What Trusted Advisor warns of are open ports, leaked keys, missing backups and service limits that are almost
    reached: nobody acts on what nobody reads.

    ## Remediation
    See what a check has found, and follow its advice: `aws support describe-trusted-advisor-check-result --check-id
    <your-advisor-check>`

    ## References
    https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor.html
    """
    if plan is None:
        yield Manual(
            f"Account {account.id} has no support plan by which Trusted Advisor can be asked: look in the console."
        )
    for each in checks:
        if each.status is None:
            yield about(Manual(f"AWS did not tell the status of {each.label}."), resource=each)
        elif each.status != "not_available":
            verdict = is_set_to(each.label, "the status", each.status, good=["ok"], bad=["warning", "error"])
            yield about(verdict, resource=each)


@advisor_check(fails="Account has no premium support plan", severity="low", categories=["resilience"])
def trustedadvisor_premium_support_plan_subscribed(
    account: Account,
    plan: SupportPlan | None,
    *,
    verify_premium_support_plans: Annotated[bool, "Whether accounts are to have a premium support plan."] = True,
) -> Verdict | None:
    """Accounts have a premium support plan of AWS.

    Judged is that AWS Support answers the account's calls, which it does with the plans that cost something.

    ## Risk
    Without one nobody at AWS can be asked in an outage or an attack, and most checks of Trusted Advisor are closed.

    ## Remediation
    Choose a plan as the root user or an administrator of the management account, at
    https://console.aws.amazon.com/support/plans.

    ## References
    https://docs.aws.amazon.com/awssupport/latest/user/aws-support-plans.html
    """
    if not verify_premium_support_plans:
        return None
    return pass_if(
        plan is not None,
        f"Account {account.id} has a premium support plan.",
        f"Account {account.id} has no premium support plan.",
    )
