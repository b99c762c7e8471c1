"""How directories are judged. What a type of directory cannot do is not asked of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check, known
from aioprowler.judging.ages import valid_for
from aioprowler.judging.logs import logs_to
from aioprowler.judging.verdicts import about, has, is_set_to, pass_if, told, unknown
from aioprowler.services.directoryservice.resources import (
    NO_EVENTS,
    NO_LOGS,
    NO_MFA,
    Certificate,
    Certificates,
    Directory,
    EventTopics,
    LogSubscriptions,
    SnapshotLimits,
)

DAYS: Final = 90
SPARE: Final = 2
"""Of a certificate's days and of manual snapshots, more than so many should be left."""

UNUSED: Final = ("RegisterFailed", "Deregistering", "Deregistered")
"""States in which a certificate is not trusted, or soon no more."""

SILENT: Final = ("Topic not found", "Failed", "Deleted")
"""States in which a topic is told nothing
(https://docs.aws.amazon.com/directoryservice/latest/devguide/API_EventTopic.html)."""


@check(fails="Directory does not forward its security log", severity="medium", categories=["logging"])
def directoryservice_directory_log_forwarding_enabled(
    directory: Directory, subscriptions: LogSubscriptions | Failure
) -> Verdict | None:
    """Directories forward their security log to CloudWatch Logs.

    That is the log of the domain controllers of AWS Managed Microsoft AD. Simple AD, AD Connector, and what another
    account shares, have none to forward and are not judged.

    ## Risk
    Who signed in, who tried to, and who changed a group is written on machines that nobody can reach. An intrusion into
    the directory leaves no trace that can be searched.

    ## Remediation
    `aws ds create-log-subscription --region <region> --directory-id <directory> --log-group-name <your-log-group>`. The
    log group has to let Directory Service write.

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_log_forwarding.html
    """
    if directory.type in NO_LOGS:
        return None
    return logs_to(directory.label, "security events", known(subscriptions).groups(directory))


@check(fails="Directory tells nobody of its status", severity="medium", categories=["logging"])
def directoryservice_directory_monitor_notifications(
    directory: Directory, events: EventTopics | Failure
) -> Verdict | None:
    """Directories tell an SNS topic when their status changes.

    At least one topic has to be registered: one that is gone or of which the registration failed does not count. What
    another account shares is judged there.

    ## Risk
    When a directory is impaired, people and machines cannot sign in. Without a message that is noticed by those who
    cannot, and not by those who could help.

    ## Remediation
    `aws ds register-event-topic --region <region> --directory-id <directory> --topic-name <your-topic>`

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_enable_notifications.html
    """
    if directory.type in NO_EVENTS:
        return None
    topics = known(events).of(directory)
    registered = ", ".join(each.topic_name for each in topics if each.status == "Registered")
    if registered:
        return Pass(f"{directory.label} tells of its status in the SNS topic {registered}.")
    for each in topics:
        status = told(each.status, f"the status of topic {each.topic_name}")
        if status not in SILENT:
            return unknown(directory.label, f"a topic {each.topic_name} with status", status)
    useless = ", ".join(f"{each.topic_name} ({each.status})" for each in topics)
    return Fail(
        f"{directory.label} tells of its status in no SNS topic{f' that is there: {useless}' if useless else ''}."
    )


@check(fails="Directory has hardly any manual snapshots left", severity="low", categories=["resilience"])
def directoryservice_directory_snapshots_limit(directory: Directory, limits: SnapshotLimits | None) -> Verdict | None:
    """Directories may have at least three more manual snapshots.

    AWS sets how many there may be of one directory. AD Connector, and what another account shares, have no snapshots
    and are not judged.

    ## Risk
    Before a change of the schema or an upgrade no snapshot can be made, and somebody in a hurry either goes ahead
    without one or deletes the wrong one.

    ## Remediation
    Delete one that nobody needs: `aws ds delete-snapshot --region <region> --snapshot-id <your-snapshot>`.

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_snapshots.html
    """
    if limits is None:
        return None
    left = limits.limit - limits.count
    said = f"{directory.label} has {limits.count} of {limits.limit} manual snapshots"
    return pass_if(left > SPARE and not limits.is_reached, f"{said}.", f"{said}, too many for {SPARE + 1} more.")


def is_valid(directory: Directory, certificate: Certificate, now: datetime.datetime) -> Verdict:
    """MANUAL where AWS does not tell until when it is."""
    label = f"Certificate {certificate.certificate_id} of {directory.label}"
    if certificate.expiry_date_time is None:
        return Manual(f"AWS did not tell when {label} expires.")
    return valid_for(label, certificate.expiry_date_time, now, DAYS)


@check(fails="Certificate of a directory has expired or expires soon", severity="medium", categories=["encryption"])
def directoryservice_ldap_certificate_expiration(
    directory: Directory, found: Certificates | None, now: datetime.datetime
) -> Iterator[Verdict]:
    """Certificates that are registered with directories are valid for more than 90 days.

    Each certificate is judged by itself: those for LDAPS, and those that smart cards are checked with. One that was
    taken away, or could not be registered, is not judged, nor are Simple AD and what another account shares.

    ## Risk
    On the day after, the directory refuses the LDAP servers that it has to ask: applications and people cannot sign in,
    or somebody goes back to LDAP in the clear.

    ## Remediation
    Register the new certificate before the old one ends: `aws ds register-certificate --region <region> --directory-id
    <directory> --certificate-data file://<your-certificate>.pem`.

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_ldap_client_side.html
    """
    for each in found.certificates if found else ():
        if each.state not in UNUSED:
            yield about(is_valid(directory, each, now), resource_id=each.certificate_id)


@check(fails="RADIUS server of a directory does not use MS-CHAPv2", severity="medium", categories=["identity-access"])
def directoryservice_radius_server_security_protocol(directory: Directory) -> Verdict | None:
    """RADIUS servers of directories are spoken to by MS-CHAPv2.

    A directory that has no RADIUS server is not judged: whether it should have one is another check's.

    ## Risk
    PAP sends passwords in a form that whoever has the shared secret can read; CHAP and MS-CHAPv1 are broken by whoever
    listens. The second factor then protects nothing.

    ## Remediation
    Once the server speaks MS-CHAPv2: `aws ds update-radius --region <region> --directory-id <directory>
    --radius-settings file://<your-radius>.json`.

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/devguide/API_RadiusSettings.html
    """
    if directory.radius_settings is None:
        return None
    protocol = told(directory.radius_settings.authentication_protocol, "AuthenticationProtocol of its RADIUS server")
    return is_set_to(
        directory.label, "the RADIUS protocol", protocol, good=["MS-CHAPv2"], bad=["PAP", "CHAP", "MS-CHAPv1"]
    )


@check(fails="Directory does not ask for a second factor", severity="medium", categories=["identity-access"])
def directoryservice_supported_mfa_radius_enabled(directory: Directory) -> Verdict | None:
    """Directories that can ask for a second factor do, by a RADIUS server.

    The connection to the server has to be complete. Simple AD cannot ask for one, and what another account shares does
    where it is: both are not judged.

    ## Risk
    With a password that was guessed, reused or phished somebody signs in to WorkSpaces, WorkDocs or the console as the
    person that it belongs to.

    ## Remediation
    `aws ds enable-radius --region <region> --directory-id <directory> --radius-settings file://<your-radius>.json`

    ## References
    https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_mfa.html
    """
    if directory.type in NO_MFA:
        return None
    if directory.radius_settings is None and directory.radius_status is None:
        return has(directory.label, "a RADIUS server for MFA", False)
    status = told(directory.radius_status, "RadiusStatus of this directory")
    return is_set_to(directory.label, "the RADIUS status", status, good=["Completed"], bad=["Creating", "Failed"])
