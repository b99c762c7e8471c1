"""Who gets at functions, and whose code runs in them."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import has_no, is_set_to, pass_if, worst
from aioprowler.services.awslambda.resources import Function, FunctionPolicy, FunctionUrls


@check(fails="Lambda function is public", severity="critical", categories=["internet-exposed"])
def awslambda_function_not_publicly_accessible(function: Function, policy: FunctionPolicy | None) -> Verdict:
    """Policies of Lambda functions do not let just anyone in.

    An Allow for `*` counts unless a condition ties it to somebody in particular, such as an account, an organization or
    the ARN of a resource. So does the one that Lambda adds for a URL without authentication. AWS's services are not
    anyone. The function itself is judged; versions and aliases may have policies of their own.

    ## Risk
    Strangers run the code with the permissions of its role, with inputs of their choice, at the account's cost.

    ## Remediation
    Take the statement out, by its `Sid`: `aws lambda remove-permission --region <region> --function-name <function>
    --statement-id <your-statement-id>`. Where somebody needs the function, name who.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    return closed_to_public(function.label, policy.policy if policy else None)


@check(fails="URL of a Lambda function can be called without authentication", severity="high",
       categories=["internet-exposed"])  # fmt: skip
def awslambda_function_url_public(function: Function, urls: FunctionUrls | None) -> Verdict | None:
    """URLs of Lambda functions ask for authentication.

    The URLs of the function and of its aliases are judged, where there are any.

    ## Risk
    Everybody on the internet who knows the URL runs the code, with inputs of their choice and at the account's cost.

    ## Remediation
    Demand signed requests: `aws lambda update-function-url-config --region <region> --function-name <function>
    --auth-type AWS_IAM`; for the URL of an alias add `--qualifier` with its name. What is meant for everybody is better
    off behind CloudFront or API Gateway, with a WAF.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    if not urls or not urls.urls:
        return None
    return worst(
        is_set_to(each.label(function), "authentication", each.auth_type, good=["AWS_IAM"], bad=["NONE"])
        for each in urls.urls
    )


@check(fails="URL of a Lambda function may be called by the pages of any web site", severity="medium",
       categories=["internet-exposed"])  # fmt: skip
def awslambda_function_url_cors_policy(function: Function, urls: FunctionUrls | None) -> Verdict | None:
    """URLs of Lambda functions let only named web sites call them.

    CORS tells browsers which sites' scripts may read the answers. The origin `*` is all of them. The URLs of the
    function and of its aliases are judged, where there are any.

    ## Risk
    A page that somebody visits has their browser call the function, and reads what it answers.

    ## Remediation
    Name the sites: `aws lambda update-function-url-config --region <region> --function-name <function> --cors
    '{"AllowOrigins":["https://<your-site>"]}'`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
    """
    if not urls or not urls.urls:
        return None
    return worst(
        has_no(each.label(function), "a CORS policy for all web sites", "*" in each.cors.allow_origins)
        for each in urls.urls
    )


@check(fails="Lambda function uses layers of other accounts", severity="high", categories=["software-supply-chain"])
def awslambda_function_using_cross_account_layers(function: Function) -> Verdict:
    """Lambda functions use layers of their own account alone.

    Each version of a layer that the function names is judged, whether the other account is a vendor's, AWS's or one of
    yours. A function without layers passes.

    ## Risk
    The code of a layer runs with all that the function may do. Who owns it decides what is in the next version, and for
    whom it is there.

    ## Remediation
    Publish a copy that you have looked into, and name that one: `aws lambda update-function-configuration --region
    <region> --function-name <function> --layers <your-layer-version-arns>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
    """
    foreign = [layer.arn for layer in function.layers if layer.account_id != function.account.id]
    return pass_if(
        not foreign,
        f"{function.label} uses no layers of other accounts.",
        f"{function.label} uses layers of other accounts: {', '.join(foreign)}.",
    )
