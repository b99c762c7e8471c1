"""Whether a key withstands quantum computers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final, TypeAlias

from aioprowler import Verdict
from aioprowler.judging.verdicts import is_set_to, told

ML_DSA: Final = ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"]
"""Those that AWS Private CA has (FIPS 204)."""

CLASSICAL: Final = frozenset(
    {"RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1", "SM2"}
)
"""What a quantum computer would break
(https://docs.aws.amazon.com/privateca/latest/APIReference/API_CertificateAuthorityConfiguration.html)."""

QuantumSafe: TypeAlias = Annotated[list[str], "Algorithms of keys that withstand quantum computers."]


def withstands_quantum_computers(label: str, algorithm: str | None, safe: Collection[str]) -> Verdict:
    """PASS for an algorithm that is `safe`, FAIL for a classical one, MANUAL for any other."""
    known = told(algorithm, f"KeyAlgorithm of {label}")
    return is_set_to(label, "a key of the type", known, good=safe, bad=CLASSICAL.difference(safe))
