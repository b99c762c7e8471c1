"""Resource and facet types: which fields of AWS's replies are read, and where they come from."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Generic, TypeVar, dataclass_transform

import msgspec
from msgspec import Struct, field

from aioprowler.declarations.account import EXAMPLE_ACCOUNT, Account
from aioprowler.declarations.errors import refuse
from aioprowler.declarations.failure import Partial, UnreadableError
from aioprowler.declarations.sources import NO_CODES, Codes, Source, codes

T = TypeVar("T")
Owner = TypeVar("Owner")


class _Scope:
    """Marks `All` and `Here` in an annotation."""

    def __init__(self, name: str) -> None:
        self.name = name


ALL = _Scope("All")
HERE = _Scope("Here")

All = Annotated[tuple[T, ...], ALL]
"""Every T of the account."""
Here = Annotated[tuple[T, ...], HERE]
"""Every T of the subject's region."""


class Seen(Partial, Generic[T], frozen=True):
    """`Seen[T]`: every T of the account that could be listed, where one that is there tells enough, as of trails one
    that logs. Where none does, `known(gap)` says why there may be more.
    """

    items: tuple[T, ...]


class _Template:
    """An ARN made of other fields, where AWS's reply has none."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts = list(string.Formatter().parse(text))
        self.fields = tuple(name for _, name, _, _ in parts if name is not None)
        self.is_plain = not any(spec or conversion for _, _, spec, conversion in parts)
        self.own = tuple(dict.fromkeys(name for name in self.fields if name not in _PLACES))
        """The fields of the resource among them."""
        self._pattern = "".join(text.replace("%", "%%") + ("" if name is None else "%s") for text, name, _, _ in parts)
        self._values = [_PLACES.get(name) or attrgetter(name) for name in self.fields]

    def __get__(self, resource: Any, owner: type | None = None) -> Any:
        if resource is None:
            return self
        return self._pattern % tuple([value(resource) for value in self._values])


_PLACES: Final[Mapping[str, Callable[[Resource], str]]] = {
    "partition": attrgetter("account.partition"),
    "account_id": lambda resource: owning_account(resource),
    "region": attrgetter("region"),
}
"""`place_names` of a resource."""


def place_names(account: Account, region: str) -> dict[str, str]:
    """What a template may say of where something is."""
    return {"partition": account.partition, "account_id": account.id, "region": region}


def check_places(account: Account, region: str) -> dict[str, str]:
    """What the templates of a check may say."""
    return place_names(account, region) | {"default_region": account.default_region}


class Identity(Struct, frozen=True):
    """How resources of a type are named in findings."""

    id: str
    """The field or property that holds the id."""
    type: str
    """AWS's name of the resource type, as in Security Hub's finding format: `AwsS3Bucket`."""
    group: str
    """What it belongs to: `storage`, `network`, ..."""
    noun: str = ""
    """What people call such a thing: `SNS topic`."""
    gone: Codes = NO_CODES
    """Error codes by which AWS says of such a thing that it is no more."""
    owner: str = ""
    """The field or property that holds the id of the account whose it is; empty: it is always the account's own."""
    home: str = ""
    """The field or property that holds the region where it lives; empty: it lives where it is listed."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class _DataType(msgspec.StructMeta):
    """Makes a frozen, keyword-only msgspec Struct, so that these words need not be said 500 times."""

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        id: str = "",  # noqa: A002 - the word that a declaration uses
        type: str = "",  # noqa: A002
        group: str = "",
        arn: str = "",
        noun: str = "",
        gone: Iterable[str] | Codes = (),
        owner: str = "",
        home: str = "",
        **options: Any,
    ) -> Any:
        if arn:
            namespace["arn"] = _Template(arn)
        made: Any = super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True, **options})
        inherited = getattr(made, "identity", Identity("", "Other", ""))
        made.identity = Identity(
            id=id or inherited.id,
            type=type or inherited.type,
            group=group or inherited.group,
            noun=noun or inherited.noun,
            gone=codes(gone) or inherited.gone,
            owner=owner or inherited.owner,
            home=home or inherited.home,
        )
        return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Resource(Struct, metaclass=_DataType, rename="pascal"):
    """One thing in AWS, as far as checks read it.

    A field without a default is one that AWS always sends. Where it is missing all the same, reading it raises
    UnreadableError: the checks that do are MANUAL with its name, and the others judge. Only what the resource is named
    by has to be there.

    Class keywords: `id` names the field that identifies it, `arn` is a template such as
    `"arn:{partition}:s3:::{name}"` where AWS's reply has no ARN (else declare the field `arn`), `type` and
    `group` are the words for its kind. `rename="camel"` where AWS's reply is spelled that way. `noun` is what people
    call it, and begins its `label`. `gone` are the error codes by which AWS says of one that was listed a moment ago
    that it is no more: `["NoSuchBucket"]`, or with words of the message `{"ValidationException": "does not exist"}`.
    `owner` names the field with the account whose it is, where accounts share such things: what is another's is there
    for who reads all of the type, has its owner in the ARN (`{account_id}`), and is not judged. `home` names the field
    with the region where it lives, where other regions list it as well: there it is for who reads all of the type, and
    is judged at home alone.
    """

    identity: ClassVar[Identity]
    source: ClassVar[Source]

    account: Account = field(name="@account", default=EXAMPLE_ACCOUNT)
    region: str = field(name="@region", default="us-east-1")

    @property
    def label(self) -> str:
        """How a sentence names it: `SNS topic alerts`, `Security group web (sg-1)`."""
        called, id_ = _own_name(self), identifier(self)
        noun = self.identity.noun or type(self).__name__
        return f"{noun} {called} ({id_})" if called and called != id_ else f"{noun} {id_}"

    if not TYPE_CHECKING:

        def __getattr__(self, named: str) -> Any:
            """Asked where the attribute is not there. Raises UnreadableError for a field that AWS left out."""
            if named in self.__struct_fields__:
                raise UnreadableError(f"AWS did not tell {spelling(type(self))[named]} of this {type(self).__name__}")
            return object.__getattribute__(self, named)  # raises once more, as it did in a property

    if TYPE_CHECKING:

        @property
        def arn(self) -> str:
            """A field of that name, or what the type's template makes of its fields."""
            ...


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Facet(Struct, Generic[Owner], metaclass=_DataType, rename="pascal"):
    """What one further operation tells about one resource, region or account."""

    source: ClassVar[Source]


class Names(Partial, frozen=True, kw_only=True):
    """What an account has of something that no two accounts have, such as bucket names or public addresses: the base of
    a `Facet[Account]`, about which `OtherAccounts` asks all accounts.
    """

    names: frozenset[str]


class Tag(Struct, frozen=True, rename="pascal"):
    """A tag, as most services spell it."""

    key: str
    value: str = ""


def owning_account(resource: Resource) -> str:
    """The id of the account whose it is; the scanned account's where AWS does not say."""
    named: str | None = getattr(resource, resource.identity.owner) if resource.identity.owner else None
    return named or resource.account.id


def identifier(resource: Resource) -> str:
    """The value of the field or property that the type names as its id; where AWS left it out, the ARN."""
    id_ = getattr(resource, resource.identity.id)
    return resource.arn if id_ is None else str(id_)


@cache
def _has(kind: type[Resource], named: str) -> bool:
    return hasattr(kind, named)


def _told(resource: Resource, named: str) -> Any:
    """None where the type has no such attribute; the resource itself is slow to say so."""
    return getattr(resource, named, None) if _has(type(resource), named) else None


def tags(resource: Resource) -> dict[str, str]:
    """The tags that the listing itself brought, in one shape."""
    found: object = _told(resource, "tags")
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in found.items()}
    if isinstance(found, Iterable):
        return {tag.key: tag.value for tag in found if isinstance(tag, Tag)}
    return {}


def name(resource: Resource) -> str:
    """What people call it: its own name, its Name tag, else its id."""
    return _own_name(resource) or identifier(resource)


def _own_name(resource: Resource) -> str | None:
    own = _told(resource, "name")
    return str(own) if own else _name_tag(resource)


def _name_tag(resource: Resource) -> str | None:
    """Without a dictionary of all tags where they come as a tuple, for each verdict asks for it."""
    found: object = _told(resource, "tags")
    if isinstance(found, tuple):
        for tag in found:
            if isinstance(tag, Tag) and tag.key == "Name":
                return tag.value
        return None
    return tags(resource).get("Name")


def arn_template(kind: type[Resource]) -> str:
    """What its ARNs are made by; empty where AWS's reply has them."""
    template = getattr(kind, "arn", None)
    return template.text if isinstance(template, _Template) else ""


@cache
def needed(kind: type[Resource]) -> frozenset[str]:
    """The fields by which a resource is named."""
    template = getattr(kind, "arn", None)
    return frozenset({kind.identity.id, *(template.own if isinstance(template, _Template) else ("arn",))})


@cache
def spelling(kind: type[Struct]) -> dict[str, str]:
    """Field -> its name in AWS's reply."""
    return dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))


@cache
def id_tells_arn(kind: type[Resource]) -> bool:
    """Whether resources of the type with one id, in one place, have one ARN."""
    template = getattr(kind, "arn", None)
    return isinstance(template, _Template) and set(template.own) <= {kind.identity.id}


def is_attribute(kind: type[Resource], named: str) -> bool:
    """Whether it is a field or a property of the type."""
    return named in kind.__struct_fields__ or isinstance(getattr(kind, named, None), property)


def check_identity(kind: type[Resource]) -> None:
    """Raise DeclarationError unless resources of this type can be named in a finding."""
    fields = set(kind.__struct_fields__)
    template = kind.__dict__.get("arn", getattr(kind, "arn", None))
    if not is_attribute(kind, kind.identity.id):
        raise refuse(
            kind,
            f'say which field identifies it: class {kind.__name__}(Resource, id="..."), one of '
            f"{', '.join(sorted(fields - {'account', 'region'}))}.",
        )
    for word, named in (("owner", kind.identity.owner), ("home", kind.identity.home)):
        if named and not is_attribute(kind, named):
            raise refuse(kind, f"{word}={named!r} is no field of it.")
    if isinstance(template, _Template):
        known = place_names(EXAMPLE_ACCOUNT, "")
        missing = [name for name in template.fields if name not in known and not is_attribute(kind, name)]
        if missing:
            raise refuse(kind, f"its ARN template names {missing[0]!r}, which is not a field of it.")
        if not template.is_plain:
            raise refuse(kind, f"its ARN template {template.text!r} has a format; say names alone.")
    elif "arn" not in fields:
        raise refuse(
            kind,
            f'declare a field `arn`, or give a template: class {kind.__name__}(Resource, arn="arn:{{partition}}:...").',
        )
