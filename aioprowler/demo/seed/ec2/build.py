"""What the resources of EC2 are made with."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.vpc import ANYWHERE, Network, named

IMAGE: Final = "ami-0abcdef1234567890"
TOKENS_REQUIRED: Final = {"HttpTokens": "required", "HttpEndpoint": "enabled"}
TOKENS_OPTIONAL: Final = {"HttpTokens": "optional", "HttpEndpoint": "enabled"}
EVERYTHING: Final = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}


def run_instance(
    clients: Clients,
    region: str,
    name: str,
    subnet: str,
    metadata: dict[str, str],
    profile: str | None = None,
    **arguments: Any,
) -> str:
    """Run one instance and return its id."""
    if profile is not None:
        arguments["IamInstanceProfile"] = {"Name": profile}
    reply = clients("ec2", region).run_instances(
        ImageId=IMAGE,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        MetadataOptions=metadata,
        TagSpecifications=named("instance", name),
        **arguments,
    )
    return str(reply["Instances"][0]["InstanceId"])


def add_firewall(clients: Clients, region: str, network: Network, name: str, rule: dict[str, Any]) -> str:
    """Create a security group with one rule for incoming traffic; return its id."""
    ec2 = clients("ec2", region)
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=network.vpc_id)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return str(group)


def tcp(port: int) -> dict[str, Any]:
    """Write the rule that opens a port to everybody."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": ANYWHERE}]}
