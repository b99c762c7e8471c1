"""Debian's Chromium, headless, driven over the DevTools protocol."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import aiohttp

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


def installed() -> str | None:
    """Where Chromium is."""
    return shutil.which("chromium")


@contextmanager
def chromium(profile: Path) -> Iterator[int]:
    """A Chromium of one's own with an empty profile: the port on which it listens."""
    arguments = [str(installed()), *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _told_port(profile / "DevToolsActivePort")
        finally:
            process.terminate()


def _told_port(file: Path) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if file.exists() and len(words := file.read_text().split()) == 2:
            return int(words[0])
        time.sleep(0.02)
    raise TimeoutError("Chromium did not start within 30 seconds.")


class Page:
    """A report in a tab of its own. What goes wrong in it, and what it asks of the network, is remembered."""

    def __init__(self, port: int, path: Path, *, width: int = 1400, height: int = 1000, scheme: str = "light") -> None:
        self._port, self._path = port, path
        self._size, self._scheme = (width, height), scheme
        self._number = 0
        self.errors: list[Any] = []
        self.requests: list[str] = []
        self.traced: list[dict[str, Any]] = []
        self._tracing = False

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
        await self.command("Emulation.setFocusEmulationEnabled", enabled=True)
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
            case "Tracing.dataCollected":
                self.traced += event["params"]["value"]
            case "Tracing.tracingComplete":
                self._tracing = False

    async def trace(self) -> None:
        """Note the browser's tasks from here on."""
        self.traced, self._tracing = [], True
        categories = ["disabled-by-default-devtools.timeline", "__metadata"]
        await self.command("Tracing.start", traceConfig={"includedCategories": categories})

    async def longest_task(self) -> float:
        """Since `trace`: the longest task of a page's main thread, in milliseconds that it worked."""
        await self.command("Tracing.end")
        while self._tracing:
            self._note(await self._socket.receive_json(timeout=60))
        main = {each["tid"] for each in self.traced if each.get("args", {}).get("name") == "CrRendererMain"}
        tasks = (each for each in self.traced if each["name"] == "RunTask" and each["tid"] in main)
        return max((float(each.get("tdur", 0)) for each in tasks), default=0) / 1000

    async def js(self, expression: str) -> Any:
        reply = await self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    async def wait(self, condition: str, *, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
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

    async def follow(self, selector: str) -> None:
        """Click on what leads to another view or choice, and wait until it is shown."""
        await self.click(selector)
        await self.settle()

    async def settle(self) -> None:
        await self.wait("document.body.dataset.shown === location.hash && document.body.ariaBusy === 'false'")

    async def go(self, address: str) -> None:
        await self.js(f"location.hash = {address!r}")
        await self.settle()

    async def back(self) -> None:
        await self.js("history.back()")
        await asyncio.sleep(0.05)
        await self.settle()

    async def address(self) -> dict[str, list[str]]:
        return parse_qs((await self.js("location.hash")).removeprefix("#"))

    async def load(self, address: str = "") -> None:
        """The report again, as somebody else opens it who is given the address."""
        await self.command("Page.navigate", url="about:blank")
        await self.command("Page.navigate", url=self._path.as_uri() + address)
        await self.wait("document.body?.dataset.ready !== undefined")

    async def pick(self, name: str, value: str) -> None:
        await self.js(
            f"(() => {{ const s = document.getElementById('pick-{name}'); s.value = {value!r};"
            "s.dispatchEvent(new Event('change')); })()"
        )
        await self.settle()

    async def tick(self, facet: str, key: str) -> None:
        """Tick a value in a facet's menu, which is opened for it."""
        await self.click(f'[aria-controls="menu-{facet}"]')
        await self.follow(f'[data-key="option/{facet}/{key}"]')
        await self.click(f'[aria-controls="menu-{facet}"]')

    async def search(self, text: str) -> None:
        """Type into the search, after what is there."""
        await self.js("document.getElementById('text').focus()")
        await self.command("Input.insertText", text=text)
        typed = "document.getElementById('text').value.trim()"
        await self.wait(f"(new URLSearchParams(location.hash.slice(1)).get('q') ?? '') === {typed}")
        await self.settle()

    async def count(self) -> str:
        return (await self.text("#count"))[0]


KEY_CODES: dict[str, dict[str, Any]] = {
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "Escape": {"windowsVirtualKeyCode": 27},
    "ArrowDown": {"windowsVirtualKeyCode": 40},
    "ArrowUp": {"windowsVirtualKeyCode": 38},
    "End": {"windowsVirtualKeyCode": 35},
    "Home": {"windowsVirtualKeyCode": 36},
    "ArrowRight": {"windowsVirtualKeyCode": 39},
    "ArrowLeft": {"windowsVirtualKeyCode": 37},
    "/": {"text": "/"},
    "?": {"text": "?"},
    "2": {"text": "2"},
}
