"""How fleets are judged."""

from __future__ import annotations

from typing import Annotated

from aioprowler import Fail, Verdict, check
from aioprowler.judging.verdicts import has_no, pass_if
from aioprowler.services.appstream.resources import Fleet


@check(fails="AppStream fleet has default internet access", severity="medium", categories=["internet-exposed"])
def appstream_fleet_default_internet_access_disabled(fleet: Fleet) -> Verdict:
    """AppStream fleets have no default internet access.

    With it, the instances have public addresses. Without it they reach the internet by the routes of their VPC, or not
    at all.

    ## Risk
    Instances in which strangers' web pages are opened are on the internet themselves, past the firewalls and logs of
    the VPC.

    ## Remediation
    Give their subnets a way through a NAT gateway, stop the fleet, and turn the access off: `aws appstream update-fleet
    --region <region> --name <fleet> --no-enable-default-internet-access`.

    ## References
    https://docs.aws.amazon.com/appstream2/latest/developerguide/internet-access.html
    https://docs.aws.amazon.com/appstream2/latest/developerguide/managing-network-internet-NAT-gateway.html
    """
    return has_no(fleet.label, "default internet access", fleet.enable_default_internet_access)


@check(fails="AppStream fleet lets sessions last too long", severity="medium", categories=[])
def appstream_fleet_maximum_session_duration(
    fleet: Fleet,
    *,
    max_session_duration_seconds: Annotated[int, "Seconds before which a streaming session has to end."] = 36_000,
) -> Verdict:
    """AppStream fleets end sessions in less than ten hours.

    ## Risk
    A session that somebody took over, or left open, goes on for days, and so does what runs in it.

    ## Remediation
    End sessions after a working day: `aws appstream update-fleet --region <region> --name <fleet>
    --max-user-duration-in-seconds 32400`.

    ## References
    https://docs.aws.amazon.com/appstream2/latest/developerguide/set-up-stacks-fleets-create.html
    """
    seconds, limit = fleet.max_user_duration_in_seconds, max_session_duration_seconds
    told = f"{fleet.label} ends sessions after {seconds} seconds"
    return pass_if(seconds < limit, f"{told}.", f"{told}, which is not before {limit}.")


@check(fails="AppStream fleet keeps sessions of disconnected users too long", severity="medium", categories=[])
def appstream_fleet_session_disconnect_timeout(
    fleet: Fleet,
    *,
    max_disconnect_timeout_in_seconds: Annotated[
        int, "Seconds for which the session of a user who was disconnected may be kept."
    ] = 300,
) -> Verdict:
    """AppStream fleets keep sessions of disconnected users for at most five minutes.

    ## Risk
    Whoever gets at the user's sign-in finds the session as it was left, with all that is open in it.

    ## Remediation
    `aws appstream update-fleet --region <region> --name <fleet> --disconnect-timeout-in-seconds 300`

    ## References
    https://docs.aws.amazon.com/appstream2/latest/developerguide/set-up-stacks-fleets-create.html
    """
    return _at_most(
        f"{fleet.label} keeps sessions of disconnected users for",
        fleet.disconnect_timeout_in_seconds,
        max_disconnect_timeout_in_seconds,
    )


@check(fails="AppStream fleet does not disconnect idle users soon", severity="medium", categories=["identity-access"])
def appstream_fleet_session_idle_disconnect_timeout(
    fleet: Fleet,
    *,
    max_idle_disconnect_timeout_in_seconds: Annotated[int, "Seconds for which a connected user may be idle."] = 600,
) -> Verdict:
    """AppStream fleets disconnect users who are idle for ten minutes.

    A fleet that never disconnects them fails, which is what fleets do unless a time is set.

    ## Risk
    Whoever passes by an unlocked screen works on in the user's name.

    ## Remediation
    `aws appstream update-fleet --region <region> --name <fleet> --idle-disconnect-timeout-in-seconds 600`

    ## References
    https://docs.aws.amazon.com/appstream2/latest/developerguide/set-up-stacks-fleets-create.html
    """
    seconds = fleet.idle_disconnect_timeout_in_seconds
    if not seconds:
        return Fail(f"{fleet.label} never disconnects idle users.")
    return _at_most(f"{fleet.label} disconnects idle users after", seconds, max_idle_disconnect_timeout_in_seconds)


def _at_most(does: str, seconds: int, limit: int) -> Verdict:
    told = f"{does} {seconds} seconds"
    return pass_if(seconds <= limit, f"{told}.", f"{told}, more than {limit}.")
