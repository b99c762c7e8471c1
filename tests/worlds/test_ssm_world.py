from __future__ import annotations

from typing import Any

from tests.worlds.world import World, denied, error, verdicts

PATCHING = "ssm_managed_compliant_patching"
SECRETS = "ssm_document_secrets"
PUBLIC = "ssm_documents_set_as_public"
HOME = "us-east-1"


def item(id_: str, kind: str, status: str) -> dict[str, str]:
    return {"ResourceId": id_, "ResourceType": "ManagedInstance", "ComplianceType": kind, "Status": status}


def found_in(fake: World, *checks: str) -> dict[str, str]:
    return {id_: status for (_, _, id_), status in verdicts(fake, *checks).items()}


def test_only_patches_count() -> None:
    """Associations have items of their own, whichever comes last."""
    items = [
        item("i-1", "Patch", "COMPLIANT"),
        item("i-1", "Association", "NON_COMPLIANT"),
        item("i-2", "Association", "COMPLIANT"),
        item("i-2", "Patch", "NON_COMPLIANT"),
        item("i-3", "Association", "COMPLIANT"),
    ]
    fake = World({("ssm:ListResourceComplianceSummaries", HOME): {"ResourceComplianceSummaryItems": items}})
    assert found_in(fake, PATCHING) == {"i-1": "PASS", "i-2": "FAIL"}
    assert [each["Key"] for *_, params in fake.params for each in params["Filters"]] == ["ComplianceType"] * 2


def test_documents_are_asked_about_one_by_one() -> None:
    def content(_account: object, _region: str, params: dict[str, Any]) -> Any:
        told = {"bare": "export PASSWORD=tr0ub4dor", "shut": denied("ssm:GetDocument"), "good": "{}"}
        return (
            error("InvalidDocument")
            if (text := told.get(params["Name"])) is None
            else (text if isinstance(text, Exception) else {"Content": text})
        )

    listed = [{"Name": name} for name in ("bare", "shut", "good", "gone")]
    fake = World({("ssm:ListDocuments", HOME): {"DocumentIdentifiers": listed}, "ssm:GetDocument": content})
    assert found_in(fake, SECRETS) == {"bare": "FAIL", "shut": "MANUAL", "good": "PASS"}
    assert fake.params[0][3]["Filters"] == [{"Key": "Owner", "Values": ["Self"]}]


def test_all_pages_of_accounts_are_read() -> None:
    def sharing(_account: object, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"AccountIds": ["all"]} if "NextToken" in params else {"AccountIds": [], "NextToken": "more"}

    fake = World({("ssm:ListDocuments", HOME): {"DocumentIdentifiers": [{"Name": "run"}]}})
    fake.replies["ssm:DescribeDocumentPermission"] = sharing
    assert found_in(fake, PUBLIC) == {"run": "FAIL"}
