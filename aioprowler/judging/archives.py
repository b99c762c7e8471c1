"""Texts in ZIP archives that strangers made: read one at a time, and never written to disk.

An archive may be made to hurt whoever unpacks it: by what it grows to, by names that lead elsewhere, links, archives in
archives, or a directory without an end. So nothing is unpacked but one text of a bounded size, no name is taken for a
path, links are not followed, archives in it are not opened, and its directory and all its texts together are bounded.
What keeps a file from being read is told; what is no text, or no file, is not.
"""

from __future__ import annotations

import codecs
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

LARGEST_TEXT: Final = 8 * 1024 * 1024
"""Bytes of a file."""
LARGEST_SUM: Final = 512 * 1024 * 1024
"""Bytes of all files together, as far as they are read. AWS takes 250 MiB, unpacked, for a function with its layers
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""
LARGEST_DIRECTORY: Final = 4 * 1024 * 1024
"""Bytes of the list of files, which has some hundred for each."""

_BEGINNING: Final = 8192
"""Bytes of a file in which text has no zero."""
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others may demand as much memory as they like."""


FAULTS: Final = (
    *(ArithmeticError, EOFError, LookupError, OSError, RuntimeError, ValueError),
    *(struct.error, tarfile.TarError, zipfile.BadZipFile, zlib.error),
)
"""What the library's readers of archives raise where one is damaged, or was made up."""


class ArchiveError(Exception):
    """No more can be read of an archive; the message says why."""


class Entry(NamedTuple):
    """A file that is text, or that could not be read."""

    name: str
    text: str = ""
    fault: str = ""
    """Why it could not be read: `is encrypted`; empty where it could."""


def texts_in(file: IO[bytes], is_ignored: Callable[[str], bool] = lambda _: False) -> Iterator[Entry]:
    """Each text of an archive in turn. Raises ArchiveError where there is no archive, or no more may be read of it."""
    try:
        archive = zipfile.ZipFile(_Guarded(file))
    except FAULTS as error:
        raise ArchiveError(f"it is no ZIP archive ({type(error).__name__})") from None
    left = LARGEST_SUM
    for info in archive.infolist():
        if info.is_dir() or not _is_file(info) or is_ignored(info.filename):
            continue
        content, fault = _read(archive, info)
        left -= len(content or b"")
        if left < 0:
            raise ArchiveError(f"its files have more than {LARGEST_SUM:,} bytes")
        if fault:
            yield Entry(info.filename, fault=fault)
        elif content is not None:
            yield Entry(info.filename, decoded(content))


class _Guarded:
    """A file of which the directory, which is read in one go, is no larger than may be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if size > LARGEST_DIRECTORY:
            raise ArchiveError(f"its list of files has more than {LARGEST_DIRECTORY:,} bytes")
        return self._file.read(LARGEST_DIRECTORY if size < 0 else size)

    def seekable(self) -> bool:
        return True


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Not a link, nor anything else that lies in folders. What was not made on Unix does not tell."""
    mode = info.external_attr >> 16
    return stat.S_IFMT(mode) in (0, stat.S_IFREG)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[bytes | None, str]:
    """What a file holds, None where that is no text; and why it could not be read."""
    if info.flag_bits & _ENCRYPTED:
        return None, "is encrypted"
    if info.compress_type not in _METHODS:
        return None, "is compressed in a way that is not known here"
    try:
        with archive.open(info) as file:
            return read_text(file, info.file_size)
    except FAULTS as error:
        return None, f"is damaged ({type(error).__name__})"


def read_text(file: IO[bytes], size: int) -> tuple[bytes | None, str]:
    """What a file of that size in an archive holds, None where that is no text; and why it is not read. Raises one of
    FAULTS.
    """
    content = file.read(_BEGINNING)
    if not is_text(content):
        return None, ""
    if size > LARGEST_TEXT:
        return None, f"has more than {LARGEST_TEXT:,} bytes"
    return content + file.read(LARGEST_TEXT), ""


def is_text(beginning: bytes) -> bool:
    """Whether a file that begins so is one: it has no zero byte, or a mark that says why it has."""
    return b"\0" not in beginning or beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def decoded(content: bytes) -> str:
    """As its mark says, as UTF-8, or byte for byte, so that no text is left out for a character."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
