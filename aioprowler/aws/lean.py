"""The hot path: one AWS call in a quarter of the CPU time that a plain client takes.

A plain client spends most of a call on event hooks, endpoint rules and the user-agent string, whose outcome is the
same at every call of an operation. Here that outcome is taken once, from a request that the plain client itself made,
and only what differs is done per call: a signature with a cached key, HTTP, decoding what is read of the reply, and
botocore's serializer where nobody has asked with the same parameters just before.

An operation takes this path only if it reproduces that first request byte for byte, signature included.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Protocol

import orjson
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, EndpointResolutionError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from aioprowler.aws.credentials import Keys
from aioprowler.aws.decoding.decoders import Decoders
from aioprowler.aws.decoding.parsers import parser_of
from aioprowler.aws.errors import UNREADABLE, is_page, kind_of
from aioprowler.aws.hooks import builtin_hooks, is_handled
from aioprowler.aws.places import Place, Places
from aioprowler.aws.redirects import refuse_redirect
from aioprowler.aws.requests import Drafts, Request
from aioprowler.aws.signing import canonical_path, current_keys
from aioprowler.aws.web import proxy_for
from aioprowler.declarations.readings import Reading
from aioprowler.facts.services import row

_LABEL = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
"""Values that stand in a host name as they are: of bucket names those without dots, and none that S3 treats apart."""
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
_NAMED = re.compile(r"{(\w+)}")
_STUMBLES = (ArithmeticError, AttributeError, LookupError, ResponseParserError, RuntimeError, TypeError, ValueError)
"""What botocore's parsers raise for a reply that is not of their shape, or lies too deep in itself."""

Reply = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""


class Sender(Protocol):
    """What sends requests."""

    async def exchange(self, request: Request, proxy: str | None) -> Reply:
        """One request and its reply, through the proxy where there is one. Raises aiohttp's exceptions, TimeoutError
        and ReplyTooLargeError.
        """
        ...


class _CapturedError(Exception):
    """Carries a signed request out of a plain client before it is sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


_capturing: ContextVar[bool] = ContextVar("capturing", default=False)


def _capture(request: AWSPreparedRequest, **_: Any) -> None:
    if _capturing.get():
        raise _CapturedError(request)


async def plain_call(client: Any, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The call as everybody makes it, and as long as the lean path's may take, also where pieces of a reply trickle in.
    Raises TimeoutError besides what the client raises.
    """
    async with asyncio.timeout(2 * client.meta.config.read_timeout):
        reply: dict[str, Any] = await getattr(client, xform_name(operation))(**params)
    return reply


async def plain_request(client: Any, operation: str, params: Mapping[str, Any]) -> Request:
    """The request that the client would send. Raises what the client raises for such parameters."""
    # Stays registered, because the client looks all handlers up anew after each change.
    client.meta.events.register_first("before-send", _capture, unique_id="aioprowler-capture")
    token = _capturing.set(True)
    try:
        await plain_call(client, operation, params)
    except _CapturedError as captured:
        sent = captured.with_traceback(None).request  # whose frames hold the exception, and the client with all it has
    finally:
        _capturing.reset(token)
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    headers = {name.lower(): _text(value) for name, value in sent.headers.items()}
    headers.pop("host", None)  # which the URL says; awscrt's signers write it out, placeholders and all
    return Request(sent.method, sent.url, headers, body)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class LeanOperation:
    """What the requests and replies of an operation have in common, wherever and for whomever it is called."""

    def __init__(self, client: Any, operation: str, first: Request, params: Mapping[str, Any]) -> None:
        """From a first request, which the plain client made of `params` with placeholders in them."""
        self.model: OperationModel = client.meta.service_model.operation_model(operation)
        protocol = client.meta.service_model.resolved_protocol
        self.parser = parser_of(protocol)
        self.decoders = Decoders(self.model, protocol, self.parser)
        self.is_json = protocol in ("json", "rest-json")
        self.is_policy = _is_text(self.model.output_shape)
        self.lists = _has_list(self.model.output_shape)
        service_id = client.meta.service_model.service_id.hyphenize()
        self.after_call = is_handled(event := f"after-call.{service_id}.{operation}") and event
        self.before_parse = is_handled(event := f"before-parse.{service_id}.{operation}") and event
        self.signs_path_as_it_is = row(client.meta.service_model.service_name).signs_path_as_it_is
        self.drafts = Drafts(self.model, first, params)
        self.path = self.drafts.draft(params).path
        self.in_endpoint = _in_endpoint(self.model)
        self.placeholders = {name: params[name] for name in self.in_endpoint if isinstance(params.get(name), str)}

    async def parse(
        self, status: int, headers: Mapping[str, str], body: bytes, reading: Reading | None
    ) -> dict[str, Any]:
        """The members that are read, others or not; with None as the plain client has it. Raises ClientError as the
        plain client does, also for a refusal that cannot be read, which would be no other the next time; one of
        _STUMBLES for any other reply that cannot.
        """
        context = {"operation_name": self.model.name}
        raw: dict[str, Any] = {"status_code": status, "headers": headers, "body": body, "context": context}
        extra: dict[str, Any] = {}
        if self.before_parse:
            await builtin_hooks().emit(
                self.before_parse, operation_model=self.model, response_dict=raw, customized_response_dict=extra
            )
        parsed = self._decoded(raw, reading) if reading and not self.is_policy else None
        if parsed is None:
            parsed = self._parsed(raw)
            if status < 300:
                self._require_answer(body, parsed)
            parsed["ResponseMetadata"]["RetryAttempts"] = 0
        parsed.update(extra)
        if raw["status_code"] >= 300:
            self._add_modelled_fields(raw, parsed)
        if self.after_call and raw["status_code"] < 300:  # a refusal without a body makes one of the handlers stumble
            http_response = _Response(raw["status_code"], headers, body)
            await builtin_hooks().emit(
                self.after_call, http_response=http_response, parsed=parsed, model=self.model, context={}
            )
        if raw["status_code"] >= 300:
            code = parsed.setdefault("Error", {}).get("Code") or str(status)
            if body and code == str(status) and self._says_nothing(status, body, parsed):
                code = UNREADABLE  # in whose place botocore puts the status, or nothing
            parsed["Error"]["Code"] = code
            raise ClientError(parsed, self.model.name)
        return parsed

    def _decoded(self, raw: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
        """None where botocore's parser is to read the reply."""
        status, body = raw["status_code"], raw["body"]
        if not 200 <= status < 300 or not body or _is_page(body):
            return None
        return self.decoders.decode(reading, status, raw["headers"], body)

    def _require_answer(self, body: bytes, parsed: Mapping[str, Any]) -> None:
        """Raises ResponseParserError for what is no answer of AWS's, such as a page of a proxy or a portal, which
        botocore's parsers read as a reply that says nothing.
        """
        if self.is_policy or (self.is_json and len(parsed) == 1):
            _require_json(body)
            if self.lists and not body:
                raise ResponseParserError("nothing in the place of a list")
        elif not self.is_json and not self.model.has_streaming_output and _is_page(body):
            raise ResponseParserError("a page of HTML")

    @staticmethod
    def _says_nothing(status: int, body: bytes, parsed: Mapping[str, Any]) -> bool:
        """Whether a refusal without a code has no message of AWS's either, and so is none that a grant mends."""
        kind = kind_of(str(status), status)
        return status < 500 and (
            kind == "broken" or (kind == "denied" and (_is_page(body) or not parsed["Error"].get("Message")))
        )

    def _parsed(self, raw: dict[str, Any]) -> dict[str, Any]:
        status = raw["status_code"]
        try:
            parsed: dict[str, Any] = self.parser.parse(raw, self.model.output_shape)
        except _STUMBLES:
            if not 300 <= status < 500:
                raise
            parsed = {"Error": {"Code": str(status), "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return parsed

    def _add_modelled_fields(self, raw: dict[str, Any], parsed: dict[str, Any]) -> None:
        shape = self.model.service_model.shape_for_error_code(parsed.get("Error", {}).get("Code"))
        if shape is not None:
            parsed.update(self.parser.parse(raw, shape))


class LeanCall:
    """How to make one operation's call at one endpoint."""

    __slots__ = ("_operation", "_others", "_variables", "place")

    def __init__(self, operation: LeanOperation, place: Place) -> None:
        self._operation = operation
        self.place = place
        where = place.host + place.prefix
        self._variables = {name: value for name, value in operation.placeholders.items() if value in where}
        self._others = [name for name in operation.in_endpoint if name not in self._variables]

    def request(self, params: Mapping[str, Any], keys: Keys, stamp: str, invocation: str) -> Request | None:
        """The signed request; None where the parameters change the endpoint in ways that only its rules know."""
        operation, place = self._operation, self.place
        host, path = place.host, place.prefix
        for name, placeholder in self._variables.items():
            value = params.get(name)
            if not isinstance(value, str) or not _LABEL.fullmatch(value):
                return None
            host, path = host.replace(placeholder, value), path.replace(placeholder, value)
        if any(str(params.get(name)).startswith("arn:") for name in self._others):
            return None
        draft = operation.drafts.draft(params)
        path += draft.path
        headers = {**draft.headers, "x-amz-date": stamp, "amz-sdk-invocation-id": invocation}
        if keys.token:
            headers["x-amz-security-token"] = keys.token
        headers["authorization"] = draft.canonical.authorization(
            path if operation.signs_path_as_it_is else canonical_path(path),
            host, keys, stamp, place.signing_region, place.signing_name,
        )  # fmt: skip
        return Request(draft.method, f"{place.scheme}://{host}{path}{draft.query}", headers, draft.body)

    async def moved(self, places: Places, region: str) -> LeanCall | None:
        """The same operation in another region; None where only a client of that region knows how."""
        operation = self._operation
        place = await places.place(region, operation.model, operation.path, operation.placeholders)
        return LeanCall(operation, place) if place else None

    async def send(self, http: Sender, request: Request, reading: Reading | None = None) -> dict[str, Any]:
        """What is read of the reply, as `LeanOperation.parse` has it. Raises what `exchange` does, RedirectedError,
        ResponseParserError, and ClientError as the plain client does.
        """
        status, headers, body = await http.exchange(request, self.place.proxy)
        refuse_redirect(request.url, status, headers, body)
        try:
            return await self._operation.parse(status, headers, body, reading)
        except ResponseParserError:
            raise
        except _STUMBLES as error:
            raise ResponseParserError(type(error).__name__) from None


class _Response:
    """A reply as botocore's handlers know it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status_code = status
        self.headers = headers
        self.raw = self._body = body

    @property
    async def content(self) -> bytes:
        return self._body

    @property
    async def text(self) -> str:
        return self._body.decode()


async def lean_call(client: Any, operation: str, params: Mapping[str, Any], keys: Keys) -> LeanCall | None:
    """The lean path of an operation, or None where it would not reproduce a request like that of these parameters."""
    model = client.meta.service_model.operation_model(operation)
    if model.has_streaming_output or model.has_streaming_input or model.has_event_stream_output:
        return None
    current_keys.set(keys)
    params = {**params, **_placeholders(model, params)}
    try:
        first = await plain_request(client, operation, params)
    except EndpointResolutionError:  # of a parameter that the endpoint's rules take apart, such as a stream's ARN
        return None
    if "authorization" not in first.headers or not _SCOPE.search(first.headers["authorization"]):
        return None
    what = LeanOperation(client, operation, first, params)
    lean = LeanCall(what, _place(what, first, proxy_for(client.meta.endpoint_url)))
    again = lean.request(params, keys, first.headers["x-amz-date"], first.headers.get("amz-sdk-invocation-id", ""))
    return lean if again == first else None


def _placeholders(model: OperationModel, params: Mapping[str, Any]) -> dict[str, str]:
    """Values for what may stand in an endpoint, such as a bucket's name, that nothing else in it equals."""
    return {name: f"aioprowler-{name.lower()}" for name in _in_endpoint(model) if isinstance(params.get(name), str)}


def _in_endpoint(model: OperationModel) -> list[str]:
    """The parameters that an endpoint may depend on."""
    prefix = _NAMED.findall((model.endpoint or {}).get("hostPrefix", ""))
    return list(dict.fromkeys([*(each.member_name for each in model.context_parameters), *prefix]))


def now_stamp() -> str:
    """The time as signatures have it: `20260601T120000Z`, UTC."""
    return _stamp(int(time.time()))


@lru_cache(1)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))


def new_invocation() -> str:
    """A random UUID; the module `uuid` takes five times as long over one."""
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _place(operation: LeanOperation, first: Request, proxy: str | None) -> Place:
    """Where the operation's first request went."""
    scope = _SCOPE.search(first.headers["authorization"])
    assert scope
    return Place.of(first.url, operation.path, scope[1], scope[2], proxy)


def _is_text(output: Any) -> bool:
    """Whether the whole reply is one text, whatever it says: of what is called here, S3's GetBucketPolicy."""
    payload = output.serialization.get("payload") if output is not None else None
    return payload is not None and output.members[payload].type_name == "string"


def _has_list(output: Any) -> bool:
    """Whether the reply tells a list, be it an empty one, so that there is a body."""
    members = output.members.values() if output is not None else ()
    return any(each.type_name == "list" and "location" not in each.serialization for each in members)


def _is_page(body: bytes) -> bool:
    return is_page(body[:64].decode("latin-1"))


def _require_json(body: bytes) -> None:
    """Raises ResponseParserError. botocore's parser reads a reply that is no JSON as one that says nothing."""
    try:
        if body:
            orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ResponseParserError(str(error)) from None
