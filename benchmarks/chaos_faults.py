"""The mishaps that a scan is to survive, and what each of them may change in its findings.

What passes by itself changes nothing. What does not makes MANUAL what rests on it, with the reason, and nothing else.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from msgspec import Struct

from aioprowler.catalog import installed
from aioprowler.engine.plan import make_plan
from aioprowler.findings.finding import Finding, from_json
from benchmarks.simulated_aws import Rule

_HEAD = "s3:ListBucket was denied (403)"
"""A refusal of HEAD has a status and no words."""


class Fault(Struct, frozen=True):
    """Rules for the simulated AWS."""

    name: str
    rules: tuple[Rule, ...]
    reasons: tuple[str, ...] = ()
    """One of these is in the text of each finding that is MANUAL for it; none: it passes by itself."""

    def hits(self, seen: Seen) -> bool:
        """Whether a finding may rest on a call that is hit: that of a check in an account which asks so."""
        return any(fnmatchcase(seen.account, rule.account) and seen.check in asking(rule) for rule in self.rules)


class Seen(Struct, frozen=True):
    """What a finding says, and where."""

    status: str
    account: str
    region: str
    check: str
    detail: str


Found = Mapping[str, Seen]
"""uid -> what was found."""


class TwiceError(Exception):
    """A finding came twice."""


def passing(some: Iterable[str] = ("*",)) -> list[Fault]:
    """Mishaps that tries and renewed credentials get over. `some`: accounts whose credentials expire once."""
    return [
        Fault("5xx", tuple(Rule(kind="error", status=status, probability=0.02) for status in (500, 502, 503, 504))),
        Fault("throttled", (Rule(kind="throttle", probability=0.05),)),
        Fault("connections reset", (Rule(kind="reset", probability=0.05),)),
        Fault("half replies", (Rule(kind="half", probability=0.05),)),
        Fault("malformed bodies", (Rule(kind="malformed", probability=0.05),)),
        Fault("slow replies", (Rule(kind="slow", probability=0.05, seconds=0.5),)),
        Fault("no replies", (Rule(kind="black_hole", probability=0.01, times=5),)),
        Fault("expired sessions", tuple(Rule(kind="expired", account=account, nth=30) for account in some)),
        Fault(
            "expired within a listing",
            tuple(
                Rule(kind="expired", service="ssm", operation="DescribeInstanceInformation", account=account,
                     after_pages=1, times=1)
                for account in some
            ),
        ),
        Fault(
            "expired at a HEAD",
            tuple(Rule(kind="expired", service="s3", operation="HeadBucket", account=account, times=1)
                  for account in some),
        ),
        Fault(
            "all of these",
            (
                *(Rule(kind=kind, probability=0.01) for kind in ("error", "throttle", "reset", "half", "malformed")),
                Rule(kind="slow", probability=0.02, seconds=0.5),
            ),
        ),
    ]  # fmt: skip


def lasting(account: str, region: str, few: str) -> list[Fault]:
    """Mishaps that stay as long as the scan. `account`, `region`: where, as a pattern; `few`: accounts to time out."""
    return [
        Fault(
            "an endpoint that never answers",
            (Rule(kind="black_hole", service="rds", account=few, region=region),),
            ("did not answer in time",),
        ),
        Fault(
            "a denied operation",
            (Rule(kind="denied", service="ec2", operation="DescribeVpcs", account=account),),
            ("Grant ec2:DescribeVpcs",),
        ),
        Fault(
            "an operation denied by SCP",
            (Rule(kind="scp", service="ec2", operation="DescribeVpcs", account=account),),
            ("service control policy",),
        ),
        Fault(
            "a region denied by SCP",
            (Rule(kind="scp", account=account, region=region),),
            ("service control policy", _HEAD),
        ),
        Fault(
            "a region that is not enabled",
            (Rule(kind="region_disabled", account=account, region=region),),
            ("credentials are not valid there", _HEAD),
        ),
        Fault(
            "always 5xx",
            (Rule(kind="error", service="ec2", operation="DescribeVpcs", account=account),),
            ("cannot be used",),
        ),
        Fault(
            "always throttled",
            (Rule(kind="throttle", service="ec2", operation="DescribeVpcs", account=account),),
            ("throttled",),
        ),
        Fault(
            "always malformed",
            (Rule(kind="malformed", service="rds", operation="DescribeDBInstances", account=account),),
            ("cannot be used",),
        ),
        Fault(
            "always half a reply",
            (Rule(kind="half", service="rds", operation="DescribeDBInstances", account=account),),
            ("could not be reached",),
        ),
        Fault(
            "connections always reset",
            (Rule(kind="reset", service="ec2", operation="DescribeVpcs", account=account),),
            ("could not be reached",),
        ),
        Fault(
            "a role that may not be assumed",
            (Rule(kind="denied", service="sts", operation="AssumeRole", account=few),),
            ("sts:AssumeRole",),
        ),
    ]


@cache
def _operations(check_id: str) -> frozenset[tuple[str, str]]:
    plan = make_plan([installed().checks[check_id]], {})
    return frozenset((each.operation.service, each.operation.name) for each in plan.operations)


@cache
def asking(rule: Rule) -> Container[str]:
    """Checks that ask what a rule hits."""
    if rule.operation == "AssumeRole":
        return frozenset(installed().checks)
    return frozenset(
        check
        for check in installed().checks
        if any(fnmatchcase(service, rule.service) and fnmatchcase(name, rule.operation)
               for service, name in _operations(check))
    )  # fmt: skip


# ------------------------------------------------------------------ comparisons
def seen(finding: Finding) -> Seen:
    return Seen(finding.status, finding.account_id, finding.region, finding.check_id, finding.status_detail)


def collected(findings: Iterable[Finding]) -> dict[str, Seen]:
    """By uid. Raises TwiceError."""
    found: dict[str, Seen] = {}
    for each in findings:
        if each.uid in found:
            raise TwiceError(f"{each.check_id} of {each.resource_id} in {each.account_id} came twice")
        found[each.uid] = seen(each)
    return found


def recorded(record: Path) -> dict[str, Seen]:
    """What a JSON lines file holds; a last line that is cut off is left out. Raises TwiceError, and ValueError for
    another line that is none.
    """
    with record.open("rb") as file:
        return collected(from_json(line) for line in file if line.endswith(b"\n"))


def deviations(undisturbed: Found, disturbed: Found, fault: Fault | None = None) -> list[str]:
    """What a scan found otherwise than it should have, while AWS had this fault. One sentence each."""
    if fault is None or not fault.reasons:
        return list(_differences(undisturbed, disturbed))
    return [*_elsewhere(undisturbed, disturbed, fault), *_here(undisturbed, disturbed, fault)]


def _differences(undisturbed: Found, disturbed: Found) -> Iterator[str]:
    for uid in undisturbed.keys() | disturbed.keys():
        before, after = undisturbed.get(uid), disturbed.get(uid)
        if before is None or after is None or before.status != after.status:
            yield _told(before, after)


def _elsewhere(undisturbed: Found, disturbed: Found, fault: Fault) -> Iterator[str]:
    """Where nothing is hit, nothing changes."""
    parts = [{uid: each for uid, each in found.items() if not fault.hits(each)} for found in (undisturbed, disturbed)]
    yield from _differences(*parts)


def _here(undisturbed: Found, disturbed: Found, fault: Fault) -> Iterator[str]:
    """Where something is hit, a finding is what it was, or MANUAL with the reason, or stood for by one that is."""
    manual: set[tuple[str, str]] = set()
    """Account and check."""
    for uid, after in disturbed.items():
        before = undisturbed.get(uid)
        if not fault.hits(after):
            continue
        if after.status == "MANUAL" and any(reason in after.detail for reason in fault.reasons):
            manual.add((after.account, after.check))
        elif before is None or before.status != after.status:
            yield _told(before, after)
    for uid, before in undisturbed.items():
        if uid not in disturbed and fault.hits(before) and (before.account, before.check) not in manual:
            yield _told(before, None)
    accounts = {each.account for each in undisturbed.values() if fault.hits(each)}
    for account in accounts - {account for account, _ in manual}:
        yield f"{account}: nothing is MANUAL"


def _told(before: Seen | None, after: Seen | None) -> str:
    each = after or before
    assert each
    was, now = (one.status if one else "nothing" for one in (before, after))
    return f"{each.account} {each.region} {each.check}: {was} became {now}" + (f" ({after.detail})" if after else "")
