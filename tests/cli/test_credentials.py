"""Credentials that are no good: the rows of the table in docs/credentials.md, a line each."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub

SCAN = ("scan", "--check", CHECK, "--no-files", "--quiet")
ROLE = "arn:aws:iam::123456789012:role/audit"
SSO = (
    "[profile X]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = audit\n"
    "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n"
)
GOOD = "[profile good]\naws_access_key_id = AKIAGOOD\naws_secret_access_key = s\n"
LOOP = f"[profile X]\nrole_arn = {ROLE}\nsource_profile = Y\n[profile Y]\nrole_arn = {ROLE}\nsource_profile = X\n"
KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
_VERSION_2 = """echo '{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "hidden"}'"""
MFA = f"[profile X]\nrole_arn = {ROLE}\nsource_profile = good\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n{GOOD}"
LOGIN = "aws login`, which the installed botocore does not know"
SSO_LOGIN = "run `aws sso login --profile X`"
REFUSED = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"}
CONTAINER = "check AWS_CONTAINER_CREDENTIALS_FULL_URI"


@dataclass
class Configured(Here):
    """The program in this process, which has an environment of the test's alone."""

    environment: dict[str, str]

    def __call__(self, *options: str) -> subprocess.CompletedProcess[str]:
        with patch.dict(os.environ, self.environment, clear=True):
            return super().__call__(*options)


@pytest.fixture
def apart(program: Program) -> Program:
    """The real program: botocore finds HOME when it is imported, and asks at the terminal of whoever runs the tests."""
    program.environment["HOME"] = str(program.folder)
    program.environment["AWS_CONFIG_FILE"] = str(program.folder / "config")
    return program


@pytest.fixture
def configured(apart: Program, here: Here) -> Configured:
    return Configured(here.folder, here.captured, apart.environment)


def told(
    program: Configured | Program, config: str, *options: str, environment: Mapping[str, str] | None = None
) -> str:
    """The only line that the program says."""
    (program.folder / "config").write_text(config, encoding="utf-8")
    program.environment.update(environment or {})
    line = refused(program(*SCAN, *options))
    assert line.startswith("aioprowler: error: Could not enter AWS with ")
    return line


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The only line that was said."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("config", "advice"),
    [
        (SSO, SSO_LOGIN),
        ("[profile X]\ncredential_process = /nowhere/give hidden\n", "profile X, /nowhere/give, is not there"),
        ("[profile X]\ncredential_process = sh -c 'exit 3'\n", "profile X, sh, gave no credentials"),
        ("[profile X]\nregion = us-east-1\nhidden\n", "(line 3)"),
        ("[profile X]\naws_access_key_id = A\n", "both or neither"),
        (f"[profile X]\nrole_arn = {ROLE}\n", "needs a source_profile or a credential_source"),
        (f"[profile X]\nrole_arn = nonsense\nsource_profile = good\n{GOOD}", "check the role's ARN"),
        (LOOP, "source_profile"),
        (f"[profile X]\nlogin_session = {ROLE}\n", LOGIN),
        (SSO.partition("[sso-session")[0], "sso-session does not exist"),
        (SSO.replace("sso_region", "region"), "missing required configuration: sso_region"),
        (f"[profile X]\nrole_arn = {ROLE}\nsource_profile = Y\n{SSO.replace('profile X', 'profile Y')}", "--profile Y"),
        (f"[profile X]\nrole_arn = {ROLE}\nsource_profile = Y\n", 'source_profile "Y"'),
        (
            f"[profile X]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n",
            "of profile X, EcsContainer, gives no credentials",
        ),
        (
            f"[profile X]\nrole_arn = {ROLE}\nweb_identity_token_file = /nowhere\n",
            "web_identity_token_file of profile X",
        ),
        (f"[profile X]\nrole_arn = {ROLE}\nweb_identity_token_file = /dev/null\n", "token is empty"),
        ("[profile X]\ncredential_process = echo hidden\n", "profile X, echo, gave no credentials"),
        (f"[profile X]\ncredential_process = {_VERSION_2}\n", "Unsupported version '2'"),
        ("[profile X]\ncredential_process =\n", "is empty"),
        ("\ufeff[profile X]\nregion = us-east-1\n", "byte order mark"),
        ("[profile X]\nregion = us-east-1\n[profile X]\n", "(line 3)"),
        ("[profile X]\n\tregion = us-east-1\n", "aws configure --profile X"),
        ("[profile X]\naws_secret_access_key = hidden\n", "both or neither"),
        (f"[profile X]\nca_bundle = /nowhere/ca.pem\n{KEYS}", "/nowhere/ca.pem"),
        (f"[profile X]\n{KEYS}aws_session_token = hid den\n", "its session token has a blank"),
        ("[profile Y]\n", "no such profile"),
    ],
)
def test_a_profile_that_is_no_good(configured: Configured, config: str, advice: str) -> None:
    line = told(configured, config, "--profile", "X")
    assert advice in line
    assert "hidden" not in line


@pytest.mark.parametrize("hours", [-1, 5], ids=["expired", "revoked"])
def test_an_sso_session_that_is_over(apart: Program, hours: int) -> None:
    cache = apart.folder / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)
    token = {"accessToken": "t", "expiresAt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    name = hashlib.sha1(b"corp", usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token))
    assert SSO_LOGIN in told(apart, SSO, "--profile", "X")


ELSEWHERE = ["s3://bucket/key", "arn:aws:dynamodb:us-east-1:123456789012:table/list"]


@pytest.mark.parametrize("options", [[], *(["--mutelist-file", asked] for asked in ELSEWHERE)])
def test_nobody_is_asked_where_there_is_no_terminal(apart: Program, options: list[str]) -> None:
    (apart.folder / "config").write_text(MFA, encoding="utf-8")
    line = refused(apart(*SCAN, "--profile", "X", *options, start_new_session=True))
    assert "no terminal to ask" in line
    assert line.startswith("aioprowler: error: " + ": ".join([*options[1:], "Could not enter AWS with profile X: "]))


def test_the_others_are_scanned_where_there_is_no_terminal(apart: Program) -> None:
    (apart.folder / "config").write_text(MFA, encoding="utf-8")
    require_others(apart(*SCAN, "--profile", "X", "good", start_new_session=True))


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token", "AWS_ROLE_ARN": ROLE}, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        ({"AWS_ACCESS_KEY_ID": "AKIA"}, "both or neither"),
        ({"AWS_PROFILE": "nope"}, "nope, which AWS_PROFILE names"),
        ({"AWS_DEFAULT_PROFILE": "nope"}, "nope, which AWS_DEFAULT_PROFILE names"),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb",
            },
            CONTAINER,
        ),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"}, CONTAINER),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere",
            },
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ),
        ({"AWS_SECRET_ACCESS_KEY": "hidden"}, "AWS_ACCESS_KEY_ID is not set"),
        ({"AWS_PROFILE": "bare"}, "aws configure --profile bare"),
        (
            {"AWS_PROFILE": "X", "AWS_CONFIG_FILE": "/nowhere/config"},
            "AWS_CONFIG_FILE names, /nowhere/config, is no file",
        ),
        ({"AWS_PROFILE": "good", "AWS_CA_BUNDLE": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        ({"AWS_PROFILE": "good", "AWS_ENDPOINT_URL": "localhost:4566"}, "check AWS_ENDPOINT_URL"),
        ({"AWS_PROFILE": "good", "AWS_ENDPOINT_URL_STS": "http://localhost:99999"}, "check AWS_ENDPOINT_URL"),
        ({"AWS_PROFILE": "good", "AWS_REGION": "no region"}, "check AWS_REGION"),
        (REFUSED, "instance metadata"),
        (REFUSED | {"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "abc"}, "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
    ],
)
def test_an_environment_that_is_no_good(configured: Configured, environment: dict[str, str], advice: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del configured.environment[name]
    assert advice in told(configured, f"{GOOD}[profile bare]\nregion = us-east-1\n", environment=environment)


def refusal(code: str, message: str) -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (403, refusal("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2"), "the clock"),
        (500, refusal("InternalFailure", "oops"), "try again later"),
        (200, "<html>Sign in", "what answered is not AWS"),
        (
            403,
            refusal("InvalidClientTokenId", "The security token included in the request is invalid."),
            "AWS_SESSION_TOKEN",
        ),
    ],
    ids=["clock", "500", "no XML", "no token"],
)
def test_an_answer_that_is_none(
    configured: Configured, stub: Stub, monkeypatch: pytest.MonkeyPatch, status: int, body: str, advice: str
) -> None:
    monkeypatch.setattr(stub, "answer", lambda *_: (status, body))
    configured.environment["AWS_ACCESS_KEY_ID"] = "ASIAEXAMPLE"
    assert advice in told(configured, GOOD)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "InvalidIdentityToken"])
def test_a_web_identity_that_sts_does_not_take(
    configured: Configured, stub: Stub, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(stub, "answer", lambda *_: (400, refusal(code, "Token expired")))
    (configured.folder / "token").write_text("eyJh")
    config = f"[profile X]\nrole_arn = {ROLE}\nweb_identity_token_file = {configured.folder}/token\n"
    assert "web_identity_token_file of profile X" in told(configured, config, "--profile", "X")


def test_a_program_that_takes_its_time(apart: Program) -> None:
    config = apart.folder / "config"
    config.write_text("[profile X]\ncredential_process = sh -c 'sleep 60'\n", encoding="utf-8")
    running = apart.start(*SCAN, "--profile", "X")
    assert running.stderr
    assert "still waiting for the credential_process of profile X, sh, to give" in running.stderr.readline()
    running.terminate()
    assert running.communicate(timeout=20)[0] == ""
    assert running.returncode == 130


@pytest.mark.parametrize("asked", ELSEWHERE)
@pytest.mark.parametrize(("config", "advice"), [(SSO, SSO_LOGIN), (LOOP, "source_profile")])
def test_a_mutelist_that_credentials_do_not_lead_to(
    configured: Configured, asked: str, config: str, advice: str
) -> None:
    (configured.folder / "config").write_text(config, encoding="utf-8")
    line = refused(configured(*SCAN, "--profile", "X", "--mutelist-file", asked))
    assert line.startswith(f"aioprowler: error: {asked}: Could not enter AWS with profile X: ")
    assert advice in line


@pytest.mark.parametrize("options", [("plan", "--organization"), ("mutelist", "check", "s3://bucket/key")])
def test_other_commands_that_ask_aws(configured: Configured, options: tuple[str, ...]) -> None:
    (configured.folder / "config").write_text(SSO, encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del configured.environment[name]
    configured.environment["AWS_PROFILE"] = "X"
    done = configured(*options)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert SSO_LOGIN in line


@pytest.mark.parametrize(
    "broken", [SSO, LOOP, "[profile X]\nregion = no region\n", "[profile X]\nca_bundle = /nowhere\n", ""]
)
def test_a_profile_that_is_no_good_does_not_end_the_scan_of_the_others(configured: Configured, broken: str) -> None:
    (configured.folder / "config").write_text(broken + GOOD, encoding="utf-8")
    require_others(configured(*SCAN, "--profile", "X", "good"))


def require_others(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 4
    assert done.stdout.count('"FAIL"') == 3
    assert done.stdout.count('"MANUAL"') == 1
    assert len(done.stderr.splitlines()) == 1
