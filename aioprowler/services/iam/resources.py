"""Users, groups, roles and policies as GetAccountAuthorizationDetails tells of them, and what is set on the account."""

from __future__ import annotations

import datetime
from typing import Any, TypeAlias

import msgspec

from aioprowler import Account, Facet, Resource, Tag, call, constant, field, listing
from aioprowler.policies import Policy

Document: TypeAlias = dict[str, Any] | str
"""A policy document: botocore decodes it, other transports leave it URL-encoded. `Policy.parse` reads both."""


class AttachedPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    policy_name: str
    policy_arn: str = ""


class InlinePolicy(msgspec.Struct, frozen=True, rename="pascal"):
    policy_name: str
    policy_document: Document


class PolicyHolder(Resource, id="name", group="IAM"):
    """What users, groups and roles have in common."""

    name: str
    arn: str
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    inline_policies: tuple[InlinePolicy, ...] = ()


class User(PolicyHolder, type="AwsIamUser"):
    source = listing("iam", "GetAccountAuthorizationDetails", "UserDetailList", Filter=["User"])
    name: str = field(name="UserName")
    inline_policies: tuple[InlinePolicy, ...] = field(name="UserPolicyList", default=())
    tags: tuple[Tag, ...] = ()


class Group(PolicyHolder, type="AwsIamGroup"):
    source = listing("iam", "GetAccountAuthorizationDetails", "GroupDetailList", Filter=["Group"])
    name: str = field(name="GroupName")
    inline_policies: tuple[InlinePolicy, ...] = field(name="GroupPolicyList", default=())


class Role(PolicyHolder, type="AwsIamRole"):
    source = listing("iam", "GetAccountAuthorizationDetails", "RoleDetailList", Filter=["Role"])
    name: str = field(name="RoleName")
    path: str = "/"
    assume_role_policy_document: Document
    inline_policies: tuple[InlinePolicy, ...] = field(name="RolePolicyList", default=())
    tags: tuple[Tag, ...] = ()

    @property
    def trust(self) -> Policy:
        """Who may assume the role."""
        return Policy.parse(self.assume_role_policy_document)

    @property
    def is_service_role(self) -> bool:
        """Whether AWS services assume it, and nobody else."""
        return all(
            statement.effect == "Allow"
            and statement.covers_action("sts:AssumeRole")
            and {principal.kind for principal in statement.principals} == {"Service"}
            for statement in self.trust.statements
        )

    @property
    def is_service_linked(self) -> bool:
        """Whether it belongs to a service, which alone can change it."""
        return self.path.startswith("/aws-service-role/")


class PolicyVersion(msgspec.Struct, frozen=True, rename="pascal"):
    document: Document
    is_default_version: bool = False


class ManagedPolicy(Resource, id="name", type="AwsIamPolicy", group="IAM"):
    """A policy with an ARN of its own; its default version is the one in force."""

    arn: str
    attachment_count: int = 0
    policy_version_list: tuple[PolicyVersion, ...]

    @property
    def name(self) -> str:
        """The end of the ARN, after the path."""
        return self.arn.rpartition("/")[2]

    @property
    def document(self) -> Policy:
        """What the version in force says."""
        return Policy.parse(next(each.document for each in self.policy_version_list if each.is_default_version))


class CustomerPolicy(ManagedPolicy):
    """Written by the account."""

    source = listing("iam", "GetAccountAuthorizationDetails", "Policies", Filter=["LocalManagedPolicy"])


class AwsPolicy(ManagedPolicy):
    """Written by AWS, and listed where something in the account uses it."""

    source = listing("iam", "GetAccountAuthorizationDetails", "Policies", Filter=["AWSManagedPolicy"])


class ServerCertificate(Resource, id="id", type="AwsCertificateManagerCertificate", group="IAM"):
    source = listing("iam", "ListServerCertificates", "ServerCertificateMetadataList")
    id: str = field(name="ServerCertificateId")
    name: str = field(name="ServerCertificateName")
    arn: str
    expiration: datetime.datetime


class DeviceUser(msgspec.Struct, frozen=True, rename="pascal"):
    arn: str = ""


class VirtualMfaDevice(Resource, id="serial_number", arn="{serial_number}", type="AwsIamVirtualMfaDevice", group="IAM"):
    """An app that shows one-time passwords; its serial number is its ARN."""

    source = listing("iam", "ListVirtualMFADevices", "VirtualMFADevices", AssignmentStatus=constant("Assigned"))
    serial_number: str
    user: DeviceUser = DeviceUser()


class AccountSummary(Facet[Account]):
    """Counts of what IAM holds."""

    source = call("iam", "GetAccountSummary", "SummaryMap")
    account_mfa_enabled: int = field(name="AccountMFAEnabled")
    """1 where the root user has an MFA device, else 0."""


class PasswordPolicy(Facet[Account]):
    """What IAM users' passwords must be like. Absent until somebody sets one; AWS then asks for eight characters."""

    source = call("iam", "GetAccountPasswordPolicy", "PasswordPolicy", absent=["NoSuchEntity"])
    minimum_password_length: int = 0
    require_symbols: bool = False
    require_numbers: bool = False
    require_uppercase_characters: bool = False
    require_lowercase_characters: bool = False
    max_password_age: int | None = None
    password_reuse_prevention: int | None = None
