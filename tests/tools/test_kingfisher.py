"""The real program, on real texts."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from aioprowler import Fail, Failure, Secret
from aioprowler.judging.secrets import FoundSecrets, SecretSettings, find_in_each, no_secrets, variables
from aioprowler.tools import kingfisher
from aioprowler.tools.kingfisher import Kingfisher
from aioprowler.tools.scratch import sweep

SECRET = 'password = "tr0ub4dor-and-3-horses"'
OTHER = "export TOKEN=ghp_16C7e42F292c6912E7710c838347Ae178B4a"
HARMLESS = "#!/bin/sh\ndnf install -y nginx\n"

Answer = tuple[Secret, ...] | Failure


@pytest.fixture(autouse=True)
def no_gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kingfisher, "GATHERING", 0.05)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts each process was given."""
    given: list[int] = []
    write = kingfisher._write

    def counting(folder: Path, texts: list[str]) -> None:
        given.append(len(texts))
        write(folder, texts)

    monkeypatch.setattr(kingfisher, "_write", counting)
    return given


def find(*texts: str, scanner: Kingfisher | None = None) -> list[Answer]:
    """The answers to texts that are asked about at the same time."""
    asked = scanner or Kingfisher()
    answers: dict[int, Answer] = {}

    async def ask(number: int, text: str) -> None:
        answers[number] = await asked.find(text)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for number, text in enumerate(texts):
                tasks.start_soon(ask, number, text)

    anyio.run(main)
    return [answers[number] for number in range(len(texts))]


def test_a_secret_is_found_where_it_stands() -> None:
    (found,) = find(f"{HARMLESS}{SECRET}\n")
    assert isinstance(found, tuple)
    assert [(each.line, each.live) for each in found] == [(3, False)]
    assert "password" in found[0].kind.lower()


def test_the_value_of_a_variable_is_found_by_its_name() -> None:
    values = {"DB_PASSWORD": "tr0ub4dor-and-3-horses", "STAGE": "production", "ADMIN_PASSWORD": 'tr0"ub4dor&3x'}
    found = find(*variables(values).values())
    assert [bool(each) for each in found] == [True, False, True]


@pytest.mark.parametrize("word", ["kingfisher:ignore", "KINGFISHER:IGNORE", "gitleaks:allow", "trufflehog:ignore"])
@pytest.mark.parametrize("text", [f"{SECRET} # WORD\n", f"# WORD\n{SECRET}\n", f"{SECRET}\n# WORD\n"])
def test_a_comment_hides_nothing(text: str, word: str) -> None:
    found = anyio.run(find_in_each, {"": text.replace("WORD", word)}, Kingfisher(), SecretSettings())
    assert isinstance(found, FoundSecrets)
    assert isinstance(no_secrets("The user data of instance i-1", found), Fail)


def test_texts_that_wait_together_share_one_process_and_get_their_own_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = counted(monkeypatch)
    answers = find(SECRET, HARMLESS, SECRET, *[HARMLESS] * 20)
    assert given == [23]
    assert [bool(answer) for answer in answers] == [True, False, True, *[False] * 20]


def test_more_texts_than_a_process_takes_go_to_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kingfisher, "AT_ONCE", 2)
    given = counted(monkeypatch)
    answers = find(HARMLESS, SECRET, HARMLESS, HARMLESS, SECRET)
    assert given == [2, 2, 1]
    assert [bool(answer) for answer in answers] == [False, True, False, False, True]


def test_texts_that_come_one_at_a_time_wait_longer_for_each_other_but_none_when_there_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kingfisher, "SHARE", 1000.0)
    monkeypatch.setattr(kingfisher, "AT_ONCE", 8)
    given = counted(monkeypatch)

    async def main() -> None:
        scanner = Kingfisher()
        await scanner.find(HARMLESS)
        with anyio.fail_after(kingfisher.PATIENCE):  # enough of them, so that nobody waits for more
            async with anyio.create_task_group() as tasks:
                for number in range(8):
                    tasks.start_soon(scanner.find, f"{SECRET}{number}")
                    await anyio.sleep(0.2)

    anyio.run(main)
    assert given == [1, 8]


def test_what_was_read_is_overwritten_while_others_wait_and_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(kingfisher, "AT_ONCE", 2)
    seen: list[dict[str, str]] = []
    overwrite = kingfisher._overwrite

    def looking(path: Path, text: str) -> None:
        seen.append({each.name: each.read_text() for each in path.parent.parent.rglob("*") if each.is_file()})
        overwrite(path, text)

    monkeypatch.setattr(kingfisher, "_overwrite", looking)
    answers = find(SECRET, f"{HARMLESS}{SECRET}", f"{SECRET}{SECRET}")
    assert all(answers)
    assert seen[4] == {"0": "\n", "1": "\n"}, "when the next process is given its text"
    assert list(tmp_path.iterdir()) == []


def test_the_texts_lie_where_nobody_else_reads_them_and_not_for_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    modes: list[int] = []
    write = kingfisher._write

    def looking(folder: Path, texts: list[str]) -> None:
        modes.append(stat.S_IMODE(folder.stat().st_mode))
        write(folder, texts)

    monkeypatch.setattr(kingfisher, "_write", looking)
    assert find(SECRET)[0]
    assert modes == [0o700]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "is_secret"),
    [
        ("jdbc:postgresql://db.shop.internal:5432/orders", False),
        ("jdbc:mysql://shop:tr0ub4dor-horse@db.shop.internal:3306/orders", True),
        ("jdbc:sqlserver://db.shop.internal;user=sa;password=tr0ub4dor-horse", True),
    ],
)
def test_a_database_address_is_a_secret_only_with_a_password(address: str, is_secret: bool) -> None:
    (found,) = find(f"url={address}\n")
    assert isinstance(found, tuple)
    assert bool(found) is is_secret


def test_without_the_package_the_failure_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kingfisher, "_installed", lambda: None)
    (answer,) = find(SECRET)
    assert isinstance(answer, Failure)
    assert answer.is_gap
    assert "pip install 'aioprowler[secrets]'" in answer.explain()


def program(folder: Path, script: str) -> Kingfisher:
    binary = folder / "kingfisher"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    return Kingfisher(str(binary))


@pytest.mark.parametrize(
    ("script", "kind", "told"),
    [
        ("echo out of cheese >&2; exit 3", "broken", "out of cheese"),
        ("for last; do case $before in --output) echo '{' > $last;; esac; before=$last; done", "broken", "truncated"),
    ],
)
def test_a_program_that_fails_finds_neither_something_nor_nothing(
    script: str, kind: str, told: str, tmp_path: Path
) -> None:
    (answer,) = find(SECRET, scanner=program(tmp_path, script))
    assert isinstance(answer, Failure)
    assert answer.kind == kind
    assert told in answer.explain()


def test_no_more_is_read_of_its_answer_than_there_may_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kingfisher, "LARGEST_ANSWER", 4096)
    output = "for last; do case $before in --output) output=$last;; esac; before=$last; done"
    (answer,) = find(SECRET, scanner=program(tmp_path, f"{output}; yes '[' > $output"))
    assert answer == Failure("broken", kingfisher.NAME, "an answer of 4,096 bytes, and no more of it is read")
    (answer,) = find(SECRET, scanner=program(tmp_path, "yes 'out of cheese' >&2; exit 3"))
    assert isinstance(answer, Failure)
    assert len(answer.message) <= 500


def test_a_long_text_has_a_process_of_its_own_and_one_that_is_too_long_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kingfisher, "TOGETHER", 2 * len(SECRET) + 1)
    monkeypatch.setattr(kingfisher, "LARGEST_TEXT", 5 * len(SECRET))
    together = counted(monkeypatch)
    texts = [SECRET, SECRET, SECRET * 4, SECRET, "", SECRET * 6]
    *answers, last = find(*texts)
    assert together == [2, 1, 2]
    assert [bool(each) for each in answers] == [True, True, True, True, False]
    told = f"a text of more than {5 * len(SECRET):,} characters"
    assert last == Failure("broken", kingfisher.NAME, told)


def test_a_program_that_cannot_be_started_is_a_failure(tmp_path: Path) -> None:
    (answer,) = find(SECRET, scanner=Kingfisher(str(tmp_path / "absent")))
    assert isinstance(answer, Failure)
    assert answer.kind == "broken"


def test_a_program_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kingfisher, "DEADLINE", 0.3)
    (answer,) = find(SECRET, scanner=program(tmp_path, "exec sleep 60"))
    assert isinstance(answer, Failure)
    assert answer.kind == "timed_out"


def test_the_program_is_told_nothing_of_the_environment_that_it_does_not_need(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "SLACK_API_TOKEN", "SHODAN_API_KEY", "ANYTHING"):
        monkeypatch.setenv(name, "secret")
    for name in ("HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "way")
    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told = tmp_path / "told"
    scanner = program(tmp_path, f"exec > {told}; umask; stat -c %a $2 $2/0; env; read -r nothing; exit 3")

    def environment(*, validate: bool) -> dict[str, str]:
        answers: list[Answer] = []

        async def ask() -> None:
            answers.append(await scanner.find(SECRET, validate=validate))

        anyio.run(ask)
        assert isinstance(answers[0], Failure)
        umask, folder, file, *lines = told.read_text().splitlines()
        assert (umask, folder, file) == ("0077", "700", "600")
        return dict(line.split("=", 1) for line in lines)

    alone, online = environment(validate=False), environment(validate=True)
    assert alone["HOME"] == "/home/alice"
    assert Path(alone["TMPDIR"]).parent == tmp_path
    assert "secret" not in {*alone.values(), *online.values()}
    assert "way" not in alone.values()
    assert {name for name, value in online.items() if value == "way"} == {"HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"}


KILLED = """
import sys, anyio
from aioprowler.tools.kingfisher import Kingfisher
anyio.run(Kingfisher(sys.argv[1]).find, "text")
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL, signal.SIGSTOP])
def test_the_program_ends_with_this_process_and_what_it_read_goes_at_the_next_start(
    sent: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is interrupted leaves nothing, and of what is merely stopped nothing goes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    os.mkfifo(tmp_path / "alive")
    program(tmp_path, f"exec > {tmp_path}/alive; echo begun; sleep 1000 & wait")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path / "kingfisher"], env=environment, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as killed:  # fmt: skip
        with (tmp_path / "alive").open() as alive:
            assert alive.readline() == "begun\n"
            (folder,) = tmp_path.glob("aioprowler-scratch-*")
            killed.send_signal(sent)
            if sent is not signal.SIGSTOP:
                assert alive.read() == "", "it and what it has started are no more"
            if sent is not signal.SIGSTOP:
                killed.wait()  # only then has the system let go of all that it had, in whatever order
            if sent is not signal.SIGINT:
                sweep()
            assert folder.exists() is (sent is signal.SIGSTOP)
        killed.kill()


def test_who_gives_up_waiting_leaves_the_others_their_answer() -> None:
    scanner = Kingfisher()
    answers: list[Answer] = []

    async def impatient(ask: Callable[[str], Awaitable[Answer]]) -> None:
        with anyio.move_on_after(0.01):
            await ask(OTHER)

    async def patient() -> None:
        answers.append(await scanner.find(SECRET))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(impatient, scanner.find)
            tasks.start_soon(patient)

    anyio.run(main)
    (found,) = answers
    assert isinstance(found, tuple)
    assert len(found) == 1


def test_a_text_is_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given, scanner = counted(monkeypatch), Kingfisher()
    first = find(SECRET, HARMLESS, scanner=scanner)
    assert find(HARMLESS, SECRET, scanner=scanner) == first[::-1]
    assert given == [2]


def test_no_more_texts_are_known_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kingfisher, "KNOWN", 1)
    given, scanner = counted(monkeypatch), Kingfisher()
    for text in (SECRET, HARMLESS, HARMLESS, SECRET):
        find(text, scanner=scanner)
    assert len(given) == 3
