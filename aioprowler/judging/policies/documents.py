"""Policy documents, parsed: "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import unquote

import msgspec
import orjson

from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.policies.wildcards import ANYTHING, Selector

Effect = Literal["Allow", "Deny"]


class PolicyError(UnreadableError):
    """The document is not an AWS policy; the message says what is wrong with it."""


_UNIQUE_ID: Final = re.compile(r"A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|PKA|ROA|SCA|SIA)[A-Z0-9]+")


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

    @property
    def is_origin_access_identity(self) -> bool:
        """Whether this is one of CloudFront's identities, which only distributions of whoever made it can use."""
        return self.kind == "AWS" and self.account == "cloudfront"

    @property
    def is_deleted(self) -> bool:
        """Whether the user or role is no more: IAM shows its unique id then, be there another one of its name or not.

        "AWS JSON policy elements: Principal", and "IAM identifiers", section "Understanding unique ID prefixes".
        """
        return self.kind == "AWS" and _UNIQUE_ID.fullmatch(self.value) is not None

    @property
    def whole_account(self) -> str | None:
        """The id of the account where this is all of one: as a principal it is its id or the ARN of its root."""
        is_account = self.kind == "AWS" and (self.value == self.account or self.value.endswith(":root"))
        return self.account if is_account else None


class Condition(msgspec.Struct, frozen=True, gc=False):
    """A condition key under its operator: both in lower case, as IAM compares them, and without prefix or suffix."""

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False

    @property
    def fails_without_key(self) -> bool:
        """Whether it does not hold of a request that lacks the key.

        Operators that ask for a value do not, unless with ``...IfExists`` or over all of no values (``ForAllValues:``);
        those that forbid one do, unless some value has to differ (``ForAnyValue:``). ``Null`` asks for the key itself.
        """
        if self.operator == "null":
            return {value.lower() for value in self.values} == {"false"}
        if self.if_exists or self.quantifier == "forallvalues":
            return False
        return "not" not in self.operator or self.quantifier == "foranyvalue"

    @property
    def opposite(self) -> Condition | None:
        """The condition that holds where this one does not, of requests that have the key; None where there is none."""
        if self.operator == "bool" and len(self.values) == 1:
            flipped = "false" if self.values[0].lower() == "true" else "true"
            return Condition("bool", self.key, (flipped,))
        before, negation, after = self.operator.partition("not")
        return Condition(before + after, self.key, self.values) if negation else None


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
        return self.actions.covers_action(action)

    def covers_resource(self, resource: str) -> bool:
        """Whether the statement speaks of this ARN, by Resource or by NotResource."""
        return self.resources.covers(resource)

    def covers_every(self, start: str) -> bool:
        """Whether the statement speaks of all ARNs that start like this."""
        return self.resources.covers(start + ANYTHING)

    def requires(self, key: str) -> bool:
        """Whether a request without the condition key, in lower case, is not spoken of."""
        return any(each.key == key and each.fails_without_key for each in self.conditions)

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
    def fault(self) -> str | None:
        """Why the document cannot be read; None where it can."""
        try:
            _ = self._parts
        except PolicyError as error:
            return str(error)
        return None

    @property
    def version(self) -> str:
        """Raises PolicyError where the document cannot be read."""
        return self._parts[1]

    @property
    def grants(self) -> tuple[Statement, ...]:
        """The statements that allow."""
        return tuple(statement for statement in self.statements if statement.effect == "Allow")

    @property
    def denials(self) -> tuple[Statement, ...]:
        """The statements that deny."""
        return tuple(statement for statement in self.statements if statement.effect == "Deny")

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
    return tuple(statements), _text(body.get("Version", "2008-10-17"), "Version")


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
        told = type(effect).__name__ if isinstance(effect, list | Mapping) else repr(effect)
        raise PolicyError(f"{where}.Effect must be Allow or Deny, not {told:.100}")
    if "Action" not in item and "NotAction" not in item:
        raise PolicyError(f"{where} has neither Action nor NotAction")
    if "Principal" in item and "NotPrincipal" in item:
        raise PolicyError(f"{where} has both Principal and NotPrincipal")
    return Statement(
        effect=effect,
        actions=_selector(item, "Action", where, Selector(())),
        resources=_selector(item, "Resource", where, Selector(("*",))),
        principals=_principals(item.get("Principal", ()), f"{where}.Principal"),
        not_principals=_principals(item.get("NotPrincipal", ()), f"{where}.NotPrincipal"),
        conditions=tuple(_conditions(item.get("Condition") or {}, f"{where}.Condition")),
        sid=_text(item.get("Sid", ""), f"{where}.Sid"),
    )
