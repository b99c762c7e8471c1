"""Decoders: for an operation and what is read of its replies, from status, headers and body to the values."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec
from botocore.model import OperationModel, Shape, StructureShape

from aioprowler.aws.decoding.structured import CBOR, Structured, cbor_reader, json_reader
from aioprowler.declarations.readings import Reading

logger = logging.getLogger("aioprowler")

_XML = frozenset({"ec2", "query", "rest-xml"})


WORTH_IT = 4 * 1024
"""Bytes of replies that botocore's parser reads faster than a decoder is made."""
_EACH = 512
"""Bytes that a reply counts for besides its own: what it takes botocore's parser to begin."""
_LOADING = 16
"""Times as much is worth the first decoder of XML, with which libxml2 is loaded: 10 ms, and 4 MB to the end."""


class Decoders:
    """The decoders of an operation, one for each reading of its replies."""

    def __init__(self, model: OperationModel, protocol: str, parser: Any) -> None:
        """`parser`: botocore's, of the protocol."""
        self._model = model
        self._protocol = protocol
        self._parser = parser
        self._made: dict[Reading, Decoder] = {}
        self._seen: Counter[Reading] = Counter()
        """Bytes of replies before there is a decoder."""

    def decode(self, reading: Reading, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        """What is read of a reply, by botocore's names; None where botocore's parser is to read it: as yet, or because
        it is not of its shape.
        """
        decoder = self._made.get(reading)
        if decoder is None:
            self._seen[reading] += len(body) + _EACH
            if self._seen[reading] < WORTH_IT * (_LOADING if self._has_to_load else 1):
                return None
            decoder = self._made[reading] = Decoder(self._model, self._protocol, self._parser, reading)
        try:
            return decoder.decode(status, headers, body) or None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the reply, botocore's parser tells it
            logger.debug("%s is read by botocore: %s: %s", self._model.name, type(error).__name__, error)
            return None

    @property
    def _has_to_load(self) -> bool:
        return self._protocol in _XML and f"{__package__}.markup" not in sys.modules


class Decoder:
    """Reads the replies of an operation that carry out what was asked.

    What it reads is what botocore's parser makes of the same members. Whatever it raises says that this reply is for
    botocore's parser, which tells what is wrong with it.
    """

    def __init__(self, model: OperationModel, protocol: str, parser: Any, reading: Reading) -> None:
        """`parser`: botocore's, of the protocol."""
        output: StructureShape | None = model.output_shape
        self._parser = parser
        self._located: dict[str, Shape] = {}
        self._payload = ""
        self._read: Callable[[bytes], Any] | None = None
        if output is None:
            return
        read = {name: each for name, each in output.members.items() if reading.of(name) is not None}
        self._located = {name: each for name, each in read.items() if "location" in each.serialization}
        self._payload = output.serialization.get("payload", "")
        if self._payload:
            body = output.members[self._payload]
            reading_of_body = reading.of(self._payload)
        else:
            body, reading_of_body = output, reading
        if reading_of_body is not None:
            self._read = _reader(body, protocol, parser, reading_of_body)

    def decode(self, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """What is read of the reply, by botocore's names; empty where that is nothing."""
        found: dict[str, Any] = {}
        if self._located:
            raw = {"status_code": status, "headers": headers}
            self._parser._parse_non_payload_attrs(raw, None, self._located, found)
        if self._read:
            told = self._read(body)
            found |= {self._payload: told} if self._payload else told
        return found


def _reader(body: Shape, protocol: str, parser: Any, reading: Reading) -> Callable[[bytes], Any]:
    if body.type_name in ("string", "blob"):  # which is the body as it is
        return bytes.decode
    if protocol in _XML:
        return _xml_reader(body, parser, reading)
    return _structured_reader(body, protocol, parser, reading)


def _structured_reader(body: Shape, protocol: str, parser: Any, reading: Reading) -> Callable[[bytes], Any]:
    @cache
    def reader(*, at_once: bool) -> Callable[[bytes], Any]:
        part = Structured(parser, protocol, at_once=at_once).part(body, reading)
        return (cbor_reader if protocol == CBOR else json_reader)(part)

    def read(body: bytes) -> Any:
        try:
            return reader(at_once=True)(body)
        except msgspec.ValidationError:
            return reader(at_once=False)(body)

    return read


def _xml_reader(body: Shape, parser: Any, reading: Reading) -> Callable[[bytes], Any]:
    from aioprowler.aws.decoding.markup import XmlBody  # see _LOADING

    return XmlBody(body, parser, reading, body.serialization.get("resultWrapper", "")).read
