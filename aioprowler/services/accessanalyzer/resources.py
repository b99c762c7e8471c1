"""Analyzers and what they have found."""

from __future__ import annotations

from typing import Final

from aioprowler import Aws, Facet, Failure, Resource, listing, source
from aioprowler.judging.verdicts import told


class Analyzer(
    Resource,
    id="name",
    type="Other",
    group="security",
    noun="IAM Access Analyzer",
    gone=["ResourceNotFoundException"],
    rename="camel",
):
    """What looks in a region for access from outside, inside, or of nobody. That of an organization is listed in the
    account that made it alone.
    """

    source = listing("accessanalyzer", "ListAnalyzers", "analyzers")
    name: str
    arn: str
    status: str
    """`ACTIVE`, `CREATING`, `DISABLED` or `FAILED`."""


def is_active(analyzer: Analyzer) -> bool:
    """Only such a one finds anything."""
    return analyzer.status == "ACTIVE"


MOST: Final = 100
"""Findings that are counted."""


@source("accessanalyzer:ListFindingsV2", when=is_active)
async def active_findings(analyzer: Analyzer, aws: Aws) -> ActiveFindings | Failure:
    """As many as are counted, of all analyzers: ListFindings refuses those that look for unused access."""
    number = 0
    wanted = {"status": {"eq": ["ACTIVE"]}}
    async for page in aws.pages(
        "accessanalyzer", "ListFindingsV2", "findings", analyzerArn=analyzer.arn, filter=wanted
    ):
        if isinstance(page, Failure):
            return page
        number += sum(told(each.get("status"), "the status of a finding") == "ACTIVE" for each in page)
        if number >= MOST:
            break
    return ActiveFindings(number=min(number, MOST))


class ActiveFindings(Facet[Analyzer]):
    """Findings that are neither archived nor resolved."""

    source = active_findings
    number: int
    """`MOST` where there may be more."""
