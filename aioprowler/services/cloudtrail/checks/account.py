"""Whether the trails of an account, together, record what happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aioprowler import Account, All, Fail, Failure, Here, Pass, Region, Verdict, check, known
from aioprowler.judging.verdicts import about
from aioprowler.services.cloudtrail.resources import Recorders, Trail, Trails
from aioprowler.services.cloudtrail.selectors import Access, Selectors
from aioprowler.services.s3.resources import Bucket

TRAIL_ARN: Final = "arn:{partition}:cloudtrail:{region}:{account_id}:trail"
DEFAULT_TRAIL_ARN: Final = "arn:{partition}:cloudtrail:{default_region}:{account_id}:trail"


@check(
    fails="No trail logs the region",
    severity="high",
    categories=["forensics-ready", "logging"],
    about=Trail,
    resource_arn=TRAIL_ARN,
)
def cloudtrail_multi_region_enabled(region: Region, trails: Trails, there: Here[Trail] | Failure) -> Verdict:
    """Every region is logged by a trail.

    A trail of the region itself counts, a multi-region trail of another one, and the organization's. It must log at the
    moment.

    ## Risk
    What happens in the region is known for 90 days at most, and nobody is told of it; attackers look for such regions.

    ## Remediation
    Create one trail for all regions, and start it: `aws cloudtrail create-trail --region <region> --name <your-trail>
    --s3-bucket-name <your-bucket> --is-multi-region-trail`, then `aws cloudtrail start-logging --region <region> --name
    <your-trail>`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
    """
    found = trails.of_region(region.name, there)
    for each in found.seen:
        if each.is_logging is True:
            return about(Pass(f"{each.trail.label} logs {region.name}."), each.trail.name, each.trail.arn)
    for each in found.seen:
        known(each.is_logging)
    known(found.gap)
    return Fail(f"No trail logs {region.name}.")


@check(
    fails="No trail logs all management events of the region",
    severity="low",
    categories=["forensics-ready", "logging"],
    about=Trail,
    resource_arn=TRAIL_ARN,
)
def cloudtrail_multi_region_enabled_logging_management_events(
    region: Region, trails: Recorders, there: Here[Trail] | Failure
) -> Verdict:
    """Every region has a trail that logs all of its management events, reads and writes.

    The trail must log at the moment, be it the region's own, a multi-region one or the organization's. Reads and writes
    may be in several selectors, basic or advanced; events of KMS and of the RDS Data API may be left out, as AWS lets
    one do because there are so many.

    ## Risk
    What was changed, or looked at before, cannot be told after an incident.

    ## Remediation
    Log reads and writes: `aws cloudtrail put-event-selectors --region <region> --trail-name <your-trail>
    --event-selectors '[{"ReadWriteType": "All", "IncludeManagementEvents": true}]'`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """
    found = trails.of_region(region.name, there)
    for trail, selectors in found.seen:
        if selectors.records_management_events():
            told = f"{trail.label} logs all management events of {region.name}."
            return about(Pass(told), trail.name, trail.arn)
    known(found.doubt)
    return Fail(f"No trail logs all management events of {region.name}.")


def records_objects(
    account: Account, trails: Recorders, buckets: tuple[Bucket, ...], access: Access, unused: bool
) -> Iterator[Verdict]:
    """PASS for each trail that records all reads, or writes, of objects, where together they are in all regions that
    have buckets; FAIL names the others.
    """
    found = [
        trail for trail, selectors in trails.seen if selectors.records_objects(access, account.partition, trail.bucket)
    ]
    regions = {bucket.region for bucket in buckets}
    missed = sorted(region for region in regions if not any(trail.logs(region) for trail in found))
    if missed or not found:
        known(trails.doubt)
        if missed or unused:
            where = f" in {', '.join(missed)}" if missed and found else ""
            yield Fail(f"No trail logs all {access}s of objects in S3{where}.")
        return
    for trail in found:
        yield about(Pass(f"{trail.label} logs all {access}s of objects in S3."), resource=trail)


@check(
    fails="No trail logs who reads objects in S3",
    severity="low",
    categories=["forensics-ready", "logging"],
    about=Trail,
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_s3_dataevents_read_enabled(
    account: Account, trails: Recorders, buckets: All[Bucket], *, scan_unused_services: bool = False
) -> Iterator[Verdict]:
    """Trails log who reads objects in S3.

    A trail must log at the moment, and record the reads of all objects of all buckets, those to come included, by a
    basic or an advanced selector; the bucket that it writes to itself may be left out. Together such trails must be in
    all regions that have buckets. Accounts without buckets are judged where `scan_unused_services` is true.

    ## Risk
    After a leak nobody can tell which objects were read, and by whom.

    ## Remediation
    Add a selector to the trail: `aws cloudtrail put-event-selectors --region <region> --trail-name <your-trail>
    --event-selectors '[{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true, "DataResources": [{"Type":
    "AWS::S3::Object", "Values": ["arn:<partition>:s3"]}]}]'`. It replaces those that the trail has.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-cloudtrail-logging-for-s3.html
    """
    yield from records_objects(account, trails, buckets, "read", scan_unused_services)


@check(
    fails="No trail logs who writes objects in S3",
    severity="low",
    categories=["forensics-ready", "logging"],
    about=Trail,
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_s3_dataevents_write_enabled(
    account: Account, trails: Recorders, buckets: All[Bucket], *, scan_unused_services: bool = False
) -> Iterator[Verdict]:
    """Trails log who writes and deletes objects in S3.

    A trail must log at the moment, and record the writes of all objects of all buckets, those to come included, by a
    basic or an advanced selector; the bucket that it writes to itself may be left out. Together such trails must be in
    all regions that have buckets. Accounts without buckets are judged where `scan_unused_services` is true.

    ## Risk
    After data was destroyed or replaced nobody can tell which, and by whom.

    ## Remediation
    Add a selector to the trail: `aws cloudtrail put-event-selectors --region <region> --trail-name <your-trail>
    --event-selectors '[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true, "DataResources": [{"Type":
    "AWS::S3::Object", "Values": ["arn:<partition>:s3"]}]}]'`. It replaces those that the trail has.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-cloudtrail-logging-for-s3.html
    """
    yield from records_objects(account, trails, buckets, "write", scan_unused_services)


BEDROCK_SOURCES: Final = (
    "bedrock.amazonaws.com",
    "bedrock-agent.amazonaws.com",
    "bedrock-agent-runtime.amazonaws.com",
    "bedrock-data-automation.amazonaws.com",
    "bedrock-data-automation-runtime.amazonaws.com",
    "bedrock-runtime.amazonaws.com",
)
BEDROCK_TYPES: Final = (
    "AWS::Bedrock::AgentAlias",
    "AWS::Bedrock::FlowAlias",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::InlineAgent",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::Model",
    "AWS::Bedrock::Prompt",
)
"""Resources with data events
(https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html)."""


def records_bedrock(selectors: Selectors) -> bool:
    """Whether changes in Bedrock are recorded, or use of one of its resources is."""
    changes = [{"eventCategory": "Management", "readOnly": "false", "eventSource": each} for each in BEDROCK_SOURCES]
    uses = [{"eventCategory": "Data", "resources.type": each} for each in BEDROCK_TYPES]
    return selectors.records_writes() or selectors.records_one_of([*changes, *uses])


@check(
    fails="No trail logs calls of Bedrock",
    severity="medium",
    categories=["forensics-ready", "gen-ai", "logging"],
    about=Trail,
    resource_arn=DEFAULT_TRAIL_ARN,
)
def cloudtrail_bedrock_logging_enabled(account: Account, trails: Recorders) -> Iterator[Verdict]:
    """A trail logs calls of Amazon Bedrock.

    One that logs at the moment is enough, if it records management events that write, which those of Bedrock are among,
    or data events of one of Bedrock's resources, such as models, guardrails and knowledge bases.

    ## Risk
    Who changed a guardrail, or uses models at the account's expense, cannot be told.

    ## Remediation
    Log management events: `aws cloudtrail put-event-selectors --region <region> --trail-name <your-trail>
    --event-selectors '[{"ReadWriteType": "All", "IncludeManagementEvents": true}]'`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
    """
    found = [trail for trail, selectors in trails.seen if records_bedrock(selectors)]
    if not found:
        known(trails.doubt)
        yield Fail(f"No trail of account {account.id} logs calls of Bedrock.")
    for trail in found:
        yield about(Pass(f"{trail.label} logs calls of Bedrock."), resource=trail)
