from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.judging.ports import IpRange, Ipv6Range, NamedPrefixList
from aioprowler.judging.ports import Rule as GroupRule
from aioprowler.services.ec2.resources.firewall import SecurityGroup, SecurityGroupIndex
from aioprowler.services.elbv2.checks import (
    elbv2_alb_drop_invalid_header_fields_enabled,
    elbv2_cross_zone_load_balancing_enabled,
    elbv2_deletion_protection,
    elbv2_desync_mitigation_mode,
    elbv2_insecure_ssl_ciphers,
    elbv2_internet_facing,
    elbv2_is_in_multiple_az,
    elbv2_listener_fips_tls_enabled,
    elbv2_listener_pqc_tls_enabled,
    elbv2_listeners_underneath,
    elbv2_logging_enabled,
    elbv2_nlb_tls_termination_enabled,
    elbv2_ssl_listeners,
    elbv2_waf_acl_attached,
)
from aioprowler.services.elbv2.resources import (
    Action,
    Attribute,
    BalancersBehindClassicWebAcls,
    BalancersBehindWebAcls,
    Cipher,
    Condition,
    DeliveredLogs,
    Listener,
    Listeners,
    LoadBalancer,
    LoadBalancerAttributes,
    Patterns,
    PlainRules,
    Redirect,
    Rule,
    SslPolicies,
    SslPolicy,
    Zone,
)
from tests.services.made import made

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/front/1"
GOOD = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
NEWER = "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2031-01"
DENIED = Failure("denied", "it", "AccessDenied")


def balancer(kind: str = "application", **told: Any) -> LoadBalancer:
    return made(LoadBalancer, name="front", arn=ARN, type=kind, **told)


ALB, NLB, GATEWAY = map(balancer, ("application", "network", "gateway"))


# ------------------------------------------------------------------ attributes
def attributes(**told: str) -> LoadBalancerAttributes:
    named = {key.replace("__", "."): value for key, value in told.items()}
    return LoadBalancerAttributes(attributes=tuple(Attribute(key, value) for key, value in named.items()))


SWITCHES: dict[Any, tuple[str, list[LoadBalancer], list[LoadBalancer]]] = {
    elbv2_alb_drop_invalid_header_fields_enabled: (
        "routing__http__drop_invalid_header_fields__enabled",
        [ALB],
        [NLB, GATEWAY],
    ),
    elbv2_cross_zone_load_balancing_enabled: ("load_balancing__cross_zone__enabled", [NLB, GATEWAY], [ALB]),
    elbv2_deletion_protection: ("deletion_protection__enabled", [ALB, NLB, GATEWAY], []),
}


@pytest.mark.parametrize("check", SWITCHES, ids=lambda check: check.id)
@pytest.mark.parametrize(("value", "verdict"), [("true", Pass), ("false", Fail), (None, Fail), ("partly", Manual)])
def test_switches(check: Any, value: str | None, verdict: type) -> None:
    """What AWS does not tell is false, its documented default."""
    key, judged, others = SWITCHES[check]
    told = attributes(**{key: value} if value else {})
    assert [type(check(each, told)) for each in judged] == [verdict] * len(judged)
    assert [check(each, told) for each in others] == [None] * len(others)


@pytest.mark.parametrize("balancer", [ALB, NLB])
@pytest.mark.parametrize(
    ("to_bucket", "delivered", "verdict"),
    [
        ("true", [], Pass),
        ("false", [], Fail),
        (None, [], Fail),
        ("partly", [], Manual),
        ("false", [ARN], Pass),
        ("partly", [ARN], Pass),
        ("false", [f"{ARN}0"], Fail),
    ],
)
def test_access_logs(balancer: LoadBalancer, to_bucket: str | None, delivered: list[str], verdict: type) -> None:
    told = attributes(**{"access_logs__s3__enabled": to_bucket} if to_bucket else {})
    assert isinstance(elbv2_logging_enabled(balancer, told, DeliveredLogs(arns=frozenset(delivered))), verdict)
    assert elbv2_logging_enabled(GATEWAY, told, DENIED) is None


def test_logs_that_nobody_may_look_at_are_not_missing() -> None:
    assert isinstance(elbv2_logging_enabled(ALB, attributes(access_logs__s3__enabled="true"), DENIED), Pass)
    with pytest.raises(GapError):
        elbv2_logging_enabled(ALB, attributes(), DENIED)


@pytest.mark.parametrize(
    ("mode", "drops", "verdict"),
    [
        ("strictest", "false", Pass),
        ("defensive", "false", Pass),
        ("monitor", "false", Fail),
        ("monitor", "true", Pass),
        ("lenient", "false", Manual),
        ("lenient", "true", Pass),
    ],
)
def test_desync(mode: str, drops: str, verdict: type) -> None:
    told = attributes(
        routing__http__desync_mitigation_mode=mode, routing__http__drop_invalid_header_fields__enabled=drops
    )
    assert isinstance(elbv2_desync_mitigation_mode(ALB, told), verdict)
    assert elbv2_desync_mitigation_mode(NLB, told) is None


def test_the_default_of_the_desync_mode_is_good() -> None:
    assert isinstance(elbv2_desync_mitigation_mode(ALB, attributes()), Pass)


@pytest.mark.parametrize(
    ("zones", "minimum", "verdict"), [(("a", "b"), 2, Pass), (("a",), 2, Fail), ((), 2, Fail), (("a", "b"), 3, Fail)]
)
def test_zones(zones: Sequence[str], minimum: int, verdict: type) -> None:
    placed = balancer(zones=tuple(map(Zone, zones)))
    assert isinstance(elbv2_is_in_multiple_az(placed, elbv2_min_azs=minimum), verdict)


# ------------------------------------------------------------------- listeners
def listeners(*told: Listener) -> Listeners:
    return Listeners(listeners=told)


def https(policy: str = GOOD, protocol: str = "HTTPS") -> Listener:
    return Listener("arn:listener", protocol, 443, policy)


HTTP = Listener("arn:http", "HTTP", 80)
UNNAMED = Listener("arn:gateway")


def test_listeners_underneath() -> None:
    assert isinstance(elbv2_listeners_underneath(GATEWAY, listeners(UNNAMED)), Pass)
    assert isinstance(elbv2_listeners_underneath(ALB, listeners()), Fail)


@pytest.mark.parametrize(("protocols", "verdict"), [(["TCP", "TLS"], Pass), (["TCP", "UDP"], Fail), ([], Fail)])
def test_tls_termination(protocols: Sequence[str], verdict: type) -> None:
    told = listeners(*(Listener("arn:listener", protocol, 443) for protocol in protocols))
    assert isinstance(elbv2_nlb_tls_termination_enabled(NLB, told), verdict)
    assert elbv2_nlb_tls_termination_enabled(ALB, told) is None


FIPS = "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04"
PQ = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
OLD_PQ = "ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09"
OLD = "ELBSecurityPolicy-2016-08"
POLICIES: list[tuple[list[Listener], type, type, type]] = [
    # weak, FIPS, post-quantum
    ([https(GOOD)], Pass, Fail, Fail),
    ([https(FIPS)], Pass, Pass, Fail),
    ([https(PQ)], Pass, Fail, Pass),
    ([https(OLD_PQ)], Fail, Pass, Fail),
    ([https(OLD)], Fail, Fail, Fail),
    ([https(NEWER)], Manual, Manual, Manual),
    ([https(FIPS), https(OLD, "TLS")], Fail, Fail, Fail),
    ([https(NEWER), https(OLD, "TLS")], Fail, Fail, Fail),
    ([Listener("arn:listener", "TLS", 443)], Fail, Fail, Fail),
    ([HTTP], Pass, Pass, Pass),
    ([], Pass, Pass, Pass),
]


@pytest.mark.parametrize(("told", "weak", "fips", "pq"), POLICIES)
def test_security_policies(told: list[Listener], weak: type, fips: type, pq: type) -> None:
    assert isinstance(elbv2_insecure_ssl_ciphers(ALB, listeners(*told), SslPolicies()), weak)
    assert isinstance(elbv2_listener_fips_tls_enabled(ALB, listeners(*told)), fips)
    assert isinstance(elbv2_listener_pqc_tls_enabled(ALB, listeners(*told)), pq)


def test_policies_for_key_exchange_are_configured() -> None:
    told = listeners(https(NEWER))
    judged = elbv2_listener_pqc_tls_enabled(ALB, told, elbv2_listener_pqc_tls_allowed_policies=[NEWER])
    assert isinstance(judged, Pass)
    assert isinstance(
        elbv2_listener_pqc_tls_enabled(ALB, listeners(https(PQ)), elbv2_listener_pqc_tls_allowed_policies=[]), Fail
    )


def test_listeners_on_one_port_are_told_apart() -> None:
    judged = elbv2_insecure_ssl_ciphers(
        NLB, listeners(https(OLD, "TLS"), Listener("arn:udp", "UDP", 443)), SslPolicies()
    )
    assert judged.detail == f"TLS listener 443 of Load balancer front accepts versions from TLS 1.0 on ({OLD})."


@pytest.mark.parametrize(
    ("protocols", "ciphers", "verdict"),
    [
        (["TLSv1.3", "TLSv1.2"], ["TLS_AES_256_GCM_SHA384"], Pass),
        (["TLSv1.2"], ["DES-CBC3-SHA"], Fail),
        (["TLSv1.2", "TLSv1.1"], ["TLS_AES_256_GCM_SHA384"], Fail),
    ],
)
def test_a_policy_that_is_newer_than_the_table_is_what_aws_tells_of_it(
    protocols: list[str], ciphers: list[str], verdict: type
) -> None:
    told = SslPolicies(policies=(SslPolicy(NEWER, tuple(protocols), tuple(map(Cipher, ciphers))),))
    assert isinstance(elbv2_insecure_ssl_ciphers(ALB, listeners(https(NEWER)), told), verdict)


def test_newer_policies_that_nobody_may_look_up_hide_no_old_ones() -> None:
    assert isinstance(elbv2_insecure_ssl_ciphers(ALB, listeners(https(NEWER), https(OLD)), DENIED), Fail)
    with pytest.raises(GapError):
        elbv2_insecure_ssl_ciphers(ALB, listeners(https(NEWER)), DENIED)


@pytest.mark.parametrize(
    "check",
    [
        lambda balancer, told: elbv2_insecure_ssl_ciphers(balancer, told, SslPolicies()),
        elbv2_listener_fips_tls_enabled,
        elbv2_listener_pqc_tls_enabled,
    ],
)
def test_protocols_are_not_made_up(check: Any) -> None:
    with pytest.raises(UnreadableError, match="Protocol of arn:gateway"):
        check(NLB, listeners(UNNAMED))
    assert isinstance(check(GATEWAY, listeners(UNNAMED)), Pass)


# ----------------------------------------------------------------------- rules
TO_HTTPS = Action("redirect", Redirect("HTTPS"))
FORWARD = Action("forward")
ANSWER = Action("fixed-response")


def path(*values: str) -> Condition:
    return Condition("path-pattern", values, Patterns(values))


def rule(*actions: Action, priority: str = "default", conditions: Sequence[Condition] = ()) -> Rule:
    return Rule(priority, tuple(conditions), actions)


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([rule(TO_HTTPS)], Pass),
        ([rule(FORWARD)], Fail),
        ([rule(ANSWER)], Fail),
        ([rule(Action("redirect"))], Fail),
        ([rule(Action("redirect", Redirect("HTTP")))], Fail),
        ([rule(Action("redirect", Redirect("https")))], Pass),
        # all are sent to HTTPS by a rule before the last one
        ([rule(FORWARD), rule(TO_HTTPS, priority="1", conditions=[path("/*")])], Pass),
        ([rule(FORWARD), rule(TO_HTTPS, priority="1", conditions=[path("/shop/*")])], Fail),
        ([rule(FORWARD), rule(TO_HTTPS, priority="1", conditions=[Condition("host-header", ("*",))])], Pass),
        ([rule(FORWARD), rule(TO_HTTPS, priority="1", conditions=[path("*"), Condition("source-ip")])], Fail),
        # some are passed on before
        ([rule(TO_HTTPS), rule(FORWARD, priority="1", conditions=[path("/.well-known/*")])], Fail),
        ([rule(TO_HTTPS), rule(ANSWER, priority="1", conditions=[path("/health")])], Pass),
        ([rule(TO_HTTPS), rule(Action("new"), priority="1", conditions=[path("/health")])], Fail),
        # nothing reaches what comes after a rule for all
        (
            [
                rule(TO_HTTPS),
                rule(FORWARD, priority="10", conditions=[path("/a")]),
                rule(TO_HTTPS, priority="9", conditions=[path("*")]),
            ],
            Pass,
        ),
    ],
)
def test_redirects(rules: list[Rule], verdict: type) -> None:
    assert isinstance(elbv2_ssl_listeners(ALB, PlainRules(by_listener={"HTTP listener 80": tuple(rules)})), verdict)


def test_without_plain_listeners_all_is_encrypted() -> None:
    assert isinstance(elbv2_ssl_listeners(ALB, PlainRules()), Pass)
    assert elbv2_ssl_listeners(NLB, PlainRules()) is None


def test_rules_are_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="Rules of HTTP listener 80"):
        elbv2_ssl_listeners(ALB, PlainRules(by_listener={"HTTP listener 80": ()}))


# -------------------------------------------------------------------- internet
def group(id_: str, protocol: str, port: int | None, *sources: str, lists: Sequence[str] = ()) -> SecurityGroup:
    four = tuple(IpRange(each) for each in sources if ":" not in each)
    six = tuple(Ipv6Range(each) for each in sources if ":" in each)
    permission = GroupRule(protocol, port, port, four, six, prefix_list_ids=tuple(map(NamedPrefixList, lists)))
    return made(SecurityGroup, group_id=id_, ingress=(permission,))


GROUPS = SecurityGroupIndex(
    {
        each.group_id: each
        for each in (
            group("web", "tcp", 443, "0.0.0.0/0"),
            group("web-6", "tcp", 443, "::/0"),
            group("all", "-1", None, "0.0.0.0/0"),
            group("dns", "udp", 53, "0.0.0.0/0"),
            group("office", "tcp", 443, "198.51.100.0/24"),
            group("half", "tcp", 443, "0.0.0.0/1"),
            group("other-half", "tcp", 443, "128.0.0.0/1"),
            group("listed", "tcp", 443, lists=["pl-1"]),
        )
    }
)


@pytest.mark.parametrize(
    ("kind", "ids", "verdict"),
    [
        ("application", ["office"], Pass),
        ("application", ["web"], Fail),
        ("application", ["web-6"], Fail),
        ("application", ["office", "all"], Fail),
        ("application", ["dns"], Pass),
        ("network", ["dns"], Fail),
        ("application", ["half"], Pass),
        ("application", ["half", "other-half"], Fail),
        ("application", ["listed"], Manual),
        ("application", ["unlisted"], Manual),
        ("application", ["unlisted", "web"], Fail),
        ("application", [], Pass),
        ("network", [], Fail),
        ("network", None, Fail),
    ],
)
def test_internet_facing(kind: str, ids: list[str] | None, verdict: type) -> None:
    groups = None if ids is None else tuple(ids)
    judged = elbv2_internet_facing(balancer(kind, scheme="internet-facing", security_groups=groups), GROUPS)
    assert isinstance(judged, verdict)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (balancer("application", scheme="internal", security_groups=("web",)), Pass),
        (balancer("network", scheme="internal"), Pass),
        (balancer("gateway"), Pass),
        (balancer("network", scheme="internet-facing"), Fail),
        (balancer("application", scheme="another"), Manual),
    ],
)
def test_groups_are_not_asked_for_where_they_do_not_matter(told: LoadBalancer, verdict: type) -> None:
    assert isinstance(elbv2_internet_facing(told, DENIED), verdict)


def test_what_leads_in_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="Scheme"):
        elbv2_internet_facing(ALB, GROUPS)
    with pytest.raises(UnreadableError, match="SecurityGroups"):
        elbv2_internet_facing(balancer(scheme="internet-facing"), GROUPS)
    with pytest.raises(GapError):
        elbv2_internet_facing(balancer(scheme="internet-facing", security_groups=("web",)), DENIED)


# -------------------------------------------------------------------- web ACLs
ACL = {ARN: "acl"}
NO_CLASSIC = Failure("unsupported", "waf-regional:*", "UnknownEndpoint")


@pytest.mark.parametrize(
    ("present", "classic", "verdict"),
    [
        (ACL, {}, Pass),
        ({}, ACL, Pass),
        ({}, {}, Fail),
        ({}, NO_CLASSIC, Fail),
        (ACL, DENIED, Pass),
    ],
)
def test_web_acls(present: dict[str, str], classic: dict[str, str] | Failure, verdict: type) -> None:
    behind = BalancersBehindWebAcls(web_acls=present)
    told = classic if isinstance(classic, Failure) else BalancersBehindClassicWebAcls(web_acls=classic)
    assert isinstance(elbv2_waf_acl_attached(ALB, behind, told), verdict)
    assert elbv2_waf_acl_attached(NLB, behind, told) is None


def test_web_acls_of_waf_classic_are_not_made_up() -> None:
    with pytest.raises(GapError):
        elbv2_waf_acl_attached(ALB, BalancersBehindWebAcls(web_acls={}), DENIED)
