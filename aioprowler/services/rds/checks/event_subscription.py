"""How event subscriptions are judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from aioprowler import All, Fail, Here, Manual, Pass, Region, Verdict, check
from aioprowler.judging.verdicts import about, unknown
from aioprowler.services.rds.resources import DBCluster, DBInstance, EventSubscription

event_check = partial(
    check,
    categories=["logging"],
    about=EventSubscription,
    resource_arn="arn:{partition}:rds:{region}:{account_id}:account",
)


TELLING = ("active", "modifying")
SILENT = ("creating", "no-permission", "topic-not-exist")
"""States of a subscription; those in which nobody is told of its events
(https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_EventSubscription.html)."""


def covers_events(
    region: Region,
    subscriptions: tuple[EventSubscription, ...],
    source_type: str,
    wanted: set[str],
    sources: set[str],
) -> Iterator[Verdict]:
    """One verdict about each subscription to the kind of source, by what all of them cover; if there is none, one about
    the region. `sources` are the names of all that there are in it.
    """
    events = f"{source_type} events ({', '.join(sorted(wanted))})"
    matching = [each for each in subscriptions if each.enabled and each.source_type in (source_type, "")]
    telling = [each for each in matching if each.status in TELLING]
    if not left_out(telling, wanted, sources):
        for each in telling:
            if any(map(each.covers, wanted)):
                alone = not left_out([each], wanted, sources)
                yield Pass(f"{each.label} covers {events}{'.' if alone else ', together with others.'}", resource=each)
        return
    for each in matching:
        yield about(_falls_short(each, source_type, wanted, sources), resource=each)
    if not matching:
        yield Fail(f"Region {region.name} has no RDS event subscription for {events}, which reach nobody.")


def left_out(subscriptions: list[EventSubscription], wanted: set[str], sources: set[str]) -> set[str]:
    """The categories of which the subscriptions do not tell all events: those of each source."""
    return {category for category in wanted if not _cover(subscriptions, category, sources)}


def _cover(subscriptions: list[EventSubscription], category: str, sources: set[str]) -> bool:
    covering = [each for each in subscriptions if each.covers(category)]
    named = {name for each in covering for name in each.source_ids}
    return not all(each.source_ids for each in covering) or (bool(sources) and sources <= named)


def _falls_short(each: EventSubscription, source_type: str, wanted: set[str], sources: set[str]) -> Fail | Manual:
    """Why the subscription is not enough."""
    if each.status in SILENT:
        return Fail(f"{each.label} tells nobody of {source_type} events: its status is {each.status}.")
    if each.status not in TELLING:
        return unknown(each.label, "the status", each.status)
    missing = sorted(category for category in wanted if not each.covers(category))
    if missing:
        return Fail(f"{each.label} leaves out {', '.join(missing)} of {source_type} events.")
    others = ", ".join(sorted(sources.difference(each.source_ids))) or "others"
    return Fail(f"{each.label} is about {', '.join(each.source_ids)} alone, and leaves out {others}.")


@event_check(
    fails="RDS event subscription for cluster maintenance and failures is missing or incomplete", severity="medium"
)
def rds_cluster_critical_event_subscription(
    region: Region,
    subscriptions: Here[EventSubscription],
    clusters: All[DBCluster],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody about maintenance and failures of clusters.

    Enabled event subscriptions together must send at least the categories `maintenance` and `failure` of every cluster
    to SNS topics that are there and take them. Accounts without clusters are not judged.

    ## Risk
    A failed failover or a forced maintenance goes unnoticed until users report that the database is down.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name clusters --sns-topic-arn
    <your-topic> --source-type db-cluster --event-categories maintenance failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.html
    """
    if clusters or scan_unused_services:
        here = {cluster.name for cluster in clusters if cluster.region == region.name}
        yield from covers_events(region, subscriptions, "db-cluster", {"maintenance", "failure"}, here)


@event_check(
    fails="RDS event subscription for instance maintenance, changes and failures is missing or incomplete",
    severity="medium",
)
def rds_instance_critical_event_subscription(
    region: Region,
    subscriptions: Here[EventSubscription],
    instances: All[DBInstance],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody about maintenance, configuration changes and failures of instances.

    Enabled event subscriptions together must send at least the categories `maintenance`, `configuration change` and
    `failure` of every instance to SNS topics that are there and take them. Accounts without instances are not judged.

    ## Risk
    Nobody notices that an instance was reconfigured by an intruder, fails, or is about to be restarted.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name instances --sns-topic-arn
    <your-topic> --source-type db-instance --event-categories maintenance "configuration change" failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.html
    """
    if instances or scan_unused_services:
        here = {instance.name for instance in instances if instance.region == region.name}
        wanted = {"maintenance", "configuration change", "failure"}
        yield from covers_events(region, subscriptions, "db-instance", wanted, here)


@event_check(fails="RDS event subscription for parameter group changes is missing or incomplete", severity="low")
def rds_instance_event_subscription_parameter_groups(
    region: Region,
    subscriptions: Here[EventSubscription],
    instances: All[DBInstance],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody when a parameter group changes.

    Enabled event subscriptions together must send the category `configuration change` of every parameter group of an
    instance to SNS topics that are there and take it. Accounts without instances are not judged.

    ## Risk
    A parameter turns auditing or enforced TLS off for every instance of its group, and nobody hears of it.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name parameter-groups
    --sns-topic-arn <your-topic> --source-type db-parameter-group --event-categories "configuration change"`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
    """
    if instances or scan_unused_services:
        here = [instance for instance in instances if instance.region == region.name]
        groups = {group.name for instance in here for group in instance.parameter_groups}
        yield from covers_events(region, subscriptions, "db-parameter-group", {"configuration change"}, groups)


@event_check(fails="RDS event subscription for database security groups is missing or incomplete", severity="medium")
def rds_instance_event_subscription_security_groups(
    region: Region,
    subscriptions: Here[EventSubscription],
    instances: All[DBInstance],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody about changes and failures of database security groups.

    Enabled event subscriptions together must send at least the categories `configuration change` and `failure` of all
    database security groups to SNS topics that are there and take them. Accounts without instances are not judged.

    ## Risk
    A security group that starts to admit a stranger's addresses opens its databases without anybody being told.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name security-groups
    --sns-topic-arn <your-topic> --source-type db-security-group --event-categories "configuration change" failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
    """
    if instances or scan_unused_services:
        yield from covers_events(region, subscriptions, "db-security-group", {"configuration change", "failure"}, set())
