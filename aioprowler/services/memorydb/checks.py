"""How clusters of MemoryDB are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import enabled
from aioprowler.services.memorydb.resources import Cluster


@check(fails="MemoryDB cluster does not upgrade to minor versions", severity="medium", categories=["vulnerabilities"])
def memorydb_cluster_auto_minor_version_upgrades(cluster: Cluster) -> Verdict:
    """MemoryDB clusters upgrade to minor versions by themselves.

    They do so in their maintenance window. A cluster that is being created or deleted is not judged.

    ## Risk
    Faults of the engine that everybody knows stay open until somebody thinks of them.

    ## Remediation
    Whether a cluster upgrades stays as it was made. Restore a snapshot into another one, and move the clients to it:
    `aws memorydb create-cluster --region <region> --cluster-name <your-cluster-name> --node-type <your-node-type>
    --acl-name <your-acl> --snapshot-name <your-snapshot> --auto-minor-version-upgrade`.

    ## References
    https://docs.aws.amazon.com/memorydb/latest/devguide/engine-versions.html
    """
    return enabled(cluster.label, "automatic upgrades to minor versions", cluster.auto_minor_version_upgrade)


@check(fails="MemoryDB cluster accepts plain text", severity="medium", categories=["encryption"])
def memorydb_cluster_in_transit_encryption_enabled(cluster: Cluster) -> Verdict:
    """MemoryDB clusters accept only connections with TLS.

    TLS is on or off for all clients. A cluster that is being created or deleted is not judged.

    ## Risk
    Data and passwords cross the network in the clear, and a cluster without TLS can have no access control list but
    `open-access`, by which anybody may do anything.

    ## Remediation
    Whether a cluster has TLS stays as it was made. Restore a snapshot into another one, and move the
    clients to it: `aws memorydb create-cluster --region <region> --cluster-name <your-cluster-name> --node-type
    <your-node-type> --acl-name <your-acl> --snapshot-name <your-snapshot> --tls-enabled`.

    ## References
    https://docs.aws.amazon.com/memorydb/latest/devguide/in-transit-encryption.html
    https://docs.aws.amazon.com/memorydb/latest/devguide/clusters.acls.html
    """
    return refuses_plain_text(cluster.label, cluster.tls_enabled)
