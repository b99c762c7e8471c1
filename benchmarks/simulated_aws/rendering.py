"""Replies as bytes: written once by moto's serializers, then filled in for each account and region.

What differs between accounts stands in a template as placeholders, which are valid where they stand: an account id of
twelve digits, a region, and eight hexadecimal digits in the middle of ids.
"""

from __future__ import annotations

import base64
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
from benchmarks.simulated_aws.routing import Call

ACCOUNT, REGION, SALT = "701728401947", "xx-nowhere-7", "5a17c0de"
_ACCOUNT, _REGION, _SALT = ACCOUNT.encode(), REGION.encode(), SALT.encode()


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
