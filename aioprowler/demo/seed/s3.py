"""Buckets, access points and account settings of S3."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.documents import document

MULTI_REGION_HOME: Final = "us-west-2"
"""AWS manages Multi-Region Access Points from this region only."""

TRAIL: Final = "production-trail"
DROPBOX: Final = "partner-dropbox"

_BLOCK_ALL: Final = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_BLOCK_NOTHING: Final = dict.fromkeys(_BLOCK_ALL, False)


def seed_management(clients: Clients) -> None:
    """Fill the account that keeps the organization's logs: public access is blocked throughout."""
    block_public_access_of_account(clients)
    audit_trail(clients)


def seed_production(clients: Clients) -> None:
    """Fill the account whose careful work lives next to a public website and an old mistake."""
    access_logs(clients)
    production_trail(clients)
    payments_ledger(clients)
    customer_exports(clients)
    public_website(clients)
    legacy_backups(clients)
    glue_assets(clients)
    access_points(clients)
    multi_region_access_points(clients)


def seed_sandbox(clients: Clients, production_id: str) -> None:
    """Fill the account in which nobody looks: open to writes, and squatting on a name of production."""
    partner_dropbox(clients)
    scratch_space(clients)
    squatted_sagemaker_bucket(clients, production_id)


def block_public_access_of_account(clients: Clients) -> None:
    """Block public access to every bucket of the account."""
    clients("s3control").put_public_access_block(
        AccountId=clients.account_id, PublicAccessBlockConfiguration=_BLOCK_ALL
    )


def audit_trail(clients: Clients) -> None:
    """Create a bucket for CloudTrail's records that nobody can change for a year."""
    s3 = clients("s3")
    create_bucket(clients, "organization-audit-trail", ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}
    s3.put_object_lock_configuration(
        Bucket="organization-audit-trail",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
    )
    refuse_plain_http(s3, "organization-audit-trail")


def access_logs(clients: Clients) -> None:
    """Create the bucket that receives the access logs of the others."""
    s3 = clients("s3")
    create_bucket(clients, "production-access-logs")
    s3.put_public_access_block(Bucket="production-access-logs", PublicAccessBlockConfiguration=_BLOCK_ALL)
    grant(s3, "production-access-logs", "http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE", "READ_ACP")
    expire_after(s3, "production-access-logs", days=90)


def production_trail(clients: Clients) -> None:
    """Create a bucket for what CloudTrail records of the account alone."""
    s3 = clients("s3")
    create_bucket(clients, TRAIL)
    s3.put_public_access_block(Bucket=TRAIL, PublicAccessBlockConfiguration=_BLOCK_ALL)
    log_accesses(s3, TRAIL)


def payments_ledger(clients: Clients) -> None:
    """Create the model bucket, replicated to another region."""
    s3, copies = clients("s3"), clients("s3", SECOND_REGION)
    create_bucket(clients, "payments-ledger-copy", SECOND_REGION)
    create_bucket(clients, "payments-ledger", ObjectLockEnabledForBucket=True)
    for client, bucket in ((copies, "payments-ledger-copy"), (s3, "payments-ledger")):
        disable_acls(client, bucket)
        keep_versions(client, bucket)
        encrypt_with_kms(client, bucket)
        refuse_plain_http(client, bucket)
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_BLOCK_ALL)
    log_accesses(s3, "payments-ledger")
    expire_after(s3, "payments-ledger", days=3650)
    notify_of_deletions(clients, "payments-ledger")
    replicate(clients, "payments-ledger", "payments-ledger-copy")


def customer_exports(clients: Clients) -> None:
    """Create a bucket in Europe whose expiry rule someone switched off, shared with a stranger."""
    s3 = clients("s3", SECOND_REGION)
    create_bucket(clients, "customer-exports-eu", SECOND_REGION)
    s3.put_public_access_block(Bucket="customer-exports-eu", PublicAccessBlockConfiguration=_BLOCK_ALL)
    expire_after(s3, "customer-exports-eu", days=30, status="Disabled")
    stranger = {"AWS": "arn:aws:iam::444444444444:root"}
    put_policy(s3, "customer-exports-eu", allow(stranger, "s3:GetObject", "customer-exports-eu"))


def public_website(clients: Clients) -> None:
    """Create a bucket that the world may list and read."""
    s3 = clients("s3")
    create_bucket(clients, "public-website-assets")
    open_to_acls(s3, "public-website-assets", "public-read")
    put_policy(s3, "public-website-assets", allow("*", "s3:GetObject", "public-website-assets"))
    s3.put_object(Bucket="public-website-assets", Key="index.html", Body=b"<h1>Shop</h1>", ACL="public-read")


def legacy_backups(clients: Clients) -> None:
    """Create a bucket that every AWS customer may list, and whose replica is in its own region."""
    s3 = clients("s3")
    create_bucket(clients, "legacy-backups-copy")
    create_bucket(clients, "legacy-backups")
    keep_versions(s3, "legacy-backups-copy")
    keep_versions(s3, "legacy-backups")
    open_to_acls(s3, "legacy-backups", "authenticated-read")
    replicate(clients, "legacy-backups", "legacy-backups-copy")


def glue_assets(clients: Clients) -> None:
    """Create the bucket AWS Glue would: its name can be guessed, but its owner is right."""
    create_bucket(clients, f"aws-glue-assets-{clients.account_id}-{HOME_REGION}")


def access_points(clients: Clients) -> None:
    """Create one access point behind the public access block and one in front of it."""
    control = clients("s3control")
    for name, block in (("ledger-readers", _BLOCK_ALL), ("website-readers", _BLOCK_NOTHING)):
        bucket = "payments-ledger" if name == "ledger-readers" else "public-website-assets"
        control.create_access_point(
            AccountId=clients.account_id, Name=name, Bucket=bucket, PublicAccessBlockConfiguration=block
        )


def multi_region_access_points(clients: Clients) -> None:
    """Create a Multi-Region Access Point that blocks public access and one that does not."""
    control = clients("s3control", MULTI_REGION_HOME)
    for name, block in (("ledger-everywhere", _BLOCK_ALL), ("website-everywhere", _BLOCK_NOTHING)):
        bucket = "payments-ledger" if name == "ledger-everywhere" else "public-website-assets"
        details = {"Name": name, "PublicAccessBlock": block, "Regions": [{"Bucket": bucket}]}
        control.create_multi_region_access_point(AccountId=clients.account_id, ClientToken=name, Details=details)


def partner_dropbox(clients: Clients) -> None:
    """Create a bucket into which anybody may write."""
    s3 = clients("s3")
    create_bucket(clients, DROPBOX)
    open_to_acls(s3, DROPBOX, "private")
    grant(s3, DROPBOX, "http://acs.amazonaws.com/groups/global/AllUsers", "READ", "WRITE")
    put_policy(s3, DROPBOX, allow("*", "s3:PutObject", DROPBOX))


def scratch_space(clients: Clients) -> None:
    """Create a bucket with nothing but what S3 gives it, in Europe."""
    create_bucket(clients, "sandbox-scratch-eu", SECOND_REGION)
    clients("s3", SECOND_REGION).put_object(Bucket="sandbox-scratch-eu", Key="notes.txt", Body=b"todo")


def squatted_sagemaker_bucket(clients: Clients, victim_id: str) -> None:
    """Take, from this account, the bucket name that SageMaker would use in another one."""
    create_bucket(clients, f"sagemaker-{HOME_REGION}-{victim_id}")


def create_bucket(clients: Clients, bucket: str, region: str = HOME_REGION, **arguments: Any) -> None:
    """Create a bucket in a region, with S3's defaults."""
    if region != HOME_REGION:
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
    clients("s3", region).create_bucket(Bucket=bucket, **arguments)


def disable_acls(s3: Any, bucket: str) -> None:
    """Let policies alone decide who may do what."""
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )


def open_to_acls(s3: Any, bucket: str, acl: str) -> None:
    """Lift the block on public access and apply a canned ACL."""
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_BLOCK_NOTHING)
    s3.put_bucket_acl(Bucket=bucket, ACL=acl)


def grant(s3: Any, bucket: str, group: str, *rights: str) -> None:
    """Replace the ACL of a bucket with rights for a group."""
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    grants = [{"Grantee": {"Type": "Group", "URI": group}, "Permission": right} for right in rights]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Owner": owner, "Grants": grants})


def notify_of_deletions(clients: Clients, bucket: str) -> None:
    """Publish a message for every object that is removed."""
    topic = clients("sns").create_topic(Name=f"{bucket}-deletions")["TopicArn"]
    clients("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectRemoved:*"]}]},
    )


def keep_versions(s3: Any, bucket: str) -> None:
    """Turn versioning on."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def encrypt_with_kms(s3: Any, bucket: str) -> None:
    """Encrypt new objects with a KMS key."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def log_accesses(s3: Any, bucket: str) -> None:
    """Deliver access logs to the account's log bucket."""
    target = {"TargetBucket": "production-access-logs", "TargetPrefix": f"{bucket}/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": target})


def expire_after(s3: Any, bucket: str, days: int, status: str = "Enabled") -> None:
    """Add a lifecycle rule that expires objects."""
    rule = {"ID": "expire", "Status": status, "Filter": {"Prefix": ""}, "Expiration": {"Days": days}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})


def replicate(clients: Clients, source: str, destination: str) -> None:
    """Copy new objects to another bucket."""
    rule = {
        "ID": f"to-{destination}",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{destination}"},
    }
    role = f"arn:aws:iam::{clients.account_id}:role/s3-replication"
    clients("s3").put_bucket_replication(Bucket=source, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def refuse_plain_http(s3: Any, bucket: str) -> None:
    """Deny every request that does not come over TLS."""
    statement = allow("*", "s3:*", bucket) | {
        "Effect": "Deny",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    put_policy(s3, bucket, statement)


def allow(principal: str | dict[str, str], action: str, bucket: str) -> dict[str, Any]:
    """Write a policy statement about a bucket and its objects."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resources}


def put_policy(s3: Any, bucket: str, statement: dict[str, Any]) -> None:
    """Attach a policy of one statement."""
    s3.put_bucket_policy(Bucket=bucket, Policy=document(statement))
