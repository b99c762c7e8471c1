"""Users, groups, roles and policies as GetAccountAuthorizationDetails tells of them, and what is set on the account."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import msgspec

from aioprowler import Account, All, Facet, Resource, Tag, UnreadableError, call, constant, derive, field, listing
from aioprowler.judging.policies import Policy


class AttachedPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """A managed policy, as its holders name it."""

    policy_name: str
    policy_arn: str


class InlinePolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """A policy that is part of its holder."""

    policy_name: str
    policy_document: Policy


class PolicyHolder(Resource, id="name", group="IAM"):
    """What users, groups and roles have in common. AWS sends their lists empty, but for users' inline policies:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """

    name: str
    arn: str
    attached_managed_policies: tuple[AttachedPolicy, ...]
    inline_policies: tuple[InlinePolicy, ...]

    def has_aws_policy(self, name: str) -> bool:
        """Whether AWS's own managed policy of this name is attached."""
        arn = f"arn:{self.account.partition}:iam::aws:policy/{name}"
        return any(policy.policy_arn == arn for policy in self.attached_managed_policies)


class User(PolicyHolder, type="AwsIamUser", noun="User"):
    """Somebody with a name in the account; the root user is none."""

    source = listing("iam", "GetAccountAuthorizationDetails", "UserDetailList", Filter=["User"])
    name: str = field(name="UserName")
    inline_policies: tuple[InlinePolicy, ...] = field(name="UserPolicyList", default=())
    """Left out where there are none, as of Alice in AWS's sample."""
    group_list: tuple[str, ...]
    """Names of the groups that it is in."""
    tags: tuple[Tag, ...] = ()


class Group(PolicyHolder, type="AwsIamGroup", noun="Group"):
    """Users with the same policies."""

    source = listing("iam", "GetAccountAuthorizationDetails", "GroupDetailList", Filter=["Group"])
    name: str = field(name="GroupName")
    inline_policies: tuple[InlinePolicy, ...] = field(name="GroupPolicyList")


class GroupMembers(msgspec.Struct, frozen=True):
    """The names of the users in each group, by the group's name."""

    names: dict[str, list[str]]


@derive
def group_members(users: All[User]) -> GroupMembers:
    """Names of users, by the name of the group."""
    names: dict[str, list[str]] = {}
    for user in users:
        for group in user.group_list:
            names.setdefault(group, []).append(user.name)
    return GroupMembers(names)


ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""The actions that give the credentials of a role."""


class Boundary(msgspec.Struct, frozen=True, rename="pascal"):
    """The managed policy beyond which nothing is allowed, whatever other policies say."""

    permissions_boundary_arn: str


class Role(PolicyHolder, type="AwsIamRole", noun="Role"):
    """Permissions that whoever the role trusts may take on for a while."""

    source = listing("iam", "GetAccountAuthorizationDetails", "RoleDetailList", Filter=["Role"])
    name: str = field(name="RoleName")
    path: str
    trust: Policy = field(name="AssumeRolePolicyDocument")
    """Who may assume the role."""
    inline_policies: tuple[InlinePolicy, ...] = field(name="RolePolicyList")
    permissions_boundary: Boundary | None = None
    """None where it has none (https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleDetail.html)."""
    tags: tuple[Tag, ...] = ()

    @property
    def is_service_role(self) -> bool:
        """Whether AWS services assume it, and nobody else. Who may tag a session, or what is denied, is no matter."""
        assuming = [grant for grant in self.trust.grants if any(map(grant.covers_action, ASSUMING))]
        return bool(assuming) and all({each.kind for each in grant.principals} == {"Service"} for grant in assuming)

    @property
    def is_service_linked(self) -> bool:
        """Whether it belongs to a service, which alone can change it."""
        return self.path.startswith("/aws-service-role/")


class HeldPolicy(msgspec.Struct, frozen=True):
    """An inline policy and whose it is."""

    holder: PolicyHolder
    name: str
    document: Policy


class InlinePolicies(msgspec.Struct, frozen=True):
    """All inline policies of the account, parsed once for all that read them."""

    policies: tuple[HeldPolicy, ...]


@derive
def inline_policies(users: All[User], groups: All[Group], roles: All[Role]) -> InlinePolicies:
    """Of users, groups and roles, with who has them."""
    return InlinePolicies(
        tuple(
            HeldPolicy(holder, policy.policy_name, policy.policy_document)
            for holder in (*users, *groups, *roles)
            for policy in holder.inline_policies
        )
    )


class PolicyVersion(msgspec.Struct, frozen=True, rename="pascal"):
    """Of the versions that a managed policy keeps, one is the default, which holds."""

    document: Policy
    is_default_version: bool


class ManagedPolicy(Resource, id="name", type="AwsIamPolicy", group="IAM", noun="Policy"):
    """A policy with an ARN of its own; its default version is the one in force."""

    arn: str
    attachment_count: int
    permissions_boundary_usage_count: int = 0
    """How many users and roles it bounds, which is no attachment and grants nothing."""
    policy_version_list: tuple[PolicyVersion, ...]

    @property
    def is_boundary_only(self) -> bool:
        """Whether it is in use, but for nobody's permissions."""
        return bool(self.permissions_boundary_usage_count) and not self.attachment_count

    @property
    def name(self) -> str:
        """The end of the ARN, after the path."""
        return self.arn.rpartition("/")[2]

    @property
    def in_force(self) -> Policy | None:
        """What the version in force says; None where AWS tells none."""
        return next((each.document for each in self.policy_version_list if each.is_default_version), None)

    @property
    def document(self) -> Policy:
        """The same. Raises UnreadableError where none is in force."""
        if self.in_force is None:
            raise UnreadableError(f"AWS tells no version of {self.label} that is in force")
        return self.in_force


class CustomerPolicy(ManagedPolicy):
    """Written by the account."""

    source = listing("iam", "GetAccountAuthorizationDetails", "Policies", Filter=["LocalManagedPolicy"])


class AwsPolicy(ManagedPolicy):
    """Written by AWS, and listed where something in the account uses it."""

    source = listing("iam", "GetAccountAuthorizationDetails", "Policies", Filter=["AWSManagedPolicy"])


class BedrockKey(
    Resource,
    id="credential_id",
    arn="arn:{partition}:iam::{account_id}:user/{user_name}/credential/{credential_id}",
    type="AwsIamAccessKey",
    group="IAM",
    noun="Bedrock API key",
):
    """A key for Bedrock alone, by which whoever has it is its user; those for the short term are not listed.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html
    """

    source = listing(
        "iam",
        "ListServiceSpecificCredentials",
        "ServiceSpecificCredentials",
        AllUsers=True,
        ServiceName=constant("bedrock.amazonaws.com"),
        absent=["NotSupportedService"],
    )
    credential_id: str = field(name="ServiceSpecificCredentialId")
    user_name: str
    status: str
    """`Active`, `Inactive` or `Expired`."""
    expiration_date: datetime.datetime | None = None
    """None: it never expires."""

    @property
    def label(self) -> str:
        """With its user."""
        return f"Bedrock API key {self.credential_id} of user {self.user_name}"


class ServerCertificate(
    Resource, id="id", type="AwsCertificateManagerCertificate", group="IAM", noun="Server certificate"
):
    """A certificate that was uploaded to IAM. They cannot be renewed there."""

    source = listing("iam", "ListServerCertificates", "ServerCertificateMetadataList")
    id: str = field(name="ServerCertificateId")
    name: str = field(name="ServerCertificateName")
    arn: str
    expiration: datetime.datetime


class SamlProvider(Resource, id="name", type="Other", group="IAM", noun="SAML provider"):
    """An identity provider whose users may assume roles."""

    source = listing("iam", "ListSAMLProviders", "SAMLProviderList")
    arn: str

    @property
    def name(self) -> str:
        """The end of its ARN: the listing tells no name."""
        return self.arn.rpartition("/")[2]


class DeviceUser(msgspec.Struct, frozen=True, rename="pascal"):
    """Whom an MFA device is assigned to."""

    arn: str


class VirtualMfaDevice(
    Resource,
    id="serial_number",
    arn="{serial_number}",
    type="AwsIamVirtualMfaDevice",
    group="IAM",
    noun="Virtual MFA device",
):
    """An app that shows one-time passwords; its serial number is its ARN."""

    source = listing("iam", "ListVirtualMFADevices", "VirtualMFADevices", AssignmentStatus=constant("Assigned"))
    serial_number: str
    user: DeviceUser


class VirtualMfaUsers(msgspec.Struct, frozen=True):
    """Who has a virtual MFA device."""

    devices: Mapping[str, tuple[str, ...]]
    """ARN of the user -> serial numbers of the devices."""


@derive
def virtual_mfa_users(devices: All[VirtualMfaDevice]) -> VirtualMfaUsers:
    """By the ARNs of their users; that of the root user ends in `:root`."""
    found: dict[str, tuple[str, ...]] = {}
    for device in devices:
        found[device.user.arn] = (*found.get(device.user.arn, ()), device.serial_number)
    return VirtualMfaUsers(found)


class AccountSummary(Facet[Account]):
    """Counts of what IAM holds."""

    source = call("iam", "GetAccountSummary", "SummaryMap")
    account_mfa_enabled: int = field(name="AccountMFAEnabled")
    """1 where the root user has an MFA device, else 0."""


class PasswordPolicy(Facet[Account]):
    """What IAM users' passwords must be like. Absent until somebody sets one; AWS then asks for eight characters."""

    source = call("iam", "GetAccountPasswordPolicy", "PasswordPolicy", absent=["NoSuchEntity"])
    minimum_password_length: int
    require_symbols: bool
    require_numbers: bool
    require_uppercase_characters: bool
    require_lowercase_characters: bool
    max_password_age: int | None = None
    """Days; passwords expire where it is there: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html"""
    password_reuse_prevention: int | None = None
    """How many passwords are remembered; none where nobody set it:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
    """
