"""How security groups are judged. Those that no network interface is in are mostly left out, as they admit nobody."""

from __future__ import annotations

from aioprowler import Fail, Failure, Manual, Pass, Severity, Verdict, check
from aioprowler.services.ec2.ports import open_ports, opens_all_ports
from aioprowler.services.ec2.resources.firewall import ConfiguredGroups, SecurityGroup, SecurityGroups
from aioprowler.services.vpc.resources import NetworkUse


def keeps_closed(
    group: SecurityGroup, use: NetworkUse, scan_unused_services: bool, service: str, *ports: int
) -> Verdict | None:
    """The verdict on TCP ports of one service."""
    if group.group_id not in use.security_groups and not scan_unused_services:
        return None
    if found := open_ports(group.ingress, "tcp", ports):
        return Fail(f"{group.label} has {service} (port {', '.join(map(str, found))}) open to the internet.")
    return Pass(f"{group.label} does not have {service} open to the internet.")


@check(severity="critical", categories=["internet-exposed"])
def ec2_securitygroup_allow_ingress_from_internet_to_all_ports(
    group: SecurityGroup, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Security groups do not open all ports to the internet.

    A rule for 0.0.0.0/0 or ::/0 fails when it is for all protocols, or for ports 0 to 65535 of one. Groups that no
    network interface is in are judged only with `--scan-unused-services`, and less severely.

    ## Risk
    Everything that listens on the machines behind the group is reachable for everybody, including what was meant for
    localhost or for maintenance.

    ## Remediation
    Allow the ports that are needed, from where they are needed, and revoke the rule:
    `aws ec2 revoke-security-group-ingress --group-id <group> --ip-permissions
    IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    in_use = group.group_id in use.security_groups
    if not in_use and not scan_unused_services:
        return None
    severity: Severity | None = None if in_use else "high"
    if opens_all_ports(group.ingress):
        return Fail(f"{group.label} has all ports open to the internet.", severity=severity)
    return Pass(f"{group.label} does not have all ports open to the internet.", severity=severity)


@check(severity="high", categories=["internet-exposed"])
def ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22(
    group: SecurityGroup, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Security groups do not open SSH (TCP port 22) to the internet.

    A rule for 0.0.0.0/0 or ::/0 fails when its range contains the port, be it by opening every port.

    ## Risk
    Bots try passwords and stolen keys around the clock, and a hole in the SSH server can be used by anyone on the day
    it becomes known.

    ## Remediation
    Log in through Session Manager or EC2 Instance Connect, and revoke the rule:
    `aws ec2 revoke-security-group-ingress --group-id <group> --protocol tcp --port 22 --cidr 0.0.0.0/0`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    return keeps_closed(group, use, scan_unused_services, "SSH", 22)


@check(severity="high", categories=["internet-exposed"])
def ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389(
    group: SecurityGroup, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Security groups do not open RDP (TCP port 3389) to the internet.

    A rule for 0.0.0.0/0 or ::/0 fails when its range contains the port, be it by opening every port.

    ## Risk
    Remote Desktop open to everybody is the most common way in for ransomware: by guessed and stolen passwords, or by a
    hole in the service itself.

    ## Remediation
    Connect through Fleet Manager or a VPN, and revoke the rule:
    `aws ec2 revoke-security-group-ingress --group-id <group> --protocol tcp --port 3389 --cidr 0.0.0.0/0`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    return keeps_closed(group, use, scan_unused_services, "RDP", 3389)


@check(severity="high", categories=["internet-exposed", "trust-boundaries"])
def ec2_securitygroup_default_restrict_traffic(
    group: SecurityGroup, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Default security groups have no rules.

    Whatever is launched without naming a group gets the VPC's default one, which AWS makes with rules that let its
    members talk to each other and to everybody outside. It cannot be deleted, but emptied.

    ## Risk
    Machines that have nothing to do with each other can reach each other on every port, because nobody chose a group
    for them.

    ## Remediation
    Give the members groups of their own, then revoke all rules:
    ```
    aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <rules>
    aws ec2 revoke-security-group-egress --group-id <group> --security-group-rule-ids <rules>
    ```

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    if not group.is_default or (group.group_id not in use.security_groups and not scan_unused_services):
        return None
    if group.ingress or group.egress:
        return Fail(f"{group.label} of {group.vpc_id} has rules that allow traffic.")
    return Pass(f"{group.label} of {group.vpc_id} has no rules.")


@check(severity="low", categories=["trust-boundaries"])
def ec2_securitygroup_not_used(
    group: SecurityGroup, use: NetworkUse, groups: SecurityGroups, configured: ConfiguredGroups | Failure
) -> Verdict | None:
    """Security groups are in use.

    A group is in use when a network interface is in it, a rule of some group names it as a source, or a Lambda function
    or an environment of AWS Batch is set to use it. Default groups cannot be deleted and are not judged.

    ## Risk
    Left-over groups hide the rules that matter in reviews, and the next launch may take one whose rules nobody knows.

    ## Remediation
    `aws ec2 delete-security-group --group-id <group>`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-groups.html
    """
    if group.is_default:
        return None
    if group.group_id in use.security_groups or group.group_id in groups.referenced:
        return Pass(f"{group.label} is in use.")
    # Most groups are settled without Lambda and Batch, so these being denied hides only the rest.
    if isinstance(configured, Failure):
        return Manual(configured.explain())
    if group.group_id in configured.ids:
        return Pass(f"{group.label} is set for a Lambda function or an environment of AWS Batch.")
    return Fail(f"{group.label} is not in use.")
