"""What of a region's network lets the internet reach what is in it: databases, clusters, brokers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aioprowler import derive
from aioprowler.judging.exposure import ANY_PORT, Reach, Way
from aioprowler.judging.ports import Rule, open_ports, opens_any_port
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.vpc.resources import Routing


class Exposure(msgspec.Struct, frozen=True):
    """The security groups and the routes of a region."""

    groups: SecurityGroupIndex
    routing: Routing

    def reach(
        self, groups: Sequence[str] | None, subnets: Sequence[str] | None, vpc_id: str, port: int | None
    ) -> Reach:
        """How far the internet gets to something in these security groups and subnets, by their ids; None of what is
        not known.
        """
        return Reach(port, self.open_group(groups, port), public_subnet(self.routing, subnets, vpc_id))

    def open_group(self, ids: Sequence[str] | None, port: int | None) -> Way:
        """Through the first of the security groups that admits any address to the TCP port (or to some port, with
        ANY_PORT), or through all together.
        """
        if ids is None:
            return Way(unknown="its security groups are not known")
        if port is None:
            return Way(unknown="its port is not known")
        together = self.groups.ingress(ids)
        if _opens(together.rules, port):
            alone = (id_ for id_ in ids if _opens(self.groups.ingress([id_]).rules, port))
            return Way(next(alone, " with ".join(ids)))
        if _opens(together.at_worst, port):
            return Way(unknown=f"whom its security groups let in is not all known: {together.told}")
        return Way()


def public_subnet(routing: Routing, ids: Sequence[str] | None, vpc_id: str) -> Way:
    """Through the first of the subnets with a route to the internet."""
    if ids is None:
        return Way(unknown="its subnets are not known")
    exits = {id_: routing.exit(id_, vpc_id) for id_ in ids}
    public = next((id_ for id_, exit_ in exits.items() if exit_.is_open), None)
    return Way(public, "" if public else next((exit_.unknown for exit_ in exits.values() if exit_.unknown), ""))


def _opens(rules: Sequence[Rule], port: int) -> bool:
    return opens_any_port(rules) if port == ANY_PORT else bool(open_ports(rules, "tcp", [port]))


@derive
def exposure(groups: SecurityGroupIndex, routing: Routing) -> Exposure:
    """What checks of any service ask whether something in the region is reached from the internet."""
    return Exposure(groups, routing)
