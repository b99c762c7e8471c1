"""Tests that share what is dear to make are carried out by one process, else it is made by each of several."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def dear() -> object:
    return object()


def test_who_takes_what_is_made_for_the_module_is_grouped(dear: object, request: pytest.FixtureRequest) -> None:
    """A pytest-xdist that cannot do so on this pytest says nothing of it."""
    is_asked = getattr(request.config.option, "loadgroup", False)  # by pytest-xdist, in the processes that it starts
    assert request.node.nodeid.endswith("@tests/test_grouping.py") == is_asked
