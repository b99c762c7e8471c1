"""What of a region's network lets the internet reach an instance."""

from __future__ import annotations

import msgspec

from aioprowler import Here, derive
from aioprowler.services.ec2.resources.firewall import SecurityGroup
from aioprowler.services.rds.resources import DBInstance
from aioprowler.services.vpc.resources import Routing


class Exposure(msgspec.Struct, frozen=True):
    """The security groups of a region by id, and its routes."""

    groups: dict[str, SecurityGroup]
    routing: Routing

    def open_group(self, instance: DBInstance) -> str | None:
        """An active security group of the instance that admits any address to its port."""
        for membership in instance.vpc_security_groups:
            group = self.groups.get(membership.vpc_security_group_id)
            if group and membership.status == "active" and admits_anyone(group, instance.port):
                return group.group_id
        return None

    def public_subnet(self, instance: DBInstance) -> str | None:
        """An active subnet of the instance with a route to the internet."""
        group = instance.subnet_group
        if group is None:
            return None
        main = self.routing.main.get(group.vpc_id or "")
        for subnet in group.subnets:
            table = self.routing.by_subnet.get(subnet.subnet_identifier, main)
            if subnet.subnet_status == "Active" and table and table.leads_to_internet:
                return subnet.subnet_identifier
        return None


def admits_anyone(group: SecurityGroup, port: int | None) -> bool:
    return port is not None and any(rule.is_for_anyone and rule.covers("tcp", port) for rule in group.ingress)


@derive
def exposure(groups: Here[SecurityGroup], routing: Routing) -> Exposure:
    return Exposure({group.group_id: group for group in groups}, routing)
