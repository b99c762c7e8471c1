from __future__ import annotations

import base64
from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass, Region
from aioprowler.declarations.failure import Failure, GapError, UnreadableError
from aioprowler.declarations.resources import Seen
from aioprowler.services.sagemaker.checks.domain import sagemaker_domain_sso_configured
from aioprowler.services.sagemaker.checks.hosting import (
    sagemaker_endpoint_config_kms_encryption_enabled,
    sagemaker_endpoint_config_prod_variant_instances,
    sagemaker_models_network_isolation_enabled,
    sagemaker_models_vpc_settings_configured,
)
from aioprowler.services.sagemaker.checks.notebook import (
    sagemaker_notebook_instance_encryption_enabled,
    sagemaker_notebook_instance_no_secrets,
    sagemaker_notebook_instance_root_access_disabled,
    sagemaker_notebook_instance_vpc_settings_configured,
    sagemaker_notebook_instance_without_direct_internet_access_configured,
)
from aioprowler.services.sagemaker.checks.region import (
    sagemaker_clarify_exists,
    sagemaker_models_monitor_enabled,
    sagemaker_models_registry_in_use,
)
from aioprowler.services.sagemaker.checks.training import (
    sagemaker_training_jobs_intercontainer_encryption_enabled,
    sagemaker_training_jobs_network_isolation_enabled,
    sagemaker_training_jobs_volume_and_output_encryption_enabled,
    sagemaker_training_jobs_vpc_settings_configured,
)
from aioprowler.services.sagemaker.instance_types import has_local_storage
from aioprowler.services.sagemaker.resources import (
    Application,
    ApprovedModels,
    Domain,
    EndpointConfig,
    InstanceGroup,
    LifecycleConfig,
    Model,
    MonitoringSchedule,
    NotebookInstance,
    NotebookSettings,
    ProcessingJob,
    ResourceConfig,
    Script,
    Serverless,
    TrainingJob,
    Variant,
    VpcConfig,
    scripts_of,
)
from tests.worlds.world import ACCOUNT, World, denied, error, findings_of, verdicts

HOME = "us-east-1"
HERE = Region(name=HOME, account=ACCOUNT)
NOTEBOOK = NotebookInstance(name="forecasts", arn="arn")
NETWORK = VpcConfig(subnets=("subnet-1",))
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"


# --- Notebook instances ---


@pytest.mark.parametrize(("key", "verdict"), [("alias/notebooks", Pass), ("", Fail)])
def test_the_key_of_a_notebook(key: str, verdict: type) -> None:
    found = sagemaker_notebook_instance_encryption_enabled(NOTEBOOK, NotebookSettings(kms_key_id=key))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("subnet", "verdict"), [("subnet-1", Pass), ("", Fail)])
def test_the_network_of_a_notebook(subnet: str, verdict: type) -> None:
    found = sagemaker_notebook_instance_vpc_settings_configured(NOTEBOOK, NotebookSettings(subnet_id=subnet))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("word", "verdict"), [("Disabled", Pass), ("Enabled", Fail), ("Sometimes", Manual)])
def test_root_and_the_internet(word: str, verdict: type) -> None:
    settings = NotebookSettings(root_access=word, direct_internet_access=word)
    assert isinstance(sagemaker_notebook_instance_root_access_disabled(NOTEBOOK, settings), verdict)
    found = sagemaker_notebook_instance_without_direct_internet_access_configured(NOTEBOOK, settings)
    assert isinstance(found, verdict)


def test_root_access_is_on_by_default_and_of_the_internet_nothing_is_made_up() -> None:
    found = sagemaker_notebook_instance_root_access_disabled(NOTEBOOK, NotebookSettings())
    assert found == Fail("SageMaker notebook instance forecasts has root access.")
    with pytest.raises(UnreadableError, match="DirectInternetAccess"):
        sagemaker_notebook_instance_without_direct_internet_access_configured(NOTEBOOK, NotebookSettings())


def in_base64(text: str) -> Script:
    return Script(base64.b64encode(text.encode()).decode())


def test_scripts_are_decoded_and_told_apart() -> None:
    config = LifecycleConfig(on_create=(in_base64("a"), in_base64("b")), on_start=(Script("/w=="),))
    assert scripts_of(config) == {"script OnCreate": "a", "script OnCreate 2": "b", "script OnStart": None}


def notebook(name: str, config: str = "") -> dict[str, str]:
    named = {"NotebookInstanceName": name, "NotebookInstanceArn": f"arn:{name}", "NotebookInstanceStatus": "InService"}
    return {**named, "NotebookInstanceLifecycleConfigName": config} if config else named


def lifecycle(_account: Any, _region: str, params: dict[str, str]) -> Any:
    if params["NotebookInstanceLifecycleConfigName"] == "gone":
        return error("ValidationException", "Notebook Instance Lifecycle Config does not exist.")
    script = "\nPASSWORD=tr0ub4dor" if params["NotebookInstanceLifecycleConfigName"] == "bad" else "pip install pandas"
    return {"OnStart": [{"Content": base64.b64encode(script.encode()).decode()}]}


def test_secrets_in_scripts() -> None:
    listed = [
        notebook("none"),
        notebook("a", "bad"),
        notebook("b", "bad"),
        notebook("c", "good"),
        notebook("d", "gone"),
    ]
    going = {**notebook("going", "bad"), "NotebookInstanceStatus": "Deleting"}
    world = World(
        {
            ("sagemaker:ListNotebookInstances", HOME): {"NotebookInstances": [*listed, going]},
            "sagemaker:DescribeNotebookInstanceLifecycleConfig": lifecycle,
        }
    )
    found = findings_of(world, sagemaker_notebook_instance_no_secrets.id)
    statuses = {each.resource_id: each.status for each in found}
    assert statuses == {"none": "PASS", "a": "FAIL", "b": "FAIL", "c": "PASS", "d": "MANUAL"}
    assert world.calls["sagemaker:DescribeNotebookInstanceLifecycleConfig"] == 3
    assert "script OnStart: Password on line 2" in next(each.status_detail for each in found if each.resource_id == "a")


def test_nothing_is_said_of_a_notebook_that_is_gone_meanwhile() -> None:
    world = World(
        {
            ("sagemaker:ListNotebookInstances", HOME): {"NotebookInstances": [notebook("gone")]},
            "sagemaker:DescribeNotebookInstance": error("ValidationException", "RecordNotFound"),
        }
    )
    assert findings_of(world, sagemaker_notebook_instance_encryption_enabled.id) == []


# --- Training jobs ---


NOTHING = ResourceConfig()


def job(machines: ResourceConfig = NOTHING, **more: Any) -> TrainingJob:
    return TrainingJob(name="forecasts", arn="arn", resource_config=machines, **more)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_switches_of_training_jobs(on: bool, verdict: type) -> None:
    assert isinstance(sagemaker_training_jobs_network_isolation_enabled(job(isolated=on)), verdict)
    assert isinstance(sagemaker_training_jobs_intercontainer_encryption_enabled(job(encrypts_traffic=on)), verdict)
    network = NETWORK if on else None
    assert isinstance(sagemaker_training_jobs_vpc_settings_configured(job(vpc_config=network)), verdict)


def groups(*types: str) -> tuple[InstanceGroup, ...]:
    return tuple(map(InstanceGroup, types))


@pytest.mark.parametrize(
    ("machines", "verdict"),
    [
        (ResourceConfig("ml.m5.xlarge", volume_kms_key_id="k"), Pass),
        (ResourceConfig("ml.m5.xlarge"), Fail),
        (ResourceConfig("ml.g5.2xlarge"), Pass),
        (ResourceConfig(instance_groups=groups("ml.p4d.24xlarge", "ml.trn1.32xlarge")), Pass),
        (ResourceConfig(instance_groups=groups("ml.p4d.24xlarge", "ml.c5.xlarge")), Fail),
        (ResourceConfig(), Fail),
    ],
)
def test_volumes_of_training_jobs(machines: ResourceConfig, verdict: type) -> None:
    assert isinstance(sagemaker_training_jobs_volume_and_output_encryption_enabled(job(machines)), verdict)


LOCAL = (
    "c5d c6gd c6id dl1 g4dn g5 g6 g6e gr6 m5d m6gd m6id p3dn p4d p4de p5 p5e p5en p6-b200 p6e-gb200 r5d "
    "r6gd r6id r7gd trn1 trn1n trn2"
)
EBS = "c4 c5 c5n c6g c6gn c6i c6in c7g c7i c8g g5g inf1 inf2 m4 m5 m6g m6i m7i m8g p2 p3 r5 r6g r6i r7i r8g t2 t3"


@pytest.mark.parametrize("family", LOCAL.split())
def test_families_with_local_storage(family: str) -> None:
    assert has_local_storage(f"ml.{family}.xlarge")


@pytest.mark.parametrize("family", EBS.split())
def test_families_without(family: str) -> None:
    assert not has_local_storage(f"ml.{family}.xlarge")


def training_world(details: Any = None) -> World:
    listed = [
        {
            "TrainingJobName": f"job-{number}",
            "TrainingJobArn": f"arn:{number}",
            "TrainingJobStatus": "Completed",
            "CreationTime": f"2026-05-0{number}T00:00:00Z",
        }
        for number in (1, 3, 2)
    ]
    detail = {"EnableNetworkIsolation": True, "ResourceConfig": {"VolumeSizeInGB": 1}}
    return World(
        {
            ("sagemaker:ListTrainingJobs", HOME): {"TrainingJobSummaries": listed},
            "sagemaker:DescribeTrainingJob": details or detail,
        }
    )


def test_only_so_many_training_jobs_are_asked_about() -> None:
    world = training_world()
    config = {"max_sagemaker_training_jobs": 2}
    found = findings_of(world, sagemaker_training_jobs_network_isolation_enabled.id, config=config)
    assert [each.resource_id for each in found] == ["job-2", "job-3"]
    assert world.calls["sagemaker:DescribeTrainingJob"] == 2


@pytest.mark.parametrize(
    ("answer", "statuses"),
    [
        (error("ValidationException", "Requested resource not found."), set()),
        (error("ResourceNotFound"), set()),
        (error("ValidationException", "1 validation error detected"), {"MANUAL"}),
        (denied("sagemaker:DescribeTrainingJob"), {"MANUAL"}),
    ],
)
def test_training_jobs_that_cannot_be_described(answer: Exception, statuses: set[str]) -> None:
    found = findings_of(training_world(answer), sagemaker_training_jobs_network_isolation_enabled.id)
    assert {each.status for each in found} == statuses


# --- Models and hosting ---


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_models(on: bool, verdict: type) -> None:
    model = Model(name="forecasts", arn="arn", isolated=on, vpc_config=NETWORK if on else VpcConfig(subnets=()))
    assert isinstance(sagemaker_models_network_isolation_enabled(model), verdict)
    assert isinstance(sagemaker_models_vpc_settings_configured(model), verdict)


def config(*variants: Variant, key: str = "", shadows: tuple[Variant, ...] = ()) -> EndpointConfig:
    return EndpointConfig(name="forecasts", arn="arn", kms_key_id=key, variants=variants, shadows=shadows)


EBS_VARIANT, LOCAL_VARIANT = Variant("a", "ml.m5.large", 2), Variant("b", "ml.g5.xlarge", 2)
SERVERLESS = Variant("c", serverless_config=Serverless())


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (config(EBS_VARIANT, key="k"), Pass),
        (config(EBS_VARIANT), Fail),
        (config(SERVERLESS), Fail),
        (config(LOCAL_VARIANT), Pass),
        (config(LOCAL_VARIANT, EBS_VARIANT), Fail),
        (config(LOCAL_VARIANT, shadows=(LOCAL_VARIANT,)), Pass),
        (config(LOCAL_VARIANT, shadows=(EBS_VARIANT,)), Fail),
        (config(), Fail),
    ],
)
def test_keys_of_endpoint_configurations(made: EndpointConfig, verdict: type) -> None:
    assert isinstance(sagemaker_endpoint_config_kms_encryption_enabled(made), verdict)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (config(EBS_VARIANT, LOCAL_VARIANT), Pass),
        (config(EBS_VARIANT, Variant("d", "ml.m5.large", 1)), Fail),
        (config(Variant("d", "ml.m5.large", 0)), Fail),
        (config(SERVERLESS), Pass),
    ],
)
def test_instances_of_endpoint_configurations(made: EndpointConfig, verdict: type) -> None:
    assert isinstance(sagemaker_endpoint_config_prod_variant_instances(made), verdict)


def test_how_many_instances_there_are_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="InitialInstanceCount"):
        sagemaker_endpoint_config_prod_variant_instances(config(Variant("d", "ml.m5.large")))


@pytest.mark.parametrize(
    ("check", "listing", "describe", "item", "said"),
    [
        (
            sagemaker_models_network_isolation_enabled,
            ("ListModels", "Models"),
            "DescribeModel",
            {"ModelName": "m", "ModelArn": "arn"},
            'Could not find model "arn".',
        ),
        (
            sagemaker_endpoint_config_kms_encryption_enabled,
            ("ListEndpointConfigs", "EndpointConfigs"),
            "DescribeEndpointConfig",
            {"EndpointConfigName": "m", "EndpointConfigArn": "arn"},
            'Could not find endpoint configuration "arn".',
        ),
    ],
)
def test_nothing_is_said_of_what_is_gone_meanwhile(
    check: Any, listing: tuple[str, str], describe: str, item: dict[str, str], said: str
) -> None:
    world = World(
        {
            (f"sagemaker:{listing[0]}", HOME): {listing[1]: [item]},
            f"sagemaker:{describe}": error("ValidationException", said),
        }
    )
    assert findings_of(world, check.id) == []
    world.replies[f"sagemaker:{describe}"] = error("ValidationException", "another")
    assert [each.status for each in findings_of(world, check.id)] == ["MANUAL"]


# --- Domains ---


@pytest.mark.parametrize(
    ("mode", "more", "verdict"),
    [
        ("SSO", {"sso_instance": "ins-1"}, Pass),
        ("SSO", {"sso_application": "arn"}, Pass),
        ("SSO", {}, Fail),
        ("IAM", {"sso_instance": "ins-1"}, Fail),
        ("PASSKEY", {"sso_instance": "ins-1"}, Manual),
    ],
)
def test_domains(mode: str, more: dict[str, Any], verdict: type) -> None:
    domain = Domain(domain_id="d-1", arn="arn", domain_name="science", auth_mode=mode, **more)
    assert domain.label == "SageMaker domain science"
    assert isinstance(sagemaker_domain_sso_configured(domain), verdict)


def test_domains_that_are_being_made_and_regions_without_studio() -> None:
    domains = [
        {"DomainId": status, "DomainArn": f"arn:{status}", "DomainName": status, "Status": status}
        for status in ("InService", "Pending", "Deleting", "Failed", "Update_Failed")
    ]
    world = World(
        {
            ("sagemaker:ListDomains", HOME): {"Domains": domains},
            ("sagemaker:ListDomains", "eu-west-1"): error("UnknownOperationException"),
            "sagemaker:DescribeDomain": {"AuthMode": "IAM"},
        }
    )
    found = findings_of(world, sagemaker_domain_sso_configured.id)
    assert {each.resource_id: each.status for each in found} == {"InService": "FAIL", "Update_Failed": "FAIL"}


# --- Regions ---


def processing(name: str, image: str, region: str = HOME) -> ProcessingJob:
    return ProcessingJob(name=name, arn=f"arn:{name}", application=Application(image), region=region)


BIAS, OWN, AWAY = processing("bias", CLARIFY), processing("own", "own:1"), processing("away", CLARIFY, "eu-west-1")
GAP = Failure("denied", "sagemaker:DescribeProcessingJob", "AccessDenied")


def test_processing_jobs_of_clarify_are_told_one_by_one() -> None:
    (found,) = sagemaker_clarify_exists(HERE, (BIAS, OWN), Seen((BIAS, OWN, AWAY)))
    assert isinstance(found, Pass)
    assert found.resource is BIAS
    assert [type(each) for each in sagemaker_clarify_exists(HERE, (OWN,), Seen((OWN, AWAY)))] == [Fail]


def test_what_could_not_be_read_matters_where_no_job_is_one_of_clarify() -> None:
    assert [type(each) for each in sagemaker_clarify_exists(HERE, GAP, Seen((BIAS,), gap=GAP))] == [Pass]
    assert [type(each) for each in sagemaker_clarify_exists(HERE, (), Seen((), gap=GAP))] == [Fail]
    with pytest.raises(GapError):
        list(sagemaker_clarify_exists(HERE, GAP, Seen((OWN,), gap=GAP)))


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(["Stopped", "Scheduled"], Pass), ([], Fail), (["Stopped", "Failed", "Pending"], Fail)],
)
def test_monitoring(statuses: list[str], verdict: type) -> None:
    schedules = tuple(MonitoringSchedule(name=each, arn=f"arn:{each}", status=each) for each in statuses)
    found = sagemaker_models_monitor_enabled(HERE, schedules)
    assert isinstance(found, verdict)
    assert (getattr(found.resource, "name", None)) == ("Scheduled" if verdict is Pass else None)


def test_a_region_without_model_monitor_is_not_judged() -> None:
    world = World({("sagemaker:ListMonitoringSchedules", HOME): error("UnknownOperationException")})
    assert verdicts(world, sagemaker_models_monitor_enabled.id) == {
        (sagemaker_models_monitor_enabled.id, "eu-west-1", "SageMaker Monitoring Schedules"): "FAIL"
    }


@pytest.mark.parametrize(("exist", "verdict"), [(True, Pass), (False, Fail)])
def test_the_registry(exist: bool, verdict: type) -> None:
    assert isinstance(sagemaker_models_registry_in_use(HERE, ApprovedModels(exist=exist)), verdict)


def test_the_registry_is_read_as_far_as_the_first_approved_model() -> None:
    def page(_account: Any, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        assert (params["ModelPackageType"], params["ModelApprovalStatus"]) == ("Versioned", "Approved")
        if "NextToken" not in params:
            return {"ModelPackageSummaryList": [], "NextToken": "more"}
        return {"ModelPackageSummaryList": [{"ModelPackageArn": "arn"}], "NextToken": "even more"}

    check = sagemaker_models_registry_in_use.id
    world = World({("sagemaker:ListModelPackages", HOME): page, "sagemaker:ListModelPackages": denied()})
    registry = "SageMaker Model Registry"
    assert verdicts(world, check) == {(check, HOME, registry): "PASS", (check, "eu-west-1", registry): "MANUAL"}
    assert world.calls["sagemaker:ListModelPackages"] == 3
