"""How clusters of EMR are judged, and what keeps them from the internet."""

from __future__ import annotations

from functools import partial

from aioprowler import Fail, Failure, Pass, Region, Verdict, check, known
from aioprowler.judging.ports import by_rules, in_words, opens_any_port
from aioprowler.judging.verdicts import has_no, pass_if, told, worst
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.emr.resources import Cluster, PublicAccessBlock

exposure_check = partial(check, categories=["internet-exposed"])


@exposure_check(
    fails="Region lets EMR clusters be open to everybody",
    severity="high",
    resource_type="Other",
    resource_group="compute",
    resource_arn="arn:{partition}:elasticmapreduce:{region}:{account_id}:cluster",
)
def emr_cluster_account_public_block_enabled(region: Region, block: PublicAccessBlock) -> Verdict:
    """Regions block EMR clusters whose security groups let everybody in.

    Ports for which an exception is made are told; a block that makes one of every port fails. Judged in every region,
    with clusters or without: the setting is what keeps the first one from being open.

    ## Risk
    Whoever starts a cluster in a careless security group puts consoles on the internet that run any program.

    ## Remediation
    `aws emr put-block-public-access-configuration --region <region> --block-public-access-configuration
    '{"BlockPublicSecurityGroupRules":true,"PermittedPublicSecurityGroupRuleRanges":[]}'`

    ## References
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-block-public-access.html
    """
    name = f"Public access to EMR clusters in {region.name}"
    if block.keeps_any_port_shut:
        but = f", but for ports {in_words(block.exceptions)}" if block.exceptions else ""
        return Pass(f"{name} is blocked{but}.")
    return Fail(f"{name} is not blocked{' for any port' if block.blocks else ''}.")


@exposure_check(fails="Master node of an EMR cluster has a public address", severity="medium")
def emr_cluster_master_nodes_no_public_ip(cluster: Cluster) -> Verdict:
    """Master nodes of EMR clusters have no public addresses.

    The name that AWS tells of the master node says so, as soon as there is one. Clusters that were terminated are not
    judged.

    ## Risk
    A single rule of a security group is all that keeps strangers from the consoles of the cluster.

    ## Remediation
    A cluster stays in its subnet. Start another one in a private subnet, and terminate this one: `aws emr
    terminate-clusters --region <region> --cluster-ids <cluster>`.

    ## References
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-clusters-in-a-vpc.html
    """
    return has_no(f"The master node of {cluster.label}", "a public address", cluster.has_public_address)


@exposure_check(fails="EMR cluster can be reached from the internet", severity="medium")
def emr_cluster_publicly_accesible(cluster: Cluster, groups: SecurityGroupIndex | Failure) -> Verdict:
    """EMR clusters cannot be reached from the internet.

    A cluster whose master node has no public address passes. Any other is good where neither the security groups of its
    master nodes nor those of its other nodes open any port to everybody, be it that of SSH. Clusters that were
    terminated are not judged.

    ## Risk
    Consoles of the programs that run there ask for no password, and run what they are given, with the rights of the
    cluster's role.

    ## Remediation
    Let in those who need it alone, or start the cluster in a private subnet:
    ```
    aws ec2 revoke-security-group-ingress --region <region> --group-id <your-security-group> \\
      --ip-permissions <your-rule>
    ```

    ## References
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-security-groups.html
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-clusters-in-a-vpc.html
    """
    if not cluster.has_public_address:
        return Pass(f"The master node of {cluster.label} has no public address.")
    instances = told(cluster.instances, f"Ec2InstanceAttributes of {cluster.label}")
    kinds = {"master": instances.groups_of_master, "other": instances.groups_of_others}
    found = known(groups)
    return worst(_shut(f"the {kind} nodes of {cluster.label}", ids, found) for kind, ids in kinds.items())


def _shut(nodes: str, ids: list[str], groups: SecurityGroupIndex) -> Verdict:
    """Whether these security groups together keep the internet away from the nodes."""
    return by_rules(
        nodes,
        groups.ingress(ids),
        lambda rules: pass_if(
            not opens_any_port(rules),
            f"No security group opens a port of {nodes} to everybody.",
            f"Security groups open ports of {nodes} to everybody: {', '.join(ids)}.",
        ),
    )
