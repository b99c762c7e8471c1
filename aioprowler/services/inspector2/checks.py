"""How Inspector is judged, with what it scans and has found."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Final

from aioprowler import Fail, Failure, Here, Manual, Pass, Region, Resource, Verdict, check, known
from aioprowler.judging.delegation import untold
from aioprowler.judging.verdicts import has_no, is_set_to, pass_if, told, worst
from aioprowler.services.awslambda.resources import Function
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.ecr.resources import Repository
from aioprowler.services.inspector2.resources import (
    NAMED,
    AccountStatus,
    CoveredResource,
    ExploitedVulnerabilities,
    OldestFinding,
    Scan,
    State,
    is_on,
    overdue,
)

region_check = partial(
    check,
    resource_type="Other",
    resource_group="security",
    resource_id="Inspector2",
    resource_arn="arn:{partition}:inspector2:{region}:{account_id}:inspector2",
)
finding_check = partial(region_check, categories=["vulnerabilities"])

ON: Final = ("ENABLED",)
OFF: Final = ("DISABLED", "DISABLING", "ENABLING", "SUSPENDED", "SUSPENDING")
"""States of Inspector; it scans in none of those on the way
(https://docs.aws.amazon.com/inspector/v2/APIReference/API_State.html)."""


@region_check(fails="Inspector does not scan what there is in the region", severity="medium")
def inspector2_is_enabled(
    region: Region,
    status: AccountStatus,
    instances: Here[Instance] | Failure,
    repositories: Here[Repository] | Failure,
    functions: Here[Function] | Failure,
    *,
    scan_unused_services: bool = False,
) -> Verdict:
    """Inspector is enabled in every region, for all kinds of resources that are there.

    Instances, repositories of images and functions each have to be scanned where there are any, and with
    `--scan-unused-services` everywhere. A region in which Inspector is off fails, whatever is there.

    ## Risk
    Packages with known holes run on, and nobody knows where.

    ## Remediation
    `aws inspector2 enable --region <region> --resource-types EC2 ECR LAMBDA LAMBDA_CODE`

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/getting_started_tutorial.html
    """
    label = f"Inspector in {region.name}"
    if not is_on(status):
        return is_set_to(label, "the status", status.state.status, good=ON, bad=OFF)
    states = status.resource_state
    kinds = {
        "EC2": (states.ec2, instances),
        "ECR": (states.ecr, repositories),
        "Lambda": (states.lambda_, functions),
        "Lambda code": (states.lambda_code, functions),
    }
    found = [_scans(label, kind, state, scan_unused_services or there) for kind, (state, there) in kinds.items()]
    return worst(each for each in found if each) if any(found) else Pass(f"{label} is enabled, with nothing to scan.")


def _scans(label: str, kind: str, state: State | None, there: bool | Sequence[Resource] | Failure) -> Verdict | None:
    """Whether a kind of resources is scanned. What is there matters only where it is not."""
    if state is None or state.status not in ON:
        if isinstance(there, Failure):
            return untold(f"whether {label} has anything of {kind} to scan", there)
        if not there:
            return None
    if state is None:
        return Manual(f"AWS did not tell whether {label} scans {kind}.")
    return is_set_to(label, f"scans of {kind}", state.status, good=ON, bad=OFF)


# --- Findings ---


@region_check(fails="Inspector has active findings", severity="high")
def inspector2_active_findings_exist(region: Region, oldest: OldestFinding) -> Verdict:
    """Inspector has no active findings.

    Closed and suppressed findings do not count, nor those of other accounts. Regions in which Inspector is off are not
    judged.

    ## Risk
    What runs has holes that are known to everybody.

    ## Remediation
    Mend what the findings name, or suppress what does not matter: `aws inspector2 list-findings --region <region>
    --filter-criteria '{"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}]}'`.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/findings-managing.html
    """
    return has_no(f"Inspector in {region.name}", "active findings", oldest.exists)


@finding_check(fails="Inspector has a finding that has been active for too long", severity="medium")
def inspector2_active_findings_within_max_age(
    region: Region,
    oldest: OldestFinding,
    now: datetime.datetime,
    *,
    inspector2_active_finding_max_age_days: Annotated[int, "Days that a finding of Inspector may be active."] = 192,
) -> Verdict | None:
    """Findings of Inspector do not stay active for longer than is allowed.

    The age counts from when a finding was first observed; `inspector2_active_finding_max_age_days` is the limit.
    Regions in which Inspector is off are not judged.

    ## Risk
    Holes that have been open for half a year have been tried by everybody who looks for them.

    ## Remediation
    Mend the oldest ones first: `aws inspector2 list-findings --region <region> --sort-criteria
    field=FIRST_OBSERVED_AT,sortOrder=ASC --filter-criteria '{"findingStatus": [{"comparison": "EQUALS", "value":
    "ACTIVE"}]}'`.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/findings-understanding.html
    """
    label, days = f"Inspector in {region.name}", inspector2_active_finding_max_age_days
    if not oldest.exists:
        return Pass(f"{label} has no active findings.")
    first = told(oldest.since, "when the oldest finding was first observed")
    since = f"active findings since {first:%Y-%m-%d}"
    return pass_if(
        now - first <= datetime.timedelta(days),
        f"{label} has {since}, within the {days} days that are allowed.",
        f"{label} has {since}, for more than the {days} days that are allowed.",
    )


@finding_check(fails="Inspector has active findings of vulnerabilities that are known to be exploited", severity="high")
def inspector2_active_findings_no_known_exploited_vulnerabilities(
    region: Region, exploited: ExploitedVulnerabilities
) -> Verdict | None:
    """Inspector has no active findings of vulnerabilities that are known to be exploited.

    Those are in the catalogue of the Cybersecurity and Infrastructure Security Agency (CISA), which Inspector knows.
    Regions in which Inspector is off are not judged.

    ## Risk
    Attackers use these holes at the moment, and by programs.

    ## Remediation
    Update the packages that the findings name: `aws inspector2 search-vulnerabilities --region <region>
    --filter-criteria vulnerabilityIds=<your-vulnerability>`.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/findings-understanding.html
    """
    return _none(region, exploited, sorted(exploited.due), "that are known to be exploited")


@finding_check(
    fails="Inspector has findings of exploited vulnerabilities past the day by which to mend them", severity="critical"
)
def inspector2_active_findings_kev_within_due_date(
    region: Region, exploited: ExploitedVulnerabilities, now: datetime.datetime
) -> Verdict | None:
    """Vulnerabilities that are known to be exploited are mended by the day that CISA has set.

    The catalogue of the Cybersecurity and Infrastructure Security Agency (CISA) has a day for each, and Inspector knows
    it. Regions in which Inspector is off are not judged.

    ## Risk
    Attackers use these holes at the moment, and have had weeks to find this one.

    ## Remediation
    Update the packages that the findings name: `aws inspector2 search-vulnerabilities --region <region>
    --filter-criteria vulnerabilityIds=<your-vulnerability>`.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/findings-understanding.html
    """
    late = [f"{id_} (due {exploited.due[id_]:%Y-%m-%d})" for id_ in overdue(exploited.due, now)]
    undated = [id_ for id_, due in exploited.due.items() if due is None]
    return _none(region, exploited, late, "past the day by which CISA wants them mended", undated)


def _none(
    region: Region, exploited: ExploitedVulnerabilities, bad: Sequence[str], how: str, undated: Iterable[str] = ()
) -> Verdict:
    """PASS where no vulnerability is bad, and all were looked up."""
    label = f"Inspector in {region.name}"
    if bad:
        names = tuple({"vulnerability": each.partition(" ")[0]} for each in bad[:NAMED])
        return Fail(f"{label} has active findings of vulnerabilities {how}: {_named(bad)}.", names=names)
    if exploited.failure:
        known(exploited.failure)
    if unknown := [*exploited.unknown, *undated]:
        return Manual(
            f"AWS did not tell by inspector2:BatchGetFindingDetails whether {label} has active findings of "
            f"vulnerabilities {how}: {_named(unknown)}."
        )
    return Pass(f"{label} has no active findings of vulnerabilities {how}.")


def _named(vulnerabilities: Sequence[str]) -> str:
    more = len(vulnerabilities) - NAMED
    return ", ".join(vulnerabilities[:NAMED]) + (f" and {more} more" if more > 0 else "")


# --- Coverage ---

MEANT: Final = (
    "EC2_INSTANCE_STOPPED",
    "EXCLUDED_BY_TAG",
    "NO_RESOURCES_FOUND",
    "PENDING_DISABLE",
    "RESOURCE_TERMINATED",
    "SCAN_ELIGIBILITY_EXPIRED",
)
"""Why something is not scanned that nobody wants scanned, or that is no more
(https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html)."""
SOON: Final = ("PENDING_INITIAL_SCAN", "PENDING_REVIVAL_SCAN", "SCAN_IN_PROGRESS")
"""Why nothing is known yet."""


@check(fails="Inspector does not scan a resource that it knows", severity="medium", categories=["vulnerabilities"])
def inspector2_coverage_scan_status_active(resource: CoveredResource) -> Verdict | None:
    """Inspector scans every resource that it knows.

    All kinds of scans of a resource count: of packages, of code and of the network. What is stopped, excluded by its
    tag, or no more is not judged, nor images whose time has run out.

    ## Risk
    A resource looks clean because nobody looks.

    ## Remediation
    See the reason: `aws inspector2 list-coverage --region <region> --filter-criteria '{"scanStatusCode":
    [{"comparison": "EQUALS", "value": "INACTIVE"}]}'`. Instances mostly need the Systems Manager agent and its role.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/assessing-coverage.html
    """
    verdicts = [_is_scanned(resource.label, scan) for scan in resource.scans if scan.scan_status.reason not in MEANT]
    return worst(verdicts) if verdicts else None


def _is_scanned(label: str, scan: Scan) -> Verdict:
    status = scan.scan_status
    what = f"{scan.scan_type} scans ({status.reason})"
    return is_set_to(label, what, status.status_code, good=("ACTIVE",), bad=("INACTIVE",))


@check(fails="Inspector has not scanned a resource lately", severity="medium", categories=["vulnerabilities"])
def inspector2_coverage_recently_scanned(
    resource: CoveredResource,
    now: datetime.datetime,
    *,
    inspector2_max_days_since_last_scan: Annotated[int, "Days within which Inspector has to have scanned."] = 3,
) -> Verdict | None:
    """Inspector has scanned each resource within the last days.

    Scans that are active count, of which the last one is at most `inspector2_max_days_since_last_scan` days ago; a
    resource whose first scan is still to come is not judged.

    ## Risk
    A resource looks clean because what is known of it is old.

    ## Remediation
    See when each was scanned, and whether the agent that tells its packages still does: `aws inspector2 list-coverage
    --region <region>`.

    ## References
    https://docs.aws.amazon.com/inspector/latest/user/assessing-coverage.html
    """
    oldest = now - datetime.timedelta(inspector2_max_days_since_last_scan)
    verdicts = [
        _was_scanned(resource.label, scan, oldest)
        for scan in resource.scans
        if scan.scan_status.status_code == "ACTIVE" and (scan.last_scanned_at or scan.scan_status.reason not in SOON)
    ]
    return worst(verdicts) if verdicts else None


def _was_scanned(label: str, scan: Scan, oldest: datetime.datetime) -> Verdict:
    if scan.last_scanned_at is None:
        return Fail(f"{label} has had no {scan.scan_type} scan.")
    told_ = f"{label} had its last {scan.scan_type} scan on {scan.last_scanned_at:%Y-%m-%d}"
    wanted = f"{oldest:%Y-%m-%d}"
    return pass_if(scan.last_scanned_at >= oldest, f"{told_}.", f"{told_}, and should have had one since {wanted}.")
