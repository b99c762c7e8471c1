"""Topics, queues, event buses and mail, closed and open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, Statement, allow, deny, document
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

SERVICES: Final = ("eventbridge", "ses", "sns", "sqs")
ORGANIZATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}


def grants(action: str, resource: str, account_id: str) -> dict[str, list[Statement]]:
    """Policies by the name of what has them."""

    def to(principal: Any, **more: Any) -> list[Statement]:
        return [allow(action, resource, Principal=principal, **more)]

    return {
        "anyone": to("*"),
        "anyone-in-a-list": to({"AWS": ["*"]}),
        "own-source": to({"AWS": "*"}, Condition={"StringEquals": {"AWS:SourceOwner": account_id}}),
        "own-account": to("*", Condition={"StringEquals": {"aws:SourceAccount": account_id}}),
        "own-arn": to("*", Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{account_id}:*"}}),
        "bucket": to("*", Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::a-bucket"}}),
        "bucket-anywhere": to("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:a-bucket"}}),
        "organization": to("*", Condition=ORGANIZATION),
        "other-account": to({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}),
        "own-root": to({"AWS": f"arn:aws:iam::{account_id}:root"}),
        "tls-only": to("*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        "denial": [deny(action, resource, Principal="*")],
    }


def topics(clients: Clients) -> None:
    """Create topics with and without keys, policies and subscriptions."""
    sns = clients("sns")
    for name in grants("", "", ""):
        arn = str(sns.create_topic(Name=name)["TopicArn"])
        policy = document(*grants("sns:Publish", arn, clients.account_id)[name])
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    arn = str(sns.create_topic(Name="encrypted", Attributes={"KmsMasterKeyId": "alias/aws/sns"})["TopicArn"])
    for protocol, endpoint in (
        ("http", "http://example.com/hook"),
        ("https", "https://example.com/hook"),
        ("email", "alerts@example.com"),
    ):
        sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)
    clients("sns", SECOND_REGION).create_topic(Name="far")


def queues(clients: Clients) -> None:
    """Create queues with and without keys and policies."""
    sqs = clients("sqs")
    for name in grants("", "", ""):
        arn = f"arn:aws:sqs:{HOME_REGION}:{clients.account_id}:{name}"
        policy = document(*grants("sqs:SendMessage", arn, clients.account_id)[name])
        sqs.create_queue(QueueName=name, Attributes={"Policy": policy})
    sqs.create_queue(QueueName="kms", Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    sqs.create_queue(QueueName="plain", Attributes={"SqsManagedSseEnabled": "false"})
    clients("sqs", SECOND_REGION).create_queue(QueueName="far.fifo", Attributes={"FifoQueue": "true"})


def buses(clients: Clients) -> None:
    """Create event buses with and without policies, and global endpoints."""
    events = clients("events")
    for name in grants("", "", ""):
        arn = str(events.create_event_bus(Name=name)["EventBusArn"])
        policy = document(
            *({"Sid": "one", **each} for each in grants("events:PutEvents", arn, clients.account_id)[name])
        )
        events.put_permission(EventBusName=name, Policy=policy)
    events.create_event_bus(Name="plain")
    endpoints = [
        {
            "Name": name,
            "Arn": f"arn:aws:events:{HOME_REGION}:{clients.account_id}:endpoint/{name}",
            "State": "ACTIVE",
            "ReplicationConfig": {"State": state},
        }
        for name, state in (("replicating", "ENABLED"), ("alone", "DISABLED"))
    ]
    tell(clients, "events", "ListEndpoints", {"Endpoints": []}, SECOND_REGION)
    tell(clients, "events", "ListEndpoints", {"Endpoints": endpoints})


def registries(clients: Clients) -> None:
    """Tell of schema registries with and without policies, among them AWS's own."""
    policies = {
        name: document(*statements)
        for name, statements in grants("schemas:DescribeSchema", "*", clients.account_id).items()
    }
    owners = {**dict.fromkeys(policies, clients.account_id), "aws.events": "", "plain": clients.account_id}
    listed = [
        {"RegistryName": name, "RegistryArn": f"arn:aws:schemas:{HOME_REGION}:{owner}:registry/{name}", "Tags": {}}
        for name, owner in owners.items()
    ]

    def policy(asked: Mapping[str, Any]) -> dict[str, str]:
        if asked["RegistryName"] not in policies:
            raise AwsError("NotFoundException", "There is no policy.", 404)
        return {"Policy": policies[asked["RegistryName"]]}

    tell(clients, "schemas", "ListRegistries", {"Registries": []}, SECOND_REGION)
    tell(clients, "schemas", "ListRegistries", {"Registries": listed})
    tell(clients, "schemas", "GetResourcePolicy", policy)


def identities(clients: Clients) -> None:
    """Create SES identities that sign and that do not, with and without policies."""
    ses = clients("sesv2")
    told: dict[str, dict[str, Any]] = {}

    def identity(name: str, status: str, signs: bool, *policies: list[Statement]) -> None:
        ses.create_email_identity(EmailIdentity=name)
        told[name] = {
            "IdentityType": "DOMAIN",
            "DkimAttributes": {"Status": status, "SigningEnabled": signs},
            "Policies": {f"policy-{number}": document(*each) for number, each in enumerate(policies)},
            "Tags": [],
        }

    for status, signs in (
        ("SUCCESS", True),
        ("SUCCESS", False),
        ("PENDING", True),
        ("FAILED", True),
        ("NOT_STARTED", False),
    ):
        identity(f"{status.lower().replace('_', '-')}-{str(signs).lower()}.example.com", status, signs)
    for name, statements in grants("ses:SendEmail", "*", clients.account_id).items():
        identity(f"{name}.example.com", "SUCCESS", True, statements)
    public, closed = (grants("ses:SendEmail", "*", clients.account_id)[name] for name in ("anyone", "own-root"))
    identity("first.example.com", "SUCCESS", True, public, closed)
    identity("second.example.com", "SUCCESS", True, closed, public)
    tell(clients, "sesv2", "GetEmailIdentity", lambda asked: told[asked["EmailIdentity"]])


def events(clients: Clients) -> None:
    """Fill an account with what EventBridge has."""
    buses(clients)
    registries(clients)


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    topics(clients)
    queues(clients)
    events(clients)
    identities(clients)


STATES: Final = (
    State("messaging", "500000001211", seed, services=SERVICES),
    State(
        "messaging_trusted",
        "500000001212",
        events,
        services=("eventbridge",),
        config={"trusted_account_ids": [OTHER_ACCOUNT]},
    ),
)
