"""Who is asked in the place of others on the internet where a scan is to ask AWS alone."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.declarations.failure import Failure

OPTION: Final = "--no-internet"


class Nobody:
    """A HostDirectory, IpRanges or PublicRepositories that says why it does not say anything."""

    def __init__(self, name: str) -> None:
        """`name`: what is not asked."""
        self._failure = Failure("limited", name, OPTION)

    async def host(self, *_: Any) -> Failure:
        """See `HostDirectory`."""
        return self._failure

    async def find(self, *_: Any) -> Failure:
        """See `IpRanges` and `PublicRepositories`."""
        return self._failure
