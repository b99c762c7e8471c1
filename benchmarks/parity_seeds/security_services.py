"""GuardDuty, Security Hub, Inspector, Macie, Access Analyzer and Config: on, half on, off, and with what they find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

SERVICES: Final = ("accessanalyzer", "config", "guardduty", "inspector2", "macie", "securityhub")
SECOND_REGION: Final = REGIONS[1]

FEATURES: Final = (
    "AI_PROTECTION",
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)
NOT_THE_ADMINISTRATOR: Final = "You do not have required AWS Organization master permission."


class Region:
    """A region of an account, of which operations are told what to answer."""

    def __init__(self, clients: Clients, name: str) -> None:
        self.account_id = clients.account_id
        self.name = name
        self._clients = clients

    def tell(self, service: str, **replies: Any) -> None:
        for operation, reply in replies.items():
            tell(self._clients, service, operation, reply, self.name)

    def arn(self, service: str, thing: str) -> str:
        return f"arn:aws:{service}:{self.name}:{self.account_id}:{thing}"


# --- GuardDuty ---


def detector(
    region: Region,
    features: Mapping[str, str],
    *,
    status: str = "ENABLED",
    findings: int = 0,
    administrator: bool = False,
    members: int = 0,
) -> None:
    """A detector, with its features in both forms."""
    volumes = {"EbsVolumes": {"Status": features.get("EBS_MALWARE_PROTECTION", "DISABLED")}}
    sources = {
        "S3Logs": {"Status": features.get("S3_DATA_EVENTS", "DISABLED")},
        "Kubernetes": {"AuditLogs": {"Status": features.get("EKS_AUDIT_LOGS", "DISABLED")}},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": volumes},
    }
    named = [{"Name": name, "Status": state} for name, state in features.items()]
    described = {"ServiceRole": "role", "Status": status, "Features": named, "DataSources": sources}
    above = {"AccountId": OTHER_ACCOUNT, "RelationshipStatus": "Enabled"}
    below = {"AccountId": OTHER_ACCOUNT, "RelationshipStatus": "Enabled", "Email": "security@example.com"}
    region.tell(
        "guardduty",
        ListDetectors={"DetectorIds": [f"{region.name}-detector"]},
        GetDetector=described,
        ListFindings={"FindingIds": [f"finding-{number}" for number in range(findings)]},
        GetAdministratorAccount={"Administrator": above} if administrator else {},
        ListMembers={"Members": [below] * members},
        ListTagsForResource={"Tags": {}},
    )


def guardduty_organization(region: Region, *, admin: str | None, joining: str | None) -> None:
    """Who administers GuardDuty, and what becomes of new accounts; None: it is not told."""
    refused = AwsError("BadRequestException", NOT_THE_ADMINISTRATOR)
    accounts = [{"AdminAccountId": OTHER_ACCOUNT, "AdminStatus": admin}] if admin else []
    region.tell(
        "guardduty",
        ListOrganizationAdminAccounts=refused if admin is None else {"AdminAccounts": accounts},
        DescribeOrganizationConfiguration={"AutoEnableOrganizationMembers": joining} if joining else refused,
    )


# --- Security Hub ---


def hub(region: Region, *, standards: Mapping[str, str], products: tuple[str, ...] = ()) -> None:
    """Security Hub with standards, each in a state, and products that send it findings."""
    subscriptions = [
        {
            "StandardsArn": f"arn:aws:securityhub:{region.name}::standards/{name}/v/1.0.0",
            "StandardsSubscriptionArn": region.arn("securityhub", f"subscription/{name}/v/1.0.0"),
            "StandardsStatus": status,
            "StandardsInput": {},
        }
        for name, status in standards.items()
    ]
    arns = [region.arn("securityhub", f"product-subscription/{name}") for name in ("aws/securityhub", *products)]
    region.tell(
        "securityhub",
        DescribeHub={"HubArn": region.arn("securityhub", "hub/default"), "SubscribedAt": "2026-01-01T00:00:00Z"},
        GetEnabledStandards={"StandardsSubscriptions": subscriptions},
        ListEnabledProductsForImport={"ProductSubscriptions": arns},
        ListTagsForResource={"Tags": {}},
    )


def hub_organization(region: Region, *, admin: str | None, configuration: Mapping[str, Any] | None) -> None:
    """Who administers Security Hub, and what becomes of new accounts; None: it is not told."""
    told = f"Account {region.account_id} is not an administrator for this organization"
    refused = AwsError("InvalidAccessException", told)
    accounts = [{"AccountId": OTHER_ACCOUNT, "Status": admin}] if admin else []
    region.tell(
        "securityhub",
        ListOrganizationAdminAccounts=refused if admin is None else {"AdminAccounts": accounts},
        DescribeOrganizationConfiguration=refused if configuration is None else configuration,
    )


# --- Inspector ---


def inspector(region: Region, status: str, findings: list[dict[str, Any]], coverage: list[dict[str, Any]]) -> None:
    """Inspector in a state, for all kinds of resources, with what it has found and scans."""
    state = {"status": status, "errorCode": "", "errorMessage": ""}
    kinds = dict.fromkeys(("ec2", "ecr", "lambda", "lambdaCode"), state)
    account = {"accountId": region.account_id, "state": state, "resourceState": kinds}
    region.tell(
        "inspector2",
        BatchGetAccountStatus={"accounts": [account], "failedAccounts": []},
        ListFindings={"findings": findings},
        ListCoverage={"coveredResources": coverage},
    )


def finding(region: Region, number: int, *, days: float) -> dict[str, Any]:
    """An active finding of a vulnerability, as old as told."""
    return {
        "findingArn": region.arn("inspector2", f"finding/{number}"),
        "awsAccountId": region.account_id,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "HIGH",
        "status": "ACTIVE",
        "firstObservedAt": ago(days),
        "lastObservedAt": ago(0),
        "packageVulnerabilityDetails": {"vulnerabilityId": f"CVE-2026-{number:04}", "source": "NVD"},
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-00000000000000001"}],
    }


def exploited(region: Region, *, due: Mapping[int, float], errors: Mapping[int, str]) -> None:
    """What is known of the vulnerabilities: how many days ago they were due, and of which there is an error."""

    def details(asked: Mapping[str, Any]) -> dict[str, Any]:
        numbers = [int(arn.rpartition("/")[2]) for arn in asked["findingArns"]]
        listed = {n: {"cisaData": {"dateAdded": ago(300), "dateDue": ago(due[n])}} for n in numbers if n in due}
        return {
            "findingDetails": [
                {"findingArn": region.arn("inspector2", f"finding/{n}"), **listed.get(n, {})}
                for n in numbers
                if n not in errors
            ],
            "errors": [
                {"findingArn": region.arn("inspector2", f"finding/{n}"), "errorCode": errors[n], "errorMessage": "x"}
                for n in numbers
                if n in errors
            ],
        }

    region.tell("inspector2", BatchGetFindingDetails=details)


def scanned(region: Region, id_: str, code: str, reason: str, days: float | None) -> dict[str, Any]:
    """A resource that Inspector knows, and when it was scanned."""
    return {
        "resourceId": id_,
        "resourceType": "AWS_EC2_INSTANCE" if id_.startswith("i-") else "AWS_LAMBDA_FUNCTION",
        "accountId": region.account_id,
        "scanType": "PACKAGE",
        "scanStatus": {"statusCode": code, "reason": reason},
        **({} if days is None else {"lastScannedAt": ago(days)}),
    }


# --- Macie, Access Analyzer and Config ---


def macie(region: Region, status: str | None, discovery: str = "DISABLED") -> None:
    """Macie in a state; None: nobody has enabled it."""
    off = AwsError("AccessDeniedException", "Macie is not enabled.")
    region.tell(
        "macie2",
        GetMacieSession=off if status is None else {"status": status},
        GetAutomatedDiscoveryConfiguration=off if status is None else {"status": discovery},
    )


def analyzers(region: Region, states: Mapping[str, tuple[str, str, int]]) -> None:
    """Analyzers by name, each of a type and in a state, with so many active findings and an archived one."""
    listed = [
        {
            "name": name,
            "arn": region.arn("access-analyzer", f"analyzer/{name}"),
            "type": kind,
            "status": status,
            "createdAt": ago(100),
        }
        for name, (kind, status, _) in states.items()
    ]
    active = {region.arn("access-analyzer", f"analyzer/{name}"): number for name, (_, _, number) in states.items()}
    kinds = {region.arn("access-analyzer", f"analyzer/{name}"): kind for name, (kind, _, _) in states.items()}

    def found(arn: str) -> list[dict[str, Any]]:
        ids = [f"active-{number}" for number in range(active[arn])]
        return [_access(region, id_, "ACTIVE") for id_ in ids] + [_access(region, "archived-0", "ARCHIVED")]

    def first_version(asked: Mapping[str, Any]) -> Any:
        arn = asked["analyzerArn"]
        if kinds[arn].endswith("UNUSED_ACCESS"):
            raise AwsError("ValidationException", "The analyzer is of another type.")
        return {"findings": [{**each, "condition": {}} for each in found(arn)]}

    def second_version(asked: Mapping[str, Any]) -> Any:
        wanted = asked["filter"]["status"]["eq"]
        return {"findings": [each for each in found(asked["analyzerArn"]) if each["status"] in wanted]}

    def one(asked: Mapping[str, Any]) -> Any:
        id_ = asked["id"]
        return {"finding": {**_access(region, id_, id_.partition("-")[0].upper()), "condition": {}}}

    region.tell(
        "accessanalyzer",
        ListAnalyzers={"analyzers": listed},
        ListFindings=first_version,
        ListFindingsV2=second_version,
        GetFinding=one,
    )


def _access(region: Region, id_: str, status: str) -> dict[str, Any]:
    return {
        "id": id_,
        "status": status,
        "resourceType": "AWS::S3::Bucket",
        "resourceOwnerAccount": region.account_id,
        "analyzedAt": ago(1),
        "createdAt": ago(2),
        "updatedAt": ago(1),
    }


def recorder(region: Region, role: str, *, recording: bool, last: str) -> None:
    """A recorder with a role, and how it fares."""
    region.tell(
        "config",
        DescribeConfigurationRecorders={"ConfigurationRecorders": [{"name": region.name, "roleARN": role}]},
        DescribeConfigurationRecorderStatus={
            "ConfigurationRecordersStatus": [{"name": region.name, "recording": recording, "lastStatus": last}]
        },
    )


def aggregators(region: Region, sources: Mapping[str, Mapping[str, Any]]) -> None:
    """Aggregators by name, each with what it gathers."""
    listed = [
        {
            "ConfigurationAggregatorName": name,
            "ConfigurationAggregatorArn": region.arn("config", f"config-aggregator/{name}"),
            **source,
        }
        for name, source in sources.items()
    ]
    region.tell("config", DescribeConfigurationAggregators={"ConfigurationAggregators": listed})


def config_administrators(clients: Clients, *ids: str) -> None:
    """Who administers AWS Config."""
    listed = [{"Id": id_, "Arn": f"arn:aws:organizations::1:account/{id_}", "Status": "ACTIVE"} for id_ in ids]
    tell(clients, "organizations", "ListDelegatedAdministrators", {"DelegatedAdministrators": listed})


# --- The accounts ---


def service_role(account_id: str) -> str:
    path = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    return f"arn:aws:iam::{account_id}:{path}"


WHOLE: Final = {"RoleArn": "arn:aws:iam::1:role/config", "AllAwsRegions": True}
SOME: Final = {"RoleArn": "arn:aws:iam::1:role/config", "AwsRegions": [HOME_REGION]}


def protected(clients: Clients) -> None:
    """Everything as it should be, in two ways."""
    home, second = Region(clients, HOME_REGION), Region(clients, SECOND_REGION)
    on = dict.fromkeys(FEATURES, "ENABLED")
    detector(home, on, administrator=True)
    detector(second, {**on, "EKS_RUNTIME_MONITORING": "DISABLED"}, members=3)
    guardduty_organization(home, admin="ENABLED", joining="ALL")
    guardduty_organization(second, admin="ENABLED", joining="NEW")
    hub(home, standards={"cis": "READY", "nist": "PENDING"})
    hub(second, standards={}, products=("aws/guardduty",))
    hub_organization(home, admin="ENABLED", configuration={"AutoEnable": True, "AutoEnableStandards": "DEFAULT"})
    central = {"ConfigurationType": "CENTRAL", "Status": "ENABLED"}
    hub_organization(second, admin="ENABLED", configuration={"AutoEnable": False, "OrganizationConfiguration": central})
    function = second.arn("lambda", "function:f")
    inspector(home, "ENABLED", [], [scanned(home, "i-00000000000000001", "ACTIVE", "SUCCESSFUL", 1)])
    young = [finding(second, number, days=191) for number in range(12)]
    inspector(second, "ENABLED", young, [scanned(second, function, "ACTIVE", "PENDING_INITIAL_SCAN", None)])
    exploited(second, due={3: -20}, errors={7: "FINDING_DETAILS_NOT_FOUND"})
    macie(home, "ENABLED", "ENABLED")
    macie(second, "ENABLED", "ENABLED")
    analyzers(home, {"account": ("ACCOUNT", "ACTIVE", 0)})
    analyzers(second, {"organization": ("ORGANIZATION", "ACTIVE", 0)})
    recorder(home, service_role(clients.account_id), recording=True, last="Success")
    recorder(second, service_role(clients.account_id), recording=True, last="Pending")
    aggregators(home, {"whole": {"OrganizationAggregationSource": WHOLE}})
    aggregators(second, {})
    config_administrators(clients, OTHER_ACCOUNT)


def badly_protected(clients: Clients) -> None:
    """Everything is on, and falls short."""
    home, second = Region(clients, HOME_REGION), Region(clients, SECOND_REGION)
    detector(home, dict.fromkeys(FEATURES, "DISABLED"), findings=3)
    detector(second, {"EKS_RUNTIME_MONITORING": "ENABLED", "S3_DATA_EVENTS": "ENABLED"}, findings=51)
    guardduty_organization(home, admin="ENABLED", joining="NONE")
    guardduty_organization(second, admin="DISABLE_IN_PROGRESS", joining="ALL")
    hub(home, standards={})
    hub(second, standards={"cis": "INCOMPLETE", "nist": "DELETING"})
    hub_organization(home, admin="ENABLED", configuration={"AutoEnable": False, "AutoEnableStandards": "NONE"})
    hub_organization(second, admin="", configuration={"AutoEnable": True})
    old = [finding(home, number, days=number * 100) for number in range(3)]
    function = home.arn("lambda", "function:f")
    inspector(
        home,
        "ENABLED",
        old,
        [
            scanned(home, "i-00000000000000001", "INACTIVE", "UNMANAGED_EC2_INSTANCE", 30),
            scanned(home, "i-00000000000000002", "ACTIVE", "SUCCESSFUL", 30),
            scanned(home, "i-00000000000000003", "INACTIVE", "EXCLUDED_BY_TAG", None),
            scanned(home, function, "ACTIVE", "SUCCESSFUL", None),
        ],
    )
    exploited(home, due={1: 5, 2: -5}, errors={})
    inspector(second, "ENABLED", [finding(second, 9, days=1)], [])
    exploited(second, due={}, errors={9: "ACCESS_DENIED"})
    macie(home, "ENABLED", "DISABLED")
    macie(second, "PAUSED")
    analyzers(home, {"account": ("ACCOUNT", "ACTIVE", 2), "failed": ("ACCOUNT", "FAILED", 0)})
    analyzers(second, {"unused": ("ACCOUNT_UNUSED_ACCESS", "ACTIVE", 2), "new": ("ACCOUNT", "CREATING", 0)})
    recorder(home, f"arn:aws:iam::{clients.account_id}:role/config", recording=True, last="Failure")
    recorder(second, service_role(clients.account_id), recording=False, last="Success")
    aggregators(home, {"regions": {"OrganizationAggregationSource": SOME}, "accounts": {}})
    aggregators(second, {"whole": {"OrganizationAggregationSource": WHOLE}})
    config_administrators(clients)


def unprotected(clients: Clients) -> None:
    """Nothing is on, or suspended, in a member of an organization that is told nothing."""
    home, second = Region(clients, HOME_REGION), Region(clients, SECOND_REGION)
    detector(home, dict.fromkeys(FEATURES, "ENABLED"), status="DISABLED")
    for region in (home, second):
        guardduty_organization(region, admin=None, joining=None)
        hub_organization(region, admin=None, configuration=None)
        inspector(region, "DISABLED" if region is home else "SUSPENDED", [], [])
        macie(region, None)
        analyzers(region, {})
        aggregators(region, {})


def told_nothing(clients: Clients) -> None:
    """A member where all is on: what only others are told stays open."""
    for name in REGIONS:
        region = Region(clients, name)
        is_management = name == HOME_REGION
        detector(region, dict.fromkeys(("S3_DATA_EVENTS", "EKS_AUDIT_LOGS"), "ENABLED"), administrator=True)
        guardduty_organization(region, admin="ENABLED" if is_management else None, joining=None)
        hub(region, standards={"cis": "READY"})
        hub_organization(region, admin="ENABLED" if is_management else None, configuration=None)
        inspector(region, "ENABLED", [], [])
        macie(region, "ENABLED")
        analyzers(region, {"account": ("ACCOUNT", "ACTIVE", 0)})
        recorder(region, service_role(clients.account_id), recording=True, last="Success")
        aggregators(region, {"whole": {"OrganizationAggregationSource": WHOLE}} if is_management else {})
    tell(
        clients,
        "organizations",
        "ListDelegatedAdministrators",
        AwsError("AccessDeniedException", "You don't have permissions to access this resource."),
    )


STATES: Final = (
    State("protected", "500000001400", protected, services=SERVICES),
    State("badly_protected", "500000001401", badly_protected, services=SERVICES, scan_unused_services=True),
    State("unprotected", "500000001402", unprotected, services=SERVICES, scan_unused_services=True),
    State("told_nothing", "500000001403", told_nothing, services=SERVICES),
)
