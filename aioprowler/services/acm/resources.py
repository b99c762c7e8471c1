"""Certificates, their keys and their logging."""

from __future__ import annotations

import datetime

from aioprowler import Facet, Resource, States, call, field, listing

KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""All that there are. Where none is named, AWS lists RSA keys of 1024 and 2048 bits alone
(https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html)."""


class Certificate(
    Resource,
    id="certificate_id",
    type="AwsCertificateManagerCertificate",
    group="security",
    noun="Certificate",
    gone=["ResourceNotFoundException"],
):
    """A certificate: issued by Amazon, imported, or of a private authority.

    Its states: https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateSummary.html
    """

    source = listing(
        "acm",
        "ListCertificates",
        "CertificateSummaryList",
        Includes={"keyTypes": KEY_TYPES},
        states=States("status", over=["FAILED", "VALIDATION_TIMED_OUT"]),
    )
    arn: str = field(name="CertificateArn")
    name: str = field(name="DomainName")
    status: str
    type: str
    key_algorithm: str
    in_use: bool
    not_after: datetime.datetime | None = None
    """None while it waits to be validated."""

    @property
    def certificate_id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]


def is_judged(certificate: Certificate, scan_unused_services: bool) -> bool:
    """Whether something uses it, or what nothing uses is judged as well."""
    return certificate.in_use or scan_unused_services


def can_be_logged(certificate: Certificate, *, scan_unused_services: bool = False) -> bool:
    """Whether ACM decides if it is in public logs: of what was imported, whoever issued it did, and what a private
    authority issues is in none (https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html).
    """
    return certificate.type not in ("IMPORTED", "PRIVATE") and is_judged(certificate, scan_unused_services)


class CertificateOptions(Facet[Certificate]):
    """What was chosen when it was requested."""

    source = call("acm", "DescribeCertificate", "Certificate.Options", CertificateArn="arn", when=can_be_logged)
    logging: str = field(name="CertificateTransparencyLoggingPreference")
