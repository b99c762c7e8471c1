"""How jobs, development endpoints and transforms are judged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.logs import logs
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import is_set_to, told, worst
from aioprowler.services.glue.resources import (
    DISABLED,
    ArgumentSecrets,
    DevEndpoint,
    Encryption,
    Job,
    SecurityConfigurations,
    Transform,
)

IN_S3: Final = ("SSE-KMS", "SSE-S3")
IN_LOGS: Final = ("SSE-KMS",)
IN_BOOKMARKS: Final = ("CSE-KMS",)
OF_TRANSFORMS: Final = ("SSE-KMS",)

encryption_check = partial(check, severity="medium", categories=["encryption"])


# ------------------------------------------------------------ what a security configuration says
def encrypts(
    subject: Job | DevEndpoint, configurations: SecurityConfigurations, judge: Callable[[str, Encryption], Verdict]
) -> Verdict:
    """The verdict on what the subject's security configuration says; FAIL where there is none."""
    label, name = subject.label, subject.security_configuration
    if not name:
        return Fail(f"{label} has no security configuration.")
    found = configurations.find(name)
    if found is None:
        return Fail(f"{label} names the security configuration {name}, which does not exist.")
    return judge(label, found)


def in_s3(label: str, encryption: Encryption) -> Verdict:
    """PASS where all that is written to S3 is encrypted, be it with whichever key."""
    listed = told(encryption.s3 or None, f"S3Encryption of the security configuration of {label}")
    modes = [told(each.mode, f"S3EncryptionMode of {label}") for each in listed]
    return worst(is_set_to(label, "the encryption in S3", mode, good=IN_S3, bad=[DISABLED]) for mode in modes)


def in_logs(label: str, encryption: Encryption) -> Verdict:
    """PASS where logs are encrypted with a key of AWS KMS."""
    mode = told(encryption.logs.mode, f"CloudWatchEncryptionMode of {label}")
    return is_set_to(label, "the encryption of logs", mode, good=IN_LOGS, bad=[DISABLED])


def in_bookmarks(label: str, encryption: Encryption) -> Verdict:
    """PASS where job bookmarks are encrypted before they leave."""
    mode = told(encryption.bookmarks.mode, f"JobBookmarksEncryptionMode of {label}")
    return is_set_to(label, "the encryption of job bookmarks", mode, good=IN_BOOKMARKS, bad=[DISABLED])


# --------------------------------------------------------------------- development endpoints
@encryption_check(fails="Glue development endpoint does not encrypt its logs")
def glue_development_endpoints_cloudwatch_logs_encryption_enabled(
    endpoint: DevEndpoint, configurations: SecurityConfigurations
) -> Verdict:
    """Glue development endpoints encrypt what they log to CloudWatch Logs with a key of AWS KMS.

    Their security configuration says so. Whether they log at all, and the keys of log groups, are not
    looked into.

    ## Risk
    What programs print while they are tried, often samples of the data, is protected by no key of the account.

    ## Remediation
    The security configuration of an endpoint stays as it was made. Create an endpoint with another one, and delete
    this one: `aws glue delete-dev-endpoint --region <region> --endpoint-name <dev-endpoint>`. AWS advises interactive
    sessions instead.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    return encrypts(endpoint, configurations, in_logs)


@encryption_check(fails="Glue development endpoint does not encrypt job bookmarks")
def glue_development_endpoints_job_bookmark_encryption_enabled(
    endpoint: DevEndpoint, configurations: SecurityConfigurations
) -> Verdict:
    """Glue development endpoints encrypt job bookmarks.

    Their security configuration says so. Bookmarks are encrypted before they are written to S3.

    ## Risk
    Bookmarks tell what data there is and how far it was read; who changes one has data left out or read twice.

    ## Remediation
    The security configuration of an endpoint stays as it was made. Create an endpoint with another one, and delete
    this one: `aws glue delete-dev-endpoint --region <region> --endpoint-name <dev-endpoint>`. AWS advises interactive
    sessions instead.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    return encrypts(endpoint, configurations, in_bookmarks)


@encryption_check(fails="Glue development endpoint does not encrypt what it writes to S3")
def glue_development_endpoints_s3_encryption_enabled(
    endpoint: DevEndpoint, configurations: SecurityConfigurations
) -> Verdict:
    """Glue development endpoints encrypt what they write to S3.

    Their security configuration says so, with a key of AWS KMS or one of S3. What the buckets do is not looked into.

    ## Risk
    What is written into a bucket that does not encrypt by itself lies there in the clear.

    ## Remediation
    The security configuration of an endpoint stays as it was made. Create an endpoint with another one, and delete
    this one: `aws glue delete-dev-endpoint --region <region> --endpoint-name <dev-endpoint>`. AWS advises interactive
    sessions instead.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    return encrypts(endpoint, configurations, in_s3)


# --------------------------------------------------------------------------------------- jobs
@encryption_check(fails="Glue job does not encrypt what it writes to S3", severity="high")
def glue_etl_jobs_amazon_s3_encryption_enabled(job: Job, configurations: SecurityConfigurations) -> Verdict:
    """Glue jobs encrypt what they write to S3.

    Their security configuration says so, with a key of AWS KMS or one of S3; a job without one may say it by the
    argument `--encryption-type`. What the buckets do is not looked into.

    ## Risk
    What is written into a bucket that does not encrypt by itself lies there in the clear.

    ## Remediation
    Name a security configuration that encrypts, in a description of the whole job: what it leaves out is reset. `aws
    glue update-job --region <region> --job-name <job> --job-update file://<your-job>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    by_argument = job.arguments.get("--encryption-type") == "sse-s3"
    if by_argument and configurations.find(job.security_configuration) is None:
        return Pass(f"{job.label} encrypts what it writes to S3 by its argument --encryption-type.")
    return encrypts(job, configurations, in_s3)


@encryption_check(fails="Glue job does not encrypt its logs", resource_type="AwsGlueJob")
def glue_etl_jobs_cloudwatch_logs_encryption_enabled(job: Job, configurations: SecurityConfigurations) -> Verdict:
    """Glue jobs encrypt what they log to CloudWatch Logs with a key of AWS KMS.

    Their security configuration says so. Whether they log at all, and the keys of log groups, are not looked into.

    ## Risk
    What programs print, often samples of the data, is protected by no key of the account.

    ## Remediation
    Name a security configuration that encrypts, in a description of the whole job: what it leaves out is reset. `aws
    glue update-job --region <region> --job-name <job> --job-update file://<your-job>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    return encrypts(job, configurations, in_logs)


@encryption_check(fails="Glue job does not encrypt its bookmarks")
def glue_etl_jobs_job_bookmark_encryption_enabled(job: Job, configurations: SecurityConfigurations) -> Verdict:
    """Glue jobs encrypt their bookmarks.

    Their security configuration says so. Bookmarks are encrypted before they are written to S3. Whether a job makes
    any is not looked into.

    ## Risk
    Bookmarks tell what data there is and how far it was read; who changes one has data left out or read twice.

    ## Remediation
    Name a security configuration that encrypts, in a description of the whole job: what it leaves out is reset. `aws
    glue update-job --region <region> --job-name <job> --job-update file://<your-job>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
    """
    return encrypts(job, configurations, in_bookmarks)


@check(fails="Glue job does not log as it runs", severity="medium", categories=["logging"])
def glue_etl_jobs_logging_enabled(job: Job) -> Verdict:
    """Glue jobs log to CloudWatch Logs as they run.

    By their argument `--enable-continuous-cloudwatch-log`. Jobs of Glue 5.0 or later, and those in a Python shell, log
    without it, and pass.

    ## Risk
    What a job did until it failed or was stopped, and to which data, is not known.

    ## Remediation
    Add `"--enable-continuous-cloudwatch-log": "true"` to the default arguments, in a description of the whole job: what
    it leaves out is reset. `aws glue update-job --region <region> --job-name <job> --job-update file://<your-job>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
    https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html
    """
    on = job.arguments.get("--enable-continuous-cloudwatch-log") == "true"
    return logs(job.label, "to CloudWatch Logs as it runs", on or job.always_logs)


@check(fails="Arguments of a Glue job may hold secrets", severity="critical", categories=["secrets"])
def glue_etl_jobs_no_secrets_in_arguments(job: Job, secrets: ArgumentSecrets) -> Verdict:
    """Arguments of Glue jobs hold no secrets.

    Default arguments are looked into, and those that no run can change.

    ## Risk
    Everybody who may read jobs reads their arguments, and so does who reads the logs of a run, which tell them.

    ## Remediation
    Have the program read the secret from Secrets Manager, or name a connection. Change the secret, and take it out of
    the arguments, in a description of the whole job: what it leaves out is reset. `aws glue update-job --region
    <region> --job-name <job> --job-update file://<your-job>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
    """
    return no_secrets(f"The arguments of {job.label}", secrets)


# --------------------------------------------------------------------------------- transforms
@encryption_check(fails="Glue transform does not encrypt the data that it learns from")
def glue_ml_transform_encrypted_at_rest(transform: Transform) -> Verdict:
    """Transforms of Glue encrypt the data that they learn from with a key of AWS KMS.

    That is, labels and what was learnt from them; the tables have protection of their own. A transform that is being
    deleted is not judged.

    ## Risk
    Labels and what was learnt from them, which hold records, are protected by no key of the account.

    ## Remediation
    The encryption of a transform stays as it was made. Create another one with it, and teach it again:
    ```
    aws glue create-ml-transform --region <region> --cli-input-json file://<your-transform>
    ```

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/machine-learning.html
    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-machine-learning-api.html
    """
    return is_set_to(transform.label, "the encryption of data", transform.mode, good=OF_TRANSFORMS, bad=[DISABLED])
