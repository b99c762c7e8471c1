"""Parse and judge AWS policy documents: identity policies, and the policies of buckets, keys, endpoints and roles.

Pure functions over immutable values: nothing here talks to AWS. The questions asked are those of a scanner ("can a
stranger get in?", "does this make its holder an administrator?"), not those of the authorization engine, which knows
the request. What a document leaves open is therefore read against the policy: an Allow counts whatever its conditions
unless they tie it to somebody in particular, a Deny counts only if it is certain to apply.

Sources, by the title of the AWS documentation page: "IAM JSON policy elements reference" and "Grammar of the IAM JSON
policy language" (shape), "Policy evaluation logic" (an explicit deny wins), "IAM JSON policy elements: Condition
operators" and "AWS global condition context keys" (conditions), "Blocking public access to your Amazon S3 storage",
section "The meaning of public" (public access).
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import unquote

import msgspec
import orjson

from aioprowler.declarations.failure import UnreadableError

__all__ = [
    "Condition",
    "Policy",
    "PolicyError",
    "Principal",
    "Selector",
    "Statement",
    "cross_account_principals",
    "has_full_service_access",
    "is_full_admin",
    "is_public",
    "matches",
    "may_match",
    "requires_secure_transport",
]

Effect = Literal["Allow", "Deny"]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class PolicyError(UnreadableError):
    """The document is not an AWS policy; the message says what is wrong with it."""


# --- Wildcards ---


@functools.lru_cache(maxsize=8192)
def _compile(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """The regular expression of an IAM wildcard.

    Every run between two stars is sought in an atomic group, leftmost first, and never sought again. That suffices for
    wildcards, and bounds the work by the product of both lengths however many stars a hostile policy strings together.
    """
    first, *rest = ("".join("." if c == "?" else re.escape(c) for c in run) for run in pattern.split("*"))
    middle = "".join(f"(?>.*?{run})" for run in rest[:-1] if run)
    tail = f".*{rest[-1]}" if rest else ""
    return re.compile(first + middle + tail, re.DOTALL | re.ASCII | (re.IGNORECASE if ignore_case else 0))


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM wildcard names the value: ``*`` is any run of characters, ``?`` any one, all else is literal.

    Action names are compared with ``ignore_case``, ARNs without ("IAM JSON policy elements: Action" and "Resource").
    """
    if _is_fixed(pattern):
        return pattern.lower() == value.lower() if ignore_case else pattern == value
    return _compile(pattern, ignore_case).fullmatch(value) is not None


@functools.lru_cache(maxsize=8192)
def _named(pattern: str, actions: frozenset[str]) -> frozenset[str]:
    """Those of the actions that the pattern names; remembered, as the policies of an account repeat their patterns."""
    return frozenset(action for action in actions if matches(pattern, action, ignore_case=True))


def may_match(pattern: str, start: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM wildcard names anything that starts like this.

    ``*`` in the start is one field, that is a run without colons, and so is what follows the start. The pattern is
    read once, beside all places of the start that it may have come to.
    """
    if ignore_case:
        pattern, start = pattern.lower(), start.lower()
    start += "*"
    fields = {place for place, char in enumerate(start) if char == "*"}
    places = {0}
    for char in pattern:
        if char == "*":
            places = set(range(min(places), len(start)))
            continue
        places |= {place + 1 for place in places & fields if place + 1 < len(start)}
        stay = places & fields if char != ":" else set()
        places = stay | {place + 1 for place in places - fields if char in ("?", start[place])}
        if not places:
            return False
    return len(start) - 1 in places


# No policy spells NUL, so a pattern that matches these matches by its wildcards whatever stands in their place.
_ANY: Final = "\0\0\0"
_ANY_ACTION: Final = f"{_ANY}:{_ANY}"

# "*" and what else people write for it: "*:*", "*/*", "arn:aws:*"...
_EVERYTHING: Final = re.compile(r"(?:arn:(?:aws[a-z-]*:)?)?(?:\??\*+[:/])*\??\*+")


def _is_fixed(value: str) -> bool:
    return bool(value) and "*" not in value and "?" not in value


# gc=False: nothing below can refer back to what holds it, and 10,000 parsed policies would slow every collection.


class Selector(msgspec.Struct, frozen=True, gc=False):
    """The patterns of Action or Resource or, negated, of NotAction or NotResource."""

    patterns: tuple[str, ...]
    negated: bool = False

    def covers(self, value: str, *, ignore_case: bool = False) -> bool:
        """Whether the value is selected."""
        return any(matches(pattern, value, ignore_case=ignore_case) for pattern in self.patterns) != self.negated

    def includes(self, pattern: str) -> bool:
        """Whether all that another pattern of actions names is selected; never said of a wildcard by a negation."""
        return self.covers(pattern, ignore_case=True) and not (self.negated and not _is_fixed(pattern))

    def spans(self, service: str) -> bool:
        """Whether one of the patterns stands for all the actions of the service, be they negated or not."""
        return any(matches(pattern, f"{service}:{_ANY}", ignore_case=True) for pattern in self.patterns)

    def touches(self, service: str) -> bool:
        """Whether any action of the service is selected."""
        if self.negated:
            return not self.spans(service)
        return any(may_match(pattern, f"{service}:", ignore_case=True) for pattern in self.patterns)

    def reaches(self, *starts: str) -> bool:
        """Whether one of the patterns may select ARNs that start in each of these ways, written as for `may_match`."""
        if self.negated:
            return all(self.covers(start.replace("*", _ANY) + _ANY) for start in starts)
        return any(all(may_match(pattern, start) for start in starts) for pattern in self.patterns)

    def among(self, actions: frozenset[str]) -> frozenset[str]:
        """Those of the actions that are selected."""
        named = frozenset[str]().union(*(_named(pattern, actions) for pattern in self.patterns))
        return actions - named if self.negated else named

    @property
    def specific(self) -> Selector:
        """Itself without the patterns that stand for every action of every service."""
        if self.negated:
            return self
        return Selector(tuple(p for p in self.patterns if not matches(p, _ANY_ACTION, ignore_case=True)))

    @property
    def wildcards(self) -> Selector:
        """Itself without the patterns that name one thing only."""
        return self if self.negated else Selector(tuple(p for p in self.patterns if not _is_fixed(p)))

    @property
    def names_everything(self) -> bool:
        """Whether one of the patterns stands for every ARN, be they negated or not."""
        return any(_EVERYTHING.fullmatch(pattern) for pattern in self.patterns)


# --- Documents ---


class Principal(NamedTuple):
    """One principal: its kind (``AWS``, ``Service``, ``Federated``, ``CanonicalUser``) and its identifier."""

    kind: str
    value: str

    @property
    def account(self) -> str:
        """The account field of an ARN, or the value itself when it is an account id or anything else."""
        fields = self.value.split(":", 5)
        return fields[4] if len(fields) == 6 else self.value

    @property
    def is_anyone(self) -> bool:
        """Whether this is everybody: ``*``, or an ARN that leaves the account open, as ``arn:aws:iam::*:root``."""
        return self.kind in {"AWS", "CanonicalUser"} and "*" in self.account


class Condition(msgspec.Struct, frozen=True, gc=False):
    """A condition key under its operator: both in lower case, as IAM compares them, and without prefix or suffix."""

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False

    @property
    def holds_without_key(self) -> bool:
        """Whether a request lacking the key passes: ``...IfExists``, and ``ForAllValues:`` over no value at all."""
        return self.if_exists or self.quantifier == "forallvalues"


class Statement(msgspec.Struct, frozen=True, gc=False):
    """One statement. Without a Resource it speaks of what it is attached to, and so of all there is."""

    effect: Effect
    actions: Selector
    resources: Selector = Selector(("*",))
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: str = ""

    def covers_action(self, action: str) -> bool:
        """Whether the statement speaks of this action, by Action or by NotAction."""
        return self.actions.covers(action, ignore_case=True)

    def covers_resource(self, resource: str) -> bool:
        """Whether the statement speaks of this ARN, by Resource or by NotResource."""
        return self.resources.covers(resource)

    def covers_every(self, start: str) -> bool:
        """Whether the statement speaks of all ARNs that start like this."""
        return self.resources.covers(start + _ANY)

    def allows(self, action: str, resource: str | None = None) -> bool:
        """Whether the statement grants the action, on the resource or (without one) on something."""
        return (
            self.effect == "Allow"
            and self.covers_action(action)
            and (resource is None or self.covers_resource(resource))
        )

    @property
    def grants_on_everything(self) -> bool:
        """Whether this is an Allow on all resources, a NotResource that spares a few of them included."""
        return self.effect == "Allow" and self.resources.names_everything != self.resources.negated

    @property
    def certainly_denies(self) -> bool:
        """Whether this is a Deny that nobody escapes: on everything, for everyone, without a condition."""
        return (
            self.effect == "Deny"
            and not self.conditions
            and not self.resources.negated
            and self.resources.names_everything
            and (self.is_for_anyone if self.principals else not self.not_principals)
        )

    @property
    def is_for_anyone(self) -> bool:
        """Whether Principal names everybody, be it with ``*`` or with a NotPrincipal that only leaves some out."""
        return self.is_for_all_but_some or any(principal.is_anyone for principal in self.principals)

    @property
    def is_for_all_but_some(self) -> bool:
        """Whether NotPrincipal leaves anybody; a NotPrincipal of ``*`` does not."""
        return bool(self.not_principals) and not any(principal.is_anyone for principal in self.not_principals)


class Policy:
    """A policy document, its single-or-list forms made lists.

    A field of this type is decoded with AWS's reply, and read when a check does: one that cannot be read is MANUAL for
    those checks, and hides nothing from others.
    """

    __slots__ = ("_document", "_read")

    def __init__(self, statements: tuple[Statement, ...], version: str = "2008-10-17") -> None:
        self._document: Any = None
        self._read: tuple[tuple[Statement, ...], str] | None = (statements, version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __repr__(self) -> str:
        return f"Policy({self._document!r})" if self._read is None else f"Policy{self._read!r}"

    @classmethod
    def decode(cls, document: Any) -> Policy:
        """A policy of which nothing has been read: JSON, the URL-encoded JSON that IAM sends, or a mapping. An empty
        text is how services say that there is no policy.
        """
        made = cls(())
        made._document, made._read = document, None
        return made

    @classmethod
    def parse(cls, document: str | bytes | Mapping[str, Any]) -> Policy:
        """The same, read at once. Raises PolicyError."""
        made = cls.decode(document)
        _ = made._parts
        return made

    @property
    def _parts(self) -> tuple[tuple[Statement, ...], str]:
        if self._read is None:
            self._read = _parts(self._document)
            self._document = None
        return self._read

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Raises PolicyError where the document cannot be read."""
        return self._parts[0]

    @property
    def version(self) -> str:
        """Raises PolicyError where the document cannot be read."""
        return self._parts[1]

    @property
    def grants(self) -> tuple[Statement, ...]:
        """The statements that allow."""
        return tuple(statement for statement in self.statements if statement.effect == "Allow")

    @property
    def certain_denials(self) -> tuple[Statement, ...]:
        """The statements that deny in every case."""
        return tuple(statement for statement in self.statements if statement.certainly_denies)

    def allowed_actions(self, candidates: Iterable[str], *, on_everything: bool = False) -> frozenset[str]:
        """Those of the actions that are allowed on some resource, or on all there are.

        An unconditional Deny on everything wins; one that is conditional, or spares some resource, leaves the action
        possible and is passed over.
        """
        actions = frozenset(candidates)
        grants = (grant for grant in self.grants if grant.grants_on_everything or not on_everything)
        return _among(actions, grants) - _among(actions, self.certain_denials)


def _among(actions: frozenset[str], statements: Iterable[Statement]) -> frozenset[str]:
    return frozenset[str]().union(*(statement.actions.among(actions) for statement in statements))


def _parts(document: object) -> tuple[tuple[Statement, ...], str]:
    """A document's statements and version. Raises PolicyError."""
    if document == "":
        return (), "2008-10-17"
    body = _object(_decode(document) if isinstance(document, str | bytes) else document, "the policy")
    if "Statement" not in body:
        raise PolicyError("the policy has no Statement")
    items = body["Statement"]
    items = items if isinstance(items, list | tuple) else [items]
    statements = (_statement(_object(item, f"Statement[{i}]"), f"Statement[{i}]") for i, item in enumerate(items))
    return tuple(statements), str(body.get("Version", "2008-10-17"))


def _decode(document: str | bytes) -> Any:
    try:
        text = document.decode() if isinstance(document, bytes) else document
        return orjson.loads(unquote(text, errors="strict") if text.lstrip().startswith("%") else text)
    except ValueError as error:
        raise PolicyError(f"the policy is not valid JSON: {error}") from error


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{where} must be an object, not {type(value).__name__}")
    return value


def _text(value: object, where: str) -> str:
    """A string, number or boolean as JSON spells it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise PolicyError(f"{where} must be a string or a list of strings, not {type(value).__name__}")


def _texts(value: object, where: str) -> tuple[str, ...]:
    return tuple(_text(item, where) for item in value) if isinstance(value, list | tuple) else (_text(value, where),)


def _selector(statement: Mapping[str, Any], name: str, where: str, default: Selector) -> Selector:
    negation = f"Not{name}"
    if name in statement and negation in statement:
        raise PolicyError(f"{where} has both {name} and {negation}")
    if negation in statement:
        return Selector(_texts(statement[negation], f"{where}.{negation}"), negated=True)
    return Selector(_texts(statement[name], f"{where}.{name}")) if name in statement else default


def _principals(value: object, where: str) -> tuple[Principal, ...]:
    """In a resource policy ``"*"`` and ``{"AWS": "*"}`` are the same ("AWS JSON policy elements: Principal")."""
    if isinstance(value, Mapping):
        return tuple(Principal(str(kind), v) for kind, ids in value.items() for v in _texts(ids, f"{where}.{kind}"))
    return tuple(Principal("AWS", identifier) for identifier in _texts(value, where))


_OPERATOR: Final = re.compile(r"(?:(foranyvalue|forallvalues):)?(.*?)(ifexists)?", re.DOTALL)


def _conditions(value: object, where: str) -> Iterable[Condition]:
    for operator, tests in _object(value, where).items():
        parts = _OPERATOR.fullmatch(operator.lower())
        quantifier, base, if_exists = parts.groups("") if parts else ("", "", "")
        for key, values in _object(tests, f"{where}.{operator}").items():
            texts = _texts(values, f"{where}.{operator}.{key}")
            yield Condition(base, key.lower(), texts, quantifier, bool(if_exists))


def _statement(item: Mapping[str, Any], where: str) -> Statement:
    effect = item.get("Effect")
    if effect not in ("Allow", "Deny"):  # a tuple: a list there would not hash
        raise PolicyError(f"{where}.Effect must be Allow or Deny, not {effect!r}")
    if "Principal" in item and "NotPrincipal" in item:
        raise PolicyError(f"{where} has both Principal and NotPrincipal")
    return Statement(
        effect=effect,
        actions=_selector(item, "Action", where, Selector(())),
        resources=_selector(item, "Resource", where, Selector(("*",))),
        principals=_principals(item.get("Principal", ()), f"{where}.Principal"),
        not_principals=_principals(item.get("NotPrincipal", ()), f"{where}.NotPrincipal"),
        conditions=tuple(_conditions(item.get("Condition") or {}, f"{where}.Condition")),
        sid=str(item.get("Sid", "")),
    )


# --- Power: what the holder of an identity policy may do ---

# By any one of these the holder can write itself whatever else it lacks.
_SELF_GRANTS: Final = frozenset(
    f"iam:{verb}{noun}Policy" for verb in ("Attach", "Put") for noun in ("Group", "Role", "User")
) | {"iam:CreatePolicyVersion"}


def is_full_admin(policy: Policy) -> bool:
    """Whether the policy makes its holder an administrator: every action, on every resource.

    Conditions on the Allow are not weighed, as in Prowler: an administrator from the office is one. A NotAction on all
    resources amounts to the same if it is all that the policy grants, or if one of the IAM actions by which the holder
    can attach whatever is missing is granted too; PowerUserAccess, which takes IAM out and hands a few of its actions
    back, passes. A certain Deny of everything, or of everything but a list, takes the title away; denials of single
    actions do not.
    """
    if any(denial.covers_action(_ANY_ACTION) for denial in policy.certain_denials):
        return False
    grants = [statement for statement in policy.statements if statement.grants_on_everything]
    lists_alone = all(grant.actions.negated for grant in grants)
    self_grants = any(grant.actions.among(_SELF_GRANTS) for grant in grants)
    return any(
        grant.covers_action(_ANY_ACTION) and (not grant.actions.negated or lists_alone or self_grants)
        for grant in grants
    )


def has_full_service_access(policy: Policy, service: str) -> bool:
    """Whether the policy allows every action of the service (its prefix, as ``kms``) on all resources.

    What a NotAction leaves out may be allowed by another statement; lists of actions are not added up, for that would
    take a catalogue of them. A certain Deny that takes any action of the service back ends full access.
    """
    grants = [statement for statement in policy.statements if statement.grants_on_everything]
    return any(_fills(grant.actions, grants, service) for grant in grants) and not any(
        denial.actions.touches(service) for denial in policy.certain_denials
    )


def _fills(actions: Selector, grants: Collection[Statement], service: str) -> bool:
    if not actions.negated:
        return actions.spans(service)
    left_out = [pattern for pattern in actions.patterns if may_match(pattern, f"{service}:", ignore_case=True)]
    return all(any(grant.actions.includes(pattern) for grant in grants) for pattern in left_out)


# --- Exposure: whom a resource policy lets in ---


class _Scope(msgspec.Struct, frozen=True):
    """What a condition must tie a request to: any party in particular or, given accounts, one of them."""

    accounts: frozenset[str] | None = None
    accounts_only: bool = False
    networks: tuple[Network, ...] = ()

    def knows(self, party: str) -> bool:
        """Whether the party is a particular one, and among the accounts if there are any."""
        return _is_fixed(party) and (self.accounts is None or party in self.accounts)


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
    return scope.knows(fields[4]) if fields[4] else _is_fixed(_head(fields[5]))


def _by_organization(value: str, scope: _Scope) -> bool:
    return not scope.accounts_only and _is_fixed(_head(value))


def _by_network(value: str, _scope: _Scope) -> bool:
    return _is_fixed(value)


def _by_user_id(value: str, scope: _Scope) -> bool:
    return scope.knows(_head(value))


def _by_name(value: str, scope: _Scope) -> bool:
    """A service in whichever region, or a secret token: somebody in particular, whose account it does not tell."""
    return scope.accounts is None and _is_fixed(value.partition(".")[0])


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


# --- Transport ---


def _reaches_objects(statement: Statement) -> bool:
    """Whether the resources take in all objects of the bucket, not the bucket alone or one of its prefixes."""
    names = (pattern.rpartition(":")[2] for pattern in statement.resources.patterns)
    return not statement.resources.negated and any(
        name.endswith("*") and name.partition("/")[2] in {"", "*"} for name in names
    )


def _is_about_plain_http(conditions: tuple[Condition, ...]) -> bool:
    return len(conditions) == 1 and (
        conditions[0].operator == "bool"
        and conditions[0].key == "aws:securetransport"
        and conditions[0].quantifier == ""
        and {value.lower() for value in conditions[0].values} == {"false"}
    )


def requires_secure_transport(policy: Policy) -> bool:
    """Whether a bucket policy denies everyone to read and write objects without TLS, on that condition alone.

    The rule is that of "Security best practices for Amazon S3": a Deny where ``aws:SecureTransport`` is false.
    """
    return any(
        statement.effect == "Deny"
        and any(principal.is_anyone for principal in statement.principals)
        and all(map(statement.covers_action, ("s3:GetObject", "s3:PutObject")))
        and _reaches_objects(statement)
        and _is_about_plain_http(statement.conditions)
        for statement in policy.statements
    )
