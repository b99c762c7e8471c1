"""What the seeds are made with."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import now, tell

ANYWHERE: Final = "0.0.0.0/0"
ANYWHERE_6: Final = "::/0"
OTHER_ACCOUNT: Final = "999999999999"

Statement = dict[str, Any]


def document(*statements: Statement) -> str:
    """Write a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Statement:
    """Write an Allow statement; `more` are elements such as Principal or Condition."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Statement:
    """Write a Deny statement."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def tags(kind: str, name: str, **more: str) -> list[dict[str, Any]]:
    """Write the tags of a resource that EC2 creates: its name and others."""
    pairs = {"Name": name, **more}
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in pairs.items()]}]


def permission(protocol: str, ports: tuple[int, int] | None, *sources: str, **more: Any) -> dict[str, Any]:
    """Write a rule of a security group, from addresses of both families."""
    rule: dict[str, Any] = {"IpProtocol": protocol, **more}
    if ports is not None:
        rule |= {"FromPort": ports[0], "ToPort": ports[1]}
    if four := [{"CidrIp": source} for source in sources if ":" not in source]:
        rule["IpRanges"] = four
    if six := [{"CidrIpv6": source} for source in sources if ":" in source]:
        rule["Ipv6Ranges"] = six
    return rule


def add_vpc(clients: Clients, name: str, cidr: str, region: str = HOME_REGION) -> str:
    """Create a VPC and return its id."""
    reply = clients("ec2", region).create_vpc(CidrBlock=cidr, TagSpecifications=tags("vpc", name))
    return str(reply["Vpc"]["VpcId"])


def add_subnet(clients: Clients, vpc_id: str, name: str, cidr: str, zone: str = "a", region: str = HOME_REGION) -> str:
    """Create a subnet and return its id."""
    reply = clients("ec2", region).create_subnet(
        VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=region + zone, TagSpecifications=tags("subnet", name)
    )
    return str(reply["Subnet"]["SubnetId"])


def route(clients: Clients, vpc_id: str, subnets: Iterable[str], *routes: dict[str, str]) -> str:
    """Create a route table for subnets and return its id."""
    ec2 = clients("ec2")
    table = str(ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    for each in routes:
        ec2.create_route(RouteTableId=table, **each)
    return table


def open_to_internet(clients: Clients, vpc_id: str, *subnets: str) -> str:
    """Route subnets to an internet gateway of their VPC and return its id."""
    ec2 = clients("ec2")
    gateway = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    route(clients, vpc_id, subnets, {"DestinationCidrBlock": ANYWHERE, "GatewayId": gateway})
    return gateway


def add_group(clients: Clients, vpc_id: str, name: str, *rules: dict[str, Any]) -> str:
    """Create a security group and return its id."""
    ec2 = clients("ec2")
    group = str(ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"])
    if rules:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(rules))
    return group


def plain_account(clients: Clients) -> None:
    """Have the operations that moto lacks tell of an account in which nothing of theirs was ever touched."""
    for region in REGIONS:
        protections(clients, region)
        tell(clients, "ec2", "DescribeClientVpnEndpoints", {"ClientVpnEndpoints": []}, region)
        tell(clients, "ssm", "DescribeInstanceInformation", {"InstanceInformationList": []}, region)
        tell(clients, "rds", "DescribeCertificates", {"Certificates": []}, region)
        tell(clients, "rds", "DescribeDBEngineVersions", {"DBEngineVersions": []}, region)
    tell(clients, "iam", "ListOrganizationsFeatures", {"EnabledFeatures": []})
    tell(clients, "iam", "ListServiceSpecificCredentials", {"ServiceSpecificCredentials": []})
    last_accessed(clients, {})


def protections(
    clients: Clients,
    region: str,
    images: str = "unblocked",
    snapshots: str = "unblocked",
    metadata: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Set what a region does with public images and snapshots, and with the metadata of new instances."""
    tell(clients, "ec2", "GetImageBlockPublicAccessState", {"ImageBlockPublicAccessState": images}, region)
    tell(clients, "ec2", "GetSnapshotBlockPublicAccessState", {"State": snapshots}, region)
    tell(clients, "ec2", "GetInstanceMetadataDefaults", {"AccountLevel": metadata}, region)


def last_accessed(clients: Clients, services: Mapping[str, Mapping[str, datetime.datetime | None]]) -> None:
    """Have IAM tell, by the ARN of a user or role, which services it may use and when it last did."""

    def generate(asked: Mapping[str, Any]) -> dict[str, str]:
        return {"JobId": asked["Arn"].replace("/", "-").rjust(36, "-")[-36:]}

    by_job = {arn.replace("/", "-").rjust(36, "-")[-36:]: used for arn, used in services.items()}

    def get(asked: Mapping[str, Any]) -> dict[str, Any]:
        used = by_job.get(asked["JobId"], {})
        listed = [
            {"ServiceName": name, "ServiceNamespace": name, **({"LastAuthenticated": at} if at else {})}
            for name, at in used.items()
        ]
        done = {"JobStatus": "COMPLETED", "JobCreationDate": now(), "JobCompletionDate": now()}
        return {**done, "ServicesLastAccessed": listed}

    tell(clients, "iam", "GenerateServiceLastAccessedDetails", generate)
    tell(clients, "iam", "GetServiceLastAccessedDetails", get)
