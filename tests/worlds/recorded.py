"""The embedded AWS, recorded once: a world with real replies for every check, which then plays back in memory."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import anyio
import orjson

from aioprowler import Account, Finding, ScanOptions, check_ids, scan
from aioprowler.accounts.entry import identify
from aioprowler.aws import clients
from aioprowler.aws.api import Boundary
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.lean import LeanOperation
from aioprowler.aws.quotas import QuotaTable
from aioprowler.catalog import installed
from aioprowler.declarations.sources import Operation
from aioprowler.demo import EmbeddedAws
from aioprowler.demo.seed import DemoOrganization, seed
from aioprowler.engine.plan import make_plan
from tests.worlds.world import NOW, TOOLS

Key = tuple[str, str, str, bytes]
"""Account, region, `service:Operation`, parameters."""

Raw = dict[Operation, dict[bytes, dict[str, str]]]
"""Of each operation, the bodies of what it carried out, with their headers."""

REGIONS = ("us-east-1", "eu-west-1")
OPEN = QuotaTable(
    {f"{service}:*": {"rate": 1e6, "capacity": 1e6} for service in ("ec2", "iam", "rds", "s3", "s3control")}
)


class Recording:
    """An AwsApi that answers from what another one said."""

    def __init__(self, replies: dict[Key, Any], accounts: tuple[Account, ...], raw: Raw) -> None:
        self.replies = replies
        self.accounts = accounts
        self.raw = raw

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        outcome = self.replies[account.id, region, f"{service}:{operation}", _plain(params)]
        if isinstance(outcome, Exception):
            raise outcome
        reply: dict[str, Any] = outcome
        return reply


class _Recorder:
    """Passes calls on and remembers how they ended."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.replies: dict[Key, Any] = {}

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        key = (account.id, region, f"{service}:{operation}", _plain(params))
        try:
            reply = self.replies[key] = await self._gateway.call(account, region, service, operation, params)
        except Exception as error:
            self.replies[key] = error
            raise
        return reply


@contextmanager
def _raw_replies() -> Iterator[Raw]:
    """Those that are read as long as the block runs."""
    raw: defaultdict[Operation, dict[bytes, dict[str, str]]] = defaultdict(dict)
    parse = LeanOperation.parse

    async def kept(lean: LeanOperation, status: int, headers: Mapping[str, str], body: bytes, *more: Any) -> Any:
        if status == 200 and body:
            raw[Operation(lean.model.service_model.service_name, lean.model.name)][body] = dict(headers)
        return await parse(lean, status, headers, body, *more)

    with patch.object(LeanOperation, "parse", kept):
        yield raw


def _plain(params: dict[str, Any]) -> bytes:
    return orjson.dumps(params, option=orjson.OPT_SORT_KEYS)


def record() -> Recording:
    """A scan of the seeded organization with every check, as a recording."""
    patient = patch.multiple(clients, CONNECT_TIMEOUT=60.0, READ_TIMEOUT=60.0)  # client and server share a process
    with patient, EmbeddedAws() as aws:
        organization = seed(aws.endpoint_url)
        keys = aws.base_credentials
        environment = {
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_DEFAULT_REGION": REGIONS[0],
        }
        with patch.dict(os.environ, environment):
            return anyio.run(_record, organization)


def statuses(recording: Recording) -> dict[str, set[str]]:
    """Check id -> the statuses of what it finds in the recorded accounts."""

    async def run() -> list[Finding]:
        options = ScanOptions(accounts=recording.accounts, now=NOW)
        return [finding async for finding in scan(options, aws=recording, tools=TOOLS)]

    found: dict[str, set[str]] = {id_: set() for id_ in check_ids()}
    for finding in anyio.run(run):
        found[finding.check_id].add(finding.status)
    return found


async def _record(organization: DemoOrganization) -> Recording:
    with _raw_replies() as raw:
        return Recording(*await _scanned(organization), dict(raw))


async def _scanned(organization: DemoOrganization) -> tuple[dict[Key, Any], tuple[Account, ...]]:
    planned = [each.operation for each in make_plan(tuple(installed()), {}).operations]
    async with Gateway(table=OPEN, budget=1.0, operations=planned) as gateway:
        recorder = _Recorder(gateway)
        accounts = [await _enter(gateway, recorder, role.id, role.role_arn) for role in organization.accounts]
        options = ScanOptions(accounts=accounts, now=NOW)
        async for _ in scan(options, aws=recorder, tools=TOOLS):
            pass
        return recorder.replies, tuple(accounts)


async def _enter(gateway: Gateway, recorder: _Recorder, account_id: str, role_arn: str) -> Account:
    async def base() -> Keys:
        return Keys(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])

    async def assumed() -> Keys:
        gateway.register("base", Renewing(base))
        params = {"RoleArn": role_arn, "RoleSessionName": "recording"}
        reply = await gateway.call(Account(id="base"), REGIONS[0], "sts", "AssumeRole", params)
        issued = reply["Credentials"]
        return Keys(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])

    seed_account = Account(id=account_id)
    gateway.register(account_id, Renewing(assumed))
    account = await identify(Boundary(recorder), seed=seed_account)
    return Account(id=account.id, regions=REGIONS)
