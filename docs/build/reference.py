"""The pages that no one writes: the checks of each service from their docstrings, and the frameworks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from aioprowler.catalog import UNUSED_SERVICES, AnyCheck, Catalog, Selection, config_of, installed
from aioprowler.compliance.frameworks import Framework, evidence, framework, frameworks
from aioprowler.declarations.checks import SEVERITIES, Remediation
from aioprowler.declarations.parameters import Parameter
from aioprowler.engine.plan import make_plan
from aioprowler.facts.services import title
from docs.build.pages import Link, Page

_LONG: Final = 80
_NO_ANCHOR: Final = re.compile(r"[^\w.-]+")


def pages() -> Iterator[Page]:
    """An index of services, a page for each; an index of frameworks, a page for each."""
    catalog = installed()
    yield Page(
        PurePosixPath("checks/index.html"),
        "Checks",
        "checks.html.j2",
        {"services": list(_services(catalog)), "severities": SEVERITIES, "total": len(catalog)},
        [_link(each) for each in catalog],
    )
    for service in catalog.services:
        yield _service(service, catalog.select(Selection(services=[service])))
    found = [framework(id_) for id_ in frameworks()]
    yield Page(
        PurePosixPath("frameworks/index.html"),
        "Compliance frameworks",
        "frameworks.html.j2",
        {"frameworks": [_brief(each, catalog.checks) for each in found]},
        [Link(each.id, each.title, f"frameworks/{each.id}.html") for each in found],
    )
    for each in found:
        yield _framework(each, catalog.checks)


def _link(check: AnyCheck) -> Link:
    words = check.documentation
    text = " ".join(f"{words.description} {words.risk} {words.remediation.text}".split())
    return Link(check.id, words.title, f"checks/{check.service}.html#{check.id}", text)


def _services(catalog: Catalog) -> Iterator[dict[str, Any]]:
    for service, count in catalog.services.items():
        checks = catalog.select(Selection(services=[service]))
        by_severity = {name: sum(check.severity == name for check in checks) for name in SEVERITIES}
        yield {"id": service, "name": title(service), "checks": count, "severities": by_severity}


def _service(service: str, checks: tuple[AnyCheck, ...]) -> Page:
    return Page(
        PurePosixPath(f"checks/{service}.html"),
        f"{title(service)} checks",
        "service.html.j2",
        {"checks": [_check(each) for each in checks]},
    )


def _check(check: AnyCheck) -> dict[str, Any]:
    return {
        "id": check.id,
        "severity": check.severity,
        "categories": check.categories,
        "resource_type": check.resource_type,
        "words": check.documentation,
        "operations": sorted(
            {(str(each.operation), each.operation.action) for each in make_plan([check], {}).operations}
        ),
        "snippets": list(_snippets(check.documentation.remediation)),
        "console": check.documentation.remediation.console,
        "configuration": [
            {"name": key.name, "default": _default(key), "doc": key.doc.rstrip(".")}
            for key in config_of(check)
            if key.name != UNUSED_SERVICES
        ],
        "evidence": {
            id_: [(name, requirement_anchor(name)) for name in names] for id_, names in evidence(check.id).items()
        },
    }


def _default(key: Parameter) -> str:
    text = str(list(key.default) if isinstance(key.default, tuple) else key.default)
    return text if len(text) <= _LONG else f"{len(key.default)} of them"


def _snippets(remediation: Remediation) -> Iterator[tuple[str, str, str]]:
    """(heading, language, code) of each form of the mend that there is."""
    forms = (
        ("AWS CLI", "sh", remediation.cli),
        ("CloudFormation", "yaml", remediation.cloudformation),
        ("Terraform", "hcl", remediation.terraform),
    )
    return (form for form in forms if form[2])


def _brief(found: Framework, existing: Mapping[str, AnyCheck]) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "version": found.version,
        "requirements": len(found.requirements),
        "with_checks": sum(bool(each.checks) for each in found.requirements),
        "checks": len(found.checks),
        "existing": sum(check in existing for check in found.checks),
    }


def _framework(found: Framework, existing: Mapping[str, AnyCheck]) -> Page:
    places: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in found.requirements:
        place = " · ".join(filter(None, (each.section, each.subsection)))
        checks = [(id_, existing[id_].service if id_ in existing else "") for id_ in each.checks]
        about = [text for text in (each.profile, each.assessment) if text]
        places[place].append(
            {"id": each.id, "anchor": requirement_anchor(each.id), "name": each.name, "about": about, "checks": checks}
        )
    return Page(
        PurePosixPath(f"frameworks/{found.id}.html"),
        found.title,
        "framework.html.j2",
        {"about": _brief(found, existing), "places": dict(places)},
    )


def requirement_anchor(id_: str) -> str:
    """What a requirement is called within the page of its framework."""
    return quote(_NO_ANCHOR.sub("-", id_))
