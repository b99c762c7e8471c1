"""Checks and services by the names that Prowler has had for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aioprowler import ScanOptions, UsageError
from aioprowler.catalog import Selection, installed, load
from aioprowler.cli.options import Selecting
from aioprowler.facts.prowler_checks import CHECK_ALIASES, FORMER_CHECKS
from aioprowler.scanning import prepare

ALIAS, TODAY = "apigateway_public", "apigateway_restapi_public"
FORMER, VERSIONING = "iam_disable_90_days_credentials", "s3_bucket_object_versioning"


def chosen(**selection: Any) -> set[str]:
    return {check.id for check in installed().chosen(Selection(**selection))}


def test_names_of_today_are_none_of_former_times() -> None:
    here = {*installed().listed}
    assert here.isdisjoint(FORMER_CHECKS.keys() | CHECK_ALIASES.keys())
    assert {likely for ids in FORMER_CHECKS.values() for likely in ids} <= here
    assert {today for ids in CHECK_ALIASES.values() for today in ids} <= here
    assert len(CHECK_ALIASES) == 13


@pytest.mark.parametrize("alias", sorted(CHECK_ALIASES))
def test_an_alias_stands_for_its_checks(alias: str) -> None:
    assert chosen(checks=[alias]) == {*CHECK_ALIASES[alias]}
    assert chosen(excluded_checks=[alias]) == {*installed().listed}.difference(CHECK_ALIASES[alias])
    assert installed().get(alias).id == CHECK_ALIASES[alias][0]


def test_lambda_is_a_name_of_a_service() -> None:
    assert chosen(services=["lambda"]) == chosen(services=["awslambda"])
    assert chosen(excluded_services=["lambda"]) == chosen(excluded_services=["awslambda"])


def test_what_is_not_here_any_more_may_be_left_out() -> None:
    options = ScanOptions(excluded_checks=[FORMER], config={"excluded_checks": [FORMER]})
    assert list(prepare(options).notes()) == []


def test_what_is_listed_and_not_here_any_more_is_a_note() -> None:
    made = prepare(ScanOptions(checks=[FORMER, ALIAS, VERSIONING]))
    assert [check.id for check in made.plan.checks] == [TODAY, VERSIONING]
    likely = "Most like it are iam_user_accesskey_unused and iam_user_console_access_unused."
    assert list(made.notes()) == [
        f"There is no check {FORMER} any more: it is one of former releases of Prowler. {likely}",
        f"The check {ALIAS} is called {TODAY} today.",
    ]


def test_a_list_of_former_checks_alone_chooses_nothing_and_not_everything() -> None:
    with pytest.raises(UsageError, match="No check satisfies"):
        chosen(checks=[FORMER])
    with pytest.raises(UsageError, match=f"There is no check {FORMER} any more"):
        installed().get(FORMER)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("checks.txt", f"# ours\n{FORMER}\n{VERSIONING}  # and\n{VERSIONING[:-1]}\n", 4),
        ("checks.json", f'{{"aws": [\n  "{VERSIONING}",\n  "{VERSIONING[:-1]}"\n]}}', 3),
    ],
)
@pytest.mark.parametrize("option", ["checks_file", "excluded_checks_file"])
def test_what_nobody_has_is_refused_with_its_line_in_the_file(
    option: str, name: str, text: str, line: int, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UsageError, match=rf"{name}, line {line}: There is no check .*Did you mean {VERSIONING}"):
        _ = Selecting(**{option: path}).selection  # type: ignore[arg-type]


def test_a_file_of_checks_may_have_former_names(tmp_path: Path) -> None:
    path = tmp_path / "checks.txt"
    path.write_text(f"{FORMER}\n{ALIAS}\n")
    assert Selecting(checks_file=path).named_checks == [FORMER, ALIAS]


def test_what_the_configuration_leaves_out_and_nobody_has_is_refused() -> None:
    with pytest.raises(UsageError, match=f"Did you mean {VERSIONING}"):
        prepare(ScanOptions(config={"excluded_checks": [VERSIONING[:-1]]}))


def test_words_of_ones_own_by_a_former_name(tmp_path: Path) -> None:
    path = tmp_path / "metadata.yaml"
    path.write_text(
        "CustomChecksMetadata:\n  aws:\n    Checks:\n"
        f"      {ALIAS}: {{Severity: low}}\n      {FORMER}: {{Severity: high}}\n"
        "      eks_cluster_not_publicly_accessible: {Severity: low}\n"
        "      eks_endpoints_not_publicly_accessible: {Severity: critical}\n"
    )
    catalog = load((), path)
    assert catalog.get(TODAY).severity == "low"
    assert catalog.get("eks_cluster_not_publicly_accessible").severity == "low", "the name of today counts"
    told = "".join(catalog.notes(Selection()))
    assert all(name in told for name in (ALIAS, FORMER, "eks_endpoints_not_publicly_accessible"))
