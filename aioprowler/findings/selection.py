"""Which resources a scan is about: by their ARNs, in which `*` and `?` stand for anything, and by their tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from aioprowler.errors import UsageError
from aioprowler.expressions import wildcard

_SEGMENTS: Final = 6
_OF_AWS: Final = "aws"
"""In the place of the account, of what AWS has for all accounts."""
_WILDCARD: Final = re.compile(r"[*?]")
_KIND: Final = re.compile(r"([^/:*?]*[/:]).*", re.DOTALL)
"""In the resource of an ARN, the word for its type with what comes after."""
_MANY: Final = 200


class ArnPattern(Struct, frozen=True):
    """An ARN by its parts. A wildcard never reaches beyond its part; the resource is all that follows the account."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> ArnPattern:
        """Raises UsageError for what cannot be an ARN."""
        parts = text.split(":", _SEGMENTS - 1)
        if len(parts) < _SEGMENTS or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            raise UsageError(
                f"--resource-arn {text!r:.80}: give an ARN, such as arn:aws:s3:::reports or arn:aws:ec2:eu-west-1:"
                "123456789012:instance/*."
            )
        return cls(*parts[1:])

    @property
    def parts(self) -> tuple[str, ...]:
        """What stands between the colons of an ARN, after `arn`."""
        return self.partition, self.service, self.region, self.account, self.resource

    def meets(self, other: ArnPattern) -> bool:
        """Whether an ARN can be like both; true where that is not certain."""
        return all(map(may_meet, self.parts, other.parts))

    @property
    def expression(self) -> re.Pattern[str]:
        """What an ARN like it matches."""
        *places, resource = self.parts
        return re.compile(":".join(["arn", *(wildcard(part, "[^:]") for part in places), wildcard(resource)]))


def may_meet(one: str, other: str) -> bool:
    """Whether a text can be like both, judged by what comes before the first wildcard of each."""
    head, other_head = (_WILDCARD.split(each, maxsplit=1)[0] for each in (one, other))
    if head == one and other_head == other:
        return one == other
    if head == one:
        return one.startswith(other_head)
    if other_head == other:
        return other.startswith(head)
    return head.startswith(other_head) or other_head.startswith(head)


def bare(arn: str) -> str:
    """The ARN of a log group without the `:*` that CloudWatch Logs adds in some of its replies."""
    return arn.removesuffix(":*")


def service_of(arn: str) -> str:
    """As ARNs name it; empty if it is none."""
    return f"{arn}:::".split(":", 3)[2]


class Arns:
    """The ARNs that are asked for. Thousands without wildcards cost no more than one."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises UsageError."""
        self.patterns = {text: ArnPattern.parse(text) for text in texts}
        self.shapes = _coarse(self.patterns.values())
        """What they are like: few, of however many."""
        self._accounts = {each.account for each in self.patterns.values()}
        self._exact = {bare(text): text for text in self.patterns if not _WILDCARD.search(bare(text))}
        self._wild = {text: each.expression for text, each in self.patterns.items() if _WILDCARD.search(bare(text))}

    def like(self, arn: str) -> list[str]:
        """Those that the ARN is like; empty: it is not asked for."""
        arn = bare(arn)
        found = [text for text, expression in self._wild.items() if expression.fullmatch(arn)]
        return [self._exact[arn], *found] if arn in self._exact else found

    def may_be_in(self, account_id: str) -> bool:
        """Whether one of the resources can be in the account. The ARNs of buckets, and of AWS's own policies, do not
        tell it.
        """
        return any(each in ("", _OF_AWS) or may_meet(each, account_id) for each in self._accounts)


def _coarse(patterns: Iterable[ArnPattern]) -> frozenset[ArnPattern]:
    """Without accounts and ids: `instance/*` for all instances of a region."""
    found = {replace(each, account="*", resource=_KIND.sub(r"\1*", each.resource)) for each in patterns}
    return frozenset(found if len(found) <= _MANY else {replace(each, resource="*") for each in found})


class Tags:
    """The tags that are asked for: all of them, and of a key that is there several times one of its values."""

    def __init__(self, texts: Sequence[str], option: str = "--resource-tag") -> None:
        """`KEY=VALUE`, or `KEY` for any value. Raises UsageError, which names the option."""
        self.values: dict[str, set[str]] = {}
        any_value: set[str] = set()
        for text in texts:
            key, equals, value = text.partition("=")
            if not key:
                raise UsageError(f"{option} {text!r:.80}: give KEY=VALUE, or KEY for any value.")
            self.values.setdefault(key, set()).add(value)
            if not equals:
                any_value.add(key)
        self.values |= {key: set() for key in any_value}

    def carried_by(self, tags: Mapping[str, str]) -> bool:
        """Whether tags have each wanted key, with one of its wanted values where there are any."""
        return all(key in tags and (not values or tags[key] in values) for key, values in self.values.items())

    @property
    def filters(self) -> list[dict[str, str | list[str]]]:
        """The same for `tagging:GetResources`."""
        return [{"Key": key, **({"Values": sorted(values)} if values else {})} for key, values in self.values.items()]


def is_within(unit: str, upper: str) -> bool:
    """Whether an organizational unit is the upper one or below it, by their paths below the root."""
    return f"{unit}/".startswith(f"{upper.strip('/')}/")
