from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import anyio
import msgspec
import pytest

from aioprowler import Account, Downloads, Fail, Failure, Finding, Manual, Pass, SecretScanner
from aioprowler.judging.policies import Policy
from aioprowler.services.awslambda.checks.access import (
    awslambda_function_not_publicly_accessible,
    awslambda_function_url_cors_policy,
    awslambda_function_url_public,
    awslambda_function_using_cross_account_layers,
)
from aioprowler.services.awslambda.checks.function import (
    OBSOLETE,
    awslambda_function_env_vars_not_encrypted_with_cmk,
    awslambda_function_inside_vpc,
    awslambda_function_invoke_api_operations_cloudtrail_logging_enabled,
    awslambda_function_no_dead_letter_queue,
    awslambda_function_using_supported_runtimes,
    awslambda_function_vpc_multi_az,
)
from aioprowler.services.awslambda.resources import (
    Cors,
    Function,
    FunctionPolicy,
    FunctionUrl,
    FunctionUrls,
    LayerVersion,
    SubnetZones,
    layers_in_use,
)
from aioprowler.services.awslambda.runtimes import SUPPORTED_UNTIL
from aioprowler.services.cloudtrail.resources import Recorders, Trail
from aioprowler.services.cloudtrail.selectors import Selectors
from tests.services.made import made
from tests.worlds.world import TOOLS, FakeDownloads, World, denied, error, findings_of, verdicts

HOME, OWN, OTHER = "us-east-1", "123456789012", "999999999999"
NOW = datetime.datetime(2026, 11, 10, 12, tzinfo=datetime.UTC)
ARN = f"arn:aws:lambda:us-east-1:{OWN}:function:orders"
SECRET = "tr0ub4dor"


def told(**facts: Any) -> dict[str, Any]:
    return {"FunctionName": "orders", "FunctionArn": ARN, "PackageType": "Zip", **facts}


def function(**facts: Any) -> Function:
    return msgspec.convert({**told(**facts), "@account": Account(id=OWN), "@region": HOME}, Function)


# --- How it is set up ---


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Pass),
        ({"Environment": {"Variables": {}}}, Pass),
        ({"Environment": {"Variables": {"A": "b"}}}, Fail),
        ({"Environment": {"Error": {"ErrorCode": "AccessDeniedException"}}}, Fail),
        ({"Environment": {"Variables": {"A": "b"}}, "KMSKeyArn": "arn:aws:kms:us-east-1:1:key/k"}, Pass),
    ],
)
def test_keys_of_variables(facts: Any, verdict: type) -> None:
    assert isinstance(awslambda_function_env_vars_not_encrypted_with_cmk(function(**facts)), verdict)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}}, Fail),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}}, Pass),
    ],
)
def test_vpc(facts: Any, verdict: type) -> None:
    assert isinstance(awslambda_function_inside_vpc(function(**facts)), verdict)


@pytest.mark.parametrize(
    ("subnets", "verdict"),
    [
        (["subnet-a", "subnet-b"], Pass),
        (["subnet-a", "subnet-a2"], Fail),
        (["subnet-a"], Fail),
        (["subnet-a", "subnet-unknown"], Manual),
        (["subnet-a", "subnet-b", "subnet-unknown"], Pass),
    ],
)
def test_zones(subnets: list[str], verdict: type) -> None:
    zones = SubnetZones({"subnet-a": "us-east-1a", "subnet-a2": "us-east-1a", "subnet-b": "us-east-1b"})
    inside = function(VpcConfig={"SubnetIds": subnets, "VpcId": "vpc-1"})
    assert isinstance(awslambda_function_vpc_multi_az(inside, zones), verdict)
    assert not isinstance(awslambda_function_vpc_multi_az(inside, zones, lambda_min_azs=3), Pass)
    assert awslambda_function_vpc_multi_az(function(), zones) is None


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [({}, Fail), ({"DeadLetterConfig": {}}, Fail), ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:::q"}}, Pass)],
)
def test_dead_letters(facts: Any, verdict: type) -> None:
    assert isinstance(awslambda_function_no_dead_letter_queue(function(**facts)), verdict)


@pytest.mark.parametrize(
    ("runtime", "verdict"),
    [
        ("python3.14", Pass),
        ("dotnet8", Pass),  # its last day
        ("python3.10", Fail),  # ten days before
        ("python2.7", Fail),
        ("dotnet5.0", Fail),  # which is in the list of the configuration alone
        ("python9.9", Manual),
        (None, type(None)),
    ],
)
def test_runtimes(runtime: str | None, verdict: type) -> None:
    facts = {"Runtime": runtime} if runtime else {"PackageType": "Image"}
    assert isinstance(awslambda_function_using_supported_runtimes(function(**facts), NOW), verdict)


def test_runtimes_are_obsolete_by_configuration() -> None:
    newest = function(Runtime="python3.14")
    verdict = awslambda_function_using_supported_runtimes(newest, NOW, obsolete_lambda_runtimes=["python3.14"])
    assert isinstance(verdict, Fail)
    ends = [SUPPORTED_UNTIL[each] for each in OBSOLETE if each in SUPPORTED_UNTIL]
    assert [end for end in ends if end is None or end >= NOW.date()] == []


TRAIL = made(
    Trail, name="t", arn=f"arn:aws:cloudtrail:us-east-1:{OWN}:trail/t", home_region=HOME, is_multi_region=False
)
GAP = Failure("denied", "cloudtrail:GetEventSelectors", "AccessDenied")


def basic(*values: str, access: str = "All", kind: str = "AWS::Lambda::Function") -> dict[str, Any]:
    selector = {"ReadWriteType": access, "DataResources": [{"Type": kind, "Values": list(values)}]}
    return {"EventSelectors": [selector]}


def advanced(**conditions: list[str]) -> dict[str, Any]:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}]
    fields += [{"Field": name.replace("__", "."), "Equals": values} for name, values in conditions.items()]
    return {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}


FUNCTIONS = ["AWS::Lambda::Function"]


@pytest.mark.parametrize(
    ("selectors", "verdict"),
    [
        (basic("arn:aws:lambda"), Pass),
        (basic(ARN), Pass),
        (basic(f"{ARN}-other"), Fail),
        (basic("arn:aws:lambda", access="WriteOnly"), Pass),
        (basic("arn:aws:lambda", access="ReadOnly"), Fail),
        (basic("arn:aws:s3", kind="AWS::S3::Object"), Fail),
        (advanced(resources__type=FUNCTIONS), Pass),
        (advanced(resources__type=FUNCTIONS, resources__ARN=[ARN]), Pass),
        (advanced(resources__type=FUNCTIONS, resources__ARN=[f"{ARN}-other"]), Fail),
        (advanced(resources__type=FUNCTIONS, readOnly=["true"]), Fail),
        (advanced(resources__type=FUNCTIONS, readOnly=["false"], eventName=["Invoke"]), Pass),
        (advanced(resources__type=["AWS::S3::Object"]), Fail),
        ({}, Fail),
    ],
)
def test_trails(selectors: dict[str, Any], verdict: type) -> None:
    trails = Recorders(((TRAIL, msgspec.convert(selectors, Selectors)),))
    found = awslambda_function_invoke_api_operations_cloudtrail_logging_enabled(function(), trails, (TRAIL,))
    assert isinstance(found, verdict)


def test_a_trail_of_which_nothing_is_known_may_log() -> None:
    with pytest.raises(ValueError, match="GetEventSelectors"):
        awslambda_function_invoke_api_operations_cloudtrail_logging_enabled(
            function(), Recorders((), ((TRAIL, GAP),)), (TRAIL,)
        )


def test_a_trail_of_another_region_logs_nothing_here() -> None:
    far = made(Trail, name="t", arn=TRAIL.arn, home_region="eu-west-1", is_multi_region=False)
    trails = Recorders(((far, msgspec.convert(basic("arn:aws:lambda"), Selectors)),))
    found = awslambda_function_invoke_api_operations_cloudtrail_logging_enabled(function(), trails, ())
    assert isinstance(found, Fail)


# --- Who gets at it ---


def policy(principal: Any, **more: Any) -> FunctionPolicy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Resource": ARN, **more}
    return FunctionPolicy(policy=Policy.decode({"Statement": [statement]}))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, Pass),
        (policy("*"), Fail),
        (policy({"AWS": ["*"]}), Fail),
        (policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), Pass),
        (policy("*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}), Fail),
        (policy("*", Condition={"StringEquals": {"aws:SourceAccount": OWN}}), Pass),
        (policy({"AWS": f"arn:aws:iam::{OTHER}:root"}), Pass),
        (policy({"Service": "s3.amazonaws.com"}), Pass),
        (policy({"Service": "s3.amazonaws.com"}, Condition={"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}}), Pass),
    ],
)
def test_policies(found: FunctionPolicy | None, verdict: type) -> None:
    assert isinstance(awslambda_function_not_publicly_accessible(function(), found), verdict)


def url(auth_type: str, *origins: str, alias: str = "") -> FunctionUrl:
    return FunctionUrl(function_arn=f"{ARN}{alias and ':'}{alias}", auth_type=auth_type, cors=Cors(origins))


@pytest.mark.parametrize(
    ("urls", "public", "cors"),
    [
        ([url("AWS_IAM")], Pass, Pass),
        ([url("NONE", "*")], Fail, Fail),
        ([url("NONE", "https://example.com", "*")], Fail, Fail),
        ([url("AWS_IAM", "https://example.com")], Pass, Pass),
        ([url("OIDC")], Manual, Pass),
        ([url("AWS_IAM"), url("NONE", "*", alias="live")], Fail, Fail),
        ([], type(None), type(None)),
    ],
)
def test_urls(urls: list[FunctionUrl], public: type, cors: type) -> None:
    found = FunctionUrls(urls=tuple(urls))
    assert isinstance(awslambda_function_url_public(function(), found), public)
    assert isinstance(awslambda_function_url_cors_policy(function(), found), cors)


def test_urls_of_aliases_are_named() -> None:
    found = awslambda_function_url_public(function(), FunctionUrls(urls=(url("AWS_IAM"), url("NONE", alias="live"))))
    assert found == Fail("The URL of alias live of Lambda function orders has authentication NONE.")


def layer(account: str, name: str = "tools") -> dict[str, str]:
    return {"Arn": f"arn:aws:lambda:us-east-1:{account}:layer:{name}:3"}


@pytest.mark.parametrize(
    ("layers", "verdict"),
    [([], Pass), ([layer(OWN)], Pass), ([layer(OWN), layer(OTHER)], Fail), ([layer(OTHER)], Fail)],
)
def test_layers(layers: list[Any], verdict: type) -> None:
    assert isinstance(awslambda_function_using_cross_account_layers(function(Layers=layers)), verdict)


def test_functions_are_asked_by_name_and_no_policy_is_none() -> None:
    checks = ("awslambda_function_not_publicly_accessible", "awslambda_function_url_public")
    nothing = error("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    asked = world(told(), **{"lambda:GetPolicy": nothing, "lambda:ListFunctionUrlConfigs": nothing})
    assert verdicts(asked, *checks) == {(checks[0], HOME, "orders"): "PASS"}
    gone = error("ResourceNotFoundException", f"Function not found: {ARN}", 404)
    asked = world(told(), **{"lambda:GetPolicy": gone, "lambda:ListFunctionUrlConfigs": gone})
    assert verdicts(asked, *checks) == {}
    asked = world(told(), **{"lambda:GetPolicy": denied(), "lambda:ListFunctionUrlConfigs": denied()})
    assert set(verdicts(asked, *checks).values()) == {"MANUAL"}
    assert len(verdicts(asked, *checks)) == 2


# --- Secrets ---

CODE, VARIABLES, LAYER = (
    "awslambda_function_no_secrets_in_code",
    "awslambda_function_no_secrets_in_variables",
    "awslambda_layer_no_secrets_in_content",
)
LINK = "https://packages.example/orders"


def world(*functions: dict[str, Any], **replies: Any) -> World:
    return World({("lambda:ListFunctions", HOME): {"Functions": list(functions)}, **replies})


def package(**files: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def code(content: bytes, reply: Any = None, **options: Any) -> Finding:
    tools = {**TOOLS, Downloads: FakeDownloads({LINK: content})}
    answer = reply or {"Code": {"RepositoryType": "S3", "Location": LINK}}
    (finding,) = findings_of(world(told(), **{"lambda:GetFunction": answer}), CODE, tools=tools, **options)
    return finding


def test_each_text_of_the_code_is_looked_into() -> None:
    found = code(package(app=f"a\n{SECRET}\n", lib=f"{SECRET}", fine="a", binary=b"\0" + SECRET.encode()))
    assert (found.status, found.resource_arn) == ("FAIL", ARN)
    assert "app: Password on line 2; lib: Password." in found.status_detail
    assert SECRET not in found.status_detail
    assert code(package(fine="a")).status == "PASS"
    assert code(package()).status == "PASS"


def test_named_files_are_left_out() -> None:
    archive = package(**{"a/b.deps.json": SECRET, "c": "x"})
    assert code(archive).status == "FAIL"
    assert code(archive, config={"secrets_ignore_files": ["*.deps.json"]}).status == "PASS"
    assert code(archive, config={"secrets_ignore_files": ["deps.json"]}).status == "FAIL"


def test_what_cannot_be_read_is_for_a_person_unless_something_was_found() -> None:
    def damaged(**files: str) -> bytes:
        return package(**files, broken="x" * 50).replace(b"x" * 50, b"y" * 50)

    found = code(damaged(fine="a"))
    assert found.status == "MANUAL"
    assert "broken is damaged" in found.status_detail
    assert code(damaged(app=SECRET)).status == "FAIL"
    assert code(b"no archive").status == "MANUAL"
    assert "no ZIP archive" in code(b"no archive").status_detail


@pytest.mark.parametrize(
    "reply", [denied(), {"Code": {}}, {}, {"Code": {"Location": "https://packages.example/forbidden"}}]
)
def test_code_that_is_not_told_is_manual(reply: Any) -> None:
    assert code(b"", reply).status == "MANUAL"


def test_a_scanner_that_fails_is_manual() -> None:
    class Broken:
        async def find(self, _: str, **__: Any) -> Failure:
            return Failure("missing", "the scanner", "install it")

    tools = {**TOOLS, Downloads: FakeDownloads({LINK: package(a="x", b="y")}), SecretScanner: Broken()}
    asked = world(told(), **{"lambda:GetFunction": {"Code": {"Location": LINK}}})
    (finding,) = findings_of(asked, CODE, tools=tools)
    assert finding.status == "MANUAL"
    assert "install it" in finding.status_detail


def test_images_are_not_asked_for() -> None:
    asked = world(told(PackageType="Image"))
    assert verdicts(asked, CODE) == {}
    assert asked.calls["lambda:GetFunction"] == 0


def test_variables_are_told_by_name() -> None:
    secretive = told(Environment={"Variables": {"STAGE": "test", "KEY": SECRET}})
    (finding,) = findings_of(world(secretive), VARIABLES)
    assert finding.status == "FAIL"
    assert "variable KEY: Password" in finding.status_detail
    assert verdicts(world(told()), VARIABLES) == {(VARIABLES, HOME, "orders"): "PASS"}


def test_variables_that_are_not_told_are_manual() -> None:
    withheld = told(Environment={"Error": {"ErrorCode": "AccessDeniedException", "Message": "x"}})
    (finding,) = findings_of(world(withheld), VARIABLES)
    assert finding.status == "MANUAL"
    assert "kms:Decrypt" in finding.status_detail


def test_each_layer_that_is_used_is_there_once() -> None:
    users = (function(Layers=[layer(OWN), layer(OTHER)]), function(Layers=[layer(OWN)]), function())
    found = anyio.run(layers_in_use.function, users)
    assert [each.arn for each in found] == [layer(OWN)["Arn"], layer(OTHER)["Arn"]]
    assert found[0].label == "Version 3 of Lambda layer tools"


def test_layers_are_looked_into_wherever_they_are_from() -> None:
    def content(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if params["Arn"] == layer(OTHER, "private")["Arn"]:
            return denied("lambda:GetLayerVersion")
        return {"Content": {"Location": f"{LINK}/{params['Arn'].split(':')[6]}"}}

    layers = [layer(OWN), layer(OTHER, "vendor"), layer(OTHER, "private")]
    tools = {
        **TOOLS,
        Downloads: FakeDownloads({f"{LINK}/tools": package(a=SECRET), f"{LINK}/vendor": package(a="x")}),
    }
    asked = world(told(Layers=layers), **{"lambda:GetLayerVersionByArn": content})
    assert verdicts(asked, LAYER, tools=tools) == {
        (LAYER, HOME, "tools"): "FAIL",
        (LAYER, HOME, "vendor"): "PASS",
        (LAYER, HOME, "private"): "MANUAL",
    }


def test_a_layer_is_named_by_its_arn() -> None:
    version = LayerVersion(arn=layer(OWN)["Arn"])
    assert (version.name, version.version) == ("tools", "3")
