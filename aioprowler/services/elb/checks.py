"""How Classic Load Balancers are judged."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from aioprowler import Fail, Failure, Pass, Verdict, check, known
from aioprowler.judging.logs import logs
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.tls import demands_strong_tls
from aioprowler.judging.verdicts import about, enabled, is_set_to, naming, pass_if, told, unknown, worst
from aioprowler.services.elb.resources import (
    AcmCertificates,
    ClassicLoadBalancer,
    ClassicLoadBalancerAttributes,
    ClassicLoadBalancerPolicies,
    Listener,
    negotiated,
)

resilience_check = partial(check, severity="medium", categories=["resilience"])
encryption_check = partial(check, severity="medium", categories=["encryption"])


@resilience_check(fails="Classic Load Balancer does not drain connections")
def elb_connection_draining_enabled(
    balancer: ClassicLoadBalancer, attributes: ClassicLoadBalancerAttributes
) -> Verdict:
    """Classic Load Balancers let connections end before an instance is taken out.

    Whether connection draining is enabled is judged, and not for how long it waits.

    ## Risk
    Whenever an instance fails its health check or is taken out, all requests that it is still answering are cut off.

    ## Remediation
    `aws elb modify-load-balancer-attributes --region <region> --load-balancer-name <classic-load-balancer>
    --load-balancer-attributes '{"ConnectionDraining":{"Enabled":true,"Timeout":300}}'`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html
    """
    return enabled(balancer.label, "connection draining", attributes.connection_draining.enabled)


@resilience_check(fails="Classic Load Balancer does not balance across zones")
def elb_cross_zone_load_balancing_enabled(
    balancer: ClassicLoadBalancer, attributes: ClassicLoadBalancerAttributes
) -> Verdict:
    """Classic Load Balancers distribute requests over the instances of all their zones.

    Whether cross-zone load balancing is enabled is judged, also where there is one zone only.

    ## Risk
    Each zone gets the same share, however few instances it has: those in the smaller zone are overloaded, and when its
    last one fails, requests that arrive there find nobody.

    ## Remediation
    `aws elb modify-load-balancer-attributes --region <region> --load-balancer-name <classic-load-balancer>
    --load-balancer-attributes '{"CrossZoneLoadBalancing":{"Enabled":true}}'`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-disable-crosszone-lb.html
    """
    return enabled(balancer.label, "cross-zone load balancing", attributes.cross_zone.enabled)


@check(fails="Classic Load Balancer lets in ambiguous requests", severity="medium")
def elb_desync_mitigation_mode(balancer: ClassicLoadBalancer, attributes: ClassicLoadBalancerAttributes) -> Verdict:
    """Classic Load Balancers stop requests that could be understood in two ways.

    The desync mitigation mode has to be `defensive` or `strictest`. With `monitor` such requests are only counted. It
    is judged whatever protocols the listeners have.

    ## Risk
    With a request that the load balancer and the application divide differently an attacker slips a second one past
    all rules, poisons what is cached, or gets the answer that somebody else is waiting for.

    ## Remediation
    `aws elb modify-load-balancer-attributes --region <region> --load-balancer-name <classic-load-balancer>
    --load-balancer-attributes
    '{"AdditionalAttributes":[{"Key":"elb.http.desyncmitigationmode","Value":"defensive"}]}'`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-desync-mitigation-mode.html
    """
    mode = attributes.desync_mitigation_mode
    good = {"defensive", "strictest"}
    return is_set_to(balancer.label, "the desync mitigation mode", mode, good=good, bad={"monitor"})


@encryption_check(fails="Classic Load Balancer accepts old TLS versions or weak ciphers")
def elb_insecure_ssl_ciphers(balancer: ClassicLoadBalancer, policies: ClassicLoadBalancerPolicies | None) -> Verdict:
    """Classic Load Balancers accept neither TLS versions below 1.2 nor weak ciphers.

    Judged are listeners for HTTPS and SSL, by what their security policies let in. One of AWS's tells that by its name;
    one with another name is looked up, and judged by the policy that it was made by, or by each protocol and cipher
    that it allows. Weak are ciphers such as RC4 and 3DES. A policy that AWS has introduced since is MANUAL. Without
    such listeners there is nothing that would be weak.

    ## Risk
    Old versions and ciphers have known attacks: whoever listens on the way may make client and load balancer agree to
    them, and read or change what they say to each other.

    ## Remediation
    Make a policy by one of AWS's, and give it to each listener:
    ```
    aws elb create-load-balancer-policy --region <region> --load-balancer-name <classic-load-balancer> \\
      --policy-name tls-1-2 --policy-type-name SSLNegotiationPolicyType \\
      --policy-attributes AttributeName=Reference-Security-Policy,AttributeValue=ELBSecurityPolicy-TLS-1-2-2017-01
    aws elb set-load-balancer-policies-of-listener --region <region> --load-balancer-name <classic-load-balancer> \\
      --load-balancer-port <your-port> --policy-names tls-1-2
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/ssl-config-update.html
    """
    listeners = balancer.tls_listeners
    if not listeners:
        return Pass(f"{balancer.label} has no listener for HTTPS or SSL.")
    return worst(
        about(demands_strong_tls(label, name, offered), port=str(listener.listener.load_balancer_port))
        for label, listener in listeners.items()
        for name, offered in negotiated(listener, policies).items()
    )


@check(fails="Classic Load Balancer faces the internet", severity="medium", categories=["internet-exposed"])
def elb_internet_facing(balancer: ClassicLoadBalancer) -> Verdict:
    """Classic Load Balancers do not face the internet.

    Its scheme decides. Whom its security groups let in is not looked into.

    ## Risk
    What stands behind it can be reached, and attacked, by everybody whom its security groups do not keep out.

    ## Remediation
    The scheme cannot be changed. Make one in private subnets, move the name of the application to it, and delete the
    other:
    ```
    aws elb create-load-balancer --region <region> --load-balancer-name <your-name> --scheme internal \\
      --subnets <your-subnets> --security-groups <your-security-group> --listeners <your-listeners>
    aws elb delete-load-balancer --region <region> --load-balancer-name <classic-load-balancer>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-internal-load-balancers.html
    """
    return is_set_to(balancer.label, "the scheme", balancer.scheme, good={"internal"}, bad={"internet-facing"})


@resilience_check(fails="Classic Load Balancer is in too few availability zones")
def elb_is_in_multiple_az(
    balancer: ClassicLoadBalancer,
    *,
    elb_min_azs: Annotated[int, "In how many availability zones a Classic Load Balancer has to be."] = 2,
) -> Verdict:
    """Classic Load Balancers are in several availability zones.

    How many there have to be is configured. Whether instances are registered in each is not looked into.

    ## Risk
    When the zone fails, the application cannot be reached, though it may run elsewhere.

    ## Remediation
    `aws elb attach-load-balancer-to-subnets --region <region> --load-balancer-name <classic-load-balancer> --subnets
    <your-subnet-in-another-zone>`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-disable-az.html
    """
    return in_several_zones(balancer.label, balancer.zones, elb_min_azs)


@check(fails="Classic Load Balancer does not log access", severity="medium", categories=["logging"])
def elb_logging_enabled(balancer: ClassicLoadBalancer, attributes: ClassicLoadBalancerAttributes) -> Verdict:
    """Classic Load Balancers log access.

    Whether access logs are enabled is judged, and not who may read the bucket that they go to.

    ## Risk
    Who asked for what, and what he was answered, cannot be told afterwards: neither in an attack nor in an outage.

    ## Remediation
    `aws elb modify-load-balancer-attributes --region <region> --load-balancer-name <classic-load-balancer>
    --load-balancer-attributes '{"AccessLog":{"Enabled":true,"S3BucketName":"<your-bucket>"}}'`

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html
    """
    return logs(balancer.label, "access", attributes.access_log.enabled)


@encryption_check(fails="Classic Load Balancer accepts connections without TLS")
def elb_ssl_listeners(balancer: ClassicLoadBalancer) -> Verdict:
    """Classic Load Balancers have only listeners that encrypt.

    All listeners have to be for HTTPS or SSL. How instances are spoken to is not judged.

    ## Risk
    Passwords, cookies and data cross the internet in the clear, and whoever is on the way can read and change them.

    ## Remediation
    Add a listener that encrypts, and delete the other once nobody uses it:
    ```
    aws elb create-load-balancer-listeners --region <region> --load-balancer-name <classic-load-balancer> --listeners \\
      Protocol=HTTPS,LoadBalancerPort=443,InstanceProtocol=HTTP,InstancePort=80,SSLCertificateId=<your-certificate-arn>
    aws elb delete-load-balancer-listeners --region <region> --load-balancer-name <classic-load-balancer> \\
      --load-balancer-ports <your-port>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html
    """
    plain = [each.listener for each in balancer.listeners if not each.encrypts]
    named = ", ".join(f"{each.protocol} on port {each.load_balancer_port}" for each in plain)
    verdict = pass_if(
        not plain,
        f"{balancer.label} has no listener without encryption.",
        f"{balancer.label} has listeners without encryption: {named}.",
    )
    return naming(verdict, *({"port": str(each.load_balancer_port)} for each in plain))


def has_certificate_of_acm(label: str, listener: Listener, certificates: AcmCertificates | Failure) -> Verdict:
    """PASS where ACM renews it, which it does with what it issues itself or has issued by a private authority.

    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    arn = told(listener.certificate, f"SSLCertificateId of listener {listener.load_balancer_port}")
    if not arn.startswith("arn:") or arn.split(":")[2] != "acm":
        return Fail(f"{label} has the certificate {arn}, which is not one of ACM's.")
    kind = known(certificates).types.get(arn)
    if kind is None:
        return Fail(f"{label} has the certificate {arn}, which ACM does not list.")
    good, bad = {"AMAZON_ISSUED", "PRIVATE"}, {"IMPORTED"}
    if kind not in good | bad:
        return unknown(label, "a certificate of ACM of the type", kind)
    return pass_if(
        kind in good,
        f"{label} has the certificate {arn}, which ACM manages.",
        f"{label} has the certificate {arn}, which was imported to ACM.",
    )


@encryption_check(fails="Classic Load Balancer has a certificate that ACM does not manage")
def elb_ssl_listeners_use_acm_certificate(
    balancer: ClassicLoadBalancer, certificates: AcmCertificates | Failure
) -> Verdict:
    """Classic Load Balancers have certificates that ACM manages.

    Judged are listeners for HTTPS and SSL. ACM manages what it issues, also through a private authority. Certificates
    of IAM and those that were imported to ACM are somebody's own to renew. Without such listeners there is nothing to
    renew.

    ## Risk
    A certificate that somebody has to remember expires one day, and all clients are turned away.

    ## Remediation
    Request a certificate, validate it, and give it to the listener:
    ```
    aws acm request-certificate --region <region> --domain-name <your-domain> --validation-method DNS
    aws elb set-load-balancer-listener-ssl-certificate --region <region> \\
      --load-balancer-name <classic-load-balancer> --load-balancer-port <your-port> \\
      --ssl-certificate-id <your-certificate-arn>
    ```

    ## References
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-update-ssl-cert.html
    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    listeners = balancer.tls_listeners
    if not listeners:
        return Pass(f"{balancer.label} has no listener for HTTPS or SSL.")
    return worst(
        about(has_certificate_of_acm(label, each.listener, certificates), port=str(each.listener.load_balancer_port))
        for label, each in listeners.items()
    )
