"""Whom a resource policy lets in: the public, or strangers to an account."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

import msgspec

from aioprowler.judging.policies.conditions import ANY_SERVICE, OWN, Scope, is_about_caller, networks, services_of, ties
from aioprowler.judging.policies.documents import Policy, Principal, Statement
from aioprowler.judging.policies.wildcards import Selector


class Outsiders(msgspec.Struct, frozen=True, gc=False):
    """Whom a policy lets in, of those that a question is about: nobody, some, or some of whom nobody can tell."""

    names: tuple[str, ...] = ()
    """As the policy spells them; anyone is ``*``."""
    doubtful: tuple[str, ...] = ()
    """Those who may be some, each with the reason: ``AROAEXAMPLE, a principal that was deleted``."""


def public_access(
    policy: Policy, *, trusted_ips: Collection[str] = (), actions: Collection[str] = (), services: bool = False
) -> Outsiders:
    """Anyone whom the policy lets in with no condition that ties the request to a party in particular, and no Deny.

    Such are accounts, organizations, ARNs, VPCs and their endpoints, given by equality and without wildcards where it
    matters. Ranges of addresses are as well, unless they are so broad that S3 calls them public ("Blocking public
    access to your Amazon S3 storage", section "The meaning of public") and neither private nor trusted. A Deny has to
    keep everybody, or all but such a party, from all that is allowed. With actions, only statements that allow one of
    these count. With services, AWS service principals count as anyone, since they act for all their customers ("The
    confused deputy problem").
    """
    return _outsiders(policy, Scope(networks=networks(trusted_ips), services=services), actions)


def foreign_access(
    policy: Policy,
    account_id: str,
    trusted: Collection[str] = (),
    *,
    trusted_ips: Collection[str] = (),
    accounts_only: bool = False,
    by_resource: bool = False,
    services: bool = False,
) -> Outsiders:
    """Those whom the policy lets in from outside the account and the trusted ones; anyone is ``*``.

    Trusted are ids of accounts, and canonical ids of users, which S3 takes for accounts. Left out are statements whose
    conditions, or whose denials, tie them to these, to an organization, a VPC or private addresses; with accounts_only,
    organizations and addresses do not count. With by_resource the policy is about the resources of others too, as a VPC
    endpoint's is, and conditions on their owner count. Listed are neither identity providers nor CloudFront by its
    origin access identities, which do not tell their account; nor services, but with services those that nothing ties
    to these accounts.
    """
    accounts = frozenset({account_id, *trusted, OWN})
    scope = Scope(accounts, accounts_only, networks(trusted_ips), services=services, by_resource=by_resource)
    return _outsiders(policy, scope)


def outsiders_among(principals: Iterable[Principal], accounts: Collection[str]) -> Outsiders:
    """Those of the principals who are of none of the accounts."""
    scope = Scope(frozenset(accounts))
    return _told((each, why_doubtful(each)) for each in principals if is_outside(each, scope))


def _outsiders(policy: Policy, scope: Scope, actions: Collection[str] = ()) -> Outsiders:
    return _told(each for grant in policy.grants for each in _let_in(grant, policy, scope, actions))


def _told(found: Iterable[tuple[Principal, str]]) -> Outsiders:
    """Those whom nobody doubts, and those with a reason to."""
    names: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    for caller, why in found:
        if why:
            doubtful[f"{caller.value}, {why}"] = None
        else:
            names[caller.value] = None
    return Outsiders(tuple(names), tuple(doubtful))


def _let_in(
    grant: Statement, policy: Policy, scope: Scope, actions: Collection[str]
) -> Iterable[tuple[Principal, str]]:
    """The outsiders whom a statement of the policy lets in, each with the reason where that is in doubt."""
    if actions and not any(map(grant.covers_action, actions)):
        return ()
    asked = Selector(tuple(filter(grant.covers_action, actions))) if actions else grant.actions
    cover = functools.cache(functools.partial(_cover, asked.parts, grant.resources.parts))
    denials = policy.denials
    if any(
        ties(each, scope) and (grant.requires(each.key) or cover(_without(each.key, denials)))
        for each in grant.conditions
    ):
        return ()
    outside = [(caller, why_doubtful(caller)) for caller in _callers(grant) if is_outside(caller, scope)]
    return _not_denied(outside, denials, cover, scope) if denials else outside


# --- Callers ---

# These call a resource for their own account only, and so cannot be made anyone's deputy.
_LOYAL_SERVICES: Final = frozenset({"secretsmanager.amazonaws.com", "eks.amazonaws.com"})
# The account by which CloudFront writes its logs, in the partitions aws and aws-cn ("Access logs (standard logs)").
_LOG_DELIVERY: Final = frozenset(
    {
        "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
        "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
    }
)


def _callers(grant: Statement) -> Iterable[Principal]:
    """Those to whom the statement is, as far as its conditions do not leave AWS services alone of them.

    Anyone may be a service too.
    """
    anyone = grant.is_for_anyone
    alone = [service for each in grant.conditions if grant.requires(each.key) for service in services_of(each)]
    if alone:
        yield from alone if anyone else (each for each in grant.principals if each.kind == "Service")
        return
    if anyone:
        yield ANY_SERVICE
    if grant.is_for_all_but_some:
        yield Principal("AWS", "*")
    yield from grant.principals


def is_outside(caller: Principal, scope: Scope) -> bool:
    """Whether a caller is not known, or not for certain."""
    if caller.is_anyone:
        return True
    if caller.kind == "Service":
        return scope.services and caller.value not in _LOYAL_SERVICES
    if scope.accounts is None or caller.is_origin_access_identity or caller.kind not in {"AWS", "CanonicalUser"}:
        return False
    return caller.account not in scope.accounts and caller.value not in _LOG_DELIVERY


def why_doubtful(caller: Principal) -> str:
    """Why nobody can tell whose somebody outside is; empty where it is told."""
    if caller.is_deleted:
        return "a principal that was deleted"
    is_canonical = caller.kind == "CanonicalUser" and not caller.is_anyone
    return "a canonical user, which does not tell its account" if is_canonical else ""


# --- Denials ---


def _without(key: str, denials: Iterable[Statement]) -> tuple[Statement, ...]:
    """Those that are about all requests without the condition key, whoever sends them."""
    alone = [("null", key, "true")]
    return tuple(
        denial
        for denial in denials
        if Principal("AWS", "*") in denial.principals
        and [(each.operator, each.key, *map(str.lower, each.values)) for each in denial.conditions] == alone
    )


def _not_denied(
    outside: Iterable[tuple[Principal, str]],
    denials: Sequence[Statement],
    cover: Callable[[tuple[Statement, ...]], bool],
    scope: Scope,
) -> Iterable[tuple[Principal, str]]:
    """Those whom denials do not keep out; `cover` says whether such take in all that is allowed."""
    for caller, why in outside:
        bars = [(denial, _bars(denial, caller, scope)) for denial in denials]
        if not cover(tuple(denial for denial, certain in bars if certain)):
            perhaps = cover(tuple(denial for denial, certain in bars if certain is not False))
            yield caller, why or ("whom a Deny under conditions may keep out" if perhaps else "")


def _cover(actions: Sequence[Selector], resources: Sequence[Selector], denials: Sequence[Statement]) -> bool:
    """Whether each of the actions is denied on each of the resources, be it by several statements."""
    taken = [
        (
            {part for part in actions if denial.actions.includes(part, ignore_case=True)},
            {part for part in resources if denial.resources.includes(part)},
        )
        for denial in denials
    ]
    return all(any(a in of and r in on for of, on in taken) for a in actions for r in resources)


def _bars(denial: Statement, caller: Principal, scope: Scope) -> bool | None:
    """Whether a Deny is certain to be about an outsider's calls; None where it limits them in a way that may not do.

    Its conditions all have to hold: each one that forbids all but known parties does, of outsiders, and so of requests
    without the key. Others about the caller may; what the caller can choose, as the protocol, is no bar.
    """
    if not _names(denial, caller, scope):
        return False
    if caller.kind == "Service" and any(services_of(each.opposite) for each in denial.conditions if each.opposite):
        return False
    limits = [e for e in denial.conditions if e.opposite and (ties(e.opposite, scope) or services_of(e.opposite))]
    if len(limits) == len(denial.conditions) and not any(each.fails_without_key for each in limits):
        return True
    return None if limits and all(each in limits or is_about_caller(each) for each in denial.conditions) else False


def _names(denial: Statement, caller: Principal, scope: Scope) -> bool:
    """Whether all that the caller stands for is denied, but known parties where it stands for anyone."""
    if not denial.not_principals:
        return any(_takes_in(each, caller) for each in denial.principals)
    if caller.is_anyone or caller == ANY_SERVICE:
        return not any(is_outside(each, scope) for each in denial.not_principals)
    return not any(_takes_in(each, caller) or _takes_in(caller, each) for each in denial.not_principals)


def _takes_in(wider: Principal, caller: Principal) -> bool:
    """Whether a principal is the other one, everybody, or its account."""
    return wider == caller or wider.value == "*" or (caller.kind == "AWS" and wider.whole_account == caller.account)
