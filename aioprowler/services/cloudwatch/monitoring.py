"""Which events of the account raise an alarm that somebody gets: from trails over metric filters and alarms to topics.

Each link of that chain holds, does not, or is not known; `Link` says which with the words for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from aioprowler import Account, Fail, Failure, Manual, Pass, Seen, Verdict, derive
from aioprowler.judging.verdicts import about
from aioprowler.services.cloudtrail.resources import UNTOLD, KnownTrail, Recorders, Trail, Trails
from aioprowler.services.cloudtrail.selectors import Selectors
from aioprowler.services.cloudwatch.events import CONTROLS, NOTHING, OWN, Catch, Catches, Control, catches
from aioprowler.services.cloudwatch.resources import Metric, MetricAlarm, MetricFilter
from aioprowler.services.sns.receivers import TopicReceivers
from aioprowler.services.sns.resources import Subscription


class Link(msgspec.Struct, frozen=True):
    """Whether one thing leads on to the next; None: nobody knows."""

    holds: bool | None
    why: str
    """What holds, as the subject of a sentence; else the sentence that says why not."""


_RANKS: Final[Mapping[bool | None, int]] = {True: 2, None: 1, False: 0}


def best(links: Iterable[Link], otherwise: str = "") -> Link:
    """The first of those that are best; where there is none, that it does not hold, otherwise."""
    return max(links, key=lambda link: _RANKS[link.holds], default=Link(False, otherwise))


class Sender(msgspec.Struct, frozen=True):
    """A trail that names a log group."""

    trail: Trail
    link: Link
    selectors: Selectors | None = None
    """None: what it records is not known, or does not matter."""

    def leaves_out(self, control: Control) -> frozenset[int]:
        """The occurrences of a control that it does not record, by their indices."""
        if self.selectors is None:
            return frozenset()
        occurrences = enumerate(control.occurrences)
        return frozenset(index for index, each in occurrences if self.selectors.leaves_out(each.fields))

    @property
    def may_tell(self) -> bool:
        """Whether it may send something that a control is about."""
        return self.link.holds is not False and any(
            len(self.leaves_out(control)) < len(control.occurrences) for control in CONTROLS
        )


class Watch(msgspec.Struct, frozen=True):
    """A metric filter on a log group that a trail names."""

    filter: MetricFilter
    sender: Sender
    alarm: Link
    caught: Catches

    @property
    def name(self) -> str:
        """As verdicts call it."""
        return f"{self.filter.label} on {self.filter.log_group.label}"

    @property
    def works(self) -> bool | None:
        """Whether what it catches raises an alarm that somebody gets."""
        return min((self.sender.link.holds, self.alarm.holds), key=lambda holds: _RANKS[holds])

    @property
    def flaws(self) -> str:
        """In sentences."""
        return " ".join(link.why for link in (self.sender.link, self.alarm) if not link.holds)

    def catch(self, control: Control) -> Catch:
        """What of a control it catches, of that which the trail records."""
        caught = self.caught.of(control)
        return caught.without(self.sender.leaves_out(control)) if caught != NOTHING else caught

    def unrecorded(self, control: Control) -> str:
        """That the trail lacks what its pattern would catch, in a sentence; empty where it does not."""
        lost = self.caught.of(control).certain & self.sender.leaves_out(control)
        return f" {self.sender.trail.label} does not record {control.called(lost)}." if lost else ""


class Monitoring(msgspec.Struct, frozen=True):
    """All that an account watches its trails by."""

    watches: tuple[Watch, ...]
    unseen: tuple[str, ...] = ()
    """Sentences on what may raise alarms and cannot be seen."""

    def of(self, account: Account, control: Control) -> Verdict:
        """PASS where each occurrence raises an alarm that somebody gets. Filters may share them."""
        every = frozenset(range(len(control.occurrences)))
        found = [(each, each.catch(control)) for each in self.watches]
        alarmed = _union(catch.certain for each, catch in found if each.works)
        if alarmed == every:
            return _pass(control, found)
        possible = _union(catch.certain | catch.doubtful for each, catch in found if each.works is not False)
        doubts = list(_doubts(control, found, alarmed)) if possible == every else []
        if doubts or self.unseen:
            doubts.extend(self.unseen)
            told = f"Whether {control.subject} raise an alarm is not known. {' '.join(dict.fromkeys(doubts))}"
            alone = (each.filter.log_group for each, catch in found if each.works is None and catch.certain == every)
            return about(Manual(told), resource=next(alone, None))
        return _fail(account, control, found, every)


def _pass(control: Control, found: list[tuple[Watch, Catch]]) -> Pass:
    watch = max((each for each in found if each[0].works), key=lambda each: len(each[1].certain))[0]
    return about(
        Pass(f"{watch.name} catches {control.subject}, and {watch.alarm.why} tells of them."),
        resource=watch.filter.log_group,
    )


def _fail(account: Account, control: Control, found: list[tuple[Watch, Catch]], every: frozenset[int]) -> Fail:
    caught = [(each, catch.certain) for each, catch in found if catch.certain]
    if missed := every - _union(certain for _, certain in caught):
        return _missing(account, control, found, missed)
    alarmed = _union(certain for watch, certain in caught if watch.works)
    watch, certain = max(caught, key=lambda each: (len(each[1] - alarmed), _RANKS[each[0].sender.link.holds]))
    if certain != every:
        untold = f"{control.called(certain - alarmed)} of {control.subject}"
        return Fail(f"{watch.name} catches {untold}, and nobody is told. {watch.flaws}")
    whole = Fail(f"{watch.name} catches {control.subject}, and nobody is told. {watch.flaws}")
    return about(whole, resource=watch.filter.log_group)


def _missing(account: Account, control: Control, found: list[tuple[Watch, Catch]], missed: frozenset[int]) -> Fail:
    """Some occurrences are caught by no filter, or are nothing that the trail before it records."""
    told = [each for each in found if each[0].caught.of(control).certain]
    if not told:
        return Fail(
            f"No metric filter on a log group that a trail of account {account.id} sends to catches {control.subject}."
        )
    watch, _ = max(told, key=lambda each: (len(each[1].certain), _RANKS[each[0].works]))
    lost, flaws = watch.unrecorded(control), f" {watch.flaws}" if watch.flaws else ""
    fail = Fail(f"{watch.name} does not catch all {control.subject}: it misses {control.called(missed)}.{lost}{flaws}")
    return (
        about(fail, resource=watch.filter.log_group) if lost and not missed - watch.caught.of(control).certain else fail
    )


def _union(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset[int]().union(*sets)


def _doubts(control: Control, found: list[tuple[Watch, Catch]], alarmed: frozenset[int]) -> Iterator[str]:
    """Why nobody knows of what is not alarmed for certain."""
    for watch, catch in found:
        if watch.works is False or not (catch.certain | catch.doubtful) - alarmed:
            continue
        if not watch.works:
            yield watch.flaws
        if watch.caught.fault:
            yield f"What {watch.filter.label} catches cannot be told: {watch.caught.fault}."
        elif doubtful := catch.doubtful - alarmed:
            yield f"Nobody can tell by its pattern whether {watch.filter.label} catches {control.called(doubtful)}."


Place: TypeAlias = tuple[str, str]
"""Region and name of a log group of the account."""


def _place(arn: str) -> tuple[str, Place]:
    """`arn:aws:logs:eu-west-1:123456789012:log-group:trail:*` -> its account, and where it is."""
    region, account, _, name, *_ = (*arn.split(":"), *[""] * 7)[3:]
    return account, (region, name)


def _sender(known: KnownTrail, records: Selectors | Failure) -> Sender:
    """Whether it is of all regions is for a check of its own."""
    trail = known.trail
    if known.is_logging is False:
        return Sender(trail, Link(False, f"Its log group gets no events: {trail.label} does not log."))
    if isinstance(known.is_logging, Failure):
        return Sender(trail, Link(None, f"Whether {trail.label} logs is not known. {known.is_logging.explain()}"))
    if isinstance(records, Failure):
        return Sender(trail, Link(None, f"What {trail.label} records is not known. {records.explain()}"))
    return Sender(trail, Link(True, trail.label), records)


def _senders(trails: Trails, recorders: Recorders) -> Iterator[Sender]:
    records: dict[str, Selectors | Failure] = {trail.arn: told for trail, told in recorders.seen + recorders.unknown}
    for known in trails.seen:
        if known.trail.log_group_arn:
            yield _sender(known, records.get(known.trail.arn, UNTOLD))


NOTIFYING: Final = frozenset({"lambda", "ssm", "ssm-incidents", "aiops"})
"""Besides topics, what an alarm can do that comes to somebody: a function of the account's own, an OpsItem, an
incident, an investigation.
"""
SILENT: Final = frozenset({"automate", "swf", "autoscaling"})
"""What changes instances, and tells nobody."""


class Audience(msgspec.Struct, frozen=True):
    """Who gets what alarms send."""

    account_id: str
    topics: Mapping[str, bool | Failure]
    """By their ARNs, whether they have a confirmed subscription, or why nobody knows."""
    gap: Failure | None = None
    """Why nobody knows it of others."""

    def of(self, alarm: MetricAlarm) -> Link:
        """Whether somebody gets it."""
        if not alarm.actions_enabled:
            return Link(False, f"The actions of {alarm.label} are off.")
        return best(
            (self._gets(alarm, action) for action in alarm.alarm_actions),
            f"{alarm.label} has no action for the state ALARM.",
        )

    def _gets(self, alarm: MetricAlarm, action: str) -> Link:
        service, account_id = (*action.split(":"), "", "", "", "", "")[2:5:2]
        if service == "sns":
            return self._hears(alarm, action, account_id)
        if service in NOTIFYING:
            return Link(True, alarm.label)
        if service in SILENT:
            return Link(False, f"No action of {alarm.label} tells anybody.")
        return Link(None, f"{alarm.label} has an action that is not known here, {action}: look whom it tells.")

    def _hears(self, alarm: MetricAlarm, topic: str, account_id: str) -> Link:
        told = self.topics.get(topic, self.gap)
        if told is True:
            return Link(True, alarm.label)
        if account_id != self.account_id:
            return Link(None, f"{alarm.label} sends to a topic of another account, {topic}: look who is subscribed.")
        if isinstance(told, Failure):
            return Link(None, f"Who is subscribed to {topic} of {alarm.label} is not known. {told.explain()}")
        return Link(False, f"{alarm.label} sends to {topic}, which has no confirmed subscription.")


Watched: TypeAlias = tuple[str, Metric]
"""A metric, and its region."""


@derive
def monitoring(
    account: Account,
    trails: Trails,
    recorders: Recorders,
    filters: Seen[MetricFilter],
    alarms: Seen[MetricAlarm],
    subscriptions: Seen[Subscription],
    receivers: Seen[TopicReceivers],
) -> Monitoring:
    """Each filter with each trail before it and the alarms behind it."""
    sending: dict[Place, list[Sender]] = defaultdict(list)
    unseen = [gap.explain() for gap in (trails.gap, filters.gap) if gap]
    for each in _senders(trails, recorders):
        owner, place = _place(each.trail.log_group_arn or "")
        if owner == account.id and place[0] in account.scanned_regions:
            sending[place].append(each)
        elif each.may_tell:
            where = f"account {owner}" if owner != account.id else f"region {place[0]}, which is not scanned"
            unseen.append(f"{each.trail.label} sends to a log group of {where}: look whether it has metric filters.")
    topics: dict[str, bool | Failure] = {each.arn: each.failure or each.are_there for each in receivers.items}
    topics |= {each.topic_arn: True for each in subscriptions.items if each.is_confirmed}
    heard = _heard(alarms.items, Audience(account.id, topics, receivers.gap or subscriptions.gap))
    missing = [Link(None, alarms.gap.explain())] if alarms.gap else []
    watches: list[Watch] = []
    for filter_ in filters.items:
        if senders := sending.get((filter_.region, filter_.log_group_name)):
            alarm, caught = best((*_alarms(filter_, heard), *missing), NO_ALARM), _caught(filter_)
            watches += [Watch(filter_, sender, alarm, caught) for sender in senders]
    return Monitoring(tuple(watches), tuple(unseen))


NO_ALARM: Final = "No alarm watches its metric."


def _heard(alarms: Iterable[MetricAlarm], audience: Audience) -> Mapping[Watched, list[Link]]:
    """Who gets the alarms on a metric. One with dimensions is another metric than that which a filter counts in."""
    found: dict[Watched, list[Link]] = defaultdict(list)
    for alarm in alarms:
        for metric in alarm.watched:
            if metric.metric_name and not metric.dimensions:
                found[alarm.region, metric].append(audience.of(alarm))
    return found


def _alarms(each: MetricFilter, heard: Mapping[Watched, list[Link]]) -> Iterator[Link]:
    for metric in each.metrics:
        yield from heard.get((each.region, metric), ())


def _caught(each: MetricFilter) -> Catches:
    if not each.is_about_events_alone:
        return Catches({}, "it reads events that were made over, or chosen before")
    return catches(each.pattern.replace(each.account.id, OWN))
