"""Stacks, portfolios, Elastic Beanstalk and Lightsail: well and badly set up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

SERVICES: Final = ("cloudformation", "elasticbeanstalk", "lightsail", "servicecatalog")
SECRET: Final = "tr0ub4dor-and-3-horses"
KEY: Final = "AWS_SECRET_ACCESS_KEY=kQ7vZp3mX9sL2nR8tY4wB6cD1fG5hJ0aE+uIoPqS"


# --- CloudFormation ---
def _template(**outputs: str) -> str:
    return json.dumps(
        {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {key: {"Value": value} for key, value in outputs.items()},
        }
    )


def stacks(clients: Clients) -> None:
    """Create stacks with and without outputs, secrets and protection."""
    made: Mapping[str, dict[str, str]] = {
        "silent": {},
        "harmless": {"Url": "https://example.com", "Id": "5f0c1c6e-7a3b-4a53-9f39-0d9d4b4f6a01"},
        "telling": {"Url": "https://example.com", "DatabasePassword": SECRET, "AccessKey": KEY},
        "CDKToolkit": {"BucketName": "assets", "BootstrapVersion": "20"},
    }
    home = clients("cloudformation")
    for name, outputs in made.items():
        home.create_stack(StackName=name, TemplateBody=_template(**outputs))
    home.create_stack(StackName="protected", TemplateBody=_template(), EnableTerminationProtection=True)
    far = clients("cloudformation", SECOND_REGION)
    far.create_stack(StackName="CDKToolkit", TemplateBody=_template(BootstrapVersion="21"))


def old_stacks(clients: Clients) -> None:
    """Tell of a stack of the CDK's first generation, of nested stacks, and of those that go."""
    id_ = f"arn:aws:cloudformation:{HOME_REGION}:{clients.account_id}:stack/"
    states: dict[str, dict[str, Any]] = {
        "CDKToolkit": {"Outputs": [{"OutputKey": "BucketName", "OutputValue": "assets"}]},
        "nested": {"RootId": f"{id_}root/1", "ParentId": f"{id_}root/1"},
        "going": {"StackStatus": "DELETE_IN_PROGRESS"},
        "stuck": {"StackStatus": "DELETE_FAILED"},
    }
    listed = {
        name: {
            "StackId": f"{id_}{name}/1",
            "StackName": name,
            "CreationTime": "2026-01-01T00:00:00Z",
            "StackStatus": "CREATE_COMPLETE",
            "EnableTerminationProtection": False,
        }
        | more
        for name, more in states.items()
    }

    def stacks(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked.get("StackName")
        if name and name not in listed:
            raise AwsError("ValidationError", f"Stack with id {name} does not exist", 400)
        return {"Stacks": [listed[name]] if name else list(listed.values())}

    tell(clients, "cloudformation", "DescribeStacks", {"Stacks": []}, SECOND_REGION)
    tell(clients, "cloudformation", "DescribeStacks", stacks)


# --- Service Catalog ---
def portfolios(clients: Clients) -> None:
    """Tell of portfolios that are shared with nobody, the organization, and accounts."""
    shares = {
        "alone": {},
        "organization": {"ORGANIZATION": "o-1234567890"},
        "unit": {"ORGANIZATIONAL_UNIT": "ou-1234-12345678"},
        "member": {"ORGANIZATION_MEMBER_ACCOUNT": OTHER_ACCOUNT},
        "account": {"ACCOUNT": OTHER_ACCOUNT},
        "both": {"ACCOUNT": OTHER_ACCOUNT, "ORGANIZATION": "o-1234567890"},
    }
    listed = [
        {
            "Id": f"port-{name}",
            "ARN": f"arn:aws:catalog:{HOME_REGION}:{clients.account_id}:portfolio/port-{name}",
            "DisplayName": name,
        }
        for name in shares
    ]

    def shared(asked: Mapping[str, Any]) -> dict[str, Any]:
        kind = asked["Type"]
        given = shares[asked["PortfolioId"].removeprefix("port-")].get(kind)
        told = [{"PrincipalId": given, "Type": kind, "Accepted": True}] if given else []
        return {"PortfolioShareDetails": told}

    tell(clients, "servicecatalog", "ListPortfolios", {"PortfolioDetails": []}, SECOND_REGION)
    tell(clients, "servicecatalog", "ListPortfolios", {"PortfolioDetails": listed})
    tell(clients, "servicecatalog", "DescribePortfolioShares", shared)
    tell(clients, "servicecatalog", "DescribePortfolio", {"Tags": []})


# --- Elastic Beanstalk ---
LOGS: Final = ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs")
HEALTH: Final = ("aws:elasticbeanstalk:healthreporting:system", "SystemType")
UPDATES: Final = ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled")
VARIABLE: Final = ("aws:elasticbeanstalk:application:environment", "DB_PASSWORD")
OPTIONS: Final[Mapping[str, Mapping[tuple[str, str], str]]] = {
    "well": {LOGS: "true", HEALTH: "enhanced", UPDATES: "true", VARIABLE: ""},
    "badly": {LOGS: "false", HEALTH: "basic", UPDATES: "false", VARIABLE: SECRET},
    "unset": {},
}
PLATFORMS: Final = {
    "current": "64bit Amazon Linux 2023 v4.13.13 running PHP 8.4",
    "newer": "64bit Amazon Linux 2023 v4.14.0 running PHP 8.5",
    "older": "64bit Amazon Linux 2023 v4.13.12 running PHP 8.4",
    "much-older": "64bit Amazon Linux 2023 v4.2.0 running PHP 8.2",
    "branch": "64bit Amazon Linux 2023 v4.13.13 running PHP 8.1",
    "retired": "64bit Amazon Linux 2 v3.9.9 running PHP 8.1",
    "docker": "64bit Amazon Linux 2023 v4.13.13 running Docker",
}


def _environment(clients: Clients, name: str, stack: str, status: str = "Ready") -> dict[str, Any]:
    family, _, running = stack.partition(" running ")
    system, _, version = family.partition(" v")
    return {
        "EnvironmentName": name,
        "EnvironmentId": f"e-{name}",
        "ApplicationName": "shop",
        "SolutionStackName": stack,
        "PlatformArn": f"arn:aws:elasticbeanstalk:{HOME_REGION}::platform/{running} running on {system}/{version}",
        "EnvironmentArn": f"arn:aws:elasticbeanstalk:{HOME_REGION}:{clients.account_id}:environment/shop/{name}",
        "Status": status,
    }


def environments(clients: Clients) -> None:
    """Tell of environments of several platforms and settings."""
    docker = PLATFORMS["docker"]
    listed = [_environment(clients, name, PLATFORMS.get(name, docker)) for name in (*OPTIONS, *PLATFORMS)]
    listed.append(_environment(clients, "by-arn", PLATFORMS["older"]) | {"SolutionStackName": ""})
    listed.append(_environment(clients, "going", docker, "Terminating"))

    def settings(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["EnvironmentName"]
        options = [
            {"Namespace": namespace, "OptionName": option, "Value": value}
            for (namespace, option), value in OPTIONS.get(name, {}).items()
        ]
        return {"ConfigurationSettings": [{"DeploymentStatus": "deployed", "OptionSettings": options}]}

    tell(clients, "elasticbeanstalk", "DescribeEnvironments", {"Environments": []}, SECOND_REGION)
    tell(clients, "elasticbeanstalk", "DescribeEnvironments", {"Environments": listed})
    tell(clients, "elasticbeanstalk", "DescribeConfigurationSettings", settings)
    tell(clients, "elasticbeanstalk", "ListTagsForResource", {"ResourceTags": []})


# --- Lightsail ---
def _port(number: int, **more: Any) -> dict[str, Any]:
    return {"fromPort": number, "toPort": number, "protocol": "tcp", "accessType": "public", **more}


ANYWHERE: Final = {"accessFrom": "Anywhere (0.0.0.0/0 and ::/0)", "cidrs": ["0.0.0.0/0"], "ipv6Cidrs": ["::/0"]}
INSTANCES: Final[Mapping[str, Mapping[str, Any]]] = {
    "closed": {"networking": {"ports": []}},
    "open": {"networking": {"ports": [_port(22, **ANYWHERE), _port(443, **ANYWHERE)]}},
    "open-to-somebody": {"networking": {"ports": [_port(22, accessFrom="Custom", cidrs=["198.51.100.0/24"])]}},
    "private": {"networking": {"ports": [_port(22) | {"accessType": "private"}]}},
    "unspecified": {"networking": {"ports": [_port(22)]}},
    "without-address": {"networking": {"ports": [_port(22)]}, "publicIpAddress": ""},
    "of-ipv6": {
        "networking": {"ports": [_port(22, **ANYWHERE)]},
        "publicIpAddress": "",
        "ipv6Addresses": ["2600:1f16::1"],
    },
    "backed-up": {"addOns": [{"name": "AutoSnapshot", "status": "Enabled"}]},
    "not-backed-up": {"addOns": [{"name": "AutoSnapshot", "status": "Disabled"}]},
    "wordpress": {"blueprintId": "wordpress_6"},
    "lamp": {"blueprintId": "lamp_8_bitnami"},
}


def lightsail(clients: Clients) -> None:
    """Tell of what Lightsail has."""

    def named(kind: str, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "arn": f"arn:aws:lightsail:{HOME_REGION}:{clients.account_id}:{kind}/{name}",
            "supportCode": f"1/{name}",
            "location": {"regionName": HOME_REGION, "availabilityZone": f"{HOME_REGION}a"},
        }

    plain = {"blueprintId": "debian_12", "publicIpAddress": "203.0.113.1", "networking": {"ports": []}}
    instances = [named("Instance", name) | plain | dict(more) for name, more in INSTANCES.items()]
    databases = [
        named("RelationalDatabase", name) | {"publiclyAccessible": public, "state": "available"}
        for name, public in (("public", True), ("hidden", False))
    ]
    addresses = [
        named("StaticIp", name) | {"isAttached": attached} for name, attached in (("attached", True), ("idle", False))
    ]
    for operation, path, items in (
        ("GetInstances", "instances", instances),
        ("GetRelationalDatabases", "relationalDatabases", databases),
        ("GetStaticIps", "staticIps", addresses),
    ):
        tell(clients, "lightsail", operation, {path: []}, SECOND_REGION)
        tell(clients, "lightsail", operation, {path: items})


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    stacks(clients)
    clients("organizations").create_organization(FeatureSet="ALL")
    portfolios(clients)
    environments(clients)
    lightsail(clients)


def of_no_organization(clients: Clients) -> None:
    """Fill an account with what is judged otherwise there, or is old."""
    portfolios(clients)
    old_stacks(clients)


STATES: Final = (
    State("deployments", "500000001951", seed, services=SERVICES),
    State("deployments_alone", "500000001952", of_no_organization, services=("cloudformation", "servicecatalog")),
)
