"""Stacks."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Resource, States, Tag, call, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables


class Output(msgspec.Struct, frozen=True, rename="pascal"):
    """What a stack tells whoever may describe it."""

    output_key: str
    output_value: str = ""


class Stack(
    Resource,
    id="name",
    type="AwsCloudFormationStack",
    group="devops",
    noun="CloudFormation stack",
    gone={"ValidationError": "does not exist"},
):
    """Resources that a template made."""

    source = listing(
        "cloudformation",
        "DescribeStacks",
        "Stacks",
        states=States("status", over=["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]),
    )
    name: str = field(name="StackName")
    arn: str = field(name="StackId")
    status: str = field(name="StackStatus", default="")
    root_id: str = ""
    """The stack at the top of those that a nested one is in; left out elsewhere
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html)."""
    outputs: tuple[Output, ...] = ()
    tags: tuple[Tag, ...] = ()


def is_root(stack: Stack) -> bool:
    """Nested stacks have the termination protection of their root
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html).
    """
    return not stack.root_id


class StackDetail(Facet[Stack]):
    """What AWS tells of a stack that is asked for by itself alone."""

    source = call("cloudformation", "DescribeStacks", "Stacks[0]", StackName="name", when=is_root, first_page=True)
    enable_termination_protection: bool


def outputs_of(stack: Stack) -> dict[str, str]:
    """Each value by its key."""
    return variables({each.output_key: each.output_value for each in stack.outputs}, "output")


class OutputSecrets(FoundSecrets, Facet[Stack]):
    """What the outputs of a stack give away."""

    source = secrets_in(outputs_of)
