"""Whom mail is sent as."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aioprowler import Facet, Resource, call, listing
from aioprowler.judging.policies import Policy


class EmailIdentity(
    Resource,
    id="identity_name",
    arn="arn:{partition}:ses:{region}:{account_id}:identity/{identity_name}",
    type="Other",
    group="messaging",
    noun="SES identity",
    gone=["NotFoundException"],
):
    """A domain or an address that mail may be sent from."""

    source = listing("sesv2", "ListEmailIdentities", "EmailIdentities")
    identity_name: str


class DkimAttributes(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether mail is signed, and how far the proof has come that the keys in DNS are the domain's."""

    signing_enabled: bool = False
    status: str = "NOT_STARTED"


class EmailIdentityDetails(Facet[EmailIdentity]):
    """How mail from an identity is signed, and who else may send it."""

    source = call("sesv2", "GetEmailIdentity", EmailIdentity="identity_name")
    dkim_attributes: DkimAttributes = DkimAttributes()
    policies: Mapping[str, Policy] = {}
    """By name; all of them count."""

    @property
    def policy(self) -> Policy:
        """All of them as one: a Deny of one keeps out whom another allows."""
        return Policy(tuple(statement for policy in self.policies.values() for statement in policy.statements))
