"""How hosts of confidential workloads are judged: instances that may run Nitro Enclaves.

What is judged is the host. An enclave keeps its memory from the host whatever these checks say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.metadata import demands_tokens
from aioprowler.judging.ports import Rule, by_rules, in_words, internet_facing_ports, within, without
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.vpc.resources import Routing


def label(instance: Instance) -> str:
    """What verdicts call a host."""
    return f"Enclave host {instance.instance_id}"


@check(
    fails="Nitro Enclaves host does not require IMDSv2", severity="high", categories=["ec2-imdsv1", "identity-access"]
)
def ec2_confidential_workload_host_imdsv2_not_enforced(instance: Instance) -> Verdict | None:
    """Hosts of Nitro Enclaves require IMDSv2.

    Judged by the setting for session tokens, also while the metadata service is switched off. Hosts that are starting
    or being terminated are not judged.

    ## Risk
    Enclaves decrypt their data with the credentials of the host's role. With IMDSv1, one request that an attacker makes
    the host send returns them.

    ## Remediation
    `aws ec2 modify-instance-metadata-options --region <region> --instance-id <instance> --http-tokens required
    --http-endpoint enabled`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
    """
    if not instance.enclave_options.enabled:
        return None
    return demands_tokens(label(instance), "enabled", instance.metadata_options.http_tokens)


@check(fails="Nitro Enclaves host is stopped", severity="medium", categories=["resilience"])
def ec2_confidential_workload_host_not_running(instance: Instance) -> Verdict | None:
    """Hosts of Nitro Enclaves are running.

    An enclave ends with its host. Hosts that are stopping pass; those that are starting or being terminated are not
    judged.

    ## Risk
    Whatever relies on the enclave fails, or falls back to a way without its protection.

    ## Remediation
    `aws ec2 start-instances --region <region> --instance-ids <instance>`, and start the enclave again with `nitro-cli
    run-enclave`. A host that is not needed any more is best terminated.

    ## References
    https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave-concepts.html
    """
    if not instance.enclave_options.enabled:
        return None
    state = f"{label(instance)} is {instance.state.name}"
    return pass_if(instance.state.name != "stopped", f"{state}.", f"{state}, and no enclave runs on it.")


@check(
    fails="Nitro Enclaves host has a public address or a subnet routed to the internet",
    severity="medium",
    categories=["internet-exposed"],
)
def ec2_confidential_workload_host_public_ip(instance: Instance, routing: Routing) -> Verdict | None:
    """Hosts of Nitro Enclaves cannot be reached from the internet.

    A host must have no public IPv4 address and no global IPv6 address on any interface, and its subnet no default route
    to an internet gateway. NAT and egress-only gateways let nobody in. Hosts that are starting or being terminated are
    not judged.

    ## Risk
    All that an enclave hears comes through its host. Attackers who can reach the host can try to take it, and then
    choose what the enclave hears.

    ## Remediation
    Launch hosts in private subnets. From one that runs, take Elastic IPs and IPv6 addresses away:
    ```
    aws ec2 disassociate-address --region <region> --association-id <your-association>
    aws ec2 unassign-ipv6-addresses --region <region> --network-interface-id <your-network-interface> \\
      --ipv6-addresses <your-address>
    ```

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
    """
    if not instance.enclave_options.enabled:
        return None
    leads = routing.of(instance)
    reasons = [f"has the address {address}" for address in instance.public_addresses]
    if leads.ipv4:
        reasons.append("is in a subnet with an IPv4 route to the internet")
    if leads.ipv6:
        reasons.append("is in a subnet with an IPv6 route to the internet")
    if reasons:
        return Fail(f"{label(instance)} {', '.join(reasons)}.")
    if instance.subnet_id and leads.unknown:
        return Manual(f"{label(instance)} has no public address, but {leads.unknown}.")
    return Pass(f"{label(instance)} has no public address and is in a private subnet.")


def ports_verdict(
    instance: Instance,
    groups: SecurityGroupIndex,
    protocols: tuple[str, ...],
    unwanted: Callable[[list[range]], list[range]],
) -> Verdict | None:
    """Whether the groups of a host open unwanted ports; of a group that AWS did not list, nobody knows."""
    if not instance.enclave_options.enabled:
        return None

    def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
        if exposed := unwanted(internet_facing_ports(rules, protocols)):
            return Fail(f"{label(instance)} opens ports to the internet: {in_words(exposed)}.")
        return Pass(f"{label(instance)} opens no unwanted ports to the internet.")

    return by_rules(label(instance), groups.ingress(instance.group_ids), verdict)


@check(
    fails="Nitro Enclaves host opens ports to the internet that are not allowed",
    severity="high",
    categories=["internet-exposed"],
)
def ec2_confidential_workload_host_unrestricted_ingress(
    instance: Instance,
    groups: SecurityGroupIndex,
    *,
    enclave_sg_allow_ports: Annotated[
        tuple[int, ...], "Ports that hosts of enclaves may open to the internet, TCP and UDP alike."
    ] = (22, 80, 443),
) -> Verdict | None:
    """Hosts of Nitro Enclaves open no other ports to the internet than the allowed ones.

    Judged by the rules for TCP, UDP and all traffic in the security groups of all interfaces. A source counts as the
    internet if it holds public addresses, however few; a prefix list stands for its entries, unless it is AWS's. Hosts
    that are starting or being terminated are not judged.

    ## Risk
    Programs on the host pass data to the enclave. A port opened for one of them, or by mistake, lets strangers talk to
    it.

    ## Remediation
    `aws ec2 revoke-security-group-ingress --region <region> --group-id <your-security-group> --ip-permissions
    <your-rule>`. Name the security group of the clients as the source instead.

    ## References
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    return ports_verdict(instance, groups, ("tcp", "udp"), lambda ports: without(ports, enclave_sg_allow_ports))


@check(
    fails="Nitro Enclaves host opens a vsock proxy port to the internet",
    severity="medium",
    categories=["internet-exposed"],
)
def ec2_confidential_workload_host_vsock_proxy_exposed(
    instance: Instance,
    groups: SecurityGroupIndex,
    *,
    enclave_vsock_ports: Annotated[
        tuple[int, ...], "TCP ports on which proxies between the network and enclaves (vsock) are likely to listen."
    ] = (5000, *range(8000, 8091), 9000),
) -> Verdict | None:
    """Hosts of Nitro Enclaves do not open the ports of vsock proxies to the internet.

    A proxy on the host joins TCP connections to the enclave's socket. What listens on a port cannot be seen from
    outside: the usual ports are judged, and another program may be behind them. A source counts as the internet if it
    holds public addresses, however few. Hosts that are starting or being terminated are not judged.

    ## Risk
    Strangers talk to the program in the enclave directly, and try its parsing and its keys at leisure.

    ## Remediation
    `aws ec2 revoke-security-group-ingress --region <region> --group-id <your-security-group> --ip-permissions
    <your-rule>`. Let in only the clients' security group or private addresses.

    ## References
    https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave-concepts.html
    """
    return ports_verdict(instance, groups, ("tcp",), lambda ports: within(ports, enclave_vsock_ports))
