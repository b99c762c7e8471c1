"""How subnets are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.verdicts import pass_if
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
    `aws ec2 modify-subnet-attribute --region <region> --subnet-id <subnet> --no-map-public-ip-on-launch`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
    """
    if subnet.subnet_id not in use.subnets and not scan_unused_services:
        return None
    return pass_if(
        not subnet.map_public_ip_on_launch,
        f"{subnet.label} does not assign public addresses by default.",
        f"{subnet.label} assigns public addresses by default.",
    )
