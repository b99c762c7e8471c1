"""Credentials that are no good, in the real program: the rows of the table in docs/credentials.md, a line each."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping

import pytest

from tests.cli.conftest import Program
from tests.cli.stub import CHECK, Stub

SCAN = ("scan", "--check", CHECK, "--no-files", "--quiet")
ROLE = "arn:aws:iam::123456789012:role/audit"
SSO = (
    "[profile X]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = audit\n"
    "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n"
)
GOOD = "[profile good]\naws_access_key_id = AKIAGOOD\naws_secret_access_key = s\n"
LOOP = f"[profile X]\nrole_arn = {ROLE}\nsource_profile = Y\n[profile Y]\nrole_arn = {ROLE}\nsource_profile = X\n"
MFA = f"[profile X]\nrole_arn = {ROLE}\nsource_profile = good\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n{GOOD}"
LOGIN = "aws login`, which the installed botocore does not know"
SSO_LOGIN = "run `aws sso login --profile X`"
CONTAINER = "check AWS_CONTAINER_CREDENTIALS_FULL_URI"


@pytest.fixture
def configured(program: Program) -> Program:
    program.environment["HOME"] = str(program.folder)
    program.environment["AWS_CONFIG_FILE"] = str(program.folder / "config")
    return program


def told(program: Program, config: str, *options: str, environment: Mapping[str, str] | None = None) -> str:
    """The only line that the program says."""
    (program.folder / "config").write_text(config, encoding="utf-8")
    program.environment.update(environment or {})
    done = program(*SCAN, *options, start_new_session=True)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("aioprowler: error: Could not enter AWS with ")
    return line


@pytest.mark.parametrize(
    ("config", "advice"),
    [
        (SSO, SSO_LOGIN),
        ("[profile X]\ncredential_process = /nowhere/give hidden\n", "profile X, /nowhere/give, is not there"),
        ("[profile X]\ncredential_process = sh -c 'exit 3'\n", "profile X, sh, gave no credentials"),
        (MFA, "no terminal to ask"),
        ("[profile X]\nregion = us-east-1\nhidden\n", "(line 3)"),
        ("[profile X]\naws_access_key_id = A\n", "both or neither"),
        (f"[profile X]\nrole_arn = {ROLE}\n", "needs a source_profile or a credential_source"),
        (f"[profile X]\nrole_arn = nonsense\nsource_profile = good\n{GOOD}", "check the role's ARN"),
        (LOOP, "source_profile"),
        (f"[profile X]\nlogin_session = {ROLE}\n", LOGIN),
    ],
    ids=["sso", "no program", "failing program", "mfa", "malformed", "partial", "no source", "no ARN", "loop", "login"],
)
def test_a_profile_that_is_no_good(configured: Program, config: str, advice: str) -> None:
    line = told(configured, config, "--profile", "X")
    assert advice in line
    assert "hidden" not in line


@pytest.mark.parametrize("hours", [-1, 5], ids=["expired", "revoked"])
def test_an_sso_session_that_is_over(configured: Program, hours: int) -> None:
    cache = configured.folder / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)
    token = {"accessToken": "t", "expiresAt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    name = hashlib.sha1(b"corp", usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token))
    assert SSO_LOGIN in told(configured, SSO, "--profile", "X")


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token", "AWS_ROLE_ARN": ROLE}, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        ({"AWS_ACCESS_KEY_ID": "AKIA"}, "both or neither"),
        ({"AWS_PROFILE": "nope"}, "nope, which AWS_PROFILE names"),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb",
            },
            CONTAINER,
        ),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"}, CONTAINER),
    ],
    ids=["web identity", "partial", "unknown profile", "token", "foreign URI"],
)
def test_an_environment_that_is_no_good(configured: Program, environment: dict[str, str], advice: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del configured.environment[name]
    assert advice in told(configured, GOOD, environment=environment)


def refusal(code: str, message: str) -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (403, refusal("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2"), "the clock"),
        (500, refusal("InternalFailure", "oops"), "try again later"),
        (200, "<html>Sign in", "what answered is not AWS"),
    ],
    ids=["clock", "500", "no XML"],
)
def test_an_answer_that_is_none(
    configured: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch, status: int, body: str, advice: str
) -> None:
    monkeypatch.setattr(stub, "answer", lambda *_: (status, body))
    assert advice in told(configured, GOOD)


@pytest.mark.parametrize(
    "broken", [SSO, MFA, LOOP, "[profile X]\nregion = no region\n", "[profile X]\nca_bundle = /nowhere\n", ""]
)
def test_a_profile_that_is_no_good_does_not_end_the_scan_of_the_others(configured: Program, broken: str) -> None:
    good = "" if GOOD in broken else GOOD
    (configured.folder / "config").write_text(broken + good, encoding="utf-8")
    done = configured(*SCAN, "--profile", "X", "good", start_new_session=True)
    assert done.returncode == 4
    assert done.stdout.count('"FAIL"') == 3
    assert done.stdout.count('"MANUAL"') == 1
    assert len(done.stderr.splitlines()) == 1
