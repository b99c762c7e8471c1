from __future__ import annotations

import base64
import gzip
from typing import Any

import anyio
import pytest

from aioprowler import Fail, Failure, Manual, Pass, Secret, expressions
from aioprowler.declarations.failure import GapError
from aioprowler.expressions import Expression
from aioprowler.judging.secrets import (
    LEFT,
    WAITING,
    FoundSecrets,
    SecretSettings,
    decode_user_data,
    find_in_each,
    find_secrets,
    ignored_files,
    no_secrets,
    searching,
    variable,
    variables,
)

SCRIPT = "#!/bin/sh\necho größer\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (SCRIPT.encode(), SCRIPT),
        (gzip.compress(SCRIPT.encode(), mtime=0), SCRIPT),
        (b"", ""),
        (b"\xff\xfe\x00binary", None),
        (gzip.compress(b"\xff\xfe", mtime=0), None),
        (b"\x1f\x8bnot gzip after all", None),
        (gzip.compress(b"#!/bin/sh\n", mtime=0) + gzip.compress("echo größer\n".encode(), mtime=0), SCRIPT),
        (gzip.compress(SCRIPT.encode(), mtime=0)[:-9], None),
        (gzip.compress(SCRIPT.encode(), mtime=0) + b"more", None),
    ],
)
def test_user_data_is_read_as_text(content: bytes, text: str | None) -> None:
    assert decode_user_data(base64.b64encode(content).decode()) == text


def test_user_data_that_is_not_base64_is_no_text() -> None:
    assert decode_user_data("=a") is None


@pytest.mark.parametrize(("beyond", "is_read"), [(0, True), (1, False)])
def test_compressed_user_data_is_unpacked_to_a_bound_and_beyond_it_is_not_judged(beyond: int, is_read: bool) -> None:
    content = gzip.compress(b"0" * (16 * 1024 * 1024 + beyond), mtime=0)
    assert (decode_user_data(base64.b64encode(content).decode()) is not None) is is_read


class Scanner:
    def __init__(self, *found: Secret, failure: Failure | None = None) -> None:
        self.answer = failure or found
        self.read: list[tuple[str, bool]] = []

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...] | Failure:
        self.read.append((text, validate))
        return self.answer


def look(text: str, scanner: Scanner, *patterns: str, validate: bool = False) -> tuple[Secret, ...] | Failure:
    settings = SecretSettings(tuple(map(Expression, patterns)), validate)
    return anyio.run(find_secrets, text, scanner, settings)


def test_secrets_come_in_the_order_of_their_lines() -> None:
    assert look("a\nb\nc", Scanner(Secret("x", 3), Secret("y", 1))) == (Secret("y", 1), Secret("x", 3))


def test_secrets_in_ignored_lines_are_left_out() -> None:
    scanner = Scanner(Secret("password", 1), Secret("password", 2))
    assert look("password=dummy\npassword=real", scanner, "dummy$", "^nothing") == (Secret("password", 2),)


SLOW = "x*[yz]"
"""Takes the square of a text's length where it is not found: some seconds at worst for this one."""
LONG = "x" * 20_000


def test_a_pattern_that_takes_too_long_leaves_a_secret_unknown_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.01)
    found = look(f"a=1\npassword={LONG}", Scanner(Secret("password", 2)), SLOW)
    assert isinstance(found, Failure)
    assert found.is_gap
    assert found.explain() == (
        "Could not look: the search for secrets is read only as far as the configuration allows "
        "(secrets_ignore_patterns) ('x*[yz]' took more than 0.01 s to search: write it without repetitions in each "
        "other)."
    )


def test_a_pattern_that_takes_too_long_does_not_hide_what_others_ignore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.01)
    assert look(f"password={LONG}", Scanner(Secret("password", 1)), SLOW, "^password") == ()


def test_no_pattern_is_sought_where_there_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "TIME", 0.01)
    assert look(LONG, Scanner(), SLOW) == ()


def test_nothing_is_asked_about_an_empty_text() -> None:
    scanner = Scanner()
    assert look("", scanner) == ()
    assert scanner.read == []


def test_secrets_are_tried_out_only_where_the_user_says_so() -> None:
    scanner = Scanner()
    look("a", scanner)
    look("a", scanner, validate=True)
    assert scanner.read == [("a", False), ("a", True)]


def test_a_scanner_that_fails_is_passed_on() -> None:
    failure = Failure("missing", "the scanner", "ImportError")
    assert look("a", Scanner(failure=failure)) is failure


def test_a_text_of_one_line_needs_no_line_number() -> None:
    assert look("password=x", Scanner(Secret("Password", 1))) == (Secret("Password", 0),)


def find(scanner: Scanner, **texts: str | None) -> FoundSecrets | Failure:
    return anyio.run(find_in_each, texts, scanner, SecretSettings())


def test_each_text_is_looked_into_by_its_place() -> None:
    found = find(Scanner(Secret("Token", 1)), a="x\ny", b="x", c=None, d="")
    assert found == FoundSecrets({"a": (Secret("Token", 1),), "b": (Secret("Token", 0),)}, ("c",))


def test_one_text_that_was_not_read_leaves_all_unknown() -> None:
    failure = Failure("timed_out", "the scanner", "")
    assert find(Scanner(failure=failure), a="x") is failure


def test_variables_are_read_with_their_names() -> None:
    assert variables({"DB_PASSWORD": "x"}) == {"variable DB_PASSWORD": '"DB_PASSWORD": "x"'}
    assert variables({"--token": "x"}, "argument") == {"argument --token": '"--token": "x"'}
    assert variable("DB_PASSWORD", 'tr0"ub4dor') == r'"DB_PASSWORD": "tr0\u0022ub4dor"'
    for document in ('{"password": "x", "a":["b"]}', 'password="x" user="y"'):
        assert variable("CONFIG", document) == f'"CONFIG": "{document}"'


def test_a_verdict_names_places_kinds_and_lines() -> None:
    found = FoundSecrets({"variable A": (Secret("Token", 0),), "file b": (Secret("Key", 1),)}, ("file c",))
    verdict = no_secrets("Function f", found)
    assert verdict == Fail("Function f may hold secrets: variable A: Token; file b: Key on line 1.")


def test_what_could_not_be_read_is_for_a_person() -> None:
    told = no_secrets("The user data of x", FoundSecrets(unreadable=("version 2",)))
    assert told == Manual("The user data of x is not text in version 2: look whether it holds secrets.")
    alone = no_secrets("The user data of x", FoundSecrets(unreadable=("",)))
    assert alone == Manual("The user data of x is not text: look whether it holds secrets.")


def test_nothing_found_passes() -> None:
    assert isinstance(no_secrets("The user data of x", FoundSecrets()), Pass)


def test_a_live_secret_is_critical() -> None:
    verdict = no_secrets("User data of x", FoundSecrets({"": (Secret("Token", 2, live=True),)}))
    assert verdict.severity == "critical"
    assert "accepted" in verdict.detail


class Gate:
    """A scanner that answers when it is let; it counts what waits."""

    def __init__(self, answer: tuple[Secret, ...] | Failure = ()) -> None:
        self.answer = answer
        self.waiting = 0
        self.most = 0
        self.asked = 0

    async def find(self, text: str, **_: Any) -> tuple[Secret, ...] | Failure:
        self.asked += 1
        self.waiting += len(text)
        self.most = max(self.most, self.waiting)
        await anyio.sleep(0.001)
        self.waiting -= len(text)
        return self.answer


def search(scanner: Any, *texts: tuple[str, str], gap: Failure | None = None) -> tuple[FoundSecrets | Failure, int]:
    """What is found, and how many characters wait once there are no more texts."""

    async def main() -> tuple[FoundSecrets | Failure, int]:
        async with searching(scanner, SecretSettings()) as found:
            for place, text in texts:
                await found.add(place, text)
            await found.settle()
            left = scanner.waiting
        return found.found(gap), left

    return anyio.run(main)


def test_texts_are_read_no_faster_than_they_are_looked_into() -> None:
    gate = Gate()
    size = WAITING // 10
    found, left = search(gate, *((str(number), "x" * size) for number in range(100)))
    assert found == FoundSecrets()
    assert gate.asked == 100
    assert size < gate.most <= WAITING
    assert left <= LEFT


def test_a_text_that_is_larger_than_all_that_may_wait_goes_alone() -> None:
    gate = Gate()
    found, _ = search(gate, ("a", "x"), ("b", "x" * 2 * WAITING), ("c", "x"))
    assert found == FoundSecrets()
    assert gate.most == 2 * WAITING


def test_texts_of_one_place_are_told_together() -> None:
    token = Secret("Token", 1)
    found, _ = search(Gate((token,)), ("b", "x\ny"), ("a", "x\ny"), ("b", "z\nz"))
    assert found == FoundSecrets({"b": (token, token), "a": (token,)})


def test_what_was_found_is_told_though_there_may_be_more() -> None:
    gap, token = Failure("broken", "the package", ""), Secret("Token", 1)
    assert search(Gate((token,)), ("a", "x\ny"), gap=gap)[0] == FoundSecrets({"a": (token,)}, gap=gap)
    assert search(Gate(), ("a", "x"), gap=gap)[0] is gap
    failure = Failure("missing", "the scanner", "install it")
    assert search(Gate(failure), ("a", "x"), gap=gap)[0] is failure


def test_where_the_scanner_has_failed_it_is_not_asked_again() -> None:
    gate = Gate(Failure("missing", "the scanner", "install it"))
    search(gate, *((str(number), "x" * (WAITING - 5000)) for number in range(5)))
    assert gate.asked == 1


def test_a_gap_is_manual_unless_something_was_found() -> None:
    gap = Failure("broken", "the package", "", "a is encrypted")
    assert isinstance(no_secrets("x", FoundSecrets({"b": (Secret("Token", 1),)}, gap=gap)), Fail)
    with pytest.raises(GapError, match="a is encrypted"):
        no_secrets("x", FoundSecrets(gap=gap))


def test_a_verdict_names_no_more_places_than_can_be_read() -> None:
    verdict = no_secrets("x", FoundSecrets({f"file {n}": (Secret("Token", 1),) for n in range(25)}))
    assert "file 19" in verdict.detail
    assert "file 20" not in verdict.detail
    assert verdict.detail.endswith("; and 5 more places.")


@pytest.mark.parametrize(
    ("name", "is_ignored"),
    [("a.deps.json", True), ("lib/a.deps.json", True), ("a.json", False), ("package.lock", True)],
)
def test_files_are_ignored_by_name(name: str, is_ignored: bool) -> None:
    assert ignored_files(secrets_ignore_files=["*.deps.json", "package.lock"]).has(name) is is_ignored
