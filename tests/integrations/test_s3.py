"""Files in a bucket are the files on the disk, and a failed upload leaves neither half an object nor fewer files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aioboto3
import anyio
import boto3
import pytest
from msgspec.structs import replace

from aioprowler.accounts.credentials import CredentialSource
from aioprowler.demo.server import EmbeddedAws
from aioprowler.errors import UsageError
from aioprowler.integrations.integration import Ending, SendingError
from aioprowler.integrations.s3 import S3, Destination, keys, upload
from aioprowler.outputs.files import Outputs
from tests.aws.server import Handler, Received, Reply, StubAws, s3_error
from tests.outputs.samples import coverage, many

SOURCE = CredentialSource(access_key_id="AKIAEXAMPLE", secret_access_key="example")
MIB = 1024 * 1024


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an AWS that has the bucket `reports`."""
    with EmbeddedAws() as embedded:
        monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.endpoint_url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        keys = embedded.base_credentials.client_arguments()
        client = boto3.client("s3", endpoint_url=embedded.endpoint_url, region_name="us-east-1", **keys)
        client.create_bucket(Bucket="reports")
        yield client
        client.close()


def written(folder: Path) -> Outputs:
    outputs = Outputs(folder, "today", ["jsonl", "csv"])
    with outputs:
        outputs.write([*many(50)])
        outputs.conclude(coverage())
    return outputs


def send(outputs: Outputs | None, destination: Destination, source: CredentialSource = SOURCE) -> None:
    anyio.run(S3(destination, lambda: source).conclude, Ending(coverage(), outputs))


@pytest.mark.parametrize(("text", "prefix"), [("reports", ""), ("s3://reports/a/b/", "a/b/"), ("reports/c", "c/")])
def test_every_file_is_uploaded_under_its_format(aws: Any, tmp_path: Path, text: str, prefix: str) -> None:
    outputs = written(tmp_path / "output")
    send(outputs, Destination.of("-B", text))
    listed = aws.list_objects_v2(Bucket="reports")["Contents"]
    assert {each["Key"] for each in listed} == {
        f"{prefix}output/jsonl/today.jsonl",
        f"{prefix}output/csv/today.csv",
        f"{prefix}output/coverage/today.coverage.json",
    }
    for path in outputs.files:
        (key,) = [each["Key"] for each in listed if each["Key"].endswith(path.name)]
        assert aws.get_object(Bucket="reports", Key=key)["Body"].read() == path.read_bytes()
    assert aws.head_object(Bucket="reports", Key=f"{prefix}output/csv/today.csv")["ContentType"] == "text/csv"


def test_a_key_has_the_folders_name_however_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "output" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "output" / "below")
    for directory in ("..", "../../output", "../.", tmp_path / "output"):
        outputs = written(Path(directory))
        assert {key for _, key in keys(outputs, "a")} == {
            f"a/output/{name}" for name in ("jsonl/today.jsonl", "csv/today.csv", "coverage/today.coverage.json")
        }


def test_pages_of_parts_go_where_the_page_of_all_goes(tmp_path: Path) -> None:
    outputs = written(tmp_path / "output")
    outputs.pages = [tmp_path / "output" / "today-web.html"]
    outputs.pages[0].touch()
    assert "output/html/today-web.html" in {key for _, key in keys(outputs)}


def test_a_role_is_assumed_for_the_upload(aws: Any, tmp_path: Path) -> None:
    role = "arn:aws:iam::123456789012:role/uploader"
    send(written(tmp_path), Destination("reports"), replace(SOURCE, role_arn=role))
    assert aws.list_objects_v2(Bucket="reports")["KeyCount"] == 3


def test_a_large_file_goes_in_parts(aws: Any, tmp_path: Path) -> None:
    path = tmp_path / "large"
    content = random.Random(1).randbytes(12 * MIB + 1)  # noqa: S311 - sample data
    path.write_bytes(content)

    async def run() -> None:
        async with aioboto3.Session("AKIAEXAMPLE", "example").client("s3") as s3:
            await upload(s3, path, {"Bucket": "reports", "Key": "large"}, part=5 * MIB)

    anyio.run(run)
    found = aws.get_object(Bucket="reports", Key="large")
    assert found["ETag"].endswith('-3"')
    assert found["Body"].read() == content


def test_nothing_is_uploaded_where_nothing_was_written() -> None:
    send(None, Destination("reports"))


def with_stub(handler: Handler, monkeypatch: pytest.MonkeyPatch, act: Callable[[StubAws], Any]) -> list[Received]:
    async def run() -> list[Received]:
        async with StubAws(handler) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            await act(aws)
            return aws.received

    return anyio.run(run)


def test_the_bucket_must_be_its_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    integration = S3(Destination.of("-B", "reports", "111122223333"), lambda: SOURCE)
    ending = Ending(coverage(), written(tmp_path))
    received = with_stub(lambda _: Reply(), monkeypatch, lambda _: integration.conclude(ending))
    assert [each.headers["x-amz-expected-bucket-owner"] for each in received] == ["111122223333"] * 3


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (s3_error("AccessDenied", "no", 403), "Grant s3:PutObject on arn:aws:s3:::reports/"),
        (
            s3_error("AccessDenied", "not allowed, with an explicit deny in a resource-based policy", 403),
            "The policy of the resource itself keeps the scanning identity out",
        ),
        (s3_error("NoSuchBucket", "not there", 404), "NoSuchBucket: not there"),
    ],
    ids=["denied", "denied by the bucket", "no bucket"],
)
def test_a_refused_upload_names_the_bucket_and_where_the_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, said: str
) -> None:
    integration = S3(Destination("reports"), lambda: SOURCE)
    outputs = written(tmp_path)
    with pytest.raises(SendingError, match=said) as raised:
        with_stub(lambda _: reply, monkeypatch, lambda _: integration.conclude(Ending(coverage(), outputs)))
    assert f"The files are in {tmp_path}" in str(raised.value)
    assert all(path.is_file() for path in outputs.files)


def test_a_role_that_cannot_be_assumed_is_told(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    integration = S3(Destination("reports"), lambda: CredentialSource(profile="nobody"))
    with pytest.raises(SendingError, match=r"no such profile.*The files are in"):
        anyio.run(integration.conclude, Ending(coverage(), written(tmp_path)))


def test_a_part_that_fails_ends_the_upload_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 200)

    def answer(request: Received) -> Reply:
        if request.method == "POST":
            return Reply("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        if "partNumber=2" in request.target:
            return s3_error("AccessDenied", "no", 403)
        return Reply(headers={"etag": '"e"'})

    async def act(aws: StubAws) -> None:
        async with aioboto3.Session("AKIAEXAMPLE", "example", region_name="us-east-1").client("s3") as s3:
            with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
                await upload(s3, path, {"Bucket": "reports", "Key": "large"}, part=1)

    received = with_stub(answer, monkeypatch, act)
    assert received[-1].method == "DELETE"
    assert "uploadId=u" in received[-1].target
    assert len(received) < 20, "parts that can do no good any more are not sent"


@pytest.mark.parametrize("text", ["", "A", "s3://", "arn:aws:s3:::reports", "a_b", "/reports"])
def test_what_is_no_bucket_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--output-bucket"):
        Destination.of("--output-bucket", text)


def test_an_owner_is_an_account() -> None:
    with pytest.raises(UsageError, match="twelve digits"):
        Destination.of("-B", "reports", "me")
