"""Findings for the tests of the writers: one to vary, many that look like an organization's, and hostile text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from aioprowler.declarations.checks import SEVERITIES, Remediation, Status
from aioprowler.findings.coverage import Accounts, Coverage, Figures, Gap, Judged, NotEntered, Regions
from aioprowler.findings.finding import Finding, uid

FINDING = Finding(
    uid=uid("s3_bucket_public_access", "123456789012", "eu-west-1", "arn:aws:s3:::reports"),
    status="FAIL",
    status_detail="S3 bucket reports is public by its policy.",
    severity="high",
    check_id="s3_bucket_public_access",
    resource_id="reports",
    resource_arn="arn:aws:s3:::reports",
    resource_name="reports",
    resource_tags={"team": "data", "env": "prod"},
    region="eu-west-1",
    account_id="123456789012",
    account_name="Production",
    account_email="aws@example.com",
    account_organizational_unit="workloads/production",
    account_organizational_unit_id="ou-a1b2-3c4d5e6f",
    account_organization_id="o-a1b2c3d4e5",
    account_organization_arn="arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5",
    account_tags={"cost": "42"},
    auth_method="role: arn:aws:iam::123456789012:role/audit",
    partition="aws",
    timestamp="2026-06-01T12:00:00Z",
    command="aws s3api put-public-access-block --bucket reports",
    title="S3 buckets are not public",
    fails="S3 bucket is public",
    service="s3",
    resource_type="AwsS3Bucket",
    resource_group="storage",
    categories=("internet-exposed", "data"),
    description="Neither policy nor ACL lets everybody in.\n\nBlock Public Access counts.",
    risk="Anyone reads; or writes.",
    remediation=Remediation(
        text="Block public access, as with `put-public-access-block`.",
        cli="aws s3api put-public-access-block --bucket <bucket>",
        terraform='resource "aws_s3_bucket_public_access_block" "b" {}',
        url="https://docs.aws.amazon.com/s3/",
    ),
)

HOSTILE = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<!--<script>",
    "]]><svg/onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "\u202egnp.exe \u2028 \u2029 \u0000 \x1b[31m",
    '";window.pwned=1;//',
    "&lt;b&gt; &amp;",
    "{{ 7*7 }} ${7*7}",
    "emoji 🪣 naïve 日本語 \x85",
)


def finding(**fields: Any) -> Finding:
    return replace(FINDING, **fields)


def hostile(text: str) -> Finding:
    """A finding with `text` wherever AWS's text can stand."""
    return finding(
        uid=uid("x", repr(text), "", ""),
        status_detail=f"It is {text}",
        resource_id=text,
        resource_arn=f"arn:aws:s3:::{text}",
        resource_name=text,
        resource_tags={text: text},
        account_name=text,
        account_email=text,
        account_organizational_unit=text,
        account_tags={text: text},
        command=f"aws s3api put-public-access-block --bucket {text}",
        further_commands=(f"aws s3api put-bucket-acl --bucket {text}",),
    )


_CHECKS = (
    (
        "s3_bucket_object_versioning",
        "AwsS3Bucket",
        "S3 buckets keep earlier versions of their objects",
        "S3 bucket forgets earlier versions of its objects",
    ),
    (
        "ec2_instance_imdsv2_enabled",
        "AwsEc2Instance",
        "EC2 instances answer metadata requests only with a token",
        "EC2 instance answers metadata requests without a token",
    ),
    (
        "iam_user_mfa_enabled_console_access",
        "AwsIamUser",
        "Users with a console password sign in with MFA",
        "User signs in to the console without MFA",
    ),
    (
        "rds_instance_storage_encrypted",
        "AwsRdsDbInstance",
        "RDS instances encrypt their storage",
        "RDS instance does not encrypt its storage",
    ),
    ("vpc_flow_logs_enabled", "AwsEc2Vpc", "VPCs record their traffic in flow logs", "VPC has no flow log"),
    (
        "kms_cmk_rotation_enabled",
        "AwsKmsKey",
        "Customer managed KMS keys rotate every year",
        "Customer managed KMS key does not rotate",
    ),
    (
        "awslambda_function_url_public",
        "AwsLambdaFunction",
        "Function URLs ask for a signature",
        "Function URL is open to everybody",
    ),
    (
        "cloudtrail_multi_region_enabled",
        "AwsCloudTrailTrail",
        "A trail records the events of every region",
        "No trail records the events of every region",
    ),
)
_REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
_STATUSES: tuple[Status, ...] = ("PASS", "PASS", "PASS", "FAIL", "FAIL", "MANUAL")


def many(count: int, seed: int = 1) -> Iterator[Finding]:
    """An organization's findings, the same for the same seed: three to a resource, as the engine makes them."""
    choose = random.Random(seed)  # noqa: S311 - sample data
    for number in range(count):
        check, kind, title, fails = _CHECKS[choose.randrange(len(_CHECKS))]
        if number % 3 == 0:
            name, account, region = f"item-{number:06}", choose.randrange(12), choose.choice(_REGIONS)
        status = choose.choice(_STATUSES)
        arn = f"arn:aws:{check.split('_')[0]}:{region}:{111111111111 + account}:{name}"
        yield finding(
            uid=uid(check, str(account), region, arn, str(number)),
            status=status,
            status_detail=f"{name} is judged {status} by {check}.",
            severity=SEVERITIES[_CHECKS.index((check, kind, title, fails)) % len(SEVERITIES)],
            check_id=check,
            command=f"aws s3api put-public-access-block --bucket {name}" if status == "FAIL" else "",
            title=title,
            fails=fails,
            service=check.split("_")[0],
            resource_type=kind,
            resource_id=name,
            resource_arn=arn,
            resource_name=name,
            resource_tags={"team": choose.choice(("data", "web"))},
            region=region,
            account_id=str(111111111111 + account),
            account_name=f"Account {account}",
        )


def coverage(**fields: Any) -> Coverage:
    """Of an organization in which one account was closed to the scan and one SCP denies a region."""
    scp = gap(
        action="*",
        actions=("ec2:DescribeVpcs", "kms:ListKeys", "lambda:ListFunctions", "rds:DescribeDBInstances"),
        codes=("AccessDeniedException", "UnauthorizedOperation"),
        by_scp=True,
        accounts=998,
        account_ids=tuple(str(111111111111 + number) for number in range(10)),
        regions={"ap-south-1": 998},
        calls=61_876,
        explanation="Could not look: 4 actions of 4 services were denied (AccessDeniedException, "
        "UnauthorizedOperation). A service control policy of the organization denies them.",
    )
    return replace(
        Coverage(
            not_entered=(refused("999999999999", "Legacy"),),
            unfinished=(),
            unseen={"ap-south-1": 998},
            gaps=(scp, gap()),
            unsupported=(
                gap(
                    kind="unsupported",
                    action="bedrock:*",
                    actions=("bedrock:*",),
                    codes=("NotInRegionError",),
                    explanation="Bedrock is not there: the region does not have it (NotInRegionError).",
                ),
            ),
            not_enabled={},
            notes=(),
            accounts=Accounts(found=999, scanned=998, scanned_before=0),
            regions=(
                Regions(accounts=990, regions=("ap-south-1", "eu-west-1", "us-east-1")),
                Regions(accounts=8, regions=("us-east-1",)),
            ),
            services=("ec2", "iam", "kms", "rds", "s3"),
            checks=1,
            check_ids=("s3_bucket_public_access",),
            frameworks=(),
            findings={"PASS": 900, "FAIL": 60, "MANUAL": 40},
            muted={"PASS": 0, "FAIL": 0, "MANUAL": 0},
            by_check={"s3_bucket_public_access": Judged(failed=60, passed=900, manual=40)},
            statuses=(),
            total=Figures(calls=1_234_567, failed=62_000, throttled=12, retried=15),
            calls={
                f"ec2:Describe{number}": Figures(calls=123_456 - number, failed=number * 100, throttled=number % 2)
                for number in range(14)
            },
            started="2026-06-01T12:00:00Z",
            finished="2026-06-01T12:41:07Z",
            seconds=2467.31,
            timestamp="2026-06-01T12:00:00Z",
            ended=True,
            resumed=False,
        ),
        **fields,
    )


def refused(account_id: str, name: str = "", reason: str = "") -> NotEntered:
    return NotEntered(
        account_id=account_id,
        name=name,
        source=f"role arn:aws:iam::{account_id}:role/audit",
        kind="denied",
        action="sts:AssumeRole",
        code="AccessDenied",
        reason=reason or f"Could not enter AWS with role arn:aws:iam::{account_id}:role/audit: check the trust policy.",
    )


def gap(**fields: Any) -> Gap:
    """One action, denied in one account."""
    one = Gap(
        kind="denied",
        action="s3:GetBucketPolicy",
        actions=("s3:GetBucketPolicy",),
        codes=("AccessDenied",),
        by_scp=False,
        accounts=1,
        account_ids=("111111111111",),
        regions={"eu-west-1": 1},
        calls=7,
        explanation="Could not look: s3:GetBucketPolicy was denied (AccessDenied). "
        "Grant s3:GetBucketPolicy to the scanning identity.",
    )
    return replace(one, **fields)
