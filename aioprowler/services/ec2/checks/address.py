"""How Elastic IP addresses are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.ec2.resources.network import ElasticIp


@check(severity="low", categories=["internet-exposed"])
def ec2_elastic_ip_unassigned(address: ElasticIp) -> Verdict | None:
    """Elastic IP addresses are associated with something.

    An address is in use when it has an association with an instance or a network interface.

    ## Risk
    Forgotten addresses cost money, use up the quota of the region, and stand in DNS records and allow lists of others
    as if somebody answered there.

    ## Remediation
    Remove the DNS records that point to it, then `aws ec2 release-address --allocation-id <allocation>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
    """
    if not address.public_ip:
        return None
    if address.association_id:
        return Pass(f"Elastic IP address {address.public_ip} is in use.")
    return Fail(f"Elastic IP address {address.public_ip} is not associated with anything.")
