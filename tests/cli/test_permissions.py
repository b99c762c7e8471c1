"""Policies, and templates of the role that has them, as the program prints them."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import hcl2
import pytest
import yaml
from cfnlint.api import lint
from cfnlint.core import get_rules
from cfnlint.decode.cfn_yaml import loads

from aioprowler.accounts.permissions import actions, policies, role_template
from aioprowler.cli.app import run
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan
from tests.aws.environment import isolate

MANY = policies([f"ec2:DescribeSomethingWithALongName{number:03}" for number in range(400)])
"""Three policies."""


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*options: str) -> str:
        assert run(["permissions", *options]) == 0
        output = capsys.readouterr()
        assert output.err == ""
        return output.out

    return call


@cache
def rules() -> Any:
    """cfn-lint's errors and warnings."""
    return get_rules([], ["I"], [])


def complaints(template: str) -> list[str]:
    return [f"{match.rule.id} {match.message}" for match in lint(template, rules(), ["us-east-1"])]


def resources(template: str, kind: str) -> list[Any]:
    return [each["Properties"] for each in loads(template)["Resources"].values() if each["Type"] == kind]


def cloudformation_actions(template: str) -> list[str]:
    statements = [each["PolicyDocument"]["Statement"][0] for each in resources(template, "AWS::IAM::ManagedPolicy")]
    assert {each["Effect"] for each in statements} == {"Allow"}
    return [str(action) for each in statements for action in each["Action"]]


def terraform_documents(source: str) -> dict[str, Any]:
    """Name -> its statement."""
    found = hcl2.load(io.StringIO(source))["data"]
    documents = {unquoted(name): body for each in found for name, body in each['"aws_iam_policy_document"'].items()}
    return {name: body["statement"][0] for name, body in documents.items()}


def unquoted(text: str) -> str:
    return text.strip('"')


@pytest.mark.parametrize(
    ("options", "environment", "partition"),
    [
        ((), {}, "aws"),
        (("--partition", "aws-us-gov"), {"AWS_REGION": "eu-west-1"}, "aws-us-gov"),
        ((), {"PROWLER_AWS_PARTITION": "aws-cn"}, "aws-cn"),
        ((), {"AWS_REGION": "eusc-de-east-1"}, "aws-eusc"),
        ((), {"AWS_DEFAULT_REGION": "us-gov-east-1"}, "aws-us-gov"),
    ],
)
def test_the_role_of_an_organization_is_one_of_its_partition(
    printed: Any, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], environment: dict[str, str], partition: str
) -> None:
    isolate(monkeypatch)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _, role = json.loads(printed("--organization", *options))["Statement"]
    assert role["Resource"] == f"arn:{partition}:iam::*:role/aioprowler"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--organization", "--partition", "aws-moon"), "There is no partition 'aws-moon'."),
        (("--partition", "aws-cn"), "--partition goes with --organization"),
    ],
)
def test_a_partition_that_leads_nowhere(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    assert run(["permissions", *options]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [("-s", "ec2", "iam", "s3"), ("-s", "s3", "--severity", "critical", "high")], ids=["many", "chosen"]
)
def test_the_templates_allow_what_the_policy_allows(printed: Any, options: tuple[str, ...]) -> None:
    found = json.loads(printed(*options))
    names = [
        name for policy in (found if isinstance(found, list) else [found]) for name in policy["Statement"][0]["Action"]
    ]
    assert {"sts:GetCallerIdentity", "ec2:DescribeRegions"} <= set(names)
    template = printed(*options, "--template", "cloudformation")
    assert cloudformation_actions(template) == names
    assert complaints(template) == []
    documents = terraform_documents(printed(*options, "--template", "terraform"))
    del documents["trust"]
    assert [unquoted(action) for each in documents.values() for action in each["actions"]] == names


def test_the_template_is_the_same_each_time_and_without_anchors(printed: Any) -> None:
    template = printed("-s", "s3", "--template", "cloudformation")
    assert template == printed("-s", "s3", "--template", "cloudformation")
    assert [token for token in yaml.scan(template) if isinstance(token, yaml.AnchorToken | yaml.AliasToken)] == []


@pytest.mark.parametrize(
    ("options", "name", "path"),
    [((), "aioprowler", "/"), (("--role-name", "audit/own/reader"), "reader", "/audit/own/")],
)
def test_the_role_has_the_wanted_name(printed: Any, options: tuple[str, ...], name: str, path: str) -> None:
    (role,) = resources(printed("-s", "s3", "--template", "cloudformation", *options), "AWS::IAM::Role")
    assert (role["RoleName"], role["Path"]) == (name, path)
    (terraform,) = hcl2.loads(printed("-s", "s3", "--template", "terraform", *options))["resource"][:1]
    role = terraform['"aws_iam_role"']['"scan"']
    assert (unquoted(role["name"]), unquoted(role["path"])) == (name, path)


def test_who_may_assume_the_role_is_a_parameter(printed: Any) -> None:
    template = printed("-s", "s3", "--template", "cloudformation")
    parameters = loads(template)["Parameters"]
    assert set(parameters) == {"ScanningPrincipal", "ExternalId", "MaxSessionDuration"}
    assert "Default" not in parameters["ScanningPrincipal"], "nobody is trusted unless the user says whom"
    assert (parameters["ExternalId"]["Default"], parameters["MaxSessionDuration"]["Default"]) == ("", 3600)
    (role,) = resources(template, "AWS::IAM::Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Principal"]) == ("sts:AssumeRole", {"AWS": {"Ref": "ScanningPrincipal"}})
    assert statement["Condition"]["Fn::If"] == [
        "HasExternalId",
        {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
        {"Ref": "AWS::NoValue"},
    ]


def test_who_may_assume_the_role_is_a_variable(printed: Any) -> None:
    source = printed("-s", "s3", "--template", "terraform")
    variables = {unquoted(name): body for each in hcl2.loads(source)["variable"] for name, body in each.items()}
    assert set(variables) == {"scanning_principal", "external_id", "max_session_duration"}
    assert "default" not in variables["scanning_principal"]
    trust = terraform_documents(source)["trust"]
    (principals,) = trust["principals"]
    assert principals["identifiers"] == ["${var.scanning_principal}"]
    (condition,) = trust["dynamic"]
    assert condition['"condition"']["content"][0]["values"] == ["${condition.value}"]


def test_several_policies_are_attached_to_one_role() -> None:
    assert len(MANY) == 3
    template = role_template("cloudformation", "aioprowler", MANY)
    (role,) = resources(template, "AWS::IAM::Role")
    assert role["ManagedPolicyArns"] == [{"Ref": f"Policy{number}"} for number in (1, 2, 3)]
    assert len(cloudformation_actions(template)) == 400
    source = role_template("terraform", "aioprowler", MANY)
    found = [kind for each in hcl2.loads(source)["resource"] for kind in each]
    assert [found.count(f'"aws_iam_{kind}"') for kind in ("role", "policy", "role_policy_attachment")] == [1, 3, 3]
    assert set(terraform_documents(source)) == {"trust", "scan_1", "scan_2", "scan_3"}


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_more_policies_than_a_role_holds_are_told(
    form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioprowler.accounts.permissions.policies.__defaults__", (150,))
    assert run(["permissions", "-s", "s3", "--template", form]) == 0
    output = capsys.readouterr()
    assert output.out
    (line,) = output.err.splitlines()
    assert "lets a role hold 10" in line


def test_the_policy_of_who_scans_an_organization(printed: Any) -> None:
    policy = json.loads(printed("--organization", "--role-name", "audit/reader"))
    asking, assuming = policy["Statement"]
    assert asking["Action"] == [
        "ec2:DescribeRegions",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
        "organizations:ListTagsForResource",
        "sts:GetCallerIdentity",
    ]
    assert (assuming["Action"], assuming["Resource"]) == (["sts:AssumeRole"], "arn:aws:iam::*:role/audit/reader")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--template pulumi", "cloudformation"),
        ("--template terraform --organization", "give one of them"),
        ("--role-name audit", "goes with --template or --organization"),
        ("--template terraform --role-name arn:aws:iam::123456789012:role/x", "give the role's name"),
        ("--organization --role-name audit/", "give the role's name"),
        ("--template terraform --service s4", "s3"),
    ],
)
def test_mistakes_are_one_line(options: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["permissions", *options.split()]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert told in line


def test_security_hub_takes_two_actions_more(printed: Any) -> None:
    def allowed(*options: str) -> set[str]:
        (statement,) = json.loads(printed("--check", "s3_bucket_object_versioning", *options))["Statement"]
        return set(statement["Action"])

    assert allowed("--security-hub") - allowed() == {"securityhub:BatchImportFindings", "securityhub:GetFindings"}
    template = printed("--check", "s3_bucket_object_versioning", "--security-hub", "--template", "cloudformation")
    assert "securityhub:BatchImportFindings" in template


def test_what_an_operation_takes_besides_its_own_action_is_granted() -> None:
    logging = Operation("network-firewall", "DescribeLoggingConfiguration")
    assert {each for each in actions(make_plan((), {}), [logging]) if each.startswith(("logs", "network"))} == {
        "logs:GetLogDelivery", "logs:ListLogDeliveries", "network-firewall:DescribeLoggingConfiguration",
    }  # fmt: skip
