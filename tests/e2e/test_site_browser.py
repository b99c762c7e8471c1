"""The documentation in a real browser, from its files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from docs.build.site import build
from tests.e2e.browser import Page
from tests.test_shell import ROOT, fences


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    build(folder)
    return folder


def read(port: int, path: Path, scenario: Callable[[Page], Awaitable[None]]) -> None:
    async def go() -> None:
        async with Page(port, path) as page:
            await scenario(page)

    asyncio.run(go())


def test_the_search_looks_into_pages(port: int, site: Path) -> None:
    async def scenario(page: Page) -> None:
        await page.js("document.getElementById('search').focus()")
        for word, address, wanted in (
            ("interrupted", "docs/resume.html", "interrupted"),
            ("docker", "docs/ci.html", "Docker"),
            ("sso", "docs/credentials.html", "SSO"),
            ("codebuild", "docs/ci.html#aws-codebuild", "AWS CodeBuild"),
            ("s3_bucket_public_acc", "checks/s3.html#s3_bucket_public_access", "s3_bucket_public_access"),
        ):
            await page.js("document.getElementById('search').value = ''")
            await page.command("Input.insertText", text=word)
            await page.wait(
                f"[...document.querySelectorAll('#found a')].some((each) => each.href.includes({address!r}))"
            )
            assert wanted in " ".join(await page.text("#found li"))
            assert word != "sso" or "associated" not in " ".join(await page.text("#found li"))
        await page.command("Input.insertText", text="zzzz")
        await page.wait("document.getElementById('found').textContent === 'Nothing is found.'")

    read(port, site / "checks" / "iam.html", scenario)


def test_commands_are_copied_without_prompts_and_what_they_print(port: int, site: Path) -> None:
    async def scenario(page: Page) -> None:
        await page.js("copy = (text) => { document.body.dataset.copied = text; }")
        await page.click(".copied button")
        assert (await page.js("document.body.dataset.copied")).splitlines() == [
            "pip install '.[demo]'",
            "aioprowler demo",
            "aioprowler demo --service s3 --severity critical high",
        ]
        blocks, buttons = await page.text("pre"), await page.text(".copied button")
        assert len(blocks) == len(buttons)

    read(port, site / "docs" / "guide.html", scenario)


def test_commands_of_several_lines_are_copied_whole(port: int, site: Path) -> None:
    async def scenario(page: Page) -> None:
        await page.js("copy = (text) => { document.body.dataset.copied = text; }")
        await page.click(".copied button")
        copied = (await page.js("document.body.dataset.copied")).splitlines()
        block = next(fences(ROOT / "docs" / "organizations.md", "console"))
        assert copied == block.replace("$ ", "").splitlines()
        assert any(line.endswith("\\") for line in copied)

    read(port, site / "docs" / "organizations.html", scenario)


def test_a_command_is_copied_with_what_it_reads_and_without_what_it_prints(port: int, site: Path) -> None:
    async def scenario(page: Page) -> None:
        shown = "$ python - <<'END'\nprint(1)\nEND\n1\n$ echo \\\n  a\na"
        assert await page.js(f"toCopy({json.dumps(shown)})") == "python - <<'END'\nprint(1)\nEND\necho \\\n  a"

    read(port, site / "index.html", scenario)
