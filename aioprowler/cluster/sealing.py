"""Letters that only one worker can read, whoever carries them: X25519, HKDF and ChaCha20-Poly1305."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY: Final = 32
_NONCE: Final = bytes(12)
"""The same for all: each letter has a key of its own."""


class Reader:
    """Who opens letters."""

    def __init__(self) -> None:
        self._own = X25519PrivateKey.generate()
        self.address = self._own.public_key().public_bytes_raw()
        """What letters are sealed for. It opens none."""

    def open(self, letter: bytes) -> bytes:
        """Raises cryptography's InvalidTag for a letter that is none for this reader."""
        sender = X25519PublicKey.from_public_bytes(letter[:_KEY])
        cipher = _cipher(self._own.exchange(sender), letter[:_KEY] + self.address)
        return cipher.decrypt(_NONCE, letter[_KEY:], None)


def seal(body: bytes, address: bytes) -> bytes:
    """A letter for the reader of an address."""
    own = X25519PrivateKey.generate()
    sender = own.public_key().public_bytes_raw()
    cipher = _cipher(own.exchange(X25519PublicKey.from_public_bytes(address)), sender + address)
    return sender + cipher.encrypt(_NONCE, body, None)


def _cipher(shared: bytes, between: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=b"aioprowler letter" + between).derive(shared))
