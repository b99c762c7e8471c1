"""How vaults are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.services.glacier.resources import AccessPolicy, Vault


@check(fails="Glacier vault is public", severity="critical", categories=["internet-exposed"])
def glacier_vaults_policy_public_access(vault: Vault, policy: AccessPolicy | None) -> Verdict:
    """Glacier vaults do not let just anyone in.

    The vault's access policy lets anyone in where no condition ties the request to somebody in particular.

    ## Risk
    Strangers take copies of the archives, delete them, or fill the vault at the account's expense.

    ## Remediation
    Take the policy away, or put another in its place: `aws glacier delete-vault-access-policy --region <region>
    --account-id - --vault-name <vault>`.

    ## References
    https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html
    """
    return closed_to_public(vault.label, policy.policy if policy else None)
