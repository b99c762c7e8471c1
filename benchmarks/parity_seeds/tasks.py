"""Clusters, services and task definitions of ECS, with every setting that is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

PASSWORD: Final = "tr0ub4dor-and-3-horses"
DELIVERED: Final = {"logDriver": "awslogs", "options": {"awslogs-group": "web", "mode": "non-blocking"}}


def seed(clients: Clients) -> None:
    """Tell of all of them in one region, and of a cluster in another."""
    _tell_of_clusters(clients)
    _tell_of_services(clients)
    _tell_of_definitions(clients, _definitions())
    far = {"clusterArn": _arn(clients, "cluster/far", SECOND_REGION), "clusterName": "far", "status": "ACTIVE"}
    tell(clients, "ecs", "ListClusters", {"clusterArns": [far["clusterArn"]]}, SECOND_REGION)
    tell(clients, "ecs", "DescribeClusters", {"clusters": [far]}, SECOND_REGION)
    tell(clients, "ecs", "ListServices", {"serviceArns": []}, SECOND_REGION)
    tell(clients, "ecs", "ListTaskDefinitions", {"taskDefinitionArns": []}, SECOND_REGION)


def newest(clients: Clients) -> None:
    """Tell of task definitions that were registered one after the other, by several families at once."""
    plain = _definitions()["good:1"]
    days = {"web:12": 1, "web:9": 5, "web:2": 9, "api:3": 2, "api:2": 4, "old:1": 8}
    _tell_of_definitions(clients, {name: {**plain, "registeredAt": ago(day)} for name, day in days.items()})
    tell(clients, "ecs", "ListClusters", {"clusterArns": []})


def _arn(clients: Clients, name: str, region: str = HOME_REGION) -> str:
    return f"arn:aws:ecs:{region}:{clients.account_id}:{name}"


# ------------------------------------------------------------------- clusters
def _tell_of_clusters(clients: Clients) -> None:
    insights = {word: [{"name": "containerInsights", "value": word}] for word in ("enabled", "enhanced", "disabled")}
    settings = {**insights, "silent": [], "gone": insights["enabled"], "missing": []}
    arns = [_arn(clients, f"cluster/{name}") for name in settings]

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        told = []
        for name in (arn.rpartition("/")[2] for arn in asked["clusters"]):
            status = "INACTIVE" if name == "gone" else "ACTIVE"
            facts = {"clusterArn": _arn(clients, f"cluster/{name}"), "clusterName": name, "status": status}
            told += [] if name == "missing" else [{**facts, "settings": settings[name]}]
        missing = [{"arn": arn, "reason": "MISSING"} for arn in asked["clusters"] if arn.endswith("/missing")]
        return {"clusters": told, "failures": missing}

    tell(clients, "ecs", "ListClusters", {"clusterArns": arns})
    tell(clients, "ecs", "DescribeClusters", describe)


# ------------------------------------------------------------------- services
def _addresses(word: str) -> dict[str, Any]:
    return {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": word}}}


def _services(clients: Clients) -> dict[str, dict[str, Any]]:
    fargate = {"launchType": "FARGATE"}
    linux, windows = {**fargate, "platformFamily": "Linux"}, {**fargate, "platformFamily": "Windows"}
    sets = {"open": _addresses("ENABLED"), "closed": _addresses("DISABLED"), "hosted": {}}
    sets["stopping"] = {**sets["open"], "status": "DRAINING"}
    return {
        "on-ec2": {"launchType": "EC2"},
        "on-ec2-open": {"launchType": "EC2", **_addresses("ENABLED")},
        "latest": {**linux, "platformVersion": "LATEST", **_addresses("DISABLED")},
        "current": {**linux, "platformVersion": "1.4.0", **_addresses("ENABLED")},
        "old": {**linux, "platformVersion": "1.3.0"},
        "later": {**linux, "platformVersion": "1.5.0"},
        "windows-current": {**windows, "platformVersion": "1.0.0"},
        "windows-latest": {**windows, "platformVersion": "LATEST"},
        "windows-old": {**windows, "platformVersion": "0.9.0"},
        "family-untold": {**fargate, "platformVersion": "1.3.0"},
        "on-spot-old": {
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "platformFamily": "Linux",
            "platformVersion": "1.3.0",
        },
        "going": {"launchType": "EC2", "status": "INACTIVE", **_addresses("ENABLED")},
        "deployed-otherwise": {"taskSets": [_task_set(clients, name, facts) for name, facts in sets.items()]},
    }


def _task_set(clients: Clients, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    of = "enabled/deployed-otherwise"
    named = {"id": f"ecs-svc/{name}", "taskSetArn": _arn(clients, f"task-set/{of}/ecs-svc/{name}")}
    owners = {"clusterArn": _arn(clients, "cluster/enabled"), "serviceArn": _arn(clients, f"service/{of}")}
    return {**named, **owners, "status": "ACTIVE", **facts}


def _tell_of_services(clients: Clients) -> None:
    told = _services(clients)
    arns = {name: _arn(clients, f"service/enabled/{name}") for name in told}
    cluster = _arn(clients, "cluster/enabled")

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        names = [arn.rpartition("/")[2] for arn in asked["services"]]
        plain = {"clusterArn": cluster, "status": "ACTIVE"}
        services = [{"serviceName": name, "serviceArn": arns[name], **plain, **told[name]} for name in names]
        return {"services": services, "failures": []}

    def list_services(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["cluster"].endswith("/missing"):
            raise AwsError("ClusterNotFoundException", "Cluster not found.", 400)
        return {"serviceArns": list(arns.values()) if asked["cluster"] == cluster else []}

    tell(clients, "ecs", "ListServices", list_services)
    tell(clients, "ecs", "DescribeServices", describe)


# ----------------------------------------------------------- task definitions
def _container(name: str = "web", **facts: Any) -> dict[str, Any]:
    good = {"image": "web", "readonlyRootFilesystem": True, "logConfiguration": DELIVERED}
    return {key: value for key, value in {"name": name, **good, **facts}.items() if value is not None}


def _logging(**options: str) -> dict[str, Any]:
    return {"logDriver": "awslogs", "options": options}


def _definitions() -> dict[str, dict[str, Any]]:
    """What they say, by their names."""
    writable = _container("writable", readonlyRootFilesystem=None)
    contents: dict[str, list[dict[str, Any]]] = {
        "good": [_container()],
        "writable": [_container(), writable],
        "privileged": [_container(), _container("root", privileged=True)],
        "silent": [_container(logConfiguration=None)],
        "half-silent": [_container(), _container("silent", logConfiguration=None)],
        "blocking": [_container(logConfiguration=_logging(mode="blocking"))],
        "mode-untold": [_container(logConfiguration=_logging())],
        "one-blocking": [_container(), _container("waits", logConfiguration=_logging(mode="blocking"))],
        "secretive": [_container(environment=[{"name": "DB_PASSWORD", "value": PASSWORD}])],
        "harmless": [_container(environment=[{"name": "STAGE", "value": "test"}])],
        "referring": [_container(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:::parameter/db"}])],
        "none": [],
    }
    told: dict[str, dict[str, Any]] = {name: {"containerDefinitions": each} for name, each in contents.items()}
    for mode in ("host", "task"):
        told[f"pid-{mode}"] = {"containerDefinitions": [_container()], "pidMode": mode}
    users = {"untold": None, "root": "root", "zero": "0", "somebody": "1000", "privileged": None}
    for name, user in users.items():
        container = _container(user=user, privileged=name == "privileged")
        told[f"host-{name}"] = {"containerDefinitions": [container], "networkMode": "host"}
    for mode in ("bridge", "awsvpc", "none"):
        told[f"network-{mode}"] = {"containerDefinitions": [_container()], "networkMode": mode}
    windows = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    told["windows"] = {"containerDefinitions": [writable], "runtimePlatform": windows}
    told["vanished"] = {}
    return {f"{name}:1": each for name, each in told.items()} | {"good:2": told["writable"]}


def _tell_of_definitions(clients: Clients, told: Mapping[str, dict[str, Any]]) -> None:
    arns = {name: _arn(clients, f"task-definition/{name}") for name in told}

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["taskDefinition"].rpartition("/")[2]
        if name.startswith("vanished"):
            raise AwsError("ClientException", "Unable to describe task definition.", 400)
        family, _, revision = name.partition(":")
        named = {"taskDefinitionArn": arns[name], "family": family, "revision": int(revision), "status": "ACTIVE"}
        return {"taskDefinition": {**named, "registeredAt": ago(1), **told[name]}, "tags": []}

    tell(clients, "ecs", "ListTaskDefinitions", {"taskDefinitionArns": list(arns.values())})
    tell(clients, "ecs", "DescribeTaskDefinition", describe)
    tell(clients, "ecs", "ListAccountSettings", {"settings": []})


STATES: Final = (
    State("tasks", "500000001522", seed, services=("ecs",)),
    State("newest_tasks", "500000001523", newest, services=("ecs",), config={"max_ecs_task_definitions": 3}),
)
