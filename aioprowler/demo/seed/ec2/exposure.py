"""What the internet can reach, one port at a time, and network ACLs that subnets use."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, Clients
from aioprowler.demo.seed.ec2.build import TOKENS_OPTIONAL, run_instance, tcp
from aioprowler.demo.seed.vpc import Network

EXPOSED_PORTS: Final = (
    *(20, 21, 22, 23, 25, 88, 110, 135, 139, 143, 389, 445, 464, 636, 749, 750),
    *(1433, 1434, 1521, 2483, 2484, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601),
    *(6379, 7000, 7001, 7199, 8080, 8088, 8888, 9042, 9092, 9160, 9200, 9300, 11211, 27017, 27018),
)
"""Of each service that is judged by itself, and those of high risk."""

PARTNERS: Final = "3.120.0.0/14"
"""Public addresses that anybody can rent one of."""


def seed_production(clients: Clients, shop: Network) -> None:
    """Guard a subnet of the shop with a network ACL that admits nothing."""
    ec2 = clients("ec2")
    acl = ec2.create_network_acl(VpcId=shop.vpc_id)["NetworkAcl"]["NetworkAclId"]
    subnet = shop.subnets["shop-private-b"]
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (default,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    (association,) = (each for each in default["Associations"] if each["SubnetId"] == subnet)
    ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Run an experiment with every kind of server, in a group that the launch wizard made."""
    ec2 = clients("ec2")
    name = "launch-wizard-1"
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=playground.vpc_id)["GroupId"]
    rules = [tcp(port) for port in EXPOSED_PORTS] + [for_partners(port) for port in range(10000, 10010)]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    subnet = playground.subnets["playground-public-a"]
    run_instance(clients, HOME_REGION, "data-lab", subnet, TOKENS_OPTIONAL, SecurityGroupIds=[group])


def for_partners(port: int) -> dict[str, Any]:
    """Write the rule that opens a port to a large public range."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": PARTNERS}]}
