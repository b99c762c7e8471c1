"""The Data Catalog with its connections, and what runs over it: jobs, development endpoints and transforms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Region, Resource, States, call, field, known, listing, source
from aioprowler.judging.policies import Policy
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables
from aioprowler.judging.verdicts import told
from aioprowler.judging.versions import numbers

DISABLED: Final = "DISABLED"


# ------------------------------------------------------------------- the catalog
class EncryptionAtRest(msgspec.Struct, frozen=True, rename="pascal"):
    """How metadata is encrypted."""

    mode: str | None = msgspec.field(name="CatalogEncryptionMode", default=None)


class PasswordEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether passwords of connections are encrypted, and stay so where they are told."""

    on: bool | None = msgspec.field(name="ReturnConnectionPasswordEncrypted", default=None)


class CatalogSettings(Facet[Region]):
    """How the Data Catalog of a region is encrypted.

    What is left out was never turned on
    (https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html).
    """

    source = call("glue", "GetDataCatalogEncryptionSettings", "DataCatalogEncryptionSettings")
    encryption_at_rest: EncryptionAtRest = EncryptionAtRest(DISABLED)
    password_encryption: PasswordEncryption = field(
        name="ConnectionPasswordEncryption", default=PasswordEncryption(on=False)
    )


FEW: Final = 10
"""Tables of which one page tells: one is enough, and descriptions of wide ones are long."""


@source("glue:SearchTables")
async def find_tables(aws: Aws) -> Tables | Failure:
    """As far as the first one. Tables that the caller may not see are left out of their page, and more may follow."""
    async for page in aws.pages("glue", "SearchTables", "TableList", MaxResults=FEW):
        if isinstance(page, Failure):
            return page
        if page:
            return Tables(are_there=True)
    return Tables(are_there=False)


class Tables(Facet[Region]):
    """Whether there is a table in the Data Catalog of a region, which every region has."""

    source = find_tables
    are_there: bool


class CatalogPolicy(Facet[Region]):
    """Who may use the Data Catalog of a region."""

    source = call("glue", "GetResourcePolicy", absent=["EntityNotFoundException"])
    policy: Policy | None = field(name="PolicyInJson", default=None)


# --------------------------------------------------------------------- connections
CIPHERED: Final = "ENCRYPTED_"
"""Beginning of properties whose value is encrypted
(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-connections.html)."""
REFERENCES: Final = ("SECRET_ID", "KAFKA_SASL_SCRAM_SECRETS_ARN")
"""Properties that name a secret, and are none."""
NO_KEY: Final = "GlueEncryptionException"
"""By which AWS says that it cannot decrypt passwords for who asks."""


@source("glue:GetConnections")
async def list_connections(aws: Aws) -> list[dict[str, Any]] | Failure:
    """All of a region; without their passwords where the key of these cannot be used."""
    found = await aws.items("glue", "GetConnections", "ConnectionList")
    if not isinstance(found, Failure) or found.code != NO_KEY:
        return found
    hidden = Failure("refused", "kms:Decrypt", NO_KEY)
    listed = await aws.items("glue", "GetConnections", "ConnectionList", HidePassword=True)
    return listed if isinstance(listed, Failure) else [{**each, "@hidden": hidden} for each in listed]


class Connection(
    Resource,
    id="name",
    arn="arn:{partition}:glue:{region}:{account_id}:connection/{name}",
    type="Other",
    group="analytics",
    noun="Glue connection",
):
    """How jobs and crawlers reach a source of data.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-connections.html
    """

    source = list_connections
    name: str
    type: str = field(name="ConnectionType", default="")
    properties: dict[str, str] = field(name="ConnectionProperties", default={})
    spark_properties: dict[str, str] = field(default={})
    athena_properties: dict[str, str] = field(default={})
    python_properties: dict[str, str] = field(default={})
    hidden: Failure | None = field(name="@hidden", default=None)
    """Why AWS does not tell its password."""


def properties_of(connection: Connection) -> dict[str, str]:
    """All that are text, also those for one engine alone."""
    if connection.hidden:
        known(connection.hidden)
    kinds = {
        "property": connection.properties,
        "Spark property": connection.spark_properties,
        "Athena property": connection.athena_properties,
        "Python property": connection.python_properties,
    }
    texts: dict[str, str] = {}
    for kind, properties in kinds.items():
        texts |= variables({name: value for name, value in properties.items() if not _is_harmless(name)}, kind)
    return texts


def _is_harmless(name: str) -> bool:
    return name.startswith(CIPHERED) or name in REFERENCES


class ConnectionSecrets(FoundSecrets, Facet[Connection]):
    """What the properties of a connection give away."""

    source = secrets_in(properties_of)


# ------------------------------------------------------ what runs, and how it encrypts
class S3Encryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How what is written to S3 is encrypted."""

    mode: str | None = msgspec.field(name="S3EncryptionMode", default=None)


class LogEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How logs are encrypted."""

    mode: str | None = msgspec.field(name="CloudWatchEncryptionMode", default=None)


class BookmarkEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How job bookmarks are encrypted, which say how far a job has come."""

    mode: str | None = msgspec.field(name="JobBookmarksEncryptionMode", default=None)


class Encryption(msgspec.Struct, frozen=True, rename="pascal"):
    """What a security configuration says."""

    s3: tuple[S3Encryption, ...] = msgspec.field(name="S3Encryption", default=())
    logs: LogEncryption = msgspec.field(name="CloudWatchEncryption", default=LogEncryption())
    bookmarks: BookmarkEncryption = msgspec.field(name="JobBookmarksEncryption", default=BookmarkEncryption())


class SecurityConfiguration(msgspec.Struct, frozen=True, rename="pascal"):
    """How those that name it encrypt."""

    name: str
    encryption: Encryption = msgspec.field(name="EncryptionConfiguration", default=Encryption())


class SecurityConfigurations(Facet[Region]):
    """How those encrypt that name one of the region's security configurations."""

    source = call("glue", "GetSecurityConfigurations", pages=True)
    configurations: tuple[SecurityConfiguration, ...] = field(name="SecurityConfigurations")

    def find(self, name: str) -> Encryption | None:
        """What the one of this name says; None: there is none."""
        return next((each.encryption for each in self.configurations if each.name == name), None)


class Command(msgspec.Struct, frozen=True, rename="pascal"):
    """What kind of program a job runs."""

    name: str = ""


class Job(
    Resource,
    id="name",
    arn="arn:{partition}:glue:{region}:{account_id}:job/{name}",
    type="Other",
    group="analytics",
    noun="Glue job",
):
    """A program that takes data from somewhere, and puts it somewhere else.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-job.html
    """

    source = listing("glue", "GetJobs", "Jobs")
    name: str
    security_configuration: str = ""
    default_arguments: dict[str, str] = field(default={})
    fixed_arguments: dict[str, str] = field(name="NonOverridableArguments", default={})
    command: Command = Command()
    glue_version: str = ""

    @property
    def arguments(self) -> Mapping[str, str]:
        """With which it runs, unless a run says otherwise."""
        return self.default_arguments | self.fixed_arguments

    @property
    def always_logs(self) -> bool:
        """Whether it logs to CloudWatch Logs as it runs, without being told to: from Glue 5.0 on all do, and what runs
        in a Python shell always did.

        https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
        https://docs.aws.amazon.com/prescriptive-guidance/latest/serverless-etl-aws-glue/features.html
        """
        return self.command.name == "pythonshell" or (numbers(self.glue_version) or (0,)) >= (5,)


def arguments_of(job: Job) -> dict[str, str]:
    """All of them, also those of which a run gets others."""
    return variables(job.default_arguments, "argument") | variables(job.fixed_arguments, "argument")


class ArgumentSecrets(FoundSecrets, Facet[Job]):
    """What the arguments of a job give away."""

    source = secrets_in(arguments_of)


class DevEndpoint(
    Resource,
    id="name",
    arn="arn:{partition}:glue:{region}:{account_id}:devEndpoint/{name}",
    type="Other",
    group="analytics",
    noun="Glue development endpoint",
):
    """Machines on which programs for jobs are tried.

    Newer regions have none, and say that the operation is not supported.
    """

    source = listing("glue", "GetDevEndpoints", "DevEndpoints", absent={"InvalidInputException": "is not supported"})
    name: str = field(name="EndpointName")
    security_configuration: str = ""


class DataEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How a transform encrypts the data that it learns from."""

    mode: str | None = msgspec.field(name="MlUserDataEncryptionMode", default=None)


class TransformEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How a transform is encrypted."""

    data: DataEncryption = msgspec.field(name="MlUserDataEncryption", default=DataEncryption(DISABLED))


class Transform(
    Resource,
    id="transform_id",
    arn="arn:{partition}:glue:{region}:{account_id}:mlTransform/{transform_id}",
    type="Other",
    group="analytics",
    noun="Glue transform",
):
    """Something that has learnt to find records that are about the same."""

    source = listing("glue", "GetMLTransforms", "Transforms", states=States("status", over=["DELETING"]))
    transform_id: str
    name: str = ""
    status: str = ""
    encryption: TransformEncryption = field(name="TransformEncryption", default=TransformEncryption())
    """It is not encrypted unless it was made so
    (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-machine-learning-api.html)."""

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"Glue transform {self.name or self.transform_id}"

    @property
    def mode(self) -> str:
        """How it encrypts. Raises UnreadableError where AWS did not tell."""
        return told(self.encryption.data.mode, "MlUserDataEncryptionMode of this transform")
