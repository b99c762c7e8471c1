"""WAF Classic: the global one is asked once, in the one partition and region that have it."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import World, error, verdicts

GLOBAL_RULES, REGIONAL_RULES = "waf_global_rule_with_conditions", "waf_regional_rule_with_conditions"
GLOBAL_GROUPS, REGIONAL_GROUPS = "waf_global_rulegroup_not_empty", "waf_regional_rulegroup_not_empty"
GLOBAL_LOGGING, REGIONAL_LOGGING = "waf_global_webacl_logging_enabled", "waf_regional_webacl_logging_enabled"
HOME, EUROPE = "us-east-1", "eu-west-1"
IN_EUROPE = (Account(id="123456789012", default_region=EUROPE, regions=(EUROPE,)),)
IN_CHINA = (Account(id="123456789012", partition="aws-cn", default_region="cn-north-1", regions=("cn-north-1",)),)


def rules(service: str) -> World:
    """Of which one has a condition, one has none, and one is gone."""

    def rule(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if params["RuleId"] == "gone":
            return error("WAFNonexistentItemException")
        conditions = [{"Negated": False, "Type": "IPMatch", "DataId": "1"}] if params["RuleId"] == "full" else []
        return {"Rule": {"RuleId": params["RuleId"], "Predicates": conditions}}

    listed = [{"RuleId": name, "Name": name} for name in ("full", "empty", "gone")]
    return World({f"{service}:ListRules": {"Rules": listed}, f"{service}:GetRule": rule})


@pytest.mark.parametrize("accounts", [IN_EUROPE, (Account(id="123456789012", regions=(HOME, EUROPE)),)])
def test_global_rules_are_judged_once_wherever_the_scan_is(accounts: tuple[Account, ...]) -> None:
    world = rules("waf")
    assert verdicts(world, GLOBAL_RULES, accounts=accounts) == {
        (GLOBAL_RULES, HOME, "full"): "PASS",
        (GLOBAL_RULES, HOME, "empty"): "FAIL",
    }
    assert world.calls == {"waf:ListRules": 1, "waf:GetRule": 3}
    assert {region for _, region, _, _ in world.params} == {HOME}


def test_regional_rules_are_judged_in_each_region() -> None:
    assert verdicts(rules("waf-regional"), REGIONAL_RULES) == {
        (REGIONAL_RULES, region, name): status
        for region in (HOME, EUROPE)
        for name, status in (("full", "PASS"), ("empty", "FAIL"))
    }


def test_china_has_the_regional_one_alone() -> None:
    assert verdicts(rules("waf"), GLOBAL_RULES, accounts=IN_CHINA) == {}
    assert len(verdicts(rules("waf-regional"), REGIONAL_RULES, accounts=IN_CHINA)) == 2


@pytest.mark.parametrize(("service", "check"), [("waf", GLOBAL_GROUPS), ("waf-regional", REGIONAL_GROUPS)])
def test_a_group_may_have_rules_of_whatever_type(service: str, check: str) -> None:
    def activated(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        types = {"regular": [{"Priority": 1, "RuleId": "1"}], "rates": [{"RuleId": "2", "Type": "RATE_BASED"}]}
        return {"ActivatedRules": types.get(params["RuleGroupId"], [])}

    listed = [{"RuleGroupId": name, "Name": name} for name in ("regular", "rates", "empty")]
    world = World(
        {
            f"{service}:ListRuleGroups": {"RuleGroups": listed},
            f"{service}:ListActivatedRulesInRuleGroup": activated,
        }
    )
    found = verdicts(world, check, accounts=(Account(id="123456789012"),))
    assert {key[2]: status for key, status in found.items()} == {"regular": "PASS", "rates": "PASS", "empty": "FAIL"}


@pytest.mark.parametrize(("service", "check"), [("waf", GLOBAL_LOGGING), ("waf-regional", REGIONAL_LOGGING)])
def test_all_pages_of_the_logging_of_all_web_acls_take_no_call_for_each(service: str, check: str) -> None:
    names = [f"acl-{number}" for number in range(20)]

    def configurations(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        number = int(params.get("NextMarker", 0))
        place = "waf:" if service == "waf" else f"waf-regional:{region}"
        logging = {
            "ResourceArn": f"arn:aws:{place}:123456789012:webacl/{names[number]}",
            "LogDestinationConfigs": [f"arn:aws:firehose:{region}:123456789012:deliverystream/aws-waf-logs-1"],
        }
        more = {"NextMarker": str(number + 1)} if number < 9 else {}
        return {"LoggingConfigurations": [logging], **more}

    world = World(
        {
            f"{service}:ListWebACLs": {"WebACLs": [{"WebACLId": name, "Name": name} for name in names]},
            f"{service}:ListLoggingConfigurations": configurations,
        }
    )
    found = verdicts(world, check, accounts=(Account(id="123456789012"),))
    assert sorted(key[2] for key, status in found.items() if status == "PASS") == names[:10]
    assert len(found) == 20
    assert world.calls == {f"{service}:ListWebACLs": 1, f"{service}:ListLoggingConfigurations": 10}
