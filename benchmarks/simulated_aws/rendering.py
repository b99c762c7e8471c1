"""Replies as bytes: written once by moto's serializers, then filled in for each account and region.

What differs between accounts stands in a template as placeholders, which are valid where they stand: an account id of
twelve digits, a region, and eight hexadecimal digits in the middle of ids.
"""

from __future__ import annotations

import base64
import datetime
import time
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from http import HTTPStatus
from typing import Any

from moto.core.serialize import get_serializer_class
from msgspec import Struct

from benchmarks.simulated_aws import errors
from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.paging import is_token
from benchmarks.simulated_aws.routing import Call

ACCOUNT, REGION, SALT = "701728401947", "xx-nowhere-7", "5a17c0de"
_ACCOUNT, _REGION, _SALT = ACCOUNT.encode(), REGION.encode(), SALT.encode()
_DEEP = 6
"""Structures in structures that an answer is made up of at most: some contain themselves."""


class Blob(bytes):
    """A member of type blob with placeholders in it, which base64 would hide."""


class Place(Struct, frozen=True):
    """An account and a region, as they stand in replies and requests."""

    account: bytes
    region: bytes
    salt: bytes

    def generalize(self, text: bytes, keeps_region: bool) -> bytes:
        """A request with placeholders for what is the place's own."""
        text = text.replace(self.account, _ACCOUNT).replace(self.salt, _SALT)
        return text if keeps_region else text.replace(self.region, _REGION)

    def fill(self, text: bytes) -> bytes:
        return text.replace(_ACCOUNT, self.account).replace(_REGION, self.region).replace(_SALT, self.salt)


@lru_cache(16384)
def place(account: str, region: str) -> Place:
    salt = blake2s(f"{account}/{region}".encode(), digest_size=4).hexdigest()
    return Place(account.encode(), region.encode(), salt.encode())


class Template(Struct, frozen=True):
    """A reply with placeholders."""

    head: bytes
    """Status line and headers but for those of each reply."""
    body: bytes
    status: int
    blob: bytes = b""
    """What stands in the body's place `_BLOB`, in base64."""
    has_body: bool = True

    @property
    def size(self) -> int:
        return len(self.head) + len(self.body) + len(self.blob) + 100

    def fill(self, where: Place) -> tuple[bytes, bytes]:
        """Head and body of the reply."""
        body = where.fill(self.body)
        if self.blob:
            body = body.replace(_BLOB, base64.b64encode(where.fill(self.blob)))
        head = b"%bdate: %b\r\ncontent-length: %d\r\n\r\n" % (self.head, _date(int(time.time())), len(body))
        return head, body if self.has_body else b""


_BLOB = b"@simulated-blob@"


@lru_cache(1)
def _date(second: int) -> bytes:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second)).encode()


def _template(
    status: int, headers: Mapping[str, str], body: bytes, blob: bytes = b"", has_body: bool = True
) -> Template:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "x-amzn-requestid: simulated", "server: simulated-aws"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return Template("".join(f"{line}\r\n" for line in lines).encode(), body, status, blob, has_body)


def reply(call: Call, result: dict[str, Any]) -> Template:
    """The template of a reply."""
    made = get_serializer_class(call.service, call.protocol)(call.model).serialize(result)
    body = made["body"]
    body = body.encode() if isinstance(body, str) else body
    blob = next((value for value in result.values() if isinstance(value, Blob)), b"")
    if blob:
        body = body.replace(base64.b64encode(blob), _BLOB)
    return _template(made["status_code"], made["headers"], body, blob, call.model.http["method"] != "HEAD")


def refusal(error: AwsError, service: str, protocol: str, method: str = "POST") -> Template:
    """The template of an error."""
    headers, body = errors.write(error, service, protocol)
    return _template(error.status, headers, body, has_body=method != "HEAD")


def plain(status: int, content_type: str, body: bytes) -> Template:
    return _template(status, {"Content-Type": content_type}, body)


# ------------------------------------------------------------- what nobody modelled
def smallest(call: Call, elements: int = 0) -> dict[str, Any]:
    """A valid reply of the operation: what must be there, empty lists, and structures of the same kind.

    With `elements`, lists at the top have so many made-up ones.
    """
    shape = call.model.output_shape
    if shape is None:
        return {}
    reply = {
        name: _made_up(member, name, 0, elements)
        for name, member in shape.members.items()
        if not is_token(call.service, call.operation, name) and _is_told(shape, name, member)
    }
    if getattr(shape, "is_tagged_union", False):
        return dict(list(reply.items())[:1])
    return reply


def _is_told(shape: Any, name: str, member: Any) -> bool:
    """Times and blobs that may be missing are missing: their being there mostly means something."""
    return name in shape.required_members or member.type_name not in ("timestamp", "blob")


def _made_up(shape: Any, name: str, depth: int, elements: int = 0, number: int = 0) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, name, depth, number)
    if kind == "list":
        return [_made_up(shape.member, name.removesuffix("s"), depth + 1, 0, index) for index in range(elements)]
    if kind == "string":
        return shape.enum[number % len(shape.enum)] if shape.enum else _string(name, depth, number)
    if kind in ("integer", "long", "float", "double"):
        return shape.metadata.get("min", 0)
    if kind == "timestamp":
        return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return {"map": {}, "boolean": False, "blob": b""}[kind]


def _structure(shape: Any, name: str, depth: int, number: int) -> dict[str, Any]:
    members = shape.members.items()
    if depth >= _DEEP:
        members = [(each, member) for each, member in members if each in shape.required_members]
    if depth >= 2 * _DEEP or shape.is_document_type:
        return {}
    told = {
        each: _made_up(member, each if len(each) > 4 else f"{name}{each}", depth + 1, 0, number)
        for each, member in members
        if _is_told(shape, each, member)
    }
    return dict(list(told.items())[:1]) if getattr(shape, "is_tagged_union", False) else told


def _string(name: str, depth: int, number: int) -> str:
    """A name, an id or an ARN, by what the member is called."""
    if not depth:
        return ""
    lower = name.lower()
    thing = lower.removesuffix("arn").removesuffix("name").removesuffix("id").rstrip("_") or "thing"
    if lower.endswith("arn"):
        return f"arn:aws:simulated:{REGION}:{ACCOUNT}:{thing}/{thing}-{number}"
    if lower.endswith(("name", "id", "identifier")):
        return f"{thing}-{number}"
    return ""
