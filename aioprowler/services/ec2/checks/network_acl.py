"""How network ACLs are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.ec2.ports import TCP, admits_anyone
from aioprowler.services.ec2.resources.firewall import NetworkAcl, SecurityGroups


@check(severity="medium", categories=["internet-exposed"])
def ec2_networkacl_allow_ingress_tcp_port_22(
    acl: NetworkAcl, groups: SecurityGroups, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Network ACLs do not admit SSH (TCP port 22) from the internet.

    Of the entries for 0.0.0.0/0 that speak of the port, the one with the lowest number decides, and likewise of those
    for ::/0. Regions in which nobody made a security group are judged only with `--scan-unused-services`.

    ## Risk
    The ACL is the second wall, for the day when a security group is opened by mistake. This one would not hold.

    ## Remediation
    Admit SSH from known networks only, or deny it with a lower number:
    `aws ec2 create-network-acl-entry --network-acl-id <acl> --ingress --rule-number 50 --protocol tcp
    --port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action deny`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    if not groups.any_but_default and not scan_unused_services:
        return None
    if admits_anyone(acl.entries, TCP, 22):
        return Fail(f"Network ACL {acl.network_acl_id} admits SSH from the internet.")
    return Pass(f"Network ACL {acl.network_acl_id} does not admit SSH from the internet.")
