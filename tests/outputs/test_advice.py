from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace

from aioprowler.outputs.advice import takes_commands, visible_advice
from aioprowler.texts import visible_lines
from tests.outputs.samples import FINDING
from tests.test_texts import NAMES


@given(NAMES, NAMES, NAMES, NAMES)
def test_it_is_what_it_would_be_without_its_checks_part_looked_at_ahead(
    before: str, general: str, after: str, command: str
) -> None:
    mend = replace(FINDING.remediation, text=before + general + after, cli=general)
    for each in (command, "aws s3 mb x", "x"):
        finding = replace(FINDING, remediation=mend, command=each)
        assert visible_advice(finding, takes=takes_commands(finding)) == visible_lines(finding.advice)


@pytest.mark.parametrize(("text", "takes"), [("Do `it`.\n\nThen that.", True), ("##vso", False), ("a\u202eb", False)])
def test_a_command_can_complete_what_is_none_by_itself(text: str, takes: bool) -> None:
    finding = replace(FINDING, remediation=replace(FINDING.remediation, text=text))
    assert takes_commands(finding) is takes
