"""Replies of operations that nobody modelled: what their shapes say, with every member that AWS may send.

Lists at the top are as long as the world has things of the operation (`kms:ListKeys`), those in them have one element.
What is asked for by its name is told under that name, and what is asked for by a list of names, once for each.
`filled` gives replies that somebody modelled what their shapes have besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from benchmarks.simulated_aws.inventory.world import Json, World, number_in
from benchmarks.simulated_aws.paging import is_token
from benchmarks.simulated_aws.rendering import ACCOUNT, REGION
from benchmarks.simulated_aws.routing import Call

_DEEP: Final = 6
"""Structures in structures that a reply is made up of at most: some contain themselves."""
_FILLED: Final = 2
"""How deep what is added to a modelled reply counts as being, wherever it is."""
_POLICY: Final = re.compile(r"(?i).*(policy|policydocument|policytext)")
_NAMES: Final = re.compile(r".*(?i:arn|name|id|identifier)(s|List)")


def reply(world: World, call: Call) -> Json:
    """The whole reply."""
    return _Maker(world, call).reply()


def filled(world: World, call: Call, told: Json, read: Collection[str]) -> Json:
    """A reply in which each structure also has the members that it lacks and that nobody reads."""
    return _Filler(world, call, read).fill(told)


class _Maker:
    """Makes up the reply to one call."""

    def __init__(self, world: World, call: Call) -> None:
        self._world = world
        self._call = call
        self._asked = {name: value for name, value in call.params.items() if isinstance(value, str)}
        """What is asked for, by the names of the parameters."""
        self._number = max(0, *(number_in(value) for value in self._asked.values()), 0)

    def reply(self) -> Json:
        shape = self._call.model.output_shape
        if shape is None:
            return {}
        told = {
            name: self._top(member, name)
            for name, member in shape.members.items()
            if not is_token(self._call.service, self._call.operation, name)
        }
        return _one_of(shape, told | {key: value for key, value in self._asked.items() if key in told})

    def _top(self, shape: Any, name: str) -> Any:
        if shape.type_name != "list":
            return self._value(shape, name, self._number, 0)
        asked = self._named()
        if asked is None:
            size = self._world.length(f"{self._call.service}:{self._call.operation}")
            return [self._value(shape.member, _singular(name), number, 1) for number in range(size)]
        return [self._about(shape.member, _singular(name), one) for one in asked]

    def _named(self) -> list[str] | None:
        """What is asked for with a list of names, ids or ARNs; None where nothing is."""
        for key, value in self._call.params.items():
            is_of_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
            if is_of_texts and value and value != ["*"] and _NAMES.fullmatch(key):
                return list(value)
        return None

    def _about(self, shape: Any, name: str, asked: str) -> Any:
        """The element about one of many that were asked for: each of its own ids that ends alike says so."""
        made = self._value(shape, name, max(0, number_in(asked)), 1)
        if isinstance(made, dict):
            is_arn = asked.startswith("arn:")
            keys = [key for key in made if isinstance(made[key], str) and key.lower().endswith("arn") == is_arn]
            named = [key for key in keys if key.lower().endswith(("arn", "name", "id"))]
            made |= dict.fromkeys(named[:1], asked)
        return made

    def _value(self, shape: Any, name: str, number: int, depth: int) -> Any:
        match shape.type_name:
            case "structure":
                return self._structure(shape, name, number, depth)
            case "list":
                made = self._value(shape.member, _singular(name), number, depth + 1) if depth < _DEEP else None
                return [] if made is None or made == {} else [made]
            case "map":
                keys = shape.key.enum[:1] or [f"{_singular(name).lower()}-{number}"]
                return {key: self._value(shape.value, name, number, depth + 1) for key in keys} if depth < _DEEP else {}
            case "string":
                return self._string(shape, name, number)
            case "boolean":
                return not self._world.bad(name, number)
            case "timestamp":
                return self._world.ago(20 + number % 100)
            case "blob":
                return b"simulated"
        return min(max(shape.metadata.get("min", 1), 1), shape.metadata.get("max", 1))

    def _structure(self, shape: Any, name: str, number: int, depth: int) -> Json:
        members = dict(shape.members)
        if depth >= _DEEP:
            members = {each: member for each, member in members.items() if each in shape.required_members}
        if depth >= 2 * _DEEP or shape.is_document_type:
            return {}
        told = self._members(members, name, number, depth)
        return _one_of(shape, told | {key: value for key, value in self._asked.items() if key in told})

    def _members(self, members: Mapping[str, Any], name: str, number: int, depth: int) -> Json:
        return {
            each: self._value(member, each if len(each) > 4 else f"{name}{each}", number, depth + 1)
            for each, member in members.items()
        }

    def _string(self, shape: Any, name: str, number: int) -> str:
        if shape.enum:
            words: list[str] = shape.enum
            return words[number % len(words)]
        lower = name.lower()
        thing = lower.removesuffix("arn").removesuffix("name").removesuffix("id").rstrip("_") or "thing"
        if lower.endswith("arn"):
            return f"arn:aws:{self._call.service}:{REGION}:{ACCOUNT}:{thing}/{thing}-{number}"
        if lower.endswith(("account", "accountid", "ownerid", "owner")):
            return ACCOUNT
        if lower.endswith("region"):
            return REGION
        if _POLICY.fullmatch(name):
            return self._policy(number)
        return f"{thing}-{number}"

    def _policy(self, number: int) -> str:
        principal = "*" if self._world.bad("policy", number) else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": f"{self._call.service}:*", "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class _Filler(_Maker):
    """Adds to the reply to one call what its shapes have, but for the members that somebody reads."""

    def __init__(self, world: World, call: Call, read: Collection[str]) -> None:
        super().__init__(world, call)
        self._read = read

    def fill(self, told: Json) -> Json:
        """Lists at the top are what there is, and tokens say that there is more: neither is added."""
        shape = self._call.model.output_shape
        if shape is None:
            return told
        whole = self._structured(shape, told, "", self._number)
        return {name: value for name, value in whole.items() if name in told or not self._tells_extent(shape, name)}

    def _tells_extent(self, shape: Any, name: str) -> bool:
        return shape.members[name].type_name == "list" or is_token(self._call.service, self._call.operation, name)

    def _whole(self, shape: Any, told: Any, name: str, number: int) -> Any:
        if isinstance(told, dict) and shape.type_name == "structure" and not _is_one_of(shape):
            return self._structured(shape, told, name, number)
        if isinstance(told, list) and shape.type_name == "list":
            return [self._whole(shape.member, each, _singular(name), at) for at, each in enumerate(told)]
        return told

    def _structured(self, shape: Any, told: Json, name: str, number: int) -> Json:
        """What was told besides what the shape has stays out, as it would when the reply is written."""
        members = shape.members.items()
        lacking = {each: member for each, member in members if each not in told and each not in self._read}
        own = {each: self._whole(member, told[each], each, number) for each, member in members if each in told}
        return self._members(lacking, name, number, _FILLED) | own


def _is_one_of(shape: Any) -> bool:
    return bool(getattr(shape, "is_tagged_union", False))


def _one_of(shape: Any, told: Json) -> Json:
    return dict(list(told.items())[:1]) if _is_one_of(shape) else told


def _singular(name: str) -> str:
    """What an element is called: `TopicArns` has a `TopicArn`."""
    for ending in ("List", "Set", "Summaries", "Summary", "s"):
        name = name.removesuffix(ending) or name
    return name
