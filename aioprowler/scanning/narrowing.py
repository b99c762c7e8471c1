"""A scan that is about some resources only: which cells hold none of them, and which findings are about others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator

from aioprowler.catalog import arns_of
from aioprowler.declarations.account import Account
from aioprowler.declarations.graph import is_global
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.plan import Plan
from aioprowler.findings.finding import Finding
from aioprowler.findings.selection import ArnPattern, Arns, Tags, bare, may_meet
from aioprowler.scanning.tagging import UNTOLD, AccountTags, brings_tags


class Resources:
    """The resources that a whole scan is about, and what became of them."""

    def __init__(self, arns: Arns | None, tags: Tags | None) -> None:
        self.arns = arns
        self.tags = tags
        self._unmet = dict.fromkeys(arns.patterns if arns else ())
        self.left_out = 0
        """Findings left out because AWS does not tell the tags of what they are about."""

    def __bool__(self) -> bool:
        return self.arns is not None or self.tags is not None

    async def of(self, plan: Plan, account: Account, tags: AccountTags, done: Container[Cell]) -> Narrowing:
        """Those of an account."""
        if self.tags is not None:
            await tags.ask({*account.scanned_regions, *_homes(plan, tags)})
        return Narrowing(self, plan, tags, done)

    def allows(self, finding: Finding) -> bool:
        """Whether the ARNs allow it; those that it is like are no longer missing."""
        if self.arns is None:
            return True
        like = self.arns.like(finding.resource_arn)
        for text in like:
            self._unmet.pop(text, None)
        return bool(like)

    def untold(self) -> None:
        """Counts a finding whose resource's tags nobody could tell."""
        self.left_out += 1

    @property
    def unfound(self) -> tuple[str, ...]:
        """ARNs of one resource each, of which nothing was judged."""
        return tuple(text for text in self._unmet if not {"*", "?"} & {*text})

    def notes(self) -> Iterator[str]:
        """What a finished scan did not find, and could not tell."""
        for text in self._unmet:
            yield f"Nothing was judged of {text}: there is no such resource here, or no chosen check looks at it."
        if self.left_out:
            yield (
                f"{self.left_out:,} findings are left out because neither the listing of what they are about nor AWS's "
                "tagging service tells its tags."
            )


class Narrowing:
    """The same of one account: given to its scan as the cells that are done, and a treatment of its findings."""

    def __init__(self, resources: Resources, plan: Plan, tags: AccountTags, done: Container[Cell]) -> None:
        self._resources = resources
        self._tags = tags
        self._done = done
        self._shapes = _shapes(plan)
        self._judging_resources = {each.id for each in plan.checks if each.subject.kind == "resource"}
        self._told = {each.id for each in plan.checks if brings_tags(each)}
        """Checks whose findings have all tags of what they are about, from its listing."""
        self._arns = frozenset(tags)
        """Of resources with the tags."""
        self._blind = tags.blind
        self._places: set[tuple[str, str]] = set()
        """Service and region of each resource with the tags."""
        for arn in self._arns:
            _, _, service, region, *_ = f"{arn}:::".split(":", 4)
            self._places.add((service, region))

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
        if self._resources.tags is None or each.place in self._blind or (not each.place and self._blind):
            return True
        services = {own.service for own in self._shapes[each.kind]}
        if "*" in services or not services.isdisjoint(UNTOLD):
            return True
        return any(
            service in services and (not each.place or not region or region == each.place)
            for service, region in self._places
        )

    def __call__(self, findings: list[Finding], unsure: Container[str] = ()) -> list[Finding]:
        """Those about the resources, and those that say what could not be looked at for them. `unsure`: the uids of
        those whose tags nobody tells.
        """
        return [
            each
            for each in findings
            if self._is_gap(each) or (self._carries(each, unsure) and self._resources.allows(each))
        ]

    def _is_gap(self, finding: Finding) -> bool:
        """Nobody could look for resources: what is told of the account stands for all that it may have."""
        return (
            finding.status == "MANUAL"
            and finding.resource_id == finding.account_id
            and finding.check_id in self._judging_resources
        )

    def _carries(self, finding: Finding, unsure: Container[str]) -> bool:
        tags = self._resources.tags
        if tags is None or tags.carried_by(finding.resource_tags) or bare(finding.resource_arn) in self._arns:
            return True
        if finding.check_id in self._told or finding.uid not in unsure:
            return False
        if self._tags.is_untold(finding):
            self._resources.untold()
            return False
        return True


def _homes(plan: Plan, tags: AccountTags) -> set[str]:
    """Where the tags of global resources are told that are judged. Those of buckets are told in their own regions."""
    judged = (check for check in plan.checks if is_global(check.subject.type))
    return {tags.home(own.service) for check in judged for own in arns_of(check) if own.service != "s3"}


def _shapes(plan: Plan) -> dict[str, frozenset[ArnPattern]]:
    """Kind of cell -> what the ARNs in its findings are like."""
    units = plan.units
    found: defaultdict[str, set[ArnPattern]] = defaultdict(set)
    for check in plan.checks:
        found[cell("", units[check.id], "").kind].update(arns_of(check))
    return {kind: frozenset(shapes) for kind, shapes in found.items()}
