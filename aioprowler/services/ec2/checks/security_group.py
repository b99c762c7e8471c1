"""How security groups are judged. Those that no network interface is in are mostly left out, as they admit nobody."""

from __future__ import annotations

from typing import Annotated

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.judging.ports import (
    Rule,
    by_rules,
    number_of_rules,
    open_ports,
    opens_all_ports,
    opens_any_port,
    public_networks,
    tcp_ports,
)
from aioprowler.judging.verdicts import at_severity, has_no, is_not, naming, told
from aioprowler.services.ec2.resources.firewall import (
    ConfiguredGroups,
    NamedGroups,
    NamedPrefixLists,
    RulePrefixLists,
    SecurityGroup,
    inbound,
    outbound,
    rules_of,
)
from aioprowler.services.vpc.resources import GroupUse


def is_judged(group: SecurityGroup, use: GroupUse, scan_unused_services: bool) -> bool:
    """Whether a network interface is in the group, or unused ones are judged as well."""
    return scan_unused_services or group.group_id in use.kinds


@check(
    fails="EC2 security group opens all ports to the whole internet",
    severity="critical",
    categories=["internet-exposed"],
)
def ec2_securitygroup_allow_ingress_from_internet_to_all_ports(
    group: SecurityGroup,
    use: GroupUse,
    lists: RulePrefixLists | Failure,
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """Security groups do not open all ports to the internet.

    Rules for the internet fail when together they are for all protocols, or for ports 1 to 65535 of one. Ranges that
    together are most of the public addresses are the internet, in one rule or in several, and a prefix list stands for
    its entries. Groups that no network interface is in are judged only with `--scan-unused-services`, and less
    severely.

    ## Risk
    Everything that listens on the machines behind the group is reachable for everybody, including what was meant for
    localhost or for maintenance.

    ## Remediation
    Allow the ports that are needed, from where they are needed, and revoke the rule: `aws ec2
    revoke-security-group-ingress --region <region> --group-id <security-group> --ip-permissions <your-rule>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    if not is_judged(group, use, scan_unused_services):
        return None
    verdict = by_rules(
        group.label,
        inbound(group, lists),
        lambda rules: has_no(group.label, "all ports open to the internet", opens_all_ports(rules)),
    )
    return verdict if group.group_id in use.kinds else at_severity(verdict, "high")


@check(fails="EC2 security group opens a port to the whole internet", severity="high", categories=["internet-exposed"])
def ec2_securitygroup_allow_ingress_from_internet_to_any_port(
    group: SecurityGroup,
    use: GroupUse,
    lists: RulePrefixLists | Failure,
    *,
    scan_unused_services: bool = False,
    ec2_allowed_interface_types: Annotated[
        tuple[str, ...], "Types of network interfaces whose security groups may be open to the internet."
    ] = ("api_gateway_managed", "vpc_endpoint"),
    ec2_allowed_instance_owners: Annotated[
        tuple[str, ...],
        "Owners of instances (accounts, or services of AWS) whose security groups may be open to the internet.",
    ] = ("amazon-elb",),
) -> Verdict | None:
    """Security groups open ports to the internet only for load balancers and others that are allowed to.

    Rules for the internet fail whatever their ports, and so do those for ICMP, unless every network interface in the
    group has an allowed type or belongs to an allowed owner. Ranges that together are most of the public addresses are
    the internet, in one rule or in several, and a prefix list stands for its entries. Groups that no network interface
    is in are judged only with `--scan-unused-services`, and pass.

    ## Risk
    What faces the internet should be few front doors that are built for it. Every other open port is one more service
    that strangers scan, and that must never have a hole.

    ## Remediation
    Put a load balancer in front, allow the port from its security group, and revoke the rule: `aws ec2
    revoke-security-group-ingress --region <region> --group-id <security-group> --ip-permissions <your-rule>`.
    List what may be open under `ec2_allowed_interface_types` and `ec2_allowed_instance_owners` in the configuration.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
    """
    if not is_judged(group, use, scan_unused_services):
        return None
    others = sorted(
        str(kind)
        for kind in use.kinds.get(group.group_id, ())
        if kind.type not in ec2_allowed_interface_types and kind.owner not in ec2_allowed_instance_owners
    )

    def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
        if not opens_any_port(rules):
            return Pass(f"{group.label} does not have any port open to the internet.")
        if others:
            return Fail(f"{group.label} has ports open to the internet, for network interfaces: {', '.join(others)}.")
        return Pass(f"{group.label} has ports open to the internet, but only for interfaces that are allowed to.")

    return by_rules(group.label, inbound(group, lists), verdict)


@check(
    fails="EC2 security group opens a port to single public addresses or networks",
    severity="medium",
    categories=["internet-exposed"],
)
def ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip(
    group: SecurityGroup,
    use: GroupUse,
    lists: RulePrefixLists | Failure,
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """Security groups do not open ports to single addresses or networks of the internet.

    A rule fails when it names a public address or range, IPv4 or IPv6, whatever its ports, or a prefix list that holds
    one and is not AWS's. Ranges that are the whole internet are left to other checks. Groups that no network interface
    is in are judged only with `--scan-unused-services`.

    ## Risk
    The address of somebody's home or of a supplier stays in the rules long after it was given to somebody else. An
    intruder may also add an address of their own, as a back door that no check for 0.0.0.0/0 sees.

    ## Remediation
    Let people in through a VPN or Session Manager, and revoke the rule: `aws ec2 revoke-security-group-ingress --region
    <region> --group-id <security-group> --ip-permissions <your-rule>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    if not is_judged(group, use, scan_unused_services):
        return None

    def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
        if admitted := public_networks(rule for rule in rules if rule.ports):
            return Fail(f"{group.label} has ports open to public addresses: {', '.join(map(str, admitted))}.")
        return Pass(f"{group.label} does not have ports open to single public addresses.")

    return by_rules(group.label, inbound(group, lists), verdict)


@check(
    fails="EC2 security group opens a high-risk TCP port to the whole internet",
    severity="high",
    categories=["internet-exposed"],
)
def ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports(
    group: SecurityGroup,
    use: GroupUse,
    lists: RulePrefixLists | Failure,
    *,
    scan_unused_services: bool = False,
    ec2_high_risk_ports: Annotated[tuple[int, ...], "TCP ports that must never be open to the internet."] = (
        *(25, 110, 135, 143, 445),
        *(3000, 4333, 5000, 5500, 8080, 8088),
    ),
) -> Verdict | None:
    """Security groups do not open high-risk TCP ports to the internet.

    Rules for the internet fail when they contain one of the ports: by default those of mail servers, of Windows RPC and
    file sharing, and those where development servers, admin consoles and proxies often listen. Ranges that together are
    most of the public addresses are the internet, in one rule or in several, and a prefix list stands for its entries.
    Groups that no network interface is in are judged only with `--scan-unused-services`.

    ## Risk
    What listens there was mostly not built for strangers: tools without a login, protocols in the clear, and Windows
    services that worms spread over.

    ## Remediation
    Allow the ports from the networks that need them, and revoke the rule: `aws ec2
    revoke-security-group-ingress --region <region> --group-id <security-group> --ip-permissions <your-rule>`.
    Choose the ports under `ec2_high_risk_ports` in the configuration.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
    """
    if not is_judged(group, use, scan_unused_services):
        return None

    def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
        if found := open_ports(rules, "tcp", ec2_high_risk_ports):
            return Fail(f"{group.label} has high-risk ports open to the internet: {tcp_ports(found)}.")
        return Pass(f"{group.label} does not have high-risk ports open to the internet.")

    return by_rules(group.label, inbound(group, lists), verdict)


@check(
    fails="EC2 security group names a public IPv4 range larger than a /24",
    severity="high",
    categories=["internet-exposed"],
)
def ec2_securitygroup_allow_wide_open_public_ipv4(
    group: SecurityGroup,
    use: GroupUse,
    lists: RulePrefixLists | Failure,
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """Security groups name no public IPv4 range larger than a /24.

    Rules for incoming and for outgoing traffic are looked at, and the prefix lists that they name and that are not
    AWS's. Private ranges may be as large as they are, and 0.0.0.0/0 is left to other checks. Groups that no network
    interface is in are judged only with `--scan-unused-services`.

    ## Risk
    A range like 3.0.0.0/8 looks like a restriction, but everybody can rent an address in it. Two halves such as
    0.0.0.0/1 and 128.0.0.0/1 are the whole internet, and are missed by whoever looks for 0.0.0.0/0.

    ## Remediation
    Name the networks that are meant, or a prefix list of theirs, and revoke the rule: `aws ec2
    revoke-security-group-<your-direction> --region <region> --group-id <security-group> --ip-permissions <your-rule>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
    """
    if not is_judged(group, use, scan_unused_services):
        return None

    def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
        named = public_networks(rules)
        if wide := [str(network) for network in named if network.version == 4 and network.prefixlen < 24]:
            return Fail(f"{group.label} names large public ranges: {', '.join(wide)}.")
        return Pass(f"{group.label} names no public range larger than a /24.")

    return by_rules(group.label, inbound(group, lists) + outbound(group, lists), verdict)


@check(fails="EC2 security group was made by the launch wizard", severity="medium")
def ec2_securitygroup_from_launch_wizard(group: SecurityGroup) -> Verdict:
    """Security groups were not made by the launch wizard of the console.

    The wizard names its groups `launch-wizard-<number>`; a group fails when its name contains `launch-wizard`.

    ## Risk
    The wizard's groups open SSH or RDP to everybody unless one changes that, and nobody can tell from their names what
    they are for, so they are reused and never cleaned up.

    ## Remediation
    Create a group with a name and with the rules that are needed, give it to the instance, and delete the wizard's:
    ```
    aws ec2 modify-instance-attribute --region <region> --instance-id <your-instance> --groups <your-security-group>
    aws ec2 delete-security-group --region <region> --group-id <security-group>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/changing-security-group.html
    """
    return is_not(group.label, "made by the launch wizard", "launch-wizard" in group.name)


@check(fails="EC2 security group has too many rules", severity="medium", categories=["trust-boundaries"])
def ec2_securitygroup_with_many_ingress_egress_rules(
    group: SecurityGroup,
    lists: NamedPrefixLists | Failure,
    *,
    max_security_group_rules: Annotated[int, "Rules for each direction that a security group may have."] = 50,
) -> Verdict:
    """Security groups have few rules.

    A group fails with more than 50 rules for incoming traffic, or more than 50 for outgoing, counted as AWS counts them
    against its quota: each source or destination is a rule, a prefix list is as many as it may have entries, and IPv4
    and IPv6 are counted apart.

    ## Risk
    Nobody reads a list of a hundred rules. The one that opens too much hides among them, and those for machines long
    gone are never removed.

    ## Remediation
    Merge ranges, refer to groups or prefix lists instead of addresses, and revoke what is not needed any more: `aws ec2
    revoke-security-group-ingress --region <region> --group-id <security-group> --security-group-rule-ids <your-rules>`.
    The limit is `max_security_group_rules` in the configuration.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    weights = lists.weights if isinstance(lists, NamedPrefixLists) else {}
    inbound, outbound = number_of_rules(group.ingress, weights), number_of_rules(group.egress or (), weights)
    counts = f"{group.label} has {inbound} inbound and {outbound} outbound rules."
    if max(inbound, outbound) > max_security_group_rules:
        return Fail(counts)
    unknown = {id_ for rule in group.rules for id_ in rule.list_ids} - weights.keys()
    if unknown:
        reason = lists.explain() if isinstance(lists, Failure) else "AWS does not tell how many rules they count as."
        return Manual(f"{counts} Prefix lists are not counted: {', '.join(sorted(unknown))}. {reason}")
    return Pass(counts)


@check(
    fails="Default security group of a VPC has rules that allow traffic",
    severity="high",
    categories=["internet-exposed", "trust-boundaries"],
)
def ec2_securitygroup_default_restrict_traffic(
    group: SecurityGroup, use: GroupUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Default security groups have no rules.

    Whatever is launched without naming a group gets the VPC's default one, which AWS makes with rules that let its
    members talk to each other and to everybody outside. It cannot be deleted, but emptied.

    ## Risk
    Machines that have nothing to do with each other can reach each other on every port, because nobody chose a group
    for them.

    ## Remediation
    Give the members groups of their own, then revoke each rule: `aws ec2
    revoke-security-group-<your-direction> --region <region> --group-id <security-group> --ip-permissions <your-rule>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    if not group.is_default or not is_judged(group, use, scan_unused_services):
        return None
    allowing = group.ingress or told(group.egress, f"IpPermissionsEgress of {group.label}")
    verdict = has_no(f"{group.label} of {group.vpc_id}", "rules that allow traffic", bool(allowing))
    return naming(verdict, *rules_of(group))


@check(fails="EC2 security group is not in use", severity="low", categories=["trust-boundaries"])
def ec2_securitygroup_not_used(
    group: SecurityGroup, use: GroupUse, named: NamedGroups, configured: ConfiguredGroups | Failure
) -> Verdict | None:
    """Security groups are in use.

    A group is in use when a network interface is in it, a Lambda function or an environment of AWS Batch is set to use
    it, or a rule of another group names it, for incoming or outgoing traffic. A group that only its own rules name is
    not, and neither are groups that nothing but each other names. Default groups cannot be deleted and are not judged.

    ## Risk
    Left-over groups hide the rules that matter in reviews, and the next launch may take one whose rules nobody knows.

    ## Remediation
    `aws ec2 delete-security-group --region <region> --group-id <security-group>`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-groups.html
    """
    if group.is_default:
        return None
    if group.group_id in use.kinds or group.group_id in named.ids:
        return Pass(f"{group.label} is in use.")
    if isinstance(configured, Failure):
        return Manual(configured.explain(), gap=configured)
    if group.group_id in configured.ids:
        return Pass(f"{group.label} is set for a Lambda function or an environment of AWS Batch.")
    return Fail(f"{group.label} is not in use.")
