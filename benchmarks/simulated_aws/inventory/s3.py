"""Buckets, and what is set on them. A bucket is in one of the enabled regions; elsewhere S3 redirects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in, tags
from benchmarks.simulated_aws.rendering import ACCOUNT

OWNER: Final = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a", "DisplayName": "owner"}
_GROUPS: Final = "http://acs.amazonaws.com/groups/global"


def name(number: int) -> str:
    return f"bucket-{ACCOUNT}-{number}"


def region_of(world: World, number: int) -> str:
    return world.config.regions[number % len(world.config.regions)]


def _number(world: World, params: Params) -> int:
    """Raises AwsError for a bucket that is not there, or somebody else's, or in another region."""
    asked = str(params.get("Bucket", ""))
    number = number_in(asked)
    if not 0 <= number < world.size("s3:bucket") or asked != name(number):
        if asked.startswith("aws-glue-assets-") and world.bad("foreseeable", 0):
            raise AwsError("AccessDenied", "Access Denied", 403)
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    return number


Setting = Callable[[World, int], Json]


def _of_bucket(setting: Setting) -> Callable[[World, Params], Json]:
    def answer(world: World, params: Params) -> Json:
        number = _number(world, params)
        region = region_of(world, number)
        if region != world.region:
            message = "The bucket you are attempting to access must be addressed using the specified endpoint."
            raise AwsError("PermanentRedirect", message, 301, x_amz_bucket_region=region)
        return setting(world, number)

    return answer


def _list_buckets(world: World, params: Params) -> Json:
    region, prefix = params.get("BucketRegion"), str(params.get("Prefix") or "")
    buckets: list[dict[str, Any]] = []
    for number in world.each("s3:bucket"):
        if region in (None, region_of(world, number)) and name(number).startswith(prefix):
            arn = f"arn:aws:s3:::{name(number)}"
            buckets.append({"Name": name(number), "CreationDate": world.ago(300), "BucketArn": arn})
            buckets[-1]["BucketRegion"] = region_of(world, number)
    return {"Buckets": buckets, "Owner": OWNER}


def _get_bucket_location(world: World, params: Params) -> Json:
    region = region_of(world, _number(world, params))
    return {"LocationConstraint": "" if region == "us-east-1" else region}


def _head_bucket(world: World, number: int) -> Json:
    return {"BucketRegion": region_of(world, number)}


def _acl(world: World, trait: str, number: int) -> Json:
    grants: list[Json] = [{"Grantee": {"Type": "CanonicalUser", **OWNER}, "Permission": "FULL_CONTROL"}]
    if world.bad(trait, number):
        grants.append({"Grantee": {"Type": "Group", "URI": f"{_GROUPS}/AllUsers"}, "Permission": "READ"})
    return {"Owner": OWNER, "Grants": grants}


def _get_bucket_acl(world: World, number: int) -> Json:
    return _acl(world, "bucket acl", number)


def _get_object_acl(world: World, number: int) -> Json:
    return _acl(world, "object acl", number)


def _get_bucket_policy(world: World, number: int) -> Json:
    if world.bad("policy", number):
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    arn = f"arn:aws:s3:::{name(number)}"
    statements: list[Json] = []
    if not world.bad("secure transport", number):
        insecure = {"Bool": {"aws:SecureTransport": "false"}}
        statements.append(_statement("Deny", "*", "s3:*", [arn, f"{arn}/*"]) | {"Condition": insecure})
    who = "*" if world.bad("public policy", number) else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statements.append(_statement("Allow", who, ["s3:GetObject"], [f"{arn}/*"]))
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}


def _statement(effect: str, principal: object, action: object, resource: object) -> Json:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource}


def _get_bucket_policy_status(world: World, number: int) -> Json:
    _get_bucket_policy(world, number)
    return {"PolicyStatus": {"IsPublic": world.bad("public policy", number)}}


def _get_public_access_block(world: World, number: int) -> Json:
    if world.bad("block", number):
        message = "The public access block configuration was not found"
        raise AwsError("NoSuchPublicAccessBlockConfiguration", message, 404)
    return {"PublicAccessBlockConfiguration": block(True)}


def block(value: bool) -> Json:
    settings = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return dict.fromkeys(settings, value)


def _get_bucket_encryption(world: World, number: int) -> Json:
    default: Json = {"SSEAlgorithm": "AES256"}
    if not world.bad("kms", number):
        key = f"arn:aws:kms:{region_of(world, number)}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000001"
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def _get_bucket_versioning(world: World, number: int) -> Json:
    if world.bad("versioning", number):
        return {}
    return {"Status": "Enabled", "MFADelete": "Disabled" if world.bad("mfa delete", number) else "Enabled"}


def _get_bucket_logging(world: World, number: int) -> Json:
    if world.bad("logging", number):
        return {}
    return {"LoggingEnabled": {"TargetBucket": name(0), "TargetPrefix": "logs/"}}


def _get_bucket_notifications(world: World, number: int) -> Json:
    return {} if world.bad("notifications", number) else {"EventBridgeConfiguration": {}}


def _get_bucket_lifecycle(world: World, number: int) -> Json:
    if world.bad("lifecycle", number):
        raise AwsError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404)
    rule = {"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}
    return {"Rules": [rule]}


def _get_bucket_replication(world: World, number: int) -> Json:
    if world.bad("replication", number):
        raise AwsError("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404)
    rule = {"ID": "all", "Priority": 1, "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{name(0)}"}}
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    return {"ReplicationConfiguration": {"Role": role, "Rules": [rule]}}


def _get_ownership(world: World, number: int) -> Json:
    ownership = "ObjectWriter" if world.bad("ownership", number) else "BucketOwnerEnforced"
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}


def _get_object_lock(world: World, number: int) -> Json:
    if world.bad("object lock", number):
        message = "Object Lock configuration does not exist for this bucket"
        raise AwsError("ObjectLockConfigurationNotFoundError", message, 404)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


def _get_bucket_tagging(world: World, number: int) -> Json:
    if world.bad("tags", number):
        raise AwsError("NoSuchTagSet", "The TagSet does not exist", 404)
    return {"TagSet": tags(team=f"team-{number % 7}")}


def _list_objects(world: World, number: int) -> Json:
    objects = [
        {"Key": f"reports/{index:06d}.csv", "LastModified": world.ago(30), "ETag": '"0"', "Size": 1024}
        for index in world.each("s3:object")
    ]
    return {"Name": name(number), "Prefix": "", "KeyCount": len(objects), "MaxKeys": 1000, "Contents": objects}


OPERATIONS: Final = {
    "GetBucketLocation": _get_bucket_location,
    "ListBuckets": _list_buckets,
} | {
    operation: _of_bucket(setting)
    for operation, setting in {
        "GetBucketAcl": _get_bucket_acl,
        "GetBucketEncryption": _get_bucket_encryption,
        "GetBucketLifecycleConfiguration": _get_bucket_lifecycle,
        "GetBucketLogging": _get_bucket_logging,
        "GetBucketNotificationConfiguration": _get_bucket_notifications,
        "GetBucketOwnershipControls": _get_ownership,
        "GetBucketPolicy": _get_bucket_policy,
        "GetBucketPolicyStatus": _get_bucket_policy_status,
        "GetBucketReplication": _get_bucket_replication,
        "GetBucketTagging": _get_bucket_tagging,
        "GetBucketVersioning": _get_bucket_versioning,
        "GetObjectAcl": _get_object_acl,
        "GetObjectLockConfiguration": _get_object_lock,
        "GetPublicAccessBlock": _get_public_access_block,
        "HeadBucket": _head_bucket,
        "ListObjects": _list_objects,
        "ListObjectsV2": _list_objects,
    }.items()
}
