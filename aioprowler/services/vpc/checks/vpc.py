"""How VPCs are judged."""

from __future__ import annotations

from aioprowler import Account, All, Fail, Manual, Verdict, check
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.verdicts import has, pass_if
from aioprowler.services.vpc.resources import (
    EndpointServices,
    Logged,
    NetworkUse,
    Routing,
    SubnetsByVpc,
    Vpc,
    is_judged,
)


@check(
    fails="Account has VPCs of its own in one region at most",
    severity="medium",
    categories=["resilience"],
    about=Vpc,
    resource_arn="arn:{partition}:ec2:{region}:{account_id}:vpc",
)
def vpc_different_regions(account: Account, vpcs: All[Vpc]) -> Verdict | None:
    """The account has VPCs of its own in more than one region.

    The default VPCs that AWS puts into every region do not count: nobody chose them. Neither do those that other
    accounts share. An account without any VPC is not judged, and none is where only one region is scanned.

    ## Risk
    When everything runs in one region, an outage of that region is an outage of everything, and recovery begins with
    building a network under pressure.

    ## Remediation
    Build the network of a second region ahead of need, as code: `aws ec2 create-vpc --cidr-block <your-cidr> --region
    <your-second-region>`.

    ## References
    https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
    """
    own = [vpc for vpc in vpcs if vpc.is_own]
    if not own or len(account.scanned_regions) == 1:
        return None
    regions = sorted({vpc.region for vpc in own if not vpc.is_default})
    if not regions:
        return Fail(f"Account {account.id} has no VPC of its own in any scanned region.")
    named = f"Account {account.id} has VPCs of its own in {', '.join(regions)}"
    return pass_if(len(regions) > 1, f"{named}.", f"{named} only.")


@check(fails="VPC has no flow log", severity="medium", categories=["forensics-ready", "logging"])
def vpc_flow_logs_enabled(
    vpc: Vpc, logged: Logged, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """VPCs in use have flow logs.

    A flow log of the whole VPC counts, as long as its records arrive; those of single subnets or interfaces leave the
    rest unrecorded. A VPC without any network interface is judged only with `--scan-unused-services`.

    ## Risk
    Without a record of who talked to whom, an intrusion cannot be reconstructed: neither the way in nor where data
    went.

    ## Remediation
    `aws ec2 create-flow-logs --region <region> --resource-type VPC --resource-ids <vpc> --traffic-type ALL
    --log-destination-type s3 --log-destination arn:<partition>:s3:::<your-bucket>`

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
    """
    if not is_judged(vpc, use, scan_unused_services):
        return None
    if vpc.vpc_id in logged.in_vain:
        return Fail(f"{vpc.label} has a flow log, of which nothing arrives: AWS says that the delivery fails.")
    return has(vpc.label, "a flow log", vpc.vpc_id in logged.ids)


@check(
    fails="VPC has no endpoint for the EC2 API",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
    resource_type="AwsEc2VpcEndpointService",
)
def vpc_endpoint_for_ec2_enabled(
    vpc: Vpc, endpoints: EndpointServices, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """VPCs in use reach the EC2 API through an endpoint of their own.

    With an interface endpoint for EC2, calls of its API stay inside AWS's network and need neither an internet gateway
    nor a NAT gateway.

    ## Risk
    Workloads that manage EC2 need a way to the internet just for that, and the same way serves to carry data out.

    ## Remediation
    `aws ec2 create-vpc-endpoint --region <region> --vpc-id <vpc> --vpc-endpoint-type Interface --service-name
    com.amazonaws.<region>.ec2 --subnet-ids <your-subnets> --security-group-ids <your-security-group>`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/interface-vpc-endpoints.html
    """
    if not is_judged(vpc, use, scan_unused_services):
        return None
    return has(vpc.label, "an endpoint for EC2", "ec2" in endpoints.by_vpc.get(vpc.vpc_id, ()))


@check(
    fails="VPC has subnets in one availability zone only",
    severity="medium",
    categories=["resilience"],
    resource_type="AwsEc2Subnet",
)
def vpc_subnet_different_az(
    vpc: Vpc, subnets: SubnetsByVpc, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """VPCs in use have subnets in more than one availability zone.

    A subnet lies in one zone, so a VPC whose subnets share a zone cannot hold a workload that survives the loss of it.

    ## Risk
    The failure of a single data center stops everything in the VPC.

    ## Remediation
    Add a subnet in another zone, and spread load balancers, databases and groups of instances over both: `aws ec2
    create-subnet --region <region> --vpc-id <vpc> --availability-zone <your-zone> --cidr-block <your-cidr>`.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
    """
    if not is_judged(vpc, use, scan_unused_services):
        return None
    return in_several_zones(vpc.label, (subnet.availability_zone for subnet in subnets.of(vpc)))


@check(
    fails="VPC has only public or only private subnets",
    severity="medium",
    categories=["trust-boundaries"],
    resource_type="AwsEc2Subnet",
)
def vpc_subnet_separate_private_public(
    vpc: Vpc, subnets: SubnetsByVpc, routing: Routing, use: NetworkUse, *, scan_unused_services: bool = False
) -> Verdict | None:
    """VPCs in use have both public and private subnets.

    A subnet is public when its route table, or the VPC's main one where it has none, sends most of the public addresses
    to an internet gateway, by IPv4 or by IPv6. Load balancers belong there, everything behind them into private
    subnets.

    ## Risk
    In a VPC with public subnets only, a database is one open security group away from the internet.

    ## Remediation
    Create private subnets and move what nobody outside needs to reach:
    ```
    aws ec2 create-subnet --region <region> --vpc-id <vpc> --cidr-block <your-cidr>
    aws ec2 create-route-table --region <region> --vpc-id <vpc>
    aws ec2 associate-route-table --region <region> --subnet-id <your-subnet> --route-table-id <your-route-table>
    ```

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
    """
    if not is_judged(vpc, use, scan_unused_services):
        return None
    exits = [routing.of(subnet) for subnet in subnets.of(vpc)]
    kinds = sorted({"public" if leads.is_open else "private" for leads in exits if leads.is_open or not leads.unknown})
    unknown = next((leads.unknown for leads in exits if leads.unknown and not leads.is_open), "")
    if unknown and len(kinds) < 2:
        return Manual(f"{vpc.label} may have public and private subnets: {unknown}.")
    named = f"{vpc.label} has {' and '.join(kinds) or 'no'} subnets"
    return pass_if(len(kinds) == 2, f"{named}.", f"{named} only.")
