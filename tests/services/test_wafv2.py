from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.wafv2.checks import (
    wafv2_webacl_logging_enabled,
    wafv2_webacl_managed_rule_groups_enabled,
    wafv2_webacl_rule_logging_enabled,
    wafv2_webacl_with_rules,
)
from aioprowler.services.wafv2.resources import (
    FirewallManagerRuleGroup,
    LoggingConfiguration,
    ManagedRuleGroup,
    Rule,
    Statement,
    Visibility,
    WebAcl,
    WebAclRules,
    logging_by_web_acl,
)
from tests.services.made import made

ARN = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shop/1"
ACL = WebAcl(web_acl_id="1", name="shop", arn=ARN)
COMMON = Statement(ManagedRuleGroup("AWS", "AWSManagedRulesCommonRuleSet"))
SEEN, UNSEEN = Visibility(True), Visibility(False)

OWN = Rule("own", visibility_config=SEEN)
MANAGED = Rule("common", COMMON, SEEN)
FROM_MANAGER = FirewallManagerRuleGroup("fms", visibility_config=SEEN)
MANAGED_FROM_MANAGER = FirewallManagerRuleGroup("fms", COMMON, SEEN)


def rules(*own: Rule, before: Any = (), behind: Any = ()) -> WebAclRules:
    return WebAclRules(own=own, before=before, behind=behind)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (rules(OWN), Pass),
        (rules(before=(FROM_MANAGER,)), Pass),
        (rules(behind=(FROM_MANAGER,)), Pass),
        (rules(), Fail),
    ],
)
def test_rules(found: WebAclRules, verdict: type) -> None:
    assert isinstance(wafv2_webacl_with_rules(ACL, found), verdict)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (rules(OWN, MANAGED), Pass),
        (rules(OWN, before=(MANAGED_FROM_MANAGER,)), Pass),
        (rules(OWN, behind=(MANAGED_FROM_MANAGER,)), Pass),
        (rules(OWN, before=(FROM_MANAGER,), behind=(FROM_MANAGER,)), Fail),
        (rules(), Fail),
    ],
)
def test_managed_rule_groups(found: WebAclRules, verdict: type) -> None:
    judged = wafv2_webacl_managed_rule_groups_enabled(ACL, found)
    assert isinstance(judged, verdict)
    assert ("AWS/AWSManagedRulesCommonRuleSet" in judged.detail) is (verdict is Pass)


@pytest.mark.parametrize(
    ("found", "silent"),
    [
        (rules(OWN, MANAGED, before=(FROM_MANAGER,), behind=(FROM_MANAGER,)), None),
        (rules(OWN, Rule("quiet", COMMON, UNSEEN)), "quiet"),
        (rules(OWN, before=(FirewallManagerRuleGroup("first", COMMON, UNSEEN),)), "first"),
        (
            rules(Rule("one", visibility_config=UNSEEN), behind=(FirewallManagerRuleGroup("two", COMMON, UNSEEN),)),
            "one, two",
        ),
    ],
)
def test_metrics_of_rules(found: WebAclRules, silent: str | None) -> None:
    judged = wafv2_webacl_rule_logging_enabled(ACL, found)
    assert judged
    if silent is None:
        assert isinstance(judged, Pass)
    else:
        assert judged == Fail(f"Web ACL shop (1) has rules without metrics in CloudWatch: {silent}.")


def test_a_web_acl_without_rules_has_none_without_metrics() -> None:
    assert wafv2_webacl_rule_logging_enabled(ACL, rules()) is None


def test_a_rule_of_which_aws_does_not_tell_whether_it_has_metrics_is_not_judged() -> None:
    with pytest.raises(UnreadableError, match="CloudWatchMetricsEnabled of rule own"):
        wafv2_webacl_rule_logging_enabled(ACL, rules(MANAGED, Rule("own")))


BUCKET = "arn:aws:s3:::aws-waf-logs-shop"


@pytest.mark.parametrize(
    ("configurations", "verdict"),
    [
        ([LoggingConfiguration(arn=ARN, destinations=(BUCKET,))], Pass),
        ([LoggingConfiguration(arn=ARN, destinations=())], Fail),
        ([LoggingConfiguration(arn=f"{ARN}-2", destinations=(BUCKET,))], Fail),
        ([], Fail),
    ],
)
def test_logging(configurations: list[LoggingConfiguration], verdict: type) -> None:
    judged = wafv2_webacl_logging_enabled(ACL, logging_by_web_acl(tuple(configurations)))
    assert isinstance(judged, verdict)
    assert (BUCKET in judged.detail) is (verdict is Pass)


def test_where_it_logs_to_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="LogDestinationConfigs"):
        wafv2_webacl_logging_enabled(ACL, logging_by_web_acl((made(LoggingConfiguration, arn=ARN),)))


@pytest.mark.parametrize(("path", "scope"), [("regional", "REGIONAL"), ("global", "CLOUDFRONT")])
def test_the_arn_tells_the_scope(path: str, scope: str) -> None:
    arn = f"arn:aws:wafv2:us-east-1:123456789012:{path}/webacl/shop/1"
    assert WebAcl(web_acl_id="1", name="shop", arn=arn).scope == scope
