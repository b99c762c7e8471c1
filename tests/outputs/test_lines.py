from __future__ import annotations

import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from aioprowler.declarations.checks import Remediation
from aioprowler.errors import UsageError
from aioprowler.findings import lines
from aioprowler.findings.finding import SCHEMA_VERSION, Finding, Mute, to_json
from aioprowler.findings.lines import BLANK, Reader, lines_of
from aioprowler.findings.record import told_apart
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

_READ = Reader()
"""One for all examples, so that it knows the check from the ones before."""


def test_a_line_that_lies_too_deep_is_no_finding() -> None:
    depth = 1_000_000  # beyond what any supported Python decodes
    line = to_json(FINDING)[:-1] + b',"more":' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(msgspec.DecodeError, match="lists and objects lie too deep in each other"):
        Reader()(line)
    with pytest.raises(UsageError, match="file, line 1: this is no finding"):
        list(told_apart(io.BytesIO(line + b"\n"), "file", []))


@pytest.mark.parametrize("field", ["status_detail", "description"])
def test_a_line_that_is_not_utf8_is_no_finding(field: str) -> None:
    line = to_json(FINDING).replace(f'"{field}":"'.encode(), f'"{field}":"'.encode() + b"\xff")
    read = Reader()
    read(to_json(FINDING))
    with pytest.raises(msgspec.DecodeError, match="a text in it is not UTF-8"):
        read(line)


def test_a_line_is_no_longer_than_findings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 4)
    assert list(lines_of(io.BytesIO(b"one\nb\n\ntwo"), "file")) == [b"one\n", b"b\n", b"\n", b"two"]
    with pytest.raises(UsageError, match=r"^file, line 2: this is no finding: it has more than 4 bytes[.]$"):
        list(lines_of(io.BytesIO(b"one\nthree\n"), "file"))


def test_the_shared_fields_end_a_line() -> None:
    names = [field.name for field in fields(Finding)]
    assert names[-len(BLANK) :] == list(BLANK)


@given(
    st.builds(
        finding,
        status_detail=st.text(max_size=20),
        resource_tags=st.dictionaries(
            st.sampled_from(["title", "schema_version", '","title":"', "x"]), st.text(max_size=5), max_size=3
        ),
        account_tags=st.dictionaries(st.sampled_from(["title", "{", ',"title":']), st.text(max_size=5), max_size=2),
        title=st.sampled_from(["one", "two", ',"title":"x']),
        description=st.sampled_from(["", '"}', "long " * 30]),
        compliance=st.sampled_from([{}, {"title": ("1",)}, {"CIS-3.0": ("1.1", "1.2")}]),
        remediation=st.sampled_from([Remediation(), Remediation(text="mend", url="https://example.com")]),
        muted=st.booleans(),
        mute=st.sampled_from([None, Mute(reason='"title":"')]),
    )
)
def test_every_finding_is_read_back(each: Finding) -> None:
    assert _READ(to_json(each)) == each


def test_findings_of_a_check_share_their_texts() -> None:
    read = Reader()
    findings = [read(to_json(each)) for each in many(100)]
    assert findings == list(many(100))
    by_check = {each.check_id: each for each in findings}
    for each in findings:
        assert each.remediation is by_check[each.check_id].remediation
        assert each.description is by_check[each.check_id].description


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    assert Reader()(to_json(hostile(text))) == hostile(text)


def test_other_writers_of_json() -> None:
    """Another order of the keys, spaces, keys that a later schema may have."""
    read = Reader()
    fields = json.loads(to_json(FINDING))
    assert read(json.dumps(dict(reversed(fields.items()))).encode()) == FINDING
    assert read(json.dumps(fields).encode()) == FINDING
    assert read(json.dumps({**fields, "schema_version": "1.9", "new": 1}, separators=(",", ":")).encode()) == FINDING


def test_the_first_schema_is_read() -> None:
    read = Reader()
    fields = json.loads(to_json(FINDING))
    for key in ("mute", "compliance"):
        del fields[key]
    line = json.dumps({**fields, "schema_version": "1.0"}, separators=(",", ":")).encode()
    assert read(line) == read(line) == FINDING
    assert read(to_json(FINDING)) == FINDING


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": "2.0"}, "its schema is 2.0, and this version of aioprowler reads 1.x"),
        ({"status": "MAYBE"}, "Invalid enum value 'MAYBE'"),
        ({"title": 1}, r"Expected `str`, got `int` - at `\$.title`"),
    ],
)
def test_what_is_no_finding(change: dict[str, object], message: str) -> None:
    read = Reader()
    read(to_json(FINDING))
    line = json.dumps({**json.loads(to_json(FINDING)), **change}, separators=(",", ":")).encode()
    with pytest.raises(msgspec.ValidationError, match=message):
        read(line)


def test_every_prefix_of_a_line_is_refused() -> None:
    read, line = Reader(), to_json(FINDING)
    assert read(line) == FINDING
    for end in range(len(line)):
        with pytest.raises(msgspec.MsgspecError):
            read(line[:end])


def test_a_record_of_schema_1_1_is_shown_with_its_titles() -> None:
    fields = json.loads(to_json(FINDING))
    del fields["fails"], fields["command"]
    old = Reader()(json.dumps({**fields, "schema_version": "1.1"}, separators=(",", ":")).encode())
    assert (old.schema_version, old.fails, old.command) == (SCHEMA_VERSION, "", "")
    assert (old.headline, old.problem, old.advice) == (FINDING.title, FINDING.title, FINDING.remediation.text)


def test_the_title_stands_above_what_is_good_and_the_problem_above_what_fails() -> None:
    assert FINDING.headline == "S3 bucket is public"
    assert [finding(status=status).headline for status in ("PASS", "MANUAL")] == ["S3 buckets are not public"] * 2
