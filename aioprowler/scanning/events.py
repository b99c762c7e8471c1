"""What a scan tells while it runs, and whom it takes along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from aioprowler.aws.api import AwsApi
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import Operation
from aioprowler.findings.finding import Finding
from aioprowler.scanning.journal import Completed

Batch = list[Finding]

Event = Batch | Completed
"""A cell comes after its last findings, an account after its last cell."""

SawAll = Callable[[str, str], bool]
"""Check id and region -> whether what was not found there is not there."""


class Companion(Protocol):
    """Goes along with a scan, and is with each account while its credentials are at hand."""

    operations: Sequence[Operation]
    """What it asks of AWS."""

    def found(self, found: Batch, kept: Batch, chosen: Batch) -> None:
        """What was found in an account that was entered, what the treatments make of it, and what is streamed."""

    async def leave(self, account: Account, api: AwsApi, saw_all: SawAll) -> None:
        """The account is finished, or cut off. Only after this is it complete, to a journal."""
