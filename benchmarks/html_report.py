"""How fast the HTML report opens and filters, in headless Chromium.

`python -m benchmarks.html_report` makes reports of 100,000 and 300,000 findings and prints a line for each thing a
user does: the time until its result was painted, the time that the page's main thread worked for it, and the longest
that it worked at a stretch. On a machine that others use as well, the last two are the figures to compare.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from aioprowler.errors import UsageError
from aioprowler.findings.finding import Finding
from aioprowler.outputs.html import HtmlWriter
from tests.e2e.browser import Page, chromium, installed
from tests.outputs.samples import coverage, many

SIZES = (100_000, 300_000)
BATCH = 500
TYPED = "item-0123"

_TIMED = """
(async () => {{
  const from = performance.now(), turn = () => new Promise((done) => setTimeout(done));
  {act};
  do await turn(); while (document.body.ariaBusy !== "false" || document.body.dataset.shown !== location.hash);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - from;
}})()
"""

_TYPE = """
const field = document.getElementById("text");
field.value = {text!r};
field.dispatchEvent(new Event("input"));
const wanted = () => (new URLSearchParams(location.hash.slice(1)).get("q") ?? "") === {text!r};
while (!wanted()) await turn();
"""


def _click(selector: str) -> str:
    return f"document.querySelector({selector!r}).click()"


def _group(by: str) -> str:
    return (
        'const group = document.getElementById("pick-group");'
        f'group.value = "{by}"; group.dispatchEvent(new Event("change"))'
    )


ACTIONS = {
    "filter by a status": _click(".tile.FAIL"),
    "lift the filter": _click(".tile.FAIL"),
    "show the list": _click("#tab-findings"),
    "sort by account": _click("[data-key='sort/account']"),
    "sort by resource": _click("[data-key='sort/resource']"),
    "group by check": _group("check"),
    "group by resource": _group("resource"),
    "back to the overview": _click("#tab-overview"),
    "open a problem": _click(".problem"),
}


class Took(Struct):
    """Milliseconds."""

    painted: float
    worked: float
    longest: float

    def __str__(self) -> str:
        return f"{self.painted:,.0f} | {self.worked:,.0f} | {self.longest:,.0f}"


def _findings(count: int) -> Iterator[Finding]:
    """Of an organization whose accounts and half of whose resources have owners."""
    for at, each in enumerate(many(count)):
        account = int(each.account_id) % 7
        tags = {"owner": f"team-{at % 23}", "env": "prod"} if at % 2 else {}
        yield replace(each, resource_tags=tags, account_tags={"owner": f"unit-{account}"})


def _report(count: int, path: Path) -> Path:
    writer = HtmlWriter(path)
    writer.open()
    batch: list[Finding] = []
    for each in _findings(count):
        batch.append(each)
        if len(batch) == BATCH:
            writer.write(batch)
            batch = []
    writer.write(batch)
    writer.conclude(coverage())
    writer.close()
    return path


async def _worked(page: Page) -> float:
    """Milliseconds that the main thread has worked."""
    metrics = (await page.command("Performance.getMetrics"))["metrics"]
    return 1000 * float(next((each["value"] for each in metrics if each["name"] == "TaskDuration"), 0))


async def _opened(page: Page, path: Path) -> Took:
    before = await _worked(page)
    await page.trace()
    await page.command("Page.navigate", url=path.as_uri())
    await page.wait(f"document.body?.dataset.ready && location.href.startsWith('{path.as_uri()}')", seconds=300)
    painted = await page.js("performance.getEntriesByName('ready')[0].startTime")
    return Took(painted, await _worked(page) - before, await page.longest_task())


async def _acted(page: Page, act: str) -> Took:
    before = await _worked(page)
    await page.trace()
    painted = await page.js(_TIMED.format(act=act))
    return Took(painted, await _worked(page) - before, await page.longest_task())


async def _typed(page: Page) -> Took:
    """The slowest of the keys of a word."""
    keys = [await _acted(page, _TYPE.format(text=TYPED[:end])) for end in range(1, len(TYPED) + 1)]
    await _acted(page, _TYPE.format(text=""))
    return Took(*(max(getattr(key, name) for key in keys) for name in Took.__struct_fields__))


async def _round(port: int, small: Path, path: Path) -> dict[str, Took]:
    async with Page(port, small) as page:
        await page.command("Performance.enable", timeDomain="threadTicks")
        found = {"open": await _opened(page, path)}
        for name, act in ACTIONS.items():
            found[name] = await _acted(page, act)
            if name == "show the list":
                found["type a letter, the slowest of nine"] = await _typed(page)
        return found


def _median(rounds: list[dict[str, Took]], name: str) -> Took:
    return Took(*(statistics.median(getattr(each[name], part) for each in rounds) for part in Took.__struct_fields__))


def _print(count: int, size: int, rounds: list[dict[str, Took]]) -> None:
    print(f"\n{count:,} findings, {size / 1e6:.1f} MB\n")
    print("| | painted after ms | worked ms | at a stretch ms |\n|---|---|---|---|")
    for name in rounds[0]:
        print(f"| {name} | {_median(rounds, name)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    chosen: Any = parser.parse_args()
    if installed() is None:
        raise UsageError("The benchmark needs Chromium: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = _report(10, folder / "small.html")
        for count in chosen.findings:
            path = _report(count, folder / f"{count}.html")
            rounds = []
            for at in range(chosen.rounds):
                (profile := folder / f"profile-{count}-{at}").mkdir()
                with chromium(profile) as port:
                    rounds.append(asyncio.run(_round(port, small, path)))
            _print(count, path.stat().st_size, rounds)


if __name__ == "__main__":
    main()
