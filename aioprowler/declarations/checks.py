"""Checks: pure functions that judge one subject, and what is said about them in their docstrings."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from aioprowler.declarations.commands import INLINE, Command, Named
from aioprowler.declarations.errors import refuse
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.parameters import Parameter, parameters

if TYPE_CHECKING:
    from aioprowler.declarations.resources import Resource

P = ParamSpec("P")
R = TypeVar("R")

Severity = Literal["critical", "high", "medium", "low", "informational"]
Status = Literal["PASS", "FAIL", "MANUAL"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STATUSES: tuple[Status, ...] = get_args(Status)


class _Verdict(Struct, frozen=True, gc=False):
    detail: str
    severity: Severity | None = None
    """Overrides the check's."""
    resource_id: str | None = None
    """Overrides the subject's, where the verdict is about a part of it or something beside it."""
    resource_arn: str | None = None
    resource: Any = None
    """A Resource that the verdict is about, in the place of the account or region that was judged."""
    names: tuple[Named, ...] = ()
    """For each thing that is to be mended, what placeholders of the commands stand for beside what the subject tells:
    `({"stage": "prod"},)` for `<your-stage>`.
    """


class Pass(_Verdict, frozen=True, gc=False, tag="PASS"):
    """The subject is as the check's title says."""


class Fail(_Verdict, frozen=True, gc=False, tag="FAIL"):
    """The subject is not as the check's title says."""


class Manual(_Verdict, frozen=True, gc=False, tag="MANUAL"):
    """A person must look."""

    gap: Failure | None = None
    """What could not be had, where that is why."""


Verdict = Pass | Fail | Manual


class Remediation(Struct, frozen=True, omit_defaults=True):
    """How to mend what a check found."""

    text: str = ""
    cli: str = ""
    """The first command of the text."""
    cloudformation: str = ""
    terraform: str = ""
    console: str = ""
    url: str = ""

    @property
    def further(self) -> list[str]:
        """The commands of the text that are not `cli`, as they follow each other."""
        return [each for each in INLINE.findall(self.text) if each != self.cli]


class Documentation(Struct, frozen=True):
    """A check's docstring in its parts."""

    title: str
    """The good state."""
    fails: str
    """What is wrong where the check fails; empty: the title stands for it."""
    description: str
    risk: str
    remediation: Remediation


class Check(Generic[P, R]):
    """A declared check; calling it calls the function, so a test passes literals and compares the verdict."""

    def __init__(self, function: Callable[P, R], facts: _Facts) -> None:
        self.function = function
        self.facts = facts
        self.id = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The verdict about literals, as tests call it."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<check {self.id}>"

    @property
    def severity(self) -> Severity:
        """Unless a verdict says otherwise."""
        return self.facts.severity

    @property
    def categories(self) -> tuple[str, ...]:
        """In the order in which they were declared."""
        return self.facts.categories

    @cached_property
    def service(self) -> str:
        """The folder under `services/`, or for a custom check the first word of its id, unless it says otherwise."""
        package = self.function.__module__.split(".")
        if self.facts.service:
            return self.facts.service
        return package[2] if package[:2] == ["aioprowler", "services"] else self.id.split("_", 1)[0]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of its function. Raises DeclarationError for one that nothing can supply."""
        return parameters(self.function)

    @property
    def subject(self) -> Parameter:
        """The first parameter: what is judged."""
        if not self.parameters:
            raise refuse(self.function, "its first parameter is what it judges: a Resource, Account or Region.")
        return self.parameters[0]

    @cached_property
    def resource_type(self) -> str:
        """What findings say: the check's own word, or that of the type that is judged."""
        given = self.facts.resource_type
        return str(self._identity().type) if given is None else given

    @cached_property
    def resource_group(self) -> str:
        """Likewise: `storage`, `network` and the like."""
        given = self.facts.resource_group
        return str(self._identity().group) if given is None else given

    def _identity(self) -> Any:
        return getattr(self.facts.about or self.subject.type, "identity", _NOBODY)

    @cached_property
    def documentation(self) -> Documentation:
        """The docstring's parts. Raises DeclarationError for one that lacks a section."""
        return parse_docstring(self.function, self.facts.fails, self.facts.snippets)

    @cached_property
    def command(self) -> Command:
        """Of its remediation, for one finding."""
        return Command(self.documentation.remediation.cli, self.subject.type)

    @cached_property
    def further_commands(self) -> list[Command]:
        """Likewise, the others of its remediation."""
        return [Command(each, self.subject.type) for each in self.documentation.remediation.further]

    def with_words(self, severity: Severity, documentation: Documentation) -> Check[P, R]:
        """The same check, described otherwise."""
        made = copy.copy(self)
        made.facts = replace(self.facts, severity=severity)
        made.__dict__["documentation"] = documentation
        for name in ("command", "further_commands"):
            made.__dict__.pop(name, None)
        return made


class Snippets(Struct, frozen=True):
    """A page of `remediation/` that several checks share."""

    page: str
    """Its name without the ending; the check's id where it is empty."""
    values: Mapping[str, object] = {}
    """What stands for `<name>` in the page."""

    def of(self, function: Callable[..., Any]) -> dict[str, str]:
        """Heading -> snippet, from the folder `remediation` beside the check's module or above it."""
        module = inspect.getsourcefile(function)
        folders = Path(module).parents[:2] if module else ()
        for folder in folders:
            page = folder / "remediation" / f"{self.page or function.__name__}.md"
            if page.is_file():
                return self._filled(page.read_text(encoding="utf-8"))
        return {}

    def _filled(self, text: str) -> dict[str, str]:
        for name, value in self.values.items():
            text = text.replace(f"<{name}>", str(value))
        _, sections = _split(text)
        return {name: _fenced(body) for name, body in sections.items()}


class _Facts(Struct, frozen=True, kw_only=True):
    fails: str
    severity: Severity
    categories: tuple[str, ...]
    resource_type: str | None
    resource_group: str | None
    resource_id: str
    resource_arn: str
    service: str
    snippets: Snippets
    about: Any
    compliance: Mapping[str, tuple[str, ...]]


class _Nobody(Struct, frozen=True):
    type: str = "AwsAccount"
    group: str = ""


_NOBODY = _Nobody()


def check(
    *,
    fails: str = "",
    severity: Severity,
    categories: Iterable[str] = (),
    resource_type: str | None = None,
    resource_group: str | None = None,
    resource_id: str = "",
    resource_arn: str = "",
    service: str = "",
    snippets: Snippets = Snippets(""),  # noqa: B008 - frozen
    about: type[Resource] | None = None,
    compliance: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> Callable[[Callable[P, R]], Check[P, R]]:
    """Declare a check. Its id is the function's name; the first parameter is the subject.

    `fails` says in a short phrase what is wrong where the check fails, as the docstring's title says the good state:
    "S3 bucket is public". A check without one is refused with a DeclarationError.
    `resource_type` and `resource_group` override the subject's. For a check about an account or region,
    `resource_id` and `resource_arn` are templates of {partition}, {account_id}, {region} and {default_region} (the
    account's) that name what it is about (by default the account). Where it asks whether the account or region has a
    thing that does something, `about` is the thing's type, whose type and group the check takes; a verdict names the
    very one as its `resource`.
    `snippets` names the page with code for the mend, where several checks share one.
    `compliance` is for checks of one's own: framework -> its requirements for which the check is evidence.
    """
    facts = _Facts(
        fails=fails.rstrip("."),
        severity=severity,
        categories=tuple(categories),
        resource_type=resource_type,
        resource_group=resource_group,
        resource_id=resource_id or "{account_id}",
        resource_arn=resource_arn or "arn:{partition}:iam::{account_id}:root",
        service=service,
        snippets=snippets,
        about=about,
        compliance={name: (ids,) if isinstance(ids, str) else tuple(ids) for name, ids in compliance.items()},
    )
    if severity not in SEVERITIES:
        raise ValueError(f"severity={severity!r}: say one of {', '.join(SEVERITIES)}.")
    if isinstance(categories, str):
        raise TypeError(f"categories={categories!r}: say [{categories!r}].")
    for word in (*facts.categories, resource_type or "", resource_group or "", service):
        if not isinstance(word, str):
            raise TypeError(f"{word!r} is no text: categories, resource_type, resource_group and service are words.")
    return lambda function: Check(_phrased(function, facts.fails), facts)


_SECTION = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TITLE_LENGTH = 150


def _phrased(function: Callable[P, R], fails: str) -> Callable[P, R]:
    """The function. Raises DeclarationError where the phrase of its failure is none."""
    if not fails.strip() or len(fails) > _TITLE_LENGTH:
        raise refuse(
            function,
            f"say what is wrong where it fails, in at most {_TITLE_LENGTH} characters: "
            'check(fails="S3 bucket is public", ...).',
        )
    return function


def parse_docstring(function: Callable[..., Any], fails: str, snippets: Snippets) -> Documentation:
    """Title line, description, `## Risk`, `## Remediation`, `## References`. Raises DeclarationError."""
    text = inspect.getdoc(function) or ""
    head, sections = _split(text)
    title, _, description = head.partition("\n")
    for section in ("Risk", "Remediation"):
        if not sections.get(section):
            raise refuse(function, f"its docstring lacks the section `## {section}`.")
    if not title or len(title) > _TITLE_LENGTH:
        raise refuse(function, f"begin its docstring with a title of at most {_TITLE_LENGTH} characters.")
    return Documentation(
        title=title.rstrip("."),
        fails=fails,
        description=_flow(description) or title,
        risk=_flow(sections["Risk"]),
        remediation=_remediation(sections, snippets.of(function)),
    )


def _split(text: str) -> tuple[str, dict[str, str]]:
    head, *rest = _SECTION.split(text)
    return head.strip(), {name: body.strip() for name, body in zip(rest[::2], rest[1::2], strict=True)}


def _flow(text: str) -> str:
    """Paragraphs without the line breaks of the source."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _remediation(sections: dict[str, str], snippets: dict[str, str]) -> Remediation:
    text = sections["Remediation"]
    fenced = _FENCE.search(text)
    inline = INLINE.search(text)
    command = fenced[1].strip() if fenced else " ".join(inline[1].split()) if inline else ""
    urls = sections.get("References", "").split()
    return Remediation(
        text=_flow(_FENCE.sub("", text)),
        cli=command,
        cloudformation=snippets.get("CloudFormation", ""),
        terraform=snippets.get("Terraform", ""),
        console=snippets.get("Console", ""),
        url=next((url.strip("<>-") for url in urls if "://" in url), ""),
    )


def _fenced(body: str) -> str:
    found = _FENCE.search(body)
    return found[1].rstrip() if found else body
