"""SARIF 2.1.0, which code-scanning views read: a result for each finding that somebody must act on.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub and Azure DevOps ask for beyond it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
https://learn.microsoft.com/en-us/azure/devops/repos/security/github-advanced-security-code-scanning-third-party
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from aioprowler._version import __version__
from aioprowler.declarations.checks import Remediation, Severity
from aioprowler.findings.finding import Finding
from aioprowler.outputs.automation import automation
from aioprowler.outputs.json_array import JsonArrayWriter, further
from aioprowler.outputs.markup import message, messages, secure
from aioprowler.outputs.writer import encoded, encoded_each
from aioprowler.texts import all_visible

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Final[dict[Severity, str]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "informational": "note",
}
_SCORES: Final[dict[Severity, str]] = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "low": "2.5",
    "informational": "0.0",
}
"""In the middle of what GitHub shows under that name."""
_PLAIN: Final = re.compile(r"[\w.~/-]*", re.ASCII)
_RULES: Final = 4096
"""Rules that are told; a result beyond them has its rule's id alone."""
_NOTIFICATIONS: Final = 1000
_DRIVER: Final = {
    "name": "aioprowler",
    "fullName": f"aioprowler {__version__}",
    "semanticVersion": __version__,
    "version": __version__,
}


class SarifWriter(JsonArrayWriter):
    """One run. Its rules come after its results, because only then they are known."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, self._results)
        self._rules: list[bytes] = []
        self._ends: dict[str, bytes] = {}
        """Check -> how the results of its rule end."""
        self._invocations: list[dict[str, Any]] = []

    def conclude(self, coverage: Coverage) -> None:
        """What could not be looked at becomes notifications of the run."""
        self._invocations = [_invocation(coverage)]

    def _head(self) -> bytes:
        start = {"$schema": SCHEMA, "version": "2.1.0"}
        run = {"automationDetails": automation(self.path.stem, os.environ)}
        return encoded(start)[:-1] + b',"runs":[' + encoded(run)[:-1] + b',"results":['

    def _results(self, findings: Sequence[Finding]) -> Iterator[bytes]:
        told = [each for each in findings if each.status != "PASS"]
        texts = messages([*map(_text, told)])
        names = all_visible([each.resource_name for each in told])
        own = encoded_each([*map(_result, told, texts, names)])
        return (result[:-1] + self._rule(finding) for result, finding in zip(own, told, strict=True))

    def _rule(self, finding: Finding) -> bytes:
        end = self._ends.get(finding.check_id)
        if end is None:
            named: dict[str, Any] = {"ruleId": finding.check_id}
            if len(self._rules) == _RULES:
                return further(encoded(named)) + b"}"
            end = further(encoded({**named, "ruleIndex": len(self._rules)})) + b"}"
            self._ends[finding.check_id] = end
            self._rules.append(encoded(_descriptor(finding)))
        return end

    def _closing(self) -> bytes:
        driver = encoded(_DRIVER)
        rules = b",\n".join(self._rules)
        invocations = b',"invocations":' + encoded(self._invocations) if self._invocations else b""
        return b'\n],"tool":{"driver":' + driver[:-1] + b',"rules":[\n' + rules + b"\n]}}" + invocations + b"}]}\n"


def _text(finding: Finding) -> str:
    if finding.status == "MANUAL":
        return f"To be looked at: {finding.status_detail}"
    return finding.status_detail or finding.resource_arn or finding.resource_id


def _result(finding: Finding, text: str, name: str) -> dict[str, Any]:
    """What no other result may have. `text`, `name`: its message and the name of its resource."""
    arn = finding.resource_arn or finding.resource_id
    found: dict[str, Any] = {
        "level": "note" if finding.status == "MANUAL" else _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _uri(finding)}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": name, "fullyQualifiedName": arn, "kind": finding.resource_type}],
            }
        ],
        "partialFingerprints": {"aioprowlerUid/v1": finding.uid},
        "properties": {
            "status": finding.status,
            "severity": finding.severity,
            "account": finding.account_id,
            "accountName": finding.account_name,
            "region": finding.region,
            "resourceTags": finding.resource_tags,
        },
    }
    if finding.command:
        found["properties"]["command"] = finding.command
    if finding.muted:
        found["suppressions"] = [_suppression(finding)]
    return found


def _suppression(finding: Finding) -> dict[str, Any]:
    found = {"kind": "external", "status": "accepted"}
    if finding.mute and finding.mute.reason:
        found["justification"] = message(finding.mute.reason)
    return found


def _uri(finding: Finding) -> str:
    """A path that looks like a file's to a viewer: account, region, service, resource."""
    folder = _folder(finding.account_id or "unknown", finding.region or "global", finding.service)
    resource = _resource(finding)
    return folder + (resource if _PLAIN.fullmatch(resource) else quote(resource, safe="/", errors="replace"))


@lru_cache(maxsize=4096)
def _folder(*parts: str) -> str:
    return "".join(quote(part, safe="", errors="replace") + "/" for part in parts)


def _resource(finding: Finding) -> str:
    """What an ARN has after account and region, without segments that would lead elsewhere."""
    text = finding.resource_arn.split(":", 5)[-1] if finding.resource_arn.startswith("arn:") else finding.resource_id
    if text and "." not in text and "//" not in text and text[0] != "/" != text[-1]:
        return text
    return "/".join(part for part in text.split("/") if part not in ("", ".", "..")) or "resource"


def _descriptor(finding: Finding) -> dict[str, Any]:
    found = {
        "id": finding.check_id,
        "name": "".join(map(str.capitalize, finding.check_id.split("_"))),
        "shortDescription": {"text": message(finding.problem)},
        "fullDescription": {"text": message(finding.description or finding.problem)},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "help": {"text": _help_text(finding), "markdown": _help(finding)},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "precision": "high",
            "tags": list(dict.fromkeys(("security", finding.service, *finding.categories))),
        },
    }
    if url := secure(finding.remediation.url):
        found["helpUri"] = url
    return found


def _help_text(finding: Finding) -> str:
    return "\n\n".join(filter(None, (finding.risk, finding.remediation.text))) or finding.problem


def _help(finding: Finding) -> str:
    parts = [finding.description, finding.risk and f"## Risk\n\n{finding.risk}", _mend(finding.remediation)]
    return "\n\n".join(filter(None, parts)) or finding.problem


def _mend(remediation: Remediation) -> str:
    blocks = [
        remediation.text,
        remediation.console,
        remediation.cli and f"```sh\n{remediation.cli}\n```",
        remediation.terraform and f"```hcl\n{remediation.terraform}\n```",
        remediation.cloudformation and f"```yaml\n{remediation.cloudformation}\n```",
        (url := secure(remediation.url)) and f"<{url}>",
    ]
    told = list(filter(None, blocks))
    return "\n\n".join(["## Remediation", *told]) if told else ""


def _invocation(coverage: Coverage) -> dict[str, Any]:
    missing = [
        *(each.reason for each in coverage.not_entered),
        *(f"{each.account_id}: {each.reason}" for each in coverage.unfinished),
        *(each.explanation for each in coverage.gaps),
    ]
    return {
        "executionSuccessful": coverage.ended and not coverage.not_entered and not coverage.unfinished,
        "startTimeUtc": coverage.started,
        "endTimeUtc": coverage.finished,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": message(text)}} for text in missing[:_NOTIFICATIONS]
        ],
    }
