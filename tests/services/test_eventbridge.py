"""EventBridge's checks on literals."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass, UnreadableError
from aioprowler.judging.policies import Policy
from aioprowler.services.eventbridge.checks import (
    eventbridge_bus_cross_account_access,
    eventbridge_bus_exposed,
    eventbridge_global_endpoint_event_replication_enabled,
    eventbridge_schema_registry_cross_account_access,
)
from aioprowler.services.eventbridge.resources import (
    EventBus,
    GlobalEndpoint,
    Replication,
    SchemaRegistry,
    SchemaRegistryPolicy,
)

OWN, OTHER = Account(id="123456789012"), "999999999999"


def allow(principal: Any, **conditions: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": "*"}
    return Policy.parse({"Statement": {**statement, **({"Condition": conditions} if conditions else {})}})


ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}


@pytest.mark.parametrize(
    ("policy", "exposed", "crossed"),
    [
        (None, Pass, Pass),
        (allow("*"), Fail, Fail),
        (allow("*", **ORGANIZATION), Pass, Pass),
        (allow("*", StringEquals={"aws:SourceAccount": OTHER}), Pass, Fail),
        (allow({"AWS": f"arn:aws:iam::{OTHER}:root"}), Pass, Fail),
        (allow({"AWS": "arn:aws:iam::123456789012:root"}), Pass, Pass),
        (allow({"Service": "s3.amazonaws.com"}), Pass, Pass),
    ],
)
def test_who_gets_at_a_bus(policy: Policy | None, exposed: type, crossed: type) -> None:
    bus = EventBus(name="orders", arn="arn", policy=policy, account=OWN)
    assert isinstance(eventbridge_bus_exposed(bus), exposed)
    found = eventbridge_bus_cross_account_access(bus)
    assert isinstance(found, Manual if crossed is Fail and isinstance(found, Manual) else crossed)
    if policy is not None and crossed is Fail and exposed is Pass:
        assert isinstance(eventbridge_bus_cross_account_access(bus, trusted_account_ids=(OTHER,)), Pass)


@pytest.mark.parametrize(("state", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("SOMEWHAT", Manual)])
def test_replication(state: str, verdict: type) -> None:
    endpoint = GlobalEndpoint(name="e", arn="arn", state="ACTIVE", replication_config=Replication(state=state))
    assert isinstance(eventbridge_global_endpoint_event_replication_enabled(endpoint), verdict)


def test_replication_that_aws_does_not_tell_is_not_taken_for_either() -> None:
    with pytest.raises(UnreadableError):
        eventbridge_global_endpoint_event_replication_enabled(GlobalEndpoint(name="e", arn="arn"))


def test_registries_of_awss_own_are_not_the_accounts() -> None:
    assert SchemaRegistry(name="aws.events", arn="arn", account=OWN).owner == "aws"
    assert SchemaRegistry(name="discovered-schemas", arn="arn", account=OWN).owner == OWN.id


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [(allow({"AWS": OTHER}), Fail), (allow({"AWS": OWN.id}), Pass), (allow("*", **ORGANIZATION), Pass), (None, None)],
)
def test_who_gets_at_a_registry(policy: Policy | None, verdict: type | None) -> None:
    registry = SchemaRegistry(name="orders", arn="arn", account=OWN)
    found = eventbridge_schema_registry_cross_account_access(
        registry, SchemaRegistryPolicy(policy=policy) if policy else None
    )
    assert found is None if verdict is None else isinstance(found, verdict)
    if policy is not None and verdict is Fail:
        trusting = eventbridge_schema_registry_cross_account_access(
            registry, SchemaRegistryPolicy(policy=policy), trusted_account_ids=(OTHER,)
        )
        assert isinstance(trusting, Pass)
