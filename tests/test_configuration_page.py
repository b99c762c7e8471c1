"""Every configuration key is documented, with the type and the default that it has."""

from __future__ import annotations

from pathlib import Path

from aioprowler.catalog import UNUSED_SERVICES, installed
from docs.build.configuration import configuration

PAGE = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_every_key_has_a_row_with_its_type_default_meaning_and_checks() -> None:
    assert configuration(PAGE) == PAGE, "docs/configuration.md is stale: run `make generate`"
    row = next(line for line in PAGE.splitlines() if line.startswith("| `max_unused_access_keys_days` |"))
    assert row.split(" | ")[1:3] == ["int", "`45`"]
    assert row.endswith(" `iam_user_accesskey_unused` |")


def test_a_stale_table_is_made_anew_and_the_text_around_it_stays() -> None:
    stale = PAGE.replace("| `45` |", "| `44` |", 1).replace("| `ec2_high_risk_ports` |", "| `gone` |")
    assert stale != PAGE
    assert configuration(stale) == PAGE


def test_every_key_says_what_it_is() -> None:
    assert [key.name for key in installed().config_schema.values() if key.name != UNUSED_SERVICES and not key.doc] == []
