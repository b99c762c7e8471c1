"""What an account of a comparison is filled with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_seeds import accounts
from benchmarks.parity_seeds.accounts import Settings
from benchmarks.parity_seeds.build import plain_account

FOUNDATION: Final = ("ec2", "iam", "rds", "s3", "vpc")


class State(NamedTuple):
    """What one empty account is filled with."""

    name: str
    account_id: str
    fill: Callable[[Clients], None]
    settings: Settings = Settings()
    services: tuple[str, ...] = FOUNDATION
    """Those of which both scanners judge the account; others find nothing there."""
    scan_unused_services: bool = False
    config: Mapping[str, Any] = MappingProxyType({})
    """The configuration of both scanners, by key."""

    def seed(self, clients: Clients) -> None:
        """Fill the account."""
        plain_account(clients)
        accounts.seed(clients, self.settings)
        self.fill(clients)
