"""How rules, groups of rules and web ACLs of AWS WAF Classic are judged, which AWS has twice: for CloudFront, and for
the resources of each region.
"""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.logs import logs_to
from aioprowler.judging.verdicts import has
from aioprowler.services.waf.resources import (
    GlobalLogging,
    GlobalRule,
    GlobalRuleGroup,
    GlobalWebAcl,
    GlobalWebAclRules,
    RegionalLogging,
    RegionalRule,
    RegionalRuleGroup,
    RegionalWebAcl,
    RegionalWebAclRules,
)

RULES = "rules or rule groups"


@check(fails="Global rule of AWS WAF Classic has no conditions", severity="medium", categories=["internet-exposed"])
def waf_global_rule_with_conditions(rule: GlobalRule) -> Verdict:
    """Global rules of AWS WAF Classic have conditions.

    One is enough, of whatever type. Rules that count requests by their rate are another kind, and are not judged.

    ## Risk
    A rule without conditions matches no request. Whoever reads its name believes that something is blocked, and nothing
    is.

    ## Remediation
    Delete the rule, or better move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a condition:
    ```
    aws waf get-change-token
    aws waf update-rule --rule-id <rule-id> --change-token <your-token> \\
      --updates file://<your-conditions>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-web-acl-rules-editing.html
    """
    return has(rule.label, "conditions", bool(rule.predicates))


@check(fails="Global rule group of AWS WAF Classic is empty", severity="high", categories=[])
def waf_global_rulegroup_not_empty(group: GlobalRuleGroup) -> Verdict:
    """Global rule groups of AWS WAF Classic have rules.

    One is enough, of whatever type. Groups that were subscribed to on the marketplace are not the account's, and are
    not judged.

    ## Risk
    A web ACL or a policy of Firewall Manager that rests on an empty group inspects nothing, in all the distributions
    that it guards.

    ## Remediation
    Delete the group, or better move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a rule:
    ```
    aws waf get-change-token
    aws waf update-rule-group --rule-group-id <rule-group-id> --change-token <your-token> \\
      --updates file://<your-rules>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-working-with-rule-groups.html
    """
    return has(group.label, "rules", bool(group.activated_rules))


@check(fails="Global web ACL of AWS WAF Classic does not log requests", severity="medium", categories=["logging"])
def waf_global_webacl_logging_enabled(acl: GlobalWebAcl, logging: GlobalLogging) -> Verdict:
    """Global web ACLs of AWS WAF Classic log the requests that they inspect.

    The log goes to a stream of Data Firehose in us-east-1. A web ACL has one log at most, and none unless somebody sets
    it up.

    ## Risk
    Nobody sees what was let through or blocked on its way to CloudFront, so an attack cannot be followed back.

    ## Remediation
    `aws waf put-logging-configuration --logging-configuration
    ResourceArn=<arn>,LogDestinationConfigs=<your-stream-arn>`. The name of the stream begins with `aws-waf-logs-`.

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-logging.html
    """
    return logs_to(acl.label, "requests", logging.destinations(acl.web_acl_id))


@check(fails="Global web ACL of AWS WAF Classic has no rules", severity="medium", categories=[])
def waf_global_webacl_with_rules(acl: GlobalWebAcl, rules: GlobalWebAclRules) -> Verdict:
    """Global web ACLs of AWS WAF Classic have rules or rule groups.

    One is enough, also one that counts requests by their rate. Whether the rule has conditions is judged by itself.

    ## Risk
    Without rules the default action decides on every request, mostly to allow it: CloudFront looks protected and is
    not.

    ## Remediation
    Move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a rule:
    ```
    aws waf get-change-token
    aws waf update-web-acl --web-acl-id <web-acl-id> --change-token <your-token> \\
      --updates file://<your-rules>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-web-acl-editing.html
    """
    return has(acl.label, RULES, bool(rules.rules))


@check(fails="Regional rule of AWS WAF Classic has no conditions", severity="medium", categories=[])
def waf_regional_rule_with_conditions(rule: RegionalRule) -> Verdict:
    """Regional rules of AWS WAF Classic have conditions.

    One is enough, of whatever type. Rules that count requests by their rate are another kind, and are not judged.

    ## Risk
    A rule without conditions matches no request: what its name says that it keeps from load balancers and API Gateway
    gets there.

    ## Remediation
    Delete the rule, or better move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a condition:
    ```
    aws waf-regional get-change-token --region <region>
    aws waf-regional update-rule --region <region> --rule-id <rule-id> --change-token <your-token> \\
      --updates file://<your-conditions>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-web-acl-rules-editing.html
    """
    return has(rule.label, "conditions", bool(rule.predicates))


@check(fails="Regional rule group of AWS WAF Classic is empty", severity="medium", categories=[])
def waf_regional_rulegroup_not_empty(group: RegionalRuleGroup) -> Verdict:
    """Regional rule groups of AWS WAF Classic have rules.

    One is enough, of whatever type. Groups that were subscribed to on the marketplace are not the account's, and are
    not judged.

    ## Risk
    A web ACL or a policy of Firewall Manager that rests on an empty group inspects nothing on its way to load balancers
    and API Gateway.

    ## Remediation
    Delete the group, or better move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a rule:
    ```
    aws waf-regional get-change-token --region <region>
    aws waf-regional update-rule-group --region <region> --rule-group-id <rule-group-id> --change-token <your-token> \\
      --updates file://<your-rules>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-working-with-rule-groups.html
    """
    return has(group.label, "rules", bool(group.activated_rules))


@check(fails="Regional web ACL of AWS WAF Classic does not log requests", severity="medium", categories=["logging"])
def waf_regional_webacl_logging_enabled(acl: RegionalWebAcl, logging: RegionalLogging) -> Verdict:
    """Regional web ACLs of AWS WAF Classic log the requests that they inspect.

    The log goes to a stream of Data Firehose in the same region. A web ACL has one log at most, and none unless
    somebody sets it up.

    ## Risk
    Nobody sees what was let through or blocked on its way to load balancers and API Gateway, so an attack cannot be
    followed back.

    ## Remediation
    `aws waf-regional put-logging-configuration --region <region> --logging-configuration
    ResourceArn=<arn>,LogDestinationConfigs=<your-stream-arn>`. The name of the stream begins with `aws-waf-logs-`.

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-logging.html
    """
    return logs_to(acl.label, "requests", logging.destinations(acl.web_acl_id))


@check(fails="Regional web ACL of AWS WAF Classic has no rules", severity="medium", categories=[])
def waf_regional_webacl_with_rules(acl: RegionalWebAcl, rules: RegionalWebAclRules) -> Verdict:
    """Regional web ACLs of AWS WAF Classic have rules or rule groups.

    One is enough, also one that counts requests by their rate. Whether the rule has conditions is judged by itself.

    ## Risk
    Without rules the default action decides on every request, mostly to allow it: load balancers and API Gateway look
    protected and are not.

    ## Remediation
    Move to the present AWS WAF, for AWS retires WAF Classic. Until then, add a rule:
    ```
    aws waf-regional get-change-token --region <region>
    aws waf-regional update-web-acl --region <region> --web-acl-id <web-acl-id> --change-token <your-token> \\
      --updates file://<your-rules>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/classic-web-acl-editing.html
    """
    return has(acl.label, RULES, bool(rules.rules))
