"""Which finding types of AWS's Security Finding Format a check's findings have.

https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html (Types). The data covers
Prowler's checks, so that reports of both tools agree; any other check is a best practice.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import orjson

BEST_PRACTICES = "Software and Configuration Checks/AWS Security Best Practices"


@cache
def finding_types() -> dict[str, list[str]]:
    """Check id -> namespace/category/classifier, one or more."""
    data: dict[str, list[str]] = orjson.loads(files(__package__).joinpath("finding_types.json").read_bytes())
    return data


def types_of(check_id: str) -> list[str]:
    """ASFF's types of a check's findings."""
    return finding_types().get(check_id, [BEST_PRACTICES])
