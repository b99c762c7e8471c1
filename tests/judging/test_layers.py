"""Layers of images, as they are and as they are made to hurt."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import tempfile

import pytest

from aioprowler.judging import archives, layers
from aioprowler.judging.archives import ArchiveError, Entry
from aioprowler.judging.layers import Budget, texts_in_layer

TAR = "application/vnd.oci.image.layer.v1.tar"


def layer(**files: str | bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            encoded = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(encoded)
            archive.addfile(member, io.BytesIO(encoded))
    return made.getvalue()


def read(content: bytes, media_type: str = TAR, budget: int = layers.LARGEST_IMAGE) -> list[Entry]:
    return list(texts_in_layer(io.BytesIO(content), media_type, Budget(budget)))


FILES: dict[str, str | bytes] = {"a": "x" * 512, "b": "y" * 100_352, "c": "z", "d": b"\0binary", "e": ""}
TEXTS = [Entry("a", "x" * 512), Entry("b", "y" * 100_352), Entry("c", "z"), Entry("e", "")]


def test_texts_are_read_in_turn_packed_or_not() -> None:
    assert read(layer(**FILES)) == TEXTS
    assert read(gzip.compress(layer(**FILES)), f"{TAR}+gzip") == TEXTS
    assert read(gzip.compress(layer(**FILES)), "application/vnd.docker.image.rootfs.diff.tar.gzip") == TEXTS


def test_a_file_that_was_just_written_is_read() -> None:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(gzip.compress(layer(**FILES)))
        file.seek(0)
        assert list(texts_in_layer(file, f"{TAR}+gzip", Budget())) == TEXTS


def test_links_and_folders_are_no_texts() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("name")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert read(made.getvalue()) == []


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        (b"no archive", TAR, "no tar archive"),
        (b"no archive", f"{TAR}+gzip", "no tar archive"),
        (gzip.compress(layer(a="x" * 5000), mtime=0)[:60], f"{TAR}+gzip", "no tar archive, or damaged"),
        (layer(a="x"), f"{TAR}+zstd", "not known here"),
        (layer(a="x" * 5000)[:2000], TAR, "damaged"),
    ],
)
def test_what_is_no_layer_is_told(content: bytes, media_type: str, words: str) -> None:
    with pytest.raises(ArchiveError, match=words):
        read(content, media_type)


def test_what_is_unpacked_has_a_limit_whether_it_is_read_or_passed_over() -> None:
    bomb = gzip.compress(layer(a=b"\0" * 1_000_000, b="x"))
    with pytest.raises(ArchiveError, match="too large"):
        read(bomb, f"{TAR}+gzip", 500_000)
    with pytest.raises(ArchiveError, match="too large"):
        read(gzip.compress(layer(a="x" * 1_000_000)), f"{TAR}+gzip", 500_000)


def test_a_large_text_is_told_and_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_TEXT", 10_000)
    assert read(layer(a="x" * 20_000, b="y")) == [Entry("a", fault="has more than 10,000 bytes"), Entry("b", "y")]


def test_a_header_that_says_to_be_huge_is_not_read() -> None:
    member = tarfile.TarInfo("a")
    member.type, member.size = tarfile.XHDTYPE, 1 << 30
    told = "damaged" if sys.version_info >= (3, 14) else "header"  # tarfile reads it in parts from 3.14 on
    with pytest.raises(ArchiveError, match=told):
        read(member.tobuf() + b"\0" * 1024)
