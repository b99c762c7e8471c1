from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.networkfirewall.checks import (
    networkfirewall_deletion_protection,
    networkfirewall_in_all_vpc,
    networkfirewall_logging_enabled,
    networkfirewall_multi_az,
    networkfirewall_policy_default_action_fragmented_packets,
    networkfirewall_policy_default_action_full_packets,
    networkfirewall_policy_rule_group_associated,
)
from aioprowler.services.networkfirewall.resources import (
    AssociatedVpc,
    AssociatedVpcs,
    EndpointAssociation,
    Firewall,
    FirewalledVpcs,
    FirewallLogging,
    FirewallPolicy,
    LogDestination,
    RuleGroup,
    Settings,
    Status,
    SubnetMapping,
    ZoneMapping,
    associated_vpcs,
    firewalled_vpcs,
)
from aioprowler.services.vpc.resources import NetworkUse, Vpc
from tests.services.made import made

ARN = "arn:aws:network-firewall:us-east-1:123456789012:firewall/edge"
POLICY_ARN = "arn:aws:network-firewall:us-east-1:999999999999:firewall-policy/shared"


def firewall(**settings: Any) -> Firewall:
    return Firewall(name="edge", arn=ARN, settings=Settings(**settings))


def policy(whole: Sequence[str] = ("aws:drop",), fragments: Sequence[str] = ("aws:drop",), **groups: Any) -> Any:
    return FirewallPolicy(default_actions=tuple(whole), fragment_actions=tuple(fragments), **groups)


EDGE = firewall(firewall_policy_arn=POLICY_ARN)


@pytest.mark.parametrize(("protected", "verdict"), [(True, Pass), (False, Fail)])
def test_deletion_protection(protected: bool, verdict: type) -> None:
    assert isinstance(networkfirewall_deletion_protection(firewall(delete_protection=protected)), verdict)


def test_protection_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="DeleteProtection"):
        networkfirewall_deletion_protection(EDGE)


DEFAULT_ACTIONS = pytest.mark.parametrize(
    ("actions", "verdict"),
    [
        (["aws:drop"], Pass),
        (["aws:forward_to_sfe"], Pass),
        (["metrics", "aws:forward_to_sfe"], Pass),
        (["aws:pass"], Fail),
        (["aws:pass", "metrics"], Fail),
        (["drop"], Fail),
        ([], Fail),
        (["aws:reroute"], Manual),
        (["aws:reroute", "aws:drop"], Pass),
        (["aws:reroute", "aws:pass"], Fail),
    ],
)


@DEFAULT_ACTIONS
def test_default_actions(actions: list[str], verdict: type) -> None:
    """A name without `aws:` is a user's own, which tells of a packet and does nothing else with it."""
    others = ["aws:drop"] if verdict is Fail else ["aws:pass"]
    whole = networkfirewall_policy_default_action_full_packets(EDGE, policy(actions, others))
    fragments = networkfirewall_policy_default_action_fragmented_packets(EDGE, policy(others, actions))
    assert isinstance(whole, verdict)
    assert isinstance(fragments, verdict)


@pytest.mark.parametrize(
    ("groups", "verdict"),
    [
        ({"stateless_groups": (RuleGroup(),)}, Pass),
        ({"stateful_groups": (RuleGroup(),)}, Pass),
        ({}, Fail),
    ],
)
def test_rule_groups(groups: dict[str, Any], verdict: type) -> None:
    assert isinstance(networkfirewall_policy_rule_group_associated(EDGE, policy(**groups)), verdict)


@pytest.mark.parametrize(
    "check",
    [
        networkfirewall_policy_default_action_full_packets,
        networkfirewall_policy_default_action_fragmented_packets,
        networkfirewall_policy_rule_group_associated,
    ],
)
def test_a_policy_that_aws_does_not_find_is_not_judged(check: Any) -> None:
    judged = check(EDGE, None)
    assert isinstance(judged, Manual)
    assert POLICY_ARN in judged.detail


def test_logging() -> None:
    logs = FirewallLogging(destinations=(LogDestination("ALERT", "S3"), LogDestination("FLOW", "CloudWatchLogs")))
    assert networkfirewall_logging_enabled(EDGE, logs) == Pass(
        "Network firewall edge logs traffic to S3 (ALERT), CloudWatchLogs (FLOW)."
    )
    assert isinstance(networkfirewall_logging_enabled(EDGE, FirewallLogging()), Fail)


def subnets(*ids: str) -> dict[str, Any]:
    return {"subnet_mappings": tuple(map(SubnetMapping, ids))}


def zones(*names: str) -> dict[str, Any]:
    return {"transit_gateway_id": "tgw-1", "availability_zone_mappings": tuple(map(ZoneMapping, names))}


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        (subnets("subnet-1", "subnet-2"), Pass),
        (subnets("subnet-1"), Fail),
        (subnets(), Fail),
        (zones("a", "b"), Pass),
        (zones("a"), Fail),
        (zones("a", "b") | subnets(), Pass),
    ],
)
def test_zones(settings: dict[str, Any], verdict: type) -> None:
    assert isinstance(networkfirewall_multi_az(firewall(**settings)), verdict)


@pytest.mark.parametrize("settings", [{}, {"transit_gateway_id": "tgw-1"}])
def test_zones_are_not_made_up(settings: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="Mappings"):
        networkfirewall_multi_az(firewall(**settings))


VPC = made(Vpc, vpc_id="vpc-1")
USED, UNUSED = NetworkUse(vpcs=frozenset({"vpc-1"})), NetworkUse()
HERE, ELSEWHERE = frozenset({"vpc-1"}), frozenset({"vpc-2"})
DENIED = Failure("denied", "network-firewall:ListVpcEndpointAssociations", "AccessDeniedException")


@pytest.mark.parametrize(
    ("own", "associated", "verdict"),
    [
        (HERE, AssociatedVpcs(ELSEWHERE), Pass),
        (ELSEWHERE, AssociatedVpcs(HERE), Pass),
        (ELSEWHERE, AssociatedVpcs(frozenset()), Fail),
        (HERE, DENIED, Pass),
    ],
)
def test_vpcs(own: frozenset[str], associated: AssociatedVpcs | Failure, verdict: type) -> None:
    assert isinstance(networkfirewall_in_all_vpc(VPC, FirewalledVpcs(own), associated, USED), verdict)


def test_a_vpc_may_have_an_endpoint_that_nobody_could_see() -> None:
    with pytest.raises(GapError):
        networkfirewall_in_all_vpc(VPC, FirewalledVpcs(ELSEWHERE), DENIED, USED)


def test_a_vpc_that_nothing_is_in_is_judged_on_request() -> None:
    own, associated = FirewalledVpcs(frozenset()), AssociatedVpcs(frozenset())
    assert networkfirewall_in_all_vpc(VPC, own, associated, UNUSED) is None
    judged = networkfirewall_in_all_vpc(VPC, own, associated, UNUSED, scan_unused_services=True)
    assert isinstance(judged, Fail)


def test_a_firewall_at_a_transit_gateway_is_in_no_vpc_of_the_account() -> None:
    found = firewalled_vpcs((firewall(vpc_id="vpc-1"), firewall(vpc_id="vpc-2", transit_gateway_id="tgw-1")))
    assert found.ids == {"vpc-1"}


def test_an_endpoint_tells_its_vpc() -> None:
    association = EndpointAssociation(arn="arn", association=AssociatedVpc("vpc-1"))
    assert associated_vpcs((association,)).ids == {"vpc-1"}
    with pytest.raises(UnreadableError, match="VpcId of firewall endpoint arn"):
        associated_vpcs((EndpointAssociation(arn="arn", association=AssociatedVpc()),))


def test_an_endpoint_that_is_being_deleted_does_not_count() -> None:
    ending = EndpointAssociation(arn="arn", association=AssociatedVpc("vpc-1"), status=Status("DELETING"))
    assert not associated_vpcs((ending,)).ids


def test_a_firewall_is_whose_arn_it_has() -> None:
    assert EDGE.owner == "123456789012"
