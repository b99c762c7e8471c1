"""What is done to findings between the engine and the outputs."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler.findings.finding import Finding

Treatment = Callable[[list[Finding]], list[Finding]]
"""Takes a batch and gives back what goes on: without those that are left out, and others changed. Order is kept."""
