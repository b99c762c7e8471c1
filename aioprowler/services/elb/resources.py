"""Classic Load Balancers."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class ClassicLoadBalancer(
    Resource,
    id="name",
    arn="arn:{partition}:elasticloadbalancing:{region}:{account_id}:loadbalancer/{name}",
    type="AwsElbLoadBalancer",
    group="network",
    noun="Classic Load Balancer",
):
    """A load balancer of the first generation."""

    source = listing("elb", "DescribeLoadBalancers", "LoadBalancerDescriptions")
    name: str = field(name="LoadBalancerName")
