from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.waf.checks import (
    waf_global_rule_with_conditions,
    waf_global_rulegroup_not_empty,
    waf_global_webacl_logging_enabled,
    waf_global_webacl_with_rules,
    waf_regional_rule_with_conditions,
    waf_regional_rulegroup_not_empty,
    waf_regional_webacl_logging_enabled,
    waf_regional_webacl_with_rules,
)
from aioprowler.services.waf.resources import (
    GlobalLoggingConfiguration,
    GlobalRule,
    GlobalRuleGroup,
    GlobalWebAcl,
    GlobalWebAclRules,
    Part,
    RegionalLoggingConfiguration,
    RegionalRule,
    RegionalRuleGroup,
    RegionalWebAcl,
    RegionalWebAclRules,
    global_logging,
    regional_logging,
)
from tests.services.made import made

SOME_OR_NONE = pytest.mark.parametrize(("parts", "verdict"), [((Part(),), Pass), ((Part(), Part()), Pass), ((), Fail)])
GLOBAL = GlobalWebAcl(web_acl_id="acl-1", name="cdn")
REGIONAL = RegionalWebAcl(web_acl_id="acl-1", name="shop")


@SOME_OR_NONE
def test_conditions_of_rules(parts: tuple[Part, ...], verdict: type) -> None:
    here = RegionalRule(rule_id="1", name="bots", predicates=parts)
    everywhere = GlobalRule(rule_id="1", name="bots", predicates=parts)
    assert isinstance(waf_regional_rule_with_conditions(here), verdict)
    assert isinstance(waf_global_rule_with_conditions(everywhere), verdict)


@SOME_OR_NONE
def test_rules_of_groups(parts: tuple[Part, ...], verdict: type) -> None:
    here = RegionalRuleGroup(rule_group_id="1", name="all", activated_rules=parts)
    everywhere = GlobalRuleGroup(rule_group_id="1", name="all", activated_rules=parts)
    assert isinstance(waf_regional_rulegroup_not_empty(here), verdict)
    assert isinstance(waf_global_rulegroup_not_empty(everywhere), verdict)


@SOME_OR_NONE
def test_rules_of_web_acls(parts: tuple[Part, ...], verdict: type) -> None:
    assert isinstance(waf_regional_webacl_with_rules(REGIONAL, RegionalWebAclRules(rules=parts)), verdict)
    assert isinstance(waf_global_webacl_with_rules(GLOBAL, GlobalWebAclRules(rules=parts)), verdict)


STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/aws-waf-logs-all"


def logging(kind: Any, arn: str, *destinations: str) -> Any:
    return kind(arn=arn, destinations=destinations)


@pytest.mark.parametrize(
    ("arn", "destinations", "verdict"),
    [
        (GLOBAL.arn, (STREAM,), Pass),
        (GLOBAL.arn, (), Fail),
        ("arn:aws:waf::123456789012:webacl/acl-2", (STREAM,), Fail),
    ],
)
def test_logging_of_global_web_acls(arn: str, destinations: tuple[str, ...], verdict: type) -> None:
    found = global_logging((logging(GlobalLoggingConfiguration, arn, *destinations),))
    assert isinstance(waf_global_webacl_logging_enabled(GLOBAL, found), verdict)


@pytest.mark.parametrize(
    ("arn", "destinations", "verdict"),
    [
        (REGIONAL.arn, (STREAM,), Pass),
        (REGIONAL.arn, (), Fail),
        ("arn:aws:waf-regional:us-east-1:123456789012:webacl/acl-2", (STREAM,), Fail),
    ],
)
def test_logging_of_regional_web_acls(arn: str, destinations: tuple[str, ...], verdict: type) -> None:
    found = regional_logging((logging(RegionalLoggingConfiguration, arn, *destinations),))
    assert isinstance(waf_regional_webacl_logging_enabled(REGIONAL, found), verdict)


def test_where_a_web_acl_logs_to_is_not_made_up() -> None:
    silent = made(GlobalLoggingConfiguration, arn=GLOBAL.arn)
    with pytest.raises(UnreadableError, match="LogDestinationConfigs"):
        waf_global_webacl_logging_enabled(GLOBAL, global_logging((silent,)))


def test_only_what_is_in_a_region_has_one_in_its_arn() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswaf.html"""
    assert GLOBAL.arn == "arn:aws:waf::123456789012:webacl/acl-1"
    assert REGIONAL.arn == "arn:aws:waf-regional:us-east-1:123456789012:webacl/acl-1"
