from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.tls import (
    SSL,
    TLS_1_3,
    TlsVersion,
    demands_strong_tls,
    demands_tls,
    is_strong,
    lowest_version,
    names,
    refuses_plain_text,
)
from aioprowler.judging.tls_policies import POLICIES, TlsPolicy

TLS_1_0, TLS_1_1, TLS_1_2 = (1, 0), (1, 1), (1, 2)


@pytest.mark.parametrize(
    ("policy", "lowest"),
    [
        # CloudFront, viewers and origins
        ("SSLv3", SSL),
        ("TLSv1", TLS_1_0),
        ("TLSv1_2016", TLS_1_0),
        ("TLSv1.1", TLS_1_1),
        ("TLSv1.1_2016", TLS_1_1),
        ("TLSv1.2_2018", TLS_1_2),
        ("TLSv1.2_2021", TLS_1_2),
        ("TLSv1.2_2025", TLS_1_2),
        ("TLSv1.3_2025", TLS_1_3),
        # API Gateway
        ("TLS_1_0", TLS_1_0),
        ("TLS_1_2", TLS_1_2),
        ("SecurityPolicy_TLS13_1_3_2025_09", TLS_1_3),
        ("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", TLS_1_2),
        ("SecurityPolicy_TLS12_2018_EDGE", TLS_1_2),
        ("SecurityPolicy_TLS13_2025_EDGE", TLS_1_3),
        # OpenSearch
        ("Policy-Min-TLS-1-0-2019-07", TLS_1_0),
        ("Policy-Min-TLS-1-2-2019-07", TLS_1_2),
        ("Policy-Min-TLS-1-2-PFS-2023-10", TLS_1_2),
        # load balancers
        ("ELBSecurityPolicy-2015-05", TLS_1_0),
        ("ELBSecurityPolicy-2016-08", TLS_1_0),
        ("ELBSecurityPolicy-TLS-1-0-2015-04", TLS_1_0),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", TLS_1_1),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", TLS_1_2),
        ("ELBSecurityPolicy-FS-2018-06", TLS_1_0),
        ("ELBSecurityPolicy-FS-1-1-2019-08", TLS_1_1),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", TLS_1_2),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", TLS_1_0),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", TLS_1_2),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", TLS_1_2),
        ("ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04", TLS_1_2),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", TLS_1_3),
        # parameters of databases
        ("tls1.2+", TLS_1_2),
        ("TLSv1.1,TLSv1.2", TLS_1_1),
    ],
)
def test_the_lowest_version_of_a_name(policy: str, lowest: TlsVersion) -> None:
    assert lowest_version(policy) == lowest


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "TLS",
        "enabled",
        "ELBSecurityPolicy-2030-01",
        "TLSv2.0",
        "TLS_2_0",
        "TransferSecurityPolicy-2024-01",
    ],
)
def test_a_name_that_says_no_version_is_for_a_person(policy: str) -> None:
    verdict = demands_tls("Listener l", policy)
    assert isinstance(verdict, Manual)
    assert policy in verdict.detail


def test_a_version_below_the_lowest_that_is_wanted_fails() -> None:
    old = demands_tls("Listener l", "TLSv1.1_2016")
    assert old == Fail("Listener l accepts versions from TLS 1.1 on (TLSv1.1_2016).")
    assert demands_tls("Listener l", "SSLv3") == Fail("Listener l accepts versions from SSL on (SSLv3).")
    assert demands_tls("Listener l", "TLS_1_2") == Pass("Listener l accepts no version below TLS 1.2 (TLS_1_2).")
    assert isinstance(demands_tls("Listener l", "TLS_1_2", TLS_1_3), Fail)


def test_what_a_policy_is_named_for() -> None:
    assert names("ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09", "pq")
    assert names("TransferSecurityPolicy-FIPS-2024-01", "FIPS")
    assert not names("ELBSecurityPolicy-TLS13-1-2-2021-06", "FIPS")
    assert not names("Policy-UPQ-2025", "PQ")


def test_plain_text() -> None:
    assert refuses_plain_text("Cluster c", True) == Pass("Cluster c refuses connections without TLS.")
    assert refuses_plain_text("Cluster c", False) == Fail("Cluster c accepts connections without TLS.")


# ------------------------------------------------------ policies of load balancers
@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_the_table_says_what_names_say(policy: str) -> None:
    """A policy of TLS 1.0 and 1.1 fails, one from 1.2 on passes; ciphers of TLS 1.3 are there where it is."""
    lowest = lowest_version(policy)
    assert lowest is not None
    verdict = demands_strong_tls("Listener l", policy, POLICIES[policy])
    assert isinstance(verdict, Pass if lowest >= TLS_1_2 else Fail)
    named = policy.removeprefix("ELBSecurityPolicy-")
    if named.startswith(("TLS", "FS-1")):
        assert lowest == {"0": TLS_1_0, "1": TLS_1_1, "2": TLS_1_2, "3": TLS_1_3}[named.split("-")[2]]
    assert any(cipher.startswith("TLS_") for cipher in POLICIES[policy].ciphers) == named.startswith("TLS13")


def test_a_policy_that_is_newer_than_the_table_is_for_a_person() -> None:
    name = "ELBSecurityPolicy-TLS13-1-3-2031-01"
    verdict = demands_strong_tls("Listener l", name, POLICIES.get(name))
    assert isinstance(verdict, Manual)
    assert name in verdict.detail


def test_weak_ciphers_of_a_new_version_fail() -> None:
    verdict = demands_strong_tls("Listener l", "own", TlsPolicy(("TLSv1.2",), ("AES128-SHA", "RC4-SHA")))
    assert verdict == Fail("Listener l accepts weak ciphers (own): RC4-SHA.")


@pytest.mark.parametrize("protocols", [(), ("TLSv1.2", "Quick")])
def test_versions_are_not_made_up(protocols: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError, match="TLS versions"):
        demands_strong_tls("Listener l", "own", TlsPolicy(protocols, ()))


@pytest.mark.parametrize(
    ("cipher", "strong"),
    [
        ("ECDHE-RSA-AES128-SHA", True),
        ("TLS_CHACHA20_POLY1305_SHA256", True),
        ("CAMELLIA128-SHA", True),
        ("DES-CBC3-SHA", False),
        ("EDH-RSA-DES-CBC3-SHA", False),
        ("ECDHE-RSA-RC4-SHA", False),
        ("ADH-AES128-SHA", False),
        ("EXP-KRB5-RC4-MD5", False),
        ("NULL-SHA", False),
    ],
)
def test_ciphers(cipher: str, strong: bool) -> None:
    assert is_strong(cipher) is strong
