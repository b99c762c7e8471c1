"""One test about many things of a kind: hundreds of checks and types are looked at in a test for each service."""

from __future__ import annotations

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

Test = Callable[..., None]
Thing = TypeVar("Thing")


def of_each(
    things: Iterable[Thing], *, by: Callable[[Thing], str], name: Callable[[Thing], str] = str
) -> Callable[[Test], Test]:
    """Calls the test with each of the things as its last parameter, and fails with all of a group that are wrong."""
    groups: defaultdict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        groups[by(thing)].append(thing)

    def decorated(test: Test) -> Test:
        parameter = [*inspect.signature(test).parameters][-1]

        @functools.wraps(test)
        def each(**given: Any) -> None:
            wrong = []
            for thing in given.pop(parameter):
                try:
                    test(**given, **{parameter: thing})
                except AssertionError as error:
                    error.add_note(f"Of {name(thing)}.")
                    wrong.append(error)
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} are wrong", wrong)

        marked: Test = pytest.mark.parametrize(parameter, groups.values(), ids=list(groups))(each)
        return marked

    return decorated
