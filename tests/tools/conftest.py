from __future__ import annotations

import pytest

from tests.aws.environment import isolate


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)
