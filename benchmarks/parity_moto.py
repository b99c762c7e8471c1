"""What moto does not simulate: the past, and some replies.

moto runs in this process, so its objects are within reach: those of a service, an account and a region are a backend.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

from moto.backends import get_backend
from moto.backup.responses import BackupResponse
from moto.cognitoidentity.responses import CognitoIdentityResponse
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.responses import EC2Response
from moto.iam.responses import IamResponse
from moto.rds.responses import RDSResponse
from moto.s3.responses import S3Response
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.wafv2.responses import WAFV2Response

from aioprowler.demo.seed.clients import HOME_REGION, Clients

Reply = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]
"""What an operation says, or what makes that of moto's request."""

_REPLACED: Final = (
    ("backup", BackupResponse, ("ListBackupSelections", "GetBackupSelection")),
    ("cognito-identity", CognitoIdentityResponse, ("GetIdentityPoolRoles",)),
    ("cognito-idp", CognitoIdpResponse, ("DescribeRiskConfiguration",)),
    (
        "ec2",
        EC2Response,
        (
            "DescribeClientVpnEndpoints",
            "GetImageBlockPublicAccessState",
            "GetInstanceMetadataDefaults",
            "GetSnapshotBlockPublicAccessState",
        ),
    ),
    (
        "iam",
        IamResponse,
        (
            "GenerateServiceLastAccessedDetails",
            "GetCredentialReport",
            "GetServiceLastAccessedDetails",
            "ListOrganizationsFeatures",
            "ListServerCertificates",
            "ListServiceSpecificCredentials",
        ),
    ),
    ("rds", RDSResponse, ("DescribeCertificates", "DescribeDBEngineVersions")),
    ("s3", S3Response, ("GetBucketVersioning",)),
    ("ssm", SimpleSystemManagerResponse, ("DescribeInstanceInformation",)),
    ("wafv2", WAFV2Response, ("ListResourcesForWebACL",)),
)
"""Operations that moto lacks or tells too little with."""


def backend(clients: Clients, service: str, region: str = HOME_REGION) -> Any:
    """moto's objects of a service in an account and region."""
    return _backend(service, clients.account_id, region)


def _backend(service: str, account_id: str, region: str) -> Any:
    find: Any = get_backend  # typed for literal names alone
    backends = find(service)[account_id]
    return backends["aws" if service in ("iam", "s3") else region]


def tell(clients: Clients, service: str, operation: str, reply: Reply, region: str = HOME_REGION) -> None:
    """Have an operation answer so in an account and region; `moto_supplemented` has to be entered."""
    vars(backend(clients, service, region)).setdefault("replies", {})[operation] = reply


def now() -> datetime.datetime:
    """To the second, without a time zone and in UTC, as moto keeps time."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


def ago(days: float) -> datetime.datetime:
    """A moment in the past. The scans follow within the hour, at which the age still counts as so many whole days."""
    return now() - datetime.timedelta(days=days)


@contextmanager
def moto_supplemented() -> Iterator[None]:
    """Let seeds tell what operations answer. Where none did, all stays as moto has it."""
    with ExitStack() as stack:
        for service, responses, operations in _REPLACED:
            for operation in operations:
                name = camelcase_to_underscores(operation)
                answer = _answer(service, operation, getattr(responses, name, None))
                stack.enter_context(patch.object(responses, name, answer, create=True))
        yield


def _answer(service: str, operation: str, original: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def answer(request: Any) -> Any:
        replies = getattr(_backend(service, request.current_account, request.region), "replies", {})
        if operation in replies:
            reply = replies[operation]
            result = ActionResult(reply(request) if callable(reply) else reply)
            if service != "s3":
                return result
            request.data["Action"] = operation
            return request.serialized(result)
        if original is None:
            raise NotImplementedError(f"{operation} has not been implemented")
        return original(request)

    return answer
