"""How analyzers are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Fail, Here, Region, Verdict, check
from aioprowler.judging.verdicts import about, has_no, is_set_to
from aioprowler.services.accessanalyzer.resources import MOST, ActiveFindings, Analyzer


@check(
    fails="IAM Access Analyzer is not enabled in the region, or not active",
    severity="low",
    categories=["identity-access", "trust-boundaries"],
    about=Analyzer,
    resource_id="analyzer/unknown",
    resource_arn="arn:{partition}:access-analyzer:{region}:{account_id}:analyzer/unknown",
)
def accessanalyzer_enabled(region: Region, analyzers: Here[Analyzer]) -> Iterator[Verdict]:
    """IAM Access Analyzer is active in every region.

    Each analyzer of the account is judged, whatever it looks for, and a region without one fails. That of an
    organization counts in the account that made it: the others do not see it, nor what it finds.

    ## Risk
    A bucket, key or role that a policy opens to strangers stays open until they find it first.

    ## Remediation
    In each region: `aws accessanalyzer create-analyzer --region <region> --analyzer-name account --type ACCOUNT`

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html
    """
    for each in analyzers:
        verdict = is_set_to(
            each.label, "the status", each.status, good=("ACTIVE",), bad=("CREATING", "DISABLED", "FAILED")
        )
        yield about(verdict, resource=each)
    if not analyzers:
        yield Fail(f"IAM Access Analyzer is not enabled in {region.name}.")


@check(
    fails="IAM Access Analyzer has active findings",
    severity="low",
    categories=["identity-access", "internet-exposed", "trust-boundaries"],
)
def accessanalyzer_enabled_without_findings(analyzer: Analyzer, findings: ActiveFindings) -> Verdict:
    """IAM Access Analyzers have no active findings.

    Findings that somebody has archived, as meant, and those that are resolved do not count. Analyzers that are not
    active are not judged.

    ## Risk
    What is open to other accounts, or lies unused, is known and stays so.

    ## Remediation
    Take the access away, or archive what is meant: `aws accessanalyzer list-findings-v2 --region <region>
    --analyzer-arn <arn> --filter '{"status": {"eq": ["ACTIVE"]}}'`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
    """
    number = f"{findings.number}{' or more' if findings.number >= MOST else ''} " if findings.number else ""
    return has_no(analyzer.label, f"{number}active findings", bool(findings.number))
