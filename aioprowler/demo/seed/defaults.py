"""What each account of AWS tells of itself from its first day, and one of moto only once it was set."""

from __future__ import annotations

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients

SSH = {"MinRange": 22, "MaxRange": 22}
ANY_PORT = {"MinRange": 0, "MaxRange": 65535}
ALL = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]


def seed_management(clients: Clients) -> None:
    """Leave Inspector off, and EMR as it comes: closed, but for SSH."""
    for region in (HOME_REGION, SECOND_REGION):
        inspect(clients, region, [])
        block_clusters(clients, region, SSH)


def seed_production(clients: Clients) -> None:
    """Have Inspector look at everything in one region."""
    inspect(clients, HOME_REGION, ALL)
    inspect(clients, SECOND_REGION, [])
    for region in (HOME_REGION, SECOND_REGION):
        block_clusters(clients, region, SSH)


def seed_sandbox(clients: Clients) -> None:
    """Leave Inspector off, and let EMR's clusters be open to the internet."""
    for region in (HOME_REGION, SECOND_REGION):
        inspect(clients, region, [])
        block_clusters(clients, region, ANY_PORT)


def inspect(clients: Clients, region: str, kinds: list[str]) -> None:
    """Turn Inspector on for kinds of resources, and off for the others."""
    inspector = clients("inspector2", region)
    inspector.disable(accountIds=[clients.account_id], resourceTypes=ALL)
    if kinds:
        inspector.enable(accountIds=[clients.account_id], resourceTypes=kinds)


def block_clusters(clients: Clients, region: str, but: dict[str, int]) -> None:
    """Have EMR refuse clusters that anybody may reach, at all ports but some. moto cannot turn it off."""
    clients("emr", region).put_block_public_access_configuration(
        BlockPublicAccessConfiguration={
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [but],
        }
    )
