"""The commands of the recorded world's findings name what the finding is about."""

from __future__ import annotations

import re
from typing import Any

import anyio
import pytest

from aioprowler import Finding, ScanOptions, scan
from aioprowler.catalog import installed
from aioprowler.declarations.commands import Command
from tests.worlds.recorded import Recording
from tests.worlds.world import NOW, TOOLS

YOURS = re.compile(r"(?<!file://)<your-([a-z0-9-]+?)(?:-arn|-id|-name)?>")
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
OTHERS = {
    ("cognito_user_pool_waf_acl_attached", "web-acl"),
    ("ec2_securitygroup_from_launch_wizard", "security-group"),
    ("vpc_subnet_separate_private_public", "subnet"),
}
"""Another one is to be made or chosen in the place of what is judged, or beside it."""
MISSING = {
    ("backup_vaults_exist", "vault"),
    ("cloudtrail_bedrock_logging_enabled", "trail"),
    ("cloudtrail_multi_region_enabled", "trail"),
    ("cloudtrail_multi_region_enabled_logging_management_events", "trail"),
    ("cloudtrail_s3_dataevents_read_enabled", "trail"),
    ("cloudtrail_s3_dataevents_write_enabled", "trail"),
    ("guardduty_delegated_admin_enabled_all_regions", "detector"),
    ("guardduty_is_enabled", "detector"),
    ("iam_support_role_created", "role"),
}
"""That there is none, or none that does it, is what is wrong."""

SHARED = {"direction", "security_group", "stage"}
"""What one function names for several checks, of whose commands not all have it."""


def failures(recording: Recording) -> list[Finding]:
    async def run() -> list[Finding]:
        options = ScanOptions(accounts=recording.accounts, now=NOW, statuses=["FAIL"])
        return [finding async for finding in scan(options, aws=recording, tools=TOOLS)]

    return anyio.run(run)


def kinds(finding: Finding) -> set[str]:
    """What a placeholder may call what the finding is about: `api-gateway-stage`, `gateway-stage` and `stage`."""
    words = WORDS.sub("-", finding.resource_type.removeprefix("Aws")).lower().split("-")
    return {"-".join(words[start:]) for start in range(len(words))}


def test_no_placeholder_is_left_that_names_what_the_finding_is_about(recording: Recording) -> None:
    left = {
        (each.check_id, name)
        for each in failures(recording)
        for command in (each.command, *each.further_commands)
        for name in YOURS.findall(command)
        if name in kinds(each)
    }
    assert left == OTHERS | MISSING


def test_what_verdicts_name_is_a_placeholder_of_their_commands(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: dict[Command, set[str]] = {}
    filled = Command.filled

    def noting(command: Command, *args: Any) -> str:
        named.setdefault(command, set()).update(*args[4])
        return filled(command, *args)

    monkeypatch.setattr(Command, "filled", noting)
    failures(recording)
    assert sum(map(bool, named.values())) > 20
    unknown = {
        (check.id, name)
        for check in installed()
        for command in (check.command, *check.further_commands)
        for name in named.get(command, ())
        if f"<your-{name.replace('_', '-')}>"
        not in check.documentation.remediation.text + check.documentation.remediation.cli
    }
    assert {each for each in unknown if each[1] not in SHARED} == set()
