"""Security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, Tag, derive, field, listing, source
from aioprowler.judging.ports import NO_RULES, AclEntry, KnownRules, PrefixLists, Rule, Weight, called
from aioprowler.judging.verdicts import told
from aioprowler.services.awslambda.resources import Function
from aioprowler.services.batch.resources import ComputeEnvironment
from aioprowler.services.vpc.resources import GroupUse, PrefixList, PrefixListEntries, entries, known


class SecurityGroup(
    Resource,
    id="group_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:security-group/{group_id}",
    type="AwsEc2SecurityGroup",
    group="network",
    noun="Security group",
    owner="owner_id",
):
    """A firewall around network interfaces. It has rules that allow, and none that deny."""

    source = listing("ec2", "DescribeSecurityGroups", "SecurityGroups")
    group_id: str
    owner_id: str = ""
    name: str = field(name="GroupName", default="")
    vpc_id: str = ""
    ingress: tuple[Rule, ...] = field(name="IpPermissions")
    egress: tuple[Rule, ...] | None = field(name="IpPermissionsEgress", default=None)
    """None where AWS does not tell; a group without rules for outgoing traffic has an empty list."""
    tags: tuple[Tag, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those for incoming traffic, and for outgoing traffic as far as they are told."""
        return (*self.ingress, *(self.egress or ()))

    @property
    def named(self) -> frozenset[str]:
        """The ids of the security groups that its rules name."""
        return frozenset(pair.group_id for rule in self.rules for pair in rule.user_id_group_pairs)

    @property
    def is_default(self) -> bool:
        """Every VPC has one, which cannot be deleted."""
        return told(self.name or None, "GroupName of this security group") == "default"


class SecurityGroups(msgspec.Struct, frozen=True):
    """The security groups of a region as a whole."""

    any_but_default: bool


@derive
def security_groups(groups: Here[SecurityGroup]) -> SecurityGroups:
    """What checks of the region's network ask of them."""
    return SecurityGroups(any_but_default=any(not group.is_default for group in groups))


# ---------------------------------------------------------------- prefix lists
FILTER_VALUES: Final = 200
"""How many values one filter takes (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html)."""


@source("ec2:DescribeManagedPrefixLists")
async def lists_of_rules(groups: Here[SecurityGroup], aws: Aws) -> NamedPrefixLists | Failure:
    """Of those alone that some rule names, which most regions have none of."""
    ids = sorted({id_ for group in groups for rule in group.rules for id_ in rule.list_ids})
    if not ids:
        return NamedPrefixLists()
    lists: list[PrefixList] = []
    for start in range(0, len(ids), FILTER_VALUES):  # asked by their ids AWS refuses when one of them is gone
        wanted = [{"Name": "prefix-list-id", "Values": ids[start : start + FILTER_VALUES]}]
        found = await aws.items("ec2", "DescribeManagedPrefixLists", "PrefixLists", Filters=wanted)
        if isinstance(found, Failure):
            return found
        lists += msgspec.convert(found, list[PrefixList])
    return NamedPrefixLists(ids=tuple(ids), lists=tuple(lists))


class NamedPrefixLists(Facet[Region]):
    """The prefix lists that rules of the region's security groups name."""

    source = lists_of_rules
    ids: tuple[str, ...] = ()
    lists: tuple[PrefixList, ...] = ()
    """Those of them that AWS lists, which are all of its own."""

    @property
    def weights(self) -> dict[str, Weight]:
        """By id, as how many rules each counts."""
        return {each.prefix_list_id: each.weight for each in self.lists if each.weight}


@source("ec2:GetManagedPrefixListEntries")
async def entries_of_rules(named: NamedPrefixLists, aws: Aws) -> RulePrefixLists | Failure:
    """One call for each list that is not AWS's."""
    of_aws = {each.prefix_list_id: () for each in named.lists if each.is_of_aws}
    found = await entries((id_ for id_ in named.ids if id_ not in of_aws), aws)
    return found if isinstance(found, Failure) else RulePrefixLists(entries=found | of_aws)


class RulePrefixLists(PrefixListEntries, Facet[Region]):
    """Of those that rules of the region's security groups name. Those of AWS stand for nothing here: they have the
    addresses of its services, such as S3 and CloudFront, which are not the internet.

    https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
    """

    source = entries_of_rules


def inbound(group: SecurityGroup, lists: RulePrefixLists | Failure) -> KnownRules:
    """Rules of a group for incoming traffic, with the entries of the prefix lists that they name."""
    return known(lists).of_group(group.group_id, group.ingress)


def outbound(group: SecurityGroup, lists: RulePrefixLists | Failure) -> KnownRules:
    """Likewise for outgoing traffic, as far as they are told."""
    return known(lists).of_group(group.group_id, group.egress or (), "egress")


def rules_of(group: SecurityGroup) -> list[dict[str, str]]:
    """Each of its rules, as commands call it."""
    directions = {"ingress": group.ingress, "egress": group.egress or ()}
    return [called(group.group_id, direction, rule) for direction, rules in directions.items() for rule in rules]


class SecurityGroupIndex(msgspec.Struct, frozen=True):
    """The security groups of a region by id."""

    by_id: dict[str, SecurityGroup]
    lists: PrefixLists = PrefixLists()
    """What rules of these groups name."""

    def ingress(self, ids: Iterable[str]) -> KnownRules:
        """What groups let in together. Of one that AWS did not list, of another account or gone, nobody knows."""
        return sum(map(self._ingress, ids), NO_RULES)

    def _ingress(self, id_: str) -> KnownRules:
        if (group := self.by_id.get(id_)) is None:
            return KnownRules.none({f"security group {id_}": "AWS did not list it."})
        return self.lists.of_group(id_, group.ingress)


@derive
def security_group_index(groups: Here[SecurityGroup], lists: RulePrefixLists | Failure) -> SecurityGroupIndex:
    """By the groups' ids."""
    return SecurityGroupIndex({group.group_id: group for group in groups}, known(lists))


class ConfiguredGroups(msgspec.Struct, frozen=True):
    """The security groups that functions and compute environments of a region will use when they run."""

    ids: frozenset[str] = frozenset()


@derive
def configured_groups(functions: Here[Function], environments: Here[ComputeEnvironment]) -> ConfiguredGroups:
    """Groups that are named by functions and Batch environments, which have interfaces only while they work."""
    of_functions = {id_ for function in functions for id_ in function.vpc_config.security_group_ids}
    of_environments = {id_ for each in environments for id_ in each.compute_resources.security_group_ids}
    return ConfiguredGroups(frozenset(of_functions | of_environments))


class NamedGroups(msgspec.Struct, frozen=True):
    """The security groups of a region that rules of other groups hold in use."""

    ids: frozenset[str] = frozenset()


@derive
def named_groups(groups: Here[SecurityGroup], use: GroupUse, configured: ConfiguredGroups | Failure) -> NamedGroups:
    """What a group that is in use names, for incoming or outgoing traffic, is in use as well; so is what an unused
    group names, which AWS does not let be deleted before it. Groups that name nobody but each other hold nothing.

    https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html
    """
    names = {group.group_id: group.named - {group.group_id} for group in groups}
    named = frozenset[str]().union(*names.values())
    set_for = frozenset[str]() if isinstance(configured, Failure) else configured.ids
    waiting = [id_ for id_ in names if id_ not in named or id_ in use.kinds or id_ in set_for]
    held: set[str] = set()
    while waiting:
        further = names.get(waiting.pop(), frozenset()) - held
        held |= further
        waiting += further
    return NamedGroups(frozenset(held))


class NetworkAclAssociation(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet for which a network ACL holds."""

    subnet_id: str


class NetworkAcl(
    Resource,
    id="network_acl_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:network-acl/{network_acl_id}",
    type="AwsEc2NetworkAcl",
    group="network",
    noun="Network ACL",
    owner="owner_id",
):
    """A firewall around subnets: entries that allow or deny, of which the first that fits holds."""

    source = listing("ec2", "DescribeNetworkAcls", "NetworkAcls")
    network_acl_id: str
    owner_id: str = ""
    is_default: bool
    entries: tuple[AclEntry, ...]
    associations: tuple[NetworkAclAssociation, ...]
    tags: tuple[Tag, ...] = ()
