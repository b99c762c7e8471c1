"""What to do about a finding, made visible: what its check says of all its subjects is looked at once."""

from __future__ import annotations

from aioprowler.findings.finding import Finding
from aioprowler.texts import is_plain, visible_lines


def takes_commands(finding: Finding) -> bool:
    """Whether the advice of the finding's check is seen for what it is, whatever plain command stands in it."""
    text = finding.remediation.text
    return "#" not in text and visible_lines(text) == text


def visible_advice(finding: Finding, *, takes: bool) -> str:
    """`takes`: what `takes_commands` says of the finding's check."""
    advice = finding.advice
    is_seen = takes and all(map(is_plain, (finding.command, *finding.further_commands)))
    return advice if is_seen else visible_lines(advice)
