"""Security Hub in memory, in each account and region where it is enabled: checks what it is sent as botocore does."""

from __future__ import annotations

import copy
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from aioprowler import Account
from tests.worlds.world import World, denied, error

_MODEL = botocore.session.get_session().get_service_model("securityhub")
NOT_ENABLED = error("InvalidAccessException", "Account is not subscribed to AWS Security Hub", 401)


class FakeHub:
    """`findings` by account, region and id; `imports` has the ids of each batch, `refused` what it does not take."""

    def __init__(self, *enabled: str) -> None:
        self.enabled = enabled
        self.findings: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.imports: list[list[str]] = []
        self.refused: set[str] = set()
        self.denied: set[str] = set()

    def serve(self, world: World) -> World:
        for operation, answer in (("GetFindings", self.get), ("BatchImportFindings", self.take)):
            world.replies[f"securityhub:{operation}"] = denied() if operation in self.denied else answer
        return world

    def states(self) -> dict[str, tuple[str, str]]:
        """Last part of the resource's ARN -> compliance and record state."""
        found = {}
        for each in self.findings.values():
            name = each["Resources"][0]["Id"].rpartition(":")[2].rpartition("/")[2]
            found[name] = (each["Compliance"]["Status"], each["RecordState"])
        return found

    def get(self, _: Account, region: str, params: dict[str, Any]) -> Any:
        _validate("GetFindings", params)
        if region not in self.enabled:
            return NOT_ENABLED
        chosen = [each for each in self.findings.values() if _passes(each, params["Filters"])]
        start, size = int(params.get("NextToken", 0)), params["MaxResults"]
        more = {"NextToken": str(start + size)} if start + size < len(chosen) else {}
        return {"Findings": copy.deepcopy(chosen[start : start + size]), **more}

    def take(self, account: Account, region: str, params: dict[str, Any]) -> Any:
        _validate("BatchImportFindings", params)
        if region not in self.enabled:
            return NOT_ENABLED
        batch = params["Findings"]
        assert len(batch) <= 100
        assert {(each["AwsAccountId"], each["Region"]) for each in batch} == {(account.id, region)}
        failed = [
            {"Id": each["Id"], "ErrorCode": "InvalidInput", "ErrorMessage": "not this one"}
            for each in batch
            if each["Resources"][0]["Id"] in self.refused
        ]
        refused = {each["Id"] for each in failed}
        taken = [each for each in batch if each["Id"] not in refused]
        self.imports.append([each["Id"] for each in taken])
        for each in taken:
            known = self.findings.setdefault((account.id, region, each["Id"]), {"Workflow": {"Status": "NEW"}})
            known |= copy.deepcopy({**each, "Workflow": known["Workflow"], "ProcessedAt": each["UpdatedAt"]})
        return {"FailedCount": len(failed), "SuccessCount": len(taken), "FailedFindings": failed}


def _validate(operation: str, params: dict[str, Any]) -> None:
    report = ParamValidator().validate(params, _MODEL.operation_model(operation).input_shape)
    assert not report.has_errors(), report.generate_report()


def _passes(finding: dict[str, Any], filters: dict[str, Any]) -> bool:
    def holds(value: str, test: dict[str, str]) -> bool:
        return value.startswith(test["Value"]) if test["Comparison"] == "PREFIX" else value == test["Value"]

    return all(any(holds(finding[name], each) for each in wanted) for name, wanted in filters.items())
