"""What CloudFormation has."""

from __future__ import annotations

from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in


def _stack(world: World, number: int) -> Json:
    name = f"stack-{number}"
    return {
        "StackId": world.arn("cloudformation", f"stack/{name}/00000000-0000-4000-8000-000000000000"),
        "StackName": name,
        "CreationTime": world.ago(300),
        "StackStatus": "UPDATE_COMPLETE",
        "Outputs": [{"OutputKey": "Url", "OutputValue": f"https://{name}.example.com"}],
    }


def _describe_stacks(world: World, params: Params) -> Json:
    """Of all at once AWS does not tell the protection. Raises AwsError."""
    name = params.get("StackName")
    if not name:
        return {"Stacks": [_stack(world, number) for number in world.each("cloudformation:stack")]}
    number = number_in(name)
    if number not in world.each("cloudformation:stack"):
        raise AwsError("ValidationError", f"Stack with id {name} does not exist", 400)
    return {"Stacks": [_stack(world, number) | {"EnableTerminationProtection": not world.bad("stack", number)}]}


CLOUDFORMATION: Final = {"DescribeStacks": _describe_stacks}
