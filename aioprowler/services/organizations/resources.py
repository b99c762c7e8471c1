"""The organization that the account is in, who administers it, and its policies.

Only the management account and delegated administrators may ask for more than `DescribeOrganization`
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html). Other members are refused,
whatever their policies allow: they are asked all the same, for who is a delegated administrator only the others know.
"""

from __future__ import annotations

from typing import Final

import msgspec
import orjson

from aioprowler import Account, Aws, Facet, Failure, call, constant, source
from aioprowler.judging.policies import Policy
from aioprowler.judging.verdicts import told

REQUESTED_REGION: Final = "aws:requestedregion"
"""The condition key with the region that a request is for, as policies are read: in small letters."""

# --- The organization ---


class Organization(Facet[Account]):
    """The organization that the account is in; absent where it is in none."""

    source = call("organizations", "DescribeOrganization", "Organization", absent=["AWSOrganizationsNotInUseException"])
    id: str
    arn: str
    master_account_id: str


def in_organization(organization: Organization | None) -> bool:
    """Only there is anything to ask of the organization."""
    return organization is not None


# --- Who administers ---


class Administrator(msgspec.Struct, frozen=True, rename="pascal"):
    """An account that may do in the organization what the management account may, for some service."""

    id: str


class Administrators(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Delegated administrators; not told to other members (see above)."""

    delegated_administrators: tuple[Administrator, ...]

    @property
    def ids(self) -> list[str]:
        """Of their accounts."""
        return [each.id for each in self.delegated_administrators]


class DelegatedAdministrators(Administrators, Facet[Account]):
    """The delegated administrators of all services."""

    source = call("organizations", "ListDelegatedAdministrators", pages=True, when=in_organization)


class ConfigAdministrators(Administrators, Facet[Account]):
    """The delegated administrators of AWS Config; absent where the account is in no organization.

    AWS tells nothing of services in the list of all, but takes one to list its own:
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
    """

    source = call(
        "organizations",
        "ListDelegatedAdministrators",
        pages=True,
        absent=["AWSOrganizationsNotInUseException"],
        ServicePrincipal=constant("config.amazonaws.com"),
    )


# --- Policies ---

POLICY_GONE: Final = ("PolicyNotFoundException",)


class AttachedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy of the organization. It takes effect on what it is attached to and all below, and is attached to nothing
    where its type is switched off:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_enable-disable.html
    """

    id: str
    targets: frozenset[str] = frozenset()
    """Ids of the root, units and accounts that it is attached to."""


async def _policies(aws: Aws, kind: str) -> list[str] | Failure:
    """The ids of the organization's policies of a type."""
    found = await aws.items("organizations", "ListPolicies", "Policies", Filter=kind)
    return found if isinstance(found, Failure) else [told(each.get("Id"), "the Id of a policy") for each in found]


async def _content(aws: Aws, id_: str) -> str | Failure | None:
    """A policy's JSON; None where it was deleted meanwhile."""
    found = await aws.find("organizations", "DescribePolicy", POLICY_GONE, PolicyId=id_)
    return str(found["Policy"]["Content"]) if isinstance(found, dict) else found


async def _targets(aws: Aws, id_: str) -> frozenset[str] | Failure:
    found = await aws.items("organizations", "ListTargetsForPolicy", "Targets", absent=POLICY_GONE, PolicyId=id_)
    if isinstance(found, Failure):
        return found
    return frozenset(told(each.get("TargetId"), "the TargetId of a policy's target") for each in found)


class ControlPolicy(AttachedPolicy, frozen=True, kw_only=True):
    """A service control policy: the most that the accounts below it may do."""

    document: Policy


@source("organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTargetsForPolicy")
async def read_control_policies(organization: Organization | None, aws: Aws) -> ControlPolicies | Failure | None:
    """All of them. What they are attached to is asked where one of them is about regions, and of no other use."""
    if organization is None:
        return None
    ids = await _policies(aws, "SERVICE_CONTROL_POLICY")
    if isinstance(ids, Failure):
        return ids
    contents: dict[str, str] = {}
    for each in ids:
        content = await _content(aws, each)
        if isinstance(content, Failure):
            return content
        if content is not None:
            contents[each] = content
    about_regions = any(REQUESTED_REGION in content.lower() for content in contents.values())
    policies = []
    for each, content in contents.items():
        targets = await _targets(aws, each) if about_regions else frozenset[str]()
        if isinstance(targets, Failure):
            return targets
        policies.append(ControlPolicy(id=each, document=control_document(content), targets=targets))
    return ControlPolicies(policies=tuple(policies))


def control_document(content: str) -> Policy:
    """A service control policy. One without statements says nothing."""
    try:
        body = orjson.loads(content)
    except ValueError:
        return Policy.decode(content)
    return Policy(()) if isinstance(body, dict) and "Statement" not in body else Policy.decode(body)


class ControlPolicies(Facet[Account]):
    """The service control policies of the organization."""

    source = read_control_policies
    policies: tuple[ControlPolicy, ...]


@source("organizations:ListPolicies", "organizations:ListTargetsForPolicy")
async def read_tag_policies(organization: Organization | None, aws: Aws) -> TagPolicies | Failure | None:
    """As far as the first one that is attached."""
    if organization is None:
        return None
    ids = await _policies(aws, "TAG_POLICY")
    if isinstance(ids, Failure):
        return ids
    found = []
    for each in ids:
        targets = await _targets(aws, each)
        if isinstance(targets, Failure):
            return targets
        found.append(AttachedPolicy(id=each, targets=targets))
        if targets:
            break
    return TagPolicies(policies=tuple(found))


class TagPolicies(Facet[Account]):
    """The tag policies of the organization."""

    source = read_tag_policies
    policies: tuple[AttachedPolicy, ...]


class OptOutPolicy(AttachedPolicy, frozen=True, kw_only=True):
    """Which AI services of AWS may keep and use what they are given:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html
    """

    content: str
    """JSON."""


@source("organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTargetsForPolicy")
async def read_opt_out_policies(organization: Organization | None, aws: Aws) -> OptOutPolicies | Failure | None:
    """All of them."""
    if organization is None:
        return None
    ids = await _policies(aws, "AISERVICES_OPT_OUT_POLICY")
    if isinstance(ids, Failure):
        return ids
    found = []
    for each in ids:
        content = await _content(aws, each)
        if isinstance(content, Failure):
            return content
        targets = await _targets(aws, each)
        if isinstance(targets, Failure):
            return targets
        if content is not None:
            found.append(OptOutPolicy(id=each, content=content, targets=targets))
    return OptOutPolicies(policies=tuple(found))


class OptOutPolicies(Facet[Account]):
    """The policies of the organization, by type: service control, tag and opt-out policies."""

    source = read_opt_out_policies
    policies: tuple[OptOutPolicy, ...]
