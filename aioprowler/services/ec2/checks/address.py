"""How Elastic IP addresses are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.verdicts import is_
from aioprowler.services.ec2.resources.network import ElasticIp
from aioprowler.services.ec2.resources.shodan import ShodanEntry


@check(fails="Elastic IP address is associated with nothing", severity="low", categories=["internet-exposed"])
def ec2_elastic_ip_unassigned(address: ElasticIp) -> Verdict | None:
    """Elastic IP addresses are associated with something.

    An address is in use when it has an association with an instance or a network interface.

    ## Risk
    Forgotten addresses cost money, use up the quota of the region, and stand in DNS records and allow lists of others
    as if somebody answered there.

    ## Remediation
    Remove the DNS records that point to it, then `aws ec2 release-address --region <region> --allocation-id
    <allocation-id>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
    """
    if not address.public_ip:
        return None
    return is_(f"Elastic IP address {address.public_ip}", "associated with something", bool(address.association_id))


@check(
    fails="Elastic IP address is listed in Shodan with open ports", severity="medium", categories=["internet-exposed"]
)
def ec2_elastic_ip_shodan(address: ElasticIp, entry: ShodanEntry | None) -> Verdict | None:
    """Elastic IP addresses are not listed in Shodan.

    Shodan scans the internet and lists which ports answer at which address. It is asked about each address, once a
    second, with the key that the variable SHODAN_API_KEY or the configuration gives.

    ## Risk
    What Shodan lists is found by everybody who looks for a certain product or weakness, on the day it becomes known.

    ## Remediation
    Look at what Shodan lists for the address, and close what nobody outside needs, in the security groups of the
    instance or load balancer: `aws ec2 revoke-security-group-ingress --region <region> --group-id <your-security-group>
    --protocol tcp --port <your-port> --cidr 0.0.0.0/0`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-security-groups.html
    """
    if not address.public_ip:
        return None
    if entry is None:
        return Pass(f"Elastic IP address {address.public_ip} is not listed in Shodan.")
    ports = ", ".join(map(str, entry.ports)) or "no port"
    whose = f" of {entry.isp}" if entry.isp else ""
    where = f" in {entry.country_name}" if entry.country_name else ""
    return Fail(f"Elastic IP address {address.public_ip}{whose}{where} is listed in Shodan with {ports} open.")
