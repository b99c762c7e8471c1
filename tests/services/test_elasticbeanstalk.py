"""Elastic Beanstalk's checks on literals."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.declarations.sources import Secret
from aioprowler.services.elasticbeanstalk.checks import (
    elasticbeanstalk_environment_cloudwatch_logging_enabled,
    elasticbeanstalk_environment_enhanced_health_reporting,
    elasticbeanstalk_environment_managed_updates_enabled,
    elasticbeanstalk_environment_no_secrets_in_configuration,
    elasticbeanstalk_environment_php_platform_updated,
)
from aioprowler.services.elasticbeanstalk.resources import (
    Configuration,
    ConfigurationSet,
    Environment,
    Option,
    SettingSecrets,
    options_of,
)


def environment(stack: str | None = None, arn: str | None = None) -> Environment:
    return Environment(
        environment_id="e-1",
        name="shop",
        arn="arn",
        application_name="shop",
        solution_stack_name=stack,
        platform_arn=arn,
    )


def configuration(*options: tuple[str, str, str | None], status: str | None = "deployed") -> Configuration:
    return Configuration(sets=(settings(*options, status=status),))


def settings(*options: tuple[str, str, str | None], status: str | None = "deployed") -> ConfigurationSet:
    told = tuple(Option(namespace=space, name=name, value=value) for space, name, value in options)
    return ConfigurationSet(option_settings=told, deployment_status=status)


SWITCHES = [
    (
        elasticbeanstalk_environment_cloudwatch_logging_enabled,
        ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs"),
        ("true", "false", "sometimes"),
    ),
    (
        elasticbeanstalk_environment_enhanced_health_reporting,
        ("aws:elasticbeanstalk:healthreporting:system", "SystemType"),
        ("enhanced", "basic", "telepathic"),
    ),
    (
        elasticbeanstalk_environment_managed_updates_enabled,
        ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled"),
        ("true", "false", "sometimes"),
    ),
]


@pytest.mark.parametrize(("check", "option", "values"), SWITCHES)
def test_switches(check: Any, option: tuple[str, str], values: tuple[str, str, str]) -> None:
    found = [check(environment(), configuration((*option, each))) for each in values]
    assert [type(each) for each in found] == [Pass, Fail, Manual]


@pytest.mark.parametrize(("check", "option", "values"), SWITCHES)
def test_what_is_not_set_has_the_default(check: Any, option: tuple[str, str], values: tuple[str, str, str]) -> None:
    other = ("aws:elasticbeanstalk:elsewhere", option[1], values[0])
    assert isinstance(check(environment(), configuration(other)), Fail)
    assert isinstance(check(environment(), configuration((*option, None))), Fail)


def test_a_draft_does_not_count() -> None:
    option = ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled")
    told = Configuration(sets=(settings((*option, "true"), status="pending"), settings((*option, "false"))))
    assert isinstance(elasticbeanstalk_environment_managed_updates_enabled(environment(), told), Fail)


def test_an_environment_without_settings_is_no_verdict() -> None:
    with pytest.raises(UnreadableError):
        elasticbeanstalk_environment_managed_updates_enabled(environment(), Configuration(sets=()))


def test_each_value_is_looked_into_after_its_name() -> None:
    told = configuration(("aws:env", "DB_PASSWORD", "x"), ("aws:env", "EMPTY", ""), ("aws:env", "NONE", None))
    assert options_of(told) == {"option aws:env/DB_PASSWORD": '"DB_PASSWORD": "x"'}


@pytest.mark.parametrize(("secrets", "verdict"), [({"option a/b": (Secret("Password", 0),)}, Fail), ({}, Pass)])
def test_secrets(secrets: dict[str, tuple[Secret, ...]], verdict: type) -> None:
    found = elasticbeanstalk_environment_no_secrets_in_configuration(environment(), SettingSecrets(secrets=secrets))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("stack", "verdict"),
    [
        ("64bit Amazon Linux 2023 v4.13.13 running PHP 8.4", Pass),
        ("64bit Amazon Linux 2023 v4.13.12 running PHP 8.4", Fail),
        ("64bit Amazon Linux 2023 v4.9.20 running PHP 8.4", Fail),
        ("64bit Amazon Linux 2023 v4.13.13 running PHP 8.1", Fail),
        ("64bit Amazon Linux 2023 v4.13.13 running PHP 8.10", Pass),
        ("64bit Amazon Linux 2 v5.0.0 running PHP 8.4", Fail),
        ("64bit Amazon Linux running PHP", Manual),
        ("64bit Amazon Linux 2023 v4.0.0 running Docker", type(None)),
    ],
)
def test_php(stack: str, verdict: type) -> None:
    assert isinstance(elasticbeanstalk_environment_php_platform_updated(environment(stack)), verdict)


@pytest.mark.parametrize(
    ("platform", "verdict"),
    [
        ("PHP 8.4 running on 64bit Amazon Linux 2023/4.13.13", Pass),
        ("PHP 8.4 running on 64bit Amazon Linux 2023/4.1.0", Fail),
        ("Docker running on 64bit Amazon Linux 2023/4.1.0", type(None)),
    ],
)
def test_php_by_the_platforms_arn(platform: str, verdict: type) -> None:
    made = environment(arn=f"arn:aws:elasticbeanstalk:eu-west-1::platform/{platform}")
    assert isinstance(elasticbeanstalk_environment_php_platform_updated(made), verdict)


def test_the_least_versions_are_configured() -> None:
    made = environment("64bit Amazon Linux 2023 v4.13.13 running PHP 8.4")
    for key, value in {
        "elasticbeanstalk_php_min_branch": "8.5",
        "elasticbeanstalk_php_min_platform_version": "4.14",
    }.items():
        assert isinstance(elasticbeanstalk_environment_php_platform_updated(made, **{key: value}), Fail)


def test_a_platform_that_is_not_told_is_no_verdict() -> None:
    with pytest.raises(UnreadableError):
        elasticbeanstalk_environment_php_platform_updated(environment())
