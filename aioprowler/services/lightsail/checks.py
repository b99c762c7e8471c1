"""How Lightsail's servers, databases and addresses are judged."""

from __future__ import annotations

from typing import Annotated

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.exposure import not_public
from aioprowler.judging.verdicts import enabled, has, is_, told, unknown
from aioprowler.services.lightsail.resources import Database, Instance, StaticIp, reachable

PHP_BLUEPRINTS = ["wordpress", "lamp", "nginx", "drupal", "joomla", "magento", "prestashop", "plesk", "cpanel"]


@check(fails="Lightsail database is public", severity="high", categories=["internet-exposed"])
def lightsail_database_public(database: Database) -> Verdict:
    """Lightsail databases cannot be reached from the internet.

    ## Risk
    Everybody on the internet can try passwords on the database, and any flaw of its engine.

    ## Remediation
    Turn the public mode off: `aws lightsail update-relational-database --region <region> --relational-database-name
    <name> --no-publicly-accessible`. Lightsail resources of the same region reach it all the same.

    ## References
    https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-configuring-database-public-mode.html
    """
    return not_public(database.label, database.publicly_accessible)


@check(fails="Lightsail instance is not backed up automatically", severity="medium", categories=["resilience"])
def lightsail_instance_automated_snapshots(instance: Instance) -> Verdict:
    """Lightsail takes a snapshot of its instances every day.

    ## Risk
    What is deleted, encrypted by an attacker or lost with its disk is only as old as the last snapshot that somebody
    thought of.

    ## Remediation
    Turn automatic snapshots on:
    ```
    aws lightsail enable-add-on --region <region> --resource-name <name> \\
      --add-on-request addOnType=AutoSnapshot,autoSnapshotAddOnRequest='{snapshotTimeOfDay=03:00}'
    ```

    ## References
    https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-configuring-automatic-snapshots.html
    """
    status = next((each.status for each in instance.add_ons if each.name == "AutoSnapshot"), None)
    if status is None:
        return has(instance.label, "automatic snapshots enabled", False)
    return enabled(instance.label, "automatic snapshots", status)


@check(fails="Lightsail instance may run an outdated PHP", severity="high", categories=["vulnerabilities"])
def lightsail_instance_php_blueprint_updated(
    instance: Instance,
    *,
    lightsail_php_blueprints: Annotated[
        list[str], "What the ids of blueprints that come with PHP begin with."
    ] = PHP_BLUEPRINTS,
) -> Verdict | None:
    """Lightsail instances that come with PHP run a version of it without known holes.

    Lightsail tells the blueprint that an instance was made from, and not what runs on it by now. So instances of
    blueprints with PHP are named for a person to look at, and others are not judged.

    ## Risk
    A hole in PHP that is known and mended elsewhere lets an attacker run code of his own on the server.

    ## Remediation
    Log in, and compare `php -v` with the supported versions. Update the package; where PHP came within the blueprint,
    as in those of Bitnami, make a new instance of a current blueprint and move the site there.

    ## References
    https://docs.aws.amazon.com/lightsail/latest/userguide/compare-options-choose-lightsail-instance-image.html
    https://www.php.net/supported-versions.php
    """
    if not instance.blueprint_id.lower().startswith(tuple(each.lower() for each in lightsail_php_blueprints)):
        return None
    return Manual(
        f"{instance.label} was made from the blueprint {instance.blueprint_id}, which comes with PHP: "
        "look on the instance whether its version is still supported and up to date."
    )


@check(fails="Lightsail instance is open to the internet", severity="high", categories=["internet-exposed"])
def lightsail_instance_public(instance: Instance) -> Verdict:
    """The firewalls of Lightsail instances let nobody in from all of the internet.

    What counts is a rule that everybody passes, at an IPv4 or IPv6 address that the instance has. Rules for certain
    addresses, or for the console's own client, do not count.

    ## Risk
    Whatever listens on an open port can be tried, scanned and attacked by everybody.

    ## Remediation
    Let in only those who need it:
    ```
    aws lightsail put-instance-public-ports --region <region> --instance-name <name> \\
      --port-infos fromPort=22,toPort=22,protocol=tcp,cidrs=<your-network>
    ```
    A public website is better behind a load balancer or a distribution of Lightsail.

    ## References
    https://docs.aws.amazon.com/lightsail/latest/userguide/understanding-firewall-and-port-mappings-in-amazon-lightsail.html
    """
    ports = told(instance.networking.ports, f"the ports of {instance.label}")
    strange = [each.access_type for each in ports if each.access_type.lower() not in ("public", "private")]
    found = reachable(instance, [each for each in ports if each.access_type.lower() == "public"])
    if found:
        return Fail(f"{instance.label} is open to the internet: {', '.join(map(str, found))}.")
    if strange:
        return unknown(instance.label, "ports with the access", strange[0])
    return Pass(f"{instance.label} is not open to the internet.")


@check(fails="Lightsail static IP is not used", severity="low", categories=["resilience"])
def lightsail_static_ip_unused(static_ip: StaticIp) -> Verdict:
    """Static IP addresses of Lightsail belong to an instance.

    ## Risk
    An address that nothing has costs money, and records that still lead to it lead nowhere.

    ## Remediation
    Release it, if no record names it: `aws lightsail release-static-ip --region <region> --static-ip-name <name>`.

    ## References
    https://docs.aws.amazon.com/lightsail/latest/userguide/lightsail-create-static-ip.html
    """
    return is_(static_ip.label, "attached to an instance", static_ip.is_attached)
