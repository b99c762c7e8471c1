"""How log groups are judged: who reads them, how long they are kept, and what is in them."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.resource_policies import TrustedIps, closed_to_public
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import is_set_to, naming, pass_if
from aioprowler.services.cloudwatch.resources import LogGroup, LogPolicies, LogSample, LogSecrets


@check(fails="Log group is not encrypted with a key of one's own", severity="medium", categories=["encryption"])
def cloudwatch_log_group_kms_encryption_enabled(group: LogGroup) -> Verdict:
    """Log groups are encrypted with a key of AWS KMS.

    CloudWatch Logs encrypts what it keeps in any case, with keys that are its own. Judged is whether the log group has
    a key of KMS, which the account manages.

    ## Risk
    Who may read a log group reads it: there is no key whose policy, and whose use in CloudTrail, is a second control,
    and none that can be taken away.

    ## Remediation
    Give the log group a key whose policy lets CloudWatch Logs use it. It holds for what comes in from then on: `aws
    logs associate-kms-key --region <region> --log-group-name <log-group> --kms-key-id <your-kms-key-arn>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    if group.kms_key_id:
        return Pass(f"{group.label} is encrypted with the KMS key {group.kms_key_id}.")
    return Fail(f"{group.label} is not encrypted with a KMS key.")


@check(
    fails="Log group is open to everybody by a resource policy",
    severity="high",
    categories=["identity-access", "internet-exposed"],
)
def cloudwatch_log_group_not_publicly_accessible(
    group: LogGroup, policies: LogPolicies, *, trusted_ips: TrustedIps = ()
) -> Verdict:
    """Log groups are not open to everybody by a resource policy of CloudWatch Logs.

    All resource policies of the region are read together, of which one may name many log groups, or all. Those that let
    AWS services write are not public, nor are those whose conditions tie them to an account, an organization, a VPC or
    trusted addresses.

    ## Risk
    Anybody with an AWS account reads what the logs tell of systems and users, or writes into them what covers his
    tracks.

    ## Remediation
    Put the policy anew for the principals that need it, or delete it: `aws logs delete-resource-policy --region
    <region> --policy-name <your-policy>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
    """
    verdict = closed_to_public(group.label, policies.of(group), trusted_ips=trusted_ips)
    if not isinstance(verdict, Fail):
        return verdict
    alone = {name: closed_to_public(name, it, trusted_ips=trusted_ips) for name, it in policies.by_name(group).items()}
    return naming(verdict, *({"policy": name} for name, each in alone.items() if isinstance(each, Fail)))


@check(
    fails="Log group does not keep its events long enough",
    severity="medium",
    categories=["forensics-ready", "logging"],
    resource_type="AwsLogsLogGroup",
)
def cloudwatch_log_group_retention_policy_specific_days_enabled(
    group: LogGroup,
    *,
    log_group_retention_days: Annotated[int, "Days for which log groups are to keep their events at least."] = 365,
) -> Verdict:
    """Log groups keep their events for a year.

    Log groups that keep events for ever do as well. Those of the class DELIVERY keep them for one day, whatever is set.

    ## Risk
    When an intrusion is found, which may be months later, the events that tell how it began have expired.

    ## Remediation
    Keep them for longer: `aws logs put-retention-policy --region <region> --log-group-name <log-group>
    --retention-in-days 365`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html#SettingLogRetention
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    if group.retention is None:
        return Pass(f"{group.label} keeps its events for ever.")
    told = f"{group.label} keeps its events for {group.retention} days"
    wanted = log_group_retention_days
    return pass_if(group.retention >= wanted, f"{told}.", f"{told}, and not for {wanted}.")


AGENTCORE: Final = ["/aws/bedrock-agentcore/", "/aws/vendedlogs/bedrock-agentcore/"]


@check(
    fails="Log group of Bedrock AgentCore does not mask sensitive data",
    severity="medium",
    categories=["gen-ai", "logging"],
)
def cloudwatch_log_group_agentcore_data_protection_policy_enabled(
    group: LogGroup,
    *,
    agentcore_log_group_name_prefixes: Annotated[
        list[str], "How the names of log groups begin in which agents of Bedrock AgentCore write."
    ] = AGENTCORE,
) -> Verdict | None:
    """Log groups of Bedrock AgentCore have a data protection policy in force.

    Agents log prompts, the arguments of tools, and what they looked up. Judged are log groups with the names that
    AgentCore gives them, or with those of the configuration. A policy of the log group's own counts, and so does that
    of the account, which log groups inherit.

    ## Risk
    Names, addresses and credentials that users tell an agent are there for everybody who may read logs.

    ## Remediation
    Put a policy that says which data are masked: `aws logs put-data-protection-policy --region <region>
    --log-group-identifier <log-group> --policy-document file://<your-policy>.json`. For all log groups at once
    put an account policy of the type DATA_PROTECTION_POLICY.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html
    """
    if not group.name.startswith(tuple(agentcore_log_group_name_prefixes)):
        return None
    if "ACCOUNT_DATA_PROTECTION" in group.inherited_properties:
        return Pass(f"{group.label} has the account's data protection policy.")
    if group.data_protection_status is None:
        return Fail(f"{group.label} has no data protection policy.")
    return is_set_to(
        group.label,
        "a data protection policy in the state",
        group.data_protection_status,
        good=["ACTIVATED"],
        bad=["DELETED", "ARCHIVED", "DISABLED"],
    )


@check(fails="Log group may hold secrets", severity="medium", categories=["secrets"])
def cloudwatch_log_group_no_secrets_in_logs(
    group: LogGroup, sample: LogSample | None, secrets: LogSecrets | None
) -> Verdict | None:
    """Log groups hold no secrets.

    Looked into are up to 1,000 events of the last day, or where there are none the first ones that are kept, up to
    262,144 characters of each log group. What was found is told by log stream and line among these events. Of each
    region the newest log groups are looked into, as many as `max_cloudwatch_log_groups_for_secrets` says; the coverage
    tells how many others there are.

    ## Risk
    Logs are read by many, kept for long and sent on. Whoever reads a password or a token there can use it.

    ## Remediation
    Change the credential, for it has been read, and take it out of what the application logs. Events cannot be deleted
    one by one, but a whole stream can: `aws logs delete-log-stream --region <region> --log-group-name <log-group>
    --log-stream-name <your-log-stream>`. A data protection policy masks credentials from then on.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
    """
    if sample is None or secrets is None:
        return None
    return no_secrets(f"What was read of {group.label} ({len(sample.messages)} events)", secrets)
