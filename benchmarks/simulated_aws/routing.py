"""Which operation a request is, by botocore's models, and its parameters."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import botocore
from botocore.loaders import Loader
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from werkzeug.datastructures import Headers, MultiDict

from benchmarks.simulated_aws.errors import AwsError, trouble
from benchmarks.simulated_aws.protocol import Request

_ALIASES = {"s3express": "s3", "s3-outposts": "s3", "s3-object-lambda": "s3"}
_METADATA = re.compile(r'"(endpointPrefix|signingName|targetPrefix|apiVersion|protocol)"\s*:\s*"([^"]*)"')
_VARIABLE = re.compile(r"\\{((?:\w|\\-)+)(\\\+)?\\}")
_BUCKET_HOST = re.compile(r"(.+)\.(?:localhost|(?:\d{1,3}\.){3}\d{1,3})(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as its service understands it."""

    service: str
    """botocore's name of it."""
    protocol: str
    model: Any
    """botocore's OperationModel."""
    params: dict[str, Any]

    @property
    def operation(self) -> str:
        name: str = self.model.name
        return name


@dataclass(frozen=True, slots=True)
class _Described:
    """What the head of a service model says; reading all of it takes a hundred times as long."""

    service: str
    metadata: Mapping[str, str]

    @property
    def signing_name(self) -> str:
        return self.metadata.get("signingName") or self.metadata.get("endpointPrefix", "")


@cache
def _described() -> tuple[_Described, ...]:
    folders = sorted((Path(botocore.__file__).parent / "data").iterdir())
    return tuple(_describe(folder) for folder in folders if any(folder.glob("*/service-2.json.gz")))


def _describe(folder: Path) -> _Described:
    with gzip.open(max(folder.glob("*/service-2.json.gz"))) as file:
        head = file.read(4096).partition(b'"operations"')[0].decode()
    return _Described(folder.name, dict(_METADATA.findall(head)))


@cache
def _candidates(signing_name: str) -> tuple[_Described, ...]:
    """The services whose requests are signed with that name, the one that is called so first."""
    name = _ALIASES.get(signing_name, signing_name)
    found = [each for each in _described() if name in (each.signing_name, each.service)]
    return tuple(sorted(found, key=lambda each: each.service != name))


@cache
def service_model(service: str) -> Any:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> Any:
    """Raises botocore's OperationNotFoundError."""
    return service_model(service).operation_model(operation)


@dataclass(slots=True)
class Route:
    """The method, path and query of an operation of a REST protocol."""

    method: str
    path: re.Pattern[str]
    query: dict[str, str]
    model: Any
    weight: tuple[int, int, bool] = field(init=False)

    def __post_init__(self) -> None:
        self.weight = (len(self.query), -self.path.pattern.count("(?P<"), not self.model.deprecated)

    def match(self, method: str, path: str, query: Mapping[str, str]) -> dict[str, str] | None:
        if method != self.method or any(query.get(name) != value for name, value in self.query.items()):
            return None
        found = self.path.fullmatch(path)
        return (
            {name[1:].replace("__", "-"): unquote(value) for name, value in found.groupdict().items()}
            if found
            else None
        )


@cache
def _routes(service: str) -> tuple[Route, ...]:
    """The most particular first."""
    model = service_model(service)
    routes = [_route(model.operation_model(name)) for name in model.operation_names]
    return tuple(sorted(routes, key=lambda route: route.weight, reverse=True))


def _route(model: OperationModel) -> Route:
    path, _, query = model.http["requestUri"].partition("?")
    pattern, names = re.escape(path.rstrip("/") or "/"), iter(range(100))
    names_of: dict[str, str] = {}

    def variable(found: re.Match[str]) -> str:
        # Names of groups may not begin with a digit or repeat; `_` keeps them apart from Python's words, and `__` is a
        # hyphen, which they cannot have.
        told = found[1].replace("\\-", "__")
        name = told if told not in names_of else f"{told}{next(names)}"
        names_of[name] = told
        return f"(?P<_{name}>.+)" if found[2] else f"(?P<_{name}>[^/]+)"

    pattern = _VARIABLE.sub(variable, pattern)
    return Route(
        model.http["method"], re.compile(f"{pattern}/?"), dict(parse_qsl(query, keep_blank_values=True)), model
    )


def warm_up(services: Iterable[str]) -> None:
    """Read what would hold up the first call of each service for a tenth of a second."""
    for service in services:
        service_model(service)
        _candidates(service)


def resolve(request: Request, signing_name: str) -> Call:
    """The call that a request is. Raises AwsError, in the protocol of the service as far as it is known."""
    candidates = _candidates(signing_name)
    if not candidates:
        raise AwsError("UnknownService", f"There is no service {signing_name}.", 404)
    target = request.headers.get("x-amz-target")
    if target:
        service, protocol, model = _by_target(target, candidates)
        return _call(request, service, protocol, model, {}, MultiDict())
    path, query = request.path_and_query
    values = parse_qsl(query, keep_blank_values=True)
    if candidates[0].metadata["protocol"] in ("query", "ec2") and path == "/":
        values += parse_qsl(request.body.decode(), keep_blank_values=True)
        service, protocol, model = _by_action(dict(values), candidates)
        return _call(request, service, protocol, model, {}, MultiDict(values))
    service, model, variables = _by_route(request, path, dict(values), candidates)
    protocol = service_model(service).resolved_protocol
    return _call(request, service, protocol, model, variables, MultiDict(values))


def protocol_of(signing_name: str) -> tuple[str, str]:
    """Service and protocol in which a request is answered that could not be resolved."""
    candidates = _candidates(signing_name)
    if not candidates:
        return signing_name, "json"
    return candidates[0].service, candidates[0].metadata["protocol"]


def _by_target(target: str, candidates: tuple[_Described, ...]) -> tuple[str, str, Any]:
    prefix, _, operation = target.rpartition(".")
    for candidate in candidates:
        if candidate.metadata.get("targetPrefix") == prefix:
            return candidate.service, "json", _known(candidate.service, "json", operation)
    raise trouble("unknown", candidates[0].service, "json")


def _by_action(values: Mapping[str, str], candidates: tuple[_Described, ...]) -> tuple[str, str, Any]:
    version, action = values.get("Version"), values.get("Action", "")
    of_version = [each for each in candidates if each.metadata.get("apiVersion") == version] or list(candidates)
    for candidate in of_version:
        if action in service_model(candidate.service).operation_names:
            protocol = candidate.metadata["protocol"]
            return candidate.service, protocol, operation_model(candidate.service, action)
    raise trouble("unknown", candidates[0].service, candidates[0].metadata["protocol"], f"No action {action}.")


def _by_route(
    request: Request, path: str, query: Mapping[str, str], candidates: tuple[_Described, ...]
) -> tuple[str, Any, dict[str, str]]:
    bucket = _bucket_in_host(request)
    for service in _rest_services(request, candidates):
        whole = f"/{bucket}{path}" if bucket and service == "s3" else path
        for route in _routes(service):
            variables = route.match(request.method, whole, query)
            if variables is not None:
                return service, route.model, variables
    raise trouble("unknown", candidates[0].service, candidates[0].metadata["protocol"])


def _rest_services(request: Request, candidates: tuple[_Described, ...]) -> Iterator[str]:
    """S3 and S3 Control are signed alike; what the latter's requests have is an account."""
    control = "x-amz-account-id" in request.headers
    for candidate in sorted(candidates, key=lambda each: (each.service == "s3control") != control):
        yield candidate.service


def _bucket_in_host(request: Request) -> str:
    found = _BUCKET_HOST.fullmatch(request.headers.get("host", ""))
    return found[1] if found else ""


def _known(service: str, protocol: str, operation: str) -> Any:
    if operation not in service_model(service).operation_names:
        raise trouble("unknown", service, protocol, f"No operation {operation}.")
    return operation_model(service, operation)


def _call(request: Request, service: str, protocol: str, model: Any, variables: dict[str, str], values: Any) -> Call:
    parsed = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "body": request.body,
            "headers": Headers(list(request.headers.items())),
            "method": request.method,
            "url_params": variables,
            "url_path": request.target,
            "values": values,
        }
    )
    return Call(service, protocol, model, {name: value for name, value in parsed.items() if value is not None})
