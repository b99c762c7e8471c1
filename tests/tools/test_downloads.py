"""Files behind links, over loopback HTTP: what comes whole, and what is a Failure without the link in it."""

# mypy: disable-error-code="empty-body"
from __future__ import annotations

import asyncio
import errno
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

import anyio
import pytest

from aioprowler import Account, Aws, Downloads, Facet, Failure, Pass, Verdict, check, source
from aioprowler.aws.api import Boundary, Calls
from aioprowler.engine.account import AccountScan
from aioprowler.engine.judge import timestamp
from aioprowler.engine.plan import make_plan
from aioprowler.engine.supply import Limits
from aioprowler.tools import downloads
from aioprowler.tools.downloads import IN_MEMORY, HttpsDownloads
from tests.aws.server import Handler, Reply, StubAws
from tests.aws.test_http import certificate
from tests.engine.harness import DOCUMENTED
from tests.worlds.world import ACCOUNT, NOW, World

SECRET = "?X-Amz-Credential=AKIA%2F20250101&X-Amz-Signature=5ec4e7"
LARGE = IN_MEMORY + 1000


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "BACKOFF", 0.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def link(url: str) -> Callable[[], Awaitable[str]]:
    async def ask() -> str:
        return url

    return ask


async def read(tool: Downloads, url: str, **options: Any) -> bytes | Failure:
    async with tool.get(link(url), **options) as file:
        return file if isinstance(file, Failure) else file.read()


def get(handler: Handler, tool: HttpsDownloads | None = None, **options: Any) -> tuple[bytes | Failure, StubAws]:
    """What the link to a server gives, and that server."""

    async def main() -> tuple[bytes | Failure, StubAws]:
        async with StubAws(handler) as server:
            return await read(tool or HttpsDownloads(), f"{server.url}/code.zip{SECRET}", **options), server

    return anyio.run(main)


def refused(found: bytes | Failure) -> Failure:
    """The failure, which tells nothing of the link but its host."""
    assert isinstance(found, Failure)
    assert found.is_gap
    for told in (found.explain(), found.message):
        assert "code.zip" not in told
        assert "5ec4e7" not in told
    assert "Grant" not in found.explain()
    return found


def sent(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + body


def test_the_link_is_asked_for_as_it_is_and_without_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password tr0ub4dor\n")
    monkeypatch.setenv("NETRC", os.fspath(netrc))
    found, server = get(lambda _: Reply("the code", headers={"set-cookie": "a=b"}))
    assert found == b"the code"
    (request,) = server.received
    assert request.target == f"/code.zip{SECRET}"
    assert not {"authorization", "cookie"} & set(request.headers)


@pytest.mark.parametrize("size", [0, 10, IN_MEMORY, LARGE, 3 * LARGE])
def test_a_file_of_any_size_is_whole_and_leaves_nothing_behind(size: int, folder: Path) -> None:
    body = os.urandom(size)
    found, _ = get(lambda _: sent(body, f"content-length: {size}"))
    assert found == body
    assert opened_in(folder) == []


def test_a_file_that_says_it_is_too_large_is_not_begun() -> None:
    found, _ = get(lambda _: sent(b"", "content-length: 1001"), largest=1000)
    assert refused(found).kind == "broken"
    assert "1,000 bytes" in refused(found).explain()


@pytest.mark.parametrize("headers", [(), ("transfer-encoding: chunked",)])
def test_a_file_that_does_not_say_how_large_it_is_is_not_taken_beyond_the_bound(headers: tuple[str, ...]) -> None:
    body = b"x" * 1001
    found, _ = get(lambda _: sent(b"3e9\r\n" + body if headers else body, *headers), largest=1000)
    assert refused(found).kind == "broken"
    assert "1,000 bytes" in refused(found).explain()


def test_a_file_of_just_that_size_is_taken() -> None:
    found, _ = get(lambda _: Reply("x" * 1000), largest=1000)
    assert found == b"x" * 1000


def test_a_server_that_does_not_answer_is_not_waited_for_beyond_the_deadline() -> None:
    found, _ = get(lambda _: "silence", HttpsDownloads(deadline=0.2))
    assert refused(found).kind == "timed_out"


def test_a_redirect_is_not_followed() -> None:
    found, server = get(lambda _: Reply(status=302, headers={"location": "/elsewhere"}))
    assert refused(found).kind == "broken"
    assert len(server.received) == 1
    assert "not followed" in refused(found).explain()


EXPIRED = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><Key>code.zip</Key></Error>"


@pytest.mark.parametrize(
    ("reply", "kind", "told", "tries"),
    [
        (Reply(EXPIRED, 403), "denied", "127.0.0.1: Request has expired", 1),
        (Reply("no", 401), "denied", "127.0.0.1", 1),
        (Reply("no", 404), "missing", "HTTP status 404", 1),
        (Reply("no", 400), "broken", "HTTP status 400", 1),
        (Reply("no", 206), "broken", "HTTP status 206", 1),
        (Reply("no", 503), "throttled", "HTTP status 503", 3),
        (Reply("no", 500), "unreachable", "HTTP status 500", 3),
        ("reset", "unreachable", "127.0.0.1", 2 * 3),  # aiohttp asks again by itself where a connection is reset
        ("half", "unreachable", "ClientPayloadError", 3),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", "unreachable", "ClientPayloadError", 3),
        (b"no HTTP at all\r\n\r\n", "unreachable", "127.0.0.1", 3),
    ],
)
def test_what_is_no_whole_file_is_a_failure_and_tried_again_where_it_may_pass(
    reply: Any, kind: str, told: str, tries: int
) -> None:
    found, server = get(lambda _: reply)
    failure = refused(found)
    assert failure.kind == kind
    assert told in failure.explain()
    assert len(server.received) == tries


def test_a_further_try_begins_anew() -> None:
    replies: Iterator[bytes | Reply] = iter([sent(b"x" * LARGE, f"content-length: {2 * LARGE}"), Reply("whole")])
    found, _ = get(lambda _: next(replies))
    assert found == b"whole"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/code.zip",
        "http://localhost.example.com/code.zip",
        "https://me:5ec4e7@127.0.0.1/code.zip",
        "ftp://127.0.0.1/code.zip",
        "file:///etc/passwd",
        "https:///code.zip",
        "https://[/code.zip",
        "https://127.0.0.1:99999999/code.zip",
        "http://127.0.0.1:9/code.zip HTTP/1.1\r\nAuthorization: 5ec4e7\r\n",
        "http://127.0.0.1:9/ä",
        "",
    ],
)
def test_a_link_that_is_none_is_not_followed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr("aiohttp.ClientSession", connect)
    assert refused(anyio.run(read, HttpsDownloads(), url)).kind == "broken"


def test_a_host_that_is_not_there_is_a_failure() -> None:
    found = refused(anyio.run(read, HttpsDownloads(), f"http://files.localhost:9/code.zip{SECRET}"))
    assert found.kind == "unreachable"
    assert "files.localhost" in found.explain()


def test_what_the_function_could_not_learn_is_passed_on() -> None:
    failure = Failure("denied", "lambda:GetFunction", "AccessDeniedException")

    async def ask() -> Failure:
        return failure

    async def main() -> None:
        async with HttpsDownloads().get(ask) as file:
            assert file is failure

    anyio.run(main)


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_certificate_that_the_bundle_trusts_is_talked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    tls, bundle = certificate(tmp_path)
    if trusted:
        monkeypatch.setenv("AWS_CA_BUNDLE", os.fspath(bundle))

    async def main() -> bytes | Failure:
        async with StubAws(lambda _: Reply("the code"), tls=tls) as server:
            return await read(HttpsDownloads(), f"{server.url}/code.zip")

    found = anyio.run(main)
    assert found == b"the code" if trusted else refused(found).kind == "unreachable"


def test_a_bundle_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/absent/bundle.pem")
    found = refused(anyio.run(read, HttpsDownloads(), f"https://127.0.0.1:9/code.zip{SECRET}"))
    assert found.kind == "broken"


def test_the_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> tuple[bytes | Failure, list[tuple[str, str]]]:
        async with StubAws(lambda request: Reply("no", 403)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            found = await read(HttpsDownloads(), "https://files.example/code.zip")
            return found, [(request.method, request.target) for request in proxy.received]

    found, asked = anyio.run(main)
    assert isinstance(found, Failure)
    assert set(asked) == {("CONNECT", "files.example:443")}


def test_few_files_are_there_at_once_and_links_are_asked_for_in_turn() -> None:
    tool = HttpsDownloads(at_once=3)
    there: set[int] = set()
    most = 0

    async def one(url: str, number: int) -> None:
        nonlocal most

        async def ask() -> str:
            nonlocal most
            there.add(number)
            most = max(most, len(there))
            return url

        async with tool.get(ask) as file:
            assert not isinstance(file, Failure)
            await anyio.sleep(0.01)
            assert file.read() == b"the code"
            there.remove(number)

    async def main() -> None:
        async with StubAws(lambda _: Reply("the code")) as server, anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(one, server.url, number)

    anyio.run(main)
    assert most == 3


def opened_in(folder: Path) -> list[str]:
    """Files of the folder that this process holds open, or that lie there."""
    held = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            held.append(os.fspath(each.readlink()))
        except FileNotFoundError:  # of the listing itself
            continue
    return [name for name in [*held, *map(os.fspath, folder.iterdir())] if name.startswith(os.fspath(folder))]


@asynccontextmanager
async def stalling(size: int) -> AsyncIterator[str]:
    """A server that sends so many bytes of a longer file, and no more."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent(b"x" * size, f"content-length: {10 * size}"))
        await done.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come about")


async def cancel_task(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def cancel_twice(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.sleep(0)
    await cancel_task(task)


@pytest.mark.parametrize("cancel", [cancel_task, cancel_twice])
def test_who_is_cancelled_in_the_middle_leaves_no_file_and_gives_up_the_turn(
    folder: Path, cancel: Callable[[asyncio.Task[None]], Awaitable[None]]
) -> None:
    tool = HttpsDownloads(at_once=1)

    async def main() -> None:
        async with stalling(2 * LARGE) as url:
            task = asyncio.create_task(wanted(url))
            await until(lambda: bool(opened_in(folder)))
            await cancel(task)
            assert task.cancelled()
            await until(lambda: not opened_in(folder))  # a thread closes it
        async with StubAws(lambda _: Reply("the code")) as server:
            assert await read(tool, server.url) == b"the code"

    async def wanted(url: str) -> None:
        async with tool.get(link(url)):
            raise AssertionError("the file is not whole")

    anyio.run(main)


class Disk:
    """In the place of a temporary file: notes which threads wrote, and is full from some byte on."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.threads: set[int] = set()

    def file(self) -> type:
        disk = self

        class File(tempfile.SpooledTemporaryFile[bytes]):
            def write(self, content: Any) -> int:
                disk.threads.add(threading.get_ident())
                disk.room -= len(content)
                if disk.room < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(content)

        return File


def test_the_loop_does_not_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(10 * LARGE)
    monkeypatch.setattr(downloads, "SpooledTemporaryFile", disk.file())
    found, _ = get(lambda _: Reply("x" * LARGE))
    assert found == b"x" * LARGE
    assert disk.threads
    assert threading.get_ident() not in disk.threads


def test_a_full_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SpooledTemporaryFile", Disk(1000).file())
    found, server = get(lambda _: Reply("x" * LARGE))
    assert refused(found).kind == "broken"
    assert "No space left" in refused(found).explain()
    assert len(server.received) == 1


# --- What a scan makes of it ---


@source("lambda:GetFunction")
async def code_of_account(account: Account, aws: Aws, files: Downloads) -> Code | Failure:
    async def ask() -> str | Failure:
        reply = await aws.call("lambda", "GetFunction", FunctionName="f")
        return reply if isinstance(reply, Failure) else str(reply["Code"]["Location"])

    async with files.get(ask) as file:
        return file if isinstance(file, Failure) else Code(text=await anyio.to_thread.run_sync(_text, file))


def _text(file: IO[bytes]) -> str:
    return file.read().decode()


class Code(Facet[Account]):
    source = code_of_account
    text: str


@check(fails="The code is short", severity="low", categories=[])
def code_is_read(account: Account, code: Code) -> Verdict:
    return Pass(f"The code is {code.text}.")


code_is_read.function.__doc__ = DOCUMENTED


def judged(status: int, tools: dict[type, Any]) -> tuple[str, Calls]:
    """What is found where the link's server answers so, and what was counted."""
    calls = Calls()
    details: list[str] = []

    async def main() -> None:
        async def emit(batch: list[Any]) -> None:
            details.extend(f"{each.status} {each.status_detail}" for each in batch)

        async with StubAws(lambda _: Reply("the code", status)) as server:
            world = World({"lambda:GetFunction": {"Code": {"Location": f"{server.url}/code.zip{SECRET}"}}})
            aws = Boundary(world, calls)
            plan = make_plan([code_is_read], {})
            await AccountScan(plan, ACCOUNT, aws, NOW, timestamp(NOW), emit, Limits(), tools).run()

    anyio.run(main)
    (detail,) = details
    return detail, calls


def test_a_function_reads_a_file() -> None:
    detail, calls = judged(200, {Downloads: HttpsDownloads()})
    assert detail == "PASS The code is the code."
    assert not calls.failures


def test_what_cannot_be_had_is_manual_with_the_reason_and_counted() -> None:
    detail, calls = judged(403, {Downloads: HttpsDownloads()})
    assert detail.startswith("MANUAL Could not look: the file behind a link was denied (HTTP status 403)")
    assert [(cause.kind, cause.action) for cause in calls.failures] == [("denied", "the file behind a link")]


def test_a_tool_that_was_not_given_is_manual() -> None:
    detail, _ = judged(200, {})
    assert detail.startswith("MANUAL")
    assert "Downloads" in detail
