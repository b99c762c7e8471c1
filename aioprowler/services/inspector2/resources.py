"""Whether Inspector is on, what it scans, and what it has found.

Of an administrator Inspector tells what there is in all accounts that it administers: each call asks for the account's
own.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Region, Resource, source
from aioprowler.judging.verdicts import told

# --- Whether it is on ---


class State(msgspec.Struct, frozen=True, rename="camel"):
    """`ENABLED`, `DISABLED`, `SUSPENDED`, or on the way to one of these."""

    status: str


class ResourceStates(msgspec.Struct, frozen=True, rename="camel"):
    """Of each kind of resource, whether it is scanned. What a region does not have is left out."""

    ec2: State
    ecr: State
    lambda_: State | None = msgspec.field(name="lambda", default=None)
    lambda_code: State | None = None


@source("inspector2:BatchGetAccountStatus")
async def status_of(region: Region, aws: Aws) -> AccountStatus | Failure:
    """Also told where Inspector was never on."""
    own = region.account.id
    reply = await aws.call("inspector2", "BatchGetAccountStatus", accountIds=[own])
    if isinstance(reply, Failure):
        return reply
    for each in reply.get("accounts") or ():
        if each.get("accountId") == own:
            return msgspec.convert(each, AccountStatus)
    codes = [str(each.get("errorCode")) for each in reply.get("failedAccounts") or () if each.get("accountId") == own]
    code = codes[0] if codes else "left out"
    return Failure("broken", "inspector2:BatchGetAccountStatus", code, f"AWS could not answer about {own}")


class AccountStatus(Facet[Region], rename="camel"):
    """Inspector in a region."""

    source = status_of
    state: State
    resource_state: ResourceStates


def is_on(status: AccountStatus) -> bool:
    """Only there does it scan and find anything."""
    return status.state.status == "ENABLED"


# --- What it scans ---


class ScanStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Whether something is scanned, and why or why not."""

    status_code: str
    """`ACTIVE` or `INACTIVE`."""
    reason: str


class Scan(msgspec.Struct, frozen=True, rename="camel"):
    """One kind of scan of a resource: of its packages, its code, or the network around it."""

    scan_type: str
    scan_status: ScanStatus
    last_scanned_at: datetime.datetime | None = None
    """None before the first one."""


@source("inspector2:ListCoverage", when=is_on)
async def covered(region: Region, aws: Aws) -> list[Mapping[str, Any]] | Failure:
    """Each resource once, with all kinds of scans."""
    found: dict[Any, dict[str, Any]] = {}
    criteria = {"accountId": _equals(region.account.id)}
    async for page in aws.pages("inspector2", "ListCoverage", "coveredResources", filterCriteria=criteria):
        if isinstance(page, Failure):
            return page
        for each in page:
            id_ = each.get("resourceId")
            known = found.setdefault(id_, {"resourceId": id_, "arn": _arn(str(id_), region), "scans": []})
            known["scans"].append({name: each[name] for name in Scan.__struct_encode_fields__ if name in each})
    return list(found.values())


def _arn(id_: str, region: Region) -> str:
    """Instances are told by their ids, and anything else by its ARN."""
    if not id_.startswith("i-"):
        return id_
    return f"arn:{region.account.partition}:ec2:{region.name}:{region.account.id}:instance/{id_}"


def _equals(value: str) -> list[dict[str, str]]:
    """A filter that lets through what has this value."""
    return [{"comparison": "EQUALS", "value": value}]


class CoveredResource(Resource, id="resource_id", type="Other", group="security", noun="Resource", rename="camel"):
    """An instance, image, function or code repository that Inspector knows."""

    source: ClassVar[Any] = covered
    resource_id: str
    arn: str
    scans: tuple[Scan, ...]


# --- What it has found ---


def _active(region: Region, **more: Any) -> dict[str, Any]:
    """What lets through the account's own findings that are neither closed nor suppressed."""
    return {"awsAccountId": _equals(region.account.id), "findingStatus": _equals("ACTIVE"), **more}


class Observed(msgspec.Struct, frozen=True, rename="camel"):
    """When a finding was there for the first time."""

    first_observed_at: datetime.datetime | None = None


@source("inspector2:ListFindings", when=is_on)
async def oldest_finding(region: Region, aws: Aws) -> OldestFinding | Failure:
    """The first one in the order of age, which also tells whether there is any."""
    order = {"field": "FIRST_OBSERVED_AT", "sortOrder": "ASC"}
    async for page in aws.pages(
        "inspector2", "ListFindings", "findings", filterCriteria=_active(region), sortCriteria=order, maxResults=1
    ):
        if isinstance(page, Failure):
            return page
        if page:
            times = (each.first_observed_at for each in msgspec.convert(page, list[Observed]))
            return OldestFinding(exists=True, since=min(filter(None, times), default=None))
    return OldestFinding(exists=False)


class OldestFinding(Facet[Region]):
    """The oldest active finding."""

    source = oldest_finding
    exists: bool
    since: datetime.datetime | None = None
    """When it was observed for the first time; None where there is none, or AWS does not tell."""


# --- What of it attackers use ---

BATCH: Final = 10
"""Findings that are asked about at once (API_BatchGetFindingDetails)."""
NAMED: Final = 10
"""Vulnerabilities that a verdict names: of more that are overdue nobody asks."""


class PackageVulnerability(msgspec.Struct, frozen=True, rename="camel"):
    """What is wrong with a package."""

    vulnerability_id: str


class VulnerablePackage(msgspec.Struct, frozen=True, rename="camel"):
    """A finding about one."""

    finding_arn: str
    package_vulnerability_details: PackageVulnerability | None = None


async def _in_batches(region: Region, aws: Aws) -> AsyncIterator[dict[str, str] | Failure]:
    """All vulnerabilities that have a number, which the others in CISA's catalogue have not: each once, with the ARN of
    a finding of it. No page is kept.
    """
    seen: set[str] = set()
    waiting: dict[str, str] = {}
    criteria = _active(region, findingType=_equals("PACKAGE_VULNERABILITY"))
    async for page in aws.pages("inspector2", "ListFindings", "findings", filterCriteria=criteria):
        if isinstance(page, Failure):
            yield page
            return
        for each in msgspec.convert(page, list[VulnerablePackage]):
            id_ = told(each.package_vulnerability_details, "the vulnerability of a finding").vulnerability_id
            if id_.startswith("CVE-") and id_ not in seen:
                seen.add(id_)
                waiting[id_] = each.finding_arn
                if len(waiting) == BATCH:
                    yield waiting
                    waiting = {}
    if waiting:
        yield waiting


@source("inspector2:ListFindings", "inspector2:BatchGetFindingDetails", when=is_on)
async def exploited(region: Region, now: datetime.datetime, aws: Aws) -> ExploitedVulnerabilities | Failure:
    """Asked is about one finding of each vulnerability, for AWS tells the same of its others."""
    due: dict[str, datetime.datetime | None] = {}
    unknown: list[str] = []
    async for each in _in_batches(region, aws):
        found = each if isinstance(each, Failure) else await _details(each, aws)
        if isinstance(found, Failure):
            return ExploitedVulnerabilities(due=due, unknown=tuple(unknown), failure=found)
        due |= found.due
        unknown += found.unknown
        if len(overdue(due, now)) >= NAMED:
            break
    return ExploitedVulnerabilities(due=due, unknown=tuple(unknown))


async def _details(findings: Mapping[str, str], aws: Aws) -> ExploitedVulnerabilities | Failure:
    """Of a batch of vulnerabilities. Of those that Inspector has no details of it says so: they are not in the
    catalogue, whose entries it knows.
    """
    reply = await aws.call("inspector2", "BatchGetFindingDetails", findingArns=list(findings.values()))
    if isinstance(reply, Failure):
        return reply
    details = {each.get("findingArn"): each.get("cisaData") for each in reply.get("findingDetails") or ()}
    errors = reply.get("errors") or ()
    none = {each.get("findingArn") for each in errors if each.get("errorCode") == "FINDING_DETAILS_NOT_FOUND"}
    listed = {id_: data for id_, arn in findings.items() if (data := details.get(arn))}
    return ExploitedVulnerabilities(
        due={id_: data.get("dateDue") for id_, data in listed.items()},
        unknown=tuple(id_ for id_, arn in findings.items() if arn not in details and arn not in none),
    )


class ExploitedVulnerabilities(Facet[Region]):
    """Those of active findings that are in CISA's catalogue of known exploited ones.

    https://docs.aws.amazon.com/inspector/v2/APIReference/API_CisaData.html
    """

    source = exploited
    due: Mapping[str, datetime.datetime | None] = {}
    """By when CISA wants each mended; None where AWS does not tell."""
    unknown: tuple[str, ...] = ()
    """Vulnerabilities of which AWS did not tell whether they are in it."""
    failure: Failure | None = None
    """Why the others were not asked about."""


def overdue(due: Mapping[str, datetime.datetime | None], now: datetime.datetime) -> list[str]:
    """The vulnerabilities that should be mended by now."""
    return sorted(id_ for id_, by in due.items() if by is not None and by < now)
