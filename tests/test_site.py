"""The static site, and links of the pages that it is made of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aioprowler.catalog import Selection, installed
from aioprowler.compliance.frameworks import frameworks
from docs.build import markdown
from docs.build.links import broken
from docs.build.site import broken_sources, build

LOADED = re.compile(r"""(?:src|<link[^>]*href)="([^"]+)"|url\(([^)]+)\)|@import""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    assert build(folder) == []
    return folder


def test_links_of_the_markdown_pages_lead_somewhere() -> None:
    assert broken_sources() == []


def test_each_check_is_described_on_the_page_of_its_service(site: Path) -> None:
    for service in installed().services:
        text = (site / "checks" / f"{service}.html").read_text(encoding="utf-8")
        for check in installed().select(Selection(services=[service])):
            assert f'id="{check.id}"' in text


def test_a_check_is_told_with_all_that_there_is(site: Path) -> None:
    text = (site / "checks" / "s3.html").read_text(encoding="utf-8")
    section = text.partition('id="s3_bucket_cross_account_access"')[2].partition("</section>")[0]
    for part in (
        "high", "S3 bucket policies let no other account in", "<h3>Risk</h3>", "put-bucket-policy",
        "CloudFormation", "Terraform", "trusted_account_ids", "s3:GetBucketPolicy",
        "../frameworks/pci_4.0.html#10.6.3.33",
    ):  # fmt: skip
        assert part in section, part


def test_each_framework_has_a_page(site: Path) -> None:
    index = (site / "frameworks" / "index.html").read_text(encoding="utf-8")
    for id_ in frameworks():
        assert f'href="{id_}.html"' in index
        assert (site / "frameworks" / f"{id_}.html").is_file()


def test_it_needs_no_network_and_no_server(site: Path) -> None:
    for path in (*site.rglob("*.html"), *site.rglob("*.css")):
        for found in LOADED.finditer(path.read_text(encoding="utf-8")):
            target = found[1] or found[2]
            assert target == "data:," or (path.parent / target).is_file(), f"{path.name} loads {found[0]}"


def entries(site: Path) -> list[tuple[str, str, str, str]]:
    """(title, about, address, text) of what the search knows."""
    text = (site / "assets" / "search-index.js").read_text(encoding="utf-8")
    found: list[tuple[str, str, str, str]] = json.loads(text.removeprefix("const SEARCH = ").removesuffix(";\n"))
    return found


def test_the_search_finds_checks_and_its_links_lead_somewhere(site: Path) -> None:
    known = entries(site)
    assert {check.id for check in installed()} <= {title for title, *_ in known}
    pages = {path.resolve(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    links = "".join(f'<a href="{url}"></a>' for _, _, url, _ in known)
    assert list(broken(pages | {(site / "search.html").resolve(): links})) == []


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("resume", "docs/resume.html"),
        ("interrupted", "docs/resume.html"),
        ("cron", "docs/ci.html"),
        ("github", "docs/ci.html"),
        ("docker", "docs/ci.html"),
        ("owner", "docs/mutelist.html"),
        ("put-bucket-policy", "checks/s3.html"),
        ("api-budget", "docs/performance.html"),
    ],
)
def test_the_search_finds_what_stands_within_a_page(word: str, page: str, site: Path) -> None:
    found = {url.partition("#")[0] for *words, url, text in entries(site) if word in " ".join([*words, text]).lower()}
    assert page in found


def test_a_section_has_the_text_up_to_the_next_heading() -> None:
    _, (first, second) = markdown.render("# A\nOne `two`\nthree\n\n```\nfour\n```\n## B\n| five |\n|---|\n| six |\n")
    assert (first.body, second.body) == ("One two three four", "five six")


def test_a_broken_link_is_told(tmp_path: Path) -> None:
    page, other = tmp_path / "page.html", tmp_path / "other.html"
    links = ["gone.html", "other.html#gone", "#gone", "other.html#there", "#here", "https://example.com/gone"]
    text = '<p id="here">' + "".join(f'<a href="{link}">x</a>' for link in links)
    found = list(broken({page: text, other: '<p id="there">'}))
    assert [line.split(": ")[1] for line in found] == ["gone.html", "other.html#gone", "#gone"]


def test_anchors_are_those_of_github() -> None:
    text = "# `scan`: what's new?\n## Twice\n## Twice\n## A_b-c, d"
    assert [each.anchor for each in markdown.render(text)[1]] == ["scan-whats-new", "twice", "twice-1", "a_b-c-d"]


def test_text_is_no_markup() -> None:
    assert "<script>" not in markdown.fragment("Say `<script>` or <script>alert(1)</script>.")
    assert "<bucket>" not in markdown.code("aws s3 ls <bucket>", "sh") + markdown.code("<bucket>", "no-such-language")
