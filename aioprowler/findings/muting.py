"""A mutelist applied to the findings of a scan."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import Final

from msgspec.structs import replace

from aioprowler.expressions import Expression, too_slow
from aioprowler.findings.finding import Finding, Mute
from aioprowler.findings.mutelist import ANY, Exceptions, MuteEntry, Mutelist, renamed
from aioprowler.findings.patterns import Match, all_of, always, any_of, check_pattern, compiled, tags_text

_CANDIDATES: Final = 1 << 16
"""Pairs of account and check whose entries are remembered."""
_MANY: Final = 4
"""Entries that are worth an expression for all of them."""
_NAMED: Final = 5
"""Entries that a note names."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What an entry, or its exceptions, ask of a finding. None: nothing."""

    account: Match | None
    region: Match
    resource: Match
    tags: Match | None

    def meet(self, finding: Finding, assumed: bool | None) -> bool | None:
        """None: a pattern takes too long to say. `assumed`: whether its tags match, where nobody tells them."""
        return (
            (self.account is None or self.account(finding.account_id))
            and self.region(finding.region)
            and self.resource(finding.resource_id)
            and (self.tags is None or (self.tags(tags_text(finding.resource_tags)) if assumed is None else assumed))
        )


@dataclass(slots=True)
class Rule:
    """An entry that holds, ready to be applied."""

    entry: MuteEntry
    mute: Mute
    terms: _Terms
    exceptions: _Terms | None
    muted: int = 0
    """Findings so far."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Entries that follow each other in an account's list and have the same check."""

    check: Match
    resource: Match
    """What all of the entries need, tried before each of them is."""
    rules: Sequence[Rule]


class _Expressions(dict[str, Expression | None]):
    """The compiled expressions of patterns; one that is spent stays so."""

    def __missing__(self, pattern: str) -> Expression | None:
        return self.setdefault(pattern, compiled(pattern))


class Muting:
    """Applies a mutelist to the findings of one scan: a Treatment, which counts what each entry mutes.

    An entry is found by its account and check, once for each pair of them; what is left for a finding is to look for
    a few patterns. Memory grows with the list, not with findings.
    """

    def __init__(self, mutelist: Mutelist, now: datetime.datetime) -> None:
        """`now`: the clock by which entries expire."""
        self.mutelist = mutelist
        self.expired = [entry for entry in mutelist.entries if entry.has_expired(now)]
        self._expressions = _Expressions()
        matcher = cache(lambda patterns: any_of(patterns, self._expressions.__getitem__))
        by_account: dict[str, list[Rule]] = {entry.account: [] for entry in mutelist.entries}
        for entry in mutelist.entries:
            if not entry.has_expired(now):
                by_account[entry.account].append(_rule(entry, matcher))
        self._lists = [list(_runs(rules, matcher)) for rules in by_account.values()]
        self._of_account = {
            account: tuple(n for n, name in enumerate(by_account) if name in (account, ANY)) for account in by_account
        }
        self._of_any = self._of_account.get(ANY, ())
        self._candidates = lru_cache(_CANDIDATES)(self._find)
        self.undecided = 0
        """Findings of which some entry cannot be decided, because nobody tells their tags."""

    def __call__(self, findings: list[Finding], unsure: Container[str] = ()) -> list[Finding]:
        """`unsure`: the uids of those whose tags nobody tells. What depends on them is not muted."""
        return [self._treated(each, None if each.uid not in unsure else False) for each in findings]

    def _treated(self, finding: Finding, assumed: bool | None) -> Finding:
        rule = self.rule_for(finding, assumed)
        if rule is None:
            self.undecided += assumed is not None and self.rule_for(finding, True) is not None
            return finding
        rule.muted += 1
        return replace(finding, muted=True, mute=rule.mute)

    def rule_for(self, finding: Finding, assumed: bool | None = None) -> Rule | None:
        """The first entry that mutes the finding. `assumed`: whether its tags are those that entries ask for, where
        nobody tells them; so that False mutes as little as may be, and True as much.
        """
        for number in self._of_account.get(finding.account_id, self._of_any):
            if (rule := self._first(number, finding, assumed)) is not None:
                return rule
        return None

    def _first(self, number: int, finding: Finding, assumed: bool | None) -> Rule | None:
        """The same of one account's list."""
        excepted = None if assumed is None else not assumed
        for run in self._candidates(number, finding.check_id):
            if run.resource(finding.resource_id) is not False:
                for rule in run.rules:
                    if rule.exceptions is not None and rule.exceptions.meet(finding, excepted) is not False:
                        return None
                    if rule.terms.meet(finding, assumed):
                        return rule
        return None

    def _find(self, number: int, check_id: str) -> tuple[_Run, ...]:
        found = []
        for run in self._lists[number]:
            decided = run.check(check_id)
            if decided is None:
                break  # it may except what comes after it
            if decided:
                found.append(run)
        return tuple(found)

    def notes(self) -> list[str]:
        """What is to be said before the scan: about the list, and which entries have expired."""
        return [
            *self.mutelist.notes,
            *renamed(self.mutelist),
            *_note("Expired entries of the mutelist, which mute nothing", self.expired),
        ]

    def unused(self, chosen: Collection[str], known: Collection[str]) -> list[str]:
        """What is to be said after it: which entries muted nothing, but not those for checks that were not `chosen`.

        An entry for no check that is `known` is named, too.
        """
        idle = [
            rule.entry
            for run in chain.from_iterable(self._lists)
            if any(map(run.check, chosen)) or not any(map(run.check, known))
            for rule in run.rules
            if not rule.muted
        ]
        return [*self.doubts(), *_note("Entries of the mutelist that muted nothing", idle)]

    def doubts(self) -> Iterator[str]:
        """What is to be said of findings that are not muted because nobody knows whether they should be."""
        for pattern in [text for text, each in self._expressions.items() if each is not None and each.is_spent]:
            entries = _named([entry for entry in self.mutelist.entries if pattern in entry.patterns])
            told = too_slow(f"The mutelist's pattern {pattern!r:.80} of {entries}")
            yield f"{told}. What depends on it is not muted."
        if self.undecided:
            yield (
                f"{self.undecided:,} findings may be what entries of the mutelist accept by tag, but their tags could "
                "not be read: they are not muted."
            )


def _note(title: str, entries: Sequence[MuteEntry]) -> list[str]:
    """One line, or none."""
    return [f"{title}: {_named(entries)}."] if entries else []


def _named(entries: Sequence[MuteEntry]) -> str:
    more = f", and {len(entries) - _NAMED:,} more" if len(entries) > _NAMED else ""
    return f"{', '.join(map(str, entries[:_NAMED]))}{more}"


def _rule(entry: MuteEntry, matcher: Callable[[tuple[str, ...]], Match]) -> Rule:
    expires = entry.expires.isoformat() if entry.expires else ""
    tags = _tags(entry.tags, matcher)
    return Rule(
        entry=entry,
        mute=Mute(reason=entry.reason, owner=entry.owner, expires=expires),
        terms=_Terms(None, matcher(entry.regions), matcher(entry.resources), tags),
        exceptions=_terms(entry.exceptions, matcher) if entry.exceptions != Exceptions() else None,
    )


def _terms(exceptions: Exceptions, matcher: Callable[[tuple[str, ...]], Match]) -> _Terms:
    account, region, resource = (
        matcher(patterns or (ANY,)) for patterns in (exceptions.accounts, exceptions.regions, exceptions.resources)
    )
    return _Terms(account, region, resource, _tags(exceptions.tags, matcher))


def _tags(patterns: Sequence[str], matcher: Callable[[tuple[str, ...]], Match]) -> Match | None:
    return all_of([matcher((pattern,)) for pattern in patterns]) if patterns else None


def _runs(rules: Iterable[Rule], matcher: Callable[[tuple[str, ...]], Match]) -> Iterator[_Run]:
    for (check, excepts), group in groupby(rules, lambda rule: (rule.entry.check, rule.exceptions is not None)):
        alike = list(group)
        resources = chain.from_iterable(rule.entry.resources for rule in alike)
        # An exception ends the list whatever the resources are, and few entries are as quickly tried themselves.
        resource = always if excepts or len(alike) < _MANY else matcher(tuple(resources))
        yield _Run(matcher((check_pattern(check),)), resource, alike)
