"""Each tool that a function may ask for is there: in a scan, and in the worlds of the tests."""

from __future__ import annotations

from aioprowler.declarations import sources
from aioprowler.declarations.sources import Aws, OtherAccounts, Tool
from aioprowler.tools import make_tools
from tests.worlds.world import TOOLS


def test_each_tool_is_there() -> None:
    declared = {each for each in vars(sources).values() if isinstance(each, type) and Tool in each.__mro__[1:]}
    assert set(make_tools()) == declared - {Aws, OtherAccounts}, "which the scan itself answers"
    assert set(TOOLS) == set(make_tools())
