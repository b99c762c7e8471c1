"""Whose resources they are and where: the two subjects that exist before AWS is asked anything."""

from __future__ import annotations

from msgspec import Struct

from aioprowler.declarations.failure import Failure


class Account(Struct, frozen=True, kw_only=True):
    """An AWS account under scan. It holds no secret: the gateway knows the credentials by `id`."""

    id: str
    """Twelve digits."""
    partition: str = "aws"
    """`aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`, `aws-iso`, ..."""
    default_region: str = "us-east-1"
    """Where findings about the whole account and about global services are filed."""
    regions: tuple[str, ...] | None = None
    """Enabled regions that the scan covers; None means only `default_region`."""
    enabled_regions: tuple[str, ...] | None = None
    """All enabled regions, where the scan covers some of them only."""
    untold: Failure | None = None
    """Why AWS did not tell which regions are enabled: `regions` are those that cannot be off."""
    name: str = ""
    email: str = ""
    organizational_unit: str = ""
    """Path of organizational unit names below the root, such as `workloads/production`."""
    organizational_unit_id: str = ""
    """Of the unit that it is in, `ou-...`; empty below the root itself."""
    organization_id: str = ""
    """`o-...`"""
    organization_arn: str = ""
    tags: dict[str, str] = {}
    profile: str | None = ""
    """Of the user's AWS configuration: the one that leads into the account. Empty: the environment's credentials do.
    None: the scan came in otherwise, as with a role, and only the user knows a profile.
    """
    auth_method: str = ""
    """How the scan came in: `profile: audit`, `role: arn:...`, `environment`, `access key`; empty: AWS was given."""

    @property
    def scanned_regions(self) -> tuple[str, ...]:
        """Those that were given; the default one where nobody asked which are enabled."""
        return (self.default_region,) if self.regions is None else self.regions

    @property
    def every_region(self) -> tuple[str, ...]:
        """Those that the account has enabled, as far as they are known, be they scanned or not."""
        return self.scanned_regions if self.enabled_regions is None else self.enabled_regions


class Region(Struct, frozen=True, kw_only=True):
    """One region of an account, as the subject of a check."""

    name: str
    account: Account


EXAMPLE_ACCOUNT = Account(id="123456789012", regions=("us-east-1",))
"""The account of a resource made in a test without naming one (the id that AWS's documentation uses)."""
