"""AWS WAF Classic: one for CloudFront, which lives in one region, and one for the resources of each region.

They answer alike, and know nothing of each other. AWS is retiring both
(https://docs.aws.amazon.com/waf/latest/developerguide/classic-waf-chapter.html).
"""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import All, Facet, Here, Resource, call, derive, field, listing
from aioprowler.services.wafv2.resources import LoggingByWebAcl, LoggingConfiguration, by_web_acl

HOME: Final = {"aws": "us-east-1"}
"""Where the global one is, and the only partition that has it
(https://docs.aws.amazon.com/general/latest/gr/waf-classic.html).
"""


class Part(msgspec.Struct, frozen=True):
    """A condition of a rule, or a rule of something: that it is there is all that is read of it."""


# ----------------------------------------------------------------------- rules
class Rule(Resource, id="rule_id", group="security", noun="Rule", gone=["WAFNonexistentItemException"]):
    """Conditions that requests are held against."""

    rule_id: str
    name: str
    predicates: tuple[Part, ...]


class GlobalRule(Rule, arn="arn:{partition}:waf::{account_id}:rule/{rule_id}", type="AwsWafRule"):
    """A rule for CloudFront."""

    source = listing("waf", "ListRules", "Rules", at=HOME, detail=call("waf", "GetRule", "Rule", RuleId="rule_id"))


class RegionalRule(
    Rule, arn="arn:{partition}:waf-regional:{region}:{account_id}:rule/{rule_id}", type="AwsWafRegionalRule"
):
    """A rule for load balancers and API Gateway."""

    source = listing(
        "waf-regional", "ListRules", "Rules", detail=call("waf-regional", "GetRule", "Rule", RuleId="rule_id")
    )


# ----------------------------------------------------------------- rule groups
class RuleGroup(
    Resource, id="rule_group_id", group="security", noun="Rule group", gone=["WAFNonexistentItemException"]
):
    """Rules that Firewall Manager or a web ACL takes together."""

    rule_group_id: str
    name: str
    activated_rules: tuple[Part, ...]
    """Those of the first page, which tells whether there are any."""


class GlobalRuleGroup(
    RuleGroup, arn="arn:{partition}:waf::{account_id}:rulegroup/{rule_group_id}", type="AwsWafRuleGroup"
):
    """A group of rules for CloudFront."""

    source = listing(
        "waf",
        "ListRuleGroups",
        "RuleGroups",
        at=HOME,
        detail=call("waf", "ListActivatedRulesInRuleGroup", RuleGroupId="rule_group_id", first_page=True),
    )


class RegionalRuleGroup(
    RuleGroup,
    arn="arn:{partition}:waf-regional:{region}:{account_id}:rulegroup/{rule_group_id}",
    type="AwsWafRegionalRuleGroup",
):
    """A group of rules for load balancers and API Gateway."""

    source = listing(
        "waf-regional",
        "ListRuleGroups",
        "RuleGroups",
        detail=call("waf-regional", "ListActivatedRulesInRuleGroup", RuleGroupId="rule_group_id", first_page=True),
    )


# -------------------------------------------------------------------- web ACLs
class WebAcl(Resource, id="web_acl_id", group="security", noun="Web ACL", gone=["WAFNonexistentItemException"]):
    """Rules on requests to what stands behind it."""

    web_acl_id: str = field(name="WebACLId")
    name: str


class GlobalWebAcl(WebAcl, arn="arn:{partition}:waf::{account_id}:webacl/{web_acl_id}", type="AwsWafWebAcl"):
    """A web ACL for CloudFront."""

    source = listing("waf", "ListWebACLs", "WebACLs", at=HOME)


class RegionalWebAcl(
    WebAcl,
    arn="arn:{partition}:waf-regional:{region}:{account_id}:webacl/{web_acl_id}",
    type="AwsWafRegionalWebAcl",
):
    """A web ACL for load balancers and API Gateway."""

    source = listing("waf-regional", "ListWebACLs", "WebACLs")


class WebAclRules(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """What a web ACL has: rules, also such as count requests, and groups of rules."""

    rules: tuple[Part, ...]


class GlobalWebAclRules(WebAclRules, Facet[GlobalWebAcl]):
    """Those of a web ACL for CloudFront."""

    source = call("waf", "GetWebACL", "WebACL", WebACLId="web_acl_id")


class RegionalWebAclRules(WebAclRules, Facet[RegionalWebAcl]):
    """Those of a web ACL for load balancers and API Gateway."""

    source = call("waf-regional", "GetWebACL", "WebACL", WebACLId="web_acl_id")


# --------------------------------------------------------------------- logging
class GlobalLoggingConfiguration(LoggingConfiguration):
    """Where a web ACL for CloudFront logs to."""

    source = listing("waf", "ListLoggingConfigurations", "LoggingConfigurations", at=HOME)


class RegionalLoggingConfiguration(LoggingConfiguration):
    """Where a web ACL for load balancers and API Gateway logs to."""

    source = listing("waf-regional", "ListLoggingConfigurations", "LoggingConfigurations")


class GlobalLogging(LoggingByWebAcl, frozen=True):
    """The logging of the web ACLs for CloudFront."""


class RegionalLogging(LoggingByWebAcl, frozen=True):
    """The logging of a region's web ACLs for load balancers and API Gateway."""


@derive
def global_logging(configurations: All[GlobalLoggingConfiguration]) -> GlobalLogging:
    """One list tells of all."""
    return GlobalLogging(by_web_acl(configurations))


@derive
def regional_logging(configurations: Here[RegionalLoggingConfiguration]) -> RegionalLogging:
    """One list tells of all of the region."""
    return RegionalLogging(by_web_acl(configurations))
