"""Notebooks, training jobs, models and what they are deployed with, shut and open."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]

KEY: Final = "0a1b2c3d-0000-4000-8000-000000000000"
NETWORK: Final = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
CLARIFY: Final = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"


def _arn(clients: Clients, resource: str) -> str:
    return f"arn:aws:sagemaker:{HOME_REGION}:{clients.account_id}:{resource}"


def _named(clients: Clients, kind: str, resource: str, name: str) -> Structure:
    return {f"{kind}Name": name, f"{kind}Arn": _arn(clients, f"{resource}/{name}"), "CreationTime": ago(9)}


def _described(told: Mapping[str, Structure], parameter: str) -> Callable[[Mapping[str, Any]], Structure]:
    def describe(asked: Mapping[str, Any]) -> Structure:
        if asked[parameter] not in told:
            raise AwsError("ValidationException", "RecordNotFound", 400)
        return told[asked[parameter]]

    return describe


# --- Notebook instances ---

_NOTEBOOKS: Final[Mapping[str, Structure]] = {
    "shut": {
        "SubnetId": "subnet-1",
        "KmsKeyId": KEY,
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
    },
    "open": {"DirectInternetAccess": "Enabled", "RootAccess": "Enabled"},
    "half": {"SubnetId": "subnet-1", "DirectInternetAccess": "Enabled", "RootAccess": "Disabled"},
    "rooted": {"SubnetId": "subnet-1", "DirectInternetAccess": "Disabled", "RootAccess": "Enabled"},
    "silent": {"RootAccess": "Disabled"},
    "failed": {"NotebookInstanceStatus": "Failed", "DirectInternetAccess": "Enabled", "RootAccess": "Enabled"},
    "going": {"NotebookInstanceStatus": "Deleting", "DirectInternetAccess": "Enabled", "RootAccess": "Enabled"},
    **{
        name: {
            "NotebookInstanceLifecycleConfigName": name,
            "DirectInternetAccess": "Disabled",
            "RootAccess": "Disabled",
        }
        for name in ("talkative", "discreet", "empty", "denied")
    },
}
_SCRIPTS: Final[Mapping[str, str]] = {
    "talkative": "#!/bin/bash\nexport DB_PASSWORD='Tr0ub4dor&3xyz'\n",
    "discreet": "#!/bin/bash\nset -e\npip install pandas\n",
}


def notebooks(clients: Clients) -> None:
    """Tell of notebook instances, and of the scripts of some."""
    told = {
        name: {
            **_named(clients, "NotebookInstance", "notebook-instance", name),
            "NotebookInstanceStatus": "InService",
            "InstanceType": "ml.t3.medium",
            **facts,
        }
        for name, facts in _NOTEBOOKS.items()
    }
    in_list = ("NotebookInstanceName", "NotebookInstanceArn", "NotebookInstanceStatus", "InstanceType", "CreationTime")
    optional = "NotebookInstanceLifecycleConfigName"
    listed = [{name: each[name] for name in (*in_list, optional) if name in each} for each in told.values()]
    tell(clients, "sagemaker", "ListNotebookInstances", {"NotebookInstances": listed})
    tell(clients, "sagemaker", "DescribeNotebookInstance", _described(told, "NotebookInstanceName"))

    def scripts(asked: Mapping[str, Any]) -> Structure:
        name = asked[optional]
        if name == "denied":
            raise AwsError("AccessDeniedException", "not authorized to perform", 400)
        content = base64.b64encode(_SCRIPTS.get(name, "").encode()).decode()
        hooks = {"OnStart": [{"Content": content}]} if content else {}
        return {optional: name, "NotebookInstanceLifecycleConfigArn": _arn(clients, f"config/{name}"), **hooks}

    tell(clients, "sagemaker", "DescribeNotebookInstanceLifecycleConfig", scripts)


# --- Jobs ---

_TRAINING: Final[Mapping[str, Structure]] = {
    "shut": {
        "VpcConfig": NETWORK,
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": KEY},
    },
    "open": {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False},
    "silent": {"TrainingJobStatus": "Failed"},
    "local": {"ResourceConfig": {"InstanceType": "ml.g5.2xlarge"}},
    "mixed": {
        "ResourceConfig": {
            "InstanceGroups": [
                {"InstanceType": kind, "InstanceCount": 1, "InstanceGroupName": kind[3:5]}
                for kind in ("ml.p4d.24xlarge", "ml.c5.xlarge")
            ]
        }
    },
    "all-local": {
        "ResourceConfig": {
            "InstanceGroups": [
                {"InstanceType": kind, "InstanceCount": 1, "InstanceGroupName": kind[3:5]}
                for kind in ("ml.p4d.24xlarge", "ml.trn1.32xlarge")
            ]
        }
    },
    "going": {"TrainingJobStatus": "Deleting"},
}


def training_jobs(clients: Clients) -> None:
    """Tell of training jobs."""
    told = {name: _training_job(clients, name, facts) for name, facts in _TRAINING.items()}
    in_list = ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime")
    listed = [{name: each[name] for name in in_list} for each in told.values()]
    tell(clients, "sagemaker", "ListTrainingJobs", {"TrainingJobSummaries": listed})
    tell(clients, "sagemaker", "DescribeTrainingJob", _described(told, "TrainingJobName"))


def _training_job(clients: Clients, name: str, facts: Structure) -> Structure:
    return {
        **_named(clients, "TrainingJob", "training-job", name),
        "TrainingJobStatus": "Completed",
        **facts,
        "ResourceConfig": {
            "VolumeSizeInGB": 30,
            **facts.get("ResourceConfig", {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}),
        },
    }


def processing_jobs(clients: Clients) -> None:
    """Tell of processing jobs: of Clarify in one region, and of none in the other."""
    images = {"bias": CLARIFY, "explained": CLARIFY, "prepared": "111122223333.dkr.ecr.us-east-1.amazonaws.com/own:1"}
    told = {
        name: {
            **_named(clients, "ProcessingJob", "processing-job", name),
            "ProcessingJobStatus": "Completed",
            "AppSpecification": {"ImageUri": image},
        }
        for name, image in images.items()
    }
    in_list = ("ProcessingJobName", "ProcessingJobArn", "ProcessingJobStatus", "CreationTime")
    listed = [{name: each[name] for name in in_list} for each in told.values()]
    only = [each for each in listed if each["ProcessingJobName"] == "prepared"]
    for region, summaries in ((HOME_REGION, listed), (SECOND_REGION, only)):
        tell(clients, "sagemaker", "ListProcessingJobs", {"ProcessingJobSummaries": summaries}, region)
        tell(clients, "sagemaker", "DescribeProcessingJob", _described(told, "ProcessingJobName"), region)


# --- Models and hosting ---

_MODELS: Final[Mapping[str, Structure]] = {
    "shut": {"EnableNetworkIsolation": True, "VpcConfig": NETWORK},
    "open": {"EnableNetworkIsolation": False},
    "silent": {},
}


def _variant(name: str, kind: str | None = "ml.m5.large", **more: Any) -> Structure:
    return {"VariantName": name, "ModelName": "shut", **({"InstanceType": kind} if kind else {}), **more}


_CONFIGS: Final[Mapping[str, Structure]] = {
    "good": {"KmsKeyId": KEY, "ProductionVariants": [_variant("a", InitialInstanceCount=2)]},
    "alone": {"ProductionVariants": [_variant("a", InitialInstanceCount=3), _variant("b", InitialInstanceCount=1)]},
    "serverless": {
        "KmsKeyId": KEY,
        "ProductionVariants": [_variant("a", None, ServerlessConfig={"MemorySizeInMB": 2048, "MaxConcurrency": 5})],
    },
    "local": {"ProductionVariants": [_variant("a", "ml.g5.xlarge", InitialInstanceCount=2)]},
    "shadowed": {
        "ProductionVariants": [_variant("a", "ml.g5.xlarge", InitialInstanceCount=2)],
        "ShadowProductionVariants": [_variant("b", InitialInstanceCount=1)],
    },
    "mixed": {
        "ProductionVariants": [
            _variant("a", "ml.g5.xlarge", InitialInstanceCount=2),
            _variant("b", InitialInstanceCount=2),
        ]
    },
}


def hosting(clients: Clients) -> None:
    """Tell of models and configurations of endpoints."""
    models = {name: {**_named(clients, "Model", "model", name), **facts} for name, facts in _MODELS.items()}
    configs = {
        name: {**_named(clients, "EndpointConfig", "endpoint-config", name), **facts}
        for name, facts in _CONFIGS.items()
    }
    for kind, told in (("Model", models), ("EndpointConfig", configs)):
        listed = [{key: each[key] for key in (f"{kind}Name", f"{kind}Arn", "CreationTime")} for each in told.values()]
        tell(clients, "sagemaker", f"List{kind}s", {f"{kind}s": listed})
        tell(clients, "sagemaker", f"Describe{kind}", _described(told, f"{kind}Name"))


# --- Domains ---

_DOMAINS: Final[Mapping[str, Structure]] = {
    "iam": {"AuthMode": "IAM"},
    "sso": {"AuthMode": "SSO", "SingleSignOnManagedApplicationInstanceId": "ins-1"},
    "newer": {"AuthMode": "SSO", "SingleSignOnApplicationArn": "arn:aws:sso::111122223333:application/ssoins-1/apl-1"},
    "lonely": {"AuthMode": "SSO"},
    "coming": {"AuthMode": "IAM", "Status": "Pending"},
    "failed": {"AuthMode": "IAM", "Status": "Failed"},
}


def domains(clients: Clients) -> None:
    """Tell of domains of both modes."""
    told = {
        f"d-{name}": {
            "DomainId": f"d-{name}",
            "DomainName": name,
            "DomainArn": _arn(clients, f"domain/d-{name}"),
            "Status": "InService",
            **facts,
        }
        for name, facts in _DOMAINS.items()
    }
    in_list = ("DomainId", "DomainName", "DomainArn", "Status")
    listed = [{name: each[name] for name in in_list} for each in told.values()]
    tell(clients, "sagemaker", "ListDomains", {"Domains": listed})
    tell(clients, "sagemaker", "DescribeDomain", _described(told, "DomainId"))


# --- Watching of models ---


def schedules(clients: Clients, by_region: Mapping[str, Mapping[str, str]]) -> None:
    """Tell of monitoring schedules by their names, each with its status."""
    for region in REGIONS:
        listed = [
            {
                **_named(clients, "MonitoringSchedule", "monitoring-schedule", name),
                "LastModifiedTime": ago(1),
                "MonitoringScheduleStatus": status,
            }
            for name, status in by_region.get(region, {}).items()
        ]
        tell(clients, "sagemaker", "ListMonitoringSchedules", {"MonitoringScheduleSummaries": listed}, region)


def registry(clients: Clients, approval: str) -> None:
    """A model in the registry of one region."""
    sagemaker = clients("sagemaker", HOME_REGION)
    sagemaker.create_model_package_group(ModelPackageGroupName="forecasts", ModelPackageGroupDescription="Of orders")
    sagemaker.create_model_package(
        ModelPackageGroupName="forecasts", ModelPackageDescription="The first", ModelApprovalStatus=approval
    )


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    tell(clients, "sagemaker", "ListTags", {"Tags": []})
    notebooks(clients)
    training_jobs(clients)
    processing_jobs(clients)
    hosting(clients)
    domains(clients)
    running = {"stopped": "Stopped", "running": "Scheduled"}
    schedules(clients, {HOME_REGION: running, SECOND_REGION: {"failed": "Failed", "coming": "Pending"}})
    registry(clients, "Approved")


def seed_unwatched(clients: Clients) -> None:
    """Nobody looks after the models of another."""
    schedules(clients, {})
    registry(clients, "PendingManualApproval")


STATES: Final = (
    State("models", "500000003401", seed, services=("sagemaker",)),
    State("unwatched models", "500000003418", seed_unwatched, services=("sagemaker",)),
)
