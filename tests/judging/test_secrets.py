from __future__ import annotations

import base64
import gzip
import re

import anyio
import pytest

from aioprowler import Failure, Secret
from aioprowler.judging.secrets import SecretSettings, decode_user_data, find_secrets, found_secrets

SCRIPT = "#!/bin/sh\necho größer\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (SCRIPT.encode(), SCRIPT),
        (gzip.compress(SCRIPT.encode()), SCRIPT),
        (b"", ""),
        (b"\xff\xfe\x00binary", None),
        (gzip.compress(b"\xff\xfe"), None),
        (b"\x1f\x8bnot gzip after all", None),
    ],
)
def test_user_data_is_read_as_text(content: bytes, text: str | None) -> None:
    assert decode_user_data(base64.b64encode(content).decode()) == text


def test_user_data_that_is_not_base64_is_no_text() -> None:
    assert decode_user_data("=a") is None


def test_compressed_user_data_is_unpacked_to_a_bound() -> None:
    text = decode_user_data(base64.b64encode(gzip.compress(b"0" * 50_000_000)).decode())
    assert text is not None
    assert len(text) == 16 * 1024 * 1024


class Scanner:
    def __init__(self, *found: Secret, failure: Failure | None = None) -> None:
        self.answer = failure or found
        self.read: list[tuple[str, bool]] = []

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...] | Failure:
        self.read.append((text, validate))
        return self.answer


def look(text: str, scanner: Scanner, *patterns: str, validate: bool = False) -> tuple[Secret, ...] | Failure:
    settings = SecretSettings(tuple(map(re.compile, patterns)), validate)
    return anyio.run(find_secrets, text, scanner, settings)


def test_secrets_come_in_the_order_of_their_lines() -> None:
    assert look("a\nb\nc", Scanner(Secret("x", 3), Secret("y", 1))) == (Secret("y", 1), Secret("x", 3))


def test_secrets_in_ignored_lines_are_left_out() -> None:
    scanner = Scanner(Secret("password", 1), Secret("password", 2))
    assert look("password=dummy\npassword=real", scanner, "dummy$", "^nothing") == (Secret("password", 2),)


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


def test_a_verdict_names_places_kinds_and_lines() -> None:
    verdict = found_secrets("User data of x", {"version 1": [Secret("Token", 2)], "version 4": [Secret("Key", 1)]})
    assert verdict.detail == "User data of x may hold secrets: version 1: Token on line 2; version 4: Key on line 1."
    assert verdict.severity is None


def test_a_live_secret_is_critical() -> None:
    verdict = found_secrets("User data of x", {"": [Secret("Token", 2, live=True)]})
    assert verdict.severity == "critical"
    assert "accepted" in verdict.detail
