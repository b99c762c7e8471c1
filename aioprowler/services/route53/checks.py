"""How hosted zones, what their records lead to, and registered domains are judged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.judging.verdicts import about, has, pass_if, told
from aioprowler.services.route53.resources import Domain, DomainDetail, HostedZone, QueryLogs, Target, Targets

WITHOUT_LOCK: Final = frozenset(
    {"ch", "cl", "co.nz", "co.za", "com.ar", "com.au", "de", "es", "eu", "fi", "fr", "it", "jp"}
    | {"net.au", "net.nz", "nl", "org.nz", "qa", "ru", "se"}
)
"""Top-level domains whose registries take no lock from Route 53, of `fr` not for older registrations; by AWS's pages on
each of them, as of 2023 (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/registrar-tld-list.html).
"""
LOCKS: Final = frozenset({"clientTransferProhibited", "serverTransferProhibited"})
"""Status codes with which a registry refuses transfers: the registrar asked for it, or the registry itself did."""

domain_check = partial(check, resource_type="Other", resource_group="network")


@check(
    fails="DNS record leads to an address or bucket that anybody can have",
    severity="high",
    categories=["internet-exposed"],
)
def route53_dangling_ip_subdomain_takeover(zone: HostedZone, targets: Targets) -> Iterable[Verdict]:
    """DNS records lead to addresses and buckets that are still in the right hands.

    Judged are A records and CNAME records with website endpoints of S3, each value by itself; aliases follow what they
    name. An address of AWS's must be the account's, as an Elastic IP address, at a network interface, in Lightsail or
    of Global Accelerator, in any region, scanned or not, or so that of another account of the same scan; a bucket
    likewise. Other addresses cannot be had from AWS. Where an account that may have it could not be asked, a person
    must look.

    ## Risk
    Somebody else is given the address, or makes a bucket of that name, and answers under your name: with a valid
    certificate, and cookies of your domain.

    ## Remediation
    Delete the record, or correct it: `aws route53 change-resource-record-sets --hosted-zone-id <hosted-zone>
    --change-batch file://<your-change-file>`. Delete a record before what it leads to, and use aliases where you can.

    ## References
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/protection-from-dangling-dns.html
    """
    for target in targets.targets:
        yield about(_on(target), f"{zone.zone_id}/{target.record}/{target.value}")


def _on(target: Target) -> Verdict:
    what = f"bucket {target.bucket}" if target.bucket else f"address {target.value}"
    label = f"DNS record {target.record} leads to the {what}"
    match target.outcome:
        case Failure():
            return Manual(
                f"{label}, of which nobody can tell whose it is. {target.outcome.explain()}", gap=target.outcome
            )
        case "dangling":
            return Fail(f"{label}, which no account of the scan has.")
        case "not public":
            return Pass(f"{label}, which is not on the internet.")
        case "not AWS":
            return Pass(f"{label}, which is not AWS's to give away.")
        case "other account":
            return Pass(f"{label}, which another account of the scan has.")
        case "own":
            return Pass(f"{label}, which the account has.")


@check(fails="Hosted zone does not log queries", severity="medium", categories=["logging"])
def route53_public_hosted_zones_cloudwatch_logging_enabled(zone: HostedZone, logs: QueryLogs) -> Verdict | None:
    """Public hosted zones log the queries that they are asked.

    Private zones cannot: what is asked in VPCs, Resolver logs.

    ## Risk
    Who looks a domain's names up before an attack, or smuggles data out by queries, leaves no trace.

    ## Remediation
    `aws route53 create-query-logging-config --hosted-zone-id <hosted-zone> --cloud-watch-logs-log-group-arn
    <your-log-group-arn>`, with a log group in us-east-1 to which Route 53 may write.

    ## References
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
    """
    if zone.is_private:
        return None
    group = logs.by_zone.get(zone.zone_id)
    return pass_if(bool(group), f"{zone.label} logs queries to {group}.", f"{zone.label} does not log queries.")


@domain_check(fails="WHOIS tells the contacts of the domain", severity="medium", categories=["internet-exposed"])
def route53_domains_privacy_protection_enabled(domain: Domain, detail: DomainDetail) -> Verdict:
    """Registered domains keep the details of their administrative contact out of WHOIS.

    Some top-level domains take no privacy protection; there a contact that is no person's is what can be done.

    ## Risk
    Names, addresses, phone numbers and mail addresses are what somebody needs who calls the registrar in your name.

    ## Remediation
    `aws route53domains update-domain-contact-privacy --region us-east-1 --domain-name <domain> --admin-privacy
    --registrant-privacy --tech-privacy`

    ## References
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-privacy-protection.html
    """
    return has(domain.label, "privacy protection for its administrative contact", detail.admin_privacy)


@domain_check(fails="Domain can be transferred to another registrar", severity="high", categories=["identity-access"])
def route53_domains_transferlock_enabled(domain: Domain, detail: DomainDetail) -> Verdict:
    """Registered domains are locked against transfers to another registrar.

    Judged is the lock that the registry shows. Some top-level domains have none, and there a person must look who may
    ask for the code that transfers a domain.

    ## Risk
    Whoever takes over the mailbox of a contact can move the domain away, and with it all names, mail and certificates.

    ## Remediation
    `aws route53domains enable-domain-transfer-lock --region us-east-1 --domain-name <domain>`

    ## References
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-lock.html
    """
    is_locked = not LOCKS.isdisjoint(told(detail.status_list, "StatusList"))
    if not is_locked and _has_no_lock(domain.name):
        return Manual(
            f"{domain.label} is of a top-level domain without a transfer lock: look that few may call "
            "route53domains:RetrieveDomainAuthCode."
        )
    return has(domain.label, "a transfer lock", is_locked)


def _has_no_lock(name: str) -> bool:
    """By its last labels."""
    labels = name.lower().rstrip(".").split(".")
    return bool({labels[-1], ".".join(labels[-2:])} & WITHOUT_LOCK)
