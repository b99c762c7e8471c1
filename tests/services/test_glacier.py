from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.glacier.checks import glacier_vaults_policy_public_access
from aioprowler.services.glacier.resources import AccessPolicy, Vault
from tests.services.made import made
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
ARN = "arn:aws:glacier:us-east-1:123456789012:vaults/archive"
VAULT = made(Vault, name="archive", arn=ARN)


def allow(principal: Any, **more: Any) -> AccessPolicy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "glacier:InitiateJob", "Resource": ARN, **more}
    return AccessPolicy(policy=Policy.parse({"Statement": [statement]}))


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (None, Pass),
        (allow("*"), Fail),
        (allow({"AWS": ["*"]}), Fail),
        (allow({"AWS": "arn:aws:iam::999999999999:root"}), Pass),
        (allow("*", Effect="Deny"), Pass),
        (allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), Pass),
        (allow("*", Condition={"NumericLessThan": {"glacier:ArchiveAgeInDays": "365"}}), Fail),
    ],
)
def test_policies(policy: AccessPolicy | None, verdict: type) -> None:
    assert isinstance(glacier_vaults_policy_public_access(VAULT, policy), verdict)


@pytest.mark.parametrize(
    ("message", "statuses"),
    [("No vault access policy is set for: archive", ["PASS"]), (f"Vault not found for ARN: {ARN}", [])],
)
def test_a_vault_without_a_policy_is_not_one_that_is_gone(message: str, statuses: list[str]) -> None:
    world = World(
        {
            ("glacier:ListVaults", HOME): {"VaultList": [{"VaultName": "archive", "VaultARN": ARN}]},
            "glacier:GetVaultAccessPolicy": error("ResourceNotFoundException", message, 404),
        }
    )
    assert [each.status for each in findings_of(world, "glacier_vaults_policy_public_access")] == statuses
