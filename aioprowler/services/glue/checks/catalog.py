"""How the Data Catalog and its connections are judged."""

from __future__ import annotations

from functools import partial
from typing import Final

from aioprowler import Here, Manual, Region, Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import enabled, is_set_to, told
from aioprowler.services.glue.resources import (
    DISABLED,
    CatalogPolicy,
    CatalogSettings,
    Connection,
    ConnectionSecrets,
    Tables,
)

DATABASES: Final = ("", "CUSTOM", "JDBC", "MARKETPLACE", "MONGODB")
"""Types of connections for which SSL is enforced by one and the same property; empty: AWS told no type."""

catalog_check = partial(
    check,
    resource_type="Other",
    resource_group="analytics",
    resource_arn="arn:{partition}:glue:{region}:{account_id}:data-catalog",
)


@check(fails="Properties of a Glue connection may hold secrets", severity="high", categories=["secrets"])
def glue_catalog_connection_no_secrets(connection: Connection, secrets: ConnectionSecrets) -> Verdict:
    """Glue connections hold no secrets.

    All properties are looked into, also those for Spark, Athena and Python alone; what AWS encrypted and what names a
    secret of Secrets Manager is none. Where the key of encrypted passwords cannot be used, AWS does not tell them, and
    a person must look.

    ## Risk
    Everybody who may read connections of the Data Catalog reads the password, and gets into the database with it.

    ## Remediation
    Put the credentials into Secrets Manager, change them, and name the secret in place of the password, with the
    property `SECRET_ID`: `aws glue update-connection --region <region> --name <connection> --connection-input
    file://<your-connection>`.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/connection-properties-secrets-manager.html
    """
    return no_secrets(f"The properties of {connection.label}", secrets)


@catalog_check(
    fails="Data Catalog does not encrypt passwords of connections", severity="high", categories=["encryption"]
)
def glue_data_catalogs_connection_passwords_encryption_enabled(
    region: Region,
    settings: CatalogSettings,
    tables: Tables,
    connections: Here[Connection],
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """The Data Catalog of Glue encrypts passwords of connections.

    Every region has a Data Catalog; one without tables and connections is judged only where unused services are
    scanned.

    ## Risk
    Everybody who may read connections of the Data Catalog reads their passwords.

    ## Remediation
    `aws glue put-data-catalog-encryption-settings --region <region> --data-catalog-encryption-settings
    '{"ConnectionPasswordEncryption":{"ReturnConnectionPasswordEncrypted":true,"AwsKmsKeyId":"<your-kms-key>"}}'`.
    Passwords that are there already are encrypted when their connections are updated.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/encrypt-connection-passwords.html
    """
    if not (tables.are_there or connections or scan_unused_services):
        return None
    on = told(settings.password_encryption.on, f"ReturnConnectionPasswordEncrypted of {_label(region)}")
    return enabled(_label(region), "encryption of connection passwords", on)


@catalog_check(fails="Data Catalog does not encrypt metadata", severity="medium", categories=["encryption"])
def glue_data_catalogs_metadata_encryption_enabled(
    region: Region, settings: CatalogSettings, tables: Tables, *, scan_unused_services: bool = False
) -> Verdict | None:
    """The Data Catalog of Glue encrypts metadata with a key of AWS KMS.

    Whether Glue uses the key itself, or by a role. Every region has a Data Catalog; one without tables is judged only
    where unused services are scanned.

    ## Risk
    Names of tables, columns and places, which tell where to look for what, are protected by no key of the account.

    ## Remediation
    What is there already is encrypted when it is changed: `aws glue put-data-catalog-encryption-settings --region
    <region> --data-catalog-encryption-settings
    '{"EncryptionAtRest":{"CatalogEncryptionMode":"SSE-KMS","SseAwsKmsKeyId":"<your-kms-key>"}}'`.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html
    """
    if not (tables.are_there or scan_unused_services):
        return None
    mode = told(settings.encryption_at_rest.mode, f"CatalogEncryptionMode of {_label(region)}")
    good = ("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE")
    return is_set_to(_label(region), "the encryption of metadata", mode, good=good, bad=[DISABLED])


@catalog_check(fails="Data Catalog is public", severity="high", categories=["internet-exposed"])
def glue_data_catalogs_not_publicly_accessible(region: Region, policy: CatalogPolicy | None) -> Verdict | None:
    """The Data Catalog of Glue does not let just anyone in.

    Its policy lets anyone in where no condition ties the request to somebody in particular, such as an account or an
    organization. A Data Catalog without a policy, which is for its account alone, is not judged.

    ## Risk
    Strangers read what data there is and where, or change it, so that queries read other data than was meant.

    ## Remediation
    Replace the policy by one that names who may do what: `aws glue put-resource-policy --region <region>
    --policy-in-json file://<your-policy>`.

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html
    """
    return closed_to_public(_label(region), policy.policy) if policy and policy.policy else None


def _label(region: Region) -> str:
    return f"The Data Catalog in {region.name}"


@check(fails="Glue connection does not enforce SSL", severity="high", categories=["encryption"])
def glue_database_connections_ssl_enabled(connection: Connection) -> Verdict | None:
    """Glue connections to databases enforce SSL.

    By their property `JDBC_ENFORCE_SSL`, and those to Apache Kafka by `KAFKA_SSL_ENABLED`, which is on unless it is
    turned off. Network connections, which lead into a VPC and to no database, are not judged. Others have no such
    property, and a person must look.

    ## Risk
    Passwords and all rows that jobs and crawlers read cross the network in the clear, and nobody notices a server that
    is not the database.

    ## Remediation
    Add `"JDBC_ENFORCE_SSL": "true"` to the properties, and write the connection anew:
    `aws glue update-connection --region <region> --name <connection> --connection-input file://<your-connection>`

    ## References
    https://docs.aws.amazon.com/glue/latest/dg/connection-properties.html
    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-connections.html
    """
    if connection.type == "NETWORK":
        return None
    if connection.type == "KAFKA":
        return enabled(connection.label, "SSL", connection.properties.get("KAFKA_SSL_ENABLED", "true"))
    enforced = connection.properties.get("JDBC_ENFORCE_SSL")
    if enforced is None and connection.type not in DATABASES:
        return Manual(f"{connection.label} is of the type {connection.type}, which tells nothing of SSL: look.")
    return enabled(connection.label, "SSL", enforced or "false")
