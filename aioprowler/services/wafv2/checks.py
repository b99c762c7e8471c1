"""How web ACLs are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.logs import logs_to
from aioprowler.judging.verdicts import has, pass_if
from aioprowler.services.wafv2.resources import LoggingByWebAcl, WebAcl, WebAclRules


@check(fails="Web ACL of AWS WAF does not log requests", severity="medium", categories=["logging"])
def wafv2_webacl_logging_enabled(acl: WebAcl, logging: LoggingByWebAcl) -> Verdict:
    """Web ACLs of AWS WAF log the requests that they inspect.

    A log goes to a log group of CloudWatch Logs, a bucket or a stream of Data Firehose. Logging that Firewall Manager
    has set up counts. What Security Lake collects does not: AWS sets that up apart from the web ACL's own logging.

    ## Risk
    Nobody sees which requests were let through or blocked and by which rule, so an attack cannot be followed back, and
    a rule that blocks customers cannot be told from one that works.

    ## Remediation
    `aws wafv2 put-logging-configuration --region <region> --logging-configuration
    ResourceArn=<arn>,LogDestinationConfigs=<your-destination-arn>`. The names of destinations begin with
    `aws-waf-logs-`.

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-management.html
    """
    return logs_to(acl.label, "requests", logging.destinations(acl.web_acl_id))


@check(
    fails="Web ACL of AWS WAF has no managed rule group",
    severity="medium",
    categories=["internet-exposed"],
    resource_group="network",
)
def wafv2_webacl_managed_rule_groups_enabled(acl: WebAcl, rules: WebAclRules) -> Verdict:
    """Web ACLs of AWS WAF use a managed rule group.

    AWS, and sellers on its marketplace, look after groups of rules against known attacks. Groups that a policy of
    Firewall Manager puts before or behind the web ACL's own rules count. Which group it is, and whether it blocks or
    counts only, is not judged.

    ## Risk
    Rules of one's own know the attacks of the day on which they were written. Those that became known since get
    through to the application.

    ## Remediation
    Add a group, such as `AWSManagedRulesCommonRuleSet`, to the `Rules` that the first command prints. The second takes
    `DefaultAction`, `Rules` and `VisibilityConfig` as they shall be:
    ```
    aws wafv2 get-web-acl --region <region> --scope <scope> --name <name> --id <web-acl>
    aws wafv2 update-web-acl --region <region> --scope <scope> --name <name> --id <web-acl> \\
      --lock-token <your-lock-token> --cli-input-json file://<your-web-acl>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-groups.html
    """
    groups = ", ".join(rules.managed_groups)
    return pass_if(
        bool(groups), f"{acl.label} uses managed rule groups: {groups}.", f"{acl.label} uses no managed rule group."
    )


@check(fails="Web ACL of AWS WAF has rules without metrics", severity="medium", categories=["logging"])
def wafv2_webacl_rule_logging_enabled(acl: WebAcl, rules: WebAclRules) -> Verdict | None:
    """All rules and rule groups of web ACLs send metrics to CloudWatch.

    Each rule of a web ACL has a setting of its own for that, also one that stands for a group, and a group that
    Firewall Manager puts before or behind them. The rules within a group are the group's. A web ACL without rules is
    not judged.

    ## Risk
    Nobody is alarmed when a rule begins to match: neither that an attack is going on, nor that a change of the
    application has customers blocked.

    ## Remediation
    Set `CloudWatchMetricsEnabled` in the `VisibilityConfig` of each of the `Rules` that the first command prints. The
    second takes `DefaultAction`, `Rules` and `VisibilityConfig` as they shall be:
    ```
    aws wafv2 get-web-acl --region <region> --scope <scope> --name <name> --id <web-acl>
    aws wafv2 update-web-acl --region <region> --scope <scope> --name <name> --id <web-acl> \\
      --lock-token <your-lock-token> --cli-input-json file://<your-web-acl>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/monitoring-cloudwatch.html
    """
    if not rules.every:
        return None
    silent = ", ".join(rule.name for rule in rules.every if not rule.has_metrics)
    if silent:
        return Fail(f"{acl.label} has rules without metrics in CloudWatch: {silent}.")
    return Pass(f"{acl.label} has metrics in CloudWatch for all of its rules.")


@check(fails="Web ACL of AWS WAF has no rules", severity="high", categories=["internet-exposed"])
def wafv2_webacl_with_rules(acl: WebAcl, rules: WebAclRules) -> Verdict:
    """Web ACLs of AWS WAF have rules.

    One rule is enough, which may stand for a group of them. Groups that a policy of Firewall Manager puts before or
    behind the web ACL's own rules count.

    ## Risk
    A web ACL without rules does to every request what its default is, mostly to allow it: what stands behind it looks
    protected and is not.

    ## Remediation
    Write `Rules`. The second command takes them, and `DefaultAction` and `VisibilityConfig` as the first prints them:
    ```
    aws wafv2 get-web-acl --region <region> --scope <scope> --name <name> --id <web-acl>
    aws wafv2 update-web-acl --region <region> --scope <scope> --name <name> --id <web-acl> \\
      --lock-token <your-lock-token> --cli-input-json file://<your-web-acl>.json
    ```

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-editing.html
    """
    return has(acl.label, "rules", bool(rules.every))
