"""Who on the internet gets at something: by a flag, an ACL or a policy, or over the network."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.declarations.failure import Failure, known
from aioprowler.judging.policies import Outsiders
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


def in_force(ways: list[str], blocks: Mapping[str, bool | Failure]) -> list[str]:
    """Those of the open ways in that nothing blocks. Raises GapError where they are all blocked, if they are, by what
    could not be looked at.
    """
    unblocked = [way for way in ways if blocks[way] is False]
    return unblocked or [way for way in ways if not known(blocks[way])]


def not_public_bucket(
    label: str,
    *,
    acl: bool,
    policy: Outsiders,
    ignores_acls: bool | Failure,
    restricts_policy: bool | Failure,
) -> Verdict:
    """PASS where neither a bucket's ACL (`acl`: it grants something to everybody) nor its policy makes it public, or
    Block Public Access makes that ineffective; a Failure stands for a setting of it that is not known.
    """
    by_policy = Outsiders() if restricts_policy is True else policy
    ways = [way for way, leads_in in {"ACL": acl, "policy": bool(by_policy.names)}.items() if leads_in]
    found = in_force(ways, {"ACL": ignores_acls, "policy": restricts_policy})
    return not_public_by(label, found, by_policy.doubtful)


class Way(msgspec.Struct, frozen=True):
    """One of the things that the internet must get through on its way."""

    by: str | None = None
    """What lets it through; None: nothing that is known does."""
    unknown: str = ""
    """What may let it through and is not known: `the routes of subnet-1 are not known`."""


ANY_PORT: Final = -1
"""The port of what listens where AWS does not tell: whichever of its ports is open, leads to it."""


class Reach(msgspec.Struct, frozen=True):
    """How far the internet gets on its way to something with an address that it may know."""

    port: int | None
    """Where it listens, or ANY_PORT; None: that is not known."""
    group: Way
    """By the security group that lets any address in to that port."""
    subnet: Way
    """By the subnet with a route to the internet."""


NO_REACH: Final = Reach(None, Way(), Way())


def not_reachable(label: str, publicly_accessible: bool | None, reach: Reach) -> Pass | Fail | Manual:
    """PASS where the internet is stopped by what the thing is set to (None: AWS did not tell), by its security groups,
    or by its subnets; MANUAL where nothing that is known stops it, and not all is known.
    """
    if publicly_accessible is False:
        return Pass(f"{label} is not set as publicly accessible.")
    told = f"{label} {'is' if publicly_accessible else 'may be'} set as publicly accessible"
    group, subnet = reach.group, reach.subnet
    port = "a port of it" if reach.port == ANY_PORT else "its port"
    if group == Way():
        return Pass(f"{told}, but no security group of it admits any address to {port}.")
    if subnet == Way():
        return Pass(f"{told}, but none of its subnets is public.")
    unknown = [way.unknown for way in (group, subnet) if way.by is None]
    if publicly_accessible is None:
        unknown.append("AWS did not tell PubliclyAccessible")
    if unknown:
        return Manual(f"{told}, and {' and '.join(unknown)}.")
    number = "" if reach.port == ANY_PORT else f" {reach.port}"
    admits = f"security group {group.by} admits any address to {port}{number}"
    return Fail(f"{told}, {admits} and subnet {subnet.by} is public.")


def not_in_public_subnet(label: str, subnet: Way) -> Pass | Fail | Manual:
    """PASS where none of its subnets has a route to the internet; FAIL names the one that has."""
    if subnet.by:
        return Fail(f"{label} is in the public subnet {subnet.by}.")
    if subnet.unknown:
        return Manual(f"Whether {label} is in a public subnet is not known: {subnet.unknown}.")
    return Pass(f"{label} is in no public subnet.")


def in_vpc(label: str, vpc_id: str | None) -> Pass | Fail:
    """PASS where it is in a VPC; AWS leaves the id out, or empty, where it is in none."""
    return pass_if(bool(vpc_id), f"{label} is in the VPC {vpc_id}.", f"{label} is not in a VPC.")


def behind_waf(label: str, web_acl: str | None) -> Pass | Fail:
    """PASS where a web ACL of AWS WAF, given by name or ARN, guards it; None or empty: none does."""
    return pass_if(bool(web_acl), f"{label} is behind the web ACL {web_acl}.", f"{label} is not behind a web ACL.")
