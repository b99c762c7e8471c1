"""The simulated AWS as a process, which prints its URL: `python -m benchmarks.simulated_aws --accounts 1000`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import structs

from benchmarks.simulated_aws.certificates import make_context
from benchmarks.simulated_aws.config import Config, Preset
from benchmarks.simulated_aws.faults import Rule
from benchmarks.simulated_aws.latency import Latency
from benchmarks.simulated_aws.server import serve
from benchmarks.stub_server import run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.simulated_aws", description=__doc__)
    parser.add_argument("--config", type=Path, help="JSON file with the fields of Config; other options come after it")
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--suspended", type=int)
    parser.add_argument("--regions", nargs="+")
    parser.add_argument("--preset", choices=get_args(Preset))
    parser.add_argument("--size", nargs=2, action="append", metavar=("TYPE", "COUNT"), help="ec2:instance 500")
    parser.add_argument("--unmodelled", type=int, help="made-up elements in lists that nobody modelled")
    parser.add_argument("--full", action="store_true", help="replies with all that their shapes have")
    parser.add_argument("--latency", type=float, help="seconds, the median")
    parser.add_argument("--latency-p99", type=float)
    parser.add_argument("--no-quotas", action="store_true")
    parser.add_argument("--session-seconds", type=float, help="what an hour of a session takes in truth")
    parser.add_argument("--faults", type=Path, help="JSON file with a list of rules")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--certificate", type=Path, help="serve TLS, and write the certificate here")
    return parser.parse_args()


def _config(chosen: argparse.Namespace) -> Config:
    """Raises msgspec.ValidationError."""
    config = msgspec.json.decode(chosen.config.read_bytes(), type=Config) if chosen.config else Config()
    plain = ("accounts", "suspended", "preset", "unmodelled", "session_seconds", "seed", "host", "port")
    given: dict[str, Any] = {name: getattr(chosen, name) for name in plain if getattr(chosen, name) is not None}
    if chosen.regions:
        given["regions"] = tuple(chosen.regions)
    if chosen.size:
        given["sizes"] = config.sizes | {kind: int(count) for kind, count in chosen.size}
    if chosen.latency is not None:
        given["latency"] = config.latency | {"*": Latency(chosen.latency, chosen.latency_p99 or 0.0)}
    if chosen.faults:
        given["faults"] = msgspec.json.decode(chosen.faults.read_bytes(), type=tuple[Rule, ...])
    if chosen.full:
        given["full"] = True
    if chosen.no_quotas:
        given["enforce_quotas"] = False
    if chosen.certificate:
        given["tls"] = True
    return structs.replace(config, **given)


async def _main(config: Config, certificate: Path | None) -> None:
    tls = make_context(certificate, config.host) if certificate else None
    task = asyncio.ensure_future(serve(config, tls, lambda url: print(url, flush=True)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def main() -> None:
    chosen = _arguments()
    config = _config(chosen)
    certificate: Path | None = chosen.certificate
    if config.tls and certificate is None:
        certificate = Path(tempfile.mkdtemp(prefix="simulated-aws-")) / "certificate.pem"
    gc.freeze()
    run(_main(config, certificate))


if __name__ == "__main__":
    main()
