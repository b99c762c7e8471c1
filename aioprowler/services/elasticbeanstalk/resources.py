"""Environments and their settings."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from aioprowler import Facet, Resource, States, UnreadableError, call, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variable

_STACK: Final = re.compile(r"(?P<family>.+?) v(?P<version>\d+(?:\.\d+)+) running PHP (?P<php>\d+\.\d+)", re.IGNORECASE)
_PLATFORM: Final = re.compile(
    r".*platform/PHP (?P<php>\d+\.\d+) running on (?P<family>[^/]+)/(?P<version>\d+(?:\.\d+)+)", re.IGNORECASE
)
_GENERATION: Final = re.compile(r"Amazon Linux (\d{4})", re.IGNORECASE)


class PhpPlatform(msgspec.Struct, frozen=True):
    """What an environment runs that runs PHP."""

    php: str
    """`8.4`"""
    family: str
    """`64bit Amazon Linux 2023`"""
    version: str
    """Of the platform."""

    @property
    def generation(self) -> int:
        """The year in the name of its Amazon Linux; 0 for the older ones, which have none."""
        found = _GENERATION.search(self.family)
        return int(found[1]) if found else 0


class Environment(
    Resource,
    id="environment_id",
    type="AwsElasticBeanstalkEnvironment",
    group="compute",
    noun="Elastic Beanstalk environment",
    gone={"InvalidParameterValue": "No Environment found"},
):
    """An application that runs."""

    source = listing(
        "elasticbeanstalk",
        "DescribeEnvironments",
        "Environments",
        IncludeDeleted=False,
        states=States("status", over=["Terminating", "Terminated"], not_yet=["Launching"]),
    )
    environment_id: str
    name: str = field(name="EnvironmentName")
    arn: str = field(name="EnvironmentArn")
    application_name: str
    status: str = ""
    solution_stack_name: str | None = None
    """`64bit Amazon Linux 2023 v4.13.13 running PHP 8.4`; a custom platform has none."""
    platform_arn: str | None = None
    """`arn:aws:elasticbeanstalk:eu-west-1::platform/PHP 8.4 running on 64bit Amazon Linux 2023/4.13.13`"""

    @property
    def platform(self) -> str:
        """As AWS names it. Raises UnreadableError where it does not."""
        found = self.solution_stack_name or self.platform_arn
        if not found:
            raise UnreadableError(f"AWS did not tell the platform of {self.label}")
        return found

    @property
    def php_platform(self) -> PhpPlatform | None:
        """None where its platform is another, or is named in a way that nobody knew of."""
        found = _STACK.match(self.platform) or _PLATFORM.match(self.platform_arn or "")
        return PhpPlatform(**found.groupdict()) if found else None


class Option(msgspec.Struct, frozen=True, rename="pascal"):
    """One setting, of the whole environment or of one of its resources."""

    namespace: str
    name: str = field(name="OptionName")
    resource_name: str = ""
    value: str | None = None


class ConfigurationSet(msgspec.Struct, frozen=True, rename="pascal"):
    """The settings of an environment as they are, or as somebody wants them to become."""

    option_settings: tuple[Option, ...]
    deployment_status: str | None = None


class Configuration(Facet[Environment]):
    """How an environment is set up.

    https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_DescribeConfigurationSettings.html
    """

    source = call(
        "elasticbeanstalk",
        "DescribeConfigurationSettings",
        ApplicationName="application_name",
        EnvironmentName="name",
    )
    sets: tuple[ConfigurationSet, ...] = field(name="ConfigurationSettings")

    @property
    def options(self) -> tuple[Option, ...]:
        """Those that are in force: besides them there may be a draft. Raises UnreadableError where there are none."""
        deployed = [each for each in self.sets if each.deployment_status == "deployed"]
        for each in deployed or self.sets:
            return each.option_settings
        raise UnreadableError("AWS did not tell how the environment is set up")

    def option(self, namespace: str, name: str, default: str) -> str:
        """The value of one, or the default that AWS documents
        (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html).
        """
        values = (each.value for each in self.options if (each.namespace, each.name) == (namespace, name))
        return next(values, None) or default


def options_of(configuration: Configuration) -> dict[str, str]:
    """Each value that is set, after its name."""
    return {_place(each): variable(each.name, each.value) for each in configuration.options if each.value}


def _place(option: Option) -> str:
    named = f"option {option.namespace}/{option.name}"
    return f"{named} of {option.resource_name}" if option.resource_name else named


class SettingSecrets(FoundSecrets, Facet[Environment]):
    """What the settings of an environment give away."""

    source = secrets_in(options_of)
