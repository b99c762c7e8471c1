"""How security groups are judged by the services that they open to the internet: one check for each service."""

from __future__ import annotations

from typing import Any

from aioprowler import Check, Fail, Failure, Pass, Snippets, Verdict, check
from aioprowler.judging.ports import Rule, by_rules, open_ports, tcp_ports
from aioprowler.services.ec2 import exposed_services as services
from aioprowler.services.ec2.checks.security_group import is_judged
from aioprowler.services.ec2.exposed_services import ExposedService
from aioprowler.services.ec2.resources.firewall import RulePrefixLists, SecurityGroup, inbound
from aioprowler.services.vpc.resources import GroupUse

PREFIX = "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_"

DOCUMENTATION = """\
Security groups do not open {service.name} ({ports}) to the internet.

Rules for the internet fail when they contain one of the ports, be it by opening every port. Ranges that together are
most of the public addresses are the internet, in one rule or in several, and a prefix list stands for its entries.
Groups that no network interface is in are judged only with `--scan-unused-services`.

## Risk
{service.risk}

## Remediation
{service.instead}, and revoke the rule: `aws ec2 revoke-security-group-ingress --region <region> --group-id
<security-group> --ip-permissions <your-rule>`.

## References
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""


def security_group_port(
    suffix: str, service: ExposedService, *ports: int, resource_group: str | None = None
) -> Check[Any, Verdict | None]:
    """The check that no security group opens the TCP ports of a service. `suffix` ends its id."""

    def ports_verdict(
        group: SecurityGroup, use: GroupUse, lists: RulePrefixLists | Failure, *, scan_unused_services: bool = False
    ) -> Verdict | None:
        if not is_judged(group, use, scan_unused_services):
            return None

        def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
            if found := open_ports(rules, "tcp", ports):
                return Fail(f"{group.label} has {service.name} ({tcp_ports(found)}) open to the internet.")
            return Pass(f"{group.label} does not have {service.name} open to the internet.")

        return by_rules(group.label, inbound(group, lists), verdict)

    ports_verdict.__name__ = ports_verdict.__qualname__ = PREFIX + suffix
    ports_verdict.__doc__ = DOCUMENTATION.format(service=service, ports=tcp_ports(ports))
    return check(
        fails=f"EC2 security group opens {service.name} ({tcp_ports(ports)}) to the internet",
        severity="high",
        categories=["internet-exposed"],
        resource_group=resource_group,
        snippets=Snippets("security_group_port", service.snippet_values(ports)),
    )(ports_verdict)


ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22 = security_group_port("22", services.SSH, 22)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389 = security_group_port("3389", services.RDP, 3389)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888 = security_group_port(
    "cassandra_7199_9160_8888", services.CASSANDRA, 7199, 9160, 8888
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601 = security_group_port(
    "elasticsearch_kibana_9200_9300_5601", services.ELASTICSEARCH_KIBANA, 9200, 9300, 5601
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21 = security_group_port(
    "ftp_20_21", services.FTP, 20, 21
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092 = security_group_port(
    "kafka_9092", services.KAFKA, 9092
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211 = security_group_port(
    "memcached_11211", services.MEMCACHED, 11211
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018 = security_group_port(
    "mongodb_27017_27018", services.MONGODB, 27017, 27018
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306 = security_group_port(
    "mysql_3306", services.MYSQL, 3306
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483 = security_group_port(
    "oracle_1521_2483", services.ORACLE, 1521, 2483
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432 = security_group_port(
    "postgres_5432", services.POSTGRESQL, 5432
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379 = security_group_port(
    "redis_6379", services.REDIS, 6379
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434 = security_group_port(
    "sql_server_1433_1434", services.SQL_SERVER, 1433, 1434, resource_group=""
)
ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23 = security_group_port(
    "telnet_23", services.TELNET, 23
)
