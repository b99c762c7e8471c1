"""Notebooks, and models made in them."""

from __future__ import annotations

import base64
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.vpc import Network

MACHINE: Final = "ml.t3.medium"


def seed_production(clients: Clients, shop: Network, key: str) -> None:
    """Give production a notebook, a training job and a model that are shut, and a log of what models are asked."""
    subnet = next(id_ for name, id_ in shop.subnets.items() if "private" in name)
    group = _group(clients, shop)
    network = {"Subnets": [subnet], "SecurityGroupIds": [group]}
    isolated: dict[str, Any] = {"VpcConfig": network, "EnableNetworkIsolation": True}
    add_scripts(clients, "forecasts", "pip install pandas")
    add_notebook(
        clients,
        "forecasts",
        SubnetId=subnet,
        SecurityGroupIds=[group],
        KmsKeyId=key,
        DirectInternetAccess="Disabled",
        RootAccess="Disabled",
    )
    train(clients, "forecasts", {"VolumeKmsKeyId": key}, EnableInterContainerTrafficEncryption=True, **isolated)
    add_model(clients, "forecasts", 2, {"KmsKeyId": key}, **isolated)
    sagemaker = clients("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="forecasts", ModelPackageGroupDescription="Of orders")
    sagemaker.create_model_package(
        ModelPackageGroupName="forecasts", ModelPackageDescription="The first", ModelApprovalStatus="Approved"
    )
    clients("logs").create_log_group(logGroupName="models", kmsKeyId=key)
    log_models(clients, HOME_REGION, "models", has_texts=True)


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox the same, for whoever comes by, and a password in a script."""
    add_scripts(clients, "experiments", "export DB_PASSWORD='tr0ub4dor-and-3-horses'")
    add_notebook(clients, "experiments", DirectInternetAccess="Enabled", RootAccess="Enabled")
    train(clients, "experiments", {})
    add_model(clients, "experiments", 1, {})
    clients("logs", SECOND_REGION).create_log_group(logGroupName="models")
    log_models(clients, SECOND_REGION, "models", has_texts=False)


def _group(clients: Clients, network: Network) -> str:
    """The default security group of a VPC."""
    wanted = [{"Name": "vpc-id", "Values": [network.vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
    return str(clients("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"])


def _role(clients: Clients) -> str:
    """The ARN of a role that SageMaker and Bedrock would take; nobody looks whether it is there."""
    return f"arn:aws:iam::{clients.account_id}:role/models"


def add_scripts(clients: Clients, name: str, line: str) -> None:
    """Have a line run whenever a notebook instance starts."""
    script = base64.b64encode(f"#!/bin/bash\n{line}\n".encode()).decode()
    clients("sagemaker").create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=name, OnStart=[{"Content": script}]
    )


def add_notebook(clients: Clients, name: str, **asked: Any) -> None:
    """Create a notebook instance with the scripts of its name."""
    clients("sagemaker").create_notebook_instance(
        NotebookInstanceName=name,
        InstanceType=MACHINE,
        RoleArn=_role(clients),
        LifecycleConfigName=name,
        **asked,
    )


def train(clients: Clients, name: str, volume: dict[str, str], **asked: Any) -> None:
    """Run a training job."""
    clients("sagemaker").create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": "forecasts:1", "TrainingInputMode": "File"},
        RoleArn=_role(clients),
        OutputDataConfig={"S3OutputPath": "s3://models/forecasts"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30, **volume},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        **asked,
    )


def add_model(clients: Clients, name: str, instances: int, key: dict[str, str], **asked: Any) -> None:
    """Create a model, and what an endpoint of it would be made by."""
    sagemaker = clients("sagemaker")
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=_role(clients), PrimaryContainer={"Image": "forecasts:1"}, **asked
    )
    variant = {
        "VariantName": "all",
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": instances,
    }
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InitialVariantWeight": 1}], **key
    )


def log_models(clients: Clients, region: str, group: str, *, has_texts: bool) -> None:
    """Have Bedrock log what models are asked."""
    clients("bedrock", region).put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {"logGroupName": group, "roleArn": _role(clients)},
            "textDataDeliveryEnabled": has_texts,
        }
    )
