"""Verdicts on what several things of SageMaker have."""

from __future__ import annotations

from aioprowler import Fail, Pass
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.sagemaker.resources import VpcConfig


def in_subnets(label: str, network: VpcConfig | None) -> Pass | Fail:
    """PASS where its containers are in subnets of the account's own."""
    subnets = network.subnets if network else ()
    return pass_if(
        bool(subnets), f"{label} is in the subnets {', '.join(subnets)}.", f"{label} is in no subnet of the account's."
    )
