"""Millions of uids in little memory, each with a number that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_HEAD: Final = 2
"""Bytes by which uids are spread over buckets: of a million, some 15 share one, which is searched at C's speed."""
_REST: Final = 14


class Digests:
    """Uid -> a number. A uid is 16 bytes that are spread evenly, as a hash is; 14 of them are kept."""

    def __init__(self, width: int = 1) -> None:
        """`width`: bytes that a number takes."""
        self._width = _REST + width
        self._value = width
        self._buckets: list[bytearray | None] = [None] * 256**_HEAD
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, uid: bytes) -> int | None:
        """The number that is kept for a uid (16 bytes); None where there is none."""
        bucket = self._buckets[uid[0] << 8 | uid[1]]
        if bucket is None:
            return None
        at = self._find(bucket, uid[_HEAD:])
        return None if at < 0 else int.from_bytes(bucket[at + _REST : at + self._width])

    def set(self, uid: bytes, number: int) -> None:
        """Keeps a number for a uid, in the place of an earlier one."""
        key = uid[0] << 8 | uid[1]
        bucket = self._buckets[key]
        if bucket is None:
            bucket = self._buckets[key] = bytearray()
        at = self._find(bucket, uid[_HEAD:])
        entry = uid[_HEAD:] + number.to_bytes(self._value)
        if at < 0:
            bucket += entry
            self._count += 1
        else:
            bucket[at : at + self._width] = entry

    def numbers(self) -> Iterator[int]:
        """In no order."""
        for bucket in self._buckets:
            if bucket is not None:
                for at in range(_REST, len(bucket), self._width):
                    yield int.from_bytes(bucket[at : at + self._value])

    def _find(self, bucket: bytearray, rest: bytes) -> int:
        """Where the entry begins; -1 without one. What is found across two entries is none."""
        at = bucket.find(rest)
        while at > 0 and at % self._width:
            at = bucket.find(rest, at + 1)
        return at
