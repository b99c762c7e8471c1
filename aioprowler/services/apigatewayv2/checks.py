"""How HTTP and WebSocket APIs and their stages are judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aioprowler import Verdict, check
from aioprowler.judging.authorization import authorized
from aioprowler.judging.logs import logs_to
from aioprowler.judging.verdicts import about, has
from aioprowler.services.apigatewayv2.resources import CONNECT, Api, Authorizers, Routes, Stages

AUTHORIZED: Final = frozenset({"AWS_IAM", "CUSTOM", "JWT"})
"""https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html"""


@check(
    fails="Stage of an HTTP or WebSocket API does not log requests",
    severity="medium",
    categories=["logging"],
    resource_type="AwsApiGatewayV2Stage",
)
def apigatewayv2_api_access_logging_enabled(api: Api, stages: Stages) -> Iterator[Verdict]:
    """Stages of HTTP and WebSocket APIs write access logs.

    To a log group, or to a stream of Firehose. What is written of a request is not looked into.

    ## Risk
    Nobody can say who called the API, when, and with which outcome.

    ## Remediation
    `aws apigatewayv2 update-stage --region <region> --api-id <api-id> --stage-name <your-stage> --access-log-settings
    DestinationArn=<your-log-group-arn>,Format=<your-format>`

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
    """
    for stage in stages.stages:
        to = stage.access_log_settings.destination_arn
        verdict = logs_to(f"Stage {stage.stage_name} of {api.label}", "requests", [to] if to else [])
        yield about(verdict, f"{api.name}-{stage.stage_name}", stage=stage.stage_name)


@check(fails="HTTP or WebSocket API has no authorizer, and open routes", severity="medium",
       categories=["identity-access"])  # fmt: skip
def apigatewayv2_api_authorizers_enabled(api: Api, authorizers: Authorizers, routes: Routes | None) -> Verdict:
    """HTTP and WebSocket APIs have an authorizer, or routes that all demand authorization.

    An authorizer counts whether or not a route uses it. Without one each route but OPTIONS must demand authorization by
    IAM; of a WebSocket API that is the route by which clients connect. An API without routes fails.

    ## Risk
    Whoever finds the address of the API calls it, and what is behind it.

    ## Remediation
    Make an authorizer, and name it in the routes: `aws apigatewayv2 create-authorizer --region <region> --api-id
    <api-id> --name <your-name> --authorizer-type JWT --identity-source '$request.header.Authorization'
    --jwt-configuration Audience=<your-audience>,Issuer=<your-issuer>`. WebSocket APIs take functions, of the type
    REQUEST, alone.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html#apigateway-8
    """
    if authorizers.authorizers:
        return has(api.label, "an authorizer", True)
    found = routes.authorization if routes else {}
    if api.protocol_type == "WEBSOCKET":
        found = {key: word for key, word in found.items() if key == CONNECT}
    return authorized(api.label, "routes", found, AUTHORIZED)
