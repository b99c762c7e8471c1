"""`--workers` and `--scheduler`: who visits the accounts in the place of this process."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aioprowler.cli.options import Running, Sending
from aioprowler.errors import UsageError

if TYPE_CHECKING:
    from distributed.security import Security

    from aioprowler.scanning.crew import Crew

_MOST: Final = 1000
"""Processes: a slip of the finger must not bring the machine down."""
_ADDRESS: Final = re.compile(r"(tls|tcp)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}", re.ASCII)
_INSTALL: Final = "pip install 'aioprowler[cluster]'"


def crew_of(running: Running, sending: Sending) -> Crew | None:
    """None where this process visits them itself, for which Dask is not loaded. Raises UsageError."""
    number = _number(running.workers)
    if running.scheduler is None:
        _require_scheduler(running)
        if number == 1:
            return None
        _require_dask("--workers")
        from aioprowler.cluster.local import LocalCluster

        return LocalCluster(number)
    if running.workers is not None:
        raise UsageError("--workers and --scheduler: give one of them; a cluster has workers of its own.")
    is_secured = _is_secured(running.scheduler, running)
    if sending.security_hub and not running.send_credentials:
        raise UsageError(
            "--security-hub imports with each account's credentials, which this process has where it sends them to the "
            "workers: add --send-credentials."
        )
    _require_dask("--scheduler")
    from aioprowler.cluster.local import UsersCluster

    security = _security(running) if is_secured else None
    return UsersCluster(running.scheduler, security, sends=running.send_credentials)


def _number(text: str | None) -> int:
    """Of processes."""
    if text == "auto":
        return _cores()
    number = 1 if text is None else int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 0
    if not 1 <= number <= _MOST:
        raise UsageError(f"--workers {text!r:.80}: give a number from 1 to {_MOST:,}, or auto.")
    return number


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _require_scheduler(running: Running) -> None:
    given = {
        "--scheduler-ca": running.scheduler_ca,
        "--scheduler-cert": running.scheduler_cert,
        "--scheduler-key": running.scheduler_key,
        "--send-credentials": running.send_credentials,
    }
    if alone := [name for name, value in given.items() if value]:
        raise UsageError(f"{alone[0]} goes with --scheduler: add its address.")


def _is_secured(address: str, running: Running) -> bool:
    """Whether the scheduler speaks TLS."""
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"--scheduler {address!r:.80}: give tls://HOST:PORT, or tcp://HOST:PORT.")
    if address.startswith("tls:"):
        return True
    if running.send_credentials:
        raise UsageError(f"--send-credentials needs a scheduler that speaks TLS, and {address} does not.")
    if running.scheduler_ca or running.scheduler_cert or running.scheduler_key:
        raise UsageError(f"--scheduler-ca, --scheduler-cert and --scheduler-key are for tls://, and {address} is not.")
    return False


def _require_dask(option: str) -> None:
    if any(importlib.util.find_spec(each) is None for each in ("distributed", "cryptography")):
        raise UsageError(f"{option} needs Dask: {_INSTALL}")


def _security(running: Running) -> Security:
    """The files of the options; those that are not given are Dask's own configuration's."""
    from distributed.security import Security

    given = {
        "tls_ca_file": _file("--scheduler-ca", running.scheduler_ca),
        "tls_client_cert": _file("--scheduler-cert", running.scheduler_cert),
        "tls_client_key": _file("--scheduler-key", running.scheduler_key),
    }
    files = {name: path for name, path in given.items() if path is not None}
    security = Security(require_encryption=True, **files)
    for option, path in (("--scheduler-ca", security.tls_ca_file), ("--scheduler-cert", security.tls_client_cert)):
        if path is None:
            raise UsageError(f"--scheduler {running.scheduler}: give {option}, which Dask's configuration lacks.")
    try:
        security.get_connection_args("client")
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {running.scheduler}: its certificates cannot be used ({error}).") from None
    return security


def _file(option: str, path: Path | None) -> str | None:
    if path is not None and not path.is_file():
        raise UsageError(f"{option} {path}: there is no such file.")
    return str(path) if path is not None else None
