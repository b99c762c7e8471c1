"""How a region's log of what models are asked is judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Region, Verdict, check, known
from aioprowler.judging.verdicts import has, pass_if, told
from aioprowler.services.bedrock.resources import InvocationLogging, LogStorage

LOG_ID = "model-invocation-logging"
LOG_ARN = "arn:{partition}:bedrock:{region}:{account_id}:model-invocation-logging"


def _label(region: Region) -> str:
    return f"Bedrock in {region.name}"


@check(
    fails="Bedrock does not log what models are asked",
    severity="medium",
    categories=["forensics-ready", "gen-ai", "logging"],
    resource_type="Other",
    resource_group="ai_ml",
    resource_id=LOG_ID,
    resource_arn=LOG_ARN,
)
def bedrock_model_invocation_logging_enabled(region: Region, logging: InvocationLogging) -> Verdict:
    """Bedrock logs what models are asked, in every region.

    To a log group, or to a bucket. Regions are judged whether anybody uses models there or not: whoever takes over a
    credential chooses the region.

    ## Risk
    What somebody had models do, and with whose data, cannot be found out afterwards: CloudTrail tells that a model was
    called, and neither what it was asked nor what it answered.

    ## Remediation
    In each region: `aws bedrock put-model-invocation-logging-configuration --region <region> --logging-config
    file://<your-logging-config.json>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
    """
    return pass_if(
        bool(logging.places),
        f"{_label(region)} logs what models are asked to {', '.join(logging.places)}.",
        f"{_label(region)} does not log what models are asked.",
    )


@check(
    fails="Bedrock logs that models are asked, and not what",
    severity="medium",
    categories=["forensics-ready", "gen-ai", "logging"],
    resource_type="Other",
    resource_group="ai_ml",
    resource_id=LOG_ID,
    resource_arn=LOG_ARN,
)
def bedrock_model_invocation_logging_text_data_enabled(region: Region, logging: InvocationLogging) -> Verdict | None:
    """Where Bedrock logs what models are asked, the log has the texts.

    What people ask and what models answer. Regions without a log are not judged.

    ## Risk
    That a model was talked into something, or told what it should not have, does not show in the log.

    ## Remediation
    Have texts delivered: `aws bedrock put-model-invocation-logging-configuration --region <region> --logging-config
    file://<your-logging-config.json>` with `"textDataDeliveryEnabled": true`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_LoggingConfig.html
    """
    if not logging.places:
        return None
    return has(f"The log of {_label(region)}", "texts", told(logging.config.text, "textDataDeliveryEnabled of the log"))


@check(
    fails="Log of what models are asked is not encrypted with a key of AWS KMS",
    severity="high",
    categories=["encryption", "gen-ai", "logging"],
    resource_type="AwsS3Bucket",
    resource_group="ai_ml",
    resource_id=LOG_ID,
    resource_arn=LOG_ARN,
)
def bedrock_model_invocation_logs_encryption_enabled(
    region: Region, logging: InvocationLogging, storage: LogStorage | None
) -> Verdict | None:
    """Where Bedrock logs what models are asked, the log is encrypted.

    A log group is to have a key of AWS KMS, and a bucket of the account any encryption, which S3 gives to all that
    are written today. Regions without a log are not judged.

    ## Risk
    Whoever may read the log group reads what people confided to models: no key stands in between.

    ## Remediation
    Give the log group a key, whose policy lets CloudWatch Logs use it: `aws logs associate-kms-key --region <region>
    --log-group-name <your-log-group> --kms-key-id <your-kms-key-arn>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    if storage is None or not logging.places:
        return None
    label = f"The log of {_label(region)}"
    if not storage.bare:
        known(storage.gap)
        return Pass(f"{label} is encrypted, in {', '.join(logging.places)}.")
    group = ({"log_group": logging.group},) if f"the log group {logging.group}" in storage.bare else ()
    return Fail(f"{label} is not encrypted in {' and '.join(storage.bare)}.", names=group)
