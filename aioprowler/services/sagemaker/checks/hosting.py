"""How models are judged, and the configurations of endpoints that they are deployed with."""

from __future__ import annotations

from aioprowler import Pass, Verdict, check
from aioprowler.judging.verdicts import has, pass_if, told
from aioprowler.services.sagemaker.instance_types import has_local_storage
from aioprowler.services.sagemaker.resources import EndpointConfig, Model, Variant
from aioprowler.services.sagemaker.verdicts import in_subnets

ENOUGH = 2
"""Instances of a variant, of which SageMaker puts each in another zone."""


@check(
    fails="SageMaker model is not isolated from the network",
    severity="high",
    categories=["container-security", "gen-ai", "internet-exposed", "trust-boundaries"],
)
def sagemaker_models_network_isolation_enabled(model: Model) -> Verdict:
    """SageMaker models are isolated from the network.

    An isolated container makes no calls, not even to other services of AWS, and has no credentials. It is off unless it
    was asked for.

    ## Risk
    What runs in the container, such as a model that somebody tampered with, sends out what it is asked, and the role's
    credentials.

    ## Remediation
    A model stays as it was made. Make it anew, and deploy that: `aws sagemaker create-model --region <region>
    --model-name <your-model-name> --primary-container file://<your-container.json> --execution-role-arn <your-role-arn>
    --enable-network-isolation`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    """
    return has(model.label, "network isolation", model.isolated)


@check(
    fails="SageMaker model is not in a VPC of the account",
    severity="medium",
    categories=["gen-ai", "internet-exposed", "trust-boundaries"],
)
def sagemaker_models_vpc_settings_configured(model: Model) -> Verdict:
    """SageMaker models are in a VPC of the account.

    In subnets that somebody named. Without, containers are in a network of SageMaker's, and reach the internet from
    there.

    ## Risk
    Neither security groups nor routes or logs of the account have a say in what the containers reach.

    ## Remediation
    A model stays as it was made. Make it anew, and deploy that: `aws sagemaker create-model --region <region>
    --model-name <your-model-name> --primary-container file://<your-container.json> --execution-role-arn <your-role-arn>
    --vpc-config SecurityGroupIds=<your-security-group>,Subnets=<your-subnets>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
    """
    return in_subnets(model.label, model.vpc_config)


@check(
    fails="SageMaker endpoint configuration has no key of AWS KMS",
    severity="medium",
    categories=["encryption", "gen-ai"],
)
def sagemaker_endpoint_config_kms_encryption_enabled(config: EndpointConfig) -> Verdict:
    """SageMaker endpoint configurations name a key of AWS KMS.

    For the volumes of the instances, those of shadow variants among them. A configuration takes none where a variant is
    on instances with local storage, which their hardware encrypts: one whose variants all are passes.

    ## Risk
    Nobody in the account decides who may decrypt models, and what they were asked, on the volumes, or sees who does.

    ## Remediation
    A configuration stays as it was made. Make one with a key, and update the endpoint to it: `aws sagemaker
    create-endpoint-config --region <region> --endpoint-config-name <your-config-name> --production-variants
    file://<your-variants.json> --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
    """
    types = config.types
    if not config.kms_key_id and types and all(map(has_local_storage, types)):
        return Pass(f"{config.label} has its storage encrypted by the hardware of {', '.join(types)}, without a key.")
    return has(config.label, "a key of AWS KMS for its volumes", bool(config.kms_key_id))


@check(
    fails="SageMaker endpoint configuration begins a variant with one instance",
    severity="medium",
    categories=["gen-ai", "resilience"],
)
def sagemaker_endpoint_config_prod_variant_instances(config: EndpointConfig) -> Verdict:
    """SageMaker endpoint configurations begin each variant with two instances or more.

    SageMaker puts them in different availability zones. Serverless variants have none of their own, and shadow variants
    answer nobody: neither is judged.

    ## Risk
    Where the one instance fails, or its zone, the model answers nobody until another has started.

    ## Remediation
    A configuration stays as it was made. Make one with more instances, and update the endpoint to it: `aws sagemaker
    create-endpoint-config --region <region> --endpoint-config-name <your-config-name> --production-variants
    file://<your-variants.json>` with `"InitialInstanceCount": 2`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/best-practices-endpoint.html
    """
    alone = [variant.variant_name for variant in config.variants if _instances(variant) < ENOUGH]
    return pass_if(
        not alone,
        f"{config.label} begins no variant with fewer than two instances.",
        f"{config.label} begins with fewer than two instances: {', '.join(alone)}.",
    )


def _instances(variant: Variant) -> int:
    """How many it begins with; one without any of its own has as many as it takes."""
    if variant.serverless_config is not None:
        return ENOUGH
    return told(variant.initial_instance_count, f"InitialInstanceCount of the variant {variant.variant_name}")
