"""Users, groups, roles, policies and certificates of IAM."""

from __future__ import annotations

import json
from typing import Any, Final

from aioprowler.demo.seed import iam_identities, iam_policies
from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document

INSTANCE_PROFILE: Final = "shop-web"
"""Instance profile that `seed_production` creates for the web servers."""

_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_SECURITY_AUDIT: Final = "arn:aws:iam::aws:policy/SecurityAudit"
_SUPPORT: Final = "arn:aws:iam::aws:policy/AWSSupportAccess"
_PASSWORD: Final = "Correct-Horse-7-Battery"  # noqa: S105 - of simulated users


def scan_role(clients: Clients, name: str, management_id: str, external_id: str | None) -> str:
    """Create the role that the scan assumes from the management account; return its ARN."""
    trust = trust_policy({"AWS": f"arn:aws:iam::{management_id}:root"})
    if external_id is not None:
        trust["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return add_role(clients, name, trust, _READ_ONLY)


def seed_management(clients: Clients) -> None:
    """Fill an account with strict passwords and administrators in a group."""
    strict_passwords(clients)
    administrators(clients)
    auditor(clients)
    add_role(clients, "support-engineer", trust_policy({"AWS": account(clients)}), _SUPPORT)
    add_role(clients, "security-auditor", trust_policy({"AWS": account(clients)}), _SECURITY_AUDIT)
    iam_identities.seed_management(clients)
    iam_policies.seed_management(clients)


def seed_production(clients: Clients) -> None:
    """Fill an account in which old habits survive next to good ones."""
    lax_passwords(clients)
    readers(clients)
    web_server_role(clients)
    replication_role(clients)
    legacy_admin(clients)
    deployer(clients)
    policies(clients)
    certificates(clients)
    iam_identities.seed_production(clients)
    iam_policies.seed_production(clients)


def seed_sandbox(clients: Clients) -> None:
    """Fill an account without a password policy, whose only users can do everything."""
    intern(clients)
    contractor(clients)
    iam_identities.seed_sandbox(clients)
    iam_policies.seed_sandbox(clients)


def strict_passwords(clients: Clients) -> None:
    """Ask for long passwords of every kind of character, renewed every 60 days."""
    clients("iam").update_account_password_policy(
        MinimumPasswordLength=16,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        MaxPasswordAge=60,
        PasswordReusePrevention=24,
    )


def lax_passwords(clients: Clients) -> None:
    """Accept eight characters of any kind, forever."""
    clients("iam").update_account_password_policy(MinimumPasswordLength=8)


def administrators(clients: Clients) -> None:
    """Create a group of administrators with one member, who uses a second factor."""
    iam = clients("iam")
    iam.create_group(GroupName="administrators")
    iam.attach_group_policy(GroupName="administrators", PolicyArn=_ADMINISTRATOR)
    add_user(clients, "alice", console=True)
    add_second_factor(clients, "alice")
    iam.add_user_to_group(GroupName="administrators", UserName="alice")


def auditor(clients: Clients) -> None:
    """Create a user without any policy, whose only key is in use."""
    use_key(clients, add_user(clients, "external-auditor", keys=1)[0])


def readers(clients: Clients) -> None:
    """Create a group that may read, with one member."""
    iam = clients("iam")
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn=_READ_ONLY)
    add_user(clients, "bob", console=True)
    add_second_factor(clients, "bob")
    iam.add_user_to_group(GroupName="readers", UserName="bob")


def web_server_role(clients: Clients) -> None:
    """Create the instance profile of the web servers, and a role anybody's EC2 service could be made to use."""
    iam = clients("iam")
    add_role(clients, INSTANCE_PROFILE, trust_policy({"Service": "ec2.amazonaws.com"}), _READ_ONLY)
    iam.create_instance_profile(InstanceProfileName=INSTANCE_PROFILE)
    iam.add_role_to_instance_profile(InstanceProfileName=INSTANCE_PROFILE, RoleName=INSTANCE_PROFILE)


def replication_role(clients: Clients) -> None:
    """Create a service role that S3 may use for this account only."""
    trust = trust_policy({"Service": "s3.amazonaws.com"})
    trust["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": clients.account_id}}
    add_role(clients, "s3-replication", trust)


def legacy_admin(clients: Clients) -> None:
    """Create a role that administers everything since before anybody remembers."""
    add_role(clients, "legacy-admin", trust_policy({"AWS": account(clients)}), _ADMINISTRATOR)
    clients("iam").put_role_policy(RoleName="legacy-admin", PolicyName="just-in-case", PolicyDocument=policy("*", "*"))


def deployer(clients: Clients) -> None:
    """Create a robot with two keys and a policy of its own."""
    keys = add_user(clients, "deployer", keys=2)
    use_key(clients, keys[0])
    clients("iam").put_user_policy(
        UserName="deployer", PolicyName="upload", PolicyDocument=policy("s3:PutObject", "arn:aws:s3:::shop-releases/*")
    )


def policies(clients: Clients) -> None:
    """Create customer policies: of all-powerful and of harmless ones, each attached and not."""
    reader = policy("s3:GetObject", "arn:aws:s3:::shop-releases/*")
    for name, allowed, attached in (
        ("read-releases", reader, True),
        ("read-releases-draft", reader, False),
        ("god-mode", policy("*", "*"), True),
        ("god-mode-draft", policy("*", "*"), False),
    ):
        arn = clients("iam").create_policy(PolicyName=name, PolicyDocument=allowed)["Policy"]["Arn"]
        if attached:
            clients("iam").attach_role_policy(RoleName="legacy-admin", PolicyArn=arn)


def certificates(clients: Clients) -> None:
    """Store a certificate from before AWS Certificate Manager."""
    clients("iam").upload_server_certificate(
        ServerCertificateName="shop-2011", CertificateBody="not a certificate", PrivateKey="not a key"
    )


def intern(clients: Clients) -> None:
    """Create an administrator without a second factor, whose first access key was never used."""
    add_user(clients, "intern", console=True, keys=1)
    clients("iam").attach_user_policy(UserName="intern", PolicyArn=_ADMINISTRATOR)


def contractor(clients: Clients) -> None:
    """Create a user with nothing at all."""
    add_user(clients, "contractor")


def add_role(clients: Clients, name: str, trust: dict[str, Any], *policy_arns: str) -> str:
    """Create a role with managed policies; return its ARN."""
    iam = clients("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    for arn in policy_arns:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    return str(role["Arn"])


def add_user(clients: Clients, name: str, *, console: bool = False, keys: int = 0) -> list[dict[str, Any]]:
    """Create a user and return its access keys."""
    iam = clients("iam")
    iam.create_user(UserName=name)
    if console:
        iam.create_login_profile(UserName=name, Password=_PASSWORD)
    return [iam.create_access_key(UserName=name)["AccessKey"] for _ in range(keys)]


def add_second_factor(clients: Clients, name: str) -> None:
    """Give a user a virtual MFA device."""
    iam = clients("iam")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )


def use_key(clients: Clients, key: dict[str, Any]) -> None:
    """Make one call with an access key."""
    sts = clients.session.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=clients.endpoint_url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    sts.get_caller_identity()
    sts.close()


def account(clients: Clients) -> str:
    """Return the ARN that stands for the whole account."""
    return f"arn:aws:iam::{clients.account_id}:root"


def policy(action: str, resource: str) -> str:
    """Write a policy of one statement that allows an action."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return document(statement)


def trust_policy(principal: dict[str, str]) -> dict[str, Any]:
    """Write a trust policy of one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}
