"""Credentials in texts, found by Kingfisher (https://github.com/mongodb/kingfisher), a program of its own.

Starting it costs far more than reading a text, so the texts of all accounts that wait at the same time share a
process. They lie in files that only this user may read, are overwritten when it has read them, and are gone when nobody
waits for an answer. The process is told nothing of the environment that it does not need, least of all credentials, and
ends when this one does.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct, field

from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Secret
from aioprowler.disk import PRIVATE
from aioprowler.reprs import without
from aioprowler.tools.scratch import scratch
from aioprowler.user_files import decode

GATHERING = 0.5
"""Seconds in which texts are gathered before a process starts."""
PATIENCE: Final = 4.0
"""The same at most, where texts come few at a time because AWS's quotas let them come so."""
SHARE: Final = 0.1
"""Of the time since the first text, that texts are gathered where few come: what a scan takes longer at most."""
FEW: Final = 50
"""Texts of a process that were hardly worth its start, which takes the time of some thousand."""
SHORT: Final = 64 * 1024
"""Characters of these."""
AT_ONCE = 500
"""Texts that a process is given at most."""
TOGETHER: Final = 8 * 1024 * 1024
"""Characters of these; a longer text has a process of its own, so that none of a stranger's costs others their turn."""
LARGEST_TEXT: Final = 64 * 1024 * 1024
"""Characters of a text."""
LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes that the process may write: some hundred for each of its findings. 8 MiB of nothing but secrets are half."""
DEADLINE = 120.0
"""Seconds that a process may take."""
KNOWN = 100_000
"""Texts of which it is kept what was found in them, as thousands of functions are made of the same libraries."""
NAME = "the secret scanner kingfisher"

_TEXTS: Final = "texts"
_REPORT: Final = "report.json"
_COMPLAINTS: Final = "complaints"
_OVER: Final = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_SUCCESS = (0, 200, 205)
"""Exit codes: nothing found, something found, something live found."""
_JDBC_RULE = "kingfisher.jdbc.1"
_JDBC_PASSWORD = re.compile(
    r"(?i)//[^/?;:\s]*:[^/?;\s]+@|:[^/:@\s]+/[^/@\s]+@|\b(password|passwd|pwd|secret)\s*=\s*[^\s;&,)]"
)
"""What makes a JDBC address a credential: the rule takes every address for one."""

_NEEDED: Final = ("PATH", "HOME", "XDG_CACHE_HOME", "KF_RULE_CACHE_DIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""Variables that it gets. Below the home it keeps its compiled rules, without which each start takes seconds more."""
_NEEDED_ON_THE_NETWORK: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "NO_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
"""Beyond these where it validates; proxies also in small letters."""
_SMALL_PAGES: Final = {"MIMALLOC_ALLOW_THP": "0"}
"""For its allocator: huge pages are cleared as a whole, also what of them is never touched, 30 MB of 120. Where the
machine is virtual that can take longer than all else that a start takes.
"""
_COMPLAINT: Final = 500
"""Bytes of what it complains of that are told."""
_TIED: Final = """
umask 077
ulimit -c 0
ulimit -f "$1"
shift
exec 3<&0 </dev/null 2>"$TMPDIR/complaints"
{ read -r _ <&3; kill -KILL -$$; } >/dev/null 2>&1 &
exec "$@" 3<&-
"""
"""Runs a program, and beside it what waits for the end of standard input to kill it: a pipe to this process, into which
nothing is written, and which the system closes however this process ends. The program writes no file of more than so
many blocks of 512 bytes, and leaves no image of its memory, in which the texts are.
"""


class _Validation(Struct, frozen=True):
    status: str = ""


class _Match(Struct, frozen=True):
    path: str
    line: int
    snippet: str = ""
    validation: _Validation = _Validation()

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "snippet")


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
        self._characters = 0
        """Of these."""
        self._turn = anyio.Lock()
        self._folder: _Folder | None = None
        """While somebody waits."""
        self._full = anyio.Event()
        self._since: float | None = None
        """When the first text came."""
        self._were_few = False
        """The texts of the last process."""
        self._known: dict[bytes, tuple[Secret, ...]] = {}
        """By the digest of the text, the newest last."""

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...] | Failure:
        """The credentials in a text, by line. With `validate` Kingfisher tries them out, over the network."""
        if len(text) > LARGEST_TEXT:
            return Failure("broken", NAME, f"a text of more than {LARGEST_TEXT:,} characters")
        digest = _digest(text, validate)
        if (known := self._known.get(digest)) is not None:
            return known
        request = _Request(text, validate)
        self._waiting.append(request)
        self._characters += len(text)
        if self._is_full:
            self._full.set()
        try:
            while request.answer is None:
                async with self._turn:
                    if request.answer is None:
                        await self._gather()
                        await self._answer(_batch([each for each in self._waiting if each.validate == validate]))
        finally:
            self._waiting.remove(request)
            self._characters -= len(text)
            if not self._waiting:
                await self._clear_up()
        if not isinstance(request.answer, Failure):
            self._keep(digest, request.answer)
        return request.answer

    async def _gather(self) -> None:
        now = anyio.current_time()
        if self._since is None:
            self._since = now
        patience = min(SHARE * (now - self._since), PATIENCE) if self._were_few else 0.0
        self._full = anyio.Event()
        if not self._is_full:
            with anyio.move_on_after(max(GATHERING, patience)):
                await self._full.wait()

    @property
    def _is_full(self) -> bool:
        """Whether no more would go beside what waits."""
        return len(self._waiting) >= AT_ONCE or self._characters >= TOGETHER

    async def _clear_up(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(folder.remove)

    def _keep(self, digest: bytes, answer: tuple[Secret, ...]) -> None:
        if len(self._known) >= KNOWN:
            del self._known[next(iter(self._known))]
        self._known[digest] = answer

    async def _answer(self, requests: Sequence[_Request]) -> None:
        self._were_few = len(requests) < FEW and sum(len(each.text) for each in requests) < SHORT
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
                if self._folder is None:
                    self._folder = await anyio.to_thread.run_sync(_Folder)
                async with self._folder.filled(texts) as folder:
                    code = await _run(_command(self._binary, folder, validate), _environment(folder, validate))
                    return await anyio.to_thread.run_sync(_read, folder, code)
        except TimeoutError:
            return Failure("timed_out", NAME, f"{DEADLINE:.0f} seconds")
        except OSError as error:
            return Failure("broken", NAME, type(error).__name__, str(error))
        except msgspec.MsgspecError as error:
            return Failure("broken", NAME, "output", str(error))


class _Folder:
    """A folder that nobody else reads. It holds each process's files in turn."""

    def __init__(self) -> None:
        self._scratch = scratch()
        self._path = self._scratch.__enter__()
        (self._path / _TEXTS).mkdir(0o700)

    @asynccontextmanager
    async def filled(self, texts: Sequence[str]) -> AsyncIterator[Path]:
        """With the texts, which nobody reads any more after that. Threads write and remove."""
        try:
            await anyio.to_thread.run_sync(_write, self._path, texts)
            yield self._path
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_blot, self._path, len(texts))

    def remove(self) -> None:
        self._scratch.__exit__(None, None, None)


async def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """The exit code. The program has a session of its own, so that it is killed with all that it has started, and no
    pipes, for whose end somebody would wait. A thread starts it, by Popen, which makes no copy of this process (vfork):
    the event loop would make one, and of each page that is written to afterwards there is a fault.
    """
    with _tie() as end:
        process = await anyio.to_thread.run_sync(_start, command, environment, end)
        try:
            return await anyio.to_thread.run_sync(process.wait, abandon_on_cancel=True)
        finally:
            process.kill()
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(process.wait)


def _start(command: Sequence[str], environment: dict[str, str], end: int) -> subprocess.Popen[bytes]:
    tied, nowhere = ["/bin/sh", "-c", _TIED, NAME, str(LARGEST_ANSWER // 512), *command], subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 - the program is the package's, and what it is told is ours
        tied, stdin=end, stdout=nowhere, stderr=nowhere, env=environment, start_new_session=True
    )


@contextmanager
def _tie() -> Iterator[int]:
    """The end of a pipe, of which this process alone has the other one."""
    end, other = os.pipe()
    try:
        yield end
    finally:
        os.close(end)
        os.close(other)


def _environment(folder: Path, validate: bool) -> dict[str, str]:
    names = [*_NEEDED]
    if validate:
        names += [*_NEEDED_ON_THE_NETWORK, *(name.lower() for name in _NEEDED_ON_THE_NETWORK if "PROXY" in name)]
    given = {name: os.environ[name] for name in names if name in os.environ}
    return given | _SMALL_PAGES | {"TMPDIR": str(folder)}


def _installed() -> str | None:
    try:
        from kingfisher import get_binary_path
    except ImportError:
        return None
    return str(get_binary_path())


def _write(folder: Path, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        _overwrite(folder / _TEXTS / str(number), text)


def _blot(folder: Path, number: int) -> None:
    """So many texts, and what was told of them."""
    for each in range(number):
        _overwrite(folder / _TEXTS / str(each), "")
    for name in (_REPORT, _COMPLAINTS):
        (folder / name).unlink(missing_ok=True)


def _overwrite(path: Path, text: str) -> None:
    """New files in the place of removed ones would take ext4 longer and longer, which keeps the numbers of files that
    were removed a moment ago from new ones, and looks through all of these for each. Nothing is cut to nothing first:
    what comes after that it writes to the disk at once.
    """
    with os.fdopen(os.open(path, _OVER, PRIVATE), "wb") as file:
        file.write(f"{text}\n".encode(errors="surrogateescape"))
        file.truncate()


def _command(binary: str, folder: Path, validate: bool) -> list[str]:
    validation = ["--validation-timeout", "5", "--validation-retries", "0"] if validate else ["--no-validate"]
    output = ["--format", "json", "--output", str(folder / _REPORT)]
    texts = ["--confidence", "low", "--no-dedup", "--git-history", "none", "--no-extract-archives"]
    texts.append("--no-ignore")  # comments in a text do not say what is found in it
    return [binary, "scan", str(folder / _TEXTS), *texts, *output, "--no-update-check", *validation]


def _digest(text: str, validate: bool) -> bytes:
    """Of a text and of how it is looked into. The text cannot be made out of it."""
    return hashlib.blake2b(
        text.encode(errors="surrogatepass"), digest_size=16, person=b"live" if validate else b""
    ).digest()


def _batch(waiting: Sequence[_Request]) -> list[_Request]:
    """Those that a process is given together: the first, and what fits beside it."""
    size = len(waiting[0].text)
    batch = [waiting[0]]
    for each in waiting[1:AT_ONCE]:
        size += len(each.text)
        if size > TOGETHER:
            break
        batch.append(each)
    return batch


def _read(folder: Path, code: int) -> dict[int, list[Secret]] | Failure:
    report = folder / _REPORT
    content = _last(report, LARGEST_ANSWER)
    if len(content) == LARGEST_ANSWER:
        return Failure("broken", NAME, f"an answer of {LARGEST_ANSWER:,} bytes, and no more of it is read")
    if code not in _SUCCESS:
        complaint = _last(folder / _COMPLAINTS, _COMPLAINT).decode(errors="replace").strip()
        return Failure("broken", NAME, f"exit code {code}", complaint)
    found: dict[int, list[Secret]] = defaultdict(list)
    for each in decode(content, _Report).findings if content.strip() else ():
        if each.is_credential:
            found[int(Path(each.match.path).name)].append(each.secret)
    return found


def _last(path: Path, most: int) -> bytes:
    """So many bytes of the end of a file; nothing where there is none."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        size = min(most, path.stat().st_size)
        file.seek(-size, os.SEEK_END)
        return file.read(size)  # for which memory is taken at once
