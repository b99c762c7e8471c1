"""What is made from declarations, written anew.

    python -m scripts.generate [--demo] [--check]

With --demo also the table of docs/demo.md, for which the embedded AWS is scanned. With --check nothing is written; the
exit code is 1 where something is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from aioprowler.accounts.permissions import MANAGED
from aioprowler.catalog import installed
from aioprowler.catalog.loading import INDEX, indexed
from aioprowler.compliance.frameworks import EVIDENCE, mapped
from aioprowler.errors import AioprowlerError
from docs.build.calls import calls
from docs.build.commands import commands
from docs.build.configuration import configuration
from docs.build.demo import demo
from docs.build.resume import resume
from scripts.schemas import schema

ROOT: Final = Path(__file__).parents[1]


def _managed_policies(_: str) -> str:
    """What the policies hold as moto has them: of all things, not only of some."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    known = json.loads(aws_managed_policies_data)
    documents = [known[name.rpartition("/")[2]]["Document"] for name in MANAGED]
    statements = [each for document in documents for each in document["Statement"] if each["Resource"] == "*"]
    return "\n".join(sorted({action for each in statements for action in each["Action"]})) + "\n"


MADE: Final[dict[str, Callable[[str], str]]] = {
    f"aioprowler/compliance/{EVIDENCE}": lambda _: mapped(),
    f"aioprowler/catalog/{INDEX}": lambda _: indexed(),
    "aioprowler/accounts/managed_policies.txt": _managed_policies,
    "aioprowler/findings/finding.schema.json": lambda _: schema("finding"),
    "aioprowler/findings/coverage.schema.json": lambda _: schema("coverage"),
    "docs/calls.md": calls,
    "docs/configuration.md": configuration,
    "docs/reference.md": commands,
    "docs/resume.md": resume,
}
"""File -> from what is in it to what should be. The evidence and the index first: the pages are about what they
list.
"""


def _demo(page: str) -> str:
    from tests.worlds.recorded import record, statuses

    return demo(page, statuses(record()))


def main(words: Sequence[str]) -> int:
    """The exit code; 2 where something is declared wrongly."""
    made = {**MADE, **({"docs/demo.md": _demo} if "--demo" in words else {})}
    try:
        stale = list(_stale(made, write="--check" not in words))
    except AioprowlerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if "--check" not in words:
        print(*[f"{name}: written anew" for name in stale] or ["Nothing was stale."], sep="\n")
        return 0
    if stale:
        print(f"Stale: {', '.join(stale)}. Run `make generate` and commit what it writes.", file=sys.stderr)
    return 1 if stale else 0


def _stale(files: Mapping[str, Callable[[str], str]], *, write: bool) -> Iterator[str]:
    """The files that are not as they should be; with `write`, they are afterwards."""
    for name, made in files.items():
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
