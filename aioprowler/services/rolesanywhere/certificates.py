"""The keys in certificates, read as far as their algorithm: X.509 (RFC 5280) in DER, in PEM (RFC 7468)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final

from aioprowler import UnreadableError

_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
_SEQUENCE, _IDENTIFIER, _VERSION = 0x30, 0x06, 0xA0

_ALGORITHMS: Final[Mapping[bytes, str]] = {
    bytes.fromhex("2a864886f70d010101"): "RSA",
    bytes.fromhex("2a8648ce3d0201"): "EC",
    bytes.fromhex("2b6570"): "Ed25519",
    bytes.fromhex("608648016503040311"): "ML_DSA_44",
    bytes.fromhex("608648016503040312"): "ML_DSA_65",
    bytes.fromhex("608648016503040313"): "ML_DSA_87",
}
"""Object identifiers of public keys: RFC 3279, RFC 8410, RFC 9881."""

CLASSICAL: Final = frozenset({"RSA", "EC", "Ed25519"})


def key_algorithms(bundle: str) -> list[str]:
    """Of each certificate in a bundle: the name of its key's algorithm, or its identifier in hexadecimal. Raises
    UnreadableError where there is none, or one is broken.
    """
    found = [_algorithm(_der(each)) for each in _PEM.findall(bundle)]
    if not found:
        raise UnreadableError("the bundle has no certificate")
    return found


def _der(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        raise UnreadableError("a certificate of the bundle is broken") from None


def _algorithm(certificate: bytes) -> str:
    body = _within(certificate, _SEQUENCE, _SEQUENCE)
    fields = [each for each in _values(body) if each[0] != _VERSION]
    if len(fields) < 6:  # serial number, signature, issuer, validity, subject, then the key
        raise UnreadableError("a certificate of the bundle is broken")
    identifier = _within(fields[5][1], _SEQUENCE, _IDENTIFIER)
    return _ALGORITHMS.get(identifier, identifier.hex())


def _within(der: bytes, *tags: int) -> bytes:
    """What is in the first value, of the first value in that, ..."""
    for tag in tags:
        found, der = next(_values(der), (None, b""))
        if found != tag:
            raise UnreadableError("a certificate of the bundle is broken")
    return der


def _values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value in a row."""
    while der:
        size = der[1] if len(der) > 1 else 0
        start = 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[2:start])
        if start + size > len(der):
            raise UnreadableError("a certificate of the bundle is broken")
        yield der[0], der[start : start + size]
        der = der[start + size :]
