"""The documentation in a real browser, from its files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from docs.build.site import build
from tests.e2e.browser import Page


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
            ("s3_bucket_public_acc", "checks/s3.html#s3_bucket_public_access", "s3_bucket_public_access"),
        ):
            await page.js("document.getElementById('search').value = ''")
            await page.command("Input.insertText", text=word)
            await page.wait(
                f"[...document.querySelectorAll('#found a')].some((each) => each.href.includes({address!r}))"
            )
            assert wanted in " ".join(await page.text("#found li"))
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
