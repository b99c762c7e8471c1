"""Web ACLs are asked for by scope: CloudFront's in one region alone."""

from __future__ import annotations

from typing import Any

from aioprowler import Account, Region, Verdict, check
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.wafv2.resources import UserPoolsBehindWebAcls
from tests.engine.harness import run
from tests.worlds.world import World, denied, error, verdicts

LOGGING = "wafv2_webacl_logging_enabled"
RULES = "wafv2_webacl_with_rules"
HOME, EUROPE = "us-east-1", "eu-west-1"


def acl(name: str, region: str, scope: str) -> dict[str, Any]:
    place = "global" if scope == "CLOUDFRONT" else "regional"
    return {"Name": name, "Id": name, "ARN": f"arn:aws:wafv2:{region}:123456789012:{place}/webacl/{name}/{name}"}


def by_scope(member: str, items: dict[tuple[str, str], list[dict[str, Any]]]) -> Any:
    """A reply that tells what there is in a region and scope."""

    def reply(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        if params["Scope"] == "CLOUDFRONT" and region != HOME:
            raise AssertionError(f"CloudFront's are asked for in {region}")
        return {member: items.get((region, params["Scope"]), [])}

    return reply


ACLS = {
    (HOME, "CLOUDFRONT"): [acl("cdn", HOME, "CLOUDFRONT")],
    (HOME, "REGIONAL"): [acl("shop", HOME, "REGIONAL")],
    (EUROPE, "REGIONAL"): [acl("laden", EUROPE, "REGIONAL")],
}


def logging(*arns: str) -> list[dict[str, Any]]:
    return [{"ResourceArn": arn, "LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-all"]} for arn in arns]


def test_each_web_acl_is_judged_once_where_it_lives() -> None:
    cdn = ACLS[HOME, "CLOUDFRONT"][0]["ARN"]
    world = World(
        {
            "wafv2:ListWebACLs": by_scope("WebACLs", ACLS),
            "wafv2:ListLoggingConfigurations": by_scope("LoggingConfigurations", {(HOME, "CLOUDFRONT"): logging(cdn)}),
        }
    )
    assert verdicts(world, LOGGING) == {
        (LOGGING, HOME, "cdn"): "PASS",
        (LOGGING, HOME, "shop"): "FAIL",
        (LOGGING, EUROPE, "laden"): "FAIL",
    }
    assert world.calls == {"wafv2:ListWebACLs": 3, "wafv2:ListLoggingConfigurations": 3}


def test_where_there_are_no_web_acls_nobody_asks_for_their_logging() -> None:
    world = World({"wafv2:ListWebACLs": by_scope("WebACLs", {(EUROPE, "REGIONAL"): ACLS[EUROPE, "REGIONAL"]})})
    assert verdicts(world, LOGGING) == {(LOGGING, EUROPE, "laden"): "FAIL"}
    assert world.calls == {"wafv2:ListWebACLs": 3, "wafv2:ListLoggingConfigurations": 1}


def test_the_rules_are_asked_for_with_the_scope_and_of_one_that_is_gone_nothing_is_said() -> None:
    def rules(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if params["Name"] == "shop":
            return error("WAFNonexistentItemException")
        return {"WebACL": {"Rules": [{"Name": "own"}] if params["Scope"] == "CLOUDFRONT" else []}}

    world = World({"wafv2:ListWebACLs": by_scope("WebACLs", ACLS), "wafv2:GetWebACL": rules})
    assert verdicts(world, RULES) == {(RULES, HOME, "cdn"): "PASS", (RULES, EUROPE, "laden"): "FAIL"}


def test_a_page_leads_to_the_next() -> None:
    first, second = acl("one", EUROPE, "REGIONAL"), acl("two", EUROPE, "REGIONAL")

    def pages(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        if region == HOME:
            return {"WebACLs": []}
        assert params["Limit"] == 100
        return {"WebACLs": [second]} if "NextMarker" in params else {"WebACLs": [first], "NextMarker": "one"}

    assert {key[2] for key in verdicts(World({"wafv2:ListWebACLs": pages}), RULES)} == {"one", "two"}


POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/pool"


@check(fails="It is behind none", severity="low")
def pool_is_behind_a_web_acl(region: Region, pools: UserPoolsBehindWebAcls) -> Verdict:
    return pass_if(pools.web_acl(POOL) == ACLS[HOME, "REGIONAL"][0]["ARN"], "It is.", "It is not.")


def behind(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    assert params["ResourceType"] == "COGNITO_USER_POOL"
    assert ":regional/" in params["WebACLArn"], "of CloudFront's web ACLs CloudFront tells"
    if "laden" in params["WebACLArn"]:
        return error("WAFNonexistentItemException")
    return {"ResourceArns": [POOL]}


def test_what_is_behind_a_web_acl_is_asked_of_each() -> None:
    world = World({"wafv2:ListWebACLs": by_scope("WebACLs", ACLS), "wafv2:ListResourcesForWebACL": behind})
    assert [(region, status) for _, region, _, status in run(world, pool_is_behind_a_web_acl)] == [
        (EUROPE, "FAIL"),
        (HOME, "PASS"),
    ]
    assert world.calls["wafv2:ListResourcesForWebACL"] == 2


def test_what_is_behind_a_web_acl_may_be_not_known() -> None:
    world = World({"wafv2:ListWebACLs": by_scope("WebACLs", ACLS), "wafv2:ListResourcesForWebACL": denied()})
    assert {status for *_, status in run(world, pool_is_behind_a_web_acl)} == {"MANUAL"}
