"""Replies from which one member is missing, wherever it stands in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from aioprowler import Account
from aioprowler.aws.api import AwsApi
from aioprowler.catalog import AnyCheck
from aioprowler.declarations.graph import operations_of, source_of
from aioprowler.declarations.sources import Function, Listing
from tests.worlds.shaped import kinds, members

Path = tuple[str, ...]
"""Members of members down to one; `[]` for the items of a list: `("Vpcs", "[]", "VpcId")`."""

EACH = "[]"


def spelled(path: Path) -> str:
    """`Vpcs[].VpcId`."""
    return ".".join(path).replace(f".{EACH}", EACH)


def paths(reply: Any) -> Iterator[Path]:
    """Every member that a reply has."""
    for key, value in reply.items() if isinstance(reply, dict) else ():
        yield (key,)
        yield from ((key, *rest) for rest in paths(value))
    for item in reply if isinstance(reply, list) else ():
        yield from ((EACH, *rest) for rest in paths(item))


def without(reply: Any, path: Path) -> Any:
    """The reply without a member, which may be in many places of it."""
    key, rest = path[0], path[1:]
    if key == EACH:
        return [without(item, rest) for item in reply] if isinstance(reply, list) else reply
    if not isinstance(reply, dict) or key not in reply:
        return reply
    if rest:
        return {**reply, key: without(reply[key], rest)}
    return {name: value for name, value in reply.items() if name != key}


class LeavingOut:
    """An AwsApi whose replies to one operation lack a member. It remembers what members whole ones have."""

    def __init__(self, aws: AwsApi, operation: str) -> None:
        self._aws = aws
        self._operation = operation
        self.path: Path = ()
        self.seen: dict[Path, None] = {}

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        reply = await self._aws.call(account, region, service, operation, params)
        if f"{service}:{operation}" != self._operation:
            return reply
        if not self.path:
            self.seen |= dict.fromkeys(paths(reply))
            return reply
        left: dict[str, Any] = without(reply, self.path)
        return left


class Declared:
    """What declarations read of replies."""

    def __init__(self, checks: Iterable[AnyCheck]) -> None:
        self._members: dict[str, set[str]] = defaultdict(set)
        self._lists: dict[str, set[Path]] = defaultdict(set)
        self._read_by_functions: set[str] = set()
        for kind in {kind: None for check in checks for kind in kinds(check)}:
            source = source_of(kind)
            for operation in map(str, operations_of(kind)):
                self._members[operation] |= members(kind, lambda _: True)
                if isinstance(source, Function):
                    self._read_by_functions.add(operation)
            if isinstance(source, Listing):
                way = [word for part in source.result.split(".") for word in (part.removesuffix(EACH), EACH)]
                self._lists[str(source.operation)] |= {tuple(way[: n + 1]) for n in range(0, len(way), 2)}

    def reads(self, operation: str, path: Path) -> bool:
        """Whether a member decides, or may: it is declared, and no list of what there is, of which AWS leaves out the
        empty ones.
        """
        if path in self._lists[operation]:
            return False
        return operation in self._read_by_functions or path[-1] in self._members[operation]
