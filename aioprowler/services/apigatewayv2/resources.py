"""HTTP and WebSocket APIs, who is let in to them, and their stages."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Resource, call, field, listing


class Api(
    Resource,
    id="name",
    arn="arn:{partition}:apigateway:{region}::/apis/{api_id}",
    type="AwsApiGatewayV2Api",
    group="api_gateway",
    noun="API",
    gone=["NotFoundException"],
):
    """An API of the second generation, of which several may have one name."""

    source = listing("apigatewayv2", "GetApis", "Items")
    api_id: str
    name: str
    protocol_type: str = ""
    """`HTTP` or `WEBSOCKET`."""

    @property
    def label(self) -> str:
        """With the id, which only one has."""
        return f"{self.protocol_type} API {self.name} ({self.api_id})".lstrip()


class Authorizer(msgspec.Struct, frozen=True, rename="pascal"):
    """What decides on requests: a function, or who issues tokens."""

    name: str = ""


class Authorizers(Facet[Api]):
    """What an API has to decide on requests, whether or not a route uses it."""

    source = call("apigatewayv2", "GetAuthorizers", ApiId="api_id", pages=True)
    authorizers: tuple[Authorizer, ...] = field(name="Items")


class AccessLogSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Where requests are logged to."""

    destination_arn: str = ""


class Stage(msgspec.Struct, frozen=True, rename="pascal"):
    """A version of an API that is called."""

    stage_name: str
    access_log_settings: AccessLogSettings = AccessLogSettings()


class Stages(Facet[Api]):
    """All stages of an API."""

    source = call("apigatewayv2", "GetStages", ApiId="api_id", pages=True)
    stages: tuple[Stage, ...] = field(name="Items")
