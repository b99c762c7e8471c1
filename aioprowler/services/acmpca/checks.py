"""How private certificate authorities are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.services.acmpca.resources import CertificateAuthority
from aioprowler.services.acmpca.verdicts import ML_DSA, QuantumSafe, withstands_quantum_computers


@check(
    fails="Certificate authority has a key that quantum computers would break",
    severity="low",
    categories=["encryption"],
)
def acmpca_certificate_authority_pqc_key_algorithm(
    authority: CertificateAuthority,
    *,
    acmpca_pqc_key_algorithms: QuantumSafe = ML_DSA,
) -> Verdict:
    """Private certificate authorities sign with keys that withstand quantum computers.

    Such are the keys of the ML-DSA family. RSA and elliptic curves are not. Authorities that were deleted, or never
    came to be, are not judged.

    ## Risk
    A root lives for decades. Whoever has a quantum computer by then computes its key from its certificate, and issues
    certificates that everybody trusts who trusts the root.

    ## Remediation
    The key of an authority cannot be changed. Make another one, and issue from it: `aws acm-pca
    create-certificate-authority --region <region> --certificate-authority-type ROOT
    --certificate-authority-configuration file://<your-configuration.json>`, with `ML_DSA_65` for `KeyAlgorithm`.

    ## References
    https://docs.aws.amazon.com/privateca/latest/userguide/PcaTerms.html
    """
    algorithm = authority.configuration.key_algorithm
    return withstands_quantum_computers(authority.label, algorithm, acmpca_pqc_key_algorithms)
