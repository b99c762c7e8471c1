"""How detectors are judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from aioprowler import Fail, Failure, Here, Manual, Pass, Region, Snippets, Verdict, check
from aioprowler.judging.delegation import administered, untold
from aioprowler.judging.verdicts import about, enabled, has_no, is_, is_set_to, switched, told, worst
from aioprowler.services.guardduty.resources import (
    MOST,
    Administration,
    Detector,
    GraveFindings,
    ListedDetector,
    OrganizationAdmins,
    OrganizationConfiguration,
)

region_check = partial(
    check,
    severity="high",
    categories=["forensics-ready"],
    about=Detector,
    resource_id="detector/unknown",
    resource_arn="arn:{partition}:guardduty:{region}:{account_id}:detector/unknown",
)
"""Of regions, of which some have no detector that could be named."""


def is_looking(detector: Detector) -> Verdict:
    """Whether a detector does what it is for."""
    if detector.is_suspended:
        return Fail(f"{detector.label} is suspended: it finds nothing.")
    return enabled(detector.label, "threat detection", detector.status)


@region_check(fails="GuardDuty is not enabled in the region, or suspended")
def guardduty_is_enabled(region: Region, detectors: Here[Detector]) -> Iterator[Verdict]:
    """GuardDuty is enabled in every region.

    A region without a detector fails, and so does a suspended detector. Regions in which nothing runs are judged as
    well: whoever has stolen credentials uses those that nobody watches.

    ## Risk
    Stolen credentials, malware and traffic to known attackers are noticed by nobody until the bill or the press tells.

    ## Remediation
    In each region: `aws guardduty create-detector --region <region> --enable`. A suspended detector is resumed with
    `aws guardduty update-detector --region <region> --detector-id <your-detector> --enable`.

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html
    """
    for detector in detectors:
        yield about(is_looking(detector), resource=detector)
    if not detectors:
        yield Fail(f"GuardDuty is not enabled in {region.name}.")


# --- Protection plans ---

S3: Final = "S3_DATA_EVENTS"
EKS_AUDIT: Final = "EKS_AUDIT_LOGS"
EKS_RUNTIME: Final = "EKS_RUNTIME_MONITORING"
RUNTIME: Final = "RUNTIME_MONITORING"
MALWARE: Final = "EBS_MALWARE_PROTECTION"
RDS: Final = "RDS_LOGIN_EVENTS"
LAMBDA: Final = "LAMBDA_NETWORK_LOGS"
AI: Final = "AI_PROTECTION"


def page(feature: str) -> Snippets:
    """The code that turns a protection plan on, which is alike for all."""
    return Snippets("guardduty_feature", {"feature": feature})


def has_plan(detector: Detector, plan: str, feature: str) -> Verdict:
    """Whether a protection plan is on; MANUAL where AWS tells nothing of it, as in regions that do not have it."""
    found = detector.feature(feature)
    if found is None:
        return Manual(f"{detector.label} tells nothing of {plan}: see whether {detector.region} has it.")
    return enabled(detector.label, plan, told(found.status, f"the status of {feature}"))


def suspended(detector: Detector, plan: str) -> Manual:
    """The verdict on a plan that has to wait for the detector."""
    return Manual(f"{detector.label} is suspended: whether it has {plan} matters once it looks again.")


@check(fails="GuardDuty detector does not have S3 Protection", severity="high", snippets=page(S3))
def guardduty_s3_protection_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors watch data events of S3.

    S3 Protection reads what is done with objects, of all buckets, without a trail of one's own. Suspended detectors are
    not judged.

    ## Risk
    Somebody who reads or deletes all objects with stolen credentials leaves traces only in events that nobody looks at.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=S3_DATA_EVENTS,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/s3-protection.html
    """
    return None if detector.is_suspended else has_plan(detector, "S3 Protection", S3)


@check(
    fails="GuardDuty detector does not have EKS audit log monitoring",
    severity="high",
    categories=["cluster-security"],
    snippets=page(EKS_AUDIT),
)
def guardduty_eks_audit_log_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors watch the audit logs of EKS clusters.

    GuardDuty reads them from the control plane, whether or not a cluster sends them to CloudWatch. Suspended detectors
    are not judged.

    ## Risk
    Anonymous access to a cluster, privileged containers and stolen service accounts are noticed by nobody.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=EKS_AUDIT_LOGS,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/kubernetes-protection.html
    """
    return None if detector.is_suspended else has_plan(detector, "EKS audit log monitoring", EKS_AUDIT)


@check(
    fails="GuardDuty detector does not have malware protection for EC2",
    severity="high",
    snippets=page(MALWARE),
)
def guardduty_ec2_malware_protection_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors scan the volumes of suspicious EC2 instances for malware.

    Judged is the scan that GuardDuty starts by itself once it has found something about an instance or the containers
    on it. Suspended detectors are not judged.

    ## Risk
    It is known that an instance behaves oddly, and not that a miner or a back door on its disk is the cause.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=EBS_MALWARE_PROTECTION,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection.html
    """
    return None if detector.is_suspended else has_plan(detector, "malware protection for EC2", MALWARE)


@check(fails="GuardDuty detector does not have RDS Protection", severity="high", snippets=page(RDS))
def guardduty_rds_protection_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors watch logins to databases.

    RDS Protection learns which logins to supported Aurora and RDS databases are usual. Suspended detectors are not
    judged.

    ## Risk
    Passwords of databases are guessed, or used from odd places, and nobody notices.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=RDS_LOGIN_EVENTS,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/rds-protection.html
    """
    return None if detector.is_suspended else has_plan(detector, "RDS Protection", RDS)


@check(fails="GuardDuty detector does not have Lambda Protection", severity="high", snippets=page(LAMBDA))
def guardduty_lambda_protection_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors watch the network traffic of Lambda functions.

    Lambda Protection reads flow logs of all functions, in a VPC or not. Suspended detectors are not judged.

    ## Risk
    A function with a poisoned dependency mines, or sends data to whoever poisoned it, and nobody notices.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=LAMBDA_NETWORK_LOGS,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection.html
    """
    return None if detector.is_suspended else has_plan(detector, "Lambda Protection", LAMBDA)


@check(fails="GuardDuty detector does not have AI Protection", severity="high", snippets=page(AI))
def guardduty_ai_protection_enabled(detector: Detector) -> Verdict:
    """GuardDuty detectors watch what is done with AI services.

    AI Protection reads data events of Bedrock, Bedrock AgentCore and SageMaker AI. Where AWS tells nothing of it, the
    region may not have it, and where the detector is suspended, it waits for the detector: both are MANUAL.

    ## Risk
    Stolen credentials run models at somebody else's expense, or read what was said to them, and nobody notices.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    Name=AI_PROTECTION,Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/what-is-guardduty.html
    """
    plan = "AI Protection"
    return suspended(detector, plan) if detector.is_suspended else has_plan(detector, plan, AI)


@check(fails="GuardDuty detector does not watch the inside of EKS nodes and containers", severity="medium")
def guardduty_eks_runtime_monitoring_enabled(detector: Detector) -> Verdict | None:
    """GuardDuty detectors watch what runs on EKS nodes and in their containers.

    Runtime Monitoring has taken the place of EKS Runtime Monitoring, and AWS refuses both together: either counts.
    Suspended detectors are not judged.

    ## Risk
    An attacker inside a container, who starts a shell or breaks out to the node, is seen by nobody.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    '[{"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": [{"Name": "EKS_ADDON_MANAGEMENT",
    "Status": "ENABLED"}]}]'`

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html
    """
    if detector.is_suspended:
        return None
    older = detector.feature(EKS_RUNTIME)
    is_older_on = older is not None and switched(older.status or "")
    return has_plan(detector, "EKS Runtime Monitoring", EKS_RUNTIME if is_older_on else RUNTIME)


@check(
    fails="GuardDuty detector does not have Runtime Monitoring of EC2, ECS and EKS",
    severity="high",
)
def guardduty_runtime_monitoring_enabled(detector: Detector) -> Verdict:
    """GuardDuty detectors watch what runs on EC2 instances, in ECS tasks on Fargate and in EKS.

    The older EKS Runtime Monitoring is not enough: it knows nothing of EC2 and ECS. Whether GuardDuty installs its
    agents by itself is told, and not judged, for they may be installed otherwise. Where AWS tells nothing of the plan,
    and where the detector is suspended, the verdict is MANUAL.

    ## Risk
    Whoever has got into an instance or a container works there unseen: GuardDuty sees the traffic and no processes.

    ## Remediation
    `aws guardduty update-detector --region <region> --detector-id <detector-id> --features
    '[{"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": [{"Name": "EKS_ADDON_MANAGEMENT",
    "Status": "ENABLED"}, {"Name": "ECS_FARGATE_AGENT_MANAGEMENT", "Status": "ENABLED"}, {"Name":
    "EC2_AGENT_MANAGEMENT", "Status": "ENABLED"}]}]'`. EKS Runtime Monitoring is turned off in the same call.

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html
    """
    plan = "Runtime Monitoring"
    if detector.is_suspended:
        return suspended(detector, plan)
    older = detector.feature(EKS_RUNTIME)
    verdict = has_plan(detector, plan, RUNTIME)
    if not isinstance(verdict, Pass) and older and switched(older.status or ""):
        return Fail(f"{detector.label} has EKS Runtime Monitoring alone, which knows nothing of EC2 and ECS.")
    return Pass(f"{verdict.detail} {agents(detector)}") if isinstance(verdict, Pass) else verdict


AGENTS: Final = {
    "EC2_AGENT_MANAGEMENT": "EC2",
    "ECS_FARGATE_AGENT_MANAGEMENT": "ECS on Fargate",
    "EKS_ADDON_MANAGEMENT": "EKS",
}


def agents(detector: Detector) -> str:
    """Where GuardDuty puts its agents by itself, in a sentence."""
    feature = detector.feature(RUNTIME)
    configured = feature.additional_configuration if feature else ()
    managed = [AGENTS.get(each.name, each.name) for each in configured if switched(each.status or "")]
    return f"It installs its agents by itself on {', '.join(managed) or 'nothing'}."


# --- What was found ---


@check(fails="GuardDuty has findings of high or critical severity", severity="high")
def guardduty_no_high_severity_findings(detector: ListedDetector, findings: GraveFindings) -> Verdict:
    """GuardDuty detectors have no findings of high or critical severity that nobody has dealt with.

    Findings that were archived have been dealt with. Suspended detectors keep theirs. The detector of an administrator
    has those of its members as well.

    ## Risk
    An attack is under way, or has been: GuardDuty calls high what shows that something is in other hands already.

    ## Remediation
    Follow AWS's advice for each: `aws guardduty list-findings --region <region> --detector-id <detector-id>
    --finding-criteria '{"Criterion": {"severity": {"GreaterThanOrEqual": 7}, "service.archived": {"Eq": ["false"]}}}'`.
    Then archive it.

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html
    """
    number = f"{findings.number}{' or more' if findings.number >= MOST else ''} " if findings.number else ""
    return has_no(detector.label, f"{number}findings of high or critical severity", bool(findings.number))


# --- Who administers ---


@check(fails="GuardDuty detector is not administered together with those of other accounts", severity="medium")
def guardduty_centrally_managed(detector: ListedDetector, administration: Administration) -> Verdict:
    """GuardDuty detectors are administered in one account.

    A detector counts if another account administers it, or if it administers a member itself. Invitations that nobody
    has accepted, and accounts that have left, do not.

    ## Risk
    Each account's findings are seen in that account alone, whose owners can turn GuardDuty off.

    ## Remediation
    From the organization's management account, in each region: `aws guardduty enable-organization-admin-account
    --region <region> --admin-account-id <your-security-account>`.

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_accounts.html
    """
    if administration.administrator:
        return Pass(f"{detector.label} is administered by account {administration.administrator}.")
    if administration.has_members:
        return Pass(f"{detector.label} administers those of other accounts.")
    return Fail(f"{detector.label} is administered by no other account, and administers none.")


@region_check(fails="GuardDuty is not enabled for the whole organization by a delegated administrator")
def guardduty_delegated_admin_enabled_all_regions(
    region: Region,
    detectors: Here[Detector],
    admins: OrganizationAdmins | Failure,
    configuration: OrganizationConfiguration | Failure | None,
) -> Iterator[Verdict]:
    """GuardDuty has a delegated administrator in every region, is enabled, and is in accounts that join.

    AWS tells the organization's management account alone who the administrator is, and the administrator alone whether
    GuardDuty is enabled in accounts that join the organization. In other accounts the verdict is MANUAL, unless
    GuardDuty is off.

    ## Risk
    New accounts, and regions that nobody thought of, are watched by nobody.

    ## Remediation
    From the management account, in each region: `aws guardduty enable-organization-admin-account --region <region>
    --admin-account-id <your-security-account>`. From that account: `aws guardduty update-organization-configuration
    --region <region> --detector-id <your-detector> --auto-enable-organization-members ALL`.

    ## References
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html
    """
    label = f"GuardDuty in {region.name}"
    who = administered(label, admins if isinstance(admins, Failure) else admins.statuses)
    for detector in detectors:
        yield about(worst([who, is_looking(detector), joins(label, configuration)]), resource=detector)
    if not detectors:
        yield worst([who, is_(label, "enabled", False)])


def joins(label: str, configuration: OrganizationConfiguration | Failure | None) -> Verdict:
    """Whether accounts that join the organization have GuardDuty at once."""
    if isinstance(configuration, Failure):
        return untold("whether accounts that join the organization have GuardDuty", configuration)
    joining = told(configuration, "how the organization is configured").joining
    return is_set_to(label, "automatic enablement of members", joining, good=("NEW", "ALL"), bad=("NONE",))
