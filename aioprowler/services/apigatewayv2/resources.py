"""HTTP and WebSocket APIs, who is let in to them, and their stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from aioprowler import Facet, Resource, call, field, listing
from aioprowler.judging.verdicts import told


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


def has_no_authorizer(authorizers: Authorizers) -> bool:
    """Whether its routes are worth asking for: authorization by IAM takes no authorizer."""
    return not authorizers.authorizers


class Route(msgspec.Struct, frozen=True, rename="pascal"):
    """What requests are told apart by, `GET /orders`, and what is asked of who sends them: `NONE`, `AWS_IAM`, ..."""

    route_key: str
    authorization_type: str | None = None


class Routes(Facet[Api]):
    """All routes of an API that has no authorizer."""

    source = call("apigatewayv2", "GetRoutes", ApiId="api_id", pages=True, when=has_no_authorizer)
    routes: tuple[Route, ...] = field(name="Items")

    @property
    def authorization(self) -> Mapping[str, str]:
        """What is asked of who calls, by route. `OPTIONS`, which browsers ask before they may say who calls, is left
        out. Raises UnreadableError where AWS did not tell.
        """
        return {
            each.route_key: told(each.authorization_type, f"the authorization of {each.route_key}")
            for each in self.routes
            if not each.route_key.startswith("OPTIONS ")
        }


CONNECT: Final = "$connect"
"""The route on which alone a WebSocket API asks who connects
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html)."""


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
