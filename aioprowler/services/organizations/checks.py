"""How the organization of an account is judged: where its management account is scanned, or a delegated administrator,
for other members may not look.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import orjson

from aioprowler import Account, Fail, Pass, UnreadableError, Verdict, check
from aioprowler.judging.verdicts import about, pass_if
from aioprowler.services.organizations.regions import is_usable, restricting
from aioprowler.services.organizations.resources import (
    ControlPolicies,
    DelegatedAdministrators,
    OptOutPolicies,
    OptOutPolicy,
    Organization,
    TagPolicies,
)

organization_check = partial(
    check,
    resource_type="Other",
    resource_group="governance",
    resource_arn="arn:{partition}:organizations::{account_id}:unknown",
)
"""The ARN is that of an organization which there is not, or which could not be asked for, as Prowler has it."""


def no_organization(account: Account) -> Fail:
    """The verdict on an account that has none."""
    return Fail(f"Account {account.id} is in no organization.")


@organization_check(fails="Account is in no organization", severity="medium", categories=["identity-access"])
def organizations_account_part_of_organizations(account: Account, organization: Organization | None) -> Verdict:
    """Accounts are in an organization of AWS Organizations.

    Judged is that the account is in one, be it its management account or a member.

    ## Risk
    An account by itself has no limits from above: its administrators can switch off logging, and use any region and
    service, and nobody else sees it.

    ## Remediation
    Invite it from the management account, and accept the invitation in the account:
    `aws organizations invite-account-to-organization --target Id=<account-id>,Type=ACCOUNT`

    ## References
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_invites.html
    """
    if organization is None:
        return no_organization(account)
    return _of(organization, Pass(f"Account {account.id} is in the organization {organization.id}."))


@organization_check(
    fails="Organization has delegated administrators that are not trusted",
    severity="critical",
    categories=["identity-access"],
)
def organizations_delegated_administrators(
    account: Account,  # noqa: ARG001 - what is judged
    organization: Organization | None,
    administrators: DelegatedAdministrators | None,
    *,
    organizations_trusted_delegated_administrators: Annotated[
        tuple[str, ...], "Ids of accounts that may administer services for the organization."
    ] = (),
) -> Verdict | None:
    """Organizations have only delegated administrators that are known to be trusted.

    A delegated administrator does in all accounts what a service lets the management account do. Trusted are the
    accounts that the configuration names; without any, each one is reported. An account in no organization is not
    judged.

    ## Risk
    Whoever controls such an account can suspend findings, read backups, or deploy stacks in every account of the
    organization.

    ## Remediation
    Take the right from an account that should not have it: `aws organizations deregister-delegated-administrator
    --account-id <your-account-id> --service-principal <your-service-principal>`. Name those that should in the
    configuration.

    ## References
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
    """
    if organization is None or administrators is None:
        return None
    strange = [each for each in administrators.ids if each not in organizations_trusted_delegated_administrators]
    label = f"The organization {organization.id}"
    if strange:
        told = f"{label} has delegated administrators that are not trusted: {_told(strange)}."
        return _of(organization, Fail(told, names=tuple({"account_id": each} for each in strange)))
    trusted = f"only trusted delegated administrators: {_told(administrators.ids)}"
    return _of(organization, Pass(f"{label} has {trusted if administrators.ids else 'no delegated administrators'}."))


@organization_check(
    fails="Organization lets AWS's AI services keep and use its content", severity="medium", categories=["gen-ai"]
)
def organizations_opt_out_ai_services_policy(
    account: Account, organization: Organization | None, policies: OptOutPolicies | None
) -> Verdict:
    """Organizations opt all their accounts out of AI services that keep content, and no account can undo it.

    Judged is that a policy is attached to something, opts out by default and for each service that it names, and allows
    child policies no operator for the default. To which accounts it extends is not looked into.

    ## Risk
    Some AI services of AWS keep what customers send them, text, images and recordings, and may use it to train models,
    also in other regions than where it was processed.

    ## Remediation
    Attach a policy with `"@@assign": "optOut"` and `"@@operators_allowed_for_child_policies": ["@@none"]` for
    `services.default.opt_out_policy` to the root: `aws organizations attach-policy --policy-id <your-policy-id>
    --target-id <your-root-id>`

    ## References
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html
    """
    if organization is None or policies is None:
        return no_organization(account)
    label = f"The organization {organization.id}"
    flaws = {each.id: _flaw(each) for each in policies.policies}
    good = [id_ for id_, flaw in flaws.items() if not flaw]
    if good:
        return _of(organization, Pass(f"{label} opts out of AI services by the policy {good[0]}."))
    told = "; ".join(f"policy {id_} {flaw}" for id_, flaw in flaws.items()) or "it has no policy on them"
    return _of(organization, Fail(f"{label} does not opt out of AI services for good: {told}."))


@organization_check(
    fails="Organization lets its accounts use other regions than the configured ones",
    severity="high",
    categories=["identity-access"],
)
def organizations_scp_check_deny_regions(
    account: Account,
    organization: Organization | None,
    policies: ControlPolicies | None,
    *,
    organizations_enabled_regions: Annotated[
        tuple[str, ...], "Regions that accounts of the organization may use."
    ] = (),
) -> Verdict:
    """Organizations keep their accounts to chosen regions by a service control policy.

    Judged is that one is attached to something, and denies all actions, but those that it exempts, in regions that it
    does not name; or that it allows them in regions that it names, where nothing else allows everything. All regions of
    the configuration must be among them. Whom it spares, and which accounts it extends to, is not looked into.

    ## Risk
    What runs in a region that nobody uses is seen by nobody: stolen keys are mostly put to use there, and data leaves
    the countries that it has to stay in.

    ## Remediation
    Attach a policy that denies `*`, with `NotAction` for global services, under `StringNotEquals` of
    `aws:RequestedRegion`: `aws organizations attach-policy --policy-id <your-policy-id> --target-id <your-root-id>`

    ## References
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    if organization is None or policies is None:
        return no_organization(account)
    label = f"The organization {organization.id}"
    locked: dict[str, list[str]] = {}
    for policy, statement in restricting(policies.policies):
        locked[policy.id] = [each for each in organizations_enabled_regions if not is_usable(statement, each)]
        if not locked[policy.id]:
            return _of(organization, Pass(f"{label} restricts regions by the service control policy {policy.id}."))
    told = "; ".join(f"{id_} also keeps them out of {_told(regions)}" for id_, regions in locked.items())
    why = f"in the way that is configured: {told}" if locked else "by any service control policy that is attached"
    return _of(organization, Fail(f"{label} does not restrict regions {why}."))


@organization_check(fails="Organization has no tag policy attached", severity="low")
def organizations_tags_policies_enabled_and_attached(
    account: Account, organization: Organization | None, policies: TagPolicies | None
) -> Verdict:
    """Organizations have a tag policy, and it is attached.

    Judged is that one of them is attached to the root, a unit or an account, which it can only be while the type is
    switched on. What it asks of tags is not looked into.

    ## Risk
    Tags that everybody spells otherwise tell neither whose a resource is nor what it costs, and policies that go by
    tags let in the wrong people.

    ## Remediation
    `aws organizations attach-policy --policy-id <your-policy-id> --target-id <your-root-id>`; switch the type on before
    with `aws organizations enable-policy-type`.

    ## References
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html
    """
    if organization is None or policies is None:
        return no_organization(account)
    label = f"The organization {organization.id}"
    if not policies.policies:
        return _of(organization, Fail(f"{label} has no tag policy."))
    attached = [each.id for each in policies.policies if each.targets]
    return _of(
        organization,
        pass_if(
            bool(attached),
            f"{label} has the tag policy {''.join(attached[:1])} attached.",
            f"{label} has tag policies, and none of them is attached to anything.",
        ),
    )


def _of(organization: Organization, verdict: Pass | Fail) -> Pass | Fail:
    """The verdict as one about the organization."""
    return about(verdict, organization.id, organization.arn)


def _told(names: list[str]) -> str:
    return ", ".join(names)


def _flaw(policy: OptOutPolicy) -> str:
    """Why a policy does not opt out for good; empty where it does. Raises UnreadableError."""
    services = _mapping(_parsed(policy), "services")
    default = _mapping(_mapping(services, "default"), "opt_out_policy")
    exceptions = [
        name
        for name, service in services.items()
        if name != "default" and isinstance(service, Mapping) and _choice(_mapping(service, "opt_out_policy"))
    ]
    flaws = {
        "is attached to nothing": not policy.targets,
        "does not opt out by default": default.get("@@assign") != "optOut",
        "lets child policies change the default": default.get("@@operators_allowed_for_child_policies") != ["@@none"],
        f"does not opt out of {_told(exceptions)}": bool(exceptions),
    }
    return " and ".join(flaw for flaw, found in flaws.items() if found)


def _choice(chosen: Mapping[str, Any]) -> bool:
    """Whether a service is told anything else than to keep out."""
    return bool(chosen.get("@@assign", "optOut") != "optOut")


def _mapping(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = parent.get(key)
    return found if isinstance(found, Mapping) else {}


def _parsed(policy: OptOutPolicy) -> Mapping[str, Any]:
    try:
        found = orjson.loads(policy.content)
    except ValueError:
        raise UnreadableError(f"the policy {policy.id} is not valid JSON") from None
    return found if isinstance(found, Mapping) else {}
