"""GraphQL APIs: who is let in, and what they log."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, field, listing


class LogConfig(msgspec.Struct, frozen=True, rename="camel"):
    """How much is logged of the fields of requests."""

    field_log_level: str = "NONE"


class AuthenticationProvider(msgspec.Struct, frozen=True, rename="camel"):
    """A way to say who one is, beside the first one of an API."""

    authentication_type: str = ""


class GraphqlApi(
    Resource, id="api_id", type="AwsAppSyncGraphQLApi", group="api_gateway", noun="GraphQL API", rename="camel"
):
    """An API of the account that AppSync serves; Event APIs are another thing."""

    source = listing("appsync", "ListGraphqlApis", "graphqlApis")
    api_id: str
    arn: str
    name: str
    api_type: str
    """`GRAPHQL`, or `MERGED` of several."""
    authentication_type: str
    additional_providers: tuple[AuthenticationProvider, ...] = field(
        name="additionalAuthenticationProviders", default=()
    )
    log_config: LogConfig = LogConfig()
    """Left out where nothing is logged
    (https://docs.aws.amazon.com/appsync/latest/APIReference/API_GraphqlApi.html)."""

    @property
    def authentication_types(self) -> tuple[str, ...]:
        """All ways to say who one is, each of which lets in."""
        return (self.authentication_type, *(each.authentication_type for each in self.additional_providers))
