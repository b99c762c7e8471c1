"""Writes the check reference, docs/checks/<service>.md, from the checks' own docstrings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from aioprowler.catalog import AnyCheck, config_of, installed
from aioprowler.declarations.checks import Remediation
from aioprowler.engine.plan import make_plan

FOLDER = Path(__file__).parent / "checks"

PAGE = """\
# {{ service }}

{{ checks | length }} checks.

| check | severity | title |
|---|---|---|
{% for check in checks -%}
| [{{ check.id }}](#{{ check.id }}) | {{ check.severity }} | {{ check.documentation.title }} |
{% endfor %}
{%- for check in checks %}
## {{ check.id }}

**{{ check.documentation.title }}.** {{ check.documentation.description }}

*Severity* {{ check.severity }}
{%- if check.categories %}, *categories* {{ check.categories | join(", ") }}{% endif %}, \
*resource* {{ check.resource_type }}, *asks* {{ operations(check) | join(", ") }}

**Risk.** {{ check.documentation.risk }}

**Remediation.** {{ check.documentation.remediation.text }}
{% if check.documentation.remediation.cli %}
```sh
{{ check.documentation.remediation.cli }}
```
{% endif -%}
{% for heading, snippet in snippets(check.documentation.remediation) %}
*{{ heading }}*

{{ snippet }}
{% endfor -%}
{% for key in config(check) %}
*Configuration* `{{ key.name }}`, by default `{{ key.default }}`.{% if key.doc %} {{ key.doc.rstrip('.') }}.{% endif %}
{% endfor -%}
{% if check.documentation.remediation.url %}
{{ check.documentation.remediation.url }}
{% endif -%}
{% endfor -%}
"""


def pages() -> Iterator[tuple[str, str]]:
    """(service, its page)."""
    template = Environment(undefined=StrictUndefined, autoescape=False).from_string(PAGE)  # noqa: S701 - Markdown
    catalog = installed()
    for service in catalog.services:
        checks = catalog.select(services=[service])
        page = template.render(
            service=service, checks=checks, operations=operations, config=config_of, snippets=snippets
        )
        yield service, page


def operations(check: AnyCheck) -> list[str]:
    """IAM actions of all that the check asks."""
    return sorted({f"`{each.operation.action}`" for each in make_plan([check], {}).operations})


def snippets(remediation: Remediation) -> Iterator[tuple[str, str]]:
    """(heading, Markdown) of each form of the mend that there is."""
    if remediation.cloudformation:
        yield "CloudFormation", f"```yaml\n{remediation.cloudformation}\n```"
    if remediation.terraform:
        yield "Terraform", f"```hcl\n{remediation.terraform}\n```"
    if remediation.console:
        yield "Console", remediation.console


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for service, page in pages():
        (FOLDER / f"{service}.md").write_text(page, encoding="utf-8")
        print(FOLDER / f"{service}.md")


if __name__ == "__main__":
    main()
