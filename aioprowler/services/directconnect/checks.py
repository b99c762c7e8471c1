"""How the redundancy of Direct Connect is judged."""

from __future__ import annotations

from collections.abc import Sequence

from aioprowler import Fail, Here, Pass, Region, Seen, Verdict, check
from aioprowler.judging.delegation import untold
from aioprowler.services.directconnect.resources import Connection, Gateway, VirtualInterface


@check(
    fails="Region has no redundant Direct Connect connections",
    severity="medium",
    categories=["resilience"],
    about=Connection,
    resource_id="unknown",
    resource_arn="arn:{partition}:directconnect:{region}:{account_id}:dxcon",
)
def directconnect_connection_redundancy(region: Region, connections: Here[Connection]) -> Verdict | None:
    """Direct Connect connections of a region are several, at more than one location.

    Each region with connections is judged. One counts once it is in place, whether it is up or down; a region in which
    connections are only ordered is not judged.

    ## Risk
    One cut line, or one building without power, and the company's network is cut off from AWS.

    ## Remediation
    Order a connection at another location, for which the Resiliency Toolkit knows the models: `aws directconnect
    create-connection --region <region> --location <your-location> --bandwidth 1Gbps --connection-name
    <your-connection-name>`

    ## References
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/resiliency_toolkit.html
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/disaster-recovery-resiliency.html
    """
    in_place = [each for each in connections if each.is_in_place]
    if not in_place:
        return None
    label = f"Direct Connect in {region.name}"
    if len(in_place) == 1:
        return Fail(f"{label} has only one connection, {in_place[0].connection_id}.")
    locations = sorted({each.location for each in in_place})
    told = f"{label} has {len(in_place)} connections at {', '.join(locations)}"
    return Pass(f"{told}.") if len(locations) > 1 else Fail(f"{told}, the only location.")


@check(fails="Gateway is reached by no redundant virtual interfaces", severity="medium", categories=["resilience"])
def directconnect_virtual_interface_redundancy(gateway: Gateway, interfaces: Seen[VirtualInterface]) -> Verdict | None:
    """Gateways are reached by several virtual interfaces, on more than one connection.

    Judged is each virtual private gateway and each Direct Connect gateway that an interface leads to. A Direct Connect
    gateway is in no region: its interfaces of all scanned regions count, and it is judged once, in the first of them.
    An interface counts once it is set up, whether it is up or down.

    ## Risk
    One line or one router fails, and the VPCs behind the gateway are cut off from the company's network.

    ## Remediation
    Add an interface to the gateway, on a connection at another location: `aws directconnect
    create-private-virtual-interface --region <region> --connection-id <your-connection-id>
    --new-private-virtual-interface file://<your-interface.json>`

    ## References
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/resiliency_toolkit.html
    https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html
    """
    leading = [each for each in interfaces.items if each.is_in_place and (gateway.kind, gateway.id) in each.gateways]
    if gateway.region != min(each.region for each in leading):
        return None
    verdict = _redundant(gateway.label, leading)
    if isinstance(verdict, Fail) and interfaces.gap and gateway.is_global:
        return untold(f"whether further virtual interfaces lead to {gateway.label}", interfaces.gap)
    return verdict


def _redundant(label: str, interfaces: Sequence[VirtualInterface]) -> Pass | Fail:
    if len(interfaces) == 1:
        return Fail(f"{label} is reached by only one virtual interface, {interfaces[0].virtual_interface_id}.")
    connections = sorted({each.connection_id for each in interfaces})
    told = f"{label} is reached by {len(interfaces)} virtual interfaces on {', '.join(connections)}"
    return Pass(f"{told}.") if len(connections) > 1 else Fail(f"{told}, the only connection.")
