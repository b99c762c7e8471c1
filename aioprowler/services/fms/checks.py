"""How it is judged whether an organization keeps to what Firewall Manager demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.services.fms.resources import FirewallPolicy, MemberCompliance

_SHOWN = 5


@check(
    fails="Accounts do not comply with policies of Firewall Manager",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
    about=FirewallPolicy,
    resource_arn="arn:{partition}:fms:{region}:{account_id}:policy",
)
def fms_policy_compliant(
    account: Account, policies: All[FirewallPolicy], members: All[MemberCompliance]
) -> Iterable[Verdict]:
    """Administrators of Firewall Manager have policies, and all accounts comply with them.

    Judged are administrators, in all regions of the scan; nobody else sees policies. An account that Firewall Manager
    has not evaluated is not known to comply, and fails. Each policy that somebody does not comply with is a finding.

    ## Risk
    An account that evades a policy has no web ACL, no Shield protection or an open security group, where everybody
    believes that the organization sees to it.

    ## Remediation
    See which resources of the account do not comply: `aws fms get-compliance-detail --region <region> --policy-id
    <your-firewall-policy> --member-account <your-member-account>`, and have the policy mend them by automatic
    remediation.

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/fms-compliance.html
    """
    if not policies:
        yield Fail(f"Account {account.id} administers Firewall Manager and has no policy in it.")
        return
    strays: defaultdict[str, list[str]] = defaultdict(list)
    for each in members:
        if not each.is_compliant:
            strays[each.policy_id].append(each.member_account)
    for policy in policies:
        if policy.policy_id in strays:
            accounts = strays[policy.policy_id]
            yield Fail(
                f"{policy.label} is not complied with by {_told(accounts)}.",
                resource=policy,
                names=tuple({"member_account": each} for each in accounts[:_SHOWN]),
            )
    if not strays:
        yield Pass(f"All accounts comply with the policies of Firewall Manager ({len(policies)}).")


def _told(accounts: list[str]) -> str:
    more = len(accounts) - _SHOWN
    return ", ".join(accounts[:_SHOWN]) + (f" and {more} more accounts" if more > 0 else "")
