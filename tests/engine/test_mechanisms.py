"""What declarations can say besides the plain listing, call and batch, on small invented services."""

from __future__ import annotations

import datetime
import gc
from typing import Annotated, Any

import anyio
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
    States,
    Verdict,
    batch,
    call,
    check,
    field,
    listing,
    source,
)
from aioprowler.aws.api import Boundary
from aioprowler.engine.account import AccountScan
from aioprowler.engine.empty import calls_of_nothing
from aioprowler.engine.judge import timestamp
from aioprowler.engine.plan import make_plan
from aioprowler.engine.room import LEAST, ROOM, Room
from aioprowler.engine.shelf import Shelf
from aioprowler.engine.supply import Limits, Supply
from aioprowler.judging.policies import Policy
from tests.engine.harness import document, findings, run
from tests.worlds.world import ACCOUNT, NOW, World, denied, error

HOME = ("us-east-1",)
ONE = Account(id="123456789012", regions=HOME)

# --- The list gives names, the facts come from describe ---


class Pipeline(
    Resource,
    id="name",
    arn="arn:{partition}:codepipeline:{region}:{account_id}:{name}",
    rename="camel",
    noun="Pipeline",
    gone=["PipelineNotFoundException"],
):
    source = listing(
        "codepipeline",
        "ListPipelines",
        "pipelines",
        detail=call("codepipeline", "GetPipeline", "pipeline", name="name"),
    )
    name: str
    version: int
    encrypted: bool = False


@check(fails="It is wrong", severity="low")
def pipeline_encrypted(pipeline: Pipeline) -> Verdict:
    return Pass(f"{pipeline.label} v{pipeline.version}") if pipeline.encrypted else Fail("not")


@check(fails="It is wrong", severity="low")
def all_pipelines(account: Account, pipelines: All[Pipeline]) -> Verdict:
    return Pass(",".join(sorted(f"{each.name}{each.encrypted}" for each in pipelines)))


def pipelines(reply: Any = None) -> World:
    def described(account: Account, region: str, params: dict[str, Any]) -> Any:
        told = {"pipeline": {"name": params["name"], "encrypted": params["name"] == "a"}}
        return told if reply is None or params["name"] == "a" else reply

    listed = {"pipelines": [{"name": "a", "version": 1}, {"name": "b", "version": 2}]}
    return World({("codepipeline:ListPipelines", "us-east-1"): listed, "codepipeline:GetPipeline": described})


def test_a_detail_and_its_list_make_one_resource() -> None:
    there = pipelines()
    assert [row[2:] for row in run(there, pipeline_encrypted)] == [("a", "PASS"), ("b", "FAIL")]
    assert there.calls == {"codepipeline:ListPipelines": 2, "codepipeline:GetPipeline": 2}
    assert "Pipeline a v1" in {f.status_detail for f in findings(there, pipeline_encrypted)}


def test_all_of_a_type_have_their_details() -> None:
    assert findings(pipelines(), all_pipelines)[0].status_detail == "aTrue,bFalse"


def test_a_denied_detail_is_manual_for_its_resource_by_the_name_that_it_has() -> None:
    found = {f.resource_id: f for f in findings(pipelines(denied()), pipeline_encrypted, all_pipelines)}
    assert found["b"].status == "MANUAL"
    assert "codepipeline:GetPipeline was denied" in found["b"].status_detail
    assert found["b"].resource_arn == "arn:aws:codepipeline:us-east-1:123456789012:b"
    assert found["a"].status == "PASS"
    assert found[ACCOUNT.id].status == "MANUAL"
    undisturbed = {f.resource_id: f.uid for f in findings(pipelines(), pipeline_encrypted)}
    assert found["b"].uid == undisturbed["b"]


def test_a_detail_of_what_is_gone_says_nothing() -> None:
    there = pipelines(error("PipelineNotFoundException"))
    assert [row[2:] for row in run(there, pipeline_encrypted)] == [("a", "PASS")]
    assert findings(there, all_pipelines)[0].status_detail == "aTrue"


@pytest.mark.parametrize("reply", [{"pipeline": ["odd"]}, {"pipeline": {"version": "two"}}])
def test_a_detail_of_the_wrong_shape_is_manual(reply: Any) -> None:
    assert [row[2:] for row in run(pipelines(reply), pipeline_encrypted)] == [("a", "PASS"), ("b", "MANUAL")]


class Cluster(Resource, id="name", arn="{cluster_arn}", rename="camel", gone={"InvalidRequest": "no longer exists"}):
    source = listing(
        "ecs",
        "ListClusters",
        "clusterArns",
        item="cluster_arn",
        detail=batch(
            "ecs",
            "DescribeClusters",
            "clusters",
            ids="clusters",
            owner_key="cluster_arn",
            reply_key="clusterArn",
            unanswered="failures[?reason!='MISSING'].arn",
            size=2,
        ),
    )
    cluster_arn: str
    name: str = field(name="clusterName")


class Service(Resource, id="service_arn", arn="{service_arn}", rename="camel"):
    source = listing(
        "ecs",
        "ListServices",
        "serviceArns",
        of=Cluster,
        cluster="cluster_arn",
        item="service_arn",
        detail=batch(
            "ecs",
            "DescribeServices",
            "services",
            ids="services",
            owner_key="service_arn",
            reply_key="serviceArn",
            size=10,
            cluster="cluster_arn",
        ),
    )
    service_arn: str
    public: bool = False


class ServiceNote(Facet[Service], rename="camel"):
    source = call("ecs", "GetNote", cluster="parent.cluster_arn", service="service_arn")
    note: str = ""


@check(fails="It is wrong", severity="low")
def cluster_named(cluster: Cluster) -> Verdict:
    return Pass(cluster.name)


@check(fails="It is wrong", severity="low")
def service_private(service: Service, cluster: Cluster, note: ServiceNote) -> Verdict:
    return Fail("public") if service.public else Pass(f"{cluster.name} {note.note}")


def clusters(**replies: Any) -> World:
    def described(account: Account, region: str, params: dict[str, Any]) -> Any:
        known = [arn for arn in params["clusters"] if arn != "c-gone"]
        return {"clusters": [{"clusterArn": arn, "clusterName": arn.upper()} for arn in known]}

    def services(account: Account, region: str, params: dict[str, Any]) -> Any:
        return {"services": [{"serviceArn": s, "public": s.startswith(params["cluster"])} for s in params["services"]]}

    there: dict[Any, Any] = {
        ("ecs:ListClusters", "us-east-1"): {"clusterArns": ["c1", "c-gone", "c2"]},
        "ecs:DescribeClusters": described,
        "ecs:ListServices": lambda account, region, params: {"serviceArns": ["c1/s", "s"]},
        "ecs:DescribeServices": services,
        "ecs:GetNote": lambda account, region, params: {"note": params["cluster"]},
    }
    return World(there | {f"ecs:{name}": reply for name, reply in replies.items()})


def test_bare_strings_get_their_details_in_batches_without_those_that_are_gone() -> None:
    there = clusters()
    assert [row[2] for row in run(there, cluster_named)] == ["C1", "C2"]
    assert there.calls["ecs:DescribeClusters"] == 2


def test_a_batch_and_a_call_know_the_parent() -> None:
    found = {(f.resource_id, f.status_detail) for f in findings(clusters(), service_private, account=ONE)}
    assert found == {("c1/s", "public"), ("s", "C1 c1"), ("c1/s", "C2 c2"), ("s", "C2 c2")}


def test_what_aws_could_not_answer_about_is_manual_and_not_gone() -> None:
    def described(account: Account, region: str, params: dict[str, Any]) -> Any:
        return {
            "clusters": [],
            "failures": [{"arn": arn, "reason": "MISSING" if arn == "c1" else "ACCESS"} for arn in params["clusters"]],
        }

    assert [row[2:] for row in run(clusters(DescribeClusters=described), cluster_named)] == [
        ("c-gone", "MANUAL"),
        ("c2", "MANUAL"),
    ]


def test_a_batch_that_one_vanished_owner_spoils_is_asked_in_halves() -> None:
    def described(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "c-gone" in params["clusters"]:
            return error("InvalidRequest", "Cluster c-gone No Longer Exists")
        return {"clusters": [{"clusterArn": arn, "clusterName": arn} for arn in params["clusters"]]}

    assert [row[2:] for row in run(clusters(DescribeClusters=described), cluster_named)] == [
        ("c1", "PASS"),
        ("c2", "PASS"),
    ]
    refused = clusters(DescribeClusters=error("InvalidRequest", "Clusters is malformed"))
    assert {row[3] for row in run(refused, cluster_named)} == {"MANUAL"}


# --- A facet that has pages ---


class Versions(Facet[Pipeline]):
    source = call("ec2", "DescribeLaunchTemplateVersions", pages=True, LaunchTemplateName="name")
    numbers: tuple[int, ...] = field(name="Numbers", default=())
    first: str = field(name="First", default="")


@check(fails="It is wrong", severity="low")
def pipeline_versions(pipeline: Pipeline, versions: Versions) -> Verdict:
    return Pass(f"{versions.first}{list(versions.numbers)}")


def test_the_pages_of_a_facet_are_one() -> None:
    def page(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "NextToken" in params:
            return {"Numbers": [3], "First": "no"}
        return {"Numbers": [1, 2], "First": "x", "NextToken": "t"}

    there = pipelines()
    there.replies["ec2:DescribeLaunchTemplateVersions"] = page
    assert {f.status_detail for f in findings(there, pipeline_versions)} == {"x[1, 2, 3]"}
    there.replies["ec2:DescribeLaunchTemplateVersions"] = lambda account, region, params: (
        denied() if "NextToken" in params else page(account, region, params)
    )
    assert {f.status for f in findings(there, pipeline_versions)} == {"MANUAL"}


# --- Is it on in this region ---


class Detector(Resource, id="detector_id", arn="arn:{partition}:guardduty:{region}:{account_id}:detector/{detector_id}",
               type="AwsGuardDutyDetector", group="security"):  # fmt: skip
    source = listing("guardduty", "ListDetectors", "DetectorIds", item="detector_id",
                     detail=call("guardduty", "GetDetector", DetectorId="detector_id"))  # fmt: skip
    detector_id: str
    status: str


@check(fails="GuardDuty is off", severity="low", about=Detector)
def detection_is_on(region: Region, detectors: Here[Detector]) -> Verdict:
    for detector in detectors:
        return Pass("on", resource=detector) if detector.status == "ENABLED" else Fail("off", resource=detector)
    return Fail("nothing there")


def test_a_region_is_judged_about_a_thing_of_it() -> None:
    there = World(
        {
            ("guardduty:ListDetectors", "us-east-1"): {"DetectorIds": ["d1"]},
            "guardduty:GetDetector": {"Status": "ENABLED"},
        }
    )
    found = {f.region: f for f in findings(there, detection_is_on)}
    assert {(f.resource_type, f.resource_group) for f in found.values()} == {("AwsGuardDutyDetector", "security")}
    on, off = found["us-east-1"], found["eu-west-1"]
    assert (on.status, on.resource_id) == ("PASS", "d1")
    assert on.resource_arn == "arn:aws:guardduty:us-east-1:123456789012:detector/d1"
    assert (off.status, off.resource_id) == ("FAIL", ACCOUNT.id)
    there.replies["guardduty:GetDetector"] = denied()
    assert {f.region: f.status for f in findings(there, detection_is_on)} == {
        "us-east-1": "MANUAL",
        "eu-west-1": "FAIL",
    }


# --- Not configured, vanished, denied ---


class Session(Facet[Pipeline], rename="camel"):
    source = call("macie2", "GetMacieSession", name="name", absent={"AccessDeniedException": "macie is not enabled"})
    status: str = ""


@check(fails="It is wrong", severity="low")
def pipeline_session(pipeline: Pipeline, session: Session | None) -> Verdict:
    return Fail("off") if session is None else Pass("on")


@pytest.mark.parametrize(
    ("reply", "statuses"),
    [
        (error("AccessDeniedException", "Macie is not enabled", 403), {"FAIL"}),
        (error("AccessDeniedException", "You may not do that", 403), {"MANUAL"}),
        (error("PipelineNotFoundException", "gone"), set()),
        ({"status": "ENABLED"}, {"PASS"}),
    ],
)
def test_one_code_is_told_apart_by_its_message(reply: Any, statuses: set[str]) -> None:
    there = pipelines()
    there.replies["macie2:GetMacieSession"] = reply
    assert {f.status for f in findings(there, pipeline_session)} == statuses


@source("codepipeline:GetState")
async def state_of(pipeline: Pipeline, aws: Aws) -> State | Failure:
    found = await aws.call("codepipeline", "GetState", name=pipeline.name)
    return found if isinstance(found, Failure) else State(text="there")


class State(Facet[Pipeline]):
    source = state_of
    text: str


@check(fails="It is wrong", severity="low")
def pipeline_state(pipeline: Pipeline, state: State) -> Verdict:
    return Pass(state.text)


def test_what_vanishes_under_a_function_or_between_facets_says_nothing_at_all() -> None:
    there = pipelines()
    there.replies["codepipeline:GetState"] = lambda account, region, params: (
        error("PipelineNotFoundException") if params["name"] == "a" else {}
    )
    assert {row[2] for row in run(there, pipeline_state, pipeline_encrypted)} == {"b"}
    calls = Boundary(there).calls
    assert not calls.failures


# --- A policy in a reply ---


class Topic(Resource, id="topic_arn", arn="{topic_arn}"):
    source = listing("sns", "ListTopics", "Topics")
    topic_arn: str


class TopicPolicy(Facet[Topic]):
    source = call("sns", "GetTopicAttributes", "Attributes", TopicArn="topic_arn")
    policy: Policy | None = None


@check(fails="It is wrong", severity="low")
def topic_closed(topic: Topic, policy: TopicPolicy) -> Verdict:
    return Pass(str(len(policy.policy.grants))) if policy.policy else Fail("none")


@pytest.mark.parametrize(
    ("document", "status", "detail"),
    [
        ('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}', "PASS", "1"),
        ({"Statement": []}, "PASS", "0"),
        ("", "PASS", "0"),
        (None, "FAIL", "none"),
        ("{", "MANUAL", "Could not look: the policy is not valid JSON"),
        ({"Statement": [{"Effect": "Perhaps"}]}, "MANUAL", "Effect must be Allow or Deny"),
        (
            f'{{"Statement": [{{"Effect": {"[" * 1_000}{"]" * 1_000}}}]}}',
            "MANUAL",
            "Could not look: Statement[0].Effect",
        ),
        ("[" * 1_025 + "]" * 1_025, "MANUAL", "Could not look: the policy is not valid JSON: depth limit exceeded"),
    ],
)
def test_a_policy_is_decoded_with_the_reply_and_manual_where_it_is_read_in_vain(
    document: Any, status: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = World(
        {
            ("sns:ListTopics", "us-east-1"): {"Topics": [{"TopicArn": "t"}]},
            "sns:GetTopicAttributes": {"Attributes": {"Policy": document}},
        }
    )
    (found,) = findings(there, topic_closed)
    assert found.status == status
    assert detail in found.status_detail
    assert not caplog.records


# --- The newest of very many ---


def most(*, max_notes: Annotated[int, "Notes."] = 0) -> int | None:
    return max_notes or None


class Note(Resource, id="name", arn="{name}"):
    source = listing("ec2", "DescribeVpcs", "Notes", limit=most)
    name: str


class DatedNote(Resource, id="name", arn="{name}"):
    source = listing("ec2", "DescribeVpcs", "Notes", limit=most, newest="written")
    name: str
    written: datetime.datetime | None = None


@check(fails="It is wrong", severity="low")
def note_seen(note: Note) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def dated_note_seen(note: DatedNote) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def notes_counted(account: Account, notes: All[DatedNote]) -> Verdict:
    return Pass(str(len(notes)))


def notes(account: Account, region: str, params: dict[str, Any]) -> Any:
    page = int(params.get("NextToken", "0"))
    days = [2, 9, None] if page == 0 else [8, 1, 3]
    made = [{"Name": f"{page}-{n}", **({"Written": NOW.replace(day=day)} if day else {})} for n, day in enumerate(days)]
    return {"Notes": made, **({"NextToken": "1"} if page == 0 else {})}


def test_a_limit_takes_the_first_that_are_listed_and_asks_for_no_more() -> None:
    there = World({"ec2:DescribeVpcs": notes})
    assert len(run(there, note_seen, account=ONE)) == 6
    there = World({"ec2:DescribeVpcs": notes})
    assert [row[2] for row in run(there, note_seen, account=ONE, config={"max_notes": 2})] == ["0-0", "0-1"]
    assert there.calls["ec2:DescribeVpcs"] == 1


def test_a_limit_of_the_newest_takes_those_and_the_undated_last() -> None:
    there = World({"ec2:DescribeVpcs": notes})
    assert [row[2] for row in run(there, dated_note_seen, account=ONE, config={"max_notes": 2})] == ["0-1", "1-0"]
    assert [row[2] for row in run(there, dated_note_seen, account=ONE, config={"max_notes": 5})] == [
        "0-0", "0-1", "1-0", "1-1", "1-2",
    ]  # fmt: skip


def scanned(there: World, *checks: Any, **config: Any) -> tuple[AccountScan, Boundary]:
    document(*checks)
    aws = Boundary(there)

    async def emit(batch: list[Any]) -> None: ...

    scan = AccountScan(make_plan(checks, config), ONE, aws, NOW, timestamp(NOW), emit, Limits(), {})
    anyio.run(scan.run)
    return scan, aws


def test_what_an_account_took_does_not_wait_for_the_garbage_collector() -> None:
    """It is a megabyte, and several accounts a second come to their end."""

    def alive() -> int:
        return sum(type(each) in (Shelf, Supply) for each in gc.get_objects())

    gc.collect()
    before = alive()
    gc.disable()
    try:
        scanned(World({"ec2:DescribeVpcs": notes}), note_seen)
        assert alive() == before
    finally:
        gc.enable()


def test_what_is_left_out_is_counted_and_not_taken_for_seen() -> None:
    scan, aws = scanned(World({"ec2:DescribeVpcs": notes}), dated_note_seen, max_notes=2)
    (told,) = [each.explain(operation) for operation, each in aws.calls.limited.items()]
    assert told.startswith("4 resources that ec2:DescribeVpcs lists are left out in 1 places of 1 accounts")
    assert not scan.saw_all("dated_note_seen", "us-east-1")
    scan, aws = scanned(World({"ec2:DescribeVpcs": notes}), note_seen, max_notes=3)
    (told,) = [each.explain(operation) for operation, each in aws.calls.limited.items()]
    assert told.startswith("at least 1 resources")
    scan, aws = scanned(World({"ec2:DescribeVpcs": notes}), note_seen, max_notes=6)
    assert not aws.calls.limited
    assert scan.saw_all("note_seen", "us-east-1")


def test_a_part_is_no_whole() -> None:
    there = World({"ec2:DescribeVpcs": notes})
    assert findings(there, notes_counted, account=ONE)[0].status_detail == "6"
    (found,) = findings(there, notes_counted, account=ONE, config={"max_notes": 2})
    assert found.status == "MANUAL"
    assert "read only as far as the configuration allows (max_notes)" in found.status_detail


# --- Work waits in a queue ---


class Blocked(World):
    """Answers nothing until it is told to, and counts tasks meanwhile."""

    def __init__(self) -> None:
        super().__init__({"ec2:DescribeVpcs": {"Notes": [{"Name": "n"}]}})
        self.waiting = 0
        self.goes_on = anyio.Event()

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        self.waiting += 1
        await self.goes_on.wait()
        return await super().call(account, region, service, operation, params)


def test_units_beyond_the_room_wait_and_all_are_done() -> None:
    regions = tuple(f"us-fake-{n}" for n in range(200))
    there, received = Blocked(), []
    waiting: list[int] = []
    document(note_seen)
    plan = make_plan([note_seen], {})  # which reads models

    async def at_rest() -> None:
        """Until nothing more begins."""
        seen = -1
        while not there.waiting or there.waiting != seen:
            seen = there.waiting
            await anyio.sleep(0.1)

    async def scan() -> None:
        async def emit(batch: list[Any]) -> None:
            received.extend(batch)

        account = Account(id="1", regions=regions)
        one = AccountScan(plan, account, Boundary(there), NOW, timestamp(NOW), emit, Limits(), {}, room=Room(40))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one.run)
            await at_rest()
            waiting.append(there.waiting)
            there.goes_on.set()

    anyio.run(scan)
    assert waiting == [40]
    assert LEAST <= 40 <= ROOM
    assert len(received) == 200


# --- What is no more, not yet, or another's ---


class Link(
    Resource,
    id="id",
    owner="owner_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:link/{id}",
):
    source = listing(
        "ec2", "DescribeVpcPeeringConnections", "Links", states=States("state", over=["deleted"], not_yet=["pending"])
    )
    id: str
    status: dict[str, str]
    owner_id: str | None = None

    @property
    def state(self) -> str:
        return self.status["Code"]


class Part(Resource, id="id", arn="arn:{partition}:ec2:{region}:{account_id}:part/{id}"):
    source = listing("ec2", "DescribeVpcEndpoints", "Parts", of=Link, LinkId="id")
    id: str


@check(fails="It is wrong", severity="low")
def link_seen(link: Link) -> Verdict:
    return Pass(link.arn)


@check(fails="It is wrong", severity="low")
def links_joined(account: Account, links: All[Link], parts: All[Part]) -> Verdict:
    return Pass(" ".join(sorted(each.arn.split(":", 4)[4] for each in (*links, *parts))))


@check(fails="It is wrong", severity="low")
def part_seen(part: Part) -> Verdict:
    return Pass("seen")


OTHER = "999999999999"


def links(*items: dict[str, Any]) -> World:
    def parts(account: Account, region: str, params: dict[str, Any]) -> Any:
        return {"Parts": [{"Id": f"part-of-{params['LinkId']}"}]}

    named = [{"Status": {"Code": "active"}, **item} for item in items]
    return World({"ec2:DescribeVpcPeeringConnections": {"Links": named}, "ec2:DescribeVpcEndpoints": parts})


def test_what_is_over_counts_as_not_listed_and_what_is_not_yet_is_not_judged() -> None:
    states = ("active", "deleted", "pending", "a-state-that-is-new")
    there = links(*({"Id": state[:7], "Status": {"Code": state}} for state in states))

    judged = run(there, link_seen, part_seen, account=ONE)
    assert [(check, id_) for check, _, id_, _ in judged] == [
        ("link_seen", "a-state"), ("link_seen", "active"),
        ("part_seen", "part-of-a-state"), ("part_seen", "part-of-active"),
    ]  # fmt: skip
    (joined,) = findings(there, links_joined, account=ONE)
    assert joined.status_detail == (
        "123456789012:link/a-state 123456789012:link/active 123456789012:link/pending "
        "123456789012:part/part-of-a-state 123456789012:part/part-of-active"
    )


def test_what_another_account_owns_is_there_for_joins_with_its_owner_and_is_not_judged() -> None:
    there = links({"Id": "own", "OwnerId": ONE.id}, {"Id": "shared", "OwnerId": OTHER}, {"Id": "untold"})

    found = findings(there, link_seen, part_seen, account=ONE)
    assert {(f.check_id, f.resource_id) for f in found} == {
        (check, f"{prefix}{id_}")
        for check, prefix in (("link_seen", ""), ("part_seen", "part-of-"))
        for id_ in ("own", "untold")
    }
    (joined,) = findings(there, links_joined, account=ONE)
    assert f"{OTHER}:link/shared" in joined.status_detail
    assert "part-of-shared" not in joined.status_detail


class Replicated(Resource, id="id", home="home", arn="arn:{partition}:ec2:{home}:{account_id}:copy/{id}"):
    source = listing("ec2", "DescribeVpcs", "Vpcs")
    id: str
    home: str | None = None


@check(fails="It is wrong", severity="low")
def copy_seen(copy: Replicated) -> Verdict:
    return Pass(copy.region)


@check(fails="It is wrong", severity="low")
def copies_joined(account: Account, copies: All[Replicated]) -> Verdict:
    return Pass(" ".join(f"{each.id}@{each.region}" for each in copies))


def test_what_other_regions_list_as_well_is_judged_at_home_and_there_for_joins() -> None:
    there = World({"ec2:DescribeVpcs": {"Vpcs": [{"Id": "far", "Home": "eu-west-1"}, {"Id": "off", "Home": "x-1"}]}})
    account = Account(id="1", regions=("us-east-1", "eu-west-1"))

    (judged,) = findings(there, copy_seen, account=account)
    assert (judged.resource_id, judged.status_detail) == ("far", "eu-west-1")
    (joined,) = findings(there, copies_joined, account=account)
    assert joined.status_detail == "far@us-east-1 off@us-east-1 far@eu-west-1 off@eu-west-1"


def test_what_another_account_owns_and_nobody_can_read_is_not_told_as_ones_own() -> None:
    (found,) = findings(links({"Id": "shared", "OwnerId": OTHER, "Status": "odd"}), link_seen, account=ONE)
    assert (found.status, found.resource_arn) == ("MANUAL", f"arn:aws:ec2:us-east-1:{OTHER}:link/shared")


def test_a_state_that_cannot_be_read_hides_nothing() -> None:
    (found,) = findings(links({"Id": "odd", "Status": {}}), link_seen, account=ONE)
    assert (found.resource_id, found.status) == ("odd", "PASS")


# --- One listing of several types ---


class Oak(Resource, id="id", arn="arn:{partition}:ec2:{region}:{account_id}:tree/{id}"):
    source = listing("ec2", "DescribeVpcs", "Trees[?Kind == 'oak']", shared=True)
    id: str


class Elm(Resource, id="id", arn="arn:{partition}:ec2:{region}:{account_id}:tree/{id}"):
    source = listing("ec2", "DescribeVpcs", "Trees[?Kind == 'elm']", shared=True)
    id: str


@check(fails="It is wrong", severity="low")
def oak_seen(oak: Oak) -> Verdict:
    return Pass("seen")


@check(fails="It is wrong", severity="low")
def elm_seen(elm: Elm, oaks: Here[Oak]) -> Verdict:
    return Pass(f"beside {len(oaks)}")


def test_several_types_are_taken_out_of_one_listing() -> None:
    trees = [{"Id": f"{kind}-{number}", "Kind": kind} for kind in ("oak", "elm") for number in (1, 2)]
    there = World({"ec2:DescribeVpcs": {"Trees": trees}})
    found = findings(there, oak_seen, elm_seen, account=ONE)
    assert sorted((each.resource_id, each.status_detail) for each in found) == [
        ("elm-1", "beside 2"), ("elm-2", "beside 2"), ("oak-1", "seen"), ("oak-2", "seen"),
    ]  # fmt: skip
    assert there.calls == {"ec2:DescribeVpcs": 1}
    assert [str(each.operation) for each in calls_of_nothing(make_plan((oak_seen, elm_seen), {}))] == [
        "ec2:DescribeVpcs"
    ]


def test_a_shared_listing_that_is_denied_is_denied_to_all_its_types() -> None:
    there = World({"ec2:DescribeVpcs": denied("ec2:DescribeVpcs")})
    assert [(check, status) for check, _, _, status in run(there, oak_seen, elm_seen, account=ONE)] == [
        ("elm_seen", "MANUAL"), ("oak_seen", "MANUAL"),
    ]  # fmt: skip
