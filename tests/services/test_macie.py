from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
from aioprowler.declarations.failure import GapError
from aioprowler.services.macie.checks import macie_automated_sensitive_data_discovery_enabled, macie_is_enabled
from aioprowler.services.macie.resources import AutomatedDiscovery, Session, is_looking
from aioprowler.services.s3.resources import Bucket

REGION = Region(name="us-east-1", account=Account(id="123456789012"))
BUCKETS = (Bucket(name="b"),)
DENIED = Failure("denied", "s3:ListBuckets", "AccessDenied")


@pytest.mark.parametrize(
    ("session", "verdict"),
    [
        (Session(status="ENABLED"), Pass),
        (Session(status="PAUSED"), Fail),
        (Session(status="LEARNING"), Manual),
        (None, Fail),
    ],
)
def test_macie_where_there_are_buckets(session: Session | None, verdict: type) -> None:
    assert isinstance(macie_is_enabled(REGION, session, BUCKETS), verdict)
    assert isinstance(macie_is_enabled(REGION, session, (), scan_unused_services=True), verdict)


def test_macie_without_buckets() -> None:
    assert macie_is_enabled(REGION, None, ()) is None
    assert macie_is_enabled(REGION, Session(status="PAUSED"), ()) is None
    assert isinstance(macie_is_enabled(REGION, Session(status="ENABLED"), ()), Pass)


def test_buckets_matter_only_where_macie_is_off() -> None:
    assert isinstance(macie_is_enabled(REGION, Session(status="ENABLED"), DENIED), Pass)
    assert isinstance(macie_is_enabled(REGION, None, DENIED, scan_unused_services=True), Fail)
    with pytest.raises(GapError, match="s3:ListBuckets"):
        macie_is_enabled(REGION, None, DENIED)


@pytest.mark.parametrize(("status", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("PAUSED", Manual)])
def test_automated_discovery(status: str, verdict: type) -> None:
    discovery = AutomatedDiscovery(status=status)
    assert isinstance(macie_automated_sensitive_data_discovery_enabled(REGION, discovery), verdict)


def test_only_where_macie_looks_is_it_asked_how() -> None:
    assert is_looking(Session(status="ENABLED"))
    assert not is_looking(Session(status="PAUSED"))
    assert not is_looking(None)
