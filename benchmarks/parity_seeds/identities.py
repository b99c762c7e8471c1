"""IAM: users with keys, passwords and second factors of every age and kind, groups, certificates and providers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import ago, backend, now, tell
from benchmarks.parity_seeds.build import allow, document, last_accessed

_AWS: Final = "arn:aws:iam::aws:policy"
_ADMINISTRATOR: Final = f"{_AWS}/AdministratorAccess"


def seed(clients: Clients) -> None:
    """Fill one account."""
    keys(clients)
    passwords(clients)
    second_factors(clients)
    administrators(clients)
    attachments(clients)
    certificates(clients)
    service_use(clients)
    specific_credentials(clients)
    for name in ("directory", "other-directory"):
        clients("iam").create_saml_provider(Name=name, SAMLMetadataDocument="<EntityDescriptor/>" * 60)


def add_user(clients: Clients, name: str, *, password: bool = False) -> Any:
    """Create a user and return moto's object."""
    iam = clients("iam")
    iam.create_user(UserName=name)
    if password:
        iam.create_login_profile(UserName=name, Password="Simulated-only-1")
    return backend(clients, "iam").users[name]


def add_key(clients: Clients, user: Any, made: float, used: float | None = None, *, active: bool = True) -> None:
    """Give a user an access key that was made and last used so many days ago."""
    key = clients("iam").create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
    if not active:
        clients("iam").update_access_key(UserName=user.name, AccessKeyId=key, Status="Inactive")
    user.access_keys[-1].create_date = ago(made)
    user.access_keys[-1].last_used = None if used is None else ago(used)


def keys(clients: Clients) -> None:
    """Have keys around the limits of 45 and of 90 days, first and second, in use and switched off."""
    for days in (0, 44, 45, 45.9, 46, 89, 90, 90.9, 91, 91.1, 400):
        add_key(clients, add_user(clients, f"key-made-{days}"), days, used=0)
        add_key(clients, add_user(clients, f"key-used-{days}"), 500, used=days)
        add_key(clients, add_user(clients, f"off-key-{days}"), days, used=days, active=False)
    for first, second in product((True, False), repeat=2):
        user = add_user(clients, f"keys-{first}-{second}")
        add_key(clients, user, 400, used=400, active=first)
        add_key(clients, user, 400, used=400, active=second)
    mixed = add_user(clients, "old-and-new-key")
    add_key(clients, mixed, 400, used=1)
    add_key(clients, mixed, 1)
    for password, used in product((True, False), (None, 1)):
        user = add_user(clients, f"initial-password-{password}-used-{used}", password=password)
        add_key(clients, user, 10, used=used)
    both = add_user(clients, "initial-two-keys", password=True)
    add_key(clients, both, 10, used=1)
    add_key(clients, both, 10)


def passwords(clients: Clients) -> None:
    """Have people log in around the limit of 45 days, never, and without a password."""
    for days in (0, 44, 45, 45.9, 46, 400):
        add_user(clients, f"login-{days}", password=True).password_last_used = ago(days)
    add_user(clients, "login-never", password=True)
    add_user(clients, "no-password-used-once").password_last_used = ago(400)
    add_user(clients, "no-password")


def second_factors(clients: Clients) -> None:
    """Give users with and without a password a virtual device, a security key, both, or none."""
    iam = clients("iam")
    kinds = {"none": [], "virtual": ["virtual"], "security-key": ["key"], "both": ["virtual", "key"], "totp": ["totp"]}
    for (name, devices), password in product(kinds.items(), (True, False)):
        user = f"mfa-{name}-password-{password}"
        add_user(clients, user, password=password)
        for device in devices:
            serial = f"arn:aws:iam::{clients.account_id}:u2f/user/{user}/{device}"
            if device == "virtual":
                made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)
                serial = made["VirtualMFADevice"]["SerialNumber"]
            if device == "totp":
                serial = f"GAHT{len(user):08}"
            iam.enable_mfa_device(
                UserName=user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
            )


def administrators(clients: Clients) -> None:
    """Make users administrators directly, by a group, by a policy of their own, and by one with the same name."""
    iam = clients("iam")
    everything = document(allow("*"))
    add_user(clients, "administrator")
    iam.attach_user_policy(UserName="administrator", PolicyArn=_ADMINISTRATOR)
    add_user(clients, "administrator-inline")
    iam.put_user_policy(UserName="administrator-inline", PolicyName="all", PolicyDocument=everything)
    own = iam.create_policy(PolicyName="AdministratorAccess", PolicyDocument=everything)["Policy"]["Arn"]
    add_user(clients, "administrator-by-own-policy")
    iam.attach_user_policy(UserName="administrator-by-own-policy", PolicyArn=own)
    members = {"administrators": ["mfa-virtual-password-True"], "careless-administrators": ["mfa-none-password-True"]}
    members |= {
        "mixed-administrators": ["mfa-virtual-password-True", "mfa-none-password-False"],
        "no-administrators": [],
    }
    for group, users in members.items():
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=_ADMINISTRATOR)
        for user in users:
            iam.add_user_to_group(GroupName=group, UserName=user)
    for group, policy in (("readers", f"{_AWS}/ReadOnlyAccess"), ("own-administrators", own)):
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=policy)
        iam.add_user_to_group(GroupName=group, UserName="no-password")
    iam.create_group(GroupName="empty")
    iam.create_group(GroupName="inline-administrators")
    iam.put_group_policy(GroupName="inline-administrators", PolicyName="all", PolicyDocument=everything)


def attachments(clients: Clients) -> None:
    """Attach policies to users directly, and by their groups only."""
    iam = clients("iam")
    add_user(clients, "with-managed-policy")
    iam.attach_user_policy(UserName="with-managed-policy", PolicyArn=f"{_AWS}/ReadOnlyAccess")
    add_user(clients, "with-inline-policy")
    iam.put_user_policy(UserName="with-inline-policy", PolicyName="own", PolicyDocument=document(allow("s3:GetObject")))
    add_user(clients, "with-both")
    iam.attach_user_policy(UserName="with-both", PolicyArn=f"{_AWS}/ReadOnlyAccess")
    iam.put_user_policy(UserName="with-both", PolicyName="own", PolicyDocument=document(allow("s3:GetObject")))


def certificates(clients: Clients) -> None:
    """Have server certificates that expired, expire now and will expire."""
    dates = {"long-expired": ago(400), "just-expired": ago(0.05), "soon": ago(-1), "later": ago(-400)}
    listed = [
        {
            "ServerCertificateName": name,
            "Path": "/",
            "Arn": f"arn:aws:iam::{clients.account_id}:server-certificate/{name}",
            "ServerCertificateId": f"ASCA{name.upper().replace('-', '')}",
            "UploadDate": ago(500),
            "Expiration": date,
        }
        for name, date in dates.items()
    ]
    tell(clients, "iam", "ListServerCertificates", {"ServerCertificateMetadataList": listed, "IsTruncated": False})


def service_use(clients: Clients) -> None:
    """Have users and roles with permissions for AI services, used around the limits of 60 and of 90 days."""
    iam = clients("iam")
    known: dict[str, dict[str, datetime.datetime | None]] = {}
    services = {"bedrock": (59, 60, 60.9, 61, None), "sagemaker": (89, 90, 90.9, 91, None)}
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    for service, ages in services.items():
        for days in ages:
            name = f"{service}-used-{days}"
            add_user(clients, name)
            may = document(allow([f"{service}:*", "iam:GetUser"]))
            iam.put_user_policy(UserName=name, PolicyName="ai", PolicyDocument=may)
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
            iam.put_role_policy(RoleName=name, PolicyName="ai", PolicyDocument=may)
            used = None if days is None else ago(days)
            for arn in (f"arn:aws:iam::{clients.account_id}:user/{name}", role):
                known[arn] = {service: used, "iam": now()}
    for name, actions, has_key in (
        ("long-lived", ["s3:GetObject"], True), ("keyless", ["s3:GetObject"], False), ("only-sts", ["sts:*"], True),
    ):  # fmt: skip
        user = add_user(clients, name)
        iam.put_user_policy(UserName=name, PolicyName="work", PolicyDocument=document(allow(actions)))
        if has_key:
            add_key(clients, user, 1)
        known[user.arn] = {actions[0].partition(":")[0]: now()}
    last_accessed(clients, known)


def specific_credentials(clients: Clients) -> None:
    """Have credentials for single services."""
    add_user(clients, "with-code-password")
    credential = {
        "UserName": "with-code-password",
        "Status": "Active",
        "ServiceUserName": "with-code-password-at-1",
        "CreateDate": ago(100),
        "ServiceSpecificCredentialId": "ACCA1234567890EXAMPLE",
        "ServiceName": "codecommit.amazonaws.com",
    }

    def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
        mine = asked.get("UserName") == "with-code-password"
        return {"ServiceSpecificCredentials": [credential] if mine else []}

    tell(clients, "iam", "ListServiceSpecificCredentials", reply)
