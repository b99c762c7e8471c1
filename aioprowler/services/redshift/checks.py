"""How clusters of Redshift are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Fail, Manual, Pass, Region, Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import NO_REACH, not_reachable
from aioprowler.judging.logs import logs
from aioprowler.judging.resilience import keeps_backups
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import enabled, has, pass_if
from aioprowler.services.ec2.resources.exposure import Exposure
from aioprowler.services.redshift.resources import (
    IN_SYNC,
    REQUIRE_SSL,
    AutomatedSnapshots,
    Cluster,
    Logging,
    Parameters,
    SubnetGroups,
)

DEFAULT_ADMIN: Final = "awsuser"
DEFAULT_DATABASE: Final = "dev"


@check(fails="Redshift cluster has no audit logging", severity="medium", categories=["forensics-ready", "logging"])
def redshift_cluster_audit_logging(cluster: Cluster, logging: Logging | None) -> Verdict:
    """Redshift clusters have audit logging.

    To a bucket or to CloudWatch Logs: who connected, which users were made and changed. The statements of users are
    logged where the parameter `enable_user_activity_logging` is on besides, which is not judged.

    ## Risk
    Guessed passwords, new administrators and exports of whole tables leave nothing that outlives the cluster.

    ## Remediation
    `aws redshift enable-logging --region <region> --cluster-identifier <cluster> --log-destination-type cloudwatch
    --log-exports connectionlog userlog useractivitylog`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
    """
    return logs(cluster.label, "connections and users", logging is not None and logging.logging_enabled)


@check(fails="Redshift cluster has no automated snapshots", severity="high", categories=["resilience"])
def redshift_cluster_automated_snapshot(cluster: Cluster, region: Region, snapshots: AutomatedSnapshots) -> Verdict:
    """Redshift clusters have automated snapshots.

    They must be kept for a day at least, and there must be one that has not failed: a snapshot schedule without times
    makes none. Snapshots that somebody made by hand do not count, nor copies of another region's.

    ## Risk
    After a mistaken DELETE or a failed node there is nothing to restore from but what somebody thought of saving.

    ## Remediation
    `aws redshift modify-cluster --region <region> --cluster-identifier <cluster> --automated-snapshot-retention-period
    7`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-snapshots.html
    """
    if not cluster.automated_snapshot_retention_period:
        return keeps_backups(cluster.label, 0)
    return has(cluster.label, "an automated snapshot", cluster.name in snapshots.clusters(region.name))


@check(fails="Redshift cluster does not upgrade its engine by itself", severity="medium",
       categories=["vulnerabilities"])  # fmt: skip
def redshift_cluster_automatic_upgrades(cluster: Cluster) -> Verdict:
    """Redshift clusters upgrade their engine automatically.

    New versions are installed in the maintenance window.

    ## Risk
    The cluster goes on with faults that are published and mended until somebody thinks of upgrading it.

    ## Remediation
    `aws redshift modify-cluster --region <region> --cluster-identifier <cluster> --allow-version-upgrade`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/rs-cluster-versions.html
    """
    return has(cluster.label, "automatic upgrades", cluster.allow_version_upgrade)


@check(fails="Redshift cluster is not encrypted at rest", severity="critical", categories=["encryption"])
def redshift_cluster_encrypted_at_rest(cluster: Cluster) -> Verdict:
    """Redshift clusters are encrypted at rest.

    With a key of AWS KMS or of a hardware security module; snapshots are encrypted with the cluster. New clusters have
    no choice, older ones may be without.

    ## Risk
    Whoever gets a copy of a snapshot or of a volume reads the whole warehouse.

    ## Remediation
    `aws redshift modify-cluster --region <region> --cluster-identifier <cluster> --encrypted --kms-key-id
    <your-kms-key>`. Redshift then moves the data into encrypted storage, while the cluster answers.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html
    """
    return encrypted_by_type(cluster.label, cluster.encrypted, cluster.kms_key_id)


@check(
    fails="Redshift cluster has no enhanced VPC routing",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
)
def redshift_cluster_enhanced_vpc_routing(cluster: Cluster) -> Verdict:
    """Redshift clusters have enhanced VPC routing.

    What COPY and UNLOAD move between the cluster and other services then goes through the VPC, where security groups,
    endpoint policies and flow logs see it.

    ## Risk
    A stolen login unloads tables into a stranger's bucket past everything that watches and limits the network.

    ## Remediation
    See that the VPC leads to S3, then: `aws redshift modify-cluster --region <region> --cluster-identifier <cluster>
    --enhanced-vpc-routing`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html
    """
    return has(cluster.label, "enhanced VPC routing", cluster.enhanced_vpc_routing)


@check(fails="Redshift cluster accepts connections without TLS", severity="high", categories=["encryption"])
def redshift_cluster_in_transit_encryption_enabled(cluster: Cluster, parameters: Parameters) -> Verdict:
    """Redshift clusters refuse connections without TLS.

    The parameter `require_ssl` demands it. The default parameter group of older clusters has it off. It holds once it
    is in sync with the cluster.

    ## Risk
    A client that does not insist on TLS sends its password and its queries in the clear.

    ## Remediation
    Default groups cannot be changed: give the cluster one of its own, then `aws redshift
    modify-cluster-parameter-group --region <region> --parameter-group-name <parameter-group> --parameters
    ParameterName=require_ssl,ParameterValue=true`, and reboot the cluster.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
    https://docs.aws.amazon.com/redshift/latest/mgmt/parameter-group-details.html
    """
    if parameters.demand_tls and (status := cluster.group.status_of(REQUIRE_SSL)) != IN_SYNC:
        return Manual(f"The parameter group {cluster.parameter_group} of {cluster.label} demands TLS, and is {status}.")
    return refuses_plain_text(cluster.label, parameters.demand_tls)


@check(fails="Redshift cluster runs in one availability zone only", severity="medium", categories=["resilience"])
def redshift_cluster_multi_az_enabled(cluster: Cluster) -> Verdict:
    """Redshift clusters run in two availability zones.

    Both compute, and where one zone fails the other goes on. Clusters of RA3 nodes can have it.

    ## Risk
    The failure of one zone takes the warehouse down until the cluster has been made anew in another.

    ## Remediation
    `aws redshift modify-cluster --region <region> --cluster-identifier <cluster> --multi-az`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-multi-az.html
    """
    return enabled(cluster.label, "Multi-AZ", cluster.multi_az)


@check(fails="Redshift cluster has the default database name", severity="low", categories=["vulnerabilities"])
def redshift_cluster_non_default_database_name(cluster: Cluster) -> Verdict:
    """Redshift clusters have a first database with a name of its own.

    Which is not `dev`, the name that Redshift gives where none is asked for.

    ## Risk
    Whoever tries logins knows the database already, and needs but a user and a password.

    ## Remediation
    The first database keeps its name. Make a cluster with another one, and restore the data into it: `aws redshift
    create-cluster --region <region> --cluster-identifier <your-new-cluster> --db-name <your-database> --node-type
    ra3.large --number-of-nodes 2 --master-username <your-name> --manage-master-password`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
    """
    return _is_own(cluster, "database", cluster.database, DEFAULT_DATABASE)


@check(fails="Redshift cluster has an administrator with the default name", severity="medium",
       categories=["identity-access"])  # fmt: skip
def redshift_cluster_non_default_username(cluster: Cluster) -> Verdict:
    """Redshift clusters have an administrator with a name of its own.

    Which is not `awsuser`, the name that the console suggests and that examples have.

    ## Risk
    Half of the administrator's credentials are known to everybody, and only the password is left to guess.

    ## Remediation
    The administrator keeps the name. Make a cluster with another one, and restore the data into it: `aws redshift
    create-cluster --region <region> --cluster-identifier <your-new-cluster> --master-username <your-name>
    --manage-master-password --node-type ra3.large --number-of-nodes 2`.

    ## References
    https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
    """
    return _is_own(cluster, "administrator", cluster.master_username, DEFAULT_ADMIN)


def _is_own(cluster: Cluster, what: str, name: str, default: str) -> Pass | Fail:
    told = f"{cluster.label} has the {what} {name}"
    return pass_if(name != default, f"{told}.", f"{told}, which is the default.")


@check(fails="Redshift cluster can be reached from the internet", severity="critical", categories=["internet-exposed"])
def redshift_cluster_public_access(cluster: Cluster, groups: SubnetGroups, exposure: Exposure) -> Verdict:
    """Redshift clusters cannot be reached from the internet.

    Three things together open a cluster: it is set as publicly accessible, an active security group admits any address
    to its port, and one of its subnets has a route to an internet gateway. A cluster without an endpoint passes: there
    is nothing to connect to.

    ## Risk
    Everybody can try passwords on the warehouse, and one that is guessed gives all of its data away.

    ## Remediation
    `aws redshift modify-cluster --region <region> --cluster-identifier <cluster> --no-publicly-accessible`, and take
    the rule for any address out of its security group.

    ## References
    https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html
    """
    if cluster.publicly_accessible is False:
        return not_reachable(cluster.label, False, NO_REACH)
    if not cluster.endpoint.address:
        return Pass(f"{cluster.label} has no endpoint.")
    reach = exposure.reach(cluster.active_groups, groups.of(cluster), cluster.vpc_id, cluster.endpoint.port)
    return not_reachable(cluster.label, cluster.publicly_accessible, reach)
