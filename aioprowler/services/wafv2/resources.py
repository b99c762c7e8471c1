"""Web ACLs: what rules they have, where they log to, and what they protect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, call, derive, field, source
from aioprowler.judging.verdicts import told

REGIONAL: Final = "REGIONAL"
CLOUDFRONT: Final = "CLOUDFRONT"
"""Scopes of web ACLs."""

CLOUDFRONT_REGION: Final = "us-east-1"
"""Where the web ACLs of CloudFront live (https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html)."""


async def of_scopes(scopes: list[str], operation: str, result: str, aws: Aws) -> list[Any] | Failure:
    """What an operation lists in each scope, in the region of who asks."""
    found: list[Any] = []
    for scope in scopes:
        items = await aws.items("wafv2", operation, result, Scope=scope)
        if isinstance(items, Failure):
            return items
        found += items
    return found


@source("wafv2:ListWebACLs")
async def web_acls(region: Region, aws: Aws) -> list[Any] | Failure:
    """Those of the region's own resources, and in one region those of CloudFront."""
    scopes = [REGIONAL, *([CLOUDFRONT] if region.name == CLOUDFRONT_REGION else [])]
    return await of_scopes(scopes, "ListWebACLs", "WebACLs", aws)


class WebAcl(
    Resource,
    id="web_acl_id",
    type="AwsWafv2WebAcl",
    group="security",
    noun="Web ACL",
    gone=["WAFNonexistentItemException"],
):
    """Rules on requests to what stands behind it; a protection pack, in AWS's newer words."""

    source = web_acls
    web_acl_id: str = field(name="Id")
    name: str
    arn: str = field(name="ARN")

    @property
    def scope(self) -> str:
        """`CLOUDFRONT` or `REGIONAL`, as the ARN says it
        (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html).
        """
        return CLOUDFRONT if ":global/" in self.arn else REGIONAL


# ----------------------------------------------------------------------- rules
class Visibility(msgspec.Struct, frozen=True, rename="pascal"):
    """What is told of the requests that a rule matches."""

    cloud_watch_metrics_enabled: bool | None = None


class ManagedRuleGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """Rules that AWS or a seller on its marketplace looks after."""

    vendor_name: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.vendor_name}/{self.name}"


class Statement(msgspec.Struct, frozen=True, rename="pascal"):
    """What a rule does, as far as it has a managed group look at requests: such a group is named at the top alone
    (https://docs.aws.amazon.com/waf/latest/APIReference/API_ManagedRuleGroupStatement.html).
    """

    managed_rule_group_statement: ManagedRuleGroup | None = None


class Rule(msgspec.Struct, frozen=True, rename="pascal"):
    """A rule of a web ACL, which may stand for a group of them."""

    name: str = ""
    statement: Statement = Statement()
    visibility_config: Visibility = Visibility()

    @property
    def has_metrics(self) -> bool:
        """Raises UnreadableError where AWS did not tell."""
        return told(self.visibility_config.cloud_watch_metrics_enabled, f"CloudWatchMetricsEnabled of rule {self.name}")


class FirewallManagerRuleGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """A group of rules that a policy of Firewall Manager puts before or behind the web ACL's own."""

    name: str = ""
    firewall_manager_statement: Statement = Statement()
    visibility_config: Visibility = Visibility()

    @property
    def as_rule(self) -> Rule:
        """The rule that it stands for."""
        return Rule(self.name, self.firewall_manager_statement, self.visibility_config)


class WebAclRules(Facet[WebAcl]):
    """The rules of a web ACL.

    It is made without any unless some are given, and has those of Firewall Manager only under a policy of it
    (https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html).
    """

    source = call("wafv2", "GetWebACL", "WebACL", Name="name", Id="web_acl_id", Scope="scope")
    own: tuple[Rule, ...] = field(name="Rules", default=())
    before: tuple[FirewallManagerRuleGroup, ...] = field(name="PreProcessFirewallManagerRuleGroups", default=())
    behind: tuple[FirewallManagerRuleGroup, ...] = field(name="PostProcessFirewallManagerRuleGroups", default=())

    @property
    def every(self) -> list[Rule]:
        """All of them, in the order in which requests meet them."""
        first, last = ([group.as_rule for group in groups] for groups in (self.before, self.behind))
        return [*first, *self.own, *last]

    @property
    def managed_groups(self) -> list[str]:
        """The managed groups among them: `AWS/AWSManagedRulesCommonRuleSet`."""
        named = (rule.statement.managed_rule_group_statement for rule in self.every)
        return [str(group) for group in named if group]


# --------------------------------------------------------------------- logging
@source("wafv2:ListLoggingConfigurations")
async def logging_configurations(acls: Here[WebAcl], aws: Aws) -> list[Any] | Failure:
    """One list of all for each scope in which there are web ACLs."""
    scopes = sorted({acl.scope for acl in acls})
    return await of_scopes(scopes, "ListLoggingConfigurations", "LoggingConfigurations", aws)


class LoggingConfiguration(Resource, id="arn", noun="Logging of web ACL"):
    """Where a web ACL logs to by its owner's will: those of Security Lake are listed apart
    (https://docs.aws.amazon.com/waf/latest/APIReference/API_ListLoggingConfigurations.html).
    """

    source: ClassVar[Any] = logging_configurations
    arn: str = field(name="ResourceArn")
    """That of the web ACL."""
    destinations: tuple[str, ...] = field(name="LogDestinationConfigs")


class LoggingByWebAcl(msgspec.Struct, frozen=True):
    """The logging of a region's web ACLs."""

    by_id: Mapping[str, LoggingConfiguration]

    def destinations(self, web_acl_id: str) -> tuple[str, ...]:
        """None where it does not log. Raises UnreadableError where AWS did not tell."""
        logging = self.by_id.get(web_acl_id)
        return logging.destinations if logging else ()


def by_web_acl(configurations: Iterable[LoggingConfiguration]) -> Mapping[str, LoggingConfiguration]:
    """By the id of the web ACL, in which its ARN ends. It has one configuration of its owner's at most."""
    return {each.arn.rpartition("/")[2]: each for each in configurations}


@derive
def logging_by_web_acl(configurations: Here[LoggingConfiguration]) -> LoggingByWebAcl:
    """Of both scopes."""
    return LoggingByWebAcl(by_web_acl(configurations))


# ------------------------------------------------------------------- protected
class BehindWebAcls(msgspec.Struct, frozen=True):
    """Which resources of one type are behind web ACLs of their region."""

    web_acls: Mapping[str, str]
    """ARN of a resource -> ARN of its web ACL."""

    def web_acl(self, arn: str) -> str | None:
        """That of a resource; None: it has none."""
        return self.web_acls.get(arn)


async def behind_web_acls(resource_type: str, acls: Iterable[WebAcl], aws: Aws) -> BehindWebAcls | Failure:
    """Of a region. It takes a call for each web ACL but CloudFront's, one a second. `resource_type` is AWS's word
    (https://docs.aws.amazon.com/waf/latest/APIReference/API_ListResourcesForWebACL.html).
    """
    found: dict[str, str] = {}
    for arn in (acl.arn for acl in acls if acl.scope == REGIONAL):
        asked = {"WebACLArn": arn, "ResourceType": resource_type}
        reply = await aws.find("wafv2", "ListResourcesForWebACL", WebAcl.identity.gone, **asked)
        if isinstance(reply, Failure):
            return reply
        found |= dict.fromkeys(reply["ResourceArns"] if reply else (), arn)
    return BehindWebAcls(found)


@source("wafv2:ListResourcesForWebACL")
async def user_pools_behind_web_acls(acls: Here[WebAcl], aws: Aws) -> BehindWebAcls | Failure:
    """Of Cognito."""
    return await behind_web_acls("COGNITO_USER_POOL", acls, aws)


class UserPoolsBehindWebAcls(BehindWebAcls, Facet[Region]):
    """The user pools of a region that are behind a web ACL."""

    source = user_pools_behind_web_acls
