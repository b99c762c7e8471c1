"""How Client VPN endpoints are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.logs import logs
from aioprowler.services.ec2.resources.network import ClientVpnEndpoint


@check(fails="Client VPN endpoint does not log connections", severity="low", categories=["logging"])
def ec2_client_vpn_endpoint_connection_logging_enabled(endpoint: ClientVpnEndpoint) -> Verdict:
    """Client VPN endpoints log connections.

    The log has each attempt to connect, with the client's address, certificate or user, the time, and how it ended.

    ## Risk
    A stolen certificate or password brings an attacker into the network as if they were staff. Without the log nobody
    can tell that it was used, when, or from where.

    ## Remediation
    `aws ec2 modify-client-vpn-endpoint --region <region> --client-vpn-endpoint-id <client-vpn-endpoint>
    --connection-log-options Enabled=true,CloudwatchLogGroup=<your-log-group>`

    ## References
    https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html
    """
    return logs(endpoint.label, "connections", endpoint.connection_log_options.enabled)
