from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Check, Fail, Pass, UnreadableError
from aioprowler.services.cloudfront.resources import Distribution
from aioprowler.services.ec2.resources.network import ElasticIp
from aioprowler.services.elb.resources import ClassicLoadBalancer
from aioprowler.services.elbv2.resources import LoadBalancer
from aioprowler.services.globalaccelerator.resources import Accelerator
from aioprowler.services.route53.resources import HostedZone, ZoneConfig, ZoneId
from aioprowler.services.shield import checks
from aioprowler.services.shield.resources import Protection, Protections
from tests.services.made import made
from tests.worlds.world import World, denied, findings_of


def zone(private: bool = False) -> HostedZone:
    return HostedZone(zone_id=ZoneId("Z1"), name="example.com.", config=ZoneConfig(private_zone=private))


def balancer(**changed: Any) -> LoadBalancer:
    told: dict[str, Any] = {"name": "web", "arn": "arn:web", "type": "application", "scheme": "internet-facing"}
    return made(LoadBalancer, **told | changed)


RESOURCES: list[tuple[Check[Any, Any], Any]] = [
    (checks.shield_advanced_protection_in_associated_elastic_ips, ElasticIp(public_ip="3.5.0.1", allocation_id="e1")),
    (checks.shield_advanced_protection_in_classic_load_balancers, made(ClassicLoadBalancer, name="old")),
    (checks.shield_advanced_protection_in_cloudfront_distributions, made(Distribution, id="D1", arn="arn:D1")),
    (checks.shield_advanced_protection_in_global_accelerators, Accelerator(arn="arn:a", name="a")),
    (checks.shield_advanced_protection_in_internet_facing_load_balancers, balancer()),
    (checks.shield_advanced_protection_in_route53_hosted_zones, zone()),
]
CHECKS = [check.id for check, _ in RESOURCES]


@pytest.mark.parametrize(("check", "resource"), RESOURCES, ids=CHECKS)
def test_what_is_protected_is_named_by_its_arn(check: Check[Any, Any], resource: Any) -> None:
    others = Protections(protections=(Protection(resource_arn=f"{resource.arn}0"),))
    assert isinstance(check(resource, others), Fail)
    assert isinstance(check(resource, Protections(protections=(Protection(resource_arn=resource.arn),))), Pass)


def test_arns_are_as_shield_has_them() -> None:
    assert RESOURCES[0][1].arn == "arn:aws:ec2:us-east-1:123456789012:eip-allocation/e1"
    assert RESOURCES[1][1].arn == "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/old"
    assert zone().arn == "arn:aws:route53:::hostedzone/Z1"


def test_what_the_internet_does_not_reach_is_not_judged() -> None:
    none = Protections(protections=())
    check = checks.shield_advanced_protection_in_internet_facing_load_balancers
    assert check(balancer(scheme="internal"), none) is None
    assert check(balancer(type="network"), none) is None
    assert check(balancer(type="gateway", scheme=None), none) is None
    with pytest.raises(UnreadableError, match="Scheme"):
        check(balancer(scheme=None), none)
    assert checks.shield_advanced_protection_in_route53_hosted_zones(zone(private=True), none) is None


ADDRESS = {"ec2:DescribeAddresses": {"Addresses": [{"PublicIp": "3.5.0.1", "AllocationId": "e1"}]}}
STATE, PROTECTIONS = "shield:GetSubscriptionState", "shield:ListProtections"


def test_without_a_subscription_nothing_is_said_and_nothing_listed() -> None:
    world = World({**ADDRESS, STATE: {"SubscriptionState": "INACTIVE"}})
    assert findings_of(world, *CHECKS) == []
    assert dict(world.calls) == {STATE: 1}


def test_with_a_subscription_everything_is_judged() -> None:
    world = World({**ADDRESS, STATE: {"SubscriptionState": "ACTIVE"}, PROTECTIONS: {"Protections": []}})
    assert {(each.status, each.resource_id) for each in findings_of(world, *CHECKS)} == {("FAIL", "e1")}


@pytest.mark.parametrize("operation", [STATE, PROTECTIONS])
def test_who_may_not_ask_for_the_subscription_does_not_know(operation: str) -> None:
    world = World({**ADDRESS, STATE: {"SubscriptionState": "ACTIVE"}, operation: denied()})
    found = findings_of(world, CHECKS[0])
    assert {each.status for each in found} == {"MANUAL"}
    assert all(operation in each.status_detail for each in found)


def test_elastic_addresses_are_told_by_their_allocation_and_those_of_carriers_are_not_judged() -> None:
    check = checks.shield_advanced_protection_in_associated_elastic_ips
    nothing = Protections(protections=())
    found = check(ElasticIp(public_ip="3.5.0.1", allocation_id="eipalloc-1"), nothing)
    assert isinstance(found, Fail)
    assert found.resource_id == "eipalloc-1"
    assert check(ElasticIp(allocation_id="eipalloc-2"), nothing) is None


def test_a_staging_distribution_is_protected_with_its_primary() -> None:
    staging = made(Distribution, id="D2", arn="arn:D2", staging=True)
    check = checks.shield_advanced_protection_in_cloudfront_distributions
    assert check(staging, Protections(protections=())) is None
