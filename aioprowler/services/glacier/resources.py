"""Vaults, and whom they let in."""

from __future__ import annotations

from aioprowler import Facet, Resource, call, constant, field, listing
from aioprowler.judging.policies import Policy


class Vault(
    Resource,
    id="name",
    type="Other",
    group="storage",
    noun="Glacier vault",
    gone={"ResourceNotFoundException": "vault not found"},
):
    """A container of archives."""

    source = listing("glacier", "ListVaults", "VaultList", accountId=constant("-"))
    name: str = field(name="VaultName")
    arn: str = field(name="VaultARN")


class AccessPolicy(Facet[Vault]):
    """Whom a vault lets in. That there is none, AWS says with the code of a vault that is gone."""

    source = call(
        "glacier",
        "GetVaultAccessPolicy",
        "policy",
        accountId=constant("-"),
        vaultName="name",
        absent=["ResourceNotFoundException"],
    )
    policy: Policy
