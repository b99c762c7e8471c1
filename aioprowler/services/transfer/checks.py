"""How servers for file transfer are judged."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.tls import names
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.transfer.resources import Server, ServerSettings

ENCRYPTED: Final = frozenset({"AS2", "FTPS", "SFTP"})
PLAIN: Final = frozenset({"FTP"})


@check(fails="Transfer server has a security policy without FIPS", severity="low", categories=["encryption"])
def transfer_server_fips_security_policy_enabled(server: Server, settings: ServerSettings) -> Verdict:
    """Transfer servers have a FIPS security policy.

    Its name says so: `TransferSecurityPolicy-FIPS-2025-03`.

    ## Risk
    The server agrees on ciphers that are not validated, which whoever must comply with FIPS 140 may not use.

    ## Remediation
    `aws transfer update-server --region <region> --server-id <server> --security-policy-name
    TransferSecurityPolicy-FIPS-2025-03`

    ## References
    https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
    """
    told = f"{server.label} has the security policy {settings.policy}"
    return pass_if(names(settings.policy, "FIPS"), f"{told}.", f"{told}, which is not one of FIPS.")


@check(
    fails="Transfer server accepts FTP without encryption",
    severity="high",
    categories=["encryption"],
    resource_type="Other",
    resource_group="storage",
)
def transfer_server_in_transit_encryption_enabled(server: Server, settings: ServerSettings) -> Verdict:
    """Transfer servers do not offer plain FTP.

    ## Risk
    Passwords and files cross the network in the clear.

    ## Remediation
    Leave `FTP` out of the protocols, after the clients have moved to SFTP or FTPS: `aws transfer update-server --region
    <region> --server-id <server> --protocols SFTP`.

    ## References
    https://docs.aws.amazon.com/transfer/latest/userguide/tf-server-endpoint.html
    """
    told = f"{server.label} offers {', '.join(settings.protocols) or 'no protocol that AWS tells'}"
    if not PLAIN.isdisjoint(settings.protocols):
        return Fail(f"{told}: FTP is not encrypted.")
    if not settings.protocols or not ENCRYPTED.issuperset(settings.protocols):
        return Manual(f"{told}: look whether all of it is encrypted.")
    return Pass(f"{told}, which are encrypted." if len(settings.protocols) > 1 else f"{told}, which is encrypted.")


@check(fails="Transfer server has no post-quantum key exchange", severity="low", categories=["encryption"])
def transfer_server_pqc_ssh_kex_enabled(
    server: Server,
    settings: ServerSettings,
    *,
    transfer_pqc_ssh_allowed_policies: Annotated[
        list[str], "Security policies with a post-quantum key exchange for SSH."
    ] = [  # noqa: B006 - never changed
        "TransferSecurityPolicy-2025-03",
        "TransferSecurityPolicy-FIPS-2025-03",
        "TransferSecurityPolicy-AS2Restricted-2025-07",
    ],
) -> Verdict:
    """Transfer servers have a security policy with a post-quantum key exchange.

    Which policies have ML-KEM for SSH is set in the configuration; AWS brings out new ones.

    ## Risk
    Whoever records a transfer today reads it once a quantum computer can break the key exchange.

    ## Remediation
    `aws transfer update-server --region <region> --server-id <server> --security-policy-name
    TransferSecurityPolicy-2025-03`

    ## References
    https://docs.aws.amazon.com/transfer/latest/userguide/post-quantum-security-policies.html
    https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
    """
    told = f"{server.label} has the security policy {settings.policy}"
    return pass_if(
        settings.policy in transfer_pqc_ssh_allowed_policies,
        f"{told}.",
        f"{told}, which is not among those with a post-quantum key exchange.",
    )
