from __future__ import annotations

import datetime

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.directoryservice.checks import (
    directoryservice_directory_log_forwarding_enabled,
    directoryservice_directory_monitor_notifications,
    directoryservice_directory_snapshots_limit,
    directoryservice_ldap_certificate_expiration,
    directoryservice_radius_server_security_protocol,
    directoryservice_supported_mfa_radius_enabled,
)
from aioprowler.services.directoryservice.resources import (
    Certificate,
    Certificates,
    Directory,
    EventTopic,
    EventTopics,
    LogSubscription,
    LogSubscriptions,
    Owner,
    Radius,
    SnapshotLimits,
    has_snapshots,
    knows_certificates,
)

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
DENIED = Failure("denied", "ds:ListLogSubscriptions", "AccessDeniedException")


def directory(kind: str = "MicrosoftAD", **facts: object) -> Directory:
    return Directory(directory_id="d-1", name="corp.example.com", type=kind, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(("logged", "verdict"), [("d-1", Pass), ("d-2", Fail)])
def test_log_forwarding(logged: str, verdict: type) -> None:
    found = LogSubscriptions(subscriptions=(LogSubscription(logged, "/directory"),))
    judged = directoryservice_directory_log_forwarding_enabled(directory(), found)
    assert judged
    assert isinstance(judged, verdict)
    assert ("/directory" in judged.detail) is (verdict is Pass)


@pytest.mark.parametrize("kind", ["SimpleAD", "ADConnector", "SharedMicrosoftAD"])
def test_what_has_no_log_to_forward_is_not_judged(kind: str) -> None:
    assert directoryservice_directory_log_forwarding_enabled(directory(kind), DENIED) is None
    with pytest.raises(GapError):
        directoryservice_directory_log_forwarding_enabled(directory(), DENIED)


@pytest.mark.parametrize(
    ("topics", "verdict"),
    [
        ([("d-1", "Registered")], Pass),
        ([("d-1", "Failed"), ("d-1", "Registered")], Pass),
        ([("d-1", "Failed")], Fail),
        ([("d-1", "Topic not found")], Fail),
        ([("d-1", "Deleted")], Fail),
        ([("d-2", "Registered")], Fail),
        ([], Fail),
        ([("d-1", "Waiting")], Manual),
    ],
)
def test_notifications(topics: list[tuple[str, str]], verdict: type) -> None:
    events = EventTopics(topics=tuple(EventTopic(id_, "status", status) for id_, status in topics))
    for kind in ("MicrosoftAD", "SimpleAD", "ADConnector"):
        assert isinstance(directoryservice_directory_monitor_notifications(directory(kind), events), verdict)


def test_whether_a_topic_is_told_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="status of topic t"):
        directoryservice_directory_monitor_notifications(directory(), EventTopics(topics=(EventTopic("d-1", "t"),)))


def test_a_shared_directory_tells_no_topic() -> None:
    assert directoryservice_directory_monitor_notifications(directory("SharedMicrosoftAD"), DENIED) is None


@pytest.mark.parametrize(
    ("limit", "count", "reached", "verdict"),
    [
        (5, 0, False, Pass),
        (5, 2, False, Pass),
        (5, 3, False, Fail),
        (5, 5, True, Fail),
        (10, 1, True, Fail),
    ],
)
def test_snapshots(limit: int, count: int, reached: bool, verdict: type) -> None:
    limits = SnapshotLimits(limit=limit, count=count, is_reached=reached)
    assert isinstance(directoryservice_directory_snapshots_limit(directory(), limits), verdict)


def test_what_has_no_snapshots_is_not_judged() -> None:
    assert directoryservice_directory_snapshots_limit(directory("ADConnector"), None) is None
    assert not has_snapshots(directory("ADConnector"))
    assert not has_snapshots(directory("SharedMicrosoftAD"))
    assert has_snapshots(directory("SimpleAD"))
    assert has_snapshots(directory())


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(91, Pass), (90, Fail), (1, Fail), (-1, Fail), (None, Manual)],
)
def test_certificates(days: int | None, verdict: type) -> None:
    expiry = None if days is None else NOW + datetime.timedelta(days)
    found = Certificates(certificates=(Certificate("c-1", "Registered", expiry),))
    (judged,) = directoryservice_ldap_certificate_expiration(directory(), found, NOW)
    assert isinstance(judged, verdict)
    assert judged.resource_id == "c-1"


def test_each_certificate_that_is_trusted_is_judged_by_itself() -> None:
    states = ["Registering", "Registered", "RegisterFailed", "Deregistering", "Deregistered", "DeregisterFailed"]
    found = Certificates(certificates=tuple(Certificate(state, state, NOW) for state in states))
    judged = list(directoryservice_ldap_certificate_expiration(directory(), found, NOW))
    assert [each.resource_id for each in judged] == ["Registering", "Registered", "DeregisterFailed"]


def test_where_there_are_no_certificates_nothing_is_said() -> None:
    assert list(directoryservice_ldap_certificate_expiration(directory("ADConnector"), None, NOW)) == []
    assert list(directoryservice_ldap_certificate_expiration(directory(), Certificates(certificates=()), NOW)) == []
    assert not knows_certificates(directory("SimpleAD"))
    assert not knows_certificates(directory("SharedMicrosoftAD"))
    assert knows_certificates(directory("ADConnector"))


@pytest.mark.parametrize(
    ("protocol", "verdict"),
    [("MS-CHAPv2", Pass), ("PAP", Fail), ("CHAP", Fail), ("MS-CHAPv1", Fail), ("EAP-TLS", Manual)],
)
def test_radius_protocol(protocol: str, verdict: type) -> None:
    judged = directoryservice_radius_server_security_protocol(directory(radius_settings=Radius(protocol)))
    assert isinstance(judged, verdict)


def test_without_a_radius_server_there_is_no_protocol() -> None:
    assert directoryservice_radius_server_security_protocol(directory()) is None
    with pytest.raises(UnreadableError, match="AuthenticationProtocol"):
        directoryservice_radius_server_security_protocol(directory(radius_settings=Radius()))


@pytest.mark.parametrize(
    ("kind", "status", "verdict"),
    [
        ("MicrosoftAD", "Completed", Pass),
        ("ADConnector", "Completed", Pass),
        ("MicrosoftAD", "Creating", Fail),
        ("MicrosoftAD", "Failed", Fail),
        ("MicrosoftAD", "Waiting", Manual),
        ("MicrosoftAD", None, Fail),
        ("ADConnector", None, Fail),
        ("SimpleAD", None, type(None)),
        ("SharedMicrosoftAD", None, type(None)),
    ],
)
def test_mfa(kind: str, status: str | None, verdict: type) -> None:
    judged = directoryservice_supported_mfa_radius_enabled(directory(kind, radius_status=status))
    assert isinstance(judged, verdict)


def test_whether_a_radius_server_answers_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="RadiusStatus"):
        directoryservice_supported_mfa_radius_enabled(directory(radius_settings=Radius("MS-CHAPv2")))


def test_a_shared_directory_is_its_owners() -> None:
    assert directory().owner == ""
    assert directory("SharedMicrosoftAD", shared_by=Owner("999999999999")).owner == "999999999999"
