"""How network firewalls, and the VPCs that should have one, are judged."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check, known
from aioprowler.judging.logs import logs_to
from aioprowler.judging.resilience import in_several_zones, protected_from_deletion
from aioprowler.judging.verdicts import has, told, unknown
from aioprowler.services.networkfirewall.resources import (
    AssociatedVpcs,
    Firewall,
    FirewalledVpcs,
    FirewallLogging,
    FirewallPolicy,
)
from aioprowler.services.vpc.resources import NetworkUse, Vpc, is_judged

STOPS: Final = frozenset({"aws:drop", "aws:forward_to_sfe"})
PASSES: Final = "aws:pass"
"""What a stateless default action may be besides the names that users give to their own, which only tell of packets
(https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-action.html)."""

policy_check = partial(check, severity="high", categories=["trust-boundaries"])


def no_policy(firewall: Firewall) -> Manual:
    """The verdict where AWS does not find the policy, which may be another account's."""
    return Manual(f"{firewall.label} has the policy {firewall.policy_arn}, which AWS does not find here.")


def stops_by_default(firewall: Firewall, packets: str, actions: Collection[str]) -> Verdict:
    """PASS where packets that no stateless rule matches are dropped, or inspected by the stateful ones."""
    named = ", ".join(actions) or "nothing"
    said = f"{firewall.label} does this by default with {packets}: {named}"
    if STOPS.intersection(actions):
        return Pass(f"{said}.")
    strange = [action for action in actions if action.startswith("aws:") and action != PASSES]
    if strange and PASSES not in actions:
        return unknown(firewall.label, f"a default action for {packets},", strange[0])
    return Fail(f"{said}, so that they pass without inspection.")


@check(fails="Network firewall is not protected from deletion", severity="medium", categories=["resilience"])
def networkfirewall_deletion_protection(firewall: Firewall) -> Verdict:
    """Network firewalls are protected from deletion.

    With deletion protection AWS refuses to delete the firewall until somebody turns the protection off. What protects
    its subnets and its policy from changes is not judged.

    ## Risk
    One mistaken or malicious call removes the inspection of all traffic of a VPC, or the way itself.

    ## Remediation
    `aws network-firewall update-firewall-delete-protection --region <region> --firewall-name <firewall>
    --delete-protection`

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-settings.html
    """
    protected = told(firewall.settings.delete_protection, "DeleteProtection of this firewall")
    return protected_from_deletion(firewall.label, protected)


@check(fails="VPC has no network firewall", severity="medium", categories=["trust-boundaries"])
def networkfirewall_in_all_vpc(
    vpc: Vpc,
    own: FirewalledVpcs,
    associated: AssociatedVpcs | Failure,
    use: NetworkUse,
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """VPCs in use have a network firewall.

    A firewall of the account that was made in the VPC counts, and so does a further endpoint there, also of a firewall
    that another account shares. Whether routes lead through it is not looked into, nor is inspection in another VPC
    behind a transit gateway. A VPC without any network interface is judged only with `--scan-unused-services`, and one
    that another account shares is judged there.

    ## Risk
    Security groups see ports and addresses. Nothing looks at what goes through them: a connection to a known malicious
    host, or data that leaves by a port that has to be open.

    ## Remediation
    `aws network-firewall create-firewall --region <region> --firewall-name <your-name> --vpc-id <vpc>
    --subnet-mappings SubnetId=<your-subnet> SubnetId=<your-subnet-in-another-zone> --firewall-policy-arn
    <your-policy-arn>`. Then route the traffic of the VPC's subnets through its endpoints.

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/getting-started.html
    """
    if not is_judged(vpc, use, scan_unused_services):
        return None
    has_firewall = vpc.vpc_id in own.ids or vpc.vpc_id in known(associated).ids
    return has(vpc.label, "a network firewall", has_firewall)


@check(fails="Network firewall does not log", severity="high", categories=["logging"])
def networkfirewall_logging_enabled(firewall: Firewall, logging: FirewallLogging) -> Verdict:
    """Network firewalls log traffic.

    Logs of one type are enough: of flows, of alerts or of TLS connections. They come from stateful rules; stateless
    ones log nothing.

    ## Risk
    Nobody sees what the firewall dropped or let through, so neither an attack nor a rule that is wrong is noticed, and
    afterwards nothing tells what happened.

    ## Remediation
    `aws network-firewall update-logging-configuration --region <region> --firewall-name <firewall>
    --logging-configuration file://<your-logging>.json`

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html
    """
    return logs_to(firewall.label, "traffic", map(str, logging.destinations))


@check(fails="Network firewall is in one availability zone only", severity="high", categories=["resilience"])
def networkfirewall_multi_az(firewall: Firewall) -> Verdict:
    """Network firewalls work in more than one availability zone.

    A firewall has at most one subnet in a zone, so that its subnets are counted; of a firewall that is attached to a
    transit gateway, the zones that it was given.

    ## Risk
    When the zone fails, the traffic of the others finds no endpoint: either everything behind the firewall is cut off,
    or somebody routes past it.

    ## Remediation
    `aws network-firewall associate-subnets --region <region> --firewall-name <firewall> --subnet-mappings
    SubnetId=<your-subnet-in-another-zone>`

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-subnets.html
    """
    return in_several_zones(firewall.label, firewall.zones)


@policy_check(fails="Network firewall lets fragments of packets pass by default")
def networkfirewall_policy_default_action_fragmented_packets(
    firewall: Firewall, policy: FirewallPolicy | None
) -> Verdict:
    """Network firewalls by default drop fragments of packets, or forward them to the stateful rules.

    Fragments of UDP packets that no stateless rule matches are meant; those of other protocols are dropped in any case.
    Custom actions beside the standard one only tell of packets. A firewall whose policy AWS does not find is MANUAL.

    ## Risk
    A packet in pieces shows its ports only in the first one: what is cut small enough gets past rules that look at
    whole packets.

    ## Remediation
    Set `StatelessFragmentDefaultActions` to `aws:forward_to_sfe` in what the first command prints:
    ```
    aws network-firewall describe-firewall-policy --region <region> --firewall-policy-arn <policy-arn>
    aws network-firewall update-firewall-policy --region <region> --firewall-policy-arn <policy-arn> \\
      --update-token <your-token> --firewall-policy file://<your-policy>.json
    ```

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html
    """
    return (
        stops_by_default(firewall, "fragments of packets", policy.fragment_actions) if policy else no_policy(firewall)
    )


@policy_check(fails="Network firewall lets packets pass by default")
def networkfirewall_policy_default_action_full_packets(firewall: Firewall, policy: FirewallPolicy | None) -> Verdict:
    """Network firewalls by default drop packets, or forward them to the stateful rules.

    Packets that no stateless rule matches are meant. What the stateful rules do with those that they do not match is
    not judged. Custom actions beside the standard one only tell of packets. A firewall whose policy AWS does not find
    is MANUAL.

    ## Risk
    What nobody thought of when the rules were written passes, and no stateful rule ever looks at it.

    ## Remediation
    Set `StatelessDefaultActions` to `aws:forward_to_sfe` in what the first command prints:
    ```
    aws network-firewall describe-firewall-policy --region <region> --firewall-policy-arn <policy-arn>
    aws network-firewall update-firewall-policy --region <region> --firewall-policy-arn <policy-arn> \\
      --update-token <your-token> --firewall-policy file://<your-policy>.json
    ```

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html
    """
    return stops_by_default(firewall, "whole packets", policy.default_actions) if policy else no_policy(firewall)


@policy_check(fails="Policy of a network firewall has no rule groups")
def networkfirewall_policy_rule_group_associated(firewall: Firewall, policy: FirewallPolicy | None) -> Verdict:
    """Policies of network firewalls have rule groups.

    One group is enough, stateless or stateful, the account's own or one that AWS manages. A firewall whose policy AWS
    does not find is MANUAL.

    ## Risk
    Without rules the default actions decide on every packet alike: the firewall costs as much as one that inspects, and
    inspects nothing.

    ## Remediation
    Add a group to what the first command prints:
    ```
    aws network-firewall describe-firewall-policy --region <region> --firewall-policy-arn <policy-arn>
    aws network-firewall update-firewall-policy --region <region> --firewall-policy-arn <policy-arn> \\
      --update-token <your-token> --firewall-policy file://<your-policy>.json
    ```

    ## References
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policies.html
    """
    if policy is None:
        return no_policy(firewall)
    return has(firewall.label, "rule groups in its policy", bool(policy.stateless_groups or policy.stateful_groups))
