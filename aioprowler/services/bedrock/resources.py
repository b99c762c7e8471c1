"""The log of what models are asked, custom models, prompts and knowledge bases, as Bedrock tells of them."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Aws, Facet, Failure, Partial, Region, Resource, States, call, field, listing, source
from aioprowler.services.s3.resources import OwnBucketNames

GONE: Final = ["ResourceNotFoundException"]


# --- The log of what models are asked ---


class BucketTarget(msgspec.Struct, frozen=True, rename="camel"):
    """The bucket that a log goes to."""

    bucket_name: str = ""


class GroupTarget(msgspec.Struct, frozen=True, rename="camel"):
    """The log group that a log goes to, and where what is too large for it goes."""

    log_group_name: str = ""
    large_data: BucketTarget = field(name="largeDataDeliveryS3Config", default=BucketTarget())


class LoggingConfig(msgspec.Struct, frozen=True, rename="camel"):
    """Where the log goes, and whether it has the texts.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_LoggingConfig.html
    """

    cloud_watch: GroupTarget = field(name="cloudWatchConfig", default=GroupTarget())
    s3: BucketTarget = field(name="s3Config", default=BucketTarget())
    text: bool | None = field(name="textDataDeliveryEnabled", default=None)


class InvocationLogging(Facet[Region], rename="camel"):
    """The log of what models are asked, and what they answer; AWS sends nothing where there is none."""

    source = call("bedrock", "GetModelInvocationLoggingConfiguration")
    config: LoggingConfig = field(name="loggingConfig", default=LoggingConfig())

    @property
    def group(self) -> str:
        """The log group that it goes to; empty: to none."""
        return self.config.cloud_watch.log_group_name

    @property
    def buckets(self) -> list[str]:
        """Those that it goes to."""
        names = (self.config.s3.bucket_name, self.config.cloud_watch.large_data.bucket_name)
        return list(dict.fromkeys(filter(None, names)))

    @property
    def places(self) -> list[str]:
        """All that it goes to, as sentences name it."""
        group = [f"the log group {self.group}"] if self.group else []
        return [*group, *(f"the bucket {each}" for each in self.buckets)]


def is_on(logging: InvocationLogging) -> bool:
    """Whether it goes anywhere."""
    return bool(logging.places)


@source("logs:DescribeLogGroups", "s3:GetBucketEncryption", when=is_on)
async def log_storage(
    region: Region,  # noqa: ARG001 - where it is
    logging: InvocationLogging,
    own: OwnBucketNames | Failure,
    aws: Aws,
) -> LogStorage:
    """Of the log group, and of buckets of the account: of those of others it is not told, and S3 encrypts all
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html).
    """
    bare: list[str] = []
    gap: Failure | None = None
    if logging.group:
        encrypted = await _is_group_encrypted(logging.group, aws)
        gap = encrypted if isinstance(encrypted, Failure) else None
        bare += [] if encrypted else [f"the log group {logging.group}"]
    if isinstance(own, Failure):
        return LogStorage(bare=tuple(bare), gap=own if logging.buckets else gap)
    for bucket in filter(own.names.__contains__, logging.buckets):
        reply = await aws.find(
            "s3", "GetBucketEncryption", ["ServerSideEncryptionConfigurationNotFoundError"], Bucket=bucket
        )
        if reply is None:
            bare.append(f"the bucket {bucket}")
        elif isinstance(reply, Failure):
            gap = reply
        elif "ServerSideEncryptionConfiguration" not in reply:
            gap = Failure(
                "broken", "s3:GetEncryptionConfiguration", "", f"AWS did not tell that of the bucket {bucket}"
            )
    return LogStorage(bare=tuple(bare), gap=gap)


async def _is_group_encrypted(name: str, aws: Aws) -> bool | Failure:
    """Whether somebody chose a key for it."""
    async for page in aws.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name):
        if isinstance(page, Failure):
            return page
        for group in page:
            if group["logGroupName"] == name:
                return bool(group.get("kmsKeyId"))
    return Failure("broken", "logs:DescribeLogGroups", "", f"there is no log group {name} in the region")


class LogStorage(Partial, Facet[Region], frozen=True):
    """In which places the log is not encrypted. `gap` says why there may be more."""

    source = log_storage
    bare: tuple[str, ...] = ()


# --- Custom models ---


class CustomModel(
    Resource, id="name", type="Other", group="ai_ml", noun="Bedrock custom model", gone=GONE, rename="camel"
):
    """A model that the account trained or imported. Those that others share are not listed."""

    source = listing(
        "bedrock",
        "ListCustomModels",
        "modelSummaries",
        isOwned=True,
        detail=call("bedrock", "GetCustomModel", modelIdentifier="arn"),
        states=States("status", over=["Failed"], not_yet=["Creating"]),
    )
    name: str = field(name="modelName")
    arn: str = field(name="modelArn")
    status: str = field(name="modelStatus", default="")
    key: str = field(name="modelKmsKeyArn", default="")
    """Empty: AWS's own (https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html)."""


# --- Prompts ---


class Prompt(Resource, id="prompt_id", type="Other", group="ai_ml", noun="Bedrock prompt", gone=GONE, rename="camel"):
    """A prompt that applications share."""

    source = listing("bedrock-agent", "ListPrompts", "promptSummaries")
    prompt_id: str = field(name="id")
    arn: str
    name: str

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"Bedrock prompt {self.name}"


class PromptKey(Facet[Prompt]):
    """With which key a prompt is encrypted; that it is there is told by AWS, and where it is not, AWS's own is."""

    source = call("bedrock-agent", "GetPrompt", promptIdentifier="prompt_id")
    arn: str = field(name="customerEncryptionKeyArn", default="")


# --- Knowledge bases ---


class KnowledgeBase(
    Resource,
    id="knowledge_base_id",
    arn="arn:{partition}:bedrock:{region}:{account_id}:knowledge-base/{knowledge_base_id}",
    type="Other",
    group="ai_ml",
    noun="Bedrock knowledge base",
    gone=GONE,
    rename="camel",
):
    """Documents that models are told of with what they are asked."""

    source = listing(
        "bedrock-agent",
        "ListKnowledgeBases",
        "knowledgeBaseSummaries",
        states=States("status", over=["DELETING"]),
    )
    knowledge_base_id: str
    name: str
    status: str = ""
    """`FAILED` where something that was asked of it failed: it may well be there, with what it has."""


class SourceEncryption(msgspec.Struct, frozen=True, rename="camel"):
    """With which key documents are encrypted on their way; none: AWS's own."""

    kms_key_arn: str = ""


class DataSource(
    Resource,
    id="data_source_id",
    arn="arn:{partition}:bedrock:{region}:{account_id}:knowledge-base/{knowledge_base_id}/data-source/{data_source_id}",
    type="Other",
    group="ai_ml",
    noun="Bedrock data source",
    gone=GONE,
    rename="camel",
):
    """Where the documents of a knowledge base come from."""

    source = listing(
        "bedrock-agent",
        "ListDataSources",
        "dataSourceSummaries",
        of=KnowledgeBase,
        knowledgeBaseId="knowledge_base_id",
        detail=call(
            "bedrock-agent",
            "GetDataSource",
            "dataSource",
            knowledgeBaseId="knowledge_base_id",
            dataSourceId="data_source_id",
        ),
        states=States("status", over=["DELETING"]),
    )
    data_source_id: str
    knowledge_base_id: str
    name: str
    status: str = ""
    encryption: SourceEncryption = field(name="serverSideEncryptionConfiguration", default=SourceEncryption())

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"Bedrock data source {self.name}"
