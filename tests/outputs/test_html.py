from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from aioprowler.catalog import Catalog, installed
from aioprowler.compliance.frameworks import frameworks
from aioprowler.compliance.results import results
from aioprowler.findings.coverage import SESSIONS, Coverage, Figures
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.html.writer import HtmlWriter, LineKind, render_head
from tests.outputs.samples import FINDING, HOSTILE, coverage, finding, gap, hostile, many, refused

BLOCK = re.compile(rb'<script type="application/json" class="(?:data|texts)">\n(.*?)(?:</script>|\Z)', re.DOTALL)


def lines(data: bytes) -> list[Any]:
    """The lines of every block, without a last one that was cut off."""
    found = []
    for block in BLOCK.findall(data):
        for line in block.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                assert data.endswith(line)
    return found


def shown(data: bytes) -> list[Any]:
    return [line for line in lines(data) if line[0] == LineKind.FINDING]


def numbers(data: bytes) -> list[list[int]]:
    """Of each finding: its check, status, severity and mute, and whether it is about another resource."""
    told = [number for line in lines(data) if line[0] == LineKind.NUMBERS for number in line[2]]
    return [told[at : at + 5] for at in range(0, len(told), 5)]


def written(findings: list[Finding], path: Path, batch: int = 1000) -> bytes:
    writer = HtmlWriter(path)
    writer.open()
    for start in range(0, len(findings), batch):
        writer.write(findings[start : start + batch])
        writer.flush()
    writer.close()
    return path.read_bytes()


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(data: bytes) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(data.decode())
    parser.close()
    return parser.seen


def test_hostile_text_adds_no_tag_and_no_markup(tmp_path: Path) -> None:
    plain = written([FINDING] * len(HOSTILE), tmp_path / "plain.html")
    findings = [hostile(text) for text in HOSTILE]
    data = written(findings, tmp_path / "scan.html")
    assert [tag for tag, _ in tags(data)] == [tag for tag, _ in tags(plain)]
    for block in BLOCK.findall(data):
        assert not re.search("[<>&\u2028\u2029]", block.decode())
    assert [line[1] for line in shown(data)] == [each.status_detail for each in findings]


def test_hostile_text_in_the_coverage_adds_no_tag_and_no_markup(tmp_path: Path) -> None:
    told = coverage(
        not_entered=tuple(refused(text, text, text) for text in HOSTILE),
        gaps=tuple(gap(action=text, actions=(text,), codes=(text,), explanation=text) for text in HOSTILE),
        notes=HOSTILE,
        calls={text: Figures() for text in HOSTILE},
    )
    data = concluded(told, tmp_path / "scan.html")
    plain = concluded(coverage(), tmp_path / "plain.html")
    assert [tag for tag, _ in tags(data)] == [tag for tag, _ in tags(plain)]
    for block in BLOCK.findall(data):
        assert not re.search("[<>&\u2028\u2029]", block.decode())
    assert [each["name"] for each in lines(data)[-2][1]["not_entered"]] == list(HOSTILE)


def test_the_coverage_is_told_before_the_end_and_only_once(tmp_path: Path) -> None:
    told = coverage()
    data = concluded(told, tmp_path / "scan.html")
    assert lines(data)[-2:] == [[LineKind.COVERAGE, json.loads(msgspec.json.encode(told))], [LineKind.END, 1]]
    assert [line[0] for line in lines(data)].count(LineKind.COVERAGE) == 1
    assert LineKind.COVERAGE not in [line[0] for line in lines(written([FINDING], tmp_path / "without.html"))]


def test_a_check_that_requirements_name_is_told_once_with_its_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [each for id_, each in installed().listed.items() if id_ != "efs_encryption_at_rest_enabled"]
    monkeypatch.setattr("aioprowler.outputs.html.writer.installed", lambda: Catalog(there))
    told = coverage(frameworks=("cis_3.0",), check_ids=("s3_account_level_public_access_blocks",))
    (line,) = [line for line in lines(concluded(told, tmp_path / "scan.html")) if line[0] == LineKind.JUDGED]
    statuses = [*map(tuple, line[1])]
    (judged,) = results(told, ["cis_3.0"], existing=Catalog(there).listed)
    checks = {check.id: check.status for each in judged.requirements for check in each.checks}
    assert dict(statuses) == checks
    assert len(statuses) == len(checks)
    assert {status for _, status in statuses} == {"MANUAL", "not implemented", "not run"}


def test_past_a_size_what_passed_is_counted_and_all_else_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioprowler.outputs.html.writer.LISTED", 100)
    findings = [replace(each, muted=at % 10 == 0) for at, each in enumerate(many(1000))]
    data = written(findings, tmp_path / "scan.html", batch=50)
    passed = {each.uid for each in findings[100:] if each.status == "PASS" and not each.muted}
    listed = [line[2] for line in shown(data)]
    assert [LineKind.PASSED, len(passed)] in [line[:2] for line in lines(data)]
    assert set(listed) == {each.uid for each in findings} - passed | (set(listed[:100]) & passed)
    assert len(listed) < 100 + len(findings) - len(passed)
    assert lines(data)[-1] == [LineKind.END, len(listed)]


def test_requirements_name_checks_by_their_numbers(tmp_path: Path) -> None:
    told = coverage(frameworks=("cis_3.0",), check_ids=("s3_account_level_public_access_blocks",))
    kinds = {line[0]: line[1] for line in lines(concluded(told, tmp_path / "scan.html"))}
    ids = [id_ for id_, _ in kinds[LineKind.JUDGED]]
    framework = kinds[LineKind.COMPLIANCE]
    (judged,) = results(told, ["cis_3.0"], existing=installed().listed)
    named = {each[0]: [ids[number] for number in each[4]] for each in framework["requirements"]}
    assert named == {each.requirement.id: list(each.requirement.checks) for each in judged.requirements}


def test_every_framework_has_its_title(tmp_path: Path) -> None:
    (line,) = [line for line in lines(written([], tmp_path / "scan.html")) if line[0] == LineKind.TITLES]
    assert [each[0] for each in line[1]] == list(frameworks())
    assert ["hipaa", "HIPAA compliance framework", ""] in line[1]
    assert len(json.dumps(line)) < 8000


def test_what_is_not_there_is_never_put_into_the_page() -> None:
    """`replaceChildren` makes words of null and false, so that one function alone calls it."""
    assert render_head().count("replaceChildren") == 1


def concluded(told: Coverage, path: Path) -> bytes:
    writer = HtmlWriter(path)
    writer.open()
    writer.write([FINDING])
    writer.conclude(told)
    writer.close()
    return path.read_bytes()


def test_a_check_and_an_account_are_named_once(tmp_path: Path) -> None:
    findings = list(many(3000))
    data = written(findings, tmp_path / "scan.html", batch=50)
    kinds = [line[0] for line in lines(data)]
    assert kinds.count(LineKind.CHECK) == 8
    assert kinds.count(LineKind.ACCOUNT) == 12
    assert kinds.count(LineKind.RESOURCE) <= 3000
    assert kinds.count(LineKind.FINDING) == 3000
    assert lines(data)[-1] == [LineKind.END, 3000]


def test_names_are_given_anew_where_the_memory_ends(tmp_path: Path) -> None:
    writer = HtmlWriter(tmp_path / "scan.html")
    writer.open()
    findings = [finding(account_id=str(number % 5000), uid=str(number)) for number in range(10_000)]
    writer.write(findings)
    writer.close()
    assert len(writer._accounts) < 5000
    named: dict[int, str] = {}
    whose: list[str] = []
    for line in lines(writer.path.read_bytes()):
        if line[0] == LineKind.ACCOUNT:
            assert line[1] not in named
            named[line[1]] = line[2]
        elif line[0] == LineKind.NUMBERS:
            whose += [named[number] for number in line[1][::5]]
    assert whose == [each.account_id for each in findings]


def test_every_prefix_shows_the_findings_before_it(tmp_path: Path) -> None:
    data = written(list(many(6)), tmp_path / "scan.html", batch=2)
    start = data.index(b'<script type="application/json"')
    counts = [len(shown(data[:end])) for end in range(start, len(data) + 1)]
    assert counts == sorted(counts)
    assert counts[-1] == 6


def test_the_page_is_self_contained() -> None:
    head = render_head()
    policy = re.findall(r'Content-Security-Policy" content="(.*?)"', head)[0]
    nonce = re.findall(r"script-src 'nonce-(.+?)'", policy)[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, attributes in tags(head.encode()):
        assert "src" not in attributes
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag in ("script", "style"):
            assert attributes.get("nonce") == nonce
        if tag == "link":
            assert (attributes["href"] or "").startswith("data:")
    assert not re.search(
        r"url\(|@import|innerHTML|insertAdjacentHTML|\beval\b.*\(", head.replace("innerHTML and its like", "")
    )


def test_each_file_has_its_own_nonce() -> None:
    assert render_head() != render_head()


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff"])
def test_a_lone_surrogate_is_replaced(text: str, tmp_path: Path) -> None:
    found = shown(written([FINDING, hostile(text)], tmp_path / "scan.html"))
    assert found[0][2] == FINDING.uid
    assert "�" in found[1][1]


def test_tags_and_a_name_of_its_own(tmp_path: Path) -> None:
    data = written([finding(resource_name="Reports")], tmp_path / "scan.html")
    (resource,) = [line for line in lines(data) if line[0] == LineKind.RESOURCE]
    assert resource[3:] == ["Reports", FINDING.resource_tags]
    bare = written([finding(resource_tags={})], tmp_path / "scan.html")
    assert [line[3:] for line in lines(bare) if line[0] == LineKind.RESOURCE] == [[""]]


def test_a_mute_is_named_once_and_before_its_findings(tmp_path: Path) -> None:
    mute = Mute(reason="A website", owner="web", expires="2026-12-31")
    findings = [FINDING, finding(muted=True, mute=mute), finding(muted=True, mute=mute), finding(muted=True)]
    data = written(findings, tmp_path / "scan.html", batch=2)
    (told, bare) = [line for line in lines(data) if line[0] == LineKind.MUTE]
    assert (told[2:], bare[2:]) == (["A website", "web", "2026-12-31"], ["", "", ""])
    assert [each[3] for each in numbers(data)] == [0, told[1], told[1], bare[1]]
    kinds = [line[0] for line in lines(data)]
    assert kinds.index(LineKind.MUTE) < kinds.index(LineKind.FINDING, kinds.index(LineKind.FINDING) + 1)


def test_constant_texts_stand_in_the_file_once(tmp_path: Path) -> None:
    """100,000 findings stay below 30 MB, in which what a check says weighs nothing."""
    requirements = {f"framework-{number}": tuple(map(str, range(20))) for number in range(40)}
    findings = [replace(each, compliance=requirements, risk="R" * 5000) for each in many(2000)]
    data = written(findings, tmp_path / "scan.html")
    assert data.count(b"R" * 5000) == data.count(b'"framework-39"') == 8
    constant = sum(len(json.dumps(line)) for line in lines(data) if line[0] == LineKind.CHECK)
    assert (len(data) - len(render_head()) - constant) / 2000 < 300


def test_the_requirements_of_a_check_are_told_with_it(tmp_path: Path) -> None:
    data = written([finding(compliance={"cis": ("1.1", "2.3")})], tmp_path / "scan.html")
    (check,) = [line for line in lines(data) if line[0] == LineKind.CHECK]
    assert check[10] == {"cis": ["1.1", "2.3"]}


def test_the_page_has_the_words_for_each_way_in_which_sessions_are_limited(tmp_path: Path) -> None:
    page = written([FINDING], tmp_path / "scan.html").decode()
    assert [f'{name}: "{told}"' in page for name, told in SESSIONS.items() if name] == [True] * 4
