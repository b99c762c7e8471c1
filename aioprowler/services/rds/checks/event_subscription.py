"""How event subscriptions are judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from aioprowler import All, Fail, Here, Pass, Region, Verdict, check
from aioprowler.services.rds.resources import DBCluster, DBInstance, EventSubscription

event_check = partial(
    check,
    categories=["logging"],
    about=EventSubscription,
    resource_arn="arn:{partition}:rds:{region}:{account_id}:account",
)


def covers_events(
    region: Region, subscriptions: tuple[EventSubscription, ...], source_type: str, wanted: set[str]
) -> Iterator[Verdict]:
    """One verdict about each subscription to the kind of source; if there are others or none, one about the region."""
    events = f"{source_type} events ({', '.join(sorted(wanted))})"
    matching = [each for each in subscriptions if each.enabled and each.source_type in (source_type, "")]
    for each in matching:
        missing = wanted.difference(each.event_categories_list) if each.event_categories_list else set()
        if missing:
            text = f"{each.label} leaves out {', '.join(sorted(missing))} of {source_type} events."
            yield Fail(text, resource=each)
        else:
            text = f"{each.label} covers {events}."
            yield Pass(text, resource=each)
    if not subscriptions:
        yield Fail(f"Region {region.name} has no RDS event subscription, so {events} reach nobody.")
    elif len(matching) < len(subscriptions):
        yield Fail(f"Region {region.name} has RDS event subscriptions that do not cover {events}.")


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

    An enabled event subscription must send at least the categories `maintenance` and `failure` of clusters to an SNS
    topic. Accounts without clusters are not judged.

    ## Risk
    A failed failover or a forced maintenance goes unnoticed until users report that the database is down.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name clusters --sns-topic-arn
    <your-topic> --source-type db-cluster --event-categories maintenance failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.html
    """
    if clusters or scan_unused_services:
        yield from covers_events(region, subscriptions, "db-cluster", {"maintenance", "failure"})


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

    An enabled event subscription must send at least the categories `maintenance`, `configuration change` and `failure`
    of instances to an SNS topic. Accounts without instances are not judged.

    ## Risk
    Nobody notices that an instance was reconfigured by an intruder, fails, or is about to be restarted.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name instances --sns-topic-arn
    <your-topic> --source-type db-instance --event-categories maintenance "configuration change" failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.html
    """
    if instances or scan_unused_services:
        yield from covers_events(
            region, subscriptions, "db-instance", {"maintenance", "configuration change", "failure"}
        )


@event_check(fails="RDS event subscription for parameter group changes is missing or incomplete", severity="low")
def rds_instance_event_subscription_parameter_groups(
    region: Region,
    subscriptions: Here[EventSubscription],
    instances: All[DBInstance],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody when a parameter group changes.

    An enabled event subscription must send the category `configuration change` of parameter groups to an SNS topic.
    Accounts without instances are not judged.

    ## Risk
    A parameter turns auditing or enforced TLS off for every instance of its group, and nobody hears of it.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name parameter-groups
    --sns-topic-arn <your-topic> --source-type db-parameter-group --event-categories "configuration change"`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
    """
    if instances or scan_unused_services:
        yield from covers_events(region, subscriptions, "db-parameter-group", {"configuration change"})


@event_check(fails="RDS event subscription for database security groups is missing or incomplete", severity="medium")
def rds_instance_event_subscription_security_groups(
    region: Region,
    subscriptions: Here[EventSubscription],
    instances: All[DBInstance],
    *,
    scan_unused_services: bool = False,
) -> Iterator[Verdict]:
    """RDS tells somebody about changes and failures of database security groups.

    An enabled event subscription must send at least the categories `configuration change` and `failure` of database
    security groups to an SNS topic. Accounts without instances are not judged.

    ## Risk
    A security group that starts to admit a stranger's addresses opens its databases without anybody being told.

    ## Remediation
    In each region: `aws rds create-event-subscription --region <region> --subscription-name security-groups
    --sns-topic-arn <your-topic> --source-type db-security-group --event-categories "configuration change" failure`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
    """
    if instances or scan_unused_services:
        yield from covers_events(region, subscriptions, "db-security-group", {"configuration change", "failure"})
