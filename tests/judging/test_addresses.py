from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.addresses import Addresses, Span, admitted, is_public, is_whole_internet


@pytest.mark.parametrize(
    ("cidrs", "whole"),
    [
        (["0.0.0.0/0"], True),
        (["::/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"], True),
        (["0.0.0.0/2", "64.0.0.0/2", "192.0.0.0/2"], True),
        (["0.0.0.0/2", "128.0.0.0/1"], True),
        (["64.0.0.0/2", "128.0.0.0/1"], True),
        ([f"{n}.0.0.0/8" for n in range(1, 224)], True),
        (["0.0.0.0/1"], False),
        (["0.0.0.0/1", "0.0.0.0/2", "3.0.0.0/8"], False),
        (["128.0.0.0/1"], False),
        (["3.0.0.0/8"], False),
        (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"], False),
        (["::/1", "8000::/1"], True),
        (["::/1"], True),
        (["8000::/1"], False),
        (["2000::/3"], True),
        (["2000::/4", "3000::/5"], True),
        (["2000::/4"], False),
        (["fc00::/7"], False),
        (["0.0.0.0/1", "2000::/4"], False),
        ([], False),
    ],
)
def test_what_is_the_whole_internet(cidrs: list[str], whole: bool) -> None:
    assert is_whole_internet(tuple(cidrs)) is whole
    assert is_whole_internet(tuple(reversed(cidrs))) is whole


@pytest.mark.parametrize(
    ("range_", "public"),
    [
        ("8.8.8.8", True),
        ("8.8.8.8/32", True),
        ("10.0.0.0/7", True),
        ("10.0.0.0/8", False),
        ("100.64.0.0/10", False),
        ("169.254.169.254", False),
        ("240.0.0.0/4", False),
        ("2001:db8::1", False),
        ("2a05:d018::1", True),
        ("fd00::1", False),
        ("8000::/1", False),
    ],
)
def test_what_holds_public_addresses(range_: str, public: bool) -> None:
    assert is_public(range_) is public


def test_what_is_no_range_is_told() -> None:
    with pytest.raises(UnreadableError, match="'anywhere' is no range of IP addresses"):
        Addresses.of(["anywhere"])
    assert Addresses.of(["8.8.8.8/24"]) == Addresses.of(["8.8.8.0/24"]), "the bits of a host are no part of a range"


def test_the_first_decision_about_an_address_holds() -> None:
    decisions = [(False, ["10.0.1.0/24"]), (True, ["10.0.0.0/22"]), (False, ["10.0.0.0/8"]), (True, ["0.0.0.0/0"])]
    found = admitted(decisions)
    assert found.covers("10.0.0.0/24")
    assert not found & Addresses.of(["10.0.1.0/24", "10.9.0.0/16"])
    assert found.covers("11.0.0.0/8")
    assert not admitted([])


SMALL = st.lists(st.builds(lambda n, bits: f"10.0.0.{n}/{bits}", st.integers(0, 255), st.integers(24, 32)), max_size=6)


def one_by_one(cidrs: list[str]) -> set[int]:
    return {int(address) for cidr in cidrs for address in ip_network(cidr, strict=False)}


def numbers(found: Addresses) -> set[int]:
    return {address - (1 << 128) for first, last in found.spans for address in range(first, last + 1)}


@given(SMALL, SMALL)
def test_sets_are_those_of_their_addresses(one: list[str], other: list[str]) -> None:
    left, right = Addresses.of(one), Addresses.of(other)
    assert numbers(left | right) == one_by_one(one) | one_by_one(other)
    assert numbers(left - right) == one_by_one(one) - one_by_one(other)
    assert numbers(left & right) == one_by_one(one) & one_by_one(other)
    assert left.size == len(one_by_one(one))
    assert all(before[1] + 1 < after[0] for before, after in zip(left.spans, left.spans[1:], strict=False))


class Looked(tuple[Span, ...]):
    """Spans that count how often one of them is looked at."""

    looks = 0

    def __iter__(self) -> Iterator[Span]:
        Looked.looks += len(self)
        return super().__iter__()

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        Looked.looks += len(found) if isinstance(at, slice) else 1
        return found


def test_subtracting_many_ranges_takes_time_by_their_number() -> None:
    many = Addresses(Looked((100 * n, 100 * n + 50) for n in range(1000)))
    assert not many - many
    assert Looked.looks < 30_000, "each against each would be a million"
