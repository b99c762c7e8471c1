"""What coordinator and workers have of each other, without a cluster."""

from __future__ import annotations

import logging
import pickle
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from cryptography.exceptions import InvalidTag
from distributed.versions import VersionMismatchWarning, error_message

from aioprowler import Account, ScanOptions
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.cluster import messages
from aioprowler.cluster import worker as worker_module
from aioprowler.cluster.crew import Coordinator, Job
from aioprowler.cluster.logs import kept, versions_in_a_line
from aioprowler.cluster.messages import Answer, Begin, Complete, Findings, Found, Question
from aioprowler.cluster.sealing import Reader, seal
from aioprowler.cluster.worker import Outbox
from aioprowler.engine.cells import Cell
from aioprowler.scanning import prepare
from aioprowler.scanning.journal import AccountDone, Blind
from aioprowler.services.cloudtrail.buckets import TrailBucketVersioning
from aioprowler.services.ec2.resources.network import PublicAddresses
from aioprowler.services.s3.resources import OwnBucketNames
from tests.outputs.samples import finding


def test_only_the_reader_opens_a_letter() -> None:
    reader, other = Reader(), Reader()
    letter = seal(b"secret", reader.address)
    assert reader.open(letter) == b"secret"
    assert b"secret" not in letter
    assert seal(b"secret", reader.address) != letter
    with pytest.raises(InvalidTag):
        other.open(letter)
    for place in (0, 40, len(letter) - 1):
        with pytest.raises(InvalidTag):
            reader.open(letter[:place] + bytes([letter[place] ^ 1]) + letter[place + 1 :])


@pytest.mark.parametrize(
    "each", [Cell("1", "m.Kind", "eu-west-1"), Cell("1", "m.Kind", ""), Blind("1", "eu-west-1"), AccountDone("1")]
)
def test_what_is_complete_arrives_as_it_was(each: Cell | Blind | AccountDone) -> None:
    (told,) = messages.told(messages.encode([Complete.of(1, 2, each)]))
    assert isinstance(told, Complete)
    assert told.entry == each


def test_findings_arrive_as_they_were() -> None:
    sent = Findings(1, 2, "123456789012", [Found.of(finding())], [])
    assert messages.told(messages.encode([sent])) == [sent]


def test_what_an_earlier_run_has_told_is_told_no_more() -> None:
    def found(*numbers: int) -> list[Found]:
        return [Found.of(finding(uid=f"{number:032x}"[::-1])) for number in numbers]

    async def main() -> None:
        job = Job(Account(id="123456789012"), set())
        assert len(job.new(found(1, 2))) == 2
        assert len(job.new(found(3))) == 1
        job.begin_again()
        assert job.new(found(1, 4, 3)) == found(4)
        job.begin_again()
        job.begin_again()
        assert job.new(found(1, 2, 3, 4, 5)) == found(5)

    anyio.run(main)


def test_what_is_not_acknowledged_is_told_again() -> None:
    async def main() -> None:
        worker = SimpleNamespace(handlers={})
        box = Outbox("scan", None)
        box.setup(worker)
        lock = (await box.hello())["address"]
        for each in (b"first", b"second"):
            await box._waiting.put(each)
        assert await box.take(lock, 0) == [1, b"first"]
        assert await box.take(lock, 0) == [1, b"first"], "its answer was lost"
        assert await box.take(lock, 1) == [2, b"second"]
        assert await box.take(Reader().address, 2) is None, "another is asked"
        assert await box.give(Reader().address, b"") is None
        told = await box.give(lock, seal(b"nonsense", lock))
        assert told is not None
        assert told.startswith("ValidationError")
        box.teardown(worker)
        assert worker.handlers == {}

    anyio.run(main)


def test_a_worker_asks_of_the_other_accounts_what_the_plan_asks_and_nothing_else() -> None:
    asked: list[tuple[type, str]] = []

    async def have(kind: type, name: str) -> bool:
        asked.append((kind, name))
        return True

    async def main() -> list[Answer]:
        prepared = prepare(ScanOptions(checks=["route53_dangling_ip_subdomain_takeover"]))
        post: Any = SimpleNamespace(prepared=prepared, survey=SimpleNamespace(have=have))
        client: Any = None
        coordinator = Coordinator(client, post, None, has_profiles=False)
        kinds = (PublicAddresses, OwnBucketNames, TrailBucketVersioning, Path)
        questions = [Question(0, 0, 1, kind=messages.name_of(kind), name="3.5.0.1") for kind in kinds]
        return [await coordinator._about_others(each) for each in questions]

    answers = anyio.run(main)
    assert [each.has for each in answers] == [True, True, None, None]
    assert [kind for kind, _ in asked] == [PublicAddresses, OwnBucketNames]
    assert all(each.failure for each in answers[2:])


def test_each_scan_on_a_worker_has_what_it_wants_of_its_own_log_and_no_more_than_there_is_room_for() -> None:
    logger = logging.getLogger("aioprowler")
    told: dict[int, list[str]] = {}
    begun, logged = threading.Barrier(2), threading.Barrier(2)

    def scan(level: int, lines: int) -> None:
        with kept(level) as log:
            begun.wait()
            logger.warning("warning of %d", level)
            for number in range(lines):
                logger.debug("line %d", number)
            logged.wait()
            told[level] = [each.text for each in log.taken()]
            assert log.taken() == []

    threads = [threading.Thread(target=scan, args=each) for each in ((logging.DEBUG, 3000), (logging.WARNING, 10))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told[logging.WARNING] == ["warning of 30"]
    assert told[logging.DEBUG][:2] == ["warning of 10", "line 0"]
    assert told[logging.DEBUG][-2:] == ["line 1998", "1,001 more lines were logged at once, and are left out"]
    assert not logger.isEnabledFor(logging.DEBUG), "nothing is made that nobody wants"


@pytest.mark.parametrize(("package", "lines"), [("distributed", 1), ("pandas", 0)])
def test_other_versions_of_dask_are_told_in_a_line(package: str, lines: int, caplog: pytest.LogCaptureFixture) -> None:
    own, other = ({"packages": {"dask": "1", package: version}} for version in ("1", "2"))
    table = error_message(own, {"tls://127.0.0.1:1": other}, own)["warning"]
    assert package in table
    caplog.set_level(logging.WARNING, "aioprowler")
    with versions_in_a_line():
        warnings.warn(VersionMismatchWarning(table), stacklevel=1)
    assert [each.getMessage().count("\n") for each in caplog.records] == [0] * lines


def test_a_worker_that_nobody_asks_any_more_ends_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coordinator was killed."""
    monkeypatch.setattr(worker_module, "FORGOTTEN", 0.05)

    async def main() -> None:
        worker = SimpleNamespace(handlers={})
        box = Outbox("scan", None)
        box.setup(worker)
        lock = (await box.hello())["address"]
        begin = Begin(
            pickle.dumps(ScanOptions(checks=["s3_bucket_object_versioning"])),
            {},
            profiles=False,
            source=CredentialSource(),
            shares=1,
            level=30,
            accompanied=False,
        )
        assert await box.give(lock, seal(messages.encode(begin), lock)) in (
            "",
            "RuntimeError: its part of the scan has ended",
        )
        with anyio.fail_after(20):
            while any(each.name == "aioprowler" for each in threading.enumerate()):  # noqa: ASYNC110
                await anyio.sleep(0.01)
            assert await box.take(lock, 0) is None

    anyio.run(main)
