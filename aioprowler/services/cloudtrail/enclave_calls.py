"""Calls of Nitro enclaves on keys of AWS KMS, as CloudTrail's event history tells them.

What it logs of an attestation document: "Monitoring attested requests" of the AWS KMS developer guide
(https://docs.aws.amazon.com/kms/latest/developerguide/ct-nitro.html).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, TypeAlias

import msgspec
import orjson

from aioprowler import Aws, Failure, Region, Resource, source
from aioprowler.services.kms.enclaves import OPERATIONS, golden_values, measurement

_FIELDS: Final = {"PCR0": "attestationDocumentEnclaveImageDigest"} | {
    f"PCR{number}": f"attestationDocumentEnclavePCR{number}" for number in (1, 2, 3, 4, 8)
}
# What debug mode leaves at zero for certain: "Cryptographic attestation", and the README of aws-nitro-enclaves-cli.
_OF_IMAGE: Final = ("PCR0", "PCR1", "PCR2")
_ZERO: Final = bytes(48)


class AttestedCall(msgspec.Struct, frozen=True):
    """A call on a key by an enclave."""

    event_name: str
    key_arn: str
    time: str
    """As CloudTrail writes it: `2026-03-31T12:00:00Z`."""
    measurements: Mapping[str, bytes]
    """Register -> value, of those that the event has."""

    def __str__(self) -> str:
        return f"{self.event_name} at {self.time}"

    @property
    def key_id(self) -> str:
        """The last part of the ARN."""
        return self.key_arn.rpartition("/")[2]

    @property
    def is_debug(self) -> bool | None:
        """Whether the enclave ran in debug mode; None where the event lacks a measurement of the image."""
        values = [self.measurements.get(name) for name in _OF_IMAGE]
        if any(value not in (None, _ZERO) for value in values):
            return False
        return None if None in values else True


def attested_call(event: str) -> AttestedCall | None:
    """What an event (JSON, as LookupEvents tells it) says of an enclave's call on a key; None where it is no such."""
    try:
        told = orjson.loads(event)
    except orjson.JSONDecodeError:
        return None
    recipient = _within(told, "additionalEventData", "recipient")
    key_arn = next(_keys(told), None)
    if key_arn is None or "-enc" not in str(_within(recipient, "attestationDocumentModuleId")):
        return None
    values = {name: measurement(str(_within(recipient, field))) for name, field in _FIELDS.items()}
    return AttestedCall(
        event_name=str(told.get("eventName", "")),
        key_arn=key_arn,
        time=str(told.get("eventTime", "")),
        measurements={name: value for name, value in values.items() if value is not None},
    )


def _within(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _keys(event: Any) -> Iterator[str]:
    resources = _within(event, "resources")
    for each in resources if isinstance(resources, list) else ():
        if _within(each, "type") == "AWS::KMS::Key" and str(_within(each, "ARN")).startswith("arn:"):
            yield str(each["ARN"])


class CallingKey(Resource, id="key_id", type="AwsKmsKey", group="security", noun="KMS key"):
    """A key on which an enclave called, be it of another account."""

    key_id: str
    arn: str


class EnclaveHistory(Resource, id="region", arn="arn:{partition}:cloudtrail:{region}:{account_id}:event-history"):
    """What CloudTrail's event history of a region, which is there without a trail, tells of calls by enclaves."""

    calls: tuple[AttestedCall, ...] = ()
    unread: Failure | None = None
    """Why it is not all that was asked for; None where it is. What is there is the newest."""


LookbackHours: TypeAlias = Annotated[int, "How many hours of CloudTrail's event history are read, at most 90 days."]
MostEvents: TypeAlias = Annotated[
    int, "How many events are read in all regions together; each region, and operation, has its share, and 50 at least."
]
GoldenValues: TypeAlias = Annotated[
    dict[str, list[str]],
    "Measurements of the enclave images that you know, by register (`PCR0`), in hexadecimal or base64.",
]
NINETY_DAYS: Final = 2160
_PAGE: Final = 50
_LASTING: Final = frozenset({"denied", "refused", "unimplemented"})
"""Kinds of failures that do not pass. What other regions tell holds all the same."""


@source("cloudtrail:LookupEvents")
async def debug_history(
    region: Region,
    aws: Aws,
    now: datetime.datetime,
    *,
    enclave_debug_lookback_window_hours: LookbackHours = NINETY_DAYS,
    enclave_debug_max_events: MostEvents = 5000,
) -> list[EnclaveHistory] | Failure:
    """That of one region."""
    hours, most = enclave_debug_lookback_window_hours, enclave_debug_max_events
    return await _history(region, aws, now, hours, most, "enclave_debug_max_events")


@source("cloudtrail:LookupEvents")
async def image_history(
    region: Region,
    aws: Aws,
    now: datetime.datetime,
    *,
    enclave_golden_pcr_values: GoldenValues = {},  # noqa: B006 - never changed
    enclave_unknown_image_lookback_window_hours: LookbackHours = NINETY_DAYS,
    enclave_unknown_image_max_events: MostEvents = 5000,
) -> list[EnclaveHistory] | Failure:
    """That of one region; nothing is asked where there is nothing to compare with."""
    if not golden_values(enclave_golden_pcr_values):
        return []
    hours, most = enclave_unknown_image_lookback_window_hours, enclave_unknown_image_max_events
    return await _history(region, aws, now, hours, most, "enclave_unknown_image_max_events")


async def _history(
    region: Region, aws: Aws, now: datetime.datetime, hours: int, most: int, key: str
) -> list[EnclaveHistory] | Failure:
    """The newest calls of so many hours, in as many events as are the region's share of `most`."""
    share = most / (len(region.account.scanned_regions) * len(OPERATIONS))
    calls: list[AttestedCall] = []
    reached: list[datetime.datetime] = []
    for operation in OPERATIONS:
        asked: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": operation}],
            "StartTime": now - datetime.timedelta(hours=hours),
            "MaxResults": _PAGE,
        }
        oldest = now
        for _ in range(max(1, math.ceil(share / _PAGE))):
            page = await aws.call("cloudtrail", "LookupEvents", **asked)
            if isinstance(page, Failure):
                return page if page.kind not in _LASTING else [EnclaveHistory(calls=tuple(calls), unread=page)]
            events = page.get("Events", ())
            calls += filter(None, (attested_call(event["CloudTrailEvent"]) for event in events))
            if not (token := page.get("NextToken")):
                break
            asked["NextToken"] = token
            oldest = min((event["EventTime"] for event in events), default=oldest)
        else:
            reached.append(oldest)
    unread = aws.left_out("cloudtrail", "LookupEvents", key, since=max(reached)) if reached else None
    return [EnclaveHistory(calls=tuple(calls), unread=unread)]


class DebugHistory(EnclaveHistory):
    """As far back as debug mode is looked for."""

    source = debug_history


class ImageHistory(EnclaveHistory):
    """As far back as unknown images are looked for."""

    source = image_history
