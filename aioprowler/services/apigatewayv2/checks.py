"""How HTTP and WebSocket APIs and their stages are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Verdict, check
from aioprowler.judging.logs import logs_to
from aioprowler.judging.verdicts import about, has
from aioprowler.services.apigatewayv2.resources import Api, Authorizers, Stages


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
        yield about(verdict, f"{api.name}-{stage.stage_name}")


@check(fails="HTTP or WebSocket API has no authorizer", severity="medium", categories=["identity-access"])
def apigatewayv2_api_authorizers_enabled(api: Api, authorizers: Authorizers) -> Verdict:
    """HTTP and WebSocket APIs have an authorizer.

    It counts whether or not a route uses it. Routes that demand authorization by IAM are not looked at.

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
    """
    return has(api.label, "an authorizer", bool(authorizers.authorizers))
