"""How domains of OpenSearch and Elasticsearch are judged."""

from __future__ import annotations

from functools import partial
from typing import Final

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.logs import sends_every_log
from aioprowler.judging.resource_policies import TrustedIps, closed_to_public
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import enabled, has_no, pass_if, told
from aioprowler.services.opensearch.resources import Domain

SLOW_LOGS: Final = ("INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")
FEWEST_DATA_NODES: Final = 3
FEWEST_MASTERS: Final = 3

encryption_check = partial(check, categories=["encryption"])
access_check = partial(check, categories=["identity-access"])
resilience_check = partial(check, severity="medium", categories=["resilience"])


@access_check(fails="OpenSearch domain has no fine-grained access control", severity="high")
def opensearch_service_domains_access_control_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains have fine-grained access control.

    With it, roles say who may read and write which indexes, documents and fields. Domains of Elasticsearch are judged
    like those of OpenSearch, in this check and in the others.

    ## Risk
    Whoever the domain's policy lets in reads, changes and deletes all that is indexed.

    ## Remediation
    It needs HTTPS, encryption at rest and among nodes, and cannot be turned off again: `aws opensearch
    update-domain-config --region <region> --domain-name <domain> --advanced-security-options
    '{"Enabled":true,"InternalUserDatabaseEnabled":false,"MasterUserOptions":{"MasterUserARN":"<your-role-arn>"}}'`.

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    """
    return enabled(domain.label, "fine-grained access control", domain.access_control.enabled)


@check(fails="OpenSearch domain sends no audit log", severity="high", categories=["forensics-ready", "logging"])
def opensearch_service_domains_audit_logging_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains send their audit logs to CloudWatch Logs.

    What is sent is set in OpenSearch Dashboards besides, which AWS does not tell.

    ## Risk
    Nobody can find out who logged in, failed to, or read which documents.

    ## Remediation
    Let the service write to a log group by a resource policy of CloudWatch Logs, and name the group; the domain needs
    fine-grained access control: `aws opensearch update-domain-config --region <region> --domain-name <domain>
    --log-publishing-options '{"AUDIT_LOGS":{"CloudWatchLogsLogGroupArn":"<your-log-group-arn>","Enabled":true}}'`. Then
    enable audit logs in OpenSearch Dashboards.

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html
    """
    return sends_every_log(domain.label, "CloudWatch Logs", ["AUDIT_LOGS"], domain.published)


@check(fails="OpenSearch domain does not send both slow logs", severity="low", categories=["logging"])
def opensearch_service_domains_cloudwatch_logging_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains send their slow logs to CloudWatch Logs.

    Those of searches and those of indexing. From which time on something is slow is set by index, which AWS does not
    tell.

    ## Risk
    What slowed the domain down, be it a mistake or an attack, cannot be found out afterwards.

    ## Remediation
    Let the service write to log groups by a resource policy of CloudWatch Logs, and name the groups:
    ```
    aws opensearch update-domain-config --region <region> --domain-name <domain> --log-publishing-options \\
      file://<your-log-publishing-options>
    ```

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
    """
    return sends_every_log(domain.label, "CloudWatch Logs", SLOW_LOGS, domain.published)


@encryption_check(fails="OpenSearch domain is not encrypted at rest", severity="critical")
def opensearch_service_domains_encryption_at_rest_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains are encrypted at rest.

    Be it with whichever key of AWS KMS. It covers indexes, logs, swap files and automated snapshots.

    ## Risk
    Whoever gets at the disks or the automated snapshots reads all that is indexed.

    ## Remediation
    It can be turned on, and not off again; domains before Elasticsearch 6.7 have to be made anew:
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --encryption-at-rest-options
    Enabled=true,KmsKeyId=<your-kms-key>`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html
    """
    return encrypted(domain.label, domain.encryption_at_rest.enabled)


@resilience_check(fails="OpenSearch domain would not survive the loss of data nodes")
def opensearch_service_domains_fault_tolerant_data_nodes(domain: Domain) -> Verdict:
    """OpenSearch domains have three data nodes or more, in several availability zones.

    Zone awareness is what spreads them. Nodes for warm storage and coordination are not counted, and replicas of
    indexes are not looked into.

    ## Risk
    When a node or its zone fails, indexes are lost or cannot be written until it is replaced.

    ## Remediation
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --cluster-config
    '{"InstanceCount":3,"ZoneAwarenessEnabled":true,"ZoneAwarenessConfig":{"AvailabilityZoneCount":3}}'`. Give indexes
    replicas, which alone make use of it.

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-multiaz.html
    """
    cluster = domain.cluster
    if not cluster.zone_awareness_enabled:
        return Fail(f"{domain.label} has its data nodes in one availability zone.")
    count = told(cluster.instance_count, f"InstanceCount of {domain.label}")
    spread = f"{domain.label} has {count} data nodes in several availability zones"
    return pass_if(count >= FEWEST_DATA_NODES, f"{spread}.", f"{spread}, fewer than {FEWEST_DATA_NODES}.")


@resilience_check(fails="OpenSearch domain has fewer than three dedicated master nodes")
def opensearch_service_domains_fault_tolerant_master_nodes(domain: Domain) -> Verdict:
    """OpenSearch domains have three dedicated master nodes or more.

    With three of them, two go on when one fails. A domain without dedicated ones fails, however many nodes it has.

    ## Risk
    A domain without a master takes no requests; with two, the one that is left cannot elect itself.

    ## Remediation
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --cluster-config
    DedicatedMasterEnabled=true,DedicatedMasterType=<your-instance-type>,DedicatedMasterCount=3`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-dedicatedmasternodes.html
    """
    cluster = domain.cluster
    if not cluster.dedicated_master_enabled:
        return Fail(f"{domain.label} has no dedicated master nodes.")
    count = told(cluster.dedicated_master_count, f"DedicatedMasterCount of {domain.label}")
    masters = f"{domain.label} has {count} dedicated master nodes"
    return pass_if(count >= FEWEST_MASTERS, f"{masters}.", f"{masters}, fewer than {FEWEST_MASTERS}.")


@encryption_check(fails="OpenSearch domain accepts HTTP", severity="high")
def opensearch_service_domains_https_communications_enforced(domain: Domain) -> Verdict:
    """OpenSearch domains accept HTTPS alone.

    Which versions of TLS a domain accepts is not judged.

    ## Risk
    Documents, queries and passwords cross the network in the clear.

    ## Remediation
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --domain-endpoint-options
    EnforceHTTPS=true,TLSSecurityPolicy=Policy-Min-TLS-1-2-PFS-2023-10`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/infrastructure-security.html
    """
    return refuses_plain_text(domain.label, domain.endpoint.enforces_https)


@access_check(fails="OpenSearch domain keeps users of its own", severity="medium")
def opensearch_service_domains_internal_user_database_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains keep no database of users of their own.

    Users are better known to IAM, or to an identity provider by SAML or Cognito.

    ## Risk
    Passwords of such users follow no policy of the organization, and stay good when people leave.

    ## Remediation
    Map roles of IAM or of an identity provider to roles of the domain first, then:
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --advanced-security-options
    '{"Enabled":true,"InternalUserDatabaseEnabled":false,"MasterUserOptions":{"MasterUserARN":"<your-role-arn>"}}'`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    """
    return has_no(domain.label, "an internal user database", domain.access_control.internal_user_database_enabled)


@encryption_check(fails="OpenSearch domain does not encrypt among its nodes", severity="high")
def opensearch_service_domains_node_to_node_encryption_enabled(domain: Domain) -> Verdict:
    """OpenSearch domains encrypt what their nodes say to each other.

    Node-to-node encryption is judged; that the domain demands HTTPS of clients does not encrypt it.

    ## Risk
    Documents that nodes copy to each other can be read, and changed, on the network between them.

    ## Remediation
    It can be turned on, and not off again; domains before Elasticsearch 6.7 have to be made anew:
    `aws opensearch update-domain-config --region <region> --domain-name <domain> --node-to-node-encryption-options
    Enabled=true`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ntn.html
    """
    return enabled(domain.label, "node-to-node encryption", domain.node_to_node_encryption.enabled)


@check(fails="OpenSearch domain is public", severity="critical", categories=["internet-exposed"])
def opensearch_service_domains_not_publicly_accessible(domain: Domain, *, trusted_ips: TrustedIps = ()) -> Verdict:
    """OpenSearch domains do not let just anyone in.

    A domain in a VPC is reached through the VPC alone, whatever its policy says. Any other has an endpoint on the
    internet, and its policy decides: it lets anyone in where no condition ties the request to somebody in particular,
    such as an account or addresses; a very broad range counts where `trusted_ips` has it. That the domain asks for a
    password besides does not count.

    ## Risk
    Everybody on the internet reads, changes and deletes what is indexed, or tries passwords until one fits.

    ## Remediation
    Name who may do what, and make the next domain in a VPC: `aws opensearch update-domain-config --region <region>
    --domain-name <domain> --access-policies file://<your-policy>`.

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html
    """
    if domain.vpc.vpc_id:
        return Pass(f"{domain.label} is in the VPC {domain.vpc.vpc_id}, and reached through it alone.")
    return closed_to_public(domain.label, domain.access_policies, trusted_ips=trusted_ips)


@check(fails="OpenSearch domain waits for an update of its software", severity="high", categories=["vulnerabilities"])
def opensearch_service_domains_updated_to_the_latest_service_software_version(domain: Domain) -> Verdict:
    """OpenSearch domains have the latest software of the service.

    A newer one counts from the day on which AWS tells of it, also where the domain waits for its turn, or is not in a
    state in which it can be updated. The version of OpenSearch or Elasticsearch itself is not judged.

    ## Risk
    Faults that the newer software mends stay open.

    ## Remediation
    `aws opensearch start-service-software-update --region <region> --domain-name <domain>`

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/service-software.html
    """
    software = told(domain.software, f"ServiceSoftwareOptions of {domain.label}")
    if software.update_available or software.newer:
        return Fail(f"{domain.label} waits for an update of its software to {software.newer or 'a newer version'}.")
    told(software.update_available, f"UpdateAvailable of {domain.label}")
    return Pass(f"{domain.label} has the latest software of the service.")


@access_check(fails="OpenSearch domain lets users in without Cognito or SAML", severity="medium")
def opensearch_service_domains_use_cognito_authentication_for_kibana(domain: Domain) -> Verdict:
    """OpenSearch domains know users of their dashboards by Cognito or SAML.

    OpenSearch Dashboards, and Kibana, which came before it, authenticate nobody by themselves.

    ## Risk
    Whoever reaches the dashboards sees what they show; or all share one password.

    ## Remediation
    Name a user pool, an identity pool, and a role that lets the service use them: `aws opensearch update-domain-config
    --region <region> --domain-name <domain> --cognito-options
    Enabled=true,UserPoolId=<your-user-pool>,IdentityPoolId=<your-identity-pool>,RoleArn=<your-role-arn>`.

    ## References
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cognito-auth.html
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/saml.html
    """
    found = {"Cognito": domain.cognito.enabled, "SAML": domain.access_control.saml.enabled}
    ways = " and ".join(name for name, is_on in found.items() if is_on)
    return pass_if(
        bool(ways),
        f"{domain.label} knows users of its dashboards by {ways}.",
        f"{domain.label} knows users of its dashboards neither by Cognito nor by SAML.",
    )
