"""Whom a resource policy lets in: the public, and strangers.

Strangers are accounts other than the resource's own and the trusted ones of the configuration; organizations, VPCs and
private addresses that a condition names are none. `policies` has the rules, and says what of a condition counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, TypeAlias

from aioprowler.declarations.checks import Fail, Pass
from aioprowler.judging.policies import Policy, Principal, cross_account_principals, is_public
from aioprowler.judging.verdicts import pass_if

TrustedAccounts: TypeAlias = Annotated[tuple[str, ...], "Accounts of yours, which policies may let in."]
"""Of the configuration key `trusted_account_ids`."""

TrustedIps: TypeAlias = Annotated[
    tuple[str, ...], "Addresses and ranges of yours (CIDR); a policy that is tied to them is not public."
]
"""Of the configuration key `trusted_ips`."""


def closed_to_public(
    label: str, policy: Policy | None, *, actions: Collection[str] = (), trusted_ips: Collection[str] = ()
) -> Pass | Fail:
    """PASS where the policy lets not just anyone in, to these actions or to any; without a policy nobody gets in.

    Conditions that tie a request to somebody in particular count, be it another account.
    """
    if policy is None:
        return Pass(f"{label} has no policy.")
    return pass_if(
        not is_public(policy, actions=actions, trusted_ips=trusted_ips),
        f"{label} has a policy that does not let just anyone in.",
        f"{label} has a policy that lets anyone in.",
    )


def closed_to_strangers(
    label: str, policy: Policy | None, account_id: str, trusted: Collection[str] = (), *, accounts_only: bool = False
) -> Pass | Fail:
    """PASS where the policy lets in no account but its own and trusted ones; without a policy nobody gets in.

    With accounts_only, a condition that names an organization, a VPC or addresses does not make strangers known.
    """
    if policy is None:
        return Pass(f"{label} has no policy.")
    strangers = cross_account_principals(policy, account_id, trusted, accounts_only=accounts_only)
    return lets_in_none(f"{label} has a policy that", strangers)


def closed_to_services(label: str, policy: Policy, *, actions: Collection[str] = ()) -> Pass | Fail:
    """PASS where neither anyone nor a service on anyone's behalf gets in: the confused deputy.

    A service principal is harmless where a condition names the account, organization or resource that it acts for
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
    """
    return pass_if(
        not is_public(policy, services=True, actions=actions),
        f"{label} lets services in only on behalf of known accounts.",
        f"{label} lets services in on behalf of any account.",
    )


def strangers(principals: Iterable[str], known: Collection[str]) -> list[str]:
    """Those of the principals (ARNs, account ids, `*`) whose account is not a known one."""
    return [principal for principal in principals if Principal("AWS", principal).account not in known]


def lets_in_none(label: str, found: Collection[str]) -> Pass | Fail:
    """PASS where there are no strangers; FAIL names them."""
    return pass_if(
        not found, f"{label} lets no account in that is not trusted.", f"{label} lets in {', '.join(found)}."
    )
