"""What GuardDuty, Security Hub, Inspector, Macie, Access Analyzer and Config are asked, and how far."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import NOW, World, denied, error, findings_of, verdicts

HOME = "us-east-1"
ONE = (Account(id="123456789012", default_region=HOME, regions=(HOME,)),)
MEMBER = "123456789012"


def status_of(world: World, check: str, **options: Any) -> dict[str, str]:
    """Resource id -> status."""
    return {id_: status for (_, _, id_), status in verdicts(world, check, accounts=ONE, **options).items()}


def paged(key: str, *pages: list[Any]) -> Any:
    """The pages of a list, by their numbers. As the list's, the name of the token begins large or small."""
    following = "NextToken" if key[0].isupper() else "nextToken"

    def reply(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        number = int(params.get(following, "0"))
        return {key: pages[number], **({following: str(number + 1)} if number + 1 < len(pages) else {})}

    return reply


# --- GuardDuty ---

DETECTOR = {"guardduty:ListDetectors": {"DetectorIds": ["d"]}}
GONE = error(
    "BadRequestException", "The request is rejected because the input detectorId is not owned by the current account."
)


def test_detectors_are_described_once_for_all_checks_and_listed_once() -> None:
    features = [{"Name": "RUNTIME_MONITORING", "Status": "ENABLED"}]
    world = World(DETECTOR | {"guardduty:GetDetector": {"Status": "ENABLED", "Features": features}})
    found = verdicts(
        world, "guardduty_is_enabled", "guardduty_runtime_monitoring_enabled", "guardduty_no_high_severity_findings",
        accounts=ONE,
    )  # fmt: skip
    assert set(found.values()) == {"PASS"}
    assert world.calls == {"guardduty:ListDetectors": 1, "guardduty:GetDetector": 1, "guardduty:ListFindings": 1}


def test_a_region_without_a_detector_fails_and_nothing_more_is_asked() -> None:
    world = World({"guardduty:ListDetectors": {"DetectorIds": []}})
    (finding,) = findings_of(world, "guardduty_is_enabled", accounts=ONE)
    assert finding.status == "FAIL"
    assert finding.resource_arn == "arn:aws:guardduty:us-east-1:123456789012:detector/unknown"
    assert world.calls == {"guardduty:ListDetectors": 1}


def test_a_detector_that_is_deleted_meanwhile_is_none() -> None:
    world = World(DETECTOR | {"guardduty:GetDetector": GONE, "guardduty:ListFindings": GONE})
    assert status_of(world, "guardduty_is_enabled") == {"detector/unknown": "FAIL"}
    assert status_of(world, "guardduty_s3_protection_enabled") == {}
    assert status_of(world, "guardduty_no_high_severity_findings") == {}


def test_grave_findings_are_asked_for_by_severity_and_no_further_than_the_first_page_with_any() -> None:
    world = World(DETECTOR | {"guardduty:ListFindings": paged("FindingIds", [], ["a"] * 50, ["b"] * 50)})
    (finding,) = findings_of(world, "guardduty_no_high_severity_findings", accounts=ONE)
    assert (finding.status, "50 or more" in finding.status_detail) == ("FAIL", True)
    assert world.calls["guardduty:ListFindings"] == 2
    asked = world.params[-1][3]["FindingCriteria"]["Criterion"]
    assert asked == {"severity": {"GreaterThanOrEqual": 7}, "service.archived": {"Eq": ["false"]}}


@pytest.mark.parametrize(
    ("administrator", "members", "status", "asked"),
    [
        ({"AccountId": "111111111111", "RelationshipStatus": "Enabled"}, [], "PASS", 0),
        ({"AccountId": "111111111111"}, [], "PASS", 0),
        ({"AccountId": "111111111111", "RelationshipStatus": "Resigned"}, [[]], "FAIL", 1),
        ({}, [[{"RelationshipStatus": "Invited"}], [{"RelationshipStatus": "Enabled"}], [{}]], "PASS", 2),
        ({}, [[{"RelationshipStatus": "Removed"}]], "FAIL", 1),
        (None, [[]], "FAIL", 1),
    ],
)
def test_members_are_asked_for_where_nobody_administers(
    administrator: Any, members: Any, status: str, asked: int
) -> None:
    world = World(
        DETECTOR
        | {
            "guardduty:GetAdministratorAccount": {} if administrator is None else {"Administrator": administrator},
            "guardduty:ListMembers": paged("Members", *members),
        }
    )
    assert status_of(world, "guardduty_centrally_managed") == {"d": status}
    assert world.calls["guardduty:ListMembers"] == asked


NOT_MASTER = error(
    "BadRequestException", "The request failed because you do not have required AWS Organization master permission."
)


@pytest.mark.parametrize("operation", ["ListOrganizationAdminAccounts", "DescribeOrganizationConfiguration"])
@pytest.mark.parametrize(("answer", "told"), [(NOT_MASTER, "No permission helps"), (denied(), "Grant guardduty:")])
def test_who_may_not_ask_about_the_organization_is_told_so(operation: str, answer: Exception, told: str) -> None:
    admins = {"AdminAccounts": [{"AdminAccountId": "111111111111", "AdminStatus": "ENABLED"}]}
    whole: dict[str, Any] = DETECTOR | {
        "guardduty:GetDetector": {"Status": "ENABLED"},
        "guardduty:ListOrganizationAdminAccounts": admins,
        "guardduty:DescribeOrganizationConfiguration": {"AutoEnableOrganizationMembers": "ALL"},
    }
    check = "guardduty_delegated_admin_enabled_all_regions"
    assert status_of(World(whole), check) == {"d": "PASS"}
    (finding,) = findings_of(World(whole | {f"guardduty:{operation}": answer}), check, accounts=ONE)
    assert finding.status == "MANUAL"
    assert told in finding.status_detail


# --- Security Hub ---

NO_HUB = error("InvalidAccessException", "Account 123456789012 is not subscribed to AWS Security Hub", 401)
HUB = {"securityhub:DescribeHub": {"HubArn": "arn:aws:securityhub:us-east-1:123456789012:hub/default"}}
CIS = {"StandardsArn": "arn:aws:securityhub:us-east-1::standards/cis/v/3.0.0", "StandardsStatus": "READY"}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (NO_HUB, {"hub/unknown": "FAIL"}),
        (error("InvalidAccessException", "You may not", 401), {"hub/unknown": "MANUAL"}),
        (denied(), {"hub/unknown": "MANUAL"}),
    ],
)
def test_a_hub_that_is_not_there_is_told_from_one_that_is_denied(answer: Exception, found: dict[str, str]) -> None:
    world = World({"securityhub:DescribeHub": answer})
    assert status_of(world, "securityhub_enabled") == found
    assert world.calls == {"securityhub:DescribeHub": 1}


@pytest.mark.parametrize(
    ("standards", "products", "status", "asked"),
    [
        ([CIS], [], "PASS", 0),
        ([], [["arn:x:product-subscription/aws/securityhub"], ["arn:x:product-subscription/aws/macie"], []], "PASS", 2),
        ([], [["arn:x:product-subscription/aws/securityhub"]], "FAIL", 1),
    ],
)
def test_products_are_asked_for_where_no_standard_decides(
    standards: Any, products: Any, status: str, asked: int
) -> None:
    world = World(
        HUB
        | {
            "securityhub:GetEnabledStandards": {"StandardsSubscriptions": standards},
            "securityhub:ListEnabledProductsForImport": paged("ProductSubscriptions", *products),
        }
    )
    assert status_of(world, "securityhub_enabled") == {"default": status}
    assert world.calls["securityhub:ListEnabledProductsForImport"] == asked


# --- Inspector ---

ON = {"status": "ENABLED"}
ENABLED = {
    "inspector2:BatchGetAccountStatus": {
        "accounts": [{"accountId": MEMBER, "state": ON, "resourceState": {"ec2": ON, "ecr": ON}}], "failedAccounts": []
    }
}  # fmt: skip
OFF = {
    "inspector2:BatchGetAccountStatus": {
        "accounts": [{"accountId": MEMBER, "state": {"status": "DISABLED"}, "resourceState": {"ec2": ON, "ecr": ON}}]
    }
}
INSPECTOR = (
    "inspector2_active_findings_exist",
    "inspector2_active_findings_kev_within_due_date",
    "inspector2_active_findings_no_known_exploited_vulnerabilities",
    "inspector2_active_findings_within_max_age",
    "inspector2_coverage_recently_scanned",
    "inspector2_coverage_scan_status_active",
)


def test_where_inspector_is_off_nothing_is_asked_and_nothing_passes() -> None:
    world = World(OFF)
    assert verdicts(world, *INSPECTOR, accounts=ONE) == {}
    assert world.calls == {"inspector2:BatchGetAccountStatus": 1}
    unseen = {"ec2:DescribeInstances": denied(), "ecr:DescribeRepositories": denied(), "lambda:ListFunctions": denied()}
    assert status_of(World(OFF | unseen), "inspector2_is_enabled") == {"Inspector2": "FAIL"}


@pytest.mark.parametrize(
    "answer",
    [
        {"accounts": [], "failedAccounts": [{"accountId": MEMBER, "errorCode": "ACCESS_DENIED"}]},
        {"accounts": []},
        denied(),
    ],
)
def test_an_account_whose_status_is_not_told(answer: Any) -> None:
    found = findings_of(World({"inspector2:BatchGetAccountStatus": answer}), "inspector2_is_enabled", accounts=ONE)
    assert [each.status for each in found] == ["MANUAL"]
    assert "inspector2:BatchGetAccountStatus" in found[0].status_detail


def finding(number: int, *, days: int = 1, kind: str = "PACKAGE_VULNERABILITY") -> dict[str, Any]:
    return {
        "findingArn": f"arn:{number}",
        "type": kind,
        "firstObservedAt": NOW - datetime.timedelta(days),
        "packageVulnerabilityDetails": {"vulnerabilityId": f"CVE-2026-{number:05}"},
    }


@pytest.mark.parametrize(
    ("pages", "exists", "too_old"),
    [
        ([[]], "PASS", "PASS"),
        ([[], [finding(1)]], "FAIL", "PASS"),
        ([[finding(1, days=193), finding(2)], []], "FAIL", "FAIL"),
    ],
)
def test_one_finding_is_asked_for_where_one_is_enough(pages: list[Any], exists: str, too_old: str) -> None:
    world = World(ENABLED | {"inspector2:ListFindings": paged("findings", *pages)})
    found = verdicts(world, INSPECTOR[0], INSPECTOR[3], accounts=ONE)
    assert found == {(INSPECTOR[0], HOME, "Inspector2"): exists, (INSPECTOR[3], HOME, "Inspector2"): too_old}
    asked = [params for _, _, name, params in world.params if name == "inspector2:ListFindings"]
    assert {params["maxResults"] for params in asked} == {1}
    own = {"comparison": "EQUALS", "value": MEMBER}
    assert all(params["filterCriteria"]["awsAccountId"] == [own] for params in asked)
    assert len(asked) == 1 + (not pages[0] and len(pages) > 1)
    assert asked[-1]["sortCriteria"] == {"field": "FIRST_OBSERVED_AT", "sortOrder": "ASC"}


def details(listed: dict[int, int], unknown: dict[int, str]) -> Any:
    """Number of a finding -> days until it is due; number -> error code."""

    def reply(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        numbers = [int(arn.removeprefix("arn:")) for arn in params["findingArns"]]
        assert len(numbers) <= 10
        due = {number: {"dateDue": NOW + datetime.timedelta(days)} for number, days in listed.items()}
        return {
            "findingDetails": [
                {"findingArn": f"arn:{n}", **({"cisaData": due[n]} if n in due else {})}
                for n in numbers
                if n not in unknown
            ],
            "errors": [{"findingArn": f"arn:{n}", "errorCode": unknown[n]} for n in numbers if unknown.get(n)],
        }

    return reply


KEV, DUE = INSPECTOR[2], INSPECTOR[1]


@pytest.mark.parametrize(
    ("listed", "unknown", "any_is_bad", "late_is_bad"),
    [
        ({}, {}, "PASS", "PASS"),
        ({}, {7: "FINDING_DETAILS_NOT_FOUND"}, "PASS", "PASS"),
        ({}, {7: "ACCESS_DENIED"}, "MANUAL", "MANUAL"),
        ({}, {7: ""}, "MANUAL", "MANUAL"),
        ({24: 3}, {}, "FAIL", "PASS"),
        ({24: -3}, {7: "INTERNAL_ERROR"}, "FAIL", "FAIL"),
    ],
)
def test_each_vulnerability_is_looked_up_once(
    listed: dict[int, int], unknown: dict[int, str], any_is_bad: str, late_is_bad: str
) -> None:
    pages = [[finding(n) for n in range(25)], [finding(n) for n in range(25)], []]
    world = World(
        ENABLED
        | {
            "inspector2:ListFindings": paged("findings", *pages),
            "inspector2:BatchGetFindingDetails": details(listed, unknown),
        }
    )
    found = verdicts(world, KEV, DUE, accounts=ONE)
    assert found == {(KEV, HOME, "Inspector2"): any_is_bad, (DUE, HOME, "Inspector2"): late_is_bad}
    assert world.calls["inspector2:ListFindings"] == 3
    assert world.calls["inspector2:BatchGetFindingDetails"] == 3


def test_of_many_overdue_vulnerabilities_no_more_are_looked_up_than_are_named() -> None:
    pages = [[finding(100 * page + n) for n in range(100)] for page in range(200)]
    overdue = dict.fromkeys(range(20_000), -1)
    world = World(
        ENABLED
        | {
            "inspector2:ListFindings": paged("findings", *pages),
            "inspector2:BatchGetFindingDetails": details(overdue, {}),
        }
    )
    assert set(verdicts(world, KEV, DUE, accounts=ONE).values()) == {"FAIL"}
    assert world.calls["inspector2:ListFindings"] == 1
    assert world.calls["inspector2:BatchGetFindingDetails"] == 1


@pytest.mark.parametrize("refused", ["inspector2:ListFindings", "inspector2:BatchGetFindingDetails"])
def test_what_was_found_before_a_refusal_counts(refused: str) -> None:
    second: Any = (
        denied() if refused == "inspector2:ListFindings" else {"findings": [finding(n) for n in range(10, 20)]}
    )
    first = {"findings": [finding(n) for n in range(10)], "nextToken": "1"}
    good, bad = details({}, {}), details({3: -1}, {})

    def world(answer: Any) -> World:
        def look_up(account: Account, region: str, params: dict[str, Any]) -> Any:
            return denied() if "arn:10" in params["findingArns"] else answer(account, region, params)

        return World(
            ENABLED
            | {
                "inspector2:ListFindings": lambda _a, _r, params: second if "nextToken" in params else first,
                "inspector2:BatchGetFindingDetails": look_up,
            }
        )

    (manual,) = findings_of(world(good), KEV, accounts=ONE)
    assert (manual.status, refused in manual.status_detail) == ("MANUAL", True)
    assert status_of(world(bad), KEV) == {"Inspector2": "FAIL"}


def scan(id_: str, kind: str, code: str, reason: str) -> dict[str, Any]:
    status = {"statusCode": code, "reason": reason}
    return {"resourceId": id_, "accountId": MEMBER, "scanType": kind, "scanStatus": status, "lastScannedAt": NOW}


def test_a_resource_is_judged_once_with_all_its_scans_on_all_pages() -> None:
    image = "arn:aws:ecr:us-east-1:123456789012:repository/r/sha256:1"
    pages = [
        [scan("i-1", "NETWORK", "ACTIVE", "SUCCESSFUL"), scan(image, "PACKAGE", "ACTIVE", "SUCCESSFUL")],
        [scan("i-1", "PACKAGE", "INACTIVE", "NO_INVENTORY")],
    ]
    world = World(ENABLED | {"inspector2:ListCoverage": paged("coveredResources", *pages)})
    found = {f.resource_arn: f.status for f in findings_of(world, INSPECTOR[5], accounts=ONE)}
    assert found == {"arn:aws:ec2:us-east-1:123456789012:instance/i-1": "FAIL", image: "PASS"}
    asked = [params for _, _, name, params in world.params if name == "inspector2:ListCoverage"]
    assert asked[0]["filterCriteria"] == {"accountId": [{"comparison": "EQUALS", "value": MEMBER}]}


def test_an_odd_resource_is_manual_and_the_others_are_judged() -> None:
    pages = [[{"resourceId": "i-2"}, {"scanType": "CODE"}, scan("i-1", "PACKAGE", "ACTIVE", "SUCCESSFUL")]]
    world = World(ENABLED | {"inspector2:ListCoverage": paged("coveredResources", *pages)})
    found = findings_of(world, INSPECTOR[5], accounts=ONE)
    assert sorted(f.status for f in found) == ["MANUAL", "MANUAL", "PASS"]


# --- Macie ---


@pytest.mark.parametrize(
    ("session", "enabled", "discovery"),
    [
        (error("AccessDeniedException", "Macie is not enabled.", 401), {MEMBER: "FAIL"}, {}),
        (error("AccessDeniedException", "You are not authorized", 403), {MEMBER: "MANUAL"}, {MEMBER: "MANUAL"}),
        ({"status": "PAUSED"}, {MEMBER: "FAIL"}, {}),
        ({"status": "ENABLED"}, {MEMBER: "PASS"}, {MEMBER: "FAIL"}),
    ],
)
def test_macie_that_is_off_is_told_from_one_that_is_denied(session: Any, enabled: Any, discovery: Any) -> None:
    world = World(
        {"macie2:GetMacieSession": session, "macie2:GetAutomatedDiscoveryConfiguration": {"status": "DISABLED"}}
    )
    assert status_of(world, "macie_is_enabled", scan_unused_services=True) == enabled
    assert status_of(world, "macie_automated_sensitive_data_discovery_enabled") == discovery


def test_a_member_whose_administrator_decides_about_discovery_is_manual() -> None:
    refused = error("AccessDeniedException", "The request failed because you are not the administrator.", 403)
    world = World(
        {"macie2:GetMacieSession": {"status": "ENABLED"}, "macie2:GetAutomatedDiscoveryConfiguration": refused}
    )
    assert status_of(world, "macie_automated_sensitive_data_discovery_enabled") == {MEMBER: "MANUAL"}


# --- Access Analyzer ---

ANALYZER = {"name": "a", "arn": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/a", "status": "ACTIVE"}


def test_active_findings_are_asked_for_and_counted_no_further_than_told() -> None:
    active, archived = {"status": "ACTIVE"}, {"status": "ARCHIVED"}
    pages = [[archived] * 50, [active] * 70, [active] * 70, [active] * 70]
    world = World(
        {
            "accessanalyzer:ListAnalyzers": {"analyzers": [ANALYZER]},
            "accessanalyzer:ListFindingsV2": paged("findings", *pages),
        }
    )
    (found,) = findings_of(world, "accessanalyzer_enabled_without_findings", accounts=ONE)
    assert (found.status, "100 or more" in found.status_detail) == ("FAIL", True)
    assert world.calls["accessanalyzer:ListFindingsV2"] == 3
    assert world.params[-1][3]["filter"] == {"status": {"eq": ["ACTIVE"]}}


def test_analyzers_that_are_not_active_are_not_asked_what_they_have_found() -> None:
    world = World({"accessanalyzer:ListAnalyzers": {"analyzers": [ANALYZER | {"status": "DISABLED"}]}})
    assert status_of(world, "accessanalyzer_enabled_without_findings") == {}
    assert world.calls["accessanalyzer:ListFindingsV2"] == 0


# --- Config ---


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"DelegatedAdministrators": [{"Id": "111111111111"}]}, "PASS"),
        ({"DelegatedAdministrators": []}, "FAIL"),
        (error("AWSOrganizationsNotInUseException"), "FAIL"),
        (error("AccessDeniedException", "You don't have permissions to access this resource."), "MANUAL"),
    ],
)
def test_who_administers_config(answer: Any, status: str) -> None:
    aggregator = {
        "ConfigurationAggregatorName": "all",
        "ConfigurationAggregatorArn": "arn:aws:config:us-east-1:123456789012:config-aggregator/x",
        "OrganizationAggregationSource": {"AllAwsRegions": True},
    }
    world = World(
        {
            "config:DescribeConfigurationAggregators": {"ConfigurationAggregators": [aggregator]},
            "organizations:ListDelegatedAdministrators": answer,
        }
    )
    assert status_of(world, "config_delegated_admin_and_org_aggregator_all_regions") == {"all": status}
    asked = [params for _, _, name, params in world.params if name == "organizations:ListDelegatedAdministrators"]
    assert asked[0]["ServicePrincipal"] == "config.amazonaws.com"


def test_an_account_without_an_aggregator_has_an_unknown_one() -> None:
    world = World({"config:DescribeConfigurationAggregators": {"ConfigurationAggregators": []}})
    (finding,) = findings_of(world, "config_delegated_admin_and_org_aggregator_all_regions", accounts=ONE)
    assert (finding.status, finding.resource_id) == ("FAIL", "unknown")
    assert finding.resource_arn == "arn:aws:config:us-east-1:123456789012:config-aggregator/unknown"


def test_of_a_region_without_a_recorder_nothing_more_is_asked() -> None:
    world = World(
        {
            "config:DescribeConfigurationRecorders": {"ConfigurationRecorders": []},
            "config:DescribeConfigurationRecorderStatus": denied(),
        }
    )
    assert status_of(world, "config_recorder_all_regions_enabled") == {MEMBER: "FAIL"}
    assert world.calls == {"config:DescribeConfigurationRecorders": 1}


def test_a_recorder_and_its_status_are_joined_by_name() -> None:
    role = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    world = World(
        {
            "config:DescribeConfigurationRecorders": {"ConfigurationRecorders": [{"name": "b", "roleARN": role}]},
            "config:DescribeConfigurationRecorderStatus": {
                "ConfigurationRecordersStatus": [
                    {"name": "a", "recording": False},
                    {"name": "b", "recording": True, "lastStatus": "Pending"},
                ]
            },
        }
    )
    assert status_of(world, "config_recorder_all_regions_enabled") == {"b": "PASS"}
    assert status_of(world, "config_recorder_using_aws_service_role") == {"b": "PASS"}
