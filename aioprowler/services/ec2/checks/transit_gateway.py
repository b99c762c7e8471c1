"""How transit gateways are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.verdicts import pass_if, switched, unknown
from aioprowler.services.ec2.resources.network import TransitGateway


@check(
    fails="Transit gateway accepts attachments of other accounts by itself",
    severity="high",
    categories=["trust-boundaries"],
)
def ec2_transitgateway_auto_accept_vpc_attachments(gateway: TransitGateway) -> Verdict:
    """Transit gateways do not accept attachments of other accounts by themselves.

    With the option `AutoAcceptSharedAttachments`, every account that the gateway is shared with can connect its VPCs
    without anybody looking.

    ## Risk
    A compromised or careless account joins the network in the middle and reaches whatever the gateway's routes lead to.

    ## Remediation
    `aws ec2 modify-transit-gateway --region <region> --transit-gateway-id <transit-gateway> --options
    AutoAcceptSharedAttachments=disable`

    ## References
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    word = gateway.options.auto_accept_shared_attachments
    by_itself = switched(word)
    if by_itself is None:
        return unknown(gateway.label, "AutoAcceptSharedAttachments", word)
    return pass_if(
        not by_itself,
        f"{gateway.label} does not accept shared attachments by itself.",
        f"{gateway.label} accepts shared attachments by itself.",
    )
