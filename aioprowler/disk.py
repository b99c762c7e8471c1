"""How files and folders come to be: for the user alone unless more is said, and never through a link in their place.

Whoever else can write in the output folder, as in one that a team shares, could put a link there by the name of a file
that is to come, and have a scan write over what the link points to.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

PRIVATE: Final = 0o600
"""Of a file: the user alone reads and writes it."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_THERE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def create(path: Path, mode: int = PRIVATE) -> int:
    """The descriptor of a new file to write, which takes the place of a file or link of that name.

    A mode wider than PRIVATE is the file's also where the umask says less. Raises OSError.
    """
    remove(path)
    descriptor = os.open(path, _NEW, PRIVATE)
    if mode != PRIVATE:  # there are file systems that know of no modes, and refuse to set one
        os.fchmod(descriptor, mode)
    return descriptor


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """The file is there with all of the content, or as it was before. Raises OSError."""
    part = part_of(path)
    try:
        with os.fdopen(create(part, mode), "wb") as file:
            file.write(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def part_of(path: Path) -> Path:
    """Where a file is until it is whole."""
    return path.with_name(f"{path.name}.part")


def remove(path: Path) -> None:
    """The file or link of that name, if there is one. Raises OSError, also where it is something else."""
    require_file(path)
    path.unlink(missing_ok=True)


def require_file(path: Path) -> None:
    """Raises OSError where something else than a file or link has that name."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(kind) and not stat.S_ISLNK(kind):
        raise FileExistsError(errno.EEXIST, "what is there is not a file", str(path))


def make_folder(folder: Path, mode: int = PRIVATE) -> None:
    """It and those above it, as far as they are not there: whoever may read files of that mode may enter. One that is
    there stays as it is. Raises OSError.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    try:
        folder.mkdir(_entered(PRIVATE))
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if mode != PRIVATE:
        folder.chmod(_entered(mode) | (folder.stat().st_mode & stat.S_ISGID))


def _entered(mode: int) -> int:
    """Of a folder whose files have the mode."""
    return mode | (mode & 0o444) >> 2


def open_there(path: Path) -> BinaryIO:
    """A file that was made here, to read it. Raises OSError, also where a link has taken its place."""
    return os.fdopen(os.open(path, _THERE), "rb")
