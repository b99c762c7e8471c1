"""What the ARNs in a check's findings are like, known without asking AWS."""

from __future__ import annotations

import string
from typing import Any

from aioprowler.declarations.checks import Check
from aioprowler.declarations.graph import operations_of, reads
from aioprowler.declarations.parameters import LISTED
from aioprowler.declarations.resources import arn_template
from aioprowler.findings.selection import ArnPattern


def arns_of(check: Check[Any, Any]) -> tuple[ArnPattern, ...]:
    """What the ARNs in the check's findings are like. A check of the account or a region may tell of any resource of
    its service, and of the type that it is about.
    """
    if check.subject.kind == "resource":
        return arns_of_type(check.subject.type)
    shape = _filled(check.facts.resource_arn)
    whose = "" if shape.resource == "root" else shape.service
    about = arns_of_type(check.facts.about) if check.facts.about is not None else ()
    services = (_of_service(name) for name in sorted({check.service, whose}) if name)
    return tuple(dict.fromkeys((shape, *services, *about)))


def arns_of_type(kind: Any) -> tuple[ArnPattern, ...]:
    """What the ARNs of a type's resources are like."""
    template = arn_template(kind)
    if template.startswith("arn:"):
        return (_filled(template),)
    return tuple(_of_service(name) for name in sorted(_services(kind)) or ("*",))


def _services(kind: Any) -> set[str]:
    """Those whose operations list the resources of a type, or what it is made of."""
    found = {operation.action.partition(":")[0] for operation in operations_of(kind)}
    return found or set().union(*(_services(p.type) for p in reads(kind) if p.kind in LISTED))


def _filled(template: str) -> ArnPattern:
    return ArnPattern.parse(string.Formatter().vformat(template, (), _Anything()))


class _Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "*"


def _of_service(name: str) -> ArnPattern:
    return ArnPattern("*", name, "*", "*", "*")
