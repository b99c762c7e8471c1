"""How instances are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.judging.ages import months_after
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import NO_REACH, in_vpc, not_reachable
from aioprowler.judging.logs import sends_logs
from aioprowler.judging.ports import avoids_default_port
from aioprowler.judging.resilience import in_backup_plan, keeps_backups
from aioprowler.judging.tags import copies_tags
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import has, is_set_to, told
from aioprowler.services.backup.resources import BackupSelections
from aioprowler.services.ec2.resources.exposure import Exposure
from aioprowler.services.rds.resources import (
    IN_SYNC,
    NEPTUNE,
    CertificateAuthorities,
    Clusters,
    ClusterTls,
    Database,
    DBCluster,
    DBInstance,
    EngineReleases,
    InstanceTls,
    decides_on_tls,
    is_custom,
)
from aioprowler.services.rds.verdicts import (
    OWN_ADMIN,
    has_by_cluster,
    has_own_admin,
    reached_through_gateway,
)

ENROLLED = "open-source-rds-extended-support"
NOT_ENROLLED = f"{ENROLLED}-disabled"
IAM_ENGINES = ("postgres", "mysql", "mariadb", "aurora")


@check(fails="RDS instance has no automated backups", severity="medium", categories=["resilience"])
def rds_instance_backup_enabled(
    instance: DBInstance,
    *,
    check_rds_instance_replicas: Annotated[bool, "Judge the backups of read replicas too."] = False,
) -> Verdict | None:
    """RDS instances have automated backups.

    A retention of at least one day makes RDS take daily snapshots and keep the transaction logs between them. Read
    replicas are judged only with the configuration key `check_rds_instance_replicas`.

    ## Risk
    Without backups, a mistaken or hostile change cannot be undone: there is no point in time to restore.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --backup-retention-period 14
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    """
    if instance.replica_of and not check_rds_instance_replicas:
        return None
    return keeps_backups(instance.label, instance.backup_retention_period)


@check(
    fails="RDS instance has a certificate authority that expires soon, has expired or is unknown",
    severity="high",
    categories=["encryption"],
)
def rds_instance_certificate_expiration(
    instance: DBInstance, authorities: CertificateAuthorities, now: datetime.datetime
) -> Verdict | None:
    """RDS instances have a certificate authority that is valid for three more months.

    Clients verify the server certificate against this authority. From three to six months the verdict is a PASS of low
    severity; below, a FAIL whose severity rises to high in the last month and to critical at the end. RDS Custom has
    none, so that its instances are not judged.

    ## Risk
    On the day of expiry, clients that verify certificates can no longer connect, and the hurried mend is to turn the
    verification off.

    ## Remediation
    Give clients the new bundle first, then change the authority: `aws rds modify-db-instance --region <region>
    --db-instance-identifier <db-instance> --ca-certificate-identifier rds-ca-rsa2048-g1`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL-certificate-rotation.html
    """
    if is_custom(instance.engine):
        return None
    if not instance.certificate_authority:
        return Manual(f"{instance.label}: AWS did not tell CACertificateIdentifier.")
    end = authorities.valid_till.get(instance.certificate_authority)
    if end is None:
        return Fail(f"{instance.label} has no certificate authority that is listed in its region.", severity="critical")
    named = f"The certificate authority {instance.certificate_authority} of {instance.label}"
    if end <= now:
        return Fail(f"{named} expired on {end:%Y-%m-%d}.", severity="critical")
    text = f"{named} expires on {end:%Y-%m-%d}."
    if end < months_after(now, 1):
        return Fail(text, severity="high")
    if end < months_after(now, 3):
        return Fail(text, severity="medium")
    return Pass(text, severity="low" if end < months_after(now, 6) else "informational")


@check(fails="RDS instance does not copy its tags to its snapshots", severity="low")
def rds_instance_copy_tags_to_snapshots(instance: DBInstance) -> Verdict | None:
    """RDS instances copy their tags to their snapshots.

    A snapshot then carries the owner, the cost centre and the classification of the instance that it was taken from.
    Where snapshots are those of clusters, as in Aurora, Neptune and Multi-AZ clusters, the instances are not judged.

    ## Risk
    Policies that grant or deny by tag do not cover an untagged snapshot, and nobody knows whose data it holds.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --copy-tags-to-snapshot`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html
    """
    if instance.is_kept_by_cluster:
        return None
    return copies_tags(instance.label, "snapshots", instance.copy_tags_to_snapshot)


@check(
    fails="RDS instance has an administrator with the default name", severity="medium", categories=["identity-access"]
)
def rds_instance_default_admin(instance: DBInstance, clusters: Clusters) -> Verdict | None:
    """RDS instances have an administrator whose name is not the default.

    The names that RDS proposes for the master user, `admin` and `postgres`, are what everybody tries first. An instance
    of a cluster has the cluster's. Neptune has no master user.

    ## Risk
    An attacker who reaches the endpoint knows half of the credentials and only has to guess the password.

    ## Remediation
    The name cannot be changed. Create a new instance and migrate the data: `aws rds create-db-instance --region
    <region> --db-instance-identifier <your-new-instance> --db-instance-class <your-instance-class> --engine <engine>
    --master-username <your-name> --manage-master-user-password --allocated-storage <your-gib>`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
    """
    if instance.engine == NEPTUNE:
        return None
    return has_by_cluster(instance, clusters, OWN_ADMIN, has_own_admin)


@check(fails="RDS instance is not protected against deletion", severity="medium", categories=["resilience"])
def rds_instance_deletion_protection(instance: DBInstance, clusters: Clusters) -> Verdict:
    """RDS instances are protected against deletion.

    RDS refuses to delete a protected database until somebody turns the protection off, which is a step of its own. An
    instance of a cluster is judged by the cluster's setting.

    ## Risk
    One mistaken command, one wrong stack update or one stolen key deletes the database with its automated backups.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --deletion-protection
    --apply-immediately`, or `modify-db-cluster` for a cluster.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
    """
    return has_by_cluster(instance, clusters, "deletion protection", lambda database: database.deletion_protection)


@check(
    fails="RDS instance runs an engine version that RDS no longer offers",
    severity="high",
    categories=["vulnerabilities"],
)
def rds_instance_deprecated_engine_version(instance: DBInstance, offered: EngineReleases) -> Verdict:
    """RDS instances run an engine version that RDS still offers.

    RDS takes a version out of its offer before the end of its support. The list of offered versions of the instance's
    region decides.

    ## Risk
    A withdrawn version gets no security fixes, and RDS upgrades it by force at a time that nobody chose.

    ## Remediation
    See where it can go: `aws rds describe-db-engine-versions --region <region> --engine <engine> --query
    'DBEngineVersions[].EngineVersion'`. Then `aws rds modify-db-instance --region <region> --db-instance-identifier
    <db-instance> --engine-version <your-engine-version> --allow-major-version-upgrade --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
    """
    running = f"{instance.label} runs {instance.engine} {instance.engine_version}"
    if offered.offer(instance.engine_version):
        return Pass(f"{running}, which RDS offers.")
    return Fail(f"{running}, which RDS no longer offers.")


@check(fails="RDS instance has no enhanced monitoring", severity="low", categories=["logging"])
def rds_instance_enhanced_monitoring_enabled(instance: DBInstance) -> Verdict | None:
    """RDS instances have enhanced monitoring.

    An agent on the instance reports the operating system's processes, memory and disks to CloudWatch Logs, up to every
    second. RDS Custom has no such setting.

    ## Risk
    The hypervisor's metrics alone do not show which process eats the processor, be it a runaway query or an intruder.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --monitoring-interval 60
    --monitoring-role-arn <your-role> --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.html
    """
    if is_custom(instance.engine):
        return None
    return has(instance.label, "enhanced monitoring", bool(instance.enhanced_monitoring_resource_arn))


@check(fails="RDS instance is enrolled in RDS Extended Support", severity="medium", categories=["vulnerabilities"])
def rds_instance_extended_support(instance: DBInstance) -> Verdict:
    """RDS instances are not enrolled in RDS Extended Support.

    An enrolled instance goes on running a major version whose community support has ended, for a fee per vCPU and hour.
    One that is not enrolled is upgraded at the end of standard support.

    ## Risk
    An old major version lingers with critical fixes only, and its fee rises from the third year on.

    ## Remediation
    Upgrade to a supported major version: `aws rds modify-db-instance --region <region> --db-instance-identifier
    <db-instance> --engine-version <your-engine-version> --allow-major-version-upgrade --apply-immediately`. New
    instances are kept out with `--engine-lifecycle-support open-source-rds-extended-support-disabled`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
    """
    running = f"{instance.label} ({instance.engine} {instance.engine_version})"
    if not instance.engine_lifecycle_support:
        return Pass(f"{running} is not enrolled in RDS Extended Support, which it does not have.")
    return is_set_to(running, "the support", instance.engine_lifecycle_support, good=[NOT_ENROLLED], bad=[ENROLLED])


@check(fails="RDS instance does not accept IAM authentication", severity="medium", categories=["identity-access"])
def rds_instance_iam_authentication_enabled(instance: DBInstance) -> Verdict | None:
    """RDS instances accept IAM authentication.

    Database users then sign in with tokens that IAM issues for 15 minutes, and access is granted and withdrawn in IAM
    policies. MySQL, MariaDB, PostgreSQL and Aurora have it.

    ## Risk
    Without it, every application keeps a password that never expires, and a leaked one works until somebody changes it.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance>
    --enable-iam-database-authentication --apply-immediately`, then grant `rds-db:connect` to the roles that need it. In
    a cluster, modify the cluster.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    if not any(engine in instance.engine for engine in IAM_ENGINES):
        return None
    return has(instance.label, "IAM authentication", instance.iam_authentication)


@check(fails="RDS instance is not in a VPC", severity="high", categories=["internet-exposed", "trust-boundaries"])
def rds_instance_inside_vpc(instance: DBInstance) -> Verdict:
    """RDS instances are in a VPC.

    The subnet group of the instance names the VPC. Instances without one are on the EC2-Classic platform.

    ## Risk
    Outside a VPC there are no private subnets, no routes, no network ACLs and no flow logs to keep strangers away.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --db-subnet-group-name
    <your-subnet-group> --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    """
    return in_vpc(instance.label, instance.vpc_id)


@check(fails="RDS instance sends no logs to CloudWatch Logs", severity="medium", categories=["logging"])
def rds_instance_integration_cloudwatch_logs(instance: DBInstance) -> Verdict | None:
    """RDS instances send their logs to CloudWatch Logs.

    At least one log of the engine (audit, error, slow query, postgresql, alert...) must be exported. Neptune's logs are
    those of clusters, and RDS Custom exports none, so that their instances are not judged.

    ## Risk
    Logs that stay on the instance are rotated away within days and go with it, so that failed logins and hostile
    queries leave no trace and raise no alarm.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance>
    --cloudwatch-logs-export-configuration EnableLogTypes=<your-log-types>`, with `audit error slowquery` for MySQL and
    `postgresql upgrade` for PostgreSQL.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
    """
    if instance.engine == NEPTUNE or is_custom(instance.engine):
        return None
    return sends_logs(instance.label, "CloudWatch Logs", instance.enabled_cloudwatch_logs_exports)


@check(
    fails="RDS instance does not install minor engine versions by itself",
    severity="medium",
    categories=["vulnerabilities"],
)
def rds_instance_minor_version_upgrade_enabled(instance: DBInstance) -> Verdict | None:
    """RDS instances install minor versions of their engine automatically.

    Minor versions bring the engine's security fixes and are installed in the maintenance window. RDS Custom never does,
    so that its instances are not judged.

    ## Risk
    The instance keeps running with published vulnerabilities until somebody thinks of upgrading it.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --auto-minor-version-upgrade
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
    """
    if is_custom(instance.engine):
        return None
    return has(instance.label, "automatic minor version upgrades", instance.auto_minor_version_upgrade)


@check(fails="RDS instance has no standby in another availability zone", severity="medium", categories=["resilience"])
def rds_instance_multi_az(instance: DBInstance, clusters: Clusters) -> Verdict:
    """RDS instances have a standby in another availability zone.

    RDS keeps the standby in step and fails over to it. An instance of a cluster is judged by whether the cluster has
    instances in several zones.

    ## Risk
    The failure of one machine or one availability zone takes the database down until it is repaired or restored.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --multi-az
    --apply-immediately`. In a cluster, add an instance in another zone.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html
    """
    return has_by_cluster(instance, clusters, "several availability zones", lambda database: database.multi_az)


@check(fails="RDS instance can be reached from the internet", severity="critical", categories=["internet-exposed"])
def rds_instance_no_public_access(instance: DBInstance, exposure: Exposure, clusters: Clusters | Failure) -> Verdict:
    """RDS instances cannot be reached from the internet.

    Three things together open an instance: it is set as publicly accessible, an active security group admits any
    address to its port, and one of its subnets routes to an internet gateway. The internet access gateway that Aurora's
    express configuration gives a cluster opens its instances without any of them.

    ## Risk
    Everybody can try passwords and exploits on the database; one weak password or unpatched flaw gives the data away.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --no-publicly-accessible
    --apply-immediately`, and take the rule for any address out of its security group.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    """
    if through_gateway := reached_through_gateway(instance, clusters):
        return through_gateway
    if instance.publicly_accessible is False:
        return not_reachable(instance.label, False, NO_REACH)
    reach = exposure.reach(instance.active_groups, instance.active_subnets, instance.vpc_id, instance.port)
    return not_reachable(instance.label, instance.publicly_accessible, reach)


@check(fails="RDS instance listens on its engine's default port", severity="low")
def rds_instance_non_default_port(instance: DBInstance) -> Verdict:
    """RDS instances do not listen on the default port of their engine.

    Another port keeps an instance out of scans that only try 3306, 5432 and the like.

    ## Risk
    Worms and scanners find the database at the port that everybody knows, and know what it is.

    ## Remediation
    `aws rds modify-db-instance --region <region> --db-instance-identifier <db-instance> --db-port-number <your-port>
    --apply-immediately`; change security groups and connection strings with it.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
    """
    return avoids_default_port(instance.label, instance.engine, instance.port)


@check(fails="RDS instance is in no backup plan", severity="high", categories=["resilience"])
def rds_instance_protected_by_backup_plan(instance: DBInstance, selections: BackupSelections) -> Verdict | None:
    """RDS instances are in a backup plan of AWS Backup.

    A plan of the instance's region must select it, by its ARN, by its tags, or as everything. Where backups are those
    of clusters, as in Aurora, Neptune and Multi-AZ clusters, the instances are not judged.

    ## Risk
    Automated backups of RDS last 35 days at most and end with the instance. Without a plan there is no copy that
    outlives it, in a vault that its administrators cannot empty.

    ## Remediation
    `aws backup create-backup-selection --region <region> --backup-plan-id <your-backup-plan> --backup-selection
    SelectionName=instances,IamRoleArn=<your-role>,Resources=<arn>`.

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    if instance.is_kept_by_cluster:
        return None
    return in_backup_plan(instance.label, selections.protect(instance.arn, instance.tags))


@check(fails="RDS instance does not encrypt its storage", severity="high", categories=["encryption"])
def rds_instance_storage_encrypted(instance: DBInstance) -> Verdict:
    """RDS instances encrypt their storage.

    Encryption covers the volume, its automated backups, its snapshots and its replicas. A key that AWS owns counts as
    well as one of AWS KMS; the verdict says which it is.

    ## Risk
    Whoever gets a copy of a snapshot or of the storage reads the data, and the key policy guards nothing.

    ## Remediation
    Encryption is chosen at creation. Copy a snapshot with a key, restore the copy and switch to it: `aws rds
    copy-db-snapshot --region <region> --source-db-snapshot-identifier <your-snapshot> --target-db-snapshot-identifier
    <your-copy> --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
    """
    return encrypted_by_type(instance.label, instance.encryption, instance.kms_key_id)


@check(fails="RDS database accepts connections without TLS", severity="high", categories=["encryption"])
def rds_instance_transport_encrypted(
    database: Database, of_instance: InstanceTls | None, of_cluster: ClusterTls | None
) -> Verdict | None:
    """RDS instances and clusters refuse connections without TLS.

    A parameter enforces it: `rds.force_ssl` of PostgreSQL and SQL Server, `require_secure_transport` of MySQL and
    MariaDB. Instances of a cluster take the cluster's; instances of engines without such a parameter are not judged.
    Neptune has none, and accepts nothing but TLS. A parameter holds once its group is in sync.

    ## Risk
    A client that does not insist on TLS sends its password and its queries in the clear, for everybody on the path to
    read.

    ## Remediation
    Set it in the parameter group of the instance (or with `modify-db-cluster-parameter-group`, of the cluster): `aws
    rds modify-db-parameter-group --region <region> --db-parameter-group-name <parameter-group> --parameters
    ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=pending-reboot`, with `require_secure_transport` for MySQL.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    https://docs.aws.amazon.com/neptune/latest/userguide/security-ssl.html
    """
    if isinstance(database, DBCluster) and database.engine == NEPTUNE:
        return refuses_plain_text(database.label, True)
    if not decides_on_tls(database):
        return None
    group = told(of_instance or of_cluster, f"the parameter group of {database.label}")
    if group.marker and not group.enforce:
        return Manual(
            f"The parameter group {database.parameter_group} of {database.label} has more pages than were read."
        )
    if group.enforce and (status := database.parameters_status) != IN_SYNC:
        return Manual(
            f"The parameter group {database.parameter_group} of {database.label} demands TLS, and is {status}."
        )
    return refuses_plain_text(database.label, group.enforce)
