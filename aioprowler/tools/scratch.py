"""A folder for what a program is given to read, which goes also where this process was killed.

It is locked while the process that made it lives. The system lets go of the lock however that ends, so a folder that
can be locked was left behind, and the next scan removes it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "aioprowler-scratch-"
_NAME: Final = re.compile(rf"{_PREFIX}\d+-\w+", re.ASCII)
"""With the number of the process, for people; numbers are used again, so it decides nothing."""
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder that only this user enters, in the temporary one."""
    folder, lock = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove what processes of this user that are no more have left."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                _remove_if_left(Path(entry.path))


def _made() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        try:
            lock = os.open(folder, _FOLDER)
        except FileNotFoundError:
            continue  # another process has swept it, before it was locked
        with suppress(OSError):  # a file system without locks, on which nobody sweeps either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, lock
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):  # among others, that it is locked, or no folder
        lock = os.open(folder, _FOLDER)
        try:
            if os.fstat(lock).st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
