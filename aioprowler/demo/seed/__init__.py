"""Fill a simulated AWS with an organization of three accounts, in two regions.

Everything is plain boto3 over HTTP and therefore works against any moto server. Nearly all checks of S3, VPC, EC2, IAM
and RDS find something good and something bad in it; docs/demo.md names those that moto cannot show, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aioprowler.demo.seed import (
    analytics,
    applications,
    defaults,
    directory,
    ec2,
    iam,
    keys,
    machine_learning,
    messages,
    owners,
    rds,
    s3,
    stores,
    vpc,
    warehouses,
    watch,
)
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients

REGIONS: Final = (HOME_REGION, SECOND_REGION)
"""The regions that have resources."""

SCAN_ROLE: Final = "aioprowler"
"""Name of the role that every account lets the management account assume."""

EXTERNAL_ID: Final = "demo"
"""External id that the role of the production account asks for."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account, and how to get in."""

    id: str
    name: str
    role_arn: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """The accounts of the simulated organization."""

    id: str
    management: DemoAccount
    production: DemoAccount
    sandbox: DemoAccount
    regions: tuple[str, ...] = REGIONS

    @property
    def accounts(self) -> tuple[DemoAccount, ...]:
        """All accounts, the management account first."""
        return (self.management, self.production, self.sandbox)


def seed(endpoint_url: str) -> DemoOrganization:
    """Create the organization and its resources in the empty AWS behind an endpoint."""
    with Clients(endpoint_url, account_id="") as root:
        root.account_id = root("sts").get_caller_identity()["Account"]
        organization_id = create_organization(root)
        (top,) = root("organizations").list_roots()["Roots"]
        workloads = create_unit(root, top["Id"], "workloads")
        production_id = create_account(root, "production", top["Id"], create_unit(root, workloads, "production"))
        sandbox_id = create_account(root, "sandbox", top["Id"], create_unit(root, top["Id"], "sandbox"))
        with enter_account(root, production_id) as production, enter_account(root, sandbox_id) as sandbox:
            organization = DemoOrganization(
                organization_id,
                scanned_account(root, root, "management"),
                scanned_account(root, production, "production", EXTERNAL_ID),
                scanned_account(root, sandbox, "sandbox"),
            )
            seed_management(root)
            seed_production(production)
            seed_sandbox(sandbox, production_id)
    return organization


def create_organization(root: Clients) -> str:
    """Create an organization with all features; return its id."""
    return str(root("organizations").create_organization(FeatureSet="ALL")["Organization"]["Id"])


def create_unit(root: Clients, above: str, name: str) -> str:
    """Create an organizational unit below another one, or below the root; return its id."""
    reply = root("organizations").create_organizational_unit(ParentId=above, Name=name)
    return str(reply["OrganizationalUnit"]["Id"])


def create_account(root: Clients, name: str, top: str, unit: str) -> str:
    """Create a member account, which AWS puts below the root, and move it into its unit; return its id."""
    organizations = root("organizations")
    reply = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
    account_id = str(reply["CreateAccountStatus"]["AccountId"])
    organizations.move_account(AccountId=account_id, SourceParentId=top, DestinationParentId=unit)
    return account_id


def enter_account(root: Clients, account_id: str) -> Clients:
    """Act as the role that Organizations creates in every member account."""
    return root.assume(f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole", account_id)


def scanned_account(root: Clients, clients: Clients, name: str, external_id: str | None = None) -> DemoAccount:
    """Create the role that scans an account."""
    role_arn = iam.scan_role(clients, SCAN_ROLE, root.account_id, external_id)
    return DemoAccount(clients.account_id, name, role_arn, external_id)


def seed_management(clients: Clients) -> None:
    """Create the resources of the management account, nearly all of them good."""
    iam.seed_management(clients)
    s3.seed_management(clients)
    audit = vpc.seed_management(clients)
    ec2.seed_management(clients, audit)
    defaults.seed_management(clients)


def seed_production(clients: Clients) -> None:
    """Create the resources of the production account, good and bad."""
    iam.seed_production(clients)
    s3.seed_production(clients)
    networks = vpc.seed_production(clients)
    ec2.seed_production(clients, networks, iam.INSTANCE_PROFILE)
    rds.seed_production(clients, networks)
    warehouses.seed_production(clients, networks[HOME_REGION])
    directory.seed_production(clients)
    key = keys.seed_production(clients)
    applications.seed_production(clients, networks[HOME_REGION], key)
    machine_learning.seed_production(clients, networks[HOME_REGION], key)
    analytics.seed_production(clients, key)
    stores.seed_production(clients, networks[HOME_REGION], key)
    watch.seed_production(clients, s3.TRAIL, key, messages.seed_production(clients, key))
    owners.seed_production(clients)
    defaults.seed_production(clients)


def seed_sandbox(clients: Clients, production_id: str) -> None:
    """Create the resources of the sandbox account, nearly all of them bad."""
    iam.seed_sandbox(clients)
    defaults.seed_sandbox(clients)
    s3.seed_sandbox(clients, production_id)
    playground = vpc.seed_sandbox(clients)
    ec2.seed_sandbox(clients, playground)
    rds.seed_sandbox(clients, playground)
    warehouses.seed_sandbox(clients, playground)
    applications.seed_sandbox(clients, playground)
    machine_learning.seed_sandbox(clients)
    analytics.seed_sandbox(clients)
    stores.seed_sandbox(clients, playground)
    directory.seed_sandbox(clients)
    keys.seed_sandbox(clients)
    messages.seed_sandbox(clients)
    watch.seed_sandbox(clients, s3.DROPBOX)
