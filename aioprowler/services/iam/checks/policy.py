"""How policies are judged: what they allow, and whom they are attached to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from aioprowler import Account, Fail, Manual, Pass, Verdict, check
from aioprowler.judging.policies import Policy, is_full_admin
from aioprowler.judging.verdicts import about, pass_if
from aioprowler.services.iam.resources import AwsPolicy, CustomerPolicy, InlinePolicies, ManagedPolicy, User

inline_check = partial(check, resource_type="AwsIamPolicy", resource_group="IAM")

Judge = Callable[[str, Policy], Fail | Pass]
"""Judges a document; the words are the policy's name as verdicts give it."""


def of_customer(policy: CustomerPolicy, scan_unused_services: bool, verdict_on: Judge) -> Verdict | None:
    """The verdict about a managed policy that is in use; about any where that was asked for, but for those that are
    nothing but boundaries, which grant nothing.
    """
    if policy.is_boundary_only or not (policy.attachment_count or scan_unused_services):
        return None
    return verdict_on(policy.label, policy.document)


def of_inline(account: Account, inline: InlinePolicies, verdict_on: Judge) -> Iterator[Verdict]:
    """A verdict about each inline policy, in the name of its holder; one that cannot be read hides no other."""
    for policy in inline.policies:
        holder = policy.holder
        kind = type(holder).__name__.lower()
        whose = f"of {kind} {holder.name} in account {account.id}"
        name, fault = f"Inline policy {policy.name} {whose}", policy.document.fault
        verdict = Manual(f"{name} cannot be read: {fault}.") if fault else verdict_on(name, policy.document)
        id_ = f"{holder.name}/{policy.name}"
        yield about(verdict, id_, holder.arn, kind=kind, holder=holder.name, policy=policy.name)


def allows_not(name: str, what: str, allowed: bool) -> Fail | Pass:
    """PASS where it is not allowed; `what` ends the sentence."""
    return pass_if(not allowed, f"{name} does not allow {what}.", f"{name} allows {what}.")


def administrative(name: str, document: Policy) -> Fail | Pass:
    """Whether the policy makes its holders administrators."""
    return allows_not(name, "every action on every resource", is_full_admin(document))


def of_managed(what: str, policy: ManagedPolicy) -> Verdict:
    """The same of a managed policy."""
    return administrative(f"{what} policy {policy.name}", policy.document)


@check(fails="Customer managed policy in use allows everything", severity="high", categories=["identity-access"])
def iam_customer_attached_policy_no_administrative_privileges(policy: CustomerPolicy) -> Verdict | None:
    """No customer managed policy in use allows everything.

    Judged are policies attached to a user, group or role: none should allow every action on every resource, be it
    with `*` or with a NotAction that leaves out next to nothing.

    ## Risk
    Every holder of the policy is an administrator, whatever its name says, and so is whoever takes a holder over.

    ## Remediation
    Write a version of the policy that allows what its holders need, and make it the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.
    IAM Access Analyzer can draft it from what they did.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
    """
    return of_managed("Attached customer", policy) if policy.attachment_count else None


@check(fails="Unattached customer managed policy allows everything", severity="medium", categories=["identity-access"])
def iam_customer_unattached_policy_no_administrative_privileges(policy: CustomerPolicy) -> Verdict | None:
    """No customer managed policy that waits for use allows everything.

    Judged are policies that are attached to nothing: none should allow every action on every resource, or the next one
    to attach it makes an administrator. Permissions boundaries are in use, and grant nothing.

    ## Risk
    Who may attach existing policies, but write none, becomes an administrator with it; mistakes make others so.

    ## Remediation
    Delete the policy, its older versions first: `aws iam delete-policy --policy-arn <arn>`. If it is still needed,
    reduce it to what it is for.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-delete.html
    """
    unattached = not policy.attachment_count and not policy.is_boundary_only
    return of_managed("Unattached customer", policy) if unattached else None


@check(fails="AWS managed policy in use allows everything", severity="critical", categories=["identity-access"])
def iam_aws_attached_policy_no_administrative_privileges(policy: AwsPolicy) -> Verdict | None:
    """No AWS managed policy in use allows everything.

    Judged are AWS's own policies that are attached to a user, group or role. The best known one that allows
    everything is AdministratorAccess.

    ## Risk
    Every holder of the policy can read, change and delete all there is, and can let others in.

    ## Remediation
    See who holds the policy (`aws iam list-entities-for-policy --policy-arn <arn>`), and give them one that allows
    what their work needs in its place.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    return of_managed("Attached AWS", policy) if policy.attachment_count else None


@inline_check(fails="Inline policy allows everything", severity="critical", categories=["identity-access"])
def iam_inline_policy_no_administrative_privileges(account: Account, inline: InlinePolicies) -> Iterator[Verdict]:
    """No inline policy allows everything.

    Inline policies are part of one user, group or role and appear in no list of policies. None should allow every
    action on every resource.

    ## Risk
    The holder is an administrator, which a review of managed policies does not show.

    ## Remediation
    Delete the inline policy of the role, user or group, and attach a managed one that allows what is needed: `aws iam
    delete-<your-kind>-policy --<your-kind>-name <your-holder> --policy-name <your-policy>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    yield from of_inline(account, inline, administrative)


@check(fails="IAM user has policies of its own", severity="low", categories=["identity-access"])
def iam_policy_attached_only_to_group_or_roles(user: User) -> Iterator[Verdict]:
    """Users get their permissions from groups and roles.

    Judged is whether a user has policies of its own, attached or inline. Permissions that follow from a group can be
    reviewed in one place, and end when the user leaves it.

    ## Risk
    Permissions granted to single users pile up, differ from colleague to colleague, and outlive what they were for.

    ## Remediation
    Put the user into a group that has the policy, then take away the user's own, which is `detach-user-policy` and
    `--policy-arn`, or for an inline one `delete-user-policy` and `--policy-name`: `aws iam <your-action> --user-name
    <user> <your-option> <your-policy>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
    """
    own: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for attached in user.attached_managed_policies:
        detach = {"action": "detach-user-policy", "option": "--policy-arn", "policy": attached.policy_arn}
        own[attached.policy_name].append(detach)
    for inline in user.inline_policies:
        delete = {"action": "delete-user-policy", "option": "--policy-name", "policy": inline.policy_name}
        own[inline.policy_name].append(delete)
    for name, ways in own.items():
        detail = f"{user.label} has the policy {name} of its own."
        yield Fail(detail, resource_id=f"{user.name}/{name}", names=tuple(ways))
    if not own:
        yield Pass(f"{user.label} has no policy of its own.")
