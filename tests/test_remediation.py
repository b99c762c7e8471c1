"""Every page of snippets: what it may hold, and that its templates are such as CloudFormation and Terraform take."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest
from cfnlint.api import lint
from cfnlint.core import get_rules

import aioprowler
from aioprowler.catalog import AnyCheck, installed
from aioprowler.cli.checks import show
from docs.build.reference import pages
from tests.test_registry import FACTS

PAGES = {page.stem: page for page in sorted(Path(aioprowler.__file__).parent.glob("services/*/remediation/*.md"))}
SHARED = {"enclave_key_policy", "guardduty_feature", "instance_port", "security_group_port"}
VALUES = {"<feature>": "S3_DATA_EVENTS", "<service>": "MySQL", "<port>": "3306"}
"""What the shared pages are filled with here."""
FORMS = {
    "CloudFormation": re.compile(r"\n```yaml\n(Resources:\n(?:.*\n)*?)```\n\n?"),
    "Terraform": re.compile(r"\n```hcl\n((?:.*\n)*?)```\n\n?"),
    "Console": re.compile(r"\n((?:.+:\n\n)?1\. (?:.*\n)*)"),
}
"""Heading -> what stands under it, the snippet as the group."""
GRAVE = [check for check in installed() if check.severity in ("critical", "high")]


def sections(name: str) -> list[tuple[str, str]]:
    """(heading, body) of a page that consists of nothing else."""
    before, *parts = re.split(r"^## (.+)\n", PAGES[name].read_text("utf-8"), flags=re.MULTILINE)
    assert before == ""
    return list(zip(parts[::2], parts[1::2], strict=True))


def snippets(heading: str) -> list[Any]:
    """(snippet,) of each page that has one under the heading, as cases named after their pages."""
    bodies = {name: dict(sections(name)).get(heading, "") for name in PAGES}
    found = {name: FORMS[heading].fullmatch(body) for name, body in bodies.items()}
    return [pytest.param(filled(match[1]), id=name) for name, match in found.items() if match]


def filled(snippet: str) -> str:
    return re.sub("|".join(VALUES), lambda match: VALUES[match[0]], snippet)


def test_the_pages_belong_to_checks() -> None:
    assert set(PAGES) >= SHARED
    assert set(PAGES) - SHARED <= set(FACTS)


def test_a_page_lies_with_its_service() -> None:
    astray = [id_ for id_, page in PAGES.items() if id_ in FACTS and page.parts[-3] != FACTS[id_]["service"]]
    assert astray == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_known_headings_each_with_its_form(name: str) -> None:
    headings = [heading for heading, _ in sections(name)]
    assert headings
    assert headings == [known for known in FORMS if known in headings]
    for heading, body in sections(name):
        assert FORMS[heading].fullmatch(body), heading


@pytest.mark.parametrize("check", GRAVE, ids=lambda check: check.id)
def test_a_check_that_matters_shows_how_to_mend(check: AnyCheck) -> None:
    remediation = check.documentation.remediation
    shown = [remediation.cloudformation, remediation.terraform, remediation.console]
    assert any(shown), f"services/{check.service}/remediation/{check.id}.md shows no way to mend it"
    assert re.findall(r"<\w+>", "".join(shown)) == []


THREE_FORMS = "iam_user_mfa_enabled_console_access"


def test_the_command_shows_each_form(capsys: pytest.CaptureFixture[str]) -> None:
    show(THREE_FORMS)
    text = capsys.readouterr().out
    remediation = installed().get(THREE_FORMS).documentation.remediation
    assert f"\nCloudFormation\n{textwrap.indent(remediation.cloudformation, ' ' * 4)}\n" in text
    assert f"\nTerraform\n{textwrap.indent(remediation.terraform, ' ' * 4)}\n" in text
    assert f"\nConsole\n{textwrap.indent(remediation.console, ' ' * 2)}\n" in text


def test_the_reference_shows_each_form() -> None:
    (page,) = (each for each in pages() if each.path.name == "iam.html")
    (about,) = (each for each in page.values["checks"] if each["id"] == THREE_FORMS)
    remediation = installed().get(THREE_FORMS).documentation.remediation
    assert ("CloudFormation", "yaml", remediation.cloudformation) in about["snippets"]
    assert ("Terraform", "hcl", remediation.terraform) in about["snippets"]
    assert about["console"] == remediation.console


@cache
def rules() -> Any:
    """cfn-lint's errors, without warnings. Gathering them takes longer than linting a template."""
    return get_rules([], ["W", "I"], [])


def errors(template: str) -> list[str]:
    return [f"{match.rule.id} {match.message}" for match in lint(template, rules(), ["us-east-1"])]


@pytest.mark.parametrize("template", snippets("CloudFormation"))
def test_cloudformation_takes_the_template(template: str) -> None:
    assert errors(template) == []


def test_a_misspelt_property_is_noticed() -> None:
    template = "Resources:\n  Volume:\n    Type: AWS::EC2::Volume\n    Properties:\n      Encryptd: true\n"
    assert any("Encryptd" in error for error in errors(template))


@pytest.mark.parametrize("source", snippets("Terraform"))
def test_terraform_takes_the_source(source: str) -> None:
    assert hcl2.loads(source)["resource"]
