"""A few operations of AWS on a loopback port: enough for a real program to enter accounts and look at buckets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "123456789012"
CHECK = "s3_bucket_object_versioning"

_ERROR = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>"
_NOT_OURS = "DescribeAccount"
"""The scanner is no management account."""
_JSON_ERROR = '{"__type": "AccessDeniedException", "message": "not for you"}'
_S3_ERROR = "<Error><Code>AccessDenied</Code><Message>not for you</Message></Error>"
_NO_BUCKET = "<Error><Code>NoSuchBucket</Code><Message>not there</Message></Error>"
_IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{0}:user/alice</Arn><UserId>AIDA</UserId>"
    "<Account>{0}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_SESSION = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA{0}</AccessKeyId><SecretAccessKey>s"
    "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    "</AssumeRoleResult></AssumeRoleResponse>"
)
_REGIONS = (
    "<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item></regionInfo>"
    "</DescribeRegionsResponse>"
)


class Stub:
    """Buckets `b0`, `b1`...; their number, whether they are versioned, and how slow and forbidding AWS is."""

    def __init__(self) -> None:
        self.url = ""
        self._turn = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Three unversioned buckets, at once."""
        self.buckets = 3
        self.versioned = False
        self.nameless = False
        """What AWS sends of buckets cannot be read."""
        self.delay = 0.0
        """Seconds before each answer about a bucket, of which there is one at a time."""
        self.turns = 0
        """Of these, so far."""
        self.denied: set[str] = set()
        self.tags: dict[str, dict[str, str]] = {}
        """Bucket -> its tags, where it has any."""
        self.assumed: list[str] = []
        self.policies: list[str] = []
        """Of the sessions of these roles; empty for one that has none."""

    def answer(self, action: str, fields: dict[str, str], account: str) -> tuple[int, str]:
        """Status and body."""
        if action in {*self.denied, _NOT_OURS} or fields.get("RoleArn", "") in self.denied:
            if action in ("GetResources", "ListRegions", _NOT_OURS):
                return 400, _JSON_ERROR
            return 403, _S3_ERROR if action.startswith("S3") else _ERROR
        match action:
            case "GetCallerIdentity":
                return 200, _IDENTITY.format(account)
            case "AssumeRole":
                self.assumed.append(fields["RoleArn"])
                self.policies.append(fields.get("Policy", ""))
                return 200, _SESSION.format(fields["RoleArn"].split(":")[4])
            case "DescribeRegions":
                return 200, _REGIONS
            case "GetResources":
                return 200, json.dumps({"ResourceTagMappingList": [*map(_mapping, self.tags.items())]})
            case "S3ListBuckets":
                told = "<Bucket/>" if self.nameless else "<Bucket><Name>b{}</Name></Bucket>"
                names = "".join(map(told.format, range(self.buckets)))
                return 200, f"<ListAllMyBucketsResult><Buckets>{names}</Buckets></ListAllMyBucketsResult>"
            case "S3PutObject":
                return 404, _NO_BUCKET
            case "S3GetBucketLocation":
                return 200, "<LocationConstraint/>"
        with self._turn:
            time.sleep(self.delay)
            self.turns += 1
        return 200, f"<VersioningConfiguration>{'<Status>Enabled</Status>' * self.versioned}</VersioningConfiguration>"


def _mapping(tagged: tuple[str, dict[str, str]]) -> dict[str, Any]:
    bucket, tags = tagged
    return {
        "ResourceARN": f"arn:aws:s3:::{bucket}",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


@contextmanager
def serving() -> Iterator[Stub]:
    """The stub behind `stub.url`."""
    stub = Stub()
    server = _Server(("127.0.0.1", 0), _handler(stub))
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that is killed leaves broken connections behind."""


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/listRegions":
                self._reply("ListRegions", {})
                return
            if target := self.headers.get("X-Amz-Target"):
                self._reply(target.partition(".")[2], {})
                return
            fields = {key: values[0] for key, values in parse_qs(body).items()}
            self._reply(fields["Action"], fields)

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            action = "S3ListBuckets"
            if url.path != "/":
                action = "S3GetBucketLocation" if "location" in url.query else "S3GetBucketVersioning"
            self._reply(action, {})

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._reply("S3PutObject", {})

        def _reply(self, action: str, fields: dict[str, str]) -> None:
            key = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
            account = key.removeprefix("ASIA") if key.startswith("ASIA") else ACCOUNT
            status, text = stub.answer(action, fields, account)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class calls it
            """Print nothing."""

    return Handler
