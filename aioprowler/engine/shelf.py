"""The resources of retained types: listed once for all who read them, kept until the last has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import is_global, source_of
from aioprowler.declarations.resources import Resource, Seen
from aioprowler.engine.fetch import Unreadable
from aioprowler.engine.values import CUT_OFF, Growing

Item = tuple[Resource | Unreadable, Mapping[Any, Any]]
"""A listed resource and the values of its parents."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be listed: a parent's children, or with `parent` None a whole type."""

    failure: Failure
    parent: Resource | Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Limited:
    """The configuration leaves out some of what is listed: what there is is no whole."""

    failure: Failure


class Listed(Growing[Item, Gap | Limited]):
    """The resources of a retained type in one region."""

    _whole: tuple[Resource, ...] | Failure | None = None

    def abandon(self) -> None:
        """Nobody reads it any more, but for listings that nobody reads either."""
        if not self.is_finished:
            self.gaps.append(Gap(CUT_OFF))
            self.finish()

    @property
    def is_unsupported(self) -> bool:
        """Whether there can be none: the place does not have the service."""
        return not self.items and any(gap.failure.kind == "unsupported" for gap in self.gaps)

    async def whole(self) -> tuple[Resource, ...] | Failure:
        """All of them; a Failure if some could not be had."""
        if self._whole is None:
            seen = await self.seen()
            self._whole = seen.gap or seen.items
        return self._whole

    async def seen(self) -> Seen[Resource]:
        """Those that could be had, and why others could not."""
        items = await self.complete()
        failures = [item.failure for item, _ in items if isinstance(item, Unreadable)]
        failures += [gap.failure for gap in self.gaps]
        gap = next((failure for failure in failures if failure.is_gap), None)
        return Seen(tuple(item for item, _ in items if isinstance(item, Resource)), gap=gap)


Whole = tuple[Resource, ...] | Failure
Key = tuple[Any, str]
"""A type, and the region where it is listed."""


class Shelf:
    """What is retained of one account."""

    def __init__(self, account: Account, regions: Sequence[str], begin: Callable[[Key, Listed], None]) -> None:
        """`begin` has resources listed when they are first asked for."""
        self._account = account
        self._regions = regions
        self._begin = begin
        self._listed: defaultdict[Any, dict[str, Listed]] = defaultdict(dict)
        """Retained type -> region -> its resources there."""
        self._wholes: defaultdict[Any, dict[str, Whole]] = defaultdict(dict)
        """Likewise once they are whole; for an empty region those of the whole account."""
        self._readers: Counter[Any] = Counter()
        """Retained type -> units that may still read it."""

    def read_by(self, kinds: Iterable[Any]) -> None:
        """These are read: by one unit, each time that they are told."""
        self._readers.update(kinds)

    def release(self, kinds: Iterable[Any]) -> None:
        """A unit reads them no more: what nobody reads is freed."""
        for kind in kinds:
            self._readers[kind] -= 1
            if not self._readers[kind]:
                for listed in self._listed.pop(kind, {}).values():
                    listed.abandon()
                self._wholes.pop(kind, None)

    def listed(self, kind: Any, region: str) -> Listed:
        """All resources of a retained type in a region."""
        return self._listed[kind].get(region) or self._begun((kind, region))

    def claim(self, key: Key) -> Listed | None:
        """For who will list the resources now; None where somebody does already."""
        kind, region = key
        return None if region in self._listed[kind] else self._listed[kind].setdefault(region, Listed())

    def _begun(self, key: Key) -> Listed:
        kind, region = key
        listed = self._listed[kind][region] = Listed()
        self._begin(key, listed)
        return listed

    def places(self, kind: Any) -> Sequence[str]:
        """Regions in which resources of a type are listed; one of them stands for the account if it is global."""
        if not is_global(kind):
            return self._regions
        at: Mapping[str, str] = getattr(source_of(kind), "at", {})
        return [at[p] for p in (self._account.partition,) if p in at] if at else [self._account.default_region]

    def lacks(self, kind: Any, region: str | None) -> bool:
        """Whether the service of such things is not there, as their listings said: in a region, or with None in the
        whole account.
        """
        places = self.places(kind) if region is None or is_global(kind) else [region]
        listings = [self._listed[kind].get(place) for place in places]
        return all(listed is not None and listed.is_unsupported for listed in listings)

    async def all(self, kind: Any) -> Whole:
        """Those of the whole account."""
        wholes = self._wholes[kind]
        if "" not in wholes:
            listings = [self.listed(kind, region) for region in self.places(kind)]
            parts = [await listed.whole() for listed in listings]
            wholes.setdefault("", _joined(parts))
        return wholes[""]

    async def seen(self, kind: Any) -> Seen[Resource]:
        """Those of the account that could be listed."""
        listings = [self.listed(kind, region) for region in self.places(kind)]  # begun together
        parts = [await listed.seen() for listed in listings]
        gap = next((part.gap for part in parts if part.gap), None)
        return Seen(tuple(resource for part in parts for resource in part.items), gap=gap)

    async def here(self, kind: Any, region: str) -> Whole:
        """Those of a region."""
        if not is_global(kind):
            return await self.listed(kind, region).whole()
        found = await self.all(kind)
        if isinstance(found, Failure):
            return found
        wholes = self._wholes[kind]
        if region not in wholes:
            wholes[region] = tuple(each for each in found if each.region == region)
        return wholes[region]


def _joined(parts: Sequence[Whole]) -> Whole:
    failures = [part for part in parts if isinstance(part, Failure)]
    return failures[0] if failures else tuple(r for part in parts if isinstance(part, tuple) for r in part)
