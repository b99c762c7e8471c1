"""Declarations that are mistakes, or that few have written yet: refused in one sentence, or carried out."""

# mypy: disable-error-code="empty-body"
from __future__ import annotations

import decimal
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from aioprowler import (
    Account,
    All,
    Aws,
    DeclarationError,
    Facet,
    Fail,
    Pass,
    Resource,
    States,
    Verdict,
    batch,
    call,
    check,
    derive,
    field,
    listing,
    source,
)
from aioprowler.engine.plan import make_plan
from tests.engine.harness import DOCUMENTED, findings, run
from tests.engine.test_account import Subnet, User, Vpc, world
from tests.worlds.world import World


def planned(function: Callable[..., Any], **options: Any) -> None:
    function.__doc__ = inspect.cleandoc(DOCUMENTED)
    make_plan([check(fails="It is wrong", severity="low", **options)(function)], {})


class BatchOfAccount(Facet[Account]):
    source = batch("ec2", "DescribeMany", "Many", ids="Ids", owner_key="id", reply_key="Id")


class ListedFacet(Facet[Vpc]):
    source = listing("ec2", "DescribeThings", "Things")


class NoSource(Facet[Vpc]):
    value: bool = False


async def later(vpc: Vpc) -> bool:
    return False


class AsyncGate(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="vpc_id", when=later)  # type: ignore[arg-type]


class NoGate(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="vpc_id", when=True)  # type: ignore[arg-type]


async def no_limit() -> int:
    return 1


class AsyncLimit(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things", limit=no_limit)  # type: ignore[arg-type]
    thing: str


class FunctionDetail(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things", detail=source("ec2:DescribeThing")(later))  # type: ignore[arg-type]
    thing: str


class OddField(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things")
    thing: str
    price: complex = 0j


class OddFacet(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="vpc_id")
    either: decimal.Decimal | Vpc | Subnet | None = None


class OddTemplate(Resource, id="thing", arn="arn:{partition}:{thing:d}"):
    source = listing("ec2", "ListThings", "Things")
    thing: str


class PositionTemplate(Resource, id="thing", arn="arn:{}"):
    source = listing("ec2", "ListThings", "Things")
    thing: str


@source("ec2:DescribeOne")
def at_once(vpc: Vpc, aws: Aws) -> Any:
    return None


class AtOnce(Facet[Vpc]):
    source = at_once


@dataclass(frozen=True)
class Later:
    value: int


class Hidden(Resource, id="thing", arn="{thing}", gone=["AccessDenied"]):
    source = listing("ec2", "ListThings", "Things")
    thing: str


class NumberedPath(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", 7, VpcId="vpc_id")  # type: ignore[arg-type]


class ZeroBatch(Facet[Vpc]):
    source = batch("ec2", "DescribeMany", "Many", ids="Ids", owner_key="vpc_id", reply_key="Id", size=0)


class NoState(Vpc):
    source = listing("ec2", "DescribeVpcs", "Vpcs", states=States("no_state", over=["deleted"]))


class SharedOfParent(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things", of=Vpc, shared=True)
    thing: str


class NoOwner(Vpc, owner="no_owner"):
    source = listing("ec2", "DescribeVpcs", "Vpcs")


class NoHome(Vpc, home="no_home"):
    source = listing("ec2", "DescribeVpcs", "Vpcs")


def no_state(thing: NoState) -> Verdict: ...
def shared_of_parent(thing: SharedOfParent) -> Verdict: ...
def no_owner(thing: NoOwner) -> Verdict: ...
def no_home(thing: NoHome) -> Verdict: ...
def batch_of_account(account: Account, many: BatchOfAccount | None) -> Verdict: ...
def listed_facet(vpc: Vpc, listed: ListedFacet) -> Verdict: ...
def no_source(vpc: Vpc, facet: NoSource) -> Verdict: ...
def async_gate(vpc: Vpc, facet: AsyncGate) -> Verdict: ...
def no_gate(vpc: Vpc, facet: NoGate) -> Verdict: ...
def async_limit(thing: AsyncLimit) -> Verdict: ...
def function_detail(thing: FunctionDetail) -> Verdict: ...
def odd_facet(vpc: Vpc, facet: OddFacet) -> Verdict: ...
def odd_template(thing: OddTemplate) -> Verdict: ...
def position_template(thing: PositionTemplate) -> Verdict: ...
def at_once_facet(vpc: Vpc, facet: AtOnce) -> Verdict: ...
def zero_batch(vpc: Vpc, facet: ZeroBatch | None) -> Verdict: ...
def by_position(vpc: Vpc, /) -> Verdict: ...
def all_positions(*vpcs: Vpc) -> Verdict: ...
async def async_check(vpc: Vpc) -> Verdict: ...
def plain(vpc: Vpc) -> Verdict: ...
def of_nothing() -> Verdict: ...
def odd_default(vpc: Vpc, *, odd_days: int = "7") -> Verdict: ...  # type: ignore[assignment]
def hidden(thing: Hidden) -> Verdict: ...
def numbered_path(vpc: Vpc, facet: NumberedPath) -> Verdict: ...


REFUSED: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (batch_of_account, {}, "batch"),
    (listed_facet, {}, "say what tells it"),
    (no_source, {}, "source"),
    (no_state, {}, "no_state"),
    (shared_of_parent, {}, "shared"),
    (no_owner, {}, "no_owner"),
    (no_home, {}, "no_home"),
    (async_gate, {}, "async"),
    (no_gate, {}, "when"),
    (async_limit, {}, "async"),
    (function_detail, {}, "detail"),
    (odd_facet, {}, "OddFacet"),
    (odd_template, {}, "template"),
    (position_template, {}, "template"),
    (at_once_facet, {}, "async"),
    (zero_batch, {}, "size"),
    (by_position, {}, "vpc"),
    (all_positions, {}, "vpcs"),
    (async_check, {}, "async"),
    (plain, {"about": int}, "about"),
    (of_nothing, {}, "what it judges"),
    (odd_default, {}, "default of the configuration key odd_days"),
    (hidden, {}, r'gone={"AccessDenied": '),
    (numbered_path, {}, "cannot be planned"),
    (plain, {"resource_id": "{region:d}"}, "template"),
    (plain, {"resource_arn": "{region!q}"}, "template"),
    (plain, {"resource_id": 7}, "template"),
    (plain, {"resource_id": "{region.name}"}, "template"),
]


@pytest.mark.parametrize(("function", "options", "mend"), REFUSED, ids=[f"{f.__name__}-{o}" for f, o, _ in REFUSED])
def test_what_cannot_work_is_refused_when_planned(
    function: Callable[..., Any], options: dict[str, Any], mend: str
) -> None:
    with pytest.raises(DeclarationError, match=mend) as refused:
        planned(function, **options)
    assert ".py:" in str(refused.value)


def test_a_derived_value_takes_no_call() -> None:
    async def derived_later(vpc: Vpc) -> Later: ...

    with pytest.raises(DeclarationError, match="leave out async"):
        derive(derived_later)


@check(fails="It is wrong", severity="low")
def odd_field(thing: OddField) -> Verdict:
    return Pass("seen")


def test_a_field_that_nobody_can_read_is_manual() -> None:
    there = World({"ec2:ListThings": {"Things": [{"Thing": "a", "Price": "1"}, {"Thing": "b"}]}})
    assert {row[2:] for row in run(there, odd_field)} == {("a", "MANUAL"), ("b", "PASS")}


def test_words_and_codes_are_lists_and_texts() -> None:
    with pytest.raises(TypeError, match=r"say \['acme'\]"):
        check(fails="It is wrong", severity="low", categories="acme")
    with pytest.raises(TypeError, match="7 is no text"):
        check(fails="It is wrong", severity="low", resource_type=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"say \['NoSuchNote'\]"):
        call("ec2", "GetNote", absent="NoSuchNote")


# --- Gates of listings and batches that read more than their owner ---


class Kind(Facet[User]):
    source = call("iam", "GetUser", "User", UserName="user_name")
    human: bool = field(name="Human", default=False)


def is_human(user: User, kind: Kind) -> bool:
    return kind.human


class Device(Resource, id="serial", arn="{serial}"):
    source = listing("iam", "ListMFADevices", "Devices", of=User, UserName="user_name", when=is_human)
    serial: str


@check(fails="It is wrong", severity="low")
def device_seen(device: Device) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def devices_counted(account: Account, devices: All[Device]) -> Verdict:
    return Pass(str(len(devices)))


def devices() -> World:
    return World(
        {
            "iam:ListUsers": {"Users": [{"UserName": "u", "Arn": "u"}, {"UserName": "robot", "Arn": "robot"}]},
            "iam:GetUser": lambda account, region, params: {"User": {"Human": params["UserName"] == "u"}},
            "iam:ListMFADevices": lambda account, region, params: {"Devices": [{"Serial": params["UserName"]}]},
        }
    )


def test_a_gate_of_children_reads_a_facet_of_their_parent_also_where_all_are_kept() -> None:
    assert [row[2:] for row in run(devices(), device_seen)] == [("u", "PASS")]
    kept = findings(devices(), device_seen, devices_counted)
    assert sorted((f.resource_id, f.status, f.status_detail) for f in kept) == [
        ("123456789012", "PASS", "1"),
        ("u", "PASS", "seen"),
    ]


class Marked(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="vpc_id")
    marked: bool = False


def is_marked(vpc: Vpc, marked: Marked) -> bool:
    return marked.marked


class Many(Facet[Vpc]):
    source = batch("ec2", "DescribeMany", "Many", ids="Ids", owner_key="vpc_id", reply_key="Id", when=is_marked)
    note: str = ""


@check(fails="It is wrong", severity="low")
def vpc_many(vpc: Vpc, many: Many | None, marked: Marked) -> Verdict:
    return Fail("none") if many is None else Pass(many.note)


def test_a_gate_of_a_batch_reads_another_facet() -> None:
    there = world()
    there.replies["ec2:DescribeVpcAttribute"] = lambda account, region, params: {"Marked": params["VpcId"] == "a"}
    there.replies["ec2:DescribeMany"] = lambda account, region, params: {
        "Many": [{"Id": each, "Note": each} for each in params["Ids"]]
    }
    assert {(f.resource_id, f.status_detail) for f in findings(there, vpc_many)} == {
        ("a", "a"),
        ("dark", "none"),
        ("b", "none"),
    }
    assert there.calls["ec2:DescribeVpcAttribute"] == 3


class Place(Facet["Globe"]):
    source = batch("iam", "DescribePlaces", "Places", ids="Names", owner_key="name", reply_key="Name")
    where: str = ""


def place_of(globe: Globe, place: Place | None) -> Any:
    return place.where if place else None


class Globe(Resource, id="name", arn="arn:aws:iam::{account_id}:globe/{name}"):
    source = listing("iam", "ListGlobes", "Globes", region=place_of)
    name: str


Place.__orig_bases__ = (Facet[Globe],)  # type: ignore[attr-defined]


@check(fails="It is wrong", severity="low")
def globe_seen(globe: Globe) -> Verdict:
    return Pass("seen")


def test_a_batch_tells_the_region_and_where_nobody_tells_it_is_manual() -> None:
    there = World(
        {
            "iam:ListGlobes": {"Globes": [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]},
            "iam:DescribePlaces": {
                "Places": [{"Name": "a", "Where": "eu-west-1"}, {"Name": "c", "Where": "elsewhere"}]
            },
        }
    )
    assert [row[1:] for row in run(there, globe_seen)] == [
        ("eu-west-1", "a", "PASS"),
        ("us-east-1", "b", "MANUAL"),
    ]


class Group(Resource, id="name", arn="{name}"):
    source = listing("iam", "ListGroups", "Groups", of=User, Id="user_name")
    name: str


class Member(Resource, id="name", arn="{name}"):
    source = listing("iam", "ListMembers", "Members", of=Group, Group="name", User="parent.user_name")
    name: str


@check(fails="It is wrong", severity="low")
def member_seen(member: Member) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def members_counted(account: Account, members: All[Member]) -> Verdict:
    return Pass(str(len(members)))


def test_a_listing_knows_the_parent_of_its_parent() -> None:
    there = World(
        {
            "iam:ListUsers": {"Users": [{"UserName": "u", "Arn": "u"}]},
            "iam:ListGroups": {"Groups": [{"Name": "g"}]},
            "iam:ListMembers": lambda account, region, params: {"Members": [{"Name": f"{params}"}]},
        }
    )
    assert [row[2:] for row in run(there, member_seen)] == [("{'Group': 'g', 'User': 'u'}", "PASS")]
    assert {row[3] for row in run(there, member_seen, members_counted)} == {"PASS"}
