"""What a type of directory cannot do, AWS says with codes that also say that something is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import NOW, World, denied, error, verdicts

LOGS = "directoryservice_directory_log_forwarding_enabled"
EVENTS = "directoryservice_directory_monitor_notifications"
SNAPSHOTS = "directoryservice_directory_snapshots_limit"
CERTIFICATES = "directoryservice_ldap_certificate_expiration"
MFA = "directoryservice_supported_mfa_radius_enabled"
PROTOCOL = "directoryservice_radius_server_security_protocol"
HOME = "us-east-1"


def directory(id_: str, kind: str = "MicrosoftAD", stage: str = "Active", **facts: Any) -> dict[str, Any]:
    return {"DirectoryId": id_, "Name": f"{id_}.example.com", "Type": kind, "Stage": stage, **facts}


SHARED = directory("d-4", "SharedMicrosoftAD", OwnerDirectoryDescription={"AccountId": "999999999999"})
ALL = [directory("d-1"), directory("d-2", "SimpleAD"), directory("d-3", "ADConnector"), SHARED]


def world(directories: list[dict[str, Any]], **replies: Any) -> World:
    """Directories of the home region."""
    return World(
        {
            ("ds:DescribeDirectories", HOME): {"DirectoryDescriptions": directories},
            **{f"ds:{name}": reply for name, reply in replies.items()},
        }
    )


def by_id(found: dict[tuple[str, str, str], str]) -> dict[str, str]:
    return {id_: status for (_, _, id_), status in found.items()}


def test_logs_of_all_directories_take_one_listing() -> None:
    logged = {"LogSubscriptions": [{"DirectoryId": "d-1", "LogGroupName": "/directory"}]}
    aws = world([*ALL, directory("d-5")], ListLogSubscriptions=logged)
    assert by_id(verdicts(aws, LOGS)) == {"d-1": "PASS", "d-5": "FAIL"}
    assert aws.calls["ds:ListLogSubscriptions"] == 1


def test_topics_of_all_directories_take_one_call() -> None:
    topics = [{"DirectoryId": "d-2", "TopicName": "status", "Status": "Registered"}]
    aws = world(ALL, DescribeEventTopics={"EventTopics": topics})
    assert by_id(verdicts(aws, EVENTS)) == {"d-1": "FAIL", "d-2": "PASS", "d-3": "FAIL"}
    assert aws.calls["ds:DescribeEventTopics"] == 1


@pytest.mark.parametrize(("stage", "is_judged"), [("Inoperable", True), ("Creating", False), ("Deleting", False)])
def test_a_directory_is_judged_while_it_is_there(stage: str, is_judged: bool) -> None:
    assert bool(verdicts(world([directory("d-1", stage=stage)]), MFA)) is is_judged


def limits(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    return {
        "d-1": {
            "SnapshotLimits": {
                "ManualSnapshotsLimit": 5, "ManualSnapshotsCurrentCount": 1, "ManualSnapshotsLimitReached": False
            }
        },
        "d-2": denied(),
        "d-5": error("ClientException", "Directory d-5 is in Deleting state."),
        "d-6": error("ClientException", "Snapshot limits can be fetched only for VPC or Microsoft AD directories."),
        "d-7": error("ClientException", "Something else."),
    }[params["DirectoryId"]]  # fmt: skip


def test_snapshots_are_asked_of_what_has_some() -> None:
    more = [directory(id_, "NewAD") for id_ in ("d-5", "d-6", "d-7")]
    found = by_id(verdicts(world([*ALL, *more], GetSnapshotLimits=limits), SNAPSHOTS))
    assert found == {"d-1": "PASS", "d-2": "MANUAL", "d-7": "MANUAL"}


def certificates(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    if params["DirectoryId"] == "d-3":
        return error("UnsupportedOperationException", "LDAPS operations are not supported for this Directory Type.")
    second = "NextToken" in params
    listed = [{"CertificateId": "c-2" if second else "c-1", "State": "Registered", "ExpiryDateTime": NOW}]
    return {"CertificatesInfo": listed, **({} if second else {"NextToken": "c-1"})}


def test_certificates_are_told_of_by_their_ids_on_all_pages() -> None:
    assert by_id(verdicts(world(ALL, ListCertificates=certificates), CERTIFICATES)) == {"c-1": "FAIL", "c-2": "FAIL"}


def test_what_is_refused_is_not_taken_for_what_is_not_there() -> None:
    aws = world([directory("d-1")], ListCertificates=denied())
    assert by_id(verdicts(aws, CERTIFICATES)) == {"d-1": "MANUAL"}


def test_mfa_is_asked_of_what_can_have_it_and_a_protocol_of_what_has_it() -> None:
    server: dict[str, Any] = {"RadiusSettings": {"AuthenticationProtocol": "PAP"}, "RadiusStatus": "Completed"}
    aws = world([*ALL, directory("d-5", "ADConnector", **server)])
    assert by_id(verdicts(aws, MFA)) == {"d-1": "FAIL", "d-3": "FAIL", "d-5": "PASS"}
    assert by_id(verdicts(aws, PROTOCOL)) == {"d-5": "FAIL"}
