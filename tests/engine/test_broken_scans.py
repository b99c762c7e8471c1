"""Whole accounts in which one call after the other goes wrong, or which are cut off: no finding is lost unsaid."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from aioprowler import Account, All, Check, Failure, Finding, Here, Manual, Pass, Region, Verdict, check, derive
from aioprowler.aws.api import Boundary
from aioprowler.engine.account import AccountScan
from aioprowler.engine.cells import Cell
from aioprowler.engine.judge import timestamp
from aioprowler.engine.plan import make_plan
from aioprowler.engine.room import Room
from aioprowler.engine.supply import Limits
from tests.engine.harness import DOCUMENTED, document
from tests.engine.test_account import (
    AccessKey,
    Vpc,
    account_keys,
    account_vpcs,
    project_encrypted,
    user_keys,
    vpc_dns,
    vpc_gated_or_none,
    vpc_has_subnets,
    vpc_pair,
)
from tests.engine.test_broken_declarations import (
    Globe,
    device_seen,
    devices_counted,
    globe_seen,
    member_seen,
    members_counted,
    vpc_many,
)
from tests.engine.test_mechanisms import (
    Service,
    all_pipelines,
    cluster_named,
    clusters,
    dated_note_seen,
    detection_is_on,
    note_seen,
    pipeline_encrypted,
    pipeline_session,
    pipeline_state,
    pipeline_versions,
    pipelines,
    service_private,
)
from tests.engine.test_mistakes import whole_account
from tests.worlds.world import ACCOUNT, NOW, World, denied, error


@check(fails="It is wrong", severity="low")
def services_counted(region: Region, services: Here[Service]) -> Verdict:
    return Pass(str(len(services)))


@check(fails="It is wrong", severity="low")
def globes_counted(account: Account, globes: All[Globe]) -> Verdict:
    return Pass(str(len(globes)))


@check(fails="It is wrong", severity="low")
def globe_among_globes(globe: Globe, globes: All[Globe], keys: All[AccessKey]) -> Verdict:
    return Pass(str(len(globes)))


PLAIN: list[Check[Any, Any]] = [
    vpc_dns, vpc_gated_or_none, vpc_pair, vpc_has_subnets, vpc_many, user_keys, project_encrypted, device_seen,
    globe_seen, member_seen, cluster_named, service_private, pipeline_encrypted, pipeline_session, pipeline_state,
    pipeline_versions, note_seen, dated_note_seen, detection_is_on,
]  # fmt: skip
KEPT: list[Check[Any, Any]] = [
    *PLAIN, account_vpcs, account_keys, devices_counted, members_counted, all_pipelines, services_counted,
    globes_counted, globe_among_globes,
]  # fmt: skip
for each in KEPT:
    each.function.__doc__ = inspect.cleandoc(each.function.__doc__ or DOCUMENTED)


def everything() -> World:
    there = whole_account()
    for other in (clusters(), pipelines()):
        there.replies |= other.replies
    there.replies |= {
        "iam:ListUsers": {"Users": [{"UserName": "u", "Arn": "u"}, {"UserName": "v", "Arn": "v"}]},
        "iam:GetUser": lambda account, region, params: {"User": {"Human": params["UserName"] == "u"}},
        "iam:ListMFADevices": lambda account, region, params: {"Devices": [{"Serial": params["UserName"]}]},
        "iam:ListGroups": lambda account, region, params: {"Groups": [{"Name": f"g{params['Id']}"}]},
        "iam:ListMembers": lambda account, region, params: {
            "Members": [{"Name": f"{params['User']}{params['Group']}"}]
        },
        "iam:ListGlobes": {"Globes": [{"Name": "a"}, {"Name": "c"}]},
        "iam:DescribePlaces": lambda account, region, params: {
            "Places": [{"Name": name, "Where": "eu-west-1"} for name in params["Names"]]
        },
        "ec2:DescribeMany": lambda account, region, params: {"Many": [{"Id": each} for each in params["Ids"]]},
        "ecs:ListServices": lambda account, region, params: {"serviceArns": [f"{params['cluster']}/s"]},
        "guardduty:ListDetectors": {"DetectorIds": ["d1"]},
        "guardduty:GetDetector": {"Status": "ENABLED"},
        "codepipeline:GetState": {},
        "macie2:GetMacieSession": {"status": "on"},
    }
    vpcs = there.replies["ec2:DescribeVpcs", "us-east-1"]
    assert isinstance(vpcs, dict)
    there.replies["ec2:DescribeVpcs", "us-east-1"] = {
        **vpcs, "Notes": [{"Name": str(n), "Written": NOW.replace(day=n + 1)} for n in range(3)]
    }  # fmt: skip
    return there


class Disturbed(World):
    """Answers the n-th call otherwise."""

    def __init__(self, at: int, outcome: Callable[[], Any]) -> None:
        super().__init__(everything().replies)
        self.left = at
        self.outcome = outcome

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        self.left -= 1
        if self.left == 0:
            self.disturbed = f"{service}:{operation} {region}"
            await anyio.lowlevel.checkpoint()
            made = self.outcome()
            if isinstance(made, BaseException):
                raise made
            return made  # type: ignore[no-any-return]
        return await super().call(account, region, service, operation, params)


def scanned(there: World, checks: list[Check[Any, Any]], **options: Any) -> list[Finding]:
    """The findings. Nothing runs once the scan has ended, and it ends."""
    received: list[Finding] = []

    async def emit(batch: list[Finding]) -> None:
        await anyio.lowlevel.checkpoint()
        received.extend(batch)

    async def run() -> None:
        plan = make_plan(checks, {"max_notes": 2})
        room = options.pop("room", None)
        scan = AccountScan(
            plan, ACCOUNT, Boundary(there), NOW, timestamp(NOW), emit, options.pop("limits", Limits()), {},
            room=room, **options,
        )  # fmt: skip
        with anyio.fail_after(20):
            await scan.run()
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    anyio.run(run)
    return received


FAILURES: list[Callable[[], Any]] = [
    denied,
    lambda: error("Throttling"),
    asyncio.CancelledError,
    lambda: ZeroDivisionError("odd"),
    lambda: ["no structure"],
]
BOTH = pytest.mark.parametrize("checks", [PLAIN, KEPT], ids=["plain", "kept"])


def lost(found: list[Finding], undisturbed: list[Finding]) -> set[str]:
    """The checks of which findings are neither there nor told to be missing. No finding is told twice."""
    uids = {each.uid for each in found}
    assert len(uids) == len(found)
    missed = {each.check_id for each in undisturbed if each.uid not in uids}
    return missed - {each.check_id for each in found if each.status == "MANUAL"}


@BOTH
def test_the_nth_call_may_fail_for_every_n(checks: list[Check[Any, Any]]) -> None:
    undisturbed = scanned(everything(), checks)
    expected = {f.uid: f.status for f in undisturbed}
    assert "MANUAL" not in expected.values()
    assert {f.check_id for f in undisturbed} == {each.id for each in checks}
    for n in range(1, 10_000):
        there = Disturbed(n, FAILURES[n % len(FAILURES)])
        found = scanned(there, checks)
        if there.left > 0:
            break
        assert not lost(found, undisturbed), (n, there.disturbed)
        assert "MANUAL" in {f.status for f in found}, (n, there.disturbed)
        for each in found:
            assert each.status == "MANUAL" or each.status == expected[each.uid], (n, there.disturbed)
    assert n > 50


ODD: list[Any] = [
    {}, {"NextToken": "again"}, {"Vpcs": [None]}, {"pipelines": [{}, 3]}, {"clusterArns": [None, "x", 3]},
    {"Users": None}, error("PipelineNotFoundException"), error("InvalidRequest", "no longer exists"),
    error("OptInRequired"), error("NoSuchNote"),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("turn", [0, 3])
def test_the_nth_reply_may_be_odd_for_every_n(turn: int, checks: list[Check[Any, Any]]) -> None:
    for n in range(1, 10_000):
        there = Disturbed(n, partial(ODD.__getitem__, (n + turn) % len(ODD)))
        found = scanned(there, checks)
        if there.left > 0:
            break
        assert len({f.uid for f in found}) == len(found), (n, there.disturbed)
    assert n > 50


@BOTH
@pytest.mark.parametrize("size", [1, 512])
def test_credentials_may_expire_at_every_call(
    checks: list[Check[Any, Any]], size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What was begun ends, nothing more begins, and the room of other accounts is as it was."""
    undisturbed = scanned(everything(), checks)
    for n in range(1, 10_000, 3):
        there, room = Disturbed(n, lambda: error("ExpiredToken")), Room(size)
        found = scanned(there, checks, room=room)
        assert room.free == size
        if there.left > 0:
            break
        assert not lost(found, undisturbed), (n, there.disturbed)
    assert not caplog.records


def test_cells_that_are_done_change_nothing_about_the_others() -> None:
    cells: dict[Cell, int] = {}

    async def finished(cell: Cell) -> None:
        cells[cell] = 1

    undisturbed = {f.uid: f.status for f in scanned(everything(), KEPT, finished=finished)}
    assert len(cells) > 10
    for done in cells:
        alone = {f.uid: f.status for f in scanned(everything(), KEPT, done={done})}
        assert alone.items() <= undisturbed.items()
        others = {f.uid: f.status for f in scanned(everything(), KEPT, done=set(cells) - {done})}
        assert others.keys() | alone.keys() == undisturbed.keys(), done
        assert others.items() <= undisturbed.items(), done
        assert not others.keys() & alone.keys(), done


class Counted:
    """How many VPCs there are, or why nobody knows."""

    def __init__(self, told: str, known: bool) -> None:
        self.told, self.known = told, known


@derive
def counted(vpcs: Here[Vpc] | Failure) -> Counted:
    return Counted(vpcs.code, False) if isinstance(vpcs, Failure) else Counted(str(len(vpcs)), True)


class Told:
    """The same, at second hand."""

    def __init__(self, text: str, known: bool) -> None:
        self.text, self.known = text, known


@derive
def retold(found: Counted) -> Told:
    return Told(found.told, found.known)


@check(fails="It is wrong", severity="low", resource_type="Other", resource_group="network")
def vpcs_told(region: Region, found: Told) -> Verdict:
    return Pass(found.text) if found.known else Manual(found.text)


@pytest.mark.parametrize(("code", "complete"), [("InternalError", False), ("UnauthorizedOperation", True)])
def test_what_rests_on_a_failure_that_may_pass_is_looked_at_again_also_through_values_that_tolerate_it(
    code: str, complete: bool
) -> None:
    cells: list[Cell] = []

    async def finished(cell: Cell) -> None:
        cells.append(cell)

    there = World({("ec2:DescribeVpcs", "eu-west-1"): error(code)})
    document(vpcs_told)
    found = scanned(there, [vpcs_told], finished=finished)
    assert {f.region: f.status for f in found} == {"us-east-1": "PASS", "eu-west-1": "MANUAL"}
    assert ("eu-west-1" in {cell.place for cell in cells}) is complete
