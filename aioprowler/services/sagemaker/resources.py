"""Notebook instances, jobs, models, endpoint configurations and domains, as SageMaker tells of them."""

from __future__ import annotations

import datetime
from typing import Annotated, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Region, Resource, States, call, field, listing, source
from aioprowler.judging.secrets import FoundSecrets, decode_user_data, secrets_in
from aioprowler.services.sagemaker.instance_types import has_local_storage

GONE: Final = {"ResourceNotFound": "", "ValidationException": "requested resource not found"}
"""Which of the two AWS says: its model has the first, and what it answers is mostly the second."""


class VpcConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The subnets of the account's own network that containers are in."""

    subnets: tuple[str, ...]


# ---------------------------------------------------------- notebook instances
class NotebookInstance(
    Resource,
    id="name",
    type="AwsSageMakerNotebookInstance",
    group="ai_ml",
    noun="SageMaker notebook instance",
    gone={"ValidationException": "RecordNotFound"},
):
    """A machine with Jupyter."""

    source = listing(
        "sagemaker", "ListNotebookInstances", "NotebookInstances", states=States("status", over=["Deleting"])
    )
    name: str = field(name="NotebookInstanceName")
    arn: str = field(name="NotebookInstanceArn")
    status: str = field(name="NotebookInstanceStatus", default="")
    lifecycle_config_name: str = field(name="NotebookInstanceLifecycleConfigName", default="")
    """Empty: no scripts run when it starts."""


class NotebookSettings(Facet[NotebookInstance]):
    """What is set on a notebook instance.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html
    """

    source = call("sagemaker", "DescribeNotebookInstance", NotebookInstanceName="name")
    subnet_id: str = ""
    """Empty: it is in a network of SageMaker's."""
    kms_key_id: str = ""
    direct_internet_access: str | None = None
    """`Enabled` or `Disabled`."""
    root_access: str = "Enabled"
    """AWS's default (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html)."""


class Script(msgspec.Struct, frozen=True, rename="pascal"):
    """A shell script, in base64."""

    content: str = ""


def has_scripts(notebook: NotebookInstance) -> bool:
    """Whether anything runs when it starts."""
    return bool(notebook.lifecycle_config_name)


class LifecycleConfig(Facet[NotebookInstance]):
    """The scripts of a notebook instance; several of them may have the same ones."""

    source = call(
        "sagemaker",
        "DescribeNotebookInstanceLifecycleConfig",
        NotebookInstanceLifecycleConfigName="lifecycle_config_name",
        when=has_scripts,
        shared=True,
    )
    on_create: tuple[Script, ...] = ()
    on_start: tuple[Script, ...] = ()


def scripts_of(config: LifecycleConfig) -> dict[str, str | None]:
    """By when they run; None for what is no text."""
    hooks = {"OnCreate": config.on_create, "OnStart": config.on_start}
    return {
        f"script {hook}{f' {number}' if number > 1 else ''}": decode_user_data(script.content)
        for hook, scripts in hooks.items()
        for number, script in enumerate(scripts, 1)
    }


class ScriptSecrets(FoundSecrets, Facet[NotebookInstance]):
    """What the scripts of a notebook instance give away."""

    source = secrets_in(scripts_of)


# --------------------------------------------------------------- training jobs
def most_training_jobs(
    *,
    max_sagemaker_training_jobs: Annotated[
        int, "Judge only so many training jobs of each region, the newest ones; all where it is 0 or -1."
    ] = 0,
) -> int | None:
    """How many of a region are looked at; None for all."""
    return max_sagemaker_training_jobs if max_sagemaker_training_jobs > 0 else None


class InstanceGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """Some of the machines of a job, of one type."""

    instance_type: str


class ResourceConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The machines of a job: all of one type, or groups of several.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
    """

    instance_type: str = ""
    instance_groups: tuple[InstanceGroup, ...] = ()
    volume_kms_key_id: str = ""

    @property
    def types_without_key(self) -> list[str]:
        """The types of machines, where none of them takes a key for its storage; else empty."""
        types = [each for each in (self.instance_type, *(g.instance_type for g in self.instance_groups)) if each]
        return list(dict.fromkeys(types)) if all(map(has_local_storage, types)) else []


class TrainingJob(Resource, id="name", type="Other", group="ai_ml", noun="SageMaker training job", gone=GONE):
    """Makes a model of data. AWS goes on listing those that have ended.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
    """

    source = listing(
        "sagemaker",
        "ListTrainingJobs",
        "TrainingJobSummaries",
        detail=call("sagemaker", "DescribeTrainingJob", TrainingJobName="name"),
        limit=most_training_jobs,
        newest="created",
        states=States("status", over=["Deleting"]),
    )
    name: str = field(name="TrainingJobName")
    arn: str = field(name="TrainingJobArn")
    created: datetime.datetime | None = field(name="CreationTime", default=None)
    status: str = field(name="TrainingJobStatus", default="")
    resource_config: ResourceConfig
    vpc_config: VpcConfig | None = None
    """None: it is in no network of the account's own."""
    isolated: bool = field(name="EnableNetworkIsolation", default=False)
    encrypts_traffic: bool = field(name="EnableInterContainerTrafficEncryption", default=False)


# ------------------------------------------------------------- processing jobs
def most_processing_jobs(
    *,
    max_sagemaker_processing_jobs: Annotated[
        int, "Look only at so many processing jobs of each region, the newest ones; at all of them where it is 0 or -1."
    ] = 0,
) -> int | None:
    """How many of a region are looked at; None for all."""
    return max_sagemaker_processing_jobs if max_sagemaker_processing_jobs > 0 else None


class Application(msgspec.Struct, frozen=True, rename="pascal"):
    """What a job runs."""

    image_uri: str


class ProcessingJob(Resource, id="name", type="Other", group="ai_ml", noun="SageMaker processing job", gone=GONE):
    """Prepares data, or looks at what a model does. AWS goes on listing those that have ended."""

    source = listing(
        "sagemaker",
        "ListProcessingJobs",
        "ProcessingJobSummaries",
        detail=call("sagemaker", "DescribeProcessingJob", ProcessingJobName="name"),
        limit=most_processing_jobs,
        newest="created",
    )
    name: str = field(name="ProcessingJobName")
    arn: str = field(name="ProcessingJobArn")
    created: datetime.datetime | None = field(name="CreationTime", default=None)
    application: Application = field(name="AppSpecification")

    @property
    def is_clarify(self) -> bool:
        """Whether it runs AWS's image of SageMaker Clarify
        (https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-container.html).
        """
        return "sagemaker-clarify-processing" in self.application.image_uri


# ---------------------------------------------------------- models and hosting
class Model(
    Resource,
    id="name",
    type="Other",
    group="ai_ml",
    noun="SageMaker model",
    gone={"ValidationException": "could not find model"},
):
    """Containers that answer, with what they have learnt."""

    source = listing("sagemaker", "ListModels", "Models", detail=call("sagemaker", "DescribeModel", ModelName="name"))
    name: str = field(name="ModelName")
    arn: str = field(name="ModelArn")
    vpc_config: VpcConfig | None = None
    """None: it is in no network of the account's own."""
    isolated: bool = field(name="EnableNetworkIsolation", default=False)


class Serverless(msgspec.Struct, frozen=True):
    """That a variant has no machines of its own; how it is set up is not read."""


class Variant(msgspec.Struct, frozen=True, rename="pascal"):
    """A model on machines of one type, or on none.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
    """

    variant_name: str
    instance_type: str = ""
    initial_instance_count: int | None = None
    serverless_config: Serverless | None = None


class EndpointConfig(
    Resource,
    id="name",
    type="Other",
    group="ai_ml",
    noun="SageMaker endpoint configuration",
    gone={"ValidationException": "could not find endpoint configuration"},
):
    """What an endpoint is made by: it stays, and stays as it is, when the endpoint goes."""

    source = listing(
        "sagemaker",
        "ListEndpointConfigs",
        "EndpointConfigs",
        detail=call("sagemaker", "DescribeEndpointConfig", EndpointConfigName="name"),
    )
    name: str = field(name="EndpointConfigName")
    arn: str = field(name="EndpointConfigArn")
    kms_key_id: str = ""
    variants: tuple[Variant, ...] = field(name="ProductionVariants")
    shadows: tuple[Variant, ...] = field(name="ShadowProductionVariants", default=())
    """What is asked the same, and answers nobody."""

    @property
    def types(self) -> list[str]:
        """Those of all instances; empty ones of variants that have none."""
        return list(dict.fromkeys(each.instance_type for each in (*self.variants, *self.shadows)))


# --------------------------------------------------------------------- domains
class Domain(
    Resource,
    id="domain_id",
    type="Other",
    group="ai_ml",
    noun="SageMaker domain",
    gone=GONE,
):
    """Where people work in SageMaker Studio."""

    source = listing(
        "sagemaker",
        "ListDomains",
        "Domains",
        detail=call("sagemaker", "DescribeDomain", DomainId="domain_id"),
        states=States("status", over=["Deleting", "Failed"], not_yet=["Pending"]),
    )
    domain_id: str
    arn: str = field(name="DomainArn")
    domain_name: str
    status: str = ""
    auth_mode: str
    sso_instance: str = field(name="SingleSignOnManagedApplicationInstanceId", default="")
    sso_application: str = field(name="SingleSignOnApplicationArn", default="")
    """What IAM Identity Center knows the domain by; AWS tells one or the other, by when the domain was made."""

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"SageMaker domain {self.domain_name}"


# ----------------------------------------------------------- watching of models
class MonitoringSchedule(Resource, id="name", type="Other", group="ai_ml", noun="SageMaker monitoring schedule"):
    """When what a model answers is looked at."""

    source = listing("sagemaker", "ListMonitoringSchedules", "MonitoringScheduleSummaries")
    name: str = field(name="MonitoringScheduleName")
    arn: str = field(name="MonitoringScheduleArn")
    status: str = field(name="MonitoringScheduleStatus")
    """`Pending`, `Failed`, `Scheduled` or `Stopped`."""


@source("sagemaker:ListModelPackages")
async def approved_models(region: Region, aws: Aws) -> ApprovedModels | Failure:  # noqa: ARG001 - where they are
    """As far as the first one, whichever group it is in."""
    pages = aws.pages(
        "sagemaker",
        "ListModelPackages",
        "ModelPackageSummaryList",
        ModelPackageType="Versioned",
        ModelApprovalStatus="Approved",
    )
    async for page in pages:
        if isinstance(page, Failure):
            return page
        if page:
            return ApprovedModels(exist=True)
    return ApprovedModels(exist=False)


class ApprovedModels(Facet[Region]):
    """Whether the registry of a region has a version of a model that somebody approved."""

    source = approved_models
    exist: bool
