"""What listens on well-known ports, and what may happen when everybody can reach it. Each is described once, for the
checks of security groups and those of instances."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

TO_CLIENTS_ONLY = "Allow the port from the security groups of the clients only"
BY_SESSION_MANAGER = "Log in through Session Manager, which needs no open port"


class ExposedService(msgspec.Struct, frozen=True):
    """A service that should not be open to the internet, as texts of its checks tell of it."""

    name: str
    risk: str
    """Sentences."""
    instead: str = TO_CLIENTS_ONLY
    """How it is reached without being open to the internet: the beginning of a sentence."""

    def snippet_values(self, ports: Sequence[int]) -> dict[str, object]:
        """What stands for `<service>`, `<port>` and `<ports>` in a shared page of snippets."""
        return {"service": self.name, "port": ports[0], "ports": ", ".join(map(str, ports))}


SSH = ExposedService(
    "SSH",
    "Bots try passwords and stolen keys around the clock, and a hole in the SSH server can be used by anyone on the "
    "day it becomes known.",
    "Log in through Session Manager or EC2 Instance Connect",
)
RDP = ExposedService(
    "RDP",
    "Remote Desktop open to everybody is the most common way in for ransomware: by guessed and stolen passwords, or by "
    "a hole in the service itself.",
    "Connect through Fleet Manager or a VPN",
)
TELNET = ExposedService(
    "Telnet",
    "Telnet sends passwords and whole sessions in the clear, and worms have tried the factory passwords of devices on "
    "this port for years.",
    BY_SESSION_MANAGER,
)
FTP = ExposedService(
    "FTP",
    "FTP sends passwords and files in the clear. A server that allows anonymous uploads soon stores the contraband of "
    "others.",
    "Exchange files by SFTP, with AWS Transfer Family for instance, from known addresses",
)
CIFS = ExposedService(
    "CIFS",
    "Worms such as WannaCry spread over Windows file sharing. Whoever reaches it can also list shares and users, guess "
    "passwords, and relay the logins of others.",
    "Mount shares through a VPN, or use Amazon FSx",
)
KERBEROS = ExposedService(
    "Kerberos",
    "Anybody can find out which users exist, guess their passwords, and collect tickets that are then cracked at home. "
    "The ports for administration and password changes invite forged requests.",
    "Let domain members reach it through a VPN or a peering connection",
)
LDAP = ExposedService(
    "LDAP",
    "A directory tells strangers who works here, in which groups and on which machines, often without a login. "
    "Passwords can be guessed against it, and those sent on port 389 are readable on the way.",
    "Let domain members reach it through a VPN or a peering connection",
)
MYSQL = ExposedService(
    "MySQL",
    "Passwords of database users can be guessed without limit, and one that fits opens every table it has rights on. "
    "Ransom gangs empty such databases by script.",
)
POSTGRESQL = ExposedService(
    "PostgreSQL",
    "A guessed password opens the data, and for a superuser the machine as well: `COPY ... TO PROGRAM` runs commands "
    "on it. Coin miners spread this way.",
)
ORACLE = ExposedService(
    "Oracle",
    "The listener tells which databases there are, default accounts with known passwords are still common, and holes "
    "in the listener have let strangers take over connections.",
)
SQL_SERVER = ExposedService(
    "SQL Server",
    "The `sa` login is attacked all day long. Who gets in can turn on `xp_cmdshell` and run commands on the machine.",
)
MONGODB = ExposedService(
    "MongoDB",
    "Many installations ask for no password at all. Tens of thousands of them have been copied, wiped and held to "
    "ransom.",
)
REDIS = ExposedService(
    "Redis",
    "Redis trusts whoever reaches it. A stranger reads sessions and cached secrets, and can have it write files, such "
    "as SSH keys or cron jobs, that take over the machine.",
)
MEMCACHED = ExposedService(
    "Memcached",
    "Memcached has no login by default: a stranger reads and changes what is cached, sessions among it, or wipes it "
    "until the databases behind break down under the load.",
)
CASSANDRA = ExposedService(
    "Cassandra",
    "By default Cassandra lets everybody in as an administrator. Its JMX port runs code, and the ports between nodes "
    "accept a stranger's machine as part of the cluster.",
)
ELASTICSEARCH_KIBANA = ExposedService(
    "Elasticsearch and Kibana",
    "Clusters without a password have leaked billions of records, because search engines for open ports list them "
    "within hours. Through Kibana the same data can be browsed and deleted with a mouse.",
)
KAFKA = ExposedService(
    "Kafka",
    "A broker without authentication lets everybody read the streams of all systems, and write events that they then "
    "act on.",
)
