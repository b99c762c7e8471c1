"""What CloudTrail writes of that which metric filters are to catch, and which of it their patterns do.

Events are as in "CloudTrail record contents"
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html) and
"AWS Management Console sign-in events"
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from aioprowler.judging.filter_patterns import LogEvent, PatternError, parse

OWN: Final = "111122223333"
"""The account of the events. In a pattern it stands for the account whose filter it is."""

_USER: Final[Mapping[str, Any]] = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLE",
    "arn": f"arn:aws:iam::{OWN}:user/somebody",
    "accountId": OWN,
    "accessKeyId": "AKIAEXAMPLE",
    "userName": "somebody",
}
_ROLE: Final[Mapping[str, Any]] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:somebody",
    "arn": f"arn:aws:sts::{OWN}:assumed-role/some-role/somebody",
    "accountId": OWN,
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLE",
            "arn": f"arn:aws:iam::{OWN}:role/some-role",
            "accountId": OWN,
            "userName": "some-role",
        },
        "attributes": {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"},
    },
}
_ROOT: Final[Mapping[str, Any]] = {
    "type": "Root",
    "principalId": OWN,
    "arn": f"arn:aws:iam::{OWN}:root",
    "accountId": OWN,
    "accessKeyId": "ASIAEXAMPLE",
}
_CALLERS: Final = {"a user": _USER, "a role": _ROLE}
_GLOBAL: Final = frozenset({"iam", "organizations", "signin"})


def _event(source: str, name: str, identity: Mapping[str, Any], **more: Any) -> LogEvent:
    return LogEvent.of(
        {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": "2026-01-01T00:00:00Z",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1" if source in _GLOBAL else "ap-southeast-2",
            "sourceIPAddress": "198.51.100.1",
            "userAgent": "aws-cli/2.31.0 md/Botocore#2.31.0 ua/2.1",
            "requestParameters": None,
            "responseElements": None,
            "requestID": "6e0d91e9-0e32-4f4c-9a0e-1d1b9c8f7a6b",
            "eventID": "3b1a3c5e-5c9b-4b5e-8d2f-7f0e6a5d4c3b",
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": OWN,
            "eventCategory": "Management",
            **more,
        }
    )


def _sign_in(identity: Mapping[str, Any], outcome: str, mfa: str = "No", **more: Any) -> LogEvent:
    return _event(
        "signin",
        "ConsoleLogin",
        {name: value for name, value in identity.items() if name != "accessKeyId"},
        userAgent="Mozilla/5.0 (X11; Linux x86_64)",
        responseElements={"ConsoleLogin": outcome},
        additionalEventData={"LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No", "MFAUsed": mfa},
        eventType="AwsConsoleSignIn",
        **more,
    )


class Occurrence(msgspec.Struct, frozen=True):
    """An event that a control is about."""

    name: str
    """As verdicts call it."""
    by: str
    """Who did it, where it is asked of several."""
    event: LogEvent

    @property
    def fields(self) -> Mapping[str, str]:
        """What selectors of trails choose management events by."""
        content = self.event.content
        named = {name: content[name] for name in ("eventCategory", "eventSource", "eventName", "eventType")}
        return named | {"readOnly": "true" if content["readOnly"] else "false"}


class Control(msgspec.Struct, frozen=True):
    """What is to raise an alarm."""

    name: str
    """As a filter and its metric may be called."""
    subject: str
    """In the plural: `changes of network ACLs`."""
    occurrences: tuple[Occurrence, ...]
    pattern: str
    """One that catches them all, and little else."""

    def called(self, missed: frozenset[int]) -> str:
        """Names for some of its occurrences, by their indices; by whom where only some people's are among them."""
        by_name: dict[str, list[str]] = {}
        for index, each in enumerate(self.occurrences):
            if index in missed:
                by_name.setdefault(each.name, []).append(each.by)
        everybody = {each.by for each in self.occurrences}
        return ", ".join(
            name if len(by) == len(everybody) else f"{name} by {' and '.join(by)}" for name, by in by_name.items()
        )


def _calls(source: str, *names: str, **more: Any) -> Iterator[Occurrence]:
    for name in names:
        for by, identity in _CALLERS.items():
            yield Occurrence(name, by, _event(source, name, identity, **more))


def _changes(name: str, subject: str, source: str, *calls: str) -> Control:
    """Calls of a service, of which the names suffice to know them."""
    either = " || ".join(f"($.eventName = {call})" for call in calls)
    pattern = f"{{ ($.eventSource = {source}.amazonaws.com) && ({either}) }}"
    return Control(name, subject, tuple(_calls(source, *calls)), pattern)


NETWORK_ACLS: Final = _changes(
    "NetworkAclChanges",
    "changes of network ACLs",
    "ec2",
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
)
GATEWAYS: Final = _changes(
    "NetworkGatewayChanges",
    "changes of network gateways",
    "ec2",
    "CreateCustomerGateway",
    "DeleteCustomerGateway",
    "AttachInternetGateway",
    "CreateInternetGateway",
    "DeleteInternetGateway",
    "DetachInternetGateway",
)
ROUTE_TABLES: Final = _changes(
    "RouteTableChanges",
    "changes of route tables",
    "ec2",
    "CreateRoute",
    "CreateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "DeleteRouteTable",
    "DeleteRoute",
    "DisassociateRouteTable",
)
VPCS: Final = _changes(
    "VpcChanges",
    "changes of VPCs",
    "ec2",
    "CreateVpc",
    "DeleteVpc",
    "ModifyVpcAttribute",
    "AcceptVpcPeeringConnection",
    "CreateVpcPeeringConnection",
    "DeleteVpcPeeringConnection",
    "RejectVpcPeeringConnection",
    "AttachClassicLinkVpc",
    "DetachClassicLinkVpc",
    "DisableVpcClassicLink",
    "EnableVpcClassicLink",
)
SECURITY_GROUPS: Final = _changes(
    "SecurityGroupChanges",
    "changes of security groups",
    "ec2",
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
)
CONFIG: Final = _changes(
    "ConfigChanges",
    "changes of AWS Config's own settings",
    "config",
    "StopConfigurationRecorder",
    "DeleteDeliveryChannel",
    "PutDeliveryChannel",
    "PutConfigurationRecorder",
)
CLOUDTRAIL: Final = _changes(
    "TrailChanges",
    "changes of trails",
    "cloudtrail",
    "CreateTrail",
    "UpdateTrail",
    "DeleteTrail",
    "StartLogging",
    "StopLogging",
)
KMS: Final = _changes(
    "KmsKeyLosses", "KMS keys that are disabled or to be deleted", "kms", "DisableKey", "ScheduleKeyDeletion"
)
BUCKETS: Final = _changes(
    "BucketChanges",
    "changes of what governs S3 buckets",
    "s3",
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketCors",
    "PutBucketLifecycle",
    "PutBucketReplication",
    "DeleteBucketPolicy",
    "DeleteBucketCors",
    "DeleteBucketLifecycle",
    "DeleteBucketReplication",
)
IAM_POLICIES: Final = _changes(
    "IamPolicyChanges",
    "changes of IAM policies",
    "iam",
    "DeleteGroupPolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "DeletePolicyVersion",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "AttachUserPolicy",
    "DetachUserPolicy",
    "AttachGroupPolicy",
    "DetachGroupPolicy",
)
ORGANIZATION: Final = _changes(
    "OrganizationChanges",
    "changes of the organization",
    "organizations",
    "AcceptHandshake",
    "AttachPolicy",
    "CancelHandshake",
    "CreateAccount",
    "CreateOrganization",
    "CreateOrganizationalUnit",
    "CreatePolicy",
    "DeclineHandshake",
    "DeleteOrganization",
    "DeleteOrganizationalUnit",
    "DeletePolicy",
    "EnableAllFeatures",
    "EnablePolicyType",
    "InviteAccountToOrganization",
    "LeaveOrganization",
    "DetachPolicy",
    "DisablePolicyType",
    "MoveAccount",
    "RemoveAccountFromOrganization",
    "UpdateOrganizationalUnit",
    "UpdatePolicy",
)
ROOT: Final = Control(
    "RootUses",
    "uses of the root user",
    (
        Occurrence("its calls", "", _event("iam", "CreateAccessKey", _ROOT)),
        Occurrence("its sign-ins", "", _sign_in(_ROOT, "Success", "Yes")),
    ),
    '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }',
)
FAILED_SIGN_INS: Final = Control(
    "FailedSignIns",
    "failed sign-ins to the console",
    (Occurrence("ConsoleLogin", "", _sign_in(_USER, "Failure", errorMessage="Failed authentication")),),
    '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
)
SIGN_INS_WITHOUT_MFA: Final = Control(
    "SignInsWithoutMfa",
    "sign-ins to the console without MFA",
    (Occurrence("ConsoleLogin", "", _sign_in(_USER, "Success")),),
    '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
    '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
)


def _refused(code: str, source: str, name: str) -> Iterator[Occurrence]:
    for each in _calls(source, name, readOnly=True, errorCode=code, errorMessage="You are not authorized"):
        yield msgspec.structs.replace(each, name=code)


UNAUTHORIZED: Final = Control(
    "RefusedCalls",
    "calls that were refused for want of permission",
    (
        *_refused("Client.UnauthorizedOperation", "ec2", "DescribeInstances"),
        *_refused("AccessDenied", "iam", "ListUsers"),
        *_refused("AccessDeniedException", "kms", "ListKeys"),
    ),
    '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
)

CONTROLS: Final = (
    NETWORK_ACLS,
    GATEWAYS,
    ROUTE_TABLES,
    VPCS,
    SECURITY_GROUPS,
    CONFIG,
    CLOUDTRAIL,
    KMS,
    BUCKETS,
    IAM_POLICIES,
    ORGANIZATION,
    ROOT,
    FAILED_SIGN_INS,
    SIGN_INS_WITHOUT_MFA,
    UNAUTHORIZED,
)


class Catch(msgspec.Struct, frozen=True):
    """The occurrences of a control, by their indices, that a pattern catches, and those of which nobody knows."""

    certain: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()

    def without(self, some: frozenset[int]) -> Catch:
        """What is left of it."""
        return Catch(self.certain - some, self.doubtful - some) if some else self


NOTHING: Final = Catch()


class Catches(msgspec.Struct, frozen=True):
    """What a pattern catches, by the names of controls of which that is something."""

    by_control: Mapping[str, Catch]
    fault: str = ""
    """Why the pattern cannot be read, and so may catch anything."""

    def of(self, control: Control) -> Catch:
        """Those of a control."""
        if self.fault:
            return Catch(doubtful=frozenset(range(len(control.occurrences))))
        return self.by_control.get(control.name, NOTHING)


@functools.lru_cache(maxsize=1024)
def catches(pattern: str) -> Catches:
    """What a pattern catches. Remembered, since all accounts of an organization mostly have the same patterns."""
    try:
        read = parse(pattern)
    except PatternError as error:
        return Catches(MappingProxyType({}), str(error))
    found: dict[str, Catch] = {}
    for control in CONTROLS:
        told = [read.catches(each.event) for each in control.occurrences]
        certain = frozenset(index for index, each in enumerate(told) if each)
        doubtful = frozenset(index for index, each in enumerate(told) if each is None)
        if certain or doubtful:
            found[control.name] = Catch(certain, doubtful)
    return Catches(found)
