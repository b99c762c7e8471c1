"""The few things that are asked of Backup, Batch, Lambda and Systems Manager."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT, REGION


# --- Backup ---
def _plan(world: World, number: int) -> Json:
    plan = f"00000000-0000-4000-8000-plan-{number}"
    return {
        "BackupPlanArn": world.arn("backup", f"backup-plan:{plan}"),
        "BackupPlanId": plan,
        "BackupPlanName": f"plan-{number}",
        "CreationDate": world.ago(200),
        "VersionId": "1",
    }


def _list_plans(world: World, _: Params) -> Json:
    return {"BackupPlansList": [_plan(world, number) for number in world.each("backup:plan")]}


def _list_selections(world: World, params: Params) -> Json:
    number = _plan_number(world, params)
    selection = {"SelectionId": f"selection-{number}", "SelectionName": f"selection-{number}"}
    return {"BackupSelectionsList": [selection | {"BackupPlanId": params["BackupPlanId"]}]}


def _get_selection(world: World, params: Params) -> Json:
    """The first plan backs up instances, the others what is tagged."""
    number = _plan_number(world, params)
    selection: Json = {"SelectionName": f"selection-{number}", "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup"}
    if number == 0:
        selection["Resources"] = ["arn:aws:ec2:*:*:instance/*"]
    else:
        condition = {"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}
        selection |= {"Resources": ["*"], "Conditions": {"StringEquals": [condition]}}
    return {"BackupSelection": selection, "SelectionId": params["SelectionId"], "BackupPlanId": params["BackupPlanId"]}


def _plan_number(world: World, params: Params) -> int:
    """Raises AwsError."""
    number = number_in(params.get("BackupPlanId"))
    if number not in world.each("backup:plan"):
        raise AwsError("ResourceNotFoundException", "Backup Plan ID does not exist", 400)
    return number


BACKUP: Final = {
    "GetBackupSelection": _get_selection,
    "ListBackupPlans": _list_plans,
    "ListBackupSelections": _list_selections,
}


# --- Batch ---
def _describe_compute_environments(world: World, _: Params) -> Json:
    environments = [
        {
            "computeEnvironmentName": f"environment-{number}",
            "computeEnvironmentArn": world.arn("batch", f"compute-environment/environment-{number}"),
            "type": "MANAGED",
            "state": "ENABLED",
            "status": "VALID",
            "computeResources": {
                "type": "EC2",
                "maxvCpus": 16,
                "subnets": [world.id("subnet", 0)],
                "securityGroupIds": [world.id("sg", number)],
            },
        }
        for number in world.each("batch:compute_environment")
    ]
    return {"computeEnvironments": environments}


BATCH: Final = {"DescribeComputeEnvironments": _describe_compute_environments}


# --- Lambda ---
PACKAGES: Final = "/_simulated/packages/"
"""Where the code of functions and the content of layers are, by name."""
LAYERS: Final = 4
_LIBRARY: Final = "".join(f"def helper_{n}(value):\n    return value + {n}\n\n\n" for n in range(100))


def _list_functions(world: World, _: Params) -> Json:
    return {"Functions": [_function(world, number) for number in world.each("lambda:function")]}


def _function(world: World, number: int) -> Json:
    secretive = world.bad("variables", number)
    function: Json = {
        "FunctionName": f"function-{number}",
        "FunctionArn": world.arn("lambda", f"function:function-{number}"),
        "Runtime": "python3.8" if world.bad("runtime", number) else "python3.13",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/role-{number}",
        "Handler": "app.handler",
        "CodeSize": 1024,
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": "2026-01-02T03:04:05.000+0000",
        "CodeSha256": "c2ltdWxhdGVk",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough" if world.bad("tracing", number) else "Active"},
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""},
        "Environment": {
            "Variables": {"STAGE": "test", "TABLE": f"table-{number}"}
            | ({"DB_PASSWORD": f"tr0ub4dor-and-{number}-horses"} if secretive else {})
        },
        "Layers": [
            {"Arn": world.arn("lambda", f"layer:layer-{number % LAYERS}:1"), "CodeSize": 1024},
        ],
        "Architectures": ["x86_64"],
        "PackageType": "Zip",
    }
    if not world.bad("function vpc", number):
        zones = [world.id("subnet", 0), world.id("subnet", 1)]
        function["VpcConfig"] = {
            "SubnetIds": zones,
            "SecurityGroupIds": [world.id("sg", 0)],
            "VpcId": world.id("vpc", 0),
        }
    if not world.bad("dead letters", number):
        function["DeadLetterConfig"] = {"TargetArn": world.arn("sqs", "dead-letters")}
    if not world.bad("function key", number):
        function["KMSKeyArn"] = world.arn("kms", "key/key-0")
    return function


def _get_function(world: World, params: Params) -> Json:
    number = _function_number(world, params)
    kind = "secretive" if world.bad("code", number) else "harmless"
    link = f"{world.config.origin}{PACKAGES}{kind}-{number}"
    return {"Configuration": _function(world, number), "Code": {"RepositoryType": "S3", "Location": link}}


def _get_layer(world: World, params: Params) -> Json:
    name, _, version = str(params.get("Arn")).partition(":layer:")[2].partition(":")
    content = {"Location": f"{world.config.origin}{PACKAGES}{name}", "CodeSize": 1024}
    return {"Content": content, "LayerVersionArn": params["Arn"], "Version": int(version)}


def package(name: str) -> bytes:
    """The archive of that name: libraries that all have, and a text of its own."""
    password = f'db_password = "tr0ub4dor-and-{name}"\n' if name.startswith("secretive") else ""
    files = {f"lib/part_{number}.py": f"{_LIBRARY}# {number}\n" for number in range(10)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file, text in {**files, "app.py": f"NAME = {name!r}\n{password}"}.items():
            archive.writestr(file, text)
    return made.getvalue()


def _function_number(world: World, params: Params) -> int:
    """Raises AwsError."""
    number = number_in(params.get("FunctionName"))
    if number not in world.each("lambda:function"):
        raise AwsError("ResourceNotFoundException", "The function does not exist.", 404)
    return number


def _get_policy(world: World, params: Params) -> Json:
    if not world.bad("function policy", _function_number(world, params)):
        raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    arn = world.arn("lambda", f"function:{params['FunctionName']}")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": arn}
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "RevisionId": "1"}


def _get_url(world: World, params: Params) -> Json:
    """What the other program asks."""
    if not (found := _list_urls(world, params)["FunctionUrlConfigs"]):
        raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    return dict(found[0])


def _list_urls(world: World, params: Params) -> Json:
    if not world.bad("function url", _function_number(world, params)):
        return {"FunctionUrlConfigs": []}
    url = {
        "FunctionUrl": f"https://{params['FunctionName']}.lambda-url.{REGION}.on.aws/",
        "FunctionArn": world.arn("lambda", f"function:{params['FunctionName']}"),
        "AuthType": "NONE",
        "CreationTime": "2026-01-02T03:04:05.000Z",
        "LastModifiedTime": "2026-01-02T03:04:05.000Z",
    }
    return {"FunctionUrlConfigs": [url]}


LAMBDA: Final = {
    "GetFunction": _get_function,
    "GetFunctionUrlConfig": _get_url,
    "GetLayerVersionByArn": _get_layer,
    "GetPolicy": _get_policy,
    "ListFunctionUrlConfigs": _list_urls,
    "ListFunctions": _list_functions,
}


# --- Systems Manager ---
def _describe_instance_information(world: World, _: Params) -> Json:
    instances = [
        {
            "InstanceId": world.id("i", number),
            "PingStatus": "Online",
            "LastPingDateTime": world.ago(0.1),
            "AgentVersion": "3.3.1",
            "IsLatestVersion": True,
            "PlatformType": "Linux",
            "ResourceType": "EC2Instance",
        }
        for number in world.each("ssm:managed_instance")
    ]
    return {"InstanceInformationList": instances}


SSM: Final = {"DescribeInstanceInformation": _describe_instance_information}
