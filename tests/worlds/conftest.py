from __future__ import annotations

import pytest

from tests.worlds.recorded import Recording, record


@pytest.fixture(scope="session")
def recording() -> Recording:
    return record()
