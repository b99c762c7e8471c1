"""The mutelist: which findings somebody has accepted, why, who answers for it, and until when.

Its format and what its patterns mean are Prowler's (https://docs.prowler.com/user-guide/cli/tutorials/mutelist), so
that a list mutes the same findings in both tools; `Reason`, `Owner` and `Expires` are this project's own.
"""

from __future__ import annotations

import datetime
import difflib
import re
import warnings
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from aioprowler.findings.finding import Finding, Mute

ANY: Final = "*"
"""The account that stands for all."""

_PLAIN: Final = re.compile(r"[^\\^$*+?{}\[\]|()]*")
"""A text whose only special character may be the dot."""
_CANDIDATES: Final = 1 << 16
"""Pairs of account and check whose entries are remembered."""
_MANY: Final = 4
"""Entries that are worth an expression for all of them."""
_DEEPEST: Final = 50
"""Groups in each other."""
_NAMED: Final = 5
"""Entries that a note names."""


class Exceptions(Struct, frozen=True, kw_only=True):
    """What an entry leaves alone. All that are given must match; of each, one pattern (of the tags, all)."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class MuteEntry(Struct, frozen=True, kw_only=True):
    """One entry: it mutes what matches account, check, region, resource and tags."""

    account: str
    """Its id, or `*` for all."""
    check: str
    """A pattern, as are the following: see `expression`."""
    regions: tuple[str, ...] = (ANY,)
    resources: tuple[str, ...] = (ANY,)
    """One of them is found in the resource's id."""
    tags: tuple[str, ...] = ()
    """All of them are found in the resource's tags, `key=value | key=value`."""
    exceptions: Exceptions = Exceptions()
    reason: str = ""
    owner: str = ""
    expires: datetime.date | None = None
    """The last day on which it holds, in UTC."""
    line: int | None = None
    """Where it stands, if it stands in a file."""

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        return f"{self.check} ({where}account {self.account})"

    @property
    def reads_tags(self) -> bool:
        """Whether it depends on the resource's tags."""
        return bool(self.tags or self.exceptions.tags)

    def has_expired(self, now: datetime.datetime) -> bool:
        return self.expires is not None and self.expires < now.astimezone(datetime.UTC).date()


class Mutelist(Struct, frozen=True, kw_only=True):
    """The entries in their order, which counts: an exception ends its account's entries for what it matches."""

    entries: tuple[MuteEntry, ...]
    notes: tuple[str, ...] = ()
    """What the user ought to know about the list."""

    def tag_readers(self, now: datetime.datetime) -> Match:
        """Whether some entry that holds asks for the tags of what the check of an id is about."""
        return any_of([check_pattern(e.check) for e in self.entries if e.reads_tags and not e.has_expired(now)])


# ---------------------------------------------------------------------- patterns
Match = Callable[[str], bool]


def expression(pattern: str) -> str:
    """A pattern as a regular expression that is searched for: every `*` stands for `.*`, even after a dot."""
    return pattern.replace("*", ".*")


def compiled(pattern: str) -> re.Pattern[str] | None:
    """The compiled expression; None where nothing but a text is searched for. Raises ValueError with the reason."""
    if _word(pattern) is not None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a future meaning of `[[`: nobody could read it here
            return re.compile(expression(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def check_pattern(check: str) -> str:
    """Prowler calls the service of `lambda` checks `awslambda`; lists may say either."""
    return f"aws{check}" if check.startswith("lambda") else check


def _word(pattern: str) -> str | None:
    """The text to search for, in which a dot stands for any character; None if the pattern is more than that."""
    inner = pattern.strip("*")  # `.*` at an end of what is searched for changes nothing
    return inner if _PLAIN.fullmatch(inner) else None


def any_of(patterns: Sequence[str]) -> Match:
    """Whether one of the patterns is found; texts are searched for together, however many they are."""
    words = {word for pattern in patterns if (word := _word(pattern)) is not None}
    if "" in words:
        return _always
    searches = [found.search for pattern in patterns if (found := compiled(pattern)) is not None]
    if words:
        searches.append(re.compile(_alternatives(sorted(words))).search)
    match searches:
        case []:
            return _never
        case [search]:
            return lambda text: search(text) is not None
    return lambda text: any(search(text) for search in searches)


def all_of(patterns: Sequence[str]) -> Match:
    """Whether each of the patterns is found."""
    each = [any_of((pattern,)) for pattern in patterns]
    return lambda text: all(match(text) for match in each)


def _always(text: str) -> bool:  # noqa: ARG001 - a Match
    return True


def _never(text: str) -> bool:  # noqa: ARG001 - a Match
    return False


def _alternatives(words: Sequence[str], depth: int = 0) -> str:
    """An expression for any of the sorted words, which has each beginning once, and ends where the shortest does."""
    if depth == _DEEPEST:
        return "|".join(map(_literal, words))
    branches = []
    for _, group in groupby(words, lambda word: word[0]):
        alike = list(group)
        start = _shared(alike[0], alike[-1])
        rest = [word[len(start) :] for word in alike]
        more = "" if "" in rest else f"(?:{_alternatives(rest, depth + 1)})"
        branches.append(_literal(start) + more)
    return "|".join(branches)


def _shared(first: str, last: str) -> str:
    """How all words begin that are sorted between two."""
    differs = (n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differs, len(first))]


def _literal(word: str) -> str:
    return re.escape(word).replace(r"\.", ".")


def tags_text(tags: dict[str, str]) -> str:
    """The tags as patterns meet them."""
    return " | ".join([f"{key}={value}" for key, value in tags.items()])


# ------------------------------------------------------------------------ muting
@dataclass(frozen=True, slots=True)
class _Terms:
    """What an entry, or its exceptions, ask of a finding. None: nothing."""

    account: Match | None
    region: Match
    resource: Match
    tags: Match | None

    def meet(self, finding: Finding, assumed: bool | None) -> bool:
        """`assumed`: whether its tags match, where nobody tells them."""
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


class Muting:
    """Applies a mutelist to the findings of one scan: a Treatment, which counts what each entry mutes.

    An entry is found by its account and check, once for each pair of them; what is left for a finding is to look for
    a few patterns. Memory grows with the list, not with findings.
    """

    def __init__(self, mutelist: Mutelist, now: datetime.datetime) -> None:
        """`now`: the clock by which entries expire."""
        self.mutelist = mutelist
        self.expired = [entry for entry in mutelist.entries if entry.has_expired(now)]
        matcher = cache(any_of)
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
            if run.resource(finding.resource_id):
                for rule in run.rules:
                    if rule.exceptions is not None and rule.exceptions.meet(finding, excepted):
                        return None
                    if rule.terms.meet(finding, assumed):
                        return rule
        return None

    def _find(self, number: int, check_id: str) -> tuple[_Run, ...]:
        return tuple(run for run in self._lists[number] if run.check(check_id))

    def notes(self) -> list[str]:
        """What is to be said before the scan: about the list, and which entries have expired."""
        return [*self.mutelist.notes, *_note("Expired entries of the mutelist, which mute nothing", self.expired)]

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
        return [*self._doubts(), *_note("Entries of the mutelist that muted nothing", idle)]

    def _doubts(self) -> Iterator[str]:
        if self.undecided:
            yield (
                f"{self.undecided:,} findings may be what entries of the mutelist accept by tag, but their tags could "
                "not be read: they are not muted."
            )


def doubts(mutelist: Mutelist, checks: Collection[str], regions: Collection[str]) -> Iterator[str]:
    """What an entry says of account, check and regions that can match nothing: most likely it is misspelt.

    `checks`: every id that is known, also of checks that do not exist here; `regions`: all of AWS's.
    """
    matches = cache(lambda patterns, of_regions: any(map(any_of(patterns), regions if of_regions else checks)))
    for entry in mutelist.entries:
        where = f"line {entry.line}" if entry.line else f"account {entry.account}"
        if entry.account != ANY and not re.fullmatch(r"\d{12}", entry.account, re.ASCII):
            yield f"{where}: {entry.account!r} is no account: write twelve digits, or * for all."
        if not matches((check_pattern(entry.check),), False):
            near = difflib.get_close_matches(entry.check, checks, n=1)
            yield f"{where}: no check is called like {entry.check!r}.{f' Did you mean {near[0]}?' if near else ''}"
        for region in entry.regions:
            if not matches((region,), True):
                yield f"{where}: no region is called like {region!r}."


def _note(title: str, entries: Sequence[MuteEntry]) -> list[str]:
    """One line, or none."""
    if not entries:
        return []
    more = f", and {len(entries) - _NAMED:,} more" if len(entries) > _NAMED else ""
    return [f"{title}: {', '.join(map(str, entries[:_NAMED]))}{more}."]


def _rule(entry: MuteEntry, matcher: Callable[[tuple[str, ...]], Match]) -> Rule:
    expires = entry.expires.isoformat() if entry.expires else ""
    tags = all_of(entry.tags) if entry.tags else None
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
    return _Terms(account, region, resource, all_of(exceptions.tags) if exceptions.tags else None)


def _runs(rules: Iterable[Rule], matcher: Callable[[tuple[str, ...]], Match]) -> Iterator[_Run]:
    for (check, excepts), group in groupby(rules, lambda rule: (rule.entry.check, rule.exceptions is not None)):
        alike = list(group)
        resources = chain.from_iterable(rule.entry.resources for rule in alike)
        # An exception ends the list whatever the resources are, and few entries are as quickly tried themselves.
        resource = _always if excepts or len(alike) < _MANY else any_of(tuple(resources))
        yield _Run(matcher((check_pattern(check),)), resource, alike)
