"""How connections of a VPC to other networks are judged."""

from __future__ import annotations

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.addresses import is_whole_internet
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.vpc.resources import Routing, VpcPeeringConnection, VpnConnection


@check(
    fails="VPC peering connection has routes to whole networks",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
)
def vpc_peering_routing_tables_with_least_privilege(peering: VpcPeeringConnection, routing: Routing) -> Verdict:
    """Routes over peering connections lead to parts of the other VPC, not to all of it.

    The routes of the region that go over the connection are judged: together they may be neither for the internet nor
    for the whole address range of either VPC. A prefix list stands for its entries.

    ## Risk
    An intruder in one network gets a route to every machine of the other, also to those that never had a reason to
    talk to each other.

    ## Remediation
    Route only the subnets that need each other:
    ```
    aws ec2 create-route --region <region> --route-table-id <your-route-table> \\
      --destination-cidr-block <your-cidr> --vpc-peering-connection-id <vpc-peering-connection>
    aws ec2 delete-route --region <region> --route-table-id <your-route-table> --destination-cidr-block <your-vpc-cidr>
    ```

    ## References
    https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-partial-access.html
    """
    ranges = [*peering.requester.cidrs, *peering.accepter.cidrs]
    routed = routing.over(peering)
    known = [each for each in dict.fromkeys(ranges) if each]
    whole = ["the internet"] if routed.is_whole_internet else [each for each in known if routed.covers(each)]
    if whole:
        named = [
            each
            for each in routing.named_over(peering)
            if each["vpc_cidr"] in known or is_whole_internet((each["vpc_cidr"],))
        ]
        return Fail(f"{peering.label} has routes to whole networks: {', '.join(whole)}.", names=tuple(named))
    if unknown := routing.unknown_over(peering):
        return Manual(f"{peering.label} has routes of which it is not known where they lead: {unknown}.")
    if routed and None in ranges:
        return Manual(f"Could not look: AWS did not tell CidrBlock of both VPCs of {peering.label}.")
    return Pass(f"{peering.label} has no route to a whole network.")


@check(fails="VPN connection has a tunnel that is down", severity="medium", categories=["resilience"])
def vpc_vpn_connection_tunnels_up(connection: VpnConnection) -> Verdict | None:
    """Both tunnels of site-to-site VPN connections are up.

    AWS gives each connection two tunnels and takes one down now and then for maintenance; the other must carry on. A
    connection that has no tunnels, as while it is being made, is not judged.

    ## Risk
    With one tunnel left, the next maintenance or fault cuts the site off from the VPC.

    ## Remediation
    Look at the state with `aws ec2 describe-vpn-connections --region <region> --vpn-connection-ids <vpn-connection>`
    and configure the customer's gateway for both tunnels.

    ## References
    https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
    """
    if not connection.tunnels:
        return None
    up = [tunnel.status == "UP" for tunnel in connection.tunnels]
    counted = f"{connection.label} has {sum(up)} of {max(len(up), 2)} tunnels up."
    return pass_if(len(up) > 1 and all(up), counted, counted)
