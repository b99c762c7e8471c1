"""The site: pages rendered into a folder that works from file://, without a server or a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from docs.build import markdown, reference
from docs.build.links import broken
from docs.build.pages import Link, Page

ROOT: Final = Path(__file__).parents[2]
_HERE: Final = Path(__file__).parent
_WRITTEN: Final = ("README.md", "CONTRIBUTING.md", "docs/*.md", "benchmarks/README.md")

_SECTION: Final = 2
"""The level of the headings below a page's title."""

_GROUPS: Final = {
    "Start": (
        "README.md", "docs/guide.md", "docs/migration.md", "docs/demo.md", "docs/ci.md", "docs/troubleshooting.md",
    ),
    "Scan": (
        "docs/credentials.md", "docs/permissions.md", "docs/organizations.md", "docs/selection.md",
        "docs/configuration.md", "docs/mutelist.md", "docs/resume.md", "docs/performance.md", "docs/cluster.md",
        "docs/security.md",
    ),
    "Findings": (
        "docs/outputs.md", "docs/findings.md", "docs/coverage.md", "docs/compliance.md", "docs/diff.md",
        "docs/integrations.md",
    ),
    "Reference": ("docs/command-line.md", "docs/reference.md", "checks/index.html", "frameworks/index.html"),
    "Extend": (
        "docs/custom-checks.md", "docs/python.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/calls.md",
        "benchmarks/README.md",
    ),
}  # fmt: skip
"""Pages that nobody has put into a group are in the last one."""


def sources(root: Path = ROOT) -> list[Path]:
    """The Markdown pages."""
    return [path for pattern in _WRITTEN for path in sorted(root.glob(pattern))]


def broken_sources(root: Path = ROOT) -> list[str]:
    """Links of the Markdown pages that lead nowhere."""
    return list(broken({path: markdown.render(path.read_text(encoding="utf-8"))[0] for path in sources(root)}))


def build(folder: Path) -> list[str]:
    """Write the site into a folder, which is emptied before. The links in it that lead nowhere."""
    pages = [*_written(), *reference.pages()]
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(_HERE / "assets", folder / "assets")
    (folder / "assets" / "code.css").write_text(markdown.styles(), encoding="utf-8")
    (folder / "assets" / "search-index.js").write_text(f"const SEARCH = {_index(pages)};\n", encoding="utf-8")
    rendered = {(folder / page.path).resolve(): html for page, html in _render(pages)}
    for path, html in rendered.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    return list(broken(rendered))


def _written() -> Iterator[Page]:
    for source in sources():
        html, headings = markdown.render(source.read_text(encoding="utf-8"), markdown.as_page)
        title, *rest = headings
        url = markdown.as_page(source.relative_to(ROOT).as_posix())
        values = {
            "html": Markup(html),  # noqa: S704 - made from our own pages
            "contents": [each for each in rest if each.level == _SECTION],
        }
        links = [Link(each.text, title.text, f"{url}#{each.anchor}", each.body) for each in rest]
        yield Page(PurePosixPath(url), title.text, "written.html.j2", values, links, title.body)


def _render(pages: Iterable[Page]) -> Iterator[tuple[Page, str]]:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["markdown"] = lambda text: Markup(markdown.fragment(text))  # noqa: S704
    environment.filters["code"] = lambda text, language: Markup(markdown.code(text, language))  # noqa: S704
    pages = list(pages)
    navigation = _navigation(pages)
    for page in pages:
        template = environment.get_template(page.template)
        yield page, template.render(page=page, navigation=navigation, **page.values)


def _navigation(pages: Iterable[Page]) -> dict[str, list[tuple[str, str]]]:
    """Group -> its (title, path)."""
    titles = {str(page.path): _short(page) for page in pages}
    groups = {name: [markdown.as_page(path) for path in paths] for name, paths in _GROUPS.items()}
    placed = {path for paths in groups.values() for path in paths}
    last = list(groups)[-1]
    groups[last] += [path for path in titles if path not in placed and path.startswith("docs/")]
    return {name: [(titles[path], path) for path in paths] for name, paths in groups.items()}


def _short(page: Page) -> str:
    return "Overview" if str(page.path) == "index.html" else page.title


def _index(pages: Iterable[Page]) -> str:
    """Of the search, as JSON that may stand in a script."""
    links = [link for page in pages for link in (Link(page.title, "", str(page.path), page.text), *page.links)]
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(links, ensure_ascii=False))
