"""Whom a resource policy lets in: the public, and strangers.

Strangers are accounts other than the resource's own and the trusted ones of the configuration; organizations, VPCs and
private addresses that a condition names are none. `policies` has the rules, and says what of a condition counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Annotated, TypeAlias

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.policies import Outsiders, Policy, Principal, foreign_access, outsiders_among, public_access
from aioprowler.judging.verdicts import naming

TrustedAccounts: TypeAlias = Annotated[tuple[str, ...], "Accounts of yours, which policies may let in."]
"""Of the configuration key `trusted_account_ids`."""

TrustedIps: TypeAlias = Annotated[
    tuple[str, ...], "Addresses and ranges of yours (CIDR); a policy that is tied to them is not public."
]
"""Of the configuration key `trusted_ips`."""


def closed_to_public(
    label: str, policy: Policy | None, *, actions: Collection[str] = (), trusted_ips: Collection[str] = ()
) -> Verdict:
    """PASS where the policy lets not just anyone in, to these actions or to any; without a policy nobody gets in.

    Conditions that tie a request to somebody in particular count, be it another account.
    """
    if policy is None:
        return Pass(f"{label} has no policy.")
    name = f"{label} has a policy that"
    found = public_access(policy, actions=actions, trusted_ips=trusted_ips)
    verdict = pass_if_none(found, f"{name} does not let just anyone in.", f"{name} lets anyone in.", name)
    return _naming(verdict, policy, lambda part: public_access(part, actions=actions, trusted_ips=trusted_ips))


def closed_to_strangers(
    label: str,
    policy: Policy | None,
    account_id: str,
    trusted: Collection[str] = (),
    *,
    accounts_only: bool = False,
    by_resource: bool = False,
) -> Verdict:
    """PASS where the policy lets in no account but its own and trusted ones; without a policy nobody gets in.

    Among the trusted may be the canonical user id of the own account. With accounts_only, a condition that names an
    organization or addresses does not make strangers known; with by_resource, one that names the resource's owner does,
    as it should for the policy of an endpoint.
    """
    if policy is None:
        return Pass(f"{label} has no policy.")
    found = foreign_access(policy, account_id, trusted, accounts_only=accounts_only, by_resource=by_resource)
    verdict = lets_in_none(f"{label} has a policy that", found)
    return _naming(
        verdict,
        policy,
        lambda part: foreign_access(part, account_id, trusted, accounts_only=accounts_only, by_resource=by_resource),
    )


def _naming(verdict: Verdict, policy: Policy, find: Callable[[Policy], Outsiders]) -> Verdict:
    """A FAIL with each statement that lets somebody in: `<your-statement-id>`."""
    if not isinstance(verdict, Fail):
        return verdict
    bad = (each.sid for each in policy.statements if each.sid and find(Policy((each,))).names)
    return naming(verdict, *({"statement_id": sid} for sid in bad))


def closed_to_services(label: str, policy: Policy, *, actions: Collection[str] = ()) -> Verdict:
    """PASS where neither anyone nor a service on anyone's behalf gets in: the confused deputy.

    A service principal is harmless where a condition names the account, organization or resource that it acts for
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
    """
    return pass_if_none(
        public_access(policy, services=True, actions=actions),
        f"{label} lets services in only on behalf of known accounts.",
        f"{label} lets services in on behalf of any account.",
        label,
    )


def strangers(principals: Iterable[str], known: Collection[str]) -> Outsiders:
    """Those of the principals (ARNs, account ids, `*`) whose account is not a known one."""
    return outsiders_among((Principal("AWS", principal) for principal in principals), known)


def lets_in_none(label: str, found: Outsiders) -> Verdict:
    """PASS where there are no strangers; FAIL names them, MANUAL those who may be some."""
    names = ", ".join(found.names)
    return pass_if_none(found, f"{label} lets no account in that is not trusted.", f"{label} lets in {names}.", label)


def pass_if_none(found: Outsiders, passed: str, failed: str, label: str) -> Verdict:
    """PASS with the one sentence where nobody of whom was asked gets in, FAIL with the other where somebody does, and
    MANUAL, which begins with the label, where nobody can tell.
    """
    if found.names:
        return Fail(failed)
    return Manual(f"{label} may let in {'; '.join(found.doubtful)}.") if found.doubtful else Pass(passed)
