"""HTTP as the lean path speaks it: framing, connections that are used again, and replies that are none."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import os
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import certifi
import pytest
import uvloop
from anyio.abc import SocketAttribute, SocketStream
from botocore.awsrequest import AWSRequest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.entry import identify
from aioprowler.aws.api import Boundary
from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.http import Http
from aioprowler.aws.plain import PlainSession
from aioprowler.aws.requests import Request
from aioprowler.declarations.account import Account
from tests.aws.server import Handler, Reply, StubAws

HELLO = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
Act = Callable[[Http, StubAws], Awaitable[Any]]


def play(handler: Handler, act: Act) -> Any:
    async def run() -> Any:
        async with StubAws(handler) as aws, Clients() as clients:
            return await act(clients.http, aws)

    return anyio.run(run)


def request(aws: StubAws, method: str = "GET", body: bytes | None = None, **headers: str) -> Request:
    length = {"content-length": str(len(body))} if body else {}
    return Request(method, f"{aws.url}/a%2Fb?c=d%20e", {**headers, **length}, body)


def test_plain_clients_share_the_certificates_that_they_trust(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(Path(certifi.where()).read_text(encoding="utf-8"), encoding="utf-8")

    async def trusted(verify: bool | str) -> Any:
        async with PlainSession(verify=verify) as session:
            await session._get_session(None)
            return session._sessions[None].connector._ssl

    async def run() -> None:
        first, second, other = [await trusted(verify) for verify in (True, True, str(bundle))]
        assert first is second
        assert isinstance(first, ssl.SSLContext)
        assert first.verify_mode is ssl.CERT_REQUIRED
        assert first.get_ca_certs()
        assert other is not first
        assert await trusted(False) is False

    anyio.run(run)


async def ask(http: Http, aws: StubAws) -> Any:
    status, _, body = await http.exchange(request(aws), None)
    return status, body


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (HELLO, (200, b"hello")),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", (200, b"hello")),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello", (200, b"hello")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + HELLO, (200, b"hello")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 301 Moved\r\nlocation: http://elsewhere.invalid/\r\ncontent-length: 0\r\n\r\n", (301, b"")),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello", (200, b"hello")),
    ],
    ids=["length", "chunks", "until it closes", "announced", "nothing", "redirect", "claims to be packed"],
)
def test_a_reply_is_read_however_it_is_framed(raw: bytes, expected: tuple[int, bytes]) -> None:
    assert play(lambda _: raw, ask) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"",
        HELLO[:20],
        HELLO[:-1],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\nhello",
    ],
    ids=["another protocol", "nothing", "half a head", "half a body", "a bad chunk", "a bad length"],
)
def test_what_is_no_reply_is_an_error_of_the_connection(raw: bytes) -> None:
    with pytest.raises(aiohttp.ClientError):
        play(lambda _: raw, ask)


def test_target_headers_and_body_are_sent_as_they_are() -> None:
    async def act(http: Http, aws: StubAws) -> None:
        await http.exchange(request(aws, "POST", b"x=%2B", authorization="AWS4 \u00e9"), None)
        (received,) = aws.received
        assert (received.method, received.target, received.body) == ("POST", "/a%2Fb?c=d%20e", b"x=%2B")
        assert received.headers == {
            "host": aws.url.removeprefix("http://"),
            "authorization": "AWS4 \u00e9",
            "content-length": "5",
            "accept": "*/*",
            "accept-encoding": "identity",
        }

    play(lambda _: Reply(), act)


@pytest.mark.parametrize("value", ["a\r\nx-injected: yes", "a\nb", "a\rb"])
def test_a_header_with_a_line_break_is_refused(value: str) -> None:
    async def act(http: Http, aws: StubAws) -> None:
        with pytest.raises(ValueError, match="line break"):
            await http.exchange(request(aws, note=value), None)
        assert aws.opened == 0

    play(lambda _: Reply(), act)


def test_connections_are_used_again() -> None:
    async def act(http: Http, aws: StubAws) -> None:
        for _ in range(5):
            assert await ask(http, aws) == (200, b"x" * 300_000)
        await http.exchange(request(aws, "HEAD"), None)
        assert await ask(http, aws) == (200, b"x" * 300_000)
        assert aws.opened == 1
        await asyncio.gather(*(ask(http, aws) for _ in range(20)))
        assert aws.opened <= 20

    play(lambda _: Reply("x" * 300_000), act)


def test_a_connection_whose_reply_nobody_waits_for_is_not_used_again() -> None:
    async def act(http: Http, aws: StubAws) -> None:
        with anyio.move_on_after(0.1) as scope:
            await ask(http, aws)
        assert scope.cancelled_caught
        aws.handler = lambda _: Reply("fresh")
        assert await ask(http, aws) == (200, b"fresh")
        assert aws.opened == 2

    play(lambda _: Reply("stale", delay=0.2), act)


def test_silence_ends_by_the_read_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.aws.clients.READ_TIMEOUT", 0.2)
    with pytest.raises(aiohttp.SocketTimeoutError):
        play(lambda _: "silence", ask)


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([HELLO[:20]], aiohttp.SocketTimeoutError),
        ([HELLO[:-1]], aiohttp.SocketTimeoutError),
        ([b"HTTP/1.1 103 Early Hints\r\n\r\n"], aiohttp.SocketTimeoutError),
        ([HELLO[:-5], *(HELLO[i : i + 1] for i in range(-5, -1))], TimeoutError),
    ],
    ids=["in its head", "in its body", "once announced", "that goes on and on"],
)
def test_a_reply_that_stops_half_way_ends(
    pieces: list[bytes], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the read timeout where nothing comes any more, by twice that where something always does."""
    monkeypatch.setattr("aioprowler.aws.clients.READ_TIMEOUT", 0.3)

    async def run() -> float:
        hung_up = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            with suppress(ConnectionError):
                for piece in pieces:
                    writer.write(piece)
                    await asyncio.sleep(0.2)
                await reader.read()
            writer.close()
            hung_up.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, Clients() as clients:
            host, port = server.sockets[0].getsockname()
            begun = asyncio.get_running_loop().time()
            with pytest.raises(error):
                await clients.http.exchange(Request("GET", f"http://{host}:{port}/", {}, None), None)
            took = asyncio.get_running_loop().time() - begun
            await hung_up.wait()
        return took

    assert 0.25 < anyio.run(run) < 2


def test_each_call_waits_for_as_long_as_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many begin while others wait, and others are answered."""
    monkeypatch.setattr("aioprowler.aws.clients.READ_TIMEOUT", 0.3)

    async def waited(http: Http, aws: StubAws, begin: float) -> float:
        await anyio.sleep(begin)
        begun = anyio.current_time()
        with pytest.raises(aiohttp.SocketTimeoutError):
            await http.exchange(request(aws, silent="yes"), None)
        return anyio.current_time() - begun

    async def act(http: Http, aws: StubAws) -> None:
        calls = [waited(http, aws, begin) for begin in (0, 0.1, 0.2, 0.25, 0.8)]
        others = asyncio.gather(*(ask(http, aws) for _ in range(9)))
        times: list[float] = await asyncio.gather(*calls)
        assert all(0.25 < time < 1 for time in times)
        await others

    play(lambda received: "silence" if "silent" in received.headers else Reply("hello"), act)


def test_connections_that_nobody_uses_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.aws.http.KEPT_FOR", 0.2)

    async def act(http: Http, aws: StubAws) -> None:
        await asyncio.gather(*(ask(http, aws) for _ in range(3)))
        assert aws.open == aws.opened == 3
        await anyio.sleep(1)
        assert aws.open == 0
        assert await ask(http, aws) == (200, b"hello")

    play(lambda _: Reply("hello", delay=0.05), act)


def test_one_host_more_takes_the_connection_that_was_idle_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan asks thousands of hosts, and has fewer files."""
    monkeypatch.setattr("aioprowler.aws.clients.connections", lambda: 2)

    async def run() -> None:
        async with (
            StubAws(lambda _: Reply("a")) as first, StubAws(lambda _: Reply("b")) as second,
            StubAws(lambda _: Reply("c")) as third, Clients() as clients,
        ):  # fmt: skip
            for aws in (first, second, third, second, third):
                await ask(clients.http, aws)
                await anyio.sleep(0.02)
            assert [aws.opened for aws in (first, second, third)] == [1, 1, 1]
            assert [aws.open for aws in (first, second, third)] == [0, 1, 1]

    anyio.run(run)


def test_a_connection_that_aws_has_closed_is_not_used_again() -> None:
    async def act(http: Http, aws: StubAws) -> None:
        for _ in range(3):
            assert await ask(http, aws) == (200, b"hello")
            await anyio.sleep(0.02)
        assert aws.opened == 3

    play(lambda _: HELLO, act)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for 127.0.0.1, and the bundle that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stub")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle, both = folder / "bundle.pem", folder / "server.pem"
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    bundle.write_bytes(made.public_bytes(encoding))
    both.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(encoding)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, bundle


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_certificate_that_the_bundle_trusts_is_talked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    tls, bundle = certificate(tmp_path)
    if trusted:
        monkeypatch.setenv("AWS_CA_BUNDLE", os.fspath(bundle))

    async def run() -> None:
        async with StubAws(lambda _: Reply("hello"), tls=tls) as aws, Clients() as clients:
            if trusted:
                assert await ask(clients.http, aws) == (200, b"hello")
                assert await ask(clients.http, aws) == (200, b"hello")
                assert aws.opened == 1
            else:
                with pytest.raises(aiohttp.ClientConnectorCertificateError):
                    await ask(clients.http, aws)
                assert aws.received == []

    anyio.run(run)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_further_connection_goes_on_with_the_session_of_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: ssl.TLSVersion, new_loop: Callable[[], Any]
) -> None:
    tls, bundle = certificate(tmp_path)
    tls.maximum_version = version
    monkeypatch.setenv("AWS_CA_BUNDLE", os.fspath(bundle))

    async def run() -> None:
        async with StubAws(lambda _: HELLO, tls=tls) as aws, Clients() as clients:
            for _ in range(3):
                assert await ask(clients.http, aws) == (200, b"hello")
                await asyncio.sleep(0.02)
            assert aws.opened == 3
        assert tls.session_stats()["accept"] == 3
        assert tls.session_stats()["hits"] == 2

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())


async def tunnel(asked: SocketStream) -> None:
    """A proxy of one connection: what is sent after CONNECT goes on as it is, and so does what comes back."""
    host, port = (await asked.receive()).split()[1].split(b":")
    async with asked, await anyio.connect_tcp(host.decode(), int(port)) as onwards:
        await asked.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with anyio.create_task_group() as directions:
            directions.start_soon(pass_on, asked, onwards)
            directions.start_soon(pass_on, onwards, asked)


async def pass_on(source: SocketStream, to: SocketStream) -> None:
    with suppress(anyio.BrokenResourceError):
        async for piece in source:
            await to.send(piece)
        await to.send_eof()


@pytest.mark.parametrize("trusted", [True, False])
def test_by_way_of_a_proxy_plain_clients_trust_no_more_than_without(tmp_path: Path, trusted: bool) -> None:
    tls, bundle = certificate(tmp_path)

    async def run() -> None:
        proxy = await anyio.create_tcp_listener(local_host="127.0.0.1")
        by_way_of = f"http://127.0.0.1:{proxy.extra_attributes[SocketAttribute.local_port]()}"
        async with (
            StubAws(lambda _: Reply("hello"), tls=tls) as aws,
            proxy,
            anyio.create_task_group() as tasks,
            PlainSession(verify=os.fspath(bundle) if trusted else True, proxies={"https": by_way_of}) as session,
        ):
            tasks.start_soon(proxy.serve, tunnel)
            asked = session.send(AWSRequest("GET", aws.url).prepare())
            if trusted:
                assert await (await asked).content == b"hello"
            else:
                with pytest.raises(SSLError):
                    await asked
                assert aws.received == []
            tasks.cancel_scope.cancel()

    anyio.run(run)


def test_the_gateway_tells_a_certificate_that_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As such, and at once: to try again is of no use."""
    tls, _ = certificate(tmp_path)

    async def run() -> None:
        async with StubAws(lambda _: Reply("hello"), tls=tls) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Gateway() as gateway:
                keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY")

                async def fetch() -> Keys:
                    return keys

                gateway.register("1", Renewing(fetch))
                told = await refusal_of(gateway)
        assert "AWS_CA_BUNDLE" in told

    anyio.run(run)


async def refusal_of(gateway: Gateway) -> str:
    with pytest.raises(EntryError) as caught:
        await identify(Boundary(gateway), seed=Account(id="1"))
    assert gateway.retried == 0
    return str(caught.value)
