"""How a region is judged: whether anybody looks after what its models do."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Fail, Failure, Here, Pass, Region, Seen, Verdict, check, known
from aioprowler.judging.verdicts import about, has
from aioprowler.services.sagemaker.resources import ApprovedModels, MonitoringSchedule, ProcessingJob


@check(
    fails="Region has no processing job of SageMaker Clarify",
    severity="low",
    categories=["gen-ai"],
    about=ProcessingJob,
    resource_id="sagemaker-clarify",
    resource_arn="arn:{partition}:sagemaker:{region}:{account_id}:processing-job",
)
def sagemaker_clarify_exists(
    region: Region, there: Here[ProcessingJob] | Failure, jobs: Seen[ProcessingJob]
) -> Iterator[Verdict]:
    """Regions have processing jobs of SageMaker Clarify.

    They run AWS's image of Clarify, which looks for bias in data and models, and explains what models answer. Each of
    them is told, however it ended.

    ## Risk
    That a model treats some people worse than others, and why it answers what it does, is found out by those who
    suffer from it.

    ## Remediation
    Run Clarify on a model's data and answers: `aws sagemaker create-processing-job --region <region> --cli-input-json
    file://<your-clarify-job.json>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html
    """
    found = [job for job in jobs.items if job.region == region.name and job.is_clarify]
    for job in found:
        yield about(Pass(f"{job.label} runs SageMaker Clarify."), resource=job)
    if not found:
        known(there)
        yield Fail(f"No processing job of {region.name} runs SageMaker Clarify.")


@check(
    fails="Region has no monitoring schedule of SageMaker that is in force",
    severity="low",
    categories=["gen-ai"],
    about=MonitoringSchedule,
    resource_id="SageMaker Monitoring Schedules",
    resource_arn="arn:{partition}:sagemaker:{region}:{account_id}:monitoring-schedule/unknown",
)
def sagemaker_models_monitor_enabled(region: Region, schedules: Here[MonitoringSchedule]) -> Verdict:
    """Regions have a monitoring schedule of SageMaker in force.

    One that is scheduled is enough. Those that are stopped, have failed or are being made look at nothing.

    ## Risk
    That the data has changed since a model learnt from it, and its answers have become worse, nobody sees.

    ## Remediation
    Have what an endpoint answers looked at: `aws sagemaker create-monitoring-schedule --region <region>
    --monitoring-schedule-name <your-schedule-name> --monitoring-schedule-config file://<your-schedule.json>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor.html
    """
    running = next((each for each in schedules if each.status == "Scheduled"), None)
    if running:
        return about(Pass(f"{running.label} is in force."), resource=running)
    stopped = f", of {len(schedules)} that it has" if schedules else ""
    return Fail(f"SageMaker has no monitoring schedule in force in {region.name}{stopped}.")


@check(
    fails="Region has no approved model in the registry of SageMaker",
    severity="low",
    categories=["gen-ai", "software-supply-chain"],
    resource_type="Other",
    resource_group="ai_ml",
    resource_id="SageMaker Model Registry",
    resource_arn="arn:{partition}:sagemaker:{region}:{account_id}:model-registry/unknown",
)
def sagemaker_models_registry_in_use(region: Region, models: ApprovedModels) -> Verdict:
    """The registry of models of each region has one that somebody approved.

    A version of a model, in a group of the registry. What is in no group cannot be approved for deployment in turn.

    ## Risk
    Models go into production that nobody has looked at, and which one answers, and what it was made of, cannot be told
    afterwards.

    ## Remediation
    Register models in groups, and approve what is to be deployed: `aws sagemaker update-model-package --region <region>
    --model-package-arn <your-model-package-arn> --model-approval-status Approved`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
    """
    return has(f"Model registry of SageMaker in {region.name}", "an approved model", models.exist)
