"""Servers for file transfer."""

from __future__ import annotations

from aioprowler import Facet, Resource, call, listing
from aioprowler.judging.verdicts import told


class Server(
    Resource,
    id="server_id",
    type="AwsTransferServer",
    group="network",
    noun="Transfer server",
    gone=["ResourceNotFoundException"],
):
    """Endpoints to which files are sent. One that is offline is judged as well: it comes back as it was."""

    source = listing("transfer", "ListServers", "Servers")
    server_id: str
    arn: str


class ServerSettings(Facet[Server]):
    """What a server offers, and with which ciphers."""

    source = call("transfer", "DescribeServer", "Server", ServerId="server_id")
    protocols: tuple[str, ...] = ()
    security_policy_name: str | None = None

    @property
    def policy(self) -> str:
        """The name of its security policy. Raises UnreadableError where AWS did not tell it."""
        return told(self.security_policy_name, "SecurityPolicyName of this server")
