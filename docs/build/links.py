"""Links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value is not None:
                self.targets.append(value)


def broken(pages: Mapping[Path, str]) -> Iterator[str]:
    """One line for each link within the pages (HTML by its absolute path) to a file or an anchor that is not there."""
    parsed = {path: _Page(text) for path, text in pages.items()}
    for path, page in parsed.items():
        for target in page.targets:
            if problem := _problem(path, target, parsed):
                yield f"{path}: {target}: {problem}"


def _problem(path: Path, target: str, pages: Mapping[Path, _Page]) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if goal not in pages:
        return "" if goal.is_file() and not parts.fragment else "there is no such file"
    if parts.fragment and unquote(parts.fragment) not in pages[goal].anchors:
        return "there is no such anchor"
    return ""
