"""A whole scan: options in, findings out as they are made."""

from __future__ import annotations

from aioprowler.scanning.events import Batch, Companion, Event, SawAll
from aioprowler.scanning.options import MUTED, ScanOptions
from aioprowler.scanning.prepared import Prepared, plan, prepare
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.scanner import Scan, scan

__all__ = [
    "MUTED",
    "Batch",
    "Companion",
    "Event",
    "Prepared",
    "Progress",
    "SawAll",
    "Scan",
    "ScanOptions",
    "plan",
    "prepare",
    "scan",
]
