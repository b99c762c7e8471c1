"""Whether Macie is on, and looks for sensitive data by itself."""

from __future__ import annotations

from aioprowler import Facet, Region, call


class Session(Facet[Region], rename="camel"):
    """Macie in a region. None where nobody has enabled it, of which only the words tell: the code is that of a denial
    (https://docs.aws.amazon.com/macie/latest/APIReference/macie.html).
    """

    source = call("macie2", "GetMacieSession", absent={"AccessDeniedException": "Macie is not enabled"})
    status: str
    """`ENABLED`, or `PAUSED` where it is suspended."""


def is_looking(session: Session | None) -> bool:
    """Only there is anything to ask of it."""
    return session is not None and session.status.upper() == "ENABLED"


class AutomatedDiscovery(Facet[Region], rename="camel"):
    """Whether Macie samples objects of all buckets day by day. A member whose administrator decides is refused."""

    source = call("macie2", "GetAutomatedDiscoveryConfiguration", when=is_looking)
    status: str
    """`ENABLED` or `DISABLED`."""
