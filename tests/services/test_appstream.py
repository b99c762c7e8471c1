from __future__ import annotations

import pytest

from aioprowler import Fail, Pass
from aioprowler.services.appstream.checks import (
    appstream_fleet_default_internet_access_disabled,
    appstream_fleet_maximum_session_duration,
    appstream_fleet_session_disconnect_timeout,
    appstream_fleet_session_idle_disconnect_timeout,
)
from aioprowler.services.appstream.resources import Fleet
from tests.services.made import made


@pytest.mark.parametrize(("access", "verdict"), [(True, Fail), (False, Pass)])
def test_internet_access(access: bool, verdict: type) -> None:
    fleet = made(Fleet, name="office", enable_default_internet_access=access)
    assert isinstance(appstream_fleet_default_internet_access_disabled(fleet), verdict)


@pytest.mark.parametrize(("seconds", "verdict"), [(35_999, Pass), (36_000, Fail), (432_000, Fail)])
def test_sessions_end_before_the_limit(seconds: int, verdict: type) -> None:
    fleet = made(Fleet, name="office", max_user_duration_in_seconds=seconds)
    assert isinstance(appstream_fleet_maximum_session_duration(fleet), verdict)
    assert isinstance(appstream_fleet_maximum_session_duration(fleet, max_session_duration_seconds=500_000), Pass)


@pytest.mark.parametrize(("seconds", "verdict"), [(60, Pass), (300, Pass), (301, Fail)])
def test_sessions_of_the_disconnected(seconds: int, verdict: type) -> None:
    fleet = made(Fleet, name="office", disconnect_timeout_in_seconds=seconds)
    assert isinstance(appstream_fleet_session_disconnect_timeout(fleet), verdict)
    assert isinstance(appstream_fleet_session_disconnect_timeout(fleet, max_disconnect_timeout_in_seconds=900), Pass)


@pytest.mark.parametrize(("seconds", "verdict"), [(60, Pass), (600, Pass), (601, Fail), (0, Fail)])
def test_idle_users(seconds: int, verdict: type) -> None:
    fleet = made(Fleet, name="office", idle_disconnect_timeout_in_seconds=seconds)
    assert isinstance(appstream_fleet_session_idle_disconnect_timeout(fleet), verdict)


def test_a_fleet_disconnects_nobody_unless_it_says_so() -> None:
    verdict = appstream_fleet_session_idle_disconnect_timeout(made(Fleet, name="office"))
    assert verdict == Fail("AppStream fleet office never disconnects idle users.")
