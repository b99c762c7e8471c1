"""Fleets of streaming instances."""

from __future__ import annotations

from aioprowler import Resource, listing


class Fleet(Resource, id="name", type="Other", group="compute", noun="AppStream fleet"):
    """Instances that stream applications or desktops to users."""

    source = listing("appstream", "DescribeFleets", "Fleets")
    name: str
    arn: str
    enable_default_internet_access: bool
    max_user_duration_in_seconds: int
    disconnect_timeout_in_seconds: int
    idle_disconnect_timeout_in_seconds: int = 0
    """0, the default: nobody is disconnected for being idle
    (https://docs.aws.amazon.com/appstream2/latest/APIReference/API_CreateFleet.html)."""
