"""What was asked of the simulated AWS, and how it took it."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.simulated_aws.buckets import Use


class Asked(Struct):
    """Of one operation."""

    calls: int = 0
    throttled: int = 0
    failed: int = 0
    """Other errors, such as those of things that do not exist, and faults."""


class Statistics:
    """Counters, which a POST sets back."""

    def __init__(self) -> None:
        self.connections = 0
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        self._since = time.monotonic()
        self._cpu = time.process_time()
        self.operations: dict[str, Asked] = {}
        self.accounts = Counter[str]()
        self.faults = Counter[str]()
        self.unmodelled = Counter[str]()
        self.unknown = Counter[str]()
        """Requests that are no operation of a service."""
        self.refused = Counter[str]()
        """Requests without usable credentials, by error code."""
        self.opened = 0
        self.sent = 0
        self.peak_connections = self.connections
        self.peak_in_flight = self.in_flight

    def asked(self, operation: str) -> Asked:
        return self.operations.get(operation) or self.operations.setdefault(operation, Asked())

    def began(self) -> None:
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)

    def ended(self) -> None:
        self.in_flight -= 1

    def connected(self) -> None:
        self.opened += 1
        self.connections += 1
        self.peak_connections = max(self.peak_connections, self.connections)

    def disconnected(self) -> None:
        self.connections -= 1

    def report(self, buckets: Mapping[str, Use], templates: Mapping[str, int]) -> dict[str, Any]:
        operations = {name: self.operations[name] for name in sorted(self.operations)}
        return {
            "seconds": round(time.monotonic() - self._since, 3),
            "cpu_seconds": round(time.process_time() - self._cpu, 3),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "calls": sum(asked.calls for asked in operations.values()),
            "throttled": sum(asked.throttled for asked in operations.values()),
            "failed": sum(asked.failed for asked in operations.values()),
            "bytes_sent": self.sent,
            "connections": {"opened": self.opened, "open": self.connections, "peak": self.peak_connections},
            "peak_in_flight": self.peak_in_flight,
            "operations": msgspec.to_builtins(operations),
            "buckets": msgspec.to_builtins({name: buckets[name] for name in sorted(buckets)}),
            "accounts": dict(self.accounts),
            "faults": dict(self.faults),
            "refused": dict(self.refused),
            "unmodelled": dict(self.unmodelled),
            "unknown": dict(self.unknown),
            "templates": dict(templates),
        }
