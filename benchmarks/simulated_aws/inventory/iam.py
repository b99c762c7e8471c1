"""Users, groups, roles and policies, and IAM's views of the whole account."""

from __future__ import annotations

import datetime
import json
from typing import Final
from urllib.parse import quote

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, tags
from benchmarks.simulated_aws.rendering import ACCOUNT, Blob

AWS_POLICIES: Final = {
    "AdministratorAccess": "*",
    "ReadOnlyAccess": "s3:Get*",
    "SecurityAudit": "iam:Get*",
    "AWSSupportAccess": "support:*",
    "AWSCloudShellFullAccess": "cloudshell:*",
}
"""Some of AWS's own policies -> the action in it. The last two are attached to nobody."""
_SERVICES: Final = ("ec2", "lambda", "ecs-tasks", "glue", "states")


def document(effect: str = "Allow", action: object = "s3:GetObject", resource: object = "*", **more: object) -> str:
    """A policy, URL-encoded as IAM tells it."""
    statement = {"Effect": effect, "Action": action, **({"Resource": resource} if resource else {}), **more}
    return quote(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def group_name(number: int) -> str:
    return f"group-{number}"


def user_name(number: int) -> str:
    return f"user-{number}"


def policy_arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/policy-{number}"


def aws_policy(name: str) -> Json:
    return {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}


def own_policy(number: int) -> Json:
    return {"PolicyName": f"policy-{number}", "PolicyArn": policy_arn(number)}


def _attached(world: World, holder: str, number: int) -> list[Json]:
    """Managed policies of a user, group or role: one in three has AdministratorAccess."""
    attached = [own_policy(number % world.size("iam:policy"))] if world.size("iam:policy") else []
    name = "AdministratorAccess" if world.bad(f"{holder} administrator", number) else "ReadOnlyAccess"
    return [*attached, aws_policy(name)]


def _inline(world: World, holder: str, number: int) -> list[Json]:
    if not world.bad(f"{holder} inline", number):
        return []
    action: object = "*" if world.bad(f"{holder} inline administrator", number) else ["s3:GetObject", "s3:ListBucket"]
    return [{"PolicyName": "inline", "PolicyDocument": document(action=action)}]


# --- What there is ---
def user(world: World, number: int) -> Json:
    name = user_name(number)
    groups = [group_name(number % world.size("iam:group"))] if world.size("iam:group") else []
    return {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDASIMULATED{number:08d}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "CreateDate": world.ago(500),
        "GroupList": groups if number % 2 else [],
        "UserPolicyList": _inline(world, "user", number),
        "AttachedManagedPolicies": _attached(world, "user", number) if world.bad("user attached", number) else [],
        "Tags": tags(team=f"team-{number % 7}"),
    }


def group(world: World, number: int) -> Json:
    name = group_name(number)
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": f"AGPASIMULATED{number:08d}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "CreateDate": world.ago(500),
        "GroupPolicyList": _inline(world, "group", number),
        "AttachedManagedPolicies": _attached(world, "group", number),
    }


def role(world: World, number: int) -> Json:
    """Most are assumed by services, one in four by another account."""
    name = f"role-{number}"
    principal = {"AWS": "arn:aws:iam::210987654321:root"} if number % 4 == 3 else None
    principal = principal or {"Service": f"{_SERVICES[number % len(_SERVICES)]}.amazonaws.com"}
    guard: Json = {} if world.bad("trust", number) else {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROASIMULATED{number:08d}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "CreateDate": world.ago(500),
        "AssumeRolePolicyDocument": document(action="sts:AssumeRole", resource=None, Principal=principal, **guard),
        "InstanceProfileList": [],
        "RolePolicyList": _inline(world, "role", number),
        "AttachedManagedPolicies": _attached(world, "role", number),
        "Tags": tags(team=f"team-{number % 7}"),
        "MaxSessionDuration": 3600,
        "RoleLastUsed": {"LastUsedDate": world.ago(3), "Region": "us-east-1"},
    }


def policy(world: World, number: int) -> Json:
    """One of the account's own, with its only version."""
    action: object = ["ec2:DescribeInstances", "s3:GetObject"]
    if world.bad("policy", number):
        action = ("*", "kms:*", "iam:PassRole", "cloudtrail:*", ["iam:CreatePolicyVersion", "sts:AssumeRole"])[
            number % 5
        ]
    return {
        **_policy(world, f"policy-{number}", policy_arn(number)),
        "AttachmentCount": 0 if world.bad("unattached", number) else 2,
        "PolicyVersionList": [_version(world, document(action=action))],
    }


def amazon_policy(world: World, name: str) -> Json:
    return {
        **_policy(world, name, f"arn:aws:iam::aws:policy/{name}"),
        "AttachmentCount": 0 if name.startswith("AWS") else 1,
        "PolicyVersionList": [_version(world, document(action=AWS_POLICIES[name]))],
    }


def _policy(world: World, name: str, arn: str) -> Json:
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{name.upper()}",
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": world.ago(500),
        "UpdateDate": world.ago(200),
    }


def _version(world: World, text: str) -> Json:
    return {"Document": text, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": world.ago(500)}


def users(world: World) -> list[Json]:
    return [user(world, number) for number in world.each("iam:user")]


def groups(world: World) -> list[Json]:
    return [group(world, number) for number in world.each("iam:group")]


def roles(world: World) -> list[Json]:
    return [role(world, number) for number in world.each("iam:role")]


def own_policies(world: World) -> list[Json]:
    return [policy(world, number) for number in world.each("iam:policy")]


def amazon_policies(world: World) -> list[Json]:
    return [amazon_policy(world, name) for name in AWS_POLICIES]


# --- Views of the account ---
def _authorization_details(world: World, params: Params) -> Json:
    wanted = params.get("Filter") or ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"]
    own = own_policies(world) if "LocalManagedPolicy" in wanted else []
    return {
        "UserDetailList": users(world) if "User" in wanted else [],
        "GroupDetailList": groups(world) if "Group" in wanted else [],
        "RoleDetailList": roles(world) if "Role" in wanted else [],
        "Policies": own + (amazon_policies(world) if "AWSManagedPolicy" in wanted else []),
    }


def _account_summary(world: World, _: Params) -> Json:
    counts = {
        "Users": world.size("iam:user"),
        "Groups": world.size("iam:group"),
        "Roles": world.size("iam:role"),
        "Policies": world.size("iam:policy"),
        "AccountMFAEnabled": 0 if world.bad("root mfa", 0) else 1,
        "AccountAccessKeysPresent": 1 if world.bad("root keys", 0) else 0,
    }
    return {"SummaryMap": counts}


def _password_policy(world: World, _: Params) -> Json:
    if world.bad("no password policy", 0):
        raise AwsError("NoSuchEntity", f"The Password Policy with domain name {ACCOUNT} cannot be found.", 404)
    strict = not world.bad("password policy", 0)
    settings = {
        "MinimumPasswordLength": 14 if strict else 8,
        "RequireSymbols": strict,
        "RequireNumbers": strict,
        "RequireUppercaseCharacters": strict,
        "RequireLowercaseCharacters": strict,
        "AllowUsersToChangePassword": True,
        "ExpirePasswords": strict,
        **({"MaxPasswordAge": 90, "PasswordReusePrevention": 24, "HardExpiry": False} if strict else {}),
    }
    return {"PasswordPolicy": settings}


_COLUMNS: Final = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def _report_line(world: World, number: int) -> str:
    """-1 is the root user, who signed in as long ago as a user of that number would have."""
    root, old = number < 0, world.bad("key age", number)
    name = "<root_account>" if root else user_name(number)
    arn = f"arn:aws:iam::{ACCOUNT}:root" if root else f"arn:aws:iam::{ACCOUNT}:user/{name}"
    password = "not_supported" if root else _bool(number % 2 == 0)
    key = _bool(world.bad("root keys", 0) if root else number % 3 != 2)
    mfa = _bool(not world.bad("root mfa", 0) if root else not world.bad("mfa", number))
    used = _time(world.ago(200 if world.bad("unused", number) else 2))
    rotated = _time(world.ago(400 if old else 20)) if key == "true" else "N/A"
    signed_in = used if root or password == "true" else "N/A"
    cells = [name, arn, _time(world.ago(500)), password, signed_in, "N/A", "N/A", mfa]
    cells += [key, rotated, used if key == "true" else "N/A", "us-east-1", "s3"]
    cells += ["false", "N/A", "N/A", "N/A", "N/A", "false", "N/A", "false", "N/A"]
    return ",".join(cells)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _time(value: datetime.datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _generate_report(_: World, __: Params) -> Json:
    return {"State": "COMPLETE"}


def _report(world: World, _: Params) -> Json:
    lines = [_COLUMNS, *(_report_line(world, number) for number in range(-1, world.size("iam:user")))]
    return {"Content": Blob("\n".join(lines).encode()), "ReportFormat": "text/csv", "GeneratedTime": world.ago(0)}


def _generate_last_accessed(_: World, __: Params) -> Json:
    return {"JobId": "00000000-0000-4000-8000-00000000000a"}


def _last_accessed(world: World, _: Params) -> Json:
    services = [
        {"ServiceName": name.title(), "ServiceNamespace": name, "TotalAuthenticatedEntities": 0}
        | ({} if world.bad("last access", number) else {"LastAuthenticated": world.ago(10)})
        for number, name in enumerate(("s3", "ec2", "bedrock", "sagemaker", "iam", "sts"))
    ]
    dates = {"JobCreationDate": world.ago(0), "JobCompletionDate": world.ago(0)}
    return {"JobStatus": "COMPLETED", "ServicesLastAccessed": services, **dates}


def _saml_providers(world: World, _: Params) -> Json:
    providers = [
        {"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/provider-{number}", "CreateDate": world.ago(500)}
        for number in world.each("iam:saml_provider")
    ]
    return {"SAMLProviderList": providers}


def _server_certificates(world: World, _: Params) -> Json:
    certificates = [
        {
            "Path": "/",
            "ServerCertificateName": f"certificate-{number}",
            "ServerCertificateId": f"ASCASIMULATED{number:08d}",
            "Arn": f"arn:aws:iam::{ACCOUNT}:server-certificate/certificate-{number}",
            "UploadDate": world.ago(500),
            "Expiration": world.ago(30 if world.bad("certificate", number) else -300),
        }
        for number in world.each("iam:certificate")
    ]
    return {"ServerCertificateMetadataList": certificates}


def _virtual_devices(world: World, _: Params) -> Json:
    devices = [
        {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{each['UserName']}", "User": each, "EnableDate": world.ago(300)}
        for number, each in enumerate(users(world))
        if not world.bad("mfa", number)
    ]
    return {"VirtualMFADevices": devices}


def _organizations_features(world: World, _: Params) -> Json:
    if not world.is_management:
        raise AwsError("AccountNotManagementOrDelegatedAdministratorException", "Not the management account.", 400)
    features = ["RootCredentialsManagement", "RootSessions"]
    return {"OrganizationId": "o-simulated01", "EnabledFeatures": features}


OPERATIONS: Final = {
    "GenerateCredentialReport": _generate_report,
    "GenerateServiceLastAccessedDetails": _generate_last_accessed,
    "GetAccountAuthorizationDetails": _authorization_details,
    "GetAccountPasswordPolicy": _password_policy,
    "GetAccountSummary": _account_summary,
    "GetCredentialReport": _report,
    "GetServiceLastAccessedDetails": _last_accessed,
    "ListOrganizationsFeatures": _organizations_features,
    "ListSAMLProviders": _saml_providers,
    "ListServerCertificates": _server_certificates,
    "ListVirtualMFADevices": _virtual_devices,
}
