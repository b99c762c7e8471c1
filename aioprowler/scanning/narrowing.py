"""A scan that is about some resources only: which cells hold none of them, and which findings are about others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from aioprowler.aws.api import Aws
from aioprowler.catalog import arns_of
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import is_global
from aioprowler.declarations.sources import Operation
from aioprowler.engine.account import Cell, cell
from aioprowler.engine.fetch import cut
from aioprowler.engine.plan import Plan
from aioprowler.engine.values import for_each
from aioprowler.facts.services import SERVICES
from aioprowler.findings.finding import Finding
from aioprowler.findings.selection import ArnPattern, Arns, Tags, bare, may_meet

GET_RESOURCES: Final = Operation("resourcegroupstaggingapi", "GetResources")

_UNTOLD: Final = frozenset(row.prefix or name for name, row in SERVICES.items() if not row.tags_are_told)
"""Services some of whose tags `tag:GetResources` does not tell, by their names in ARNs."""
_WIDTH: Final = 16
"""Regions that are asked at the same time."""


@dataclass(slots=True)
class Tagged:
    """The resources of an account that carry the tags."""

    arns: set[str] = field(default_factory=set)
    blind: dict[str, Failure] = field(default_factory=dict)
    """Region -> why its resources' tags could not be read, or not all."""


async def tagged(aws: Aws, account: Account, regions: Iterable[str], tags: Tags) -> Tagged:
    """Ask each of the regions once, page by page."""
    found = Tagged()

    async def ask(region: str) -> None:
        params = {"TagFilters": tags.filters}
        async for page in aws.pages(account, region, GET_RESOURCES, params):
            if isinstance(page, Failure):
                found.blind[region] = page
                return
            found.arns.update(bare(arn) for arn in cut(page, "ResourceTagMappingList[].ResourceARN") or ())

    await for_each(sorted(set(regions)), ask, _WIDTH)
    return found


class Resources:
    """The resources that a whole scan is about, and what became of them."""

    def __init__(self, arns: Arns | None, tags: Tags | None) -> None:
        self.arns = arns
        self.tags = tags
        self._unmet = dict.fromkeys(arns.patterns if arns else ())
        self._untold = 0
        """Findings left out because AWS does not tell the tags of what they are about."""
        self._blind: Counter[str] = Counter()
        """Region -> accounts in which tags could not be read there."""

    def __bool__(self) -> bool:
        return self.arns is not None or self.tags is not None

    async def of(self, plan: Plan, account: Account, home: str, aws: Aws, done: Container[Cell]) -> Narrowing:
        """Those of an account. `home`: the region that tells the tags of global resources."""
        if self.tags is None:
            return Narrowing(self, plan, account, home, None, done)
        regions = {*account.scanned_regions, home} if _has_global(plan) else account.scanned_regions
        found = await tagged(aws, account, regions, self.tags)
        self._blind.update(found.blind.keys())
        return Narrowing(self, plan, account, home, found, done)

    def allows(self, finding: Finding) -> bool:
        """Whether the ARNs allow it; those that it is like are no longer missing."""
        if self.arns is None:
            return True
        like = self.arns.like(finding.resource_arn)
        for text in like:
            self._unmet.pop(text, None)
        return bool(like)

    def untold(self) -> None:
        self._untold += 1

    def notes(self) -> Iterator[str]:
        """What a finished scan did not find, and could not tell."""
        for text in self._unmet:
            yield f"Nothing was judged of {text}: there is no such resource here, or no chosen check looks at it."
        if self._blind:
            places = ", ".join(sorted(self._blind))
            yield (
                f"Tags could not be read in {places} (at most {max(self._blind.values()):,} accounts each): findings "
                "there are kept whatever the tags; see tag:GetResources among the gaps."
            )
        if self._untold:
            yield (
                f"{self._untold:,} findings about resources of IAM or Auto Scaling are left out because neither their "
                "listing nor AWS's tagging service tells their tags."
            )


class Narrowing:
    """The same of one account: given to its scan as the cells that are done, and a treatment of its findings."""

    def __init__(
        self,
        resources: Resources,
        plan: Plan,
        account: Account,
        home: str,
        tagged: Tagged | None,
        done: Container[Cell],
    ) -> None:
        self._resources = resources
        self._account = account
        self._home = home
        self._tagged = tagged
        self._done = done
        self._shapes = _shapes(plan)
        self._judging_resources = {each.id for each in plan.checks if each.subject.kind == "resource"}
        self._told = {each.id for each in plan.checks if "tags" in getattr(each.subject.type, "__struct_fields__", ())}
        """Checks whose findings have all tags of what they are about, from its listing."""
        self._places: set[tuple[str, str]] = set()
        """Service and region of each resource with the tags."""
        for arn in tagged.arns if tagged else ():
            self._places.add(tuple(arn.split(":")[2:4]))  # type: ignore[arg-type]

    def __contains__(self, each: object) -> bool:
        """Whether the cell is done, or can hold none of the resources."""
        return each in self._done or (isinstance(each, Cell) and not (self._is_asked(each) and self._is_tagged(each)))

    def _is_asked(self, each: Cell) -> bool:
        arns = self._resources.arns
        return arns is None or any(
            asked.meets(own) and (not asked.region or not each.place or may_meet(asked.region, each.place))
            for asked in arns.shapes
            for own in self._shapes[each.kind]
        )

    def _is_tagged(self, each: Cell) -> bool:
        if self._tagged is None or each.place in self._tagged.blind or (not each.place and self._tagged.blind):
            return True
        services = {own.service for own in self._shapes[each.kind]}
        if "*" in services or not services.isdisjoint(_UNTOLD):
            return True
        return any(
            service in services and (not each.place or not region or region == each.place)
            for service, region in self._places
        )

    def __call__(self, findings: list[Finding]) -> list[Finding]:
        """Those about the resources, and those that say what could not be looked at for them."""
        return [
            each for each in findings if self._is_gap(each) or (self._carries(each) and self._resources.allows(each))
        ]

    def _is_gap(self, finding: Finding) -> bool:
        """Nobody could look for resources: what is told of the account stands for all that it may have."""
        return (
            finding.status == "MANUAL"
            and finding.resource_id == finding.account_id
            and finding.check_id in self._judging_resources
        )

    def _carries(self, finding: Finding) -> bool:
        tags, tagged = self._resources.tags, self._tagged
        if tags is None or tagged is None or tags.carried_by(finding.resource_tags):
            return True
        _, _, service, region, *_ = *finding.resource_arn.split(":", 4), "", "", ""
        if bare(finding.resource_arn) in tagged.arns:
            return True
        if finding.check_id in self._told:
            return False
        if service in _UNTOLD:
            self._resources.untold()
        return finding.region in tagged.blind or (not region and self._home in tagged.blind)


def _has_global(plan: Plan) -> bool:
    """Whether resources are judged whose tags are told in one region alone. Those of buckets are told in theirs."""
    return any(
        is_global(check.subject.type) and any(own.service != "s3" for own in arns_of(check)) for check in plan.checks
    )


def _shapes(plan: Plan) -> dict[str, frozenset[ArnPattern]]:
    """Kind of cell -> what the ARNs in its findings are like."""
    units = plan.units
    found: defaultdict[str, set[ArnPattern]] = defaultdict(set)
    for check in plan.checks:
        found[cell("", units[check.id], "").kind].update(arns_of(check))
    return {kind: frozenset(shapes) for kind, shapes in found.items()}
