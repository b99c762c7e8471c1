"""Requests of the lean path: what all that ask the same have in common is made once, and signed for each account."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from botocore.handlers import fix_route53_ids
from botocore.model import OperationModel
from botocore.serialize import create_serializer
from botocore.utils import percent_encode_sequence
from msgspec import Struct

from aioprowler.aws.signing import EMPTY_SHA256, Canonical, canonical_query
from aioprowler.reprs import without

_REMEMBERED: Final = 8
"""Drafts of an operation that are kept: of a listing's first page there is one, whatever account and region is asked;
those of a single bucket or role are asked for once."""
_PER_CALL: Final = frozenset(
    {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "content-length"}
    | {"amz-sdk-invocation-id"}
)
"""Headers that are made for each call; the others are the operation's parameters or the same at every call."""


class Request(Struct, frozen=True):
    """What goes over the wire. Header names are in lower case; the host is the URL's."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "headers", "body")


class Draft(Struct, frozen=True):
    """What requests with the same parameters have in common, whichever account they are for, and whenever and where
    they are sent.
    """

    method: str
    path: str
    """The operation's own, which follows the endpoint's."""
    query: str
    """With its question mark, where there is one."""
    headers: dict[str, str]
    body: bytes | None
    canonical: Canonical


class Drafts:
    """The drafts of one operation: botocore's serializer makes them."""

    def __init__(self, model: OperationModel, first: Request, params: Mapping[str, Any]) -> None:
        """From a first request, which the plain client made of `params`."""
        self._model = model
        self._serializer = create_serializer(model.service_model.resolved_protocol, include_validation=False)
        self._shortens_ids = model.service_model.service_name == "route53"
        self._is_hash_sent = "x-amz-content-sha256" in first.headers
        self._known: dict[bytes, Draft] = {}
        own = {name.lower() for name in self._serialized(params)["headers"]}
        self._static = {n: v for n, v in first.headers.items() if n not in own and n not in _PER_CALL}

    def draft(self, params: Mapping[str, Any]) -> Draft:
        """Of these parameters, which botocore's serializer has to take."""
        try:
            key = _key(params)
        except ValueError:  # of what is not a plain value, such as a time
            return self._new(params)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._new(params)
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return known

    def _new(self, params: Mapping[str, Any]) -> Draft:
        made = self._serialized(params)
        path, _, fixed = made["url_path"].partition("?")
        query = percent_encode_sequence(made["query_string"]) if made["query_string"] else ""
        query = "&".join(filter(None, (fixed, query)))
        body = _body(made["body"])
        digest = sha256(body).hexdigest() if body else EMPTY_SHA256
        headers = {**self._static, **{name.lower(): value for name, value in made["headers"].items()}}
        if self._is_hash_sent:
            headers["x-amz-content-sha256"] = digest
        canonical = Canonical(made["method"], canonical_query(query), headers, digest)
        if made["method"] not in ("GET", "HEAD"):
            headers = {**headers, "content-length": str(len(body or b""))}
        return Draft(made["method"], path, query and f"?{query}", headers, body, canonical)

    def _serialized(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a request. Of Route 53's ids (`/hostedzone/Z1`) the last piece is sent."""
        told = dict(params)
        if self._shortens_ids:
            fix_route53_ids(told, self._model)
        made: dict[str, Any] = self._serializer.serialize_to_request(told, self._model)
        return made


def _key(params: Any) -> bytes:
    """Equal where all values are, and of the same types: `1` is not `True`. Raises ValueError."""
    return marshal.dumps(params, 2)  # later versions tell what is equal from what is one and the same


def _body(body: Any) -> bytes | None:
    if isinstance(body, dict):
        return urlencode(body, doseq=True).encode()
    if isinstance(body, str):
        body = body.encode()
    return body or None
