"""What is known of a check before its module is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from msgspec import Struct

from aioprowler.catalog.arns import arns_of
from aioprowler.declarations.checks import Check, Severity
from aioprowler.declarations.errors import DeclarationError
from aioprowler.declarations.graph import behind
from aioprowler.declarations.parameters import Parameter

AnyCheck = Check[Any, Any]


class Indexed(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What lists and selections ask of a check, as the index has it; its module is loaded when the check is needed."""

    id: str
    module: str
    title: str
    service: str
    severity: Severity
    categories: tuple[str, ...] = ()
    resource_type: str = ""
    resource_group: str = ""
    judges_resources: bool = False
    """And not the account, or its regions."""
    arns: tuple[str, ...] = ()
    """Patterns of those in its findings."""
    configuration: tuple[str, ...] = ()
    """Keys that it, or a value behind it, reads."""

    def load(self) -> AnyCheck:
        """Raises DeclarationError where the module no longer has it."""
        found = _checks_in(self.module).get(self.id)
        if found is None:
            raise DeclarationError(f"{self.module} has no check {self.id}: the index is stale; run `make generate`.")
        return found


class Declared:
    """The same of a check whose module is loaded already."""

    def __init__(self, check: AnyCheck) -> None:
        self.check = check
        self.id = check.id
        self.module = check.function.__module__

    def load(self) -> AnyCheck:
        """The check."""
        return self.check

    @property
    def title(self) -> str:
        """The good state, in one sentence."""
        return self.check.documentation.title

    @property
    def service(self) -> str:
        """The folder under `services/`; of a custom check what it names, or its id's first word."""
        return self.check.service

    @property
    def severity(self) -> Severity:
        """Unless a verdict says otherwise."""
        return self.check.severity

    @property
    def categories(self) -> tuple[str, ...]:
        """In the order in which the check names them."""
        return self.check.categories

    @property
    def resource_type(self) -> str:
        """Security Hub's word: `AwsS3Bucket`."""
        return self.check.resource_type

    @property
    def resource_group(self) -> str:
        """`storage`, `network` and the like."""
        return self.check.resource_group

    @property
    def judges_resources(self) -> bool:
        """And not the account, or its regions."""
        return self.check.subject.kind == "resource"

    @property
    def arns(self) -> tuple[str, ...]:
        """Patterns of those in its findings."""
        return tuple(":".join(("arn", *pattern.parts)) for pattern in arns_of(self.check))

    @property
    def configuration(self) -> tuple[str, ...]:
        """Keys that it, or a value behind it, reads, in alphabetical order."""
        return tuple(sorted({key.name for key in config_of(self.check)}))


Listed = Indexed | Declared


def config_of(check: AnyCheck) -> list[Parameter]:
    """The configuration keys that the check, or a gate or value behind it, reads."""
    return [parameter for parameter in behind(check.function) if parameter.kind == "config"]


def checks_of(module: ModuleType) -> list[AnyCheck]:
    """The checks that are declared in this very module."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Check) and value.function.__module__ == module.__name__
    ]


@cache
def _checks_in(module: str) -> Mapping[str, AnyCheck]:
    return {check.id: check for check in checks_of(import_module(module))}
