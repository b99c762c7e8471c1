from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass, UnreadableError
from aioprowler.services.route53 import checks
from aioprowler.services.route53.resources import (
    Domain,
    DomainDetail,
    HostedZone,
    QueryLog,
    Target,
    Targets,
    ZoneConfig,
    ZoneId,
    query_logs,
)

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:queries"


def zone(private: bool = False) -> HostedZone:
    return HostedZone(zone_id=ZoneId("Z1"), name="example.com.", config=ZoneConfig(private_zone=private))


def test_a_zone_is_listed_with_a_path_and_has_an_id() -> None:
    assert ZoneId.decode("/hostedzone/Z1") == ZoneId.decode("Z1") == "Z1"
    assert zone().arn == "arn:aws:route53:::hostedzone/Z1"
    with pytest.raises(ValueError, match="7"):
        ZoneId.decode(7)


def test_query_logging() -> None:
    check = checks.route53_public_hosted_zones_cloudwatch_logging_enabled
    logs = query_logs((QueryLog(id="q", hosted_zone_id=ZoneId("Z1"), log_group=GROUP),))
    others = query_logs((QueryLog(id="q", hosted_zone_id=ZoneId("Z2"), log_group=GROUP),))
    assert isinstance(check(zone(), logs), Pass)
    assert isinstance(check(zone(), others), Fail)
    assert check(zone(private=True), others) is None


@pytest.mark.parametrize(("hidden", "verdict"), [(True, Pass), (False, Fail)])
def test_privacy(hidden: bool, verdict: type) -> None:
    detail = DomainDetail(admin_privacy=hidden)
    assert isinstance(checks.route53_domains_privacy_protection_enabled(Domain(name="example.com"), detail), verdict)


@pytest.mark.parametrize(
    ("name", "codes", "verdict"),
    [
        ("example.com", ("clientTransferProhibited",), Pass),
        ("example.com", ("ok", "serverTransferProhibited"), Pass),
        ("example.com", ("clientDeleteProhibited",), Fail),
        ("example.com", (), Fail),
        ("example.de", ("ok",), Manual),
        ("example.de", ("clientTransferProhibited",), Pass),
        ("EXAMPLE.COM.AU", ("ok",), Manual),
        ("com.au.example.org", ("ok",), Fail),
        ("example.co.uk", ("ok",), Fail),
    ],
)
def test_transfer_locks(name: str, codes: tuple[str, ...], verdict: type) -> None:
    detail = DomainDetail(admin_privacy=True, status_list=codes)
    assert isinstance(checks.route53_domains_transferlock_enabled(Domain(name=name), detail), verdict)


def test_a_lock_that_nobody_tells_of_is_not_judged() -> None:
    with pytest.raises(UnreadableError, match="StatusList"):
        checks.route53_domains_transferlock_enabled(Domain(name="example.com"), DomainDetail(admin_privacy=True))


UNKNOWN = Failure("denied", "ec2:DescribeAddresses", "UnauthorizedOperation")


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        ("not public", Pass),
        ("not AWS", Pass),
        ("own", Pass),
        ("other account", Pass),
        ("dangling", Fail),
        (UNKNOWN, Manual),
    ],
)
def test_each_value_of_a_record_by_whose_it_is(outcome: Any, verdict: type) -> None:
    targets = (Target("www.example.com.", "3.5.0.1", outcome), Target("a.example.com.", "3.5.0.2", "own"))
    found, other = checks.route53_dangling_ip_subdomain_takeover(zone(), Targets(targets=targets))
    assert isinstance(found, verdict)
    assert isinstance(other, Pass)
    assert (found.resource_id, other.resource_id) == ("Z1/www.example.com./3.5.0.1", "Z1/a.example.com./3.5.0.2")
    assert found.resource_arn is None, "that of the zone"


def test_a_bucket_is_named() -> None:
    endpoint = "files.s3-website.eu-west-1.amazonaws.com"
    (found,) = checks.route53_dangling_ip_subdomain_takeover(
        zone(), Targets(targets=(Target("files.example.com.", endpoint, "dangling", "files"),))
    )
    assert isinstance(found, Fail)
    assert "bucket files," in found.detail
