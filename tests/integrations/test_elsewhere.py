"""What is sent goes to whom it is for and nowhere else, wherever an answer leads, and without ~/.netrc's passwords."""

from __future__ import annotations

import json
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest
from botocore.exceptions import BotoCoreError

from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.mutelist_source import MutelistUnreadableError, fetch
from aioprowler.aws.clients import session_in
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.web import proxy_outwards
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.errors import UsageError
from aioprowler.integrations.http import client_session
from aioprowler.integrations.integration import Ending, SendingError
from aioprowler.integrations.s3 import S3, Destination, upload
from aioprowler.integrations.security_hub import SecurityHub
from aioprowler.integrations.slack import Slack
from aioprowler.integrations.webhook import Webhook
from aioprowler.outputs.files import Outputs
from aioprowler.tools.downloads import HttpsDownloads
from aioprowler.tools.shodan import Shodan
from tests.aws.endless import Endless
from tests.aws.server import Received, Reply, StubAws
from tests.outputs.samples import FINDING, coverage

SOURCE = CredentialSource(access_key_id="AKIAEXAMPLE", secret_access_key="example", session_token="t0ken")
ACCOUNT = Account(id=FINDING.account_id, default_region="eu-west-1", regions=("eu-west-1",))
BY_TOKEN = {"SLACK_API_TOKEN": "xoxb-1", "SLACK_CHANNEL_NAME": "#security"}
STATUSES = (301, 302, 303, 307, 308)

Act = Callable[[str, Outputs], Awaitable[object]]
"""Asks the server at a URL, about files that there are. Gives what is told, or raises it."""


@pytest.fixture
def files(tmp_path: Path) -> Outputs:
    outputs = Outputs(tmp_path, "today", ["jsonl"])
    with outputs:
        outputs.write([FINDING])
        outputs.conclude(coverage())
    return outputs


async def upload_files(url: str, files: Outputs) -> None:
    await S3(Destination("reports"), lambda: SOURCE).conclude(Ending(coverage(), files))


async def upload_in_parts(url: str, files: Outputs) -> None:
    async with session_in("eu-west-1").client("s3") as s3:
        try:
            await upload(s3, files.paths["jsonl"], {"Bucket": "reports", "Key": "large"}, part=100)
        except BotoCoreError as error:
            raise SendingError(str(error)) from None


async def import_findings(url: str, files: Outputs) -> None:
    async def fetch_keys() -> Keys:
        return Keys("AKIAEXAMPLE", "example", "t0ken")

    notes: list[str] = []
    async with Gateway() as gateway, SecurityHub(note=notes.append) as hub:
        gateway.register(ACCOUNT.id, Renewing(fetch_keys))
        hub.found([FINDING], [FINDING], [FINDING])
        await hub.leave(ACCOUNT, gateway, lambda *_: True)
        try:
            await hub.drain()
        finally:
            assert notes == ["Security Hub: 0 imported, 0 unchanged, 0 archived."]


async def mutelist_object(url: str, files: Outputs) -> None:
    await fetch("s3://lists/mutelist.yaml")


async def mutelist_table(url: str, files: Outputs) -> None:
    await fetch("arn:aws:dynamodb:eu-west-1:123456789012:table/mutelist")


async def webhook(url: str, files: Outputs) -> None:
    async with Webhook(f"{url}/s3cret", insecure=True) as made:
        await made.take([FINDING])
        await made.drain()


async def slack_by_token(url: str, files: Outputs) -> None:
    async with Slack(BY_TOKEN, api=f"{url}/api/chat.postMessage") as made:
        await made.conclude(Ending(coverage(), None))


async def slack_by_webhook(url: str, files: Outputs) -> None:
    async with Slack({"SLACK_WEBHOOK_URL": f"{url}/s3cret"}, insecure=True) as made:
        await made.conclude(Ending(coverage(), None))


async def shodan(url: str, files: Outputs) -> object:
    return await Shodan(url, interval=0.0).host("192.0.2.1", "s3cret")


async def download(url: str, files: Outputs) -> object:
    async def link() -> str:
        return f"{url}/code.zip?X-Amz-Signature=s3cret"

    async with HttpsDownloads().get(link) as file:
        return file


OF_AWS = (upload_files, upload_in_parts, import_findings, mutelist_object, mutelist_table)
OF_OTHERS = (webhook, slack_by_token, slack_by_webhook, shodan, download)


def told_by(act: Act, url: str, files: Outputs, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[str]]:
    """What the user is told."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    async def run() -> str:
        try:
            found = await act(url, files)
        except (SendingError, MutelistUnreadableError) as error:
            return str(error)
        assert isinstance(found, Failure), "nothing of it is as it should be"
        return found.explain()

    return run


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", [*OF_AWS, *OF_OTHERS], ids=lambda act: act.__name__)
def test_a_redirect_is_an_error_that_says_where_it_leads(
    act: Act, status: int, files: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with (
            StubAws(lambda _: Reply("{}")) as elsewhere,
            StubAws(lambda _: Reply("{}", status, {"location": f"{elsewhere.url}/there?and=more"})) as aws,
        ):
            told = await told_by(act, aws.url, files, monkeypatch)()
            assert f" {elsewhere.url}, which is not followed" in told
            assert "s3cret" not in told
            assert "and=more" not in told
            assert aws.received
            assert elsewhere.received == []

    anyio.run(run)


@pytest.mark.parametrize("act", OF_OTHERS, ids=lambda act: act.__name__)
def test_no_password_of_netrc_is_sent(
    act: Act, files: Outputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pa55\ndefault login me password pa55\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    async def run() -> None:
        async with StubAws(lambda _: Reply('{"ok": true}')) as server:
            await act(server.url, files)
            assert [request.headers.get("authorization") for request in server.received] == [
                "Bearer xoxb-1" if act is slack_by_token else None
            ]

    anyio.run(run)


@pytest.mark.parametrize("act", [webhook, slack_by_token, slack_by_webhook, shodan], ids=lambda act: act.__name__)
def test_the_proxy_of_the_environment_is_used(act: Act, files: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with StubAws(lambda _: Reply('{"ok": true}')) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//me:pa55@"))
            await act("http://hooks.example", files)
            (request,) = proxy.received
            assert request.target.startswith("http://hooks.example/")
            assert request.headers["proxy-authorization"].startswith("Basic ")

    anyio.run(run)


@pytest.mark.parametrize("spared", ["", "hooks.example"])
@pytest.mark.parametrize("act", OF_OTHERS, ids=lambda act: act.__name__)
def test_what_is_for_this_machine_does_not_leave_it_through_a_proxy(
    act: Act, spared: str, files: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with (
            StubAws(lambda _: Reply('{"ok": true}')) as proxy,
            StubAws(lambda _: Reply('{"ok": true}')) as server,
        ):
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("NO_PROXY", spared)
            await act(server.url, files)
            assert (len(proxy.received), len(server.received)) == (0, 1)

    anyio.run(run)


@pytest.mark.parametrize(
    ("spared", "asked"), [("", True), ("other.example", True), ("hooks.example,other.example", False)]
)
def test_hosts_that_the_environment_spares_are_asked_by_themselves(
    spared: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", spared)
    assert proxy_outwards("https://hooks.example/s3cret") == ("http://proxy.example:3128" if asked else None)


@pytest.mark.parametrize("act", OF_OTHERS, ids=lambda act: act.__name__)
def test_an_endless_answer_ends(act: Act, files: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.tools.shodan.LARGEST", 500_000)
    monkeypatch.setattr("aioprowler.integrations.http._LARGEST_REPLY", 500_000)

    async def refused(url: str, files: Outputs) -> object:
        async with HttpsDownloads().get(lambda: _link(url), largest=500_000) as file:
            return file

    async def run() -> None:
        async with Endless() as server:
            if act is slack_by_token:
                with pytest.raises(SendingError, match="none of Slack's"):
                    await act(server.url, files)
            elif act in (shodan, download):
                found = await (shodan if act is shodan else refused)(server.url, files)
                assert isinstance(found, Failure)
                assert "500,000 bytes" in found.explain()
            else:
                await act(server.url, files)
            await server.ended()

    anyio.run(run)


def test_a_table_without_an_end_is_no_mutelist(files: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = 0

    def answer(_: Received) -> Reply:
        nonlocal pages
        pages += 1
        item = {"Accounts": {"S": "*"}, "Reason": {"S": "x" * 10_000}}
        return Reply(json.dumps({"Items": [item], "LastEvaluatedKey": {"Accounts": {"S": str(pages)}}}))

    monkeypatch.setattr("aioprowler.accounts.mutelist_source.LARGEST", 100_000)

    async def run() -> None:
        async with StubAws(answer) as aws:
            with pytest.raises(UsageError, match="100,000 bytes: that is no mutelist"):
                await told_by(mutelist_table, aws.url, files, monkeypatch)()

    anyio.run(run)
    assert pages == 10


async def _link(url: str) -> str:
    return url


def test_what_is_small_only_until_it_is_unpacked_stays_packed() -> None:
    packed = zlib.compress(b"x" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\ncontent-length: {len(packed)}\r\n\r\n".encode()
    asked: list[Received] = []

    def answer(request: Received) -> bytes:
        asked.append(request)
        return head + packed

    async def run() -> None:
        async with StubAws(answer) as server, client_session() as session, session.get(server.url) as reply:
            assert await reply.read() == packed

    anyio.run(run)
    assert asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "url", ["http://hooks.example/s3cret", "http://10.0.0.7:8080/s3cret", "http://localhost.example/"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    for make in (lambda: Webhook(url), lambda: Slack({"SLACK_WEBHOOK_URL": url})):
        with pytest.raises(UsageError, match="--insecure-webhook") as raised:
            make()
        assert "s3cret" not in str(raised.value)
    Webhook(url, insecure=True)
    Slack({"SLACK_WEBHOOK_URL": url}, insecure=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/", "http://hook.localhost/"]
)
def test_on_this_machine_it_needs_no_leave(url: str) -> None:
    Webhook(url)
    Slack({"SLACK_WEBHOOK_URL": url})
