"""From the values of a subject to findings: the pure half of the engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from aioprowler.catalog import AnyCheck
from aioprowler.compliance.frameworks import Frameworks
from aioprowler.declarations.account import Account
from aioprowler.declarations.checks import SEVERITIES, Fail, Manual, Pass, Status, Verdict
from aioprowler.declarations.failure import Failure, UnreadableError
from aioprowler.declarations.graph import has_regions, is_homeless
from aioprowler.declarations.parameters import Parameter
from aioprowler.declarations.resources import Resource, check_places, identifier, name, tags
from aioprowler.engine.plan import CheckPlan
from aioprowler.engine.values import MISTAKES, Turn, bug
from aioprowler.findings.finding import Finding, Untold, uid, without_region


class _NotApplicable:
    """A gate was shut: a check that needs the facet does not apply."""


NOT_APPLICABLE: Final = _NotApplicable()


class Unavailable(Struct, frozen=True):
    """The arguments cannot be had: `failure` says why; None where the function does not apply."""

    failure: Failure | None

    @property
    def instead(self) -> Any:
        """What stands in the place of what would have been made of them."""
        return self.failure or NOT_APPLICABLE


def arguments(wanted: Iterable[Parameter], values: Mapping[Any, Any]) -> dict[str, Any] | Unavailable:
    """What a function is called with, as far as its annotations tolerate what is missing."""
    found: dict[str, Any] = {}
    failure: Failure | None = None
    for parameter in wanted:
        value = values[parameter.key]
        if value is NOT_APPLICABLE:
            if not parameter.none_ok:
                return Unavailable(None)
            value = None
        elif type(value) is Failure and not parameter.failure_ok:  # isinstance asks a struct's metaclass each time
            failure = failure or value
        found[parameter.name] = value
    return Unavailable(failure) if failure else found


class Subject(Struct, frozen=True, gc=False):
    """What a finding is about."""

    account: Account
    region: str
    id: str
    arn: str
    name: str
    tags: dict[str, str]
    resource: Resource | None = None
    """None: it is about an account, a region, or what could not be read."""
    lasting: tuple[str, str] | None = None
    """Region and ARN without the account's default region, which is another one where a scan begins elsewhere."""

    @classmethod
    def of(cls, resource: Resource) -> Subject:
        """The resource as findings name it."""
        id_, arn, region = identifier(resource), resource.arn, resource.region
        lasting = None if has_regions(type(resource)) else ("", without_region(arn))
        return cls(resource.account, region, id_, arn, name(resource), tags(resource), resource, lasting)

    @classmethod
    def unreadable(cls, kind: Any, account: Account, region: str, id_: str, arn: str) -> Subject:
        """A resource of which no more is known."""
        lasting = ("", without_region(arn)) if is_homeless(kind) else None
        return cls(account, region, id_, arn, id_, {}, None, lasting)


def place(check: AnyCheck, account: Account, region: str) -> Subject:
    """The subject of a check about an account or region, or of one that has nothing else to tell of."""
    known = check_places(account, region)
    id_, arn = check.facts.resource_id.format(**known), check.facts.resource_arn
    kind = check.subject.type
    anywhere = {"default_region": ""} | ({"region": ""} if kind is Account or is_homeless(kind) else {})
    lasting = anywhere.get("region", region), arn.format(**known | anywhere)
    return Subject(account, region, id_, arn.format(**known), id_, {}, None, lasting)


async def judge(plan: CheckPlan, values: Mapping[Any, Any], turn: Turn) -> tuple[list[Verdict], Failure | None]:
    """The check's verdicts about the subject whose values these are, and the gap that kept it from any. Between many it
    lets others have their turn.
    """
    found = arguments(plan.arguments, values)
    if not isinstance(found, dict):
        return missing(found.failure), found.failure
    try:
        returned = plan.check.function(**found)
        if returned is None:
            return [], None
        if type(returned) in _STATUS:
            return [_verdict(returned)], None
        verdicts = []
        for each in _several(returned):
            verdicts.append(_verdict(each))
            await turn.pass_on()
        return verdicts, None
    except UnreadableError as error:
        gap = error.failure(plan.check.id)
        return missing(gap), gap
    except MISTAKES as error:  # MANUAL for its subject, and the scan goes on
        gap = bug(plan.check.id, error)
        return missing(gap), gap


def _several(returned: Any) -> Iterable[Any]:
    """What a check returned that is no verdict. Raises TypeError where it is not several of them either."""
    if isinstance(returned, str) or not isinstance(returned, Iterable):
        raise TypeError(f"it returned {returned!r:.80}, which is no Pass, Fail or Manual")
    return returned


def _verdict(each: Any) -> Verdict:
    if type(each) not in _STATUS:
        raise TypeError(f"it gave {each!r:.80}, which is no Pass, Fail or Manual")
    if not isinstance(each.detail, str):
        raise TypeError(f"its detail is {each.detail!r:.80}, which is no text")
    if each.severity is not None and each.severity not in SEVERITIES:
        raise ValueError(f"its severity is {each.severity!r:.80}, which is none of {', '.join(SEVERITIES)}")
    for named in (each.resource_id, each.resource_arn):
        if named is not None and not isinstance(named, str):
            raise TypeError(f"its resource_id or resource_arn is {named!r:.80}, which is no text")
    if each.names != () and not _is_names(each.names):
        raise TypeError(f"its names are {each.names!r:.80}, which is no tuple of mappings of texts")
    if each.resource is not None and not isinstance(each.resource, Resource):
        raise TypeError(f"its resource is {each.resource!r:.80}, which is no Resource")
    verdict: Verdict = each
    return verdict


def _is_names(names: Any) -> bool:
    return isinstance(names, tuple) and all(
        isinstance(named, Mapping) and all(isinstance(word, str) for pair in named.items() for word in pair)
        for named in names
    )


_WORST: Final[tuple[Status, ...]] = ("PASS", "MANUAL", "FAIL")


def distinct(findings: Iterable[Finding]) -> Iterable[Finding]:
    """What a check says of one subject. Where several of its verdicts are about the very same, the worst is told."""
    told: dict[str, Finding] = {}
    for each in findings:
        known = told.setdefault(each.uid, each)
        if _WORST.index(each.status) > _WORST.index(known.status):
            told[each.uid] = each
    return told.values()


def missing(failure: Failure | None) -> list[Verdict]:
    """MANUAL with the reason; nothing where the failure hides nothing."""
    return [Manual(failure.explain(), gap=failure)] if failure and failure.is_gap else []


_STATUS: dict[type, Status] = {Pass: "PASS", Fail: "FAIL", Manual: "MANUAL"}


def timestamp(now: datetime.datetime) -> str:
    """As findings have it: `2026-06-01T12:00:00Z`."""
    return now.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def finding(
    check: AnyCheck,
    subject: Subject,
    verdict: Verdict,
    time: str,
    frameworks: Frameworks = Frameworks(),  # noqa: B008 - never changed
) -> Finding:
    """The finding that users see. `frameworks`: for whose requirements the check is evidence."""
    subject = subject if verdict.resource is None else Subject.of(verdict.resource)
    account = subject.account
    documentation = check.documentation
    id_ = subject.id if verdict.resource_id is None else verdict.resource_id
    arn = subject.arn if verdict.resource_arn is None else verdict.resource_arn
    region, lasting = subject.lasting or (subject.region, arn)
    about = account, subject.region, arn, subject.resource, verdict.names
    has_failed = isinstance(verdict, Fail)
    return Finding(
        uid=uid(check.id, account.id, region, lasting if verdict.resource_arn is None else arn, id_),
        status=_STATUS[type(verdict)],
        status_detail=verdict.detail,
        gap=Untold.of(verdict.gap) if isinstance(verdict, Manual) and verdict.gap else None,
        severity=verdict.severity or check.severity,
        check_id=check.id,
        resource_id=id_,
        resource_arn=arn,
        resource_name=subject.name if verdict.resource_id is None else id_,
        resource_tags=subject.tags,
        region=subject.region,
        account_id=account.id,
        account_name=account.name,
        account_email=account.email,
        account_organizational_unit=account.organizational_unit,
        account_organizational_unit_id=account.organizational_unit_id,
        account_organization_id=account.organization_id,
        account_organization_arn=account.organization_arn,
        account_tags=account.tags,
        auth_method=account.auth_method,
        partition=account.partition,
        timestamp=time,
        command=check.command.filled(*about) if has_failed else "",
        further_commands=tuple([each.filled(*about) for each in check.further_commands]) if has_failed else (),
        title=documentation.title,
        fails=documentation.fails,
        service=check.service,
        resource_type=check.resource_type,
        resource_group=check.resource_group,
        categories=check.categories,
        compliance=frameworks.evidence(check.id),
        description=documentation.description,
        risk=documentation.risk,
        remediation=documentation.remediation,
    )
