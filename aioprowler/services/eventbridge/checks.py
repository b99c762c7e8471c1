"""How event buses, global endpoints and schema registries are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.resource_policies import TrustedAccounts, closed_to_public, closed_to_strangers
from aioprowler.judging.verdicts import enabled, told
from aioprowler.services.eventbridge.resources import (
    EventBus,
    GlobalEndpoint,
    SchemaRegistry,
    SchemaRegistryPolicy,
)


@check(
    fails="Event bus lets other accounts in",
    severity="high",
    categories=["identity-access", "trust-boundaries"],
)
def eventbridge_bus_cross_account_access(bus: EventBus, *, trusted_account_ids: TrustedAccounts = ()) -> Verdict:
    """Event buses let in no other accounts.

    Those in `trusted_account_ids` are none, and neither is the organization that a condition names.

    ## Risk
    Events of a stranger set off the account's rules, and with them functions, queues and workflows.

    ## Remediation
    Take the statement away: `aws events remove-permission --region <region> --event-bus-name <event-bus> --statement-id
    <your-statement-id>`.

    ## References
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions-manage.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """
    return closed_to_strangers(bus.label, bus.policy, bus.account.id, trusted_account_ids)


@check(fails="Event bus lets anyone in", severity="high", categories=["internet-exposed"])
def eventbridge_bus_exposed(bus: EventBus) -> Verdict:
    """Event buses do not let just anyone in.

    The bus's policy lets anyone in where no condition ties the request to somebody in particular, such as an account or
    an organization.

    ## Risk
    Events of anybody in the world set off the account's rules, and with them functions, queues and workflows.

    ## Remediation
    Take the statement away: `aws events remove-permission --region <region> --event-bus-name <event-bus> --statement-id
    <your-statement-id>`.

    ## References
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions-manage.html
    """
    return closed_to_public(bus.label, bus.policy)


@check(fails="Global endpoint does not replicate events", severity="medium", categories=["resilience"])
def eventbridge_global_endpoint_event_replication_enabled(endpoint: GlobalEndpoint) -> Verdict:
    """Global endpoints of EventBridge replicate events to both regions.

    ## Risk
    After a failover, events that the failed region took are missing in the other one, and nothing fails back on its
    own.

    ## Remediation
    Turn replication on, with a role that may send to both buses: `aws events update-endpoint --region <region> --name
    <global-endpoint> --replication-config State=ENABLED --role-arn <your-role-arn>`.

    ## References
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html
    """
    replication = told(endpoint.replication_config, "ReplicationConfig")
    return enabled(endpoint.label, "event replication", replication.state)


@check(
    fails="Schema registry lets other accounts in",
    severity="high",
    categories=["identity-access", "trust-boundaries"],
)
def eventbridge_schema_registry_cross_account_access(
    registry: SchemaRegistry, policy: SchemaRegistryPolicy | None, *, trusted_account_ids: TrustedAccounts = ()
) -> Verdict | None:
    """Schema registries let in no other accounts.

    Registries with a policy are judged, but for AWS's own. Accounts in `trusted_account_ids` are no others, and neither
    is the organization that a condition names.

    ## Risk
    Schemas tell a stranger what the account's events are like, and one that is changed breaks the code that is made
    of it.

    ## Remediation
    Take the policy away, or put another in its place: `aws schemas delete-resource-policy --region <region>
    --registry-name <schema-registry>`.

    ## References
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema-registry.html
    https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-policy.html
    """
    if policy is None:
        return None
    return closed_to_strangers(registry.label, policy.policy, registry.account.id, trusted_account_ids)
