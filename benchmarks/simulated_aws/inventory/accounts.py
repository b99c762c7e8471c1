"""The organization and its accounts, and which regions they enabled."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, tags
from benchmarks.simulated_aws.rendering import ACCOUNT as OWN_ACCOUNT

ROOT: Final = "r-sim0"
ORGANIZATION: Final = "o-simulated01"
UNITS: Final = {
    "ou-sim0-workloads": ("workloads", ROOT),
    "ou-sim0-security": ("security", ROOT),
    "ou-sim0-production": ("production", "ou-sim0-workloads"),
    "ou-sim0-sandbox": ("sandbox", "ou-sim0-workloads"),
    "ou-sim0-europe": ("europe", "ou-sim0-production"),
    "ou-sim0-america": ("america", "ou-sim0-production"),
}
"""Organizational unit -> its name and what it is in."""
_POPULATED: Final = ("ou-sim0-europe", "ou-sim0-america", "ou-sim0-sandbox", "ou-sim0-security", "ou-sim0-production")


def _unit_of(position: int) -> str:
    return _POPULATED[position % len(_POPULATED)] if position else ROOT


def _account(world: World, position: int) -> Json:
    config = world.config
    number = config.account_id(position)
    return {
        "Id": number,
        "Arn": f"arn:aws:organizations::{config.management_account}:account/{ORGANIZATION}/{number}",
        "Email": f"account-{position}@example.com",
        "Name": f"account-{position}" if position else "management",
        "Status": "SUSPENDED" if config.is_suspended(position) else "ACTIVE",
        "State": "SUSPENDED" if config.is_suspended(position) else "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": world.ago(400),
    }


def _unit(world: World, number: str) -> Json:
    arn = f"arn:aws:organizations::{world.config.management_account}:ou/{ORGANIZATION}/{number}"
    return {"Id": number, "Arn": arn, "Name": UNITS[number][0]}


def _position(world: World, number: object) -> int:
    """Of an account that a request names, which may be the one that asks. Raises AwsError."""
    config = world.config
    position = config.position(str(number).replace(OWN_ACCOUNT, config.management_account))
    if position < 0:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    return position


def _check(world: World) -> None:
    """Only the management account may list the organization. Raises AwsError."""
    if not world.is_management:
        message = "You don't have permissions to access this resource."
        raise AwsError("AccessDeniedException", message)


def _describe_organization(world: World, _: Params) -> Json:
    management = world.config.management_account
    return {
        "Organization": {
            "Id": ORGANIZATION,
            "Arn": f"arn:aws:organizations::{management}:organization/{ORGANIZATION}",
            "FeatureSet": "ALL",
            "MasterAccountArn": f"arn:aws:organizations::{management}:account/{ORGANIZATION}/{management}",
            "MasterAccountId": management,
            "MasterAccountEmail": "account-0@example.com",
            "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
        }
    }


def _list_accounts(world: World, _: Params) -> Json:
    _check(world)
    return {"Accounts": [_account(world, position) for position in range(world.config.accounts)]}


def _list_roots(world: World, _: Params) -> Json:
    _check(world)
    arn = f"arn:aws:organizations::{world.config.management_account}:root/{ORGANIZATION}/{ROOT}"
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    return {"Roots": [{"Id": ROOT, "Arn": arn, "Name": "Root", "PolicyTypes": types}]}


def _check_parent(params: Params) -> str:
    """Raises AwsError."""
    parent = str(params.get("ParentId", ""))
    if parent != ROOT and parent not in UNITS:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")
    return parent


def _list_units(world: World, params: Params) -> Json:
    _check(world)
    parent = _check_parent(params)
    return {"OrganizationalUnits": [_unit(world, number) for number, (_, above) in UNITS.items() if above == parent]}


def _list_accounts_for_parent(world: World, params: Params) -> Json:
    _check(world)
    parent = _check_parent(params)
    positions = (position for position in range(world.config.accounts) if _unit_of(position) == parent)
    return {"Accounts": [_account(world, position) for position in positions]}


def _describe_account(world: World, params: Params) -> Json:
    _check(world)
    return {"Account": _account(world, _position(world, params.get("AccountId")))}


def _describe_unit(world: World, params: Params) -> Json:
    _check(world)
    number = str(params.get("OrganizationalUnitId"))
    if number not in UNITS:
        raise AwsError("OrganizationalUnitNotFoundException", "You specified an OU that doesn't exist.")
    return {"OrganizationalUnit": _unit(world, number)}


def _list_parents(world: World, params: Params) -> Json:
    _check(world)
    child = str(params.get("ChildId"))
    parent = UNITS[child][1] if child in UNITS else _unit_of(_position(world, child))
    return {"Parents": [{"Id": parent, "Type": "ROOT" if parent == ROOT else "ORGANIZATIONAL_UNIT"}]}


def _list_tags(world: World, params: Params) -> Json:
    _check(world)
    number = str(params.get("ResourceId"))
    if number == ROOT or number in UNITS:
        return {"Tags": []}
    position = _position(world, number)
    return {"Tags": tags(stage="production" if position % 2 else "test", team=f"team-{position % 7}")}


def _list_delegated(world: World, _: Params) -> Json:
    _check(world)
    return {"DelegatedAdministrators": []}


def _list_policies(world: World, params: Params) -> Json:
    _check(world)
    management, kind = world.config.management_account, str(params.get("Filter"))
    full = {
        "Id": "p-FullAWSAccess",
        "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
        "Name": "FullAWSAccess",
        "Type": "SERVICE_CONTROL_POLICY",
        "AwsManaged": True,
    }
    own = full | {
        "Id": "p-regions01",
        "Arn": f"arn:aws:organizations::{management}:policy/{ORGANIZATION}/service_control_policy/p-regions01",
        "Name": "regions",
        "AwsManaged": False,
    }
    return {"Policies": [full, own] if kind == "SERVICE_CONTROL_POLICY" else []}


ORGANIZATIONS: Final = {
    "DescribeAccount": _describe_account,
    "DescribeOrganization": _describe_organization,
    "DescribeOrganizationalUnit": _describe_unit,
    "ListAccounts": _list_accounts,
    "ListAccountsForParent": _list_accounts_for_parent,
    "ListDelegatedAdministrators": _list_delegated,
    "ListOrganizationalUnitsForParent": _list_units,
    "ListParents": _list_parents,
    "ListPolicies": _list_policies,
    "ListRoots": _list_roots,
    "ListTagsForResource": _list_tags,
}


def _list_regions(world: World, _: Params) -> Json:
    enabled = [{"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for region in world.config.regions]
    return {"Regions": enabled}


def _contact(_: World, __: Params) -> Json:
    information: dict[str, Any] = {
        "AddressLine1": "1 Simulated Street", "City": "Berlin", "CountryCode": "DE", "FullName": "Simulated",
        "PhoneNumber": "+4930000000", "PostalCode": "10115",
    }  # fmt: skip
    return {"ContactInformation": information}


def _alternate_contact(world: World, params: Params) -> Json:
    kind = str(params.get("AlternateContactType"))
    if world.bad(f"contact {kind}", 0):
        raise AwsError("ResourceNotFoundException", "No contact of the inputted alternate contact type found.", 404)
    contact = {"AlternateContactType": kind, "EmailAddress": f"{kind.lower()}@example.com", "Name": kind.title()}
    return {"AlternateContact": contact | {"PhoneNumber": "+4930000000", "Title": "Team"}}


ACCOUNT: Final = {
    "GetAlternateContact": _alternate_contact,
    "GetContactInformation": _contact,
    "ListRegions": _list_regions,
}
