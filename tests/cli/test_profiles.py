"""The program with profiles that lead to different services."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Program
from tests.cli.stub import ACCOUNT, CHECK, Stub, serving

OTHER = "222222222222"
SCAN = ("scan", "--check", CHECK, "--no-files", "--quiet")


@pytest.fixture
def prod() -> Iterator[Stub]:
    """Where the profile `prod` says that AWS is. It has one bucket, and the default profile's service three."""
    with serving() as stub:
        stub.buckets = 1
        yield stub


@pytest.fixture
def configured(program: Program, stub: Stub, prod: Stub) -> Program:
    config = program.folder / "config"
    config.write_text(
        f"[default]\nendpoint_url = {stub.url}\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n"
        f"[profile prod]\nendpoint_url = {prod.url}\naws_access_key_id = ASIA{OTHER}\naws_secret_access_key = s\n"
        "[profile keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = s\n",
        encoding="utf-8",
    )
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        del program.environment[name]
    program.environment["AWS_CONFIG_FILE"] = str(config)
    return program


def buckets(program: Program, *options: str) -> dict[str, int]:
    done = program(*SCAN, *options)
    assert done.stderr == ""
    return Counter(json.loads(line)["account_id"] for line in done.stdout.splitlines())


def test_each_profile_is_scanned_where_it_says(configured: Program) -> None:
    assert buckets(configured) == {ACCOUNT: 3}
    assert buckets(configured, "--profile", "prod") == {OTHER: 1}
    assert buckets(configured, "--profile", "prod", "default") == {OTHER: 1, ACCOUNT: 3}


def test_the_default_profiles_endpoint_is_not_another_profiles(configured: Program, stub: Stub, prod: Stub) -> None:
    """A profile with keys alone leads to AWS itself, which tests do not reach."""
    stub.denied = prod.denied = {"GetCallerIdentity"}
    configured.environment["HTTPS_PROXY"] = "http://127.0.0.1:1"
    told = configured(*SCAN, "--profile", "keys").stderr
    assert 'Could not connect to the endpoint URL: "https://sts.us-east-1.amazonaws.com/"' in told
