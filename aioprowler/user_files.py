"""Files that users write, or others for them: read within limits, and what is wrong with one is told with its line.

No such file needs a fraction of what the limits allow. Without them a list of lists of lists ends the process without a
word, aliases of aliases stand for more than memory holds, and a number of very many digits takes hours.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import msgspec

from aioprowler.errors import UsageError

T = TypeVar("T")

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a file."""
DEEPEST: Final = 50
"""Lists and mappings of YAML in each other."""
MOST: Final = 500_000
"""Values of a YAML file, each counted wherever an alias stands for it."""
LONGEST_NUMBER: Final = 100
"""Characters of what YAML takes for a number or a time."""
_BUFFER: Final = 256 * 1024
_DESCRIPTORS: Final = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""What this process was started with, such as the pipe that a shell makes of `<(...)`."""
TOO_DEEP: Final = "lists and objects lie too deep in each other"
NOT_UTF8: Final = "a text in it is not UTF-8"
_QUOTED: Final = re.compile(r" '[^'\n]{2,}'")
"""What a YAML parser repeats of the file, which may be a secret; the line tells where it is."""
_DIRECTIVES: Final = 100
"""Lines of a YAML file that may begin as a directive does: the parser compares each with all before it."""
_NUMBER: Final = re.compile(r"[-+.]?\d[\w:.+-]*", re.ASCII)


def open_file(option: str, path: Path) -> BinaryIO:
    """The file of an option or command. Raises UsageError where it cannot be read, also for what may never come to an
    end, or never give anything: pipes that have a name, and devices but the one that is always empty.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISREG(kind) or stat.S_ISDIR(kind) or str(path).startswith((*_DESCRIPTORS, os.devnull)):
            return path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}. Give a file that can be read.") from None
    raise UsageError(f"{option} {path}: this is a pipe or a device. Give a file.")


def read_bytes(option: str, path: Path) -> bytes:
    """What the file of an option has. Raises UsageError where it cannot be read, or is too large."""
    with open_file(option, path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"{option} {path}: this has more than {LARGEST:,} bytes, which are the most.")
    return content


def read_text(option: str, path: Path) -> str:
    """The same as text, without the mark of its encoding that some editors put first."""
    try:
        return read_bytes(option, path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{option} {path}: this is not text.") from None


def json_of(name: Path | str, text: str) -> Any:
    """What a JSON text says; `name` is of the file. Raises UsageError."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{name}, line {error.lineno}: this is not JSON ({error.msg}).") from None


def decode(text: bytes, kind: type[T]) -> T:
    """JSON that a program wrote, as a structure. Raises msgspec.MsgspecError, also where it lies too deep or is
    not UTF-8.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise msgspec.DecodeError(TOO_DEEP) from None
    except UnicodeDecodeError:
        raise msgspec.DecodeError(NOT_UTF8) from None


@contextmanager
def yaml_of(name: Path | str, text: bytes | str, kind: type | None = None) -> Iterator[Any]:
    """A loader of a YAML text that is within the limits: a safe one, or one of the `kind`. Raises UsageError, also for
    what the loader raises meanwhile.
    """
    import yaml

    kind = kind or safe_loader()
    try:
        _look_over(name, text, yaml.parse(text, Loader=kind))
        loader: Any = kind(text)
        try:
            yield loader
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = _QUOTED.sub("", str(getattr(error, "problem", error)))
        raise UsageError(f"{name}{where}: this is not YAML ({problem}).") from None


@cache
def safe_loader(*, fast: bool = False) -> type:
    """PyYAML's, which tells the line of a scalar that is none of its type, such as the 40th of May. The fast one is
    libyaml's where it is there, which wants colons within braces in quotes.
    """
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader) if fast else yaml.SafeLoader):  # type: ignore[misc]
        def construct_object(self, node: Any, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None

    return Loader


def _look_over(name: Path | str, text: bytes | str, events: Iterable[Any]) -> None:
    """Raises UsageError where a text is beyond the limits, before anything is made of it."""
    starts = text.count(b"\n%") if isinstance(text, bytes) else text.count("\n%")
    if starts > _DIRECTIVES:
        raise UsageError(f"{name}: more than {_DIRECTIVES} lines begin with %, as directives do.")
    seen = _Seen()
    for event in events:
        if wrong := seen.add(event):
            raise UsageError(f"{name}, line {event.start_mark.line + 1}: {wrong}.")


class _Seen:
    """What has been read of a YAML text."""

    def __init__(self) -> None:
        self._values = 0
        self._opened: list[tuple[str | None, int]] = []
        """Of each list and mapping that is not at its end, the anchor, and how many values came before it."""
        self._sizes: dict[str | None, int] = {}
        """Anchor -> how many values an alias stands for."""

    def add(self, event: Any) -> str:
        """What is wrong with it; empty: nothing."""
        import yaml

        self._values += 1
        match event:
            case yaml.ScalarEvent():
                self._sizes[event.anchor] = 1
                if len(event.value) > LONGEST_NUMBER and _may_be_number(event):
                    return f"this number has more than {LONGEST_NUMBER} characters; put a text in quotes"
            case yaml.CollectionStartEvent():
                self._opened.append((event.anchor, self._values))
            case yaml.CollectionEndEvent():
                anchor, before = self._opened.pop()
                self._sizes[anchor] = self._values - before
            case yaml.AliasEvent():
                if any(anchor == event.anchor for anchor, _ in self._opened):
                    return f"the alias {event.anchor:.80} stands within what it stands for"
                self._values += self._sizes.get(event.anchor, 0)
        if len(self._opened) > DEEPEST:
            return f"more than {DEEPEST} lists and mappings lie in each other"
        return f"more than {MOST:,} values, with those that aliases stand for" if self._values > MOST else ""


def _may_be_number(scalar: Any) -> bool:
    return (scalar.implicit[0] or scalar.tag is not None) and _NUMBER.fullmatch(scalar.value) is not None
