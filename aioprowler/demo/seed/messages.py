"""Topics, queues and event buses."""

from __future__ import annotations

from typing import Any

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document
from aioprowler.demo.seed.keys import EVERYBODY, owner


def seed_production(clients: Clients, key: str) -> str:
    """Give production a topic and a queue that are encrypted with a key, and a bus; return the topic's ARN."""
    alerts = add_topic(clients, "alerts", KmsMasterKeyId=key)
    clients("sns").subscribe(TopicArn=alerts, Protocol="https", Endpoint="https://on-call.example.com/alerts")
    clients("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    clients("events").create_event_bus(Name="orders")
    return alerts


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox a topic, a queue and a bus for everybody, in the clear."""
    topic = add_topic(clients, "news", Policy=document(EVERYBODY | {"Action": "sns:Publish"}))
    clients("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint="http://listener.example.com/news")
    policy = document(EVERYBODY | {"Action": "sqs:SendMessage"})
    clients("sqs").create_queue(QueueName="inbox", Attributes={"Policy": policy, "SqsManagedSseEnabled": "false"})
    clients("events").create_event_bus(Name="experiments")
    clients("events").put_permission(
        EventBusName="experiments", Action="events:PutEvents", Principal="*", StatementId="everybody"
    )


def add_topic(clients: Clients, name: str, **attributes: Any) -> str:
    """Create a topic, of its own account unless a policy says otherwise, and return its ARN."""
    attributes.setdefault("Policy", document(owner(clients) | {"Action": "sns:Publish"}))
    return str(clients("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])
