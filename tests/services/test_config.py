from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.config import checks
from aioprowler.services.config.resources import (
    Aggregator,
    OrganizationSource,
    Recorder,
    RecorderStatus,
    RecorderStatuses,
)
from aioprowler.services.organizations.resources import Administrator, ConfigAdministrators

ACCOUNT = Account(id="123456789012")
REGION = Region(name="us-east-1", account=ACCOUNT)
SERVICE_ROLE = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def recorder(name: str = "default", role: str = SERVICE_ROLE) -> Recorder:
    return Recorder(name=name, role_arn=role, account=ACCOUNT)


def statuses(*, recording: bool = True, last: str | None = "Success", name: str = "default") -> RecorderStatuses:
    other = RecorderStatus(name="other", recording=not recording, last_status="Failure")
    return RecorderStatuses(statuses=(other, RecorderStatus(name=name, recording=recording, last_status=last)))


@pytest.mark.parametrize(
    ("recording", "last", "verdict"),
    [
        (True, "Success", Pass),
        (True, "Pending", Pass),
        (True, "PENDING", Pass),
        (True, "NotApplicable", Pass),
        (True, "Failure", Fail),
        (True, "Paused", Manual),
        (False, "Success", Fail),
        (False, None, Fail),
    ],
)
def test_recorders(recording: bool, last: str | None, verdict: type) -> None:
    (found,) = checks.config_recorder_all_regions_enabled(
        REGION, (recorder(),), statuses(recording=recording, last=last)
    )
    assert isinstance(found, verdict)
    assert found.resource == recorder()


def test_a_region_without_a_recorder_fails() -> None:
    found = list(checks.config_recorder_all_regions_enabled(REGION, (), None))
    assert found == [Fail("AWS Config has no recorder in us-east-1.")]


@pytest.mark.parametrize(
    ("told", "missing"),
    [(statuses(name="elsewhere"), "what Config recorder default does"), (statuses(last=None), "the last delivery")],
)
def test_a_recorder_of_which_too_little_is_told(told: RecorderStatuses, missing: str) -> None:
    with pytest.raises(UnreadableError, match=missing):
        list(checks.config_recorder_all_regions_enabled(REGION, (recorder(),), told))


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        (SERVICE_ROLE, Pass),
        ("arn:aws:iam::123456789012:role/aws-controltower-ConfigRecorderRole", Fail),
        ("arn:aws:iam::123456789012:role/AWSServiceRoleForConfig", Fail),
        (SERVICE_ROLE.replace("123456789012", "111111111111"), Fail),
    ],
)
def test_the_role_of_recorders(role: str, verdict: type) -> None:
    judge = checks.config_recorder_using_aws_service_role
    assert isinstance(judge(recorder(role=role), statuses()), verdict)
    assert judge(recorder(role=role), statuses(recording=False)) is None
    with pytest.raises(UnreadableError, match="what Config recorder default does"):
        judge(recorder(role=role), RecorderStatuses(statuses=()))


def aggregator(source: OrganizationSource | None) -> Aggregator:
    arn = "arn:aws:config:us-east-1:123456789012:config-aggregator/config-aggregator-x"
    return Aggregator(name="all", arn=arn, organization=source)


WHOLE = aggregator(OrganizationSource(all_aws_regions=True))
SOME_REGIONS = aggregator(OrganizationSource())
BY_ACCOUNT = aggregator(None)
ONE = ConfigAdministrators(delegated_administrators=(Administrator(id="111111111111"),))
NOBODY = ConfigAdministrators(delegated_administrators=())
REFUSED = Failure("refused", "organizations:ListDelegatedAdministrators", "AccessDeniedException")


@pytest.mark.parametrize(
    ("each", "who", "verdict"),
    [
        (WHOLE, ONE, Pass),
        (WHOLE, NOBODY, Fail),
        (WHOLE, None, Fail),
        (WHOLE, REFUSED, Manual),
        (SOME_REGIONS, ONE, Fail),
        (SOME_REGIONS, REFUSED, Fail),
        (BY_ACCOUNT, ONE, Fail),
        (BY_ACCOUNT, REFUSED, Fail),
    ],
)
def test_aggregators(each: Aggregator, who: ConfigAdministrators | Failure | None, verdict: type) -> None:
    judge = checks.config_delegated_admin_and_org_aggregator_all_regions
    (found,) = judge(ACCOUNT, (each,), who)
    assert isinstance(found, verdict)
    assert found.resource == each
    (none,) = judge(ACCOUNT, (), who)
    assert isinstance(none, Fail)


def test_each_aggregator_is_judged() -> None:
    found = checks.config_delegated_admin_and_org_aggregator_all_regions(ACCOUNT, (WHOLE, BY_ACCOUNT), ONE)
    assert [type(each) for each in found] == [Pass, Fail]
