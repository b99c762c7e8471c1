from __future__ import annotations

import fcntl
import pickle

import pytest

from tests.worlds.recorded import Recording, record


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Recording:
    """Made by the first of a run's processes that needs it, and read by the others."""
    file = tmp_path_factory.getbasetemp().parent / f"recording-{testrun_uid}"
    with file.open("ab+") as shared:
        fcntl.flock(shared, fcntl.LOCK_EX)
        shared.seek(0)
        if not (recorded := shared.read()):
            recorded = pickle.dumps(record())
            shared.write(recorded)
    made: Recording = pickle.loads(recorded)  # noqa: S301 - this run's own
    return made
