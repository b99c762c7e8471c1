"""Mishaps on demand: which calls they hit, and which mishap it is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "error", "throttle", "denied", "scp", "expired", "region_disabled",
    "slow", "reset", "half", "black_hole", "malformed",
]  # fmt: skip
"""What happens instead of the reply.

error             `status` (500, 502, 503 or 504) with the error body of the service's protocol
throttle          the service's throttling error, whatever its quota
denied, scp       the operation is not allowed, by the caller's policies or by a service control policy
expired           the caller's session and all that were issued before it have expired; later ones work
region_disabled   the answer of a region that the account did not enable
slow              the reply, `seconds` later
reset             the connection is reset
half              half the reply, then the connection is closed
black_hole        nothing, for ever
malformed         a reply that cannot be parsed; refusals are whole
"""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which calls are hit: those that all patterns match.

    `sts:AssumeRole` belongs to the account in which the role is.
    """

    kind: Kind
    service: str = "*"
    operation: str = "*"
    account: str = "*"
    region: str = "*"
    probability: float = 1.0
    nth: int = 0
    """Only the n-th call that matches, counted from 1."""
    after_pages: int = 0
    """Only calls for later pages of a listing than so many."""
    times: int = 0
    """At most so often; 0: always."""
    status: int = 503
    code: str = ""
    """Another error code than the protocol's usual one."""
    seconds: float = 5.0


class Faults:
    """The rules and how often each matched. The first rule that hits a call holds."""

    def __init__(self, rules: Iterable[Rule], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - not for secrets
        self.replace(rules)

    def replace(self, rules: Iterable[Rule]) -> None:
        """Other rules from now on; what was counted is forgotten."""
        self.rules = tuple(rules)
        self._matched = Counter[int]()
        self._hit = Counter[int]()
        self._concerning: dict[tuple[str, str], list[tuple[int, Rule]]] = {}

    def find(self, service: str, operation: str, account: str, region: str, page: int) -> Rule | None:
        """The rule that hits a call, which is counted; `page` is 0 for the first one."""
        for number, rule in self._of(service, operation):
            if (
                page >= rule.after_pages
                and fnmatchcase(account, rule.account)
                and fnmatchcase(region, rule.region)
                and self._hits(number, rule)
            ):
                self._hit[number] += 1
                return rule
        return None

    def _of(self, service: str, operation: str) -> list[tuple[int, Rule]]:
        found = self._concerning.get((service, operation))
        if found is None:
            found = self._concerning[service, operation] = [
                (number, rule)
                for number, rule in enumerate(self.rules)
                if fnmatchcase(service, rule.service) and fnmatchcase(operation, rule.operation)
            ]
        return found

    def _hits(self, number: int, rule: Rule) -> bool:
        self._matched[number] += 1
        if rule.nth and self._matched[number] != rule.nth:
            return False
        if rule.times and self._hit[number] >= rule.times:
            return False
        return rule.probability >= 1 or self._random.random() < rule.probability
