"""ECS's checks on literals, and which task definitions are looked at."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, Secret
from aioprowler.declarations.failure import GapError
from aioprowler.services.ecs.checks import (
    ecs_cluster_container_insights_enabled,
    ecs_service_fargate_latest_platform_version,
    ecs_service_no_assign_public_ip,
    ecs_task_definitions_containers_readonly_access,
    ecs_task_definitions_host_namespace_not_shared,
    ecs_task_definitions_host_networking_mode_users,
    ecs_task_definitions_logging_block_mode,
    ecs_task_definitions_logging_enabled,
    ecs_task_definitions_no_environment_secrets,
    ecs_task_definitions_no_privileged_containers,
    ecs_task_set_no_assign_public_ip,
)
from aioprowler.services.ecs.newest import task_definitions
from aioprowler.services.ecs.resources import (
    AccountSettings,
    AwsvpcConfiguration,
    Cluster,
    ClusterSettings,
    Container,
    Contents,
    EnvironmentSecrets,
    LogConfiguration,
    NetworkConfiguration,
    Platform,
    ProviderShare,
    Service,
    Setting,
    TaskDefinition,
    TaskSet,
    Variable,
    environments,
)

PLACE: dict[str, Any] = {"region": "eu-west-1", "account": Account(id="123456789012")}
PREFIX = "arn:aws:ecs:eu-west-1:123456789012:"
CLUSTER = Cluster(arn=f"{PREFIX}cluster/shop", **PLACE)
WEB = TaskDefinition(arn=f"{PREFIX}task-definition/web:3", **PLACE)
DENIED = Failure("denied", "ecs:ListAccountSettings", "AccessDeniedException")


def service(**facts: Any) -> Service:
    return Service(arn=f"{PREFIX}service/shop/web", cluster_arn=CLUSTER.arn, **facts, **PLACE)


def network(word: str) -> NetworkConfiguration:
    return NetworkConfiguration(awsvpc_configuration=AwsvpcConfiguration(assign_public_ip=word))


def contents(*containers: Container, **facts: Any) -> Contents:
    return Contents(containers=containers, **facts)


def logging(name: str, driver: str = "awslogs", **options: str) -> Container:
    return Container(name=name, log_configuration=LogConfiguration(log_driver=driver, options=options))


def test_things_are_named_as_in_their_arns() -> None:
    assert (CLUSTER.name, WEB.name) == ("shop", "web:3")
    web = service()
    assert (web.path, web.name, web.cluster) == ("shop/web", "web", "shop")
    old = Service(arn=f"{PREFIX}service/web", cluster_arn=CLUSTER.arn, **PLACE)
    assert (old.path, old.name, old.cluster) == ("web", "web", "shop")


# ------------------------------------------------------------------- clusters
@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ((Setting(name="containerInsights", value="enabled"),), Pass),
        ((Setting(name="containerInsights", value="enhanced"),), Pass),
        ((Setting(name="containerInsights", value="disabled"),), Fail),
        ((Setting(name="containerInsights", value="perhaps"),), Manual),
        ((Setting(name="other", value="enabled"),), Fail),
        ((), Fail),
    ],
)
def test_container_insights(settings: tuple[Setting, ...], verdict: type) -> None:
    found = ecs_cluster_container_insights_enabled(CLUSTER, ClusterSettings(status="ACTIVE", settings=settings))
    assert isinstance(found, verdict)


@pytest.mark.parametrize("settings", [ClusterSettings(status="INACTIVE"), None])
def test_nothing_is_said_of_a_deleted_cluster(settings: ClusterSettings | None) -> None:
    assert ecs_cluster_container_insights_enabled(CLUSTER, settings) is None


# ------------------------------------------------------------------- services
@pytest.mark.parametrize(
    ("family", "version", "verdict"),
    [
        ("Linux", "1.4.0", Pass),
        ("LINUX", "1.3.0", Fail),
        ("Linux", "1.10.0", Pass),
        ("Linux", "LATEST", Pass),
        ("Windows", "LATEST", Pass),
        ("WINDOWS_SERVER_2022_CORE", "1.0.0", Pass),
        ("Windows", "0.9", Fail),
        ("", "1.4.0", Manual),
        ("Plan9", "1.4.0", Manual),
        ("", "LATEST", Pass),
    ],
)
def test_fargate_versions(family: str, version: str, verdict: type) -> None:
    judged = service(launch_type="FARGATE", platform_family=family, platform_version=version)
    assert isinstance(ecs_service_fargate_latest_platform_version(judged), verdict)


def test_fargate_is_where_a_launch_type_or_a_capacity_provider_says_so() -> None:
    spot = (ProviderShare(capacity_provider="mine"), ProviderShare(capacity_provider="FARGATE_SPOT"))
    old = {"platform_family": "Linux", "platform_version": "1.3.0"}
    assert isinstance(
        ecs_service_fargate_latest_platform_version(service(capacity_provider_strategy=spot, **old)), Fail
    )
    assert ecs_service_fargate_latest_platform_version(service(launch_type="EC2", **old)) is None
    assert ecs_service_fargate_latest_platform_version(service(capacity_provider_strategy=spot[:1], **old)) is None


def test_which_version_of_fargate_is_the_latest_is_configured() -> None:
    judged = service(launch_type="FARGATE", platform_family="Linux", platform_version="1.4.0")
    assert isinstance(ecs_service_fargate_latest_platform_version(judged, fargate_linux_latest_version="1.5.0"), Fail)


@pytest.mark.parametrize(
    ("configuration", "verdict"),
    [
        (network("ENABLED"), Fail),
        (network("DISABLED"), Pass),
        (network("PERHAPS"), Manual),
        (NetworkConfiguration(), Pass),
    ],
)
def test_public_addresses(configuration: NetworkConfiguration, verdict: type) -> None:
    judged = service(network_configuration=configuration)
    assert isinstance(ecs_service_no_assign_public_ip(judged), verdict)
    task_set = TaskSet(id="ecs-svc/1", arn="arn", network_configuration=configuration)
    (told,) = ecs_task_set_no_assign_public_ip(service(task_sets=(task_set,)))
    assert isinstance(told, verdict)
    assert (told.resource_id, told.resource_arn) == ("ecs-svc/1", "arn")


def test_nothing_is_said_of_a_task_set_that_is_being_stopped() -> None:
    going = TaskSet(id="1", arn="arn", status="DRAINING", network_configuration=network("ENABLED"))
    assert list(ecs_task_set_no_assign_public_ip(service(task_sets=(going,)))) == []


# ----------------------------------------------------------- task definitions
def test_a_container_that_can_write_is_named() -> None:
    closed, open_ = Container(name="a", readonly_root_filesystem=True), Container(name="b")
    assert isinstance(ecs_task_definitions_containers_readonly_access(WEB, contents(closed)), Pass)
    found = ecs_task_definitions_containers_readonly_access(WEB, contents(closed, open_))
    assert isinstance(found, Fail)
    assert found.detail.endswith(": b.")


def test_windows_has_no_root_file_system_that_can_only_be_read() -> None:
    windows = Platform(operating_system_family="WINDOWS_SERVER_2022_CORE")
    judged = contents(Container(name="a"), runtime_platform=windows)
    assert ecs_task_definitions_containers_readonly_access(WEB, judged) is None


@pytest.mark.parametrize(("mode", "verdict"), [("", Pass), ("task", Pass), ("host", Fail), ("galaxy", Manual)])
def test_process_namespaces(mode: str, verdict: type) -> None:
    assert isinstance(ecs_task_definitions_host_namespace_not_shared(WEB, contents(pid_mode=mode)), verdict)


@pytest.mark.parametrize(
    ("mode", "container", "verdict"),
    [
        ("host", Container(name="a"), Fail),
        ("host", Container(name="a", user="root"), Fail),
        ("host", Container(name="a", user="0:0"), Fail),
        ("host", Container(name="a", user="root:wheel"), Fail),
        ("host", Container(name="a", user="1000:0"), Pass),
        ("host", Container(name="a", user="rooty"), Pass),
        ("host", Container(name="a", privileged=True), Pass),
        ("bridge", Container(name="a"), Pass),
        ("galaxy", Container(name="a"), Manual),
    ],
)
def test_users_in_the_network_of_the_host(mode: str, container: Container, verdict: type) -> None:
    found = ecs_task_definitions_host_networking_mode_users(WEB, contents(container, network_mode=mode))
    assert isinstance(found, verdict)


def account(mode: str | None = None) -> AccountSettings:
    return AccountSettings(settings=(Setting(name="defaultLogDriverMode", value=mode),) if mode else ())


@pytest.mark.parametrize(
    ("containers", "settings", "verdict"),
    [
        ([logging("a", mode="non-blocking")], account("blocking"), Pass),
        ([logging("a", mode="blocking")], account(), Fail),
        ([logging("a", mode="blocking"), logging("b")], DENIED, Fail),
        ([logging("a", mode="non-blocking"), Container(name="b")], DENIED, Pass),
        ([logging("a")], account(), Pass),
        ([logging("a")], account("non-blocking"), Pass),
        ([logging("a")], account("blocking"), Fail),
        ([logging("a")], account("perhaps"), Manual),
        ([logging("a", mode="perhaps")], account(), Manual),
        ([logging("a", mode="perhaps"), logging("b", mode="blocking")], account(), Fail),
    ],
)
def test_log_modes(containers: list[Container], settings: AccountSettings | Failure, verdict: type) -> None:
    assert isinstance(ecs_task_definitions_logging_block_mode(WEB, contents(*containers), settings), verdict)


def test_log_modes_that_the_account_decides_are_unknown_where_it_does_not_tell() -> None:
    with pytest.raises(GapError):
        ecs_task_definitions_logging_block_mode(WEB, contents(logging("a")), DENIED)


def test_nothing_waits_for_logs_where_there_are_none() -> None:
    assert ecs_task_definitions_logging_block_mode(WEB, contents(Container(name="a")), account()) is None


@pytest.mark.parametrize(
    ("containers", "verdict"),
    [([logging("a")], Pass), ([logging("a"), Container(name="b")], Fail), ([logging("a", driver="none")], Fail)],
)
def test_containers_log(containers: list[Container], verdict: type) -> None:
    assert isinstance(ecs_task_definitions_logging_enabled(WEB, contents(*containers)), verdict)


@pytest.mark.parametrize(("privileged", "verdict"), [(False, Pass), (True, Fail)])
def test_privileged_containers(privileged: bool, verdict: type) -> None:
    judged = contents(Container(name="a"), Container(name="b", privileged=privileged))
    assert isinstance(ecs_task_definitions_no_privileged_containers(WEB, judged), verdict)


def test_variables_are_looked_into_by_container() -> None:
    variable = Variable(name="STAGE", value="test")
    judged = contents(Container(name="a", environment=(variable,)), Container(name="b", environment=(variable,)))
    assert list(environments(judged)) == ["container a, variable STAGE", "container b, variable STAGE"]
    assert all("test" in str(text) for text in environments(judged).values())


def test_a_variable_that_is_there_twice_is_looked_into_twice() -> None:
    twice = tuple(Variable(name="KEY", value=each) for each in ("tr0ub4dor", "harmless"))
    (text,) = environments(contents(Container(name="a", environment=twice))).values()
    assert text == '"KEY": "tr0ub4dor"\n"KEY": "harmless"'


def test_secrets_in_the_environment() -> None:
    found = EnvironmentSecrets(secrets={"container a, variable TOKEN": (Secret(kind="GitHub Token", line=0),)})
    told = ecs_task_definitions_no_environment_secrets(WEB, found)
    assert isinstance(told, Fail)
    assert "container a, variable TOKEN: GitHub Token" in told.detail
    assert isinstance(ecs_task_definitions_no_environment_secrets(WEB, EnvironmentSecrets()), Pass)


# --------------------------------------------------- which ones are looked at
class Registered:
    """AWS with task definitions: family and revision, and on which day of May each was registered."""

    def __init__(self, days: Mapping[str, int | None], *, denied: bool = False) -> None:
        self._days = days
        self._denied = denied
        self.asked: list[str] = []
        self.left_out = 0

    async def items(self, _service: str, _operation: str, _path: str, **params: Any) -> list[str]:
        assert params == {"sort": "DESC"}
        return [f"{PREFIX}task-definition/{name}" for name in self._days]

    async def find(self, *_: Any, **params: Any) -> dict[str, Any] | Failure | None:
        if self._denied:
            return Failure("denied", "ecs:DescribeTaskDefinition", "AccessDeniedException")
        name = params["taskDefinition"].rpartition("/")[2]
        self.asked.append(name)
        day = self._days[name]
        registered = datetime.datetime(2026, 5, day, tzinfo=datetime.UTC) if day else None
        return None if day == 0 else {"taskDefinition": {"registeredAt": registered}}

    def not_asked(self, _service: str, _operation: str, resources: int, /) -> None:
        self.left_out = resources


DAYS = {"web:12": 20, "web:9": 8, "web:2": 1, "api:3": 21, "api:2": 19, "api:1": 2, "old:1": 3}


def looked_at(aws: Registered, most: int) -> Any:
    region = Region(name="eu-west-1", account=PLACE["account"])

    async def run() -> Any:
        found = await task_definitions.function(region=region, aws=aws, max_ecs_task_definitions=most)
        return found if isinstance(found, Failure) else [each["Arn"].rpartition("/")[2] for each in found]

    return anyio.run(run)


@pytest.mark.parametrize("most", [0, 7, 100])
def test_all_task_definitions_are_looked_at(most: int) -> None:
    aws = Registered(DAYS)
    assert looked_at(aws, most) == list(DAYS)
    assert (aws.asked, aws.left_out) == ([], 0)


def test_the_newest_are_found_without_asking_about_all() -> None:
    aws = Registered(DAYS)
    assert looked_at(aws, 3) == ["api:3", "web:12", "api:2"]
    assert sorted(aws.asked) == ["api:1", "api:2", "api:3", "old:1", "web:12", "web:9"][1:]
    assert aws.left_out == 4


def test_what_is_gone_by_then_is_none_of_the_newest_and_what_tells_no_day_comes_last() -> None:
    days = {"web:2": 0, "web:1": 5, "api:2": None, "api:1": 4, "old:1": 3}
    assert looked_at(Registered(days), 2) == ["web:1", "old:1"]


def test_where_aws_does_not_tell_which_are_the_newest_there_are_none() -> None:
    assert isinstance(looked_at(Registered(DAYS, denied=True), 2), Failure)
