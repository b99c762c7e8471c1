"""A configuration that is looser than a requirement allows never lets it pass."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aioprowler import ScanOptions
from aioprowler.catalog import installed
from aioprowler.compliance import frameworks as loading
from aioprowler.compliance import guardrails
from aioprowler.compliance.frameworks import evidence, framework, frameworks
from aioprowler.compliance.guardrails import Guardrail, guarded_keys
from aioprowler.compliance.results import RequirementResult, loosened_told, results
from aioprowler.facts.prowler_keys import PROWLER_KEYS
from aioprowler.findings.coverage import Accounts, Coverage, Judged, Settings
from aioprowler.outputs.reporting import merged
from aioprowler.scanning import Scan
from aioprowler.scanning.journal import Done
from tests.outputs.samples import coverage

KEY_DAYS, CONSOLE_DAYS = "max_unused_access_keys_days", "max_console_access_days"
KEYS, CONSOLE = "iam_user_accesskey_unused", "iam_user_console_access_unused"
FSBP = "aws_foundational_security_best_practices"
LIVE = {
    "days_to_expire_threshold": 6,
    "ec2_allowed_instance_owners": 2,
    "ec2_allowed_interface_types": 2,
    "ec2_high_risk_ports": 2,
    "ecr_repository_vulnerability_minimum_severity": 2,
    "eks_required_log_types": 1,
    "elb_min_azs": 2,
    "elbv2_min_azs": 1,
    "enclave_debug_lookback_window_hours": 1,
    "enclave_debug_max_events": 1,
    "enclave_unknown_image_lookback_window_hours": 1,
    "enclave_unknown_image_max_events": 1,
    "enclave_vsock_ports": 2,
    "insecure_key_algorithms": 24,
    "inspector2_active_finding_max_age_days": 1,
    "inspector2_max_days_since_last_scan": 4,
    "lambda_min_azs": 1,
    "log_group_retention_days": 11,
    "max_console_access_days": 22,
    "max_days_secret_unrotated": 2,
    "max_days_secret_unused": 2,
    "max_ec2_instance_age_in_days": 1,
    "max_ec2_instance_stopped_days": 1,
    "max_unused_access_keys_days": 22,
    "max_unused_bedrock_access_days": 20,
    "max_unused_sagemaker_access_days": 10,
    "minimum_backup_retention_period": 4,
    "minimum_snapshot_retention_period": 1,
    "obsolete_lambda_runtimes": 3,
}
"""Keys that checks of today read -> their guardrails. It grows with the checks."""
UNREAD = {"mute_non_default_regions"}
"""Keys of the peer's that no check here reads: it mutes findings, which here a mutelist does."""
LAX = {"days_to_expire_threshold"}
"""Keys whose default, which is the peer's, is less than some requirement wants: that is MANUAL until it is set."""

ALL = [(id_, each, one) for id_ in frameworks() for each in framework(id_).requirements for one in each.guardrails]


def test_every_fact_is_there() -> None:
    assert len(ALL) == 762
    assert len({id_ for id_, _, _ in ALL}) == 48
    assert Counter(one.comparison for _, _, one in ALL) == {
        "eq": 610, "lte": 85, "gte": 30, "superset": 32, "subset": 4, "in": 1,
    }  # fmt: skip
    for id_, requirement, one in ALL:
        assert one.check in requirement.checks, (id_, requirement.id)


def test_those_of_checks_that_there_are_count() -> None:
    """The check that a guardrail names reads its key, and by default is strict enough for nearly every requirement."""
    listed = installed().listed
    live = [one for _, _, one in ALL if one.check in listed and one.key not in UNREAD]
    assert Counter(one.key for one in live) == LIVE
    schema = installed().config_schema
    for one in live:
        assert one.key in listed[one.check].configuration
        assert one.allows(schema[one.key].default) or one.key in LAX, one
        values = msgspec.convert(one.value, list[Any]) if one.comparison == "in" else [one.value]
        assert [msgspec.convert(value, schema[one.key].type) for value in values]


def test_a_file_of_prowlers_may_have_every_key() -> None:
    assert guarded_keys() <= PROWLER_KEYS | installed().config_schema.keys()


@pytest.mark.parametrize(
    ("comparison", "allowed", "good", "bad", "words"),
    [
        ("lte", 45, [45, 30, 0], [46, 180, (1,), "no"], "45 or less"),
        ("gte", 365, [365, 3653], [364, 0, "yes"], "365 or more"),
        ("eq", False, [False], [True], "false"),
        ("eq", "MEDIUM", ["MEDIUM"], ["HIGH", 5], '"MEDIUM"'),
        ("in", ("LOW", "MEDIUM"), ["LOW", "MEDIUM"], ["HIGH"], 'one of ["LOW", "MEDIUM"]'),
        ("subset", ("a", "b"), [(), ("b",), ("b", "a", "a")], [("a", "c"), ("c",), 7], 'nothing but ["a", "b"]'),
        ("superset", (22, 25), [(25, 22), (22, 25, 80)], [(), (22,), (80,), 22], "at least [22, 25]"),
    ],
)
def test_comparisons(comparison: Any, allowed: Any, good: list[Any], bad: list[Any], words: str) -> None:
    guardrail = Guardrail("check", "key", comparison, allowed)
    assert [value for value in good if not guardrail.allows(value)] == []
    assert [value for value in bad if guardrail.allows(value)] == []
    assert guardrail.allowed == words


def told(settings: Settings | None, **fields: Any) -> Coverage:
    """Of a whole scan in which all users are active, as far as its configuration tells."""
    passed = {"by_check": {KEYS: Judged(passed=2), CONSOLE: Judged(passed=2)}, "findings": {"PASS": 4}}
    whole = {"not_entered": (), "accounts": Accounts(found=1, scanned=1, scanned_before=0)}
    return coverage(**{"check_ids": (CONSOLE, KEYS), "settings": settings, **passed, **whole, **fields})


def judged(found: Coverage, framework_id: str, requirement: str) -> RequirementResult:
    (result,) = results(found, [framework_id], existing=installed().listed)
    return next(each for each in result.requirements if each.requirement.id == requirement)


@pytest.mark.parametrize(
    ("days", "status", "loosened"),
    [
        ((45, 45), "PASS", []),
        ((30, 1), "PASS", []),
        ((45, 46), "MANUAL", [f"{KEY_DAYS} is 46; allowed: 45 or less"]),
        ((180, 180), "MANUAL", [f"{key} is 180; allowed: 45 or less" for key in (CONSOLE_DAYS, KEY_DAYS)]),
    ],
)
def test_a_threshold(days: tuple[int, int], status: str, loosened: list[str]) -> None:
    found = judged(told({CONSOLE_DAYS: (days[0],), KEY_DAYS: (days[1],)}), "cis_3.0", "1.12")
    assert (found.status, [str(each) for each in found.loosened]) == (status, loosened)
    assert [each.status for each in found.checks] == ["PASS", "PASS"]


def test_each_requirement_has_its_own() -> None:
    ninety = told({CONSOLE_DAYS: (90,), KEY_DAYS: (90,)})
    assert judged(ninety, FSBP, "IAM.8").status == "PASS"
    assert judged(ninety, FSBP, "IAM.22").status == "MANUAL"


def test_what_fails_fails_and_the_key_is_named_as_well() -> None:
    bad = {KEYS: Judged(failed=1), CONSOLE: Judged(passed=1)}
    found = judged(told({CONSOLE_DAYS: (45,), KEY_DAYS: (180,)}, by_check=bad), "cis_3.0", "1.12")
    assert (found.status, [each.key for each in found.loosened]) == ("FAIL", [KEY_DAYS])


def test_what_is_not_known_does_not_pass() -> None:
    found = judged(told(None), "cis_3.0", "1.12")
    assert found.status == "MANUAL"
    assert str(found.loosened[0]) == f"{CONSOLE_DAYS} is not known; allowed: 45 or less"
    assert judged(told(None, check_ids=()), "cis_3.0", "1.12").loosened == ()


def test_a_key_that_no_check_has_read_means_nothing() -> None:
    found = judged(told({}, check_ids=("securityhub_enabled",)), FSBP, "GuardDuty.1")
    assert [each.key for each in found.requirement.guardrails] == ["mute_non_default_regions"]
    assert found.loosened == ()


def test_lists() -> None:
    check, key = "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports", "ec2_high_risk_ports"
    place = (FSBP, "EC2.19")
    ports = (25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088)
    passed = {"check_ids": (check,), "by_check": {check: Judged(passed=1)}, "findings": {"PASS": 1}}
    assert judged(told({key: ((*ports, 22),)}, **passed), *place).loosened == ()
    (loose,) = judged(told({key: (ports[1:],)}, **passed), *place).loosened
    assert (loose.value, loose.allowed) == (ports[1:], f"at least {list(ports)}")


def test_several_checks_that_read_a_key_are_one_line() -> None:
    scan = told({CONSOLE_DAYS: (180,), KEY_DAYS: (45,)})
    found = [*results(scan, ["cis_1.4", "cis_3.0"], existing=installed().listed)]
    assert loosened_told(found) == [f"cis_1.4 1.12, cis_3.0 1.12: {CONSOLE_DAYS} is 180; allowed: 45 or less"]


# ---------------------------------------------------------------------- what a scan had set
def test_a_scan_tells_what_it_had_set() -> None:
    checks = [KEYS, CONSOLE, "ec2_elastic_ip_shodan", "iam_root_mfa_enabled"]
    config = {KEY_DAYS: 180, "shodan_api_key": "secret", "minimum_backup_retention_period": 1}
    scan = Scan(ScanOptions(checks=checks, config=config))
    assert scan.coverage().settings == {KEY_DAYS: (180,), CONSOLE_DAYS: (45,)}


def test_lists_are_told_as_they_were_set() -> None:
    check = "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports"
    scan = Scan(ScanOptions(checks=[check], config={"ec2_high_risk_ports": [22, 23]}))
    found = msgspec.json.decode(msgspec.json.encode(scan.coverage()), type=Coverage)
    assert found.settings == {"ec2_high_risk_ports": ((22, 23),)}


def test_a_resumed_scan_rests_on_both_configurations() -> None:
    def settings(days: int, before: Settings | None) -> Settings | None:
        options = ScanOptions(checks=[KEYS], config={KEY_DAYS: days})
        return Scan(options, done=Done(settings=before)).coverage().settings

    assert settings(45, {KEY_DAYS: (180,)}) == {KEY_DAYS: (180, 45)}
    assert settings(45, {KEY_DAYS: (45,)}) == {KEY_DAYS: (45,)}
    assert settings(45, {}) == {KEY_DAYS: (45,)}
    assert settings(45, None) is None


def test_a_report_of_several_scans_rests_on_all_configurations() -> None:
    strict, loose = (told({CONSOLE_DAYS: (45,), KEY_DAYS: (days,)}) for days in (45, 180))
    both = merged([strict, loose])
    assert both.settings == {CONSOLE_DAYS: (45,), KEY_DAYS: (45, 180)}
    found = judged(both, "cis_3.0", "1.12")
    assert (found.status, [each.value for each in found.loosened]) == ("MANUAL", [180])
    assert judged(merged([strict, strict]), "cis_3.0", "1.12").status == "PASS"
    assert merged([strict, told(None)]).settings is None


def test_findings_are_made_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardrails, "_facts", lambda: pytest.fail("guardrails are read when a scan ends"))
    guarded_keys.cache_clear()
    evidence.cache_clear()
    loading._by_check.cache_clear()
    assert evidence(KEYS)["cis_3.0"] == ("1.12",)
    scan = Scan(ScanOptions(checks=[KEYS]))
    assert scan.plan.settings == {KEY_DAYS: 45}


def test_the_data_is_small() -> None:
    assert Path(guardrails.__file__).with_name("guardrails.json").stat().st_size < 40_000
