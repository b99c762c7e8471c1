"""Functions, containers, and the doors to them."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document
from aioprowler.demo.seed.keys import EVERYBODY
from aioprowler.demo.seed.vpc import Network

SECRET: Final = {"name": "DB_PASSWORD", "value": "tr0ub4dor-and-3-horses"}


def seed_production(clients: Clients, shop: Network, key: str) -> None:
    """Give production a function, containers and a load balancer that are careful."""
    private = [id_ for name, id_ in shop.subnets.items() if "private" in name]
    add_function(clients, "checkout", "python3.13", VpcConfig={"SubnetIds": private, "SecurityGroupIds": []})
    clients("ecr").create_repository(
        repositoryName="shop",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": key},
    )
    clients("ecs").create_cluster(clusterName="shop", settings=[{"name": "containerInsights", "value": "enabled"}])
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "shop", "mode": "non-blocking"}}
    container = {"name": "web", "image": "shop:1", "user": "web", "readonlyRootFilesystem": True, "memory": 128}
    add_task(clients, "shop", container | {"logConfiguration": logs})
    clients("elbv2").create_load_balancer(Name="shop", Scheme="internal", Type="network", Subnets=private)


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Give the sandbox an old function for everybody, containers that may do all, and an API that asks for nobody."""
    variables = {"Variables": {SECRET["name"]: SECRET["value"]}}
    add_function(clients, "experiment", "python3.8", Environment=variables)
    clients("lambda").add_permission(
        FunctionName="experiment", StatementId="everybody", Action="lambda:InvokeFunction", Principal="*"
    )
    clients("ecr").create_repository(repositoryName="experiments")
    clients("ecr").set_repository_policy(repositoryName="experiments", policyText=document(EVERYBODY))
    clients("ecs").create_cluster(clusterName="experiments")
    add_task(
        clients,
        "experiment",
        {"name": "all", "image": "all", "privileged": True, "memory": 128, "environment": [SECRET]},
        networkMode="host",
        pidMode="host",
    )
    api = clients("apigateway").create_rest_api(name="experiments")["id"]
    root = clients("apigateway").get_resources(restApiId=api)["items"][0]["id"]
    about = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    clients("apigateway").put_method(**about, authorizationType="NONE")
    clients("apigateway").put_integration(**about, type="MOCK", integrationHttpMethod="GET")
    clients("apigateway").create_deployment(restApiId=api, stageName="test")
    balancer = clients("elbv2").create_load_balancer(
        Name="playground", Scheme="internet-facing", Type="network", Subnets=list(playground.subnets.values())
    )["LoadBalancers"][0]["LoadBalancerArn"]
    group = clients("elbv2").create_target_group(
        Name="playground", Protocol="TCP", Port=80, VpcId=playground.vpc_id, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    clients("elbv2").create_listener(
        LoadBalancerArn=balancer, Protocol="TCP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}]
    )


def add_function(clients: Clients, name: str, runtime: str, **asked: Any) -> None:
    """Create a function, and the role that it runs with."""
    service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = clients("iam").create_role(RoleName=f"run-{name}", AssumeRolePolicyDocument=document(service))
    clients("lambda").create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=role["Role"]["Arn"],
        Handler="main.handle",
        Code={"ZipFile": package("main.py", "def handle(event, context): ...\n")},
        **asked,
    )


def package(name: str, text: str) -> bytes:
    """An archive with one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(name, text)
    return archive.getvalue()


def add_task(clients: Clients, family: str, container: dict[str, Any], **asked: Any) -> None:
    """Register a task definition of one container."""
    clients("ecs").register_task_definition(family=family, containerDefinitions=[container], **asked)
