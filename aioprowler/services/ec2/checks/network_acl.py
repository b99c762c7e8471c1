"""How network ACLs are judged."""

from __future__ import annotations

from aioprowler import Pass, Verdict, check
from aioprowler.judging.ports import TCP, admits_anyone, admits_anyone_everywhere
from aioprowler.judging.verdicts import is_, naming, pass_if
from aioprowler.services.ec2.resources.firewall import NetworkAcl, SecurityGroups


@check(fails="Network ACL admits the whole internet to every port", severity="high", categories=["internet-exposed"])
def ec2_networkacl_allow_ingress_any_port(
    acl: NetworkAcl, groups: SecurityGroups, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Network ACLs do not admit the internet to every port.

    An ACL fails when it lets the internet in to ports 1 to 65535 of TCP or of UDP, as the default ones do. Of each
    address and port, the entry with the lowest number decides, and whoever lets in most of the public addresses lets in
    the internet. Regions in which nobody made a security group are judged only with `--scan-unused-services`.

    ## Risk
    Such an ACL holds nothing back. Whatever a security group opens by mistake is open to the whole internet.

    ## Remediation
    Admit the ports that the subnets serve, and the ephemeral ones that replies come in at (1024 to 65535), then delete
    the entry: `aws ec2 delete-network-acl-entry --region <region> --network-acl-id <network-acl> --ingress
    --rule-number <your-rule-number>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    if not is_judged(groups, scan_unused_services):
        return None
    verdict = keeps_out(acl, "to every port", admits_anyone_everywhere(acl.entries))
    needed = (
        str(entry.rule_number)
        for entry in acl.entries
        if not entry.egress and not admits_anyone_everywhere(each for each in acl.entries if each is not entry)
    )
    return verdict if isinstance(verdict, Pass) else naming(verdict, *({"rule_number": each} for each in needed))


@check(
    fails="Network ACL admits SSH (TCP port 22) from the whole internet",
    severity="medium",
    categories=["internet-exposed"],
)
def ec2_networkacl_allow_ingress_tcp_port_22(
    acl: NetworkAcl, groups: SecurityGroups, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Network ACLs do not admit SSH (TCP port 22) from the internet.

    Of each address, the entry about the port with the lowest number decides, and whoever lets in most of the public
    addresses lets in the internet. Regions in which nobody made a security group are judged only with
    `--scan-unused-services`.

    ## Risk
    The ACL is the second wall, for the day when a security group is opened by mistake. This one would not hold.

    ## Remediation
    Admit SSH from known networks only, or deny it with a lower number: `aws ec2 create-network-acl-entry --region
    <region> --network-acl-id <network-acl> --ingress --rule-number 50 --protocol tcp --port-range From=22,To=22
    --cidr-block 0.0.0.0/0 --rule-action deny`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    if not is_judged(groups, scan_unused_services):
        return None
    return keeps_out(acl, "by SSH", admits_to_port(acl, 22))


@check(
    fails="Network ACL admits RDP (TCP port 3389) from the whole internet",
    severity="medium",
    categories=["internet-exposed"],
)
def ec2_networkacl_allow_ingress_tcp_port_3389(
    acl: NetworkAcl, groups: SecurityGroups, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Network ACLs do not admit RDP (TCP port 3389) from the internet.

    Of each address, the entry about the port with the lowest number decides, and whoever lets in most of the public
    addresses lets in the internet. Regions in which nobody made a security group are judged only with
    `--scan-unused-services`.

    ## Risk
    Remote Desktop is what ransomware gangs look for first. When a security group opens it by mistake, this ACL lets
    them through.

    ## Remediation
    Admit RDP from known networks only, or deny it with a lower number: `aws ec2 create-network-acl-entry --region
    <region> --network-acl-id <network-acl> --ingress --rule-number 51 --protocol tcp --port-range From=3389,To=3389
    --cidr-block 0.0.0.0/0 --rule-action deny`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    if not is_judged(groups, scan_unused_services):
        return None
    return keeps_out(acl, "by RDP", admits_to_port(acl, 3389))


@check(fails="Network ACL is associated with no subnet", severity="low", categories=["trust-boundaries"])
def ec2_networkacl_unused(acl: NetworkAcl) -> Verdict | None:
    """Network ACLs are associated with a subnet.

    The default ACL of a VPC cannot be deleted and is not judged.

    ## Risk
    Somebody may one day take an ACL that was left over for the one that is meant: too open, or so strict that the
    subnet falls silent.

    ## Remediation
    `aws ec2 delete-network-acl --region <region> --network-acl-id <network-acl>`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/network-acl-tasks.html
    """
    if acl.is_default:
        return None
    subnets = ", ".join(association.subnet_id for association in acl.associations if association.subnet_id)
    return is_(acl.label, f"associated with {subnets or 'a subnet'}", bool(subnets))


def is_judged(groups: SecurityGroups, scan_unused_services: bool) -> bool:
    """Whether somebody made a security group in the region, or unused regions are judged as well."""
    return scan_unused_services or groups.any_but_default


def admits_to_port(acl: NetworkAcl, port: int) -> bool:
    """Whether anybody reaches the TCP port, by IPv4 or IPv6."""
    return admits_anyone(acl.entries, TCP, port)


def keeps_out(acl: NetworkAcl, way: str, admits: bool) -> Verdict:
    """PASS unless the internet is admitted; `way` ends the sentence: `by SSH`."""
    return pass_if(
        not admits, f"{acl.label} does not admit the internet {way}.", f"{acl.label} admits the internet {way}."
    )
