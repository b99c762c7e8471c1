from __future__ import annotations

import errno
import os
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from aioprowler.coverage import Coverage
from aioprowler.findings.finding import Finding, from_json
from aioprowler.outputs import writer
from aioprowler.outputs.files import FORMATS, Outputs
from aioprowler.outputs.jsonl import JsonLinesWriter
from aioprowler.outputs.writer import OutputError
from tests.outputs.samples import FINDING, coverage, finding, many, refused
from tests.outputs.test_csv import rows
from tests.outputs.test_html import shown

ALL = ("jsonl", "csv", "html")


def uids(path: Path) -> list[str]:
    """What a reader finds in a file of any format."""
    if path.suffix == ".csv":
        return [row["FINDING_UID"] for row in rows(path.read_bytes())]
    if path.suffix == ".html":
        return [line[5] for line in shown(path.read_bytes())]
    return [from_json(line).uid for line in path.read_bytes().splitlines()]


def test_all_formats_at_once_hold_the_same_findings_in_order(tmp_path: Path) -> None:
    findings = list(many(1000))
    with Outputs(tmp_path / "new" / "reports", "scan", ALL) as outputs:
        for start in range(0, len(findings), 70):
            outputs.write(findings[start : start + 70])
    assert set(outputs.paths) == set(FORMATS)
    for name, path in outputs.paths.items():
        assert path == tmp_path / "new" / "reports" / f"scan.{name}"
        assert uids(path) == [each.uid for each in findings]


def test_a_reader_sees_what_was_flushed_and_whole_batches_only(tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", ALL) as outputs:
        for path in outputs.paths.values():
            assert uids(path) == []
        outputs.write([FINDING])
        for path in outputs.paths.values():
            assert uids(path) == []
        outputs.flush()
        outputs.flush()
        for path in outputs.paths.values():
            assert uids(path) == [FINDING.uid]
        outputs.write([finding(uid="second")])
    for path in outputs.paths.values():
        assert uids(path) == [FINDING.uid, "second"]


def test_the_buffer_is_bounded_and_empties_itself(tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", ALL) as outputs:
        for each in many(4000):
            outputs.write([each])
        for each_writer in outputs._writers:
            assert isinstance(each_writer, writer.FileWriter)
            assert each_writer._size <= writer.BUFFER_SIZE
        for path in outputs.paths.values():
            assert len(uids(path)) > 1000


@pytest.mark.parametrize("name", ALL)
def test_an_interrupted_scan_leaves_a_valid_file(name: str, tmp_path: Path) -> None:
    def scan() -> None:
        outputs.write([FINDING])
        raise KeyboardInterrupt

    outputs = Outputs(tmp_path, "scan", [name])
    with pytest.raises(KeyboardInterrupt), outputs:
        scan()
    assert uids(outputs.paths[name]) == [FINDING.uid]


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
    for path in outputs.paths.values():
        assert uids(path) == [FINDING.uid]


def test_a_coverage_that_cannot_be_written_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(path: Path, content: bytes) -> int:
        path.open("wb").close()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with Outputs(tmp_path, "scan", ["csv"]) as outputs, pytest.raises(OutputError, match="the disk is full"):
        outputs.conclude(coverage())
    assert list(tmp_path.iterdir()) == [outputs.paths["csv"]]


@pytest.mark.parametrize("name", ALL)
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
        ("xyz", "There is no output format 'xyz'. Say one of jsonl, csv, html."),
    ],
)
def test_an_unknown_format_is_refused_with_the_nearest(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as refused:
        Outputs(tmp_path / "new", "scan", ["csv", name])
    assert str(refused.value) == message
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("stem", ["", "../scan", "a/b", "/scan"])
def test_a_stem_is_a_file_name(stem: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is not a file name: give one"):
        Outputs(tmp_path, stem, ALL)


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
@pytest.mark.parametrize("room", [160_001, 190_003, 234_567])
def test_a_disk_that_fills_up_leaves_whole_batches(
    name: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "FileIO", SmallDisk)
    monkeypatch.setattr(SmallDisk, "room", room)
    monkeypatch.setattr(writer.FileWriter.__init__, "__kwdefaults__", {"buffer_size": 30_000})
    findings = list(many(3000))
    outputs = Outputs(tmp_path, "scan", [name])
    with pytest.raises(OutputError, match=r"the disk is full.*free some space") as full, outputs:
        fill(outputs, findings)
    assert "\n" not in str(full.value)
    found = uids(outputs.paths[name])
    assert 0 < len(found) < len(findings)
    assert len(found) % 7 == 0
    assert found == [each.uid for each in findings[: len(found)]]
    outputs.close()


def fill(outputs: Outputs, findings: list[Finding]) -> None:
    for start in range(0, len(findings), 7):
        outputs.write(findings[start : start + 7])
    outputs.flush()


@pytest.mark.parametrize("name", ALL)
def test_a_full_device(name: str, tmp_path: Path) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / f"scan.{name}").symlink_to(device)
    with pytest.raises(OutputError, match="the disk is full"), Outputs(tmp_path, "scan", [name]) as outputs:
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
