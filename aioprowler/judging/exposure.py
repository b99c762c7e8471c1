"""Who on the internet gets at something: by a flag, an ACL or a policy, or over the network."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.verdicts import is_not, pass_if


def not_public(label: str, public: bool) -> Pass | Fail:
    """PASS where it is not public, by the one thing that decides it."""
    return is_not(label, "public", public)


def not_public_by(label: str, ways: Iterable[str], doubtful: Collection[str] = ()) -> Verdict:
    """PASS where none of the ways in is open: `S3 bucket b is public by its ACL and its policy.` MANUAL where one may
    be, for those who are doubtful.
    """
    by = " and its ".join(ways)
    if by:
        return Fail(f"{label} is public by its {by}.")
    return Manual(f"{label} may be open to {'; '.join(doubtful)}.") if doubtful else not_public(label, False)


class Reach(msgspec.Struct, frozen=True):
    """How far the internet gets on its way to something with an address that it may know."""

    port: int | None
    """Where it listens; None: nowhere yet."""
    group: str | None
    """A security group of it that lets any address in to that port; None: no group of it does."""
    subnet: str | None
    """A subnet of it with a route to the internet; None: it is in no such subnet."""


NO_REACH: Final = Reach(None, None, None)


def not_reachable(label: str, publicly_accessible: bool | None, reach: Reach) -> Pass | Fail | Manual:
    """PASS where the internet is stopped by what the thing is set to (None: AWS did not tell), by its security groups,
    or by its subnets.
    """
    if publicly_accessible is False:
        return Pass(f"{label} is not set as publicly accessible.")
    told = f"{label} {'is' if publicly_accessible else 'may be'} set as publicly accessible"
    if reach.group is None:
        return Pass(f"{told}, but no security group of it admits any address to its port.")
    told += f", security group {reach.group} admits any address to its port {reach.port}"
    if reach.subnet is None:
        return Pass(f"{told}, but none of its subnets is public.")
    told += f" and subnet {reach.subnet} is public."
    return Fail(told) if publicly_accessible else Manual(f"{told} AWS did not tell PubliclyAccessible.")


def not_in_public_subnet(label: str, subnet: str | None) -> Pass | Fail:
    """PASS where none of its subnets has a route to the internet; FAIL names the one that has."""
    return pass_if(subnet is None, f"{label} is in no public subnet.", f"{label} is in the public subnet {subnet}.")


def in_vpc(label: str, vpc_id: str | None) -> Pass | Fail:
    """PASS where it is in a VPC; AWS leaves the id out, or empty, where it is in none."""
    return pass_if(bool(vpc_id), f"{label} is in the VPC {vpc_id}.", f"{label} is not in a VPC.")


def behind_waf(label: str, web_acl: str | None) -> Pass | Fail:
    """PASS where a web ACL of AWS WAF, given by name or ARN, guards it; None or empty: none does."""
    return pass_if(bool(web_acl), f"{label} is behind the web ACL {web_acl}.", f"{label} is not behind a web ACL.")
