"""How long AWS is waited for, and how often a call is tried."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True, kw_only=True):
    """What the user wants otherwise; None is as it is without them."""

    connect_timeout: float | None = None
    """Seconds until a connection is there."""
    read_timeout: float | None = None
    """Seconds of silence; a call may take twice as long in all."""
    retries: int | None = None
    """Of a call that AWS throttles, fails or does not answer."""
    user_agent: str = ""
    """What stands behind the scan's own words in each request, and so in CloudTrail."""


USUAL = Patience()
