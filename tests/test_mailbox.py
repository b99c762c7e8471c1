"""What tasks put into a mailbox comes out of it: all, in order, and no more at once than it holds."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any

import anyio
import anyio.lowlevel

from aioprowler.scanning.mailbox import Mailbox


def test_the_reader_takes_all_that_there_is_until_it_is_closed() -> None:
    async def run() -> list[list[int]]:
        box = Mailbox[int](10)
        taken: list[list[int]] = []
        for number in range(3):
            await box.put(number)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_put_last, box, range(3, 5))
            taken.extend([items async for items in box.taken()])
        return taken

    assert anyio.run(run) == [[0, 1, 2], [3, 4]]


def test_a_full_mailbox_makes_those_wait_who_have_more_and_keeps_their_order() -> None:
    async def run() -> list[list[int]]:
        box = Mailbox[int](3)
        taken = []
        async with anyio.create_task_group() as tasks:
            for first in (0, 100):
                tasks.start_soon(_put, box, range(first, first + 20))
            async for items in box.taken():
                taken.append(items)
                await anyio.lowlevel.checkpoint()
                if sum(map(len, taken)) == 40:
                    box.close()
        return taken

    taken = anyio.run(run)
    assert max(map(len, taken)) == 3
    everything = [each for items in taken for each in items]
    assert [each for each in everything if each < 100] == list(range(20))
    assert [each for each in everything if each >= 100] == list(range(100, 120))


def test_who_waits_for_room_is_woken_once() -> None:
    async def run() -> list[int]:
        box = Mailbox[int](2)
        waits: list[int] = []

        async def put(number: int) -> None:
            waits.append(await _Waits(box.put(number)))
            if len(waits) == 50:
                box.close()

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(put, number)
            async for _ in box.taken():
                await anyio.lowlevel.checkpoint()
        return waits

    assert sorted(anyio.run(run)) == [0] * 2 + [1] * 48


def test_what_is_in_a_closed_mailbox_is_still_taken() -> None:
    async def run() -> list[list[int]]:
        box = Mailbox[int](3)
        await box.put(1)
        box.close()
        return [items async for items in box.taken()]

    assert anyio.run(run) == [[1]]


class _Waits:
    """How often a coroutine waits until it is through."""

    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = work

    def __await__(self) -> Generator[Any, Any, int]:
        waits = 0
        while True:
            try:
                waited = self._work.send(None)
            except StopIteration:
                return waits
            waits += 1
            yield waited


async def _put(box: Mailbox[int], numbers: range) -> None:
    for number in numbers:
        await box.put(number)


async def _put_last(box: Mailbox[int], numbers: range) -> None:
    await _put(box, numbers)
    box.close()
