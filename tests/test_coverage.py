"""What a scan looked at and what not, folded by cause."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import anyio
import msgspec
import pytest
from msgspec import structs

from aioprowler import Account, Failure, Finding, ScanOptions
from aioprowler.aws.api import Calls
from aioprowler.compliance.frameworks import Framework, Requirement
from aioprowler.declarations.failure import FailureKind
from aioprowler.findings.coverage import Coverage, Figures, Gap, Judged
from aioprowler.outputs.reporting import merged
from aioprowler.scanning import Scan
from aioprowler.scanning.folding import figures_of, fold
from aioprowler.scanning.journal import Done
from tests.outputs import samples
from tests.worlds.world import NOW, World, denied, error

SERVICES = ("ec2", "ecs", "iam", "kms", "lambda", "rds", "s3", "sns", "sqs", "ssm")
ACCOUNTS = [f"{number:012}" for number in range(1000)]
REGIONS = [f"r-{number}" for number in range(20)]
SCP = "explicit deny in a service control policy"


class Fails:
    """Failures as a scan counts them."""

    def __init__(self) -> None:
        self.calls = Calls()

    def __call__(
        self,
        accounts: list[str],
        regions: list[str],
        actions: list[str],
        *,
        kind: FailureKind = "denied",
        code: str = "AccessDenied",
        policy: str = "",
    ) -> None:
        for action in actions:
            failure = Failure(kind, action, code, policy=policy)
            for region in regions:
                for account in accounts:
                    self.calls.failed(failure, account, region)

    def gaps(self) -> list[Gap]:
        return fold(self.calls, len(SERVICES))

    def lines(self) -> list[tuple[str, int, dict[str, int], int]]:
        return [(gap.action, gap.accounts, gap.regions, gap.calls) for gap in self.gaps()]


@pytest.fixture
def fails() -> Fails:
    return Fails()


def listings(services: tuple[str, ...] = SERVICES) -> list[str]:
    return [f"{service}:List{name}" for service in services for name in ("These", "Those")]


def test_one_scp_that_denies_a_region_is_one_line(fails: Fails) -> None:
    fails(ACCOUNTS, ["r-1"], listings(("kms", "lambda", "rds", "sqs")), policy=SCP, code="AccessDeniedException")
    fails(ACCOUNTS, ["r-1"], listings(("ec2",)), policy=SCP, code="UnauthorizedOperation")
    (gap,) = fails.gaps()
    assert (gap.action, gap.accounts, gap.regions, gap.calls) == ("*", 1000, {"r-1": 1000}, 10_000)
    assert gap.codes == ("AccessDeniedException", "UnauthorizedOperation")
    assert gap.account_ids == tuple(ACCOUNTS[:10])
    assert gap.explanation == (
        "Could not look: 10 actions of 5 services were denied (AccessDeniedException, UnauthorizedOperation: explicit "
        "deny in a service control policy). A service control policy of the organization denies them."
    )


def test_it_is_one_line_also_where_it_denies_many_regions_and_an_account_was_cut_off(fails: Fails) -> None:
    fails(ACCOUNTS[:-1], REGIONS[5:], listings(), policy=SCP)
    fails(ACCOUNTS[-1:], REGIONS[5:], listings()[:2], policy=SCP)
    regions = dict.fromkeys(sorted(REGIONS[5:]), 1000)
    assert fails.lines() == [("*", 1000, regions, 15 * (999 * 20 + 2))]


def test_one_denied_action_is_one_line_with_its_permission(fails: Fails) -> None:
    fails(ACCOUNTS, REGIONS, ["s3:GetBucketPolicy"])
    (gap,) = fails.gaps()
    assert (gap.action, gap.actions, gap.accounts) == ("s3:GetBucketPolicy", ("s3:GetBucketPolicy",), 1000)
    assert gap.explanation == (
        "Could not look: s3:GetBucketPolicy was denied (AccessDenied). Grant s3:GetBucketPolicy to the scanning "
        "identity."
    )


def test_what_all_accounts_lack_is_no_part_of_what_one_lacks_at_large(fails: Fails) -> None:
    fails(ACCOUNTS, ["r-0"], ["s3:GetBucketPolicy"])
    fails(["000000000007"], ["r-0"], listings())
    assert fails.lines() == [
        ("s3:GetBucketPolicy", 1000, {"r-0": 1000}, 1000),
        ("*", 1, {"r-0": 1}, 20),
    ]
    assert fails.gaps()[1].account_ids == ("000000000007",)


@pytest.mark.parametrize(("count", "actions"), [(3, ["ec2:A0", "ec2:A1", "ec2:A2"]), (4, ["ec2:*"])])
def test_many_actions_of_a_service_are_one_line(fails: Fails, count: int, actions: list[str]) -> None:
    fails(ACCOUNTS[:2], REGIONS, [f"ec2:A{number}" for number in range(count)])
    gaps = fails.gaps()
    assert [gap.action for gap in gaps] == actions
    if count == 4:
        assert gaps[0].actions == ("ec2:A0", "ec2:A1", "ec2:A2", "ec2:A3")
        assert gaps[0].explanation == (
            "Could not look: 4 actions of ec2 were denied (AccessDenied). `aioprowler permissions` prints the policy "
            "that the scanning identity needs."
        )


@pytest.mark.parametrize(("services", "lines"), [(2, 4), (3, 1)])
def test_a_region_is_a_line_from_a_third_of_the_services(fails: Fails, services: int, lines: int) -> None:
    fails(ACCOUNTS[:1], ["r-0"], listings(SERVICES[:services]))
    assert len(fails.gaps()) == lines


def test_actions_that_different_accounts_lack_stay_apart(fails: Fails) -> None:
    for account, action in zip(ACCOUNTS, listings(), strict=False):
        fails([account], ["r-0"], [action])
    assert len(fails.gaps()) == len(listings())


def test_kinds_scps_and_codes_that_mean_something_stay_apart(fails: Fails) -> None:
    action = ["s3:GetBucketPolicy"]
    fails(ACCOUNTS[:1], ["r-0"], action)
    fails(ACCOUNTS[:1], ["r-0"], action, policy=SCP)
    fails(ACCOUNTS[:1], ["r-0"], action, kind="timed_out", code="ReadTimeoutError")
    fails(ACCOUNTS[:1], ["r-0"], action, kind="timed_out", code="ConnectTimeoutError")
    fails(ACCOUNTS[:1], ["r-0"], action, kind="broken", code="InternalError")
    fails(ACCOUNTS[:1], ["r-0"], action, kind="broken", code="ValidationError")
    fails(ACCOUNTS[:1], ["r-0"], action, policy="no session policy allows it")
    assert sorted((gap.kind, gap.by_scp, gap.policy, gap.codes) for gap in fails.gaps()) == [
        ("broken", False, "", ("InternalError",)),
        ("broken", False, "", ("ValidationError",)),
        ("denied", False, "", ("AccessDenied",)),
        ("denied", False, "no session policy allows it", ("AccessDenied",)),
        ("denied", True, SCP, ("AccessDenied",)),
        ("timed_out", False, "", ("ReadTimeoutError", "ConnectTimeoutError")),
    ]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("denied", "4 actions of ec2 were denied (X). `aioprowler permissions` prints"),
        ("unauthenticated", "4 actions of ec2 were refused because"),
        ("refused", "4 actions of ec2 were refused, whoever asks (X). No permission helps"),
        ("unimplemented", "4 actions of ec2 are not implemented there (X). No permission helps."),
        ("throttled", "4 actions of ec2 were throttled beyond all retries (X)."),
        ("timed_out", "4 actions of ec2 did not answer in time (X)."),
        ("unreachable", "4 actions of ec2 could not be reached (X)."),
        ("broken", "4 actions of ec2 gave an answer that cannot be used: X."),
    ],
)
def test_each_kind_of_many_failures_is_a_sentence(fails: Fails, kind: FailureKind, told: str) -> None:
    fails(ACCOUNTS[:1], ["r-0"], [f"ec2:A{number}" for number in range(4)], kind=kind, code="X")
    assert told in fails.gaps()[0].explanation


def test_all_that_is_not_implemented_is_one_line(fails: Fails) -> None:
    """However few services it is of."""
    fails(ACCOUNTS[:2], ["r-0", "r-1"], ["amplify:ListApps"], kind="unimplemented", code="NotImplemented")
    fails(ACCOUNTS[:1], ["r-1"], ["drs:DescribeJobs", "ec2:A"], kind="unimplemented", code="NotImplemented")
    (gap,) = fails.gaps()
    assert (gap.action, gap.actions) == ("*", ("amplify:ListApps", "drs:DescribeJobs", "ec2:A"))
    assert gap.explanation.startswith("Could not look: 3 actions of 3 services are not implemented there")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("NotInRegionError", "the region does not have it"),
        ("NotInPartition", "the partition does not have it"),
        ("ResourceNotFoundException", "the account has not subscribed to it"),
    ],
)
def test_a_service_that_is_not_there_is_counted_by_itself(fails: Fails, code: str, why: str) -> None:
    """Also where many are not: each is told with its accounts and regions."""
    for service in ("shield", "support", "macie2", "not-in-the-table"):
        fails(ACCOUNTS[:3], ["r-0", "r-1"], [f"{service}:*"], kind="unsupported", code=code)
    told = {gap.action: (gap.accounts, gap.regions, gap.explanation) for gap in fails.gaps()}
    where = (3, {"r-0": 3, "r-1": 3})
    assert told == {
        "shield:*": (*where, f"Shield is not there: {why} ({code})."),
        "support:*": (*where, f"Support is not there: {why} ({code})."),
        "macie2:*": (*where, f"Macie is not there: {why} ({code})."),
        "not-in-the-table:*": (*where, f"not-in-the-table is not there: {why} ({code})."),
    }


def test_memory_is_that_of_the_causes() -> None:
    """A thousand accounts, in which everything is denied in each of 20 regions."""
    fails = Fails()
    actions = [f"{service}:Action{number}" for service in SERVICES for number in range(20)]
    fails(ACCOUNTS, REGIONS[:1], actions)
    entries = fails.calls.failures
    assert len(entries) == len(actions)
    size = sum(
        sys.getsizeof(cause) + sys.getsizeof(extent) + sys.getsizeof(extent.accounts)
        for cause, extent in entries.items()
    )
    assert size / len(entries) < 500, "so much for each region and action: 2 MB for 20 regions and 200 actions"
    (gap,) = fails.gaps()
    assert (gap.accounts, gap.calls, len(gap.account_ids)) == (1000, 200_000, 10)
    assert len(msgspec.json.encode(gap)) < 10_000


def test_an_account_is_the_same_before_and_after_its_id_is_known() -> None:
    calls = Calls()
    calls.failed(Failure("denied", "ec2:DescribeRegions", "X"), "entry 1", "r-0")
    calls.identified("entry 1", "111111111111")
    calls.failed(Failure("denied", "ec2:DescribeRegions", "X"), "111111111111", "r-0")
    calls.failed(Failure("denied", "ec2:DescribeRegions", "X"), "entry 2", "r-0")
    (gap,) = fold(calls, 1)
    assert (gap.accounts, gap.account_ids) == (2, ("111111111111",))


def test_figures_are_by_operation_and_in_all() -> None:
    counting = SimpleNamespace(
        throttles={"ec2:DescribeVpcs": 2}, retries={"ec2:DescribeVpcs": 3}, sessions={"sts:AssumeRole": 1}
    )
    calls = Calls()
    calls.made.update({"s3:ListBuckets": 1, "ec2:DescribeVpcs": 5})
    calls.unanswered["ec2:DescribeVpcs"] = 1
    total, each = figures_of(calls, counting)
    assert total == Figures(calls=7, failed=1, throttled=2, retried=3)
    assert list(each) == ["ec2:DescribeVpcs", "s3:ListBuckets", "sts:AssumeRole"]
    assert each["ec2:DescribeVpcs"] == Figures(calls=5, failed=1, throttled=2, retried=3)
    assert figures_of(calls, None)[0] == Figures(calls=6, failed=1)


# ------------------------------------------------------------------------ scans
VERSIONING = "s3_bucket_object_versioning"
BUCKET = {"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}}


def scanned(world: World, *, done: Done | None = None, **options: Any) -> Coverage:
    accounts = [Account(id=id_, regions=("us-east-1",)) for id_ in ("111111111111", "222222222222")]
    chosen: dict[str, Any] = {"checks": [VERSIONING], "accounts": accounts, "now": NOW} | options
    scan = Scan(ScanOptions(**chosen), aws=world, done=done)

    async def drain() -> None:
        async for _ in scan.batches():
            pass

    anyio.run(drain)
    return scan.coverage()


def test_a_scan_that_saw_everything() -> None:
    told = scanned(World(BUCKET))
    assert (told.not_entered, told.unfinished, told.gaps, told.unseen, told.ended) == ((), (), (), {}, True)
    assert (told.accounts.found, told.accounts.scanned, told.accounts.scanned_before) == (2, 2, 0)
    assert [(each.accounts, each.regions) for each in told.regions] == [(2, ("us-east-1",))]
    assert (told.services, told.checks) == (("s3",), 1)
    assert told.findings == {"PASS": 0, "FAIL": 2, "MANUAL": 0}
    assert told.calls == {"s3:GetBucketVersioning": Figures(calls=2), "s3:ListBuckets": Figures(calls=2)}
    assert told.timestamp == "2026-06-01T12:00:00Z"
    assert 0 < told.seconds < 60
    assert msgspec.json.decode(msgspec.json.encode(told), type=Coverage) == told


def test_findings_are_counted_by_check_before_they_are_chosen_by_status() -> None:
    def mute(found: list[Finding]) -> list[Finding]:
        return [structs.replace(each, muted=each.account_id == "222222222222") for each in found]

    told = scanned(World(BUCKET), statuses=["PASS", "MANUAL"], treatments=[mute])
    assert told.by_check == {VERSIONING: Judged(failed=1, muted=1)}
    assert told.statuses == ("PASS", "MANUAL")


@pytest.mark.parametrize(
    ("names", "notes"),
    [
        ((VERSIONING,), ()),
        (
            (VERSIONING, "nobody_wrote_this"),
            ("ccc: 1 of its 2 checks are not implemented, and requirements that name them cannot PASS.",),
        ),
    ],
)
def test_the_chosen_frameworks_are_told_and_what_they_name_in_vain(
    names: tuple[str, ...], notes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    requirement = Requirement(id="1", name="", section="", subsection="", checks=names)
    ccc = Framework(id="ccc", framework="", version="", title="", requirements=(requirement,))
    monkeypatch.setattr("aioprowler.compliance.frameworks.Frameworks.get", lambda *_: ccc)
    told = scanned(World(BUCKET), frameworks=["CCC_aws", "ccc"])
    assert (told.frameworks, told.notes) == (("ccc",), notes)


def test_a_denied_operation_is_one_gap_of_two_accounts() -> None:
    told = scanned(World({**BUCKET, "s3:GetBucketVersioning": denied()}), regions=["us-east-1", "eu-west-3"])
    (gap,) = told.gaps
    assert (gap.action, gap.accounts, gap.account_ids) == (
        "s3:GetBucketVersioning",
        2,
        ("111111111111", "222222222222"),
    )
    assert (gap.regions, gap.calls, told.total.failed) == ({"us-east-1": 2}, 2, 2)
    assert told.not_enabled == {"eu-west-3": 2}


@pytest.mark.parametrize(
    ("operation", "reply", "action", "calls"),
    [
        ("s3:GetBucketVersioning", {"Status": []}, "s3:GetBucketVersioning", 2),
        ("s3:ListBuckets", {"Buckets": "many"}, "s3:ListAllMyBuckets", 2),
        ("s3:ListBuckets", {"Buckets": [{}, {}]}, "s3:ListAllMyBuckets", 2),
    ],
)
def test_an_answer_that_cannot_be_used_is_a_gap(operation: str, reply: Any, action: str, calls: int) -> None:
    (gap,) = scanned(World({**BUCKET, operation: reply})).gaps
    assert (gap.kind, gap.action, gap.accounts, gap.calls) == ("broken", action, 2, calls)


def test_a_place_where_nothing_answers_and_an_account_given_twice() -> None:
    account = Account(id="111111111111", regions=("us-east-1",))
    told = scanned(World({"s3:ListBuckets": error("AccessDenied", SCP, 403)}), accounts=[account, account])
    assert told.unseen == {"us-east-1": 1}
    assert (told.accounts.found, told.accounts.scanned) == (1, 1)
    assert told.gaps[0].by_scp
    assert told.notes == ("Account 111111111111 was given twice and scanned once.",)


def test_a_place_that_the_scan_is_not_about_is_not_one_that_it_could_not_see() -> None:
    """Whoever looks for the account's own elsewhere too is told in the finding what could not be seen there."""
    account = Account(id="111111111111", regions=("us-east-1", "eu-west-1", "eu-west-2"))
    world = World({**BUCKET, "ssm-incidents:ListReplicationSets": error("Broken", status=501)})
    checks = ["ssmincidents_enabled_with_plans", VERSIONING]
    told = scanned(world, accounts=[account], regions=["us-east-1", "eu-west-1"], checks=checks)
    assert told.unseen == {"eu-west-1": 1}
    assert any("eu-west-2" in gap.regions for gap in told.gaps)


def test_an_account_that_is_cut_off() -> None:
    class Hangs(World):
        async def call(self, *_: Any) -> dict[str, Any]:
            await anyio.sleep_forever()
            raise AssertionError

    told = scanned(Hangs(), account_timeout=0.05)
    assert {(each.account_id, each.reason) for each in told.unfinished} == {
        (id_, "cut off by the account timeout") for id_ in ("111111111111", "222222222222")
    }
    assert told.accounts.scanned == 0


def test_a_resumed_scan_counts_the_accounts_of_the_earlier_one() -> None:
    told = scanned(World(BUCKET), done=Done(accounts={"111111111111"}))
    assert told.resumed
    assert (told.accounts.found, told.accounts.scanned, told.accounts.scanned_before) == (2, 2, 1)
    assert told.calls["s3:ListBuckets"].calls == 1


def test_a_scan_that_is_left_tells_what_there_was() -> None:
    scan = Scan(ScanOptions(checks=[VERSIONING], accounts=[Account(id="1")], now=NOW), aws=World(BUCKET))
    assert not scan.coverage().ended

    async def first() -> None:
        batches = scan.batches()
        await anext(batches)
        await batches.aclose()  # type: ignore[attr-defined]

    anyio.run(first)
    told = scan.coverage()
    assert not told.ended
    assert told.total.calls >= 1
    assert told.seconds == scan.coverage().seconds, "its time has stopped"


def test_the_report_is_data() -> None:
    """Whoever reads or compares reports pays for no AWS."""
    code = "import sys, aioprowler.findings.coverage; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=30).returncode == 0


def test_of_several_scans_the_widest_sessions_are_told() -> None:
    narrow, wide, bare = (samples.coverage(session_policy=each) for each in ("actions", "managed", ""))
    assert merged([narrow, wide, bare]).session_policy == "managed"
    assert merged([bare, narrow]).session_policy == "actions"
