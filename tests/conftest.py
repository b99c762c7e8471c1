"""What holds for all tests: nothing blocks an event loop, and what is dear to make is made by one worker."""

from __future__ import annotations

import os
import re
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import blockbuster.blockbuster
import pytest
from blockbuster import BlockBuster, BlockBusterFunction, BlockingError
from hypothesis import settings

from aioprowler import disk

FOREIGN: Final = re.compile(
    r"AWS_.*|AIOPROWLER_(?!BROWSER$).*|PROWLER_.*|.*_PROXY|CI|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LINES|PAGER|TERM",
    re.IGNORECASE,
)
"""Variables of whoever runs the tests that change what the program does."""

for each in [name for name in os.environ if FOREIGN.fullmatch(name)]:
    del os.environ[each]
for which, default in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(which) is signal.SIG_IGN:  # in the background, or by nohup: programs would inherit it
        signal.signal(which, default)

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

ALLOWED: Final = (
    # AWS's configuration and service models, when a client is first made: botocore reads them as it likes
    ("botocore/configloader.py", {"raw_config_parse"}),
    ("aioprowler/aws/profiles.py", {"session_of"}),
    ("botocore/loaders.py", {"load_service_model", "load_data", "load_data_with_path"}),
    ("aioprowler/aws/models.py", {"_folders", "_load_file"}),
    # small files that lead to credentials, as botocore reads them, and whether there is one where there are none
    ("botocore/utils.py", {"__contains__", "__call__"}),
    ("aioprowler/accounts/advice.py", {"without_profile"}),
    # modules that aioboto3 imports with its first client
    ("multiprocessing/process.py", {"<module>"}),
    # a check's texts with its first finding, and the frameworks with the first of all: 20 ms
    ("aioprowler/declarations/checks.py", {"of"}),
    ("aioprowler/compliance/frameworks.py", {"_by_check", "_text", "frameworks"}),
    ("aioprowler/findings/finding_types.py", {"finding_types"}),
    # what AWS's managed policies hold, with the first role that is assumed
    ("aioprowler/accounts/permissions.py", {"_managed"}),
    # a database without journal and sync is written to memory, which the system writes to the disk when it likes
    ("aioprowler/integrations/spool.py", {"__init__", "put", "get", "forget", "_rows"}),
    # before the first event of a scan, and after its last
    ("aioprowler/cli/session.py", {"_open_files", "_close_files"}),
    # which checks there are, when a scan is prepared
    ("aioprowler/catalog/loading.py", {"installed", "load"}),
    # what Dask looks at when a cluster of the own machine is begun, and the folder of its processes once it has ended
    ("aioprowler/cluster/local.py", {"at_work", "_closing"}),
    # an empty folder
    ("aioprowler/tools/scratch.py", {"_made"}),
    # only what the reader takes at once
    ("aioprowler/cli/streams.py", {"_put"}),
    # which files of a scan there are, after its end
    ("aioprowler/integrations/s3.py", {"keys", "upload"}),
    # tests that read what is written meanwhile
    ("tests/cli/test_resume.py", {"events"}),
    # what asyncio says of a task in its debug mode
    ("asyncio/format_helpers.py", {"_get_function_source"}),
    # what is covered, where that is measured
    ("coverage/collector.py", {"lock_data"}),
    # messages on stderr, and pytest's when a test takes too long
    ("logging/__init__.py", {"emit"}),
    ("pytest_timeout.py", {"timeout_sigalrm"}),
)
"""Where the program may block a loop, and why."""


class BlockedError(BlockingError):
    """Remembers where, because boundaries in the program turn exceptions into values."""

    places: Final[list[str]] = []

    def __init__(self, func: str) -> None:
        super().__init__(func)
        self.places.append(f"{self}\n{''.join(traceback.format_stack()[:-2])}")


@pytest.fixture(scope="session", autouse=True)
def _watched() -> Iterator[None]:
    """Calls of the package that block while a loop runs raise, and are remembered."""
    watch = BlockBuster("aioprowler")
    watch.functions["os.fsync"] = BlockBusterFunction(None, "os.fsync", scanned_modules="aioprowler")
    for file, names in ALLOWED:
        for function in watch.functions.values():
            function.can_block_in(file, names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blockbuster.blockbuster, "BlockingError", BlockedError)
        watch.activate()
        yield
        watch.deactivate()


@pytest.fixture(autouse=True)
def nothing_blocks(_watched: None) -> Iterator[None]:
    """No test blocks an event loop, whatever comes of it."""
    yield
    places, BlockedError.places[:] = BlockedError.places.copy(), []
    assert not places, "\n".join(places)


@pytest.fixture(scope="session", autouse=True)
def private() -> None:
    """What tests make by themselves is the user's alone, as what the program makes."""
    os.umask(0o077)


@pytest.fixture
def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, files that are made take nothing."""
    create = disk.create

    def full(path: Path, mode: int = disk.PRIVATE) -> int:
        descriptor, device = create(path, mode), os.open("/dev/full", os.O_WRONLY)
        os.dup2(device, descriptor)
        os.close(device)
        return descriptor

    return lambda: monkeypatch.setattr(disk, "create", full)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a module that take something made once for it go to one worker."""
    for item in items:
        info = getattr(item, "_fixtureinfo", None)
        made = {name: definition.scope for name, (*_, definition) in info.name2fixturedefs.items()} if info else {}
        if "module" in made.values():
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
        if "recording" in made:
            item.add_marker(pytest.mark.timeout(400))  # half a minute of work, twice that where it is covered
