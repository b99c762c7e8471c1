"""How it is judged whether what the internet reaches is protected by Shield Advanced, in accounts that have subscribed
to it. In others nothing is judged, and nothing is listed for it.
"""

from __future__ import annotations

from functools import partial

from aioprowler import Fail, Pass, Resource, Verdict, check
from aioprowler.judging.verdicts import about, is_, told
from aioprowler.services.cloudfront.resources import Distribution
from aioprowler.services.ec2.resources.network import ElasticIp
from aioprowler.services.elb.resources import ClassicLoadBalancer
from aioprowler.services.elbv2.resources import LoadBalancer
from aioprowler.services.globalaccelerator.resources import Accelerator
from aioprowler.services.route53.resources import HostedZone
from aioprowler.services.shield.resources import Protections

shield_check = partial(check, severity="medium")


def protected(resource: Resource, protections: Protections) -> Pass | Fail:
    """PASS where there is a protection for the very resource."""
    return is_(resource.label, "protected by Shield Advanced", resource.arn in protections.arns)


@shield_check(
    fails="Elastic IP address is not protected by Shield Advanced", categories=["internet-exposed", "resilience"]
)
def shield_advanced_protection_in_associated_elastic_ips(
    address: ElasticIp, protections: Protections
) -> Verdict | None:
    """Elastic IP addresses are protected by Shield Advanced.

    Instances and Network Load Balancers are protected by their address. Judged are all addresses of accounts that have
    subscribed to Shield Advanced, each by its allocation, but not those of carriers in Wavelength zones.

    ## Risk
    A flood of packets takes down what answers at the address, and AWS neither tells of it nor helps.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    if not address.public_ip:
        return None
    return about(protected(address, protections), address.allocation_id, address.arn)


@shield_check(
    fails="Classic Load Balancer is not protected by Shield Advanced", categories=["internet-exposed", "resilience"]
)
def shield_advanced_protection_in_classic_load_balancers(
    balancer: ClassicLoadBalancer, protections: Protections
) -> Verdict:
    """Classic Load Balancers are protected by Shield Advanced.

    Judged are all of them in accounts that have subscribed to Shield Advanced.

    ## Risk
    A flood of requests takes down the application behind the load balancer, and AWS neither tells of it nor helps.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    return protected(balancer, protections)


@shield_check(
    fails="CloudFront distribution is not protected by Shield Advanced", categories=["internet-exposed", "resilience"]
)
def shield_advanced_protection_in_cloudfront_distributions(
    distribution: Distribution, protections: Protections
) -> Verdict | None:
    """CloudFront distributions are protected by Shield Advanced.

    Judged are all of them in accounts that have subscribed to Shield Advanced, but not staging distributions, which are
    protected where their primary is.

    ## Risk
    A flood of requests passes through to the origin and takes it down, or is paid for by its owner.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    return None if distribution.staging else protected(distribution, protections)


@shield_check(fails="Accelerator is not protected by Shield Advanced", categories=["resilience"])
def shield_advanced_protection_in_global_accelerators(accelerator: Accelerator, protections: Protections) -> Verdict:
    """Accelerators of Global Accelerator are protected by Shield Advanced.

    Judged are all of them in accounts that have subscribed to Shield Advanced.

    ## Risk
    A flood of packets to the accelerator's addresses takes down what stands behind it in all regions at once.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    return protected(accelerator, protections)


@shield_check(
    fails="Internet-facing load balancer is not protected by Shield Advanced",
    categories=["internet-exposed", "resilience"],
)
def shield_advanced_protection_in_internet_facing_load_balancers(
    balancer: LoadBalancer, protections: Protections
) -> Verdict | None:
    """Application Load Balancers that face the internet are protected by Shield Advanced.

    Judged are those in accounts that have subscribed to Shield Advanced. Network Load Balancers are protected by their
    Elastic IP addresses.

    ## Risk
    A flood of requests takes down the application behind the load balancer, and AWS neither tells of it nor helps.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    if balancer.type != "application" or told(balancer.scheme, "Scheme") != "internet-facing":
        return None
    return protected(balancer, protections)


@shield_check(fails="Hosted zone is not protected by Shield Advanced", categories=["resilience"])
def shield_advanced_protection_in_route53_hosted_zones(zone: HostedZone, protections: Protections) -> Verdict | None:
    """Public hosted zones of Route 53 are protected by Shield Advanced.

    Judged are those in accounts that have subscribed to Shield Advanced. Private zones answer within VPCs alone.

    ## Risk
    Where a zone does not answer, nothing is found that its names stand for.

    ## Remediation
    `aws shield create-protection --name <your-name> --resource-arn <arn> --region us-east-1`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-by-resource-type.html
    """
    return None if zone.is_private else protected(zone, protections)
