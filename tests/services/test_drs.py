from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Pass, Region
from aioprowler.services.drs.checks import drs_job_exist
from aioprowler.services.drs.resources import RecoveryJobs
from tests.worlds.world import World, denied, error, findings_of

REGION = Region(name="eu-west-1", account=Account(id="123456789012"))


@pytest.mark.parametrize(
    ("jobs", "verdict"), [(RecoveryJobs(are_there=True), Pass), (RecoveryJobs(are_there=False), Fail), (None, Fail)]
)
def test_jobs(jobs: RecoveryJobs | None, verdict: type) -> None:
    assert isinstance(drs_job_exist(REGION, jobs), verdict)


def pages(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"items": [{"jobID": "j"}]} if "nextToken" in params else {"items": [], "nextToken": "more"}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (pages, "PASS"),
        ({"items": []}, "FAIL"),
        (error("UninitializedAccountException"), "FAIL"),
        (denied(), "MANUAL"),
    ],
)
def test_replies(reply: Any, status: str) -> None:
    found = findings_of(World({"drs:DescribeJobs": reply}), drs_job_exist.id)
    assert [each.status for each in found] == [status] * 2
