"""Tests about many things of a kind."""

from __future__ import annotations

import pytest

from tests.each import of_each


def test_all_that_are_wrong_are_told_by_their_names() -> None:
    @of_each(
        [1, 2, 3, 4], by=lambda number: "even" if number % 2 == 0 else "odd", name=lambda number: f"number {number}"
    )
    def judged(limit: int, number: int) -> None:
        assert number < limit

    marks: list[pytest.Mark] = judged.pytestmark  # type: ignore[attr-defined]
    (name, groups), told = marks[0].args, marks[0].kwargs
    assert (name, list(groups), told["ids"]) == ("number", [[1, 3], [2, 4]], ["odd", "even"])
    judged(limit=3, number=[1, 2])
    with pytest.raises(ExceptionGroup, match="2 are wrong") as raised:
        judged(limit=2, number=[1, 2, 3])
    assert [error.__notes__ for error in raised.value.exceptions] == [["Of number 2."], ["Of number 3."]]
