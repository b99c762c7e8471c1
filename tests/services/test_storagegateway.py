from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.storagegateway.checks import (
    storagegateway_fileshare_encryption_enabled,
    storagegateway_gateway_fault_tolerant,
)
from aioprowler.services.storagegateway.resources import FileShare, Gateway, NfsShare, SmbShare
from tests.services.made import made
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
Nothing = type(None)


def share(kind: str = "NFS") -> FileShare:
    return made(FileShare, share_id="share-1", file_share_type=kind)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"encryption_type": "SseKms"}, Pass),
        ({"encryption_type": "DsseKms"}, Pass),
        ({"encryption_type": "SseS3"}, Fail),
        ({"encryption_type": "SseS3", "kms_encrypted": True}, Fail),
        ({"encryption_type": "SseQuantum"}, Manual),
        ({"kms_encrypted": True}, Pass),
        ({"kms_encrypted": False}, Fail),
    ],
)
def test_encryption(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(storagegateway_fileshare_encryption_enabled(share(), NfsShare(**told), None), verdict)
    assert isinstance(storagegateway_fileshare_encryption_enabled(share("SMB"), None, SmbShare(**told)), verdict)


def test_shares_of_which_nothing_is_told() -> None:
    with pytest.raises(UnreadableError, match="EncryptionType"):
        storagegateway_fileshare_encryption_enabled(share(), NfsShare(), None)
    assert isinstance(storagegateway_fileshare_encryption_enabled(share("FTP"), None, None), Manual)
    assert storagegateway_fileshare_encryption_enabled(share(), None, None) is None


def test_shares_are_asked_about_by_their_kind_and_in_their_region() -> None:
    regions = ("us-east-1", "eu-west-1")

    def arn(region: str, name: str) -> str:
        return f"arn:aws:storagegateway:{region}:123456789012:share/{name}"

    def listed(_account: Account, region: str, _asked: dict[str, Any]) -> Any:
        shares = [
            {
                "FileShareId": f"{kind}-{state}-{number}",
                "FileShareARN": arn(region, f"{kind}-{state}-{number}"),
                "FileShareType": kind,
                "FileShareStatus": state,
            }
            for kind, number in (("NFS", 12), ("SMB", 1))
            for number in range(number)
            for state in ("AVAILABLE", "CREATING", "DELETING", "FORCE_DELETING", "UNAVAILABLE")
        ]
        return {"FileShareInfoList": shares}

    def told(kind: str) -> Any:
        def describe(_account: Account, region: str, asked: dict[str, Any]) -> Any:
            arns = asked["FileShareARNList"]
            assert all(f":{region}:" in each and f"/{kind}-" in each for each in arns)
            if arn(region, f"{kind}-UNAVAILABLE-0") in arns:
                return error("InvalidGatewayRequestException", "The specified file share was not found.")
            return {f"{kind}FileShareInfoList": [{"FileShareARN": each, "EncryptionType": "SseKms"} for each in arns]}

        return describe

    world = World(
        {
            "storagegateway:ListFileShares": listed,
            "storagegateway:DescribeNFSFileShares": told("NFS"),
            "storagegateway:DescribeSMBFileShares": told("SMB"),
        }
    )
    found = findings_of(world, "storagegateway_fileshare_encryption_enabled")
    assert {each.status for each in found} == {"PASS"}
    assert len(found) == len(regions) * (12 + 11 + 1)


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        ("EC2", Fail),
        ("VMWARE", Pass),
        ("HYPER-V", Pass),
        ("KVM", Pass),
        ("OTHER", Pass),
        ("SNOWBALL", Pass),
        ("X", Manual),
    ],
)
def test_hosts(host: str, verdict: type) -> None:
    gateway = made(Gateway, gateway_id="sgw-1", name="files", host_environment=host)
    assert isinstance(storagegateway_gateway_fault_tolerant(gateway), verdict)


def test_a_disabled_gateway_is_not_judged_and_one_may_have_no_name() -> None:
    arn = "arn:aws:storagegateway:us-east-1:123456789012:gateway/sgw-"
    listed = [
        {"GatewayId": "sgw-1", "GatewayARN": f"{arn}1", "GatewayOperationalState": "ACTIVE", "HostEnvironment": "EC2"},
        {
            "GatewayId": "sgw-2",
            "GatewayARN": f"{arn}2",
            "GatewayOperationalState": "DISABLED",
            "HostEnvironment": "EC2",
        },
        {"GatewayId": "sgw-3", "GatewayARN": f"{arn}3", "GatewayOperationalState": "ACTIVE"},
    ]
    world = World({("storagegateway:ListGateways", HOME): {"Gateways": listed}})
    found = findings_of(world, "storagegateway_gateway_fault_tolerant")
    assert {each.resource_id: each.status for each in found} == {"sgw-1": "FAIL", "sgw-3": "MANUAL"}
