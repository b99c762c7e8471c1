"""What is made from declarations, written anew.

    python -m scripts.generate [--check]

With --check nothing is written; the exit code is 1 where something is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from aioprowler.catalog import installed
from aioprowler.catalog.loading import INDEX, indexed
from docs.build.calls import calls
from docs.build.configuration import configuration

ROOT: Final = Path(__file__).parents[1]

MADE: Final[dict[str, Callable[[str], str]]] = {
    f"aioprowler/catalog/{INDEX}": lambda _: indexed(),
    "docs/calls.md": calls,
    "docs/configuration.md": configuration,
}
"""File -> from what is in it to what should be. The index first: the pages are about what it lists."""


def main(words: Sequence[str]) -> int:
    """The exit code."""
    if "--check" not in words:
        print(*[f"{name}: written anew" for name in _stale(write=True)] or ["Nothing was stale."], sep="\n")
        return 0
    stale = list(_stale(write=False))
    if stale:
        print(f"Stale: {', '.join(stale)}. Run `make generate` and commit what it writes.", file=sys.stderr)
    return 1 if stale else 0


def _stale(*, write: bool) -> Iterator[str]:
    """The files that are not as they should be; with `write`, they are afterwards."""
    for name, made in MADE.items():
        path = ROOT / name
        was = path.read_text(encoding="utf-8")
        text = made(was)
        if text == was:
            continue
        if write:
            path.write_text(text, encoding="utf-8")
            installed.cache_clear()
        yield name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
