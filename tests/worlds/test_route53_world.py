"""Whose it is what DNS records lead to: the account's own, AWS's, or that of another account of the scan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from aioprowler import Account, Downloads, Failure, IpRanges, ScanOptions
from aioprowler.accounts.credentials import EntryError
from aioprowler.aws.api import Boundary
from aioprowler.engine.cells import Cell
from aioprowler.scanning.accounts import Way
from aioprowler.scanning.journal import AccountDone, Done
from aioprowler.scanning.prepared import prepare
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.scanner import Scan
from aioprowler.scanning.survey import Survey
from aioprowler.services.ec2.resources.network import PublicAddresses
from aioprowler.tools import make_tools
from tests.worlds.world import NOW, TOOLS, FakeDownloads, World, denied, error, findings_of

CHECK = "route53_dangling_ip_subdomain_takeover"
REGIONS = ("us-east-1", "eu-west-1")
DNS, WEB, IDLE = (Account(id=f"{n}" * 12, regions=REGIONS) for n in (1, 2, 3))
RECORDS, ADDRESSES, INTERFACES, BUCKETS = (
    "route53:ListResourceRecordSets",
    "ec2:DescribeAddresses",
    "ec2:DescribeNetworkInterfaces",
    "s3:ListBuckets",
)
Held = Mapping[tuple[str, str], list[str]]
"""Account id and region -> what is there."""


class Ranges:
    """AWS has 3.0.0.0/8."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, address: str) -> tuple[str, ...] | Failure:
        await anyio.lowlevel.checkpoint()
        self.asked.append(address)
        return ("AMAZON", "EC2") if address.startswith("3.") else ()


def record(name: str, *values: str, kind: str = "A") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": each} for each in values]}


def world(
    *records: dict[str, Any], addresses: Held | None = None, interfaces: Held | None = None, buckets: Held | None = None
) -> World:
    """A zone of the first account, and what the accounts have."""

    def zones(account: Account, _region: str, _params: dict[str, Any]) -> dict[str, Any]:
        zone = {"Id": "/hostedzone/Z1", "Name": "example.com.", "Config": {"PrivateZone": False}}
        return {"HostedZones": [zone] if account.id == DNS.id else []}

    def held(found: Held | None, path: str, item: Any) -> Any:
        def reply(account: Account, region: str, _params: dict[str, Any]) -> dict[str, Any]:
            return {path: [item(each) for each in (found or {}).get((account.id, region), [])]}

        return reply

    return World(
        {
            "route53:ListHostedZones": zones,
            RECORDS: {"ResourceRecordSets": records, "IsTruncated": False},
            ADDRESSES: held(addresses, "Addresses", lambda each: {"PublicIp": each, "AllocationId": each}),
            INTERFACES: held(interfaces, "NetworkInterfaces", lambda each: {"Association": {"PublicIp": each}}),
            BUCKETS: held(buckets, "Buckets", lambda each: {"Name": each}),
        }
    )


def told(aws: World, *accounts: Account, **options: Any) -> dict[str, str]:
    """Value -> status."""
    tools = options.pop("tools", TOOLS | {IpRanges: Ranges()})
    found = findings_of(aws, CHECK, accounts=accounts or (DNS,), tools=tools, **options)
    assert all(each.resource_arn == "arn:aws:route53:::hostedzone/Z1" for each in found)
    return {each.resource_id.rpartition("/")[2]: each.status for each in found}


WEBSITE = "files.example.com.s3-website-eu-west-1.amazonaws.com"


def test_what_the_account_has_itself_and_what_nobody_can_be_given() -> None:
    aws = world(
        record("www.example.com.", "3.5.0.1", "3.5.0.2", "3.5.0.3"),
        record("vpn.example.com.", "10.0.0.1", "8.8.8.8"),
        record("six.example.com.", "2600:1f18::1", kind="AAAA"),
        record("text.example.com.", '"3.5.0.9"', kind="TXT"),
        {"Name": "alias.example.com.", "Type": "A", "AliasTarget": {"DNSName": "lb.amazonaws.com."}},
        record("files.example.com.", WEBSITE, kind="CNAME"),
        record("old.example.com.", "old.s3-website.us-east-1.amazonaws.com.", kind="CNAME"),
        record("app.example.com.", "app.example.net", kind="CNAME"),
        addresses={(DNS.id, "us-east-1"): ["3.5.0.1"]},
        interfaces={(DNS.id, "eu-west-1"): ["3.5.0.2"]},
        buckets={(DNS.id, "us-east-1"): ["files.example.com"]},
    )
    assert told(aws) == {
        "3.5.0.1": "PASS",
        "3.5.0.2": "PASS",
        "3.5.0.3": "FAIL",
        "10.0.0.1": "PASS",
        "8.8.8.8": "PASS",
        WEBSITE: "PASS",
        "old.s3-website.us-east-1.amazonaws.com.": "FAIL",
    }
    assert aws.calls[ADDRESSES] == aws.calls[INTERFACES] == len(REGIONS)
    assert aws.calls[BUCKETS] == 1


LIGHTSAIL = ("lightsail:GetInstances", "lightsail:GetStaticIps")
ACCELERATORS = ("globalaccelerator:ListAccelerators", "globalaccelerator:ListCustomRoutingAccelerators")


def test_addresses_that_ec2_does_not_tell_of_are_the_accounts_own_as_well() -> None:
    aws = world(record("www.example.com.", *(f"3.5.0.{n}" for n in range(1, 6))))
    aws.replies[LIGHTSAIL[0], "eu-west-1"] = {"instances": [{"publicIpAddress": "3.5.0.1"}, {"ipAddressType": "ipv6"}]}
    aws.replies[LIGHTSAIL[1], "eu-west-1"] = {"staticIps": [{"ipAddress": "3.5.0.2"}]}
    for number, operation in enumerate(ACCELERATORS, 3):
        aws.replies[operation] = {"Accelerators": [{"IpSets": [{"IpAddresses": [f"3.5.0.{number}"]}]}]}
    assert told(aws) == {f"3.5.0.{n}": "PASS" for n in range(1, 5)} | {"3.5.0.5": "FAIL"}
    assert [aws.calls[name] for name in (*LIGHTSAIL, *ACCELERATORS)] == [2, 2, 1, 1]


def test_where_lightsail_is_being_set_up_it_has_no_addresses_yet() -> None:
    aws = world(record("www.example.com.", "3.5.0.1"))
    aws.replies[LIGHTSAIL[0]] = error("AccountSetupInProgressException")
    aws.replies[LIGHTSAIL[1]] = error("RegionSetupInProgressException")
    assert told(aws) == {"3.5.0.1": "FAIL"}


@pytest.mark.parametrize("operation", [*LIGHTSAIL, *ACCELERATORS])
def test_where_a_service_that_has_addresses_could_not_be_asked_a_person_must_look(operation: str) -> None:
    aws = world(record("www.example.com.", "3.5.0.1"))
    aws.replies[operation] = denied()
    assert told(aws) == {"3.5.0.1": "MANUAL"}


def test_regions_that_are_not_scanned_are_the_accounts_own_all_the_same() -> None:
    aws = world(record("www.example.com.", "3.5.0.1"), addresses={(DNS.id, "eu-west-1"): ["3.5.0.1"]})
    assert told(aws, regions=["us-east-1"]) == {"3.5.0.1": "PASS"}


def test_aws_is_asked_only_about_what_is_not_the_accounts() -> None:
    ranges = Ranges()
    aws = world(record("www.example.com.", "3.5.0.1", "10.0.0.1"), addresses={(DNS.id, "us-east-1"): ["3.5.0.1"]})
    told(aws, tools=TOOLS | {IpRanges: ranges})
    assert ranges.asked == []


def test_where_the_ranges_cannot_be_had_a_person_must_look() -> None:
    tools = {**make_tools(), Downloads: FakeDownloads()}
    tools[IpRanges] = type(tools[IpRanges])(tools[Downloads])
    aws = world(record("www.example.com.", "3.5.0.1", "10.0.0.1"))
    assert told(aws, tools=tools) == {"3.5.0.1": "MANUAL", "10.0.0.1": "PASS"}


# --- Other accounts ---

SUSPECTS = (
    record("www.example.com.", "3.5.0.1", "3.5.0.2"),
    record("files.example.com.", WEBSITE, kind="CNAME"),
    record("old.example.com.", "old.s3-website-us-east-1.amazonaws.com", kind="CNAME"),
)
ELSEWHERE: dict[str, Held] = {
    "addresses": {(WEB.id, "eu-west-1"): ["3.5.0.1"]},
    "buckets": {(WEB.id, "us-east-1"): ["files.example.com"]},
}
RIGHT = {
    "3.5.0.1": "PASS",
    "3.5.0.2": "FAIL",
    WEBSITE: "PASS",
    "old.s3-website-us-east-1.amazonaws.com": "FAIL",
}


@pytest.mark.parametrize("accounts", [(DNS, WEB, IDLE), (IDLE, WEB, DNS)])
@pytest.mark.parametrize("width", [1, 2, 32])
def test_what_another_account_of_the_scan_has_is_in_the_right_hands(accounts: tuple[Account, ...], width: int) -> None:
    """Whichever is scanned first, and however few at a time: whoever waits keeps no place that the others need."""
    assert told(world(*SUSPECTS, **ELSEWHERE), *accounts, accounts_in_flight=width) == RIGHT


def test_each_account_is_asked_once_whatever_the_number_of_records() -> None:
    many = [record(f"{n}.example.com.", f"3.5.{n}.1") for n in range(100)]
    aws = world(*many)
    told(aws, DNS, WEB, IDLE)
    asked = [account for account, _, name, _ in aws.params if name == ADDRESSES]
    assert sorted(asked) == sorted([DNS.id] * 4 + [WEB.id] * 2 + [IDLE.id] * 2), "its own, and all once more"
    assert aws.calls[BUCKETS] == 1, "no record leads to a bucket"


def test_without_suspects_no_other_account_is_asked() -> None:
    aws = world(record("www.example.com.", "3.5.0.1"), addresses={(DNS.id, "us-east-1"): ["3.5.0.1"]})
    told(aws, DNS, WEB, IDLE)
    assert {account for account, _, name, _ in aws.params if name == ADDRESSES} == {DNS.id}


def refusing(account_id: str, answer: Exception) -> World:
    aws = world(*SUSPECTS, **ELSEWHERE)
    reply: Any = aws.replies[ADDRESSES]

    def refuse(account: Account, region: str, params: dict[str, Any]) -> Any:
        return answer if (account.id, region) == (account_id, "us-east-1") else reply(account, region, params)

    aws.replies[ADDRESSES] = refuse
    return aws


@pytest.mark.parametrize("who", [DNS, IDLE])
def test_where_an_account_that_may_have_it_could_not_be_asked_a_person_must_look(who: Account) -> None:
    aws = refusing(who.id, denied())
    found = findings_of(aws, CHECK, accounts=(DNS, WEB, IDLE), tools=TOOLS | {IpRanges: Ranges()})
    statuses = {each.resource_id.rpartition("/")[2]: each.status for each in found}
    assert statuses == RIGHT | {"3.5.0.2": "MANUAL"}
    (manual,) = [each for each in found if each.status == "MANUAL"]
    assert "ec2:DescribeAddresses" in manual.status_detail
    assert who is DNS or f"account {IDLE.id} may have it" in manual.status_detail


def test_the_scan_of_one_account_says_what_can_be_said_of_it_alone() -> None:
    assert set(told(world(*SUSPECTS, **ELSEWHERE)).values()) == {"FAIL"}


# --- Interruptions ---


def run(aws: World, done: Done | None = None) -> tuple[dict[str, str], list[Any]]:
    """Value -> status, and what was complete."""
    options = ScanOptions(checks=[CHECK], accounts=(DNS, WEB, IDLE), now=NOW)
    statuses: dict[str, str] = {}
    complete: list[Any] = []

    async def scan() -> None:
        made = Scan(options, aws=aws, tools=TOOLS | {IpRanges: Ranges()}, done=done)
        async for events in made.events():
            for event in events:
                if isinstance(event, list):
                    statuses.update({each.resource_id.rpartition("/")[2]: each.status for each in event})
                else:
                    complete.append(event)

    anyio.run(scan)
    return statuses, complete


def test_accounts_that_an_interrupted_scan_has_completed_are_asked_by_the_one_that_goes_on() -> None:
    aws = world(*SUSPECTS, **ELSEWHERE)
    statuses, _ = run(aws, Done(accounts={WEB.id, IDLE.id}))
    assert statuses == RIGHT


@pytest.mark.parametrize(("code", "is_complete"), [("RequestLimitExceeded", False), ("UnauthorizedOperation", True)])
@pytest.mark.parametrize("who", [DNS, IDLE])
def test_what_rests_on_a_failure_that_may_pass_is_judged_anew(who: Account, code: str, is_complete: bool) -> None:
    statuses, complete = run(refusing(who.id, error(code)))
    assert statuses["3.5.0.2"] == "MANUAL"
    zones = [each for each in complete if isinstance(each, Cell) and each.account_id == DNS.id]
    assert bool(zones) == (AccountDone(DNS.id) in complete) == is_complete


# --- Accounts that cannot be entered ---


def asked(*outcomes: Account | EntryError | None, ends: EntryError | None = None) -> bool | Failure:
    """What is said of an address after the entries come to this, and their listing to that."""
    aws = Boundary(world(addresses={(WEB.id, "us-east-1"): ["3.5.0.1"]}))

    async def enter(outcome: Account | EntryError | None) -> Account | None:
        if isinstance(outcome, EntryError):
            raise outcome
        return outcome

    async def everyone() -> Any:
        for each in outcomes:
            yield lambda _aws, each=each: enter(each)
        if ends is not None:
            raise ends

    found: list[bool | Failure] = []

    async def ask() -> None:
        survey = Survey(prepare(ScanOptions(checks=[CHECK], now=NOW)), Progress(), {})
        async with anyio.create_task_group() as tasks:
            survey.open(Way(aws._api, aws, everyone(), everyone=everyone), tasks)
            found.append(await survey.have(PublicAddresses, "3.5.0.1"))

    anyio.run(ask)
    return found[0]


def refusal(account_id: str = "") -> EntryError:
    return EntryError("a role", "check its trust policy", account_id=account_id, kind="denied", action="sts:AssumeRole")


def test_an_account_that_cannot_be_entered_may_have_it() -> None:
    assert asked(IDLE, WEB, refusal(DNS.id)) is True
    assert asked(IDLE, None) is False
    found = asked(IDLE, refusal(DNS.id), refusal())
    assert isinstance(found, Failure)
    assert (found.kind, found.is_of_tool) == ("denied", True)
    assert f"account {DNS.id} and 1 more may have it" in found.explain()


def test_so_may_those_that_could_not_be_listed() -> None:
    found = asked(IDLE, ends=refusal())
    assert isinstance(found, Failure)
    assert asked(WEB, ends=refusal()) is True
