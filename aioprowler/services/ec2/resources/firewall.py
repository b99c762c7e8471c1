"""Security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aioprowler import Here, Resource, Tag, derive, field, listing
from aioprowler.judging.ports import AclEntry, Rule
from aioprowler.services.awslambda.resources import Function
from aioprowler.services.batch.resources import ComputeEnvironment


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
    ingress: tuple[Rule, ...] = field(name="IpPermissions", default=())
    egress: tuple[Rule, ...] = field(name="IpPermissionsEgress", default=())
    tags: tuple[Tag, ...] = ()

    @property
    def is_default(self) -> bool:
        """Every VPC has one, which cannot be deleted."""
        return self.name == "default"


class SecurityGroups(msgspec.Struct, frozen=True):
    """The security groups of a region as a whole."""

    referenced: frozenset[str]
    """Named as the source in a rule of some group."""
    any_but_default: bool


@derive
def security_groups(groups: Here[SecurityGroup]) -> SecurityGroups:
    """What each group's checks need to know of all others."""
    return SecurityGroups(
        referenced=frozenset(pair.group_id for g in groups for rule in g.ingress for pair in rule.user_id_group_pairs),
        any_but_default=any(not group.is_default for group in groups),
    )


class SecurityGroupIndex(msgspec.Struct, frozen=True):
    """The security groups of a region by id."""

    by_id: dict[str, SecurityGroup]

    def of(self, ids: Iterable[str]) -> list[SecurityGroup]:
        """Those of the ids that AWS listed."""
        return [self.by_id[id_] for id_ in ids if id_ in self.by_id]

    def unknown(self, ids: Iterable[str]) -> list[str]:
        """Those that AWS did not list: of another account, or gone."""
        return [id_ for id_ in ids if id_ not in self.by_id]


@derive
def security_group_index(groups: Here[SecurityGroup]) -> SecurityGroupIndex:
    """By the groups' ids."""
    return SecurityGroupIndex({group.group_id: group for group in groups})


class ConfiguredGroups(msgspec.Struct, frozen=True):
    """The security groups that functions and compute environments of a region will use when they run."""

    ids: frozenset[str] = frozenset()


@derive
def configured_groups(functions: Here[Function], environments: Here[ComputeEnvironment]) -> ConfiguredGroups:
    """Groups that are named by functions and Batch environments, which have interfaces only while they work."""
    of_functions = {id_ for function in functions for id_ in function.vpc_config.security_group_ids}
    of_environments = {id_ for each in environments for id_ in each.compute_resources.security_group_ids}
    return ConfiguredGroups(frozenset(of_functions | of_environments))


class NetworkAclAssociation(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet for which a network ACL holds."""

    subnet_id: str = ""


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
    is_default: bool = False
    entries: tuple[AclEntry, ...] = ()
    associations: tuple[NetworkAclAssociation, ...] = ()
    tags: tuple[Tag, ...] = ()
