from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass, UnreadableError
from aioprowler.services.acmpca.checks import acmpca_certificate_authority_pqc_key_algorithm
from aioprowler.services.acmpca.resources import CertificateAuthority, Configuration

ARN = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/ca-1"


def authority(algorithm: str | None, status: str = "ACTIVE") -> CertificateAuthority:
    return CertificateAuthority(arn=ARN, status=status, configuration=Configuration(key_algorithm=algorithm))


@pytest.mark.parametrize(
    ("algorithm", "verdict"),
    [
        ("ML_DSA_44", Pass),
        ("ML_DSA_87", Pass),
        ("RSA_4096", Fail),
        ("EC_prime256v1", Fail),
        ("SM2", Fail),
        ("SLH_DSA_1", Manual),
    ],
)
def test_keys(algorithm: str, verdict: type) -> None:
    assert isinstance(acmpca_certificate_authority_pqc_key_algorithm(authority(algorithm)), verdict)


def test_safe_algorithms_are_configured() -> None:
    known = {"acmpca_pqc_key_algorithms": ["ML_DSA_87", "RSA_4096"]}
    assert isinstance(acmpca_certificate_authority_pqc_key_algorithm(authority("ML_DSA_44"), **known), Manual)
    assert isinstance(acmpca_certificate_authority_pqc_key_algorithm(authority("RSA_4096"), **known), Pass)


def test_a_key_that_is_not_told_is_not_judged() -> None:
    with pytest.raises(UnreadableError, match="KeyAlgorithm of Certificate authority ca-1"):
        acmpca_certificate_authority_pqc_key_algorithm(authority(None))
