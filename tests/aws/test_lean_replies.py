"""The lean path reads replies and errors as a plain client does, in every protocol."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

import anyio
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean import lean_call, new_invocation, now_stamp
from aioprowler.aws.signing import current_keys
from tests.aws.environment import isolate
from tests.aws.server import Received, Reply, StubAws, ec2_error, query_error, s3_error

KEYS = Keys("AKIAFIRST", "first-secret", "first-token")
BUCKET = {"Bucket": "reports"}
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
Example = tuple[str, str, dict[str, Any], Reply]


def xml(root: str, content: str) -> Reply:
    return Reply(f'<?xml version="1.0"?><{root} xmlns="urn:x">{content}</{root}>', headers={"content-type": "text/xml"})


def result(operation: str, content: str) -> Reply:
    request_id = "<ResponseMetadata><RequestId>9f</RequestId></ResponseMetadata>"
    return xml(f"{operation}Response", f"<{operation}Result>{content}</{operation}Result>{request_id}")


def json_error(code: str, status: int = 400, key: str = "message") -> Reply:
    return Reply(f'{{"__type":"{code}","{key}":"not so"}}', status, {"x-amzn-errortype": f"{code}:http://x/"})


HTML = Reply("<html><body><b>Http/1.1 Service Unavailable</b></body></html>", 503)
VPC = (
    "<requestId>9f</requestId><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault><tagSet><item>"
    "<key>&lt;b&gt;</key><value>\u00e9\u4e2d</value></item></tagSet></item><item><vpcId>vpc-2</vpcId></item></vpcSet>"
)
USER = (
    "<UserDetailList><member><UserName>alice</UserName><CreateDate>2026-01-02T03:04:05Z</CreateDate><UserPolicyList>"
    f"<member><PolicyName>all</PolicyName><PolicyDocument>{quote(POLICY)}</PolicyDocument></member></UserPolicyList>"
    "</member></UserDetailList><IsTruncated>false</IsTruncated>"
)
IMAGES = "<imagesSet><item><imageId>ami-1</imageId></item></imagesSet>"
EXAMPLES: dict[str, Example] = {
    "ec2 reply": ("ec2", "DescribeVpcs", {}, xml("DescribeVpcsResponse", VPC)),
    "ec2 empty list": ("ec2", "DescribeImages", {}, xml("DescribeImagesResponse", "<imagesSet/>")),
    "ec2 list": ("ec2", "DescribeImages", {}, xml("DescribeImagesResponse", IMAGES)),
    "ec2 error": ("ec2", "DescribeVpcs", {}, ec2_error("UnauthorizedOperation", "You are not &lt;authorized&gt;", 403)),
    "ec2 throttled": ("ec2", "DescribeVpcs", {}, ec2_error("RequestLimitExceeded", "Rate", 503)),
    "ec2 html": ("ec2", "DescribeVpcs", {}, HTML),
    "ec2 nothing": ("ec2", "DescribeVpcs", {}, Reply("")),
    "ec2 nothing, failed": ("ec2", "DescribeVpcs", {}, Reply("", 500)),
    "ec2 cut off": ("ec2", "DescribeVpcs", {}, Reply("<DescribeVpcsResponse><vpcSet><item>")),
    "ec2 snapshot times": (
        "ec2",
        "DescribeSnapshots",
        {},
        xml(
            "DescribeSnapshotsResponse",
            "<snapshotSet>"
            + "".join(
                f"<item><startTime>{time}</startTime></item>"
                for time in (
                    "2026-01-02T03:04:05Z",
                    "2026-01-02T03:04:05.678Z",
                    "2026-01-02T03:04:05.123456Z",
                    "2026-01-02T03:04:05+02:00",
                    "Fri, 02 Jan 2026 03:04:05 GMT",
                    "1767323045",
                    "1767323045.5",
                    "2026-01-02",
                )
            )
            + "</snapshotSet>",
        ),
    ),
    "query reply": ("iam", "GetAccountAuthorizationDetails", {}, result("GetAccountAuthorizationDetails", USER)),
    "query map": (
        "iam",
        "GetAccountSummary",
        {},
        result("GetAccountSummary", "<SummaryMap><entry><key>Users</key><value>2</value></entry></SummaryMap>"),
    ),
    "query blob": (
        "iam",
        "GetCredentialReport",
        {},
        result("GetCredentialReport", "<Content>dXNlcixhcm4=</Content><ReportFormat>text/csv</ReportFormat>"),
    ),
    "query error": ("iam", "GetAccountPasswordPolicy", {}, query_error("NoSuchEntity", "none", 404)),
    "query modelled error": ("iam", "GetCredentialReport", {}, query_error("ReportNotPresent", "generate it", 410)),
    "query throttled": ("iam", "GetAccountSummary", {}, query_error("Throttling", "Rate exceeded")),
    "query nothing, failed": ("rds", "DescribeDBInstances", {}, Reply("", 503)),
    "rest-xml reply": (
        "s3",
        "GetBucketVersioning",
        BUCKET,
        xml("VersioningConfiguration", "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>"),
    ),
    "rest-xml body that is a text": ("s3", "GetBucketPolicy", BUCKET, Reply(POLICY)),
    "rest-xml location": ("s3", "GetBucketLocation", BUCKET, xml("LocationConstraint", "eu-west-1")),
    "rest-xml no location": ("s3", "GetBucketLocation", BUCKET, xml("LocationConstraint", "")),
    "rest-xml listing": (
        "s3",
        "ListBuckets",
        {},
        xml(
            "ListAllMyBucketsResult",
            "<Buckets><Bucket><Name>reports</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>"
            "</Buckets><Owner><ID>9f</ID></Owner>",
        ),
    ),
    "rest-xml nothing": ("s3", "GetBucketLogging", BUCKET, Reply("")),
    "rest-xml head": ("s3", "HeadBucket", BUCKET, Reply("", 200, {"x-amz-bucket-region": "eu-west-1"})),
    "rest-xml head, missing": ("s3", "HeadBucket", BUCKET, Reply("", 404)),
    "rest-xml head, denied": ("s3", "HeadBucket", BUCKET, Reply("", 403)),
    "rest-xml error": ("s3", "GetBucketPolicy", BUCKET, s3_error("NoSuchBucketPolicy", "none", 404)),
    "rest-xml modelled error": ("s3", "GetBucketAcl", BUCKET, s3_error("NoSuchBucket", "gone", 404)),
    "rest-xml error said with 200": ("s3", "GetBucketAcl", BUCKET, s3_error("InternalError", "again", 200)),
    "rest-xml details of an error": (
        "s3",
        "GetBucketAcl",
        BUCKET,
        s3_error("AccessDenied", "no", 403, "<BucketName>reports</BucketName><HostId>h</HostId>"),
    ),
    "s3control error": (
        "s3control",
        "GetPublicAccessBlock",
        {"AccountId": "123456789012"},
        query_error("NoSuchPublicAccessBlockConfiguration", "none", 404),
    ),
    "json reply": ("dynamodb", "ListTables", {}, Reply('{"TableNames":["a","\u00e9"],"unknown":{"x":1}}')),
    "json times": (
        "dynamodb",
        "DescribeTable",
        {"TableName": "orders"},
        Reply('{"Table":{"CreationDateTime":1767323045.5,"TableSizeBytes":7,"Replicas":null}}'),
    ),
    "json error": ("dynamodb", "ListTables", {}, json_error("com.amazon.coral.service#AccessDeniedException")),
    "json modelled error": (
        "dynamodb",
        "DescribeTable",
        {"TableName": "orders"},
        json_error("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", key="Message"),
    ),
    "json nothing": ("dynamodb", "DescribeTable", {"TableName": "t"}, Reply("")),
    "json nothing, failed": ("dynamodb", "ListTables", {}, Reply("", 500)),
    "json is html": ("dynamodb", "ListTables", {}, HTML),
    "rest-json reply": ("lambda", "ListFunctions", {}, Reply('{"Functions":[{"FunctionName":"f"}],"NextMarker":"x"}')),
    "rest-json error": ("lambda", "ListFunctions", {}, json_error("TooManyRequestsException", 429)),
    "rest-json times": (
        "backup",
        "ListBackupPlans",
        {},
        Reply('{"BackupPlansList":[{"CreationDate":1767323045.123,"BackupPlanName":"daily"}]}'),
    ),
}
BROKEN = {"ec2 nothing", "ec2 cut off"}
"""Replies of which botocore itself can make nothing."""


async def outcome(call: Any) -> Any:
    """The reply, or what was raised; without the plain client's remark that it made one attempt of one, and without the
    classes that it makes of ClientError.
    """
    try:
        reply = await call
    except Exception as error:  # noqa: BLE001 - whatever the two raise is what is compared
        reply = getattr(error, "response", {})
        reply.get("ResponseMetadata", {}).pop("MaxAttemptsReached", None)
        text = str(error).replace(" (reached max retries: 0)", "")
        return ClientError if isinstance(error, ClientError) else type(error), text, reply
    reply["ResponseMetadata"].pop("MaxAttemptsReached", None)
    return reply


async def both(clients: Clients, service: str, operation: str, params: dict[str, Any]) -> tuple[Any, Any]:
    client = await clients.get(service, "eu-west-1", operation)
    lean = await lean_call(client, operation, params, KEYS)
    assert lean
    request = lean.request(params, KEYS, now_stamp(), new_invocation())
    assert request
    current_keys.set(KEYS)
    plain = await outcome(getattr(client, xform_name(operation))(**params))
    return await outcome(lean.send(clients.http, request)), plain


async def all_outcomes(environment: pytest.MonkeyPatch) -> dict[str, tuple[Any, Any]]:
    found = {}
    async with StubAws(lambda _: Reply()) as aws:
        environment.setenv("AWS_ENDPOINT_URL", aws.url)
        async with Clients() as clients:
            for name, (service, operation, params, reply) in EXAMPLES.items():
                aws.handler = partial(_same, reply)
                found[name] = await both(clients, service, operation, params)
    return found


def _same(reply: Reply, _: Received) -> Reply:
    return reply


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[Any, Any]]:
    with pytest.MonkeyPatch.context() as environment:
        isolate(environment)
        return anyio.run(all_outcomes, environment)


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_reply_is_read_as_the_plain_client_reads_it(example: str, outcomes: dict[str, tuple[Any, Any]]) -> None:
    lean, plain = outcomes[example]
    assert lean == plain
    failed = EXAMPLES[example][3].status >= 300 or "error" in example or example in BROKEN
    assert isinstance(plain, tuple) == failed, "the example is not what its name says"


def test_times_are_in_utc_and_exact(outcomes: dict[str, tuple[Any, Any]]) -> None:
    snapshots = outcomes["ec2 snapshot times"][0]["Snapshots"]
    assert [each["StartTime"].isoformat() for each in snapshots[:3]] == [
        "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05.678000+00:00",
        "2026-01-02T03:04:05.123456+00:00",
    ]
