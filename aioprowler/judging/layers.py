"""Texts in the layers of container images, which are tar archives that strangers made: read one at a time, as those in
ZIP archives are (`archives`), and never written to disk.
"""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from typing import IO, Final

from aioprowler.judging.archives import FAULTS, LARGEST_TEXT, ArchiveError, Entry, decoded, read_text

LARGEST_IMAGE: Final = 1024 * 1024 * 1024
"""Bytes of all layers of an image together, unpacked."""
_STEP: Final = 8192
"""Bytes that are passed over at once."""


class Budget:
    """How many bytes may still be unpacked of an image."""

    def __init__(self, size: int = LARGEST_IMAGE) -> None:
        self.left = size

    def take(self, size: int) -> None:
        """Raises ArchiveError where there is no more."""
        self.left -= size
        if self.left < 0:
            raise ArchiveError("its layers are too large to read them all")


def texts_in_layer(file: IO[bytes], media_type: str, budget: Budget) -> Iterator[Entry]:
    """Each text of a layer in turn. Raises ArchiveError where there is no layer, or no more may be read of it."""
    if not media_type.endswith(("tar", "gzip")):
        raise ArchiveError(f"it is packed in a way that is not known here, {media_type}")
    unpacked: IO[bytes] = gzip.GzipFile(fileobj=file, mode="rb") if media_type.endswith("gzip") else file  # type: ignore[assignment]
    try:
        archive = tarfile.TarFile(fileobj=_Measured(unpacked, budget))  # type: ignore[arg-type]
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # which would be kept, and there may be millions
            if member.isreg() and not member.issparse() and (entry := _read(archive, member)):
                yield entry
    except FAULTS as error:
        raise ArchiveError(f"it is no tar archive, or damaged ({type(error).__name__})") from None


class _Measured:
    """What is unpacked, from beginning to end. Nothing large is read in one go, though the headers of an archive may
    ask for it, and nothing is unpacked twice: tarfile goes back by one byte at most, to see whether it was there.
    """

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._at = 0
        self._last = b""
        self._again = b""

    def read(self, size: int) -> bytes:
        if size > LARGEST_TEXT:
            raise ArchiveError("it has a header that is too large")
        content = self._again + self._file.read(size - len(self._again))
        self._budget.take(len(content))
        self._at += len(content)
        self._last, self._again = content[-1:] or self._last, b""
        return content

    def seek(self, position: int) -> None:
        """What is passed over is unpacked as well."""
        if position < self._at - 1:
            raise ArchiveError("it leads back to where it was read already")
        if position < self._at:
            self._at, self._again = position, self._last
        while self._at < position and self.read(min(position - self._at, _STEP)):
            pass

    def tell(self) -> int:
        return self._at


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry | None:
    """None where it is no text."""
    file = archive.extractfile(member)
    if file is None:
        return None
    content, fault = read_text(file, member.size)
    if fault:
        return Entry(member.name, fault=fault)
    return None if content is None else Entry(member.name, decoded(content))
