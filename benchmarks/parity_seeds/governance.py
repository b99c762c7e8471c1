"""What an account is part of, and who looks after it: organizations, contacts, support plans, backups, DNS, Shield."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import deny, document
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

# --- Organizations ---

_OPT_OUT: Final = {"@@assign": "optOut", "@@operators_allowed_for_child_policies": ["@@none"]}


def _regions(operator: str, *regions: str, **more: Any) -> dict[str, Any]:
    return deny("*", Condition={operator: {"aws:RequestedRegion": list(regions)}}, **more)


def _opt_out(default: Mapping[str, Any], **services: Any) -> str:
    return json.dumps({"services": {"default": {"opt_out_policy": default}, **services}})


def _organize(
    clients: Clients, *, regions: Iterable[Mapping[str, Any]] = (), opt_out: str = "", tags: bool = False, attach: bool
) -> None:
    """Make an organization with policies, and attach them to its root."""
    organizations = clients("organizations")
    organizations.create_organization(FeatureSet="ALL")
    (root,) = organizations.list_roots()["Roots"]
    contents = [("SERVICE_CONTROL_POLICY", document(dict(each))) for each in regions]
    contents += [("AISERVICES_OPT_OUT_POLICY", opt_out)] if opt_out else []
    contents += [("TAG_POLICY", json.dumps({"tags": {"team": {"tag_key": {"@@assign": "team"}}}}))] if tags else []
    for number, (kind, content) in enumerate(contents):
        made = organizations.create_policy(Content=content, Description="-", Name=f"policy-{number}", Type=kind)
        if attach:
            organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root["Id"])


def _delegate(clients: Clients, *names: str) -> None:
    organizations = clients("organizations")
    for name in names:
        made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        organizations.register_delegated_administrator(
            AccountId=made["CreateAccountStatus"]["AccountId"], ServicePrincipal="guardduty.amazonaws.com"
        )


def locked(clients: Clients) -> None:
    """Fill the management account of an organization that is as it should be."""
    _organize(
        clients, regions=[_regions("StringNotEquals", "eu-central-1", "eu-west-1")], opt_out=_opt_out(_OPT_OUT),
        tags=True, attach=True,
    )  # fmt: skip


def loose(clients: Clients) -> None:
    """Fill the management account of one that leaves everything open, in policies that nearly close it."""
    _organize(
        clients,
        regions=[_regions("StringNotEquals", "us-east-1")],
        opt_out=_opt_out({"@@assign": "optOut"}),
        attach=True,
    )
    _delegate(clients, "security")


def open_(clients: Clients) -> None:
    """Fill that of an organization without policies of its own."""
    _organize(clients, attach=False)


def unattached(clients: Clients) -> None:
    """Fill that of an organization whose policies take effect on nothing."""
    _organize(
        clients, regions=[_regions("StringNotEquals", "eu-central-1")], opt_out=_opt_out(_OPT_OUT), tags=True,
        attach=False,
    )  # fmt: skip


def partial(clients: Clients) -> None:
    """Fill that of an organization whose policies close less than they seem to."""
    _organize(
        clients,
        regions=[{**_regions("StringNotEquals", "eu-central-1"), "Action": "ec2:*"}],
        opt_out=_opt_out(_OPT_OUT, lex={"opt_out_policy": {"@@assign": "optIn"}}),
        attach=True,
    )


# --- Whoever looks after an account ---


_KEY: Final = "arn:aws:kms:us-east-1:111122223333:key/1"
_NO_PLAN: Final = AwsError(
    "SubscriptionRequiredException",
    "Amazon Web Services Premium Support Subscription is required to use this service.",
)


def _contacts(clients: Clients, *kinds: str) -> None:
    """Name contacts who differ from each other, and from the account's own."""
    own = {"FullName": "Owner", "PhoneNumber": "+49", "AddressLine1": "-", "City": "-", "PostalCode": "-"}
    tell(clients, "account", "GetContactInformation", {"ContactInformation": {**own, "CountryCode": "DE"}})
    for number, kind in enumerate(kinds):
        clients("account").put_alternate_contact(
            AlternateContactType=kind, EmailAddress=f"{number}@example.com", Name=f"n{number}", Title="-",
            PhoneNumber=f"+{number}",
        )  # fmt: skip


def _advice(clients: Clients, statuses: Mapping[str, str]) -> None:
    """Have Trusted Advisor know of checks, by id and status."""
    result = {"timestamp": "2026-01-01T00:00:00Z", "flaggedResources": []}
    summaries = [{"checkId": each, "timestamp": "-", "status": status} for each, status in statuses.items()]
    checks = [
        {"id": each, "name": f"Check {each}", "description": "-", "category": "security", "metadata": []}
        for each in statuses
    ]

    def one(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"result": {"checkId": asked["checkId"], "status": statuses[asked["checkId"]], **result}}

    tell(clients, "support", "DescribeServices", {"services": []})
    tell(clients, "support", "DescribeTrustedAdvisorChecks", {"checks": checks})
    tell(clients, "support", "DescribeTrustedAdvisorCheckResult", one)
    tell(clients, "support", "DescribeTrustedAdvisorCheckSummaries", {"summaries": summaries})


def _zone(clients: Clients, name: str, **more: Any) -> str:
    made = clients("route53").create_hosted_zone(Name=name, CallerReference=name, **more)
    return str(made["HostedZone"]["Id"])


def _log_queries(clients: Clients, zone: str) -> None:
    """Have the queries of one zone logged."""
    group = f"arn:aws:logs:us-east-1:{clients.account_id}:log-group:/aws/route53/queries"
    config = {"Id": "q1", "HostedZoneId": zone.rpartition("/")[2], "CloudWatchLogsLogGroupArn": group}
    tell(clients, "route53", "ListQueryLoggingConfigs", {"QueryLoggingConfigs": [config]})


def _records(clients: Clients, zone: str, **values: tuple[str, ...]) -> None:
    """Name and type in one word, as `www_A`."""
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": f"{name.partition('_')[0]}.example.com",
                "Type": name.partition("_")[2],
                "TTL": 60,
                "ResourceRecords": [{"Value": each} for each in of],
            },
        }
        for name, of in values.items()
    ]
    clients("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _domains(clients: Clients, **codes: tuple[str, ...]) -> None:
    """Have domains registered, by their names with `_` for the dot; of those that are locked WHOIS tells nothing."""
    names = {each.replace("_", "."): status for each, status in codes.items()}

    def detail(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        name = asked["DomainName"]
        private = "clientTransferProhibited" in names[name]
        flags = dict.fromkeys(("AdminPrivacy", "RegistrantPrivacy", "TechPrivacy"), private)
        return {"DomainName": name, "StatusList": list(names[name]), **flags}

    tell(clients, "route53domains", "ListDomains", {"Domains": [{"DomainName": each} for each in names]})
    tell(clients, "route53domains", "GetDomainDetail", detail)
    tell(clients, "route53domains", "ListTagsForDomain", {"TagList": []})


def governed(clients: Clients) -> None:
    """Fill an account that somebody looks after."""
    _contacts(clients, "BILLING", "OPERATIONS", "SECURITY")
    _advice(clients, {"c1": "ok", "c2": "warning", "c3": "error", "c4": "not_available"})
    backup = clients("backup")
    backup.create_backup_vault(BackupVaultName="vault", EncryptionKeyArn=_KEY)
    tell(clients, "backup", "ListRecoveryPointsByBackupVault", {"RecoveryPoints": []})
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})
    backup.create_report_plan(
        ReportPlanName="report", ReportDeliveryChannel={"S3BucketName": "reports"},
        ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"},
    )  # fmt: skip
    clients("s3").create_bucket(Bucket="files")
    zone = _zone(clients, "example.com")
    _log_queries(clients, zone)
    _zone(clients, "other.example")
    _zone(clients, "internal.example", VPC={"VPCRegion": REGIONS[0], "VPCId": "vpc-1"})
    address = clients("ec2").allocate_address(Domain="vpc")["PublicIp"]
    _records(
        clients,
        zone,
        www_A=(address, "10.0.0.1"),
        files_CNAME=("files.s3-website-us-east-1.amazonaws.com",),
        old_CNAME=("old.s3-website.eu-west-1.amazonaws.com",),
        app_CNAME=("app.example.net",),
    )
    _domains(clients, example_com=("clientTransferProhibited",), example_org=("ok",), example_de=("ok",))


def neglected(clients: Clients) -> None:
    """Fill an account that nobody looks after: a vault without plans, in another region."""
    _contacts(clients, "BILLING")
    clients("backup", REGIONS[1]).create_backup_vault(BackupVaultName="vault", EncryptionKeyArn=_KEY)
    tell(clients, "backup", "ListRecoveryPointsByBackupVault", {"RecoveryPoints": []}, REGIONS[1])
    tell(clients, "support", "DescribeServices", _NO_PLAN)
    tell(clients, "support", "DescribeTrustedAdvisorChecks", _NO_PLAN)
    _domains(clients)


def planned(clients: Clients) -> None:
    """Fill an account with backup plans and no report on them, and with recovery points."""
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    arn = f"arn:aws:backup:{REGIONS[0]}:{clients.account_id}"
    vaults = [
        {"BackupVaultName": name, "BackupVaultArn": f"{arn}:backup-vault:{name}", "NumberOfRecoveryPoints": points}
        | {"EncryptionKeyArn": _KEY if points else "", "Locked": False}
        for name, points in (("vault", 2), ("empty", 0))
    ]
    points = [
        {
            "RecoveryPointArn": f"{arn}:recovery-point:{name}",
            "BackupVaultName": "vault",
            "IsEncrypted": name == "hidden",
        }
        for name in ("hidden", "plain")
    ]
    clients("backup").create_backup_vault(BackupVaultName="vault", EncryptionKeyArn=_KEY)
    clients("backup").create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})
    tell(clients, "backup", "ListBackupVaults", {"BackupVaultList": vaults})
    tell(clients, "backup", "ListRecoveryPointsByBackupVault", lambda asked: {"RecoveryPoints": points * (
        asked["BackupVaultName"] == "vault"
    )})  # fmt: skip


def bare(_clients: Clients) -> None:
    """Leave an account empty."""


# --- Whoever is prepared ---


def prepared(clients: Clients) -> None:
    """Fill an account that is prepared for incidents in one region, and not in the other."""
    here, there = REGIONS
    account, now = clients.account_id, "2026-01-01T00:00:00Z"
    tell(clients, "drs", "DescribeJobs", {"items": [{"jobID": "j1", "arn": "arn:j1", "status": "COMPLETED"}]}, here)
    tell(clients, "drs", "DescribeJobs", AwsError("UninitializedAccountException", "Not initialized."), there)
    for region in REGIONS:
        volume = clients("ec2", region).create_volume(Size=1, AvailabilityZone=f"{region}a")["VolumeId"]
        clients("ec2", region).create_snapshot(VolumeId=volume)
    policy = {"PolicyId": "p1", "State": "ENABLED", "PolicyType": "EBS_SNAPSHOT_MANAGEMENT", "Tags": {}}
    tell(clients, "dlm", "GetLifecyclePolicies", {"Policies": [policy]}, here)
    tell(clients, "dlm", "GetLifecyclePolicies", {"Policies": [policy | {"State": "DISABLED"}]}, there)
    index = {"Arn": f"arn:aws:resource-explorer-2:{here}:{account}:index/1", "Region": here, "Type": "LOCAL"}
    _incidents(clients, "ACTIVE", [{"arn": "arn:plan", "name": "plan"}])
    for region in REGIONS:
        tell(clients, "resource-explorer-2", "ListIndexes", {"Indexes": [index]}, region)
        tell(clients, "wellarchitected", "ListTagsForResource", {"Tags": {}}, region)
        tell(clients, "wellarchitected", "ListWorkloads", {"WorkloadSummaries": []}, region)
    risks = {"safe": {"NONE": 2}, "open": {"UNANSWERED": 9}, "high": {"HIGH": 1}, "medium": {"MEDIUM": 2, "HIGH": 0}}
    workloads = [
        {
            "WorkloadId": name, "WorkloadArn": f"arn:aws:wellarchitected:{here}:{account}:workload/{name}",
            "WorkloadName": name, "Owner": account, "UpdatedAt": now, "Lenses": [], "RiskCounts": counts,
            "ImprovementStatus": "NOT_STARTED",
        }
        for name, counts in risks.items()
    ]  # fmt: skip
    tell(clients, "wellarchitected", "ListWorkloads", {"WorkloadSummaries": workloads}, here)


def _incidents(clients: Clients, status: str, plans: list[dict[str, str]]) -> None:
    """Have a replication set that extends to one region."""
    here, there = REGIONS
    arn = f"arn:aws:ssm-incidents::{clients.account_id}:replication-set/1"
    made = {"createdBy": "-", "createdTime": 0, "deletionProtected": False, "lastModifiedBy": "-"}
    regions = {there: {"status": "ACTIVE", "statusUpdateDateTime": 0, "sseKmsKeyId": "DefaultKey"}}
    found = {"replicationSet": {"arn": arn, "status": status, "regionMap": regions, "lastModifiedTime": 0, **made}}
    for region in REGIONS:
        tell(clients, "ssm-incidents", "ListReplicationSets", {"replicationSetArns": [arn] if status else []}, region)
        tell(clients, "ssm-incidents", "ListTagsForResource", {"tags": {}}, region)
    tell(clients, "ssm-incidents", "GetReplicationSet", AwsError("ResourceNotFoundException", "-", 404), here)
    tell(clients, "ssm-incidents", "GetReplicationSet", found, there)
    for region, told in ((here, []), (there, plans)):
        tell(clients, "ssm-incidents", "ListResponsePlans", {"responsePlanSummaries": told}, region)


def unprepared(clients: Clients) -> None:
    """Fill an account that is not: nothing is set up, or nothing in it."""
    for region in REGIONS:
        tell(clients, "drs", "DescribeJobs", {"items": []}, region)
        tell(clients, "dlm", "GetLifecyclePolicies", {"Policies": []}, region)
        tell(clients, "resource-explorer-2", "ListIndexes", {"Indexes": []}, region)
        tell(clients, "wellarchitected", "ListWorkloads", {"WorkloadSummaries": []}, region)
    volume = clients("ec2").create_volume(Size=1, AvailabilityZone=f"{REGIONS[0]}a")["VolumeId"]
    clients("ec2").create_snapshot(VolumeId=volume)
    _incidents(clients, "", [])


def planless(clients: Clients) -> None:
    """Fill one with Incident Manager and no response plans."""
    _incidents(clients, "ACTIVE", [])


def failing(clients: Clients) -> None:
    """Fill one in which Incident Manager could not be set up."""
    _incidents(clients, "FAILED", [])


# --- Firewall Manager ---


def _firewalls(clients: Clients, **members: tuple[str, ...]) -> None:
    """Have policies, and how the accounts of the organization stand to each of them."""
    policies = [
        {"PolicyArn": f"arn:aws:fms:us-east-1:{clients.account_id}:policy/{name}", "PolicyId": name.rjust(36, "0")}
        | {"PolicyName": name, "PolicyStatus": "ACTIVE", "SecurityServiceType": "WAFV2", "RemediationEnabled": False}
        | {"ResourceType": "AWS::EC2::VPC", "DeleteUnusedFMManagedResources": False}
        for name in members
    ]

    def standing(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        statuses = members[asked["PolicyId"].lstrip("0")]
        told = [
            {"PolicyId": asked["PolicyId"], "MemberAccount": f"{number:012}"}
            | {"EvaluationResults": [{"ComplianceStatus": status}] if status else []}
            for number, status in enumerate(statuses, start=1)
        ]
        return {"PolicyComplianceStatusList": told}

    for region in REGIONS:
        tell(clients, "fms", "ListPolicies", {"PolicyList": policies if region == REGIONS[0] else []}, region)
    tell(clients, "fms", "ListComplianceStatus", standing)


def complying(clients: Clients) -> None:
    """Fill an administrator's account whose organization keeps to its policies."""
    _firewalls(clients, first=("COMPLIANT", "COMPLIANT"), second=("COMPLIANT",), third=())


def straying(clients: Clients) -> None:
    """Fill one whose organization does not."""
    _firewalls(clients, first=("COMPLIANT", "NON_COMPLIANT"), second=("COMPLIANT",))


def unevaluated(clients: Clients) -> None:
    """Fill one of which that is not known."""
    _firewalls(clients, first=("",))


def unruled(clients: Clients) -> None:
    """Fill one without policies."""
    _firewalls(clients)


def _ruled(clients: Clients) -> None:
    """Have an account that is no administrator's."""
    message = "Operation ListPolicies is only available to AWS Firewall Manager Administrators"
    for region in REGIONS:
        tell(clients, "fms", "ListPolicies", AwsError("AccessDeniedException", message), region)


# --- Shield ---


def _balancer(clients: Clients, name: str, scheme: str = "internet-facing") -> str:
    subnets = [each["SubnetId"] for each in clients("ec2").describe_subnets()["Subnets"]][:2]
    made = clients("elbv2").create_load_balancer(Name=name, Subnets=subnets, Scheme=scheme)
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def _resources(clients: Clients, name: str) -> list[str]:
    """One of each, and their ARNs."""
    address = clients("ec2").allocate_address(Domain="vpc")["AllocationId"]
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    clients("elb").create_load_balancer(
        LoadBalancerName=name, Listeners=[listener], AvailabilityZones=[f"{REGIONS[0]}a"]
    )
    origin = {"Id": "o", "DomainName": "o.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    behavior = {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0}
    behavior["ForwardedValues"] = {"QueryString": False, "Cookies": {"Forward": "none"}}
    distribution = clients("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": name, "Comment": name, "Enabled": True, "DefaultCacheBehavior": behavior,
            "Origins": {"Quantity": 1, "Items": [origin]},
        }
    )["Distribution"]  # fmt: skip
    where = f"{REGIONS[0]}:{clients.account_id}"
    return [
        f"arn:aws:ec2:{where}:eip-allocation/{address}",
        f"arn:aws:elasticloadbalancing:{where}:loadbalancer/{name}",
        str(distribution["ARN"]),
        _balancer(clients, name),
        f"arn:aws:route53:::{_zone(clients, f'{name}.example').removeprefix('/')}",
    ]


def shielded(clients: Clients) -> None:
    """Fill an account with Shield Advanced, which protects some of it."""
    tell(clients, "shield", "GetSubscriptionState", {"SubscriptionState": "ACTIVE"})
    _balancer(clients, "inner", "internal")
    accelerators = [
        {"AcceleratorArn": f"arn:aws:globalaccelerator::{clients.account_id}:accelerator/{name}", "Name": name}
        | {"Enabled": True}
        for name in ("good", "bad")
    ]
    tell(clients, "globalaccelerator", "ListAccelerators", {"Accelerators": accelerators}, "us-west-2")
    protections = [
        {"Id": str(number), "Name": f"p{number}", "ResourceArn": arn, "ProtectionArn": f"arn:aws:shield::1:p/{number}"}
        for number, arn in enumerate([accelerators[0]["AcceleratorArn"], *_resources(clients, "good")])
    ]
    _resources(clients, "bad")
    tell(clients, "shield", "ListProtections", {"Protections": protections})


def unshielded(clients: Clients) -> None:
    """Fill an account without it, which administers no Firewall Manager either: of neither is anything said."""
    _ruled(clients)
    tell(clients, "shield", "GetSubscriptionState", {"SubscriptionState": "INACTIVE"})
    _resources(clients, "any")


_ORGANIZATION: Final[dict[str, Any]] = {
    "services": ("organizations",),
    "config": {"organizations_enabled_regions": ["eu-central-1"]},
}
_ACCOUNT: Final[dict[str, Any]] = {"services": ("account", "backup", "organizations", "route53", "trustedadvisor")}
_PREPARED: Final[dict[str, Any]] = {"services": ("dlm", "drs", "resourceexplorer2", "ssmincidents", "wellarchitected")}
STATES: Final = (
    State("locked", "500000001501", locked, **_ORGANIZATION),
    State("loose", "500000001502", loose, **_ORGANIZATION),
    State("open", "500000001503", open_, **_ORGANIZATION),
    State("unattached", "500000001504", unattached, **_ORGANIZATION),
    State("partial", "500000001505", partial, **_ORGANIZATION),
    State("governed", "500000001506", governed, **_ACCOUNT),
    State("neglected", "500000001507", neglected, **_ACCOUNT),
    State("planned", "500000001508", planned, services=("backup",)),
    State("bare", "500000001509", bare, services=("backup",)),
    State("prepared", "500000001512", prepared, **_PREPARED),
    State("unprepared", "500000001513", unprepared, **_PREPARED),
    State("planless", "500000001514", planless, services=("ssmincidents",)),
    State("failing", "500000001515", failing, services=("ssmincidents",)),
    State("complying", "500000001516", complying, services=("fms",)),
    State("straying", "500000001517", straying, services=("fms",)),
    State("unevaluated", "500000001518", unevaluated, services=("fms",)),
    State("unruled", "500000001519", unruled, services=("fms",)),
    State("shielded", "500000001510", shielded, services=("shield",)),
    State("unshielded", "500000001511", unshielded, services=("fms", "organizations", "shield")),
)
