"""Which events a trail records, by its event selectors, basic and advanced.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html,
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

Access: TypeAlias = Literal["read", "write"]

_BASIC_TYPES: Final[Mapping[str, tuple[Access, ...]]] = {
    "All": ("read", "write"),
    "ReadOnly": ("read",),
    "WriteOnly": ("write",),
}

SPARED_SOURCES: Final = frozenset({"kms.amazonaws.com", "rdsdata.amazonaws.com"})
"""What a trail may leave out of its management events, because there is so much of it, and still records them
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html).
"""


class DataResource(msgspec.Struct, frozen=True, rename="pascal"):
    """Of a basic selector: of which resources of a type it records data events, by the beginnings of their ARNs."""

    type: str = ""
    values: tuple[str, ...] = ()


class BasicSelector(msgspec.Struct, frozen=True, rename="pascal"):
    """Records management events, and data events of some resources, where it reads or writes."""

    read_write_type: str = "All"
    include_management_events: bool = True
    exclude_management_event_sources: tuple[str, ...] = ()
    data_resources: tuple[DataResource, ...] = ()

    def takes(self, access: Access) -> bool:
        """Whether it records events that read, or write; a word that nobody knew of does neither."""
        return access in _BASIC_TYPES.get(self.read_write_type, ())

    def records(self, event: Mapping[str, str]) -> bool:
        """Whether it records a management event with these values."""
        return (
            self.include_management_events
            and self.takes("read" if event["readOnly"] == "true" else "write")
            and event["eventSource"] not in self.exclude_management_event_sources
        )

    def names_all_objects(self, partition: str) -> bool:
        """Whether it records the objects of all buckets, those to come included
        (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html).
        """
        every = {f"arn:{partition}:s3", f"arn:{partition}:s3:::", f"arn:{partition}:s3:::*/*"}
        return any(each.type == S3_OBJECT and not every.isdisjoint(each.values) for each in self.data_resources)

    def names_function(self, arn: str, partition: str) -> bool:
        """Whether it records the invocations of a function, or of all: the ARNs of functions are whole
        (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html).
        """
        named = {arn, f"arn:{partition}:lambda"}
        return any(each.type == FUNCTION and not named.isdisjoint(each.values) for each in self.data_resources)


S3_OBJECT: Final = "AWS::S3::Object"
FUNCTION: Final = "AWS::Lambda::Function"


class FieldSelector(msgspec.Struct, frozen=True, rename="pascal"):
    """A condition on one field of events: all of its operators hold, each for one of its values, negated ones for all.
    An operator that is not there is None.
    """

    field: str = ""
    equals: tuple[str, ...] | None = None
    starts_with: tuple[str, ...] | None = None
    ends_with: tuple[str, ...] | None = None
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()

    def admits(self, value: str) -> bool:
        """Whether an event with this value in the field is recorded."""
        return (
            (self.equals is None or value in self.equals)
            and (self.starts_with is None or value.startswith(self.starts_with))
            and (self.ends_with is None or value.endswith(self.ends_with))
            and value not in self.not_equals
            and not value.startswith(self.not_starts_with)
            and not value.endswith(self.not_ends_with)
        )

    def admits_all(self, beginning: str, spared: Collection[str]) -> bool:
        """Whether every event is recorded whose value has this beginning, but for the spared ones."""
        return (
            self.equals is None
            and self.ends_with is None
            and (self.starts_with is None or beginning.startswith(self.starts_with))
            and all(value in spared for value in (*self.not_equals, *self.not_starts_with))
            and not self.not_ends_with
        )


class AdvancedSelector(msgspec.Struct, frozen=True, rename="pascal"):
    """Records events of which all conditions hold."""

    field_selectors: tuple[FieldSelector, ...] = ()

    def records_all(
        self, event: Mapping[str, str], *, beginning: str = "", spared: Collection[str] = frozenset()
    ) -> bool:
        """Whether all events are recorded whose fields have these values, whatever the other fields have: it may
        demand a beginning that they all have, and leave out the spared ones.
        """
        return bool(self.field_selectors) and all(
            each.admits(event[each.field]) if each.field in event else each.admits_all(beginning, spared)
            for each in self.field_selectors
        )

    def may_record(self, event: Mapping[str, str]) -> bool:
        """Whether some event with these values is recorded: no condition on one of these fields keeps them out."""
        named = {each.field for each in self.field_selectors}
        return "eventCategory" in named and all(
            each.admits(event[each.field]) for each in self.field_selectors if each.field in event
        )


class Selectors(msgspec.Struct, frozen=True, rename="pascal"):
    """What a trail records; it has selectors of one form or the other."""

    event_selectors: tuple[BasicSelector, ...] = ()
    advanced_event_selectors: tuple[AdvancedSelector, ...] = ()

    def records_management_events(self) -> bool:
        """Whether it records all of them, reads and writes, be it by one selector or several; without those of the
        services that a trail may spare.
        """
        return all(self._records_management(access) for access in _ACCESSES)

    def _records_management(self, access: Access) -> bool:
        event = {"eventCategory": "Management", "readOnly": _READ_ONLY[access]}
        return any(each.include_management_events and each.takes(access) for each in self.event_selectors) or any(
            each.records_all(event, spared=SPARED_SOURCES) for each in self.advanced_event_selectors
        )

    def leaves_out(self, event: Mapping[str, str]) -> bool:
        """Whether a management event with these values is not recorded. Without any selectors all are
        (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html).
        """
        if not self.event_selectors and not self.advanced_event_selectors:
            return False
        basic = any(each.records(event) for each in self.event_selectors)
        return not basic and not any(each.records_all(event) for each in self.advanced_event_selectors)

    def records_objects(self, access: Access, partition: str, own_bucket: str) -> bool:
        """Whether it records all reads, or writes, of all objects in S3, but perhaps for those in the bucket that it
        writes to itself.
        """
        beginning = f"arn:{partition}:s3:::"
        event = {"eventCategory": "Data", "resources.type": S3_OBJECT, "readOnly": _READ_ONLY[access]}
        spared = {f"{beginning}{own_bucket}", f"{beginning}{own_bucket}/"}
        return any(each.takes(access) and each.names_all_objects(partition) for each in self.event_selectors) or any(
            each.records_all(event, beginning=beginning, spared=spared) for each in self.advanced_event_selectors
        )

    def records_invocations(self, arn: str, partition: str) -> bool:
        """Whether it records all invocations of a function, which are writes
        (https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html).
        """
        event = {
            "eventCategory": "Data",
            "eventName": "Invoke",
            "eventSource": "lambda.amazonaws.com",
            "readOnly": _READ_ONLY["write"],
            "resources.type": FUNCTION,
            "resources.ARN": arn,
        }
        return any(each.takes("write") and each.names_function(arn, partition) for each in self.event_selectors) or any(
            each.records_all(event) for each in self.advanced_event_selectors
        )

    def records_one_of(self, events: Iterable[Mapping[str, str]]) -> bool:
        """Whether one of its advanced selectors may record one of these kinds of events."""
        kinds = list(events)
        return any(each.may_record(event) for each in self.advanced_event_selectors for event in kinds)

    def records_writes(self) -> bool:
        """Whether one of its basic selectors records management events that write."""
        return any(each.include_management_events and each.takes("write") for each in self.event_selectors)


_ACCESSES: Final[tuple[Access, ...]] = ("read", "write")
_READ_ONLY: Final[Mapping[Access, str]] = {"read": "true", "write": "false"}
