from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, UnreadableError, Verdict
from aioprowler.judging.policies import Policy
from aioprowler.services.s3.checks import access_point, account, bucket, exposure
from aioprowler.services.s3.resources import (
    AccessPoint,
    AccessPointBlock,
    AccountPublicAccessBlock,
    BlockSettings,
    Bucket,
    BucketAcl,
    BucketEncryption,
    BucketLifecycle,
    BucketLocation,
    BucketLogging,
    BucketNotifications,
    BucketOwner,
    BucketOwnership,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketReplication,
    BucketVersioning,
    EffectiveBlock,
    Grant,
    MultiRegionAccessPoint,
    ObjectLock,
    ObjectSample,
    TakenNames,
    bucket_regions,
    effective_block,
    evenly_spread,
)

BUCKET = Bucket(name="reports")
ACCOUNT = Account(id="123456789012")
OPEN = EffectiveBlock(ignore_public_acls=False, restrict_public_buckets=False)
NO_ACLS = EffectiveBlock(ignore_public_acls=True, restrict_public_buckets=False)
NO_POLICIES = EffectiveBlock(ignore_public_acls=False, restrict_public_buckets=True)
DENIED = Failure("denied", "s3:GetAccountPublicAccessBlock", "AccessDenied")
UNKNOWN = EffectiveBlock(ignore_public_acls=DENIED, restrict_public_buckets=DENIED)
NONE = dict.fromkeys(
    ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"), False
)
BOTH = {"ignore_public_acls": True, "restrict_public_buckets": True}
ALL_FOUR = {**BOTH, "block_public_acls": True, "block_public_policy": True}
GROUPS = "http://acs.amazonaws.com/groups"


def statement(**keys: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", **keys}


def policy(**keys: Any) -> BucketPolicy:
    return BucketPolicy(document=Policy.parse({"Version": "2012-10-17", "Statement": [statement(**keys)]}))


def grant(group: str, permission: str) -> dict[str, Any]:
    return {"Grantee": {"Type": "Group", "URI": f"{GROUPS}/{group}"}, "Permission": permission}


def acl(*grants: Mapping[str, Any]) -> BucketAcl:
    owner = {"Grantee": {"Type": "CanonicalUser", "ID": "75aa57f0"}, "Permission": "FULL_CONTROL"}
    return msgspec.convert({"Grants": [owner, *grants]}, BucketAcl)


PRIVATE = acl(grant("s3/LogDelivery", "WRITE"))
OPEN_POLICY = policy()
ANYONE = statement()


def two(*statements: dict[str, Any]) -> BucketPolicy:
    return BucketPolicy(document=Policy.parse({"Statement": list(statements)}))


PERHAPS = two(
    ANYONE,
    {
        **ANYONE,
        "Effect": "Deny",
        "Condition": {
            "StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        },
    },
)
TIED = policy(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})


# --- Versions, copies, encryption, traces ---


@pytest.mark.parametrize(("status", "verdict"), [("Enabled", Pass), ("Suspended", Fail), (None, Fail)])
def test_versioning(status: str | None, verdict: type) -> None:
    assert isinstance(bucket.s3_bucket_object_versioning(BUCKET, BucketVersioning(status=status)), verdict)


@pytest.mark.parametrize(("state", "verdict"), [("Enabled", Pass), ("Disabled", Fail), (None, Fail)])
def test_mfa_delete(state: str | None, verdict: type) -> None:
    versioning = msgspec.convert({"Status": "Enabled", "MFADelete": state}, BucketVersioning)
    assert isinstance(bucket.s3_bucket_no_mfa_delete(BUCKET, versioning), verdict)


@pytest.mark.parametrize(("lock", "verdict"), [(ObjectLock(object_lock_enabled="Enabled"), Pass), (None, Fail)])
def test_object_lock(lock: ObjectLock | None, verdict: type) -> None:
    assert isinstance(bucket.s3_bucket_object_lock(BUCKET, lock), verdict)


@pytest.mark.parametrize(
    ("states", "verdict"), [(["Disabled", "Enabled"], Pass), (["Disabled"], Fail), ([], Fail), (None, Fail)]
)
def test_lifecycle(states: list[str] | None, verdict: type) -> None:
    lifecycle = None
    if states is not None:
        lifecycle = msgspec.convert({"Rules": [{"ID": "old", "Status": state} for state in states]}, BucketLifecycle)
    assert isinstance(bucket.s3_bucket_lifecycle_enabled(BUCKET, lifecycle), verdict)


@pytest.mark.parametrize(
    ("targets", "verdict"),
    [
        ({"near": "Enabled", "far": "Enabled"}, Pass),
        ({"foreign": "Enabled", "far": "Enabled"}, Pass),
        ({"foreign": "Enabled", "near": "Enabled"}, Manual),
        ({"near": "Enabled", "far": "Disabled"}, Fail),
        ({}, Fail),
        ({"copies-999999999999-eu-west-1-an": "Enabled"}, Pass),
        ({"copies-999999999999-us-east-1-an": "Enabled"}, Fail),
        ({"copies-999999999999-eu-west-1": "Enabled"}, Manual),
        ({"copies-9999-eu-west-1-an": "Enabled"}, Manual),
        ({"copies-999999999999-nowhere-an": "Enabled"}, Manual),
    ],
)
def test_replication_counts_into_another_region(targets: dict[str, str], verdict: type) -> None:
    regions = bucket_regions((BUCKET, Bucket(name="near"), Bucket(name="far", region="eu-west-1")))
    rules = [{"Status": status, "Destination": {"Bucket": f"arn:aws:s3:::{to}"}} for to, status in targets.items()]
    replication = msgspec.convert({"Rules": rules}, BucketReplication)
    check, versioned = bucket.s3_bucket_cross_region_replication, BucketVersioning(status="Enabled")
    assert isinstance(check(BUCKET, versioned, replication, regions), verdict)
    assert isinstance(check(BUCKET, BucketVersioning(status="Suspended"), replication, regions), Fail)
    assert isinstance(check(BUCKET, versioned, None, regions), Fail)


def encrypting(*defaults: dict[str, str] | None) -> BucketEncryption:
    """A rule for each default; one without any blocks a kind of encryption."""
    blocks = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    rules = [{"ApplyServerSideEncryptionByDefault": each} if each else blocks for each in defaults]
    return msgspec.convert({"Rules": rules}, BucketEncryption)


def test_rules_that_block_a_kind_of_encryption_leave_the_default_as_it_is() -> None:
    both = encrypting(None, {"SSEAlgorithm": "aws:kms"})
    assert isinstance(bucket.s3_bucket_kms_encryption(BUCKET, both), Pass)
    assert bucket.s3_bucket_default_encryption(BUCKET, both).detail.endswith("with aws:kms.")
    alone = encrypting(None)
    assert isinstance(bucket.s3_bucket_default_encryption(BUCKET, alone), Pass)
    assert isinstance(bucket.s3_bucket_kms_encryption(BUCKET, alone), Fail)
    empty = msgspec.convert({"Rules": [{"BucketKeyEnabled": True}]}, BucketEncryption)
    with pytest.raises(UnreadableError, match="ApplyServerSideEncryptionByDefault"):
        bucket.s3_bucket_default_encryption(BUCKET, empty)


@pytest.mark.parametrize(
    ("algorithm", "encrypted", "by_kms"),
    [
        ("AES256", Pass, Fail),
        ("aws:kms", Pass, Pass),
        ("aws:kms:dsse", Pass, Pass),
        (None, Fail, Fail),
    ],
)
def test_encryption(algorithm: str | None, encrypted: type, by_kms: type) -> None:
    encryption = None if algorithm is None else encrypting({"SSEAlgorithm": algorithm})
    assert isinstance(bucket.s3_bucket_default_encryption(BUCKET, encryption), encrypted)
    assert isinstance(bucket.s3_bucket_kms_encryption(BUCKET, encryption), by_kms)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (policy(Effect="Deny", Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}), Pass),
        (policy(Effect="Deny", Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}), Fail),
        (OPEN_POLICY, Fail),
        (None, Fail),
    ],
)
def test_secure_transport(made: BucketPolicy | None, verdict: type) -> None:
    assert isinstance(bucket.s3_bucket_secure_transport_policy(BUCKET, made), verdict)


def test_access_logging() -> None:
    logging = msgspec.convert({"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}, BucketLogging)
    verdict = bucket.s3_bucket_server_access_logging_enabled(BUCKET, logging)
    assert verdict == Pass("S3 bucket reports logs access to bucket logs.")
    assert isinstance(bucket.s3_bucket_server_access_logging_enabled(BUCKET, BucketLogging()), Fail)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ({"EventBridgeConfiguration": {}}, Pass),
        ({"TopicConfigurations": [{"TopicArn": "arn", "Events": ["s3:ObjectCreated:*"]}]}, Pass),
        ({"QueueConfigurations": [{}]}, Pass),
        ({"LambdaFunctionConfigurations": [{}]}, Pass),
        ({}, Fail),
    ],
)
def test_event_notifications(reply: dict[str, Any], verdict: type) -> None:
    notifications = msgspec.convert(reply, BucketNotifications)
    assert isinstance(bucket.s3_bucket_event_notifications_enabled(BUCKET, notifications), verdict)


# --- Block Public Access ---


def test_account_block_counts_only_where_it_protects_existing_buckets() -> None:
    blocked = AccountPublicAccessBlock(**NONE | BOTH)
    half = AccountPublicAccessBlock(**NONE | {"block_public_acls": True, "block_public_policy": True})
    check = account.s3_account_level_public_access_blocks
    assert isinstance(check(ACCOUNT, blocked, ()), Pass)
    assert isinstance(check(ACCOUNT, half, (BUCKET,)), Fail)
    assert isinstance(check(ACCOUNT, None, (BUCKET,)), Fail)


def test_an_account_without_buckets_is_judged_only_on_request() -> None:
    check = account.s3_account_level_public_access_blocks
    assert check(ACCOUNT, None, ()) is None
    assert isinstance(check(ACCOUNT, None, (), scan_unused_services=True), Fail)


@pytest.mark.parametrize(
    ("own", "general", "verdict"),
    [
        (BOTH, {}, Pass),
        ({}, BOTH, Pass),
        ({"ignore_public_acls": True}, {"restrict_public_buckets": True}, Pass),
        ({"ignore_public_acls": True}, {}, Fail),
        ({"block_public_acls": True, "block_public_policy": True}, {}, Fail),
        (None, None, Fail),
    ],
)
def test_block_of_bucket_and_account_add_up(
    own: dict[str, bool] | None, general: dict[str, bool] | None, verdict: type
) -> None:
    mine = None if own is None else BucketPublicAccessBlock(**NONE | own)
    theirs = None if general is None else AccountPublicAccessBlock(**NONE | general)
    judged = exposure.s3_bucket_level_public_access_block(BUCKET, mine, theirs, effective_block(mine, theirs))
    assert isinstance(judged, verdict)


@pytest.mark.parametrize(
    ("own", "general", "detail"),
    [
        (NONE | BOTH, DENIED, "blocks public access."),
        (DENIED, NONE | BOTH, "is blocked by account"),
        (NONE | {"ignore_public_acls": True}, DENIED, None),
        (NONE, DENIED, None),
        (None, DENIED, None),
        (DENIED, NONE, None),
        (DENIED, DENIED, None),
    ],
)
def test_a_block_that_could_not_be_looked_at_is_missed_where_it_decides(own: Any, general: Any, detail: Any) -> None:
    mine = BucketPublicAccessBlock(**own) if isinstance(own, dict) else own
    theirs = AccountPublicAccessBlock(**general) if isinstance(general, dict) else general
    block = effective_block(mine, theirs)
    if detail:
        verdict = exposure.s3_bucket_level_public_access_block(BUCKET, mine, theirs, block)
        assert isinstance(verdict, Pass)
        assert detail in verdict.detail
    else:
        with pytest.raises(UnreadableError, match="s3:GetAccountPublicAccessBlock was denied"):
            exposure.s3_bucket_level_public_access_block(BUCKET, mine, theirs, block)


@pytest.mark.parametrize(("settings", "verdict"), [(ALL_FOUR, Pass), (BOTH, Fail), ({}, Fail)])
def test_access_points_need_all_four_settings(settings: dict[str, bool], verdict: type) -> None:
    point = AccessPoint(name="ap", arn="arn:aws:s3:us-east-1:123456789012:accesspoint/ap", bucket="reports")
    judged = access_point.s3_access_point_public_access_block(point, AccessPointBlock(**NONE | settings))
    assert isinstance(judged, verdict)
    everywhere = MultiRegionAccessPoint(
        name="mrap", status="READY", regions=(), public_access_block=BlockSettings(**NONE | settings)
    )
    assert isinstance(access_point.s3_multi_region_access_point_public_access_block(everywhere), verdict)


# --- Who is let in ---


@pytest.mark.parametrize(
    ("access", "made", "block", "detail"),
    [
        (PRIVATE, None, OPEN, "is not public"),
        (None, None, NO_ACLS, "is not public"),
        (acl(grant("global/AllUsers", "READ")), TIED, OPEN, "is public by its ACL."),
        (acl(grant("global/AuthenticatedUsers", "WRITE_ACP")), None, OPEN, "is public by its ACL."),
        (PRIVATE, OPEN_POLICY, OPEN, "is public by its policy."),
        (PRIVATE, OPEN_POLICY, NO_POLICIES, "is not public"),
        (acl(grant("global/AllUsers", "READ")), OPEN_POLICY, OPEN, "is public by its ACL and its policy."),
        (PRIVATE, policy(Condition={"IpAddress": {"aws:SourceIp": "8.8.8.0/24"}}), OPEN, "is not public"),
        (PRIVATE, policy(Condition={"IpAddress": {"aws:SourceIp": "8.0.0.0/7"}}), OPEN, "is public by its policy."),
        (PRIVATE, two(ANYONE, {**ANYONE, "Effect": "Deny"}), OPEN, "is not public"),
        (PRIVATE, two(ANYONE, {**ANYONE, "Effect": "Deny", "Action": "s3:Put*"}), OPEN, "is public by its policy."),
        (acl(grant("global/AllUsers", "READ")), PERHAPS, OPEN, "is public by its ACL."),
    ],
)
def test_public_access(access: BucketAcl | None, made: BucketPolicy | None, block: EffectiveBlock, detail: str) -> None:
    verdict = exposure.s3_bucket_public_access(BUCKET, access, made, block)
    assert isinstance(verdict, Pass if "not" in detail else Fail)
    assert detail in verdict.detail


def test_whether_a_denial_keeps_everybody_out_may_be_for_people() -> None:
    verdict = exposure.s3_bucket_public_access(BUCKET, PRIVATE, PERHAPS, OPEN)
    assert verdict == Manual("S3 bucket reports may be open to *, whom a Deny under conditions may keep out.")
    assert isinstance(exposure.s3_bucket_public_access(BUCKET, PRIVATE, PERHAPS, NO_POLICIES), Pass)


@pytest.mark.parametrize(
    ("access", "made", "block", "verdict"),
    [
        (PRIVATE, None, UNKNOWN, Pass),
        (PRIVATE, TIED, UNKNOWN, Pass),
        (acl(grant("global/AllUsers", "READ")), None, UNKNOWN, None),
        (PRIVATE, OPEN_POLICY, UNKNOWN, None),
        (acl(grant("global/AllUsers", "READ")), OPEN_POLICY, UNKNOWN, None),
        (
            acl(grant("global/AllUsers", "READ")),
            OPEN_POLICY,
            EffectiveBlock(ignore_public_acls=False, restrict_public_buckets=DENIED),
            Fail,
        ),
        (None, OPEN_POLICY, EffectiveBlock(ignore_public_acls=True, restrict_public_buckets=DENIED), None),
    ],
)
def test_public_access_where_the_accounts_block_is_not_known(
    access: BucketAcl | None, made: BucketPolicy | None, block: EffectiveBlock, verdict: type | None
) -> None:
    if verdict is None:
        with pytest.raises(UnreadableError, match="s3:GetAccountPublicAccessBlock was denied"):
            exposure.s3_bucket_public_access(BUCKET, access, made, block)
    else:
        assert isinstance(exposure.s3_bucket_public_access(BUCKET, access, made, block), verdict)


def test_a_setting_that_aws_does_not_tell_is_missed_where_it_decides() -> None:
    half = BucketPublicAccessBlock(**BOTH)
    check, points = exposure.s3_bucket_level_public_access_block, access_point.s3_access_point_public_access_block
    assert isinstance(check(BUCKET, half, None, effective_block(half, None)), Pass)
    off = BucketPublicAccessBlock(ignore_public_acls=False)
    assert isinstance(check(BUCKET, off, None, effective_block(off, None)), Fail)
    on = BucketPublicAccessBlock(ignore_public_acls=True)
    with pytest.raises(UnreadableError, match="AWS did not tell RestrictPublicBuckets"):
        check(BUCKET, on, None, effective_block(on, None))
    with pytest.raises(UnreadableError, match="AWS did not tell BlockPublicAcls"):
        points(AccessPoint(name="ap", arn="arn", bucket="reports"), AccessPointBlock(**BOTH))
    with pytest.raises(UnreadableError, match="AWS did not tell RestrictPublicBuckets"):
        account.s3_account_level_public_access_blocks(
            ACCOUNT, AccountPublicAccessBlock(ignore_public_acls=True), (BUCKET,)
        )


def test_acls_and_policies_that_are_not_public_need_no_block() -> None:
    public, writers = acl(grant("global/AllUsers", "READ")), policy(Action="s3:PutObject")
    assert isinstance(exposure.s3_bucket_public_write_acl(BUCKET, public, UNKNOWN), Pass)
    assert isinstance(exposure.s3_bucket_policy_public_write_access(BUCKET, OPEN_POLICY, UNKNOWN), Pass)
    with pytest.raises(UnreadableError):
        exposure.s3_bucket_public_list_acl(BUCKET, public, UNKNOWN)
    with pytest.raises(UnreadableError):
        exposure.s3_bucket_policy_public_write_access(BUCKET, writers, UNKNOWN)


def test_a_grant_to_a_group_that_aws_does_not_name_is_no_verdict() -> None:
    nameless = acl({"Grantee": {"Type": "Group"}, "Permission": "READ"})
    with pytest.raises(UnreadableError, match="does not tell its URI"):
        exposure.s3_bucket_public_list_acl(BUCKET, nameless, OPEN)


@pytest.mark.parametrize(
    ("access", "listing", "writing"),
    [
        (acl(grant("global/AllUsers", "READ")), Fail, Pass),
        (acl(grant("global/AuthenticatedUsers", "READ_ACP")), Fail, Pass),
        (acl(grant("global/AllUsers", "WRITE")), Pass, Fail),
        (acl(grant("global/AuthenticatedUsers", "WRITE_ACP")), Pass, Fail),
        (acl(grant("global/AllUsers", "FULL_CONTROL")), Fail, Fail),
        (PRIVATE, Pass, Pass),
        (None, Pass, Pass),
    ],
)
def test_public_acl(access: BucketAcl | None, listing: type, writing: type) -> None:
    assert isinstance(exposure.s3_bucket_public_list_acl(BUCKET, access, OPEN), listing)
    assert isinstance(exposure.s3_bucket_public_write_acl(BUCKET, access, OPEN), writing)


@pytest.mark.parametrize(
    ("made", "block", "verdict"),
    [
        (policy(Action=["s3:GetObject", "s3:PutObject"]), OPEN, Fail),
        (policy(Action="s3:Del*"), OPEN, Fail),
        (policy(Action="*"), NO_ACLS, Fail),
        (policy(Action="*"), NO_POLICIES, Pass),
        (policy(Action="*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), OPEN, Pass),
        (OPEN_POLICY, OPEN, Pass),
        (None, OPEN, Pass),
    ],
)
def test_public_writing_by_policy(made: BucketPolicy | None, block: EffectiveBlock, verdict: type) -> None:
    assert isinstance(exposure.s3_bucket_policy_public_write_access(BUCKET, made, block), verdict)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (policy(Principal={"AWS": "arn:aws:iam::123456789012:root"}), Pass),
        (policy(Principal={"AWS": ["123456789012", "arn:aws:iam::999999999999:role/backup"]}), Pass),
        (policy(Principal={"AWS": "arn:aws:iam::210987654321:root"}), Fail),
        (policy(Principal={"Service": "logging.s3.amazonaws.com"}), Pass),
        (policy(Principal={"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE"}), Pass),
        (policy(Principal={"AWS": "AIDAJ2EXAMPLE3EXAMPLE4"}), Manual),
        (policy(Principal={"CanonicalUser": "79a5"}), Manual),
        (OPEN_POLICY, Fail),
        (TIED, Pass),
        (None, Pass),
    ],
)
def test_cross_account(made: BucketPolicy | None, verdict: type) -> None:
    judged = exposure.s3_bucket_cross_account_access(BUCKET, made, trusted_account_ids=("999999999999",))
    assert isinstance(judged, verdict)


def test_a_bucket_policy_that_names_the_buckets_owner_by_its_canonical_id() -> None:
    check = exposure.s3_bucket_cross_account_access
    made = policy(Principal={"CanonicalUser": ["79a5", "75aa"]})
    assert isinstance(check(BUCKET, made, BucketOwner(id="79a5")), Manual)
    assert isinstance(check(BUCKET, policy(Principal={"CanonicalUser": "79a5"}), BucketOwner(id="79a5")), Pass)


@pytest.mark.parametrize(
    ("ownership", "verdict"),
    [("BucketOwnerEnforced", Pass), ("BucketOwnerPreferred", Fail), ("ObjectWriter", Fail), (None, Fail)],
)
def test_acls_disabled(ownership: str | None, verdict: type) -> None:
    told = BucketOwnership(object_ownership=ownership) if ownership else None
    assert isinstance(exposure.s3_bucket_acl_prohibited(BUCKET, told), verdict)


@pytest.mark.parametrize(
    ("group", "verdict"), [("global/AllUsers", Fail), ("global/AuthenticatedUsers", Fail), ("s3/LogDelivery", Pass)]
)
def test_public_objects(group: str, verdict: type) -> None:
    sample = ObjectSample(grants={"a.csv": (), "b.csv": (msgspec.convert(grant(group, "READ"), Grant),)})
    judged = exposure.s3_bucket_object_public(BUCKET, sample)
    assert isinstance(judged, verdict)
    assert ("b.csv" in str(judged)) == (verdict is Fail)


def test_a_bucket_without_objects_has_no_public_one_and_without_a_sample_is_not_judged() -> None:
    assert exposure.s3_bucket_object_public(BUCKET, ObjectSample(grants={})) == Pass("S3 bucket reports is empty.")
    assert exposure.s3_bucket_object_public(BUCKET, None) is None


@pytest.mark.parametrize(
    ("keys", "size", "sampled"), [("abcdefgh", 3, "ace"), ("ab", 3, "ab"), ("", 3, ""), ("abc", 0, "a")]
)
def test_samples_are_spread_evenly(keys: str, size: int, sampled: str) -> None:
    assert evenly_spread(list(keys), size) == list(sampled)


def test_foreseeable_names() -> None:
    region = Region(name="eu-west-1", account=ACCOUNT)
    own = Bucket(name="sagemaker-eu-west-1-123456789012", region="eu-west-1")
    taken = TakenNames(names=frozenset({"aws-glue-assets-123456789012-eu-west-1"}))
    verdicts = exposure.s3_bucket_shadow_resource_vulnerability(region, (own, BUCKET), taken)
    found: dict[str | None, type[Verdict]] = {verdict.resource_id: type(verdict) for verdict in verdicts}
    assert found == {"aws-glue-assets-123456789012-eu-west-1": Fail, "sagemaker-eu-west-1-123456789012": Pass}


@pytest.mark.parametrize(
    ("constraint", "region"),
    [(None, "us-east-1"), ("", "us-east-1"), ("EU", "eu-west-1"), ("eu-south-2", "eu-south-2")],
)
def test_location(constraint: str | None, region: str) -> None:
    assert BucketLocation(location_constraint=constraint).region == region
