"""How endpoints and endpoint services are judged."""

from __future__ import annotations

from aioprowler import Account, Fail, Failure, Manual, Verdict, check
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.resource_policies import TrustedAccounts, closed_to_strangers, lets_in_none, strangers
from aioprowler.judging.verdicts import naming, told
from aioprowler.services.vpc.resources import AllowedPrincipals, OfferedServices, VpcEndpoint, VpcEndpointService


@check(
    fails="VPC endpoint policy admits accounts that are not trusted",
    severity="high",
    categories=["identity-access", "trust-boundaries"],
)
def vpc_endpoint_connections_trust_boundaries(
    endpoint: VpcEndpoint,
    services: OfferedServices | Failure,
    account: Account,
    *,
    trusted_account_ids: TrustedAccounts = (),
) -> Verdict | None:
    """Policies of VPC endpoints admit only this account and trusted ones.

    A principal of another account, or everybody, must be tied down by a condition to these accounts or to a VPC; the
    policy that AWS gives an endpoint by default admits everybody. Endpoints of services that know no such policies, and
    those of third parties' services, have none that could be changed and are not judged.

    ## Risk
    Whoever gets a foot into the VPC can use foreign credentials through the endpoint, and copy data into a bucket of an
    account of their own without ever touching the internet.

    ## Remediation
    Name the principals, or add a condition on `aws:PrincipalAccount`: `aws ec2 modify-vpc-endpoint --region <region>
    --vpc-endpoint-id <vpc-endpoint> --policy-document file://policy.json`. List further accounts of yours under
    `trusted_account_ids` in the configuration.

    ## References
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    policy = endpoint.policy_document
    heeded = None if isinstance(services, Failure) else services.heed_policies.get(endpoint.service_name)
    if "com.amazonaws.vpce." in endpoint.service_name or heeded is False:
        return None
    if heeded:
        told(policy, f"PolicyDocument of {endpoint.label}")
    if policy is None or not policy.statements:
        return None
    trusted = trusted_account_ids
    verdict = closed_to_strangers(endpoint.label, policy, account.id, trusted, accounts_only=True, by_resource=True)
    if isinstance(verdict, Fail) and isinstance(services, Failure):
        return Manual(
            f"{verdict.detail} Whether the service heeds that is not known: {services.explain()}", gap=services
        )
    return verdict


@check(fails="VPC endpoint is in one availability zone only", severity="medium", categories=["resilience"])
def vpc_endpoint_multi_az_enabled(endpoint: VpcEndpoint) -> Verdict | None:
    """Interface endpoints are in more than one availability zone.

    An endpoint has at most one subnet in each zone, so two subnets are two zones. Gateway endpoints belong to the whole
    VPC, and those of Gateway Load Balancers to one zone; neither these nor other kinds are judged.

    ## Risk
    When the endpoint's only zone fails, the workloads of all others lose the service behind it.

    ## Remediation
    `aws ec2 modify-vpc-endpoint --region <region> --vpc-endpoint-id <vpc-endpoint> --add-subnet-ids <your-subnet>`

    ## References
    https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
    """
    if endpoint.vpc_endpoint_type != "Interface":
        return None
    # It has one subnet in each of its zones.
    return in_several_zones(endpoint.label, endpoint.subnet_ids)


@check(
    fails="VPC endpoint service may be used by accounts that are not trusted",
    severity="high",
    categories=["trust-boundaries"],
)
def vpc_endpoint_services_allowed_principals_trust_boundaries(
    service: VpcEndpointService,
    allowed: AllowedPrincipals,
    account: Account,
    *,
    trusted_account_ids: TrustedAccounts = (),
) -> Verdict:
    """VPC endpoint services may be used by this account and trusted ones only.

    Principals on a service's list can create endpoints to it. A service whose list is empty is open to nobody else.

    ## Risk
    Strangers reach the load balancer behind the service from their own VPCs, past every public firewall; with `*`, any
    AWS account can.

    ## Remediation
    `aws ec2 modify-vpc-endpoint-service-permissions --region <region> --service-id <vpc-endpoint-service>
    --remove-allowed-principals <your-principal>`. List further accounts of yours under `trusted_account_ids` in the
    configuration.

    ## References
    https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
    """
    known = {account.id, *trusted_account_ids}
    strange = [each for each in allowed.principals if strangers([each], known).names]
    verdict = lets_in_none(service.label, strangers(allowed.principals, known))
    return naming(verdict, *({"principal": each} for each in strange))
