"""Millions of uids in little memory: 15 bytes for each, with a small number that belongs to it."""

from __future__ import annotations

from typing import Final

_HEAD: Final = 2
"""Bytes by which uids are spread over buckets: of a million, some 15 share one, which is searched at C's speed."""
_REST: Final = 14
_WIDTH: Final = _REST + 1


class Digests:
    """Uid -> a number below 256. A uid is 16 bytes that are spread evenly, as a hash is."""

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * 256**_HEAD
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, uid: bytes) -> int | None:
        bucket = self._buckets[uid[0] << 8 | uid[1]]
        if bucket is None:
            return None
        at = _find(bucket, uid[_HEAD:])
        return None if at < 0 else bucket[at + _REST]

    def set(self, uid: bytes, value: int) -> None:
        number = uid[0] << 8 | uid[1]
        bucket = self._buckets[number]
        if bucket is None:
            bucket = self._buckets[number] = bytearray()
        at = _find(bucket, uid[_HEAD:])
        if at < 0:
            bucket += uid[_HEAD:]
            bucket.append(value)
            self._count += 1
        else:
            bucket[at + _REST] = value


def _find(bucket: bytearray, rest: bytes) -> int:
    """Where the entry begins; -1 without one. What is found across two entries is none."""
    at = bucket.find(rest)
    while at > 0 and at % _WIDTH:
        at = bucket.find(rest, at + 1)
    return at
