from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aioprowler._version import __version__
from aioprowler.declarations.checks import Remediation, Severity
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.automation import automation
from aioprowler.outputs.markup import message, messages
from aioprowler.outputs.sarif import SarifWriter
from aioprowler.texts import visible
from tests.outputs.samples import FINDING, HOSTILE, coverage, finding, hostile, many, refused
from tests.test_texts import NAMES

_SCHEMA = Path(__file__).parents[1] / "facts" / "sarif-2.1.0.json"


@cache
def validator() -> Any:
    """Of the standard. What checks its formats takes seconds to import, and not all who collect tests run these."""
    jsonschema = import_module("jsonschema")
    return jsonschema.Draft4Validator(json.loads(_SCHEMA.read_bytes()), format_checker=jsonschema.FormatChecker())


def results(data: bytes) -> list[Any]:
    """What a viewer shows; each has its rule."""
    (run,) = json.loads(data)["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    found: list[Any] = run["results"]
    return found


def written(findings: list[Finding], path: Path, *, concluded: Any = None) -> Any:
    """The run of a file that is valid."""
    writer = SarifWriter(path)
    writer.open()
    for each in findings:
        writer.write([each])
    if concluded is not None:
        writer.conclude(concluded)
    writer.close()
    log = json.loads(path.read_bytes())
    validator().validate(log)
    (run,) = log["runs"]
    return run


PIPELINE = {
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
    "SYSTEM_TEAMPROJECTID": "11111111-1111-1111-1111-111111111111",
    "SYSTEM_DEFINITIONID": "7",
    "BUILD_DEFINITIONNAME": "nightly",
    "SYSTEM_PHASEID": "22222222-2222-2222-2222-222222222222",
    "SYSTEM_PHASENAME": "scan",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_BUILDID": "42",
}


@pytest.mark.parametrize("name", ["production", "production-20261130T103629Z"])
def test_runs_are_of_one_category_from_scan_to_scan(name: str, tmp_path: Path) -> None:
    """Also where nobody chose the file's name."""
    run = written([FINDING], tmp_path / f"{name}.sarif")
    assert run["automationDetails"] == {"id": "production/"}
    assert run["tool"]["driver"]["fullName"] == f"aioprowler {__version__}"


@pytest.mark.parametrize("uri", ["https://dev.azure.com/contoso/", "https://contoso.visualstudio.com/"])
def test_in_an_azure_pipeline_a_run_is_the_builds(uri: str) -> None:
    told = automation("production", PIPELINE | {"SYSTEM_COLLECTIONURI": uri})
    project, phase = PIPELINE["SYSTEM_TEAMPROJECTID"], PIPELINE["SYSTEM_PHASEID"]
    assert told["id"] == f"azuredevops/pipeline/build/contoso/{project}/7/{phase}/refs/heads/main/42"
    assert told["properties"]["azuredevops/pipeline/build/phaseName"] == "scan"


def test_microsoft_finds_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the rules of GitHub code scanning and of Azure DevOps, where `npm install -g @microsoft/sarif-multitool` was
    done.
    """
    for name, value in PIPELINE.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "scan.sarif"
    written([*many(50), *map(hostile, HOSTILE)], path, concluded=coverage())
    if (multitool := shutil.which("sarif-multitool")) is None:
        return
    for rules in ("Ado", "Ghas"):
        told = tmp_path / f"{rules}.sarif"
        line = [multitool, "validate", str(path), "--rule-kind", rules, "--output", str(told)]
        subprocess.run(line, check=True, capture_output=True, timeout=120)
        assert json.loads(told.read_bytes())["runs"][0]["results"] == []


def test_a_finding(tmp_path: Path) -> None:
    run = written([FINDING], tmp_path / "scan.sarif")
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert result["ruleId"] == rule["id"] == "s3_bucket_public_access"
    assert result["level"] == rule["defaultConfiguration"]["level"] == "error"
    assert result["message"] == {"text": FINDING.status_detail}
    assert result["partialFingerprints"] == {"aioprowlerUid/v1": FINDING.uid}
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "123456789012/eu-west-1/s3/reports"},
        "region": {"startLine": 1},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "arn:aws:s3:::reports"
    assert result["properties"]["command"] == FINDING.command
    assert rule["shortDescription"] == {"text": FINDING.fails}
    assert rule["helpUri"] == FINDING.remediation.url
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["tags"] == ["security", "s3", "internet-exposed", "data"]
    markdown = rule["help"]["markdown"]
    assert FINDING.risk in markdown
    assert "```sh\naws s3api put-public-access-block --bucket <bucket>\n```" in markdown


@given(st.lists(NAMES, max_size=5))
def test_many_messages_together_are_what_each_is(texts: list[str]) -> None:
    assert messages(texts) == [*map(message, texts)]


@pytest.mark.parametrize(
    ("severity", "level", "low", "high"),
    [
        ("critical", "error", 9.0, 10.0),
        ("high", "error", 7.0, 8.9),
        ("medium", "warning", 4.0, 6.9),
        ("low", "note", 0.1, 3.9),
        ("informational", "note", 0.0, 0.0),
    ],
)
def test_severities_are_those_that_github_shows(
    severity: Severity, level: str, low: float, high: float, tmp_path: Path
) -> None:
    run = written([finding(severity=severity)], tmp_path / "scan.sarif")
    assert run["results"][0]["level"] == level
    score = run["tool"]["driver"]["rules"][0]["properties"]["security-severity"]
    assert low <= float(score) <= high


def test_what_passed_is_left_out_and_what_a_person_must_look_at_is_a_note(tmp_path: Path) -> None:
    run = written([finding(status="PASS"), finding(status="MANUAL", uid="m")], tmp_path / "scan.sarif")
    (result,) = run["results"]
    assert result["level"] == "note"
    assert result["message"]["text"] == f"To be looked at: {FINDING.status_detail}"
    assert result["properties"]["status"] == "MANUAL"


def test_a_muted_finding_is_suppressed_with_its_reason(tmp_path: Path) -> None:
    muted = [finding(muted=True, mute=Mute(reason="Public on purpose.")), finding(muted=True)]
    first, second = written(muted, tmp_path / "scan.sarif")["results"]
    assert first["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "Public on purpose."}]
    assert second["suppressions"] == [{"kind": "external", "status": "accepted"}]


def test_rules_are_told_once(tmp_path: Path) -> None:
    run = written([*many(300), finding(title="Another title")], tmp_path / "scan.sarif")
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids)) == 9
    assert results((tmp_path / "scan.sarif").read_bytes())


def test_hostile_text_stays_in_its_place(tmp_path: Path) -> None:
    texts = [*HOSTILE, "../../etc/passwd", "a/./b", "//x", "", "100% #1?"]
    run = written([hostile(text) for text in texts], tmp_path / "scan.sarif")
    for text, result in zip(texts, run["results"], strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith("123456789012/eu-west-1/s3/")
        assert uri.isascii()
        assert not {"..", "."} & set(unquote(uri).split("/"))
        assert result["message"]["text"] == message(f"It is {text}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("![x](https://example.com/x.png)", r"!\[x\](https://example.com/x.png)"),
        ("[a[b]](1) \\[x](2)", r"\[a\[b\]\](1) \\\[x\](2)"),
        ("<https://example.com> <img src=x> </p>", r"\<https://example.com> \<img src=x> \</p>"),
        ("a\u202eb <U+foo://x>", r"a<U+202E>b \<U+foo://x>"),
        ("my_bucket *a* `b` 1 < 2", "my_bucket *a* `b` 1 < 2"),
    ],
)
def test_names_are_no_markup(text: str, told: str, tmp_path: Path) -> None:
    """Neither the links of SARIF's messages nor the images and tags of viewers that read Markdown."""
    muted = finding(status_detail=text, muted=True, mute=Mute(reason=text))
    shut = coverage(not_entered=(refused("1", reason=text),))
    run = written([muted], tmp_path / "scan.sarif", concluded=shut)
    (result,) = run["results"]
    assert result["message"]["text"] == result["suppressions"][0]["justification"] == told
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == told
    page = MarkdownIt("commonmark").render(told)
    assert set(re.findall(r"<(\w+)", page)) <= {"p", "em", "code"}
    assert html.unescape(re.sub(r"</?(p|em|code)>|\n", "", page)) == re.sub(r"[*`]", "", visible(text))


@pytest.mark.parametrize(
    "url", ["http://example.com", "javascript:x", "https://a b", "https://x>", "https://\u202e", ""]
)
def test_help_is_on_a_page_of_https_or_nowhere(url: str, tmp_path: Path) -> None:
    each = finding(remediation=Remediation(text="Mend it.", url=url))
    (rule,) = written([each], tmp_path / "scan.sarif")["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    assert rule["help"]["markdown"].endswith("Mend it.")


def test_what_could_not_be_looked_at(tmp_path: Path) -> None:
    told = coverage(not_entered=(refused("999999999999", reason="Its door is shut."),))
    (invocation,) = written([FINDING], tmp_path / "scan.sarif", concluded=told)["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert texts[0] == "Its door is shut."
    assert len(texts) == 3
    whole = written([], tmp_path / "scan.sarif", concluded=coverage(not_entered=()))
    assert whole["invocations"][0]["executionSuccessful"] is True
    assert "invocations" not in written([], tmp_path / "scan.sarif")


def test_many_rules_do_not_have_the_file_written_again_and_again(tmp_path: Path) -> None:
    """They are written anew at each flush: so flushes become rarer as they become more."""
    writer = SarifWriter(tmp_path / "scan.sarif")
    writer.open()
    sizes = []
    put = writer._put

    def counted(units: list[bytes]) -> None:
        put(units)
        sizes.append(sum(map(len, units)) + len(writer._closed))

    writer._put = counted  # type: ignore[method-assign]
    for number in range(6000):
        writer.write([finding(check_id=f"check_{number}", description="long " * 100)])
    writer.close()
    assert sum(sizes) < 4 * writer.path.stat().st_size
    assert len(json.loads(writer.path.read_bytes())["runs"][0]["tool"]["driver"]["rules"]) == 4096


def test_a_lone_surrogate_is_shown(tmp_path: Path) -> None:
    (result,) = written([hostile("a\ud800b")], tmp_path / "scan.sarif")["results"]
    assert result["message"]["text"] == "It is a<U+D800>b"
