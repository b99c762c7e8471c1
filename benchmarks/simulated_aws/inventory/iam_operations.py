"""IAM's operations about one user, group, role or policy: what aioprowler reads all at once, other scanners ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.iam import (
    amazon_policies,
    group,
    groups,
    own_policies,
    role,
    roles,
    user,
    user_name,
    users,
)
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT

Found = Callable[[World, Params], Json]


def _missing(kind: str, name: object) -> AwsError:
    return AwsError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)


def _finder(kind: str, made: Callable[[World, int], Json]) -> Found:
    """Finds the user, group or role that a request names. Raises AwsError."""
    key = f"{kind.capitalize()}Name"

    def find(world: World, params: Params) -> Json:
        number = number_in(params.get(key))
        found: Json = made(world, number) if number in world.each(f"iam:{kind}") else {}
        if not found or found[key] != params.get(key):
            raise _missing(kind, params.get(key))
        return found

    return find


_user, _group, _role = _finder("user", user), _finder("group", group), _finder("role", role)


def _policy(world: World, params: Params) -> Json:
    """Raises AwsError."""
    arn = str(params.get("PolicyArn"))
    for each in (*own_policies(world), *amazon_policies(world)):
        if each["Arn"] == arn:
            return each
    raise _missing("policy", arn)


# --- Listings ---
def _list(member: str, items: Callable[[World], list[Json]]) -> Found:
    return lambda world, _: {member: items(world)}


def _list_policies(world: World, params: Params) -> Json:
    scope = params.get("Scope", "All")
    own = own_policies(world) if scope in ("All", "Local") else []
    policies = own + (amazon_policies(world) if scope in ("All", "AWS") else [])
    if params.get("OnlyAttached"):
        policies = [each for each in policies if each["AttachmentCount"]]
    return {"Policies": policies}


def _list_attached(find: Found) -> Found:
    return lambda world, params: {"AttachedPolicies": find(world, params)["AttachedManagedPolicies"]}


def _list_inline(find: Found, member: str) -> Found:
    return lambda world, params: {"PolicyNames": [each["PolicyName"] for each in find(world, params)[member]]}


def _list_tags(find: Found) -> Found:
    return lambda world, params: {"Tags": find(world, params).get("Tags", [])}


def _list_groups_of_user(world: World, params: Params) -> Json:
    names = _user(world, params)["GroupList"]
    return {"Groups": [group(world, number_in(name)) for name in names]}


def _list_access_keys(world: World, params: Params) -> Json:
    name = _user(world, params)["UserName"]
    number = number_in(name)
    if number % 3 == 2:
        return {"AccessKeyMetadata": []}
    created = world.ago(400 if world.bad("key age", number) else 20)
    key = {"UserName": name, "AccessKeyId": f"AKIASIMULATED{number:07d}", "Status": "Active", "CreateDate": created}
    return {"AccessKeyMetadata": [key]}


def _list_mfa_devices(world: World, params: Params) -> Json:
    name = _user(world, params)["UserName"]
    device = {"UserName": name, "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{name}", "EnableDate": world.ago(300)}
    return {"MFADevices": [] if world.bad("mfa", number_in(name)) else [device]}


def _list_entities(world: World, params: Params) -> Json:
    """Who has a policy attached."""
    arn, kind = _policy(world, params)["Arn"], params.get("EntityFilter")
    holders: dict[str, tuple[str, str, list[Json]]] = {
        "User": ("PolicyUsers", "UserName", users(world)),
        "Group": ("PolicyGroups", "GroupName", groups(world)),
        "Role": ("PolicyRoles", "RoleName", roles(world)),
    }
    return {
        member: [
            {key: each[key]}
            for each in everyone
            if kind in (None, name) and any(held["PolicyArn"] == arn for held in each["AttachedManagedPolicies"])
        ]
        for name, (member, key, everyone) in holders.items()
    }


# --- One thing ---
def _get(member: str, find: Found) -> Found:
    return lambda world, params: {member: find(world, params)}


def _get_group(world: World, params: Params) -> Json:
    found = _group(world, params)
    return {"Group": found, "Users": [each for each in users(world) if found["GroupName"] in each["GroupList"]]}


def _get_inline(find: Found, key: str, member: str) -> Found:
    def answer(world: World, params: Params) -> Json:
        found = find(world, params)
        for each in found[member]:
            if each["PolicyName"] == params.get("PolicyName"):
                return {key: found[key], **each}
        raise _missing("policy", params.get("PolicyName"))

    return answer


def _get_policy_version(world: World, params: Params) -> Json:
    return {"PolicyVersion": _policy(world, params)["PolicyVersionList"][0]}


def _get_login_profile(world: World, params: Params) -> Json:
    name = _user(world, params)["UserName"]
    if number_in(name) % 2:
        raise _missing("login profile for user", name)
    return {"LoginProfile": {"UserName": name, "CreateDate": world.ago(500), "PasswordResetRequired": False}}


def _get_key_last_used(world: World, params: Params) -> Json:
    name = user_name(int(str(params.get("AccessKeyId"))[-7:] or 0))
    used = {"LastUsedDate": world.ago(2), "ServiceName": "s3", "Region": "us-east-1"}
    return {"UserName": name, "AccessKeyLastUsed": used}


OPERATIONS: Final = {
    "GetAccessKeyLastUsed": _get_key_last_used,
    "GetGroup": _get_group,
    "GetGroupPolicy": _get_inline(_group, "GroupName", "GroupPolicyList"),
    "GetLoginProfile": _get_login_profile,
    "GetPolicy": _get("Policy", _policy),
    "GetPolicyVersion": _get_policy_version,
    "GetRole": _get("Role", _role),
    "GetRolePolicy": _get_inline(_role, "RoleName", "RolePolicyList"),
    "GetUser": _get("User", _user),
    "GetUserPolicy": _get_inline(_user, "UserName", "UserPolicyList"),
    "ListAccessKeys": _list_access_keys,
    "ListAttachedGroupPolicies": _list_attached(_group),
    "ListAttachedRolePolicies": _list_attached(_role),
    "ListAttachedUserPolicies": _list_attached(_user),
    "ListEntitiesForPolicy": _list_entities,
    "ListGroupPolicies": _list_inline(_group, "GroupPolicyList"),
    "ListGroups": _list("Groups", groups),
    "ListGroupsForUser": _list_groups_of_user,
    "ListMFADevices": _list_mfa_devices,
    "ListPolicies": _list_policies,
    "ListRolePolicies": _list_inline(_role, "RolePolicyList"),
    "ListRoleTags": _list_tags(_role),
    "ListRoles": _list("Roles", roles),
    "ListUserPolicies": _list_inline(_user, "UserPolicyList"),
    "ListUserTags": _list_tags(_user),
    "ListUsers": _list("Users", users),
}
