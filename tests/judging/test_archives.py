"""Archives that are made to hurt, in small: each limit is lowered, so that nothing harmful lies here."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from aioprowler.judging import archives
from aioprowler.judging.archives import ArchiveError, Entry, texts_in

Files = Mapping[str, str | bytes]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def read(content: bytes, **more: Any) -> list[Entry]:
    return list(texts_in(io.BytesIO(content), **more))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_texts_are_read_in_turn(method: int) -> None:
    files = {"app.py": "a = 1\n", "lib/b.js": "b", "empty": "", "lib/": ""}
    assert read(zipped(files, method)) == [Entry("app.py", "a = 1\n"), Entry("lib/b.js", "b"), Entry("empty")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("größe".encode(), "größe"),
        ("größe".encode("utf-8-sig"), "größe"),
        ("größe".encode("latin-1"), "größe"),
        ("größe".encode("utf-16"), "größe"),
        (b"\xff\xfea", "\xff\xfea"),
    ],
)
def test_text_is_text_however_it_is_written(content: bytes, text: str) -> None:
    assert read(zipped({"a": content})) == [Entry("a", text)]


def test_what_is_binary_is_no_text_nor_is_an_archive() -> None:
    assert read(zipped({"a.so": b"\x7fELF\0\0", "b.jar": zipped({"c": "text"})})) == []


def test_names_lead_nowhere() -> None:
    names = ["../../etc/passwd", "/etc/passwd", "C:\\a", "a" * 1000, "a\nb"]
    assert [each.name for each in read(zipped(dict.fromkeys(names, "x")))] == names


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_one_name_are_all_read() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", "one")
        archive.writestr("a", "two")
    assert read(made.getvalue()) == [Entry("a", "one"), Entry("a", "two")]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_no_files(kind: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for mode in (kind, stat.S_IFREG):
            info = zipfile.ZipInfo(f"{mode}")
            info.external_attr = (mode | 0o644) << 16
            archive.writestr(info, "/etc/passwd")
    assert [each.name for each in read(made.getvalue())] == [f"{stat.S_IFREG}"]


def test_ignored_files_are_not_read() -> None:
    found = read(zipped({"a.deps.json": "x", "b": "y"}), is_ignored=lambda name: name.endswith(".deps.json"))
    assert found == [Entry("b", "y")]


# --- What cannot be read ---


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_not_tried(method: int) -> None:
    (entry,) = read(zipped({"a": "x" * 100}, method))
    assert (entry.text, entry.fault) == ("", "is compressed in a way that is not known here")


def test_what_is_encrypted_is_told() -> None:
    content = bytearray(zipped({"a": "x"}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    assert [each.fault for each in read(bytes(content))] == ["is encrypted"]


def test_a_damaged_file_hides_no_other() -> None:
    content = zipped({"a": "x" * 50, "b": "fine"}, zipfile.ZIP_STORED)
    first, second = read(content.replace(b"x" * 50, b"y" * 50))
    assert first.fault == "is damaged (BadZipFile)"
    assert second == Entry("b", "fine")


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_told(content: bytes) -> None:
    with pytest.raises(ArchiveError):
        read(content)


def test_a_cut_off_archive_is_none() -> None:
    content = zipped({"a": "x" * 1000})
    for length in range(0, len(content), 7):
        with pytest.raises(ArchiveError):
            read(content[:length])


# --- Limits ---


def test_a_file_is_no_larger_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_TEXT", 10_000)
    large, fits = read(zipped({"large": "x" * 10_001, "fits": "x" * 10_000}))
    assert large.fault == "has more than 10,000 bytes"
    assert len(fits.text) == 10_000


def test_a_file_that_grows_beyond_what_it_says_is_damaged() -> None:
    content = bytearray(zipped({"a": "x" * 10_000}))
    content[content.index(b"PK\x01\x02") + 24 :][:4] = struct.pack("<I", 100)
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 100)
    (entry,) = read(bytes(content))
    assert entry.fault.startswith("is damaged")
    assert entry.text == ""


def test_all_files_together_are_no_larger_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_SUM", 25)
    found = texts_in(io.BytesIO(zipped(dict.fromkeys("abc", "x" * 10))))
    assert [next(found).name, next(found).name] == ["a", "b"]
    with pytest.raises(ArchiveError, match="more than 25 bytes"):
        next(found)


def test_the_list_of_files_is_no_larger_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({f"file-{number}": "x" for number in range(2000)})
    assert len(read(content)) == 2000
    monkeypatch.setattr(archives, "LARGEST_DIRECTORY", 70_000)
    with pytest.raises(ArchiveError, match="70,000 bytes"):
        read(content)
