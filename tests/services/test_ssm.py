from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Manual, Pass, Region, Secret
from aioprowler.services.ssm.checks import (
    ssm_document_secrets,
    ssm_documents_set_as_public,
    ssm_managed_compliant_patching,
)
from aioprowler.services.ssm.resources import (
    Document,
    DocumentContent,
    DocumentSecrets,
    DocumentSharing,
    PatchCompliance,
    arn_of,
    content_of,
)

ACCOUNT = "123456789012"
DOCUMENT = Document(name="run", account=Account(id=ACCOUNT))


def test_secrets() -> None:
    assert isinstance(ssm_document_secrets(DOCUMENT, DocumentSecrets()), Pass)
    found = DocumentSecrets(secrets={"": (Secret("Password", 4),)})
    assert ssm_document_secrets(DOCUMENT, found) == Fail("SSM document run may hold secrets: Password on line 4.")


def test_json_is_looked_into_line_by_line() -> None:
    assert content_of(DOCUMENT, DocumentContent(content='{"a":["x"]}')) == {"": '{\n  "a": [\n    "x"\n  ]\n}'}
    assert content_of(DOCUMENT, DocumentContent(content="a: x\nb: y")) == {"": "a: x\nb: y"}


@pytest.mark.parametrize(
    ("accounts", "verdict"),
    [
        ((), Pass),
        ((ACCOUNT,), Pass),
        (("111111111111",), Pass),
        (("999999999999",), Fail),
        (("111111111111", "999999999999"), Fail),
        (("all",), Fail),
        (("All",), Fail),
        (("111111111111", "all"), Fail),
    ],
)
def test_sharing(accounts: tuple[str, ...], verdict: type) -> None:
    sharing = DocumentSharing(account_ids=accounts)
    found = ssm_documents_set_as_public(DOCUMENT, sharing, trusted_account_ids=("111111111111",))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("status", "verdict"), [("COMPLIANT", Pass), ("NON_COMPLIANT", Fail), ("RESTING", Manual)])
def test_patches(status: str, verdict: type) -> None:
    instance = PatchCompliance(resource_id="i-1", arn="arn", compliance_type="Patch", status=status)
    assert isinstance(ssm_managed_compliant_patching(instance), verdict)


def test_machines_elsewhere_have_arns_of_their_own() -> None:
    region = Region(name="eu-west-1", account=Account(id=ACCOUNT, partition="aws-cn"))
    assert arn_of("i-1", region) == f"arn:aws-cn:ec2:eu-west-1:{ACCOUNT}:instance/i-1"
    assert arn_of("mi-1", region) == f"arn:aws-cn:ssm:eu-west-1:{ACCOUNT}:managed-instance/mi-1"
