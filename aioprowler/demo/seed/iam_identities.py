"""Who gets into accounts by other means: identity providers, security keys, groups and services."""

from __future__ import annotations

from typing import Final

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document

_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_METADATA: Final = "<EntityDescriptor/>" * 60
"""The operation asks for a thousand characters at least."""


def seed_management(clients: Clients) -> None:
    """Create a user for emergencies, who has a security key."""
    iam = clients("iam")
    iam.create_user(UserName="break-glass")
    key = f"arn:aws:iam::{clients.account_id}:u2f/user/break-glass/safe-in-the-office"
    iam.enable_mfa_device(
        UserName="break-glass", SerialNumber=key, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )


def seed_production(clients: Clients) -> None:
    """Let the people of the company come from its directory."""
    clients("iam").create_saml_provider(Name="directory", SAMLMetadataDocument=_METADATA)


def seed_sandbox(clients: Clients) -> None:
    """Make the intern an administrator once more, and let SNS topics of anybody use a role."""
    iam = clients("iam")
    iam.create_group(GroupName="founders")
    iam.attach_group_policy(GroupName="founders", PolicyArn=_ADMINISTRATOR)
    iam.add_user_to_group(GroupName="founders", UserName="intern")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
    }
    trust = document(statement)
    iam.create_role(RoleName="event-forwarder", AssumeRolePolicyDocument=trust)
