"""What of a region's network lets the internet reach what is in it: databases, clusters, brokers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aioprowler import derive
from aioprowler.judging.exposure import Reach
from aioprowler.judging.ports import open_ports
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.vpc.resources import Routing


class Exposure(msgspec.Struct, frozen=True):
    """The security groups and the routes of a region."""

    groups: SecurityGroupIndex
    routing: Routing

    def reach(self, groups: Iterable[str], subnets: Iterable[str], vpc_id: str, port: int | None) -> Reach:
        """How far the internet gets to something in these security groups and subnets, by their ids."""
        return Reach(port, self.open_group(groups, port), self.public_subnet(subnets, vpc_id))

    def open_group(self, ids: Iterable[str], port: int | None) -> str | None:
        """The first of the security groups that admits any address to the TCP port."""
        if port is None:
            return None
        groups = self.groups.of(ids)
        return next((group.group_id for group in groups if open_ports(group.ingress, "tcp", [port])), None)

    def public_subnet(self, ids: Iterable[str], vpc_id: str) -> str | None:
        """The first of the subnets with a route to the internet."""
        for subnet_id in ids:
            table = self.routing.table(subnet_id, vpc_id)
            if table and table.leads_to_internet:
                return subnet_id
        return None


@derive
def exposure(groups: SecurityGroupIndex, routing: Routing) -> Exposure:
    """What checks of any service ask whether something in the region is reached from the internet."""
    return Exposure(groups, routing)
