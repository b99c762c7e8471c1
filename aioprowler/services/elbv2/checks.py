"""How load balancers of the second generation are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Final

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check, known
from aioprowler.judging.exposure import behind_waf
from aioprowler.judging.ports import ALL_PROTOCOLS, Rule, by_rules, opens_any_port
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.tls import demands_strong_tls, names, newer
from aioprowler.judging.tls_policies import POLICIES
from aioprowler.judging.verdicts import about, enabled, has, is_set_to, pass_if, switched, told, unknown, worst
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.elbv2.resources import (
    BalancersBehindClassicWebAcls,
    BalancersBehindWebAcls,
    DeliveredLogs,
    Listeners,
    LoadBalancer,
    LoadBalancerAttributes,
    PlainRules,
    SslPolicies,
    redirects_all,
)

resilience_check = partial(check, severity="medium", categories=["resilience"])
encryption_check = partial(check, severity="medium", categories=["encryption"])

DROP: Final = "routing.http.drop_invalid_header_fields.enabled"
DESYNC: Final = "routing.http.desync_mitigation_mode"


@check(fails="Application Load Balancer passes on invalid header fields", severity="medium")
def elbv2_alb_drop_invalid_header_fields_enabled(
    balancer: LoadBalancer, attributes: LoadBalancerAttributes
) -> Verdict | None:
    """Application Load Balancers drop header fields with invalid names.

    Names with other characters than letters, digits and hyphens are meant. Only Application Load Balancers are judged.

    ## Risk
    Applications understand such fields differently than the load balancer, and an attacker slips requests past its
    rules by them.

    ## Remediation
    `aws elbv2 modify-load-balancer-attributes --region <region> --load-balancer-arn <arn> --attributes
    Key=routing.http.drop_invalid_header_fields.enabled,Value=true`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    if not balancer.is_application:
        return None
    return enabled(balancer.label, "dropping of invalid header fields", attributes.switch(DROP))


@resilience_check(fails="Load balancer does not balance across zones")
def elbv2_cross_zone_load_balancing_enabled(
    balancer: LoadBalancer, attributes: LoadBalancerAttributes
) -> Verdict | None:
    """Network and Gateway Load Balancers distribute connections over the targets of all their zones.

    What is set on the load balancer is judged; a target group may have it otherwise. Application Load Balancers, which
    always do, are not judged.

    ## Risk
    Each zone gets the same share, however few targets it has: those in the smaller zone are overloaded, and where they
    all fail, connections that arrive there find nobody.

    ## Remediation
    `aws elbv2 modify-load-balancer-attributes --region <region> --load-balancer-arn <arn> --attributes
    Key=load_balancing.cross_zone.enabled,Value=true`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html
    """
    if balancer.is_application:
        return None
    return enabled(balancer.label, "cross-zone load balancing", attributes.switch("load_balancing.cross_zone.enabled"))


@resilience_check(fails="Load balancer is not protected from deletion")
def elbv2_deletion_protection(balancer: LoadBalancer, attributes: LoadBalancerAttributes) -> Verdict:
    """Load balancers are protected from deletion.

    With deletion protection AWS refuses to delete the load balancer until somebody turns the protection off.

    ## Risk
    One mistaken or malicious call takes down everything behind the load balancer, and its name for good.

    ## Remediation
    `aws elbv2 modify-load-balancer-attributes --region <region> --load-balancer-arn <arn> --attributes
    Key=deletion_protection.enabled,Value=true`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    return enabled(balancer.label, "deletion protection", attributes.switch("deletion_protection.enabled"))


@check(fails="Application Load Balancer lets in ambiguous requests", severity="medium")
def elbv2_desync_mitigation_mode(balancer: LoadBalancer, attributes: LoadBalancerAttributes) -> Verdict | None:
    """Application Load Balancers stop requests that could be understood in two ways.

    The desync mitigation mode has to be `defensive`, which is the default, or `strictest`; with `monitor` such requests
    are only counted. A load balancer that drops invalid header fields is good in any mode. Only Application Load
    Balancers are judged.

    ## Risk
    With a request that the load balancer and the application divide differently an attacker slips a second one past
    all rules, poisons what is cached, or gets the answer that somebody else is waiting for.

    ## Remediation
    `aws elbv2 modify-load-balancer-attributes --region <region> --load-balancer-arn <arn> --attributes
    Key=routing.http.desync_mitigation_mode,Value=defensive`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    if not balancer.is_application:
        return None
    if switched(attributes.switch(DROP)):
        return Pass(f"{balancer.label} drops invalid header fields.")
    mode = attributes.value(DESYNC) or "defensive"  # AWS's default
    good = {"defensive", "strictest"}
    return is_set_to(balancer.label, "the desync mitigation mode", mode, good=good, bad={"monitor"})


def on_policies(balancer: LoadBalancer, listeners: Listeners, judge: Callable[[str, str], Verdict]) -> Verdict:
    """The worst verdict on the security policies of the listeners that encrypt; `judge` is given what sentences call a
    listener, and the policy's name.
    """
    policies = listeners.encrypting(balancer)
    if not policies:
        return Pass(f"{balancer.label} has no listener for HTTPS or TLS.")
    return worst(about(judge(label, each.policy), listener_arn=each.arn) for label, each in policies.items())


@encryption_check(fails="Load balancer accepts old TLS versions or weak ciphers")
def elbv2_insecure_ssl_ciphers(balancer: LoadBalancer, listeners: Listeners, told: SslPolicies | Failure) -> Verdict:
    """Load balancers accept neither TLS versions below 1.2 nor weak ciphers.

    Judged are listeners for HTTPS and TLS, by what AWS says of the policy that each has. Weak are ciphers such as RC4
    and 3DES. Without such listeners there is nothing that would be weak.

    ## Risk
    Old versions and ciphers have known attacks: whoever listens on the way may make client and load balancer agree to
    them, and read or change what they say to each other.

    ## Remediation
    `aws elbv2 modify-listener --region <region> --listener-arn <your-listener-arn> --ssl-policy
    ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    policies = {**POLICIES, **({} if isinstance(told, Failure) else told.by_name)}
    verdict = on_policies(
        balancer, listeners, lambda label, policy: demands_strong_tls(label, policy, policies.get(policy))
    )
    if isinstance(verdict, Manual):
        known(told)
    return verdict


def lets_anybody_in(protocols: Iterable[str], rules: Iterable[Rule]) -> bool:
    """Whether everybody on the internet may reach some port by one of the protocols."""
    return opens_any_port(rule for rule in rules if rule.protocol in (ALL_PROTOCOLS, *protocols))


@check(fails="Load balancer can be reached from the internet", severity="medium", categories=["internet-exposed"])
def elbv2_internet_facing(balancer: LoadBalancer, groups: SecurityGroupIndex | Failure) -> Verdict:
    """Load balancers cannot be reached from the internet.

    One that faces the internet is good where its security groups together keep out all that nobody named: no port of
    TCP, or for a Network Load Balancer of UDP, is open to the whole internet. Which ports its listeners have is not
    looked into. A Network Load Balancer without security groups lets in everybody. Gateway Load Balancers never face
    the internet.

    ## Risk
    What stands behind it can be reached, and attacked, by everybody.

    ## Remediation
    Let in those who need it, or make an internal load balancer:
    ```
    aws ec2 revoke-security-group-ingress --region <region> --group-id <your-security-group> \\
      --ip-permissions <your-rule>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    """
    label = balancer.label
    if balancer.is_gateway or balancer.scheme == "internal":
        return Pass(f"{label} does not face the internet.")
    scheme = told(balancer.scheme, f"Scheme of {label}")
    if scheme != "internet-facing":
        return unknown(label, "the scheme", scheme)
    if balancer.is_network and not balancer.security_groups:
        return Fail(f"{label} faces the internet, and has no security group that would keep anybody out.")
    protocols = ["tcp", "udp"] if balancer.is_network else ["tcp"]
    groups_of_it = told(balancer.security_groups, f"SecurityGroups of {label}")
    return by_rules(
        label,
        known(groups).ingress(groups_of_it),
        lambda rules: pass_if(
            not lets_anybody_in(protocols, rules),
            f"{label} faces the internet, but its security groups let in nobody from everywhere.",
            f"{label} faces the internet, and its security groups let in everybody: {', '.join(groups_of_it)}.",
        ),
    )


@resilience_check(fails="Load balancer is in too few availability zones")
def elbv2_is_in_multiple_az(
    balancer: LoadBalancer,
    *,
    elbv2_min_azs: Annotated[int, "In how many availability zones a load balancer has to be."] = 2,
) -> Verdict:
    """Load balancers are in several availability zones.

    How many there have to be is configured. Whether there are targets in each is not looked into.

    ## Risk
    When the zone fails, the application cannot be reached, though it may run elsewhere.

    ## Remediation
    `aws elbv2 set-subnets --region <region> --load-balancer-arn <arn> --subnets <your-subnets>`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html
    """
    return in_several_zones(balancer.label, [each.zone_name for each in balancer.zones], elbv2_min_azs)


@check(fails="Load balancer accepts TLS by a policy without FIPS", severity="low", categories=["encryption"])
def elbv2_listener_fips_tls_enabled(balancer: LoadBalancer, listeners: Listeners) -> Verdict:
    """Listeners of load balancers have security policies of FIPS.

    All listeners for HTTPS and TLS are judged: by these policies a module encrypts that is validated under FIPS 140-3.
    A policy that AWS has introduced since is MANUAL. Without such listeners there is nothing to validate.

    ## Risk
    Whoever has to use validated cryptography, by contract or by law, does not.

    ## Remediation
    `aws elbv2 modify-listener --region <region> --listener-arn <your-listener-arn> --ssl-policy
    ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """

    def judge(label: str, policy: str) -> Verdict:
        if policy not in POLICIES:
            return newer(label, policy)
        return has(label, f"a security policy of FIPS ({policy})", names(policy, "FIPS"))

    return on_policies(balancer, listeners, judge)


@check(fails="Load balancer agrees on keys that quantum computers find", severity="low", categories=["encryption"])
def elbv2_listener_pqc_tls_enabled(
    balancer: LoadBalancer,
    listeners: Listeners,
    *,
    elbv2_listener_pqc_tls_allowed_policies: Annotated[
        list[str], "Security policies of load balancers with a key exchange that withstands quantum computers."
    ] = [  # noqa: B006 - never changed
        "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
    ],
) -> Verdict:
    """Listeners of load balancers agree on keys in a way that withstands quantum computers.

    All listeners for HTTPS and TLS have to have one of the configured policies, which are those with hybrid key
    exchange that let in no version below TLS 1.2. A policy that AWS has introduced since is MANUAL. Without such
    listeners there is nothing to agree on.

    ## Risk
    Whoever records what is sent today reads it once there is a quantum computer, and what is secret for years is not.

    ## Remediation
    `aws elbv2 modify-listener --region <region> --listener-arn <your-listener-arn> --ssl-policy
    ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    allowed = elbv2_listener_pqc_tls_allowed_policies

    def judge(label: str, policy: str) -> Verdict:
        if policy not in POLICIES and policy not in allowed:
            return newer(label, policy)
        return has(label, f"a key exchange that withstands quantum computers ({policy})", policy in allowed)

    return on_policies(balancer, listeners, judge)


@resilience_check(fails="Load balancer has no listeners")
def elbv2_listeners_underneath(balancer: LoadBalancer, listeners: Listeners) -> Verdict:
    """Load balancers have listeners.

    One is enough. What it does with requests is not judged.

    ## Risk
    A load balancer without listeners accepts nothing: the application cannot be reached, or the load balancer costs
    money for nothing.

    ## Remediation
    Delete it, or give it one:
    ```
    aws elbv2 create-listener --region <region> --load-balancer-arn <arn> --protocol HTTPS --port 443 \\
      --certificates CertificateArn=<your-certificate-arn> \\
      --default-actions Type=forward,TargetGroupArn=<your-target-group-arn>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
    """
    return has(balancer.label, "listeners", bool(listeners.listeners))


@check(fails="Load balancer does not log access", severity="medium", categories=["logging"])
def elbv2_logging_enabled(
    balancer: LoadBalancer, attributes: LoadBalancerAttributes, delivered: DeliveredLogs | Failure
) -> Verdict | None:
    """Application and Network Load Balancers log access.

    Access logs to a bucket count, and those that are delivered by way of CloudWatch Logs, and not who may read them. A
    Network Load Balancer writes some for its TLS listeners only. Gateway Load Balancers, which have no access logs, are
    not judged.

    ## Risk
    Who asked for what, and what he was answered, cannot be told afterwards: neither in an attack nor in an outage.

    ## Remediation
    `aws elbv2 modify-load-balancer-attributes --region <region> --load-balancer-arn <arn> --attributes
    Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=<your-bucket>`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-logs.html
    """
    if balancer.is_gateway:
        return None
    to_bucket = attributes.switch("access_logs.s3.enabled")
    if not switched(to_bucket) and balancer.arn in known(delivered).arns:
        return Pass(f"{balancer.label} has access logs delivered by way of CloudWatch Logs.")
    return enabled(balancer.label, "access logs", to_bucket)


@encryption_check(fails="Network Load Balancer does not terminate TLS")
def elbv2_nlb_tls_termination_enabled(balancer: LoadBalancer, listeners: Listeners) -> Verdict | None:
    """Network Load Balancers terminate TLS.

    One listener for TLS is enough. Whether targets, behind listeners for TCP, do it themselves cannot be seen. Only
    Network Load Balancers are judged.

    ## Risk
    Connections are passed on as they come: in the clear, or with versions, ciphers and certificates that every target
    has to look after by itself.

    ## Remediation
    Make a listener for TLS, and delete those for TCP that nobody uses any more:
    ```
    aws elbv2 create-listener --region <region> --load-balancer-arn <arn> --protocol TLS --port 443 \\
      --certificates CertificateArn=<your-certificate-arn> --ssl-policy ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 \\
      --default-actions Type=forward,TargetGroupArn=<your-target-group-arn>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html
    """
    if not balancer.is_network:
        return None
    spoken = {protocol for protocol, _ in listeners.protocols(balancer).values()}
    return has(balancer.label, "a listener for TLS", "TLS" in spoken)


@encryption_check(fails="Application Load Balancer accepts requests without encryption")
def elbv2_ssl_listeners(balancer: LoadBalancer, rules: PlainRules) -> Verdict | None:
    """Application Load Balancers accept only requests that are encrypted.

    A listener for HTTP is good where it sends all requests to HTTPS: its rules are read in their order, and none may
    pass requests on before one sends all that are left to HTTPS. Until then rules with an answer of their own do no
    harm. Only Application Load Balancers are judged; one without listeners is good.

    ## Risk
    Passwords, cookies and data cross the network in the clear, and whoever is on the way can read and change them.

    ## Remediation
    Have the listener for HTTP send everybody to HTTPS, and delete its other rules:
    ```
    aws elbv2 modify-listener --region <region> --listener-arn <your-listener-arn> --default-actions \\
      'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'
    aws elbv2 delete-rule --region <region> --rule-arn <your-rule-arn>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
    """
    if not balancer.is_application:
        return None
    told_rules = {label: told(each or None, f"Rules of {label}") for label, each in rules.by_listener.items()}
    if open_ := [label for label, each in told_rules.items() if not redirects_all(each)]:
        return Fail(
            f"{balancer.label} does not send all requests without encryption to HTTPS: {', '.join(open_)}.",
            names=tuple({"listener_arn": rules.arns.get(label, "")} for label in open_),
        )
    if told_rules:
        return Pass(f"{balancer.label} sends requests without encryption to HTTPS: {', '.join(told_rules)}.")
    return Pass(f"{balancer.label} has no listener without encryption.")


def classic_web_acl(balancer: LoadBalancer, behind: BalancersBehindClassicWebAcls | Failure) -> str | None:
    """That of WAF Classic; where AWS does not have it there is none."""
    if isinstance(behind, Failure) and not behind.is_gap:
        return None
    return known(behind).web_acl(balancer.arn)


@check(fails="Application Load Balancer is not behind a web ACL", severity="medium")
def elbv2_waf_acl_attached(
    balancer: LoadBalancer, behind: BalancersBehindWebAcls, classic: BalancersBehindClassicWebAcls | Failure
) -> Verdict | None:
    """Application Load Balancers are behind a web ACL of AWS WAF.

    A web ACL of WAF Classic counts as well. What its rules do is not judged. Only Application Load Balancers are.

    ## Risk
    Nothing looks at requests before the application does: known attacks, machines that try passwords, and floods reach
    it as they come.

    ## Remediation
    `aws wafv2 associate-web-acl --region <region> --web-acl-arn <your-web-acl-arn> --resource-arn <arn>`

    ## References
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html
    """
    if not balancer.is_application:
        return None
    return behind_waf(balancer.label, behind.web_acl(balancer.arn) or classic_web_acl(balancer, classic))
