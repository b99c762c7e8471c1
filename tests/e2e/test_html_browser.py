"""The HTML report in a real browser: Debian's Chromium, headless, over the DevTools protocol."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pytest

from aioprowler.coverage import Coverage, Figures
from aioprowler.findings.finding import Finding
from aioprowler.outputs.html import HtmlWriter
from tests.outputs.samples import FINDING, HOSTILE, coverage, finding, gap, hostile, many, refused

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
LOCAL = ("file:", "data:", "about:")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a Chromium of these tests' own listens."""
    binary = shutil.which("chromium")
    if binary is None:
        missing = "the browser tests need Chromium: apt-get install chromium"
        if os.environ.get("AIOPROWLER_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    profile = tmp_path_factory.mktemp("profile")
    arguments = [binary, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield told_port(profile / "DevToolsActivePort")
        finally:
            process.terminate()


def told_port(file: Path) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if file.exists() and len(words := file.read_text().split()) == 2:
            return int(words[0])
        time.sleep(0.02)
    pytest.fail("Chromium did not start within 30 seconds.")


class Page:
    """A report in a tab of its own. What goes wrong in it, and what it asks of the network, is remembered."""

    def __init__(self, port: int, path: Path, *, width: int = 1400, height: int = 1000, scheme: str = "light") -> None:
        self._port, self._path = port, path
        self._size, self._scheme = (width, height), scheme
        self._number = 0
        self.errors: list[Any] = []
        self.requests: list[str] = []

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        async with self._session.put(f"http://127.0.0.1:{self._port}/json/new?about:blank") as reply:
            target = await reply.json()
        self._socket = await self._session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0)
        for domain in ("Runtime", "Log", "Network", "Page"):
            await self.command(f"{domain}.enable")
        width, height = self._size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.command("Emulation.setDeviceMetricsOverride", **metrics)
        feature = {"name": "prefers-color-scheme", "value": self._scheme}
        await self.command("Emulation.setEmulatedMedia", features=[feature])
        await self.command("Page.navigate", url=self._path.as_uri())
        await self.wait("document.body?.dataset.ready !== undefined")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.command("Page.close")
        await self._socket.close()
        await self._session.close()
        if error is None:
            assert self.errors == []
            assert [url for url in self.requests if not url.startswith(LOCAL)] == []

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=60)
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        match event.get("method"):
            case "Runtime.exceptionThrown" | "Log.entryAdded" | "Runtime.consoleAPICalled":
                self.errors.append(event["params"])
            case "Page.javascriptDialogOpening":
                self.errors.append("a dialog")
            case "Network.requestWillBeSent":
                self.requests.append(event["params"]["request"]["url"])

    async def js(self, expression: str) -> Any:
        reply = await self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    async def wait(self, condition: str) -> None:
        deadline = time.monotonic() + 30
        while not await self.js(condition):
            assert time.monotonic() < deadline, f"never came true: {condition}"
            await asyncio.sleep(0.02)

    async def text(self, selector: str) -> list[str]:
        found: list[str] = await self.js(f"[...document.querySelectorAll({selector!r})].map((e) => e.textContent)")
        return found

    async def key(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            await self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key, **KEY_CODES.get(key, {}))

    async def click(self, selector: str) -> None:
        await self.js(f"document.querySelector({selector!r}).click()")

    async def pick(self, facet: str, label: str) -> None:
        await self.js(
            f"(() => {{ const s = document.getElementById('pick-{facet}');"
            f"s.value = [...s.options].find((o) => o.text.startsWith({label!r})).value;"
            "s.dispatchEvent(new Event('change')); })()"
        )

    async def search(self, text: str) -> None:
        await self.js("document.getElementById('text').focus()")
        await self.command("Input.insertText", text=text)

    async def count(self) -> str:
        return (await self.text("#count"))[0]


KEY_CODES: dict[str, dict[str, Any]] = {
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "Escape": {"windowsVirtualKeyCode": 27},
    "ArrowDown": {"windowsVirtualKeyCode": 40},
    "ArrowUp": {"windowsVirtualKeyCode": 38},
    "End": {"windowsVirtualKeyCode": 35},
    "Home": {"windowsVirtualKeyCode": 36},
}

Scenario = Callable[[Page], Awaitable[None]]


@pytest.fixture
def browse(port: int, tmp_path: Path) -> Callable[..., None]:
    """Runs a scenario on the report of some findings."""

    def run(
        findings: list[Finding],
        scenario: Scenario,
        *,
        cut: int | None = None,
        told: Coverage | None = None,
        **options: Any,
    ) -> None:
        path = report(findings, tmp_path / "scan.html", told)
        if cut is not None:
            path.write_bytes(path.read_bytes()[:cut])
        asyncio.run(go(path, scenario, options))

    async def go(path: Path, scenario: Scenario, options: dict[str, Any]) -> None:
        async with Page(port, path, **options) as page:
            await scenario(page)

    return run


def report(findings: list[Finding], path: Path, told: Coverage | None = None) -> Path:
    writer = HtmlWriter(path)
    writer.open()
    for start in range(0, len(findings), 500):
        writer.write(findings[start : start + 500])
    if told:
        writer.conclude(told)
    writer.close()
    return path


def number(findings: list[Finding], **wanted: str) -> int:
    return sum(all(getattr(each, field) == value for field, value in wanted.items()) for each in findings)


SOME = list(many(2000))


def test_summary(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#scope")) == [
            "2,000 findings · 12 accounts · 5 regions · 8 services · 8 checks · 1 June 2026 at 12:00 UTC"
        ]
        tiles = await page.text(".tile b")
        assert tiles == [f"{number(SOME, status=status):,}" for status in ("FAIL", "MANUAL", "PASS")]
        failed = [number(SOME, status="FAIL", region=region) for region in {each.region for each in SOME}]
        assert await page.text("[data-facet=region] .much b") == [str(n) for n in sorted(failed, reverse=True)]
        assert await page.js("document.getElementById('notice').hidden")
        assert await page.count() == "2,000 findings"
        assert await page.js("document.querySelectorAll('#rows > .row').length") < 60

    browse(SOME, look)


def test_filters(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.click(".tile.MANUAL")
        assert await page.count() == f"{number(SOME, status='MANUAL')} of 2,000 findings"
        assert set(await page.text("#rows .status")) == {"?MANUAL"}
        await page.pick("service", "kms")
        await page.pick("region", "eu-west-1")
        wanted = {"status": "MANUAL", "service": "kms", "region": "eu-west-1"}
        assert await page.count() == f"{number(SOME, **wanted)} of 2,000 findings"
        await page.click("#clear")
        await page.wait("document.getElementById('count').textContent === '2,000 findings'")
        await page.pick("severity", "low")
        await page.pick("account", "111111111113")
        wanted = {"severity": "low", "account_id": "111111111113"}
        assert await page.count() == f"{number(SOME, **wanted)} of 2,000 findings"
        await page.click("[data-facet=severity] [aria-pressed=true]")
        assert await page.count() == f"{number(SOME, account_id='111111111113')} of 2,000 findings"

    browse(SOME, look)


def test_text_search(browse: Callable[..., None]) -> None:
    findings = [*SOME[:-1], finding(resource_id="item-000300", check_id="vpc_flow_logs_enabled")]

    async def look(page: Page) -> None:
        await page.search("ITEM-000300 flow_logs")
        wanted = number(findings, resource_id="item-000300", check_id="vpc_flow_logs_enabled")
        await page.wait(f"document.getElementById('count').textContent === '{wanted} of 2,000 findings'")
        await page.search(" nothing has this")
        await page.wait("!document.getElementById('empty').hidden")
        assert await page.text("#empty") == ["No finding matches these filters."]

    browse(findings, look)


def test_sorting(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert set((await page.text("#rows .status"))[:20]) == {"!FAIL"}
        await page.click("[data-key='sort/resource']")
        assert (await page.text("#rows .resource span"))[:4] == ["item-000000"] * 3 + ["item-000003"]
        await page.click("[data-key='sort/resource']")
        assert (await page.text("#rows .resource span"))[0] == "item-001998"
        assert await page.js("document.querySelector('[aria-sort=descending]').textContent") == "Resource"
        await page.click("[data-key='sort/status']")
        await page.js("scrollTo(0, document.body.scrollHeight)")
        await page.wait("[...document.querySelectorAll('#rows .status')].at(-1).textContent === '✓PASS'")

    browse(SOME, look)


def test_details(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.click(".open-it")
        (details,) = await page.text(".details")
        remediation = FINDING.remediation
        for text in (FINDING.status_detail, FINDING.title, "Block Public Access counts.", FINDING.risk, FINDING.uid):
            assert text in details
        for text in (remediation.cli, FINDING.resource_arn, "team = data", "123456789012 (Production)"):
            assert text in details
        assert "put-public-access-block" in await page.text(".prose code")
        assert await page.js("document.querySelector('.details a').href") == remediation.url
        await page.click(".command .copy")
        await page.wait("document.querySelector('.command .copy').textContent === 'Copied'")
        await page.click(".open-it")
        assert await page.text(".details") == []

    browse([FINDING], look)


def test_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        focused = "document.activeElement.closest('.row')?.getAttribute('aria-rowindex')"
        await page.js("document.querySelector('.open-it').focus()")
        await page.key("ArrowDown")
        assert await page.js(focused) == "3"
        await page.key("Enter")
        assert await page.js("document.activeElement.getAttribute('aria-expanded')") == "true"
        assert len(await page.text(".details")) == 1
        await page.key("Escape")
        assert await page.text(".details") == []
        await page.key("End")
        assert await page.js(focused) == "2001"
        await page.key("ArrowUp")
        assert await page.js(focused) == "2000"
        box = await page.js("(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())")
        assert 0 < box[0] < box[1] < 1000
        assert await page.js("document.querySelectorAll('.open-it[tabindex=\"0\"]').length") == 1

    browse(SOME, look)


def test_one_open_finding_stays_in_its_place(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.js("scrollTo(0, 3000)")
        await page.wait("document.querySelectorAll('#rows .row').length > 20 && scrollY > 2900")
        place = "document.querySelectorAll('.open-it')[{}].getBoundingClientRect().top"
        await page.click("#rows .row:nth-child(12) .open-it")
        before = await page.js(place.format(15))
        await page.js("document.querySelectorAll('.open-it')[15].click()")
        assert abs(await page.js("document.querySelector('.row.open').getBoundingClientRect().top") - before) < 30
        tops = await page.js("[...document.querySelectorAll('#rows > .row')].map((r) => r.getBoundingClientRect().top)")
        assert tops == sorted(tops)

    browse(SOME, look)


def test_hostile_text_stays_text(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        elements = "document.querySelectorAll('script:not([nonce]), img, svg, iframe, b b, [onerror], [onload]').length"
        for at in range(len(HOSTILE)):
            await page.js(f"document.querySelectorAll('.open-it')[{at}].click()")
            assert await page.js(elements) == 0
        assert await page.js("window.pwned") is None
        assert {"</script><script>window.pwned=1</script>", "&lt;b&gt; &amp;"} <= set(await page.text(".resource span"))
        assert any("<U+202E>gnp.exe" in text and "<U+001B>[31m" in text for text in await page.text(".resource span"))

    browse([hostile(text) for text in HOSTILE], look)


def test_coverage(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        (missing,) = await page.text("#coverage-brief b")
        assert missing == (
            "1 account could not be entered, every call failed in 1 region of some accounts, "
            "2 causes kept something from view"
        )
        assert await page.text("#coverage-brief small") == [
            "998 of 999 accounts · 3 regions · 5 services · 1,234,567 calls · 41 min 7 s"
        ]
        assert (await page.text(".coverage h3"))[:3] == [
            "Could not be entered", "Not scanned, or not to the end", "Could not look",
        ]  # fmt: skip
        assert (await page.text(".lines li"))[0].startswith("999999999999 LegacyCould not enter AWS with role")
        (scp,) = [text for text in await page.text(".lines li") if "4 actions of 4 services were denied" in text]
        assert "998 accounts · ap-south-1 · 61,876 failed calls" in scp
        assert "ec2:DescribeVpcs, kms:ListKeys" in scp
        facts = await page.text(".looked dd")
        assert "3 regions in 990 accounts: ap-south-1, eu-west-1, us-east-11 region in 8 accounts: us-east-1" in facts
        assert "1,234,567 calls, 62,000 failed, 12 throttled, 15 retried" in facts
        assert (await page.text(".calls tbody tr"))[1] == "ec2:Describe1123,4551001·"
        assert await page.js("document.getElementById('notice').hidden")

    browse(SOME, look, told=coverage())


def test_coverage_by_keyboard(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        is_open, rows = (
            "document.getElementById('coverage-details').open",
            "document.querySelectorAll('.calls tbody tr'",
        )
        shown = f"[...{rows})].filter((row) => row.offsetHeight).length"
        assert not await page.js(is_open), "nothing is missing"
        assert await page.text("#coverage-brief b") == ["nothing was kept from view"]
        await page.js("document.querySelector('#coverage summary').focus()")
        await page.key("Enter")
        await page.wait(is_open)
        assert await page.js(shown) == 10
        await page.js("document.querySelector('.calls .more').focus()")
        await page.key("Enter")
        assert await page.js(shown) == 14
        assert await page.text(".calls .more") == ["Show fewer"]
        assert await page.js("document.activeElement.getAttribute('aria-expanded')") == "true"

    browse(SOME, look, told=coverage(not_entered=(), unseen={}, gaps=()))


def test_coverage_on_paper(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        shut = "document.querySelectorAll('.coverage details:not([open])').length"
        before = await page.js(shut)
        await page.command("Emulation.setEmulatedMedia", media="print")
        await page.js("dispatchEvent(new Event('beforeprint'))")
        assert (before > 0, await page.js(shut)) == (True, 0)
        assert await page.js("[...document.querySelectorAll('.coverage li, .calls tr')].every((e) => e.offsetHeight)")
        await page.js("dispatchEvent(new Event('afterprint'))")
        assert await page.js(shut) == before

    browse(SOME, look, told=coverage(not_entered=tuple(refused(str(number)) for number in range(30))))


def test_coverage_is_told_at_the_end(browse: Callable[..., None], tmp_path: Path) -> None:
    async def look(page: Page) -> None:
        assert await page.text("#coverage-none") == [
            "Coverage: what was looked at, and what not, is told when the scan ends. It still runs, or was stopped."
        ]
        assert await page.js("document.getElementById('coverage-details').hidden")

    data = report(SOME, tmp_path / "whole.html", coverage()).read_bytes()
    browse(SOME, look, told=coverage(), cut=data.rindex(b'<script type="application/json"'))


def test_an_interrupted_scan_is_told_as_such(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert (await page.text("#notice"))[0].startswith("This report is incomplete: the scan was stopped. It shows")
        assert not await page.js("document.getElementById('notice').hidden")
        assert any("went on with an interrupted one" in text for text in await page.text(".looked dd"))

    browse(SOME, look, told=coverage(ended=False, resumed=True))


def test_hostile_text_in_the_coverage_stays_text(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        elements = "document.querySelectorAll('script:not([nonce]), img, svg, iframe, b b, [onerror], [onload]').length"
        await page.js("document.querySelectorAll('.more').forEach((button) => button.click())")
        assert await page.js(elements) == 0
        assert await page.js("window.pwned") is None
        names = await page.text(".lines strong")
        assert "</script><script>window.pwned=1</script>" in names
        assert any("<U+202E>gnp.exe" in name and "<U+001B>[31m" in name for name in names)

    told = coverage(
        not_entered=tuple(refused("", text, text) for text in HOSTILE),
        gaps=tuple(gap(actions=(text, text), explanation=text, account_ids=(text,)) for text in HOSTILE),
        regions=(),
        services=HOSTILE,
        notes=HOSTILE,
        calls={text: Figures(calls=1) for text in HOSTILE},
    )
    browse([FINDING], look, told=told)


def test_a_link_is_only_ever_to_the_web(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.click(".open-it")
        assert await page.js("document.querySelectorAll('.details a').length") == 0

    mend = type(FINDING.remediation)(text="x", url="javascript:window.pwned=1")
    browse([finding(remediation=mend)], look)


@pytest.mark.parametrize("part", [0.0, 0.31, 0.5, 0.999])
def test_a_stopped_report_shows_what_is_there(part: float, browse: Callable[..., None], tmp_path: Path) -> None:
    data = report(SOME, tmp_path / "whole.html").read_bytes()
    start = data.index(b'<script type="application/json"')
    cut = start + int(part * (len(data) - start - 200))
    complete = data[:cut].count(b"\n[3,") - (0 if data[:cut].endswith(b"]\n") else 1)

    async def look(page: Page) -> None:
        assert "the scan was stopped or is still running" in (await page.text("#notice"))[0]
        assert not await page.js("document.getElementById('notice').hidden")
        assert abs(int(await page.js("document.body.dataset.ready")) - complete) <= 1
        assert (await page.js("document.querySelectorAll('#rows .row').length") > 10) == (part > 0)

    browse(SOME, look, cut=cut)


def test_no_findings(browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        assert await page.text("#empty") == ["This report has no findings."]
        assert await page.js("document.getElementById('notice').hidden")

    browse([], look)


@pytest.mark.parametrize("width", [320, 375, 768])
def test_a_narrow_screen_has_no_horizontal_scroll(width: int, browse: Callable[..., None]) -> None:
    async def look(page: Page) -> None:
        await page.click(".open-it")
        assert await page.js("document.documentElement.scrollWidth") <= width
        assert await page.js("document.querySelector('.details').scrollWidth") <= width
        assert not await page.js(
            "[...document.querySelectorAll('.row')].some((r) => r.scrollHeight > r.clientHeight + 1)"
        )

    long = finding(resource_arn="arn:aws:" + "x" * 300, resource_tags={"k" * 80: "v" * 200}, status_detail="y" * 200)
    told = coverage(not_entered=(refused("1", "n" * 200, "r" * 300),), notes=("o" * 200,))
    browse([long, *SOME], look, width=width, height=800, told=told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(scheme: str, browse: Callable[..., None]) -> None:
    """The page follows the system's scheme, and its colours are readable on its surfaces (WCAG AA)."""

    async def look(page: Page) -> None:
        style = "getComputedStyle(document.documentElement).getPropertyValue('--{}')"
        surfaces = [await page.js(style.format(name)) for name in ("page", "card", "wash")]
        assert (luminance(surfaces[0]) < 0.1) == (scheme == "dark")
        for name in ("ink", "soft", "accent", "FAIL", "MANUAL", "PASS", "critical", "high", "medium", "low"):
            color = await page.js(style.format(name))
            for surface in surfaces:
                assert contrast(color, surface) >= 4.5, (name, color, surface)

    browse([FINDING], look, scheme=scheme)


def luminance(color: str) -> float:
    digits = color.strip().removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_hundred_thousand_findings(browse: Callable[..., None]) -> None:
    """The limits are some four times what an idle machine takes."""

    async def look(page: Page) -> None:
        opened = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
        assert await page.js(opened) < 8000
        timed = (
            "(async () => { const start = performance.now(); document.querySelector('.tile.FAIL').click();"
            "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));"
            "return performance.now() - start })()"
        )
        assert await page.js(timed) < 1000
        assert await page.js("document.querySelectorAll('*').length") < 2000

    browse(list(many(100_000)), look)
