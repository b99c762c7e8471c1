"""Commands that ask AWS nothing, and their help pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from aioprowler.accounts.permissions import policies
from aioprowler.catalog import installed
from aioprowler.cli.app import run
from aioprowler.cli.commands import COMMANDS
from tests.cli.stub import CHECK

SELECTED = ("--check", CHECK)


def test_the_list_of_checks(printed: Any) -> None:
    lines = printed("checks", "list").splitlines()
    assert len(lines) == len(installed()) + 1
    assert lines[0].split() == ["ID", "SEVERITY", "SERVICE", "TITLE"]
    (line,) = [line for line in lines if line.startswith(f"{CHECK} ")]
    assert line.split()[1:3] == ["medium", "s3"]


def test_the_list_for_programs(printed: Any) -> None:
    found = json.loads(printed("checks", "list", "--json", "-s", "s3", "--severity", "critical", "high"))
    assert {check["service"] for check in found} == {"s3"}
    assert {check["severity"] for check in found} == {"critical", "high"}


def test_all_about_every_check(printed: Any) -> None:
    for each in installed():
        text = printed("checks", "show", each.id)
        assert text.startswith(f"{each.id}\n{each.documentation.title}\n")
        assert "\nRisk\n" in text
        about = json.loads(printed("checks", "show", each.id, "--json"))
        assert about["risk"] == each.documentation.risk


def test_configuration_keys_are_told_with_their_defaults(printed: Any) -> None:
    text = printed("checks", "show", "iam_user_accesskey_unused")
    assert "max_unused_access_keys_days: int = 45" in text
    (key,) = json.loads(printed("checks", "show", "iam_user_accesskey_unused", "--json"))["configuration"]
    assert (key["name"], key["type"], key["default"]) == ("max_unused_access_keys_days", "int", 45)


def test_counts(printed: Any) -> None:
    assert json.loads(printed("services", "--json")) == installed().services
    assert json.loads(printed("categories", "--json")) == installed().categories
    assert re.search(r"^s3 +\d+$", printed("services"), re.MULTILINE)


def test_the_plan_of_one_check(printed: Any) -> None:
    text = printed("plan", *SELECTED)
    assert text.splitlines()[1].split() == ["sts:GetCallerIdentity", "account", "sts:GetCallerIdentity"]
    assert "called by 1 check." in text
    rows = {row["operation"]: row for row in json.loads(printed("plan", *SELECTED, "--json"))["operations"]}
    assert set(rows) == {
        "sts:GetCallerIdentity",
        "ec2:DescribeRegions",
        "s3:ListBuckets",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
    }
    assert rows["s3:ListBuckets"] == {
        "operation": "s3:ListBuckets", "per": "account", "action": "s3:ListAllMyBuckets",
    }  # fmt: skip


def test_the_policy_of_one_check(printed: Any) -> None:
    policy = json.loads(printed("permissions", *SELECTED))
    assert policy["Version"] == "2012-10-17"
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == [
        "ec2:DescribeRegions",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:ListAllMyBuckets",
        "sts:GetCallerIdentity",
    ]


def test_the_policy_allows_what_the_plan_shows(printed: Any) -> None:
    actions = json.loads(printed("permissions", "-s", "iam", "ec2"))["Statement"][0]["Action"]
    assert actions == sorted(
        {row["action"] for row in json.loads(printed("plan", "-s", "iam", "ec2", "--json"))["operations"]}
    )


def test_many_actions_take_several_policies() -> None:
    names = [f"service:DescribeSomethingWithALongName{number:03}" for number in range(300)]
    found = policies(names)
    assert [name for policy in found for name in policy["Statement"][0]["Action"]] == names
    sizes = [len(json.dumps(policy, separators=(",", ":"))) for policy in found]
    assert max(sizes) <= 6144
    assert len(found) == 3
    assert len(policies(names[:100])) == 1


def test_several_policies_are_said_to_be_several(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioprowler.accounts.permissions.policies.__defaults__", (250,))
    assert run(["permissions", "-s", "s3"]) == 0
    output = capsys.readouterr()
    assert len(json.loads(output.out)) > 1
    assert "attach all" in output.err


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, "checks list", "checks show", "compliance list", "compliance show", "mutelist check"],
)
def test_every_command_has_a_help_page(command: str, printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = printed(*command.split(), "--help")
    assert text.startswith(f"Usage: aioprowler {command}")
    assert printed(*command.split(), "-h") == text
    assert max(map(len, text.splitlines())) <= 80
    assert "empty-" not in text


@pytest.mark.parametrize(
    ("command", "operands"),
    [("mutelist check", "FILE [FINDINGS]"), ("report", "FILE..."), ("diff", "OLD NEW"), ("checks list", "")],
)
def test_a_help_page_tells_what_may_be_left_out_or_repeated(command: str, operands: str, printed: Any) -> None:
    words = " ".join(filter(None, ("Usage: aioprowler", command, operands, "[OPTIONS]\n")))
    assert printed(*command.split(), "--help").startswith(words)


@pytest.mark.parametrize("options", [(), ("--help",), ("-h",), ("help",)])
def test_the_first_help_page(options: tuple[str, ...], printed: Any) -> None:
    text = printed(*options)
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert max(map(len, text.splitlines())) <= 100


def test_a_group_of_commands_explains_itself(printed: Any) -> None:
    assert printed("checks") == printed("checks", "--help")
    assert printed("compliance") == printed("compliance", "--help")


PROWLERS_OPTIONS = """
    -c --check --checks -s --service --services -e --excluded-check --excluded-checks --excluded-service
    --excluded-services --severity --category --categories -f --region --filter-region --excluded-region --status
    -p --profile -R --role -I --external-id -T --session-duration --role-session-name --mfa --config-file -x
    --checks-folder --scan-unused-services -M --output-formats -o --output-directory -F --output-filename -z
    --ignore-exit-code-3 --verbose --compliance -w --mutelist-file -C --checks-file --excluded-checks-file --severities
    --resource-group --resource-groups --resource-arn --resource-arns --resource-tag --resource-tags
    --custom-checks-metadata-file
"""


def test_options_have_prowlers_names(printed: Any) -> None:
    page = printed("scan", "--help")
    for option in PROWLERS_OPTIONS.split():
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", page), option


@pytest.mark.parametrize(
    ("options", "absent"),
    [
        (["--help"], ["botocore", "rich", "cyclopts", "importlib.metadata", "aioprowler.catalog"]),
        (["scan", "--help"], ["botocore", "rich", "anyio", "aioprowler.catalog", "aioprowler.scanning"]),
        (["checks", "list"], ["botocore", "aiohttp", "aioprowler.scanning"]),
    ],
)
def test_nothing_heavy_is_imported_early(options: list[str], absent: list[str]) -> None:
    code = f"""
import sys
from aioprowler.cli.app import run
assert run({options!r}) == 0
sys.exit(", ".join(name for name in {absent!r} if name in sys.modules) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_names_may_be_written_in_capitals(printed: Any) -> None:
    usual = printed("checks", "list", "--service", "s3", "--severity", "high")
    assert "s3_" in usual
    assert printed("checks", "list", "--service", "S3", "--severity", "HIGH") == usual


def test_what_there_is_is_taken_in_any_case(printed: Any) -> None:
    assert printed("checks", "show", CHECK.upper()) == printed("checks", "show", CHECK)
    assert printed("compliance", "show", "CIS_3.0") == printed("compliance", "show", "cis_3.0")
    assert printed("completion", "Bash") == printed("completion", "bash")
    options = ("--fail-on", "High", "--log-level", "info", "--stdout", "JSONL", "-M", "CSV", "--region", "EU-West-1")
    shown = printed("scan", *options, "--status", "fail", "--category", "Encryption", "--show-options")
    found = {line.split()[0]: line.split()[-1] for line in shown.splitlines() if "command line" in line}
    assert [*found.values()] == ["encryption", "eu-west-1", "FAIL", "jsonl", "csv", "INFO", "high"]
