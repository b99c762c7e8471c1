"""Load balancers of the second generation."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class LoadBalancer(
    Resource,
    id="name",
    type="AwsElbv2LoadBalancer",
    group="network",
    noun="Load balancer",
    gone=["LoadBalancerNotFound"],
):
    """An Application, Network or Gateway Load Balancer."""

    source = listing("elbv2", "DescribeLoadBalancers", "LoadBalancers")
    name: str = field(name="LoadBalancerName")
    arn: str = field(name="LoadBalancerArn")
    type: str
    """`application`, `network` or `gateway`."""
    scheme: str | None = None
    """`internet-facing` or `internal`; Gateway Load Balancers have none:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html
    """
