"""What a scan leaves on the disk is for the user alone, and lies where it was to lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile

import anyio
import pytest

from aioprowler import disk
from aioprowler.integrations.spool import Spool
from aioprowler.outputs.files import FORMATS, Outputs
from aioprowler.outputs.writer import OutputError
from aioprowler.scanning.journal import AccountDone, Header, Journal
from tests.outputs.samples import FINDING, coverage

FORMATS_OF_ALL_KINDS = [*(name for name, each in FORMATS.items() if not each.framework), "prowler:cis_3.0"]
HEADER = Header(now="2026-06-01T00:00:00Z", formats=("jsonl",), options={}, kinds=())


@pytest.fixture(autouse=True, params=[0o022, 0o002, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The usual ones, and a careful user's."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def scanned(folder: Path, mode: int = disk.PRIVATE) -> Outputs:
    """All files of a scan in a folder."""
    with Outputs(folder, "scan", FORMATS_OF_ALL_KINDS, mode=mode) as outputs:
        outputs.write([FINDING])
        outputs.conclude(coverage())
    journal = Journal(folder / "scan.journal", lambda: HEADER)
    journal.open()
    journal.add(1, [AccountDone("1")])
    journal.close()
    return outputs


def modes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in (folder, *folder.rglob("*"))
    }  # fmt: skip


def test_files_and_the_folders_that_are_made_are_the_users_alone(tmp_path: Path) -> None:
    scanned(tmp_path / "new" / "reports")
    found = modes(tmp_path / "new")
    folders = {".", "reports", "reports/compliance"}
    assert {found[each] for each in folders} == {"0o700"}
    assert {found[each] for each in found.keys() - folders} == {"0o600"}
    assert len(found) == len(folders) + len(FORMATS_OF_ALL_KINDS) + len(["coverage", "journal"])


@pytest.mark.parametrize(("mode", "folder"), [(0o640, "0o750"), (0o644, "0o755"), (0o604, "0o705")])
def test_a_team_that_may_read_the_files_may_enter_their_folders_and_the_journal_is_nobody_elses(
    mode: int, folder: str, tmp_path: Path
) -> None:
    """Who may read is what was said, not what the umask leaves of it."""
    scanned(tmp_path / "new" / "reports", mode=mode)
    found = modes(tmp_path / "new")
    assert {found.pop(each) for each in (".", "reports", "reports/compliance")} == {folder}
    assert found.pop("reports/scan.journal") == "0o600"
    assert set(found.values()) == {oct(mode)}


def test_a_folder_that_is_there_stays_as_it_is_and_hands_its_group_on(tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    team.chmod(0o2770)
    scanned(team / "reports", mode=0o640)
    assert modes(team)["."] == "0o2770"
    assert modes(team)["reports"] == "0o2750"


def test_what_links_in_the_output_folder_lead_to_stays_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    names = [str(path.relative_to(mine)) for path in scanned(mine).files] + ["scan.journal"]
    theirs, treasure, dangling = tmp_path / "theirs", tmp_path / "treasure", tmp_path / "not there"
    (theirs / "compliance").mkdir(parents=True)
    treasure.write_text("treasure")
    for name in names:
        (theirs / name).symlink_to(treasure)
        (theirs / f"{name}.part").symlink_to(dangling)
    scanned(theirs)
    assert treasure.read_text() == "treasure"
    assert not dangling.exists()
    for name in names:
        assert stat.S_ISREG((theirs / name).lstat().st_mode), name
    assert {(theirs / name).stat().st_nlink for name in names} == {1}


def test_another_name_of_a_file_keeps_what_it_held(tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("treasure")
    for name in ("scan.jsonl", "scan.csv", "scan.parquet", "scan.md", "scan.coverage.json", "scan.journal"):
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).hardlink_to(treasure)
        scanned(tmp_path)
        assert treasure.read_text() == "treasure", name


def test_a_link_in_the_place_of_a_folder_within_the_output_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "compliance").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="compliance is a link, which is not followed: remove it"):
        scanned(tmp_path)
    assert list(elsewhere.iterdir()) == []


def test_an_output_folder_may_be_a_link_for_the_user_has_chosen_it(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "large disk")
    scanned(tmp_path / "reports")
    assert (tmp_path / "large disk" / "scan.jsonl").read_bytes()
    assert (tmp_path / "reports").is_symlink()


@pytest.mark.parametrize("name", ["jsonl", "parquet", "html"])
def test_a_pipe_is_neither_waited_for_nor_removed(name: str, tmp_path: Path) -> None:
    pipe = tmp_path / f"scan.{name}"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match=rf"scan\.{name}: cannot be written \(what is there is not a file\)"):
        Outputs(tmp_path, "scan", [name]).open()
    assert pipe.is_fifo()


def test_what_was_written_is_not_read_through_a_link(tmp_path: Path) -> None:
    from aioprowler.integrations.s3 import upload

    outputs = scanned(tmp_path)
    record = outputs.paths["jsonl"]
    record.rename(tmp_path / "other")
    record.symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        outputs.persist()
    with pytest.raises(OSError, match="symbolic links"):
        anyio.run(upload, None, record, {})


def test_who_comes_between_ends_the_writing_instead_of_leading_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that is put where a file has just been removed."""
    treasure = tmp_path / "treasure"
    treasure.write_text("treasure")
    monkeypatch.setattr(disk, "remove", lambda path: path.symlink_to(treasure))
    with pytest.raises(FileExistsError):
        disk.create(tmp_path / "scan.csv")
    assert treasure.read_text() == "treasure"


def unnamed() -> set[tuple[int, str]]:
    """Files that this process has open and that have no name: which, and their modes."""
    found = [os.fstat(int(each.name)) for each in Path("/proc/self/fd").iterdir() if each.is_file()]
    return {(each.st_ino, oct(stat.S_IMODE(each.st_mode))) for each in found if not each.st_nlink}


def test_what_waits_on_the_disk_has_no_name_and_is_the_users_alone() -> None:
    """Findings for Security Hub, and files behind links."""
    before = unnamed()
    spool, download = Spool(), SpooledTemporaryFile[bytes](1024)
    try:
        spool.put((str(number), "eu-west-1", "key", bytes(4000)) for number in range(5000))
        download.write(bytes(1025))
        assert [mode for _, mode in unnamed() - before] == ["0o600", "0o600"]
    finally:
        spool.close()
        download.close()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_stands_in_the_way_is_named_and_stays(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "scan.journal.part")
    with pytest.raises((FileExistsError, IsADirectoryError)) as raised:
        Journal(tmp_path / "scan.journal", lambda: HEADER).open()
    assert raised.value.filename == str(tmp_path / "scan.journal.part")
    assert modes(tmp_path).keys() == {".", "scan.journal.part"}
