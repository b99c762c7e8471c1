from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding, from_json
from aioprowler.outputs import writer
from aioprowler.outputs.files import FORMATS, PLAIN, Outputs
from aioprowler.outputs.jsonl import JsonLinesWriter
from aioprowler.outputs.writer import OutputError
from tests.outputs.samples import FINDING, coverage, finding, many, refused
from tests.outputs.test_csv import rows
from tests.outputs.test_html import shown
from tests.outputs.test_junit import cases
from tests.outputs.test_sarif import results

READERS: dict[str, Callable[[bytes], list[str]]] = {
    "jsonl": lambda data: [from_json(line).uid for line in data.splitlines()],
    "csv": lambda data: [row["FINDING_UID"] for row in rows(data)],
    "html": lambda data: [line[2] for line in shown(data)],
    "json-ocsf": lambda data: [event["finding_info"]["uid"] for event in json.loads(data)],
    "json-asff": lambda data: [event["Id"].removeprefix("aioprowler-") for event in json.loads(data)],
    "sarif": lambda data: [each["partialFingerprints"]["aioprowlerUid/v1"] for each in results(data)],
    "junit": lambda data: [case.name.split()[2] for case in cases(data)],
    "parquet": lambda data: pq.read_table(io.BytesIO(data))["uid"].to_pylist(),
}
"""The findings that a reader of the format finds. It takes a whole file."""

ALL = tuple(name for name in READERS if name != "parquet")
"""Formats whose file is there, and valid, while the scan runs."""
PROBLEMS = {"sarif"}
"""Formats that leave PASS out."""


def expected(name: str, findings: Iterable[Finding]) -> list[str]:
    """How a format names these findings: JUnit has no place for their uids."""
    told = [each for each in findings if each.status != "PASS" or name not in PROBLEMS]
    return [each.resource_arn if name == "junit" else each.uid for each in told]


def uids(path: Path) -> list[str]:
    """What a reader finds in a file of any format."""
    (name,) = (name for name, format_ in FORMATS.items() if name in PLAIN and path.name == f"scan.{format_.extension}")
    return READERS[name](path.read_bytes())


def test_all_formats_at_once_hold_the_same_findings_in_order(tmp_path: Path) -> None:
    findings = list(many(1000))
    with Outputs(tmp_path / "new" / "reports", "scan", [*READERS]) as outputs:
        for start in range(0, len(findings), 70):
            outputs.write(findings[start : start + 70])
    assert set(outputs.paths) == set(READERS)
    for name, path in outputs.paths.items():
        assert path == tmp_path / "new" / "reports" / f"scan.{FORMATS[name].extension}"
        assert uids(path) == expected(name, findings)


def test_a_reader_sees_what_was_flushed_and_whole_batches_only(tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", ALL) as outputs:
        for path in outputs.paths.values():
            assert uids(path) == []
        outputs.write([FINDING])
        for path in outputs.paths.values():
            assert uids(path) == []
        outputs.flush()
        outputs.flush()
        for name, path in outputs.paths.items():
            assert uids(path) == expected(name, [FINDING])
        outputs.write([finding(uid="second")])
    for name, path in outputs.paths.items():
        assert uids(path) == expected(name, [FINDING, finding(uid="second")])


def test_the_buffer_is_bounded_and_empties_itself(tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", ALL) as outputs:
        for each in many(4000):
            outputs.write([each])
        for each_writer in outputs._writers:
            assert isinstance(each_writer, writer.FileWriter)
            assert each_writer._size <= writer.BUFFER_SIZE
        for path in outputs.paths.values():
            assert len(uids(path)) > 500


@pytest.mark.parametrize("name", READERS)
def test_an_interrupted_scan_leaves_a_valid_file(name: str, tmp_path: Path) -> None:
    def scan() -> None:
        outputs.write([FINDING])
        raise KeyboardInterrupt

    outputs = Outputs(tmp_path, "scan", [name])
    with pytest.raises(KeyboardInterrupt), outputs:
        scan()
    assert uids(outputs.paths[name]) == expected(name, [FINDING])


def test_the_coverage_is_a_file_of_its_own_and_in_the_html(tmp_path: Path) -> None:
    (tmp_path / "scan.coverage.json").write_text("of an earlier scan")
    told = coverage(not_entered=(refused("1", "a\ud800b \x1b[31m"),))
    with Outputs(tmp_path, "scan", ALL) as outputs:
        assert not outputs.coverage.exists()
        outputs.write([FINDING])
        outputs.conclude(told)
    read = msgspec.json.decode(outputs.coverage.read_bytes(), type=Coverage)
    assert read.not_entered[0].name == "a�b \x1b[31m"
    assert replace(read, not_entered=told.not_entered) == told
    assert sorted(tmp_path.iterdir()) == sorted(outputs.files)
    assert b"a\xef\xbf\xbdb \\u001b[31m" in outputs.paths["html"].read_bytes()
    for name, path in outputs.paths.items():
        assert uids(path) == expected(name, [FINDING])


def test_a_coverage_that_cannot_be_written_leaves_no_part(tmp_path: Path, fill_the_disk: Callable[[], None]) -> None:
    with Outputs(tmp_path, "scan", ["csv"]) as outputs:
        fill_the_disk()
        with pytest.raises(OutputError, match="the disk is full"):
            outputs.conclude(coverage())
    assert list(tmp_path.iterdir()) == [outputs.paths["csv"]]


def test_a_resumed_scan_makes_every_file_anew_with_what_it_keeps(tmp_path: Path) -> None:
    findings = list(many(300))
    with Outputs(tmp_path, "scan", [*READERS, "markdown"]) as outputs:
        outputs.write(findings)
        outputs.sync()
    outputs = Outputs(tmp_path, "scan", [*READERS, "markdown"])
    kept = findings[:100]
    for batch in outputs.reopen(lambda former: [[from_json(line) for line in former.read_bytes().splitlines()[:100]]]):
        assert batch == kept
    outputs.write(findings[200:])
    outputs.close()
    for name in READERS:
        assert uids(outputs.paths[name]) == expected(name, kept + findings[200:])
    assert "of 200 findings" in outputs.paths["markdown"].read_text()


@pytest.mark.parametrize("name", READERS)
def test_closing_twice_or_without_opening_does_nothing(name: str, tmp_path: Path) -> None:
    outputs = Outputs(tmp_path, "scan", [name])
    outputs.close()
    outputs.open()
    outputs.close()
    size = outputs.paths[name].stat().st_size
    outputs.close()
    assert outputs.paths[name].stat().st_size == size


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("josnl", "There is no output format 'josnl'. Did you mean jsonl?"),
        ("HTML", "There is no output format 'HTML'. Did you mean html?"),
        ("xyz", f"There is no output format 'xyz'. Say one of {', '.join(PLAIN)}."),
    ],
)
def test_an_unknown_format_is_refused_with_the_nearest(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refused:
        Outputs(tmp_path / "new", "scan", ["csv", name])
    assert str(refused.value) == message
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "stem", ["", "../scan", "a/b", "/scan", ".", "..", "a\nb", "a\u202eb", "\x1b[31m", "::error::x"]
)
def test_a_stem_is_a_file_name(stem: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is not a file name: give one"):
        Outputs(tmp_path, stem, ALL)


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "##vso[x]"])
def test_a_folder_is_named_as_it_is_seen(name: str, tmp_path: Path) -> None:
    """Its name is part of keys in S3."""
    with pytest.raises(OutputError, match="is not a folder's name: give one without"):
        Outputs(tmp_path / name, "scan", ALL)
    Outputs(tmp_path / "naïve reports" / "..", "scan", ["jsonl"])


def test_a_file_in_the_place_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    for directory in (tmp_path / "reports", tmp_path / "reports" / "today"):
        with pytest.raises(OutputError, match="is not a directory: choose another output directory") as refused:
            Outputs(directory, "scan", ALL).open()
        assert str(directory) in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_directory_in_the_place_of_a_file_and_what_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "scan.html").mkdir()
    with pytest.raises(OutputError, match=r"scan\.html: cannot be written \(Is a directory\)\. Choose"):
        Outputs(tmp_path, "scan", ALL).open()  # an unclosed file would be a ResourceWarning, which is an error here


def test_a_directory_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", deny)
    with pytest.raises(OutputError, match=r"reports: cannot be written \(Permission denied\)\. Choose another"):
        Outputs(tmp_path / "reports", "scan", ALL).open()


class SmallDisk(FileIO):
    """A file that takes some bytes, the last of them in part, and then no more."""

    room = 0

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        if self.tell() >= self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(view[: min(1000, self.room - self.tell())])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("room", [190_003, 234_567, 260_001])
def test_a_disk_that_fills_up_leaves_whole_batches(
    name: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "FileIO", SmallDisk)
    monkeypatch.setattr(SmallDisk, "room", room)
    monkeypatch.setattr(writer.FileWriter.__init__, "__kwdefaults__", {"buffer_size": 30_000})
    monkeypatch.setattr(writer, "AT_ONCE", 7)
    findings = list(many(3000))
    outputs = Outputs(tmp_path, "scan", [name])
    with pytest.raises(OutputError, match=r"the disk is full.*free some space") as full, outputs:
        fill(outputs, findings)
    assert "\n" not in str(full.value)
    found = uids(outputs.paths[name])
    batches = [expected(name, findings[:end]) for end in range(7, len(findings), 7)]
    assert found in batches
    outputs.close()


@pytest.mark.parametrize("name", ALL)
def test_a_disk_that_fills_up_at_any_point_leaves_a_valid_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = list(many(20))
    with Outputs(tmp_path, "scan", [name]) as outputs:
        empty = outputs.paths[name].stat().st_size
        fill(outputs, findings)
    full = outputs.paths[name].stat().st_size
    monkeypatch.setattr(writer, "FileIO", SmallDisk)
    monkeypatch.setattr(writer.FileWriter.__init__, "__kwdefaults__", {"buffer_size": 2000})
    monkeypatch.setattr(writer, "AT_ONCE", 7)
    lengths = set()
    batches = [expected(name, findings[:end]) for end in (0, 7, 14, 20)]
    for room in range(empty, full, (full - empty) // 150):
        monkeypatch.setattr(SmallDisk, "room", room)
        with pytest.raises(OutputError, match="the disk is full"), Outputs(tmp_path, "scan", [name]) as outputs:
            fill(outputs, findings)
        lengths.add(len(uids(outputs.paths[name])))
        assert uids(outputs.paths[name]) in batches
    assert len(lengths - {0}) > 0
    assert 0 in lengths


def test_a_disk_without_room_for_a_beginning_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FileIO", SmallDisk)
    monkeypatch.setattr(SmallDisk, "room", 1000)
    with pytest.raises(OutputError, match=r"scan\.html: the disk is full"), Outputs(tmp_path, "scan", ["html"]):
        pass
    assert list(tmp_path.iterdir()) == []


def fill(outputs: Outputs, findings: list[Finding]) -> None:
    for start in range(0, len(findings), 5):
        outputs.write(findings[start : start + 5])
    outputs.flush()


@pytest.mark.parametrize("name", READERS)
def test_a_full_device(name: str, tmp_path: Path, fill_the_disk: Callable[[], None]) -> None:
    fill_the_disk()
    told = "disk is full|No space left on device"
    with pytest.raises(OutputError, match=told), Outputs(tmp_path, "scan", [name]) as outputs:
        fill(outputs, list(many(1000)))


def test_a_writer_that_fails_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    outputs = Outputs(tmp_path, "scan", ["jsonl", "csv"])
    findings = list(many(500))
    with outputs:
        failing = outputs._writers[0]
        assert isinstance(failing, JsonLinesWriter)
        failing._failure = OutputError("scan.jsonl: the disk is full.")
        for start in range(0, 500, 100):
            with pytest.raises(OutputError, match="the disk is full"):
                outputs.write(findings[start : start + 100])
    assert uids(outputs.paths["csv"]) == [each.uid for each in findings]


def test_another_error_is_told_by_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(FileIO):
        def write(self, _: Any, /) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(writer, "FileIO", Broken)
    with pytest.raises(OutputError, match=r"scan\.csv: cannot be written \(Input/output error\)"):
        Outputs(tmp_path, "scan", ["csv"]).open()
