"""The mutelist: which findings somebody has accepted, why, who answers for it, and until when.

Its format and what its patterns mean are Prowler's (https://docs.prowler.com/user-guide/cli/tutorials/mutelist), so
that a list mutes the same findings in both tools; `Reason`, `Owner` and `Expires` are this project's own.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

from msgspec import Struct

from aioprowler.facts.prowler_checks import CHECK_ALIASES
from aioprowler.findings.patterns import Match, any_of, check_pattern

ANY: Final = "*"
"""The account that stands for all."""


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
    def patterns(self) -> tuple[str, ...]:
        """All that it searches for."""
        excepted = self.exceptions
        return (
            check_pattern(self.check), *self.regions, *self.resources, *self.tags,
            *excepted.accounts, *excepted.regions, *excepted.resources, *excepted.tags,
        )  # fmt: skip

    @property
    def reads_tags(self) -> bool:
        """Whether it depends on the resource's tags."""
        return bool(self.tags or self.exceptions.tags)

    def has_expired(self, now: datetime.datetime) -> bool:
        """Its last day is over, in UTC."""
        return self.expires is not None and self.expires < now.astimezone(datetime.UTC).date()


class Mutelist(Struct, frozen=True, kw_only=True):
    """The entries in their order, which counts: an exception ends its account's entries for what it matches."""

    entries: tuple[MuteEntry, ...]
    notes: tuple[str, ...] = ()
    """What the user ought to know about the list."""

    def tag_readers(self, now: datetime.datetime) -> Match:
        """Whether some entry that holds asks for the tags of what the check of an id is about."""
        return any_of([check_pattern(e.check) for e in self.entries if e.reads_tags and not e.has_expired(now)])


def renamed(mutelist: Mutelist) -> Iterator[str]:
    """A sentence for each former name of checks that it has."""
    for check in dict.fromkeys(entry.check for entry in mutelist.entries):
        if todays := CHECK_ALIASES.get(check):
            yield f"The mutelist's check {check} is called {' and '.join(todays)} today: what it mutes is that."


def doubts(mutelist: Mutelist, checks: Collection[str], regions: Collection[str]) -> Iterator[str]:
    """What an entry says of account, check and regions that can match nothing: most likely it is misspelt.

    `checks`: every id that is known, also of checks that do not exist here; `regions`: all of AWS's.
    """
    matches = cache(lambda pattern, of_regions: _may_match(pattern, regions if of_regions else checks))
    for entry in mutelist.entries:
        where = f"line {entry.line}" if entry.line else f"account {entry.account}"
        if entry.account != ANY and not re.fullmatch(r"\d{12}", entry.account, re.ASCII):
            yield f"{where}: {entry.account!r:.80} is no account: write twelve digits, or * for all."
        if not matches(check_pattern(entry.check), False):
            near = difflib.get_close_matches(entry.check, checks, n=1)
            yield f"{where}: no check is called like {entry.check!r:.80}.{f' Did you mean {near[0]}?' if near else ''}"
        for region in entry.regions:
            if not matches(region, True):
                yield f"{where}: no region is called like {region!r:.80}."


def _may_match(pattern: str, names: Collection[str]) -> bool:
    found = any_of((pattern,))
    return any(found(name) is not False for name in names)
