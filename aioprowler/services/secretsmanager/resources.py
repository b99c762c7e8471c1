"""Secrets, and who may read them."""

from __future__ import annotations

import datetime

from aioprowler import Facet, Resource, Tag, call, field, listing
from aioprowler.judging.policies import Policy


class Secret(
    Resource,
    id="name",
    type="AwsSecretsManagerSecret",
    group="security",
    noun="Secret",
    gone={"ResourceNotFoundException": "", "InvalidRequestException": "marked for deletion"},
):
    """A secret, as the listing tells of it, which may lag by five minutes. What never was is left out, and so are
    secrets that are to be deleted (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html).
    """

    source = listing("secretsmanager", "ListSecrets", "SecretList")
    name: str
    arn: str = field(name="ARN")
    created_date: datetime.datetime
    rotation_enabled: bool = False
    """Left out where rotation was never set up
    (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html)."""
    last_rotated_date: datetime.datetime | None = None
    last_accessed_date: datetime.datetime | None = None
    """The day on which it was last read in its region."""
    owning_service: str = ""
    """The service that made it and looks after it; empty of the account's own."""
    primary_region: str = ""
    """Where it was made; its own region, or nothing, unless it is a replica."""
    tags: tuple[Tag, ...] = ()

    @property
    def rotates_elsewhere(self) -> bool:
        """Whether its rotation is no matter of its own: a replica has that of its primary, and what another service
        looks after can only be rotated where that service does
        (https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html).
        """
        is_replica = self.primary_region not in ("", self.region)
        return is_replica or bool(self.owning_service and not self.rotation_enabled)


class SecretPolicy(Facet[Secret]):
    """Who may do what with a secret, besides what IAM says."""

    source = call("secretsmanager", "GetResourcePolicy", SecretId="arn")
    resource_policy: Policy | None = None
    """Left out where there is none."""
