"""Lambda functions: their settings, who may call them, layers, and secrets in variables, code and layers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import Reply, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, add_subnet, add_vpc, document
from benchmarks.parity_seeds.messaging import grants
from benchmarks.parity_seeds.states import State
from benchmarks.parity_seeds.trails import add_bucket, add_trail
from benchmarks.simulated_aws.errors import AwsError

PASSWORD: Final = "tr0ub4dor-and-3-horses"
SECRETIVE: Final = f'db_password = "{PASSWORD}"\n'
RUNTIMES: Final = ("python3.14", "python3.10", "python3.9", "python2.7", "nodejs20.x", "nodejs24.x", "provided.al2023",
                   "provided.al2", "go1.x", "dotnet8", "dotnet6", "java21", "ruby2.7", "python9.9")  # fmt: skip
NO_THING: Final = AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
NOT_SHARED: Final = AwsError("AccessDeniedException", "User is not authorized to perform: lambda:GetLayerVersion", 403)
T = TypeVar("T")

Facts = dict[str, dict[str, Any]]


def arn(clients: Clients, name: str, region: str = HOME_REGION) -> str:
    """That of a function."""
    return f"arn:aws:lambda:{region}:{clients.account_id}:function:{name}"


def layer(account: str, name: str, version: int = 1) -> dict[str, Any]:
    """A layer as functions tell of it."""
    return {"Arn": f"arn:aws:lambda:{HOME_REGION}:{account}:layer:{name}:{version}", "CodeSize": 100}


def settings(clients: Clients) -> Facts:
    """Of functions that differ in one."""
    vpc = add_vpc(clients, "functions", "10.9.0.0/16")
    first, second, third = (
        add_subnet(clients, vpc, f"functions-{number}", f"10.9.{number}.0/24", zone)
        for number, zone in enumerate(("a", "b", "a"))
    )
    key = f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/1"
    own, foreign = layer(clients.account_id, "tools"), layer(OTHER_ACCOUNT, "vendor")

    def inside(*subnets: str) -> dict[str, Any]:
        return {"VpcConfig": {"VpcId": vpc, "SubnetIds": list(subnets), "SecurityGroupIds": ["sg-1"]}}

    return {
        "plain": {},
        "outside": {"VpcConfig": {"VpcId": "", "SubnetIds": [], "SecurityGroupIds": []}},
        "one-zone": inside(first),
        "same-zone": inside(first, third),
        "two-zones": inside(first, second),
        "unknown-zone": inside(first, "subnet-0123456789abcdef0"),
        "variables": {"Environment": {"Variables": {"STAGE": "test"}}},
        "no-variables": {"Environment": {"Variables": {}}},
        "own-key": {"Environment": {"Variables": {"STAGE": "test"}}, "KMSKeyArn": key},
        "secretive": {"Environment": {"Variables": {"STAGE": "test", "DB_PASSWORD": PASSWORD}}},
        "withheld": {
            "Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "x"}},
            "KMSKeyArn": key,
        },
        "dead-letters": {"DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:{HOME_REGION}:{clients.account_id}:q"}},
        "own-layer": {"Layers": [own]},
        "foreign-layer": {"Layers": [own, foreign]},
        "newer-layer": {"Layers": [layer(clients.account_id, "tools", 2), layer(clients.account_id, "unshared")]},
        "image": {"PackageType": "Image"},
        **{f"runtime-{runtime}": {"Runtime": runtime} for runtime in RUNTIMES},
    }


def policies(clients: Clients) -> dict[str, str]:
    """By the function that has it."""
    resource = arn(clients, "policy")
    made = {
        f"policy-{name}": each for name, each in grants("lambda:InvokeFunction", resource, clients.account_id).items()
    }
    statement = made["policy-anyone"][0]
    made["policy-of-url"] = [{**statement, "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}]
    made["policy-service"] = [{**statement, "Principal": {"Service": "s3.amazonaws.com"}}]
    return {name: document(*statements) for name, statements in made.items()}


ALIAS: Final = "url-of-alias"
"""The function that has a URL through an alias alone."""


def urls() -> dict[str, dict[str, Any]]:
    """By the function that has it."""
    return {
        "url-signed": {"AuthType": "AWS_IAM"},
        "url-open": {"AuthType": "NONE"},
        "url-all-origins": {"AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}},
        "url-one-origin": {"AuthType": "AWS_IAM", "Cors": {"AllowOrigins": ["https://example.com"]}},
        "url-two-origins": {"AuthType": "AWS_IAM", "Cors": {"AllowOrigins": ["https://example.com", "*"]}},
    }


def packages() -> dict[str, dict[str, str | bytes]]:
    """By the function or layer that consists of it."""
    return {
        "code-plain": {"app.py": "print('hello')\n"},
        "code-secretive": {"lib/fine.py": "a = 1\n", "app.py": f"import os\n{SECRETIVE}"},
        "code-ignored": {"app.deps.json": SECRETIVE},
        "code-empty": {},
        "tools:1": {"tools.py": "a = 1\n"},
        "tools:2": {"tools.py": SECRETIVE},
        "vendor:1": {"python/vendor.py": SECRETIVE},
    }


def _zip(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def links(clients: Clients) -> dict[str, str]:
    """To each package, in a bucket."""
    bucket = add_bucket(clients, "packages")
    found = {}
    for name, files in packages().items():
        clients("s3").put_object(Bucket=bucket, Key=name, Body=_zip(files))
        found[name] = clients("s3").generate_presigned_url("get_object", {"Bucket": bucket, "Key": name})
    return found


def _function(clients: Clients, name: str, facts: Mapping[str, Any], region: str = HOME_REGION) -> dict[str, Any]:
    runtime = {} if facts.get("PackageType") == "Image" else {"Runtime": "python3.13"}
    told = {"FunctionName": name, "FunctionArn": arn(clients, name, region), "Version": "$LATEST"}
    return {**told, "PackageType": "Zip", "LastModified": "2026-01-02T03:04:05.000+0000", **runtime, **facts}


def trail(clients: Clients) -> None:
    """Log the invocations of two functions."""
    add_trail(clients, "functions", add_bucket(clients, "trails"))
    named = {"Type": "AWS::Lambda::Function", "Values": [arn(clients, "plain"), arn(clients, "outside")]}
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [named]}
    clients("cloudtrail").put_event_selectors(TrailName="functions", EventSelectors=[selector])
    clients("cloudtrail").start_logging(Name="functions")


def answers(clients: Clients, packed: Mapping[str, str]) -> dict[str, Reply]:
    """What is told of each function and layer; `packed` has the links to packages."""
    granted, addressed = policies(clients), urls()
    times = dict.fromkeys(("CreationTime", "LastModifiedTime"), "2026-01-02T03:04:05.000Z")

    def policy(asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"Policy": _of(granted, asked["FunctionName"], NO_THING), "RevisionId": "1"}

    def url(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["FunctionName"]
        told = {"FunctionUrl": f"https://{name}.lambda-url.{HOME_REGION}.on.aws/", "FunctionArn": arn(clients, name)}
        return {**told, **times, **_of(addressed, name, NO_THING)}

    def all_urls(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["FunctionName"]
        own = [url(asked)] if name in addressed else []
        of_aliases = (
            [{"FunctionArn": f"{arn(clients, name)}:live", "AuthType": "NONE", **times}] if name == ALIAS else []
        )
        return {"FunctionUrlConfigs": own + of_aliases}

    def code(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["FunctionName"]
        if name == "image":
            return {"Code": {"RepositoryType": "ECR", "ImageUri": "image"}}
        return {"Code": {"RepositoryType": "S3", "Location": packed.get(name, packed["code-plain"])}}

    def content(asked: Mapping[str, Any]) -> dict[str, Any]:
        link = _of(packed, asked["Arn"].partition(":layer:")[2], NOT_SHARED)
        return {"Content": {"Location": link}, "LayerVersionArn": asked["Arn"], "Version": 1}

    return {
        "GetFunction": code,
        "GetFunctionUrlConfig": url,
        "GetLayerVersionByArn": content,
        "GetPolicy": policy,
        "ListFunctionUrlConfigs": all_urls,
        "ListEventSourceMappings": {"EventSourceMappings": []},
        "ListFunctions": {"Functions": []},
        "ListTags": {"Tags": {}},
    }


def _of(found: Mapping[str, T], name: str, error: AwsError) -> T:
    """Raises the error where there is none."""
    if name not in found:
        raise error
    return found[name]


def seed(clients: Clients) -> None:
    """Tell of functions, and what each has."""
    trail(clients)
    facts, packed = settings(clients), links(clients)
    names = [*facts, *policies(clients), *urls(), ALIAS, *(name for name in packed if name.startswith("code-"))]
    functions = [_function(clients, name, facts.get(name, {})) for name in names]
    for region in REGIONS:
        for operation, answer in answers(clients, packed).items():
            tell(clients, "lambda", operation, answer, region)
    tell(clients, "lambda", "ListFunctions", {"Functions": functions})
    far = _function(clients, "far", {}, SECOND_REGION)
    tell(clients, "lambda", "ListFunctions", {"Functions": [far]}, SECOND_REGION)


STATES: Final = (
    State(
        "functions",
        "500000001582",
        seed,
        services=("awslambda",),
        config={"secrets_ignore_files": ["*.deps.json"]},
    ),
)
