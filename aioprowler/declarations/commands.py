"""The command of a remediation, with what a finding knows in the place of its placeholders."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from aioprowler.declarations.account import Account
from aioprowler.declarations.resources import Resource
from aioprowler.texts import visible

_PLACEHOLDER: Final = re.compile(r"<([a-z][a-z0-9-]*)>")
_CALL: Final = re.compile(r"^aws(?= )", re.MULTILINE)
_NEXT: Final = re.compile(r"\n(?=aws )")
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
INLINE: Final = re.compile(r"`(aws\s[^`]+)`")
"""A command in the text of a remediation."""
PLACES: Final = ("region", "account-id", "partition", "arn")
"""What every finding knows. `arn` is the finding's, which may be of a part of the subject."""
_YOURS: Final = "your-"
Named = Mapping[str, str]
"""What placeholders stand for: `{"security_group": "sg-1"}` is `<your-security-group>`."""
_NOTHING_MORE: Final[tuple[Named, ...]] = ({},)


class Command:
    """A command made ready to be filled for subjects of one type.

    Besides `PLACES`, a placeholder names the subject's type, for its id (`<bucket>` of a Bucket, `<db-instance>` of a
    DBInstance), or a field or property of it (`<vpc-id>`). What begins with `your-` is what the verdict names:
    `<your-stage>` where it says `stage`, `<your-detector>` where it is about a Detector. Any other stays, as
    `<your-kms-key>` does.
    """

    def __init__(self, text: str, subject: Any) -> None:
        """`subject`: a Resource type, Account or Region."""
        self._parts = list(_parts(text, subject))
        """Text, and between two texts a placeholder."""

    def filled(
        self, account: Account, region: str, arn: str, resource: Resource | None, names: tuple[Named, ...] = ()
    ) -> str:
        """Ready to be pasted into a shell: AWS's names are strangers' texts and quoted. What is not known, or cannot be
        seen when it is pasted, leaves its placeholder. Where the verdict names several things (`names`), it is there
        for each of them.
        """
        known = {"region": region, "account-id": account.id, "partition": account.partition, "arn": arn}
        made = [
            "".join([each if isinstance(each, str) else each.value(known, resource, named) for each in self._parts])
            for named in names or _NOTHING_MORE
        ]
        command = made[0] if len(made) == 1 else _each_once(made)
        return command if account.profile == "" else _with_profile(command, account.profile)


def _each_once(commands: list[str]) -> str:
    """Their calls, a line for each, without those that an earlier one has as well."""
    return "\n".join(dict.fromkeys(call for each in commands for call in _NEXT.split(each)))


class _Placeholder:
    """Of what the subject or its place is called."""

    __slots__ = ("attribute", "name", "quote", "written")

    def __init__(self, name: str, attribute: str, quote: str) -> None:
        self.name = name
        self.attribute = attribute
        """Of the resource; empty: a place."""
        self.written = f"<{name}>"
        self.quote = quote

    def value(self, known: dict[str, str], resource: Resource | None, _names: Named) -> str:
        value = _attribute(resource, self.attribute) if self.attribute else known[self.name]
        return _word(value, self.quote) or self.written


class _Yours:
    """Of what only the verdict may know."""

    __slots__ = ("name", "quote", "subject", "written")

    def __init__(self, name: str, subject: Any, quote: str) -> None:
        self.name = name.removeprefix(_YOURS).replace("-", "_")
        self.subject = subject
        self.written = f"<{name}>"
        self.quote = quote

    def value(self, _known: dict[str, str], resource: Resource | None, names: Named) -> str:
        value = names.get(self.name, "")
        if not value and resource is not None:
            kind: Any = type(resource)
            if kind is not self.subject and _called(kind) == self.name:
                value = _attribute(resource, resource.identity.id)
        return _word(value, self.quote) or self.written


def _with_profile(command: str, profile: str | None) -> str:
    """Each call of `aws` in it leads into the account, and not into whichever one the shell is in."""
    word = _word(profile or "", "") or "<your-profile>"
    return _CALL.sub(lambda _: f"aws --profile {word}", command)


@lru_cache(maxsize=256)
def _word(value: str, quote: str) -> str:
    """How a shell is told the value inside of an open quote; empty where nobody could see what it is told."""
    if not value or visible(value) != value:
        return ""
    quoted = shlex.quote(value)
    return quoted if quoted == value else f"{quote}{quoted}{quote}"


def attribute_of(name: str, subject: Any) -> str | None:
    """The attribute of the subject that a placeholder names; empty for a place, None for what nobody knows."""
    if name in PLACES:
        return ""
    if not issubclass(subject, Resource):
        return None
    attribute = name.replace("-", "_")
    if attribute == _called(subject):
        return str(subject.identity.id)
    own = attribute in subject.__struct_fields__ or isinstance(getattr(subject, attribute, None), property)
    return attribute if own else None


@cache
def _called(kind: Any) -> str:
    """A type as placeholders call it, with underscores."""
    return _WORD.sub("_", kind.__name__).lower()


def _parts(text: str, subject: Any) -> Iterator[str | _Placeholder | _Yours]:
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        name, quote = match[1], _open_quote(text[: match.start()])
        attribute = attribute_of(name, subject)
        if attribute is None and not name.startswith(_YOURS):
            continue
        yield text[end : match.start()]
        yield _Yours(name, subject, quote) if attribute is None else _Placeholder(name, attribute, quote)
        end = match.end()
    yield text[end:]


def _open_quote(text: str) -> str:
    """The quote that is open at the end of the text, as a shell reads it."""
    quote = ""
    characters = iter(text)
    for each in characters:
        if each == "\\" and quote != "'":
            next(characters, None)
        elif each == quote:
            quote = ""
        elif not quote and each in "'\"":
            quote = each
    return quote


def _attribute(resource: Resource | None, name: str) -> str:
    """Its text; empty where there is none, or where a property raises: a command is not worth a finding."""
    try:
        value: object = getattr(resource, name)
    except Exception:  # noqa: BLE001 - a bug in a property
        return ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
