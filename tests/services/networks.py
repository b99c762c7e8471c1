"""Networks of a region, with as little in them as a test needs."""

from __future__ import annotations

from aioprowler.judging.ports import IpRange, Rule
from aioprowler.services.ec2.resources.exposure import Exposure, exposure
from aioprowler.services.ec2.resources.firewall import RulePrefixLists, SecurityGroup, security_group_index
from aioprowler.services.vpc.resources import Route, RoutePrefixLists, RouteTable, RouteTableAssociation, routing

INTERNET = Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1", state="active")


def network_of(*tables: RouteTable, groups: tuple[SecurityGroup, ...] = ()) -> Exposure:
    found: Exposure = exposure(security_group_index(groups, RulePrefixLists()), routing(tables, RoutePrefixLists()))
    return found


def network(*rules: Rule, is_public: bool = True) -> Exposure:
    """The VPC vpc-1, whose subnets all have a route to the internet or none, with the security group sg-1."""
    main = (RouteTableAssociation(main=True),)
    routes = (INTERNET,) if is_public else ()
    table = RouteTable(route_table_id="rtb-1", vpc_id="vpc-1", routes=routes, associations=main)
    return network_of(table, groups=(SecurityGroup(group_id="sg-1", ingress=rules),))


def to_anyone(port: int) -> Rule:
    return Rule(ip_protocol="tcp", from_port=port, to_port=port, ip_ranges=(IpRange(cidr_ip="0.0.0.0/0"),))
