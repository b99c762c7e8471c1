"""Each member that declarations read is left out of AWS's replies in turn: what is missing decides nothing.

A verdict may rest on what is not there only where AWS documents what that means. `left_out.toml` has these members,
each with what AWS says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aioprowler import Account, Finding
from tests.worlds.left_out import Declared, LeavingOut, spelled
from tests.worlds.recorded import Recording
from tests.worlds.shaped import OFF, ON, ShapedWorld
from tests.worlds.test_denied import ABOUT, CHECKS, OPERATIONS, Key, findings, prepared

MAY_DECIDE: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("left_out.toml").read_text())
"""Operation -> member -> why its absence says something."""
DECLARED = Declared(CHECKS)


class Trials:
    """Scans of one world, whole and with something left out."""

    def __init__(self, world: Any, accounts: Sequence[Account]) -> None:
        self._world = world
        self._accounts = accounts

    def deciding(self, operation: str, checks: Sequence[str], known: set[str]) -> set[str]:
        """The members whose absence decides a verdict, or silences one, but for those that are known to."""
        aws = LeavingOut(self._world, operation)
        begun = prepared(checks, self._accounts)
        whole = findings(begun, aws)
        found = set()
        for path in filter(partial(DECLARED.reads, operation), aws.seen):
            aws.path = path
            if spelled(path) not in known and _decides(whole, findings(begun, aws)):
                found.add(spelled(path))
        return found


def _decides(whole: dict[Key, Finding], part: dict[Key, Finding]) -> bool:
    if any(f.status != "MANUAL" and (key not in whole or whole[key].status != f.status) for key, f in part.items()):
        return True
    told = {(f.check_id, f.account_id) for f in part.values() if f.status == "MANUAL"}
    return any((f.check_id, f.account_id) not in told for key, f in whole.items() if key not in part)


@pytest.fixture(scope="session")
def worlds(recording: Recording) -> list[Trials]:
    return [Trials(ShapedWorld(CHECKS), (ON, OFF)), Trials(recording, recording.accounts[:1])]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_aws_leaves_out_decides_only_where_it_says_what_that_means(worlds: list[Trials], operation: Any) -> None:
    name = str(operation)
    deciding = set[str]()
    for world in worlds:
        deciding |= world.deciding(name, ABOUT[operation], deciding)
    assert deciding == set(MAY_DECIDE.get(name, {})), "give these no default, or say in left_out.toml what AWS says"


def test_nothing_is_said_of_operations_that_nobody_asks() -> None:
    assert set(MAY_DECIDE) <= set(map(str, OPERATIONS))
