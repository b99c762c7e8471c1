"""What `python -m scripts.add_check` begins is whole: it is planned, and passes the linter and the type checker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.facts import check_facts, operation_facts
from scripts.shapes import renamed, singular, snake

ROOT = Path(__file__).parents[1]
LIST_AND_DESCRIBE = "ecr_repositories_lifecycle_policy_enabled"
DETAIL = "eks_cluster_uses_a_supported_version"
BARE = "sqs_queues_not_publicly_accessible"
SWITCH = "macie_is_enabled"
ANY = "guardduty_is_enabled"
IDS = (LIST_AND_DESCRIBE, DETAIL, BARE, SWITCH, ANY)
FOUNDATION = (
    "awslambda", "backup", "batch", "cloudtrail", "ec2", "iam", "kms", "organizations", "rds",
    "resourcegroupstaggingapi", "s3", "ssm", "vpc",
)  # fmt: skip
"""Services on which others stand. None of the examples is in one of them, and the copy has no others."""
INDEXED = """
from pathlib import Path
from aioprowler.catalog.loading import INDEX, indexed
Path("aioprowler/catalog", INDEX).write_text(indexed())
"""
PLANNED = """
from aioprowler.catalog.loading import indexed
from aioprowler.engine.plan import make_plan
from importlib import import_module
for service, id_ in [each.split(":") for each in {ids!r}]:
    check = getattr(import_module(f"aioprowler.services.{{service}}.checks"), id_)
    print(id_, *sorted(f"{{each.operation}}/{{each.per}}" for each in make_plan([check], {{}}).operations))
    assert f'"id":"{{id_}}"' in indexed()
"""


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTEST_ADDOPTS": ""}
    return subprocess.run([sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True)


def add(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "-m", "scripts.add_check", *words)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it began."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("aioprowler", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "facts", folder / "tests" / "facts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for service in (folder / "aioprowler/services").iterdir():
        if service.is_dir() and service.name not in FOUNDATION:
            shutil.rmtree(service)
    done = run(folder, "-c", INDEXED)
    assert not done.returncode, done.stderr
    return folder


@pytest.fixture(scope="module")
def copy(beginning: Path) -> Path:
    """The same with what is begun for each of the checks."""
    folder = beginning.with_name("begun")
    shutil.copytree(beginning, folder)
    for id_ in IDS:
        done = add(folder, id_)
        assert not done.returncode, done.stderr
    return folder


def test_what_is_begun_is_planned(copy: Path) -> None:
    ids = [f"{check_facts()[id_].service}:{id_}" for id_ in IDS]
    done = run(copy, "-c", PLANNED.format(ids=ids))
    assert not done.returncode, done.stderr
    planned = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert planned == {
        LIST_AND_DESCRIBE: ["ecr:DescribeRepositories/region", "ecr:GetLifecyclePolicy/Repository"],
        DETAIL: ["eks:DescribeCluster/Cluster", "eks:ListClusters/region"],
        BARE: ["sqs:GetQueueAttributes/Queue", "sqs:ListQueues/region"],
        SWITCH: ["macie2:GetMacieSession/region"],
        ANY: ["guardduty:GetDetector/Detector", "guardduty:ListDetectors/region"],
    }


def test_what_is_begun_passes_the_linter_and_the_type_checker(copy: Path) -> None:
    services = [check_facts()[id_].service for id_ in IDS]
    files = [f"aioprowler/services/{name}" for name in services] + [
        f"tests/services/test_{name}.py" for name in services
    ]
    for words in (["ruff", "check", *files], ["ruff", "format", "--check", *files], ["mypy", *files]):
        done = run(copy, "-m", *words)
        assert not done.returncode, done.stdout + done.stderr


def test_names_and_types_are_those_of_botocores_shapes(copy: Path) -> None:
    queue = (copy / "aioprowler/services/sqs/resources.py").read_text()
    assert 'gone=["AWS.SimpleQueueService.NonExistentQueue"]' in queue
    assert '    arn: str = field(name="QueueArn")\n    policy: str | None = None\n' in queue
    cluster = (copy / "aioprowler/services/eks/resources.py").read_text()
    assert 'rename="camel"' in cluster
    assert "    deletion_protection: bool | None = None\n" in cluster


def test_its_tests_fail_until_somebody_has_judged(copy: Path) -> None:
    (copy / "tests/__init__.py").touch()
    done = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/services/test_sqs.py")
    assert "2 failed" in done.stdout
    assert "NotImplementedError" in done.stdout


def test_nothing_that_is_there_is_written_over(copy: Path) -> None:
    checks = copy / "aioprowler/services/sqs/checks.py"
    before = checks.read_text()
    done = add(copy, BARE)
    assert (done.returncode, checks.read_text()) == (2, before)
    assert f"{BARE} is there already" in done.stderr
    assert add(copy, "s3_bucket_public_access").stderr.startswith(
        "error: s3_bucket_public_access is there already: aio"
    )


def test_a_second_check_joins_the_types_of_the_first(copy: Path) -> None:
    done = add(copy, "sqs_queues_server_side_encryption_enabled")
    assert not done.returncode, done.stderr
    assert (copy / "aioprowler/services/sqs/resources.py").read_text().count("class ") == 1
    assert (copy / "aioprowler/services/sqs/checks.py").read_text().count("@check(") == 2
    assert not run(copy, "-m", "ruff", "check", "aioprowler/services/sqs", "tests/services/test_sqs.py").returncode


def test_an_unknown_id_is_refused_with_the_nearest(copy: Path) -> None:
    done = add(copy, "sqs_queue_not_publicly_accessible")
    assert done.returncode == 2
    assert "Did you mean sqs_queues_not_publicly_accessible" in done.stderr


def test_what_is_left_is_told(copy: Path) -> None:
    id_ = "networkfirewall_policy_rule_group_associated"
    told = add(copy, id_).stdout
    assert "network-firewall:DescribeFirewallPolicy, note: shared=True" in told
    assert f"Write services/networkfirewall/remediation/{id_}.md" in told
    assert "`make generate`" in told


@pytest.mark.parametrize(
    ("id_", "type_", "declared"),
    [
        (
            "eks_cluster_not_publicly_accessible",
            "Cluster",
            'detail=call("eks", "DescribeCluster", "cluster"',
        ),
        ("datasync_task_logging_enabled", "Task", 'detail=call("datasync", "DescribeTask", TaskArn="arn")'),
        ("kinesis_stream_encrypted_at_rest", "StreamSummary", 'StreamName="stream_name"'),
        ("codeartifact_packages_external_public_publishing_disabled", "Package", 'format=constant("TODO")'),
        ("securityhub_enabled", "EnabledStandards", "standards_subscriptions: tuple[StandardsSubscription, ...]"),
        ("securityhub_enabled", "EnabledProductsForImport", "product_subscriptions: tuple[str, ...]"),
    ],
)
def test_a_type_is_asked_for_as_aws_tells_it(beginning: Path, id_: str, type_: str, declared: str) -> None:
    """What the list lacks is its detail, whose facet it is is said, and a list is a field."""
    told = "from scripts.needs import Needs; print(*(each.text for each in Needs({!r}).types if each.name == {!r}))"
    assert declared in run(beginning, "-c", told.format(id_, type_)).stdout


def test_a_word_that_botocore_leaves_open_is_left_to_a_person(beginning: Path) -> None:
    told = "from scripts.needs import Needs; print(*Needs('wafv2_webacl_logging_enabled').left)"
    assert "say which of CLOUDFRONT, REGIONAL" in run(beginning, "-c", told).stdout


def test_nothing_that_was_begun_is_left_unfinished() -> None:
    services = ROOT / "aioprowler" / "services"
    files = [*services.rglob("*.py"), *services.rglob("*.md"), *(ROOT / "tests" / "services").rglob("*.py")]
    assert not [path for path in files if "TODO" in path.read_text(encoding="utf-8")]


def test_facts_are_of_agreed_checks() -> None:
    assert {id_ for each in operation_facts() for id_ in each.checks} <= set(check_facts())


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("KmsMasterKeyId", "kms_master_key_id"),
        ("DBClusterArn", "db_cluster_arn"),
        ("VPCOptions", "vpc_options"),
        ("S3BucketName", "s3_bucket_name"),
        ("source", "source_"),
    ],
)
def test_names_are_spelled_as_python_does(name: str, spelled: str) -> None:
    assert snake(name) == spelled


def test_what_msgspec_renames_needs_no_name_of_its_own() -> None:
    assert renamed("kms_master_key_id", is_camel=False) == "KmsMasterKeyId"
    assert renamed("deletion_protection", is_camel=True) == "deletionProtection"
    assert [singular(name) for name in ("Policies", "Queues", "Boxes", "Addresses", "Access", "Status")] == [
        "Policy", "Queue", "Box", "Address", "Access", "Status",
    ]  # fmt: skip
