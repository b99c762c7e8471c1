"""`aioprowler compliance`: the list of frameworks, and the requirements of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from aioprowler.cli.checks import Folders
from aioprowler.cli.options import AsJson, many
from aioprowler.cli.parser import make_app
from aioprowler.cli.tables import counted, print_json, print_table
from aioprowler.texts import visible

if TYPE_CHECKING:
    from aioprowler.catalog import Listed
    from aioprowler.compliance.frameworks import Framework, Requirement

app = make_app("compliance")

FrameworkId = Annotated[str, Parameter(name="ID", help="The framework's id, such as cis_3.0.")]
RequirementId = Annotated[str | None, Parameter(name="REQUIREMENT", help="One of its requirements, such as 1.4.")]

Files = Annotated[list[Path] | None, many(
    None, "FILE", "JSON files of frameworks of your own.", "--compliance-file", "--compliance-files",
)]  # fmt: skip

Checks = Mapping[str, "Listed"]

_ABSENT: Final = "not implemented"


@app.command(name="list")
def list_(*, compliance_files: Files = None, checks_folders: Folders = None, as_json: AsJson = False) -> None:
    """List the compliance frameworks, with their numbers of requirements and checks."""
    from aioprowler.catalog import load

    catalog = load(checks_folders or (), frameworks=compliance_files or ())
    found = [_brief(catalog.frameworks.get(id_), catalog.listed) for id_ in catalog.frameworks]
    if as_json:
        print_json(found)
        return
    header = ("ID", "VERSION", "REQUIREMENTS", "WITH CHECKS", "CHECKS", "TITLE")
    print_table(header, [_row(each) for each in found])
    print("\nCHECKS: how many exist, of those that the requirements name.")


def _brief(framework: Framework, existing: Checks) -> dict[str, Any]:
    named = framework.checks
    return {
        "id": framework.id,
        "title": framework.title,
        "version": framework.version,
        "requirements": len(framework.requirements),
        "requirements_with_checks": sum(bool(each.checks) for each in framework.requirements),
        "checks": len(named),
        "checks_implemented": sum(check in existing for check in named),
    }


def _row(about: dict[str, Any]) -> tuple[str, ...]:
    return (
        *(about["id"], about["version"], str(about["requirements"]), str(about["requirements_with_checks"])),
        *(f"{about['checks_implemented']} of {about['checks']}", about["title"]),
    )


@app.command
def show(
    framework_id: FrameworkId,
    requirement_id: RequirementId = None,
    /,
    *,
    compliance_files: Files = None,
    checks_folders: Folders = None,
    as_json: AsJson = False,
) -> None:
    """Read a framework's requirements and their checks, or one requirement."""
    from aioprowler.catalog import load

    catalog = load(checks_folders or (), frameworks=compliance_files or ())
    found, existing = catalog.frameworks.get(framework_id), catalog.listed
    if requirement_id is not None:
        requirement = found.requirement(requirement_id)
        if as_json:
            print_json(_describe(requirement, existing))
        else:
            print("\n".join(_page(found, requirement, existing)))
    elif as_json:
        requirements = [_describe(each, existing) for each in found.requirements]
        print_json(_brief(found, existing) | {"requirements": requirements})
    else:
        print("\n".join(_pages(found, existing)))


def _describe(requirement: Requirement, existing: Checks) -> dict[str, Any]:
    """All about a requirement, for programs."""
    from msgspec import to_builtins

    about: dict[str, Any] = to_builtins(requirement)
    return about | {"checks": [_check(id_, existing.get(id_)) for id_ in requirement.checks]}


def _check(id_: str, check: Listed | None) -> dict[str, Any]:
    known = {"severity": check.severity, "title": check.title} if check else {}
    return {"id": id_, "implemented": check is not None, **known}


def _pages(framework: Framework, existing: Checks) -> Iterator[str]:
    about = _brief(framework, existing)
    yield visible(framework.title)
    checks = f"{about['checks_implemented']} of {counted(about['checks'], 'check')} implemented"
    yield f"{framework.id} · {counted(about['requirements'], 'requirement')} · {checks}"
    for place, members in _by_place(framework).items():
        yield f"\n{visible(place)}" if place else ""
        for each in members:
            yield visible(f"  {each.id}  {each.name}".rstrip())
            yield from (f"      {id_}  {_severity(existing.get(id_))}" for id_ in each.checks)
            yield from (f"      needs {told}" for told in _guardrails(each))
            if not each.checks:
                yield "      no check: a person must judge"


def _by_place(framework: Framework) -> dict[str, list[Requirement]]:
    """Section and subsection -> their requirements, which need not follow each other by id."""
    places: dict[str, list[Requirement]] = {}
    for each in framework.requirements:
        places.setdefault(" · ".join(filter(None, (each.section, each.subsection))), []).append(each)
    return places


def _severity(check: Listed | None) -> str:
    return check.severity if check else _ABSENT


def _page(framework: Framework, requirement: Requirement, existing: Checks) -> Iterator[str]:
    yield visible(f"{requirement.id}  {requirement.name}".rstrip())
    facts = (framework.title, requirement.section, requirement.subsection, requirement.profile, requirement.assessment)
    yield visible(" · ".join(filter(None, (*facts, *requirement.tactics))))
    if not requirement.checks:
        yield "\nNo check can tell: a person must judge it."
        return
    yield ""
    width = max(map(len, requirement.checks))
    for id_ in requirement.checks:
        check = existing.get(id_)
        title = f"  {check.title}" if check else ""
        yield visible(f"  {id_:<{width}}  {_severity(check):<{len(_ABSENT)}}{title}".rstrip())
    if guardrails := _guardrails(requirement):
        yield ""
        yield from (f"  needs {told}" for told in guardrails)


def _guardrails(requirement: Requirement) -> list[str]:
    """Each key once, however many checks read it."""
    return list(dict.fromkeys(f"{each.key}: {each.allowed}" for each in requirement.guardrails))
