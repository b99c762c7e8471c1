"""How instances are judged by the services that they expose to the internet: one check for each service."""

from __future__ import annotations

from typing import Any

from aioprowler import Check, Fail, Manual, Pass, Snippets, Verdict, check
from aioprowler.judging.ports import Rule, by_rules, open_ports, tcp_ports
from aioprowler.judging.verdicts import naming
from aioprowler.services.ec2 import exposed_services as services
from aioprowler.services.ec2.exposed_services import ExposedService
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.ec2.resources.instance import Instance, PublicAddresses

DOCUMENTATION = """\
Instances do not expose {service.name} ({ports}) to the internet.

An instance fails when the rules of its security groups open one of the ports to the internet, be it by opening every
port. Ranges that together are most of the public addresses are the internet, in one rule or in several, and a prefix
list stands for its entries. That is critical with a public address in a subnet that is routed to the internet, high
with a public IPv4 address elsewhere, and medium without one. The addresses of all network interfaces count. An IPv6
address is a public one where its subnet is routed to an internet gateway.

## Risk
{service.risk}

## Remediation
{service.instead}, and revoke the rule from the group: `aws ec2 revoke-security-group-ingress --region <region>
--group-id <your-security-group> --ip-permissions <your-rule>`.

## References
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-security-groups.html
"""


def instance_port(name: str, service: ExposedService, *ports: int) -> Check[Any, Verdict]:
    """The check that no instance exposes the TCP ports of a service. `name` stands for the service in the id."""

    def ports_verdict(instance: Instance, groups: SecurityGroupIndex, addresses: PublicAddresses) -> Verdict:
        def verdict(rules: tuple[Rule, ...]) -> Pass | Fail:
            if found := open_ports(rules, "tcp", ports):
                return Fail(f"{instance.label} has {service.name} ({tcp_ports(found)}) open to the internet")
            return Pass(f"{instance.label} does not have {service.name} open to the internet.")

        found = by_rules(instance.label, groups.ingress(instance.group_ids), verdict)
        judged: Verdict = reached(found, addresses) if isinstance(found, Fail) else found
        return naming(judged, *found.names)

    ports_verdict.__name__ = ports_verdict.__qualname__ = f"ec2_instance_port_{name}_exposed_to_internet"
    ports_verdict.__doc__ = DOCUMENTATION.format(service=service, ports=tcp_ports(ports))
    return check(
        fails=f"EC2 instance has {service.name} ({tcp_ports(ports)}) open to the internet",
        severity="critical",
        categories=["internet-exposed"],
        snippets=Snippets("instance_port", service.snippet_values(ports)),
    )(ports_verdict)


def reached(found: Fail, addresses: PublicAddresses) -> Fail | Manual:
    """How bad it is that a port of an instance is open, as the beginning of a sentence tells."""
    if routed := addresses.routed:
        return Fail(f"{found.detail} at {routed.address}, in the public subnet {routed.subnet_id}.")
    if addresses.unknown:
        return Manual(f"{found.detail}; whether it is reached at a public address is not known: {addresses.unknown}.")
    if addresses.all:
        first = addresses.all[0]
        return Fail(
            f"{found.detail} at {first.address}, but its subnet {first.subnet_id} is not routed there.", severity="high"
        )
    return Fail(f"{found.detail}, but no public address.", severity="medium")


ec2_instance_port_cassandra_exposed_to_internet = instance_port(
    "cassandra", services.CASSANDRA, 7000, 7001, 7199, 9042, 9160
)
ec2_instance_port_cifs_exposed_to_internet = instance_port("cifs", services.CIFS, 139, 445)
ec2_instance_port_elasticsearch_kibana_exposed_to_internet = instance_port(
    "elasticsearch_kibana", services.ELASTICSEARCH_KIBANA, 9200, 9300, 5601
)
ec2_instance_port_ftp_exposed_to_internet = instance_port("ftp", services.FTP, 20, 21)
ec2_instance_port_kafka_exposed_to_internet = instance_port("kafka", services.KAFKA, 9092)
ec2_instance_port_kerberos_exposed_to_internet = instance_port("kerberos", services.KERBEROS, 88, 464, 749, 750)
ec2_instance_port_ldap_exposed_to_internet = instance_port("ldap", services.LDAP, 389, 636)
ec2_instance_port_memcached_exposed_to_internet = instance_port("memcached", services.MEMCACHED, 11211)
ec2_instance_port_mongodb_exposed_to_internet = instance_port("mongodb", services.MONGODB, 27017, 27018)
ec2_instance_port_mysql_exposed_to_internet = instance_port("mysql", services.MYSQL, 3306)
ec2_instance_port_oracle_exposed_to_internet = instance_port("oracle", services.ORACLE, 1521, 2483, 2484)
ec2_instance_port_postgresql_exposed_to_internet = instance_port("postgresql", services.POSTGRESQL, 5432)
ec2_instance_port_rdp_exposed_to_internet = instance_port("rdp", services.RDP, 3389)
ec2_instance_port_redis_exposed_to_internet = instance_port("redis", services.REDIS, 6379)
ec2_instance_port_sqlserver_exposed_to_internet = instance_port("sqlserver", services.SQL_SERVER, 1433, 1434)
ec2_instance_port_ssh_exposed_to_internet = instance_port("ssh", services.SSH, 22)
ec2_instance_port_telnet_exposed_to_internet = instance_port("telnet", services.TELNET, 23)
