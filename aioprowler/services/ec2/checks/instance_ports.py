"""How instances are judged by the services that they expose to the internet: one check for each service."""

from __future__ import annotations

from typing import Any

from aioprowler import Check, Fail, Failure, Manual, Pass, Snippets, Verdict, check
from aioprowler.judging.ports import open_ports, tcp_ports
from aioprowler.services.ec2 import exposed_services as services
from aioprowler.services.ec2.exposed_services import ExposedService, revocations
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.vpc.resources import Routing

DOCUMENTATION = """\
Instances do not expose {service.name} ({ports}) to the internet.

An instance fails when a rule of one of its security groups opens one of the ports to 0.0.0.0/0 or ::/0, be it by
opening every port. That is critical with a public address in a subnet that is routed to the internet, high with a
public address elsewhere, and medium without one.

## Risk
{service.risk}

## Remediation
{service.instead}, and revoke the rule from the group. For `::/0`, or a rule of more ports, revoke it by its id
(`--security-group-rule-ids`).
```
{commands}
```

## References
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-security-groups.html
"""


def instance_port(name: str, service: ExposedService, *ports: int) -> Check[Any, Verdict]:
    """The check that no instance exposes the TCP ports of a service. `name` stands for the service in the id."""

    def ports_verdict(instance: Instance, groups: SecurityGroupIndex, routing: Routing | Failure) -> Verdict:
        rules = [rule for group in groups.of(instance.group_ids) for rule in group.ingress]
        if found := open_ports(rules, "tcp", ports):
            return exposed(instance, f"{service.name} ({tcp_ports(found)})", routing)
        return Pass(f"{instance.label} does not have {service.name} open to the internet.")

    ports_verdict.__name__ = ports_verdict.__qualname__ = f"ec2_instance_port_{name}_exposed_to_internet"
    commands = revocations("<your-security-group>", ports)
    ports_verdict.__doc__ = DOCUMENTATION.format(service=service, ports=tcp_ports(ports), commands=commands)
    return check(
        fails=f"EC2 instance has {service.name} ({tcp_ports(ports)}) open to the internet",
        severity="critical",
        categories=["internet-exposed"],
        snippets=Snippets("instance_port", service.snippet_values(ports)),
    )(ports_verdict)


def exposed(instance: Instance, what: str, routing: Routing | Failure) -> Verdict:
    """How bad it is that a port of the instance is open."""
    said = f"{instance.label} has {what} open to the internet"
    if not instance.public_ip_address:
        return Fail(f"{said}, but no public address.", severity="medium")
    said += f" at {instance.public_ip_address}"
    if isinstance(routing, Failure):
        return Manual(f"{said}; whether its subnet {instance.subnet_id} is public is not known: {routing.explain()}")
    if routing.is_public(instance):
        return Fail(f"{said}, in the public subnet {instance.subnet_id}.")
    return Fail(f"{said}, but its subnet {instance.subnet_id} is not routed there.", severity="high")


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
