"""How an account is entered: credentials proved, role assumed, identity and regions asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import anyio
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound
from msgspec import structs

from aioprowler.accounts.advice import of_answer, of_configuration, of_provider, without_profile
from aioprowler.accounts.credentials import CredentialSource, EntryError, from_botocore
from aioprowler.accounts.describing import Tell, Told, untold
from aioprowler.accounts.operations import (
    ASSUME_ROLE,
    DESCRIBE_REGIONS,
    DESCRIBING_OPERATIONS,
    GET_CALLER_IDENTITY,
    LIST_REGIONS,
    ORGANIZATION_OPERATIONS,
)
from aioprowler.accounts.organization import Member, Organization, accounts_of, has_tags, tags_of
from aioprowler.accounts.permissions import Statement, roles
from aioprowler.accounts.replies import Identity, Regions, read
from aioprowler.accounts.sessions import TOO_LARGE, Ceiling, session_keys
from aioprowler.aws.api import Boundary
from aioprowler.aws.clients import session_in
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import classify
from aioprowler.aws.homes import EVERYWHERE, Chosen, homes
from aioprowler.aws.partitions import always_enabled, partition_of
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.errors import AioprowlerError

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

T = TypeVar("T")

Entry = Callable[[Boundary], Awaitable[Account | None]]
"""Enters one account; None if it turns out that it is none of those to scan. Raises EntryError."""

By = Callable[[CredentialSource, Account], Tell]
"""Who tells of accounts that are entered with a source, which begins with these credentials."""

CHAINED_SESSION = 3600
"""Seconds that a role lasts at most which another role assumed
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining)."""


def nobody(source: CredentialSource, asker: Account) -> Tell:  # noqa: ARG001 - nobody is asked
    """Nothing is told of any account."""
    return untold


async def entries(
    gateway: Gateway,
    sources: Sequence[CredentialSource],
    accounts: Sequence[Account] | None,
    ceiling: Ceiling,
    chosen: Chosen = EVERYWHERE,
    by: By = nobody,
) -> AsyncIterator[Entry]:
    """One entry for each account of `accounts`, with the first source's credentials, else for each source. Sessions of
    roles are opened with the `ceiling`'s policy. `by`: of known accounts nobody is asked.

    Raises EntryError for credentials that do not exist.
    """
    if accounts is not None:
        source = sources[0]
        provider, _ = await _begun(source, chosen, partial(_provider, gateway, source, ceiling))
        for account in accounts:
            yield partial(_with_provider, gateway, provider, source, account)
        return
    for source in sources:
        yield partial(_enter, gateway, source, ceiling, chosen, by)


@dataclass(slots=True)
class Base:
    """Credentials from which other accounts are entered, as soon as somebody has proved them: they last for all who
    enter accounts, and may be had once only, as with the code of an MFA device.
    """

    proved: tuple[Renewing, str, Account] | None = None


async def member_entries(
    aws: Boundary,
    gateway: Gateway,
    source: CredentialSource,
    members: Organization | Sequence[Member],
    ceiling: Ceiling,
    notes: list[str],
    done: Container[str] = (),
    chosen: Chosen = EVERYWHERE,
    held: Base | None = None,
    by: By = nobody,
    tell_of: dict[str, Member] | None = None,
    are_placed: bool = False,
) -> AsyncIterator[Entry]:
    """One entry for each account of an organization, as they are listed, or of a list.

    `source` is the base: its credentials list the organization and assume the role in each account. Raises EntryError
    where they do not exist or are refused. Accounts that are `done`, by their ids, are left out. To
    `notes` is added what the user should know. `held`: for who goes through the same accounts once more. `by`: an
    organization's listing tells of its accounts anyway. `tell_of`: others enter the accounts; here is put how, by id.
    `are_placed`: those of the list are where they are to be, as such others are told.
    """
    held = held or Base()
    if held.proved is None:
        held.proved = await base_of(gateway, source, ceiling, members, aws, chosen)
    provider, own, base = held.proved
    organization = members if isinstance(members, Organization) else None
    tell = by(source, base) if organization is None else untold
    door = _Door(gateway, source, ceiling, provider, own, base, organization, tell, tell_of)
    if not isinstance(members, Organization):
        for member in members:
            if member.account.id in done:
                continue
            account = member.account if are_placed else _placed(member.account, base)
            yield partial(door.enter, structs.replace(member, account=account))
        return
    async for listed in accounts_of(aws, base, members, notes):
        if isinstance(listed, EntryError):
            yield partial(_refuse, listed)
        elif listed.id not in done:
            yield partial(door.enter, Member(account=listed, role=members.role, external_id=members.external_id))


async def base_of(
    gateway: Gateway,
    source: CredentialSource,
    ceiling: Ceiling,
    members: Organization | Sequence[Member] | None,
    aws: Boundary,
    chosen: Chosen = EVERYWHERE,
) -> tuple[Renewing, str, Account]:
    """The credentials that list or enter other accounts, their own account's id, and whom to ask with them. None of
    the members: they are only asked about. Raises EntryError.
    """
    proved = await _begun(source, chosen, partial(_base, gateway, source, ceiling, members, aws))
    gateway.identified(proved[2].id, proved[1])
    return proved


async def count_accounts(
    aws: Boundary, gateway: Gateway, source: CredentialSource, wanted: Organization, chosen: Chosen = EVERYWHERE
) -> int:
    """How many accounts of the organization would be entered; tags of accounts are not looked at. None is entered.
    Raises EntryError where the organization cannot be listed, or lacks what is asked for.
    """
    _, _, base = await base_of(gateway, source, Ceiling(None), wanted, aws, chosen)
    count = 0
    async for listed in accounts_of(aws, base, wanted, []):
        if isinstance(listed, EntryError):
            raise listed
        count += 1
    return count


def _placed(account: Account, base: Account) -> Account:
    """An account of a list, where its base is; in the first of its regions where that is none of them."""
    regions, home = account.regions, base.default_region
    if regions and home not in regions:
        home = regions[0]
    return structs.replace(account, partition=base.partition, default_region=home)


@dataclass(frozen=True, slots=True)
class _Door:
    """Enters accounts with a role that the base credentials assume."""

    gateway: Gateway
    source: CredentialSource
    ceiling: Ceiling
    provider: Renewing
    own: str
    """The base credentials' own account, in which they need no role."""
    base: Account
    organization: Organization | None
    tell: Tell
    tell_of: dict[str, Member] | None

    async def enter(self, member: Member, aws: Boundary) -> Account | None:
        try:
            return await self._enter(member, aws)
        except EntryError as error:
            error.account_name = member.account.name
            raise

    async def _enter(self, member: Member, aws: Boundary) -> Account | None:
        account = member.account
        if self.organization is not None:
            tags = await self._tags(self.organization, account, aws)
            if tags is None:
                return None
            account = structs.replace(account, tags=tags)
        if self.tell_of is not None:
            self.tell_of[account.id] = structs.replace(member, account=account)
            return account
        provider, source = await self._credentials(member)
        self.gateway.register(account.id, provider, source.profile)
        account = _led_in(account, source)
        return await _completed(aws, account, account.id, self.tell)

    async def _tags(self, organization: Organization, account: Account, aws: Boundary) -> dict[str, str] | None:
        """The account's tags; None if it does not have those that are asked for."""
        tags = await tags_of(aws, self.base, account.id)
        if not isinstance(tags, Failure):
            return tags if has_tags(tags, organization.tags) else None
        if not organization.tags:
            return {}
        raise EntryError(
            f"the tags of account {account.id}", tags.explain(), account_id=account.id, kind=tags.kind,
            action=tags.action, code=tags.code,
        )  # fmt: skip

    async def _credentials(self, member: Member) -> tuple[Renewing, CredentialSource]:
        """And where they come from."""
        if member.account.id == self.own and not member.role.startswith("arn:"):
            return self.provider, self.source
        longest = CHAINED_SESSION if self.source.role_arn else self.source.session_duration
        source = structs.replace(
            self.source,
            role_arn=member.role_arn,
            external_id=member.external_id,
            session_duration=min(self.source.session_duration, longest),
            mfa_serial=None,
            mfa_token=None,
        )
        provider = Renewing(partial(session_keys, self.gateway, self.base, source, self.ceiling))
        await _prove(provider, source)
        return provider, source


async def _refuse(error: EntryError, aws: Boundary) -> Account:  # noqa: ARG001 - an entry that is known to fail
    raise error


async def _with_provider(
    gateway: Gateway, provider: Renewing, source: CredentialSource, account: Account, aws: Boundary  # noqa: ARG001
) -> Account:  # fmt: skip
    gateway.register(account.id, provider, source.profile)
    return _led_in(account, source)


def _led_in(account: Account, source: CredentialSource) -> Account:
    return structs.replace(account, profile=source.leads_in, auth_method=source.method)


async def _base(
    gateway: Gateway,
    source: CredentialSource,
    ceiling: Ceiling,
    members: Organization | Sequence[Member] | None,
    aws: Boundary,
    home: str,
) -> tuple[Renewing, str, Account]:
    besides = _entering(_partition(source.role_arn), members) if source.role_arn else ()
    provider, _ = await _provider(gateway, source, ceiling, home, besides)
    seed = _seed("base", provider, home)
    gateway.register(seed.id, provider, source.profile)
    return provider, *await _whose(aws, source, seed)


def _entering(partition: str, members: Organization | Sequence[Member] | None) -> tuple[Statement, ...]:
    """What the session of a base role may do besides, to find the accounts, or tell of them, and to assume their
    role.
    """
    describing = Statement.of(DESCRIBING_OPERATIONS)
    if members is None:
        return (describing,)
    if isinstance(members, Organization):
        assumed = Statement.of([ASSUME_ROLE], roles(members.role, partition))
        return Statement.of(ORGANIZATION_OPERATIONS), assumed
    named = {each.role.rpartition(":role/")[2] for each in members}
    return describing, Statement.of([ASSUME_ROLE], roles(named.pop() if len(named) == 1 else "*", partition))


async def _begun(source: CredentialSource, chosen: Chosen, begin: Callable[[str], Awaitable[T]]) -> T:
    """What is begun in the first region in which AWS can be reached. Raises EntryError, where it is none that of the
    first.
    """
    silent: list[EntryError] = []
    try:
        for region in homes(source.profile, source.role_arn, chosen):
            try:
                return await begin(region)
            except EntryError as error:
                if error.kind not in ("unreachable", "timed_out"):
                    raise
                silent.append(error)
    except ProfileNotFound:
        raise EntryError(source.describe(), without_profile(source), code="ProfileNotFound") from None
    except (AioprowlerError, BotoCoreError) as error:
        if isinstance(error, EntryError):
            raise
        raise EntryError(source.describe(), of_configuration(error), kind="broken", code=_name(error)) from None
    raise silent[0]


def _name(error: Exception) -> str:
    return type(error).__name__


async def _enter(
    gateway: Gateway, source: CredentialSource, ceiling: Ceiling, chosen: Chosen, by: By, aws: Boundary
) -> Account:
    return await _begun(source, chosen, partial(_entered, gateway, source, ceiling, by, aws))


async def _entered(
    gateway: Gateway, source: CredentialSource, ceiling: Ceiling, by: By, aws: Boundary, home: str
) -> Account:
    provider, asker = await _provider(gateway, source, ceiling, home)
    seed = _seed("entry", provider, home)
    gateway.register(seed.id, provider, source.profile)
    try:
        tell = by(source, asker if asker is not None and source.role_arn else seed)
        account = await identify(aws, source=source, seed=seed, tell=tell)
        gateway.identified(seed.id, account.id)
    finally:
        gateway.forget(seed.id)
    gateway.register(account.id, provider, source.profile)
    return _led_in(account, source)


async def _provider(
    gateway: Gateway, source: CredentialSource, ceiling: Ceiling, home: str, besides: tuple[Statement, ...] = ()
) -> tuple[Renewing, Account | None]:
    """The source's credentials, proved by fetching them once, and those that asked for them, if others did. Raises
    EntryError and BotoCoreError.
    """
    session = session_in(home, source.profile, **source.keys)
    provider = Renewing(from_botocore(session, source))
    asker = None
    if source.role_arn or source.mfa_serial:
        asker = _seed("base", provider, home)
        gateway.register(asker.id, provider, source.profile)
        provider = Renewing(partial(session_keys, gateway, asker, source, ceiling, besides))
    await _prove(provider, source)
    return provider, asker


def _seed(name: str, provider: Renewing, home: str) -> Account:
    """Whose credentials they are is not known yet."""
    return Account(id=f"{name} {id(provider)}", partition=partition_of(home, "aws"), default_region=home)


async def keys_of(source: CredentialSource, ceiling: Ceiling, chosen: Chosen = EVERYWHERE) -> tuple[Keys, str]:
    """A source's credentials and its home region, for a client that the gateway has no part in. Raises EntryError."""
    from aioprowler.aws.gateway import Gateway

    async def keys(home: str) -> tuple[Keys, str]:
        provider, _ = await _provider(gateway, source, ceiling, home)
        return await provider.get(), home

    async with Gateway() as gateway:
        return await _begun(source, chosen, keys)


async def _prove(provider: Renewing, source: CredentialSource) -> None:
    """Fetch the credentials once. Raises EntryError."""
    try:
        await provider.get()
    except (ClientError, BotoCoreError) as error:
        raise _refused(source, error) from None


def _refused(source: CredentialSource, error: Exception) -> EntryError:
    failure = classify(error, ASSUME_ROLE if source.role_arn else GET_CALLER_IDENTITY)
    account_id = source.role_arn.split(":")[4] if source.role_arn and source.role_arn.count(":") > 4 else ""
    return EntryError(
        source.describe(),
        f"{_advice(source, failure)} ({failure.code}: {source.without_secrets(failure.message)})",
        account_id=account_id,
        kind=failure.kind,
        action=failure.action,
        code=failure.code,
    )


def _advice(source: CredentialSource, failure: Failure) -> str:
    if "MultiFactorAuthentication" in failure.message or "MFA" in failure.message:
        return "the MFA code was not accepted; wait for the next one and give it once."
    if failure.code == TOO_LARGE:
        return (
            "the policy that the session is to be limited by is too large, with the tags that it takes on; "
            "--no-session-policy leaves it out."
        )
    if known := of_provider(source, failure) or of_answer(failure):
        return known
    if failure.policy and "trust" not in failure.policy:
        return failure.mend[0].lower() + failure.mend[1:]
    if failure.kind == "denied" and source.role_arn:
        return "check the role's trust policy, its external ID, and that you may call sts:AssumeRole on it."
    if failure.code == "SSLError":
        return (
            "the certificate of the other side is not trusted; name the bundle of your proxy or endpoint in "
            "AWS_CA_BUNDLE."
        )
    if failure.kind in ("timed_out", "unreachable"):
        return "AWS did not answer; check the network, the proxy and AWS_ENDPOINT_URL."
    if failure.kind == "broken":
        return "AWS could not carry it out; check the role's ARN, the session's duration and AWS_ENDPOINT_URL."
    return "AWS did not accept the credentials; check the key, the secret and the session token."


async def identify(
    aws: Boundary, *, seed: Account, source: CredentialSource | None = None, tell: Tell = untold
) -> Account:
    """The account behind credentials, with its partition and enabled regions; `source`: theirs, unless the AWS that is
    asked has its own. Raises EntryError.
    """
    own, known = await _whose(aws, source, seed)
    account = await _completed(aws, known, own, tell)
    aws.calls.identified(seed.id, own)
    return structs.replace(account, id=own)


async def _whose(aws: Boundary, source: CredentialSource | None, seed: Account) -> tuple[str, Account]:
    """The id of the account behind credentials, and the seed with its partition. Raises EntryError."""
    reply = await aws.call(seed, seed.default_region, GET_CALLER_IDENTITY, {})
    found = reply if isinstance(reply, Failure) else read(reply or {}, Identity, GET_CALLER_IDENTITY)
    if isinstance(found, Failure):
        advice = _advice(structs.replace(source or CredentialSource(), role_arn=None), found)  # which it has already
        told = f"{advice} ({found.code}: {found.message})"
        raise EntryError(source.describe() if source else "the given AWS", told, kind=found.kind, code=found.code)
    return found.account, structs.replace(seed, partition=_partition(found.arn))


async def _completed(aws: Boundary, account: Account, id_: str, tell: Tell) -> Account:
    """The account with its enabled regions, and with what its organization tells meanwhile, so that nothing waits for
    that if it need not. What the user tells of it stays.
    """
    told: Told = {}

    async def hear() -> None:
        told.update(await tell(id_))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        if account.regions is None:
            account = await _with_regions(aws, account)
    return structs.replace(account, **{name: value for name, value in told.items() if not getattr(account, name)})


async def _with_regions(aws: Boundary, account: Account) -> Account:
    """The account with its enabled regions, as EC2 knows them, else Account Management; with those that cannot be off,
    and the reason, where neither tells.
    """
    names, untold = await _described(aws, account), None
    if isinstance(names, Failure):
        untold, names = names, await _listed(aws, account)
    if isinstance(names, Failure):
        names = always_enabled(account.partition) or (account.default_region,)
        return structs.replace(account, regions=names, untold=untold)
    return structs.replace(account, regions=tuple(sorted(names)))


async def _described(aws: Boundary, account: Account) -> Sequence[str] | Failure:
    reply = await aws.call(account, account.default_region, DESCRIBE_REGIONS, {})
    found = reply if isinstance(reply, Failure) else read(reply or {}, Regions, DESCRIBE_REGIONS)
    return found if isinstance(found, Failure) else found.names or _none(DESCRIBE_REGIONS)


async def _listed(aws: Boundary, account: Account) -> Sequence[str] | Failure:
    names: list[str] = []
    asked = {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]}
    async for page in aws.pages(account, account.default_region, LIST_REGIONS, asked):
        found = page if isinstance(page, Failure) else read(page, Regions, LIST_REGIONS)
        if isinstance(found, Failure):
            return found
        names += found.names
    return names or _none(LIST_REGIONS)


def _none(operation: Operation) -> Failure:
    """Each account has regions."""
    return Failure("broken", operation.action, "no region in it")


def _partition(arn: str) -> str:
    return arn.split(":")[1]
