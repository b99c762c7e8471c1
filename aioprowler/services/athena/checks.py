"""How workgroups are judged: those in which queries run, or with unused services all."""

from __future__ import annotations

from typing import Final

from aioprowler import Pass, Verdict, check
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.logs import logs
from aioprowler.judging.verdicts import is_set_to, pass_if, told
from aioprowler.services.athena.resources import WorkGroup, WorkGroupSettings

OPTIONS: Final = ("SSE_S3", "SSE_KMS", "CSE_KMS")


@check(fails="Athena workgroup does not encrypt results", severity="medium", categories=["encryption"])
def athena_workgroup_encryption(group: WorkGroup, settings: WorkGroupSettings) -> Verdict:
    """Athena workgroups encrypt the results of queries.

    With a key of S3 or of AWS KMS, whichever the workgroup chooses; what Athena keeps itself is always encrypted. That
    S3 encrypts what comes without a choice does not count. A workgroup that is disabled, or in which no query ran in
    the last 45 days, is judged only where unused services are scanned.

    ## Risk
    Results are copies of the data, and lie in a bucket with no more protection than that gives by itself.

    ## Remediation
    `aws athena update-work-group --region <region> --work-group <work-group> --configuration-updates
    '{"ResultConfigurationUpdates":{"EncryptionConfiguration":{"EncryptionOption":"SSE_KMS","KmsKey":"<your-kms-key>"}}}'`

    ## References
    https://docs.aws.amazon.com/athena/latest/ug/encrypting-query-results-stored-in-s3.html
    https://docs.aws.amazon.com/athena/latest/ug/managed-results.html
    """
    label = f"Results of {group.label}"
    if settings.managed.enabled:
        return Pass(f"{label} are kept by Athena, which always encrypts them.")
    if settings.results.encryption is None:
        return encrypted(label, False)
    option = told(settings.results.encryption.option, f"EncryptionOption of {group.label}")
    return is_set_to(group.label, "the encryption of results", option, good=OPTIONS, bad=())


@check(fails="Clients override settings of an Athena workgroup", severity="medium", categories=["encryption"])
def athena_workgroup_enforce_configuration(group: WorkGroup, settings: WorkGroupSettings) -> Verdict:
    """Athena workgroups enforce their settings.

    Where they do not, each client says for its queries where results go to and how they are encrypted. A workgroup that
    is disabled, or in which no query ran in the last 45 days, is judged only where unused services are scanned.

    ## Risk
    A client, by mistake or on purpose, writes results in the clear, or into a bucket of somebody else.

    ## Remediation
    `aws athena update-work-group --region <region> --work-group <work-group> --configuration-updates
    EnforceWorkGroupConfiguration=true`

    ## References
    https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
    """
    return pass_if(
        settings.enforced, f"{group.label} enforces its settings.", f"{group.label} lets clients override its settings."
    )


@check(fails="Athena workgroup does not publish metrics", severity="medium", categories=["logging"])
def athena_workgroup_logging_enabled(group: WorkGroup, settings: WorkGroupSettings) -> Verdict:
    """Athena workgroups publish metrics of queries to CloudWatch.

    A workgroup that is disabled, or in which no query ran in the last 45 days, is judged only where unused services are
    scanned.

    ## Risk
    Queries that fail, take long, or read unusually much are not noticed.

    ## Remediation
    `aws athena update-work-group --region <region> --work-group <work-group> --configuration-updates
    PublishCloudWatchMetricsEnabled=true`

    ## References
    https://docs.aws.amazon.com/athena/latest/ug/athena-cloudwatch-metrics-enable.html
    """
    return logs(group.label, "metrics of queries to CloudWatch", settings.publishes_metrics)
