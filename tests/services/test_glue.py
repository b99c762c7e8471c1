from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.judging.policies import Policy
from aioprowler.services.glue.checks import jobs
from aioprowler.services.glue.checks.catalog import (
    glue_data_catalogs_connection_passwords_encryption_enabled,
    glue_data_catalogs_metadata_encryption_enabled,
    glue_data_catalogs_not_publicly_accessible,
    glue_database_connections_ssl_enabled,
)
from aioprowler.services.glue.resources import (
    BookmarkEncryption,
    CatalogPolicy,
    CatalogSettings,
    Command,
    Connection,
    DataEncryption,
    DevEndpoint,
    Encryption,
    EncryptionAtRest,
    Job,
    LogEncryption,
    PasswordEncryption,
    S3Encryption,
    SecurityConfiguration,
    SecurityConfigurations,
    Tables,
    Transform,
    TransformEncryption,
    arguments_of,
    properties_of,
)
from tests.services.made import made
from tests.worlds.world import World, denied, error, findings_of, verdicts

HOME = "us-east-1"
REGION = Region(name=HOME, account=Account(id="123456789012"))
SOME = Tables(are_there=True)
NONE = Tables(are_there=False)
SSL = "glue_database_connections_ssl_enabled"
SECRETS = "glue_catalog_connection_no_secrets"


# --- The catalog ---
@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("DISABLED", Fail), ("SSE-KMS", Pass), ("SSE-KMS-WITH-SERVICE-ROLE", Pass), ("SSE-QUANTUM", Manual)],
)
def test_metadata(mode: str, verdict: type) -> None:
    settings = CatalogSettings(encryption_at_rest=EncryptionAtRest(mode))
    assert isinstance(glue_data_catalogs_metadata_encryption_enabled(REGION, settings, SOME), verdict)


ORDERS = made(Connection, name="orders")


@pytest.mark.parametrize(
    ("on", "tables", "connections", "verdict"),
    [
        (False, SOME, (), Fail),
        (True, SOME, (), Pass),
        (False, NONE, (ORDERS,), Fail),
        (True, NONE, (ORDERS,), Pass),
        (False, NONE, (), type(None)),
    ],
)
def test_passwords(on: bool, tables: Tables, connections: tuple[Connection, ...], verdict: type) -> None:
    settings = CatalogSettings(password_encryption=PasswordEncryption(on))
    told = glue_data_catalogs_connection_passwords_encryption_enabled(REGION, settings, tables, connections)
    assert isinstance(told, verdict)


@pytest.mark.parametrize(
    "check",
    [
        glue_data_catalogs_metadata_encryption_enabled,
        partial(glue_data_catalogs_connection_passwords_encryption_enabled, connections=()),
    ],
)
def test_a_catalog_is_judged_where_it_is_used_and_encrypts_nothing_by_itself(check: Any) -> None:
    assert check(REGION, CatalogSettings(), NONE) is None
    assert isinstance(check(REGION, CatalogSettings(), NONE, scan_unused_services=True), Fail)
    untold = CatalogSettings(encryption_at_rest=EncryptionAtRest(), password_encryption=PasswordEncryption())
    with pytest.raises(UnreadableError):
        check(REGION, untold, SOME)


def policy(principal: str) -> CatalogPolicy:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "glue:*", "Resource": "*"}
    return CatalogPolicy(policy=Policy.parse(json.dumps({"Statement": [statement]})))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [(None, type(None)), (CatalogPolicy(), type(None)), (policy("123456789012"), Pass), (policy("*"), Fail)],
)
def test_public(found: CatalogPolicy | None, verdict: type) -> None:
    assert isinstance(glue_data_catalogs_not_publicly_accessible(REGION, found), verdict)


METADATA = "glue_data_catalogs_metadata_encryption_enabled"


def test_tables_are_asked_for_as_far_as_the_first_one() -> None:
    world = World({"glue:SearchTables": {"TableList": [{"Name": "orders"}], "NextToken": "more"}})
    assert verdicts(world, METADATA)[METADATA, HOME, "123456789012"] == "FAIL"
    arn = f"arn:aws:glue:{HOME}:123456789012:data-catalog"
    assert {f.resource_arn for f in findings_of(world, METADATA)} >= {arn}
    asked = [params for _, _, name, params in world.params if name == "glue:SearchTables"]
    assert asked[0] == {"MaxResults": 10}
    assert world.calls["glue:SearchTables"] == 4


def test_an_empty_page_of_tables_is_not_the_last_one() -> None:
    def answer(account: Account, region: str, asked: dict[str, Any]) -> Any:
        return {"TableList": [{"Name": "orders"}]} if asked.get("NextToken") else {"TableList": [], "NextToken": "more"}

    assert {f.status for f in findings_of(World({"glue:SearchTables": answer}), METADATA)} == {"FAIL"}


# --- Connections ---
@pytest.mark.parametrize(
    ("kind", "properties", "verdict"),
    [
        ("JDBC", {}, Fail),
        ("JDBC", {"JDBC_ENFORCE_SSL": "false"}, Fail),
        ("JDBC", {"JDBC_ENFORCE_SSL": "true"}, Pass),
        ("JDBC", {"JDBC_ENFORCE_SSL": "TRUE"}, Pass),
        ("JDBC", {"JDBC_ENFORCE_SSL": "perhaps"}, Manual),
        ("", {}, Fail),
        ("CUSTOM", {"CONNECTOR_TYPE": "Jdbc"}, Fail),
        ("MONGODB", {}, Fail),
        ("KAFKA", {}, Pass),
        ("KAFKA", {"KAFKA_SSL_ENABLED": "true"}, Pass),
        ("KAFKA", {"KAFKA_SSL_ENABLED": "false", "JDBC_ENFORCE_SSL": "true"}, Fail),
        ("NETWORK", {}, type(None)),
        ("SALESFORCE", {}, Manual),
        ("POSTGRESQL", {"JDBC_ENFORCE_SSL": "true"}, Pass),
    ],
)
def test_ssl(kind: str, properties: dict[str, str], verdict: type) -> None:
    connection = made(Connection, name="orders", type=kind, properties=properties)
    assert isinstance(glue_database_connections_ssl_enabled(connection), verdict)


def test_all_properties_but_references_and_what_is_encrypted_are_looked_into() -> None:
    connection = made(
        Connection,
        name="orders",
        properties={
            "PASSWORD": "x",
            "ENCRYPTED_PASSWORD": "AQID",
            "ENCRYPTED_KAFKA_CLIENT_KEY_PASSWORD": "AQID",
            "SECRET_ID": "orders",
            "KAFKA_SASL_SCRAM_SECRETS_ARN": "arn",
        },
        spark_properties={"password": "y"},
    )
    assert properties_of(connection) == {
        "property PASSWORD": '"PASSWORD": "x"',
        "Spark property password": '"password": "y"',
    }
    with pytest.raises(GapError):
        properties_of(made(Connection, name="orders", hidden=Failure("refused", "kms:Decrypt", "it")))


def connections(account: Account, region: str, asked: dict[str, Any]) -> dict[str, Any]:
    properties = {"JDBC_ENFORCE_SSL": "true", "PASSWORD": "tr0ub4dor"}
    if asked.get("HidePassword"):
        del properties["PASSWORD"]
    found = {"Name": "orders", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    return {"ConnectionList": [found] if region == HOME else []}


def test_a_secret_is_told_by_its_property() -> None:
    (finding,) = findings_of(World({"glue:GetConnections": connections}), SECRETS)
    assert (finding.status, finding.resource_arn) == ("FAIL", f"arn:aws:glue:{HOME}:123456789012:connection/orders")
    assert "property PASSWORD: Password" in finding.status_detail
    assert "tr0ub4dor" not in finding.status_detail


def test_where_passwords_cannot_be_decrypted_the_rest_is_told_without_them() -> None:
    def answer(account: Account, region: str, asked: dict[str, Any]) -> Any:
        if not asked.get("HidePassword"):
            return error("GlueEncryptionException", "You may not use the key.")
        return connections(account, region, asked)

    found = {f.check_id: f for f in findings_of(World({"glue:GetConnections": answer}), SECRETS, SSL)}
    assert {name: each.status for name, each in found.items()} == {SECRETS: "MANUAL", SSL: "PASS"}
    assert "kms:Decrypt" in found[SECRETS].status_detail


def test_a_denial_is_not_taken_for_a_key_that_cannot_be_used() -> None:
    world = World({"glue:GetConnections": denied("glue:GetConnections")})
    assert {f.status for f in findings_of(world, SECRETS, SSL)} == {"MANUAL"}
    assert not any(params.get("HidePassword") for *_, params in world.params)


# --- What runs ---
def configurations(**encryption: Any) -> SecurityConfigurations:
    return SecurityConfigurations(configurations=(SecurityConfiguration("encrypted", Encryption(**encryption)),))


MODES = [
    ("s3", "amazon_s3", lambda mode: (S3Encryption(mode),), ("SSE-KMS", "SSE-S3")),
    ("logs", "cloudwatch_logs", LogEncryption, ("SSE-KMS",)),
    ("bookmarks", "job_bookmark", BookmarkEncryption, ("CSE-KMS",)),
]


@pytest.mark.parametrize(("part", "words", "make", "good"), MODES)
@pytest.mark.parametrize("of_jobs", [True, False])
def test_what_a_security_configuration_says(part: str, words: str, make: Any, good: Any, of_jobs: bool) -> None:
    subject: type[Job | DevEndpoint] = Job if of_jobs else DevEndpoint
    if of_jobs:
        check = getattr(jobs, f"glue_etl_jobs_{words}_encryption_enabled")
    else:
        words = "s3" if part == "s3" else words
        check = getattr(jobs, f"glue_development_endpoints_{words}_encryption_enabled")
    named = made(subject, name="orders", security_configuration="encrypted")
    for mode in good:
        assert isinstance(check(named, configurations(**{part: make(mode)})), Pass)
    assert isinstance(check(named, configurations(**{part: make("DISABLED")})), Fail)
    assert isinstance(check(named, configurations(**{part: make("QUANTUM")})), Manual)
    with pytest.raises(UnreadableError):
        check(named, configurations())
    assert "does not exist" in check(named, SecurityConfigurations(configurations=())).detail
    bare = check(made(subject, name="orders"), configurations(**{part: make(good[0])}))
    assert isinstance(bare, Fail)
    assert "no security configuration" in bare.detail


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"default_arguments": {"--encryption-type": "sse-s3"}}, Pass),
        ({"fixed_arguments": {"--encryption-type": "sse-s3"}}, Pass),
        ({"default_arguments": {"--encryption-type": "none"}}, Fail),
        ({"default_arguments": {"--encryption-type": "sse-s3"}, "security_configuration": "encrypted"}, Fail),
    ],
)
def test_a_job_without_a_configuration_may_encrypt_by_an_argument(facts: dict[str, Any], verdict: type) -> None:
    said = configurations(s3=(S3Encryption("SSE-KMS"), S3Encryption("DISABLED")))
    found = jobs.glue_etl_jobs_amazon_s3_encryption_enabled(made(Job, name="orders", **facts), said)
    assert isinstance(found, verdict)


CONTINUOUS = "--enable-continuous-cloudwatch-log"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"default_arguments": {CONTINUOUS: "true"}}, Pass),
        ({"fixed_arguments": {CONTINUOUS: "true"}}, Pass),
        ({"default_arguments": {CONTINUOUS: "true"}, "fixed_arguments": {CONTINUOUS: "false"}}, Fail),
        ({"default_arguments": {CONTINUOUS: ""}}, Fail),
        ({"glue_version": "4.0"}, Fail),
        ({"glue_version": "5.0"}, Pass),
        ({"glue_version": "10.1"}, Pass),
        ({"glue_version": "newest"}, Fail),
        ({"glue_version": "3.0", "command": Command("pythonshell")}, Pass),
        ({"glue_version": "4.0", "command": Command("glueetl")}, Fail),
    ],
)
def test_logging(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(jobs.glue_etl_jobs_logging_enabled(made(Job, name="orders", **facts)), verdict)


def test_all_arguments_are_looked_into() -> None:
    job = made(Job, name="orders", default_arguments={"--a": "x"}, fixed_arguments={"--b": "y"})
    assert arguments_of(job) == {"argument --a": '"--a": "x"', "argument --b": '"--b": "y"'}


def test_a_secret_is_told_by_its_argument() -> None:
    found = {"Jobs": [{"Name": "orders", "DefaultArguments": {"--password": "tr0ub4dor"}}]}
    (finding,) = findings_of(World({("glue:GetJobs", HOME): found}), "glue_etl_jobs_no_secrets_in_arguments")
    assert (finding.status, finding.severity) == ("FAIL", "critical")
    assert "argument --password: Password" in finding.status_detail
    assert "tr0ub4dor" not in finding.status_detail


def test_regions_without_development_endpoints_are_no_gap() -> None:
    check = "glue_development_endpoints_s3_encryption_enabled"
    refusal = error("InvalidInputException", "Operation is not supported in ap-southeast-5 region")
    assert not findings_of(World({"glue:GetDevEndpoints": refusal}), check)
    other = World({"glue:GetDevEndpoints": error("InvalidInputException", "The token is bad")})
    assert {f.status for f in findings_of(other, check)} == {"MANUAL"}


@pytest.mark.parametrize(("mode", "verdict"), [("DISABLED", Fail), ("SSE-KMS", Pass), ("QUANTUM", Manual)])
def test_transforms(mode: str, verdict: type) -> None:
    transform = made(Transform, transform_id="tfm-1", encryption=TransformEncryption(DataEncryption(mode)))
    assert isinstance(jobs.glue_ml_transform_encrypted_at_rest(transform), verdict)


def test_a_transform_is_not_encrypted_unless_aws_says_so() -> None:
    assert isinstance(jobs.glue_ml_transform_encrypted_at_rest(made(Transform, transform_id="tfm-1")), Fail)
    untold = made(Transform, transform_id="tfm-1", encryption=TransformEncryption(DataEncryption()))
    with pytest.raises(UnreadableError):
        jobs.glue_ml_transform_encrypted_at_rest(untold)
