from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from aioprowler.findings.finding import Finding, Mute, Untold
from aioprowler.outputs import parquet
from aioprowler.outputs.files import Outputs
from aioprowler.outputs.parquet import SCHEMA, ParquetWriter
from aioprowler.texts import visible
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many


def written(findings: list[Finding], path: Path) -> list[Any]:
    writer = ParquetWriter(path)
    writer.open()
    for start in range(0, len(findings), 7):
        writer.write(findings[start : start + 7])
        writer.flush()
    writer.close()
    found: list[Any] = pq.read_table(path).to_pylist()
    return found


def test_a_row(tmp_path: Path) -> None:
    each = finding(
        compliance={"CIS-3.0": ("2.1.4",)}, muted=True, mute=Mute(reason="On purpose.", owner="web"),
        further_commands=("a", "b\u202e"), gap=Untold("denied", "s3:GetBucketAcl", "AccessDenied"),
    )  # fmt: skip
    (row,) = written([each], tmp_path / "scan.parquet")
    assert row["timestamp"] == datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
    assert row["muted"] is True
    assert (row["mute_reason"], row["mute_owner"], row["mute_expires"]) == ("On purpose.", "web", "")
    assert json.loads(row["compliance"]) == {"CIS-3.0": ["2.1.4"]}
    assert json.loads(row["resource_tags"]) == {"team": "data", "env": "prod"}
    assert json.loads(row["account_tags"]) == {"cost": "42"}
    assert row["categories"] == ["internet-exposed", "data"]
    assert json.loads(row["gap"]) == {"kind": "denied", "action": "s3:GetBucketAcl", "code": "AccessDenied"}
    assert row["further_commands"] == ["a", "b<U+202E>"]
    assert row["remediation_cli"] == FINDING.remediation.cli
    for name in (
        "uid",
        "status",
        "severity",
        "check_id",
        "title",
        "fails",
        "command",
        "description",
        "risk",
        "account_name",
        "region",
    ):
        assert row[name] == getattr(FINDING, name)


def test_every_field_has_a_column() -> None:
    fields = set(Finding.__struct_fields__) - {"remediation", "mute"}
    columns = {name for name in SCHEMA.names if not name.startswith(("remediation_", "mute_"))}
    assert columns == fields
    assert {f"remediation_{name}" for name in type(FINDING.remediation).__struct_fields__} <= set(SCHEMA.names)
    assert {f"mute_{name}" for name in Mute.__struct_fields__} <= set(SCHEMA.names)


def test_row_groups_are_bounded_and_keep_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 100)
    findings = [*many(950), *map(hostile, HOSTILE), finding(title="Another title")]
    rows = written(findings, tmp_path / "scan.parquet")
    assert [row["uid"] for row in rows] == [each.uid for each in findings]
    assert [row["title"] for row in rows] == [each.title for each in findings]
    assert [row["account_name"] for row in rows] == [visible(each.account_name) for each in findings]
    file = pq.ParquetFile(tmp_path / "scan.parquet")
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert len(sizes) >= 9
    assert max(sizes) <= 107


def test_a_lone_surrogate_is_shown(tmp_path: Path) -> None:
    (row,) = written([hostile("a\ud800b")], tmp_path / "scan.parquet")
    assert row["status_detail"] == "It is a<U+D800>b"
    assert json.loads(row["resource_tags"]) == {"a�b": "a�b"}


def test_while_the_scan_runs_there_is_a_part(tmp_path: Path) -> None:
    (tmp_path / "scan.parquet").write_text("of an earlier scan")
    writer = ParquetWriter(tmp_path / "scan.parquet")
    writer.open()
    writer.write([FINDING])
    assert [path.name for path in tmp_path.iterdir()] == ["scan.parquet.part"]
    writer.close()
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["scan.parquet"]


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """The findings are in the JSON lines, as far as these go, and no half file is left."""
    code = (
        "import sys; from resource import RLIMIT_FSIZE, setrlimit; setrlimit(RLIMIT_FSIZE, (9999, -1)); "
        "from aioprowler.cli.app import run; "
        f"sys.exit(run(['report', '{tmp_path}/scan.jsonl', '-M', 'parquet']))"
    )
    with Outputs(tmp_path, "scan", ["jsonl"], tells_coverage=False) as outputs:
        outputs.write(list(many(3000)))
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, timeout=50)
    assert done.returncode == 1
    assert "scan.parquet: cannot be written (File too large), and a Parquet file without its end" in done.stderr
    assert "Make it with `aioprowler report`" in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "scan.jsonl"]


def test_without_pyarrow_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from aioprowler.cli.app import run; "
        f"sys.exit(run(['report', '{tmp_path}/scan.jsonl', '-M', 'parquet']))"
    )
    (tmp_path / "scan.jsonl").touch()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "aioprowler: error: The format parquet needs one more package: pip install 'aioprowler[parquet]'"
    ]
