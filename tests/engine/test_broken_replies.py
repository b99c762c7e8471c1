"""Replies that AWS should not give, or seldom gives: what they spoil is MANUAL, everything else is as ever."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Annotated, Any

import msgspec
import pytest

from aioprowler import (
    Account,
    All,
    Aws,
    Facet,
    Fail,
    Failure,
    Here,
    Pass,
    Region,
    Resource,
    Verdict,
    call,
    check,
    field,
    listing,
    source,
)
from aioprowler.aws.errors import NotInRegionError
from tests.engine.harness import findings, run
from tests.engine.test_account import AccessKey, Vpc, account_vpcs, vpc_dns, world
from tests.engine.test_mechanisms import ONE, Pipeline, cluster_named, clusters, pipeline_encrypted, pipelines
from tests.worlds.world import ACCOUNT, NOW, World, error


@check(fails="It is wrong", severity="low")
def vpc_seen(vpc: Vpc) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def key_seen(key: AccessKey) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def keys_counted(account: Account, keys: All[AccessKey]) -> Verdict:
    return Pass(str(len(keys)))


def unique(found: list[Any]) -> list[tuple[str, str]]:
    assert len({f.uid for f in found}) == len(found), Counter(f.uid for f in found).most_common(3)
    return sorted((f.resource_id, f.status) for f in found)


# --- The same again ---


def test_what_is_listed_twice_is_judged_once() -> None:
    def page(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "NextToken" in params:
            return {"Vpcs": [{"VpcId": "a"}, {"VpcId": "c"}]}
        return {"Vpcs": [{"VpcId": "a"}, {"VpcId": "b"}, {"VpcId": "a"}], "NextToken": "t"}

    there = World({"ec2:DescribeVpcs": page})
    assert unique(findings(there, vpc_seen, account=ONE)) == [("a", "PASS"), ("b", "PASS"), ("c", "PASS")]
    kept = findings(there, vpc_seen, account_vpcs, account=ONE)
    assert ("123456789012", "PASS") in unique(kept)
    assert {f.status_detail for f in kept} == {"seen", "a,b,c"}


def test_page_tokens_in_a_circle_end() -> None:
    def page(account: Account, region: str, params: dict[str, Any]) -> Any:
        turn = {"": "x", "x": "y", "y": "z", "z": "x"}[params.get("NextToken", "")]
        return {"Vpcs": [{"VpcId": turn}], "NextToken": turn}

    there = World({"ec2:DescribeVpcs": page})
    found = unique(findings(there, vpc_seen, account=ONE))
    assert found[0] == ("123456789012", "MANUAL")
    assert {row[0] for row in found[1:]} == {"x", "y", "z"}


@pytest.mark.parametrize("items", [[None, 3, "x", {}], [{"VpcId": None}, {"VpcId": None}], [[{"VpcId": "a"}]] * 2])
def test_items_without_a_name_are_one_finding(items: Any) -> None:
    there = World({("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [*items, {"VpcId": "a"}]}})
    assert unique(findings(there, vpc_seen, account=ONE))[0] == ("a", "PASS")
    assert unique(findings(there, vpc_seen, account=ONE))[1][1] == "MANUAL"


def test_children_of_unreadable_parents_are_told_once_each() -> None:
    there = World({"iam:ListUsers": {"Users": [{"UserName": 1, "Arn": "a"}, {"UserName": 2, "Arn": "b"}]}})
    alone = unique(findings(there, key_seen, account=ONE))
    kept = unique(findings(there, key_seen, keys_counted, account=ONE))
    assert alone == [("a", "MANUAL"), ("b", "MANUAL")]
    assert kept == [("123456789012", "MANUAL"), *alone]


# --- What AWS always sends is missing ---


def place_of(disk: Disk) -> str:
    return disk.zone


class Disk(Resource, id="disk_id", arn="arn:{partition}:ec2:{region}:{account_id}:disk/{disk_id}"):
    source = listing("ec2", "DescribeDisks", "Disks", region=place_of)
    disk_id: str
    zone: str
    size: int
    encrypted: bool = field(name="IsEncrypted")

    @property
    def is_large(self) -> bool:
        return self.size > 10


@check(fails="It is wrong", severity="low")
def disk_sealed(disk: Disk) -> Verdict:
    return Pass("sealed") if disk.encrypted else Fail("open")


@check(fails="It is wrong", severity="low")
def disk_small(disk: Disk) -> Verdict:
    return Fail("large") if disk.is_large else Pass("small")


@check(fails="It is wrong", severity="low")
def disks_sealed(account: Account, disks: All[Disk]) -> Verdict:
    return Pass(str(sum(disk.encrypted for disk in disks)))


@check(fails="It is wrong", severity="low")
def disks_small(account: Account, disks: All[Disk]) -> Verdict:
    return Pass(str(sum(disk.is_large for disk in disks)))


DISK = {"DiskId": "a", "Zone": "us-east-1", "Size": 20, "IsEncrypted": True}


def disks(*lacking: str) -> World:
    item = {key: value for key, value in DISK.items() if key not in lacking}
    return World({("ec2:DescribeDisks", "us-east-1"): {"Disks": [item]}})


def test_a_missing_field_is_told_by_those_who_read_it_and_disturbs_nobody_else() -> None:
    checks = (disk_sealed, disk_small, disks_sealed, disks_small)
    found = {f.check_id: (f.status, f.status_detail) for f in findings(disks("IsEncrypted"), *checks, account=ONE)}
    lacking = ("MANUAL", "Could not look: AWS did not tell IsEncrypted of this Disk.")
    assert found == {
        "disk_sealed": lacking,
        "disks_sealed": lacking,
        "disk_small": ("FAIL", "large"),
        "disks_small": ("PASS", "1"),
    }
    assert {f.resource_id for f in findings(disks("Size", "IsEncrypted"), disk_small, account=ONE)} == {"a"}


@pytest.mark.parametrize("lacking", ["DiskId", "Zone"])
def test_without_what_it_is_named_or_found_by_nothing_can_be_said_of_it(lacking: str) -> None:
    (found,) = findings(disks(lacking), disk_small, account=ONE)
    assert found.status == "MANUAL"
    assert lacking in found.status_detail


def test_what_does_not_fit_spoils_the_resource_also_where_something_is_missing() -> None:
    there = World({("ec2:DescribeDisks", "us-east-1"): {"Disks": [{"DiskId": "a", "Zone": "us-east-1", "Size": "x"}]}})
    assert unique(findings(there, disk_sealed, disk_small, account=ONE)[:1]) == [("a", "MANUAL")]
    assert {f.status for f in findings(there, disk_sealed, disk_small, account=ONE)} == {"MANUAL"}


def test_other_attributes_that_are_not_there_are_mistakes() -> None:
    with pytest.raises(AttributeError, match="colour"):
        Disk(disk_id="a", zone="b", size=1, encrypted=True).colour  # type: ignore[attr-defined]  # noqa: B018


# --- Odd items beside good ones ---


@pytest.mark.parametrize("odd", [None, "arn", 7, ["x"], {}, {"Name": None}])
def test_an_odd_item_of_a_list_spoils_no_other(odd: Any) -> None:
    there = World({("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [odd, {"VpcId": "a"}]}})
    assert ("a", "PASS") in unique(findings(there, vpc_seen, account=ONE))


@pytest.mark.parametrize("odd", [None, ["x"], {}, "", b"x"])
def test_an_odd_item_spoils_no_other_of_its_batch(odd: Any) -> None:
    there = clusters()
    there.replies["ecs:ListClusters", "us-east-1"] = {"clusterArns": ["c1", odd, "c2"]}
    there.replies["ecs:DescribeClusters"] = lambda account, region, params: {
        "clusters": [{"clusterArn": arn, "clusterName": arn.upper()} for arn in params["clusters"]]
    }
    found = unique(findings(there, cluster_named, account=ONE))
    assert ("C1", "PASS") in found
    assert ("C2", "PASS") in found
    assert [status for _, status in found].count("MANUAL") == 1


@pytest.mark.parametrize("odd", [None, 7, "x", {}, {"clusterArn": ["c2"]}, {"clusterArn": None}, {"clusterArn": "C2"}])
def test_an_odd_answer_of_a_batch_spoils_no_other_and_is_not_taken_for_gone(odd: Any) -> None:
    there = clusters()
    there.replies["ecs:ListClusters", "us-east-1"] = {"clusterArns": ["c1", "c2"]}
    there.replies["ecs:DescribeClusters"] = {"clusters": [{"clusterArn": "c1", "clusterName": "C1"}, odd]}
    assert unique(findings(there, cluster_named, account=ONE)) == [("C1", "PASS"), ("c2", "MANUAL")]


def test_a_strange_answer_is_told_by_what_names_it_and_not_by_whatever_else_was_read_of_it() -> None:
    there = clusters()
    there.replies["ecs:ListClusters", "us-east-1"] = {"clusterArns": ["c1"]}
    told = set()
    for strange in ({"clusterName": "X", "clusterArn": "x"}, {"clusterArn": "x", "status": "ACTIVE"}):
        there.replies["ecs:DescribeClusters"] = {"clusters": [strange]}
        told |= {each.status_detail for each in findings(there, cluster_named, account=ONE)}
    (detail,) = told
    assert "it tells 'x', which nobody asked about" in detail


@pytest.mark.parametrize("unanswered", [[None], ["c1", None, 3], [["c1"]], "c1", {"a": 1}, 7])
def test_odd_ids_of_what_could_not_be_answered(unanswered: Any) -> None:
    there = clusters()
    there.replies["ecs:ListClusters", "us-east-1"] = {"clusterArns": ["c1", "c2"]}
    there.replies["ecs:DescribeClusters"] = {
        "clusters": [],
        "failures": [{"arn": each} for each in unanswered] if isinstance(unanswered, list) else unanswered,
    }
    found = unique(findings(there, cluster_named, account=ONE))
    assert {status for _, status in found} <= {"MANUAL"}


@pytest.mark.parametrize("odd", [None, 7, "x", {"name": None}, {"name": 7}, {}])
def test_an_odd_item_spoils_no_detail_of_others(odd: Any) -> None:
    there = pipelines()
    there.replies["codepipeline:ListPipelines", "us-east-1"] = {"pipelines": [odd, {"name": "a", "version": 1}]}
    found = unique(findings(there, pipeline_encrypted, account=ONE))
    assert ("a", "PASS") in found
    assert len(found) == 2


class Fussy:
    """A class with a `decode` that raises what nobody thought of."""

    @classmethod
    def decode(cls, value: Any) -> Fussy:
        if value == "odd":
            raise KeyError(value)
        if value != "x":
            msgspec.json.decode(value)  # whose error msgspec does not wrap in another one's place
        return cls()


class Wished(Resource, id="name", arn="{name}"):
    source = listing("sns", "ListTopics", "Topics")
    name: str
    wish: Fussy | None = None


@check(fails="It is wrong", severity="low")
def wished(wish: Wished) -> Verdict:
    return Pass("seen")


def test_a_decode_that_raises_spoils_its_own_resource() -> None:
    topics = [{"Name": name, "Wish": wish} for name, wish in (("a", "odd"), ("b", "x"), ("c", "{"))]
    there = World({"sns:ListTopics": {"Topics": topics}})
    assert unique(findings(there, wished, account=ONE)) == [("a", "MANUAL"), ("b", "PASS"), ("c", "MANUAL")]


# --- The newest, of odd dates ---


def most(*, max_odd: Annotated[int, "Odd."] = 2) -> int | None:
    return max_odd


class Odd(Resource, id="name", arn="{name}"):
    source = listing("ec2", "DescribeVpcs", "Odds", limit=most, newest="written")
    name: str
    written: datetime.datetime | None = None


@check(fails="It is wrong", severity="low")
def odd_seen(odd: Odd) -> Verdict:
    return Pass("seen")


@pytest.mark.parametrize(
    "older", [None, NOW.replace(tzinfo=None, hour=3), 0, 0.5, "2020-01-01T00:00:00Z", "soon", "", {"x": 1}, [1]]
)
def test_dates_of_other_kinds_are_put_in_order(older: Any) -> None:
    items = [
        {"Name": "old", "Written": older},
        {"Name": "b", "Written": NOW.replace(day=3)},
        {"Name": "c", "Written": NOW},
    ]
    there = World({"ec2:DescribeVpcs": {"Odds": [*items, None, 3]}})
    assert unique(findings(there, odd_seen, account=ONE)) == [("b", "PASS"), ("c", "PASS")]


# --- Pages of a facet ---


class Versions(Facet[Pipeline]):
    source = call("ec2", "DescribeLaunchTemplateVersions", "Told", pages=True, LaunchTemplateName="name")
    numbers: tuple[int, ...] = field(name="Numbers", default=())


@check(fails="It is wrong", severity="low")
def versions_told(pipeline: Pipeline, versions: Versions) -> Verdict:
    return Pass(f"{list(versions.numbers)}")


@pytest.mark.parametrize("first", [{}, {"Told": None}, {"Told": {}}, {"Told": {"Numbers": None}}, {"Told": []}])
def test_an_empty_page_of_a_facet_hides_no_later_one(first: Any) -> None:
    there = pipelines()
    there.replies["ec2:DescribeLaunchTemplateVersions"] = lambda account, region, params: (
        {"Told": {"Numbers": [3]}} if "NextToken" in params else {**first, "NextToken": "t"}
    )
    assert {f.status_detail for f in findings(there, versions_told)} == {"[3]"}


# --- Not there ---


@check(fails="It is wrong", severity="low", about=Vpc)
def region_has_vpc(region: Region, vpcs: Here[Vpc]) -> Verdict:
    return Pass("some") if vpcs else Fail("none")


@check(fails="It is wrong", severity="low", about=Vpc)
def account_has_vpc(account: Account, vpcs: All[Vpc]) -> Verdict:
    return Pass("some") if vpcs else Fail("none")


def test_of_a_region_that_does_not_have_the_service_nothing_is_said() -> None:
    there = World(
        {
            ("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [{"VpcId": "a"}]},
            ("ec2:DescribeVpcs", "eu-west-1"): NotInRegionError(service="ec2", region="eu-west-1"),
        }
    )
    assert run(there, region_has_vpc, account_has_vpc) == [
        ("account_has_vpc", "us-east-1", ACCOUNT.id, "PASS"),
        ("region_has_vpc", "us-east-1", ACCOUNT.id, "PASS"),
    ]
    nowhere = World({"ec2:DescribeVpcs": NotInRegionError(service="ec2", region="eu-west-1")})
    assert run(nowhere, region_has_vpc, account_has_vpc) == []


class Exact(Resource, id="name", arn="{name}", rename="camel", gone={"NotFound": "pipeline does not exist"}):
    source = listing("codepipeline", "ListPipelines", "pipelines")
    name: str


class ExactPolicy(Facet[Exact], rename="camel"):
    source = call("codepipeline", "GetPolicy", name="name", absent=["NotFound"])


class BareExact(Resource, id="name", arn="{name}", rename="camel", gone=["NotFound"]):
    source = listing("codepipeline", "ListPipelines", "pipelines")
    name: str


class BarePolicy(Facet[BareExact], rename="camel"):
    source = call("codepipeline", "GetPolicy", name="name", absent={"NotFound": "no policy"})


class SamePolicy(Facet[BareExact], rename="camel"):
    source = call("codepipeline", "GetPolicy", name="name", absent=["NotFound"])


@check(fails="It is wrong", severity="low")
def exact_policy(exact: Exact, policy: ExactPolicy | None) -> Verdict:
    return Fail("none") if policy is None else Pass("some")


@check(fails="It is wrong", severity="low")
def bare_policy(exact: BareExact, policy: BarePolicy | None) -> Verdict:
    return Fail("none") if policy is None else Pass("some")


@check(fails="It is wrong", severity="low")
def same_policy(exact: BareExact, policy: SamePolicy | None) -> Verdict:
    return Fail("none") if policy is None else Pass("some")


@pytest.mark.parametrize(
    ("tested", "message", "statuses"),
    [
        (exact_policy, "The pipeline does not exist", []),
        (exact_policy, "There is no policy", ["FAIL"]),
        (bare_policy, "The pipeline does not exist", []),
        (bare_policy, "There is no policy", ["FAIL"]),
        (same_policy, "There is no policy", ["FAIL"]),
    ],
)
def test_a_code_that_means_absent_and_gone_means_what_its_words_say(
    tested: Any, message: str, statuses: list[str]
) -> None:
    there = World(
        {
            ("codepipeline:ListPipelines", "us-east-1"): {"pipelines": [{"name": "a"}]},
            "codepipeline:GetPolicy": error("NotFound", message),
        }
    )
    assert [f.status for f in findings(there, tested)] == statuses


# --- Texts ---


@pytest.mark.parametrize("text", ["a\ud800b", "\x00\x1b[31m", "\u202e", "a" * 100_000])
def test_strange_texts_can_be_written(text: str) -> None:
    there = World({("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [{"VpcId": text}, {"VpcId": "a"}]}})
    found = findings(there, vpc_seen, account=ONE)
    assert len(found) == 2


class StrangeError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("even that")


@check(fails="It is wrong", severity="low")
def strange_error(vpc: Vpc) -> Verdict:
    raise StrangeError


@check(fails="It is wrong", severity="low")
def leaves(vpc: Vpc) -> Verdict:
    raise SystemExit(3)


@pytest.mark.parametrize("odd", [strange_error, leaves])
def test_whatever_a_check_raises_is_manual(odd: Any) -> None:
    there = World({"ec2:DescribeVpcs": {"Vpcs": [{"VpcId": "a"}]}})
    found = run(there, odd, vpc_seen, account=ONE)
    assert [row[3] for row in found] == (["MANUAL", "PASS"] if odd.id < "vpc" else ["PASS", "MANUAL"])


@check(fails="It is wrong", severity="low")
def says_both(vpc: Vpc) -> Any:
    yield Pass("first")
    yield Fail("second")
    yield Fail("second")


def test_several_verdicts_about_the_same_are_one_finding() -> None:
    there = World({"ec2:DescribeVpcs": {"Vpcs": [{"VpcId": "a"}]}})
    assert unique(findings(there, says_both, account=ONE)) == [("a", "FAIL")]


# --- A transport that is no better ---


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        "x",
        3,
        {"Vpcs": 3},
        {"Vpcs": "abc"},
        {"Vpcs": {"VpcId": "a"}},
        {"Vpcs": [], "NextToken": 3},
        {"Vpcs": [], "NextToken": {"a": []}},
    ],
)
def test_no_reply_ends_a_scan(reply: Any) -> None:
    there = World(
        {
            ("ec2:DescribeVpcs", "us-east-1"): lambda account, region, params: reply,
            ("ec2:DescribeVpcs", "eu-west-1"): {"Vpcs": [{"VpcId": "b"}]},
        }
    )
    found = unique(findings(there, vpc_seen))
    assert ("b", "PASS") in found


def test_a_call_that_somebody_else_has_cancelled_is_a_gap() -> None:
    import asyncio

    class Cancelled(World):
        async def call(
            self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
        ) -> Any:
            if operation == "DescribeVpcAttribute" and params["VpcId"] == "a":
                raise asyncio.CancelledError
            return await super().call(account, region, service, operation, params)

    there = Cancelled(world().replies)
    assert unique(findings(there, vpc_dns)) == [("a", "MANUAL"), ("b", "PASS"), ("dark", "FAIL")]


# --- Structures of a function ---


@source("iam:GetReport")
async def lines(aws: Aws) -> Any:
    reply = await aws.call("iam", "GetReport")
    return reply if isinstance(reply, Failure) else reply["Lines"]


class Line(Resource, id="user", arn="arn:{user}"):
    source = lines
    user: str
    active: bool = False


@check(fails="It is wrong", severity="low")
def line_seen(line: Line) -> Verdict:
    return Pass(str(line.active))


@pytest.mark.parametrize("odd", [{"User": "x", "Active": "perhaps"}, None, 3, {}])
def test_a_function_that_lists_may_give_structures_of_which_an_odd_one_spoils_no_other(odd: Any) -> None:
    there = World({"iam:GetReport": {"Lines": [odd, {"User": "a", "Active": True}]}})
    assert ("a", "PASS") in unique(findings(there, line_seen, account=ONE))
    assert len(findings(there, line_seen, account=ONE)) == 2
