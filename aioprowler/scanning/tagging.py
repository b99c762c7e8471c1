"""The tags of resources whose own listing brings none: from AWS's tagging service, and of IAM's users from IAM."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import anyio
from msgspec.structs import replace

from aioprowler.aws.api import Boundary
from aioprowler.aws.errors import is_transient
from aioprowler.aws.partitions import default_region
from aioprowler.catalog import AnyCheck, arns_of, arns_of_type
from aioprowler.declarations import graph
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import Resource
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import Plan
from aioprowler.engine.values import for_each
from aioprowler.facts.services import SERVICES, home
from aioprowler.findings.finding import Finding
from aioprowler.findings.selection import Tags, bare, service_of
from aioprowler.scanning.tag_reader import GET_RESOURCES, GET_USERS, Found, TagReader

UNTOLD: Final = frozenset(row.prefix or name for name, row in SERVICES.items() if not row.tags_are_told)
"""Services some of whose tags `tag:GetResources` does not tell, by their names in ARNs."""
_TOLD_OF_IAM: Final = tuple(
    f"{kind}/" for kind in ("instance-profile", "mfa", "oidc-provider", "policy", "saml-provider", "server-certificate")
)
"""What of IAM it does tell
(https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html)."""
_USER: Final = "AwsIamUser"
_WIDTH: Final = 16
"""Regions that are asked at the same time."""

USERS: Final = "IAM's users"
"""In the place of a region."""


class Told(NamedTuple):
    """Findings with the tags that could be had."""

    findings: list[Finding]
    unsure: frozenset[str]
    """The uids of those whose tags nobody tells."""


def brings_tags(check: AnyCheck) -> bool:
    """Whether the check's findings have all tags of what they are about from its listing; those of the account and its
    regions have none.
    """
    kind = check.subject.type if check.subject.kind == "resource" else check.facts.about
    return kind is None or graph.brings_tags(kind)


def tells_tags(kind: Any) -> bool:
    """Whether the tags of a type's resources can be had, from their listing or from who tells them."""
    services = {shape.service for shape in arns_of_type(kind)}
    return graph.brings_tags(kind) or kind.identity.type == _USER or services.isdisjoint(UNTOLD | {"*"})


def operations(checks: Iterable[AnyCheck], *, narrows: bool) -> Iterator[tuple[Operation, str]]:
    """What tells the tags of these checks' resources, and once per what it is called. `narrows`: the scan is about
    resources with some tags only.
    """
    types = {each.resource_type for each in checks}
    if _USER in types:
        yield GET_USERS, "account"
    if narrows or types - {_USER, "AwsIamGroup"}:
        yield GET_RESOURCES, "region"


class Tagging:
    """Which findings of a scan need tags, and what became of them."""

    def __init__(self, plan: Plan, checks: Collection[str], tags: Tags | None) -> None:
        """`checks`: the ids of those that bring no tags and need them; `tags`: only resources with these matter."""
        self.checks = checks
        self.asked: dict[str, Any] = {"TagFilters": tags.filters} if tags is not None else {}
        named = {own.service for each in plan.checks if each.id in checks for own in arns_of(each)}
        self.services = frozenset() if "*" in named or tags is not None else frozenset(named)
        """Of whose resources the tags are kept; empty: of all."""
        self.blind: Counter[str] = Counter()
        """Region -> accounts in which tags could not be read there."""

    def of(self, account: Account, aws: Boundary) -> AccountTags:
        """Those of an account."""
        return AccountTags(self, account, aws)

    def __bool__(self) -> bool:
        """Whether anybody needs to be asked."""
        return bool(self.checks or self.asked)

    def notes(self) -> Iterator[str]:
        """Where tags could not be read."""
        if self.blind.total():
            places = ", ".join(sorted(self.blind))
            yield (
                f"Tags could not be read in {places} (at most {max(self.blind.values()):,} accounts each): "
                f"{'findings there are kept whatever the tags' if self.asked else 'findings there may lack theirs'}; "
                "see the actions that read tags among the gaps."
            )


class AccountTags:
    """Those of one account: each region is asked once, when the first finding there needs it. Goes with the account."""

    def __init__(self, tagging: Tagging, account: Account, aws: Boundary) -> None:
        self._tagging = tagging
        self._account = account
        self._reader = TagReader(account, aws, tagging.asked, tagging.services)
        self._known: dict[str, Found | Failure] = {}
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)

    def home(self, service: str) -> str:
        """The region that tells the tags of a service's global resources."""
        partition = self._account.partition
        main = default_region(partition, self._account.default_region)
        return home(service, partition, main) or main

    @property
    def blind(self) -> dict[str, Failure]:
        """Region -> why its resources' tags could not be read, or not all."""
        return {place: known for place, known in self._known.items() if isinstance(known, Failure)}

    @property
    def has_transient(self) -> bool:
        """Whether what could not be read may be read later."""
        return any(isinstance(known, Failure) and is_transient(known) for known in self._known.values())

    def __iter__(self) -> Iterator[str]:
        """The ARNs of resources with tags, as far as regions were asked."""
        for place, known in self._known.items():
            if place != USERS and not isinstance(known, Failure):
                yield from known

    async def ask(self, regions: Iterable[str]) -> None:
        """All of these regions now."""
        await for_each(sorted(set(regions)), self._ask, _WIDTH)

    async def __call__(self, findings: Sequence[Finding]) -> Told:
        """The findings, with the tags of those that bring none themselves."""
        filled: list[Finding] = []
        unsure: set[str] = set()
        for each in findings:
            known = await self._told_of(each.resource_arn, each.region) if self._needs(each) else {}
            if known is None or isinstance(known, Failure):
                unsure.add(each.uid)
                known = {}
            tags = known.get(bare(each.resource_arn))
            filled.append(replace(each, resource_tags=tags) if tags else each)
        return Told(filled, frozenset(unsure))

    async def of(self, resource: Resource) -> Mapping[str, str] | Failure:
        """The tags of a resource whose listing brings none; why they could not be read."""
        known = await self._told_of(resource.arn, resource.region)
        return known if isinstance(known, Failure) else (known or {}).get(bare(resource.arn), {})

    def is_untold(self, finding: Finding) -> bool:
        """Whether nobody tells its tags, wherever one may look."""
        return service_of(finding.resource_arn) in UNTOLD - {"iam"}

    def _needs(self, finding: Finding) -> bool:
        """What is told of the account stands for resources that could not be listed."""
        return finding.check_id in self._tagging.checks and finding.resource_id != finding.account_id

    async def _told_of(self, arn: str, region: str) -> Found | Failure | None:
        """Where the tags of what has the ARN are, if they are anywhere; None where nobody tells them."""
        _, _, service, place, owner, resource, *_ = *arn.split(":", 5), "", "", "", "", ""
        if service == "iam":
            return await self._told_of_iam(owner, resource)
        if service in UNTOLD:
            return None
        return await self._told(place or (region if service == "s3" else self.home(service)))

    async def _told_of_iam(self, owner: str, resource: str) -> Found | Failure:
        if owner == self._account.id and resource.startswith("user/"):
            return await self._told(USERS)
        if owner == self._account.id and resource.startswith(_TOLD_OF_IAM):
            return await self._told(self.home("iam"))
        return {}  # groups, the root user and AWS's own policies have no tags

    async def _told(self, place: str) -> Found | Failure:
        if place not in self._known:
            await self._ask(place)
        return self._known[place]

    async def _ask(self, place: str) -> None:
        async with self._locks[place]:
            if place not in self._known:
                known = await (self._reader.users() if place == USERS else self._reader.resources(place))
                self._known[place] = known
                if isinstance(known, Failure):
                    self._tagging.blind[place] += 1
