"""Whether somebody has done of late what attackers do: many different things out of few."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator

from aioprowler import Account, Fail, Pass, Verdict, check, known
from aioprowler.judging.verdicts import about
from aioprowler.services.cloudtrail.activity import (
    ENUMERATION,
    LLM_JACKING,
    MINUTES,
    PRIVILEGE_ESCALATION,
    Actions,
    Activity,
    Minutes,
    Threshold,
)
from aioprowler.services.cloudtrail.checks.account import DEFAULT_TRAIL_ARN


def shows_no(
    threat: str,
    account: Account,
    activity: Activity,
    since: datetime.datetime,
    watched: Collection[str],
    threshold: float,
) -> Iterator[Verdict]:
    """FAIL for each identity that caused more than that share of the watched events; PASS where none did, in all that
    there is to read.
    """
    names = frozenset(watched)
    most = len(names) * threshold
    suspects = {identity: count for identity, count in activity.caused(names, since).items() if count > most}
    for identity, count in suspects.items():
        told = f"{identity.type} {identity.arn} caused {count} of the {len(names)} events that {threat} consists of"
        name = identity.arn.rpartition("/")[2]
        yield about(Fail(f"{told}, more than {threshold:.0%}."), name, identity.arn, suspect=name)
    if not suspects:
        known(activity.gap)
        yield Pass(f"No identity in account {account.id} caused more than {threshold:.0%} of the events of {threat}.")


@check(
    fails="An identity has looked around in the account as attackers do",
    severity="critical",
    categories=["threat-detection"],
    resource_type="AwsCloudTrailTrail",
    resource_group="monitoring",
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_threat_detection_enumeration(
    account: Account,
    activity: Activity,
    now: datetime.datetime,
    *,
    threat_detection_enumeration_threshold: Threshold = 0.3,
    threat_detection_enumeration_minutes: Minutes = MINUTES,
    threat_detection_enumeration_actions: Actions = ENUMERATION,
) -> Iterator[Verdict]:
    """Nobody looks around in the account as attackers do.

    Of the actions that list and describe what there is, each identity's different ones of the last minutes are counted
    over all regions, by CloudTrail's event history. The history is read from the newest event on, as far as
    `threat_detection_max_lookups` allows; where it goes further back and nobody stands out, a person must look. What
    AWS's services do on their own is not counted. An auditor, such as this scanner, looks around as well: mute it.

    ## Risk
    Looking around is what follows the theft of credentials, and comes before everything else.

    ## Remediation
    Find out who it was: `aws cloudtrail lookup-events --region <region> --lookup-attributes
    AttributeKey=Username,AttributeValue=<your-suspect>`. If nobody can explain it, take the identity's permissions,
    revoke its sessions, and deactivate its keys.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """
    since = now - datetime.timedelta(minutes=threat_detection_enumeration_minutes)
    watched, threshold = threat_detection_enumeration_actions, threat_detection_enumeration_threshold
    yield from shows_no("enumeration", account, activity, since, watched, threshold)


@check(
    fails="An identity has used language models as those do who have somebody else pay",
    severity="critical",
    categories=["gen-ai", "threat-detection"],
    resource_type="AwsCloudTrailTrail",
    resource_group="monitoring",
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_threat_detection_llm_jacking(
    account: Account,
    activity: Activity,
    now: datetime.datetime,
    *,
    threat_detection_llm_jacking_threshold: Threshold = 0.4,
    threat_detection_llm_jacking_minutes: Minutes = MINUTES,
    threat_detection_llm_jacking_actions: Actions = LLM_JACKING,
) -> Iterator[Verdict]:
    """Nobody uses language models at the account's expense.

    Of the actions of Bedrock by which models are found, unlocked and called, each identity's different ones of the last
    minutes are counted over all regions, by CloudTrail's event history. The history is read from the newest event on,
    as far as `threat_detection_max_lookups` allows; where it goes further back and nobody stands out, a person must
    look. What AWS's services do on their own is not counted.

    ## Risk
    Stolen credentials are sold to those who want to use models; the bill can be tens of thousands of dollars a day.

    ## Remediation
    Find out who it was: `aws cloudtrail lookup-events --region <region> --lookup-attributes
    AttributeKey=Username,AttributeValue=<your-suspect>`. If nobody can explain it, take the identity's permissions,
    revoke its sessions, and deactivate its keys.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """
    since = now - datetime.timedelta(minutes=threat_detection_llm_jacking_minutes)
    watched, threshold = threat_detection_llm_jacking_actions, threat_detection_llm_jacking_threshold
    yield from shows_no("LLM jacking", account, activity, since, watched, threshold)


@check(
    fails="An identity has tried to gain rights as attackers do",
    severity="critical",
    categories=["threat-detection"],
    resource_type="AwsCloudTrailTrail",
    resource_group="monitoring",
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_threat_detection_privilege_escalation(
    account: Account,
    activity: Activity,
    now: datetime.datetime,
    *,
    threat_detection_privilege_escalation_threshold: Threshold = 0.2,
    threat_detection_privilege_escalation_minutes: Minutes = MINUTES,
    threat_detection_privilege_escalation_actions: Actions = PRIVILEGE_ESCALATION,
) -> Iterator[Verdict]:
    """Nobody tries one way after the other to gain rights.

    Of the actions by which rights can be gained, each identity's different ones of the last minutes are counted over
    all regions, by CloudTrail's event history. The history is read from the newest event on, as far as
    `threat_detection_max_lookups` allows; where it goes further back and nobody stands out, a person must look. What
    AWS's services do on their own is not counted.

    ## Risk
    Whoever finds a way becomes administrator of the account.

    ## Remediation
    Find out who it was: `aws cloudtrail lookup-events --region <region> --lookup-attributes
    AttributeKey=Username,AttributeValue=<your-suspect>`. If nobody can explain it, take the identity's permissions,
    revoke its sessions, and undo what it did.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """
    since = now - datetime.timedelta(minutes=threat_detection_privilege_escalation_minutes)
    watched = threat_detection_privilege_escalation_actions
    threshold = threat_detection_privilege_escalation_threshold
    yield from shows_no("privilege escalation", account, activity, since, watched, threshold)
