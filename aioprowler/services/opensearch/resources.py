"""Domains of OpenSearch, and of Elasticsearch, which came before it."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Resource, States, batch, field, listing
from aioprowler.judging.policies import Policy

BATCH: Final = 5
"""Domains of which one call tells
(https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DescribeDomains.html)."""


class Switch(msgspec.Struct, frozen=True, rename="pascal"):
    """Something that is off unless it is turned on."""

    enabled: bool = False


OFF: Final = Switch()


class ClusterConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The nodes of a domain. They are in one zone, and none is a dedicated master, unless it was made otherwise
    (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_ClusterConfig.html).
    """

    instance_count: int | None = None
    """How many nodes hold data."""
    zone_awareness_enabled: bool = False
    dedicated_master_enabled: bool = False
    dedicated_master_count: int | None = None


class Endpoint(msgspec.Struct, frozen=True, rename="pascal"):
    """How a domain is spoken to; HTTP will do unless HTTPS is demanded
    (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html).
    """

    enforces_https: bool = msgspec.field(name="EnforceHTTPS", default=False)


class AccessControl(msgspec.Struct, frozen=True, rename="pascal"):
    """Fine-grained access control, and who knows the users
    (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html).
    """

    enabled: bool = False
    internal_user_database_enabled: bool = False
    saml: Switch = msgspec.field(name="SAMLOptions", default=OFF)


class Network(msgspec.Struct, frozen=True, rename="pascal"):
    """The VPC of a domain that is in one."""

    vpc_id: str = msgspec.field(name="VPCId", default="")


class Software(msgspec.Struct, frozen=True, rename="pascal"):
    """The software of the service on a domain, which is not the version of its engine."""

    current_version: str = ""
    new_version: str = ""
    """The one that it may be updated to, if there is any."""
    update_available: bool | None = None

    @property
    def newer(self) -> str:
        """The version that it has not got yet."""
        return "" if self.new_version == self.current_version else self.new_version


class Domain(
    Resource,
    id="name",
    arn="arn:{partition}:es:{region}:{account_id}:domain/{name}",
    type="AwsOpenSearchServiceDomain",
    group="database",
    noun="OpenSearch domain",
):
    """A cluster of OpenSearch or Elasticsearch.

    What is not told of it is off: nothing of it is on unless it was turned on
    (https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html).
    """

    source = listing(
        "opensearch",
        "ListDomainNames",
        "DomainNames",
        detail=batch(
            "opensearch",
            "DescribeDomains",
            "DomainStatusList",
            ids="DomainNames",
            owner_key="name",
            reply_key="DomainName",
            size=BATCH,
        ),
        states=States("state", over=["Deleting"], not_yet=["Creating"]),
    )
    name: str = field(name="DomainName")
    deleted: bool = False
    processing: str = field(name="DomainProcessingStatus", default="")
    engine_version: str = ""
    cluster: ClusterConfig = field(name="ClusterConfig")
    access_policies: Policy | None = None
    vpc: Network = field(name="VPCOptions", default=Network())
    endpoint: Endpoint = field(name="DomainEndpointOptions", default=Endpoint())
    encryption_at_rest: Switch = field(name="EncryptionAtRestOptions", default=OFF)
    node_to_node_encryption: Switch = field(name="NodeToNodeEncryptionOptions", default=OFF)
    access_control: AccessControl = field(name="AdvancedSecurityOptions", default=AccessControl())
    cognito: Switch = field(name="CognitoOptions", default=OFF)
    logs: dict[str, Switch] = field(name="LogPublishingOptions", default={})
    software: Software | None = field(name="ServiceSoftwareOptions", default=None)

    @property
    def state(self) -> str:
        """What happens to it; AWS goes on telling of a domain until nothing is left of it."""
        return "Deleting" if self.deleted else self.processing

    @property
    def published(self) -> list[str]:
        """The logs that it sends to CloudWatch Logs."""
        return [kind for kind, log in self.logs.items() if log.enabled]
