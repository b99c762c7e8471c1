"""One mistake, of a declaration or of AWS, hides itself and nothing else."""

# mypy: disable-error-code="empty-body"
from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aioprowler import (
    Check,
    DeclarationError,
    Facet,
    Fail,
    Here,
    Pass,
    Resource,
    Verdict,
    batch,
    call,
    check,
    field,
    listing,
)
from aioprowler.engine import account as engine
from aioprowler.engine import fetch, judge, listings, supply
from aioprowler.engine.plan import make_plan
from tests.engine.harness import DOCUMENTED, findings, run
from tests.engine.test_account import (
    AccessKey,
    User,
    Vpc,
    account_keys,
    account_vpcs,
    project_encrypted,
    region_defaults,
    user_keys,
    vpc_dns,
    vpc_gated_or_none,
    vpc_has_subnets,
    vpc_note,
    vpc_pair,
    world,
)
from tests.worlds.world import NOW, World, error

# --- What is known before AWS is asked ---


class LostListing(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "DescribeThings", "Things", VpcId="vpc_idd", of=Vpc)
    thing: str


class LostCall(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="id")


class LostBatch(Facet[Vpc]):
    source = batch("ec2", "DescribeMany", "Many", ids="Ids", owner_key="vpc_id", reply_key="Id", AccountId="account_id")


class LostKey(Facet[Vpc]):
    source = batch("ec2", "DescribeMany", "Many", ids="Ids", owner_key="id", reply_key="Id")


class LostPath(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", "Attributes[", VpcId="vpc_id")


class LostList(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "DescribeThings", "Things[?", of=Vpc, VpcId="vpc_id")
    thing: str


class LostItem(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things", item="name")
    thing: str


class LostDetail(Resource, id="thing", arn="{thing}"):
    source = listing("ec2", "ListThings", "Things", detail=call("ec2", "DescribeThing", "Thing", Name="label"))
    thing: str


class Orphan(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="parent.id")


class BareDenial(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", VpcId="vpc_id", absent=["AccessDeniedException"])


def region_of(thing: InCircles, others: Here[InCircles]) -> str:
    return "us-east-1"


class InCircles(Resource, id="thing", arn="{thing}"):
    source = listing("iam", "ListThings", "Things", region=region_of)
    thing: str


def lost_listing(thing: LostListing) -> Verdict: ...
def lost_call(vpc: Vpc, lost: LostCall) -> Verdict: ...
def lost_batch(vpc: Vpc, lost: LostBatch | None) -> Verdict: ...
def lost_key(vpc: Vpc, lost: LostKey | None) -> Verdict: ...
def lost_path(vpc: Vpc, lost: LostPath) -> Verdict: ...
def lost_list(thing: LostList) -> Verdict: ...
def lost_item(thing: LostItem) -> Verdict: ...
def lost_detail(thing: LostDetail) -> Verdict: ...
def orphan(vpc: Vpc, lost: Orphan) -> Verdict: ...
def bare_denial(vpc: Vpc, lost: BareDenial | None) -> Verdict: ...
def in_circles(thing: InCircles) -> Verdict: ...


REFUSED: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (lost_listing, {}, r"VpcId='vpc_idd' names no attribute of Vpc; say one of its fields \(vpc_id, is_default\)"),
    (lost_call, {}, r"VpcId='id' names no attribute of Vpc"),
    (lost_batch, {}, r"AccountId='account_id' names no attribute of Account"),
    (lost_key, {}, r"owner_key='id' names no attribute of Vpc"),
    (lost_path, {}, r"'Attributes\[' is no JMESPath"),
    (lost_list, {}, r"'Things\[\?' is no JMESPath"),
    (lost_item, {}, r"item='name' is no field of it; say thing"),
    (lost_detail, {}, r"Name='label' names no field of LostDetail"),
    (orphan, {}, "Vpc has no parent"),
    (bare_denial, {}, r'say which words .* absent={"AccessDeniedException": "is not enabled"}'),
    (in_circles, {}, "listing it reads all of InCircles itself"),
    (vpc_dns.function, {"resource_arn": "arn:{partition}:{acount_id}"}, "{acount_id}; a template knows {partition}"),
    (vpc_dns.function, {"resource_id": "{region"}, "is no template"),
]


@pytest.mark.parametrize(("function", "options", "mend"), REFUSED, ids=[mend[:24] for _, _, mend in REFUSED])
def test_what_leads_nowhere_is_refused_when_planned(
    function: Callable[..., Any], options: dict[str, Any], mend: str
) -> None:
    function.__doc__ = inspect.cleandoc(DOCUMENTED)
    with pytest.raises(DeclarationError, match=mend) as refused:
        make_plan([check(fails="It is wrong", severity="low", **options)(function)], {})
    assert ".py:" in str(refused.value)


def test_a_check_without_its_texts_is_refused_when_planned() -> None:
    @check(fails="It is wrong", severity="low")
    def vpc_silent(vpc: Vpc) -> Verdict:
        """It is right."""
        return Pass("on")

    with pytest.raises(DeclarationError, match="## Risk"):
        make_plan([vpc_silent], {})


# --- What only a reply, or the check itself, can tell ---


class Moody(Resource, id="short", arn="arn:{partition}:ec2:{region}:{account_id}:vpc/{vpc_id}"):
    """Its id takes for granted what AWS does not promise."""

    source = listing("ec2", "DescribeVpcs", "Vpcs")
    vpc_id: str

    @property
    def short(self) -> str:
        return self.vpc_id.split("-", 1)[1]


class MoodyParameter(Facet[Moody]):
    source = call("ec2", "DescribeVpcAttribute", "EnableDnsSupport", VpcId="short")
    value: bool = False


@check(fails="It is wrong", severity="low")
def moody(vpc: Moody) -> Verdict:
    return Pass("fine")


def moody_world() -> World:
    return World({("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "odd"}]}})


def test_an_id_that_raises_is_manual_for_its_resource(caplog: pytest.LogCaptureFixture) -> None:
    found = findings(moody_world(), moody)
    assert {(f.resource_arn, f.status) for f in found} == {
        ("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", "PASS"),
        ("arn:aws:ec2:us-east-1:123456789012:vpc/odd", "MANUAL"),
    }
    assert "IndexError" in caplog.text


def test_a_parameter_that_raises_is_manual_for_its_facet() -> None:
    @check(fails="It is wrong", severity="low")
    def moody_facet(vpc: Moody, facet: MoodyParameter) -> Verdict:
        return Pass("fine", resource_id=vpc.vpc_id)

    found = findings(moody_world(), moody_facet)
    assert sorted(f.status for f in found) == ["MANUAL", "PASS"]


@pytest.mark.parametrize("items", [["p0", "p1"], [None], 3, {"name": "p0"}])
def test_a_batch_reply_that_is_no_list_of_structures_is_manual_for_its_owners(items: Any) -> None:
    there = world(codebuild__BatchGetProjects={"projects": items})
    there.replies["codebuild:ListCuratedProjects", "us-east-1"] = {"projects": [{"name": "p0"}, {"name": "p1"}]}
    found = run(there, project_encrypted, vpc_dns)
    assert [row[2:] for row in found if row[0] == "project_encrypted"] == [("p0", "MANUAL"), ("p1", "MANUAL")]
    assert len([row for row in found if row[0] == "vpc_dns"]) == 3


class Odd:
    """No verdict."""


def a_text(vpc: Vpc) -> Any:
    return "PASS"


def a_number(vpc: Vpc) -> Any:
    return 0


def a_class(vpc: Vpc) -> Any:
    return Odd()


def nothing_among_verdicts(vpc: Vpc) -> Iterator[Any]:
    yield Pass("fine")
    yield None


def a_detail_that_is_no_text(vpc: Vpc) -> Any:
    return Fail(404)  # type: ignore[arg-type]


def a_strange_severity(vpc: Vpc) -> Any:
    return Fail("bad", severity="urgent")  # type: ignore[arg-type]


def an_id_that_is_no_text(vpc: Vpc) -> Any:
    return Fail("bad", resource_id=7)  # type: ignore[arg-type]


def a_resource_that_is_none(vpc: Vpc) -> Any:
    return Fail("bad", resource="vpc")


def names_that_are_no_texts(vpc: Vpc) -> Any:
    return Fail("bad", names=({"part": 7},))  # type: ignore[dict-item]


def names_of_no_part(vpc: Vpc) -> Any:
    return Fail("bad", names={"part": "a"})  # type: ignore[arg-type]


STRANGE = [
    a_text,
    a_number,
    a_class,
    nothing_among_verdicts,
    a_detail_that_is_no_text,
    a_strange_severity,
    an_id_that_is_no_text,
    a_resource_that_is_none,
    names_that_are_no_texts,
    names_of_no_part,
]


@pytest.mark.parametrize("function", STRANGE, ids=lambda function: function.__name__)
def test_what_is_no_verdict_is_manual(function: Any) -> None:
    function.__doc__ = inspect.cleandoc(DOCUMENTED)
    strange: Any = check(fails="It is wrong", severity="low")(function)
    found = run(world(), strange, vpc_dns)
    assert [row[3] for row in found if row[0] == function.__name__] == ["MANUAL"] * 3
    assert len([row for row in found if row[0] == "vpc_dns"]) == 3


def test_a_frozen_clock_is_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does it: the class is replaced in the module, after the checks were declared."""

    @check(fails="It is wrong", severity="low")
    def vpc_today(vpc: Vpc, now: datetime.datetime) -> Verdict:
        return Pass(str(now.year))

    class Frozen(datetime.datetime):
        """In the place of datetime."""

    monkeypatch.setattr(datetime, "datetime", Frozen)
    assert {f.status_detail for f in findings(world(), vpc_today)} == {"2026"}


class Dated(Resource, id="name", arn="{name}"):
    """Used for the first time while the clock is frozen, when its annotations are looked up."""

    source = listing("ec2", "DescribeVpcs", "Dated")
    name: str
    at: datetime.datetime


def test_dates_are_read_under_a_frozen_clock_and_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    @check(fails="It is wrong", severity="low")
    def dated(thing: Dated, now: datetime.datetime) -> Verdict:
        return Pass(str((now - thing.at).days))

    class Real(type):
        def __instancecheck__(cls, value: object, real: type = datetime.datetime) -> bool:
            return isinstance(value, real)

    class Frozen(datetime.datetime, metaclass=Real):
        """In the place of datetime, and as freezegun's takes real ones for its own."""

    dates = [NOW.replace(hour=11), "2026-06-01T11:00:00Z"]
    there = World({"ec2:DescribeVpcs": {"Dated": [{"Name": str(n), "At": at} for n, at in enumerate(dates)]}})
    with monkeypatch.context() as frozen:
        frozen.setattr(datetime, "datetime", Frozen)
        assert {f.status_detail for f in findings(there, dated)} == {"0"}
    assert {f.status_detail for f in findings(there, dated)} == {"0"}


# --- The n-th operation of the engine fails, for every n ---


class BrokenError(Exception):
    """What the engine did not foresee."""


class Countdown:
    """Makes the n-th of all calls of some functions raise."""

    def __init__(self, fails_at: int) -> None:
        self.left = fails_at

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise BrokenError("the n-th")
            return function(*args, **kwargs)

        return counted


class Named(Facet[User]):
    source = call("iam", "GetUser", "User", UserName="user_name")
    path: str = field(name="Path", default="/")


@check(fails="It is wrong", severity="low")
def user_path(user: User, named: Named) -> Verdict:
    return Pass(named.path)


@check(fails="It is wrong", severity="low")
def key_of_user(key: AccessKey) -> Verdict:
    return Pass(key.access_key_id)


CHECKS: list[Check[Any, Any]] = [
    vpc_dns,
    vpc_gated_or_none,
    vpc_pair,
    vpc_note,
    vpc_has_subnets,
    account_vpcs,
    account_keys,
    user_keys,
    user_path,
    key_of_user,
    region_defaults,
    project_encrypted,
]
PLACES: list[tuple[Any, str]] = [
    (supply, "bind"),
    (supply, "cut"),
    (supply, "to_facet"),
    (supply, "_by_id"),
    (supply, "joined"),
    (supply, "arguments"),
    (listings, "bind"),
    (listings, "cut"),
    (listings, "to_resource"),
    (listings, "to_resources"),
    (fetch, "to_resource"),
    (fetch, "converted"),
    (judge, "arguments"),
    (judge, "missing"),
    (judge, "identifier"),
    (judge, "tags"),
    (engine, "judge"),
    (engine, "finding"),
    (engine, "place"),
    (engine, "missing"),
]
"""What the engine does, by the names under which it does it."""


def whole_account() -> World:
    there = world(ec2__DescribeOne={"N": 1}, ec2__DescribeOther={"Others": [1]}, ec2__GetNote=error("NoSuchNote"))
    there.replies["ec2:GetEbsEncryptionByDefault"] = {"EbsEncryptionByDefault": True}
    there.replies["codebuild:ListCuratedProjects", "us-east-1"] = {"projects": [{"name": "p0"}, {"name": "p1"}]}
    there.replies["codebuild:BatchGetProjects"] = {"projects": [{"name": "p0"}, {"name": "p1"}]}
    return there


def told(found: list[Any]) -> dict[str, str]:
    assert len({f.uid for f in found}) == len(found)
    return {f.uid: f.status for f in found}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_nth_operation_may_fail_for_every_n(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan ends, nothing that it says otherwise changes, and what it cannot say is MANUAL."""
    undisturbed = findings(whole_account(), *CHECKS)
    expected = told(undisturbed)
    assert {f.check_id for f in undisturbed} == {each.id for each in CHECKS}
    failures, originals = 0, [(module, name, getattr(module, name)) for module, name in PLACES]
    for n in range(1, 10_000):
        countdown = Countdown(n)
        for module, name, original in originals:
            monkeypatch.setattr(module, name, countdown(original))
        found = findings(whole_account(), *CHECKS)
        if countdown.left > 0:
            break
        failures += 1
        statuses = told(found)
        for uid, status in statuses.items():
            assert status == "MANUAL" or expected[uid] == status, f"at {n}: another verdict"
        manual = {f.check_id for f in found if f.status == "MANUAL"}
        lost = {f.check_id for f in undisturbed if f.uid not in statuses}
        assert lost <= manual, f"at {n}: findings of {lost - manual} are lost"
    assert failures > 200
