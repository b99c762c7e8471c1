"""Lambda functions."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, field, listing


class VpcConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The security groups that a function in a VPC is in."""

    security_group_ids: tuple[str, ...] = ()


class Function(Resource, id="name"):
    """A Lambda function. In a VPC it has network interfaces only while it is in use."""

    source = listing("lambda", "ListFunctions", "Functions")
    name: str = field(name="FunctionName")
    arn: str = field(name="FunctionArn")
    vpc_config: VpcConfig = VpcConfig()
