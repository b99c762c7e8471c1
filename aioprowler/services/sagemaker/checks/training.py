"""How training jobs are judged: all that AWS lists, also those that have ended."""

from __future__ import annotations

from aioprowler import Pass, Verdict, check
from aioprowler.judging.verdicts import has
from aioprowler.services.sagemaker.resources import TrainingJob
from aioprowler.services.sagemaker.verdicts import in_subnets


@check(
    fails="SageMaker training job does not encrypt traffic among its containers",
    severity="medium",
    categories=["encryption", "gen-ai"],
)
def sagemaker_training_jobs_intercontainer_encryption_enabled(job: TrainingJob) -> Verdict:
    """SageMaker training jobs encrypt the traffic among their containers.

    Judged is the setting, which is off unless it was asked for, also of jobs on one instance: the next one like it may
    run on several.

    ## Risk
    Weights and samples of the data cross the network between the instances in the clear.

    ## Remediation
    A job stays as it was made. Ask for it when the next one is made; training may take longer: `aws sagemaker
    create-training-job --region <region> --cli-input-json file://<your-job.json>` with
    `"EnableInterContainerTrafficEncryption": true`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
    """
    return has(job.label, "encryption of the traffic among its containers", job.encrypts_traffic)


@check(
    fails="SageMaker training job is not isolated from the network",
    severity="high",
    categories=["gen-ai", "internet-exposed", "trust-boundaries"],
)
def sagemaker_training_jobs_network_isolation_enabled(job: TrainingJob) -> Verdict:
    """SageMaker training jobs are isolated from the network.

    An isolated container makes no calls, not even to other services of AWS, and has no credentials: SageMaker fetches
    its data, and keeps what it makes. It is off unless it was asked for.

    ## Risk
    What runs in the container, such as a package that somebody tampered with, sends the data and the role's credentials
    out.

    ## Remediation
    A job stays as it was made. Ask for it when the next one is made: `aws sagemaker create-training-job --region
    <region> --cli-input-json file://<your-job.json>` with `"EnableNetworkIsolation": true`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    """
    return has(job.label, "network isolation", job.isolated)


@check(
    fails="Volume of SageMaker training job is not encrypted with a key of AWS KMS",
    severity="high",
    categories=["encryption", "gen-ai"],
)
def sagemaker_training_jobs_volume_and_output_encryption_enabled(job: TrainingJob) -> Verdict:
    """Volumes of SageMaker training jobs are encrypted with a key of AWS KMS.

    With one that was chosen. Instances with local storage take none, because their hardware encrypts it: jobs on
    nothing else pass. What a job makes goes to S3 encrypted, with the key of the account for S3 where no other was
    chosen.

    ## Risk
    Nobody in the account decides who may decrypt the data on the volume, or sees who does.

    ## Remediation
    A job stays as it was made. Name keys when the next one is made: `aws sagemaker create-training-job --region
    <region> --cli-input-json file://<your-job.json>` with `VolumeKmsKeyId` in `ResourceConfig`, and `KmsKeyId` in
    `OutputDataConfig`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
    """
    machines = job.resource_config
    if not machines.volume_kms_key_id and (types := machines.types_without_key):
        return Pass(f"{job.label} has its storage encrypted by the hardware of {', '.join(types)}, without a key.")
    return has(job.label, "a key of AWS KMS for its volumes", bool(machines.volume_kms_key_id))


@check(
    fails="SageMaker training job is not in a VPC of the account",
    severity="high",
    categories=["gen-ai", "internet-exposed", "trust-boundaries"],
)
def sagemaker_training_jobs_vpc_settings_configured(job: TrainingJob) -> Verdict:
    """SageMaker training jobs are in a VPC of the account.

    In subnets that somebody named. Without, containers are in a network of SageMaker's, and reach the internet from
    there.

    ## Risk
    Neither security groups nor routes or logs of the account have a say in where the data goes.

    ## Remediation
    A job stays as it was made. Name subnets and security groups when the next one is made: `aws sagemaker
    create-training-job --region <region> --cli-input-json file://<your-job.json>` with `VpcConfig`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
    """
    return in_subnets(job.label, job.vpc_config)
