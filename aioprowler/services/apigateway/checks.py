"""How REST APIs, their stages and custom domain names are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Final

from aioprowler import Manual, Pass, Verdict, check
from aioprowler.judging.authorization import authorized
from aioprowler.judging.exposure import behind_waf
from aioprowler.judging.logs import logs, logs_at
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import about, enabled, has, is_set_to, naming, pass_if, worst
from aioprowler.services.apigateway.resources import (
    Authorizers,
    DomainName,
    Methods,
    RestApi,
    Stage,
    Stages,
    StageSecrets,
    of_stage,
)

AUTHORIZED: Final = frozenset({"AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"})
"""https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html"""

PUBLIC: Final = frozenset({"EDGE", "REGIONAL"})

ALL_METHODS: Final = "*/*"
"""The path of the setting that holds for all methods without one of their own."""

POST_QUANTUM: Final = [
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
]
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html"""

stage_check = partial(check, resource_type="AwsApiGatewayStage")


# ------------------------------------------------------------------ domain names
@check(fails="Custom domain name has no post-quantum security policy", severity="low", categories=["encryption"])
def apigateway_domain_name_pqc_tls_enabled(
    domain: DomainName,
    *,
    apigateway_pqc_tls_allowed_policies: Annotated[
        list[str], "Security policies of API Gateway that count as post-quantum."
    ] = POST_QUANTUM,
) -> Verdict:
    """Custom domain names of API Gateway have a security policy with post-quantum key exchange.

    The policy must be one of those that the configuration names. Where none was chosen, a legacy one without it holds.

    ## Risk
    Who records traffic today reads it once there is a quantum computer, where the keys were exchanged in the old way.

    ## Remediation
    `aws apigateway update-domain-name --region <region> --domain-name <name> --patch-operations
    op=replace,path=/securityPolicy,value=SecurityPolicy_TLS13_1_2_PQ_2025_09
    op=replace,path=/endpointAccessMode,value=BASIC`. Names with mutual TLS, or with HTTP APIs behind them, take none of
    these policies.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    """
    policy = domain.security_policy or "of its default"
    sentence = f"{domain.label} has the security policy {policy}"
    return pass_if(
        domain.security_policy in apigateway_pqc_tls_allowed_policies,
        f"{sentence}, a post-quantum one.",
        f"{sentence}, which is none of the post-quantum ones.",
    )


# ------------------------------------------------------------------------- APIs
@check(fails="REST API has no authorizer, and open methods", severity="medium", categories=["identity-access"])
def apigateway_restapi_authorizers_enabled(api: RestApi, authorizers: Authorizers, methods: Methods | None) -> Verdict:
    """REST APIs have an authorizer, or methods that all demand authorization.

    An authorizer counts whether or not a method uses it. Without one each method but OPTIONS must demand authorization,
    by IAM for example. An API without methods fails.

    ## Risk
    Whoever finds the address of the API calls it, and what is behind it.

    ## Remediation
    Make an authorizer, and name it in the methods: `aws apigateway create-authorizer --region <region> --rest-api-id
    <rest-api-id> --name <your-name> --type COGNITO_USER_POOLS --provider-arns <your-user-pool-arn> --identity-source
    method.request.header.Authorization`.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
    """
    if authorizers.authorizers:
        return has(api.label, "an authorizer", True)
    return authorized(api.label, "methods", methods.authorization if methods else {}, AUTHORIZED)


@check(fails="REST API answers on the internet", severity="medium", categories=["internet-exposed"])
def apigateway_restapi_public(api: RestApi) -> Verdict:
    """REST APIs answer in VPCs alone.

    An API that is meant for the internet fails as well: mute it there.

    ## Risk
    Whoever is on the internet can try what the API and what is behind it lets them do.

    ## Remediation
    Make the endpoint private, and say in a policy of the API which VPC endpoints may call: `aws apigateway
    update-rest-api --region <region> --rest-api-id <rest-api-id> --patch-operations
    op=replace,path=/endpointConfiguration/types/REGIONAL,value=PRIVATE`.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
    """
    kinds = api.endpoints
    return worst(is_set_to(api.label, "the endpoint type", each, good={"PRIVATE"}, bad=PUBLIC) for each in kinds)


@check(
    fails="REST API answers on the internet without an authorizer",
    severity="medium",
    categories=["identity-access", "internet-exposed"],
)
def apigateway_restapi_public_with_authorizer(api: RestApi, authorizers: Authorizers) -> Verdict | None:
    """REST APIs on the internet have an authorizer.

    Judged are those that answer elsewhere than in VPCs. An authorizer counts whether or not a method uses it; methods
    that demand authorization by IAM are not looked at.

    ## Risk
    Whoever is on the internet calls the API, and what is behind it.

    ## Remediation
    Make an authorizer, and name it in the methods: `aws apigateway create-authorizer --region <region> --rest-api-id
    <rest-api-id> --name <your-name> --type COGNITO_USER_POOLS --provider-arns <your-user-pool-arn> --identity-source
    method.request.header.Authorization`.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
    """
    if set(api.endpoints) == {"PRIVATE"}:
        return None
    return has(f"{api.label}, which answers on the internet,", "an authorizer", bool(authorizers.authorizers))


# ----------------------------------------------------------------------- stages
def on_each(api: RestApi, stages: Stages, judge: Callable[[str, Stage], Verdict | None]) -> Iterator[Verdict]:
    """The verdicts on those stages that are judged, under the name of the API and the ARN of the stage."""
    for stage in stages.stages:
        if verdict := judge(f"Stage {stage.stage_name} of {api.label}", stage):
            yield about(verdict, api.name, stage_arn(api, stage), stage=stage.stage_name)


def stage_arn(api: RestApi, stage: Stage) -> str:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html"""
    return f"{api.arn}/stages/{stage.stage_name}"


@stage_check(fails="Stage of a REST API keeps responses in the clear", severity="medium", categories=["encryption"])
def apigateway_restapi_cache_encrypted(api: RestApi, stages: Stages) -> Iterator[Verdict]:
    """Caches of the stages of REST APIs are encrypted.

    Judged are stages that keep responses, and of these each setting for methods by which they do.

    ## Risk
    Responses with what users were told lie on disks as they were sent.

    ## Remediation
    `aws apigateway update-stage --region <region> --rest-api-id <rest-api-id> --stage-name <your-stage>
    --patch-operations 'op=replace,path=/*/*/caching/dataEncrypted,value=true'`

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html#apigateway-5
    """
    return on_each(api, stages, _encrypted)


def _encrypted(label: str, stage: Stage) -> Verdict | None:
    if not stage.cached:
        return None
    plain = ", ".join(path for path, each in stage.cached.items() if not each.cache_data_encrypted)
    return pass_if(
        not plain, f"{label} encrypts what it caches.", f"{label} does not encrypt what it caches of {plain}."
    )


@stage_check(fails="Stage of a REST API shows backends no certificate", severity="medium", categories=["encryption"])
def apigateway_restapi_client_certificate_enabled(api: RestApi, stages: Stages) -> Iterator[Verdict]:
    """Stages of REST APIs have a client certificate, which they show to the HTTP servers behind them.

    Whether there are such servers, and whether they ask for the certificate and look who issued it, is not looked into.

    ## Risk
    A server that cannot tell the API from others must answer whoever finds it, past all that the API demands.

    ## Remediation
    Make a certificate with `aws apigateway generate-client-certificate --region <region>`, and name it: `aws apigateway
    update-stage --region <region> --rest-api-id <rest-api-id> --stage-name <your-stage> --patch-operations
    op=replace,path=/clientCertificateId,value=<your-certificate-id>`.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-client-side-ssl-authentication.html
    """
    return on_each(
        api, stages, lambda label, stage: has(label, "a client certificate", bool(stage.client_certificate_id))
    )


@stage_check(
    fails="Stage of a REST API does not log executions", severity="medium", categories=["forensics-ready", "logging"]
)
def apigateway_restapi_logging_enabled(api: RestApi, stages: Stages) -> Iterator[Verdict]:
    """Stages of REST APIs log executions to CloudWatch Logs.

    At level ERROR or INFO, by the setting for all methods and by each for certain ones that tells a level. Access logs
    are something else, and do not count.

    ## Risk
    Nobody can say which requests failed, and why, when somebody has tried what the API lets them do.

    ## Remediation
    `aws apigateway update-stage --region <region> --rest-api-id <rest-api-id> --stage-name <your-stage>
    --patch-operations 'op=replace,path=/*/*/logging/loglevel,value=ERROR'`

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    https://docs.aws.amazon.com/config/latest/developerguide/api-gw-execution-logging-enabled.html
    """
    return on_each(api, stages, _logging)


def _logging(label: str, stage: Stage) -> Verdict:
    levels = {path: each.logging_level for path, each in stage.method_settings.items() if each.logging_level}
    if not levels:
        return logs(label, "executions", False)
    verdict = worst(logs_at(label, f"execution logs of {path}", level) for path, level in levels.items())
    if isinstance(verdict, Pass) and ALL_METHODS not in levels:
        return Manual(f"{label} logs executions of {', '.join(levels)} alone: look whether these are all methods.")
    return verdict


@stage_check(
    fails="Variables of a REST API's stage may hold secrets",
    severity="high",
    categories=["secrets"],
    resource_group="security",
)
def apigateway_restapi_no_secrets_in_stage_variables(
    api: RestApi, stages: Stages, secrets: StageSecrets
) -> Iterator[Verdict]:
    """Variables of the stages of REST APIs hold no secrets.

    Looked into are the values of all variables of a stage, each with its name before it. Those of a canary are not.

    ## Risk
    Whoever may look at the API reads them, and they are in its exports, and in requests to what is behind it.

    ## Remediation
    Have what is behind the API read the secret from AWS Secrets Manager, change it, and take the variable out: `aws
    apigateway update-stage --region <region> --rest-api-id <rest-api-id> --stage-name <your-stage> --patch-operations
    op=remove,path=/variables/<your-variable>`.

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html
    """
    for stage in stages.stages:
        found = of_stage(secrets, stage)
        verdict = no_secrets(f"What is in variables of stage {stage.stage_name} of {api.label}", found)
        named = ({"stage": stage.stage_name, "variable": each.removeprefix("variable ")} for each in found.secrets)
        yield naming(about(verdict, f"{api.name}/{stage.stage_name}", stage_arn(api, stage)), *named)


@stage_check(fails="Stage of a REST API is not traced", severity="low", categories=["logging"])
def apigateway_restapi_tracing_enabled(api: RestApi, stages: Stages) -> Iterator[Verdict]:
    """Stages of REST APIs are traced with AWS X-Ray.

    Active tracing must be on. What part of the requests is traced, rules of X-Ray say, which are not looked at.

    ## Risk
    Where a request takes long or fails on its way through services, nobody sees at which of them.

    ## Remediation
    `aws apigateway update-stage --region <region> --rest-api-id <rest-api-id> --stage-name <your-stage>
    --patch-operations op=replace,path=/tracingEnabled,value=true`

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html
    """
    return on_each(api, stages, lambda label, stage: enabled(label, "tracing", stage.tracing_enabled))


@stage_check(fails="Stage of a REST API is not behind a web ACL", severity="medium", categories=[])
def apigateway_restapi_waf_acl_attached(api: RestApi, stages: Stages) -> Iterator[Verdict]:
    """Stages of REST APIs are behind a web ACL of AWS WAF.

    A web ACL of WAF Classic counts as well as one of its successor. What its rules do is not looked into.

    ## Risk
    Requests that inject code, try passwords or come by the million reach what is behind the API.

    ## Remediation
    `aws wafv2 associate-web-acl --region <region> --web-acl-arn <your-web-acl-arn> --resource-arn <arn>`

    ## References
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
    """
    return on_each(api, stages, lambda label, stage: behind_waf(label, stage.web_acl_arn))
