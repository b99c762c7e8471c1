"""AWS's published list of IP ranges: whose an address is, and what becomes of a list that is none."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler import Failure
from aioprowler.tools import downloads, ip_ranges
from aioprowler.tools.downloads import HttpsDownloads
from aioprowler.tools.ip_ranges import PublishedRanges, Ranges
from tests.aws.server import Reply, StubAws

LIST = {
    "syncToken": "1",
    "prefixes": [
        {"ip_prefix": "3.0.0.0/8", "region": "GLOBAL", "service": "AMAZON", "network_border_group": "GLOBAL"},
        {"ip_prefix": "3.5.0.0/16", "region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1"},
        {"ip_prefix": "3.5.0.0/16", "region": "eu-west-1", "service": "EC2", "network_border_group": "eu-west-1"},
    ],
    "ipv6_prefixes": [{"ipv6_prefix": "2600:1f00::/24", "region": "us-east-1", "service": "EC2"}],
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "BACKOFF", 0.0)


Answer = tuple[str, ...] | Failure


def find(*addresses: str, reply: Any = None) -> tuple[list[Answer], int]:
    """The answers to questions that come at the same time, and how often the list was fetched."""
    answers: dict[str, Answer] = {}

    async def main() -> int:
        async with StubAws(lambda _: reply or Reply(json.dumps(LIST))) as server:
            ranges = PublishedRanges(HttpsDownloads(), server.url)

            async def ask(address: str) -> None:
                answers[address] = await ranges.find(address)

            async with anyio.create_task_group() as tasks:
                for address in addresses:
                    tasks.start_soon(ask, address)
            return len(server.received)

    fetched = anyio.run(main)
    return [answers[address] for address in addresses], fetched


def test_an_address_is_of_all_services_whose_networks_hold_it() -> None:
    answers, fetched = find("3.5.0.1", "3.5.255.255", "3.6.0.0", "2.255.255.255", "4.0.0.0", "2600:1f00::1", "::1")
    both = ("AMAZON", "EC2", "S3")
    assert answers == [both, both, ("AMAZON",), (), (), ("EC2",), ()]
    assert fetched == 1


def test_what_is_no_address_is_an_error_of_the_one_who_asks() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        Ranges([]).find("3.5.0.0/16")


def networks(kind: Callable[..., Any], bits: int) -> st.SearchStrategy[Any]:
    """Networks that are likely to lie in each other, and addresses near their ends."""
    places = st.integers(0, 2**bits - 1) | st.integers(0, 1023) | st.integers(2**bits - 1024, 2**bits - 1)
    return st.builds(lambda at, length: kind((at, length), strict=False), places, st.integers(0, bits))


NETWORKS = st.lists(
    st.tuples(
        networks(ipaddress.IPv4Network, 32) | networks(ipaddress.IPv6Network, 128), st.sampled_from(["A", "EC2", "S3"])
    )
)


@given(NETWORKS, st.lists(st.ip_addresses()))
def test_the_services_are_those_that_going_through_all_networks_gives(known: Any, more: Any) -> None:
    ranges = Ranges(known)
    ends = [each for network, _ in known for each in (network[0], network[-1], *around(network))]
    for address in [*ends, *more]:
        expected = {service for network, service in known if address in network}
        assert ranges.find(str(address)) == tuple(sorted(expected))


def around(network: Any) -> list[Any]:
    """The neighbours of a network's first and last address."""
    kind = type(network[0])
    neighbours = [int(network[0]) - 1, int(network[-1]) + 1]
    return [kind(each) for each in neighbours if 0 <= each < 2**network.max_prefixlen]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        "{}",
        json.dumps({"prefixes": [], "ipv6_prefixes": []}),
        json.dumps(LIST | {"prefixes": [{"ip_prefix": "3.0.0.0/99", "service": "S3"}]}),
        json.dumps(LIST | {"prefixes": [{"ip_prefix": "3.0.0.0/8"}]}),
    ],
)
def test_a_list_that_is_none_says_of_no_address_that_it_is_not_aws(body: str) -> None:
    (first, second), fetched = find("3.5.0.1", "192.0.2.1", reply=Reply(body, headers={"x-amzn-requestid": "1"}))
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    assert first.kind == "broken"
    assert first.explain().startswith("Could not look: AWS's list of its IP ranges gave an answer")
    assert fetched == 1


def test_a_list_that_cannot_be_had_is_asked_for_once() -> None:
    answers, fetched = find(*[f"192.0.2.{n}" for n in range(20)], reply=Reply(status=404))
    assert {each.kind if isinstance(each, Failure) else "" for each in answers} == {"missing"}
    assert {each.action for each in answers if isinstance(each, Failure)} == {"AWS's list of its IP ranges"}
    assert fetched == 1


def test_a_list_beyond_the_bound_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ip_ranges, "LARGEST", 100)
    (answer,), _ = find("3.5.0.1")
    assert isinstance(answer, Failure)
    assert "larger than 100 bytes" in answer.explain()


def test_who_gives_up_waiting_leaves_the_others_their_answer() -> None:
    replies = iter([Reply(delay=60), Reply(json.dumps(LIST))])

    async def main() -> Answer:
        async with StubAws(lambda _: next(replies)) as server:
            ranges = PublishedRanges(HttpsDownloads(), server.url)
            answers: list[Answer] = []

            async def patient() -> None:
                answers.append(await ranges.find("3.6.0.0"))

            async with anyio.create_task_group() as tasks:
                with anyio.move_on_after(0.1):
                    tasks.start_soon(patient_later, patient, tasks)
                    await ranges.find("3.6.0.0")
            return answers[0]

    async def patient_later(patient: Callable[..., Any], tasks: Any) -> None:
        await anyio.sleep(0.05)
        await patient()

    assert anyio.run(main) == ("AMAZON",)


def test_the_environment_names_a_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> Answer:
        async with StubAws(lambda _: Reply(json.dumps(LIST))) as server:
            monkeypatch.setenv("AIOPROWLER_IP_RANGES_URL", f"{server.url}/mirror.json")
            answer = await PublishedRanges(HttpsDownloads()).find("3.6.0.0")
            assert [each.target for each in server.received] == ["/mirror.json"]
            return answer

    assert anyio.run(main) == ("AMAZON",)


def test_a_list_as_large_as_awss_is_looked_up_without_going_through_it() -> None:
    """A look-up touches a number of sections that grows with their logarithm."""

    class Counting(int):
        seen = 0

        def __lt__(self, other: Any) -> bool:
            Counting.seen += 1
            return int.__lt__(self, other)

        def __gt__(self, other: Any) -> bool:
            Counting.seen += 1
            return int.__gt__(self, other)

    many = [(ipaddress.IPv4Network((number << 12, 24)), "EC2") for number in range(10_000)]
    ranges = Ranges(many)
    starts, services = ranges._sections[4]
    ranges._sections[4] = ([Counting(each) for each in starts], services)
    assert ranges.find("0.16.0.255") == ("EC2",)
    assert ranges.find("0.16.1.0") == ()
    assert 0 < Counting.seen < 40
