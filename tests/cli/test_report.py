"""`aioprowler report`: reports made later, from files and from standard input."""

from __future__ import annotations

import csv
import gzip
import json
import os
import pty
import re
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest
from msgspec.structs import replace

from aioprowler import user_files
from aioprowler.findings.finding import Finding, to_json
from aioprowler.outputs.splitting import stems
from tests.cli.conftest import Here, Program
from tests.outputs.samples import coverage, finding, many, refused
from tests.outputs.test_html import written as html_of


def record(path: Path, findings: list[Finding], end: bytes = b"") -> Path:
    path.write_bytes(b"".join(to_json(each) + b"\n" for each in findings) + end)
    return path


def uids(path: Path) -> list[str]:
    with path.open(newline="") as file:
        return [row["FINDING_UID"] for row in csv.DictReader(file, delimiter=";")]


def test_a_report_is_replaced_by_a_whole_one_only(here: Here) -> None:
    record(here.folder / "scan.jsonl", [*many(10)])
    here("report", "scan.jsonl", "-M", "html", "csv")
    before = (here.folder / "scan.html").read_bytes()
    record(here.folder / "scan.jsonl", [*many(20)], b"{}\n" + to_json(finding()) + b"\n")
    assert here("report", "scan.jsonl", "-M", "html", "csv").returncode != 0
    assert ((here.folder / "scan.html").read_bytes(), len(uids(here.folder / "scan.csv"))) == (before, 10)
    assert len(uids(here.folder / "scan.unfinished.csv")) == 20
    record(here.folder / "scan.jsonl", [*many(20)])
    assert here("report", "scan.jsonl", "-M", "html", "csv").returncode == 0
    assert len(uids(here.folder / "scan.csv")) == 20
    assert sorted(path.name for path in here.folder.iterdir()) == ["scan.csv", "scan.html", "scan.jsonl"]


def test_any_format_beside_the_record(here: Here) -> None:
    findings = list(many(1200))
    record(here.folder / "scan.jsonl", findings)
    done = here("report", "scan.jsonl", "-M", "csv", "json-ocsf", "asff", "--output-formats", "html")
    assert done.returncode == 0
    assert done.stdout == ""
    assert "1,200 findings in scan.csv, scan.ocsf.json, scan.asff.json, scan.html." in done.stderr
    assert uids(here.folder / "scan.csv") == [each.uid for each in findings]
    events = json.loads((here.folder / "scan.ocsf.json").read_bytes())
    assert [event["finding_info"]["uid"] for event in events] == [each.uid for each in findings]
    assert len(json.loads((here.folder / "scan.asff.json").read_bytes())) == 1200


def test_json_lines_are_the_very_lines(here: Here) -> None:
    path = record(here.folder / "scan.jsonl", list(many(50)))
    assert here("report", "scan.jsonl", "-M", "jsonl", "-F", "again", "-q").stderr == ""
    assert (here.folder / "again.jsonl").read_bytes() == path.read_bytes()


def test_html_says_what_could_not_be_looked_at(here: Here) -> None:
    findings = list(many(20))
    record(here.folder / "scan.jsonl", findings)
    beside = here.folder / "scan.coverage.json"
    told = msgspec.json.encode(coverage(not_entered=(refused("999999999999", "Legacy account"),)))
    beside.write_bytes(told)
    done = here("report", "scan.jsonl")
    assert done.stderr.splitlines() == ["aioprowler: 20 findings in scan.html."]
    page = (here.folder / "scan.html").read_bytes()
    assert b"Legacy account" in page
    assert b"Legacy account" not in html_of(findings, here.folder / "other.html")
    assert beside.read_bytes() == told


def test_without_coverage_it_says_so(here: Here) -> None:
    record(here.folder / "scan.jsonl", [finding()])
    (here.folder / "scan.coverage.json").write_text("{")
    assert (
        "scan.coverage.json: Input data was truncated. The report does not say" in here("report", "scan.jsonl").stderr
    )
    (here.folder / "scan.coverage.json").unlink()
    assert "scan.coverage.json is not there: the report does not say" in here("report", "scan.jsonl").stderr


def test_several_scans_become_one_report(here: Here) -> None:
    findings = list(many(90))
    for number, name in enumerate(("one", "two", "three")):
        record(here.folder / f"{name}.jsonl", findings[number * 30 : number * 30 + 30])
        told = coverage(not_entered=(refused(f"99999999999{number}", f"Closed to {name}"),))
        (here.folder / f"{name}.coverage.json").write_bytes(msgspec.json.encode(told))
    done = here("report", "one.jsonl", "two.jsonl", "three.jsonl", "-M", "csv", "html", "-F", "all", "-o", "reports")
    assert done.returncode == 0
    assert uids(here.folder / "reports" / "all.csv") == [each.uid for each in findings]
    page = (here.folder / "reports" / "all.html").read_bytes()
    assert all(f"Closed to {name}".encode() in page for name in ("one", "two", "three"))
    assert b'"found":2997' in page


def test_standard_input(program: Program) -> None:
    findings = list(many(40))
    path = record(program.folder / "scan.jsonl", findings)
    with path.open("rb") as stdin:
        done = program("report", "-", "-M", "csv", "-F", "piped", stdin=stdin)
    assert done.returncode == 0
    assert uids(program.folder / "output" / "piped.csv") == [each.uid for each in findings]


def test_only_some_statuses(here: Here) -> None:
    findings = list(many(60))
    record(here.folder / "scan.jsonl", findings)
    here("report", "scan.jsonl", "-M", "csv", "--status", "FAIL", "MANUAL")
    assert uids(here.folder / "scan.csv") == [each.uid for each in findings if each.status != "PASS"]
    assert "There is no status 'FAILED'" in here("report", "scan.jsonl", "--status", "FAILED").stderr


def test_a_damaged_line_is_told_and_what_is_before_it_is_written(here: Here) -> None:
    findings = list(many(700))
    record(here.folder / "scan.jsonl", findings, b'{"uid":"x"}\n' + to_json(findings[0]) + b"\n")
    done = here("report", "scan.jsonl", "-M", "csv", "json-ocsf")
    assert done.returncode == 1
    assert (
        "error: scan.jsonl, line 701: not a finding (Object missing required field `status`). What comes before it is "
        "in the report. Take the line out (`sed -i 701d scan.jsonl`), or restore the file, and make the report again."
    ) in done.stderr
    assert uids(here.folder / "scan.csv") == [each.uid for each in findings]
    assert len(json.loads((here.folder / "scan.ocsf.json").read_bytes())) == 700


def test_a_line_that_is_not_utf8_is_told_with_its_place(here: Here) -> None:
    latin = to_json(finding(account_name="M\u00fcller")).decode().encode("latin-1") + b"\n"
    record(here.folder / "scan.jsonl", [*many(3)], latin)
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 1
    assert "error: scan.jsonl, line 4: not a finding (a text in it is not UTF-8)." in done.stderr
    (here.folder / "scan.jsonl").write_bytes(latin)
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 2
    assert "error: scan.jsonl does not begin with a finding (a text in it is not UTF-8): give" in done.stderr


def test_a_coverage_report_that_is_not_utf8_is_left_out_with_a_note(here: Here) -> None:
    record(here.folder / "scan.jsonl", [*many(1)])
    (here.folder / "scan.coverage.json").write_bytes(b'{"started": "\xff"}')
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 0
    assert "scan.coverage.json: a text in it is not UTF-8. The report does not say" in done.stderr


def test_what_is_to_be_pasted_is_quoted(here: Here) -> None:
    (folder := here.folder / "a $(id)").mkdir()
    record(folder / "x.jsonl", [*many(1)], b'{"uid":"x"}\n')
    assert f"`sed -i 2d '{folder}/x.jsonl'`" in here("report", f"{folder}/x.jsonl", "-M", "csv").stderr
    (folder / "y.jsonl").write_bytes(gzip.compress(b"{}", mtime=0))
    assert f"`zcat '{folder}/y.jsonl' |" in here("report", f"{folder}/y.jsonl", "-M", "csv").stderr


def test_a_coverage_report_is_read_within_limits(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    record(here.folder / "scan.jsonl", [*many(1)])
    (here.folder / "scan.coverage.json").write_text(" " * 200)
    monkeypatch.setattr(user_files, "LARGEST", 100)
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 0
    assert (
        "scan.coverage.json: this has more than 100 bytes, which are the most. The report does not say" in done.stderr
    )


def test_a_last_line_that_is_cut_off_is_left_out_with_a_note(here: Here) -> None:
    findings = list(many(11))
    record(here.folder / "scan.jsonl", findings[:10], to_json(findings[10])[:-20])
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 0
    assert "scan.jsonl, line 11 is cut off, as by a scan that was killed: it is left out." in done.stderr
    assert len(uids(here.folder / "scan.csv")) == 10


def test_a_whole_last_line_without_line_end_and_blank_lines(here: Here) -> None:
    findings = list(many(3))
    record(here.folder / "scan.jsonl", findings[:2], b"\n \r\n" + to_json(findings[2]))
    assert here("report", "scan.jsonl", "-M", "csv").returncode == 0
    assert uids(here.folder / "scan.csv") == [each.uid for each in findings]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(b"{}", mtime=0), "is compressed: `zcat scan.jsonl | aioprowler report -`"),
        (b"[\n{}\n]\n", "does not begin with a finding"),
        (b'{"a": 1}\n', "does not begin with a finding"),
        (b"[" + to_json(finding()) + b"]", "does not begin with a finding"),
        (b'{"a": 1}', "does not begin with a finding"),
    ],
)
def test_a_file_of_another_kind_costs_no_report_that_is_there(content: bytes, told: str, here: Here) -> None:
    (here.folder / "scan.jsonl").write_bytes(content)
    (here.folder / "scan.csv").write_text("of yesterday")
    done = here("report", "scan.jsonl", "-M", "csv")
    assert done.returncode == 2
    assert told in done.stderr
    assert (here.folder / "scan.csv").read_text() == "of yesterday"


def test_wrong_usage(here: Here) -> None:
    path = record(here.folder / "scan.jsonl", list(many(3)))
    before = path.read_bytes()
    for arguments, message in (
        (["nothing.jsonl"], "nothing.jsonl is not there, or no file: give the JSON lines of a scan"),
        ([], "requires an argument"),
        (["scan.jsonl", "./scan.jsonl", "-M", "csv"], "given twice"),
        (["scan.jsonl", "-M", "jsonl"], "scan.jsonl would be read and written: choose another"),
        (["scan.jsonl", "-M", "josn-ocsf"], "Did you mean json-ocsf"),
        (["scan.jsonl", "--typo", "x"], "There is no option --typo"),
        (["scan.jsonl", "-F", "a/b"], "'a/b' is not a file name: give one without a folder"),
    ):
        done = here("report", *arguments)
        assert done.returncode == 2
        assert message in done.stderr
    assert path.read_bytes() == before


def test_progress_on_a_terminal(program: Program) -> None:
    record(program.folder / "scan.jsonl", list(many(30)))
    master, slave = pty.openpty()
    try:
        assert program("report", "scan.jsonl", "-M", "csv", stderr=slave).returncode == 0
        shown = os.read(master, 10_000).decode()
    finally:
        os.close(slave)
        os.close(master)
    assert "30 findings · 100%" in shown
    assert shown.endswith("30 findings in scan.csv.\r\n")


# ------------------------------------------------------------------- for whom it concerns
def theirs() -> list[Finding]:
    """Of two accounts, one of which has a resource with an owner of its own."""
    place = {"account_tags": {}, "account_email": "", "account_name": ""}
    web = {
        **place,
        "account_id": "1" * 12,
        "account_organizational_unit": "workloads/web",
        "account_email": "web@x.org",
    }
    data = {**place, "account_id": "2" * 12, "account_organizational_unit": "data"}
    return [
        finding(uid="a", service="s3", severity="high", resource_tags={}, **web),
        finding(uid="b", service="iam", severity="low", resource_tags={"owner": "../data / team"}, **web),
        finding(uid="c", service="s3", severity="low", status="PASS", resource_tags={}, **data),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--severity", "high", "low", "--status", "FAIL"), "ab"),
        (("--severity", "low"), "bc"),
        (("--severity", "HIGH", "--status", "fail", "--service", "S3"), "a"),
        (("--service", "s3"), "ac"),
        (("--account", "111111111111"), "ab"),
        (("--ou", "workloads"), "ab"),
        (("--ou", "work", "/data/"), "c"),
        (("--owner", "web@x.org"), "a"),
        (("--owner", "../data / team", "data"), "bc"),
        (("--service", "s3", "--ou", "data", "--owner", "data"), "c"),
    ],
)
def test_findings_are_chosen(options: tuple[str, ...], expected: str, here: Here) -> None:
    record(here.folder / "scan.jsonl", theirs())
    assert here("report", "scan.jsonl", "-M", "csv", *options).returncode == 0
    assert "".join(uids(here.folder / "scan.csv")) == expected


@pytest.mark.parametrize("split", [(), ("--split", "owner")])
def test_a_name_that_no_finding_has_is_told(split: tuple[str, ...], here: Here) -> None:
    record(here.folder / "scan.jsonl", theirs())
    told = here("report", "scan.jsonl", *split, "--account", "1" * 12, "2222", "--service", "ebs").stderr.splitlines()
    assert "aioprowler: No finding has --account '2222'. Did you mean 222222222222?" in told
    assert "aioprowler: No finding has --service 'ebs'. There are iam, s3." in told
    assert not any("'111111111111'" in line for line in told)
    assert told[-1].endswith("no file." if split else "0 findings in scan.html.")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("account", {"scan-111111111111": "ab", "scan-222222222222": "c"}),
        ("unit", {"scan-data": "c", "scan-workloads-web": "ab"}),
        ("owner", {"scan-data-team": "b", "scan-data": "c", "scan-web@x.org": "a"}),
    ],
)
def test_a_report_is_divided_among_whom_it_concerns(by: str, expected: dict[str, str], here: Here) -> None:
    findings = theirs()
    record(here.folder / "scan.jsonl", findings)
    (here.folder / "scan.coverage.json").write_bytes(msgspec.json.encode(coverage(not_entered=(refused("9" * 12),))))
    done = here("report", "scan.jsonl", "--split", by, "-M", "csv", "html", "-o", "parts")
    assert done.returncode == 0
    assert done.stderr.startswith("aioprowler: 3 findings in parts/")
    assert {path.stem: "".join(uids(path)) for path in (here.folder / "parts").glob("*.csv")} == expected
    pages = [path.read_text() for path in (here.folder / "parts").glob("*.html")]
    assert len(pages) == len(expected) + 1
    index = (here.folder / "parts" / "scan-index.html").read_text()
    assert sorted(unquote(each).removesuffix(".html") for each in re.findall(r'href="(.*?)"', index)) == sorted(
        expected
    )
    assert not any("999999999999" in page for page in pages)  # what others have is none of theirs


def test_the_index_of_parts_has_the_worst_first(here: Here) -> None:
    bad = finding(status="FAIL", severity="critical", account_tags={"owner": "<b>web</b>"}, resource_tags={})
    fine = finding(status="PASS", account_tags={"owner": "apps"}, resource_tags={})
    record(here.folder / "scan.jsonl", [fine, bad, bad])
    assert here("report", "scan.jsonl", "--split", "owner").returncode == 0
    index = (here.folder / "scan-index.html").read_text()
    rows = re.findall(r"<a href=.*?>(.*?)</a></th>(.*?)</tr>", index)
    told = [(name, re.findall(r"<td>(.*?)</td>", counts)) for name, counts in rows]
    assert told == [
        ("&lt;b&gt;web&lt;/b&gt;", ["2", "0", "2", "0", "0", "0"]),
        ("apps", ["0", "0", "0", "0", "1", "0"]),
    ]


def test_parts_take_the_chosen_findings_of_all_files(here: Here) -> None:
    a, b, c = theirs()
    record(here.folder / "one.jsonl", [a, b], b"\n\n")
    record(here.folder / "two.jsonl", [c, replace(a, uid="d")])
    assert here("report", "one.jsonl", "two.jsonl", "--split", "account", "--service", "s3", "-M", "csv", "-F", "x",
                "-o", ".").returncode == 0  # fmt: skip
    assert uids(here.folder / "x-111111111111.csv") == ["a", "d"]
    assert uids(here.folder / "x-222222222222.csv") == ["c"]


def test_names_that_are_alike_have_files_of_their_own() -> None:
    assert stems("scan", ["a/b", "A:b", "", "...", "x" * 200]) == {
        "a/b": "scan-a-b", "A:b": "scan-A-b-2", "": "scan-none", "...": "scan-none-2", "x" * 200: f"scan-{'x' * 80}",
    }  # fmt: skip


def test_standard_input_cannot_be_divided(here: Here) -> None:
    done = here("report", "-", "--split", "owner")
    assert done.returncode == 2
    assert "--split reads its files twice: save standard input as a file." in done.stderr
