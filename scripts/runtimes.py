"""Lambda's runtimes with the last day of their support: `aioprowler/services/awslambda/runtimes.py`, written anew.

    python -m scripts.runtimes [PAGE]

PAGE is AWS's page about runtimes as Markdown, saved in a file
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.md). Without it the table of the installed cfn-lint is
taken, which follows that page. A runtime that the source does not have keeps its date: AWS drops runtimes from the page
in time, and functions go on using them.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from aioprowler.judging.versions import EndOfLife
from aioprowler.services.awslambda.runtimes import SUPPORTED_UNTIL

TABLE: Final = Path(__file__).parents[1] / "aioprowler/services/awslambda/runtimes.py"
_IDENTIFIER: Final = re.compile(r"`([a-z][a-z0-9.-]*)`")
_DATE: Final = re.compile(r"([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}), (\d{4})")

_MODULE: Final = '''"""Lambda's runtimes. Written by `python -m scripts.runtimes`."""

from __future__ import annotations

from datetime import date
from typing import Final

from aioprowler.judging.versions import EndOfLife

SUPPORTED_UNTIL: Final[EndOfLife] = {{
{rows}
}}
"""The day on which AWS deprecates each runtime (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html), as
of {day}, {source}.
"""
'''


def main(words: Sequence[str]) -> int:
    """The exit code; 1 where the page has no table."""
    if words:
        found, source = of_page(Path(words[0]).read_text(encoding="utf-8")), "by AWS's page"
    else:
        found, source = of_cfn_lint(), f"by cfn-lint {version('cfn-lint')}"
    if not found:
        print(f"error: {words[0]} has no table of runtimes", file=sys.stderr)
        return 1
    day = datetime.datetime.now(datetime.UTC).date()
    TABLE.write_text(written({**SUPPORTED_UNTIL, **found}, day, source), encoding="utf-8")
    return 0


def of_page(page: str) -> dict[str, datetime.date]:
    """What its tables say: of each row with an identifier, the first date, which is that of the deprecation."""
    return dict(_rows(page))


def _rows(page: str) -> Iterator[tuple[str, datetime.date]]:
    for line in page.splitlines():
        identifier, day = _IDENTIFIER.search(line), _DATE.search(line)
        if line.lstrip().startswith("|") and identifier and day:
            text = " ".join(day.groups())
            yield identifier[1], datetime.datetime.strptime(text, "%b %d %Y").replace(tzinfo=datetime.UTC).date()


def of_cfn_lint() -> dict[str, datetime.date]:
    """What the installed package has."""
    text = files("cfnlint").joinpath("data/AdditionalSpecs/LmbdRuntimeLifecycle.json").read_text(encoding="utf-8")
    return {name: datetime.date.fromisoformat(each["deprecated"]) for name, each in json.loads(text).items()}


def written(table: EndOfLife, day: datetime.date, source: str) -> str:
    """The module."""
    return _MODULE.format(rows="\n".join(_lines(table)), day=day, source=source)


def _lines(table: Mapping[str, datetime.date | None]) -> Iterator[str]:
    for name, end in sorted(table.items()):
        yield f'    "{name}": ' + (f"date({end.year}, {end.month}, {end.day})," if end else "None,")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
