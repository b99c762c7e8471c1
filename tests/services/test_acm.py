from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass, UnreadableError, Verdict
from aioprowler.services.acm.checks import (
    acm_certificates_expiration_check,
    acm_certificates_transparency_logs_enabled,
    acm_certificates_with_secure_key_algorithms,
)
from aioprowler.services.acm.resources import Certificate, CertificateOptions, can_be_logged

NOW = datetime.datetime(2026, 3, 31, 12, tzinfo=datetime.UTC)


def certificate(days: float | None = 100, **facts: Any) -> Certificate:
    known = {
        "arn": "arn:aws:acm:us-east-1:123456789012:certificate/c-1",
        "name": "www.example.com",
        "status": "ISSUED",
        "type": "AMAZON_ISSUED",
        "key_algorithm": "RSA-2048",
        "in_use": True,
        "not_after": None if days is None else NOW + datetime.timedelta(days=days),
    }
    return Certificate(**{**known, **facts})


def kind(verdict: Verdict | None) -> Any:
    return type(verdict) if verdict else None


@pytest.mark.parametrize(
    ("days", "verdict", "severity"),
    [
        (400, Pass, None),
        (8, Pass, None),
        (7.9, Fail, "medium"),
        (0.1, Fail, "medium"),
        (0, Fail, "high"),
        (-30, Fail, "high"),
    ],
)
def test_expiry(days: float, verdict: type, severity: str | None) -> None:
    found = acm_certificates_expiration_check(certificate(days), NOW)
    assert found is not None
    assert (kind(found), found.severity) == (verdict, severity)


def test_the_days_are_configured() -> None:
    assert kind(acm_certificates_expiration_check(certificate(20), NOW, days_to_expire_threshold=30)) is Fail


def test_what_waits_to_be_validated_does_not_expire() -> None:
    assert acm_certificates_expiration_check(certificate(None, status="PENDING_VALIDATION"), NOW) is None
    with pytest.raises(UnreadableError, match="NotAfter"):
        acm_certificates_expiration_check(certificate(None), NOW)


@pytest.mark.parametrize("all_", [False, True])
def test_what_nothing_uses_is_judged_only_where_that_is_wanted(all_: bool) -> None:
    unused = certificate(in_use=False)
    options = CertificateOptions(logging="ENABLED")
    wanted = Pass if all_ else None
    assert kind(acm_certificates_expiration_check(unused, NOW, scan_unused_services=all_)) is wanted
    assert kind(acm_certificates_transparency_logs_enabled(unused, options, scan_unused_services=all_)) is wanted
    assert kind(acm_certificates_with_secure_key_algorithms(unused, scan_unused_services=all_)) is wanted
    assert can_be_logged(unused, scan_unused_services=all_) is all_


@pytest.mark.parametrize(("logging", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("SOMETIMES", Manual)])
def test_logging(logging: str, verdict: type) -> None:
    found = acm_certificates_transparency_logs_enabled(certificate(), CertificateOptions(logging=logging))
    assert kind(found) is verdict


@pytest.mark.parametrize("made_by", ["IMPORTED", "PRIVATE"])
def test_logging_that_acm_does_not_decide(made_by: str) -> None:
    assert not can_be_logged(certificate(type=made_by))
    assert kind(acm_certificates_transparency_logs_enabled(certificate(type=made_by), None)) is Pass


@pytest.mark.parametrize(
    ("algorithm", "verdict"),
    [
        ("RSA-2048", Pass),
        ("RSA_4096", Pass),
        ("EC_prime256v1", Pass),
        ("EC-secp521r1", Pass),
        ("RSA-1024", Fail),
        ("RSA_1024", Fail),
        ("P-192", Fail),
        ("RSA_512", Manual),
        ("KYBER_1", Manual),
    ],
)
def test_keys(algorithm: str, verdict: type) -> None:
    assert kind(acm_certificates_with_secure_key_algorithms(certificate(key_algorithm=algorithm))) is verdict


def test_weak_keys_are_configured() -> None:
    found = acm_certificates_with_secure_key_algorithms(certificate(), insecure_key_algorithms=["RSA_2048"])
    assert found == Fail("Certificate www.example.com (c-1) has the key RSA-2048.")
