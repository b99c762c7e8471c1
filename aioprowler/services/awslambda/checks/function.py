"""How functions are set up."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Failure, Here, Manual, Pass, Verdict, check, known
from aioprowler.judging.exposure import in_vpc
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.verdicts import has, told
from aioprowler.judging.versions import supported
from aioprowler.services.awslambda.resources import Function, SubnetZones
from aioprowler.services.awslambda.runtimes import SUPPORTED_UNTIL
from aioprowler.services.cloudtrail.resources import Recorders, Trail

OBSOLETE = [
    "java8", "go1.x", "provided", "python3.6", "python2.7", "python3.7", "python3.8", "nodejs4.3", "nodejs4.3-edge",
    "nodejs6.10", "nodejs", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x", "dotnet5.0",
    "dotnet6", "dotnet7", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "ruby2.5", "ruby2.7",
]  # fmt: skip
"""Prowler's default."""


@check(
    fails="Variables of a Lambda function are not encrypted with a key of the account's own",
    severity="medium",
    categories=["encryption"],
)
def awslambda_function_env_vars_not_encrypted_with_cmk(function: Function) -> Verdict:
    """Variables of Lambda functions are encrypted with customer managed keys.

    The key that the function names is judged, with which Lambda also encrypts what it keeps of SnapStart. A function
    without variables passes.

    ## Risk
    With a key of AWS's, whoever may read the function's configuration reads its variables, and no key policy of yours
    keeps anybody out.

    ## Remediation
    Name a key: `aws lambda update-function-configuration --region <region> --function-name <function> --kms-key-arn
    <your-kms-key-arn>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    environment = function.environment
    if function.kms_key_arn:
        return Pass(f"{function.label} has its variables encrypted with {function.kms_key_arn}.")
    if not environment.variables and environment.error is None:
        return Pass(f"{function.label} has no variables.")
    return Fail(f"{function.label} has variables that are not encrypted with a customer managed key.")


@check(fails="Lambda function is not in a VPC", severity="low", categories=["trust-boundaries"])
def awslambda_function_inside_vpc(function: Function) -> Verdict:
    """Lambda functions are in VPCs.

    In any: whether its subnets and security groups keep traffic back is not judged. Lambda@Edge cannot be in one, and
    fails.

    ## Risk
    What the function sends goes to the internet without passing security groups, flow logs or a firewall of yours.

    ## Remediation
    Connect it to private subnets: `aws lambda update-function-configuration --region <region> --function-name
    <function> --vpc-config SubnetIds=<your-subnets>,SecurityGroupIds=<your-security-groups>`. What it calls outside
    needs an endpoint or a NAT gateway then.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    return in_vpc(function.label, function.vpc_config.vpc_id)


@check(
    fails="Lambda function is in too few availability zones of its VPC",
    severity="medium",
    categories=["resilience"],
)
def awslambda_function_vpc_multi_az(
    function: Function,
    zones: SubnetZones,
    *,
    lambda_min_azs: Annotated[int, "Availability zones that a function in a VPC has to have subnets in."] = 2,
) -> Verdict | None:
    """Lambda functions in VPCs have subnets in several availability zones.

    Functions outside VPCs are not judged: Lambda runs them in several zones itself.

    ## Risk
    When the zone fails, so do all invocations.

    ## Remediation
    Add a subnet of another zone: `aws lambda update-function-configuration --region <region> --function-name <function>
    --vpc-config SubnetIds=<your-subnets>,SecurityGroupIds=<your-security-groups>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/security-resilience.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-5
    """
    config = function.vpc_config
    if not config.vpc_id:
        return None
    subnets = told(config.subnet_ids, "the subnets of this function")
    unknown = [subnet for subnet in subnets if subnet not in zones.by_subnet]
    found = [zones.by_subnet[subnet] for subnet in subnets if subnet in zones.by_subnet]
    verdict = in_several_zones(function.label, found, lambda_min_azs)
    if unknown and isinstance(verdict, Fail):
        return Manual(f"{function.label} is in subnets of which the zone is not known: {', '.join(unknown)}.")
    return verdict


@check(fails="No trail logs who invokes the Lambda function", severity="low", categories=["logging"])
def awslambda_function_invoke_api_operations_cloudtrail_logging_enabled(
    function: Function, trails: Recorders, there: Here[Trail] | Failure
) -> Verdict:
    """Trails log who invokes Lambda functions.

    Invocations are data events, which a trail logs only where its selectors say so, of all functions or of this one.
    The trail has to log at the moment, and to take in the function's region. Which kinds of invocations a selector
    might leave out counts: it has to take in all of them.

    ## Risk
    Nobody can tell afterwards who ran the function, and with whose keys.

    ## Remediation
    Log invocations of all functions: `aws cloudtrail put-event-selectors --region <region> --trail-name <your-trail>
    --advanced-event-selectors '[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},
    {"Field":"resources.type","Equals":["AWS::Lambda::Function"]}]}]'`. That replaces the selectors of the trail: add
    those that it has.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """
    found = trails.of_region(function.region, there)
    for trail, selectors in found.seen:
        if selectors.records_invocations(function.arn, function.account.partition):
            return Pass(f"{trail.label} logs who invokes {function.label}.")
    known(found.doubt)
    return Fail(f"No trail logs who invokes {function.label}.")


@check(fails="Lambda function has no dead-letter queue", severity="medium", categories=["resilience"])
def awslambda_function_no_dead_letter_queue(function: Function) -> Verdict:
    """Lambda functions have dead-letter queues.

    A queue or a topic to which Lambda sends events that a function failed to process. Destinations for failures, which
    Lambda has besides, are not judged.

    ## Risk
    An event that fails three times is gone, and with it what it stood for.

    ## Remediation
    Name a queue to which the function's role may send: `aws lambda update-function-configuration --region <region>
    --function-name <function> --dead-letter-config TargetArn=<your-queue-arn>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    return has(function.label, "a dead-letter queue", bool(function.dead_letter_config.target_arn))


@check(fails="Runtime of a Lambda function is not supported any more", severity="medium", categories=[])
def awslambda_function_using_supported_runtimes(
    function: Function,
    now: datetime.datetime,
    *,
    obsolete_lambda_runtimes: Annotated[
        list[str], "Runtimes that fail, besides those whose support has ended by AWS's table."
    ] = OBSOLETE,
) -> Verdict | None:
    """Lambda functions use runtimes that AWS supports.

    The day on which AWS deprecates a runtime is that of its page about runtimes; of one that is newer than the table
    here, a person must look. Container images, which bring their own, are not judged.

    ## Risk
    A runtime that is deprecated gets no more security updates, and soon functions that use it cannot be updated.

    ## Remediation
    Change to the next one, once the code runs with it: `aws lambda update-function-configuration --region <region>
    --function-name <function> --runtime <your-runtime>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    if not function.runtime:
        return None
    if function.runtime in obsolete_lambda_runtimes:
        return Fail(f"{function.label} runs {function.runtime}, which is obsolete.")
    return supported(function.label, "the runtime", function.runtime, SUPPORTED_UNTIL, now)
