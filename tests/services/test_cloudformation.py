"""CloudFormation's checks on literals."""

from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.sources import Secret
from aioprowler.services.cloudformation.checks import (
    cloudformation_stack_cdktoolkit_bootstrap_version,
    cloudformation_stack_outputs_find_secrets,
    cloudformation_stacks_termination_protection_enabled,
)
from aioprowler.services.cloudformation.resources import (
    Output,
    OutputSecrets,
    Stack,
    StackDetail,
    is_root,
    outputs_of,
)


def stack(name: str = "web", root_id: str = "", **outputs: str) -> Stack:
    told = tuple(Output(output_key=key, output_value=value) for key, value in outputs.items())
    return Stack(name=name, arn=f"arn:{name}", root_id=root_id, outputs=told)


@pytest.mark.parametrize(
    ("version", "verdict"), [("20", Fail), ("21", Pass), ("30", Pass), ("9", Fail), ("latest", Manual)]
)
def test_bootstrap_version(version: str, verdict: type) -> None:
    prepared = stack("CDKToolkit", BucketName="b", BootstrapVersion=version)
    assert isinstance(cloudformation_stack_cdktoolkit_bootstrap_version(prepared), verdict)


def test_the_version_is_configured() -> None:
    prepared = stack("CDKToolkit", BootstrapVersion="21")
    assert isinstance(
        cloudformation_stack_cdktoolkit_bootstrap_version(prepared, recommended_cdk_bootstrap_version=22), Fail
    )


@pytest.mark.parametrize("other", [stack(BootstrapVersion="3"), stack("CDKToolkit", BucketName="b")])
def test_other_stacks_have_no_bootstrap_version(other: Stack) -> None:
    assert cloudformation_stack_cdktoolkit_bootstrap_version(other) is None


def test_outputs_are_looked_into_one_by_one() -> None:
    assert outputs_of(stack(Password="x", Url="y")) == {
        "output Password": '"Password": "x"',
        "output Url": '"Url": "y"',
    }


@pytest.mark.parametrize(("secrets", "verdict"), [({"output Password": (Secret("Password", 0),)}, Fail), ({}, Pass)])
def test_secrets(secrets: dict[str, tuple[Secret, ...]], verdict: type) -> None:
    assert isinstance(cloudformation_stack_outputs_find_secrets(stack(), OutputSecrets(secrets=secrets)), verdict)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_termination_protection(on: bool, verdict: type) -> None:
    detail = StackDetail(enable_termination_protection=on)
    assert isinstance(cloudformation_stacks_termination_protection_enabled(stack(), detail), verdict)


def test_nested_stacks_are_not_asked_about() -> None:
    assert is_root(stack())
    assert not is_root(stack(root_id="arn:root"))
