"""How recorders and aggregators are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Account, All, Fail, Failure, Here, Region, Verdict, check
from aioprowler.judging.delegation import ENABLED, administered
from aioprowler.judging.verdicts import about, has, is_set_to, pass_if, told, worst
from aioprowler.services.config.resources import Aggregator, Recorder, RecorderStatuses
from aioprowler.services.organizations.resources import ConfigAdministrators


@check(
    fails="AWS Config does not record in the region",
    severity="medium",
    categories=["forensics-ready", "logging"],
    about=Recorder,
    resource_arn="arn:{partition}:config:{region}:{account_id}:recorder",
)
def config_recorder_all_regions_enabled(
    region: Region, recorders: Here[Recorder], statuses: RecorderStatuses | None
) -> Iterator[Verdict]:
    """AWS Config records in every region, and delivers what it has recorded.

    A recorder that is stopped fails, and one whose last delivery failed. Recorders that other services have made for
    themselves do not count. What is recorded is not judged.

    ## Risk
    After an incident nobody can tell how a resource was configured, since when, and who has changed it.

    ## Remediation
    In each region make a recorder and a delivery channel, then `aws configservice start-configuration-recorder --region
    <region> --configuration-recorder-name <your-recorder>`.

    ## References
    https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
    """
    for each in recorders:
        yield about(_records(each, told(statuses, f"what {each.label} does")), resource=each)
    if not recorders:
        yield Fail(f"AWS Config has no recorder in {region.name}.")


def _records(recorder: Recorder, statuses: RecorderStatuses) -> Verdict:
    status = told(statuses.of(recorder), f"what {recorder.label} does")
    if not status.recording:
        return Fail(f"{recorder.label} is stopped.")
    last = told(status.last_status, f"how the last delivery of {recorder.label} went")
    good = ("Pending", "Success", "NotApplicable")
    return is_set_to(f"{recorder.label} records, and", "the last delivery", last, good=good, bad=("Failure",))


@check(
    fails="Config recorder does not use the role that AWS maintains for it",
    severity="medium",
    categories=["identity-access"],
)
def config_recorder_using_aws_service_role(recorder: Recorder, statuses: RecorderStatuses) -> Verdict | None:
    """Config recorders use AWS's service-linked role.

    AWS keeps the permissions of `AWSServiceRoleForConfig` in step with what Config records, and nobody else can take
    it. Stopped recorders are not judged.

    ## Risk
    A role of one's own lacks the permissions for new types of resources, whose changes are not recorded, or has too
    many.

    ## Remediation
    `aws configservice put-configuration-recorder --region <region> --configuration-recorder
    name=<recorder>,roleARN=arn:<partition>:iam::<account-id>:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`

    ## References
    https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
    """
    if not told(statuses.of(recorder), f"what {recorder.label} does").recording:
        return None
    account = recorder.account
    path = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    wanted = f"arn:{account.partition}:iam::{account.id}:{path}"
    return has(recorder.label, "the service-linked role", recorder.role_arn == wanted)


@check(
    fails="AWS Config is not gathered from the whole organization by a delegated administrator",
    severity="high",
    categories=["forensics-ready"],
    about=Aggregator,
    resource_id="unknown",
    resource_arn="arn:{partition}:config:{default_region}:{account_id}:config-aggregator/unknown",
)
def config_delegated_admin_and_org_aggregator_all_regions(
    account: Account, aggregators: All[Aggregator], administrators: ConfigAdministrators | Failure | None
) -> Iterator[Verdict]:
    """AWS Config is gathered from all accounts and regions of the organization, in a delegated account.

    Each aggregator of the account is judged: it has to be one of the organization, for all regions, also those to
    come. AWS tells the management account and delegated administrators alone who administers AWS Config: in other
    accounts the verdict is MANUAL, unless the aggregator falls short.

    ## Risk
    Nobody sees which accounts and regions do not record, and rules are held against some of them only.

    ## Remediation
    From the management account: `aws organizations register-delegated-administrator --account-id
    <your-security-account> --service-principal config.amazonaws.com`. From that account: `aws configservice
    put-configuration-aggregator --region <region> --configuration-aggregator-name organization
    --organization-aggregation-source RoleArn=<your-role>,AllAwsRegions=true`.

    ## References
    https://docs.aws.amazon.com/config/latest/developerguide/aggregated-register-delegated-administrator.html
    https://docs.aws.amazon.com/config/latest/developerguide/set-up-aggregator-cli.html
    """
    who = _administered(account, administrators)
    for each in aggregators:
        yield about(worst([who, _gathers_all(each)]), resource=each)
    if not aggregators:
        yield worst([who, Fail(f"Account {account.id} has no Config aggregator in any region.")])


def _administered(account: Account, administrators: ConfigAdministrators | Failure | None) -> Verdict:
    if administrators is None:
        return Fail(f"Account {account.id} is in no organization.")
    if isinstance(administrators, Failure):
        return administered("AWS Config", administrators)
    return administered("AWS Config", ((id_, ENABLED) for id_ in administrators.ids))


def _gathers_all(aggregator: Aggregator) -> Verdict:
    if aggregator.organization is None:
        return Fail(f"{aggregator.label} gathers accounts that are named one by one, and not the organization.")
    return pass_if(
        aggregator.organization.all_aws_regions,
        f"{aggregator.label} gathers the organization in all regions.",
        f"{aggregator.label} gathers the organization in some regions only.",
    )
