"""To whom the conditions of a statement tie a request.

"AWS global condition context keys" says which requests have which key, and the pages of S3, KMS, SNS and Lambda say it
of theirs.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from aioprowler.judging.policies.documents import Condition, Principal, Statement
from aioprowler.judging.policies.wildcards import is_fixed

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class Scope(msgspec.Struct, frozen=True):
    """Who counts as known to whoever asks: any party in particular or, given accounts, those of these accounts."""

    accounts: frozenset[str] | None = None
    """Account ids, and canonical user ids."""
    accounts_only: bool = False
    """Whether organizations and addresses do not make anybody known."""
    networks: tuple[Network, ...] = ()
    """Trusted ones, besides private ones."""
    services: bool = False
    """Whether AWS services are strangers, since they act for all their customers."""
    by_resource: bool = False
    """Whether the policy is about the resources of others too, so that a condition on their owner ties as well."""

    def knows(self, party: str) -> bool:
        """Whether the party is a particular one, and among the accounts if there are any."""
        return is_fixed(party) and (self.accounts is None or party in self.accounts)


# --- Parties by their names ---

# Policy variables are filled in from the request: those of the resource name its owner, any other the caller at will.
OWN: Final = "@own"
_VARIABLE: Final = re.compile(r"\$\{(aws:resource(?:account|org)\w*)?[^}]*\}", re.IGNORECASE)


def _fill(value: str) -> str:
    return _VARIABLE.sub(lambda found: OWN if found[1] else "*", value)


def _head(value: str) -> str:
    """What comes before any path or session name: the organization of an OU path, the role id of a session."""
    return re.split("[:/]", value, maxsplit=1)[0]


def _by_account(value: str, scope: Scope) -> bool:
    return scope.knows(value)


def _by_owner(value: str, scope: Scope) -> bool:
    return scope.by_resource and scope.knows(value)


def _by_arn(value: str, scope: Scope) -> bool:
    """An ARN tells by its account; one that has none, as a bucket's, by its name."""
    fields = value.split(":", 5)
    if len(fields) < 6:
        return scope.knows(value)
    has_account = fields[4] and not _is_bucket(fields)
    return scope.knows(fields[4]) if has_account else is_fixed(_head(fields[5]))


def _is_bucket(fields: Sequence[str]) -> bool:
    """Whether buckets alone fit, as of `arn:aws:s3:*:*:bucket`: what else S3 has in an account has a path as well, and
    no two accounts have a bucket of one name
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
    """
    return fields[2] == "s3" and fields[4] == "*" and "/" not in fields[5]


def _by_organization(value: str, scope: Scope) -> bool:
    return not scope.accounts_only and is_fixed(_head(value))


def _by_network(value: str, _scope: Scope) -> bool:
    return is_fixed(value)


def _by_user_id(value: str, scope: Scope) -> bool:
    return scope.knows(_head(value))


def _by_name(value: str, scope: Scope) -> bool:
    """A service in whichever region, or a secret token: somebody in particular, whose account it does not tell."""
    return scope.accounts is None and is_fixed(value.partition(".")[0])


def _by_endpoint(value: str, _scope: Scope) -> bool:
    """A subscriber by its URL or ARN, or by the domain of its mail address."""
    return "*" not in value.rpartition("@")[2]


# Condition keys that name the other party. Keys anyone can arrange for (aws:username, aws:CalledVia, aws:Referer,
# aws:VpcSourceIp without a VPC...) are left out on purpose, and so are those of which it is the resource's owner who
# decides (aws:ResourceOrgID): they hold of every caller.
_PARTIES: Final[Mapping[str, Callable[[str, Scope], bool]]] = {
    "aws:principalaccount": _by_account,
    "aws:resourceaccount": _by_owner,
    "aws:sourceaccount": _by_account,
    "aws:sourceowner": _by_account,
    "aws:vpceaccount": _by_account,
    "kms:calleraccount": _by_account,
    "s3:dataaccesspointaccount": _by_account,
    "s3:resourceaccount": _by_owner,
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
EQUALITIES: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


def ties(condition: Condition, scope: Scope) -> bool:
    """Whether what the condition asks of its key fails for strangers; that they may lack the key is left aside.

    Its values are alternatives, so each of them has to.
    """
    if not condition.values:
        return False
    if condition.operator == "ipaddress" and condition.key == "aws:sourceip":
        return not scope.accounts_only and _is_narrow(condition.values, scope)
    if condition.operator == "bool" and condition.key in _BY_MOUNT_TARGET:
        return not scope.accounts_only and all(value.lower() == "true" for value in condition.values)
    names = _PARTIES.get(condition.key) if condition.operator in EQUALITIES else None
    return names is not None and all(names(_fill(value), scope) for value in condition.values)


def tied_by(statement: Statement, keys: Collection[str]) -> bool:
    """Whether a condition on one of the keys, in lower case, ties whatever the statement speaks of to a party in
    particular.
    """
    scope = Scope()
    return any(each.key in keys and ties(each, scope) and statement.requires(each.key) for each in statement.conditions)


def is_about_caller(condition: Condition) -> bool:
    """Whether the key tells of who calls, or from where: not what is asked for, nor how."""
    return condition.key in _PARTIES or condition.key.startswith(("aws:principal", "aws:source", "aws:via"))


# --- AWS's services ---

ANY_SERVICE: Final = Principal("Service", "*")
_SERVICE_NAMES: Final = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})


def services_of(condition: Condition) -> tuple[Principal, ...]:
    """The AWS services that alone have what the condition asks for; none where others have it too."""
    if condition.key in _SERVICE_NAMES and condition.operator in EQUALITIES:
        return tuple(Principal("Service", value) for value in condition.values)
    is_flag = (condition.operator, condition.key) == ("bool", "aws:principalisawsservice")
    return (ANY_SERVICE,) if is_flag and {value.lower() for value in condition.values} == {"true"} else ()


# --- Addresses ---

# Of how many addresses in a row S3 says that they are public ("Blocking public access to your Amazon S3 storage",
# section "The meaning of public"): more than a /8 of IPv4 has, or a /32 of IPv6.
_BROADEST: Final = {4: 2**24, 6: 2**96}


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Those of the texts that are addresses or ranges of them."""
    return tuple(network for network in map(_network, texts) if network is not None)


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_narrow(texts: tuple[str, ...], scope: Scope) -> bool:
    """Whether only those can have an address in these ranges who are known.

    Where any party in particular is, as its own range makes it one, that is all but what S3 takes for the public.
    """
    found = networks(texts)
    strange = [network for network in found if not _is_closed(network, scope.networks)]
    if len(found) < len(texts) or (strange and scope.accounts is not None):
        return False
    return all(length <= _BROADEST[version] for version in (4, 6) for length in _in_a_row(strange, version))


def _is_closed(network: Network, trusted: tuple[Network, ...]) -> bool:
    """Whether no stranger of the Internet has an address in the range; by its ends, as 0.0.0.0/0 has private ones."""
    if network.prefixlen >= 7 and network[0].is_private and network[-1].is_private:
        return True
    return any(network.version == other.version and network[0] in other and network[-1] in other for other in trusted)


def _in_a_row(found: Iterable[Network], version: int) -> Iterable[int]:
    """Of how many addresses the ranges are, once those that meet or overlap are one."""
    rows: list[tuple[int, int]] = []
    for first, end in sorted((int(each[0]), int(each[-1]) + 1) for each in found if each.version == version):
        if rows and first <= rows[-1][1]:
            first, end = rows[-1][0], max(end, rows.pop()[1])
        rows.append((first, end))
    return [end - first for first, end in rows]
