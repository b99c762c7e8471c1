from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler import Fail, Failure, Manual, Pass, UnreadableError
from aioprowler.declarations.failure import GapError
from aioprowler.services.cloudfront import checks
from aioprowler.services.cloudfront.resources import (
    CacheBehavior,
    CacheBehaviors,
    Connection,
    DeliveredLogs,
    Distribution,
    DistributionConfig,
    GeoRestriction,
    MissingBuckets,
    Origin,
    OriginGroups,
    Origins,
    PathBehavior,
    Restrictions,
    SslProtocols,
    StandardLogging,
    ViewerCertificate,
    VpcOrigins,
    delivered_logs,
    has_vpc_origins,
)
from aioprowler.services.cloudwatch.deliveries import Delivery, DeliverySource
from tests.services.made import made

ARN = "arn:aws:cloudfront::123456789012:distribution/D1"
DENIED = Failure("denied", "cloudfront:GetDistributionConfig", "AccessDenied")
TLS_1_2 = {"Quantity": 1, "Items": ["TLSv1.2"]}


def origin(name: str = "o", **told: Any) -> Origin:
    """As AWS tells of it."""
    return msgspec.convert({"Id": name, "DomainName": f"{name}.example.com", **told}, Origin)


def custom(policy: str | None, *protocols: str, name: str = "o") -> Origin:
    asked = {"OriginProtocolPolicy": policy, "OriginSslProtocols": {"Items": list(protocols)}}
    return origin(name, CustomOriginConfig=asked)


def bucket(name: str, **told: Any) -> Origin:
    host = f"{name}.s3.eu-west-1.amazonaws.com"
    return origin(name, **{"DomainName": host, "S3OriginConfig": {"OriginAccessIdentity": ""}, **told})


def distribution(*origins: Origin, viewers: str | None = "https-only", **told: Any) -> Distribution:
    own = {
        "id": "D1",
        "arn": ARN,
        "every_origin": Origins(items=origins),
        "default_behavior": CacheBehavior(viewer_protocol_policy=viewers, target_origin_id="o"),
        "path_behaviors": CacheBehaviors(),
        "web_acl_id": "",
    }
    return made(Distribution, **own | told)


def shown(**told: Any) -> Distribution:
    return distribution(viewer_certificate=ViewerCertificate(**told))


def paths(**policies: str) -> CacheBehaviors:
    """By the origin that they lead to."""
    return CacheBehaviors(
        tuple(
            PathBehavior(viewer_protocol_policy=policy, target_origin_id=target, path_pattern=f"/{target}/*")
            for target, policy in policies.items()
        )
    )


def groups(**members: list[str]) -> OriginGroups:
    told = [{"Id": name, "Members": {"Items": [{"OriginId": each} for each in ids]}} for name, ids in members.items()]
    return msgspec.convert({"Items": told}, OriginGroups)


# --- Viewers ---


@pytest.mark.parametrize(
    ("certificate", "verdict"),
    [
        ({"cloud_front_default_certificate": True, "minimum_protocol_version": "TLSv1"}, Fail),
        ({"cloud_front_default_certificate": False, "iam_certificate_id": "i"}, Pass),
        ({"acm_certificate_arn": "arn:c"}, Pass),
    ],
)
def test_certificates(certificate: dict[str, Any], verdict: type) -> None:
    assert isinstance(checks.cloudfront_distributions_custom_ssl_certificate(shown(**certificate)), verdict)


def test_a_certificate_that_is_not_told_is_not_judged() -> None:
    with pytest.raises(UnreadableError, match="certificate"):
        checks.cloudfront_distributions_custom_ssl_certificate(shown())


@pytest.mark.parametrize(
    ("default", "others", "verdict"),
    [
        ("https-only", {}, Pass),
        ("redirect-to-https", {"api": "https-only"}, Pass),
        ("allow-all", {}, Fail),
        ("https-only", {"api": "allow-all"}, Fail),
        ("https-maybe", {}, Manual),
    ],
)
def test_viewers(default: str, others: dict[str, str], verdict: type) -> None:
    found = checks.cloudfront_distributions_https_enabled(distribution(viewers=default, path_behaviors=paths(**others)))
    assert isinstance(found, verdict)
    assert not isinstance(found, Fail) or ("/api/*" in found.detail) == bool(others), "which one it is"


@pytest.mark.parametrize(
    ("method", "verdict"), [("sni-only", Pass), ("vip", Fail), ("static-ip", Fail), ("anycast", Manual)]
)
def test_sni(method: str, verdict: type) -> None:
    check = checks.cloudfront_distributions_https_sni_enabled
    assert isinstance(check(shown(acm_certificate_arn="arn:c", ssl_support_method=method)), verdict)
    assert check(shown(cloud_front_default_certificate=True, ssl_support_method=method)) is None


@pytest.mark.parametrize(
    ("certificate", "verdict"),
    [
        ({"acm_certificate_arn": "arn:c", "minimum_protocol_version": "TLSv1.3_2025"}, Pass),
        ({"acm_certificate_arn": "arn:c", "minimum_protocol_version": "TLSv1.2_2025"}, Fail),
        ({"cloud_front_default_certificate": True, "minimum_protocol_version": "TLSv1.3_2025"}, Fail),
    ],
)
def test_post_quantum_policies(certificate: dict[str, Any], verdict: type) -> None:
    assert isinstance(checks.cloudfront_distributions_pqc_tls_enabled(shown(**certificate)), verdict)


def test_post_quantum_policies_are_configured() -> None:
    policy = shown(acm_certificate_arn="arn:c", minimum_protocol_version="TLSv1.4_2030")
    check = checks.cloudfront_distributions_pqc_tls_enabled
    assert isinstance(check(policy, cloudfront_pqc_min_protocol_versions=["TLSv1.4_2030"]), Pass)
    assert isinstance(check(policy), Fail)


@pytest.mark.parametrize(
    ("kind", "verdict"), [("whitelist", Pass), ("blacklist", Pass), ("none", Fail), ("moon", Manual)]
)
def test_countries(kind: str, verdict: type) -> None:
    restricted = distribution(restrictions=Restrictions(GeoRestriction(kind)))
    assert isinstance(checks.cloudfront_distributions_geo_restrictions_enabled(restricted), verdict)


@pytest.mark.parametrize(("web_acl", "verdict"), [("arn:waf", Pass), ("", Fail)])
def test_web_acls(web_acl: str, verdict: type) -> None:
    assert isinstance(checks.cloudfront_distributions_using_waf(distribution(web_acl_id=web_acl)), verdict)


# --- What is answered ---


@pytest.mark.parametrize(("named", "verdict"), [("index.html", Pass), ("", Fail)])
def test_root_objects(named: str, verdict: type) -> None:
    config = DistributionConfig(default_root_object=named)
    assert isinstance(checks.cloudfront_distributions_default_root_object(distribution(), config), verdict)


@pytest.mark.parametrize(("id_", "verdict"), [("E1", Pass), ("", Fail)])
def test_field_level_encryption(id_: str, verdict: type) -> None:
    encrypting = distribution(default_behavior=CacheBehavior(field_level_encryption_id=id_))
    assert isinstance(checks.cloudfront_distributions_field_level_encryption_enabled(encrypting), verdict)


NOTHING, NOBODY = DistributionConfig(), DeliveredLogs(frozenset())


@pytest.mark.parametrize(
    ("realtime", "config", "delivered", "verdict"),
    [
        ("", NOTHING, NOBODY, Fail),
        ("", DistributionConfig(logging=StandardLogging(enabled=True)), NOBODY, Pass),
        ("arn:realtime", DENIED, DENIED, Pass),
        ("", DENIED, DeliveredLogs(frozenset({ARN})), Pass),
        ("", NOTHING, DeliveredLogs(frozenset({f"{ARN}0"})), Fail),
    ],
)
def test_logs(realtime: str, config: Any, delivered: Any, verdict: type) -> None:
    logging = distribution(default_behavior=CacheBehavior(realtime_log_config_arn=realtime))
    assert isinstance(checks.cloudfront_distributions_logging_enabled(logging, config, delivered), verdict)


@pytest.mark.parametrize(("config", "delivered"), [(DENIED, NOBODY), (NOTHING, DENIED)])
def test_logs_that_nobody_may_look_at_are_not_missing(config: Any, delivered: Any) -> None:
    with pytest.raises(GapError):
        checks.cloudfront_distributions_logging_enabled(distribution(), config, delivered)


@pytest.mark.parametrize(
    ("kind", "to", "arns"),
    [
        ("ACCESS_LOGS", "source", {ARN}),
        ("ACCESS_LOGS", "another source", set()),
        ("CONNECTION_LOGS", "source", set()),
    ],
)
def test_logs_count_that_are_delivered(kind: str, to: str, arns: set[str]) -> None:
    sources = (DeliverySource(name="source", arn="arn:s", log_type=kind, resource_arns=(ARN,)),)
    assert delivered_logs(sources, (Delivery(id="d", arn="arn:d", delivery_source_name=to),)).arns == arns


# --- Origins ---


@pytest.mark.parametrize(
    ("members", "verdict"),
    [({}, Fail), ({"g": ["a", "b"]}, Pass), ({"g": ["a"]}, Fail), ({"g": ["a", "b"], "h": ["a"]}, Fail)],
)
def test_failover(members: dict[str, list[str]], verdict: type) -> None:
    grouped = distribution(every_group=groups(**members))
    assert isinstance(checks.cloudfront_distributions_multiple_origin_failover_configured(grouped), verdict)


ENCRYPTED = checks.cloudfront_distributions_origin_traffic_encrypted


@pytest.mark.parametrize(
    ("viewers", "one", "verdict"),
    [
        ("allow-all", custom("https-only"), Pass),
        ("https-only", custom("http-only"), Fail),
        ("https-only", custom("match-viewer"), Pass),
        ("redirect-to-https", custom("match-viewer"), Pass),
        ("allow-all", custom("match-viewer"), Fail),
        ("https-only", custom("quic-only"), Manual),
        ("redirect-to-https", bucket("files"), Pass),
        ("allow-all", bucket("files"), Fail),
    ],
)
def test_traffic_with_origins(viewers: str, one: Origin, verdict: type) -> None:
    assert isinstance(ENCRYPTED(distribution(one, viewers=viewers), None), verdict)


def test_viewers_of_other_origins_do_not_count() -> None:
    both = (custom("https-only", name="o"), custom("match-viewer", name="api"))
    mixed = distribution(*both, viewers="allow-all", path_behaviors=paths(api="https-only"))
    assert isinstance(ENCRYPTED(mixed, None), Pass)
    by_group = distribution(
        *both, path_behaviors=paths(g="allow-all"), every_group=groups(g=["o", "api"], h=["o", "x"])
    )
    assert isinstance(ENCRYPTED(by_group, None), Fail)


def test_what_is_not_told_of_an_origin_is_not_judged() -> None:
    for one in (origin(), custom(None)):
        with pytest.raises(UnreadableError):
            ENCRYPTED(distribution(one), None)
    with pytest.raises(UnreadableError, match="origins"):
        ENCRYPTED(distribution(), None)


PRIVATE = origin("inside", VpcOriginConfig={"VpcOriginId": "vo_1"})


@pytest.mark.parametrize(("policy", "verdict"), [("https-only", Pass), ("http-only", Fail), ("match-viewer", Pass)])
def test_origins_in_vpcs(policy: str, verdict: type) -> None:
    inside = distribution(PRIVATE)
    assert has_vpc_origins(inside)
    assert not has_vpc_origins(distribution(custom("https-only")))
    told = VpcOrigins(connections={"vo_1": Connection(policy, SslProtocols(("TLSv1.2",)))})
    assert isinstance(ENCRYPTED(inside, told), verdict)
    assert isinstance(checks.cloudfront_distributions_using_deprecated_ssl_protocols(inside, told), Pass)


@pytest.mark.parametrize(
    ("origins", "verdict"),
    [
        ([bucket("files")], Pass),
        ([custom("https-only", "TLSv1.2")], Pass),
        ([custom("https-only")], Pass),
        ([custom("https-only", "TLSv1.2", "TLSv1.1")], Fail),
        ([custom("https-only", "TLSv1.2"), custom("http-only", "SSLv3")], Fail),
        ([custom("https-only", "TLSv1")], Fail),
        ([custom("https-only", "QUIC")], Manual),
    ],
)
def test_tls_with_origins(origins: list[Origin], verdict: type) -> None:
    check = checks.cloudfront_distributions_using_deprecated_ssl_protocols
    assert isinstance(check(distribution(*origins), None), verdict)


@pytest.mark.parametrize(
    ("origins", "verdict"),
    [
        ([custom("https-only")], type(None)),
        ([bucket("files", OriginAccessControlId="E1"), custom("https-only")], Pass),
        ([bucket("files", OriginAccessControlId="E1"), bucket("more")], Fail),
        ([bucket("files", S3OriginConfig={"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"})], Fail),
    ],
)
def test_access_control(origins: list[Origin], verdict: type) -> None:
    found = checks.cloudfront_distributions_s3_origin_access_control(distribution(*origins))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("b.s3.amazonaws.com", "b"),
        ("B.dev.s3.eu-west-1.amazonaws.com", "b.dev"),
        ("my.s3.files.s3-eu-west-1.amazonaws.com", "my.s3.files"),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", "b"),
        ("b.s3.cn-north-1.amazonaws.com.cn", "b"),
        ("point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com", None),
        ("m1.mrap.accesspoint.s3-global.amazonaws.com", None),
        ("point-123456789012.s3-object-lambda.eu-west-1.amazonaws.com", None),
        ("b.example.com", None),
    ],
)
def test_buckets_by_their_hosts(host: str, name: str | None) -> None:
    assert origin(DomainName=host).bucket_name == name


@pytest.mark.parametrize(
    ("origins", "names", "verdict"),
    [
        ([bucket("files")], (), Pass),
        ([bucket("files")], ("files",), Fail),
        ([custom("https-only")], (), Pass),
        ([bucket("files", DomainName="p-1.s3-accesspoint.eu-west-1.amazonaws.com")], (), Manual),
    ],
)
def test_missing_buckets(origins: list[Origin], names: tuple[str, ...], verdict: type) -> None:
    check = checks.cloudfront_distributions_s3_origin_non_existent_bucket
    assert isinstance(check(distribution(*origins), MissingBuckets(names=names)), verdict)
