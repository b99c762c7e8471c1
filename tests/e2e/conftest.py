"""A browser for the tests of a module."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.browser import chromium, installed


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a Chromium of these tests' own listens."""
    if installed() is None:
        missing = "the browser tests need Chromium: apt-get install chromium"
        if os.environ.get("AIOPROWLER_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    with chromium(tmp_path_factory.mktemp("profile")) as number:
        yield number
