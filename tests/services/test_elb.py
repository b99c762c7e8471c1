from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass, Verdict
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.elb.checks import (
    elb_connection_draining_enabled,
    elb_cross_zone_load_balancing_enabled,
    elb_desync_mitigation_mode,
    elb_insecure_ssl_ciphers,
    elb_internet_facing,
    elb_is_in_multiple_az,
    elb_logging_enabled,
    elb_ssl_listeners,
    elb_ssl_listeners_use_acm_certificate,
)
from aioprowler.services.elb.resources import (
    AcmCertificates,
    Attribute,
    ClassicLoadBalancer,
    ClassicLoadBalancerAttributes,
    ClassicLoadBalancerPolicies,
    Listener,
    ListenerDescription,
    ListenerPolicy,
    PolicyAttribute,
    Switch,
    has_named_policies,
)
from tests.services.made import made

ACM = "arn:aws:acm:us-east-1:123456789012:certificate"
IAM = "arn:aws:iam::123456789012:server-certificate/old"
TLS_1_2 = "ELBSecurityPolicy-TLS-1-2-2017-01"
BALANCER = made(ClassicLoadBalancer, name="front")


def listener(protocol: str, *policies: str, port: int = 443, certificate: str | None = None) -> ListenerDescription:
    return ListenerDescription(Listener(protocol, port, certificate), policies)


def balancer(*listeners: ListenerDescription) -> ClassicLoadBalancer:
    return made(ClassicLoadBalancer, name="front", listeners=listeners)


def attributes(on: bool, mode: str | None = None) -> ClassicLoadBalancerAttributes:
    additional = (Attribute("elb.http.desyncmitigationmode", mode),) if mode else ()
    switch = Switch(on)
    return ClassicLoadBalancerAttributes(
        access_log=switch, connection_draining=switch, cross_zone=switch, additional=additional
    )


@pytest.mark.parametrize(
    "check", [elb_connection_draining_enabled, elb_cross_zone_load_balancing_enabled, elb_logging_enabled]
)
@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_switches(check: Any, on: bool, verdict: type) -> None:
    assert isinstance(check(BALANCER, attributes(on)), verdict)


@pytest.mark.parametrize(
    ("mode", "verdict"), [("strictest", Pass), ("defensive", Pass), ("monitor", Fail), ("lenient", Manual)]
)
def test_desync(mode: str, verdict: type) -> None:
    assert isinstance(elb_desync_mitigation_mode(BALANCER, attributes(True, mode)), verdict)


def test_the_desync_mode_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match=r"elb\.http\.desyncmitigationmode"):
        elb_desync_mitigation_mode(BALANCER, attributes(True))


@pytest.mark.parametrize(("scheme", "verdict"), [("internal", Pass), ("internet-facing", Fail), ("other", Manual)])
def test_scheme(scheme: str, verdict: type) -> None:
    assert isinstance(elb_internet_facing(made(ClassicLoadBalancer, name="front", scheme=scheme)), verdict)


@pytest.mark.parametrize(
    ("zones", "minimum", "verdict"), [(("a", "b"), 2, Pass), (("a",), 2, Fail), ((), 2, Fail), (("a", "b"), 3, Fail)]
)
def test_zones(zones: tuple[str, ...], minimum: int, verdict: type) -> None:
    placed = made(ClassicLoadBalancer, name="front", zones=zones)
    assert isinstance(elb_is_in_multiple_az(placed, elb_min_azs=minimum), verdict)


@pytest.mark.parametrize(
    ("protocols", "verdict"),
    [
        (["HTTPS", "SSL"], Pass),
        (["https"], Pass),
        ([], Pass),
        (["HTTPS", "HTTP"], Fail),
        (["TCP"], Fail),
        (["QUIC"], Fail),
    ],
)
def test_listeners(protocols: Sequence[str], verdict: type) -> None:
    assert isinstance(elb_ssl_listeners(balancer(*map(listener, protocols))), verdict)


def test_plain_listeners_are_named() -> None:
    judged = elb_ssl_listeners(balancer(listener("HTTP", port=80), listener("TCP", port=25), listener("SSL")))
    assert judged == Fail(
        "Classic Load Balancer front has listeners without encryption: HTTP on port 80, TCP on port 25.",
        names=({"port": "80"}, {"port": "25"}),
    )


# ------------------------------------------------------------ security policies
def policy(name: str, kind: str = "SSLNegotiationPolicyType", **said: str) -> ListenerPolicy:
    spelled = {key.replace("_", "-").replace("TLSv1-", "TLSv1."): value for key, value in said.items()}
    return ListenerPolicy(name, kind, tuple(PolicyAttribute(key, value) for key, value in spelled.items()))


def tls(*names: str, policies: Sequence[ListenerPolicy] = ()) -> Verdict:
    known = ClassicLoadBalancerPolicies(policies=tuple(policies)) if policies else None
    return elb_insecure_ssl_ciphers(balancer(listener("HTTPS", *names)), known)


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        ([TLS_1_2], Pass),
        (["ELBSecurityPolicy-2016-08"], Fail),
        (["ELBSecurityPolicy-2014-01"], Fail),
        ([], Fail),
        (["ELBSecurityPolicy-2031-01"], Manual),
        ([TLS_1_2, "ELBSecurityPolicy-TLS-1-1-2017-01"], Fail),
    ],
)
def test_policies_of_aws(names: Sequence[str], verdict: type) -> None:
    assert isinstance(tls(*names), verdict)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"Reference_Security_Policy": TLS_1_2, "Protocol_TLSv1_2": "true"}, Pass),
        ({"Reference_Security_Policy": "ELBSecurityPolicy-2015-05"}, Fail),
        ({"Reference_Security_Policy": "ELBSecurityPolicy-2031-01", "Protocol_TLSv1_2": "true"}, Manual),
        ({"Protocol_TLSv1": "false", "Protocol_TLSv1_2": "true", "ECDHE_RSA_AES128_GCM_SHA256": "true"}, Pass),
        ({"Protocol_TLSv1_2": "true", "Server_Defined_Cipher_Order": "true", "AES128_SHA": "true"}, Pass),
        ({"Protocol_TLSv1_1": "true", "Protocol_TLSv1_2": "true", "AES128_SHA": "true"}, Fail),
        ({"Protocol_SSLv3": "true", "Protocol_TLSv1_2": "true"}, Fail),
        ({"Protocol_TLSv1_2": "true", "RC4_SHA": "true"}, Fail),
        ({"Protocol_TLSv1_2": "true", "RC4_SHA": "false"}, Pass),
    ],
)
def test_policies_with_other_names(said: dict[str, str], verdict: type) -> None:
    assert isinstance(tls("own", policies=[policy("own", **said)]), verdict)


def test_protocols_of_a_policy_are_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="TLS versions"):
        tls("own", policies=[policy("own")])


def test_policies_of_something_else_do_not_count() -> None:
    sticky = policy("sticky", "AppCookieStickinessPolicyType", CookieName="session")
    assert isinstance(tls("sticky", TLS_1_2, policies=[sticky]), Pass)


def test_a_policy_that_is_not_found_is_not_good() -> None:
    assert isinstance(tls("own", TLS_1_2), Manual)


def test_the_port_is_told_and_plain_listeners_have_no_policy() -> None:
    judged = elb_insecure_ssl_ciphers(balancer(listener("SSL", "ELBSecurityPolicy-2016-08", port=465)), None)
    assert judged.detail.startswith("Listener 465 of Classic Load Balancer front accepts versions from TLS 1.0 on")
    assert isinstance(elb_insecure_ssl_ciphers(balancer(listener("HTTP")), None), Pass)


@pytest.mark.parametrize(
    ("asked", "listeners"),
    [
        (False, [listener("HTTPS", TLS_1_2), listener("HTTP", "sticky")]),
        (False, []),
        (True, [listener("HTTPS", TLS_1_2, "sticky")]),
    ],
)
def test_policies_are_asked_for_where_names_do_not_tell(asked: bool, listeners: list[ListenerDescription]) -> None:
    assert has_named_policies(balancer(*listeners)) is asked


# ---------------------------------------------------------------- certificates
CERTIFICATES = AcmCertificates(
    {f"{ACM}/issued": "AMAZON_ISSUED", f"{ACM}/private": "PRIVATE", f"{ACM}/imported": "IMPORTED", f"{ACM}/new": "NEW"}
)


@pytest.mark.parametrize(
    ("arns", "verdict"),
    [
        ([f"{ACM}/issued"], Pass),
        ([f"{ACM}/private"], Pass),
        ([f"{ACM}/imported"], Fail),
        ([f"{ACM}/unlisted"], Fail),
        ([f"{ACM}/new"], Manual),
        ([IAM], Fail),
        (["InvalidCertificate"], Fail),
        ([f"{ACM}/issued", IAM], Fail),
        ([], Pass),
    ],
)
def test_certificates(arns: Sequence[str], verdict: type) -> None:
    listeners = [listener("SSL", certificate=arn) for arn in arns]
    judged = elb_ssl_listeners_use_acm_certificate(balancer(listener("HTTP"), *listeners), CERTIFICATES)
    assert isinstance(judged, verdict)


def test_certificates_are_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="SSLCertificateId"):
        elb_ssl_listeners_use_acm_certificate(balancer(listener("HTTPS")), CERTIFICATES)


def test_acm_is_needed_for_its_certificates_only() -> None:
    denied = Failure("denied", "acm:ListCertificates", "AccessDenied")
    assert isinstance(elb_ssl_listeners_use_acm_certificate(balancer(listener("HTTPS", certificate=IAM)), denied), Fail)
    with pytest.raises(GapError):
        elb_ssl_listeners_use_acm_certificate(balancer(listener("HTTPS", certificate=f"{ACM}/issued")), denied)
