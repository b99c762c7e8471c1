"""STS and what else tells of accounts, on a loopback port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.quotas import QuotaTable
from tests.aws.server import Received, Reply

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaDEXAMPLETOKEN"
GIVEN: dict[str, Any] = {"access_key_id": "AKIAALICE0001", "secret_access_key": SECRET}
OPEN = QuotaTable(
    {f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in ("account", "ec2", "organizations", "sts")}
)

UNLIMITED = Ceiling(None)


def session(operation: str, account: str, expiration: str) -> Reply:
    keys = (
        f"<AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>"
        f"<SessionToken>{TOKEN}</SessionToken><Expiration>{expiration}</Expiration>"
    )
    result = f"<{operation}Result><Credentials>{keys}</Credentials></{operation}Result>"
    return Reply(f"<{operation}Response>{result}</{operation}Response>")


def identity(key: str) -> Reply:
    account = key.removeprefix("ASIA") if key.startswith("ASIA") else "111111111111"
    told = f"<Arn>arn:aws:iam::{account}:user/alice</Arn><Account>{account}</Account>"
    result = f"<GetCallerIdentityResult>{told}</GetCallerIdentityResult>"
    return Reply(f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>")


def ec2_regions(*names: str) -> Reply:
    items = "".join(f"<item><regionName>{name}</regionName></item>" for name in names)
    return Reply(f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>")


class Sts:
    """STS, and the two that know regions. `refuse`: action -> its reply instead."""

    def __init__(self, refuse: Mapping[str, Reply] | None = None, expiration: str = "2099-01-01T00:00:00Z") -> None:
        self.refuse = refuse or {}
        self.expiration = expiration
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: Received) -> Reply:
        fields = request.fields if request.service in ("sts", "ec2") else {"Action": "ListRegions"}
        self.asked.append({**fields, "key": request.access_key})
        action = fields["Action"]
        if action in self.refuse:
            return self.refuse[action]
        match action:
            case "AssumeRole":
                return session(action, fields["RoleArn"].split(":")[4], self.expiration)
            case "GetSessionToken":
                return session(action, "111111111111", self.expiration)
            case "GetCallerIdentity":
                return identity(request.access_key)
            case "ListRegions":
                return Reply('{"Regions":[{"RegionName":"eu-north-1","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}')
        return ec2_regions("us-east-1", "eu-west-1")

    def of(self, action: str) -> dict[str, str]:
        (found,) = [each for each in self.asked if each["Action"] == action]
        return found
