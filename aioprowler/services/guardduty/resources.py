"""Detectors, what they look at, what they have found, and who administers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, call, listing, source
from aioprowler.judging.verdicts import told

GONE: Final = {"BadRequestException": "not owned by the current account"}
"""What is said of a detector that was deleted since; the code is that of any bad request."""


# --- Detectors ---


class ListedDetector(
    Resource,
    id="detector_id",
    arn="arn:{partition}:guardduty:{region}:{account_id}:detector/{detector_id}",
    type="AwsGuardDutyDetector",
    group="security",
    noun="GuardDuty detector",
    gone=GONE,
):
    """What GuardDuty is in a region: one detector, or none where nobody has enabled it."""

    source: ClassVar[Any] = listing("guardduty", "ListDetectors", "DetectorIds", item="detector_id")
    detector_id: str


def is_enabled(detectors: Here[ListedDetector]) -> bool:
    """Only there is anything to ask of it."""
    return bool(detectors)


class Setting(msgspec.Struct, frozen=True, rename="pascal"):
    """Something that is on or off."""

    name: str = ""
    status: str | None = None
    """`ENABLED` or `DISABLED`."""


class Feature(Setting, frozen=True, rename="pascal"):
    """A protection plan. Those that the region does not offer AWS leaves out."""

    additional_configuration: tuple[Setting, ...] = ()
    """Of Runtime Monitoring: where GuardDuty installs its agents by itself."""


class Source(msgspec.Struct, frozen=True, rename="pascal"):
    """What is looked at, as AWS told it before there were features."""

    status: str | None = None


class Kubernetes(msgspec.Struct, frozen=True, rename="pascal"):
    """Of EKS."""

    audit_logs: Source = Source()


class InstancesWithFindings(msgspec.Struct, frozen=True, rename="pascal"):
    """Of EC2 instances that something was found about."""

    ebs_volumes: Source = Source()


class MalwareProtection(msgspec.Struct, frozen=True, rename="pascal"):
    """Scans for malware."""

    scan_ec2_instance_with_findings: InstancesWithFindings = InstancesWithFindings()


class DataSources(msgspec.Struct, frozen=True, rename="pascal"):
    """What newer replies tell as features as well, and older ones here alone
    (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-feature-object-api-changes-march2023.html).
    """

    s3_logs: Source = Source()
    kubernetes: Kubernetes = Kubernetes()
    malware_protection: MalwareProtection = MalwareProtection()

    @property
    def by_feature(self) -> dict[str, str | None]:
        """Their states by the names of the features that they have become."""
        return {
            "S3_DATA_EVENTS": self.s3_logs.status,
            "EKS_AUDIT_LOGS": self.kubernetes.audit_logs.status,
            "EBS_MALWARE_PROTECTION": self.malware_protection.scan_ec2_instance_with_findings.ebs_volumes.status,
        }


@source("guardduty:GetDetector", when=is_enabled)
async def described(detectors: Here[ListedDetector], aws: Aws) -> list[Mapping[str, Any]] | Failure:
    """One call for each of them, which checks that need the list alone do without."""
    found: list[Mapping[str, Any]] = []
    for each in detectors:
        reply = await aws.find("guardduty", "GetDetector", GONE, DetectorId=each.detector_id)
        if isinstance(reply, Failure):
            return reply
        if reply is not None:
            found.append({**reply, "DetectorId": each.detector_id})
    return found


class Detector(ListedDetector):
    """A detector with its settings."""

    source: ClassVar[Any] = described
    status: str
    """`ENABLED`, or `DISABLED` where it is suspended."""
    features: tuple[Feature, ...] = ()
    data_sources: DataSources = DataSources()

    @property
    def is_suspended(self) -> bool:
        """Whether GuardDuty was told to stop looking, which keeps its settings and findings."""
        return self.status.upper() == "DISABLED"

    def feature(self, name: str) -> Feature | None:
        """The protection plan of that name; None where AWS tells nothing of it."""
        listed = next((each for each in self.features if each.name == name), None)
        state = self.data_sources.by_feature.get(name)
        return listed or (Feature(name, state) if state else None)


# --- What detectors have found ---

MOST: Final = 50
"""Findings that are counted: a page of them (API_ListFindings)."""

GRAVE_FINDINGS: Final = {
    "Criterion": {"severity": {"GreaterThanOrEqual": 7}, "service.archived": {"Eq": ["false"]}},
}
"""High begins at 7.0 and critical at 9.0
(https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html).
"""


@source("guardduty:ListFindings")
async def grave_findings(detector: ListedDetector, aws: Aws) -> GraveFindings | Failure:
    """The first page that has any tells enough."""
    pages = aws.pages(
        "guardduty", "ListFindings", "FindingIds", DetectorId=detector.detector_id, FindingCriteria=GRAVE_FINDINGS
    )
    async for page in pages:
        if isinstance(page, Failure):
            return page
        if page:
            return GraveFindings(number=min(len(page), MOST))
    return GraveFindings(number=0)


class GraveFindings(Facet[ListedDetector]):
    """Findings of high or critical severity that nobody has archived."""

    source = grave_findings
    number: int
    """`MOST` where there may be more."""


# --- Who administers ---


class Administrator(msgspec.Struct, frozen=True, rename="pascal"):
    """The account that administers this one."""

    account_id: str
    relationship_status: str = "Enabled"
    """AWS tells of an administrator that is associated with the account (API_GetAdministratorAccount)."""


class Member(msgspec.Struct, frozen=True, rename="pascal"):
    """An account that this one administers, has invited or did administer."""

    relationship_status: str


def is_bound(account: Administrator | Member) -> bool:
    """Whether the administrator sees what GuardDuty finds in the member: neither before the invitation is accepted, nor
    after one has left the other, nor while it is suspended
    (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_accounts.html).
    """
    return account.relationship_status.upper() == "ENABLED"


@source("guardduty:GetAdministratorAccount", "guardduty:ListMembers")
async def administration(detector: ListedDetector, aws: Aws) -> Administration | Failure:
    """Members are asked for only where nobody administers the account: then it may be the administrator itself."""
    reply = await aws.call("guardduty", "GetAdministratorAccount", DetectorId=detector.detector_id)
    if isinstance(reply, Failure):
        return reply
    if found := reply.get("Administrator"):  # without content where nobody does
        administrator = msgspec.convert(found, Administrator)
        if is_bound(administrator):
            return Administration(administrator=administrator.account_id)
    async for page in aws.pages("guardduty", "ListMembers", "Members", DetectorId=detector.detector_id):
        if isinstance(page, Failure):
            return page
        if any(map(is_bound, msgspec.convert(page, list[Member]))):
            return Administration(has_members=True)
    return Administration()


class Administration(Facet[ListedDetector]):
    """Whether one account sees the findings of several."""

    source = administration
    administrator: str = ""
    """The id of the account that administers this one; empty where none does."""
    has_members: bool = False
    """Whether this account administers others."""


class OrganizationAdmin(msgspec.Struct, frozen=True, rename="pascal"):
    """An account that administers GuardDuty for the organization."""

    admin_account_id: str
    admin_status: str


class OrganizationAdmins(Facet[Region]):
    """Who administers GuardDuty in the region; told to the organization's management account alone."""

    source = call("guardduty", "ListOrganizationAdminAccounts", pages=True)
    admin_accounts: tuple[OrganizationAdmin, ...]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """Each account's id and status."""
        return [(each.admin_account_id, each.admin_status) for each in self.admin_accounts]


@source("guardduty:DescribeOrganizationConfiguration", when=is_enabled)
async def organization_configuration(detectors: Here[ListedDetector], aws: Aws) -> OrganizationConfiguration | Failure:
    """Of the region's detector. Further pages are about protection plans."""
    detector_id = detectors[0].detector_id
    reply = await aws.call("guardduty", "DescribeOrganizationConfiguration", DetectorId=detector_id)
    return reply if isinstance(reply, Failure) else msgspec.convert(reply, OrganizationConfiguration)


class OrganizationConfiguration(Facet[Region]):
    """What becomes of accounts that join the organization; told to the administrator alone. None without a detector."""

    source = organization_configuration
    auto_enable_organization_members: str | None = None
    """`NEW`, `ALL` or `NONE`."""
    auto_enable: bool | None = None
    """The same in two words, as AWS told it first."""

    @property
    def joining(self) -> str:
        """`NEW`, `ALL` or `NONE`."""
        if self.auto_enable_organization_members is None and self.auto_enable is not None:
            return "NEW" if self.auto_enable else "NONE"
        return told(self.auto_enable_organization_members, "AutoEnableOrganizationMembers")
