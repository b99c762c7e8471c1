"""File systems of EFS and FSx, vaults of Glacier, gateways with their file shares, and data pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, add_subnet, add_vpc, allow, deny, document, open_to_internet
from benchmarks.parity_seeds.code import SECRET
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]


def _arn(clients: Clients, service: str, resource: str, region: str = HOME_REGION) -> str:
    return f"arn:aws:{service}:{region}:{clients.account_id}:{resource}"


# --- EFS ---

_MOUNTED: Final = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
_FILES: Final[Mapping[str, Structure]] = {
    "fs-good": {"Encrypted": True, "backups": "ENABLED", "places": ["private-a", "private-b"]},
    "fs-bad": {"Encrypted": False, "places": ["public-a"]},
    "fs-mixed": {"Encrypted": True, "backups": "DISABLED", "places": ["private-a", "public-b"]},
    "fs-one-zone": {
        "Encrypted": True,
        "backups": "ENABLING",
        "AvailabilityZoneId": "use1-az1",
        "places": ["private-a"],
    },
    "fs-lonely": {"Encrypted": True, "backups": "DISABLING", "places": []},
    "fs-coming": {"LifeCycleState": "creating", "Encrypted": False, "places": []},
    "fs-going": {"LifeCycleState": "deleting", "Encrypted": False, "places": []},
    "fs-broken": {"LifeCycleState": "error", "Encrypted": False, "places": []},
}
_POINTS: Final[Mapping[str, tuple[Structure, ...]]] = {
    "fs-good": ({"RootDirectory": {"Path": "/app"}, "PosixUser": {"Uid": 1000, "Gid": 1000}},),
    "fs-bad": ({"RootDirectory": {"Path": "/"}},),
    "fs-mixed": (
        {"RootDirectory": {"Path": "/app"}},
        {"RootDirectory": {"Path": "/"}, "PosixUser": {"Uid": 0, "Gid": 0}},
    ),
}


def elastic(clients: Clients) -> None:
    """Tell of file systems, with mount targets in each kind of subnets, access points, policies and backups."""
    places, vpc_id = _places(clients)
    policies = _policies(clients)
    facts = {**_FILES, **{f"fs-{name}": {"Encrypted": True, "places": []} for name in policies}}
    told = {name: _file_system(clients, name, dict(each)) for name, each in facts.items()}

    def targets(asked: Mapping[str, Any]) -> Structure:
        name = asked["FileSystemId"]
        mounted = [
            {
                "MountTargetId": f"fsmt-{name}-{place}",
                "FileSystemId": name,
                "SubnetId": places[place],
                "VpcId": vpc_id,
                "LifeCycleState": "available",
            }
            for place in facts[name]["places"]
        ]
        return {"MountTargets": mounted}

    points = [
        {
            "AccessPointId": f"fsap-{name}-{number}",
            "AccessPointArn": _arn(clients, "elasticfilesystem", f"access-point/fsap-{name}-{number}"),
            "FileSystemId": name,
            "LifeCycleState": "available",
            **each,
        }
        for name, given in _POINTS.items()
        for number, each in enumerate(given)
    ]

    def of_file_system(asked: Mapping[str, Any]) -> Structure:
        return {"AccessPoints": [each for each in points if asked.get("FileSystemId") in (None, each["FileSystemId"])]}

    def backups(asked: Mapping[str, Any]) -> Structure:
        if "backups" not in facts[asked["FileSystemId"]]:
            raise AwsError("PolicyNotFound", "There is no policy.", 404)
        return {"BackupPolicy": {"Status": facts[asked["FileSystemId"]]["backups"]}}

    def policy(asked: Mapping[str, Any]) -> Structure:
        name = asked["FileSystemId"].removeprefix("fs-")
        if name not in policies:
            raise AwsError("PolicyNotFound", "There is no policy.", 404)
        return {"FileSystemId": asked["FileSystemId"], "Policy": policies[name]}

    for region in REGIONS:
        tell(clients, "efs", "DescribeFileSystems", {"FileSystems": []}, region)
        tell(clients, "efs", "DescribeAccessPoints", {"AccessPoints": []}, region)
    tell(clients, "efs", "DescribeFileSystems", {"FileSystems": list(told.values())})
    tell(clients, "efs", "DescribeMountTargets", targets)
    tell(clients, "efs", "DescribeAccessPoints", of_file_system)
    tell(clients, "efs", "DescribeBackupPolicy", backups)
    tell(clients, "efs", "DescribeFileSystemPolicy", policy)


def _places(clients: Clients) -> tuple[dict[str, str], str]:
    vpc_id = add_vpc(clients, "files", "10.1.0.0/16")
    names = ("private-a", "private-b", "public-a", "public-b")
    places = {
        name: add_subnet(clients, vpc_id, f"files-{name}", f"10.1.{number}.0/24", name[-1])
        for number, name in enumerate(names)
    }
    open_to_internet(clients, vpc_id, places["public-a"], places["public-b"])
    return places, vpc_id


def _policies(clients: Clients) -> dict[str, str]:
    mount = "elasticfilesystem:ClientMount"
    anybody: Structure = {"Principal": {"AWS": "*"}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    role = {"AWS": f"arn:aws:iam::{clients.account_id}:role/app"}
    endpoint = {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}
    statements: dict[str, list[Structure]] = {
        "for-anybody": [allow(mount, **anybody)],
        "for-mounters": [allow(mount, **anybody, Condition=_MOUNTED)],
        "for-mounters-with-tls": [allow(mount, **anybody, Condition=_MOUNTED), deny("*", **anybody, Condition=plain)],
        "for-some-and-all": [allow(mount, **anybody, Condition=_MOUNTED), allow(mount, **anybody)],
        "for-a-role": [allow(mount, Principal=role)],
        "for-an-endpoint": [allow(mount, **anybody, Condition=endpoint)],
        "against-plain-text": [deny("*", **anybody, Condition=plain)],
    }
    return {name: document(*each) for name, each in statements.items()}


def _file_system(clients: Clients, name: str, facts: Structure) -> Structure:
    count = len(facts.pop("places"))
    facts.pop("backups", None)
    return {
        "OwnerId": clients.account_id,
        "CreationToken": name,
        "FileSystemId": name,
        "FileSystemArn": _arn(clients, "elasticfilesystem", f"file-system/{name}"),
        "CreationTime": ago(9),
        "LifeCycleState": "available",
        "NumberOfMountTargets": count,
        "SizeInBytes": {"Value": 0},
        "PerformanceMode": "generalPurpose",
        "Tags": [],
        **facts,
    }


# --- FSx ---

_BY_TYPE: Final = {
    "LUSTRE": "LustreConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
    "ONTAP": "OntapConfiguration",
}


def servers(clients: Clients) -> None:
    """Tell of file systems of each type."""
    copying, scratch = {"CopyTagsToBackups": True}, {"DeploymentType": "SCRATCH_2"}
    facts: dict[str, tuple[str, Structure, str]] = {
        "windows-good": ("WINDOWS", {**copying, "DeploymentType": "MULTI_AZ_1"}, "two"),
        "windows-bad": ("WINDOWS", {"CopyTagsToBackups": False, "DeploymentType": "SINGLE_AZ_2"}, "one"),
        "windows-silent": ("WINDOWS", {}, "one"),
        "lustre-good": ("LUSTRE", {**copying, "DeploymentType": "PERSISTENT_2"}, "one"),
        "lustre-bad": ("LUSTRE", {"DeploymentType": "PERSISTENT_1"}, "one"),
        "lustre-scratch": ("LUSTRE", scratch, "one"),
        "lustre-linked": ("LUSTRE", {"DataRepositoryConfiguration": {"ImportPath": "s3://results"}}, "one"),
        "openzfs-good": ("OPENZFS", {**copying, "CopyTagsToVolumes": True}, "one"),
        "openzfs-bad": ("OPENZFS", {"CopyTagsToBackups": False, "CopyTagsToVolumes": False}, "one"),
        "openzfs-silent": ("OPENZFS", {}, "two"),
        "ontap": ("ONTAP", {"DeploymentType": "MULTI_AZ_1"}, "two"),
        "coming": ("WINDOWS", {}, "one"),
        "going": ("WINDOWS", {}, "one"),
        "failed": ("WINDOWS", {}, "one"),
    }
    lives = {"coming": "CREATING", "going": "DELETING", "failed": "FAILED"}
    told = [
        {
            "OwnerId": clients.account_id,
            "FileSystemId": name,
            "ResourceARN": _arn(clients, "fsx", f"file-system/{name}"),
            "FileSystemType": kind,
            "Lifecycle": lives.get(name, "AVAILABLE"),
            "SubnetIds": ["subnet-1", "subnet-2"] if count == "two" else ["subnet-1"],
            _BY_TYPE[kind]: configuration,
        }
        for name, (kind, configuration, count) in facts.items()
    ]
    for region in REGIONS:
        tell(clients, "fsx", "DescribeFileSystems", {"FileSystems": []}, region)
    tell(clients, "fsx", "DescribeFileSystems", {"FileSystems": told})


# --- Glacier ---


def vaults(clients: Clients) -> None:
    """Tell of vaults that let in principals of each kind."""
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    read = "glacier:InitiateJob"
    policies = {
        "own": document(allow(read, Principal={"AWS": f"arn:aws:iam::{clients.account_id}:root"})),
        "other": document(allow(read, Principal={"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:root"]})),
        "anybody": document(allow(read, Principal="*")),
        "anybody-by-aws": document(allow(read, Principal={"AWS": ["*"]})),
        "organization": document(allow(read, Principal="*", Condition=organization)),
        "denied": document(deny("glacier:DeleteArchive", Principal="*")),
    }
    listed = [
        {
            "VaultName": name,
            "VaultARN": _arn(clients, "glacier", f"vaults/{name}"),
            "CreationDate": "2020-01-01T00:00:00.000Z",
            "NumberOfArchives": 0,
            "SizeInBytes": 0,
        }
        for name in (*policies, "silent")
    ]

    def policy(asked: Mapping[str, Any]) -> Structure:
        name = asked["vaultName"]
        if name not in policies:
            raise AwsError("ResourceNotFoundException", f"No vault access policy is set for: {name}", 404)
        return {"policy": {"Policy": policies[name]}}

    for region in REGIONS:
        tell(clients, "glacier", "ListVaults", {"VaultList": []}, region)
    tell(clients, "glacier", "ListVaults", {"VaultList": listed})
    tell(clients, "glacier", "GetVaultAccessPolicy", policy)
    tell(clients, "glacier", "ListTagsForVault", {"Tags": {}})


# --- Storage Gateway ---

_SHARES: Final[Mapping[str, Structure]] = {
    "nfs-kms": {"EncryptionType": "SseKms", "KMSEncrypted": True, "KMSKey": "arn"},
    "nfs-two-layers": {"EncryptionType": "DsseKms", "KMSEncrypted": True, "KMSKey": "arn"},
    "nfs-s3": {"EncryptionType": "SseS3", "KMSEncrypted": False},
    "nfs-before-types": {"KMSEncrypted": True},
    "smb-kms": {"EncryptionType": "SseKms", "KMSEncrypted": True, "KMSKey": "arn"},
    "smb-s3": {"EncryptionType": "SseS3", "KMSEncrypted": False},
    "smb-before-types": {"KMSEncrypted": False},
    "nfs-going": {"EncryptionType": "SseS3", "KMSEncrypted": False},
}


def gateways(clients: Clients) -> None:
    """Tell of gateways on each kind of host, and of their file shares in two regions."""
    hosts = ("EC2", "VMWARE", "HYPER-V", "KVM", "OTHER", "SNOWBALL")
    told = [
        {
            "GatewayId": f"sgw-{host.lower()}",
            "GatewayARN": _arn(clients, "storagegateway", f"gateway/sgw-{host.lower()}"),
            "GatewayName": host.lower(),
            "GatewayType": "FILE_S3",
            "GatewayOperationalState": "ACTIVE",
            "HostEnvironment": host,
        }
        for host in hosts
    ]
    gone = {**told[0], "GatewayId": "sgw-gone", "GatewayARN": _arn(clients, "storagegateway", "gateway/sgw-gone")}
    told.append({**gone, "GatewayOperationalState": "DISABLED"})
    for region in REGIONS:
        _shares(clients, region)
        tell(clients, "storagegateway", "ListGateways", {"Gateways": []}, region)
    tell(clients, "storagegateway", "ListGateways", {"Gateways": told})


def _shares(clients: Clients, region: str) -> None:
    names = _SHARES if region == HOME_REGION else ("nfs-s3", "smb-kms")
    told = {
        _arn(clients, "storagegateway", f"share/share-{name}", region): {
            "FileShareId": f"share-{name}",
            "FileShareStatus": "DELETING" if name == "nfs-going" else "AVAILABLE",
            "GatewayARN": _arn(clients, "storagegateway", "gateway/sgw-vmware", region),
            **_SHARES[name],
        }
        for name in names
    }
    listed = [
        {
            "FileShareARN": arn,
            "FileShareType": "NFS" if "/share-nfs" in arn else "SMB",
            **{key: each[key] for key in ("FileShareId", "FileShareStatus", "GatewayARN")},
        }
        for arn, each in told.items()
    ]
    tell(clients, "storagegateway", "ListFileShares", {"FileShareInfoList": listed}, region)

    def describe(path: str) -> Any:
        def reply(asked: Mapping[str, Any]) -> Structure:
            return {path: [{"FileShareARN": arn, **told[arn]} for arn in asked["FileShareARNList"]]}

        return reply

    tell(clients, "storagegateway", "DescribeNFSFileShares", describe("NFSFileShareInfoList"), region)
    tell(clients, "storagegateway", "DescribeSMBFileShares", describe("SMBFileShareInfoList"), region)


# --- Data Pipeline ---


def pipelines(clients: Clients) -> None:
    """Tell of pipelines with a secret in each part of their definition, and without."""
    harmless = _object(command="load --all")
    definitions: dict[str, Structure] = {
        "clean": {"pipelineObjects": [harmless]},
        "empty": {"pipelineObjects": []},
        "in-field": {"pipelineObjects": [harmless, _object(command=f"load --password={SECRET}")]},
        "in-default": {
            "pipelineObjects": [harmless],
            "parameterObjects": [{"id": "dbPassword", "attributes": [{"key": "default", "stringValue": SECRET}]}],
        },
        "in-value": {
            "pipelineObjects": [harmless],
            "parameterValues": [{"id": "dbPassword", "stringValue": SECRET}],
        },
    }
    listed = [{"id": f"df-{name}", "name": name} for name in definitions]
    for region in REGIONS:
        tell(clients, "datapipeline", "ListPipelines", {"pipelineIdList": [], "hasMoreResults": False}, region)
    tell(clients, "datapipeline", "ListPipelines", {"pipelineIdList": listed, "hasMoreResults": False})

    def describe(asked: Mapping[str, Any]) -> Structure:
        described = [{"pipelineId": id_, "name": id_, "fields": [], "tags": []} for id_ in asked["pipelineIds"]]
        return {"pipelineDescriptionList": described}

    tell(clients, "datapipeline", "DescribePipelines", describe)
    tell(
        clients,
        "datapipeline",
        "GetPipelineDefinition",
        lambda asked: definitions[asked["pipelineId"].removeprefix("df-")],
    )


def _object(**fields: str) -> Structure:
    told = [{"key": "runsOn", "refValue": "Server"}]
    told += [{"key": key, "stringValue": value} for key, value in fields.items()]
    return {"id": "Load", "name": "Load", "fields": told}


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    elastic(clients)
    servers(clients)
    vaults(clients)
    gateways(clients)
    pipelines(clients)


STATES: Final = (
    State("file-systems", "500000003203", seed, services=("datapipeline", "efs", "fsx", "glacier", "storagegateway")),
)
