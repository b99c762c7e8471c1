"""S3: buckets with each setting on, off and in between, and with every kind of ACL."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.s3 import create_bucket
from benchmarks.parity_moto import backend, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, deny, document

SETTINGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
NOTHING_BLOCKED: Final = dict.fromkeys(SETTINGS, False)
_EVERYBODY: Final = "http://acs.amazonaws.com/groups/global/AllUsers"
_EVERY_CUSTOMER: Final = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_LOG_DELIVERY: Final = "http://acs.amazonaws.com/groups/s3/LogDelivery"


def seed(clients: Clients) -> None:
    """Fill one account, whose own block of public access is off."""
    public_access_blocks(clients)
    access_control_lists(clients)
    encryption(clients)
    versioning(clients)
    transport(clients)
    lifecycles(clients)
    replication(clients)
    small_settings(clients)
    object_locks(clients)
    access_points(clients)
    public_objects(clients)
    shadow_buckets(clients)


def block_account(clients: Clients, **settings: bool) -> None:
    """Set the account's own block of public access."""
    clients("s3control").put_public_access_block(
        AccountId=clients.account_id, PublicAccessBlockConfiguration={**NOTHING_BLOCKED, **settings}
    )


def add_bucket(clients: Clients, name: str, region: str = HOME_REGION, **arguments: Any) -> str:
    """Create a bucket of a name that no other account has, and return the name."""
    bucket = f"{name.lower()}-{clients.account_id[-2:]}"
    create_bucket(clients, bucket, region, **arguments)
    return bucket


def add_open_bucket(clients: Clients, name: str) -> str:
    """Create a bucket on which neither ACLs nor policies are blocked."""
    bucket = add_bucket(clients, name)
    s3 = clients("s3")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=NOTHING_BLOCKED)
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    return bucket


def put_policy(clients: Clients, bucket: str, *statements: dict[str, Any]) -> None:
    """Attach a policy, in which `<bucket>` stands for the name."""
    clients("s3").put_bucket_policy(Bucket=bucket, Policy=document(*statements).replace("<bucket>", bucket))


def grant(clients: Clients, bucket: str, uri: str, *rights: str) -> None:
    """Replace the ACL of a bucket with rights for a group."""
    s3 = clients("s3")
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    grants = [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": right} for right in rights]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Owner": owner, "Grants": grants})


def public_access_blocks(clients: Clients) -> None:
    """Leave each setting of the block out, and have each alone; with a public policy and ACL, and without."""
    choices = {f"only-{name}": {name: True} for name in SETTINGS}
    choices |= {f"all-but-{name}": {other: other != name for other in SETTINGS} for name in SETTINGS}
    choices |= {"nothing": {}, "everything": dict.fromkeys(SETTINGS, True)}
    s3 = clients("s3")
    for (name, settings), kind in product(choices.items(), ("private", "public")):
        bucket = add_open_bucket(clients, f"block-{name}-{kind}")
        if kind == "public":
            grant(clients, bucket, _EVERYBODY, "READ", "WRITE")
            put_policy(
                clients, bucket, allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::<bucket>/*", Principal="*")
            )
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={**NOTHING_BLOCKED, **settings})
    s3.delete_public_access_block(Bucket=add_bucket(clients, "block-deleted"))


def access_control_lists(clients: Clients) -> None:
    """Grant every right to every group, and have each kind of ownership."""
    rights = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
    groups = {"everybody": _EVERYBODY, "customers": _EVERY_CUSTOMER, "logs": _LOG_DELIVERY}
    for (group, uri), right in product(groups.items(), rights):
        grant(clients, add_open_bucket(clients, f"acl-{group}-{right.replace('_', '-')}"), uri, right)
    grant(clients, add_open_bucket(clients, "acl-everybody-read-and-write"), _EVERYBODY, "READ", "WRITE")
    s3 = clients("s3")
    for canned in ("private", "public-read", "public-read-write", "authenticated-read", "log-delivery-write"):
        s3.put_bucket_acl(Bucket=add_open_bucket(clients, f"canned-{canned}"), ACL=canned)
    for ownership in ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"):
        rule = {"ObjectOwnership": ownership}
        bucket = add_bucket(clients, f"owner-{ownership}")
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [rule]})
    enforced = add_open_bucket(clients, "acl-overruled")
    grant(clients, enforced, _EVERYBODY, "READ", "WRITE")
    rule = {"ObjectOwnership": "BucketOwnerEnforced"}
    s3.put_bucket_ownership_controls(Bucket=enforced, OwnershipControls={"Rules": [rule]})


def encryption(clients: Clients) -> None:
    """Encrypt with each algorithm."""
    for algorithm in ("AES256", "aws:kms", "aws:kms:dsse"):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        clients("s3").put_bucket_encryption(
            Bucket=add_bucket(clients, f"encrypted-{algorithm.replace(':', '-')}"),
            ServerSideEncryptionConfiguration={"Rules": [rule]},
        )


def versioning(clients: Clients) -> None:
    """Keep versions, suspend that, never start; and have MFA Delete, which moto does not know."""
    s3 = clients("s3")
    states = {
        "versions-enabled": {"Status": "Enabled"},
        "versions-suspended": {"Status": "Suspended"},
        "mfa-enabled": {"Status": "Enabled", "MFADelete": "Enabled"},
        "mfa-disabled": {"Status": "Enabled", "MFADelete": "Disabled"},
        "mfa-suspended": {"Status": "Suspended", "MFADelete": "Enabled"},
    }
    known = {add_bucket(clients, name): state for name, state in states.items()}
    for bucket, state in known.items():
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": state["Status"]})

    def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
        stored = backend(clients, "s3").get_bucket_versioning(asked["Bucket"])
        return known.get(asked["Bucket"], {"Status": stored} if stored else {})

    tell(clients, "s3", "GetBucketVersioning", reply)


def transport(clients: Clients) -> None:
    """Refuse plain HTTP in the ways that hold and in ways that nearly do."""
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    both = ["arn:aws:s3:::<bucket>", "arn:aws:s3:::<bucket>/*"]
    statements = {
        "everything": deny("s3:*", both, Principal="*", Condition=plain),
        "aws-star": deny("s3:*", both, Principal={"AWS": "*"}, Condition=plain),
        "objects-only": deny("s3:*", both[1], Principal="*", Condition=plain),
        "bucket-only": deny("s3:*", both[0], Principal="*", Condition=plain),
        "star-resource": deny("s3:*", "*", Principal="*", Condition=plain),
        "any-action": deny("*", both, Principal="*", Condition=plain),
        "put-only": deny("s3:PutObject", both, Principal="*", Condition=plain),
        "get-and-put": deny(["s3:GetObject", "s3:PutObject"], both, Principal="*", Condition=plain),
        "one-user": deny("s3:*", both, Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, Condition=plain),
        "when-true": deny("s3:*", both, Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        "boolean": deny("s3:*", both, Principal="*", Condition={"Bool": {"aws:SecureTransport": False}}),
        "lower-case-key": deny("s3:*", both, Principal="*", Condition={"Bool": {"aws:securetransport": "false"}}),
        "if-exists": deny("s3:*", both, Principal="*", Condition={"BoolIfExists": {"aws:SecureTransport": "false"}}),
        "with-another": deny(
            "s3:*", both, Principal="*", Condition={**plain, "StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
        ),
        "tls-version": deny("s3:*", both, Principal="*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        "allow-when-true": allow("s3:*", both, Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    }
    for name, statement in statements.items():
        put_policy(clients, add_open_bucket(clients, f"tls-{name}"), statement)


def lifecycles(clients: Clients) -> None:
    """Have rules that are on, off, both, and of other kinds than expiration."""
    expire = {"Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    rules = {
        "enabled": [{"ID": "1", "Status": "Enabled", **expire}],
        "disabled": [{"ID": "1", "Status": "Disabled", **expire}],
        "both": [{"ID": "1", "Status": "Disabled", **expire}, {"ID": "2", "Status": "Enabled", **expire}],
        "uploads": [
            {
                "ID": "1", "Status": "Enabled", "Filter": {"Prefix": ""},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }
        ],
    }  # fmt: skip
    for name, some in rules.items():
        clients("s3").put_bucket_lifecycle_configuration(
            Bucket=add_bucket(clients, f"lifecycle-{name}"), LifecycleConfiguration={"Rules": some}
        )


def replication(clients: Clients) -> None:
    """Copy objects to another region, to the same one, to an unknown bucket, and not at all."""
    s3 = clients("s3")
    targets = {
        "abroad": add_bucket(clients, "copies-abroad", SECOND_REGION),
        "at-home": add_bucket(clients, "copies-at-home"),
    }
    for bucket, region in ((targets["abroad"], SECOND_REGION), (targets["at-home"], HOME_REGION)):
        clients("s3", region).put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for (place, target), status in product(targets.items(), ("Enabled", "Disabled")):
        bucket = add_bucket(clients, f"replicated-{place}-{status}")
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        rule = {
            "ID": "copy",
            "Status": status,
            "Priority": 1,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        }
        role = f"arn:aws:iam::{clients.account_id}:role/copy"
        s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def small_settings(clients: Clients) -> None:
    """Log accesses, send notifications and host a bucket abroad."""
    s3 = clients("s3")
    logs = add_open_bucket(clients, "logs")
    grant(clients, logs, _LOG_DELIVERY, "WRITE", "READ_ACP")
    s3.put_bucket_logging(
        Bucket=add_bucket(clients, "logged"),
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "x/"}},
    )
    topic = clients("sns").create_topic(Name="objects")["TopicArn"]
    queue = clients("sqs").create_queue(QueueName="objects")["QueueUrl"]
    queue_arn = clients("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    events = ["s3:ObjectCreated:*"]
    notifications: dict[str, dict[str, Any]] = {
        "topic": {"TopicConfigurations": [{"TopicArn": topic, "Events": events}]},
        "queue": {"QueueConfigurations": [{"QueueArn": queue_arn, "Events": events}]},
        "event-bridge": {"EventBridgeConfiguration": {}},
    }
    for name, configuration in notifications.items():
        s3.put_bucket_notification_configuration(
            Bucket=add_bucket(clients, f"notifies-{name}"), NotificationConfiguration=configuration
        )
    add_bucket(clients, "abroad", SECOND_REGION)


def object_locks(clients: Clients) -> None:
    """Lock objects with and without a default retention."""
    add_bucket(clients, "locked", ObjectLockEnabledForBucket=True)
    bucket = add_bucket(clients, "locked-by-default", ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    clients("s3").put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention}
    )


def access_points(clients: Clients) -> None:
    """Create access points, of one region and of several, that leave out one setting of the block each."""
    control = clients("s3control")
    bucket = add_bucket(clients, "pointed-at")
    blocks = {name: {other: other != name for other in SETTINGS} for name in SETTINGS}
    blocks |= {"everything": dict.fromkeys(SETTINGS, True), "nothing": NOTHING_BLOCKED}
    for name, block in blocks.items():
        control.create_access_point(
            AccountId=clients.account_id,
            Name=f"point-{name.lower()}",
            Bucket=bucket,
            PublicAccessBlockConfiguration=block,
        )
        control.create_multi_region_access_point(
            AccountId=clients.account_id,
            ClientToken=name,
            Details={"Name": f"points-{name.lower()}", "PublicAccessBlock": block, "Regions": [{"Bucket": bucket}]},
        )


def public_objects(clients: Clients) -> None:
    """Store objects with each canned ACL."""
    for canned in ("private", "public-read", "public-read-write", "authenticated-read"):
        bucket = add_open_bucket(clients, f"object-{canned}")
        clients("s3").put_object(Bucket=bucket, Key="file.txt", Body=b"text", ACL=canned)


def shadow_buckets(clients: Clients) -> None:
    """Have buckets whose names services derive from the account, and some that only look like it."""
    account = clients.account_id
    for name in (
        f"aws-glue-assets-{account}-{HOME_REGION}",
        f"sagemaker-{HOME_REGION}-{account}",
        f"aws-emr-studio-{account}-{SECOND_REGION}",
        f"aws-glue-assets-{OTHER_ACCOUNT}-{HOME_REGION}",
        f"my-sagemaker-{HOME_REGION}-{account}",
    ):
        create_bucket(clients, name)
