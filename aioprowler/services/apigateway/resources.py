"""REST APIs, who is let in to them, their stages, and custom domain names."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aioprowler import Facet, Resource, call, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables
from aioprowler.judging.verdicts import told


class EndpointConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """Where an API answers: `EDGE`, `REGIONAL` or, in VPCs alone, `PRIVATE`."""

    types: tuple[str, ...] | None = None


class RestApi(
    Resource,
    id="name",
    arn="arn:{partition}:apigateway:{region}::/restapis/{rest_api_id}",
    type="AwsApiGatewayRestApi",
    group="api_gateway",
    noun="REST API",
    gone=["NotFoundException"],
    rename="camel",
):
    """An API of the first generation, of which several may have one name."""

    source = listing("apigateway", "GetRestApis", "items")
    rest_api_id: str = field(name="id")
    name: str
    endpoint_configuration: EndpointConfiguration

    @property
    def label(self) -> str:
        """With the id, which only one has."""
        return f"REST API {self.name} ({self.rest_api_id})"

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Of which types there is one at least. Raises UnreadableError where AWS did not tell."""
        return told(self.endpoint_configuration.types or None, f"the endpoint types of {self.label}")


# ----------------------------------------------------------------- who is let in
class Authorizer(msgspec.Struct, frozen=True):
    """What decides on requests: a function, or a user pool."""

    name: str = ""


class Authorizers(Facet[RestApi]):
    """What an API has to decide on requests, whether or not a method uses it."""

    source = call("apigateway", "GetAuthorizers", restApiId="rest_api_id", pages=True)
    authorizers: tuple[Authorizer, ...] = field(name="items")


def has_no_authorizer(authorizers: Authorizers) -> bool:
    """Whether its methods are worth asking for, which takes long: the account may ask for those of one API a second."""
    return not authorizers.authorizers


class Method(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of who calls it: `NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`."""

    authorization_type: str | None = None


class ApiResource(msgspec.Struct, frozen=True, rename="camel"):
    """A path with its methods, by their verbs."""

    path: str
    resource_methods: Mapping[str, Method] = {}


class Methods(Facet[RestApi]):
    """All methods of an API that has no authorizer."""

    source = call(
        "apigateway", "GetResources", restApiId="rest_api_id", embed=["methods"], pages=True, when=has_no_authorizer
    )
    resources: tuple[ApiResource, ...] = field(name="items")

    @property
    def authorization(self) -> Mapping[str, str]:
        """What is asked of who calls, by verb and path. `OPTIONS`, which browsers ask before they may say who calls, is
        left out. Raises UnreadableError where AWS did not tell.
        """
        return {
            f"{verb} {each.path}": told(method.authorization_type, f"the authorization of {verb} {each.path}")
            for each in self.resources
            for verb, method in each.resource_methods.items()
            if verb != "OPTIONS"
        }


# ------------------------------------------------------------------------ stages
class MethodSetting(msgspec.Struct, frozen=True, rename="camel"):
    """What holds for methods; what is not set is off (https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html)."""

    logging_level: str = ""
    """`OFF`, `ERROR` or `INFO`."""
    caching_enabled: bool = False
    cache_data_encrypted: bool = False


class Stage(msgspec.Struct, frozen=True, rename="camel"):
    """A version of an API that is called. What is not set is left out
    (https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html).
    """

    stage_name: str
    method_settings: Mapping[str, MethodSetting] = {}
    """By path and verb; `*/*` are all."""
    cache_cluster_enabled: bool | None = None
    """Without a cluster nothing is kept, whatever methods are set to."""
    client_certificate_id: str = ""
    tracing_enabled: bool = False
    web_acl_arn: str = ""
    variables: Mapping[str, str] = {}

    @property
    def cached(self) -> dict[str, MethodSetting]:
        """The settings by which responses are kept."""
        settings = {} if self.cache_cluster_enabled is False else self.method_settings
        return {path: each for path, each in settings.items() if each.caching_enabled}


class Stages(Facet[RestApi]):
    """All stages of an API, which one call tells."""

    source = call("apigateway", "GetStages", restApiId="rest_api_id")
    stages: tuple[Stage, ...] = field(name="item")


def stage_variables(stages: Stages) -> dict[str, str]:
    """Each by its stage and name."""
    return {
        f"{stage.stage_name}: {place}": text
        for stage in stages.stages
        for place, text in variables(stage.variables).items()
    }


class StageSecrets(FoundSecrets, Facet[RestApi]):
    """What the variables of an API's stages give away."""

    source = secrets_in(stage_variables)


def of_stage(found: FoundSecrets, stage: Stage) -> FoundSecrets:
    """What the variables of one stage give away."""
    prefix = f"{stage.stage_name}: "
    secrets = found.secrets.items()
    return FoundSecrets({place.removeprefix(prefix): each for place, each in secrets if place.startswith(prefix)})


# ------------------------------------------------------------------ domain names
class DomainName(
    Resource,
    id="name",
    arn="arn:{partition}:apigateway:{region}::/domainnames/{name}",
    type="AwsApiGatewayDomainName",
    group="network",
    noun="Custom domain name",
    rename="camel",
):
    """A name under which APIs of either generation answer."""

    source = listing("apigateway", "GetDomainNames", "items")
    name: str = field(name="domainName")
    security_policy: str = ""
    """Left out where none was chosen: a legacy one holds
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html).
    """
