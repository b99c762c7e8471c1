"""What accounts have, by service: for each operation a function of the world and the parameters to the whole reply.

Pages are cut from whole replies elsewhere. An operation without a function is answered by what its shape says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.simulated_aws.inventory import (
    accounts,
    compute,
    ec2,
    edge,
    iam,
    iam_operations,
    load_balancers,
    monitoring,
    network,
    rds,
    s3,
    s3control,
    shaped,
    stacks,
)
from benchmarks.simulated_aws.inventory.readers import members_read
from benchmarks.simulated_aws.inventory.world import Json, Params, World
from benchmarks.simulated_aws.routing import Call

Answer = Callable[[World, Params], Json]

SERVICES: Final[Mapping[str, Mapping[str, Answer]]] = {
    "account": accounts.ACCOUNT,
    "apigateway": edge.APIGATEWAY,
    "apigatewayv2": edge.APIGATEWAYV2,
    "autoscaling": load_balancers.AUTOSCALING,
    "backup": compute.BACKUP,
    "batch": compute.BATCH,
    "cloudfront": edge.CLOUDFRONT,
    "cloudformation": stacks.CLOUDFORMATION,
    "cloudtrail": monitoring.CLOUDTRAIL,
    "cloudwatch": monitoring.CLOUDWATCH,
    "ec2": {**ec2.OPERATIONS, **network.OPERATIONS},
    "elb": load_balancers.ELB,
    "elbv2": load_balancers.ELBV2,
    "iam": {**iam.OPERATIONS, **iam_operations.OPERATIONS},
    "lambda": compute.LAMBDA,
    "logs": monitoring.LOGS,
    "organizations": accounts.ORGANIZATIONS,
    "rds": rds.OPERATIONS,
    "s3": s3.OPERATIONS,
    "s3control": s3control.OPERATIONS,
    "sns": monitoring.SNS,
    "ssm": compute.SSM,
}

ALWAYS_ENABLED: Final = frozenset(
    {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"}
    | {"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"}
    | {"us-east-1", "us-east-2", "us-west-1", "us-west-2"}
)
"""Regions that no account can disable
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html)."""


def is_modelled(call: Call) -> bool:
    """Whether there is a function for the operation."""
    return call.operation in SERVICES.get(call.service, {})


def answer(world: World, call: Call) -> Json:
    """The whole reply. Raises AwsError."""
    made = SERVICES.get(call.service, {}).get(call.operation)
    return made(world, call.params) if made else shaped.reply(world, call)


def filled(world: World, call: Call, reply: Json) -> Json:
    """A reply, or a page of one, as long as AWS's own: with the members that its model leaves out and no check reads.

    What no check asks for stays as it is, and so does what nobody modelled, which is whole.
    """
    read = members_read().get(f"{call.service}:{call.operation}")
    return reply if read is None or not is_modelled(call) else shaped.filled(world, call, reply, read)
