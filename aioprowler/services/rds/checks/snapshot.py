"""How snapshots are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import not_public
from aioprowler.services.rds.resources import ClusterSnapshotSharing, InstanceSnapshotSharing, Snapshot


@check(fails="RDS snapshot is not encrypted", severity="high", categories=["encryption"])
def rds_snapshots_encrypted(snapshot: Snapshot) -> Verdict:
    """RDS snapshots are encrypted.

    Snapshots of instances and of clusters are judged, manual and automated ones. A snapshot of an unencrypted database
    is unencrypted. A key that AWS owns counts as well as one of AWS KMS; the verdict says which it is.

    ## Risk
    A snapshot is the whole database in one copy. Unencrypted, it can be shared with any account or with everybody by
    one call, and whoever restores it reads everything.

    ## Remediation
    Copy it with a key and delete the original: `aws rds copy-db-snapshot --region <region>
    --source-db-snapshot-identifier <snapshot> --target-db-snapshot-identifier <your-copy> --kms-key-id <your-kms-key>`.
    A copy of a cluster's snapshot cannot be encrypted: restore it into a cluster with a key instead, and make a
    snapshot of that. Then encrypt the database that it comes from.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
    """
    return encrypted_by_type(snapshot.label, snapshot.encryption, snapshot.kms_key_id)


@check(fails="RDS snapshot is public", severity="critical", categories=["internet-exposed"])
def rds_snapshots_public_access(
    snapshot: Snapshot, of_instance: InstanceSnapshotSharing | None, of_cluster: ClusterSnapshotSharing | None
) -> Verdict:
    """RDS snapshots are not public.

    A snapshot is public when it may be restored by `all`. AWS permits that neither of automated snapshots nor of those
    that a key of AWS KMS encrypts, so that these pass without a call.

    ## Risk
    Every AWS account in the world can list a public snapshot, restore it and read the whole database.

    ## Remediation
    `aws rds modify-db-snapshot-attribute --region <region> --db-snapshot-identifier <snapshot> --attribute-name restore
    --values-to-remove all`, or `modify-db-cluster-snapshot-attribute` for a snapshot of a cluster. Treat the data as
    leaked.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
    """
    sharing = of_instance or of_cluster
    return not_public(snapshot.label, sharing is not None and sharing.with_everybody)
