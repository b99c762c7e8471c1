"""What coordinator and workers tell each other, in msgpack.

Of a finding only what differs within a check and an account goes over the wire: the rest, which is most of it, both
sides know.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.organization import Member
from aioprowler.aws.api import Calls, Cause, LeftOut
from aioprowler.aws.credentials import Keys
from aioprowler.declarations.account import Account
from aioprowler.declarations.checks import Severity, Status
from aioprowler.declarations.failure import FailureKind
from aioprowler.engine.cells import Cell
from aioprowler.findings.coverage import Limits, NotEntered, Settings, Unfinished
from aioprowler.findings.finding import Finding, Untold
from aioprowler.scanning.journal import AccountDone, Blind, Completed
from aioprowler.scanning.progress import Progress


class Found(Struct, frozen=True, array_like=True, gc=False):
    """A finding, without what its check and its account say."""

    check_id: str
    uid: str
    status: Status
    status_detail: str
    gap: Untold | None
    severity: Severity
    resource_id: str
    resource_arn: str
    resource_name: str
    resource_tags: dict[str, str]
    region: str
    command: str
    further_commands: tuple[str, ...]

    @classmethod
    def of(cls, finding: Finding) -> Found:
        """A finding as it goes over the wire."""
        return cls(*_told_of(finding))


_told_of = attrgetter(*Found.__struct_fields__)


class Message(Struct, frozen=True, tag=True, array_like=True):
    """From a worker, about a run of a batch."""

    batch: int
    run: int
    """Of two runs of a batch the one with the higher number is the later one."""


class Began(Message, frozen=True, tag=True, array_like=True):
    """The run waits for its accounts."""


class Findings(Message, frozen=True, tag=True, array_like=True):
    """Some of an account's."""

    account_id: str
    found: list[Found]
    unsure: list[str]


class Complete(Message, frozen=True, tag=True, array_like=True):
    """A cell, or with neither type nor place an account, or with a place alone a region that did not answer."""

    account_id: str
    kind: str | None = None
    place: str | None = None

    @classmethod
    def of(cls, batch: int, run: int, each: Completed) -> Complete:
        """What is complete, as it goes over the wire."""
        match each:
            case Cell():
                return cls(batch, run, each.account_id, each.kind, each.place)
            case Blind():
                return cls(batch, run, each.account_id, None, each.region)
            case AccountDone():
                return cls(batch, run, each.account_id)
        raise TypeError(each)

    @property
    def entry(self) -> Completed:
        """As the journal has it."""
        if self.kind is not None and self.place is not None:
            return Cell(self.account_id, self.kind, self.place)
        return AccountDone(self.account_id) if self.place is None else Blind(self.account_id, self.place)


class Question(Message, frozen=True, tag=True, array_like=True):
    """What a worker cannot answer by itself: an account's credentials once more, or what the other accounts have."""

    number: int
    account_id: str = ""
    rejected: str = ""
    """The access key that AWS called expired; empty where it is about to expire."""
    kind: str = ""
    """The type of `Names`: see `name_of`."""
    name: str = ""


class Line(Struct, frozen=True, array_like=True, gc=False):
    """Of the log."""

    level: int
    time: float
    """Seconds since the epoch."""
    text: str
    traceback: str | None


class Logged(Message, frozen=True, tag=True, array_like=True):
    """What the worker's part of the scan has logged since the last time, whichever batch it was about."""

    lines: list[Line]


class Left(Message, frozen=True, tag=True, array_like=True):
    """An account is finished, or cut off."""

    account_id: str
    report: Report


class Entered(Message, frozen=True, tag=True, array_like=True):
    """An account, as the worker that entered it knows it."""

    account: Account


class Refused(Message, frozen=True, tag=True, array_like=True):
    """An account could not be entered: as an EntryError has it."""

    account_id: str
    source: str
    advice: str
    kind: FailureKind
    action: str
    code: str

    @classmethod
    def of(cls, batch: int, run: int, account_id: str, error: EntryError) -> Refused:
        """An error, as it goes over the wire."""
        return cls(batch, run, account_id, error.source, error.advice, error.kind, error.action, error.code)

    def error(self, name: str) -> EntryError:
        """As it was. `name`: the account's."""
        made = EntryError(
            self.source, self.advice, account_id=self.account_id, kind=self.kind, action=self.action, code=self.code
        )
        made.account_name = name
        return made


class Failed(Message, frozen=True, tag=True, array_like=True):
    """The visit to an account ended by a mistake of the program."""

    account_id: str
    reason: str


class Over(Message, frozen=True, tag=True, array_like=True):
    """All accounts of the batch are finished."""


class Report(Struct, frozen=True, kw_only=True):
    """What a visit adds to the figures of the scan."""

    progress: Visited
    made: dict[str, int]
    unanswered: dict[str, int]
    failures: list[tuple[Cause, int]]
    """With the calls that met each."""
    limited: dict[str, tuple[int, int, int, datetime.datetime | None]]
    """`service:Operation` -> resources, places, places not counted to the end, and the moment back to which all was
    read.
    """
    throttles: dict[str, int]
    retries: dict[str, int]
    blind: dict[str, int]
    """Regions in which tags could not be read."""
    untold: int
    undescribed: list[str]
    settings: Settings | None
    sessions: dict[str, int]
    session_policy: Limits
    """Of all sessions that the worker has opened so far."""
    unseen: list[tuple[str, str]] | None
    """Checks and regions in which not all was seen; None where nobody wants to know it."""


class Visited(Struct, frozen=True, kw_only=True):
    """What the visit to an account adds to a Progress, by the names of its fields."""

    first: Account | None
    finished: int
    incomplete: dict[str, str]
    not_entered: list[NotEntered]
    unfinished: list[Unfinished]
    transient: int
    unseen: dict[str, int]
    unknown: dict[str, int]
    not_enabled: dict[str, int]
    regions: list[tuple[tuple[str, ...], int]]
    without_region: list[str]
    notes: list[str]

    @classmethod
    def of(cls, progress: Progress) -> Visited:
        """The figures of one visit."""
        told = {name: getattr(progress, name) for name in cls.__struct_fields__ if name != "regions"}
        return cls(regions=list(progress.regions.items()), **told)

    def add_to(self, progress: Progress) -> None:
        """To the figures of the whole scan."""
        progress.first = progress.first or self.first
        progress.finished += self.finished
        progress.transient += self.transient
        progress.incomplete.update(self.incomplete)
        progress.not_entered += self.not_entered
        progress.unfinished += self.unfinished
        progress.without_region += self.without_region
        progress.notes += [note for note in self.notes if note not in progress.notes]
        progress.unseen.update(self.unseen)
        progress.unknown.update(self.unknown)
        progress.not_enabled.update(self.not_enabled)
        progress.regions.update(dict(self.regions))


def limits_of(calls: Calls) -> dict[str, tuple[int, int, int, datetime.datetime | None]]:
    """What limits of the configuration left out, as a Report has it."""
    return {name: (each.resources, each.places, each.uncounted, each.since) for name, each in calls.limited.items()}


class Task(Struct, frozen=True, kw_only=True):
    """An account to visit."""

    account: Account
    keys: Keys | None
    """None: the worker enters it, with credentials of its own."""
    profile: str | None
    member: Member | None
    """How it does."""
    cells: list[tuple[str, str]]
    """Type and place of those that are complete."""


class Begin(Struct, frozen=True, tag=True):
    """To a worker: what is scanned and how."""

    options: bytes
    """Pickled ScanOptions, without accounts and credentials."""
    files: dict[str, bytes]
    """The user's checks, metadata and frameworks, by the paths that the options have of them."""
    profiles: bool
    """Whether the worker has the coordinator's AWS configuration."""
    source: CredentialSource
    """From which workers enter accounts: their own credentials, and with a role that role first."""
    shares: int
    """Workers among whom the base account's quotas are shared out."""
    level: int
    """From which on the coordinator wants to have what is logged."""
    accompanied: bool
    """Whether it wants to know what was not seen in full."""


class Accounts(Struct, frozen=True, tag=True):
    """To a run that waits for its accounts."""

    batch: int
    run: int
    tasks: list[Task]


class Enough(Struct, frozen=True, tag=True):
    """To a run of which all that it told has arrived, or which comes too late: it ends, and with it its task."""

    batch: int
    run: int


class Answer(Struct, frozen=True, tag=True):
    """To a question: keys, whether another account has something, or what went wrong."""

    number: int
    keys: Keys | None = None
    has: bool | None = None
    failure: tuple[str, str, str, str] | None = None
    """Kind, action, code and message."""


def name_of(kind: type) -> str:
    """Of a type that both sides have of the plan, by which neither imports what the other says."""
    return f"{kind.__module__}:{kind.__qualname__}"


Told = Began | Entered | Findings | Complete | Question | Logged | Left | Refused | Failed | Over
Given = Begin | Accounts | Enough | Answer

_encoder = msgspec.msgpack.Encoder()
_told = msgspec.msgpack.Decoder(list[Told])
_given: msgspec.msgpack.Decoder[Given] = msgspec.msgpack.Decoder(Given)


def encode(messages: Any) -> bytes:
    """Messages as they go over the wire."""
    return _encoder.encode(messages)


def joined(told: Sequence[Told]) -> list[Told]:
    """The same, with what was found in an account in one message between its others: each takes the coordinator as long
    as several findings do.
    """
    kept: list[Told] = []
    latest: dict[tuple[int, int, str], Findings] = {}
    for message in told:
        whose = message.batch, message.run, getattr(message, "account_id", "")
        known = latest.pop(whose, None)
        if isinstance(message, Findings):
            if known is not None:
                known.found.extend(message.found)
                known.unsure.extend(message.unsure)
            else:
                kept.append(message)
            latest[whose] = known or message
        else:
            kept.append(message)
    return kept


def told(body: bytes) -> list[Told]:
    """What a worker told. Raises msgspec.MsgspecError."""
    return _told.decode(body)


def given(body: bytes) -> Given:
    """What the coordinator gave. Raises msgspec.MsgspecError."""
    return _given.decode(body)


def add_calls(report: Report, calls: Calls, account_id: str) -> None:
    """A visit's calls, to those of the whole scan."""
    calls.made.update(report.made)
    calls.unanswered.update(report.unanswered)
    for cause, count in report.failures:
        calls.met(cause, account_id, count)
    for name, (resources, places, uncounted, since) in report.limited.items():
        calls.leave_out(name, account_id, LeftOut(resources, places, uncounted, since=since))
