"""How distributions are judged."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check, known
from aioprowler.judging.exposure import behind_waf
from aioprowler.judging.logs import logs
from aioprowler.judging.tls import demands_tls
from aioprowler.judging.verdicts import has, has_no, is_set_to, pass_if, told, worst
from aioprowler.services.cloudfront.resources import (
    CacheBehavior,
    DeliveredLogs,
    Distribution,
    DistributionConfig,
    MissingBuckets,
    Origin,
    VpcOrigins,
    connection_to,
)

_HTTPS: Final = frozenset({"https-only", "redirect-to-https"})


# ---------------------------------------------------------------------- viewers
@check(fails="CloudFront distribution has the default certificate", severity="medium", categories=["encryption"])
def cloudfront_distributions_custom_ssl_certificate(distribution: Distribution) -> Verdict:
    """CloudFront distributions have a TLS certificate of their own.

    The certificate may be one of ACM or of IAM, and who issued it does not matter here.

    ## Risk
    CloudFront's own certificate is for names under cloudfront.net, and with it TLS 1.0 is accepted. Under your name
    visitors see a warning, and learn to click it away.

    ## Remediation
    Request a certificate of ACM in us-east-1, and name it in `ViewerCertificate`: `aws cloudfront update-distribution
    --id <distribution> --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-procedures.html
    """
    return has(distribution.label, "a certificate of its own", not distribution.viewer_certificate.is_default)


@check(fails="CloudFront distribution accepts HTTP from viewers", severity="medium", categories=["internet-exposed"])
def cloudfront_distributions_https_enabled(distribution: Distribution) -> Verdict:
    """CloudFront distributions answer viewers over HTTPS alone, or redirect them to it.

    Judged are the default cache behavior and those for certain paths, also of a distribution that is turned off.

    ## Risk
    What viewers send and get can be read and changed on the way, cookies and passwords included.

    ## Remediation
    Set `ViewerProtocolPolicy` of each cache behavior to `redirect-to-https` or `https-only`: `aws cloudfront
    update-distribution --id <distribution> --if-match <your-etag> --distribution-config
    file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-3
    """
    return worst(_by_viewers(distribution.label, each) for each in distribution.behaviors)


def _by_viewers(label: str, behavior: CacheBehavior) -> Verdict:
    what = f"{behavior.scope} the viewer protocol policy"
    return is_set_to(label, what, behavior.viewers, good=_HTTPS, bad={"allow-all"})


@check(
    fails="CloudFront distribution has addresses of its own for HTTPS", severity="low", categories=["encryption"]
)  # fmt: skip
def cloudfront_distributions_https_sni_enabled(distribution: Distribution) -> Verdict | None:
    """CloudFront distributions tell certificates apart by the name that viewers ask for (SNI).

    Judged are those with a certificate of their own: under cloudfront.net there is nothing to tell apart.

    ## Risk
    Addresses that are kept for one distribution cost hundreds of dollars a month, for viewers that are so old that they
    also lack current encryption.

    ## Remediation
    Set `SSLSupportMethod` to `sni-only`: `aws cloudfront update-distribution --id <distribution> --if-match <your-etag>
    --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html
    """
    certificate = distribution.viewer_certificate
    if certificate.is_default:
        return None
    method = told(certificate.ssl_support_method, "SSLSupportMethod")
    return is_set_to(
        distribution.label, "as way to tell certificates apart", method, good={"sni-only"}, bad={"vip", "static-ip"}
    )


@check(fails="CloudFront distribution accepts key exchange without post-quantum cryptography", severity="low",
       categories=["encryption"])  # fmt: skip
def cloudfront_distributions_pqc_tls_enabled(
    distribution: Distribution,
    *,
    cloudfront_pqc_min_protocol_versions: Annotated[
        list[str], "Security policies of CloudFront that count as post-quantum: those that let in TLS 1.3 alone."
    ] = ["TLSv1.3_2025"],  # noqa: B006 - never changed
) -> Verdict:
    """CloudFront distributions let viewers in with TLS 1.3 alone, the version that has post-quantum key exchange.

    The security policy must be one of those that the configuration names. With CloudFront's own certificate there is
    none to choose.

    ## Risk
    Who records traffic today reads it once there is a quantum computer, where the keys were exchanged in the old way.

    ## Remediation
    With a certificate of your own, set `MinimumProtocolVersion` to `TLSv1.3_2025`: `aws cloudfront update-distribution
    --id <distribution> --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`. Viewers
    that lack TLS 1.3 are turned away.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
    """
    certificate = distribution.viewer_certificate
    if certificate.is_default:
        return Fail(f"{distribution.label} has the default certificate of CloudFront, with which TLS 1.0 is accepted.")
    policy = told(certificate.minimum_protocol_version, "MinimumProtocolVersion")
    sentence = f"{distribution.label} has the security policy {policy}"
    return pass_if(
        policy in cloudfront_pqc_min_protocol_versions,
        f"{sentence}, a post-quantum one.",
        f"{sentence}, which is none of the post-quantum ones.",
    )


@check(fails="CloudFront distribution answers requests from every country", severity="low",
       categories=["internet-exposed"])  # fmt: skip
def cloudfront_distributions_geo_restrictions_enabled(distribution: Distribution) -> Verdict:
    """CloudFront distributions answer requests from some countries only.

    By a list of those that are let in, or of those that are not. What is on it is not looked into, and rules
    of a web ACL about countries do not count.

    ## Risk
    Where your users are in few countries, all others bring attacks and costs alone.

    ## Remediation
    Set `Restrictions`: `aws cloudfront update-distribution --id <distribution> --if-match <your-etag>
    --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
    """
    kind = told(distribution.restrictions.geo_restriction.restriction_type, "the RestrictionType of a distribution")
    return is_set_to(distribution.label, "geo restriction", kind, good={"whitelist", "blacklist"}, bad={"none"})


@check(fails="CloudFront distribution is not behind a web ACL", severity="medium", categories=["internet-exposed"])
def cloudfront_distributions_using_waf(distribution: Distribution) -> Verdict:
    """CloudFront distributions are behind a web ACL of AWS WAF.

    A web ACL of WAF Classic counts as well as one of its successor.

    ## Risk
    Requests that inject code, try passwords or come by the million reach what is behind the distribution.

    ## Remediation
    Set `WebACLId` to the ARN of a web ACL with the scope CLOUDFRONT: `aws cloudfront update-distribution --id
    <distribution> --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-awswaf.html
    """
    return behind_waf(distribution.label, distribution.web_acl_id)


# -------------------------------------------------------------- what is answered
@check(fails="CloudFront distribution has no default root object", severity="high", categories=[])
def cloudfront_distributions_default_root_object(distribution: Distribution, config: DistributionConfig) -> Verdict:
    """CloudFront distributions have a default root object.

    It is what a request for the bare domain name is answered with.

    ## Risk
    A request for the root goes on to the origin as it is. A bucket that lets its content be listed answers with the
    names of all objects.

    ## Remediation
    Set `DefaultRootObject`, such as `index.html`: `aws cloudfront update-distribution --id <distribution> --if-match
    <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
    """
    named = config.default_root_object
    return has(
        distribution.label, f"the default root object {named}" if named else "a default root object", bool(named)
    )


@check(fails="CloudFront distribution does not encrypt fields of forms", severity="low", categories=["encryption"])
def cloudfront_distributions_field_level_encryption_enabled(distribution: Distribution) -> Verdict:
    """The default cache behaviors of CloudFront distributions have field-level encryption.

    With it fields that viewers post, such as the number of a card, are encrypted at the edge for whom they are meant.
    Behaviors for certain paths are not looked at.

    ## Risk
    Each part of an application that handles the request, and its logs, sees what only one of them needs.

    ## Remediation
    Set `FieldLevelEncryptionId` of the cache behavior: `aws cloudfront update-distribution --id <distribution>
    --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/field-level-encryption.html
    """
    encrypted = bool(distribution.default_behavior.field_level_encryption_id)
    return has(distribution.label, "field-level encryption in its default cache behavior", encrypted)


@check(fails="CloudFront distribution does not log requests", severity="medium", categories=["logging"])
def cloudfront_distributions_logging_enabled(
    distribution: Distribution, config: DistributionConfig | Failure, delivered: DeliveredLogs | Failure
) -> Verdict:
    """CloudFront distributions log the requests of viewers.

    By standard logs of either version, or by real-time logs of the default cache behavior. Those of the second version
    count where they are delivered somewhere.

    ## Risk
    Nobody can say who asked for what, when it is asked what an attacker tried and got.

    ## Remediation
    Turn standard logs on, `Logging` with a bucket: `aws cloudfront update-distribution --id <distribution> --if-match
    <your-etag> --distribution-config file://<your-distribution-config.json>`. Those of the second version are turned on
    with `aws logs put-delivery-source --region us-east-1` and `aws logs create-delivery --region us-east-1`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging.html
    """
    ways = {
        "real-time logs": bool(distribution.default_behavior.realtime_log_config_arn),
        "standard logs": not isinstance(config, Failure) and config.logging.enabled,
        "standard logs (v2)": not isinstance(delivered, Failure) and distribution.arn in delivered.arns,
    }
    if on := [way for way, is_on in ways.items() if is_on]:
        return Pass(f"{distribution.label} logs requests by {', '.join(on)}.")
    known(config)
    known(delivered)
    return logs(distribution.label, "requests", False)


# ---------------------------------------------------------------------- origins
@check(fails="CloudFront distribution has no origin that stands in for another", severity="low",
       categories=["resilience"])  # fmt: skip
def cloudfront_distributions_multiple_origin_failover_configured(distribution: Distribution) -> Verdict:
    """CloudFront distributions have an origin group, with a second origin for when the first one fails.

    All groups of a distribution must have two. Whether a cache behavior leads to a group is not looked into.

    ## Risk
    When its only origin is down, so is all of the distribution that is not in a cache.

    ## Remediation
    Add `OriginGroups` of two origins each, and have cache behaviors lead to them: `aws cloudfront update-distribution
    --id <distribution> --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-4
    """
    sizes = [len(each.members.items) for each in distribution.every_group.items]
    return has(distribution.label, "an origin group of two origins", bool(sizes) and min(sizes) >= 2)


@check(fails="CloudFront distribution speaks HTTP with an origin", severity="medium", categories=["encryption"])
def cloudfront_distributions_origin_traffic_encrypted(
    distribution: Distribution, in_vpcs: VpcOrigins | None
) -> Verdict:
    """CloudFront distributions speak HTTPS with their origins.

    Where it is spoken with an origin as with viewers, which is so with buckets, no cache behavior that leads to it may
    let viewers speak HTTP.

    ## Risk
    Between the edge and the origin what viewers sent over HTTPS crosses networks in the clear.

    ## Remediation
    Set `OriginProtocolPolicy` of the origin to `https-only`, and for buckets the `ViewerProtocolPolicy` to
    `redirect-to-https`: `aws cloudfront update-distribution --id <distribution> --if-match <your-etag>
    --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-s3-origin.html
    """
    return worst(_by_protocol(distribution, each, in_vpcs) for each in distribution.origins)


def _by_protocol(distribution: Distribution, origin: Origin, in_vpcs: VpcOrigins | None) -> Verdict:
    label = f"Origin {origin.id} of {distribution.label}"
    policy = "match-viewer"
    if not origin.bucket:
        policy = told(connection_to(origin, in_vpcs).origin_protocol_policy, "an OriginProtocolPolicy")
    if policy == "match-viewer":
        matched = f"{label}, with which it is spoken as with viewers,"
        return worst(_by_viewers(matched, each) for each in distribution.behaviors_to(origin))
    return is_set_to(label, "the protocol policy", policy, good={"https-only"}, bad={"http-only"})


@check(fails="CloudFront distribution speaks outdated TLS with an origin", severity="low", categories=["encryption"])
def cloudfront_distributions_using_deprecated_ssl_protocols(
    distribution: Distribution, in_vpcs: VpcOrigins | None
) -> Verdict:
    """CloudFront distributions speak TLS 1.2 or newer with their origins.

    Buckets speak nothing older. Judged is what is allowed, also for an origin with which no TLS is spoken.

    ## Risk
    SSL 3.0, TLS 1.0 and 1.1 have known flaws, by which somebody on the way reads or changes what is sent.

    ## Remediation
    Leave `TLSv1.2` alone in `OriginSslProtocols` of the origin: `aws cloudfront update-distribution --id <distribution>
    --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
    """
    verdicts = [
        demands_tls(f"Origin {origin.id} of {distribution.label}", protocol)
        for origin in distribution.origins
        if not origin.bucket
        for protocol in told(connection_to(origin, in_vpcs).origin_ssl_protocols.items, "OriginSslProtocols")
    ]
    if not verdicts:
        return has_no(distribution.label, "an origin with outdated TLS", False)
    return worst(verdicts)


@check(
    fails="CloudFront distribution reaches a bucket without origin access control",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
)
def cloudfront_distributions_s3_origin_access_control(distribution: Distribution) -> Verdict | None:
    """CloudFront distributions reach buckets with origin access control (OAC).

    An origin access identity, its predecessor, is less: it lacks KMS, newer regions and short-lived credentials.
    Buckets that serve a website take neither, and are not judged. Nor is looked into which requests the access control
    signs.

    ## Risk
    Without it the bucket must be open to all who ask, past the distribution and its web ACL, logs and restrictions.

    ## Remediation
    Create an access control, `aws cloudfront create-origin-access-control --origin-access-control-config
    Name=<your-name>,SigningProtocol=sigv4,SigningBehavior=always,OriginAccessControlOriginType=s3`, name it in the
    origin's `OriginAccessControlId`, and let only the distribution in by the bucket's policy.

    ## References
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    if not distribution.buckets:
        return None
    without = ", ".join(each.id for each in distribution.buckets if not each.origin_access_control_id)
    return pass_if(
        not without,
        f"{distribution.label} reaches its buckets with origin access control.",
        f"{distribution.label} reaches these origins in S3 without origin access control: {without}.",
    )


@check(fails="CloudFront distribution leads to a bucket that does not exist", severity="high",
       categories=["resilience"])  # fmt: skip
def cloudfront_distributions_s3_origin_non_existent_bucket(
    distribution: Distribution, missing: MissingBuckets
) -> Verdict:
    """CloudFront distributions lead to buckets that exist.

    S3 is asked about those that no account of the scan has. Which account has a bucket that exists elsewhere, nobody
    tells: it counts as existing. Origins that are access points are for a person to look at.

    ## Risk
    Whoever makes a bucket of that name answers under your domain, with your certificate.

    ## Remediation
    Take the origin out, or create the bucket again before somebody else does: `aws cloudfront update-distribution --id
    <distribution> --if-match <your-etag> --distribution-config file://<your-distribution-config.json>`.

    ## References
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-12
    """
    if missing.names:
        return Fail(f"{distribution.label} leads to buckets that do not exist: {', '.join(missing.names)}.")
    if unknown := [each.domain_name for each in distribution.buckets if each.bucket_name is None]:
        names = ", ".join(unknown)
        return Manual(f"{distribution.label} leads to origins in S3 that are no buckets by their names: {names}.")
    return Pass(f"{distribution.label} leads to no bucket that does not exist.")
