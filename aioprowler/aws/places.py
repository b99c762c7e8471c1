"""Where the operations of a service are called in each region, without a client there.

What differs between a service's clients of two regions is what botocore's endpoint rules and endpoint data say of them.
Both are asked here with the parts that botocore makes a client of: a fifth of a millisecond, where a client takes six
and a tenth of a megabyte.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from aiobotocore.args import AioClientArgsCreator
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.auth import resolve_auth_type
from botocore.awsrequest import prepare_request_dict
from botocore.client import ClientEndpointBridge
from botocore.model import OperationModel, ServiceModel
from botocore.regions import EndpointResolverBuiltins as Builtin
from botocore.utils import validate_region_name
from msgspec import Struct

from aioprowler.aws.web import proxy_for

_SIGNED_HERE = ("v4", "s3v4")


class Place(Struct, frozen=True):
    """Where an operation's requests go, and whom they are signed for."""

    scheme: str
    host: str
    prefix: str
    """The endpoint's own path, before the operation's."""
    signing_region: str
    signing_name: str
    proxy: str | None

    @classmethod
    def of(cls, url: str, path: str, signing_region: str, signing_name: str, proxy: str | None) -> Place:
        """From an operation's path, and a whole URL that it is the end of."""
        whole = urlsplit(url)
        return cls(whole.scheme, whole.netloc, whole.path.removesuffix(path), signing_region, signing_name, proxy)


class Rules:
    """What tells the places of one service: its endpoint rules and data, as its first client asks them."""

    def __init__(self, client: Any, bridge: ClientEndpointBridge, creator: AioClientArgsCreator) -> None:
        self._rules = client._ruleset_resolver
        self._model: ServiceModel = client.meta.service_model
        self._signature_version = client.meta.config.signature_version
        self._bridge = bridge
        self._creator = creator
        self._s3 = creator.compute_s3_config(bridge.client_config)
        self._configured = creator._compute_configured_endpoint_url(bridge.client_config, None)
        self._has_proxies = bool(getproxies())

    @classmethod
    async def of(cls, client: Any, session: AioSession, config: AioConfig) -> Self:
        """As the session's `create_client` goes about it: what is configured for this service comes first."""
        model: ServiceModel = client.meta.service_model
        store = copy.copy(session.get_component("config_store"))
        if session._resolve_defaults_mode(config, store) != "legacy":
            defaults = session._get_internal_component("smart_defaults_factory")
            await defaults.merge_smart_defaults(store, "standard", client.meta.region_name)
        session._add_configured_endpoint_provider(client_name=model.service_name, config_store=store)
        auth = model.metadata.get("auth")
        bridge = ClientEndpointBridge(
            session._get_internal_component("endpoint_resolver"), session.get_scoped_config(), config,
            service_signing_name=model.metadata.get("signingName"), config_store=store,
            service_signature_version=resolve_auth_type(auth) if auth else model.metadata.get("signatureVersion"),
        )  # fmt: skip
        creator = AioClientArgsCreator(
            None, "", None, None, None,
            config_store=store, user_agent_creator=session.get_component("user_agent_creator"),
        )  # fmt: skip
        return cls(client, bridge, creator)

    async def place(self, region: str, operation: OperationModel, path: str, params: dict[str, Any]) -> Place | None:
        """As `Places.place`."""
        if self._rules is None:
            return None
        known, rules = self._in(region)
        endpoint = await rules.construct_endpoint(operation, dict(params), {})
        schemes = endpoint.properties.get("authSchemes")
        version, signing = rules.auth_schemes_to_signing_ctx(schemes) if schemes else (known["signature_version"], {})
        if known["signature_version"] != self._signature_version or version not in _SIGNED_HERE or endpoint.headers:
            return None
        before = (operation.endpoint or {}).get("hostPrefix", "").format(**params)
        request = {"url_path": path, "query_string": {}, "host_prefix": before}
        prepare_request_dict(request, endpoint.url)
        return Place.of(
            str(request["url"]), path, signing.get("region", known["signing_region"]),
            signing.get("signing_name", known["signing_name"]),
            proxy_for(known["endpoint_url"]) if self._has_proxies else None,
        )  # fmt: skip

    def _in(self, region: str) -> tuple[dict[str, Any], Any]:
        """What endpoint data says of the service in this region, and the rules as a client there would ask them."""
        validate_region_name(region)  # as for a client: AWS's reply may have told it, and it becomes a part of the host
        name = self._model.endpoint_prefix
        known: dict[str, Any] = self._creator._compute_endpoint_config(
            service_name=name, region_name=region, endpoint_url=self._configured, is_secure=True,
            endpoint_bridge=self._bridge, s3_config=self._s3,
        )  # fmt: skip
        told = str(known["region_name"]) if name in ("s3", "sts") else region
        rules = copy.copy(self._rules)
        rules._builtins = self._rules._builtins | {
            Builtin.AWS_REGION: told,
            Builtin.AWS_STS_USE_GLOBAL_ENDPOINT: self._creator._should_set_global_sts_endpoint(told, None, None),
            Builtin.AWS_S3_USE_GLOBAL_ENDPOINT: self._creator._should_force_s3_global(told, self._s3),
        }
        if not (self._configured or self._bridge.resolver_uses_builtin_data()):
            rules._builtins[Builtin.SDK_ENDPOINT] = known["endpoint_url"]
        return known, rules


class Places:
    """The places of one service. What rules have told is kept, they are not."""

    def __init__(self, rules: Callable[[str], Awaitable[Rules]]) -> None:
        """`rules`: gives them, by way of a client that has the named operation."""
        self._rules = rules
        self._shared: dict[tuple[str, str], Place | None] = {}
        """Region and first letter of the path -> where all those operations go whose parameters do not matter."""

    async def place(self, region: str, operation: OperationModel, path: str, params: dict[str, Any]) -> Place | None:
        """None where a client has to tell. Raises what making a client there and calling it would raise.

        `path`: the operation's own. `params`: those that its endpoint may depend on.
        """
        key = region, path[:1]
        if key in self._shared and not has_places_of_its_own(operation):
            return self._shared[key]
        rules = await self._rules(operation.name)
        place = await rules.place(region, operation, path, params)
        if not has_places_of_its_own(operation):
            self._shared[key] = place
        return place


def has_places_of_its_own(operation: OperationModel) -> bool:
    """Whether an operation may go elsewhere than the others of its service in the same region."""
    return bool(
        operation.endpoint
        or operation.context_parameters
        or operation.static_context_parameters
        or operation.operation_context_parameters
    )
