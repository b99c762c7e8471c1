"""What is asked about load balancers, and what is not."""

from __future__ import annotations

from typing import Any

from aioprowler import Account
from tests.worlds.world import World, denied, error, verdicts

RULES, WAF, WEAK = "elbv2_ssl_listeners", "elbv2_waf_acl_attached", "elb_insecure_ssl_ciphers"
LOGS, CIPHERS = "elbv2_logging_enabled", "elbv2_insecure_ssl_ciphers"
GOOD = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
HOME = "us-east-1"


def arn(name: str, kind: str = "app") -> str:
    return f"arn:aws:elasticloadbalancing:{HOME}:123456789012:loadbalancer/{kind}/{name}/1"


def balancers(**kinds: str) -> dict[Any, Any]:
    listed = [
        {"LoadBalancerName": name, "LoadBalancerArn": arn(name, kind[:3]), "Type": kind} for name, kind in kinds.items()
    ]
    return {("elbv2:DescribeLoadBalancers", HOME): {"LoadBalancers": listed}}


def listeners(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    if "gone" in params["LoadBalancerArn"]:
        return error("LoadBalancerNotFound")
    spoken = ["TCP"] if "/net/" in params["LoadBalancerArn"] else ["HTTPS", "HTTP"]
    listed = [{"ListenerArn": f"{params['LoadBalancerArn']}/{each}", "Protocol": each, "Port": 80} for each in spoken]
    return {"Listeners": listed}


def rules(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    if "removed" in params["ListenerArn"]:
        return error("ListenerNotFound")
    assert params["ListenerArn"].endswith("/HTTP")
    actions = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS" if "good" in params["ListenerArn"] else ""}}]
    rule = {"Priority": "default", "Conditions": [], "Actions": actions}
    return {"Rules": [rule]}


def test_rules_are_asked_of_listeners_without_encryption_alone() -> None:
    told = balancers(good="application", bad="application", removed="application", gone="application", tcp="network")
    world = World({**told, "elbv2:DescribeListeners": listeners, "elbv2:DescribeRules": rules})
    assert verdicts(world, RULES) == {
        (RULES, HOME, "good"): "PASS",
        (RULES, HOME, "bad"): "FAIL",
        (RULES, HOME, "removed"): "PASS",
    }
    assert world.calls["elbv2:DescribeRules"] == 3


def test_a_reply_without_rules_is_no_verdict() -> None:
    world = World({**balancers(good="application"), "elbv2:DescribeListeners": listeners})
    assert verdicts(world, RULES) == {(RULES, HOME, "good"): "MANUAL"}


def test_policies_that_the_table_lacks_are_looked_up_once_a_region() -> None:
    newer, unheard = "ELBSecurityPolicy-TLS13-1-2-2031-01", "ELBSecurityPolicy-2031-02"

    def encrypted(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        policy = {"newer": newer, "unheard": unheard}.get(params["LoadBalancerArn"].split("/")[2])
        listener = {"ListenerArn": "arn", "Protocol": "HTTPS", "Port": 443, "SslPolicy": policy or GOOD}
        return {"Listeners": [listener]}

    policy = {"Name": newer, "SslProtocols": ["TLSv1.3"], "Ciphers": [{"Name": "TLS_AES_256_GCM_SHA384"}]}
    told = balancers(good="application", newer="application", unheard="network")
    world = World(
        {**told, "elbv2:DescribeListeners": encrypted, "elbv2:DescribeSSLPolicies": {"SslPolicies": [policy]}}
    )
    expected = {"good": "PASS", "newer": "PASS", "unheard": "MANUAL"}
    assert verdicts(world, CIPHERS) == {(CIPHERS, HOME, name): verdict for name, verdict in expected.items()}
    assert world.calls["elbv2:DescribeSSLPolicies"] == 1


def test_logs_that_are_delivered_by_way_of_cloudwatch_are_asked_for_in_the_region_of_a_load_balancer() -> None:
    kinds = {"logged": "application", "passed": "network", "health": "application", "idle": "network", "by": "gateway"}
    types = {"logged": "ALB_ACCESS_LOGS", "passed": "NLB_ACCESS_LOGS", "health": "ALB_HEALTH_CHECK_LOGS"}
    types["idle"] = "NLB_ACCESS_LOGS"
    sources = [
        {"name": name, "arn": name, "logType": kind, "resourceArns": [arn(name, kinds[name][:3])]}
        for name, kind in types.items()
    ]
    deliveries = [{"id": name, "arn": name, "deliverySourceName": name} for name in types if name != "idle"]
    world = World({
        **balancers(**kinds),
        "elbv2:DescribeLoadBalancerAttributes": {"Attributes": [{"Key": "access_logs.s3.enabled", "Value": "false"}]},
        ("logs:DescribeDeliverySources", HOME): {"deliverySources": sources},
        ("logs:DescribeDeliveries", HOME): {"deliveries": deliveries},
    })  # fmt: skip
    expected = {"logged": "PASS", "passed": "PASS", "health": "FAIL", "idle": "FAIL"}
    assert verdicts(world, LOGS) == {(LOGS, HOME, name): verdict for name, verdict in expected.items()}
    assert world.calls["logs:DescribeDeliverySources"] == 1
    world.replies["logs:DescribeDeliveries", HOME] = denied()
    assert set(verdicts(world, LOGS).values()) == {"MANUAL"}
    world.replies["logs:DescribeDeliverySources", HOME] = {"deliverySources": []}
    assert set(verdicts(world, LOGS).values()) == {"FAIL"}


def test_for_gateway_load_balancers_no_delivered_logs_are_asked_for() -> None:
    world = World({**balancers(by="gateway"), "elbv2:DescribeLoadBalancerAttributes": {"Attributes": []}})
    assert verdicts(world, LOGS) == {}
    assert world.calls["logs:DescribeDeliverySources"] == 0


ACLS = {"WebACLs": [{"Name": n, "Id": n, "ARN": f"arn:aws:wafv2:{HOME}:1:regional/webacl/{n}/{n}"} for n in "ab"]}
CLASSIC = {"WebACLs": [{"WebACLId": "old", "Name": "old"}]}


def acls(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    return ACLS if (region, params["Scope"]) == (HOME, "REGIONAL") else {"WebACLs": []}


def waf(protected: list[str], by_classic: Any) -> dict[Any, Any]:
    return {
        "wafv2:ListWebACLs": acls,
        "wafv2:ListResourcesForWebACL": {"ResourceArns": protected},
        ("waf-regional:ListWebACLs", HOME): CLASSIC,
        "waf-regional:ListResourcesForWebACL": by_classic,
    }


def test_what_is_behind_a_web_acl_is_asked_of_each_web_acl() -> None:
    told = balancers(one="application", two="application", three="application", tcp="network")
    world = World({**told, **waf([arn("one")], {"ResourceArns": [arn("two")]})})
    assert verdicts(world, WAF) == {
        (WAF, HOME, "one"): "PASS",
        (WAF, HOME, "two"): "PASS",
        (WAF, HOME, "three"): "FAIL",
    }
    assert (world.calls["wafv2:ListResourcesForWebACL"], world.calls["waf-regional:ListResourcesForWebACL"]) == (2, 1)


def test_waf_classic_is_asked_where_the_present_waf_does_not_tell_enough() -> None:
    world = World({**balancers(one="application"), **waf([arn("one")], denied())})
    assert verdicts(world, WAF) == {(WAF, HOME, "one"): "PASS"}
    assert not world.calls["waf-regional:ListResourcesForWebACL"]
    world = World({**balancers(one="application"), **waf([], denied())})
    assert verdicts(world, WAF) == {(WAF, HOME, "one"): "MANUAL"}


def test_where_no_load_balancer_may_have_a_web_acl_none_is_asked() -> None:
    world = World({**balancers(tcp="network"), **waf([], {})})
    assert verdicts(world, WAF) == {}
    assert not world.calls["wafv2:ListResourcesForWebACL"]
    assert not world.calls["waf-regional:ListResourcesForWebACL"]


def test_policies_of_classic_load_balancers_are_asked_where_their_names_do_not_tell() -> None:
    def described(name: str, policy: str) -> dict[str, Any]:
        listener = {"Protocol": "HTTPS", "LoadBalancerPort": 443}
        return {"LoadBalancerName": name, "ListenerDescriptions": [{"Listener": listener, "PolicyNames": [policy]}]}

    listed = [described("known", "ELBSecurityPolicy-TLS-1-2-2017-01"), described("own", "mine")]
    attribute = {"AttributeName": "Protocol-TLSv1", "AttributeValue": "true"}
    policy = {"PolicyName": "mine", "PolicyTypeName": "SSLNegotiationPolicyType"}
    world = World(
        {
            ("elb:DescribeLoadBalancers", HOME): {"LoadBalancerDescriptions": listed},
            "elb:DescribeLoadBalancerPolicies": {
                "PolicyDescriptions": [{**policy, "PolicyAttributeDescriptions": [attribute]}]
            },
        }
    )
    assert verdicts(world, WEAK) == {(WEAK, HOME, "known"): "PASS", (WEAK, HOME, "own"): "FAIL"}
    assert world.calls["elb:DescribeLoadBalancerPolicies"] == 1
