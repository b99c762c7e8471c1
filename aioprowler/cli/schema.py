"""`aioprowler schema`."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import Annotated, Literal

from cyclopts import Parameter

What = Annotated[Literal["finding", "coverage"], Parameter(name="WHAT", help="finding, or coverage.")]


def schema(what: What = "finding", /) -> None:
    """Print the JSON Schema of a finding, or of the coverage report.

    A finding is a line of the JSON lines; the coverage report is the file beside them.
    """
    sys.stdout.write((files("aioprowler.findings") / f"{what}.schema.json").read_text(encoding="utf-8"))
