"""What moto does not simulate: the past, and some replies.

moto runs in this process, so its objects are within reach: those of a service, an account and a region are a backend.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from moto.backends import get_backend
from moto.core.parse import RequestParserError
from moto.core.serialize import get_serializer_class
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.simulated_aws import errors
from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.protocol import Request
from benchmarks.simulated_aws.routing import Call, resolve, service_model

Reply = Mapping[str, Any] | AwsError | Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""What an operation says, or what makes that of the parameters that it is asked with, or raises AwsError."""

_TOLD: Final[dict[tuple[str, str, str, str], Reply]] = {}
"""By account, region (`aws` for services of one place), service and operation."""
_SIGNED: Final[set[str]] = set()
"""Names by which requests are signed to services of which something is told."""
_CREDENTIAL: Final = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


def backend(clients: Clients, service: str, region: str = HOME_REGION) -> Any:
    """moto's objects of a service in an account and region."""
    return _backend(service, clients.account_id, region)


def _backend(service: str, account_id: str, region: str) -> Any:
    find: Any = get_backend  # typed for literal names alone
    return find(service)[account_id][_place(service, region)]


def _place(service: str, region: str) -> str:
    return "aws" if service in ("iam", "s3") else region


def tell(clients: Clients, service: str, operation: str, reply: Reply, region: str = HOME_REGION) -> None:
    """Have an operation answer so in an account and region, whether moto has it or even the service or not;
    `moto_supplemented` has to be entered. Names are botocore's.
    """
    _SIGNED.add(service_model(service).signing_name)
    _TOLD[clients.account_id, _place(service, region), service, operation] = reply


def now() -> datetime.datetime:
    """To the second, without a time zone and in UTC, as moto keeps time."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


def ago(days: float) -> datetime.datetime:
    """A moment in the past. The scans follow within the hour, at which the age still counts as so many whole days."""
    return now() - datetime.timedelta(days=days)


@contextmanager
def moto_supplemented() -> Iterator[None]:
    """Let seeds tell what operations answer. Where none did, all stays as moto has it."""
    simulated = DomainDispatcherApplication.__call__

    def answer(application: Any, environ: dict[str, Any], start_response: Any) -> Any:
        told = _answer(environ)
        if told is None:
            return simulated(application, environ, start_response)
        status, headers, body = told
        start_response(f"{status} Told", list(headers.items()))
        return [body]

    with patch.object(DomainDispatcherApplication, "__call__", answer):
        yield
    _TOLD.clear()
    _SIGNED.clear()


def _answer(environ: dict[str, Any]) -> tuple[int, Mapping[str, str], bytes] | None:
    """Status, headers and body of what is told; None where nothing is."""
    signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed is None or signed[3] not in _SIGNED:
        return None
    try:
        call = resolve(_request(environ), signed[3])
    except (AwsError, RequestParserError):  # the latter: what puts an object, of which moto's parser expects XML
        return None
    account, place = get_account_id_from(signed[1]), _place(call.service, signed[2])
    reply = _TOLD.get((account, place, call.service, call.operation))
    return None if reply is None else _written(call, reply)


def _request(environ: dict[str, Any]) -> Request:
    """The request, of which moto may read the body again; one in chunks has no length, and an end of its own."""
    is_chunked = environ.get("HTTP_TRANSFER_ENCODING") == "chunked"
    body = environ["wsgi.input"].read(None if is_chunked else int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
    return Request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], headers, body)


def _written(call: Call, reply: Reply) -> tuple[int, Mapping[str, str], bytes]:
    try:
        if isinstance(reply, AwsError):
            raise reply
        result = reply(call.params) if callable(reply) else reply
    except AwsError as error:
        return error.status, *errors.write(error, call.service, call.protocol)
    made = get_serializer_class(call.service, call.protocol)(call.model).serialize(dict(result))
    body = made["body"]
    return made["status_code"], made["headers"], body.encode() if isinstance(body, str) else body
