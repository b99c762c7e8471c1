"""How certificates are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.ages import days_since, valid_for
from aioprowler.judging.verdicts import at_severity, enabled, is_set_to, told
from aioprowler.services.acm.resources import KEY_TYPES, Certificate, CertificateOptions, is_judged


@check(fails="Certificate has expired, or will soon", severity="high")
def acm_certificates_expiration_check(
    certificate: Certificate,
    now: datetime.datetime,
    *,
    days_to_expire_threshold: Annotated[int, "Days for which a certificate has to be valid at least."] = 7,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """Certificates are valid for more than seven days.

    One that will expire within these days fails with medium severity, one that has expired with high. What nothing uses
    is judged only where unused services are scanned, and a certificate that waits to be validated not at all.

    ## Risk
    On the day after, browsers warn of the site and programs refuse to connect.

    ## Remediation
    Import the new certificate in its place: `aws acm import-certificate --region <region> --certificate-arn <arn>
    --certificate fileb://<your-certificate.pem> --private-key fileb://<your-key.pem>`. ACM renews what Amazon issued as
    long as it is in use and its domain is still validated: see why it does not.

    ## References
    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    if not is_judged(certificate, scan_unused_services) or certificate.status == "PENDING_VALIDATION":
        return None
    end = told(certificate.not_after, f"NotAfter of {certificate.label}")
    if end <= now:
        return at_severity(valid_for(certificate.label, end, now), "high")
    left = days_since(now, end)
    text = f"{certificate.label} expires on {end:%Y-%m-%d}, in {left} days."
    return Pass(text) if left > days_to_expire_threshold else Fail(text, severity="medium")


@check(fails="Certificate is in no public log", severity="medium", categories=["logging"])
def acm_certificates_transparency_logs_enabled(
    certificate: Certificate, options: CertificateOptions | None, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Certificates are in public certificate transparency logs.

    Of imported certificates whoever issued them decides, and those of a private authority are in no public log: they
    pass. What nothing uses is judged only where unused services are scanned.

    ## Risk
    Browsers do not trust a public certificate that is in no log, and who watches the logs for the domain does not learn
    of it.

    ## Remediation
    `aws acm update-certificate-options --region <region> --certificate-arn <arn> --options
    CertificateTransparencyLoggingPreference=ENABLED`.

    ## References
    https://docs.aws.amazon.com/acm/latest/userguide/acm-bestpractices.html
    """
    if not is_judged(certificate, scan_unused_services):
        return None
    if options is None:
        return Pass(f"{certificate.label} is {certificate.type.lower()}: ACM does not decide whether it is logged.")
    return enabled(certificate.label, "certificate transparency logging", options.logging)


@check(fails="Certificate has a weak key", severity="high", categories=["encryption"])
def acm_certificates_with_secure_key_algorithms(
    certificate: Certificate,
    *,
    insecure_key_algorithms: Annotated[list[str], "Algorithms and lengths of keys that are too weak."] = [  # noqa: B006
        "RSA-1024",
        "P-192",
    ],
    scan_unused_services: bool = False,
) -> Verdict | None:
    """Certificates have keys that are strong enough.

    RSA keys of 1024 bits are not. AWS writes names of keys with a dash or an underscore, which are the same here. What
    nothing uses is judged only where unused services are scanned.

    ## Risk
    A key of 1024 bits can be computed from the certificate by whoever is willing to pay for it, who then is the site to
    its visitors.

    ## Remediation
    Request another one, and use it in its place: `aws acm request-certificate --region <region> --domain-name <name>
    --validation-method DNS --key-algorithm EC_prime256v1`.

    ## References
    https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
    """
    if not is_judged(certificate, scan_unused_services):
        return None
    weak = {_plain(each) for each in insecure_key_algorithms}
    strong = {_plain(each) for each in KEY_TYPES} - weak
    return is_set_to(certificate.label, "the key", _plain(certificate.key_algorithm), good=strong, bad=weak)


def _plain(algorithm: str) -> str:
    """`RSA_2048` and `RSA-2048` are the same."""
    return algorithm.replace("_", "-")
