"""Directories, and what they log to, tell of themselves, and trust."""

from __future__ import annotations

import datetime
from typing import Final

import msgspec

from aioprowler import Facet, Region, Resource, States, call, field, listing

SIMPLE, CONNECTOR, SHARED = "SimpleAD", "ADConnector", "SharedMicrosoftAD"
"""Types of directories; those of Microsoft's Active Directory can do all that the others can."""


class Radius(msgspec.Struct, frozen=True, rename="pascal"):
    """The server that asks for a second factor."""

    authentication_protocol: str | None = None


class Owner(msgspec.Struct, frozen=True, rename="pascal"):
    """Whose a shared directory is."""

    account_id: str = ""


class Directory(
    Resource,
    id="directory_id",
    arn="arn:{partition}:ds:{region}:{account_id}:directory/{directory_id}",
    owner="owner",
    group="IAM",
    noun="Directory",
    gone={
        "EntityDoesNotExistException": "",
        "DirectoryDoesNotExistException": "",
        "ClientException": "is in Deleting state",
    },
):
    """A directory of AWS, or the way to one elsewhere. What another account shares is listed as well, with an id of its
    own, and is that account's to look after.

    Its stages: https://docs.aws.amazon.com/directoryservice/latest/devguide/API_DirectoryDescription.html
    """

    source = listing(
        "ds",
        "DescribeDirectories",
        "DirectoryDescriptions",
        states=States("stage", over=["Deleting", "Deleted", "Failed"], not_yet=["Requested", "Creating", "Created"]),
    )
    directory_id: str
    name: str = ""
    type: str
    stage: str = ""
    radius_settings: Radius | None = None
    radius_status: str | None = None
    """None, as the settings are, where no RADIUS server was set up."""
    shared_by: Owner | None = field(name="OwnerDirectoryDescription", default=None)

    @property
    def owner(self) -> str:
        """The id of the account that shares it; empty: it is the account's own."""
        return self.shared_by.account_id if self.shared_by else ""


# ---------------------------------------------------------------- logs, events
NO_LOGS: Final = (SIMPLE, CONNECTOR, SHARED)
"""Types without domain controllers whose security log AWS forwards
(https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html)."""

NO_EVENTS: Final = (SHARED,)
"""Types that tell no topic of their status: `DescribeEventTopics` refuses them."""


class LogSubscription(msgspec.Struct, frozen=True, rename="pascal"):
    """Where the security log of a directory goes."""

    directory_id: str
    log_group_name: str = "?"


class LogSubscriptions(Facet[Region]):
    """The active ones of all directories of a region."""

    source = call("ds", "ListLogSubscriptions", pages=True)
    subscriptions: tuple[LogSubscription, ...] = field(name="LogSubscriptions")

    def groups(self, directory: Directory) -> list[str]:
        """The log groups that the directory's security log goes to."""
        return [each.log_group_name for each in self.subscriptions if each.directory_id == directory.directory_id]


class EventTopic(msgspec.Struct, frozen=True, rename="pascal"):
    """A topic of SNS that is told when the status of a directory changes; `status` is `Registered` where it is."""

    directory_id: str
    topic_name: str = "?"
    status: str | None = None


class EventTopics(Facet[Region]):
    """Those of all directories of a region."""

    source = call("ds", "DescribeEventTopics")
    topics: tuple[EventTopic, ...] = field(name="EventTopics")

    def of(self, directory: Directory) -> list[EventTopic]:
        """Those of one directory, also such as are told nothing."""
        return [each for each in self.topics if each.directory_id == directory.directory_id]


# ---------------------------------------------------- certificates, snapshots
NO_CERTIFICATES: Final = (SIMPLE, SHARED)
"""Types that know no LDAPS: `ListCertificates` refuses them."""

NO_SNAPSHOTS: Final = (CONNECTOR, SHARED)
"""Types of which there are no snapshots
(https://docs.aws.amazon.com/directoryservice/latest/devguide/API_CreateSnapshot.html)."""


def knows_certificates(directory: Directory) -> bool:
    """By its type."""
    return directory.type not in NO_CERTIFICATES


def has_snapshots(directory: Directory) -> bool:
    """By its type."""
    return directory.type not in NO_SNAPSHOTS


class Certificate(msgspec.Struct, frozen=True, rename="pascal"):
    """A certificate with which a directory trusts LDAP servers, or the smart cards of clients."""

    certificate_id: str
    state: str = ""
    expiry_date_time: datetime.datetime | None = None


class Certificates(Facet[Directory]):
    """Those that are registered with a directory; a connector may know none."""

    source = call(
        "ds",
        "ListCertificates",
        DirectoryId="directory_id",
        absent=["UnsupportedOperationException"],
        when=knows_certificates,
        pages=True,
    )
    certificates: tuple[Certificate, ...] = field(name="CertificatesInfo")


class SnapshotLimits(Facet[Directory]):
    """How many manual snapshots there are of a directory, and may be."""

    source = call(
        "ds",
        "GetSnapshotLimits",
        "SnapshotLimits",
        DirectoryId="directory_id",
        absent={"ClientException": "can be fetched only for"},
        when=has_snapshots,
    )
    limit: int = field(name="ManualSnapshotsLimit")
    count: int = field(name="ManualSnapshotsCurrentCount")
    is_reached: bool = field(name="ManualSnapshotsLimitReached")


# ------------------------------------------------------------------------- MFA
NO_MFA: Final = (SIMPLE, SHARED)
"""Types for which no RADIUS server can be set up
(https://docs.aws.amazon.com/directoryservice/latest/devguide/API_EnableRadius.html)."""
