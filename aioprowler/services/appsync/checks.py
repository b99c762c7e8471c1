"""How GraphQL APIs are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Verdict, check
from aioprowler.judging.logs import logs_at
from aioprowler.judging.verdicts import is_set_to, worst
from aioprowler.services.appsync.resources import GraphqlApi

_IDENTITIES: Final = frozenset({"AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"})
"""Ways by which AppSync knows who calls
(https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html)."""


@check(fails="GraphQL API does not log fields", severity="medium", categories=["logging"])
def appsync_field_level_logging_enabled(api: GraphqlApi) -> Verdict:
    """GraphQL APIs of AppSync log fields to CloudWatch Logs.

    Any level that logs errors at least is enough. Merged APIs are judged as well.

    ## Risk
    Nobody can say which fields of which objects a request asked for, and which it was refused.

    ## Remediation
    `aws appsync update-graphql-api --region <region> --api-id <api-id> --name <name> --authentication-type
    <authentication-type> --log-config fieldLogLevel=ERROR,cloudWatchLogsRoleArn=<your-role-arn>`. The command sets what
    it does not name back to its default: repeat the API's other settings in it.

    ## References
    https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/appsync-controls.html#appsync-2
    """
    return logs_at(api.label, "field logs", api.log_config.field_log_level)


@check(fails="GraphQL API lets in by an API key", severity="high", categories=["identity-access"])
def appsync_graphql_api_no_api_key_authentication(api: GraphqlApi) -> Verdict | None:
    """GraphQL APIs of AppSync do not take API keys for who somebody is.

    Judged are the first way to authenticate and all that are added to it; merged APIs are not judged.

    ## Risk
    A key stands in the code of every app that uses it, and tells nothing of who calls. Whoever reads it there asks for
    all that the API lets keys do.

    ## Remediation
    Choose a way by which AppSync knows who calls: `aws appsync update-graphql-api --region <region> --api-id <api-id>
    --name <name> --authentication-type AWS_IAM`. The command sets what it does not name back to its default: repeat the
    API's other settings in it.

    ## References
    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/appsync-controls.html#appsync-5
    """
    if api.api_type == "MERGED":
        return None
    kinds = api.authentication_types
    return worst(is_set_to(api.label, "authentication by", each, good=_IDENTITIES, bad={"API_KEY"}) for each in kinds)
