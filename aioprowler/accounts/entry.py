"""How an account is entered: credentials proved, role assumed, identity and regions asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import aioboto3
import msgspec
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from aioprowler.accounts.credentials import CredentialSource, EntryError, from_botocore, from_sts
from aioprowler.accounts.operations import ASSUME_ROLE, DESCRIBE_REGIONS, GET_CALLER_IDENTITY, LIST_REGIONS
from aioprowler.aws.api import Aws
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import EXPIRED, classify
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

Entry = Callable[[Aws], Awaitable[Account]]
"""Enters one account. Raises EntryError."""

HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Partition -> the region used where none is configured."""

ALWAYS_ENABLED = {
    "aws": (
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}  # fmt: skip
"""Regions that no account can turn off
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html)."""


async def entries(
    gateway: Gateway, sources: Sequence[CredentialSource], accounts: Sequence[Account] | None
) -> list[Entry]:
    """One entry for each account of `accounts`, with the first source's credentials, else for each source."""
    if accounts is not None:
        provider = await _provider(gateway, sources[0])
        return [partial(_with_provider, gateway, provider, account) for account in accounts]
    return [partial(_enter, gateway, source) for source in sources]


async def _with_provider(gateway: Gateway, provider: Renewing, account: Account, aws: Aws) -> Account:  # noqa: ARG001
    gateway.register(account.id, provider)
    return account


async def _enter(gateway: Gateway, source: CredentialSource, aws: Aws) -> Account:
    provider = await _provider(gateway, source)
    home = _home(source)
    seed = Account(id=f"entry {id(provider)}", default_region=home)
    gateway.register(seed.id, provider)
    try:
        account = await identify(aws, source=source.describe(), seed=seed)
    finally:
        gateway.forget(seed.id)
    gateway.register(account.id, provider)
    return account


async def _provider(gateway: Gateway, source: CredentialSource) -> Renewing:
    """The source's credentials, proved by fetching them once. Raises EntryError."""
    try:
        session = _session(source)
    except ProfileNotFound:
        raise EntryError(
            source.describe(), "there is no such profile; `aws configure list-profiles` prints those there are.",
            code="ProfileNotFound",
        ) from None  # fmt: skip
    provider = Renewing(from_botocore(session, source))
    if source.role_arn or source.mfa_serial:
        provider = Renewing(partial(_session_keys, gateway, provider, source))
    try:
        await provider.get()
    except (ClientError, BotoCoreError) as error:
        raise _refused(source, error) from None
    return provider


async def _session_keys(gateway: Gateway, base: Renewing, source: CredentialSource) -> Keys:
    """Keys of the assumed role, or of an MFA session without one."""
    params: dict[str, Any] = {"DurationSeconds": source.session_duration}
    if source.mfa_serial:
        params |= {"SerialNumber": source.mfa_serial, "TokenCode": source.mfa_token}
    region = _home(source)
    account = Account(id=f"base {id(base)}", default_region=region)
    operation = "GetSessionToken"
    if source.role_arn:
        operation = "AssumeRole"
        params |= {"RoleArn": source.role_arn, "RoleSessionName": source.session_name}
        params |= {"ExternalId": source.external_id} if source.external_id else {}
    gateway.register(account.id, base)
    try:
        return from_sts(await gateway.call(account, region, "sts", operation, params))
    finally:
        gateway.forget(account.id)


def _refused(source: CredentialSource, error: Exception) -> EntryError:
    failure = classify(error, ASSUME_ROLE if source.role_arn else GET_CALLER_IDENTITY)
    account_id = source.role_arn.split(":")[4] if source.role_arn and source.role_arn.count(":") > 4 else ""
    return EntryError(
        source.describe(),
        f"{_advice(source, failure)} ({failure.code}: {failure.message})",
        account_id=account_id,
        kind=failure.kind,
        action=failure.action,
        code=failure.code,
    )


def _advice(source: CredentialSource, failure: Failure) -> str:
    if "MultiFactorAuthentication" in failure.message or "MFA" in failure.message:
        return "the MFA code was not accepted; wait for the next one and give it once."
    if failure.code in EXPIRED:
        return "the credentials have expired; sign in again."
    if failure.kind == "denied" and source.role_arn:
        return "check the role's trust policy, its external ID, and that you may call sts:AssumeRole on it."
    if failure.kind in ("timed_out", "unreachable"):
        return "AWS did not answer; check the network, the proxy and AWS_ENDPOINT_URL."
    if failure.kind == "broken":
        return "AWS could not carry it out; check the role's ARN, the session's duration and AWS_ENDPOINT_URL."
    return "AWS did not accept the credentials; check the key, the secret and the session token."


async def identify(aws: Aws, *, source: str, seed: Account) -> Account:
    """The account behind credentials, with its partition and enabled regions. Raises EntryError."""
    home = seed.default_region
    reply = await aws.call(seed, home, GET_CALLER_IDENTITY, {})
    if isinstance(reply, Failure) or reply is None:
        failure = reply or Failure("broken", GET_CALLER_IDENTITY.action, "no reply")
        advice = _advice(CredentialSource(), failure)
        raise EntryError(source, f"{advice} ({failure.code}: {failure.message})", kind=failure.kind, code=failure.code)
    partition = _partition(reply["Arn"])
    known = msgspec.structs.replace(seed, partition=partition)
    regions = await _regions(aws, known)
    aws.calls.places.pop(seed.id, None)
    return msgspec.structs.replace(known, id=reply["Account"], regions=regions)


async def _regions(aws: Aws, account: Account) -> tuple[str, ...]:
    """Enabled regions, as EC2 knows them, else Account Management, else those that cannot be off."""
    reply = await aws.call(account, account.default_region, DESCRIBE_REGIONS, {})
    if isinstance(reply, dict):
        return tuple(sorted(region["RegionName"] for region in reply["Regions"]))
    names: list[str] = []
    asked = {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]}
    async for page in aws.pages(account, account.default_region, LIST_REGIONS, asked):
        if isinstance(page, Failure):
            return ALWAYS_ENABLED.get(account.partition, (account.default_region,))
        names += [region["RegionName"] for region in page["Regions"]]
    return tuple(sorted(names))


def _session(source: CredentialSource) -> Any:
    """The base session of a source. Raises ProfileNotFound."""
    return aioboto3.Session(
        aws_access_key_id=source.access_key_id,
        aws_secret_access_key=source.secret_access_key,
        aws_session_token=source.session_token,
        profile_name=source.profile,
    )


def _home(source: CredentialSource) -> str:
    """The region that the environment or the profile names, else the role's partition's first."""
    configured: str | None = _session(source).region_name
    return configured or HOMES[_partition(source.role_arn or "arn:aws:")]


def _partition(arn: str) -> str:
    return arn.split(":")[1]
