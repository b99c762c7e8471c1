"""Configuration files as Prowler's users have them, of whatever release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aioprowler import ScanOptions, UsageError
from aioprowler.catalog import installed
from aioprowler.cli.config import read_config
from aioprowler.scanning import Prepared, prepare
from aioprowler.services.backup.resources import most_points
from aioprowler.services.cloudwatch.resources import most_log_groups
from aioprowler.services.ec2.resources.storage import most_snapshots
from aioprowler.services.sagemaker.resources import most_processing_jobs, most_training_jobs


def read(tmp_path: Path, text: str) -> dict[str, Any]:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return read_config(path)


def prepared(tmp_path: Path, text: str, **options: Any) -> Prepared:
    return prepare(ScanOptions(config=read(tmp_path, text), **options))


def judged_by(tmp_path: Path, text: str) -> dict[str, Any]:
    """What checks are told."""
    return installed().validated_config(read(tmp_path, text))


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("allowlist_non_default_regions", "is called mute_non_default_regions today"),
        ("critical_pii_entities", "means nothing any more"),
        ("detect_secrets_plugins", "means nothing any more"),
        ("ec2_sg_high_risk_ports", "is called ec2_high_risk_ports today"),
        ("pii_language", "means nothing any more"),
    ],
)
def test_a_key_of_former_releases_is_a_note(tmp_path: Path, key: str, told: str) -> None:
    (note,) = prepared(tmp_path, f"aws:\n  {key}: []\n").notes()
    assert f"The configuration key {key} " in note
    assert told in note


def test_a_key_counts_by_its_former_name_unless_todays_is_there_too(tmp_path: Path) -> None:
    assert judged_by(tmp_path, "ec2_sg_high_risk_ports: [23]\n") == {"ec2_high_risk_ports": (23,)}
    both = "ec2_high_risk_ports: [25]\nec2_sg_high_risk_ports: [23]\n"
    assert judged_by(tmp_path, both) == {"ec2_high_risk_ports": (25,)}


@pytest.mark.parametrize("key", ["mute_non_default_regions", "allowlist_non_default_regions"])
def test_who_relies_on_a_key_that_mutes_is_told_that_it_does_not(tmp_path: Path, key: str) -> None:
    told = "mute_non_default_regions mutes nothing here: say it in a mutelist."
    assert told in "".join(prepared(tmp_path, f"{key}: true\n").notes())
    assert told not in "".join(prepared(tmp_path, f"{key}: false\n").notes())


def test_an_unknown_key_is_a_note_and_a_misspelt_one_is_refused(tmp_path: Path) -> None:
    (note,) = prepared(tmp_path, "max_moons: 3\nacme: {moons: 4}\n").notes()
    assert note == "No check reads these configuration keys: acme, max_moons."
    for misspelt in ("max_unused_acces_keys_days", "max-unused-access-keys-days", "MAX_UNUSED_ACCESS_KEYS_DAYS"):
        with pytest.raises(UsageError, match=r"Did you mean max_unused_access_keys_days"):
            prepared(tmp_path, f"{misspelt}: 3\n")


@pytest.mark.parametrize(
    "text",
    [
        "aws:\n  max_security_group_rules: 3\nazure:\n  shodan_api_key: x\n",
        "max_security_group_rules: 3\nazure:\n  shodan_api_key: x\ngithub:\n  inactive: 180\n",
    ],
)
def test_sections_of_other_providers_are_passed_over(tmp_path: Path, text: str) -> None:
    made = prepared(tmp_path, text)
    assert made.options.config == {"max_security_group_rules": 3}
    assert list(made.notes()) == []


def test_a_file_of_other_providers_alone_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "gcp:\n  max_days: 3\nkubernetes:\n") == {}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('max_security_group_rules: "45"', 45),
        ("max_security_group_rules: 45.0", 45),
        ("minimum_backup_retention_period: 14", 14),
        ("max_unused_access_keys_days: 15", 15),
        ('threat_detection_enumeration_threshold: "0.5"', 0.5),
        ("threat_detection_enumeration_threshold: 1", 1.0),
        ('check_rds_instance_replicas: "yes"', True),
        ("check_rds_instance_replicas: Off", False),
        ('check_rds_instance_replicas: "TRUE"', True),
        ("check_rds_instance_replicas: 1", True),
        ("check_rds_instance_replicas: 0.0", False),
        ('max_security_group_rules: " 1_000 "', 1000),
        ("threat_detection_enumeration_threshold: .5", 0.5),
        ('ec2_high_risk_ports: ["22 ", 23.0]', (22, 23)),
        ('trusted_account_ids: [" 111122223333"]', ("111122223333",)),
        ("trusted_account_ids: [111122223333, 012345670123, 098765432109]", (
            "111122223333", "012345670123", "098765432109",
        )),
        ("eks_cluster_oldest_version_supported: 1.30", "1.30"),
        ("enclave_golden_pcr_values: {PCR0: [12]}", {"PCR0": ["12"]}),
    ],
)  # fmt: skip
def test_values_are_what_their_key_makes_of_them(tmp_path: Path, text: str, meant: Any) -> None:
    ((value),) = judged_by(tmp_path, text).values()
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    "text",
    [
        "max_security_group_rules: many",
        "max_security_group_rules: 4.5",
        "max_security_group_rules: true",
        "threat_detection_enumeration_threshold: .nan",
        "threat_detection_enumeration_threshold: 'inf'",
        "check_rds_instance_replicas: perhaps",
        "eks_cluster_oldest_version_supported: true",
        "trusted_account_ids: '111122223333'",
        "excluded_checks: s3_bucket_object_versioning",
        "disallowed_regions: eu-west-1",
    ],
)
def test_what_no_key_takes_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=f"Configuration key {text.partition(':')[0]}: Expected"):
        prepared(tmp_path, text)


def test_the_configuration_leaves_out_checks_services_and_regions(tmp_path: Path) -> None:
    text = "excluded_checks: [s3_bucket_object_versioning]\nexcluded_services: [ec2]\ndisallowed_regions: [eu-west-1]\n"
    made = prepared(tmp_path, text, services=["s3", "ec2"], excluded_checks=["s3_bucket_default_encryption"])
    chosen = {check.id for check in made.plan.checks}
    assert "s3_bucket_object_lock" in chosen
    assert {"s3_bucket_object_versioning", "s3_bucket_default_encryption"}.isdisjoint(chosen)
    assert {check.service for check in made.plan.checks} == {"s3"}
    assert tuple(made.options.excluded_regions) == ("eu-west-1",)


def test_regions_that_the_options_leave_out_are_in_the_place_of_the_configurations(tmp_path: Path) -> None:
    made = prepared(tmp_path, "disallowed_regions: [eu-west-1]\n", excluded_regions=["us-east-2"])
    assert tuple(made.options.excluded_regions) == ("us-east-2",)


@pytest.mark.parametrize("unlimited", [0, -1])
def test_no_limit_is_0_or_minus_1_as_in_prowler(unlimited: int) -> None:
    assert most_snapshots(max_ebs_snapshots=unlimited) is None
    assert most_log_groups(max_cloudwatch_log_groups=unlimited) is None
    assert most_points(max_backup_recovery_points=unlimited) is None
    assert most_training_jobs(max_sagemaker_training_jobs=unlimited) is None
    assert most_processing_jobs(max_sagemaker_processing_jobs=unlimited) is None
