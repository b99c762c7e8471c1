"""`--no-session-policy`, and what is told of how the sessions of roles were limited."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub

ROLES = [f"arn:aws:iam::{account}:role/audit" for account in ("222222222222", "333333333333")]
SCAN = ("scan", "--check", CHECK, "--region", "us-east-1", "--role", *ROLES)


def told(here: Here) -> Any:
    (path,) = (here.folder / "output").glob("*.coverage.json")
    return json.loads(path.read_bytes())["session_policy"]


def actions(policy: str) -> list[str]:
    return [action for each in json.loads(policy)["Statement"] for action in each["Action"]]


def test_the_coverage_tells_how_sessions_are_limited(here: Here, stub: Stub) -> None:
    assert here(*SCAN).returncode == 3
    assert told(here) == "actions"
    assert "s3:GetBucketVersioning" in actions(stub.policies[0])
    assert stub.policies == [stub.policies[0]] * 2


def test_keys_without_a_role_are_no_sessions_of_it(here: Here, stub: Stub) -> None:
    assert here("scan", "--check", CHECK, "--region", "us-east-1").returncode == 3
    assert (told(here), stub.policies) == ("", [])


@pytest.mark.parametrize(("options", "form"), [((), "actions"), (("--no-session-policy",), "none")])
def test_a_resumed_scan_keeps_the_choice(here: Here, stub: Stub, options: tuple[str, ...], form: str) -> None:
    stub.denied = {ROLES[1]}
    assert here(*SCAN, *options).returncode == 4
    stub.denied = set()
    again = ("scan", "--resume", "output", "--role", *ROLES)
    if options:
        refused = here(*again)
        assert refused.returncode == 2
        assert "--no-session-policy, which a journal alone does not decide" in refused.stderr
    done = here(*again, *options)
    assert done.returncode == 3
    assert told(here) == form
    assert len(stub.policies) > 1
    assert {bool(policy) for policy in stub.policies} == {form != "none"}


def test_what_security_hub_takes_is_in_the_policy(here: Here, stub: Stub) -> None:
    here(*SCAN, "--security-hub")
    assert actions(stub.policies[0])[-2:] == ["securityhub:BatchImportFindings", "securityhub:GetFindings"]


def test_a_session_that_uploads_may_do_nothing_else(here: Here, stub: Stub) -> None:
    here(*SCAN, "--output-bucket", "reports/today")
    *_, upload = stub.policies
    first, key = json.loads(upload)["Statement"]
    assert first == {
        "Effect": "Allow",
        "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
        "Resource": "arn:aws:s3:::reports/*",
    }
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert key["Condition"] == {"StringLike": {"kms:ViaService": "s3.*"}}
