"""`--no-internet`: who is not asked, and what cannot be done then."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioprowler import HostDirectory, IpRanges, PublicRepositories, ScanOptions, UsageError
from aioprowler.cli.options import Judging
from aioprowler.scanning.scanner import Scan
from aioprowler.tools.nobody import Nobody
from tests.worlds.world import ACCOUNT, World


def test_secrets_are_not_tried_on_services_of_others() -> None:
    with pytest.raises(UsageError, match="--scan-secrets-validate"):
        Judging(no_internet=True, scan_secrets_validate=True).config()


def test_nor_where_the_configuration_says_so(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("secrets_validate: true\n")
    with pytest.raises(UsageError, match="secrets_validate"):
        Judging(no_internet=True, config_file=file).config()


@pytest.mark.parametrize("internet", [True, False])
def test_others_are_asked_unless_it_is_given(internet: bool) -> None:
    made = Scan(ScanOptions(accounts=(ACCOUNT,), internet=internet), aws=World({}))
    tools = made._visits._tools
    asked = [kind for kind in (HostDirectory, IpRanges, PublicRepositories) if not isinstance(tools[kind], Nobody)]
    assert len(asked) == (3 if internet else 0)
