"""How subnets are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.vpc.resources import NetworkUse, Subnet


@check(fails="Subnet assigns public IPv4 addresses by default", severity="high", categories=["internet-exposed"])
def vpc_subnet_no_public_ip_by_default(
    subnet: Subnet, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Subnets in use do not assign public IPv4 addresses by default.

    Where a subnet does, every instance launched into it without a word about addresses gets a public one. A subnet
    without any network interface is judged only with `--scan-unused-services`.

    ## Risk
    Instances become reachable from the internet because nobody said otherwise, and only their security groups stand
    between them and every scanner.

    ## Remediation
    `aws ec2 modify-subnet-attribute --subnet-id <subnet> --no-map-public-ip-on-launch`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
    """
    if subnet.subnet_id not in use.subnets and not scan_unused_services:
        return None
    if subnet.map_public_ip_on_launch:
        return Fail(f"Subnet {subnet.subnet_id} assigns public addresses by default.")
    return Pass(f"Subnet {subnet.subnet_id} does not assign public addresses by default.")
