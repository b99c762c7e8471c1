"""Whom a resource policy lets in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, TypeAlias

import msgspec

from aioprowler.judging.policies.documents import Condition, Policy, Statement
from aioprowler.judging.policies.wildcards import is_fixed

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Scope(msgspec.Struct, frozen=True):
    """What a condition must tie a request to: any party in particular or, given accounts, one of them."""

    accounts: frozenset[str] | None = None
    accounts_only: bool = False
    networks: tuple[Network, ...] = ()

    def knows(self, party: str) -> bool:
        """Whether the party is a particular one, and among the accounts if there are any."""
        return is_fixed(party) and (self.accounts is None or party in self.accounts)


# Policy variables are filled in from the request: those of the resource name its owner, any other the caller at will.
_OWN: Final = "@own"
_VARIABLE: Final = re.compile(r"\$\{(aws:resource(?:account|org)\w*)?[^}]*\}", re.IGNORECASE)


def _fill(value: str) -> str:
    return _VARIABLE.sub(lambda found: _OWN if found[1] else "*", value)


def _head(value: str) -> str:
    """What comes before any path or session name: the organization of an OU path, the role id of a session."""
    return re.split("[:/]", value, maxsplit=1)[0]


def _by_account(value: str, scope: _Scope) -> bool:
    return scope.knows(value)


def _by_arn(value: str, scope: _Scope) -> bool:
    """An ARN tells by its account; one that has none, as a bucket's, by its name."""
    fields = value.split(":", 5)
    if len(fields) < 6:
        return scope.knows(value)
    return scope.knows(fields[4]) if fields[4] else is_fixed(_head(fields[5]))


def _by_organization(value: str, scope: _Scope) -> bool:
    return not scope.accounts_only and is_fixed(_head(value))


def _by_network(value: str, _scope: _Scope) -> bool:
    return is_fixed(value)


def _by_user_id(value: str, scope: _Scope) -> bool:
    return scope.knows(_head(value))


def _by_name(value: str, scope: _Scope) -> bool:
    """A service in whichever region, or a secret token: somebody in particular, whose account it does not tell."""
    return scope.accounts is None and is_fixed(value.partition(".")[0])


def _by_endpoint(value: str, _scope: _Scope) -> bool:
    """A subscriber by its URL or ARN, or by the domain of its mail address."""
    return "*" not in value.rpartition("@")[2]


# Condition keys that name the other party. Keys anyone can arrange for (aws:username, aws:CalledVia, aws:Referer,
# aws:VpcSourceIp without a VPC...) are left out on purpose.
_PARTIES: Final[Mapping[str, Callable[[str, _Scope], bool]]] = {
    "aws:principalaccount": _by_account,
    "aws:resourceaccount": _by_account,
    "aws:sourceaccount": _by_account,
    "aws:sourceowner": _by_account,
    "aws:vpceaccount": _by_account,
    "kms:calleraccount": _by_account,
    "s3:dataaccesspointaccount": _by_account,
    "s3:resourceaccount": _by_account,
    "aws:principalarn": _by_arn,
    "aws:sourcearn": _by_arn,
    "aws:sourcevpcarn": _by_arn,
    "s3:dataaccesspointarn": _by_arn,
    "aws:principalorgid": _by_organization,
    "aws:principalorgpaths": _by_organization,
    "aws:sourceorgid": _by_organization,
    "aws:sourceorgpaths": _by_organization,
    "aws:vpceorgid": _by_organization,
    "aws:vpceorgpaths": _by_organization,
    "aws:sourcevpc": _by_network,
    "aws:sourcevpce": _by_network,
    "aws:userid": _by_user_id,
    "kms:viaservice": _by_name,
    "lambda:eventsourcetoken": _by_name,
    "sns:endpoint": _by_endpoint,
}
# Whoever comes by a mount target of a file system is in its VPC ("Using IAM to control access to Amazon EFS file
# systems", section "EFS condition keys for clients").
_BY_MOUNT_TARGET: Final = frozenset({"elasticfilesystem:accessedviamounttarget"})
_EQUALITIES: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_closed(text: str, trusted: tuple[Network, ...]) -> bool:
    """Whether no stranger of the Internet has an address in the range; by its ends, as 0.0.0.0/0 has private ones."""
    network = _network(text)
    if network is None:
        return False
    if network.prefixlen >= 7 and network[0].is_private and network[-1].is_private:
        return True
    return any(network.version == other.version and network[0] in other and network[-1] in other for other in trusted)


def _ties_down(condition: Condition, scope: _Scope) -> bool:
    """Whether the condition fails for strangers. Its values are alternatives, so each of them has to do so."""
    if condition.holds_without_key or not condition.values:
        return False
    if condition.operator == "ipaddress" and condition.key == "aws:sourceip":
        return not scope.accounts_only and all(_is_closed(value, scope.networks) for value in condition.values)
    if condition.operator == "bool" and condition.key in _BY_MOUNT_TARGET:
        return not scope.accounts_only and all(value.lower() == "true" for value in condition.values)
    names = _PARTIES.get(condition.key) if condition.operator in _EQUALITIES else None
    return names is not None and all(names(_fill(value), scope) for value in condition.values)


def _is_open(statement: Statement, scope: _Scope) -> bool:
    return not any(_ties_down(condition, scope) for condition in statement.conditions)


def _networks(texts: Iterable[str]) -> tuple[Network, ...]:
    return tuple(network for network in map(_network, texts) if network is not None)


# These call a resource for their own account only, and so cannot be made anyone's deputy.
_LOYAL_SERVICES: Final = frozenset({"secretsmanager.amazonaws.com", "eks.amazonaws.com"})


def _is_for_services(statement: Statement) -> bool:
    return any(p.kind == "Service" and p.value not in _LOYAL_SERVICES for p in statement.principals)


def is_public(
    policy: Policy,
    *,
    account_id: str | None = None,
    cross_account: bool = True,
    trusted: Collection[str] = (),
    trusted_ips: Collection[str] = (),
    actions: Collection[str] = (),
    services: bool = False,
) -> bool:
    """Whether some Allow lets anyone in, with no condition that ties the request to a party in particular.

    Such are accounts, organizations, ARNs, VPCs and their endpoints, given by equality and without wildcards where it
    matters, and ranges of private or trusted addresses. Any account will do unless cross_account is false: then it has
    to be account_id or a trusted one. With actions, only statements that allow one of these count. With services, AWS
    service principals count as anyone, since they act for all their customers ("The confused deputy problem").
    Deny statements are not weighed, as in AWS's own meaning of public.
    """
    accounts = None if cross_account else frozenset({*trusted, account_id or _OWN, _OWN})
    scope = _Scope(accounts, networks=_networks(trusted_ips))
    return any(
        (grant.is_for_anyone or (services and _is_for_services(grant)))
        and (not actions or any(map(grant.covers_action, actions)))
        and _is_open(grant, scope)
        for grant in policy.grants
    )


def cross_account_principals(
    policy: Policy,
    account_id: str,
    trusted: Collection[str] = (),
    *,
    trusted_ips: Collection[str] = (),
    accounts_only: bool = False,
) -> tuple[str, ...]:
    """Those whom the policy lets in from outside the account and the trusted ones, as written; anyone is ``*``.

    Left out are statements whose conditions tie them to these accounts, to an organization, a VPC or private
    addresses; with accounts_only, organizations and addresses do not count. Services, identity providers and canonical
    users do not tell their account and are not listed.
    """
    own = frozenset({account_id, *trusted})
    scope = _Scope(own | {_OWN}, accounts_only, _networks(trusted_ips))
    found = (name for grant in policy.grants if _is_open(grant, scope) for name in _outsiders(grant, own))
    return tuple(dict.fromkeys(found))


def _outsiders(grant: Statement, own: frozenset[str]) -> Iterable[str]:
    if grant.is_for_all_but_some:
        yield "*"
    for principal in grant.principals:
        if principal.is_anyone or (principal.kind == "AWS" and principal.account not in own):
            yield principal.value
