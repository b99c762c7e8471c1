"""Who did what of late, as far as CloudTrail's event history tells.

Each region has a history of its own, whatever trails there are: management events of 90 days, newest first, 50 a call,
two calls a second (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html). A call can be
about one name of an event at most, of which the checks watch 152; so the history is read once, plainly, for all of
them. Where little happens that is one call for each region; where much does, a budget of calls ends it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, NamedTuple, TypeAlias

import msgspec

from aioprowler import Aws, Failure, Region, Resource, Seen, derive, source

Minutes: TypeAlias = Annotated[int, "How far back events are looked at, in minutes."]
Actions: TypeAlias = Annotated[tuple[str, ...], "Names of the events that are watched."]
Threshold: TypeAlias = Annotated[float, "Which share of the watched events, from 0 to 1, one identity may have caused."]

MINUTES: Final = 1440


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENUMERATION: Final = _names(
    """
    CreateIndex DescribeAccessEntry DescribeAccountAttributes DescribeAvailabilityZones DescribeBundleTasks
    DescribeCarrierGateways DescribeClientVpnRoutes DescribeCluster DescribeDhcpOptions DescribeFlowLogs
    DescribeImages DescribeInstanceAttribute DescribeInstanceInformation DescribeInstanceTypes DescribeInstances
    DescribeKeyPairs DescribeLogGroups DescribeLogStreams DescribeOrganization DescribeRegions
    DescribeSecurityGroups DescribeSnapshotAttribute DescribeSnapshotTierStatus DescribeSubscriptionFilters
    DescribeTransitGatewayMulticastDomains DescribeVolumes DescribeVolumesModifications
    DescribeVpcEndpointConnectionNotifications DescribeVpcs GetAccount GetAccountAuthorizationDetails
    GetAccountSendingEnabled GetBucketAcl GetBucketLogging GetBucketPolicy GetBucketReplication
    GetBucketVersioning GetCallerIdentity GetCertificate GetConsoleScreenshot GetCostAndUsage GetDetector
    GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault GetFindings GetFlowLogsIntegrationTemplate
    GetIdentityVerificationAttributes GetInstances GetIntrospectionSchema GetLaunchTemplateData GetLogRecord
    GetParameters GetPolicyVersion GetPublicAccessBlock GetQueryResults GetRegions GetSMSAttributes
    GetSMSSandboxAccountStatus GetSendQuota GetTransitGatewayRouteTableAssociations GetUserPolicy HeadObject
    ListAccessKeys ListAccounts ListAllMyBuckets ListAssociatedAccessPolicies ListAttachedUserPolicies
    ListClusters ListDetectors ListDomains ListFindings ListHostedZones ListIPSets ListIdentities
    ListInstanceProfiles ListObjects ListOrganizationalUnitsForParent ListOriginationNumbers ListPolicyVersions
    ListResources ListRoles ListRules ListServiceQuotas ListSubscriptions ListTargetsByRule ListTopics ListUsers
    LookupEvents Search
    """
)
"""What those do who look around in an account that is new to them."""

LLM_JACKING: Final = _names(
    """
    AcceptAgreementRequest CreateFoundationModelAgreement GetFoundationModelAvailability
    GetModelInvocationLoggingConfiguration GetUseCaseForModelAccess InvokeModel InvokeModelWithResponseStream
    ListFoundationModelAgreementOffers ListFoundationModels ListProvisionedModelThroughputs
    PutFoundationModelEntitlement PutModelInvocationLoggingConfiguration PutUseCaseForModelAccess
    SearchAgreements
    """
)
"""What those do who want somebody else to pay for their use of language models."""

PRIVILEGE_ESCALATION: Final = _names(
    """
    AddPermission AddRoleToInstanceProfile AddUserToGroup AssociateAccessPolicy AssumeRole AttachGroupPolicy
    AttachRolePolicy AttachUserPolicy ChangePassword CreateAccessEntry CreateAccessKey CreateDevEndpoint
    CreateEventSourceMapping CreateFunction CreateGroup CreateJob CreateKeyPair CreateLoginProfile
    CreatePipeline CreatePolicyVersion CreateRole CreateStack DeleteRolePermissionsBoundary DeleteRolePolicy
    DeleteUserPermissionsBoundary DeleteUserPolicy DetachRolePolicy DetachUserPolicy GetCredentialsForIdentity
    GetId GetPolicyVersion GetUserPolicy Invoke ModifyInstanceAttribute PassRole PutGroupPolicy
    PutPipelineDefinition PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy
    ReplaceIamInstanceProfileAssociation RunInstances SetDefaultPolicyVersion UpdateAccessKey
    UpdateAssumeRolePolicy UpdateDevEndpoint UpdateEventSourceMapping UpdateFunctionCode UpdateJob
    UpdateLoginProfile
    """
)
"""What those do who have few rights and want more."""


class Identity(NamedTuple):
    """Who caused an event; AWS's services, which have no ARN, are nobody."""

    arn: str
    type: str
    """`IAMUser`, `AssumedRole`, `Root`, ..."""


class UserIdentity(msgspec.Struct, frozen=True):
    """Of an event's record, who caused it."""

    arn: str = ""
    type: str = ""


class EventRecord(msgspec.Struct, frozen=True, rename="camel"):
    """What is read of an event's record
    (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
    """

    user_identity: UserIdentity = UserIdentity()


class Tally:
    """Which of the watched events each identity caused, and when last. It does not grow with the events."""

    def __init__(self, watched: Collection[str], since: datetime.datetime) -> None:
        self._watched = frozenset(watched)
        self.since = since
        """The time of the oldest event."""
        self.last: dict[Identity, dict[str, datetime.datetime]] = {}
        self.fault: Failure | None = None
        """Why an event could not be read."""

    def add(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Count those of a page."""
        for event in events:
            try:
                self._count(event)
            except (msgspec.DecodeError, LookupError) as error:
                self.fault = Failure("broken", "cloudtrail:LookupEvents", type(error).__name__, str(error))

    def _count(self, event: Mapping[str, Any]) -> None:
        time: datetime.datetime = event["EventTime"]
        self.since = min(self.since, time)
        if event["EventName"] not in self._watched:
            return
        record = msgspec.json.decode(event["CloudTrailEvent"], type=EventRecord)
        if record.user_identity.arn:
            seen = self.last.setdefault(Identity(record.user_identity.arn, record.user_identity.type), {})
            seen[event["EventName"]] = max(time, seen.get(event["EventName"], time))


@source("cloudtrail:LookupEvents")
async def recent_events(
    region: Region,
    now: datetime.datetime,
    aws: Aws,
    *,
    threat_detection_enumeration_minutes: Minutes = MINUTES,
    threat_detection_enumeration_actions: Actions = ENUMERATION,
    threat_detection_llm_jacking_minutes: Minutes = MINUTES,
    threat_detection_llm_jacking_actions: Actions = LLM_JACKING,
    threat_detection_privilege_escalation_minutes: Minutes = MINUTES,
    threat_detection_privilege_escalation_actions: Actions = PRIVILEGE_ESCALATION,
    threat_detection_max_lookups: Annotated[
        int, "Calls of LookupEvents in each region: 50 events each, the newest first, two calls a second."
    ] = 60,
) -> list[RecentEvents] | Failure:
    """The newest events of the region, back to the longest of the three spans of time, as far as the budget goes."""
    span = max(
        threat_detection_enumeration_minutes,
        threat_detection_llm_jacking_minutes,
        threat_detection_privilege_escalation_minutes,
    )
    tally = Tally(
        [
            *threat_detection_enumeration_actions,
            *threat_detection_llm_jacking_actions,
            *threat_detection_privilege_escalation_actions,
        ],
        now,
    )
    asked: dict[str, Any] = {"StartTime": now - datetime.timedelta(minutes=span), "MaxResults": 50}
    rest: Failure | None = None
    for _ in range(max(1, threat_detection_max_lookups)):
        page = await aws.call("cloudtrail", "LookupEvents", **asked)
        if isinstance(page, Failure):
            return page
        tally.add(page.get("Events", ()))
        if not (token := page.get("NextToken")):
            break
        asked["NextToken"] = token
    else:
        rest = aws.left_out("cloudtrail", "LookupEvents", "threat_detection_max_lookups", since=tally.since)
    return [RecentEvents(region_name=region.name, last=tally.last, rest=tally.fault or rest)]


class RecentEvents(Resource, id="region_name", arn="arn:{partition}:cloudtrail:{region}:{account_id}:trail"):
    """What each identity caused of late in a region, by a plain reading of its event history, newest first, within a
    budget of calls.
    """

    source: ClassVar[Any] = recent_events
    region_name: str
    last: dict[Identity, dict[str, datetime.datetime]]
    """Name of an event -> when it was caused last."""
    rest: Failure | None
    """Why this is not all."""


class Activity(msgspec.Struct, frozen=True):
    """What each identity caused of late in all regions."""

    last: dict[Identity, dict[str, datetime.datetime]]
    gap: Failure | None
    """Why this is not all."""

    def caused(self, names: Collection[str], since: datetime.datetime) -> dict[Identity, int]:
        """How many of the named events each identity caused since then, each counted once."""
        return {
            identity: sum(name in last and last[name] >= since for name in names)
            for identity, last in self.last.items()
        }


@derive
def activity(regions: Seen[RecentEvents]) -> Activity:
    """An identity that looks around in several regions is one."""
    last: dict[Identity, dict[str, datetime.datetime]] = {}
    for region in regions.items:
        for identity, seen in region.last.items():
            known = last.setdefault(identity, {})
            known.update({name: max(time, known.get(name, time)) for name, time in seen.items()})
    return Activity(last, regions.gap or next((each.rest for each in regions.items if each.rest), None))
