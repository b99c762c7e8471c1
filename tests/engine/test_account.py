"""What the engine does with declarations, on small invented services."""

from __future__ import annotations

import datetime
import gc
import weakref
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import anyio
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
    HostDirectory,
    Manual,
    Pass,
    Region,
    Resource,
    Seen,
    Verdict,
    batch,
    call,
    check,
    constant,
    derive,
    field,
    known,
    listing,
    source,
)
from aioprowler.aws.errors import NotInRegionError
from aioprowler.engine.supply import Limits
from tests.engine.harness import findings, run
from tests.worlds.world import ACCOUNT, World, denied, error


class Vpc(Resource, id="vpc_id", arn="arn:{partition}:ec2:{region}:{account_id}:vpc/{vpc_id}"):
    source = listing("ec2", "DescribeVpcs", "Vpcs")
    vpc_id: str
    is_default: bool = False


def is_custom(vpc: Vpc) -> bool:
    return not vpc.is_default


class Dns(Facet[Vpc]):
    source = call(
        "ec2", "DescribeVpcAttribute", "EnableDnsSupport", VpcId="vpc_id", Attribute=constant("enableDnsSupport")
    )
    value: bool


class GatedDns(Facet[Vpc]):
    source = call("ec2", "DescribeVpcAttribute", "EnableDnsSupport", VpcId="vpc_id", when=is_custom)
    value: bool


class Note(Facet[Vpc]):
    source = call("ec2", "GetNote", VpcId="vpc_id", absent=["NoSuchNote"])
    text: str


@source("ec2:DescribeOne", "ec2:DescribeOther")
async def both(vpc: Vpc, aws: Aws) -> Pair | Failure:
    one = await aws.call("ec2", "DescribeOne", VpcId=vpc.vpc_id)
    if isinstance(one, Failure):
        return one
    others = await aws.items("ec2", "DescribeOther", "Others", VpcId=vpc.vpc_id)
    return others if isinstance(others, Failure) else Pair(total=one["N"] + len(others))


class Number(Facet[Region]):
    source = call("ec2", "DescribeOne")
    n: int


def reply_of_one(number: Number) -> bool:
    return number.n == 1


class Pair(Facet[Vpc]):
    source = both
    total: int


class Subnet(Resource, id="subnet_id", arn="arn:{partition}:ec2:{region}:{account_id}:subnet/{subnet_id}"):
    source = listing("ec2", "DescribeSubnets", "Subnets")
    subnet_id: str
    vpc_id: str


class User(Resource, id="user_name"):
    source = listing("iam", "ListUsers", "Users")
    user_name: str
    arn: str


class AccessKey(Resource, id="access_key_id", arn="{user_name}/{access_key_id}"):
    source = listing("iam", "ListAccessKeys", "AccessKeyMetadata", of=User, UserName="user_name")
    access_key_id: str
    user_name: str


class Project(Resource, id="name", arn="arn:{partition}:codebuild:{region}:{account_id}:project/{name}"):
    source = listing("codebuild", "ListCuratedProjects", "projects")
    name: str = field(name="name")


class ProjectDetails(Facet[Project], rename="camel"):
    source = batch("codebuild", "BatchGetProjects", "projects", ids="names", owner_key="name", reply_key="name", size=2)
    encrypted: bool = False


class Defaults(Facet[Region]):
    source = call("ec2", "GetEbsEncryptionByDefault")
    ebs_encryption_by_default: bool


class SubnetsByVpc(msgspec.Struct, frozen=True):
    counts: dict[str, int]


@derive
def subnets_by_vpc(subnets: Here[Subnet]) -> SubnetsByVpc:
    counts: dict[str, int] = {}
    for subnet in subnets:
        counts[subnet.vpc_id] = counts.get(subnet.vpc_id, 0) + 1
    return SubnetsByVpc(counts)


@check(fails="It is wrong", severity="low")
def vpc_dns(vpc: Vpc, dns: Dns) -> Verdict:
    return Pass("on") if dns.value else Fail("off")


@check(fails="It is wrong", severity="low")
def vpc_gated(vpc: Vpc, dns: GatedDns) -> Verdict:
    return Pass("on") if dns.value else Fail("off")


@check(fails="It is wrong", severity="low")
def vpc_gated_or_none(vpc: Vpc, dns: GatedDns | None) -> Verdict:
    return Fail("no facet") if dns is None else Pass("facet")


@check(fails="It is wrong", severity="low")
def vpc_pair(vpc: Vpc, pair: Pair) -> Verdict:
    return Pass(str(pair.total))


@check(fails="It is wrong", severity="low")
def vpc_note(vpc: Vpc, note: Note | None) -> Verdict:
    return Fail("no note") if note is None else Pass(note.text)


@check(fails="It is wrong", severity="low")
def vpc_tolerant(vpc: Vpc, note: Note | Failure | None) -> Verdict:
    return Manual(note.code) if isinstance(note, Failure) else Pass("fine")


@check(fails="It is wrong", severity="low")
def vpc_has_subnets(vpc: Vpc, subnets: SubnetsByVpc) -> Verdict:
    return Pass("some") if subnets.counts.get(vpc.vpc_id) else Fail("none")


@check(fails="It is wrong", severity="low")
def user_keys(key: AccessKey, user: User) -> Verdict:
    return Pass(f"{user.user_name} has {key.access_key_id}")


@check(fails="It is wrong", severity="low")
def account_keys(account: Account, keys: All[AccessKey]) -> Verdict:
    return Pass(f"{len(keys)} keys")


@check(fails="It is wrong", severity="low")
def account_vpcs(account: Account, vpcs: All[Vpc]) -> Verdict:
    return Pass(",".join(sorted(vpc.vpc_id for vpc in vpcs)))


@check(fails="It is wrong", severity="low")
def seen_vpcs(account: Account, vpcs: Seen[Vpc]) -> Verdict:
    if vpcs.items:
        return Pass(",".join(sorted(vpc.vpc_id for vpc in vpcs.items)))
    known(vpcs.gap)
    return Fail("none")


@check(fails="It is wrong", severity="low", resource_id="settings of {region}")
def region_defaults(region: Region, defaults: Defaults) -> Verdict:
    return Pass("encrypted") if defaults.ebs_encryption_by_default else Fail("not")


@check(fails="It is wrong", severity="low")
def project_encrypted(project: Project, details: ProjectDetails | None) -> Verdict | None:
    if details is None:
        return None
    return Pass("yes") if details.encrypted else Fail("no")


def attribute(account: Account, region: str, params: dict[str, Any]) -> Any:
    return {"EnableDnsSupport": {"Value": params["VpcId"] != "dark"}}


def world(**replies: Any) -> World:
    """Two regions, two users; `ec2__DescribeVpcs=...` replaces a reply."""
    standard: dict[Any, Any] = {
        ("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [{"VpcId": "a"}, {"VpcId": "dark", "IsDefault": True}]},
        ("ec2:DescribeVpcs", "eu-west-1"): {"Vpcs": [{"VpcId": "b"}]},
        "ec2:DescribeVpcAttribute": attribute,
        "ec2:DescribeSubnets": {"Subnets": [{"SubnetId": "s", "VpcId": "a"}]},
        "iam:ListUsers": {"Users": [{"UserName": n, "Arn": f"arn:aws:iam::1:user/{n}"} for n in ("eve", "bob")]},
        "iam:ListAccessKeys": lambda account, region, params: {
            "AccessKeyMetadata": [{"AccessKeyId": f"key-of-{params['UserName']}", "UserName": params["UserName"]}]
        },
    }
    return World(standard | {name.replace("__", ":"): reply for name, reply in replies.items()})


def test_each_subject_is_judged_with_its_own_facets_in_its_own_region() -> None:
    assert run(world(), vpc_dns) == [
        ("vpc_dns", "eu-west-1", "b", "PASS"),
        ("vpc_dns", "us-east-1", "a", "PASS"),
        ("vpc_dns", "us-east-1", "dark", "FAIL"),
    ]


def test_an_arn_template_is_filled_in() -> None:
    arns = {f.resource_arn for f in findings(world(), vpc_dns)}
    assert "arn:aws:ec2:eu-west-1:123456789012:vpc/b" in arns


def test_two_checks_share_each_call() -> None:
    there = world()
    run(there, vpc_dns, vpc_note, vpc_has_subnets)
    assert there.calls == {
        "ec2:DescribeVpcs": 2,
        "ec2:DescribeVpcAttribute": 3,
        "ec2:GetNote": 3,
        "ec2:DescribeSubnets": 2,
    }


def test_a_shut_gate_makes_no_call_and_the_check_does_not_apply() -> None:
    there = world()
    assert [row[2] for row in run(there, vpc_gated)] == ["b", "a"]
    assert there.calls["ec2:DescribeVpcAttribute"] == 2


def test_a_shut_gate_is_none_for_a_check_that_takes_none() -> None:
    assert ("vpc_gated_or_none", "us-east-1", "dark", "FAIL") in run(world(), vpc_gated_or_none)


def test_absence_is_a_fact_and_denial_is_a_gap() -> None:
    assert {row[3] for row in run(world(ec2__GetNote=error("NoSuchNote")), vpc_note)} == {"FAIL"}
    assert {row[3] for row in run(world(ec2__GetNote=denied()), vpc_note)} == {"MANUAL"}


def test_a_check_may_judge_a_failure_itself() -> None:
    found = findings(world(ec2__GetNote=denied()), vpc_tolerant)
    assert {(f.status, f.status_detail) for f in found} == {("MANUAL", "AccessDenied")}


def test_a_derived_value_is_made_from_the_resources_of_its_own_region() -> None:
    there = world()
    there.replies["ec2:DescribeSubnets", "eu-west-1"] = {"Subnets": []}
    assert run(there, vpc_has_subnets) == [
        ("vpc_has_subnets", "eu-west-1", "b", "FAIL"),
        ("vpc_has_subnets", "us-east-1", "a", "PASS"),
        ("vpc_has_subnets", "us-east-1", "dark", "FAIL"),
    ]


def test_a_region_that_cannot_be_listed_does_not_poison_another() -> None:
    there = world()
    there.replies["ec2:DescribeSubnets", "eu-west-1"] = denied()
    assert dict.fromkeys(row[3] for row in run(there, vpc_has_subnets) if row[1] == "us-east-1").keys() == {
        "PASS",
        "FAIL",
    }
    assert [row[3] for row in run(there, vpc_has_subnets) if row[1] == "eu-west-1"] == ["MANUAL"]


def test_all_of_the_account_is_a_gap_where_one_region_is() -> None:
    assert run(world(), account_vpcs) == [("account_vpcs", "us-east-1", "123456789012", "PASS")]
    there = world()
    there.replies["ec2:DescribeVpcs", "eu-west-1"] = denied()
    assert run(there, account_vpcs) == [("account_vpcs", "us-east-1", "123456789012", "MANUAL")]


def test_what_could_be_listed_is_seen_with_the_gap() -> None:
    assert findings(world(), seen_vpcs)[0].status_detail == "a,b,dark"
    there = world()
    there.replies["ec2:DescribeVpcs", "eu-west-1"] = denied()
    assert findings(there, seen_vpcs)[0].status_detail == "a,dark"
    there.replies["ec2:DescribeVpcs", "us-east-1"] = {"Vpcs": []}
    (found,) = findings(there, seen_vpcs)
    assert found.status == "MANUAL"
    assert "ec2:DescribeVpcs" in found.status_detail
    there.replies["ec2:DescribeVpcs", "eu-west-1"] = {"Vpcs": []}
    assert findings(there, seen_vpcs)[0].status == "FAIL"


class Together(World):
    """Answers about VPCs once both regions have asked."""

    def __init__(self, replies: dict[Any, Any]) -> None:
        super().__init__(replies)
        self.asked: set[str] = set()
        self.have_all = anyio.Event()

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        self.asked.add(region)
        if len(self.asked) == 2:
            self.have_all.set()
        await self.have_all.wait()
        return await super().call(account, region, service, operation, params)


@pytest.mark.parametrize("reader", [account_vpcs, seen_vpcs])
def test_what_is_read_of_a_whole_account_is_listed_in_all_regions_at_once(reader: Any) -> None:
    there = Together(world().replies)
    (found,) = findings(there, reader, limits=Limits(account_deadline=2))
    assert found.status_detail == "a,b,dark"


def test_a_type_that_the_account_asked_for_first_is_judged_all_the_same() -> None:
    """Also where its listing has come to its end, with something or with nothing, before its own turn."""
    there = world()
    there.replies["ec2:DescribeVpcs", "eu-west-1"] = {"Vpcs": []}
    assert run(there, account_vpcs, vpc_dns) == [
        ("account_vpcs", "us-east-1", "123456789012", "PASS"),
        ("vpc_dns", "us-east-1", "a", "PASS"),
        ("vpc_dns", "us-east-1", "dark", "FAIL"),
    ]
    assert there.calls["ec2:DescribeVpcs"] == 2


def test_a_service_that_a_region_does_not_have_is_skipped_there() -> None:
    there = world()
    there.replies["ec2:DescribeVpcs", "eu-west-1"] = NotInRegionError(service="ec2", region="eu-west-1")
    assert {row[1] for row in run(there, vpc_dns)} == {"us-east-1"}
    assert findings(there, account_vpcs)[0].status_detail == "a,dark"


def test_children_are_listed_for_each_parent_and_know_it() -> None:
    found = findings(world(), user_keys)
    assert {f.status_detail for f in found} == {"eve has key-of-eve", "bob has key-of-bob"}
    assert {f.region for f in found} == {"us-east-1"}


def test_a_parent_whose_children_cannot_be_listed_is_named() -> None:
    def keys(account: Account, region: str, params: dict[str, Any]) -> Any:
        return denied() if params["UserName"] == "eve" else {"AccessKeyMetadata": []}

    assert run(world(iam__ListAccessKeys=keys), user_keys) == [("user_keys", "us-east-1", "eve", "MANUAL")]


def test_retained_children_serve_their_own_checks_and_the_account() -> None:
    there = world()
    found = findings(there, user_keys, account_keys)
    assert {f.status_detail for f in found} == {"eve has key-of-eve", "bob has key-of-bob", "2 keys"}
    assert there.calls["iam:ListAccessKeys"] == 2


def test_a_batch_asks_for_many_at_once_and_knows_who_was_left_out() -> None:
    asked: list[list[str]] = []

    def details(account: Account, region: str, params: dict[str, Any]) -> Any:
        asked.append(params["names"])
        return {"projects": [{"name": n, "encrypted": n == "p0"} for n in params["names"] if n != "p2"]}

    there = world(codebuild__BatchGetProjects=details)
    there.replies["codebuild:ListCuratedProjects", "us-east-1"] = {"projects": [{"name": f"p{i}"} for i in range(3)]}
    assert [row[2:] for row in run(there, project_encrypted)] == [("p0", "PASS"), ("p1", "FAIL")]
    assert asked == [["p0", "p1"], ["p2"]]


def test_a_denied_batch_is_a_gap_for_each_of_its_owners() -> None:
    there = world(codebuild__BatchGetProjects=denied())
    there.replies["codebuild:ListCuratedProjects", "us-east-1"] = {"projects": [{"name": "p0"}, {"name": "p1"}]}
    assert [row[2:] for row in run(there, project_encrypted)] == [("p0", "MANUAL"), ("p1", "MANUAL")]


def test_a_region_is_a_subject_of_its_own() -> None:
    there = world(ec2__GetEbsEncryptionByDefault={"EbsEncryptionByDefault": True})
    there.replies["ec2:GetEbsEncryptionByDefault", "eu-west-1"] = denied()
    assert run(there, region_defaults) == [
        ("region_defaults", "eu-west-1", "settings of eu-west-1", "MANUAL"),
        ("region_defaults", "us-east-1", "settings of us-east-1", "PASS"),
    ]


def test_a_reply_of_the_wrong_type_is_manual_and_names_the_field() -> None:
    there = world(ec2__DescribeVpcAttribute={"EnableDnsSupport": {"Value": "perhaps"}})
    there.replies["ec2:DescribeVpcs", "us-east-1"] = {"Vpcs": [{"VpcId": "a", "IsDefault": "no"}]}
    found = {f.resource_id: f for f in findings(there, vpc_dns)}
    assert {f.status for f in found.values()} == {"MANUAL"}
    assert "$.IsDefault" in found["a"].status_detail
    assert "$.Value" in found["b"].status_detail


@pytest.mark.parametrize("reply", [{"Vpcs": "many"}, {"Vpcs": ["a"]}, {"Vpcs": [None]}])
def test_a_listing_of_the_wrong_shape_is_manual(reply: dict[str, Any]) -> None:
    assert {row[3] for row in run(World({"ec2:DescribeVpcs": reply}), vpc_dns)} == {"MANUAL"}


def test_a_check_that_raises_is_manual_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    @check(fails="It is wrong", severity="low")
    def vpc_broken(vpc: Vpc) -> Verdict:
        raise ZeroDivisionError("oops")

    statuses = {(row[0], row[3]) for row in run(world(), vpc_broken, vpc_dns)}
    assert ("vpc_broken", "MANUAL") in statuses
    assert ("vpc_dns", "PASS") in statuses
    assert "ZeroDivisionError" in caplog.text


def test_one_subject_may_yield_several_findings_with_severities_of_their_own() -> None:
    @check(fails="It is wrong", severity="low")
    def vpc_parts(vpc: Vpc) -> Iterator[Verdict]:
        yield Fail("left", severity="critical", resource_id=f"{vpc.vpc_id}/left")
        yield Pass("right", resource_id=f"{vpc.vpc_id}/right")

    found = [f for f in findings(world(), vpc_parts) if f.region == "eu-west-1"]
    assert [(f.resource_id, f.severity) for f in found] == [("b/left", "critical"), ("b/right", "low")]
    assert len({f.uid for f in found}) == 2


def test_configuration_reaches_the_check_and_defaults_hold() -> None:
    @check(fails="It is wrong", severity="low")
    def vpc_old(vpc: Vpc, now: datetime.datetime, *, days: Annotated[int, "Age"] = 3) -> Verdict:
        return Pass(f"{days} days before {now.year}")

    assert {f.status_detail for f in findings(world(), vpc_old)} == {"3 days before 2026"}
    assert {f.status_detail for f in findings(world(), vpc_old, config={"days": 9})} == {"9 days before 2026"}


@source()
async def addresses_of(vpc: Vpc, directory: HostDirectory) -> Addresses:
    return Addresses()


class Addresses(Facet[Vpc]):
    source = addresses_of


@check(fails="It is wrong", severity="low")
def vpc_addresses(vpc: Vpc, addresses: Addresses) -> Verdict:
    return Pass("seen")


def test_a_tool_that_the_scan_was_not_given_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    found = findings(world(), vpc_addresses, vpc_dns)
    told = {f.status_detail for f in found if f.check_id == "vpc_addresses"}
    assert told == {
        "Could not look: HostDirectory is missing: the scan was given no HostDirectory; add one to its tools=."
    }
    assert not caplog.records


def test_a_source_function_is_given_its_owner_and_aws() -> None:
    there = world(ec2__DescribeOne={"N": 1}, ec2__DescribeOther={"Others": [1, 2]})
    assert {f.status_detail for f in findings(there, vpc_pair)} == {"3"}
    assert {f.status for f in findings(world(ec2__DescribeOne=denied()), vpc_pair)} == {"MANUAL"}


@source("inspector2:ListFindings")
async def first_of(vpc: Vpc, aws: Aws) -> Found | Failure:
    async for page in aws.pages("inspector2", "ListFindings", "findings"):
        if isinstance(page, Failure):
            return page
        if page:
            return Found(first=page[0])
    return Found()


class Found(Facet[Vpc]):
    source = first_of
    first: str = "none"


@check(fails="It is wrong", severity="low")
def vpc_found(vpc: Vpc, found: Found) -> Verdict:
    return Pass(found.first)


@pytest.mark.parametrize(
    ("pages", "told", "asked"),
    [
        ([{"nextToken": "1"}, {"findings": ["a", "b"], "nextToken": "2"}, {"findings": ["c"]}], "a", 2),
        ([{"findings": []}], "none", 1),
        ([{"nextToken": "1"}, denied()], "Could not look", 2),
    ],
)
def test_a_source_function_reads_pages_as_far_as_it_has_to(pages: list[Any], told: str, asked: int) -> None:
    there = World(
        {
            "ec2:DescribeVpcs": {"Vpcs": [{"VpcId": "v"}]},
            "inspector2:ListFindings": lambda _account, _region, params: pages[int(params.get("nextToken", "0"))],
        }
    )
    (found,) = findings(there, vpc_found, account=Account(id="1", regions=("us-east-1",)))
    assert told in found.status_detail
    assert there.calls["inspector2:ListFindings"] == asked


@source("ec2:DescribeOne", when=is_custom)
async def one_of(vpc: Vpc, aws: Aws) -> One | Failure:
    found = await aws.call("ec2", "DescribeOne", VpcId=vpc.vpc_id)
    return found if isinstance(found, Failure) else One(number=found["N"])


class One(Facet[Vpc]):
    source = one_of
    number: int


@check(fails="It is wrong", severity="low")
def vpc_one(vpc: Vpc, one: One) -> Verdict:
    return Pass(str(one.number))


def test_a_shut_gate_calls_no_source_function() -> None:
    there = world(ec2__DescribeOne={"N": 1})
    assert {row[2] for row in run(there, vpc_one)} == {"a", "b"}
    assert there.calls["ec2:DescribeOne"] == 2


@source("ec2:DescribeSubnets", when=reply_of_one)
async def subnets_of_one(region: Region, aws: Aws) -> list[Any] | Failure:
    return await aws.items("ec2", "DescribeSubnets", "Subnets")


class GatedSubnet(Subnet):
    source: ClassVar[Any] = subnets_of_one


@check(fails="It is wrong", severity="low")
def gated_subnet(subnet: GatedSubnet) -> Verdict:
    return Pass("seen")


@pytest.mark.parametrize(("number", "statuses"), [({"N": 1}, {"PASS"}), ({"N": 0}, set()), (denied(), {"MANUAL"})])
def test_a_gate_before_what_a_source_function_lists(number: Any, statuses: set[str]) -> None:
    there = world(ec2__DescribeOne=number)
    assert {row[3] for row in run(there, gated_subnet)} == statuses
    assert bool(there.calls["ec2:DescribeSubnets"]) == ("PASS" in statuses)


def test_findings_of_a_page_leave_before_the_next_page_is_there() -> None:
    batches: list[Any] = []
    seen: list[int] = []

    def vpcs(account: Account, region: str, params: dict[str, Any]) -> Any:
        seen.append(len(batches))
        page = int(params.get("NextToken", "0"))
        return {"Vpcs": [{"VpcId": f"v{page}"}], **({"NextToken": str(page + 1)} if page < 3 else {})}

    @check(fails="It is wrong", severity="low")
    def vpc_any(vpc: Vpc) -> Verdict:
        return Pass("seen")

    account = Account(id="1", regions=("us-east-1",))
    findings(World({"ec2:DescribeVpcs": vpcs}), vpc_any, account=account, batches=batches)
    assert seen == [0, 1, 2, 3]


def test_subjects_that_wait_for_each_others_listings_do_not_lock() -> None:
    @check(fails="It is wrong", severity="low")
    def vpc_counts_subnets(vpc: Vpc, dns: Dns, subnets: Here[Subnet], vpcs: Here[Vpc]) -> Verdict:
        return Pass(f"{len(subnets)} {len(vpcs)}")

    @check(fails="It is wrong", severity="low")
    def subnet_counts_vpcs(subnet: Subnet, vpcs: Here[Vpc]) -> Verdict:
        return Pass(str(len(vpcs)))

    def pages(key: str, kind: str) -> Any:
        def reply(account: Account, region: str, params: dict[str, Any]) -> Any:
            page = int(params.get("NextToken", "0"))
            items = [{key: f"{kind}{page}-{n}", "VpcId": f"{kind}{page}-{n}"} for n in range(100)]
            return {f"{kind}s": items, **({"NextToken": str(page + 1)} if page < 2 else {})}

        return reply

    there = World(
        {
            "ec2:DescribeVpcs": pages("VpcId", "Vpc"),
            "ec2:DescribeSubnets": pages("SubnetId", "Subnet"),
            "ec2:DescribeVpcAttribute": attribute,
        }
    )
    limits = Limits(subjects=2)
    found = findings(there, vpc_counts_subnets, subnet_counts_vpcs, limits=limits)
    assert {f.status_detail for f in found} == {"300 300", "300"}
    assert len(found) == 1200


class SlowWorld(World):
    """Never answers about notes."""

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        if operation == "GetNote":
            await anyio.sleep_forever()
        return await super().call(account, region, service, operation, params)


def test_a_resource_past_its_deadline_is_manual_and_the_rest_is_judged() -> None:
    there = SlowWorld(world().replies)
    found = run(there, vpc_note, vpc_dns, limits=Limits(resource_deadline=0.05))
    assert {row[3] for row in found if row[0] == "vpc_note"} == {"MANUAL"}
    assert {row[3] for row in found if row[0] == "vpc_dns"} == {"PASS", "FAIL"}


def test_an_account_past_its_deadline_reports_what_was_cut_off() -> None:
    there = SlowWorld(world().replies)
    found = run(there, vpc_note, account_vpcs, limits=Limits(account_deadline=0.2))
    assert ("account_vpcs", "us-east-1", ACCOUNT.id, "PASS") in found
    assert {row[3] for row in found if row[0] == "vpc_note"} == {"MANUAL"}


class Watched(Resource, id="subnet_id", arn="{subnet_id}", weakref=True):
    source = listing("ec2", "DescribeSubnets", "Subnets")
    subnet_id: str


def test_retained_resources_are_freed_after_their_last_reader() -> None:
    alive: list[int] = []
    kept: list[weakref.ref[Watched]] = []

    class Watching(World):
        async def call(
            self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
        ) -> dict[str, Any]:
            if operation == "GetNote":
                await anyio.sleep(0.2)
                gc.collect()
                alive.append(sum(ref() is not None for ref in kept))
            return await super().call(account, region, service, operation, params)

    @check(fails="It is wrong", severity="low")
    def subnets_seen(region: Region, subnets: Here[Watched]) -> Verdict:
        kept.extend(map(weakref.ref, subnets))
        return Pass(str(len(subnets)))

    there = Watching(world(ec2__GetNote=error("NoSuchNote")).replies)
    run(there, subnets_seen, vpc_note)
    assert len(kept) == 2
    assert alive == [0, 0, 0]


# --- Checks that apply where the account is subscribed ---


class Plan(Facet[Account]):
    source = call("shield", "GetSubscriptionState")
    state: str


def is_subscribed(plan: Plan) -> bool:
    return plan.state == "ACTIVE"


class Protected(Facet[Account]):
    source = call("shield", "ListProtections", when=is_subscribed)
    ids: tuple[str, ...]


@check(fails="It is not as it should be", severity="low")
def vpc_protected(vpc: Vpc, protected: Protected) -> Verdict:
    return Pass("good") if vpc.vpc_id in protected.ids else Fail("bad")


@check(fails="It is not as it should be", severity="low")
def vpc_there(vpc: Vpc) -> Verdict:
    return Pass(vpc.vpc_id)


@check(fails="It is not as it should be", severity="low")
def vpc_number(region: Region, vpcs: Here[Vpc]) -> Verdict:
    return Pass(f"{len(vpcs)} in {region.name}")


VPCS = {"Vpcs": [{"VpcId": "vpc-1"}]}
UNSUBSCRIBED: dict[str, Any] = {"ec2:DescribeVpcs": VPCS, "shield:GetSubscriptionState": {"State": "INACTIVE"}}


def test_what_no_check_applies_to_is_not_listed() -> None:
    world = World(UNSUBSCRIBED)
    assert run(world, vpc_protected) == []
    assert dict(world.calls) == {"shield:GetSubscriptionState": 1}


@pytest.mark.parametrize("other", [vpc_there, vpc_number])
def test_it_is_listed_where_another_check_reads_it(other: Any) -> None:
    world = World(UNSUBSCRIBED)
    assert {found[0] for found in run(world, vpc_protected, other)} == {other.id}
    assert world.calls["ec2:DescribeVpcs"] == len(ACCOUNT.scanned_regions)
    assert "shield:ListProtections" not in world.calls


def test_where_the_check_applies_or_nobody_knows_it_all_are_judged() -> None:
    subscribed: dict[str, Any] = {"ec2:DescribeVpcs": VPCS, "shield:GetSubscriptionState": {"State": "ACTIVE"}}
    world = World({**subscribed, "shield:ListProtections": {"Ids": ["vpc-1"]}})
    assert {status for *_, status in run(world, vpc_protected)} == {"PASS"}
    unknown = World({**subscribed, "shield:GetSubscriptionState": denied()})
    assert {status for *_, status in run(unknown, vpc_protected, vpc_number)} == {"MANUAL", "PASS"}


# --- Regions besides the subject's ---


@source("ec2:DescribeOther")
async def everywhere(account: Account, aws: Aws) -> Everywhere | Failure:
    found = [await aws.at(region).call("ec2", "DescribeOther") for region in account.every_region]
    failures = [each for each in found if isinstance(each, Failure)]
    return failures[0] if failures else Everywhere(regions=account.every_region)


class Everywhere(Facet[Account]):
    source = everywhere
    regions: tuple[str, ...]


@check(fails="It is not as it should be", severity="low")
def account_everywhere(account: Account, everywhere: Everywhere) -> Verdict:
    return Pass(f"{account.id}: {', '.join(everywhere.regions)}")


def test_a_function_can_ask_in_regions_that_are_not_scanned() -> None:
    account = msgspec.structs.replace(ACCOUNT, regions=("us-east-1",), enabled_regions=("us-east-1", "sa-east-1"))
    world = World()
    assert [status for *_, status in run(world, account_everywhere, account=account)] == ["PASS"]
    assert [region for _, region, *_ in world.params] == ["us-east-1", "sa-east-1"]
