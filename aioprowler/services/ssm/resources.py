"""What Systems Manager manages."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, call, constant, derive, listing, optional, source
from aioprowler.judging.secrets import FoundSecrets, secrets_in


class ManagedInstance(
    Resource,
    id="instance_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:instance/{instance_id}",
    noun="Managed instance",
):
    """A server whose agent has registered with Systems Manager, whether or not it answers at the moment."""

    source = listing("ssm", "DescribeInstanceInformation", "InstanceInformationList")
    instance_id: str


class ManagedInstances(msgspec.Struct, frozen=True):
    """The ids of those of a region."""

    ids: frozenset[str] = frozenset()


@derive
def managed_instances(instances: Here[ManagedInstance]) -> ManagedInstances:
    """Ids of the instances that Systems Manager knows."""
    return ManagedInstances(frozenset(instance.instance_id for instance in instances))


class Document(
    Resource,
    id="name",
    arn="arn:{partition}:ssm:{region}:{account_id}:document/{name}",
    type="AwsSsmPatchCompliance",
    group="devops",
    noun="SSM document",
    gone=["InvalidDocument"],
):
    """What the account wrote for Systems Manager to do; those of others and of Amazon are not listed."""

    source = listing("ssm", "ListDocuments", "DocumentIdentifiers", Filters=[{"Key": "Owner", "Values": ["Self"]}])
    name: str


class DocumentContent(Facet[Document]):
    """The default version of a document, which AWS makes JSON of where it can."""

    source = call("ssm", "GetDocument", Name="name")
    content: str


def content_of(_document: Document, content: DocumentContent) -> dict[str, str]:
    """The whole of it, a member or item of JSON a line."""
    try:
        text = orjson.dumps(orjson.loads(content.content), option=orjson.OPT_INDENT_2).decode()
    except ValueError:
        text = content.content
    return {"": text}


class DocumentSecrets(FoundSecrets, Facet[Document]):
    """What a document gives away."""

    source = secrets_in(content_of)


class DocumentSharing(Facet[Document]):
    """Who else may run a document."""

    source = call("ssm", "DescribeDocumentPermission", Name="name", PermissionType=constant("Share"), pages=True)
    account_ids: tuple[str, ...]
    """Ids of accounts; `all`, in whichever case, is everybody
    (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocumentPermission.html)."""

    @property
    def is_public(self) -> bool:
        """Whether everybody may run it."""
        return any(each.lower() == "all" for each in self.account_ids)


@source("ssm:ListResourceComplianceSummaries")
async def patch_summaries(region: Region, aws: Aws) -> list[Any] | Failure:
    """Those of a region. Of other things than patches there are items of their own, which are left out."""
    found = await aws.items(
        "ssm",
        "ListResourceComplianceSummaries",
        "ResourceComplianceSummaryItems[?!ComplianceType || ComplianceType == 'Patch']",
        Filters=optional([{"Key": "ComplianceType", "Values": ["Patch"], "Type": "EQUAL"}]),
    )
    if isinstance(found, Failure):
        return found
    return [{**item, "Arn": arn_of(str(item.get("ResourceId", "")), region)} for item in found]


def arn_of(instance_id: str, region: Region) -> str:
    """That of an EC2 instance, or of a machine elsewhere that was activated here
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
    """
    service, kind = ("ssm", "managed-instance") if instance_id.startswith("mi-") else ("ec2", "instance")
    return f"arn:{region.account.partition}:{service}:{region.name}:{region.account.id}:{kind}/{instance_id}"


class PatchCompliance(
    Resource, id="resource_id", type="AwsSsmPatchCompliance", group="devops", noun="Managed instance"
):
    """Whether an instance has its patches."""

    source = patch_summaries
    resource_id: str
    arn: str
    compliance_type: str
    status: str

    @property
    def patch_status(self) -> str:
        """Raises UnreadableError where AWS left out what the status is about."""
        return self.status if self.compliance_type else ""
