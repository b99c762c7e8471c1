"""How environments are judged."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Fail, Manual, Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import enabled, is_set_to
from aioprowler.judging.versions import at_least
from aioprowler.services.elasticbeanstalk.resources import Configuration, Environment, SettingSecrets

MENDED_GENERATION: Final = 2023
"""The first Amazon Linux whose PHP platforms still get new versions: those of Amazon Linux 2 are retired
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-schedule.html)."""


@check(
    fails="Elastic Beanstalk environment does not send its logs to CloudWatch", severity="high", categories=["logging"]
)
def elasticbeanstalk_environment_cloudwatch_logging_enabled(
    environment: Environment, configuration: Configuration
) -> Verdict:
    """Elastic Beanstalk environments stream the logs of their instances to CloudWatch Logs.

    Judged is the setting that is in force, which is off unless it is turned on. How long logs are kept is not, nor are
    environments that are being made or ended.

    ## Risk
    The logs of an instance go with it: after an update or a change of size nobody can tell what an attacker did there.

    ## Remediation
    Stream them:
    ```
    aws elasticbeanstalk update-environment --region <region> --environment-id <environment> --option-settings \\
      Namespace=aws:elasticbeanstalk:cloudwatch:logs,OptionName=StreamLogs,Value=true
    ```

    ## References
    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.cloudwatchlogs.html
    """
    streams = configuration.option("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs", "false")
    return enabled(environment.label, "streaming of logs to CloudWatch", streams)


@check(fails="Elastic Beanstalk environment has only basic health reporting", severity="low", categories=["logging"])
def elasticbeanstalk_environment_enhanced_health_reporting(
    environment: Environment, configuration: Configuration
) -> Verdict:
    """Elastic Beanstalk environments have enhanced health reporting.

    Judged is the setting that is in force, which is `basic` unless it is set. Environments that are being made or ended
    are not.

    ## Risk
    Basic reports only tell whether the load balancer's checks pass. Failing deployments, requests that fail, and
    instances that run out of memory are noticed late.

    ## Remediation
    Turn it on; the service role of the environment needs the policy `AWSElasticBeanstalkEnhancedHealth`:
    ```
    aws elasticbeanstalk update-environment --region <region> --environment-id <environment> --option-settings \\
      Namespace=aws:elasticbeanstalk:healthreporting:system,OptionName=SystemType,Value=enhanced
    ```

    ## References
    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced.html
    """
    kind = configuration.option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "basic")
    return is_set_to(environment.label, "health reporting", kind, good=["enhanced"], bad=["basic"])


@check(
    fails="Elastic Beanstalk environment does not update its platform by itself",
    severity="high",
    categories=["vulnerabilities"],
)
def elasticbeanstalk_environment_managed_updates_enabled(
    environment: Environment, configuration: Configuration
) -> Verdict:
    """Elastic Beanstalk environments have managed platform updates.

    Judged is the setting that is in force, which is off unless it is turned on, and not the level of updates.
    Environments that are being made or ended are not judged.

    ## Risk
    New versions of a platform mend holes of the operating system, the runtime and the web server. Without the updates
    the environment keeps those that it was made with.

    ## Remediation
    Turn them on, with a time of the week:
    ```
    aws elasticbeanstalk update-environment --region <region> --environment-id <environment> --option-settings \\
      Namespace=aws:elasticbeanstalk:managedactions,OptionName=ManagedActionsEnabled,Value=true \\
      Namespace=aws:elasticbeanstalk:managedactions,OptionName=PreferredStartTime,Value=Sun:03:00 \\
      Namespace=aws:elasticbeanstalk:managedactions:platformupdate,OptionName=UpdateLevel,Value=minor
    ```

    ## References
    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-platform-update-managed.html
    """
    on = configuration.option("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", "false")
    return enabled(environment.label, "managed platform updates", on)


@check(fails="Settings of an Elastic Beanstalk environment may hold secrets", severity="high", categories=["secrets"])
def elasticbeanstalk_environment_no_secrets_in_configuration(
    environment: Environment, secrets: SettingSecrets
) -> Verdict:
    """The settings of Elastic Beanstalk environments, environment variables included, hold no secrets.

    Looked into is each setting that is in force, with its name. Saved configurations and what is in the application's
    bundle are not, nor are environments that are being made or ended.

    ## Risk
    Everybody who may describe the environment reads its settings, and saved configurations keep them in S3.

    ## Remediation
    Keep the secret in Secrets Manager, change it, and have the environment fetch it:
    ```
    aws elasticbeanstalk update-environment --region <region> --environment-id <environment> --option-settings \\
      Namespace=aws:elasticbeanstalk:application:environmentsecrets,OptionName=<your-name>,Value=<your-secret-arn> \\
      --options-to-remove Namespace=aws:elasticbeanstalk:application:environment,OptionName=<your-name>
    ```

    ## References
    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.env-vars.html
    """
    return no_secrets(f"The configuration of {environment.label}", secrets)


@check(fails="Elastic Beanstalk environment runs an outdated PHP", severity="critical", categories=["vulnerabilities"])
def elasticbeanstalk_environment_php_platform_updated(
    environment: Environment,
    *,
    elasticbeanstalk_php_min_branch: Annotated[str, "The oldest PHP that still gets security fixes."] = "8.2",
    elasticbeanstalk_php_min_platform_version: Annotated[
        str, "The oldest version of the PHP platforms of Amazon Linux 2023 that is good."
    ] = "4.13.13",
) -> Verdict | None:
    """Elastic Beanstalk environments with PHP run a supported PHP on a recent platform.

    The platform's name tells both. A platform before Amazon Linux 2023 gets no new versions. Environments of other
    platforms are not judged.

    ## Risk
    Holes in PHP that are known and mended elsewhere let an attacker run code of his own on the servers.

    ## Remediation
    Take the newest platform with the same PHP, which `list-available-solution-stacks` tells: `aws elasticbeanstalk
    update-environment --region <region> --environment-id <environment> --solution-stack-name <your-solution-stack>`.
    Another PHP or Amazon Linux takes a new environment and a swap of addresses.

    ## References
    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.platform.upgrade.html
    https://docs.aws.amazon.com/elasticbeanstalk/latest/platforms/platforms-supported.html
    """
    platform = environment.php_platform
    if platform is None:
        is_php = "php" in environment.platform.lower()
        told = f"{environment.label} runs on {environment.platform}, a name in which no versions are known here."
        return Manual(told) if is_php else None
    php = at_least(environment.label, "PHP", platform.php, elasticbeanstalk_php_min_branch)
    if isinstance(php, Fail | Manual):
        return php
    if platform.generation < MENDED_GENERATION:
        return Fail(f"{environment.label} runs PHP on {platform.family}, whose platforms get no new versions.")
    product = f"PHP {platform.php} on platform version"
    return at_least(environment.label, product, platform.version, elasticbeanstalk_php_min_platform_version)
