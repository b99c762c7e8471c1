"""How clusters are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.addresses import is_whole_internet
from aioprowler.judging.logs import sends_every_log
from aioprowler.judging.resilience import protected_from_deletion
from aioprowler.judging.verdicts import has, pass_if
from aioprowler.judging.versions import at_least, supported
from aioprowler.services.eks.resources import Cluster, VpcCni
from aioprowler.services.eks.versions import NEWEST, SUPPORT_ENDS, is_later


@check(fails="EKS cluster is not protected from deletion", severity="high", categories=["resilience"])
def eks_cluster_deletion_protection_enabled(cluster: Cluster) -> Verdict:
    """EKS clusters are protected from being deleted by mistake.

    A cluster that is protected can only be deleted after somebody has turned the protection off.

    ## Risk
    One wrong command, or a plan of a tool that nobody read, takes the control plane away, and with it everything that
    ran.

    ## Remediation
    Turn the protection on: `aws eks update-cluster-config --region <region> --name <cluster> --deletion-protection`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
    """
    return protected_from_deletion(cluster.label, cluster.deletion_protection)


@check(
    fails="EKS cluster does not encrypt Kubernetes secrets with a key of its own",
    severity="medium",
    categories=["cluster-security", "encryption"],
)
def eks_cluster_kms_cmk_encryption_in_secrets_enabled(cluster: Cluster) -> Verdict:
    """EKS clusters encrypt the secrets of Kubernetes with a key that the account chose.

    What is looked for is an encryption configuration for `secrets`. That newer versions encrypt everything with a key
    of AWS's anyway is not counted: nobody in the account decides who may use that one.

    ## Risk
    Whoever comes to the data of the control plane comes to its secrets, without a key policy or a trail of the use of
    the key in between.

    ## Remediation
    Add the configuration, which cannot be taken away again: `aws eks associate-encryption-config --region <region>
    --cluster-name <cluster> --encryption-config
    '[{"resources":["secrets"],"provider":{"keyArn":"<your-kms-key>"}}]'`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
    https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
    """
    keys = [each.provider.key_arn for each in cluster.encryption_config if "secrets" in each.resources]
    return pass_if(
        bool(keys),
        f"{cluster.label} encrypts Kubernetes secrets with {', '.join(keys)}.",
        f"{cluster.label} does not encrypt Kubernetes secrets with a key of its own.",
    )


@check(
    fails="EKS cluster has no security group of its own",
    severity="high",
    categories=["cluster-security", "trust-boundaries"],
)
def eks_cluster_network_policy_enabled(cluster: Cluster) -> Verdict:
    """EKS clusters have a cluster security group between the control plane and the nodes.

    EKS makes that group with the cluster. What its rules let through, and whether network policies hold between pods,
    is not judged here.

    ## Risk
    Without it nothing that EKS looks after says which traffic may pass between the control plane and what runs.

    ## Remediation
    A cluster that was made without the group has to be made anew:

    1. Make a cluster of a current version, for which EKS makes the group.
    2. Move what runs to it.
    3. Delete the old cluster.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """
    group = cluster.resources_vpc_config.cluster_security_group_id
    return pass_if(
        bool(group),
        f"{cluster.label} has the cluster security group {group}.",
        f"{cluster.label} has no cluster security group.",
    )


@check(
    fails="EKS cluster is open to the internet",
    severity="high",
    categories=["cluster-security", "internet-exposed"],
)
def eks_cluster_not_publicly_accessible(cluster: Cluster) -> Verdict:
    """The API of EKS clusters does not answer the whole internet.

    It does where the public endpoint is on and its ranges together are the internet, which they are unless they are
    set. Ranges of some networks alone pass.

    ## Risk
    A stolen token or a flaw of the API server can be used from anywhere.

    ## Remediation
    Turn the public endpoint off, having turned the private one on: `aws eks update-cluster-config --region <region>
    --name <cluster> --resources-vpc-config endpointPublicAccess=false,endpointPrivateAccess=true`. Or name the ranges
    that need it with `publicAccessCidrs`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    ranges = cluster.resources_vpc_config.public_ranges
    if is_whole_internet(ranges):
        return Fail(f"{cluster.label} answers the internet at its public endpoint.")
    if ranges:
        return Pass(f"{cluster.label} answers at its public endpoint to {', '.join(ranges)} alone.")
    return Pass(f"{cluster.label} has no public endpoint.")


@check(
    fails="EKS cluster has no private endpoint",
    severity="high",
    categories=["internet-exposed", "trust-boundaries"],
)
def eks_cluster_private_nodes_enabled(cluster: Cluster) -> Verdict:
    """EKS clusters have a private endpoint, so that nodes reach the API within the VPC.

    Whether there is a public endpoint besides is not judged here, and neither are the subnets of nodes.

    ## Risk
    Nodes and pods need a way to the internet to speak to their own control plane, and the public endpoint has to stay
    open for them.

    ## Remediation
    Turn the private endpoint on: `aws eks update-cluster-config --region <region> --name <cluster>
    --resources-vpc-config endpointPrivateAccess=true`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
    """
    return has(cluster.label, "a private endpoint", cluster.resources_vpc_config.endpoint_private_access)


@check(
    fails="EKS cluster runs a version of Kubernetes that is not supported",
    severity="high",
    categories=["vulnerabilities"],
)
def eks_cluster_uses_a_supported_version(
    cluster: Cluster,
    now: datetime.datetime,
    *,
    eks_cluster_oldest_version_supported: Annotated[
        str, "The oldest version of Kubernetes that EKS clusters may run; `1.30` is later than `1.4`."
    ] = "1.28",
) -> Verdict:
    """EKS clusters run a version of Kubernetes that EKS supports, and that is no older than configured.

    Support ends with extended support, 26 months after the release; what is in extended support costs more and passes.
    A version that came out after this table was made passes as long as the newest one in the table is supported.

    ## Risk
    Holes of the control plane that become known stay open, and EKS updates the cluster at a time of its choice.

    ## Remediation
    Update the control plane, one minor version at a time, then add-ons and nodes: `aws eks update-cluster-version
    --region <region> --name <cluster> --kubernetes-version <your-version>`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
    https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    """
    allowed = at_least(cluster.label, "Kubernetes", cluster.version, eks_cluster_oldest_version_supported)
    if not isinstance(allowed, Pass):
        return allowed
    if is_later(cluster.version) and isinstance(supported("", "", NEWEST, SUPPORT_ENDS, now), Pass):
        return Pass(
            f"{cluster.label} runs Kubernetes {cluster.version}, later than {NEWEST}, which is still supported."
        )
    return supported(cluster.label, "Kubernetes", cluster.version, SUPPORT_ENDS, now)


@check(
    fails="EKS cluster does not enforce network policies with the VPC CNI",
    severity="medium",
    categories=["cluster-security", "trust-boundaries"],
)
def eks_cluster_vpc_cni_network_policy_enforced(cluster: Cluster, cni: VpcCni | None) -> Verdict:
    """EKS clusters have the add-on VPC CNI enforce the network policies of Kubernetes.

    What counts is `enableNetworkPolicy` in the values of the add-on that EKS manages. MANUAL where the add-on is not
    there or the values do not say it: then a ConfigMap, a CNI of one's own or another policy engine may decide, which
    only the cluster tells. Whether there are any policies is not judged.

    ## Risk
    Network policies that people wrote hold nothing back: every pod reaches every other.

    ## Remediation
    Have the add-on enforce them: `aws eks update-addon --region <region> --cluster-name <cluster> --addon-name vpc-cni
    --resolve-conflicts PRESERVE --configuration-values '{"enableNetworkPolicy":"true"}'`. The values replace those that
    the add-on has.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
    https://docs.aws.amazon.com/eks/latest/best-practices/network-security.html
    """
    if cni is None:
        return Manual(f"{cluster.label} has no VPC CNI that EKS manages: look which network policies hold in it.")
    enforced = cni.enforces_network_policies
    if enforced is None:
        return Manual(f"{cluster.label} has a VPC CNI whose values do not say whether network policies are enforced.")
    return pass_if(
        enforced,
        f"{cluster.label} has its VPC CNI enforce network policies.",
        f"{cluster.label} has a VPC CNI that does not enforce network policies.",
    )


@check(
    fails="EKS control plane does not send all of its logs",
    severity="medium",
    categories=["forensics-ready", "logging"],
)
def eks_control_plane_logging_all_types_enabled(
    cluster: Cluster,
    *,
    eks_required_log_types: Annotated[
        list[str], "The types of logs that control planes of EKS send to CloudWatch Logs."
    ] = ["api", "audit", "authenticator", "controllerManager", "scheduler"],  # noqa: B006 - never changed
) -> Verdict:
    """EKS clusters send all logs of their control plane to CloudWatch Logs.

    These are `api`, `audit`, `authenticator`, `controllerManager` and `scheduler`, unless others are configured.

    ## Risk
    Who did what to the cluster, and why it behaved as it did, cannot be told afterwards.

    ## Remediation
    Turn them on: `aws eks update-cluster-config --region <region> --name <cluster> --logging
    '{"clusterLogging":[{"types":["api","audit","authenticator","controllerManager","scheduler"],"enabled":true}]}'`.

    ## References
    https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
    """
    return sends_every_log(cluster.label, "CloudWatch Logs", eks_required_log_types, cluster.logging.types)
