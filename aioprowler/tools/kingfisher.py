"""Credentials in texts, found by Kingfisher (https://github.com/mongodb/kingfisher), a program of its own.

Starting it costs far more than reading a text, so the texts of all accounts that wait at the same time share a
process. They lie in files that only this user may read, in a folder that is gone when the process is.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct, field

from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Secret

GATHERING = 0.5
"""Seconds in which texts are gathered before a process starts."""
AT_ONCE = 500
"""Texts that a process is given at most."""
DEADLINE = 120.0
"""Seconds that a process may take."""
NAME = "the secret scanner kingfisher"

_SUCCESS = (0, 200, 205)
"""Exit codes: nothing found, something found, something live found."""
_JDBC_RULE = "kingfisher.jdbc.1"
_JDBC_PASSWORD = re.compile(
    r"(?i)//[^/?;:\s]*:[^/?;\s]+@|:[^/:@\s]+/[^/@\s]+@|\b(password|passwd|pwd|secret)\s*=\s*[^\s;&,)]"
)
"""What makes a JDBC address a credential: the rule takes every address for one."""


class _Validation(Struct, frozen=True):
    status: str = ""


class _Match(Struct, frozen=True):
    path: str
    line: int
    snippet: str = ""
    validation: _Validation = _Validation()


class _Rule(Struct, frozen=True):
    name: str
    id: str


class _Found(Struct, frozen=True):
    rule: _Rule
    match: _Match = field(name="finding")

    @property
    def is_credential(self) -> bool:
        return self.rule.id != _JDBC_RULE or _JDBC_PASSWORD.search(self.match.snippet) is not None

    @property
    def secret(self) -> Secret:
        return Secret(self.rule.name, self.match.line, self.match.validation.status == "Active")


class _Report(Struct, frozen=True):
    findings: tuple[_Found, ...] = ()


class _Request:
    """A text that waits for its answer."""

    def __init__(self, text: str, validate: bool) -> None:
        self.text = text
        self.validate = validate
        self.answer: tuple[Secret, ...] | Failure | None = None


class Kingfisher:
    """A SecretScanner: one process at a time, and whoever comes meanwhile is in the next one."""

    def __init__(self, binary: str | None = None) -> None:
        """`binary`: path of the program; by default that of the package `kingfisher-bin`."""
        self._binary = binary
        self._waiting: list[_Request] = []
        self._turn = anyio.Lock()

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...] | Failure:
        """The credentials in a text, by line. With `validate` Kingfisher tries them out, over the network."""
        request = _Request(text, validate)
        self._waiting.append(request)
        try:
            while request.answer is None:
                async with self._turn:
                    if request.answer is None:
                        await anyio.sleep(GATHERING)
                        await self._answer([each for each in self._waiting if each.validate == validate][:AT_ONCE])
        finally:
            self._waiting.remove(request)
        return request.answer

    async def _answer(self, requests: Sequence[_Request]) -> None:
        found = await self._scan([request.text for request in requests], validate=requests[0].validate)
        for number, request in enumerate(requests):
            if request in self._waiting:
                request.answer = found if isinstance(found, Failure) else tuple(found[number])

    async def _scan(self, texts: Sequence[str], *, validate: bool) -> dict[int, list[Secret]] | Failure:
        """Number of the text -> its credentials."""
        if self._binary is None:
            self._binary = await anyio.to_thread.run_sync(_installed)
        if self._binary is None:
            return Failure("missing", NAME, "install it with `pip install 'aioprowler[secrets]'`")
        try:
            with anyio.fail_after(DEADLINE):
                async with _folder() as folder:
                    await anyio.to_thread.run_sync(_write, folder, texts)
                    process = await anyio.run_process(_command(self._binary, folder, validate), check=False)
                    return await anyio.to_thread.run_sync(_read, folder, process)
        except TimeoutError:
            return Failure("timed_out", NAME, f"{DEADLINE:.0f} seconds")
        except OSError as error:
            return Failure("broken", NAME, type(error).__name__, str(error))
        except msgspec.MsgspecError as error:
            return Failure("broken", NAME, "output", str(error))


@asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    """A folder that nobody else reads, for a while. A thread removes what is in it."""
    folder = tempfile.TemporaryDirectory(prefix="aioprowler-")
    try:
        yield Path(folder.name)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(folder.cleanup)


def _installed() -> str | None:
    try:
        from kingfisher import get_binary_path
    except ImportError:
        return None
    return str(get_binary_path())


def _write(folder: Path, texts: Sequence[str]) -> None:
    (folder / "texts").mkdir()
    for number, text in enumerate(texts):
        (folder / "texts" / str(number)).write_text(text + "\n", encoding="utf-8", errors="surrogateescape", newline="")


def _command(binary: str, folder: Path, validate: bool) -> list[str]:
    validation = ["--validation-timeout", "5", "--validation-retries", "0"] if validate else ["--no-validate"]
    output = ["--format", "json", "--output", str(folder / "report.json")]
    texts = ["--confidence", "low", "--no-dedup", "--git-history", "none", "--no-extract-archives"]
    texts.append("--no-ignore")  # comments in a text do not say what is found in it
    return [binary, "scan", str(folder / "texts"), *texts, *output, "--no-update-check", *validation]


def _read(folder: Path, process: CompletedProcess[bytes]) -> dict[int, list[Secret]] | Failure:
    if process.returncode not in _SUCCESS:
        complaint = process.stderr.decode(errors="replace").strip()[-500:]
        return Failure("broken", NAME, f"exit code {process.returncode}", complaint)
    report = folder / "report.json"
    content = report.read_bytes() if report.exists() else b""
    found: dict[int, list[Secret]] = defaultdict(list)
    for each in msgspec.json.decode(content, type=_Report).findings if content.strip() else ():
        if each.is_credential:
            found[int(Path(each.match.path).name)].append(each.secret)
    return found
