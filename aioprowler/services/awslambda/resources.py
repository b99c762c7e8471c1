"""Lambda functions, who may call them, and the layers that they are made of."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from aioprowler import Facet, Failure, Here, Resource, call, derive, field, known, listing, source
from aioprowler.judging.policies import Policy
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables
from aioprowler.services.vpc.resources import Subnet


class VpcConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The VPC that a function is in, if it is in one, with subnets and security groups."""

    vpc_id: str = ""
    subnet_ids: tuple[str, ...] | None = None
    security_group_ids: tuple[str, ...] = ()


class Withheld(msgspec.Struct, frozen=True, rename="pascal"):
    """Why Lambda does not tell the variables."""

    error_code: str = ""


class Environment(msgspec.Struct, frozen=True, rename="pascal"):
    """The variables of a function, or why Lambda does not tell them: whoever asks has to be let use their key
    (https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html).
    """

    variables: dict[str, str] = {}
    error: Withheld | None = None


class DeadLetterConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """Where events go that a function did not manage: the ARN of a queue or topic."""

    target_arn: str = ""


class Layer(msgspec.Struct, frozen=True, rename="pascal"):
    """A version of a layer that a function uses, whosever it is."""

    arn: str

    @property
    def account_id(self) -> str:
        """Whose it is."""
        return self.arn.split(":")[4]


class Function(
    Resource,
    id="name",
    type="AwsLambdaFunction",
    group="serverless",
    noun="Lambda function",
    gone={"ResourceNotFoundException": "function not found"},
):
    """A Lambda function, as it is without a version or an alias. In a VPC it has network interfaces only while it is
    in use.
    """

    source = listing("lambda", "ListFunctions", "Functions")
    name: str = field(name="FunctionName")
    arn: str = field(name="FunctionArn")
    runtime: str | None = None
    """None of one that is a container image."""
    package_type: str = "Zip"
    environment: Environment = Environment()
    kms_key_arn: str = field(name="KMSKeyArn", default="")
    """Empty where Lambda uses a key of AWS's (https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html)."""
    vpc_config: VpcConfig = VpcConfig()
    dead_letter_config: DeadLetterConfig = DeadLetterConfig()
    layers: tuple[Layer, ...] = ()


# ------------------------------------------------------------------- who may call it
class FunctionPolicy(Facet[Function]):
    """Who may do what with a function, besides what IAM says; absent where it has no policy."""

    source = call("lambda", "GetPolicy", FunctionName="name", absent=["ResourceNotFoundException"])
    policy: Policy


class Cors(msgspec.Struct, frozen=True, rename="pascal"):
    """The web sites whose pages may call a URL; without any, none may."""

    allow_origins: tuple[str, ...] = ()


class FunctionUrl(msgspec.Struct, frozen=True, rename="pascal"):
    """A URL of a function or of one of its aliases, with which its ARN ends then."""

    function_arn: str
    auth_type: str
    cors: Cors = Cors()

    def label(self, function: Function) -> str:
        """With the alias."""
        alias = self.function_arn.removeprefix(function.arn).lstrip(":")
        return f"The URL of alias {alias} of {function.label}" if alias else f"The URL of {function.label}"


class FunctionUrls(Facet[Function]):
    """The URLs of a function and of its aliases."""

    source = call(
        "lambda", "ListFunctionUrlConfigs", FunctionName="name", pages=True, absent=["ResourceNotFoundException"]
    )
    urls: tuple[FunctionUrl, ...] = field(name="FunctionUrlConfigs")


# ------------------------------------------------------------------- zones
class SubnetZones(msgspec.Struct, frozen=True):
    """The availability zone of each subnet of a region."""

    by_subnet: dict[str, str]


@derive
def subnet_zones(subnets: Here[Subnet]) -> SubnetZones:
    """Also of those that other accounts share."""
    return SubnetZones({each.subnet_id: each.availability_zone for each in subnets})


# ------------------------------------------------------------------- secrets
def variables_of(function: Function) -> dict[str, str]:
    """Raises GapError where Lambda does not tell them."""
    if (error := function.environment.error) is not None:
        known(Failure("denied", "kms:Decrypt", error.error_code))
    return variables(function.environment.variables)


class VariableSecrets(FoundSecrets, Facet[Function]):
    """What the variables of a function give away."""

    source = secrets_in(variables_of)


@source()
async def layers_in_use(functions: Here[Function]) -> list[LayerVersion]:
    """Each once, however many functions use it."""
    arns = {layer.arn: None for function in functions for layer in function.layers}
    return [LayerVersion(arn=arn) for arn in arns]


class LayerVersion(Resource, id="name", type="AwsLambdaLayerVersion", group="serverless", noun="Lambda layer"):
    """A version of a layer that functions use, be it another account's. One that was deleted still is used
    (https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html).
    """

    source: ClassVar[Any] = layers_in_use
    arn: str

    @property
    def name(self) -> str:
        """That of the layer, which all versions have; the whole ARN where it tells none."""
        fields = self.arn.split(":")
        return fields[6] if len(fields) > 6 else self.arn

    @property
    def version(self) -> str:
        """Its number."""
        return self.arn.rpartition(":")[2]

    @property
    def label(self) -> str:
        """With its version."""
        return f"Version {self.version} of Lambda layer {self.name}"
